// Rows of call frame information (cfi-table.ts): those of real code against readelf's, those of random programs against a slow
// interpreter, and the words of CPython's trampolines.

import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { CfiTable } from '../../src/dwarf/cfi-table.ts';
import { CFA_EXPRESSION, CFA_NONE, RuleKind } from '../../src/dwarf/frame-state.ts';
import { type Instruction, interpret, type Rule, type Shape, writeSection } from './cfi-writer.ts';
import { cfiOf } from './elf-sections.ts';
import { compareWithReadelf } from './readelf-rows.ts';

function testdata(name: string): Uint8Array {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return readFileSync(join(root, 'testdata', 'dwarf', name));
}

const text = (name: string): string => new TextDecoder('latin1').decode(testdata(name));

t.test('every row of a library as readelf has it', (t) => {
  for (const [name, useHeader, fdes] of [['rows', true, 8], ['rows', false, 8], ['rows-debug', false, 7]] as const) {
    const diagnostics = new Diagnostics();
    const table = new CfiTable(cfiOf(testdata(`${name}.so`), useHeader), diagnostics);
    const result = compareWithReadelf(table, text(`${name}.txt`));
    t.same(result.differences, [], `${name}, header ${useHeader}`);
    t.equal(result.fdes, fdes);
    t.ok(result.rows > 40, `${result.rows} rows`);
    t.same(diagnostics.all(), []);
    t.equal([...table.fdes()].length, fdes);
    t.equal(table.find(0), -1);
    t.equal(table.find(0x8e3), -1);
    t.equal(table.find(-1), -1);
    t.equal(table.find(2 ** 60), -1);
  }
  t.end();
});

/** What readelf printed of one section. */
function sectionText(name: string, section: string): string {
  return text(name).split(/^Contents of the /m).find((part) => part.startsWith(`${section} `)) ?? '';
}

t.test('every instruction that there is, each format and version, as readelf has it', (t) => {
  for (const [machine, ehFdes, debugFdes] of [['x86-64', 2, 5], ['arm64', 2, 2]] as const) {
    const { ehFrame, ehFrameHdr, debugFrame, ...common } = cfiOf(testdata(`every-${machine}.so`), true);
    t.equal(common.machine, machine);
    for (const [name, fdes, sections] of [
      ['.eh_frame', ehFdes, { ehFrame: ehFrame!, ehFrameHdr: ehFrameHdr! }],
      ['.eh_frame', ehFdes, { ehFrame: ehFrame! }],
      ['.debug_frame', debugFdes, { debugFrame: debugFrame! }],
    ] as const) {
      const diagnostics = new Diagnostics();
      const table = new CfiTable({ ...common, ...sections }, diagnostics);
      const result = compareWithReadelf(table, sectionText(`every-${machine}.txt`, name));
      t.same(result.differences, [], `${machine} ${name}`);
      t.equal(result.fdes, fdes);
      t.equal(result.equal, result.rows);
      t.ok(result.rows >= 12, `${result.rows} rows`);
      t.same(diagnostics.all(), []);
      t.equal([...table.fdes()].length, fdes);
    }
  }
  // What readelf does not print: the expressions, and whose frames are a signal's.
  const { rows, expressions, ...table } = tableOf('every-arm64.so');
  const sve = table.at(0x1031c);
  const registers = new Float64Array(64);
  registers[31] = 0x1000;
  registers[46] = 4;
  const context = { registers, bias: 0, readMemory: () => NaN };
  t.equal(expressions[rows.cfaOffset[sve]!]!.evaluate(context), 0x1000 + 32 + 4 * 16, 'sp + 32 + 16 VG');
  const z8 = rows.ruleSet[sve]!;
  t.equal(expressions[rows.value(z8, 72)]!.evaluate(context, 0x2000), 0x2000 - 32 - 8 * 4);
  t.same([...tableOf('every-x86-64.so').table.fdes()].map(({ cie }) => `${cie.version} ${cie.augmentation} ${cie.idSize} ${cie.isSignalFrame}`), [
    '1 zPLR 4 false',
    '1 zRS 4 true',
    '1  4 false',
    '3  8 false',
    '4  8 false',
    '1  4 false',
    '1 S 4 true',
  ]);
  t.end();
});

function tableOf(name: string): { readonly table: CfiTable; readonly rows: CfiTable['rows']; readonly expressions: CfiTable['expressions']; at(address: number): number } {
  const table = new CfiTable(cfiOf(testdata(name), true), new Diagnostics());
  return { table, rows: table.rows, expressions: table.expressions, at: (address) => table.find(address) };
}

