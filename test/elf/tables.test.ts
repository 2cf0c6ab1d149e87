// Tables of ELF files against readelf, in both classes and byte orders; then what elfy gives up at: extended numbering, no section headers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { hexOf } from '../../src/bytes/int64.ts';
import { readElf } from '../../src/elf/elf-file.ts';
import type { ElfFile } from '../../src/elf/elf-file.ts';
import { readSymbolSections } from '../../src/elf/symbol-sections.ts';
import { elfBytes, elfFolder, elfOf, run } from './reading-elf.ts';

interface ReadelfFacts {
  readonly class: string;
  readonly data: string;
  readonly type: string;
  readonly entry: string;
  readonly buildId: string;
  /** Name, address, offset, size, entry size, flags, link, info, alignment. */
  readonly sections: [string, string, number, number, number, string, number, number, number][];
  /** Type, offset, address, file size, memory size, flags, alignment. */
  readonly segments: [string, number, string, number, number, number, number][];
}

const SEGMENT_TYPES = new Map([[1, 'LOAD'], [2, 'DYNAMIC'], [3, 'INTERP'], [4, 'NOTE'], [6, 'PHDR'], [7, 'TLS'], [0x6474_e550, 'GNU_EH_FRAME'], [0x6474_e551, 'GNU_STACK'], [0x6474_e552, 'GNU_RELRO'], [0x6474_e554, 'GNU_SFRAME'], [0x6474_e553, 'GNU_PROPERTY']]);
const TYPES = ['NONE', 'REL', 'EXEC', 'DYN', 'CORE'];
/** readelf's letters in the order of the bits. */
const FLAGS: [number, string][] = [[1, 'W'], [2, 'A'], [4, 'X'], [0x10, 'M'], [0x20, 'S'], [0x40, 'I'], [0x80, 'L'], [0x400, 'T'], [0x800, 'C'], [0x200, 'G']];

t.test('readelf says the same', (t) => {
  const expected = JSON.parse(readFileSync(join(elfFolder, 'readelf.json'), 'utf8')) as Record<string, ReadelfFacts>;
  for (const [name, facts] of Object.entries(expected)) {
    const diagnostics = new Diagnostics();
    const elf = elfOf(elfBytes(name), diagnostics);
    const width = elf.is64 ? 16 : 8;
    const hex = (address: number): string => hexOf(address).padStart(width, '0');
    t.equal(elf.is64 ? 'ELF64' : 'ELF32', facts.class, `${name}: class`);
    t.equal(elf.littleEndian, facts.data.includes('little'), `${name}: byte order`);
    t.equal(TYPES[elf.type], facts.type, `${name}: type`);
    t.equal(`0x${hexOf(elf.entry)}`, facts.entry, `${name}: entry`);
    t.equal(elf.buildId, facts.buildId, `${name}: build id`);
    t.same(
      elf.sections.map((s) => [s.name, hex(s.address), s.offset, s.size, s.entrySize, letters(s.flags), s.link, s.info, s.alignment]),
      facts.sections.map((s) => s.with(5, [...s[5]].sort().join(''))),
      `${name}: sections`,
    );
    t.same(
      elf.segments.map((s) => [SEGMENT_TYPES.get(s.type), s.offset, hex(s.address), s.fileSize, s.memorySize, s.flags, s.alignment]),
      facts.segments,
      `${name}: segments`,
    );
    t.same(diagnostics.all(), [], `${name}: nothing to complain of`);
  }
  t.end();
});

t.test('few and small reads', (t) => {
  const bytes = elfBytes('plt-lazy.elf');
  let reads = 0;
  const reading = readElf(bytes.length, new Diagnostics());
  let step = reading.next();
  while (step.done !== true) {
    reads++;
    step = reading.next(bytes.slice(step.value.offset, step.value.offset + step.value.length));
  }
  t.ok(reads <= 3, `${reads} reads`);
  t.end();
});

