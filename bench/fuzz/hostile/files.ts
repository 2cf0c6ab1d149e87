// Files beside a recording that would take a reader's time or memory out of all proportion: jitdumps, perf maps, kallsyms, ELF files,
// each with a recording whose samples ask for everything in it.

import { joined } from '../mutate.ts';
import { numbers } from '../recording-model.ts';
import { type BuiltSection, SectionType, elfOf, symbolOf } from './elf-builder.ts';
import { HostileRecords, hostileFile } from './recording-builder.ts';
import type { Hostile } from './recordings.ts';

const CODE = 0x1000_0000;
const LIBRARY = '/lib/hostile.so';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: Math.ceil(count) }, (_, i) => make(i));

/** Samples at `count` places from `step` to `step`, in memory that is `path`. */
function sampled(path: string, count: number, step: number, start = 0): Uint8Array {
  const records = new HostileRecords().comm(1, 'x', true).mmap(1, CODE, 0x1000_0000, path);
  if (path !== LIBRARY) records.mmap(1, 0x6000_0000, 0x1000, '/tmp/jit-1.dump');
  for (let i = 0; i < count; i++) records.sample(1, [CODE + start + i * step]);
  return hostileFile([{}], records.bytes);
}

/** As many samples as there are bytes in a file for them: half of a `size`. */
const samplesIn = (size: number): number => Math.floor(size / 2 / 72);

function withLibrary(size: number, sections: readonly BuiltSection[], step: number, start = 0, segments = 1): ReadonlyMap<string, Uint8Array> {
  return sampledLibrary(size, elfOf(sections, segments), step, start);
}

/** A library with samples in it, from `start` on, of half of `size`. */
export function sampledLibrary(size: number, library: Uint8Array, step: number, start = 0): ReadonlyMap<string, Uint8Array> {
  return withFile(sampled(LIBRARY, samplesIn(size), step, start), library);
}

/** A recording with its library, which also stands alone. */
function withFile(recording: Uint8Array, library: Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map([['recording', recording], [`file:${LIBRARY}`, library], ['bytes', library]]);
}

/** A library of symbols with one string table; `symbol` gives place, size and offset of the name. */
function symbols(size: number, strings: Uint8Array, symbol: (i: number) => readonly [number, number, number], step = 16): ReadonlyMap<string, Uint8Array> {
  const count = size / 2 / 24;
  const table = joined(new Uint8Array(24), ...many(count, (i) => symbolOf(...symbol(i))));
  return withLibrary(size, [
    { name: '.text', type: SectionType.Progbits, bytes: new Uint8Array(64), flags: 6 }, { name: '.symtab', type: SectionType.Symtab, bytes: table, link: 3, entrySize: 24 }, { name: '.strtab', type: SectionType.Strtab, bytes: strings },
  ], step, 0x100);
}

function jitdump(records: readonly Uint8Array[]): Uint8Array {
  return joined(numbers(true, [4, 0x4a695444n], [4, 1n], [4, 40n], [4, 62n], [4, 0n], [4, 1n], [8, 0n], [8, 0n]), ...records);
}

const record = (id: bigint, time: number, body: Uint8Array): Uint8Array => joined(numbers(true, [4, id], [4, BigInt(16 + body.length)], [8, BigInt(time)]), body);
const load = (i: number, start: number, size: number): Uint8Array =>
  record(0n, i, joined(numbers(true, [4, 1n], [4, 1n], [8, BigInt(start)], [8, BigInt(start)], [8, BigInt(size)], [8, BigInt(i)]), encode(`py::f${i}\0`), new Uint8Array(size)));

const withJit = (size: number, dump: Uint8Array, step: number): ReadonlyMap<string, Uint8Array> => new Map([['recording', sampled('//anon', samplesIn(size), step)], ['jitdump:jit-1.dump', dump]]);
const withMap = (size: number, line: (i: number) => string, step: number): ReadonlyMap<string, Uint8Array> => new Map([['recording', sampled('//anon', samplesIn(size), step)], ['map:1', encode(many(size / 48, line).join('\n'))]]);

const VIEWS = ['report', 'script'];