t.test("the words of CPython's trampolines", (t) => {
  // JITDUMP 3: .eh_frame at code + 16, .eh_frame_hdr at code + 72.
  const hex =
    '1400000000000000017a5200017810011b0c070890010000' + '1c0000001c000000d0ffffff0c00000000440e108602430d06430c070800000000000000';
  const eh = Uint8Array.from(hex.match(/../g)!.map((byte) => parseInt(byte, 16)));
  const table = new CfiTable(
    { machine: 'x86-64', littleEndian: true, addressSize: 8, ehFrame: { bytes: eh, address: 16 } },
    new Diagnostics(),
  );
  const { rows } = table;
  const words = [0, 3, 4, 7, 11, 12].map((offset) => {
    const row = table.find(offset);
    if (row < 0) return 'none';
    const set = rows.ruleSet[row]!;
    return `r${rows.cfaRegister[row]}+${rows.cfaOffset[row]} ${rows.kind(set, 6) === RuleKind.Offset ? `rbp c${rows.value(set, 6)}` : '-'} c${rows.value(set, 16)}`;
  });
  t.same(words, ['r7+8 - c-8', 'r7+8 - c-8', 'r7+16 rbp c-16 c-8', 'r6+16 rbp c-16 c-8', 'r7+8 rbp c-16 c-8', 'none']);
  t.end();
});

// 32-bit arm's d0 … d31 are 256 … 287; a CFA is never found from them.
t.test('linkage tables that nothing describes: rows are made of their code', (t) => {
  const hex = (text: string): Uint8Array => Uint8Array.from(text.replaceAll(' ', '').match(/../g)!, (byte) => parseInt(byte, 16));
  // lld 21: lazy; with -z force-ibt and its .plt.sec. ld 2.47: a static program; bnd, as it was for MPX.
  const lazy = hex('ff352a220000 ff252c220000 0f1f4000 ff252a220000 6800000000 e9e0ffffff ff2522220000 6801000000 e9d0ffffff');
  const ibt = hex('ff355a220000 ff255c220000 0f1f4000 f30f1efa 6800000000 e9e2ffffff 6690 f30f1efa 6801000000 e9d2ffffff 6690');
  const secure = hex('f30f1efa ff2526220000 660f1f440000 f30f1efa f2ff251e220000 0f1f440000 cc');
  const still = hex('ff25e23f0c00 6690 ff25e23f0c00 6690 ff25e23f0c00 662e0f1f840000000000 90');
  const bound = hex('f30f1efa 6800000000 f2e9d1ffffff 90');
  for (const [code, depths] of [
    [lazy, { 0: 16, 6: 24, 12: 8, 16: 8, 22: 8, 27: 16, 32: 8, 38: 8, 43: 16 }],
    [ibt, { 0: 16, 6: 24, 16: 8, 20: 8, 25: 16, 30: 8, 32: 8, 36: 8, 41: 16 }],
    [secure, { 0: 8, 4: 8, 10: 8, 16: 8, 20: 8, 27: 8, 32: 8 }],
    [still, { 0: 8, 6: 8, 8: 8, 14: 8, 16: 8, 22: 8, 32: 8 }],
    [bound, { 0: 8, 4: 8, 9: 16, 15: 8 }],
    [hex('ff25e23f0c00 55 ff25e23f0c00'), { 0: 8, 6: 0, 7: 0 }],
    [hex('f30f1efa 6801'), { 0: 8, 4: 0, 5: 0 }],
  ] as const) {
    const table = new CfiTable({ machine: 'x86-64', littleEndian: true, addressSize: 8 }, new Diagnostics());
    table.addPlt({ bytes: code, address: 0x1000 });
    for (const [offset, depth] of Object.entries(depths)) {
      const row = table.find(0x1000 + Number(offset));
      const shown = row < 0 ? 0 : table.rows.cfaOffset[row]!;
      t.equal(shown, depth, `${code[0]!.toString(16)} at ${offset}`);
      if (row >= 0) t.same([table.rows.cfaRegister[row], table.rows.returnAddress[row], table.rows.value(table.rows.ruleSet[row]!, 16)], [7, 16, -8]);
    }
    t.equal(table.find(0xfff), -1);
    t.equal(table.find(0x1000 + code.length), -1);
    t.ok(table.rows.length <= 3);
  }
  t.end();
});

const register = fc.integer({ min: 0, max: 319 });
const cfaRegister = fc.integer({ min: 0, max: 253 });
const rule = (factor: number): fc.Arbitrary<Rule> =>
  fc.oneof(
    fc.constantFrom<Rule>(['u', 0], ['s', 0]),
    fc.tuple(fc.constantFrom('c' as const, 'v' as const), fc.integer({ min: -300, max: 300 }).map((n) => n * factor || 0)),
    fc.tuple(fc.constant('r' as const), register),
    fc.tuple(fc.constantFrom('e' as const, 've' as const), fc.nat(100_000)),
  );