t.test('from file offsets to addresses and back', (t) => {
  for (const name of ['le64.elf', 'be64.elf', 'le32.elf', 'be32.elf', 'kernel.elf']) {
    const elf = elfOf(elfBytes(name));
    const text = elf.section('.text')!;
    const data = elf.section('.data')!;
    t.equal(elf.fileOffsetToAddress(text.offset + 5), text.address + 5, `${name}: code`);
    t.equal(elf.addressToFileOffset(text.address + 5), text.offset + 5, `${name}: back`);
    t.equal(elf.addressToFileOffset(data.address), data.offset, `${name}: data`);
    t.equal(elf.addressToFileOffset(data.address + 0x20), data.offset + 0x20, `${name}: .bss lies behind the file's bytes, as for perf`);
    t.equal(elf.addressToFileOffset(text.address - 0x10_0000), undefined, `${name}: nowhere`);
    t.equal(elf.fileOffsetToAddress(2 ** 40), undefined, `${name}: beyond the end`);
  }
  t.end();
});

t.test('more sections than the header can count', (t) => {
  for (const name of ['le64.elf', 'be64.elf', 'le32.elf', 'be32.elf']) {
    const bytes = elfBytes(name);
    const whole = elfOf(bytes);
    const view = new DataView(bytes.buffer);
    const [shoffAt, phnumAt, shnumAt, sizeAt, linkAt, infoAt] = whole.is64 ? [40, 56, 60, 36, 40, 44] : [32, 44, 48, 20, 24, 28];
    const table = view.getUint32(shoffAt! + (whole.is64 && !whole.littleEndian ? 4 : 0), whole.littleEndian);
    view.setUint16(shnumAt!, 0, whole.littleEndian);
    view.setUint16(shnumAt! + 2, 0xffff, whole.littleEndian);
    view.setUint16(phnumAt!, 0xffff, whole.littleEndian);
    view.setUint32(table + (whole.is64 && whole.littleEndian ? 32 : sizeAt!), whole.sections.length, whole.littleEndian);
    view.setUint32(table + linkAt!, whole.sections.length - 1, whole.littleEndian);
    view.setUint32(table + infoAt!, whole.segments.length, whole.littleEndian);
    const extended = elfOf(bytes);
    t.same(extended.sections.slice(1), whole.sections.slice(1), `${name}: sections`);
    t.same(extended.segments, whole.segments, `${name}: segments`);
  }
  t.end();
});

t.test('without section headers', (t) => {
  for (const name of ['le64.elf', 'be32.elf']) {
    const bytes = elfBytes(name);
    const whole = elfOf(bytes);
    bytes.fill(0, whole.is64 ? 40 : 32, whole.is64 ? 48 : 36);
    bytes.fill(0, whole.is64 ? 58 : 46, whole.is64 ? 64 : 52);
    const diagnostics = new Diagnostics();
    const bare = elfOf(bytes, diagnostics);
    t.notOk(bare.hasSectionTable, `${name}: none`);
    t.ok(bare.sections.every(({ name }) => name === ''), `${name}: what stands in for them is code, of no name`);
    t.same(bare.segments, whole.segments, `${name}: segments are there`);
    t.equal(bare.buildId, whole.buildId, `${name}: the build id comes from the note segment`);
    t.equal(bare.section('.text'), undefined);
    t.same(diagnostics.all(), []);
    t.equal(run(bytes, readSymbolSections(bare, diagnostics)).symtab, undefined, `${name}: no symbols`);
  }
  t.end();
});

t.test('section names out of reach', (t) => {
  const bytes = elfBytes('le64.elf');
  new DataView(bytes.buffer).setUint16(62, 999, true);
  const elf: ElfFile = elfOf(bytes);
  t.equal(elf.sections.length, 11);
  t.ok(elf.sections.every((section) => section.name === ''));
  t.end();
});

function letters(flags: number): string {
  return FLAGS.filter(([bit]) => Math.floor(flags / bit) % 2 === 1).map(([, letter]) => letter).sort().join('');
}
