// Where a module's debugging information is found, and the files it is spread over: debug link, build id, dwz's shared file, .dwo and
// .dwp; over trees that answer at once, and over trees that make one wait.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { run } from '../../src/bytes/waiting.ts';
import type { ElfFile } from '../../src/elf/elf-file.ts';
import { Module } from '../../src/process/module.ts';
import { MemoryTree } from '../../src/symbols/file-tree.ts';
import type { FileTree, TreeFile } from '../../src/symbols/file-tree.ts';
import { ModuleLoader } from '../../src/symbols/module-loader.ts';
import { SourceFileSymbols } from '../../src/symbols/source-file-symbols.ts';
import type { SourceLines } from '../../src/symbols/source-lines.ts';
import { expectedPlaces, LINES } from '../dwarf/line-fixtures.ts';
import { elfBytes } from '../elf/reading-elf.ts';

const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(join(LINES, name)));

function treeOf(files: Record<string, Uint8Array>): MemoryTree {
  return new MemoryTree('symfs', new Map(Object.entries(files)));
}

/** A tree whose files are there later, and whose bytes are too; it counts what is open. */
class SlowTree implements FileTree {
  readonly name = 'slow';
  open_ = 0;
  readonly #tree: MemoryTree;
  constructor(files: Record<string, Uint8Array>) {
    this.#tree = treeOf(files);
  }
  async open(path: string): Promise<TreeFile | undefined> {
    const file = this.#tree.open(path);
    if (file === undefined) return undefined;
    this.open_++;
    return { size: file.size, read: async (offset, length) => file.read(offset, length), close: () => void this.open_-- };
  }
  async list(path: string): Promise<readonly string[]> {
    return this.#tree.list(path);
  }
}

function load(tree: FileTree, path: string, diagnostics: Diagnostics, buildId = '', demangle = false): SourceLines | undefined | Promise<SourceLines | undefined> {
  const loader = new ModuleLoader({ trees: [tree], machine: 'x86-64', demangle, diagnostics });
  return loader.loadSource(new Module(1, 'file', path, path.slice(path.lastIndexOf('/') + 1), buildId));
}

/** As in the .txt files. */
async function placeAt(source: SourceLines, address: number): Promise<string> {
  if (!(await run(source.at(address, { inlines: true, lines: true })))) return '??:0';
  const { place } = source;
  const lines = place.paths.map((path, entry) => `${source.path(path).split('/').pop() || '??'}:${place.lines[entry]}`);
  return Array.from({ length: place.inlined + 1 }, (_, entry) => (entry < place.inlined ? `${source.name(place.names[entry]!)} ${lines[entry]}` : lines[entry]!)).join(' < ');
}

const ROOT = '/opt/app';
/** What is where, and the fixture it is. */
const PLACES: readonly (readonly [string, string, Record<string, string>])[] = [
  ['a file of its own', 'gcc5', { 'gcc5.so': 'gcc5.so' }],
  ['compressed', 'gcc5-zstd', { 'gcc5-zstd.so': 'gcc5-zstd.so' }],
  ['the older compression', 'gcc4-zdebug', { 'gcc4-zdebug.so': 'gcc4-zdebug.so' }],
  ['split, beside the program', 'gcc5-split/gcc5-split', { 'gcc5-split.so': 'gcc5-split/gcc5-split.so', 'calls.dwo': 'gcc5-split/calls.dwo', 'leaf.dwo': 'gcc5-split/leaf.dwo' }],
  ['split, where the compiler put it', 'gcc4-split/gcc4-split', { 'gcc4-split.so': 'gcc4-split/gcc4-split.so', '/tmp/h-lines/fix/o/gcc4-split/calls.dwo': 'gcc4-split/calls.dwo', '/tmp/h-lines/fix/o/gcc4-split/leaf.dwo': 'gcc4-split/leaf.dwo' }],
  ['a package', 'clang5-package/clang5-package', { 'clang5-package.so': 'clang5-package/clang5-package.so', 'clang5-package.so.dwp': 'clang5-package/clang5-package.so.dwp' }],
  ['shared', 'dwz/dwz1', { 'dwz1.so': 'dwz/dwz1.so', 'dwz.common': 'dwz/dwz.common' }],
];