const instruction = (shape: Shape): fc.Arbitrary<Instruction> =>
  fc.oneof(
    fc.record({
      op: fc.constant('advance' as const),
      delta: fc.oneof(fc.nat(20), fc.nat(300), fc.nat(70_000)).map((n) => n * shape.codeFactor),
      how: fc.constantFrom('shortest' as const, 'set_loc' as const, 'advance_loc8' as const),
    }),
    fc.record({ op: fc.constant('rule' as const), register, rule: rule(shape.dataFactor), long: fc.boolean() }),
    fc.record({ op: fc.constant('restore' as const), register: fc.nat(20), long: fc.boolean() }),
    fc.constantFrom<Instruction>({ op: 'remember' }, { op: 'recall' }),
    fc.record({
      op: fc.constant('cfa' as const),
      register: cfaRegister,
      offset: fc.integer({ min: -200, max: 2_000 }).map((n) => n * Math.abs(shape.dataFactor)),
    }),
    fc.record({ op: fc.constant('cfaRegister' as const), register: cfaRegister }),
    fc.record({ op: fc.constant('cfaOffset' as const), offset: fc.integer({ min: -200, max: 2_000 }).map((n) => n * Math.abs(shape.dataFactor)) }),
    fc.record({ op: fc.constant('cfaExpression' as const), literal: fc.nat(100_000) }),
    fc.record({ op: fc.constant('nothing' as const), which: fc.nat(200) }),
  );
const shape: fc.Arbitrary<Shape> = fc.record({
  littleEndian: fc.boolean(),
  is64: fc.boolean(),
  isEh: fc.boolean(),
  version: fc.constantFrom(1 as const, 3 as const, 4 as const),
  encoding: fc.constantFrom(0x1b, 0x00, 0x04, 0x1c, 0x10, 0x03, 0x0b, 0x0c, 0x01, 0x09, 0x11, 0x19),
  hasWideId: fc.boolean(),
  codeFactor: fc.constantFrom(1, 2, 4),
  dataFactor: fc.constantFrom(-8, -4, 8),
});
const KIND_WORDS = ['', 'u', 's', 'c', 'v', 'r', 'e', 've'];

t.test('random programs mean what a slow interpreter says', (t) => {
  const sample = shape.chain((s) =>
    fc.tuple(
      fc.constant(s),
      fc.array(instruction(s).filter((i) => i.op !== 'advance' && i.op !== 'recall' && i.op !== 'remember'), { maxLength: 6 }),
      fc.array(fc.array(instruction(s), { maxLength: 30 }), { minLength: 1, maxLength: 4 }),
    ),
  );
  fc.assert(
    fc.property(sample, ([s, initial, programs]) => {
      const length = 100_000;
      const starts = programs.map((_program, index) => 0x40_0000 + (programs.length - index) * 2 * length);
      const diagnostics = new Diagnostics();
      const table = new CfiTable(writeSection(s, initial, programs, starts, length, 0x10_0000), diagnostics);
      programs.forEach((program, index) => {
        const rows = interpret(initial, program, length);
        rows.forEach((row, i) => {
          const end = i + 1 < rows.length ? rows[i + 1]!.start : length;
          for (const offset of [row.start, end - 1]) {
            const found = table.find(starts[index]! + offset);
            if (found < 0) throw new Error(`no row at ${offset}`);
            const set = table.rows.ruleSet[found]!;
            const rules = new Map<number, string>();
            for (let at = table.rows.setStart[set]!; at < table.rows.setStart[set + 1]!; at += 3) {
              const [r, kind, value] = table.rows.rules.subarray(at, at + 3);
              const isExpression = kind === RuleKind.Expression || kind === RuleKind.ValueExpression;
              const shown = isExpression ? table.expressions[value!]!.evaluate({ registers: new Float64Array(1), bias: 0, readMemory: () => NaN }) : value;
              rules.set(r!, `${KIND_WORDS[kind!]}${shown}`);
            }
            const expected = new Map([...row.rules].map(([r, [kind, value]]) => [r, `${kind}${value}`] as const));
            const sorted = (map: ReadonlyMap<number, string>): string => [...map].sort((a, b) => a[0] - b[0]).join(' ');
            if (sorted(rules) !== sorted(expected)) throw new Error(`rules ${sorted(rules)}, expected ${sorted(expected)}`);
            const cfaRegister = table.rows.cfaRegister[found]!;
            const cfaOffset = table.rows.cfaOffset[found]!;
            const cfa =
              cfaRegister === CFA_EXPRESSION
                ? `exp ${table.expressions[cfaOffset]!.evaluate({ registers: new Float64Array(1), bias: 0, readMemory: () => NaN })}`
                : cfaRegister === CFA_NONE
                  ? 'none'
                  : `${cfaRegister}+${cfaOffset}`;
            if (cfa !== row.cfa) throw new Error(`CFA ${cfa}, expected ${row.cfa}`);
          }
        });
        if (table.find(starts[index]! - 1) >= 0 || table.find(starts[index]! + length) >= 0) throw new Error('a row outside the code');
      });
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});
