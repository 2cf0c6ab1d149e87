// Debugging information that would take a reader's time or memory out of all proportion, in a library whose samples ask for all of it
// (DWARF 4 and 5).

import { ByteWriter } from '../../../test/dwarf/byte-writer.ts';
import { joined } from '../mutate.ts';
import { numbers } from '../recording-model.ts';
import { SectionType, elfOf, symbolOf } from './elf-builder.ts';
import { sampledLibrary } from './files.ts';
import type { Hostile } from './recordings.ts';

const Tag = { CompileUnit: 0x11, Subprogram: 0x2e, Inlined: 0x1d, Type: 0x24 } as const;
const Name = { Name: 0x03, StatementList: 0x10, LowPc: 0x11, HighPc: 0x12, Folder: 0x1b, Origin: 0x31, Ranges: 0x55, CallFile: 0x58, CallLine: 0x59, Linkage: 0x6e } as const;
const Form = { Address: 0x01, Data4: 0x06, String: 0x08, Data1: 0x0b, StringPointer: 0x0e, Reference4: 0x13, SectionOffset: 0x17, LineStringPointer: 0x1f, Udata: 0x0f } as const;

type Attributes = readonly (readonly [name: number, form: number])[];

/** Numbered from 1 on. */
function abbreviations(...all: readonly (readonly [tag: number, hasChildren: boolean, attributes: Attributes])[]): Uint8Array {
  const to = new ByteWriter(true);
  for (const [i, [tag, hasChildren, attributes]] of all.entries()) {
    to.uleb(i + 1).uleb(tag).number(hasChildren ? 1 : 0, 1);
    for (const [name, form] of attributes) to.uleb(name).uleb(form);
    to.uleb(0).uleb(0);
  }
  return Uint8Array.from(to.uleb(0).bytes);
}

const HEADER = 11;

/** Of version 4, with its entries; the places of what it holds count from its own first byte, HEADER before the entries. */
function unit(abbreviationsAt: number, entries: Uint8Array): Uint8Array {
  return joined(numbers(true, [4, BigInt(7 + entries.length)], [2, 4n], [4, BigInt(abbreviationsAt)], [1, 8n]), entries);
}

const u8 = (value: number): readonly [number, bigint] => [1, BigInt(value)];
const u32 = (value: number): readonly [number, bigint] => [4, BigInt(value)];
const u64 = (value: number): readonly [number, bigint] => [8, BigInt(value)];
const END = Uint8Array.of(0);
const many = (count: number, make: (i: number) => Uint8Array): Uint8Array[] => Array.from({ length: Math.floor(count) }, (_, i) => make(i));
const text = (it: string): Uint8Array => new TextEncoder().encode(it);

const CODE = 0x1000;
const WHOLE: Attributes = [[Name.LowPc, Form.Address], [Name.HighPc, Form.Data4]];

interface Sections {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly str?: Uint8Array;
  readonly line?: Uint8Array;
  readonly ranges?: Uint8Array;
}

/** Half of `size` are samples, `step` bytes apart from CODE on. */
function withDebugInfo(size: number, step: number, sections: Sections): ReadonlyMap<string, Uint8Array> {
  const built = Object.entries(sections).map(([name, bytes]) => ({ name: `.debug_${name}`, type: SectionType.Progbits, bytes: bytes as Uint8Array, flags: 0 }));
  // Calls are told of functions that have a symbol.
  const symbols = [
    { name: '.symtab', type: SectionType.Symtab, bytes: joined(new Uint8Array(24), symbolOf(CODE, FAR, 1)), link: 3, entrySize: 24 }, { name: '.strtab', type: SectionType.Strtab, bytes: text('\0f\0') },
  ];
  return sampledLibrary(size, elfOf([{ name: '.text', type: SectionType.Progbits, bytes: new Uint8Array(64), flags: 6 }, ...symbols, ...built]), step, CODE);
}

const FAR = 0x800_0000;
/** A unit, and in it a function, both over all of the code. */
const ROOT: readonly [number, boolean, Attributes] = [Tag.CompileUnit, true, WHOLE];
const FUNCTION: readonly [number, boolean, Attributes] = [Tag.Subprogram, true, WHOLE];
const whole = (code: number): Uint8Array => numbers(true, u8(code), u64(CODE), u32(FAR));

/** One function with these entries in it, which abbreviation 3 and later ones describe, and behind it others. */
function inOneFunction(entries: readonly Uint8Array[], behind: readonly Uint8Array[] = []): Uint8Array {
  return unit(0, joined(whole(1), whole(2), ...entries, END, ...behind, END));
}