for (const [what, fixture, files] of PLACES) {
  t.test(what, async (t) => {
    const contents = Object.fromEntries(Object.entries(files).map(([path, name]) => [path.startsWith('/') ? path : `${ROOT}/${path}`, bytesOf(name)]));
    const own = `${ROOT}/${Object.keys(files)[0]!}`;
    const diagnostics = new Diagnostics();
    const source = load(treeOf(contents), own, diagnostics);
    if (source === undefined || source instanceof Promise) throw new Error('memory makes no promises');
    const slow = new SlowTree(contents);
    const later = await load(slow, own, diagnostics);
    const runs = expectedPlaces(join(LINES, fixture));
    const answers: string[] = [];
    for (const { first } of runs) {
      answers.push(await placeAt(source, first));
      if (first % 5 === 0) t.equal(await placeAt(later!, first), answers.at(-1));
    }
    t.same(answers, runs.map(({ text }) => text));
    t.same(diagnostics.all(), []);
    t.ok(slow.open_ > 0, 'files stay open');
    later!.close();
    t.equal(slow.open_, 0, 'until they are closed');
    t.end();
  });
}

t.test('names as they are shown', async (t) => {
  const source = load(treeOf({ '/gcc5.so': bytesOf('gcc5.so') }), '/gcc5.so', new Diagnostics(), '', true) as SourceLines;
  const { first } = expectedPlaces(join(LINES, 'gcc5')).find(({ text }) => text.startsWith('_ZN3rng4stepEm'))!;
  t.match(await placeAt(source, first), /^rng::step\(unsigned long\) calls.h:\d+ < rng::mix\(unsigned long, int\) calls.h:/);
  t.end();
});

t.test('by debug link, by build id, or not at all', async (t) => {
  const stripped = elfBytes('stripped.so');
  const debug = elfBytes('stripped.debug');
  const id = /^.*$/m.exec(buildIdOf(stripped))![0];
  const link = `.build-id/${id.slice(0, 2)}/${id.slice(2)}`;
  const found = (files: Record<string, Uint8Array>): boolean => load(treeOf({ '/lib/stripped.so': stripped, ...files }), '/lib/stripped.so', new Diagnostics(), id) !== undefined;
  t.notOk(found({}));
  t.ok(found({ '/lib/stripped.debug': debug }));
  t.ok(found({ '/usr/lib/debug/lib/stripped.so.debug': debug }));
  t.ok(found({ [`/usr/lib/debug/${link}.debug`]: debug }));
  t.ok(found({ [`/.debug/${link}/debug`]: debug }));
  t.notOk(found({ '/lib/stripped.debug': elfBytes('mini.so') }), 'another file of that name');
  t.notOk(load(treeOf({ '/lib/stripped.so': stripped, '/lib/stripped.debug': debug }), '/lib/stripped.so', new Diagnostics(), 'ee'.repeat(20)), 'of another build');
  t.end();
});

function buildIdOf(bytes: Uint8Array): string {
  const at = bytes.findIndex((_, index) => bytes[index] === 4 && bytes[index + 4] === 20 && bytes[index + 8] === 3 && bytes[index + 12] === 0x47 && bytes[index + 13] === 0x4e);
  return Buffer.from(bytes.subarray(at + 16, at + 36)).toString('hex');
}

t.test('a shared file that is missing, or another one', async (t) => {
  for (const files of [{}, { [`${ROOT}/dwz.common`]: elfBytes('stripped.debug') }]) {
    const diagnostics = new Diagnostics();
    const source = load(treeOf({ [`${ROOT}/dwz1.so`]: bytesOf('dwz/dwz1.so'), ...files }), `${ROOT}/dwz1.so`, diagnostics);
    if (source === undefined || source instanceof Promise) throw new Error('memory makes no promises');
    for (const { first, text } of expectedPlaces(join(LINES, 'dwz/dwz1')).slice(0, 12)) {
      const found = await placeAt(source, first);
      t.equal(found.replaceAll(/\S+ (?=\S+:)/g, ''), text.replaceAll(/\S+ (?=\S+:)/g, ''), 'lines are told all the same');
    }
    t.same(diagnostics.all().map(({ code }) => code), ['dwarf-shared-missing']);
  }
  t.end();
});

