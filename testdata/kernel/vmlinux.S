  .globl _text, _stext, start_kernel, schedule
  .text
_text:
_stext:
  .skip 256, 0x90
  .type schedule, @function
schedule:
  .skip 64, 0x90
  .size schedule, 64
  .type local_help, @function
local_help:
  .skip 48, 0x90
  .size local_help, 48
  .skip 4096, 0x90
  .section .init.text,"ax"
  .type start_kernel, @function
start_kernel:
  .skip 64, 0x90
  .size start_kernel, 64