/** A line table of version 5: folders and files as given, each list with its format before it. */
function lineTable(folders: Uint8Array, files: Uint8Array, program: Uint8Array): Uint8Array {
  const rest = joined(Uint8Array.of(1, 1, 1, 0xfb, 14, 1), folders, files);
  const body = joined(numbers(true, [2, 5n], u8(8), u8(0), u32(rest.length)), rest, program);
  return joined(numbers(true, u32(body.length)), body);
}

const list = (format: Attributes, count: number, entries: readonly Uint8Array[]): Uint8Array => {
  const to = new ByteWriter(true).number(format.length, 1);
  for (const [content, form] of format) to.uleb(content).uleb(form);
  return joined(Uint8Array.from(to.uleb(count).bytes), ...entries);
};

/** What a list of a line table tells of an entry. */
const Content = { Path: 1, Folder: 2 } as const;

/** Rows of one line and 4 bytes from `start` on. */
function program(start: number, rows: number): Uint8Array {
  const to = new ByteWriter(true).number(0, 1).uleb(9).number(2, 1).number(start, 8);
  for (let i = 0; i < rows; i++) to.number(1, 1).number(3, 1).number(1, 1).number(2, 1).number(4, 1);
  return Uint8Array.from(to.number(0, 1).uleb(1).number(1, 1).bytes);
}

const UNIT_WITH_LINES: readonly [number, boolean, Attributes] = [Tag.CompileUnit, false, [...WHOLE, [Name.StatementList, Form.SectionOffset]]];
/** Bytes of code that each of many units has. */
const UNIT_CODE = 64;
const unitWithLines = (i: number, at: number): Uint8Array => unit(0, numbers(true, u8(1), u64(CODE + i * UNIT_CODE), u32(UNIT_CODE), u32(at)));

const TARGETS = ['source-lines', 'debug-info'];

