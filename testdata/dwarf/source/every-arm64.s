// As every-x86-64.s, what arm64 has besides.
	.cfi_sections .eh_frame, .debug_frame
	.text
signed:
	.cfi_startproc
	.cfi_b_key_frame
	.cfi_mte_tagged_frame
	nop
	.cfi_negate_ra_state
	nop
	.cfi_def_cfa_offset 96
	.cfi_offset w29, -96
	.cfi_offset w30, -88
	.cfi_offset b8, -80
	.cfi_offset b15, -72
	nop
	.cfi_remember_state
	.cfi_def_cfa w29, 96
	nop
	.cfi_restore_state
	nop
	.cfi_restore w30
	.cfi_negate_ra_state
	nop
	// SVE: the CFA is sp + 32 + 16 * VG, z8 and p4 are saved below it
	.cfi_escape 0x0f, 0x0a, 0x8f, 0x20, 0x92, 0x2e, 0x00, 0x40, 0x1e, 0x22, 0x96, 0x96
	.cfi_escape 0x10, 0x48, 0x0a, 0x11, 0x60, 0x22, 0x11, 0x78, 0x92, 0x2e, 0x00, 0x1e, 0x22
	nop
	.cfi_escape 0x10, 0x34, 0x02, 0x8f, 0x08
	.cfi_register w30, w9
	nop
	.cfi_undefined w30
	ret
	.cfi_endproc
with_pc:
	.cfi_startproc
	nop
	.cfi_negate_ra_state_with_pc
	.cfi_def_cfa_offset 16
	nop
	.cfi_def_cfa_offset 0
	ret
	.cfi_endproc
