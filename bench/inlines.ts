// Inlined calls and source lines of perfts and of perf side by side, and where they differ what llvm-symbolizer says of the address.
//
//   node dist/bench/inlines.js --symfs DIR [--show N] [--symbolizer CMD] RECORDING PERF.txt [RECORDING PERF.txt ...]
//
// PERF.txt is what perf printed of the recording with `script -F comm,tid,time,event,ip,sym,dso,srcline`. DIR holds the programs at their
// recorded paths, and perhaps kallsyms. CMD may be `chroot ROOT llvm-symbolizer` for a newer one; DIR is then a path in there too, after --symbolizer-symfs.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { demangle } from '../src/demangle/demangle.ts';
import { readElf, type ElfFile } from '../src/elf/elf-file.ts';

const FIELDS = 'comm,tid,time,event,ip,sym,dso,srcline';

/** What is printed for one address of a chain: the inlined calls, innermost first, then the function; each `name line`. */
interface Place {
  readonly address: string;
  readonly entries: readonly string[];
  /** Path of the file, and offset in it, where the text tells. */
  readonly file: string;
  readonly offset: number;
}

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    symfs: { type: 'string' },
    show: { type: 'string', default: '3' },
    symbolizer: { type: 'string', default: 'llvm-symbolizer' },
    'symbolizer-symfs': { type: 'string' },
  },
});
if (options.symfs === undefined || positionals.length === 0 || positionals.length % 2 !== 0) throw new Error('inlines.js --symfs DIR RECORDING PERF.txt …');
const symfs = options.symfs;
const kallsyms = existsSync(join(symfs, 'kallsyms')) ? ['--kallsyms', join(symfs, 'kallsyms')] : [];

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
  return execFileSync(process.execPath, [join(import.meta.dirname, '..', '..', 'bin', 'perfts.js'), 'script', '-i', recording, '--symfs', symfs, ...kallsyms, ...words], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

const files = new Map<string, ElfFile | undefined>();
function elfOf(path: string): ElfFile | undefined {
  if (!files.has(path)) {
    const there = join(symfs, path);
    const bytes = existsSync(there) ? new Uint8Array(readFileSync(there)) : undefined;
    files.set(path, bytes && (perform(new MemorySource(bytes), readElf(bytes.length, new Diagnostics())) as ElfFile | undefined));
  }
  return files.get(path);
}

/** `name line` for each entry as llvm-symbolizer has it. */
function symbolized(path: string, offset: number): string[] {
  const address = elfOf(path)?.fileOffsetToAddress(offset);
  if (address === undefined) return [];
  const [command, ...words] = options.symbolizer.split(' ');
  const { stdout } = spawnSync(command!, [...words, '-e', join(options['symbolizer-symfs'] ?? symfs, path), '--functions=linkage', '--no-demangle', `0x${address.toString(16)}`], { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  const entries: string[] = [];
  for (let i = 0; i + 1 < lines.length; i += 2) entries.push(`${demangle(lines[i]!)} ${basename(lines[i + 1]!).replace(/:\d+$/, '')}`);
  return entries;
}

/** Whether two lists of entries tell the same. Of the function itself only the line counts: its name is that of its symbol. */
function isSame(a: readonly string[], b: readonly string[]): boolean {
  const lineOf = (entry: string): string => entry.slice(entry.lastIndexOf(' ') + 1);
  return a.length === b.length && a.every((entry, index) => (index === a.length - 1 ? lineOf(entry) === lineOf(b[index]!) : entry === b[index]));
}

for (let at = 0; at < positionals.length; at += 2) {
  const [recording, perfText] = [positionals[at]!, positionals[at + 1]!];
  const perf = samplesOf(readFileSync(perfText, 'utf8'));
  const ours = samplesOf(scriptOf(recording, '-F', FIELDS));
  const offsets = samplesOf(scriptOf(recording, '-F', `${FIELDS},dsoff`));
  const counts = { frames: 0, same: 0, witnessOurs: 0, witnessPerf: 0, neither: 0 };
  const shown: string[] = [];
  const verdicts = new Map<string, { readonly verdict: 'witnessOurs' | 'witnessPerf' | 'neither'; readonly says: readonly string[] }>();
  for (const [sample, places] of perf.entries()) {
    for (const [index, theirs] of places.entries()) {
      const mine = ours[sample]?.[index];
      counts.frames += theirs.entries.length;
      if (mine !== undefined && mine.entries.join('|') === theirs.entries.join('|')) {
        counts.same += theirs.entries.length;
        continue;
      }
      const place = offsets[sample]?.[index];
      const key = `${place?.file} ${place?.offset} ${theirs.entries.join('|')} ${mine?.entries.join('|')}`;
      let known = verdicts.get(key);
      if (known === undefined) {
        const says = place === undefined ? [] : symbolized(place.file, place.offset);
        known = { verdict: mine !== undefined && isSame(mine.entries, says) ? 'witnessOurs' : isSame(theirs.entries, says) ? 'witnessPerf' : 'neither', says };
        verdicts.set(key, known);
        if (known.verdict !== 'witnessOurs' || shown.length < Number(options.show)) {
          shown[known.verdict === 'witnessOurs' ? 'push' : 'unshift'](`  ${place?.file}+0x${place?.offset.toString(16)}\n    perf            ${theirs.entries.join(' < ')}\n    perfts          ${mine?.entries.join(' < ')}\n    llvm-symbolizer ${says.join(' < ')}`);
        }
      }
      counts[known.verdict] += theirs.entries.length;
    }
  }
  const percent = (count: number): string => `${((100 * count) / Math.max(1, counts.frames)).toFixed(2)} %`;
  console.log(`${recording}: ${counts.frames} frames, ${percent(counts.same)} as perf; llvm-symbolizer agrees with perfts on ${counts.witnessOurs} more, with perf on ${counts.witnessPerf}, with neither on ${counts.neither}: right in ${percent(counts.same + counts.witnessOurs)}`);
  for (const text of shown.slice(0, Number(options.show))) console.log(text);
}
