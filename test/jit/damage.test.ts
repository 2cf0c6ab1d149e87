// Wrong and damaged jitdumps (JITDUMP 4): nothing throws, what is whole is read, time stays bounded.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import type { ByteSource } from '../../src/bytes/source.ts';
import { parsePerfMap } from '../../src/jit/perf-map.ts';
import { JitdumpWriter } from './jitdump-writer.ts';
import { fixture, namesOf, readBytes, readSource } from './reading-jitdumps.ts';

t.test('no jitdump at all', (t) => {
  t.same(readBytes(new Uint8Array(0)).damage, ['jitdump-empty']);
  t.same(readBytes(new TextEncoder().encode('PERFILE2 is something else altogether, and long')).damage, ['jitdump-magic']);
  t.same(readBytes(fixture('py313.dump').subarray(0, 39)).damage, ['jitdump-torn']);
  t.same(readBytes(fixture('py313.dump').subarray(0, 3)).damage, ['jitdump-magic']);
  const empty = readBytes(new JitdumpWriter().bytes());
  t.same(empty.damage, []);
  t.equal(empty.code.length, 0);
  t.ok(empty.dump.complete);
  t.equal(empty.code.find(0x1000), -1);
  t.same([empty.code.name(0), empty.code.start(-1), empty.code.end(7), empty.code.pid(0), empty.code.index(0)], ['', 0, 0, 0, 0]);
  t.equal(empty.code.cfi(0), undefined);
  t.end();
});

t.test('cut anywhere: the whole records before the cut', (t) => {
  const bytes = fixture('py313.dump');
  const whole = readBytes(bytes);
  const ends = Array.from({ length: whole.code.length }, (_, symbol) => whole.code.codeOffset(symbol) + 12);
  for (let length = 40; length <= bytes.length; length += 13) {
    const { code, dump } = readBytes(bytes.slice(0, length));
    t.equal(code.length, ends.filter((end) => end <= length).length);
    if (length > ends[0]!) t.equal(dump.complete, length === 40 || isRecordEnd(bytes, length));
  }
  t.end();
});

t.test('a fork repeated the tail of its parent', (t) => {
  const { code, dump, diagnostics, damage } = readBytes(fixture('py313-forked.dump'));
  t.same(damage, ['jitdump-damaged']);
  t.equal(diagnostics.all()[0]!.count, 2);
  t.ok(dump.complete);
  t.ok(dump.code.length > code.length, 'records that are there twice');
  const keys = new Set(Array.from({ length: code.length }, (_, symbol) => `${code.start(symbol)} ${code.time(symbol)}`));
  t.equal(keys.size, code.length, 'are kept once');
  t.notOk(code.hasDuplicateAddresses);
  t.same(
    namesOf(code).filter((name) => !name.startsWith('py::')),
    [],
  );
  const indices = Array.from({ length: code.length }, (_, symbol) => code.index(symbol)).sort((a, b) => a - b);
  t.equal(indices.at(-1)! - indices[0]!, code.length - 1, 'no function is missing');
  t.ok(code.cfi(code.length - 1));
  t.end();
});

t.test('a bad record in the middle', (t) => {
  const writer = new JitdumpWriter();
  for (let i = 0; i < 10; i++) writer.load({ name: `before${i}`, start: 0x1000 + 64 * i, size: 12, time: BigInt(1000 + i), index: i });
  const at = writer.length;
  writer.raw(Array.from({ length: 333 }, (_, i) => (i * 37) & 255));
  for (let i = 0; i < 10; i++) writer.load({ name: `after${i}`, start: 0x9000 + 64 * i, size: 12, time: BigInt(2000 + i), index: 10 + i });
  const { code, diagnostics } = readBytes(writer.bytes());
  t.equal(code.length, 20);
  t.match(diagnostics.all(), [{ code: 'jitdump-damaged', offset: at, count: 1 }]);

  const zeros = readBytes(writer.raw(new Uint8Array(100_000)).bytes());
  t.equal(zeros.code.length, 20);
  t.notOk(zeros.dump.complete);
  t.end();
});

