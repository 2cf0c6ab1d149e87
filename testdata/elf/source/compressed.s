        .text
        nop
        .section .debug_macro,"",%progbits
        .rept 60
        .asciz "the same words again and again, "
        .endr
        .asciz "and then an end"
        .section .debug_loc,"",%progbits
        .byte 1
