// Wrong and hostile debugging information: nothing throws, time stays bounded, what is whole is found, and it is said what was wrong.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MAX_PATH } from '../../src/bytes/limits.ts';
import { DebugInfo, SourcePlace } from '../../src/dwarf/debug-info.ts';
import { DwarfFile } from '../../src/dwarf/dwarf-file.ts';
import type { DwarfSection, DwarfSections, SectionName } from '../../src/dwarf/sections.ts';
import { SiblingIndex } from '../../src/dwarf/sibling-index.ts';
import { WorkBudget } from '../../src/dwarf/work-budget.ts';
import { ByteWriter } from './byte-writer.ts';
import { answer, expectedPlaces, LINES, PiecewiseSection, placeText, sectionsOf } from './line-fixtures.ts';
import { writeLineTable } from './line-writer.ts';

function sectionsFrom(contents: Partial<Record<SectionName, Uint8Array>>, diagnostics: Diagnostics, isPiecewise = false): DwarfSections {
  const sections: Partial<Record<SectionName, DwarfSection>> = {};
  for (const [name, bytes] of Object.entries(contents) as [SectionName, Uint8Array][]) sections[name] = isPiecewise ? new PiecewiseSection(bytes) : { size: bytes.length, bytes };
  return { littleEndian: true, sections, diagnostics };
}

function contentsOf(name: string): Partial<Record<SectionName, Uint8Array>> {
  const { sections } = sectionsOf(new Uint8Array(readFileSync(join(LINES, `${name}.so`))), new Diagnostics());
  return Object.fromEntries(Object.entries(sections).map(([section, { bytes }]) => [section, bytes!]));
}

function ask(info: DebugInfo, address: number): string {
  const place = new SourcePlace();
  const isKnown = answer(info.at(address, { inlines: true, lines: true }, place));
  return isKnown ? `${place.inlined} ${place.lines[0]}` : '';
}

t.test('bytes changed, cut and put elsewhere', (t) => {
  let random = 12345;
  const next = (count: number): number => {
    random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
    return (random >>> 8) % count;
  };
  const started = performance.now();
  let runs = 0;
  for (const name of ['gcc2', 'gcc4', 'gcc5', 'clang4', 'clang5', 'gcc5-lto', 'gcc4-types', 'gcc5-64', 's390-clang5']) {
    const whole = contentsOf(name);
    const addresses = expectedPlaces(join(LINES, name)).filter((_, index) => index % 9 === 0).map(({ first }) => first);
    const names = Object.keys(whole) as SectionName[];
    for (let round = 0; round < 30; round++) {
      const changed = { ...whole };
      for (let changes = 1 + next(4); changes > 0; changes--) {
        const section = names[next(names.length)]!;
        const copy = changed[section]!.slice();
        if (copy.length === 0) continue;
        const at = next(copy.length);
        switch (next(5)) {
          case 0:
            copy[at] = next(256);
            break;
          case 1:
            copy.fill([0, 0xff, 0x80][next(3)]!, at, at + 1 + next(8));
            break;
          case 2:
            copy.copyWithin(at, next(copy.length), next(copy.length));
            break;
          default:
            copy[at]! ^= 1 << next(8);
        }
        changed[section] = next(12) === 0 ? copy.slice(0, at) : copy;
      }
      const info = new DebugInfo(sectionsFrom(changed, new Diagnostics(), round % 2 === 0));
      for (const address of addresses) ask(info, address);
      runs++;
    }
  }
  const elapsed = performance.now() - started;
  t.ok(elapsed < runs * 100, `${Math.round(elapsed)} ms for ${runs} damaged programs`);
  t.end();
});

/** A unit of version 4 with these entries behind its header, and a table of abbreviations. */
function unit(entries: readonly number[], abbreviations: number): number[] {
  const body = new ByteWriter(true).number(4, 2).number(abbreviations, 4).number(8, 1);
  return [...new ByteWriter(true).number(body.bytes.length + entries.length, 4).bytes, ...body.bytes].concat(entries);
}

const address = (value: number): number[] => new ByteWriter(true).number(value, 8).bytes;

/** 1: a unit with code and children; 2: a function likewise; 3: an inlined call; 4: a function that says only where more is said; 5: a block. */
const ABBREVIATIONS = Uint8Array.from([
  1, 0x11, 1, 0x11, 0x01, 0x12, 0x07, 0, 0,
  2, 0x2e, 1, 0x11, 0x01, 0x12, 0x07, 0, 0,
  3, 0x1d, 1, 0x11, 0x01, 0x12, 0x07, 0x31, 0x13, 0, 0,
  4, 0x2e, 0, 0x31, 0x13, 0, 0,
  5, 0x0b, 1, 0, 0,
  6, 0x2e, 0, 0x03, 0x7777, 0, 0,
  0,
]);
const CODE = [...address(0x1000), ...address(0x100)];
const HEADER = 11;

