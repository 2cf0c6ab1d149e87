extern int one(int), two(int); extern void *malloc(unsigned long); extern void free(void *);
int (*volatile keep)(int) = one;
__attribute__((noinline)) int work(int n) { void *p = malloc(n); int r = one(n) + two(n) + keep(n); free(p); return r; }
void _start(void) { work(3); }
