// Inlined calls in all the ways that make debugging information different: over two files, in templates and lambdas, around blocks, in
// code that is moved apart (cold), in a class within a function. Built by lines.sh.
#include "calls.h"
#define OUT extern "C" __attribute__((noinline))

static volatile unsigned long sink;
OUT unsigned long leaf(unsigned long x);

static inline __attribute__((always_inline)) unsigned long wrap_inner(unsigned long x) { return leaf(x) + 1; }
static inline __attribute__((always_inline)) unsigned long wrap_outer(unsigned long x) { return wrap_inner(x) * 3; }

OUT unsigned long through_wrappers(unsigned long x) {
  for (int i = 0; i < 20; i++)
    x += wrap_outer(x);
  return x;
}

OUT void shuffle(rng::State &state, unsigned *v, int n) {
  for (int i = n - 1; i > 0; i--) {
    unsigned j = state.next() % (i + 1);
    unsigned t = v[i];
    v[i] = v[j];
    v[j] = t;
  }
}

template <class F> inline __attribute__((always_inline)) double twice(F f, double x) { return f(f(x)); }

OUT double with_lambda(double x, int n) {
  auto kernel = [n](double y) __attribute__((always_inline)) { return y * n + 1 / y; };
  double s = 0;
  for (int i = 0; i < n; i++)
    s += twice(kernel, x + i);
  return s;
}

OUT int in_a_class(int n) {
  struct Local {
    int n;
    __attribute__((noinline)) int far(int k) { return sink += k, n * k; }
    inline __attribute__((always_inline)) int near(int k) { return far(k) + n; }
  };
  Local local{n};
  return local.near(n + 1) ^ local.near(n + 2);
}

namespace deep {
namespace er {
inline __attribute__((always_inline)) long checked(long x) {
  if (__builtin_expect(x < 0, 0)) {
    sink = rng::mix(x, 3);
    sink = leaf(sink);
    return -1;
  }
  return x * 3;
}
__attribute__((noinline)) long cold_path(long a, long b) { return checked(a) + checked(b); }
} // namespace er
} // namespace deep

OUT long uses(long a) {
  {
    long b = a * 2;
    {
      long c = deep::er::checked(b);
      a += c;
    }
  }
  return a + deep::er::cold_path(a, 7);
}

// Thrown away by a linker that is asked to.
OUT unsigned long unused(unsigned long x) { return rng::mix(x, 9); }
