// Inlined calls from a file of their own.
namespace rng {
inline __attribute__((always_inline)) unsigned long step(unsigned long x) {
  x ^= x << 13;
  x ^= x >> 7;
  return x ^ (x << 17);
}
inline __attribute__((always_inline)) unsigned long mix(unsigned long x, int rounds) {
  for (int i = 0; i < rounds; i++)
    x = step(x + i);
  return x;
}
struct State {
  unsigned long s;
  inline __attribute__((always_inline)) unsigned next() {
    s = mix(s, 6);
    return unsigned(s >> 16);
  }
};
} // namespace rng
