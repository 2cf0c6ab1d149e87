// Validation of jitdumps and perf maps: every rule broken once, real files as they are.

import t from 'tap';
import { type Finding, Findings } from '../../src/bytes/findings.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { HEADER_CHECKS, RECORD_CHECKS } from '../../src/jit/validate/jitdump-checks.ts';
import { READER_RULES } from '../../src/jit/validate/reader-damage.ts';
import { validateJitdump } from '../../src/jit/validate/validate-jitdump.ts';
import { LINE_CHECKS, validatePerfMap } from '../../src/jit/validate/validate-perf-map.ts';
import { withManyChanges, cutOff, randomOf } from '../end-to-end/damaging.ts';
import { JitdumpWriter } from './jitdump-writer.ts';
import { fixture } from './reading-jitdumps.ts';

const seen = new Set<string>();

interface Found {
  readonly findings: readonly Finding[];
  readonly codes: readonly string[];
  readonly records: number;
}

function foundIn(run: (findings: Findings) => number): Found {
  const findings: Finding[] = [];
  const records = run(new Findings((finding) => findings.push(finding)));
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  for (const code of codes) seen.add(code);
  return { findings, codes, records };
}

const ofJitdump = (bytes: Uint8Array, name = ''): Found =>
  foundIn((findings) => perform(new MemorySource(bytes), validateJitdump(bytes.length, name, findings)) as number);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const ofMap = (text: string | Uint8Array): Found => {
  const bytes = typeof text === 'string' ? encode(text) : text;
  return foundIn((findings) => perform(new MemorySource(bytes), validatePerfMap(bytes.length, findings)) as number);
};

const load = { name: 'py::f', start: 0x1000, size: 16, time: 10n, index: 1 };
const entry = { address: 0x1000, line: 1, column: 0, file: 'a.py' };