export const HOSTILE_DEBUG_INFO: readonly Hostile[] = [
  { name: 'DWARF: inlined calls side by side', targets: TARGETS, build: (size) => withDebugInfo(size, 4, {
    abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, false, [[Name.LowPc, Form.Address], [Name.HighPc, Form.Data1]]]),
    info: inOneFunction(many(size / 2 / 10, (i) => numbers(true, u8(3), u64(CODE + 0x10_0000 + i * 16), u8(16)))),
  }) },
  { name: 'DWARF: inlined calls of no place', targets: TARGETS, build: (size) => withDebugInfo(size, 4, {
    abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, false, []]),
    info: inOneFunction([new Uint8Array(size / 2).fill(3)]),
  }) },
  { name: 'DWARF: inlined calls within one another', targets: TARGETS, build: (size) => {
    const count = Math.floor(size / 2 / 14);
    return withDebugInfo(size, 1, {
      abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, true, WHOLE]),
      info: inOneFunction([...many(count, (i) => numbers(true, u8(3), u64(CODE + i), u32(FAR - 2 * i))), new Uint8Array(count)]),
    });
  } },
  { name: 'DWARF: functions within one another', targets: TARGETS, build: (size) => {
    const count = Math.floor(size / 2 / 14);
    return withDebugInfo(size, 1, { abbrev: abbreviations(ROOT, FUNCTION), info: unit(0, joined(whole(1), ...many(count, (i) => numbers(true, u8(2), u64(CODE + i), u32(FAR - 2 * i))), new Uint8Array(count + 1))) });
  } },
  { name: 'DWARF: calls that share a list of ranges', targets: TARGETS, build: (size) => withDebugInfo(size, 16, {
    abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, false, [[Name.Ranges, Form.SectionOffset]]]),
    info: inOneFunction(many(size / 4 / 5, () => numbers(true, u8(3), u32(0)))),
    ranges: joined(...many(size / 4 / 16, (i) => numbers(true, u64(0x100_0000 + i * 32), u64(0x100_0008 + i * 32))), new Uint8Array(16)),
  }) },
  { name: 'DWARF: functions that share a list of ranges', targets: TARGETS, build: (size) => withDebugInfo(size, 16, {
    abbrev: abbreviations(ROOT, [Tag.Subprogram, false, [[Name.Ranges, Form.SectionOffset]]]),
    info: unit(0, joined(whole(1), ...many(size / 4 / 5, () => numbers(true, u8(2), u32(0))), END)),
    ranges: joined(...many(size / 4 / 16, (i) => numbers(true, u64(0x100_0000 + i * 32), u64(0x100_0008 + i * 32))), new Uint8Array(16)),
  }) },
  { name: 'DWARF: units that share a list of ranges', targets: TARGETS, build: (size) => withDebugInfo(size, 16, {
    abbrev: abbreviations([Tag.CompileUnit, false, [[Name.Ranges, Form.SectionOffset]]]),
    info: joined(...many(size / 4 / 16, () => unit(0, numbers(true, u8(1), u32(0))))),
    ranges: joined(...many(size / 4 / 16, (i) => numbers(true, u64(CODE + i * 32), u64(CODE + 8 + i * 32))), new Uint8Array(16)),
  }) },
  { name: 'DWARF: names that all are the end of one', targets: TARGETS, build: (size) => {
    const calls = Math.floor(size / 4 / 28);
    const described = HEADER + 26 + calls * 14 + 1;
    return withDebugInfo(size, 16, {
      abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, false, [[Name.LowPc, Form.Address], [Name.HighPc, Form.Data1], [Name.Origin, Form.Reference4]]], [Tag.Subprogram, false, [[Name.Linkage, Form.StringPointer]]]),
      info: inOneFunction(many(calls, (i) => numbers(true, u8(3), u64(CODE + i * 16), u8(16), u32(described + i * 5))), many(calls, (i) => numbers(true, u8(4), u32(i)))),
      str: text('a'.repeat(size / 4)),
    });
  } },
  { name: 'DWARF: descriptions that share a long entry', targets: TARGETS, build: (size) => {
    const calls = Math.floor(size / 4 / 14);
    const described = HEADER + 26 + calls * 14 + 1;
    return withDebugInfo(size, 16, {
      abbrev: abbreviations(ROOT, FUNCTION, [Tag.Inlined, false, [[Name.LowPc, Form.Address], [Name.HighPc, Form.Data1], [Name.Origin, Form.Reference4]]], [Tag.Subprogram, false, [[Name.Name, Form.String], [Name.CallLine, Form.Data1]]]),
      info: inOneFunction(many(calls, (i) => numbers(true, u8(3), u64(CODE + i * 16), u8(16), u32(described + (i % (size / 8))))), [new Uint8Array(size / 4).fill(4), END]),
    });
  } },
  { name: 'DWARF: line tables of files without rows, shared', targets: TARGETS, build: (size) => withDebugInfo(size, UNIT_CODE, {
    abbrev: abbreviations(UNIT_WITH_LINES), info: joined(...many(size / 4 / 28, (i) => unitWithLines(i, 0))),
    line: lineTable(list([[Content.Folder, Form.Udata]], 1, [END]), list([[Content.Folder, Form.Udata]], 65_000, [new Uint8Array(65_000)]), new Uint8Array(0)),
  }) },
  { name: 'DWARF: a long line program, shared', targets: TARGETS, build: (size) => withDebugInfo(size, UNIT_CODE, {
    abbrev: abbreviations(UNIT_WITH_LINES), info: joined(...many(size / 4 / 28, (i) => unitWithLines(i, 0))),
    line: lineTable(list([[Content.Folder, Form.Udata]], 1, [END]), list([[Content.Folder, Form.Udata]], 1, [END]), program(CODE, size / 4 / 6)),
  }) },
  { name: 'DWARF: files with paths that all are the end of one', targets: TARGETS, build: (size) => {
    const calls = Math.min(Math.floor(size / 4 / 12), 60_000);
    return withDebugInfo(size, 16, {
      abbrev: abbreviations([Tag.CompileUnit, true, [...WHOLE, [Name.StatementList, Form.SectionOffset]]], FUNCTION, [Tag.Inlined, false, [[Name.LowPc, Form.Address], [Name.HighPc, Form.Data1], [Name.CallFile, Form.Udata]]]),
      info: unit(0, joined(numbers(true, u8(1), u64(CODE), u32(FAR), u32(0)), whole(2), ...many(calls, (i) => joined(numbers(true, u8(3), u64(CODE + i * 16), u8(16)), Uint8Array.from(new ByteWriter(true).uleb(i).bytes))), END, END)),
      line: lineTable(list([[Content.Path, Form.StringPointer]], 1, [numbers(true, u32(0))]), list([[Content.Path, Form.StringPointer], [Content.Folder, Form.Udata]], calls, many(calls, (i) => numbers(true, u32(i), u8(0)))), new Uint8Array(0)),
      str: text(`/${'a'.repeat(size / 8)}`),
    });
  } },
  { name: 'DWARF: units with abbreviations of their own, over each other', targets: TARGETS, build: (size) => {
    const table = abbreviations([Tag.CompileUnit, true, [[Name.Name, Form.Data1]]], ...Array.from({ length: size / 4 / 6 }, () => [Tag.Type, false, [[Name.Name, Form.Data1]]] as const));
    return withDebugInfo(size, 16, { abbrev: table, info: joined(...many(size / 4 / 13, (i) => unit((i * 7) % table.length, Uint8Array.of(1, 1)))) });
  } },
  { name: 'DWARF: units of nothing', targets: TARGETS, build: (size) => withDebugInfo(size, 16, { abbrev: abbreviations([Tag.CompileUnit, false, []]), info: joined(...many(size / 2 / 12, () => unit(0, Uint8Array.of(1)))) }) },
];
