// Symbol tables against what perf 7.2 named in the recordings of the corpus: every user frame `address name+offset (file)` is looked up
// through the mappings of the recording. Skipped where the corpus is absent.

import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { readSigned64 } from '../../src/bytes/int64.ts';
import { perform } from '../../src/bytes/reading.ts';
import type { Reading } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { decodeXz } from '../../src/bytes/xz.ts';
import { readDebugLink, readMiniDebugInfo } from '../../src/elf/debug-link.ts';
import { readElf } from '../../src/elf/elf-file.ts';
import { hasDynsym, hasSymtab, readSymbolSections } from '../../src/elf/symbol-sections.ts';
import type { SymbolSections } from '../../src/elf/symbol-sections.ts';
import { USER_SYMBOLS, buildSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import type { ElfSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

const CASES = /^(c|cpp|plt|static|staticpie|rust|go|sqlite|xz|dwz|stripped|inline|py31|a64_c|a64_cpp|a64_plt|a64_py313|rv64|s390_c|s390_py|threads|dlopen|tailcall|deep)(_|\d)/;
const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');
const corpus = join(PROJECT_ROOT, '../shared/corpus');
const only = process.env['PERFTS_CASE'];

function checkCase(folder: string, total: { frames: number; right: number }): void {
  const stacks = join(folder, 'oracle/stacks.txt');
  const symfs = symfsOf(basename(folder));
  if (!existsSync(stacks) || symfs === undefined) return;
  const mappings = mappingsOf(readFileSync(join(folder, 'perf.data')));
  if (mappings === undefined) return;
  const tables = new Map<string, ElfSymbolTable | undefined>();
  const wrong = new Map<string, number>();
  let frames = 0;
  let right = 0;
  let pid = -1;
  for (const line of readFileSync(stacks, 'latin1').split('\n')) {
    const head = /^\S.*?\s+(\d+)\/\d+\s/.exec(line);
    if (head !== null) pid = Number(head[1]);
    const frame = /^\t\s*([0-9a-f]+) (.*?)(?:\+0x([0-9a-f]+))? \((\/[^()]*)\)$/.exec(line);
    if (frame === null || pid < 0) continue;
    const [, ip, name, offset, path] = frame;
    if (!existsSync(join(symfs, path!))) continue;
    const address = parseInt(ip!, 16);
    const mapping = mappings.find(pid, address, path!);
    if (mapping === undefined) continue;
    if (!tables.has(path!)) tables.set(path!, tableOf(symfs, path!));
    const table = tables.get(path!);
    if (table === undefined) continue;
    frames++;
    const place = address - mapping.start + mapping.offset;
    const symbol = table.find(place);
    const ours = symbol < 0 ? '[unknown]' : table.name(symbol);
    const oursOffset = symbol < 0 ? undefined : (place - table.start(symbol)).toString(16);
    if (ours === name && (name === '[unknown]' || oursOffset === offset)) right++;
    else {
      const key = `${path} ${place.toString(16)}: perf ${name}+0x${offset}, here ${ours}+0x${oursOffset}`;
      wrong.set(key, (wrong.get(key) ?? 0) + 1);
    }
  }
  total.frames += frames;
  total.right += right;
  if (frames === 0) return;
  t.comment(`${basename(folder)}: ${right} of ${frames}`);
  for (const [what, count] of [...wrong].sort((a, b) => b[1] - a[1]).slice(0, 4)) t.comment(`  ${count} times ${what}`);
}

/** The files of a case's set, by the prefix of its name as the corpus names its sets. */
function symfsOf(name: string): string | undefined {
  const set = name.startsWith('a64_') ? 'arm64' : name.startsWith('s390_') ? 's390x' : name.startsWith('rv64_') ? 'riscv64' : name.startsWith('pypy') ? 'pypy' : 'amd64';
  const folder = readdirSync(cache).find((entry) => new RegExp(`^symfs-${set}-[0-9a-f]{16}$`).test(entry));
  return folder === undefined ? undefined : join(cache, folder);
}

/** The table by the order of FORMAT 3.1: debug link, debug folders, build id, the file itself. */
function tableOf(symfs: string, path: string): ElfSymbolTable | undefined {
  const own = load(join(symfs, path));
  if (own === undefined) return undefined;
  const diagnostics = new Diagnostics();
  const link = run(own.bytes, readDebugLink(own.sections.elf, diagnostics));
  const id = own.sections.elf.buildId;
  const folder = dirname(path);
  const candidates = [
    ...(link === undefined ? [] : [`${folder}/${link.name}`, `${folder}/.debug/${link.name}`, `/usr/lib/debug${folder}/${link.name}`]),
    `/usr/lib/debug${path}.debug`,
    `/usr/lib/debug${path}`,
    `/usr/lib/debug/.build-id/${id.slice(0, 2)}/${id.slice(2)}.debug`,
    path,
  ];
  for (const candidate of candidates) {
    const packed = candidate === path ? run(own.bytes, readMiniDebugInfo(own.sections.elf, diagnostics)) : undefined;
    const mini = packed === undefined ? undefined : decodeXz(packed, 10_000_000);
    if (mini !== undefined) return buildSymbolTable(sectionsOf(mini)!, own.sections, { ...USER_SYMBOLS, runtimeDynsym: true });
    const file = existsSync(join(symfs, candidate)) ? load(join(symfs, candidate)) : undefined;
    if (file === undefined || file.sections.elf.buildId !== id || !hasSymtab(file.sections.elf)) continue;
    return buildSymbolTable(file.sections, hasDynsym(own.sections.elf) ? own.sections : file.sections);
  }
  return buildSymbolTable(own.sections, own.sections);
}

function load(path: string): { readonly sections: SymbolSections; readonly bytes: Uint8Array } | undefined {
  const bytes = readFileSync(path);
  const sections = sectionsOf(bytes);
  return sections === undefined ? undefined : { sections, bytes };
}

function sectionsOf(bytes: Uint8Array): SymbolSections | undefined {
  const diagnostics = new Diagnostics();
  const elf = run(bytes, readElf(bytes.length, diagnostics));
  return elf === undefined ? undefined : run(bytes, readSymbolSections(elf, diagnostics));
}

function run<T>(bytes: Uint8Array, reading: Reading<T>): T {
  return perform(new MemorySource(bytes), reading) as T;
}

interface TestMapping {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
  readonly path: string;
}

class TestMappings {
  readonly #byPid = new Map<number, TestMapping[]>();
  readonly #parents = new Map<number, number>();

  add(pid: number, mapping: TestMapping): void {
    const list = this.#byPid.get(pid) ?? [];
    list.push(mapping);
    this.#byPid.set(pid, list);
  }

  fork(pid: number, parent: number): void {
    if (pid !== parent) this.#parents.set(pid, parent);
  }

  find(pid: number, address: number, path: string): TestMapping | undefined {
    for (let at: number | undefined = pid, steps = 0; at !== undefined && steps < 10; at = this.#parents.get(at), steps++) {
      const found = this.#byPid.get(at)?.findLast((m) => m.path === path && address >= m.start && address < m.end);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** MMAP, MMAP2 and FORK records of a plain perf.data; undefined for other containers. */
function mappingsOf(bytes: Buffer): TestMappings | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = bytes.toString('latin1', 0, 8);
  if (magic !== 'PERFILE2' && magic !== '2ELIFREP') return undefined;
  const little = magic === 'PERFILE2';
  if (readSigned64(view, 8, little) !== 104) return undefined;
  const mappings = new TestMappings();
  const end = readSigned64(view, 40, little) + readSigned64(view, 48, little);
  for (let at = readSigned64(view, 40, little); at + 8 <= end; ) {
    const type = view.getUint32(at, little);
    const size = view.getUint16(at + 6, little);
    if (size < 8) break;
    if (type === 1 || type === 10) {
      const nameAt = at + (type === 10 ? 72 : 40);
      const start = readSigned64(view, at + 16, little);
      mappings.add(view.getInt32(at + 8, little), {
        start,
        end: start + readSigned64(view, at + 24, little),
        offset: readSigned64(view, at + 32, little),
        path: bytes.toString('latin1', nameAt, bytes.indexOf(0, nameAt)),
      });
    }
    if (type === 7) mappings.fork(view.getInt32(at + 8, little), view.getInt32(at + 12, little));
    at += size;
  }
  return mappings;
}

t.test('frames of the corpus', { skip: existsSync(corpus) && existsSync(cache) ? false : 'the corpus is not here' }, (t) => {
  const folders = readdirSync(cache).filter((name) => CASES.test(name) && !name.startsWith('symfs-') && (only === undefined || name.startsWith(only)));
  const total = { frames: 0, right: 0 };
  for (const folder of folders.sort()) checkCase(join(cache, folder), total);
  t.comment(`${total.right} of ${total.frames} frames as perf`);
  t.ok(total.frames === 0 || total.right / total.frames > 0.99, 'nearly all frames are named as perf names them');
  t.end();
});
