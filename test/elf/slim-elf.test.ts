// Slim ELF files say the same as whole ones: symbols, PLT names, sections of unwinding information, links to other files, on request
// lines and code; and the rest of them is zeros.

import t from 'tap';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { readSection } from '../../src/elf/section-bytes.ts';
import { planSlim, SlimSource } from '../../src/elf/slim-elf.ts';
import type { SlimWants } from '../../src/elf/slim-elf.ts';
import { readDebugAltLink, readDebugLink, readMiniDebugInfo } from '../../src/elf/debug-link.ts';
import { buildSymbolTable, USER_SYMBOLS } from '../../src/symbols/elf-symbol-table.ts';
import { hasCode, hasDebugInfo } from '../../src/elf/contents.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { elfOf, run, symbolsOf } from './reading-elf.ts';

const NAMES_ONLY: SlimWants = { code: false, lines: false };

/** The slim copy; undefined where a file is left whole. */
function slimmed(bytes: Uint8Array, wants: SlimWants): Uint8Array | undefined {
  const plan = run(bytes, planSlim(elfOf(bytes), wants, new Diagnostics()));
  if (plan === undefined) return undefined;
  const source = new SlimSource(new MemorySource(bytes), plan);
  return source.read(0, source.size) as Uint8Array;
}

function elfFilesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path).subarray(0, 4).toString('latin1') === '\x7fELF')
    .sort();
}

/** Every symbol as text, PLT entries too. */
function symbolLines(bytes: Uint8Array): string[] {
  const sections = symbolsOf(bytes);
  const lines: string[] = [];
  for (const coordinates of ['file-offset', 'address'] as const) {
    const table = buildSymbolTable(sections, sections, { ...USER_SYMBOLS, coordinates, runtimeDynsym: true });
    for (let i = 0; i < table.length; i++) lines.push(`${table.start(i)} ${table.end(i)} ${table.name(i)}`);
  }
  return lines;
}

/** Contents of the sections of these names, where they have any. */
function contentsOf(bytes: Uint8Array, wanted: (name: string) => boolean): [string, number, string][] {
  const elf = elfOf(bytes);
  return elf.sections
    .filter(({ name, type }) => wanted(name) && type !== 8 && type !== 0)
    .map((section) => [section.name, section.address, Buffer.from(run(bytes, readSection(elf, section, new Diagnostics()))).toString('base64')]);
}

function linksOf(bytes: Uint8Array): unknown[] {
  const elf = elfOf(bytes);
  const diagnostics = new Diagnostics();
  return [run(bytes, readDebugLink(elf, diagnostics)), run(bytes, readDebugAltLink(elf, diagnostics)), run(bytes, readMiniDebugInfo(elf, diagnostics))];
}

const isUnwinding = (name: string): boolean => /^\.(eh_frame|eh_frame_hdr|z?debug_frame)$/.test(name);
const isDebug = (name: string): boolean => /^\.z?debug_/.test(name) && !/(pubnames|pubtypes|gdb|loc|loclists)/.test(name);

const FILES = ['elf', 'symbols', 'dwarf', 'demo'].flatMap((folder) => elfFilesBelow(join(PROJECT_ROOT, 'testdata', folder)));

t.test('the same names and unwinding information', async (t) => {
  let slim = 0;
  let symbols = 0;
  for (const path of FILES) {
    const name = path.slice(PROJECT_ROOT.length + 1);
    const whole = new Uint8Array(readFileSync(path));
    const cut = slimmed(whole, NAMES_ONLY);
    if (cut === undefined) {
      t.match(elfOf(whole), elfOf(whole).type === 1 ? { type: 1 } : { hasSectionTable: false }, `${name} is left whole: an object, or without sections`);
      continue;
    }
    slim++;
    const lines = symbolLines(whole);
    symbols += lines.length;
    t.same(symbolLines(cut), lines, `${name}: ${lines.length} symbols`);
    t.same(contentsOf(cut, isUnwinding), contentsOf(whole, isUnwinding), `${name}: unwinding`);
    t.same(linksOf(cut), linksOf(whole), `${name}: links`);
    const [a, b] = [elfOf(cut), elfOf(whole)];
    t.same([a.buildId, hasCode(a), a.segments], [b.buildId, hasCode(b), b.segments], `${name}: identity`);
    t.notOk(hasDebugInfo(a), `${name}: no debugging information`);
  }
  t.ok(slim > 20 && symbols > 5_000, `${slim} files, ${symbols} symbols`);
});

