// Perf maps (JITDUMP 8, FORMAT 5): real ones, the ways in which writers differ, overlaps against a slow search.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { parsePerfMap, type PerfMap } from '../../src/jit/perf-map.ts';
import { fixture } from './reading-jitdumps.ts';

function parse(text: string | Uint8Array): { map: PerfMap; damage: string[]; nameAt: (address: number) => string | undefined } {
  const diagnostics = new Diagnostics();
  const map = parsePerfMap(typeof text === 'string' ? new TextEncoder().encode(text) : text, diagnostics);
  const nameAt = (address: number): string | undefined => {
    const symbol = map.find(address);
    return symbol < 0 ? undefined : map.name(symbol);
  };
  return { map, nameAt, damage: diagnostics.all().map((damage) => `${damage.code} ${damage.count}`) };
}

t.test('CPython and PyPy', (t) => {
  const python = parse(fixture('py313.map'));
  t.same(python.damage, []);
  t.equal(python.nameAt(0x7fc4028d5000 + 10), 'py::_find_and_load:<frozen importlib._bootstrap>');
  t.equal(python.nameAt(0x7fc4028d5000 + 12), undefined);
  t.equal(python.map.start(1) - python.map.start(0), 32);
  t.notOk(python.map.isObject(0));
  const pypy = parse(fixture('pypy.map'));
  t.equal(pypy.nameAt(0x7f5b4e7e7a8b + 0x1f4), 'pypy::loop crunch:/lab/src/py_pypy_map.py');
  t.equal(pypy.map.length, 4);
  t.end();
});

t.test('what writers do', (t) => {
  const { nameAt, damage, map } = parse(
    '0x1000 0x10 prefixed\n2000 10 with blanks: a b  c\nABCDEF0 1F upper\r\n3000 10 x\n3100 10 \n4000\t10\ttab\n\n' +
      '5000 0 empty\n ffffffff81000000 10 kernel\nno line at all\n6000 10\n7000 8 naïve_数え\n8000 10 torn na',
  );
  t.equal(nameAt(0x1008), 'prefixed');
  t.equal(nameAt(0x2000), 'with blanks: a b  c');
  t.equal(nameAt(0xabcdef0 + 0x1e), 'upper');
  t.equal(nameAt(0x3000), 'x');
  t.equal(nameAt(0x3100), '');
  t.equal(nameAt(0x4000), 'tab');
  t.equal(nameAt(0x5000), undefined);
  t.equal(nameAt(-0x7f000000), 'kernel');
  t.equal(nameAt(0x6000), undefined);
  t.equal(nameAt(0x7007), 'naïve_数え');
  t.equal(nameAt(0x8000), 'torn na');
  t.same(damage, ['perf-map-line 2']);
  t.equal(map.start(0), -0x7f000000, 'numbered by address');
  t.end();
});

t.test('a torn last line', (t) => {
  const whole = '1000 100 first\n2000 100 second\n';
  for (let cut = 0; cut <= whole.length; cut++) {
    const { nameAt, map } = parse(whole.slice(0, cut));
    t.ok(map.length <= 2);
    if (nameAt(0x2000) !== undefined) t.equal(map.end(map.find(0x2000)), 0x2100, 'never with half of its size');
  }
  t.same(parse('1000 10 a\n2000 1').damage, ['perf-map-torn 1']);
  t.same(parse('').damage, []);
  t.end();
});

t.test('names that are not UTF-8', (t) => {
  const { nameAt } = parse(Uint8Array.from([...new TextEncoder().encode('1000 10 a'), 0xff, 0x0a]));
  t.equal(nameAt(0x1000), 'a\udcff');
  t.end();
});

t.test('the last writer wins', (t) => {
  const { nameAt, map } = parse('1000 100 old\n1040 20 inner\n1080 100 tail\n10c0 8 in tail\n1000 10 again\n');
  t.same(
    [0x1000, 0x1010, 0x1040, 0x1060, 0x107f, 0x1080, 0x10c0, 0x10c8, 0x1100, 0x117f, 0x1180].map(nameAt),
    ['again', 'old', 'inner', 'old', 'old', 'tail', 'in tail', 'tail', 'tail', 'tail', undefined],
  );
  t.equal(map.start(map.find(0x1060)), 0x1000, 'a symbol keeps its own start and end');
  t.equal(map.end(map.find(0x1060)), 0x1100);

  const entry = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.oneof(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 200 })));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      const text = entries.map(([start, size], i) => `${start.toString(16)} ${size.toString(16)} ${i}\n`).join('');
      const random = parse(text);
      for (let address = -1; address < 405; address++) {
        let last: string | undefined;
        entries.forEach(([start, size], i) => {
          if (start <= address && address < start + size) last = `${i}`;
        });
        if (random.nameAt(address) !== last) return false;
      }
      return true;
    }),
    { numRuns: 100 },
  );
  t.end();
});

t.test('a million lines', (t) => {
  const lines: string[] = [];
  for (let i = 0; i < 1_000_000; i++) lines.push(`${(0x7f0000000000 + ((i * 7919) % 1_000_003) * 64).toString(16)} 3c LazyCompile:~fun${i} a.js:1`);
  const bytes = new TextEncoder().encode(`${lines.join('\n')}\n`);
  const before = process.cpuUsage();
  const { map, nameAt } = parse(bytes);
  const used = process.cpuUsage(before);
  const elapsed = (used.user + used.system) / 1000;
  t.equal(map.length, 1_000_000);
  t.equal(nameAt(0x7f0000000000 + 7919 * 64 + 5), 'LazyCompile:~fun1 a.js:1');
  t.ok(elapsed < 5000);
  t.comment(`${elapsed.toFixed(0)} ms for a million lines out of order`);
  t.end();
});
