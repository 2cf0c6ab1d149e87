/* Functions whose call frame information has a bit of everything. See testdata/README.md for how this becomes rows.so. */
typedef double v4 __attribute__((vector_size(32)));
void use(void *);
int leaf(int a) { return a * 3; }
int many(int a, int b, int c, int d, int e, int f) {
  int g = leaf(a) + b, h = leaf(c) - d;
  use(&g); use(&h); use(&a); use(&e); use(&f);
  return g + h + a + e + f + b + c + d;
}
void realigned(void) { v4 x = {1, 2, 3, 4}; use(&x); }
void variable(int n) { char buffer[n]; v4 x = {1, 2, 3, 4}; use(buffer); use(&x); }
int early(int *p) { if (!p) return 0; use(p); use(p + 1); return *p > 3 ? many(1, 2, 3, 4, 5, 6) : *p; }
asm(".text\n.globl odd\n.type odd,@function\nodd:\n.cfi_startproc\n"
    "nop\n.cfi_def_cfa rsp, 24\n.cfi_offset rbx, -16\nnop\n.cfi_remember_state\n.cfi_adjust_cfa_offset 8\n.cfi_rel_offset r12, 0\nnop\n"
    ".cfi_restore_state\nnop\n.cfi_undefined r13\n.cfi_same_value r14\nnop\n.cfi_register r15, rax\nnop\n.cfi_val_offset rbp, -32\nnop\n"
    ".cfi_escape 0x10, 0x3, 0x2, 0x77, 0x8\nnop\n.cfi_escape 0x16, 0xc, 0x2, 0x77, 0x10\nnop\n"
    ".cfi_escape 0xf, 0x3, 0x76, 0x58, 0x6\nnop\n.cfi_def_cfa rbp, 16\nnop\n.cfi_escape 0x2e, 0x10\nnop\n"
    ".cfi_escape 0x12, 0x7, 0x7f\nnop\n.cfi_escape 0x13, 0x7e\nnop\n.cfi_escape 0x11, 0x6, 0x3\nnop\n.cfi_escape 0x5, 0x29, 0x4\nnop\n"
    ".cfi_escape 0x2f, 0x3, 0x2\nnop\n.cfi_restore rbx\nnop\n.skip 300, 0x90\n.cfi_def_cfa_offset 4096\n.skip 700, 0x90\n.cfi_def_cfa_register r10\nret\n.cfi_endproc\n.size odd, .-odd\n");
asm(".text\n.globl tramp\n.type tramp,@function\n.cfi_startproc\n.cfi_signal_frame\n.cfi_def_cfa rsp, 8\nnop\ntramp:\nnop\n.cfi_undefined rip\nret\n.cfi_endproc\n");