/** Entries of .eh_frame that lie over each other: at each of them a length that leads to the end of the section. */
function overlappingFrames(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  bytes.set(numbers(true, [4, 20n], [4, 0n]));
  bytes.set(Uint8Array.of(1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 12, 7, 8, 0x90, 1, 0, 0), 8);
  for (let at = 24; at + 24 <= size; at += 24) {
    view.setUint32(at, size - at - 4, true);
    view.setUint32(at + 4, at + 4, true);
    view.setInt32(at + 8, 0x100 - at, true);
    view.setUint32(at + 12, 16, true);
  }
  return bytes;
}

export const HOSTILE_FILES: readonly Hostile[] = [
  { name: 'jitdump: code within code', targets: VIEWS, build: (size) => withJit(size, jitdump(many(size / 2 / 1_100, (i) => load(i, CODE + i, 1_024))), 1) },
  { name: 'jitdump: code one behind the other under one large piece', targets: VIEWS, build: (size) => withJit(size, jitdump(many(size / 2 / 80, (i) => (i === 0 ? load(0, CODE, size / 4) : load(i, CODE + i * 8, 8)))), 8) },
  { name: 'jitdump: the same code again and again', targets: [...VIEWS, 'inject'], build: (size) => withJit(size, jitdump(many(size / 2 / 80, (i) => load(i, CODE, 64))), 0) },
  { name: 'jitdump: lines', targets: ['report', 'inject'], build: (size) => withJit(size, jitdump([record(2n, 1, joined(numbers(true, [8, BigInt(CODE)], [8, BigInt(Math.floor(size / 48))]), ...many(size / 48, (i) => joined(numbers(true, [8, BigInt(CODE + i)], [4, BigInt(i)], [4, 0n]), encode('a.py\0'))))), load(2, CODE, 0x1000)]), 1) },
  { name: 'jitdump: unwinding for each', targets: [...VIEWS, 'inject'], build: (size) => withJit(size, jitdump(many(size / 2 / 200, (i) => joined(
    record(4n, i * 2, joined(numbers(true, [8, 64n], [8, 20n], [8, 64n], [4, 20n], [4, 0n]), Uint8Array.of(1, 0x7a, 0x52, 0, 1, 0x78, 16, 1, 0x1b, 12, 7, 8, 0x90, 1, 0, 0), numbers(true, [4, 16n], [4, 28n], [4, 0n], [4, 64n], [8, BigInt(i)]), new Uint8Array(20))),
    load(i * 2 + 1, CODE + i * 64, 64),
  ))), 64) },
  { name: 'perf map: ranges within ranges', targets: VIEWS, build: (size) => withMap(size, (i) => `${(CODE + i).toString(16)} ${(0x800_0000 - i * 2).toString(16)} f${i}`, 997) },
  { name: 'perf map: one name for ever', targets: VIEWS, build: (size) => withMap(size, (i) => (i === 0 ? `${CODE.toString(16)} 1000 f` : 'x'.repeat(47)).replaceAll('\n', ''), 16) },
  { name: 'kallsyms: a module for each symbol', targets: VIEWS, build: (size) => new Map([['recording', hostileFile([{}], new HostileRecords().sample(0, [-0x7f00_0000], true).bytes)], ['kallsyms', encode(many(size / 36, (i) => `ffffffff${(0x8100_0000 + i * 16).toString(16)} t f${i}\t[m${i}]\n`).join(''))]]) },
  { name: 'ELF: functions within functions', targets: ['elf', ...VIEWS], build: (size) => symbols(size, encode('\0f\0'), (i) => [0x100 + i, 0x100_0000 - i * 2, 1], 997) },
  { name: 'ELF: functions of one place', targets: ['elf', ...VIEWS], build: (size) => symbols(size, encode(`\0${many(1000, (i) => `_Z${i}`).join('\0')}\0`), (i) => [0x100, 16, 1 + (i % 1000) * 3]) },
  { name: 'ELF: names that all are the end of one', targets: ['elf', ...VIEWS], build: (size) => symbols(size, encode(`\0${'abcdefgh'.repeat(size / 16)}\0`), (i) => [0x100 + i * 16, 16, 1 + i]) },
  { name: 'ELF: mangled names that all are the end of one', targets: ['elf', ...VIEWS], build: (size) => symbols(size, encode(`\0${'_Z1fI'.repeat(size / 10)}\0`), (i) => [0x100 + i * 16, 16, 1 + i * 5]) },
  { name: 'ELF: aliases with names that all are the end of one', targets: ['elf', ...VIEWS], build: (size) => symbols(size, encode(`\0${'_Z1fI'.repeat(size / 10)}\0`), (i) => [0x100, 16, 1 + i * 5]) },
  { name: 'ELF: names without end', targets: ['elf', ...VIEWS], build: (size) => symbols(size, new Uint8Array(size / 2).fill(0x5f), (i) => [0x100 + (i >> 1) * 16, 16, 1 + i]) },
  { name: 'ELF: sections', targets: ['elf', 'report'], build: (size) => withLibrary(size / 2, many(Math.min(size / 128, 60_000), (i) => ({ name: i % 2 === 0 ? '' : '.symtab', type: i % 3 === 0 ? SectionType.Symtab : 18, bytes: new Uint8Array(0), link: i })), 16) },
  { name: 'ELF: segments', targets: ['elf', 'report'], build: (size) => {
    const recording = new HostileRecords().comm(1, 'x', true);
    for (let i = 0; recording.bytes.length < size / 2; i++) recording.mmap(1, CODE + i * 0x2000, 0x1000, LIBRARY).sample(1, [CODE + i * 0x2000 + 16]);
    const table = joined(new Uint8Array(24), ...many(size / 96, (i) => symbolOf(i, 16, 1)));
    const file = elfOf([{ name: '.text', type: SectionType.Progbits, bytes: new Uint8Array(64), flags: 6 }, { name: '.symtab', type: SectionType.Symtab, bytes: table, link: 3 }, { name: '.strtab', type: SectionType.Strtab, bytes: encode('\0f\0') }], Math.min(65_000, Math.floor(size / 4 / 56)));
    return withFile(hostileFile([{}], recording.bytes), file);
  } },
  { name: 'ELF: frames over each other', targets: ['elf', ...VIEWS], build: (size) => {
    const recording = new HostileRecords().comm(1, 'x', true).mmap(1, CODE, 0x1000_0000, LIBRARY);
    return withFile(hostileFile([{}], recording.bytes), elfOf([
      { name: '.text', type: SectionType.Progbits, bytes: new Uint8Array(64), flags: 6 }, { name: '.eh_frame', type: SectionType.Progbits, bytes: overlappingFrames(size) },
    ]));
  } },
  { name: 'names: templates in templates', targets: ['names'], build: (size) => new Map([['bytes', encode(`_Z1f${'I'.repeat(size / 2)}${'E'.repeat(size / 2)}`)]]) },
  { name: 'names: substitutions that double', targets: ['names'], build: (size) => new Map([['bytes', encode(`_Z1fI${'St4pairIS_S_E'.repeat(size / 14)}Ev`)]]) },
  { name: 'names: types of types', targets: ['names'], build: (size) => new Map([['bytes', encode(`_Z1f${'P'.repeat(size)}i`)]]) },
  { name: 'names: a Rust name without end', targets: ['names'], build: (size) => new Map([['bytes', encode(`_RNvC1x${'NvB_'.repeat(size / 4)}`)]]) },
  { name: 'names: a legacy Rust name without end', targets: ['names'], build: (size) => new Map([['bytes', encode(`_ZN${'1a'.repeat(size / 2)}17h0123456789abcdefE`)]]) },
  { name: 'names: a Java name without end', targets: ['names'], build: (size) => new Map([['bytes', encode(`L${'java/lang/String;'.repeat(size / 17)}`)]]) },
  { name: 'format: brackets', targets: ['format'], build: (size) => new Map([['bytes', encode(`name: x\nID: 5\nformat:\n\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: "%d", ${'('.repeat(size)}1`)]]) },
  { name: 'format: fields of one declaration', targets: ['format'], build: (size) => new Map([['bytes', encode(`name: x\nID: 5\nformat:\n${many(size / 1_000, () => `\tfield:${'a'.repeat(900)}(;\toffset:8;\tsize:4;\tsigned:1;\n`).join('')}\nprint fmt: "%d", 1`)]]) },
  { name: 'format: flags', targets: ['format'], build: (size) => new Map([['bytes', encode(`name: x\nID: 5\nformat:\n\tfield:int a;\toffset:8;\tsize:4;\tsigned:1;\n\nprint fmt: "%s", __print_flags(REC->a, "|"${', { 1, "a" }'.repeat(size / 12)})`)]]) },
];