t.test('code without debugging information beside code with it: the file of a local symbol', async (t) => {
  const half = new Uint8Array(readFileSync(join(LINES, '../half.so')));
  const source = load(treeOf({ '/half.so': half }), '/half.so', new Diagnostics()) as SourceLines;
  const later = await load(new SlowTree({ '/half.so': half }), '/half.so', new Diagnostics());
  for (const line of readFileSync(join(LINES, '../half.txt'), 'utf8').trim().split('\n')) {
    const [address = '', name, place] = line.split(' ');
    for (const each of [source, later!]) {
      const known = await placeAt(each, parseInt(address, 16));
      const file = known === '??:0' ? await run(each.fileAt(parseInt(address, 16))) : undefined;
      t.equal(file === undefined ? known : `${file}:0`, place, `${name}: as addr2line`);
    }
  }
  later!.close();
});

t.test('symbols that name files, of either class and order', (t) => {
  const strings = new TextEncoder().encode('\0a.c\0b.c\0');
  const [LOCAL, GLOBAL, NOTYPE, OBJECT, FUNC, FILE] = [0, 16, 0, 1, 2, 4];
  const symbols: [name: number, info: number, section: number, value: number, size: number][] = [
    [0, LOCAL, 0, 0, 0],
    [0, LOCAL | FUNC, 1, 0x100, 16],
    [1, LOCAL | FILE, 0xfff1, 0, 0],
    [0, LOCAL | FUNC, 1, 0x400, 32],
    [0, LOCAL | FUNC, 1, 0x200, 16],
    [5, LOCAL | FILE, 0xfff1, 0, 0],
    [0, LOCAL | FUNC, 1, 0x300, 16],
    [0, LOCAL | FUNC, 0xffff, 0x500, 16],
    [0, LOCAL | OBJECT, 1, 0x510, 16],
    [0, LOCAL | FUNC, 2, 0x520, 16],
    [0, LOCAL | FUNC, 1, 0x400, 16],
    [0, GLOBAL | NOTYPE, 1, 0x400, 8],
    [4, LOCAL | FILE, 0xfff1, 0, 0],
    [0, LOCAL | FUNC, 1, 0x600, 16],
    [0, GLOBAL | FUNC, 1, 0x600, 16],
    [0, GLOBAL | FUNC, 1, 0x700, 16],
  ];
  const expected: [number, string | undefined][] = [
    [0xff, undefined], [0x100, undefined], [0x200, 'a.c'], [0x2ff, 'a.c'], [0x300, 'b.c'], [0x30f, 'b.c'],
    [0x40f, 'b.c'], [0x41f, 'a.c'], [0x500, 'b.c'], [0x530, 'b.c'], [0x600, ''], [0x700, undefined], [0x7fff, undefined],
  ];
  for (const is64 of [true, false]) {
    for (const littleEndian of [true, false]) {
      const size = is64 ? 24 : 16;
      const view = new DataView(new ArrayBuffer(symbols.length * size));
      const extended = new DataView(new ArrayBuffer(symbols.length * 4));
      for (const [index, [name, info, section, value, length]] of symbols.entries()) {
        const at = index * size;
        const [infoAt, valueAt, sizeAt] = is64 ? [at + 4, at + 8, at + 16] : [at + 12, at + 4, at + 8];
        view.setUint32(at, name, littleEndian);
        view.setUint8(infoAt, info);
        view.setUint16(infoAt + 2, section, littleEndian);
        if (is64) view.setBigUint64(valueAt, BigInt(value), littleEndian);
        else view.setUint32(valueAt, value, littleEndian);
        if (is64) view.setBigUint64(sizeAt, BigInt(length), littleEndian);
        else view.setUint32(sizeAt, length, littleEndian);
        extended.setUint32(index * 4, 1, littleEndian);
      }
      const elf = { is64, littleEndian, sections: [{ flags: 0 }, { flags: 6 }, { flags: 2 }] } as unknown as ElfFile;
      const table = new SourceFileSymbols(elf, { entries: new Uint8Array(view.buffer), strings, extendedIndices: new Uint8Array(extended.buffer) });
      t.same(expected.map(([address]) => [address, table.at(address)]), expected, `${is64 ? 64 : 32} bits, ${littleEndian ? 'little' : 'big'}-endian`);
      const damaged = new SourceFileSymbols(elf, { entries: new Uint8Array(view.buffer), strings: new Uint8Array(0), extendedIndices: new Uint8Array(3) });
      t.equal(damaged.at(0x200), '', 'without the strings');
      t.doesNotThrow(() => damaged.at(0x500), 'without its section number a symbol is left out');
    }
  }
  t.end();
});
