  .section .modinfo,"a"
  .asciz "name=foo_bar"
  .text
  .globl foo_read
  .type foo_read, @function
foo_read:
  push %rbx
  mov $.Lmessage, %rdi
  call _printk
  test %eax, %eax
  jne 1f
  call foo_cold
1:
  call local_help
  pop %rbx
  ret
  .size foo_read, . - foo_read
  .type local_help, @function
local_help:
  ret
  .size local_help, . - local_help
  .section .text.unlikely,"ax"
  .type foo_cold, @function
foo_cold:
  nop
  ret
  .size foo_cold, . - foo_cold
  .section .rodata.str1.1,"aMS",@progbits,1
  .asciz "skipped"
.Lmessage:
  .asciz "foo"
