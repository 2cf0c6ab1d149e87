.globl caller, leaf, _start
.text
_start:
caller: push %rbp
 mov %rsp,%rbp
 call leaf
 pop %rbp
 ret
leaf: push %rbp
 mov %rsp,%rbp
 nop
 pop %rbp
 ret
.size caller, leaf-caller
.type caller,@function
.type leaf,@function
.size leaf, .-leaf
