/* The other unit: C, with a function within a function, and no linkage names. */
typedef unsigned long word;
static inline __attribute__((always_inline)) word turn(word x, int by) { return (x << by) | (x >> (64 - by)); }
static inline __attribute__((always_inline)) word turns(word x) {
  for (int i = 1; i < 8; i++)
    x ^= turn(x, i * 7);
  return x;
}
__attribute__((noinline)) word leaf(word x) {
  for (word i = 0; i < 50; i++)
    x = turns(x * 31 + i);
  return x;
}
#ifndef __clang__
__attribute__((noinline)) word nested(word x) {
  __attribute__((noinline)) word inner(word y) { return turn(y + x, 3); }
  return inner(x) ^ inner(x + 1);
}
#endif
