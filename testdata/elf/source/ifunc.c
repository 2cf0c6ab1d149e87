static int a(void) { return 1; } static int b(void) { return 2; }
static int (*pick(int x))(void) { return a; }
int choose(void) __attribute__((ifunc("resolve"))); int chosen(void) __attribute__((alias("choose")));
static int (*resolve(void))(void) { return b; }
void _start(void) { choose(); (void)pick; }