t.test('numbers that cannot be', (t) => {
  const good = { name: 'good', start: 0x1000, size: 12, time: 10n };
  const last = { name: 'last', start: 0x2000, size: 12, time: 20n };
  const middle = new JitdumpWriter().load(good).length;
  const dump = new JitdumpWriter().load(good).load({ name: 'changed', start: 0x1800, size: 12, time: 15n }).load(last).bytes();
  const change = (offset: number, value: bigint): ReturnType<typeof readBytes> => {
    const changed = dump.slice();
    new DataView(changed.buffer).setBigUint64(middle + offset, value, true);
    return readBytes(changed);
  };
  for (const [offset, value, why] of [
    [40, 2n ** 63n, 'a code size beyond everything'],
    [40, 13n, 'a code size that leaves no room for the name'],
    [0, 1n << 32n, 'a record of one byte'],
    [0, 0xffffffffn << 32n, 'a record of 4 GiB'],
    [0, 0x7fffffffn, 'an id that nobody gave out'],
  ] as const) {
    const { code } = change(offset, value);
    t.ok(namesOf(code).includes('good') && namesOf(code).includes('last'), why);
  }
  t.same(readBytes(new JitdumpWriter().load(good).move({ from: 0x5000, to: 0x6000, size: 12, index: 9, time: 11n }).bytes()).damage, [
    'jitdump-move',
  ]);
  const header = new JitdumpWriter().load(good).bytes();
  new DataView(header.buffer).setUint32(4, 2, true);
  new DataView(header.buffer).setUint32(8, 0xffffff, true);
  const odd = readBytes(header);
  t.same(odd.damage, ['jitdump-version', 'jitdump-header']);
  t.equal(odd.code.length, 1);
  t.end();
});

t.test('a source that gives less than it said', (t) => {
  const bytes = fixture('py313.dump');
  const source: ByteSource = { size: 1e9, read: (offset, length) => bytes.subarray(offset, offset + length) };
  const { code, dump } = readSource(source);
  t.ok(code.length >= 14);
  t.notOk(dump.complete);
  t.end();
});

t.test('windows do not show', (t) => {
  const writer = new JitdumpWriter();
  for (let i = 0; i < 60; i++) {
    writer.load({ name: `f${i}`, start: 0x10000 * (i + 1), size: i % 7 === 0 ? 60_000 : 12, time: BigInt(i), index: i });
    if (i % 9 === 0) writer.debugInfo(0, [{ address: 1, line: 1, column: 1, file: 'x'.repeat(70_000) }], BigInt(i));
  }
  const bytes = writer.bytes();
  let largest = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => {
      largest = Math.max(largest, length);
      return bytes.subarray(offset, offset + length);
    },
  };
  const { code, damage } = readSource(source);
  t.same(damage, []);
  t.equal(code.length, 60);
  t.ok(largest <= 2 ** 21, 'read in windows of 2 MiB');
  t.end();
});

t.test('random changes never throw, and cost no more than a moment', (t) => {
  const files = ['py313.dump', 'py315.dump', 'a64-py313.dump', 'py313-forked.dump'].map(fixture);
  const change = fc.record({
    file: fc.nat({ max: files.length - 1 }),
    changes: fc.array(fc.tuple(fc.nat({ max: 8191 }), fc.nat({ max: 255 })), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(change, ({ file, changes }) => {
      const bytes = files[file]!.slice();
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      const { code } = readBytes(bytes);
      for (let symbol = 0; symbol < code.length; symbol++) {
        code.name(symbol);
        code.cfi(symbol)?.find(4);
        code.find(code.start(symbol), code.time(symbol));
      }
      return true;
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      readBytes(Uint8Array.from([...new JitdumpWriter().bytes(), ...bytes]));
      parsePerfMap(bytes, new Diagnostics());
      return true;
    }),
    { numRuns: 300 },
  );
  // Offsets that each promise a long record, so that a careless reader would read the same bytes again and again.
  const hostile = new Uint8Array(4_000_000).fill(2);
  const view = new DataView(hostile.buffer);
  for (let at = 100; at + 64 < hostile.length; at += 64) {
    view.setUint32(at, 2, true);
    view.setUint32(at + 4, 3_000_000, true);
    view.setBigUint64(at + 8, 0n, true);
    view.setBigUint64(at + 24, 1n, true);
  }
  hostile.set(new JitdumpWriter().load({ name: 'f', start: 4096, size: 1, time: 1n }).bytes());
  const before = process.cpuUsage();
  readBytes(hostile);
  const used = process.cpuUsage(before);
  t.ok(used.user + used.system < 2_000_000);
  t.end();
});

function isRecordEnd(bytes: Uint8Array, length: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 40;
  while (at < length) at += view.getUint32(at + 4, true);
  return at === length;
}
