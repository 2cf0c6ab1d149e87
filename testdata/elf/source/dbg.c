static __attribute__((noinline)) int left(int n) { return n * 3; }
static __attribute__((noinline)) int right(int n) { return n - 7; }
int exported(int n) { return left(n) + right(n); }
