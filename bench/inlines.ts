// Inlined calls and source lines of perfts and of perf side by side, and where they differ what llvm-symbolizer says of the address.
//
//   node dist/bench/inlines.js --symfs DIR [--kallsyms FILE] [--show N] [--symbolizer CMD] [--symbolizer-symfs DIR] [--perf VERSION] [--write HEADING] FOLDER ...
//
// A FOLDER is a recording of bench/record-inlines.sh (perf.data and inline.txt, what perf printed of it), or an unpacked case of the corpus
// (perf.data, oracle/inline.txt, and perhaps oracle/symbolizer.txt: what llvm-symbolizer said where all files were in their places). DIR holds the programs at their
// recorded paths. CMD may be `chroot ROOT llvm-symbolizer` for a newer one; DIR is then --symbolizer-symfs in there. VERSION: what printed the texts.
// --write: what is printed becomes a section of bench/RESULTS.md.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { demangle } from '../src/demangle/demangle.ts';
import { readElf, type ElfFile } from '../src/elf/elf-file.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const FIELDS = 'comm,tid,time,event,ip,sym,dso,srcline';

/** What is printed for one address of a chain: the inlined calls, innermost first, then the function; each `name line`. */
interface Place {
  readonly address: string;
  readonly entries: readonly string[];
  /** Path of the file, and offset in it, where the text tells. */
  readonly file: string;
  readonly offset: number;
}

/** Two answers that differ, and for how many frames. */
interface Difference {
  readonly file: string;
  readonly offset: number;
  readonly perf: readonly string[];
  readonly perfts: readonly string[];
  frames: number;
}

type Verdict = 'perfts' | 'perf' | 'neither';

const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    symfs: { type: 'string' },
    kallsyms: { type: 'string' },
    show: { type: 'string', default: '3' },
    symbolizer: { type: 'string', default: 'llvm-symbolizer' },
    'symbolizer-symfs': { type: 'string' },
    perf: { type: 'string', default: 'perf 7.2' },
    write: { type: 'string' },
  },
});
if (options.symfs === undefined || folders.length === 0) throw new Error('inlines.js --symfs DIR FOLDER …');
const symfs = options.symfs;
const kallsymsPath = options.kallsyms ?? join(symfs, 'kallsyms');
const kallsyms = existsSync(kallsymsPath) ? ['--kallsyms', kallsymsPath] : [];

/** The places of every sample, in order. Neighbours with one address are one place. */
function samplesOf(text: string): Place[][] {
  return text.trim().split('\n\n').map((block) => {
    const places: { address: string; entries: string[]; file: string; offset: number }[] = [];
    const lines = block.split('\n').slice(1);
    for (let at = 0; at < lines.length; at++) {
      const match = /^\t *([0-9a-f]+) (.*)$/.exec(lines[at]!);
      if (match === null) continue;
      const line = lines[at + 1]?.startsWith('  ') === true ? lines[++at]!.trim() : '';
      const isInlined = line.endsWith(' (inlined)');
      const [, address = '', rest = ''] = match;
      const [, name = rest, dso = ''] = isInlined ? [] : (/^(.*) \((.*?)\)$/.exec(rest) ?? []);
      const [file = '', offset = ''] = dso.split('+0x');
      let place = places.at(-1);
      if (place?.address !== address) places.push((place = { address, entries: [], file: '', offset: NaN }));
      place.entries.push(`${name} ${line.replace(/ \(inlined\)$/, '')}`);
      if (dso !== '') Object.assign(place, { file, offset: parseInt(offset, 16) });
    }
    return places;
  });
}

