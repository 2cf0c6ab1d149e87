        .text
        .globl  alpha_alias_longer, alpha, _zalpha, beta_g
        .weak   weak_alpha_very_very_long
        .type   alpha, @function
        .type   alpha_alias_longer, @function
        .type   _zalpha, @function
        .type   weak_alpha_very_very_long, @function
alpha:
alpha_alias_longer:
_zalpha:
weak_alpha_very_very_long:
        .skip 16, 0x90
        .size alpha, 16
        .size alpha_alias_longer, 16
        .size _zalpha, 16
        .size weak_alpha_very_very_long, 16
        .type   beta, @function
        .type   beta_g, @function
beta:
beta_g:
        .skip 8, 0x90
lab:    .skip 8, 0x90
        .size beta, 16
        .size beta_g, 16
        .type   nosize, @function
nosize: .skip 32, 0x90
        .globl  zero_one, zero_two
        .type   zero_one, @function
        .type   zero_two, @function
zero_one:
zero_two:
        .skip 16, 0x90
        .hidden hidden_label
        .globl hidden_label
hidden_label:
        .skip 16, 0x90
        .type   outer, @function
outer:  .skip 16, 0x90
        .type   inner, @function
inner:  .skip 8, 0x90
        .size inner, 8
        .skip 40, 0x90
        .size outer, 64
        .type ctor1, @function
        .globl _ZN1AC1Ev, _ZN1AC2Ev
        .type _ZN1AC1Ev, @function
        .type _ZN1AC2Ev, @function
_ZN1AC1Ev:
_ZN1AC2Ev:
        .skip 16, 0x90
        .size _ZN1AC1Ev, 16
        .size _ZN1AC2Ev, 16
        .globl  resolver, twice
        .type   resolver, @gnu_indirect_function
resolver: .skip 16, 0x90
        .size resolver, 16
        .data
        .globl  table
        .type   table, @object
table:  .quad 1, 2
        .size   table, 16
        .section .tbss,"awT",@nobits
        .globl thread_local
        .type thread_local, @tls_object
thread_local: .skip 8
        .size thread_local, 8
        .set absolute, 0x1234
        .globl absolute