t.test('lines and code where they are wanted', async (t) => {
  let lines = 0;
  for (const path of FILES) {
    const name = path.slice(PROJECT_ROOT.length + 1);
    const whole = new Uint8Array(readFileSync(path));
    const cut = slimmed(whole, { code: true, lines: true });
    if (cut === undefined) continue;
    const debug = contentsOf(whole, isDebug);
    lines += debug.length;
    t.same(contentsOf(cut, isDebug), debug, `${name}: debugging information`);
    const isTable = (section: string): boolean => section === '.symtab';
    t.same(contentsOf(cut, isTable), contentsOf(whole, isTable), `${name}: the whole symbol table, which names source files too`);
    const isCode = (section: string): boolean => /^\.(text|init|fini|plt)/.test(section);
    t.same(contentsOf(cut, isCode), contentsOf(whole, isCode), `${name}: code`);
    t.equal(elfOf(cut).codeLeftOut, elfOf(whole).codeLeftOut);
  }
  t.ok(lines > 50);
});

t.test('what is left out is zeros, and cutting twice is cutting once', async (t) => {
  const path = join(PROJECT_ROOT, 'testdata/elf/plt-sec.elf');
  const whole = new Uint8Array(readFileSync(path));
  const cut = slimmed(whole, NAMES_ONLY)!;
  const elf = elfOf(cut);
  const text = elf.section('.text')!;
  t.equal(text.type, 8, 'as in a debug file');
  t.ok(cut.subarray(text.offset, text.offset + text.size).every((byte) => byte === 0));
  t.ok(elf.codeLeftOut && !elfOf(whole).codeLeftOut);
  t.same(slimmed(cut, NAMES_ONLY), cut);
  t.same(slimmed(cut, { code: true, lines: true }), cut, 'what is gone does not come back');
  const read = new SlimSource(new MemorySource(whole), run(whole, planSlim(elfOf(whole), NAMES_ONLY, new Diagnostics()))!);
  for (const [at, length] of [[0, 1], [9, 3], [0, 100_000], [4090, 20], [text.offset - 7, 33], [cut.length - 5, 50], [cut.length + 5, 2]] as const) {
    t.same(read.read(at, length), cut.subarray(at, at + length), `${length} at ${at}`);
  }
});

t.test('files without section headers are left whole', async (t) => {
  const whole = new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata/elf/plt-sec.elf')));
  const bare = whole.slice();
  bare.fill(0, 40, 48); // e_shoff
  bare.fill(0, 60, 64); // e_shnum, e_shstrndx
  t.ok(elfOf(bare).sections.length > 0 && !elfOf(bare).hasSectionTable, 'what stands in for sections has no place in the file');
  t.equal(slimmed(bare, NAMES_ONLY), undefined);
});

t.test("Go's table of functions, where nothing else names them", async (t) => {
  for (const [name, isStripped] of [['stripped.so', true], ['plt-sec.elf', false]] as const) {
    const bytes = Buffer.from(readFileSync(join(PROJECT_ROOT, 'testdata/elf', name)));
    // The hash table and the build id's note take the name.
    const hash = elfOf(new Uint8Array(bytes)).section('.gnu.hash')!;
    const at = bytes.indexOf('\0.note.gnu.build-id\0') + 1;
    const headers = Number(bytes.readBigUInt64LE(40));
    const names = elfOf(new Uint8Array(bytes)).section('.shstrtab')!.offset;
    bytes.write('.gopclntab\0', at, 'latin1');
    bytes.writeUInt32LE(at - names, headers + hash.index * 64);
    const whole = new Uint8Array(bytes);
    const isTable = (section: string): boolean => section === '.gopclntab';
    t.equal(contentsOf(whole, isTable).length, 2);
    t.same(contentsOf(slimmed(whole, NAMES_ONLY)!, isTable).length, isStripped ? 2 : 1, name);
  }
});

t.test('damaged files are cut too, or left whole', async (t) => {
  const whole = new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata/elf/plt-lazy.elf')));
  let cuts = 0;
  for (let length = 64; length < whole.length; length += 997) {
    if (slimmed(whole.slice(0, length), NAMES_ONLY) !== undefined) cuts++;
  }
  for (let at = 0; at < 64; at++) {
    const copy = whole.slice();
    copy[at] = copy[at]! ^ 0xff;
    try {
      elfOf(copy);
    } catch {
      continue;
    }
    const cut = slimmed(copy, { code: true, lines: true });
    if (cut === undefined) continue;
    cuts++;
    if (cut.length > copy.length) t.fail('never longer than the file');
  }
  t.ok(cuts > 20, `${cuts} cut`);
});
