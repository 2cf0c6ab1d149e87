// The demanglers against c++filt and llvm-cxxfilt: the mangled names of libraries, each demangled by all three. A table for
// bench/RESULTS.md (section "Demangling"): names, how many are equal, names a second; and the names that differ, by cause.
//
//   node dist/bench/demangle.js [--root ROOT] [--differences FILE] [--dry] LIBRARY...
//
// c++filt and llvm-cxxfilt run inside ROOT (chroot, needs root); LIBRARY is a path out here.

import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { demangle } from '../src/demangle/demangle.ts';
import { SHT_DYNSYM, SHT_SYMTAB } from '../src/elf/elf-constants.ts';
import { readElf, type ElfFile } from '../src/elf/elf-file.ts';
import { readSection } from '../src/elf/section-bytes.ts';
import { circumstances, writeResults } from './results-file.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { root: { type: 'string', default: '' }, differences: { type: 'string' }, dry: { type: 'boolean', default: false } },
});
if (positionals.length === 0) throw new Error('demangle.js [--root ROOT] LIBRARY …');
/** -i: without implementation details, as perf asks libiberty and libstdc++ for names: `std::string`, Rust without hashes. */
const GNU = ['c++filt', '-i'];
const LLVM = ['llvm-cxxfilt'];
const inside = options.root === '' ? [] : ['chroot', options.root];

/** The distinct mangled names in a library's tables of strings that belong to symbol tables. */
function namesIn(path: string): Set<string> {
  const bytes = readFileSync(path);
  const source = new MemorySource(bytes);
  const elf = perform(source, readElf(bytes.length, new Diagnostics())) as ElfFile | undefined;
  const names = new Set<string>();
  for (const type of [SHT_SYMTAB, SHT_DYNSYM]) {
    const strings = elf?.sections[elf.sectionOfType(type)?.link ?? -1];
    if (elf === undefined || strings === undefined) continue;
    const text = Buffer.from(perform(source, readSection(elf, strings, new Diagnostics())) as Uint8Array).toString('latin1');
    for (const name of text.split('\0')) if (/^_[ZR]/.test(name)) names.add(name.replace(/@.*/, ''));
  }
  return names;
}

interface Answers {
  readonly names: readonly string[];
  readonly seconds: number;
}

/** What a filter makes of one name a line; wall time, its start included. */
function filtered(words: readonly string[], names: readonly string[]): Answers {
  const before = performance.now();
  const done = spawnSync([...inside, ...words][0]!, [...inside, ...words].slice(1), { input: `${names.join('\n')}\n`, encoding: 'latin1', maxBuffer: 1 << 30 });
  if (done.status !== 0) throw new Error(`${words[0]}: ${done.stderr}`);
  return { names: done.stdout.trimEnd().split('\n'), seconds: (performance.now() - before) / 1000 };
}

function ours(names: readonly string[]): Answers {
  const before = performance.now();
  return { names: names.map((name) => demangle(name)), seconds: (performance.now() - before) / 1000 };
}

/** Spaces and what the three spell differently though all mean the same. */
function plain(name: string): string {
  return name.replace(/\s+/g, '').replace(/\(anonymousnamespace\)/g, '{anon}');
}

/** Why a name is not c++filt's; the first that holds. */
const CAUSES: readonly (readonly [string, (name: string, mine: string, gnu: string, llvm: string) => boolean])[] = [
  ['c++filt leaves it mangled, llvm-cxxfilt reads it as perfts', (name, mine, gnu, llvm) => gnu === name && plain(mine) === plain(llvm)],
  ['both leave it mangled', (name, _mine, gnu, llvm) => gnu === name && llvm === name],
  ['c++filt leaves it mangled, llvm-cxxfilt reads it otherwise', (name, _mine, gnu) => gnu === name],
  ['perfts leaves it mangled', (name, mine) => mine === name],
  ['llvm-cxxfilt reads it as perfts', (_name, mine, _gnu, llvm) => plain(mine) === plain(llvm)],
  ['Rust: the hash', (_name, mine, gnu) => gnu.replace(/::h[0-9a-f]{16}\b/, '') === mine],
  ['Rust: types of constants', (name, mine, gnu) => name.startsWith('_R') && gnu.replace(/(\d)[iu](8|16|32|64|128|size)\b/g, '$1') === mine],
  ['a suffix', (name, mine, gnu) => /[.$]/.test(name) && (gnu.startsWith(mine) || mine.startsWith(gnu.split(' [clone')[0]!))],
  ['spaces', (_name, mine, gnu) => plain(mine) === plain(gnu)],
  ['other', () => true],
];

const rows: string[] = [];
const differences: string[] = [];
const all = new Set<string>();
for (const path of positionals) {
  const names = [...namesIn(path)].filter((name) => !all.has(name));
  for (const name of names) all.add(name);
  if (names.length === 0) throw new Error(`${path}: no mangled names`);
  ours(names.slice(0, 2_000));
  const mine = ours(names);
  const gnu = filtered(GNU, names);
  const llvm = filtered(LLVM, names);
  if (gnu.names.length !== names.length || llvm.names.length !== names.length) throw new Error(`${path}: ${names.length} names in, ${gnu.names.length} and ${llvm.names.length} out`);
  const causes = new Map<string, number>();
  let asGnu = 0;
  let asEither = 0;
  names.forEach((name, at) => {
    const [one, two, three] = [mine.names[at]!, gnu.names[at]!, llvm.names[at]!];
    if (one === two) asGnu++;
    if (one === two || one === three) asEither++;
    if (one === two) return;
    const cause = CAUSES.find(([, holds]) => holds(name, one, two, three))![0];
    causes.set(cause, (causes.get(cause) ?? 0) + 1);
    differences.push(`${basename(path)}: ${cause}\n  ${name}\n  perfts  ${one}\n  c++filt ${two}\n  llvm    ${three}\n`);
  });
  const share = (count: number): string => `${count} (${((100 * count) / names.length).toFixed(3)} %)`;
  const rate = ({ seconds }: Answers): string => (names.length / seconds / 1000).toFixed(0);
  rows.push(`| ${basename(path)} | ${names.length} | ${share(asGnu)} | ${share(asEither)} | ${[...causes].map(([cause, count]) => `${count} ${cause}`).join('; ')} | ${rate(mine)} | ${rate(gnu)} | ${rate(llvm)} |`);
  console.log(rows.at(-1));
}
const versions = [GNU, LLVM].map(([program]) => execFileSync([...inside, program!][0]!, [...inside, program!, '--version'].slice(1), { encoding: 'utf8' }).split('\n').slice(0, 2).join(' ').trim());
const text = [
  'By `bench/demangle.ts`: the distinct mangled names of each library that no library before it has. Thousands of names a second, one process, its start included for the two filters.',
  '',
  circumstances(...versions),
  '',
  '| library | names | as c++filt -i | as c++filt or llvm-cxxfilt | others than c++filt, by cause | perfts: k/s | c++filt | llvm-cxxfilt |',
  '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');
console.log(`${all.size} names`);
if (options.differences !== undefined) writeFileSync(options.differences, differences.join('\n'));
if (!options.dry) writeResults('Demangling', text);
