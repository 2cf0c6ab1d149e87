// Reading jitdumps (FORMAT 4, JITDUMP 3) and asking what code lay where (jit-code.ts): real ones of CPython, built ones for
// the records that it never writes, random ones against a slow search.

import fc from 'fast-check';
import t from 'tap';
import type { Layout } from '../../src/bytes/layout.ts';
import * as layouts from '../../src/jit/layouts.ts';
import { trampolineForm } from '../../src/jit/trampolines.ts';
import { JitdumpWriter } from './jitdump-writer.ts';
import { fixture, namesOf, readBytes } from './reading-jitdumps.ts';

t.test('CPython on x86-64 and arm64', (t) => {
  for (const [name, machine, size, returnOffset] of [
    ['py313.dump', 'x86-64', 12, 10],
    ['py314.dump', 'x86-64', 12, 10],
    ['py315.dump', 'x86-64', 12, 10],
    ['a64-py313.dump', 'arm64', 28, 16],
    ['a64-py315.dump', 'arm64', 28, 16],
  ] as const) {
    const { dump, code, damage } = readBytes(fixture(name));
    t.equal(code.machine, machine, name);
    t.match(damage, ['jitdump-torn'], 'the fixture is cut after 4096 bytes, as a killed process leaves it');
    t.equal(damage.length, 1);
    t.notOk(dump.complete);
    t.ok(code.length >= 14, `${code.length} functions in 4096 bytes`);
    t.equal(dump.code.unwindings.length, 1, 'one unwinding information serves all');
    for (let symbol = 0; symbol < code.length; symbol++) {
      t.equal(code.end(symbol) - code.start(symbol), size);
      t.match(code.name(symbol), /^py::.+:.+/);
      t.ok(code.isTrampoline(symbol));
      t.notOk(code.isObject(symbol));
      t.equal(code.find(code.start(symbol) + returnOffset), symbol);
      t.equal(code.find(code.start(symbol) + returnOffset, code.time(symbol)), symbol);
      t.equal(code.find(code.start(symbol) + returnOffset, code.time(symbol) - 1), -1, 'not before it was loaded');
      t.equal(code.index(symbol), symbol + (name.startsWith('a64-py315') ? code.index(0) : 1));
      t.equal(code.pid(symbol), code.writerPid);
      const cfi = code.cfi(symbol);
      t.ok(cfi !== undefined && cfi === code.cfi(0), 'the same table for all');
      t.ok(cfi!.find(returnOffset) >= 0);
    }
    t.equal(trampolineForm(machine, size)?.returnOffset, returnOffset);
    t.notOk(code.hasDuplicateAddresses);
    t.equal(code.loadTimes.length, code.length);
    t.ok(code.loadTimes.every((time, i) => i === 0 || time >= code.loadTimes[i - 1]!));
    t.equal(code.find(code.start(0) - 1), -1);
    t.equal(code.find(code.end(code.length - 1)), -1);
  }
  t.end();
});

t.test('times are relative to the base that is given, exactly', (t) => {
  const time = 0x0012_3456_789a_bcden;
  const bytes = new JitdumpWriter().load({ name: 'f', start: 0x1000, size: 4, time }).bytes();
  t.equal(readBytes(bytes, { timeBaseHigh: 0x0012_3456 }).code.time(0), 0x789a_bcde);
  t.equal(readBytes(bytes, { timeBaseHigh: 0x0012_3457 }).code.time(0), 0x789a_bcde - 2 ** 32);
  t.end();
});

