// perf's rules for the symbols of ELF files (FORMAT 3.2): which are kept, where they end, which alias is shown, PLT entries,
// symbols from a debug file. Real files; what perf shows of them was checked with perf 7.2.

import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import type { ElfFile } from '../../src/elf/elf-file.ts';
import type { ElfSection, ElfSegment } from '../../src/elf/elf-headers.ts';
import { ElfFile as File } from '../../src/elf/elf-file.ts';
import type { RawSymbols, SymbolSections } from '../../src/elf/symbol-sections.ts';
import { hasDynsym, hasSymtab } from '../../src/elf/symbol-sections.ts';
import { USER_SYMBOLS, buildSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import type { ElfSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import { elfBytes, elfOf, symbolsOf } from '../elf/reading-elf.ts';

function lines(table: ElfSymbolTable): string[] {
  return Array.from({ length: table.length }, (_, i) => `${table.start(i).toString(16)} ${(table.end(i) - table.start(i)).toString(16)} ${table.name(i)}`);
}

function tableOf(name: string): ElfSymbolTable {
  const symbols = symbolsOf(elfBytes(name));
  return buildSymbolTable(symbols, symbols);
}

t.test('aliases, labels, sizes', (t) => {
  const table = tableOf('aliases.so');
  t.same(lines(table), [
    '42c 10 alpha_alias_longer',
    '43c 10 beta_g',
    '444 8 lab',
    '44c 20 nosize',
    '46c 10 zero_two',
    '47c 10 hidden_label',
    '48c 40 outer',
    '49c 8 inner',
    '4cc 10 A::A()',
    '4dc 10 resolver',
    'f50 b0 _DYNAMIC',
    '1000 10 table',
  ]);
  const nameAt = (place: number): string => {
    const symbol = table.find(place);
    return symbol < 0 ? '-' : table.name(symbol);
  };
  t.equal(nameAt(0x42b), '-', 'before the first');
  t.equal(nameAt(0x42c), 'alpha_alias_longer');
  t.equal(nameAt(0x43b), 'alpha_alias_longer');
  t.equal(nameAt(0x446), 'beta_g', 'a label in a function with a size is not the function');
  t.equal(nameAt(0x49e), 'inner', 'a function in a function is');
  t.equal(nameAt(0x4a6), 'outer', 'which goes on behind it');
  t.equal(nameAt(0x4f0), '-', 'a gap');
  t.equal(nameAt(0x100f), 'table');
  t.equal(nameAt(0x1010), '-');
  t.ok(table.isObject(table.find(0x1000)));
  t.notOk(table.isObject(table.find(0x42c)));

  const symbols = symbolsOf(elfBytes('aliases.so'));
  const raw = buildSymbolTable(symbols, symbols, { ...USER_SYMBOLS, demangle: false });
  t.match(raw.name(raw.find(0x4cc)), /^_ZN1AC[12]Ev$/);
  t.end();
});

t.test('procedure linkage tables', (t) => {
  t.same(lines(tableOf('plt-lazy.elf')).slice(0, 3), ['310 10 .plt', '320 10 two@plt', '330 10 one@plt']);
  t.same(lines(tableOf('plt-now.elf')).slice(0, 3), ['310 10 .plt', '320 10 two@plt', '330 10 one@plt']);
  t.same(lines(tableOf('plt-sec.elf')).slice(0, 3), ['380 30 .plt', '3b0 10 two@plt', '3c0 10 one@plt'], 'all of .plt is one symbol where .plt.sec is');
  t.same(lines(tableOf('ifunc-static.elf')).slice(0, 2), ['160 8 choose@plt', '168 6 b'], 'no header, no dynamic symbols');
  t.end();
});

t.test('tables of other linkers and machines, named as objdump names them', (t) => {
  const made = (name: string): string[] => lines(tableOf(name)).filter((line) => line.includes('plt'));
  t.same(made('plt-bti.elf'), ['3a0 20 .plt', '3c0 18 two@plt', '3d8 18 one@plt', '3f0 18 three@plt'], 'GNU ld, marks for branch targets: 24 bytes instead of 16');
  t.same(made('plt-pac.so'), ['490 20 .plt', '4b0 18 two@plt', '4c8 18 one@plt', '4e0 18 three@plt'], 'lld, signed addresses');
  const mold = ['3c0 20 .plt', '3e0 10 one@plt', '3f0 10 three@plt', '400 8 choose@plt', '408 8 two@plt'];
  t.same(made('plt-mold.so'), mold, 'mold: a header of two entries, slots of .plt.got filled by .rela.dyn, an indirect function among them');
  t.same(made('plt-mold-names.so'), ['3c0 20 .plt', '3e0 10 one$plt', '3f0 10 three$plt', '400 8 choose$pltgot', '408 8 two$pltgot'], "mold's own names for them stay");
  t.same(made('plt-mold-i386.so'), ['240 10 .plt', '250 10 one@plt', '260 10 three@plt', '270 8 two@plt'], 'i386: slots counted from .got');
  t.same(made('plt-i386.so'), ['1c0 10 .plt', '1d0 10 one@plt', '1e0 10 three@plt', '1f0 8 two@plt'], 'i386: slots counted from .got.plt');
  t.same(made('plt-retpoline.so'), ['3f0 30 .plt', '420 20 choose@plt', '440 20 two@plt', '460 20 one@plt', '480 20 three@plt'], 'not in the order of the relocations');
  t.same(made('iplt-static.elf'), ['1f0 10 choose@plt'], 'lld: .iplt without .plt');

  const bytes = elfBytes('plt-bti.elf');
  const plt = elfOf(bytes).section('.plt')!;
  bytes.fill(0, plt.offset, plt.offset + plt.size);
  const sections = symbolsOf(bytes);
  t.same(lines(buildSymbolTable(sections, sections)).slice(0, 3), ['3a0 20 .plt', '3c0 10 two@plt', '3d0 10 one@plt'], "without its code by perf's sizes");
  t.end();
});

t.test('code in several segments, each at a distance of its own from its place in the file', (t) => {
  const table = tableOf('segments.elf');
  t.same(lines(table), ['e8 5 middle', 'ed 3 _start', '100 5 hot', '1040 4 cold']);
  const elf = elfOf(elfBytes('segments.elf'));
  const addresses = { middle: 0x40_00e8, hot: 0x90_0100, cold: 0x700_0040 };
  for (const [name, address] of Object.entries(addresses)) {
    const place = elf.addressToFileOffset(address)!;
    t.equal(table.name(table.find(place)), name);
    t.equal(elf.fileOffsetToAddress(place), address);
  }
  t.end();
});

t.test('kernel addresses, both classes and orders', (t) => {
  for (const name of ['le64.elf', 'be64.elf', 'le32.elf', 'be32.elf', 'kernel.elf']) {
    const elf = elfOf(elfBytes(name));
    const text = elf.section('.text')!;
    const symbols = symbolsOf(elfBytes(name));
    t.ok(hasSymtab(elf) && hasDynsym(elf));
    const expected: [string, number, number][] = [['weak_one', 0, 16], ['start', 16, 8], ['helper', 24, 0], ['only_dynamic', 32, 8]];
    for (const coordinates of ['file-offset', 'address'] as const) {
      const table = buildSymbolTable(symbols, symbols, { ...USER_SYMBOLS, coordinates });
      const base = coordinates === 'address' ? text.address : text.offset;
      for (const [symbol, offset, size] of expected) {
        const found = table.find(base + offset);
        t.equal(table.name(found), symbol, `${name} ${coordinates} ${symbol}`);
        t.equal(table.start(found), base + offset);
        if (size > 0) t.equal(table.end(found), base + offset + size);
      }
      t.equal(table.length, 5);
    }
  }
  t.end();
});

t.test('symbols from a debug file, places from the file that runs', (t) => {
  const runtime = symbolsOf(elfBytes('stripped.so'));
  const debug = symbolsOf(elfBytes('stripped.debug'));
  t.equal(runtime.symtab, undefined);
  t.equal(debug.dynsym, undefined, 'its contents were left out');
  const bare = buildSymbolTable(runtime, runtime);
  const full = buildSymbolTable(debug, runtime);
  const exported = bare.find(bare.start(0));
  t.same(lines(bare).map((line) => line.split(' ')[2]), ['exported']);
  t.same(lines(full).map((line) => line.split(' ')[2]).slice(0, 3), ['left', 'right', 'exported']);
  t.equal(full.start(full.find(bare.start(exported))), bare.start(exported), 'the same place');
  t.end();
});

t.test('what is not kept, on machines that mark their code', (t) => {
  const table = (machine: number, names: [name: string, value: number, info?: number, section?: number, other?: number][]): string[] => {
    const sections = symbolFile(machine, names);
    return lines(buildSymbolTable(sections, sections)).map((line) => line.split(' ').slice(2).join(' '));
  };
  const FUNC = 0x12;
  t.same(table(183, [['$x', 0x1000], ['$d.12', 0x1004], ['$dollar', 0x1008], ['f', 0x1010, FUNC]]), ['$dollar', 'f'], 'arm64');
  t.same(table(243, [['$xrv64i2p1', 0x1000], ['$d', 0x1004], ['f', 0x1010, FUNC]]), ['f'], 'riscv64');
  t.same(table(62, [['$x', 0x1000], ['f', 0x1010, FUNC]]), ['$x', 'f'], 'elsewhere they are labels');
  const kinds: [string, number, number?, number?, number?][] = [
    ['', 0x1000, FUNC],
    ['undefined', 0x1001, FUNC, 0],
    ['absolute', 0x1002, FUNC, 0xfff1],
    ['section', 0x1003, 3],
    ['file', 0x1004, 4],
    ['tls', 0x1005, 6],
    ['hidden label', 0x1006, 0x10, 1, 2],
    ['internal label', 0x1007, 0x10, 1, 1],
    ['label elsewhere', 0x1008, 0x10, 2],
    ['function elsewhere', 0x1009, FUNC, 2],
    ['not loaded', 0x100a, FUNC, 3],
    ['no such section', 0x100b, FUNC, 77],
    ['ifunc', 0x100c, 0x1a],
    ['unique object', 0x100d, 0xa1],
    ['protected label', 0x100e, 0x10, 1, 3],
  ];
  t.same(table(62, kinds), ['function elsewhere', 'ifunc', 'unique object', 'protected label']);
  t.same(table(62, [['last', 0x1010, FUNC]]), ['last']);
  const sections = symbolFile(62, [['last', 0x1010, FUNC]]);
  t.same(lines(buildSymbolTable(sections, sections)), ['1010 1ff0 last'], 'the last one without a size ends a page after its own');
  t.same(table(62, [['__x', 0x1000, FUNC], ['_yy', 0x1000, FUNC]]), ['_yy'], 'fewer underscores');
  t.same(table(62, [['first', 0x1000, FUNC], ['other', 0x1000, FUNC]]), ['other'], 'the earlier of two without a size is empty and loses');
  t.end();
});

t.test('many symbols, in any order', (t) => {
  const names: [string, number, number][] = Array.from({ length: 5000 }, (_, i) => [`f${i}`, 0x1000 + ((i * 7919) % 5000) * 16, 0x12]);
  const sections = symbolFile(62, names);
  const table = buildSymbolTable(sections, sections);
  t.equal(table.length, 5000);
  for (const [name, value] of names) if (table.name(table.find(value + 15)) !== name) t.fail(name);
  const wide = symbolFile(62, names, 2 ** 46);
  const far = buildSymbolTable(wide, wide);
  t.equal(far.name(far.find(2 ** 46 + 0x1000)), 'f0', 'starts too large to be sorted with their number');
  t.end();
});

/** A 64-bit little-endian file of nothing but symbols: section 1 is .text, 2 .rest, both loaded; 3 is not. Sizes are 0. */
function symbolFile(machine: number, symbols: [name: string, value: number, info?: number, section?: number, other?: number][], base = 0): SymbolSections {
  const entries = new Uint8Array((symbols.length + 1) * 24);
  const view = new DataView(entries.buffer);
  let strings = '\0';
  symbols.forEach(([name, value, info = 0x10, section = 1, other = 0], i) => {
    const at = (i + 1) * 24;
    view.setUint32(at, name === '' ? 0 : strings.length, true);
    if (name !== '') strings += `${name}\0`;
    view.setUint8(at + 4, info);
    view.setUint8(at + 5, other);
    view.setUint16(at + 6, section, true);
    view.setBigUint64(at + 8, BigInt(value + base), true);
  });
  const section = (index: number, name: string, flags: number): ElfSection => ({ index, name, type: 1, flags, address: 0, offset: 0, size: 0, link: 0, info: 0, alignment: 1, entrySize: 0 });
  const sections = [section(0, '', 0), section(1, '.text', 6), section(2, '.rest', 6), section(3, '.text.comment', 0)];
  const segment: ElfSegment = { type: 1, flags: 5, offset: base, address: base, fileSize: 0x100_0000, memorySize: 0x100_0000, alignment: 4096 };
  const identity = { is64: true, littleEndian: true, machine, type: 3, flags: 0, entry: 0, codeLeftOut: false };
  const elf: ElfFile = new File(identity, 0x100_0000, sections, [segment], '');
  const symtab: RawSymbols = { entries, strings: new TextEncoder().encode(strings), extendedIndices: new Uint8Array(0) };
  return { elf, symtab, dynsym: undefined, plt: undefined };
}

t.test('sections are read without complaint', (t) => {
  const diagnostics = new Diagnostics();
  elfOf(elfBytes('aliases.so'), diagnostics);
  t.same(diagnostics.all(), []);
  t.end();
});
