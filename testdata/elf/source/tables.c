/* Calls through each kind of procedure linkage table. */
extern int one(int), two(int), three(int);
int (*volatile pointer)(int);
static int chosen(int n) { return n + 1; }
static void *resolve(void) { return (void *)chosen; }
int choose(int) __attribute__((ifunc("resolve")));
int work(int n) { pointer = two; return one(n) + two(n) * three(n) + choose(n) - one(n + 1); }
