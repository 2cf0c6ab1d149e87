// Made-up line tables and units against the plainest readings of them: every version, byte order, form and order of attributes.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { DebugInfo, SourcePlace } from '../../src/dwarf/debug-info.ts';
import { readLineHeader } from '../../src/dwarf/line-header.ts';
import { LineRows, runLineProgram } from '../../src/dwarf/line-program.ts';
import { RangeColumns } from '../../src/dwarf/range-columns.ts';
import type { DwarfSection, DwarfSections, SectionName } from '../../src/dwarf/sections.ts';
import { type InfoShape, type Range, writeInfo, type WrittenCall, type WrittenFunction } from './info-writer.ts';
import { answer, PiecewiseSection } from './line-fixtures.ts';
import { type LineOperation, type LineSequence, type LineShape, rowAt, rowsOf, writeLineTable } from './line-writer.ts';

const lineShape: fc.Arbitrary<LineShape> = fc.record({
  littleEndian: fc.boolean(),
  is64: fc.boolean(),
  version: fc.constantFrom(2, 3, 4, 5),
  addressSize: fc.constantFrom(4, 8),
  minimumInstruction: fc.constantFrom(1, 2, 4),
  lineBase: fc.integer({ min: -10, max: 1 }),
  lineRange: fc.integer({ min: 1, max: 20 }),
  opcodeBase: fc.constantFrom(10, 13, 16),
});

const operation: fc.Arbitrary<LineOperation> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ op: fc.constant('special' as const), opcode: fc.nat(255) }) },
  { weight: 2, arbitrary: fc.constant({ op: 'copy' as const }) },
  fc.record({ op: fc.constant('advancePc' as const), by: fc.nat(200) }),
  fc.record({ op: fc.constant('advanceLine' as const), by: fc.integer({ min: 0, max: 5000 }) }),
  fc.record({ op: fc.constant('setFile' as const), file: fc.integer({ min: 1, max: 3 }) }),
  fc.constant({ op: 'constAddPc' as const }),
  fc.record({ op: fc.constant('fixedAdvancePc' as const), by: fc.nat(300) }),
  fc.record({ op: fc.constant('nothing' as const), which: fc.nat(5) }),
);

t.test('line programs', (t) => {
  fc.assert(
    fc.property(lineShape, fc.array(fc.record({ operations: fc.array(operation, { maxLength: 30 }), tail: fc.nat(40), gap: fc.nat(50) }), { maxLength: 4 }), fc.boolean(), (shape, parts, isReversed) => {
      let start = 0x1000;
      const sequences: LineSequence[] = parts.map(({ operations, tail, gap }) => {
        const sequence = { start, operations, tail };
        start = rowsOf(shape, sequence).end + gap + 1;
        return sequence;
      });
      const table = writeLineTable(shape, ['a.c', 'b.c', 'c.c', 'd.c'], isReversed ? sequences.toReversed() : sequences);
      const header = readLineHeader(table, shape.littleEndian, shape.addressSize);
      if (header === undefined) throw new Error('no header');
      const rows = new LineRows();
      runLineProgram(table, header, shape.littleEndian, rows);
      if (rows.isDamaged) throw new Error('damaged');
      for (const sequence of sequences) {
        const { rows: matrix, end } = rowsOf(shape, sequence);
        for (let address = sequence.start - 1; address <= end; address++) {
          const expected = rowAt(matrix, end, address);
          const found = rowIn(rows, address);
          const text = (it: { file: number; line: number } | undefined): string => (it === undefined ? '' : `${it.file} ${it.line >>> 0}`);
          if (text(found) !== text(expected)) throw new Error(`${address.toString(16)}: ${text(found)}, not ${text(expected)}`);
        }
      }
    }),
    { numRuns: 300 },
  );
  t.pass('each address is on the line that the matrix says');
  t.end();
});

/** By looking at every row. */
function rowIn(rows: LineRows, address: number): { file: number; line: number } | undefined {
  for (const [sequence, first] of rows.sequenceFirst.entries()) {
    const last = rows.sequenceFirst[sequence + 1] ?? rows.length;
    if (address < rows.address[first]! || address >= rows.sequenceHigh[sequence]!) continue;
    let found = first;
    while (found + 1 < last && rows.address[found + 1]! <= address) found++;
    return { file: rows.file[found]!, line: rows.line[found]! };
  }
  return undefined;
}

t.test('rows that are out of order are put in order', (t) => {
  const rows = new LineRows();
  for (const [address, line] of [[8, 1], [4, 2], [6, 3], [4, 4]] as const) rows.add(0, address, 1, line);
  t.equal(rows.sort(0), 4);
  t.same([...rows.line.slice(0, rows.length)], [4, 3, 1]);
  t.end();
});