t.test('all records, both byte orders', (t) => {
  for (const littleEndian of [true, false]) {
    const { dump, code, damage } = readBytes(
      new JitdumpWriter({ littleEndian, flags: 1n, headerSize: 48, machine: 183 })
        .debugInfo(
          0x4000,
          [
            { address: 0x4000, line: 10, column: 1, file: 'a.java' },
            { address: 0x4008, line: 12, column: 2, file: null },
            { address: 0x4010, line: 3, column: 0, file: 'inlined é.java' },
          ],
          5n,
        )
        .load({ name: 'first', start: 0x4000, size: 33, time: 6n, index: 1 })
        .unknown(9, new Uint8Array(21), 7n)
        .load({ name: 'second', start: 0x5000, size: 16, time: 8n, index: 2 })
        .move({ from: 0x4000, to: 0x7000, size: 33, index: 1, time: 20n })
        .move({ from: 0x7000, to: 0x9000, size: 33, index: 1, time: 30n })
        .close(40n)
        .bytes(),
    );
    t.same(damage, []);
    t.ok(dump.closed && dump.complete && dump.archTimestamps);
    t.equal(dump.littleEndian, littleEndian);
    t.equal(code.machine, 'arm64');
    t.same(namesOf(code), ['first', 'second', 'first', 'first']);
    t.equal(code.find(0x4010, 19), 0);
    t.equal(code.find(0x4010, 20), -1, 'moved away');
    t.equal(code.find(0x4010), 0, 'without a clock, where it once was');
    t.equal(code.find(0x7010, 20), 2);
    t.equal(code.find(0x7010, 30), -1);
    t.equal(code.find(0x9020, 30), 3);
    t.equal(code.find(0x9021, 30), -1);
    t.same(code.line(0, 0x4000), { file: 'a.java', line: 10, discriminator: 1 });
    t.same(code.line(0, 0x400f), { file: 'a.java', line: 12, discriminator: 2 });
    t.same(code.line(3, 0x9011), { file: 'inlined é.java', line: 3, discriminator: 0 }, 'after moves');
    t.equal(code.line(1, 0x5000), undefined, 'debug information is for one LOAD');
    t.equal(code.cfi(0), undefined);
    t.equal(dump.code.codeOffset[0], 48 + 32 + 17 * 3 + 6 + 1 + 15 + 56 + 6);
  }
  t.end();
});

t.test('unwinding information belongs to the next LOAD, and only where it covers the code', (t) => {
  const python = fixture('py313.dump');
  const real = readBytes(python).dump.code.unwindings[0]!;
  const ehFrame = real.bytes.subarray(0, 56);
  const header = real.bytes.subarray(56);
  const { code, dump } = readBytes(
    new JitdumpWriter()
      .unwinding(ehFrame, header, 1n)
      .load({ name: 'py::f:x.py', start: 0x1000, size: 12, time: 2n })
      .load({ name: 'py::without:x.py', start: 0x2000, size: 12, time: 3n })
      .unwinding(ehFrame, header, 4n)
      .load({ name: 'py::jit:executor', start: 0x3000, size: 4000, time: 5n })
      .unwinding(new Uint8Array(0), new Uint8Array(0), 6n)
      .load({ name: 'py::none:x.py', start: 0x5000, size: 15, time: 7n })
      .unwinding(ehFrame, header, 8n)
      .load({ name: 'py::g:x.py', start: 0x6000, size: 12, time: 9n })
      .bytes(),
  );
  t.equal(dump.code.unwindings.length, 1);
  t.ok(code.cfi(0));
  t.equal(code.cfi(1), undefined);
  t.equal(code.cfi(2), undefined, 'an executor published with the rows of a trampoline');
  t.equal(code.cfi(3), undefined);
  t.equal(code.cfi(4), code.cfi(0));
  t.same(
    [0, 1, 2, 3].map((symbol) => code.isTrampoline(symbol)),
    [true, true, false, true],
  );
  t.end();
});

t.test('macOS: a thread id of 64 bits', (t) => {
  for (const threadId of ['aligned64', 'packed64'] as const) {
    const writer = new JitdumpWriter({ machine: 183 });
    for (let i = 0; i < 20; i++) {
      writer.load({ name: `py::f${i}:/x.py`, start: 0x1_0000_0000 + 64 * i, size: 28, time: BigInt(100 + i), index: i, threadId });
    }
    const { code, damage } = readBytes(writer.bytes());
    t.same(damage, []);
    t.equal(code.length, 20);
    t.equal(code.name(code.find(0x1_0000_0000 + 64 * 7 + 3)), 'py::f7:/x.py');
    t.equal(code.index(7), 7);
  }
  t.end();
});

t.test('names that are empty, not UTF-8, or long', (t) => {
  const long = 'é'.repeat(5000);
  const { code, damage } = readBytes(
    new JitdumpWriter()
      .load({ name: '', start: 0x1000, size: 12, time: 1n })
      .load({ name: 'py::', start: 0x1100, size: 12, time: 2n })
      .load({ name: Uint8Array.of(0x70, 0xff, 0xfe, 0x71), start: 0x1200, size: 12, time: 3n })
      .load({ name: long, start: 0x1300, size: 12, time: 4n })
      .load({ name: 'a b\nc:d', start: 0x1400, size: 12, time: 5n })
      .bytes(),
  );
  t.same(damage, []);
  t.same(namesOf(code), ['', 'py::', 'p\udcff\udcfeq', long, 'a b\nc:d']);
  t.same([code.isTrampoline(0), code.isTrampoline(1)], [false, true]);
  t.end();
});