function damageOf(contents: Partial<Record<SectionName, Uint8Array>>, at = 0x1010): { readonly found: string; readonly damage: string[] } {
  const diagnostics = new Diagnostics();
  const info = new DebugInfo(sectionsFrom(contents, diagnostics));
  return { found: ask(info, at), damage: diagnostics.all().map(({ code }) => code) };
}

function withEntries(entries: readonly number[]): Partial<Record<SectionName, Uint8Array>> {
  return { info: Uint8Array.from(unit(entries, 0)), abbrev: ABBREVIATIONS };
}

t.test('entries that make no sense', (t) => {
  const call = (origin: number): number[] => [3, ...CODE, ...new ByteWriter(true).number(origin, 4).bytes];
  const root = [1, ...CODE];
  const good = withEntries([...root, 2, ...CODE, ...call(HEADER), 0, 0, 0]);
  t.same(damageOf(good), { found: '1 0', damage: [] }, 'a call whose origin has no name');
  t.same(damageOf(withEntries([...root, 2, ...CODE, ...call(HEADER), 99])), { found: '1 0', damage: ['dwarf-entries'] }, 'an abbreviation that is not there: what came before stands');
  t.same(damageOf(withEntries([...root, 2, ...CODE, ...call(HEADER), 3, 1, 2])), { found: '1 0', damage: ['dwarf-entries'] }, 'an entry that is cut');
  t.same(damageOf(withEntries([...root, 6, 2, ...CODE, ...call(HEADER), 0, 0, 0])), { found: '0 0', damage: ['dwarf-entries'] }, 'a form that nobody knows');
  t.same(damageOf(withEntries([...root, 2, ...CODE, ...call(0xffff), 0, 0, 0])), { found: '1 0', damage: ['dwarf-origin'] }, 'an origin outside');
  t.same(damageOf(withEntries([99])).damage, ['dwarf-root']);
  t.same(damageOf({ info: Uint8Array.from(unit(root, 0)) }).damage, ['dwarf-abbreviations', 'dwarf-root'], 'no abbreviations at all');
  t.same(damageOf({ info: Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 4, 0) }).damage, ['dwarf-unit'], 'a unit that is longer than the section');
  t.same(damageOf({ info: Uint8Array.from([...unit([...root, 2, ...CODE, ...call(HEADER), 0, 0, 0], 0), 9, 9, 9]), abbrev: ABBREVIATIONS }), { found: '1 0', damage: ['dwarf-unit'] }, 'rubbish behind a unit');
  t.same(damageOf({}), { found: '', damage: [] });
  t.end();
});

t.test('names that lead in circles', (t) => {
  const first = HEADER + 17 + 17 + 21;
  const reference = (offset: number): number[] => new ByteWriter(true).number(offset, 4).bytes;
  const circle = withEntries([1, ...CODE, 2, ...CODE, 3, ...CODE, ...reference(first + 2), 0, 0, 4, ...reference(first + 7), 4, ...reference(first + 2), 4, ...reference(first + 12), 0]);
  t.same(damageOf(circle), { found: '1 0', damage: [] });
  t.end();
});

t.test('blocks in blocks without end, and calls in calls', (t) => {
  const root = [1, ...CODE, 2, ...CODE];
  t.same(damageOf(withEntries([...root, ...Array.from({ length: 50_000 }, () => 5)])).found, '0 0');
  const calls = Array.from({ length: 5000 }, () => [3, ...CODE, 0, 0, 0, 0]).flat();
  t.match(damageOf(withEntries([...root, ...calls])).found, /^1024 /, 'as many as there may be');
  t.end();
});

t.test('little that asks for much', (t) => {
  const started = performance.now();
  // Units that all use one large table of abbreviations, each from another place in it: 4 000 times 400 KB.
  const large = new ByteWriter(true);
  for (let number = 1; number < 40_000; number++) large.uleb(1).uleb(0x34).number(0, 1).uleb(2).uleb(0x0b).number(0, 2);
  const units: number[] = [];
  for (let count = 0; count < 4000; count++) units.push(...unit([1, 0], count * 7));
  const info = Uint8Array.from(units);
  const many = damageOf({ info, abbrev: Uint8Array.from([...large.bytes, 0]) });
  t.ok(many.damage.includes('dwarf-work'), 'it is given up');
  t.ok(performance.now() - started < 20_000, `${Math.round(performance.now() - started)} ms`);
  t.end();
});