t.test('ranges that lie in one another', (t) => {
  const range = fc.record({ low: fc.nat(60), size: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(fc.array(range, { maxLength: 12 }), (all) => {
      const columns = new RangeColumns();
      for (const [id, { low, size }] of all.entries()) columns.add(low, low + size, id);
      columns.finish();
      for (let address = -1; address < 100; address++) {
        const holding = all.map(({ low, size }, id) => ({ low, size, id })).filter(({ low, size }) => address >= low && address < low + size);
        const best = holding.sort((a, b) => b.low - a.low || a.size - b.size || b.id - a.id)[0];
        const found = columns.find(address);
        if (found !== (best?.id ?? -1)) throw new Error(`${address}: ${found}, not ${best?.id}`);
      }
    }),
  );
  t.pass();
  t.end();
});

/** Splits [low, high) into up to `count` ranges that do not touch, each with a part of a number stream. */
function partsOf([low, high]: Range, cuts: readonly number[]): Range[] {
  const points = [...new Set(cuts.map((cut) => low + (cut % Math.max(1, high - low))))].sort((a, b) => a - b);
  const parts: Range[] = [];
  for (let i = 0; i + 1 < points.length; i += 2) parts.push([points[i]!, points[i + 1]!]);
  return parts;
}

interface CallSeed {
  readonly name: number;
  readonly file: number;
  readonly line: number;
  readonly blocks: number;
  readonly split: boolean;
  readonly cuts: readonly number[];
  readonly calls: readonly CallSeed[];
}

/** Calls with calls within them, so many levels deep. */
function callSeed(depth: number): fc.Arbitrary<CallSeed> {
  return fc.record({
    name: fc.nat(5),
    file: fc.integer({ min: 0, max: 400 }),
    line: fc.integer({ min: 0, max: 60_000 }),
    blocks: fc.nat(2),
    split: fc.boolean(),
    cuts: fc.array(fc.nat(1000), { minLength: 2, maxLength: 8 }),
    calls: depth === 0 ? fc.constant([]) : fc.array(callSeed(depth - 1), { maxLength: 2 }),
  });
}

/** Calls in the ranges that their caller has there: each takes some of what is left of the first range. */
function callsIn(ranges: readonly Range[], seeds: readonly CallSeed[]): WrittenCall[] {
  const calls: WrittenCall[] = [];
  let left = [...ranges];
  for (const seed of seeds) {
    const parts = left.flatMap((range) => partsOf(range, seed.cuts));
    const taken = seed.split ? parts : parts.slice(0, 1);
    if (taken.length === 0) continue;
    calls.push({ ranges: taken, name: seed.name, callFile: seed.file, callLine: seed.line, blocks: seed.blocks, calls: callsIn(taken, seed.calls) });
    // What lies behind the last range that was taken.
    const end = taken[taken.length - 1]![1];
    left = left.filter(([, high]) => high > end).map(([low, high]): Range => [Math.max(low, end), high]);
  }
  return calls;
}

const NAMES = ['_ZN1a1bEv', 'plain_one', '_ZN3rng4stepEm', 'plain_two', '_R3foo', 'f'];

t.test('units', (t) => {
  const shape: fc.Arbitrary<InfoShape> = fc.record({ littleEndian: fc.boolean(), is64: fc.boolean(), version: fc.constantFrom(2, 3, 4, 5), addressSize: fc.constantFrom(4, 8), seed: fc.nat(1 << 24) });
  const functionSeed = fc.record({ size: fc.integer({ min: 1, max: 120 }), gap: fc.nat(9), cold: fc.nat(3), hasInner: fc.boolean(), calls: fc.array(callSeed(4), { maxLength: 3 }) });
  fc.assert(
    fc.property(shape, fc.array(functionSeed, { minLength: 1, maxLength: 5 }), fc.boolean(), fc.boolean(), (it, seeds, hasAranges, isPiecewise) => {
      let next = 0x1000;
      const functions: WrittenFunction[] = seeds.map(({ size, gap, cold, hasInner, calls }) => {
        const take = (length: number): Range => {
          const range: Range = [next, next + length];
          next += length + gap;
          return range;
        };
        const ranges = Array.from({ length: 1 + cold }, () => take(size));
        const inner: WrittenFunction | undefined = hasInner ? { ranges: [take(size)], calls: [] } : undefined;
        return { ranges, calls: callsIn(ranges, calls), inner };
      });
      const all = functions.flatMap((each) => [...each.ranges, ...(each.inner?.ranges ?? [])]);
      const diagnostics = new Diagnostics();
      const info = new DebugInfo(sectionsFrom(it, functions, all, hasAranges, isPiecewise, diagnostics));
      for (let address = 0xfff; address <= next; address++) {
        const expected = expectedAt(functions, address);
        const found = foundAt(info, address);
        if (found !== expected) throw new Error(`${address.toString(16)}: ${found}, not ${expected}`);
      }
      if (diagnostics.all().length > 0) throw new Error(JSON.stringify(diagnostics.all()));
    }),
    { numRuns: 100 },
  );
  t.pass('the calls at each address are those that were written there');
  t.end();
});

function sectionsFrom(shape: InfoShape, functions: readonly WrittenFunction[], all: readonly Range[], hasAranges: boolean, isPiecewise: boolean, diagnostics: Diagnostics): DwarfSections {
  const written = writeInfo(shape, NAMES, functions, all);
  const sections: Partial<Record<SectionName, DwarfSection>> = {};
  for (const [name, bytes] of Object.entries(written) as [SectionName, Uint8Array][]) {
    if (name === 'aranges' && !hasAranges) continue;
    sections[name] = isPiecewise ? new PiecewiseSection(bytes) : { size: bytes.length, bytes };
  }
  return { littleEndian: shape.littleEndian, sections, diagnostics };
}

function holds(ranges: readonly Range[], address: number): boolean {
  return ranges.some(([low, high]) => address >= low && address < high);
}

function expectedAt(functions: readonly WrittenFunction[], address: number): string {
  const flat = functions.flatMap((each) => [each, ...(each.inner === undefined ? [] : [each.inner])]);
  const chain: string[] = [];
  let calls = flat.find((each) => holds(each.ranges, address))?.calls ?? [];
  for (;;) {
    const call = calls.find((each) => holds(each.ranges, address));
    if (call === undefined) return chain.toReversed().join(' < ');
    chain.push(`${NAMES[call.name]} ${call.callLine}`);
    calls = call.calls;
  }
}

function foundAt(info: DebugInfo, address: number): string {
  const place = new SourcePlace();
  answer(info.at(address, { inlines: true, lines: false }, place));
  return Array.from({ length: place.inlined }, (_, call) => `${info.names[place.names[call]!]} ${place.lines[call + 1]}`).join(' < ');
}