t.test('addresses that are used again: the last load before the moment', (t) => {
  const { code } = readBytes(
    new JitdumpWriter()
      .load({ name: 'old', start: 0x1000, size: 0x100, time: 10n, index: 1 })
      .load({ name: 'inner', start: 0x1040, size: 0x20, time: 20n, index: 2 })
      .load({ name: 'again', start: 0x1000, size: 0x80, time: 30n, index: 3 })
      .load({ name: 'nothing', start: 0x1000, size: 0, time: 35n, index: 4 })
      .bytes(),
  );
  const nameAt = (address: number, time?: number): string => code.name(code.find(address, time));
  t.ok(code.hasDuplicateAddresses);
  t.equal(nameAt(0x1050, 9), '');
  t.equal(nameAt(0x1050, 19), 'old');
  t.equal(nameAt(0x1050, 29), 'inner');
  t.equal(nameAt(0x1060, 29), 'old');
  t.equal(nameAt(0x1050, 30), 'again');
  t.equal(nameAt(0x1000), 'again', 'code of no bytes is nowhere');
  t.equal(nameAt(0x1090), 'old');
  t.end();
});

t.test('find is what a search through all records gives', (t) => {
  const load = fc.record({
    start: fc.integer({ min: 0, max: 300 }),
    size: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 300 })),
    time: fc.integer({ min: 0, max: 30 }),
  });
  const question = fc.record({ address: fc.integer({ min: -5, max: 620 }), time: fc.oneof(fc.integer({ min: -1, max: 31 }), fc.constant(Infinity)) });
  fc.assert(
    fc.property(fc.array(load, { maxLength: 200 }), fc.array(question, { maxLength: 30 }), (loads, questions) => {
      const writer = new JitdumpWriter();
      loads.forEach((l, i) => writer.load({ name: `${i}`, start: l.start, size: l.size, time: BigInt(l.time), index: i }));
      const { code } = readBytes(writer.bytes());
      for (const { address, time } of questions) {
        const holding = loads.filter((l) => l.time <= time && l.start <= address && address < l.start + l.size);
        const last = Math.max(...holding.map((l) => l.time));
        const found = code.find(address, time);
        if (holding.length === 0) t.equal(found, -1);
        else if (found < 0 || code.time(found) !== last || address < code.start(found) || address >= code.end(found)) {
          t.fail(`${address} at ${time} gave ${found}`);
        }
      }
      return true;
    }),
    { numRuns: 100 },
  );
  t.end();
});

t.test('200 000 records within a second of processor time', (t) => {
  const count = 200_000;
  const record = 16 + 40 + 24 + 12;
  const bytes = new Uint8Array(40 + count * record);
  bytes.set(new JitdumpWriter().bytes());
  const view = new DataView(bytes.buffer);
  for (let i = 0, at = 40; i < count; i++, at += record) {
    view.setUint32(at + 4, record, true);
    view.setBigUint64(at + 8, BigInt(1000 + i), true);
    // Every eighth address is used again, out of order.
    const start = 0x7f00_0000_0000 + ((i * 7919) % (count - count / 8)) * 32;
    view.setUint32(at + 16, 77, true);
    view.setBigUint64(at + 24, BigInt(start), true);
    view.setBigUint64(at + 32, BigInt(start), true);
    view.setBigUint64(at + 40, 12n, true);
    view.setBigUint64(at + 48, BigInt(i), true);
    new TextEncoder().encodeInto(`py::function${i}`, bytes.subarray(at + 56));
    bytes.fill(0x20, at + 56 + `py::function${i}`.length, at + 56 + 23);
  }
  // Processor time: the tests of other rooms run at the same time.
  const before = process.cpuUsage();
  const { code, damage } = readBytes(bytes);
  const used = process.cpuUsage(before);
  const elapsed = (used.user + used.system) / 1000;
  t.same(damage, []);
  t.equal(code.length, count);
  t.ok(code.hasDuplicateAddresses);
  t.ok(elapsed < 1000, `${elapsed.toFixed(0)} ms`);
  t.comment(`${elapsed.toFixed(0)} ms for ${count} records`);
  t.end();
});