function scriptOf(recording: string, ...words: string[]): string {
  return execFileSync(process.execPath, [join(projectFolder(), 'bin', 'perfts.js'), 'script', '-i', recording, '--symfs', symfs, ...kallsyms, ...words], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

const files = new Map<string, ElfFile | undefined>();
function addressOf({ file, offset }: Difference): number | undefined {
  if (!files.has(file)) {
    const there = join(symfs, file);
    const bytes = existsSync(there) ? new Uint8Array(readFileSync(there)) : undefined;
    files.set(file, bytes && (perform(new MemorySource(bytes), readElf(bytes.length, new Diagnostics())) as ElfFile | undefined));
  }
  return files.get(file)?.fileOffsetToAddress(offset);
}

/** `name line` of each entry, from what llvm-symbolizer prints for one address: names and places in turn. */
function entriesOf(lines: readonly string[]): string[] {
  const entries: string[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) entries.push(`${demangle(lines[i]!)} ${basename(lines[i + 1]!).replace(/:\d+$/, '')}`);
  return entries;
}

/** What llvm-symbolizer says of the addresses of one file. */
function symbolized(file: string, addresses: readonly number[]): Map<number, string[]> {
  const [command, ...words] = options.symbolizer.split(' ');
  const { stdout } = spawnSync(command!, [...words, '-e', join(options['symbolizer-symfs'] ?? symfs, file), '--functions=linkage', '--no-demangle'], {
    encoding: 'utf8',
    input: addresses.map((address) => `0x${address.toString(16)}\n`).join(''),
    maxBuffer: 1 << 30,
  });
  const blocks = (stdout ?? '').trim().split('\n\n');
  return new Map(addresses.map((address, index) => [address, entriesOf((blocks[index] ?? '').split('\n'))]));
}

/** oracle/symbolizer.txt: `name+offset 0xADDRESS`, then what llvm-symbolizer said. */
function recordedSayings(folder: string): Map<number, string[]> {
  const path = join(folder, 'oracle', 'symbolizer.txt');
  if (!existsSync(path)) return new Map<number, string[]>();
  return new Map(
    readFileSync(path, 'utf8').trim().split('\n\n').map((block) => {
      const [head = '', ...lines] = block.split('\n');
      return [parseInt(head.slice(head.lastIndexOf('0x') + 2), 16), entriesOf(lines.map((line) => line.trim()))];
    }),
  );
}

/** Whether two lists of entries tell the same. Of the function itself only the line counts: its name is that of its symbol. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  const lineOf = (entry: string): string => entry.slice(entry.lastIndexOf(' ') + 1);
  return a.length === b.length && a.every((entry, index) => (index === a.length - 1 ? lineOf(entry) === lineOf(b[index]!) : entry === b[index]));
}

/** Names of templates are longer than anybody reads. */
function shortened(entry: string): string {
  const blank = entry.lastIndexOf(' ');
  return blank > 80 ? `${entry.slice(0, 76)}…${entry.slice(blank)}` : entry;
}

const head = ['recording', 'frames', 'as perf', 'llvm-symbolizer as perfts, not as perf', 'as perf, not as perfts', 'as neither', 'right'];
const table: string[] = [head.join(' | '), head.map(() => '---').join(' | ')];
const sides: string[] = [];

for (const folder of folders) {
  const perfText = [join(folder, 'oracle', 'inline.txt'), join(folder, 'inline.txt')].find(existsSync);
  if (perfText === undefined) throw new Error(`${folder} has no inline.txt`);
  const recording = join(folder, 'perf.data');
  const perf = samplesOf(readFileSync(perfText, 'utf8'));
  const ours = samplesOf(scriptOf(recording, '-F', FIELDS));
  const offsets = samplesOf(scriptOf(recording, '-F', `${FIELDS},dsoff`));
  let frames = 0;
  let same = 0;
  const differences = new Map<string, Difference>();
  for (const [sample, places] of perf.entries()) {
    for (const [index, theirs] of places.entries()) {
      const mine = ours[sample]?.[index]?.entries ?? [];
      frames += theirs.entries.length;
      if (mine.join('|') === theirs.entries.join('|')) {
        same += theirs.entries.length;
        continue;
      }
      const { file = '', offset = NaN } = offsets[sample]?.[index] ?? {};
      const key = `${file} ${offset} ${theirs.entries.join('|')} ${mine.join('|')}`;
      let difference = differences.get(key);
      if (difference === undefined) differences.set(key, (difference = { file, offset, perf: theirs.entries, perfts: mine, frames: 0 }));
      difference.frames += theirs.entries.length;
    }
  }

  const counts: Record<Verdict, number> = { perfts: 0, perf: 0, neither: 0 };
  const shown: { readonly verdict: Verdict; readonly says: readonly string[]; readonly difference: Difference }[] = [];
  const sayings = recordedSayings(folder);
  for (const file of new Set([...differences.values()].map((difference) => difference.file))) {
    const ofFile = [...differences.values()].filter((difference) => difference.file === file);
    const addresses = ofFile.map((difference) => addressOf(difference) ?? NaN);
    const asked = [...new Set(addresses)].filter((address) => !Number.isNaN(address));
    const asks = asked.length === 0 ? new Map<number, string[]>() : symbolized(file, asked);
    for (const [index, difference] of ofFile.entries()) {
      const answers = [asks, sayings].map((each) => each.get(addresses[index]!) ?? []);
      const as = (entries: readonly string[]): string[] | undefined => answers.find((answer) => isSame(entries, answer));
      const verdict = as(difference.perfts) ? 'perfts' : as(difference.perf) ? 'perf' : 'neither';
      counts[verdict] += difference.frames;
      shown.push({ verdict, says: as(difference.perfts) ?? as(difference.perf) ?? answers[0]!, difference });
    }
  }

  const name = basename(folder).replace(/-[0-9a-f]{16}$/, '');
  const percent = (count: number): string => (count === 0 ? '0' : `${count} (${((100 * count) / frames).toFixed(2)} %)`);
  table.push([name, frames, percent(same), percent(counts.perfts), percent(counts.perf), percent(counts.neither), `**${((100 * (same + counts.perfts)) / Math.max(1, frames)).toFixed(2)} %**`].join(' | '));
  const order: readonly Verdict[] = ['perf', 'neither', 'perfts'];
  shown.sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict) || b.difference.frames - a.difference.frames);
  for (const { says, difference } of shown.slice(0, Number(options.show))) {
    const [a, b, c] = [difference.perf, difference.perfts, says];
    const isCommon = (index: number): boolean => a.length === b.length && b.length === c.length && a[index] === b[index] && b[index] === c[index];
    const line = (who: string, entries: readonly string[]): string => `  ${who.padEnd(15)} ${entries.map((entry, index) => (isCommon(index) ? '…' : shortened(entry))).join(' < ').replaceAll(/…( < …)+/g, '…')}`;
    sides.push(`${name} ${basename(difference.file)}+0x${difference.offset.toString(16)}, ${difference.frames} frames`, line('perf', difference.perf), line('perfts', difference.perfts), line('llvm-symbolizer', says));
  }
}

const rows = table.map((row) => `| ${row} |`);
const shownSides = sides.length === 0 ? [] : ['', 'Side by side, what llvm-symbolizer does not confirm first, then the most frequent differences of each recording (…: entries that are equal, names that are long):', '', '```', ...sides, '```'];
console.log([...rows, ...shownSides].join('\n'));
if (options.write !== undefined) {
  const [command, ...words] = options.symbolizer.split(' ');
  const version = /version [\d.]+/.exec(execFileSync(command!, [...words, '--version'], { encoding: 'utf8' }))?.[0] ?? '';
  const what = `By \`bench/inlines.ts\`: each frame of \`script -F ${FIELDS}\` beside perf's; an address whose calls and lines differ is put to llvm-symbolizer. "Right": as perf, or as llvm-symbolizer.`;
  writeResults(options.write, [what, '', circumstances(options.perf, `llvm-symbolizer ${version}`), '', ...rows, ...shownSides, ''].join('\n'));
}