t.test('functions within one another, each asked for', (t) => {
  const count = 30_000;
  const entries = new ByteWriter(true);
  const code = (low: number, size: number): void => void entries.number(low, 8).number(size, 8);
  entries.number(1, 1);
  code(0x1000, 0x100_0000);
  for (let i = 0; i < count; i++) {
    entries.number(2, 1);
    code(0x1000 + i, 0x100_0000 - 2 * i);
  }
  const diagnostics = new Diagnostics();
  const info = new DebugInfo(sectionsFrom(withEntries([...entries.bytes, ...Array.from({ length: count + 1 }, () => 0)]), diagnostics));
  const started = performance.now();
  for (let i = 0; i < count; i++) ask(info, 0x1000 + i);
  t.ok(performance.now() - started < 5000, `${Math.round(performance.now() - started)} ms`);
  t.same(diagnostics.all().map(({ code }) => code), ['dwarf-work'], 'it is given up');
  t.end();
});

t.test('very many calls side by side, each asked for', (t) => {
  const count = 40_000;
  const entries = new ByteWriter(true);
  const code = (low: number, size: number): void => void entries.number(low, 8).number(size, 8);
  for (const entry of [1, 2]) {
    entries.number(entry, 1);
    code(0x1000, 0x100_0000);
  }
  for (let i = 0; i < count; i++) {
    entries.number(3, 1);
    code(0x10_0000 + 16 * i, 16);
    entries.number(0, 4).number(0, 1);
  }
  const info = new DebugInfo(sectionsFrom(withEntries([...entries.bytes, 0, 0]), new Diagnostics()));
  const started = performance.now();
  const inlined = Array.from({ length: 2 * count }, (_, i) => ask(info, 0x10_0000 + 16 * i));
  t.ok(performance.now() - started < 5000, `${Math.round(performance.now() - started)} ms`);
  t.same([...new Set(inlined.slice(0, count))], ['1 0']);
  t.same([...new Set(inlined.slice(count))], ['0 0']);
  t.end();
});

t.test('calls side by side that overlap: the first counts', (t) => {
  let random = 99;
  const next = (most: number): number => (((random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0) >>> 8) % most);
  const low = Array.from({ length: 300 }, () => next(1000));
  const high = low.map((start) => start + 1 + next(60));
  const index = new SiblingIndex(low, high, low.map((_, i) => i));
  for (let address = -1; address < 1100; address++) {
    const first = low.findIndex((start, i) => address >= start && address < high[i]!);
    if (index.find(address) !== first) t.fail(`${address}`);
  }
  t.end();
});

t.test('line tables', (t) => {
  const shape = { littleEndian: true, is64: false, version: 5, addressSize: 8, minimumInstruction: 1, lineBase: -5, lineRange: 14, opcodeBase: 13 } as const;
  const table = writeLineTable(shape, ['a.c', 'b.c'], [{ start: 0x1000, operations: [{ op: 'advanceLine', by: 41 }, { op: 'copy' }], tail: 0x100 }]);
  // As the unit above, with DW_AT_stmt_list.
  const abbrev = Uint8Array.from([1, 0x11, 0, 0x11, 0x01, 0x12, 0x07, 0x10, 0x17, 0, 0, 0]);
  const info = (offset: number): Uint8Array => Uint8Array.from(unit([1, ...CODE, ...new ByteWriter(true).number(offset, 4).bytes], 0));
  const found = (line: Uint8Array, offset = 0): { readonly found: string; readonly damage: string[] } => damageOf({ info: info(offset), abbrev, line });
  const change = (at: number, ...values: number[]): Uint8Array => {
    const copy = table.slice();
    copy.set(values, at);
    return copy;
  };
  t.same(found(table), { found: '0 42', damage: [] });
  t.same(found(table, 5000).damage, ['dwarf-lines'], 'a table that is elsewhere');
  t.same(found(table.slice(0, -1)).damage, ['dwarf-lines'], 'one that is cut');
  t.same(found(change(4, 9)).damage, ['dwarf-lines'], 'a version that does not exist');
  t.same(found(change(8, 0xff, 0xff, 0xff)).damage, ['dwarf-lines'], 'a header that is longer than the table');
  t.same(found(change(16, 0)).found, '0 42', 'no range of lines: special operations only would mind');
  t.same(found(change(17, 0)).damage, ['dwarf-lines'], 'no operations');
  t.same(found(change(30, 0xff, 0xff, 0xff, 0xff, 0xff)).damage.length, 1, 'more folders than there are bytes');
  t.end();
});