t.test('files agree with the declared layouts', async (t) => {
  const signed = (value: unknown): number => Number(BigInt.asIntN(64, value as bigint));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 320, maxLength: 320 }), fc.boolean(), fc.nat(40), fc.nat(40), (bytes, littleEndian, unwindingSize, headerSize) => {
      const view = new DataView(bytes.buffer);
      let end = 0;
      /** Takes the next random bytes for a layout, sets some of its fields, and gives all of them. */
      const place = <T>(layout: Layout<T>, id: number | undefined, more: number, set: Partial<Record<keyof T & string, number | bigint>>): T => {
        const start = end;
        end += layout.size + more;
        for (const field of layout.fields) {
          const value = set[field.name as keyof T & string];
          if (field.size === 8 && value !== undefined) view.setBigUint64(start + field.offset, BigInt.asUintN(64, BigInt(value)), littleEndian);
          else if (value !== undefined) view.setUint32(start + field.offset, Number(value), littleEndian);
        }
        if (id !== undefined) {
          view.setUint32(start, id, littleEndian);
          view.setUint32(start + 4, layout.size + more, littleEndian);
          // Times after damage would matter; here there is none.
          view.setBigUint64(start + 8, BigInt(start), littleEndian);
        }
        return layout.parse(bytes, littleEndian, start)!;
      };
      const header = place(layouts.jitdumpHeaderLayout, undefined, 0, { magic: 0x4a695444, version: 1, size: 40 });
      const unwinding = place(layouts.jitUnwindingLayout, 4, unwindingSize, { unwindingSize, headerSize: Math.min(headerSize, unwindingSize) });
      const address = view.getBigUint64(300, littleEndian);
      const debug = place(layouts.jitDebugInfoLayout, 2, layouts.jitDebugEntryLayout.size + 2, { count: 1 });
      end -= layouts.jitDebugEntryLayout.size + 2;
      const entry = place(layouts.jitDebugEntryLayout, undefined, 2, { address });
      bytes.set([0x66, 0], end - 2);
      const load = place(layouts.jitLoadLayout, 0, 6, { address, codeSize: 4 });
      bytes.set([0x66, 0], end - 6);
      const move = place(layouts.jitMoveLayout, 1, 0, { oldAddress: address, index: load['index'] as bigint });
      const prefix = layouts.jitdumpPrefixLayout.parse(bytes, littleEndian, end - layouts.jitMoveLayout.size)!;
      const { dump, code, damage } = readBytes(bytes.slice(0, end));
      const { start, size, time, index, pid, movedAt } = dump.code;
      t.same(damage, []);
      t.same([dump.pid, dump.machine, dump.archTimestamps], [header.pid, header.machine, (header.flags & 1n) === 1n]);
      t.same([start[0], size[0], index[0], pid[0]], [signed(load['address']), 4, Number(load['index']), load['pid']]);
      t.same([start[1], size[1], index[1], pid[1]], [signed(move['newAddress']), Number(move['codeSize']), Number(move['index']), move['pid']]);
      t.same([prefix['id'], prefix['size'], time[1], movedAt[0]], [1, layouts.jitMoveLayout.size, Number(prefix['time']), Number(prefix['time'])]);
      const line = code.line([0, 1].find((symbol) => code.time(symbol) === time[0])!, signed(entry['address']));
      t.same(line, { file: 'f', line: entry['line'], discriminator: entry['discriminator'] });
      t.equal(debug['count'], 1n);
      const [kept] = dump.code.unwindings;
      t.same(kept?.bytes.length ?? 0, unwindingSize);
      if (kept !== undefined) t.same([kept.headerSize, kept.mappedSize], [Number(unwinding['headerSize']), Number(unwinding['mappedSize'])]);
    }),
    { numRuns: 60 },
  );
});

t.test('the lines of one function are gone through once', async (t) => {
  const [start, count] = [0x4000, 20_000];
  // In no order; two of each address, of which the later one counts.
  const entries = Array.from({ length: count }, (_, i) => ({ address: start + ((i * 7_919) % (count / 2)), line: i, column: 0, file: i === 0 ? 'a.py' : null }));
  const writer = new JitdumpWriter({ pid: 1 }).debugInfo(start, entries, 1n).load({ name: 'f', start, size: count, time: 2n, index: 1 });
  const { code } = readBytes(writer.bytes());
  const latest = new Map(entries.map(({ address, line }) => [address, line]));
  const { user } = process.cpuUsage();
  const wrong = [...latest].filter(([address, line]) => code.line(0, address)?.line !== line || code.line(0, address)?.file !== 'a.py');
  t.same(wrong, []);
  t.ok(process.cpuUsage({ user, system: 0 }).user < 1_000_000);
});
