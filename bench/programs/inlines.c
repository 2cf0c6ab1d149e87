/* A library that inlines.py calls: calls inlined three deep, and back into Python from within one. */
typedef unsigned long (*callback)(unsigned long);

static inline unsigned long step(unsigned long x, int by) { x ^= x << by; return x ^ (x >> (by / 2)); }
static inline unsigned long mix(unsigned long x) { x = step(x, 13); return step(x, 17); }
static inline unsigned long next(unsigned long *state) { return *state = mix(*state + 0x9e3779b97f4a7c15); }

unsigned long churn(unsigned long seed, int count) {
  unsigned long sum = 0;
  for (int i = 0; i < count; i++) sum += next(&seed) & 15;
  return sum;
}

static inline unsigned long asked(callback ask, unsigned long x) { return ask(mix(x) & 255) + 1; }

unsigned long ask(callback ask, unsigned long seed, int count) {
  unsigned long sum = 0;
  for (int i = 0; i < count; i++) sum += asked(ask, seed + i);
  return sum;
}
