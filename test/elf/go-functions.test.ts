// `.gopclntab` in each of its layouts, word sizes and byte orders, as Go's linkers of the time write it, and damaged.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { EM_X86_64, PF_X, PT_LOAD, SHT_PROGBITS } from '../../src/elf/elf-constants.ts';
import { ElfFile } from '../../src/elf/elf-file.ts';
import type { ElfSection } from '../../src/elf/elf-headers.ts';
import { type GoFunctions, readGoFunctions } from '../../src/elf/go-functions.ts';
import { buildSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import { run } from './reading-elf.ts';

type Version = '1.2' | '1.16' | '1.18' | '1.20' | '1.26';
const VERSIONS: readonly Version[] = ['1.2', '1.16', '1.18', '1.20', '1.26'];
const MAGIC = { '1.2': 0xfffffffb, '1.16': 0xfffffffa, '1.18': 0xfffffff0, '1.20': 0xfffffff1, '1.26': 0xfffffff1 };
const TEXT = 0x401000;
/** Name and address; the last is the end. */
const FUNCTIONS = [['internal/abi.Kind.String', 0x401000], ['main.(*tree).depth', 0x401080], ['main.main', 0x4010e0], ['', 0x401360]] as const;

/** A table as a linker of that version writes it. */
function tableOf(version: Version, is64: boolean, littleEndian: boolean): Uint8Array {
  const wordSize = is64 ? 8 : 4;
  const isRelative = version !== '1.2' && version !== '1.16';
  const entryWord = isRelative ? 4 : wordSize;
  const bytes = new Uint8Array(1_024);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: number, size: number): void => {
    if (size === 8) view.setBigUint64(at, BigInt(value), littleEndian);
    else view.setUint32(at, value, littleEndian);
  };
  const names = new TextEncoder().encode(FUNCTIONS.map(([name]) => `${name}\0`).join(''));
  const namesAt = 0x80;
  const functionsAt = 0x100;
  const structuresAt = 0x200;
  put(0, MAGIC[version], 4);
  bytes.set([0, 0, 1, wordSize], 4);
  const isOld = version === '1.2';
  const words = isOld ? [3] : isRelative ? [3, 1, version === '1.26' ? 0 : TEXT, namesAt, 0, 0, 0, functionsAt] : [3, 1, namesAt, 0, 0, 0, functionsAt];
  words.forEach((word, i) => put(8 + i * wordSize, word, wordSize));
  bytes.set(names, namesAt);
  const entriesAt = isOld ? 8 + wordSize : functionsAt;
  let nameAt = 0;
  FUNCTIONS.forEach(([name, address], i) => {
    const entry = isRelative ? address - TEXT : address;
    const structure = structuresAt + i * 32;
    put(entriesAt + i * 2 * entryWord, entry, entryWord);
    if (i === FUNCTIONS.length - 1) return;
    put(entriesAt + i * 2 * entryWord + entryWord, structure - (isOld ? 0 : functionsAt), entryWord);
    put(structure, entry, entryWord);
    put(structure + entryWord, nameAt + (isOld ? namesAt : 0), 4);
    nameAt += name.length + 1;
  });
  return bytes;
}

function section(index: number, name: string, address: number, offset: number, size: number): ElfSection {
  return { index, name, type: SHT_PROGBITS, flags: 2, address, offset, size, link: 0, info: 0, alignment: 8, entrySize: 0 };
}

function elfAround(table: Uint8Array, is64: boolean, littleEndian: boolean, more: readonly ElfSection[] = []): ElfFile {
  const sections = [section(0, '', 0, 0, 0), section(1, '.text', TEXT, 0x1000, 0x1000), section(2, '.gopclntab', 0x500000, 0, table.length), ...more];
  const segment = { type: PT_LOAD, flags: PF_X, offset: 0x1000, address: TEXT, fileSize: 0x1000, memorySize: 0x1000, alignment: 4096 };
  return new ElfFile({ is64, littleEndian, machine: EM_X86_64, type: 2, flags: 0, entry: TEXT, codeLeftOut: false }, 0x10000, sections, [segment], '');
}

function read(table: Uint8Array, elf: ElfFile): GoFunctions | undefined {
  return run(table, readGoFunctions(elf, new Diagnostics()));
}

t.test('every layout says the same', (t) => {
  for (const version of VERSIONS) for (const is64 of [true, false]) for (const littleEndian of [true, false]) {
    const table = tableOf(version, is64, littleEndian);
    const elf = elfAround(table, is64, littleEndian);
    const goFunctions = read(table, elf);
    const what = `${version}, ${is64 ? 64 : 32} bits, ${littleEndian ? 'little' : 'big'}`;
    const nothing = { elf, symtab: undefined, dynsym: undefined, plt: undefined, goFunctions };
    const symbols = buildSymbolTable(nothing, nothing);
    t.same(
      Array.from({ length: symbols.length }, (_, i) => [symbols.name(i), elf.fileOffsetToAddress(symbols.start(i)), symbols.end(i) - symbols.start(i)]),
      [['internal/abi.Kind.String', 0x401000, 0x80], ['main.(*tree).depth', 0x401080, 0x60], ['main.main', 0x4010e0, 0x280]],
      what,
    );
  }
  t.end();
});

t.test('with cgo the text begins where the description of the module says', (t) => {
  const table = new Uint8Array(2_048);
  table.set(tableOf('1.26', true, true));
  new DataView(table.buffer).setBigUint64(1_024 + 22 * 8, 0x402000n, true);
  const module = section(3, '.go.module', 0x510000, 1_024, 512);
  t.equal(read(table, elfAround(table, true, true, [module]))?.starts[1], 0x402080);
  new DataView(table.buffer).setBigUint64(1_024 + 22 * 8, 0n, true);
  t.equal(read(table, elfAround(table, true, true, [module]))?.starts[1], 0x401080, 'a relocation writes it: the section');
  t.end();
});

t.test('damage', (t) => {
  t.equal(read(new Uint8Array(64), elfAround(new Uint8Array(64), true, true)), undefined, 'no magic');
  const other = tableOf('1.20', true, true);
  other[0] = 0xef;
  t.equal(read(other, elfAround(other, true, true)), undefined, 'a layout that is not known');
  fc.assert(
    fc.property(fc.constantFrom(...VERSIONS), fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 10 }), fc.nat(1_024), (version, changes, length) => {
      const table = tableOf(version, true, true).slice(0, length);
      for (const [at, value] of changes) if (at < table.length) table[at] = value;
      const elf = elfAround(table, true, true);
      const goFunctions = read(table, elf);
      const nothing = { elf, symtab: undefined, dynsym: undefined, plt: undefined, goFunctions };
      const symbols = buildSymbolTable(nothing, nothing);
      for (let i = 0; i < symbols.length; i++) symbols.name(i);
      return goFunctions === undefined || goFunctions.length <= 1_024;
    }),
    { numRuns: 300 },
  );
  t.end();
});
