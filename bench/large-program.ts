// Writes a C++ program whose debugging information is large and whose time goes to very many places: units of a hundred functions each,
// of templates over the standard library's containers, so that nearly every address lies within several inlined calls.
//
//   node dist/bench/large-program.js DIR [UNITS]      then, there: make -j2       some 2 MB of debugging information a unit

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FUNCTIONS = 100;
const [folder, unitCount = '64'] = process.argv.slice(2);
if (folder === undefined) throw new Error('large-program.js DIR [UNITS]');
const units = Number(unitCount);
mkdirSync(folder, { recursive: true });

const BODIES = [
  'std::vector<T> v(n); for (int i = 0; i < n; i++) v[i] = mix<K>(T(i)); std::sort(v.begin(), v.end(), [](const T &a, const T &b) { return mix<K>(a) < mix<K>(b); }); T s{}; for (auto &x : v) s += x; return s;',
  'std::map<T, int> m; for (int i = 0; i < n / 4; i++) m[mix<K>(T(i))] += i; T s{}; for (auto &[k, x] : m) s += k * T(x); return s;',
  'std::unordered_map<int, T> m; for (int i = 0; i < n / 2; i++) m[int(mix<K>(T(i))) & 255] += T(i); T s{}; for (auto &[k, x] : m) s += x; return s;',
  'std::deque<T> d; for (int i = 0; i < n; i++) { d.push_back(mix<K>(T(i))); if (d.size() > 40) d.pop_front(); } return std::accumulate(d.begin(), d.end(), T{});',
  'std::string t; for (int i = 0; i < n / 4; i++) { t += std::to_string(int(mix<K>(T(i))) & 4095); if (t.size() > 200) t.erase(0, 90); } return T(t.size()) + T(std::hash<std::string>{}(t) & 15);',
  'std::set<T> m; for (int i = 0; i < n / 4; i++) m.insert(mix<K>(T(i))); return std::accumulate(m.begin(), m.end(), T{}, [](T a, T b) { return mix<K>(a) + b; });',
];

for (let unit = 0; unit < units; unit++) {
  let text = '#include "shared.h"\n';
  for (let number = 0; number < FUNCTIONS; number++) {
    const name = `f${unit}_${number}`;
    const type = ['long', 'int', 'double', 'unsigned', 'float'][(unit + number) % 5]!;
    const body = BODIES[number % BODIES.length]!;
    text += `template <int K, class T> __attribute__((noinline)) T ${name}_t(int n) { ${body} }\n`;
    text += `__attribute__((noinline)) double ${name}(int n) { return double(${name}_t<${unit * FUNCTIONS + number}, ${type}>(n)); }\n`;
  }
  text += `double unit${unit}(int n) { double s = 0; ${Array.from({ length: FUNCTIONS }, (_, number) => `s += f${unit}_${number}(n);`).join(' ')} return s; }\n`;
  writeFileSync(join(folder, `unit${unit}.cpp`), text);
}
writeFileSync(
  join(folder, 'shared.h'),
  `#pragma once
#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>
template <int K> inline long mix(long x) { x ^= x << 13; x += K; x ^= x >> 7; return x ^ (x << 17); }
template <int K> inline int mix(int x) { return int(mix<K>(long(x)) >> 3); }
template <int K> inline unsigned mix(unsigned x) { return unsigned(mix<K>(long(x)) >> 5); }
template <int K> inline double mix(double x) { return double(mix<K>(long(x)) & 0xffff) * 0.5; }
template <int K> inline float mix(float x) { return float(mix<K>(long(x)) & 0xfff); }
`,
);
const names = Array.from({ length: units }, (_, unit) => unit);
writeFileSync(
  join(folder, 'main.cpp'),
  `#include <cstdio>
#include <cstdlib>
#include <ctime>
${names.map((unit) => `double unit${unit}(int);`).join('\n')}
int main(int argc, char **argv) {
  double s = 0;
  for (time_t end = time(nullptr) + (argc > 1 ? atoi(argv[1]) : 10); time(nullptr) < end;) {
${names.map((unit) => `    s += unit${unit}(60);`).join('\n')}
  }
  printf("%g\\n", s);
}
`,
);
const objects = ['main', ...names.map((unit) => `unit${unit}`)].map((name) => `${name}.o`).join(' ');
writeFileSync(join(folder, 'Makefile'), `CXXFLAGS ?= -O2 -g -std=c++20 -fno-omit-frame-pointer\nlarge: ${objects}\n\t$(CXX) -o $@ $^\n${objects}: shared.h\n`);