function patched(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

for (const littleEndian of [true, false]) {
  t.test(`jitdumps, ${littleEndian ? 'little' : 'big'}-endian`, async (t) => {
    const writer = (): JitdumpWriter => new JitdumpWriter({ littleEndian });
    const good = writer().debugInfo(0x1000, [entry, { ...entry, file: null }], 8n).unwinding(new Uint8Array(20), new Uint8Array(12), 9n).load(load).close(11n).bytes();
    const cases: readonly (readonly [codes: readonly string[], bytes: Uint8Array, name?: string])[] = [
      [[], good, 'jit-77.dump'],
      [['jitdump-pid'], good, 'jit-78.dump'],
      [['jitdump-empty'], new Uint8Array(0)],
      [['jitdump-magic'], encode('this is not a jitdump, but a text that is long enough')],
      [['jitdump-version'], patched(good, littleEndian ? 4 : 7, 2)],
      [['jitdump-header'], patched(good, littleEndian ? 8 : 11, 39)],
      [['jitdump-reserved'], patched(good, 16, 1)],
      [['jitdump-flags'], patched(good, littleEndian ? 32 : 39, 2)],
      [['jitdump-torn'], good.subarray(0, good.length - 20)],
      [['jitdump-damaged'], writer().load(load).raw(new Uint8Array(40).fill(0xee)).load({ ...load, index: 2, start: 0x2000 }).bytes()],
      [['jitdump-wide-tid'], writer().load({ ...load, threadId: 'aligned64' }).bytes()],
      [['jitdump-record-pid'], writer().load({ ...load, pid: 5 }).bytes()],
      [['jitdump-load-size'], writer().load({ ...load, size: 0 }).bytes()],
      [['jitdump-load-vma'], patched(writer().load(load).bytes(), 40 + 24, 7)],
      [['jitdump-load-gap'], patched(writer().load(load).bytes(), 40 + 57, 0)],
      [['jitdump-move-size'], new JitdumpWriter({ littleEndian }).load(load).raw(longer(littleEndian, writer().load(load).length, writer().load(load).move({ from: 0x1000, to: 0x2000, size: 16, index: 1, time: 11n }).bytes())).bytes()],
      [['jitdump-move'], writer().load(load).move({ from: 0x3000, to: 0x2000, size: 16, index: 1, time: 11n }).bytes()],
      [['jitdump-debug-entries'], writer().debugInfo(0x1000, [{ ...entry, file: null }], 9n).load(load).bytes()],
      [['jitdump-debug-address'], writer().debugInfo(0x5000, [entry], 9n).load(load).bytes()],
      [['jitdump-unused'], writer().debugInfo(0x1000, [entry], 9n).debugInfo(0x1000, [entry], 9n).load(load).bytes()],
      [['jitdump-unused'], writer().load(load).unwinding(new Uint8Array(20), new Uint8Array(12), 9n).bytes()],
      [['jitdump-close-size'], writer().load(load).unknown(3, new Uint8Array(8), 11n).bytes()],
      [['jitdump-unwinding-padding'], writer().unknown(4, new Uint8Array(40), 9n).load(load).bytes()],
      [['jitdump-unwinding', 'jitdump-unused'].sort(), hugeUnwinding(littleEndian, writer().bytes())],
      [['jitdump-id'], writer().load(load).unknown(9, new Uint8Array(8), 11n).bytes()],
      [['jitdump-after-close'], writer().close(9n).load(load).bytes()],
      [['jitdump-time'], writer().load({ ...load, time: 5_000_000_000n }).load({ ...load, time: 1n, index: 2 }).bytes()],
      [['jitdump-twice'], writer().load(load).load(load).bytes()],
      [['jitdump-index'], writer().load(load).load({ ...load, start: 0x9000 }).bytes()],
    ];
    for (const [codes, bytes, name] of cases) t.same(ofJitdump(bytes, name).codes, codes, codes.join() || 'sound');
    const moved = writer().load(load).move({ from: 0x1000, to: 0x2000, size: 16, index: 1, time: 11n }).move({ from: 0x2000, to: 0x3000, size: 16, index: 1, time: 12n }).bytes();
    t.same(ofJitdump(moved), { findings: [], codes: [], records: 3 }, 'code may move on');
  });
}

/** A jitdump with more unwinding information than anybody writes. */
function hugeUnwinding(littleEndian: boolean, start: Uint8Array): Uint8Array {
  const length = 1_048_584;
  const bytes = new Uint8Array(start.length + 40 + length);
  bytes.set(start);
  const view = new DataView(bytes.buffer, start.length);
  view.setUint32(0, 4, littleEndian);
  view.setUint32(4, 40 + length, littleEndian);
  view.setBigUint64(8, 9n, littleEndian);
  view.setBigUint64(16, BigInt(length), littleEndian);
  return bytes;
}

/** The record from `start` on, with eight bytes behind it that its size counts. */
function longer(littleEndian: boolean, start: number, bytes: Uint8Array): Uint8Array {
  const record = Uint8Array.from([...bytes.subarray(start), ...new Uint8Array(8)]);
  new DataView(record.buffer).setUint32(4, record.length, littleEndian);
  return record;
}

t.test('real jitdumps', async (t) => {
  for (const name of ['py313.dump', 'py314.dump', 'py315.dump', 'a64-py313.dump', 'a64-py315.dump']) {
    t.match(ofJitdump(fixture(name)).findings, [{ code: 'jitdump-torn', clause: '8.4.1', severity: 'error' }], `${name} was cut`);
  }
  const forked = ofJitdump(fixture('py313-forked.dump'));
  t.same(forked.codes, ['jitdump-damaged', 'jitdump-twice'], 'a fork left a piece twice');
  t.match(forked.findings[0], { severity: 'error', offset: 0xe2c, detail: '110 bytes of a jitdump are no records' });
});

t.test('perf maps', async (t) => {
  const cases: readonly (readonly [codes: readonly string[], text: string])[] = [
    [[], ''],
    [[], '7f00 10 py::f:/a b.py\n7f10 c0 g\n'],
    [['perf-map-line'], '7f00 10 f\nnothing here\n7f10 10 g\n'],
    [['perf-map-torn'], '7f00 10 f\n7f10 1'],
    [['perf-map-newline'], '7f00 10 f\n7f10 10 g'],
    [['perf-map-empty'], '7f00 10 f\n\n'],
    [['perf-map-range'], 'fffffffffffffff0 11 f\n'],
    [['perf-map-range'], '1ffffffffffffffff 1 f\n'],
    [['perf-map-prefix'], '0x7f00 10 f\n'],
    [['perf-map-case'], '7F00 10 f\n'],
    [['perf-map-name'], '7f00 10 \n'],
    [['perf-map-size'], '7f00 0 f\n'],
    [['perf-map-blanks'], '7f00  10 f\n'],
    [['perf-map-return'], '7f00 10 f\r\n'],
  ];
  for (const [codes, text] of cases) t.same(ofMap(text).codes, codes, JSON.stringify(text));
  t.match(ofMap('7f00 10 f\nnothing\n7f10 10 g\n'), { records: 3, findings: [{ clause: '9.1.5', offset: 10, detail: '"nothing"' }] });
  for (const name of ['py313.map', 'pypy.map']) t.same(ofMap(fixture(name)).codes, [], name);
  const wide = `7f00 10 ${'x'.repeat(3 << 20)}\n7f10 10 g\nno\n`;
  t.match(ofMap(wide), { records: 3, findings: [{ code: 'perf-map-line', offset: wide.length - 3 }] }, 'a line longer than any window');
  const many = Array.from({ length: 150_000 }, (_, i) => `${(0x10000 + i * 16).toString(16)} 10 f${i}`).join('\n');
  t.match(ofMap(`${many}\nno\n`), { records: 150_001, findings: [{ offset: many.length + 1 }] }, 'lines that straddle windows');
});

t.test('nothing throws', async (t) => {
  let found = 0;
  for (const name of ['py313.dump', 'py313-forked.dump', 'py313.map']) {
    const whole = fixture(name);
    for (let seed = 1; seed <= 60; seed++) {
      const bytes = seed % 4 === 0 ? cutOff(whole, randomOf(seed)) : withManyChanges(whole, randomOf(seed * 31));
      found += (name.endsWith('.map') ? ofMap(bytes) : ofJitdump(bytes)).findings.length;
    }
  }
  t.ok(found > 100, `${found} findings`);
});

t.test('every rule was broken above', async (t) => {
  const rules = [...HEADER_CHECKS, ...Object.values(RECORD_CHECKS).flat(), ...LINE_CHECKS, ...READER_RULES.values()];
  t.same(rules.map(({ code }) => code).filter((code) => !seen.has(code)), []);
});
