// A program of calls.cpp and leaf.c without anything else, to be recorded: testdata/report/recorded-inlines.data.
extern "C" {
unsigned long leaf(unsigned long);
unsigned long nested(unsigned long);
unsigned long through_wrappers(unsigned long);
double with_lambda(double, int);
int in_a_class(int);
long uses(long);
unsigned long unused(unsigned long);
struct State { unsigned long s; };
void shuffle(State &, unsigned *, int);

static unsigned numbers[400];
static volatile double sink;

__attribute__((noinline)) void rounds(int n) {
  State state{42};
  for (int i = 0; i < n; i++) {
    shuffle(state, numbers, 400);
    sink = sink + through_wrappers(i) + with_lambda(i, 40) + in_a_class(i) + uses(-i) + unused(i) + nested(i);
  }
}

[[noreturn]] void _start() {
  __asm__("xor %ebp, %ebp");
  rounds(12000);
  __asm__ volatile("syscall" : : "a"(231), "D"(0));
  __builtin_unreachable();
}
}
