  .section .text.unlikely,"ax"
  .type foo_cold, @function
foo_cold:
  .skip 24, 0x90
  .size foo_cold, 24
  .text
  .balign 64
  .globl foo_read
  .type foo_read, @function
foo_read:
  .skip 100, 0x90
  .size foo_read, 100
  .type foo_write, @function
foo_write:
  .skip 28, 0x90
  .size foo_write, 28
  .section .init.text,"ax"
  .globl init_module
  .type init_module, @function
init_module:
  .skip 32, 0x90
  .size init_module, 32
  .section .exit.text,"ax"
  .balign 16
  .globl cleanup_module
  .type cleanup_module, @function
cleanup_module:
  .skip 16, 0x90
  .size cleanup_module, 16
  .data
  .type foo_table, @object
foo_table:
  .skip 64
  .size foo_table, 64
  .section .modinfo,"a"
  .asciz "name=foo_bar"
