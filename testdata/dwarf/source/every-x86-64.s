# Every call frame instruction that an assembler writes, and by hand those that none does. Becomes ../every-x86-64.so by every.sh.
	.cfi_sections .eh_frame, .debug_frame
	.text
every:
	.cfi_startproc
	.cfi_personality 0x1b, every
	.cfi_lsda 0x1b, every
	nop
	.cfi_def_cfa %rbx, 24
	nop
	.cfi_def_cfa_register %r15
	nop
	.cfi_def_cfa_offset 70000
	nop
	.cfi_adjust_cfa_offset -8
	nop
	.cfi_offset %rbx, -16
	.cfi_offset %r8, -24
	.cfi_offset %r9, 40
	.cfi_offset %xmm15, -48
	nop
	.cfi_val_offset %r12, -64
	.cfi_val_offset %r13, 64
	.cfi_register %r14, %rax
	nop
	.cfi_register %rip, %r15
	nop
	.cfi_undefined %rip
	nop
	.cfi_remember_state
	.cfi_same_value %rbx
	nop
	.cfi_remember_state
	.cfi_def_cfa %rsp, 8
	.cfi_undefined %r8
	.cfi_restore %rip
	.cfi_restore %xmm15
	nop
	.cfi_restore_state
	nop
	.cfi_restore_state
	nop
	# DW_CFA_def_cfa_sf, _offset_sf, offset_extended, _sf, val_offset, _sf, GNU_negative_offset_extended, restore_extended
	.cfi_escape 0x12, 0x03, 0x7d
	nop
	.cfi_escape 0x13, 0x7c
	nop
	.cfi_escape 0x05, 0x20, 0x05, 0x11, 0x06, 0x7e, 0x14, 0x0a, 0x03, 0x15, 0x0b, 0x7d, 0x2f, 0x0c, 0x06
	nop
	.cfi_escape 0x06, 0x20, 0x06, 0x06
	nop
	# GNU_args_size, expression, val_expression, def_cfa_expression (realigned stack)
	.cfi_escape 0x2e, 0x90, 0x01
	.cfi_escape 0x10, 0x03, 0x02, 0x76, 0x70
	.cfi_escape 0x16, 0x0c, 0x04, 0x77, 0x08, 0x23, 0x80
	.byte 0x90, 0x90
	.cfi_escape 0x0f, 0x03, 0x76, 0x58, 0x06
	nop
	.cfi_def_cfa %r10, 0
	# advance_loc1 and 2
	.skip 200, 0x90
	.cfi_def_cfa_offset 16
	.skip 3000, 0x90
	.cfi_def_cfa_offset 24
	ret
	.cfi_endproc

	.cfi_startproc simple
	.cfi_signal_frame
	.cfi_return_column 16
	.cfi_def_cfa %rsp, 160
	.cfi_offset %rip, 8
	nop
restorer:
	nop
	.cfi_endproc

# Code that only the entries below describe.
apart:
	.skip 0x400, 0x90

	.macro cie version, wide, label
	.if \wide
	.long 0xffffffff
	.quad 9f - 8f
8:	.quad -1
	.else
	.long 9f - 8f
8:	.long -1
	.endif
	.byte \version, 0
	.if \version == 4
	.byte 8, 0
	.endif
	.uleb128 4
	.sleb128 -8
	.uleb128 16
	.byte 0x0c, 0x07, 0x08, 0x90, 0x01
	.balign 8, 0
9:
	.endm
	.section .debug_frame,"",@progbits
	.balign 8
v1:	cie 1, 0
v3:	cie 3, 1
v4:	cie 4, 1
# 32-bit format, version 1: set_loc, and a register that no compiler saves (k1)
	.long 2f - 1f
1:	.long v1 - .debug_frame
	.quad apart, 0x100
	.byte 0x0e, 0x10, 0x11
	.uleb128 119
	.byte 0x04, 0x41
	.byte 0x0e, 0x18, 0x01
	.quad apart + 0x20
	.byte 0x42, 0x0a, 0x0e, 0x20, 0x41, 0x0b
	.balign 8, 0
2:
# 64-bit format, versions 3 and 4: advances of each width, eight bytes too
	.long 0xffffffff
	.quad 2f - 1f
1:	.quad v3 - .debug_frame
	.quad apart + 0x100, 0x100
	.byte 0x02, 0x08, 0x0e, 0x10, 0x03, 0x04, 0x00, 0x0e, 0x18, 0x04, 0x04, 0x00, 0x00, 0x00, 0x0e, 0x20
	.balign 8, 0
2:
	.long 0xffffffff
	.quad 2f - 1f
1:	.quad v4 - .debug_frame
	.quad apart + 0x200, 0x100
	.byte 0x1d, 0x08, 0, 0, 0, 0, 0, 0, 0, 0x0e, 0x10, 0x48, 0x0d, 0x03, 0x48, 0x0f, 0x02, 0x7c, 0x00, 0x48, 0xc3
	.balign 8, 0
2:
