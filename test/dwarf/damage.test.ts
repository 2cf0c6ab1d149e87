// Wrong call frame information: nothing throws, what is whole is found, time stays bounded, and it is said what was wrong.

import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { type CfiSections, CfiTable } from '../../src/dwarf/cfi-table.ts';
import { type Instruction, type Shape, writeSection } from './cfi-writer.ts';
import { cfiOf } from './elf-sections.ts';

let root = dirname(fileURLToPath(import.meta.url));
while (!existsSync(join(root, 'package.json'))) root = dirname(root);
const library = cfiOf(new Uint8Array(readFileSync(join(root, 'testdata', 'dwarf', 'rows.so'))), true);

const SHAPE: Shape = { littleEndian: true, is64: false, isEh: true, version: 1, encoding: 0x1b, codeFactor: 1, dataFactor: -8 };

function codes(sections: CfiSections, addresses: readonly number[]): { rows: number[]; damage: string[] } {
  const diagnostics = new Diagnostics();
  const table = new CfiTable(sections, diagnostics);
  return { rows: addresses.map((address) => table.find(address)), damage: diagnostics.all().map((damage) => damage.code) };
}

function withProgram(...bytes: number[]): CfiSections {
  const initial: Instruction[] = [{ op: 'cfa', register: 7, offset: 8 }];
  return writeSection(SHAPE, initial, [[{ op: 'raw', bytes }]], [0x1000], 0x100, 0x4000);
}

t.test('programs that go wrong keep the rows before that', (t) => {
  const found = (sections: CfiSections): { rows: number[]; damage: string[] } => codes(sections, [0x1000, 0x10ff]);
  t.same(found(withProgram(0x41, 0x0e, 0x10)), { rows: [0, 1], damage: [] });
  t.same(found(withProgram(0x3f)), { rows: [0, 0], damage: ['cfi-program'] }, 'an unknown instruction');
  t.same(found(withProgram(0x41, 0x0e, 0x10, 0x1c, 0x41)), { rows: [0, 1], damage: ['cfi-program'] });
  t.same(found(withProgram(0x0b)), { rows: [0, 0], damage: ['cfi-program'] }, 'a state that was not remembered');
  t.same(found(withProgram(0x10, 0x06, 0x7f)), { rows: [0, 0], damage: ['cfi-program'] }, 'an expression beyond the end');
  t.same(found(withProgram(...new Array<number>(300).fill(0x0a))), { rows: [0, 0], damage: ['cfi-program'] }, 'remembering without end');
  t.same(found(withProgram(0x04, 0xff, 0xff, 0xff, 0xff, 0x0e, 0x10)), { rows: [0, 0], damage: [] }, 'an advance out of the code');
  t.same(found(withProgram(0x01, 0, 0, 0, 0, 0x0e, 0x10)).rows, [0, 0], 'back in the code');
  t.same(found(withProgram(0x05, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01)).damage, ['cfi-program'], 'a number without end');
  t.same(found(withProgram(0x05, 0x03, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)).rows, [0, 0], 'an offset that no stack has');
  t.end();
});

t.test('entries', (t) => {
  const bytes = writeSection(SHAPE, [], [[], []], [0x1000, 0x2000], 0x100, 0x4000).ehFrame!.bytes;
  const change = (at: number, ...values: number[]): CfiSections => {
    const copy = bytes.slice();
    copy.set(values, at);
    return { machine: 'x86-64', littleEndian: true, addressSize: 8, ehFrame: { bytes: copy, address: 0x4000 } };
  };
  const cieLength = 4 + new DataView(bytes.buffer).getUint32(0, true);
  t.same(codes(change(0), [0x1000, 0x2000, 0x3000]), { rows: [0, 1, -1], damage: [] });
  t.same(codes(change(8, 2), [0x1000]), { rows: [-1], damage: ['cfi-cie'] }, 'a version that does not exist');
  t.same(codes(change(9, 0x71), [0x1000]), { rows: [-1], damage: ['cfi-cie'] }, 'an augmentation nobody knows');
  t.same(codes(change(cieLength + 4, 0x7f), [0x1000, 0x2000]).damage, ['cfi-cie'], 'a CIE that is none');
  t.same(codes(change(cieLength, 0xff), [0x1000]).damage, ['cfi-entry-cut']);
  t.same(codes(change(cieLength, 0xff, 0xff, 0xff, 0xff), [0x1000]).damage, ['cfi-entry-cut'], '64-bit, and enormous');
  t.same(codes(change(cieLength, 1, 0, 0, 0), [0x1000]).damage.includes('cfi-entry-cut'), true);
  t.same(codes({ machine: 'x86-64', littleEndian: true, addressSize: 8 }, [1]), { rows: [-1], damage: [] });
  t.same(codes({ machine: 'x86-64', littleEndian: true, addressSize: 4, debugFrame: { bytes: new Uint8Array(3), address: 0 } }, [1]).rows, [-1]);
  t.end();
});

t.test('a search table that cannot be used: the section is read instead', (t) => {
  const addresses = [...new CfiTable(library, new Diagnostics()).fdes()].map((fde) => fde.start);
  const header = library.ehFrameHdr!;
  const good = codes(library, addresses);
  t.same(good.damage, []);
  t.notOk(good.rows.includes(-1));
  const change = (at: number, ...values: number[]): CfiSections => {
    const copy = header.bytes.slice();
    copy.set(values, at);
    return { ...library, ehFrameHdr: { bytes: copy, address: header.address } };
  };
  for (const [name, sections, damage] of [
    ['version', change(0, 2), 'eh-frame-hdr'],
    ['more entries than bytes', change(8, 0xff, 0xff), 'eh-frame-hdr'],
    ['a pointer elsewhere', change(4, 1), 'eh-frame-hdr'],
    ['an entry that leads nowhere', change(16, 0, 0, 0, 0x70), 'eh-frame-hdr'],
    ['an entry that leads to the FDE of other code', change(16, ...header.bytes.subarray(24, 28)), 'eh-frame-hdr'],
    ['two entries in the wrong order', change(12, ...header.bytes.subarray(20, 28), ...header.bytes.subarray(12, 20)), 'eh-frame-hdr'],
    ['no table', change(3, 0xff), undefined],
    ['no count', change(2, 0xff), undefined],
    ['entries of any length', change(3, 0x31), 'eh-frame-hdr'],
    ['cut', { ...library, ehFrameHdr: { bytes: header.bytes.subarray(0, 9), address: header.address } }, 'eh-frame-hdr'],
  ] as const) {
    const result = codes(sections, addresses);
    t.notOk(result.rows.includes(-1), name);
    t.same(result.damage.slice(-1), damage === undefined ? [] : [damage], name);
  }
  t.end();
});

t.test('random changes', (t) => {
  const change = fc.record({ at: fc.nat(2000), value: fc.nat(255), inHeader: fc.boolean() });
  const addresses = Array.from({ length: 60 }, (_, i) => 0x330 + i * 25);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 20 }), fc.boolean(), fc.boolean(), (changes, littleEndian, isEh) => {
      const frame = library.ehFrame!.bytes.slice();
      const header = library.ehFrameHdr!.bytes.slice();
      for (const { at, value, inHeader } of changes) (inHeader ? header : frame)[at % (inHeader ? header : frame).length] = value;
      const sections: CfiSections = {
        machine: 'x86-64',
        littleEndian,
        addressSize: 8,
        ...(isEh
          ? { ehFrame: { bytes: frame, address: library.ehFrame!.address }, ehFrameHdr: { bytes: header, address: library.ehFrameHdr!.address } }
          : { debugFrame: { bytes: frame, address: 0 } }),
      };
      const table = new CfiTable(sections, new Diagnostics());
      for (const address of addresses) {
        const row = table.find(address);
        if (row < -1 || row >= table.rows.length) throw new Error(`row ${row}`);
      }
      return true;
    }),
    { numRuns: 1000 },
  );
  t.end();
});

/** A table of one FDE with these instructions, whose code begins at 0 and has no end. */
function tableWith(instructions: readonly number[]): CfiTable {
  const sections = writeSection({ ...SHAPE, version: 3 }, [], [[{ op: 'raw', bytes: instructions }]], [0], 0x7fff_0000, 0);
  return new CfiTable(sections, new Diagnostics());
}

t.test('hostile programs: work and memory grow as their bytes do', (t) => {
  const uleb = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, value >> 7]);
  const all = Array.from({ length: 320 }, (_, register) => [0x05, ...uleb(register), 1]).flat();
  const repeat = (count: number, of: (i: number) => readonly number[]): number[] => Array.from({ length: count }, (_, i) => of(i)).flat();
  for (const [name, program] of [
    ['all registers are remembered and restored', (count: number) => [...all, ...repeat(count, () => [0x0a, 0x0b])]],
    ['ever deeper', (count: number) => [...all, ...repeat(count, () => [0x0a, 0x41])]],
    ['restored without end', (count: number) => [...all, 0x0a, ...repeat(count, () => [0x0b])]],
    ['another rule at each place', (count: number) => [...all, ...repeat(count, (i) => [0x05, ...uleb(i % 320), i & 127, 0x41])]],
    ['expressions of no bytes', (count: number) => repeat(count, () => [0x10, 0, 0])],
    ['expressions everywhere', (count: number) => repeat(count, () => [0x0f, 1, 0x30, 0x41])],
    ['forth and back', (count: number) => repeat(count, (i) => [0x01, ...[0, 8, 16, 24].map((shift) => ((i * 7919) >> shift) & 255)])],
  ] as const) {
    for (const count of [20_000, 80_000]) {
      const bytes = program(count);
      const table = tableWith(bytes);
      const start = process.cpuUsage();
      table.find(0);
      const { user, system } = process.cpuUsage(start);
      t.ok(table.rows.length <= bytes.length + 1 && table.expressions.length <= bytes.length / 3 + 1, `${name}: ${table.rows.length} rows, ${table.expressions.length} expressions`);
      t.ok(table.rows.rules.length <= 4_000_000 * 2, `${name}: ${table.rows.rules.length} words of rules`);
      // Tens of nanoseconds a byte; a hundred times as much is not bounded.
      t.ok((user + system) / 1000 < 200 + bytes.length * 0.02, `${name}: ${((user + system) / 1000).toFixed(0)} ms for ${bytes.length} bytes`);
    }
  }
  t.end();
});

t.test('much out of little', (t) => {
  // As many rows as there are bytes, with as many rules as there are registers: bounded work for one question.
  const program: number[] = [];
  for (let register = 0; register < 128; register++) program.push(0x05, register | 0, ...(register < 128 ? [1] : []));
  for (let i = 0; i < 100_000; i++) program.push(0x41, 0x80 | (i & 0x3f), i & 0x7f);
  const start = performance.now();
  const sections = writeSection(SHAPE, [], [[{ op: 'raw', bytes: [] }]], [0], 1, 0);
  const entry = Uint8Array.from(program);
  const cie = sections.ehFrame!.bytes.subarray(0, 4 + new DataView(sections.ehFrame!.bytes.buffer).getUint32(0, true));
  const bytes = new Uint8Array(cie.length + 17 + entry.length);
  bytes.set(cie);
  const view = new DataView(bytes.buffer);
  view.setUint32(cie.length, 13 + entry.length, true);
  view.setUint32(cie.length + 4, cie.length + 4, true);
  view.setInt32(cie.length + 8, -(cie.length + 8), true);
  view.setUint32(cie.length + 12, 0x7fff_0000, true);
  bytes.set(entry, cie.length + 17);
  const table = new CfiTable({ machine: 'x86-64', littleEndian: true, addressSize: 8, ehFrame: { bytes, address: 0 } }, new Diagnostics());
  t.ok(table.find(50_000) > 0);
  t.ok(table.rows.rules.length < 5_000_000);
  t.ok(performance.now() - start < 5_000);
  t.end();
});