t.test('a line table of many files and no rows, shared', (t) => {
  // Format of folders and files: a folder's number each, in one byte.
  const files = 65_000;
  const rest = new ByteWriter(true).number(1, 1).number(1, 1).number(1, 1).number(0xfb, 1).number(14, 1).number(1, 1);
  rest.number(1, 1).uleb(2).uleb(0x0f).uleb(1).number(0, 1).number(1, 1).uleb(2).uleb(0x0f).uleb(files);
  const restBytes = [...rest.bytes, ...Array.from({ length: files }, () => 0)];
  const body = [...new ByteWriter(true).number(5, 2).number(8, 1).number(0, 1).number(restBytes.length, 4).bytes, ...restBytes];
  const line = Uint8Array.from([...new ByteWriter(true).number(body.length, 4).bytes, ...body]);
  const abbrev = Uint8Array.from([1, 0x11, 0, 0x11, 0x01, 0x12, 0x07, 0x10, 0x17, 0, 0, 0]);
  const count = 3000;
  const units = Array.from({ length: count }, (_, i) => unit([1, ...new ByteWriter(true).number(0x1000 + i * 64, 8).number(64, 8).number(0, 4).bytes], 0));
  const diagnostics = new Diagnostics();
  const info = new DebugInfo(sectionsFrom({ info: Uint8Array.from(units.flat()), abbrev, line }, diagnostics));
  const started = performance.now();
  for (let i = 0; i < count; i++) ask(info, 0x1000 + i * 64);
  t.ok(performance.now() - started < 5000, `${Math.round(performance.now() - started)} ms`);
  t.same(diagnostics.all().map(({ code }) => code), ['dwarf-work'], 'it is given up');
  t.end();
});

t.test('texts that all are the end of one', (t) => {
  const diagnostics = new Diagnostics();
  const str = new Uint8Array(100_001).fill(0x61, 0, 100_000);
  const file = new DwarfFile(sectionsFrom({ str }, diagnostics), new WorkBudget());
  const read = (offset: number, most: number): string => answer(file.sectionText('str', offset, most));
  t.equal(read(99_990, MAX_PATH), 'a'.repeat(10));
  t.equal(read(0, MAX_PATH).length, MAX_PATH, 'paths are cut');
  for (let i = 0; i < 10_000; i++) read(99_000 + (i % 900), MAX_PATH);
  t.same(diagnostics.all(), [], 'short ones are for nothing');
  let length = 0;
  for (let i = 0; i < 10_000; i++) length += read(i, MAX_PATH).length;
  t.ok(length <= 64 * str.length + MAX_PATH, `${length} characters`);
  t.same(diagnostics.all().map(({ code }) => code), ['dwarf-work'], 'it is given up');
  t.end();
});

t.test('only what is needed is read', (t) => {
  const contents = contentsOf('gcc5');
  const sections = sectionsFrom(contents, new Diagnostics(), true);
  const asked = (name: SectionName): number => (sections.sections[name] as PiecewiseSection).asked;
  const info = new DebugInfo(sections);
  t.equal(Object.values(sections.sections).reduce((sum, section) => sum + (section as PiecewiseSection).asked, 0), 0, 'nothing before the first question');
  const place = new SourcePlace();
  answer(info.at(0x10, { inlines: true, lines: true }, place));
  t.equal(asked('line'), 0, 'no line table for an address outside');
  answer(info.at(expectedPlaces(join(LINES, 'gcc5'))[2]!.first, { inlines: true, lines: false }, place));
  t.equal(place.inlined, 2);
  t.equal(asked('line'), 0, 'nor for inlined calls alone');
  t.end();
});

t.test('files that are not there, or of another build', (t) => {
  const path = join(LINES, 'gcc5-split/gcc5-split');
  const expected = expectedPlaces(path).find(({ text }) => text.includes(' < '))!;
  const main = new Uint8Array(readFileSync(`${path}.so`));
  const open = (file: string | undefined): { readonly text: string; readonly damage: string[] } => {
    const diagnostics = new Diagnostics();
    const info = new DebugInfo(sectionsOf(main, diagnostics));
    const place = new SourcePlace();
    for (;;) {
      answer(info.at(expected.first, { inlines: true, lines: true }, place));
      if (info.needed === undefined) break;
      info.provide(info.needed.kind === 'package' || file === undefined ? undefined : sectionsOf(new Uint8Array(readFileSync(join(LINES, file))), diagnostics));
    }
    return { text: placeText(info, expected.first, path, diagnostics), damage: diagnostics.all().map(({ code }) => code) };
  };
  t.same(open('gcc5-split/calls.dwo'), { text: expected.text, damage: [] });
  const line = expected.text.split(' < ')[0]!.split(' ')[1]!;
  t.same(open(undefined), { text: line, damage: ['dwarf-split-missing'] }, 'the line is known all the same');
  t.same(open('gcc5-split/leaf.dwo'), { text: line, damage: ['dwarf-split-other'] });
  t.same(open('clang5-split/calls.dwo'), { text: line, damage: ['dwarf-split-other'] });
  t.end();
});
