/* Code in three segments; how far each lies from its place in the file is another number (segments.ld). */
int cold(int n) __attribute__((section(".text_cold")));
int hot(int n) __attribute__((section(".text_hot")));
int cold(int n) { return n * 3; }
int hot(int n) { return cold(n) + 1; }
int middle(int n) { return hot(n) + 2; }
void _start(void) { for (;;) middle(1); }
