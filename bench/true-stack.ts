// Unwound stacks beside the true ones that programs/true-stack.c noted in its own stack: every sample of every build that
// record-true-stack.sh recorded, ours and perf's, by true-stack-check.ts. Writes its section of bench/RESULTS.md unless --dry.
//
//   node dist/bench/true-stack.js --data DIR [--root ROOT] [--show 3] [--dry] [--no-perf]
//
// DIR and ROOT are those of record-true-stack.sh. Ends with 1 where one of our stacks differs, or fewer than 10 000 were compared.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openRecording } from '../src/node/open-recording.ts';
import type { RecordingVisitor } from '../src/profile/pipeline.ts';
import { StackSource } from '../src/profile/resolved-sample.ts';
import { STOP_REASON_NAMES, StopReason } from '../src/unwind/stop-reason.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';
import { checkStack, type Note, SIGNALLED, TRAMPOLINE } from './true-stack-check.ts';

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    root: { type: 'string', default: '' },
    show: { type: 'string', default: '3' },
    dry: { type: 'boolean', default: false },
    'no-perf': { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new Error('--data DIR is missing: where bench/record-true-stack.sh recorded');
const root = options.root.replace(/\/$/, '');
const folder = `${options.data}/true-stack`;

// Of struct truth in the program.
const MAGIC_HIGH = 0x7e57c0de;
const MAGIC_LOW = 0x5eed1157;
const DEPTH = 16;
const IN_TRANSIT = 24;
const NOTES = 32;
const NOTE_SIZE = 16;
const MOST_NOTES = 96;
const LEAST_SAMPLES = 10_000;
/** More than `mov $15, %rax; syscall`, and no more than up to what follows. */
const TRAMPOLINE_SIZE = 10;

/** Functions that make notes, as the source has them. */
const source = readFileSync(join(projectFolder(), 'bench', 'programs', 'true-stack.c'), 'latin1');
const noting = new Set(['run', 'handler', ...[...source.matchAll(/ENTER\((\w+)\);/g)].map((match) => match[1]!)]);

interface FunctionRange {
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** Those functions, and the parts of them that were moved away, by readelf; ascending. */
function functionsOf(program: string): FunctionRange[] {
  const ranges: FunctionRange[] = [];
  for (const line of execFileSync('readelf', ['-sW', program], { encoding: 'latin1', maxBuffer: 1 << 28 }).split('\n')) {
    const [, start, size, symbol] = /^ *\d+: ([0-9a-f]+) +(\d+) FUNC +\S+ +\S+ +\d+ (\S+)/.exec(line) ?? [];
    const name = symbol?.replace(/\..*/, '');
    if (name !== undefined && noting.has(name)) ranges.push({ start: parseInt(start!, 16), end: parseInt(start!, 16) + Number(size), name });
  }
  return ranges.sort((a, b) => a.start - b.start);
}

/** What a sample's dump says. */
interface Truth {
  readonly notes: readonly Note[];
  readonly isInTransit: boolean;
  readonly bias: number;
}

/** The notes in a dump of `size` bytes whose first has the address `base`; undefined where they are not in it. */
function truthIn(view: DataView, offset: number, size: number, base: number, functions: readonly FunctionRange[]): Truth | undefined {
  const word = (at: number): number => view.getUint32(offset + at + 4, true) * 4_294_967_296 + view.getUint32(offset + at, true);
  for (let at = 0; at + NOTES <= size; at += 8) {
    if (view.getUint32(offset + at, true) !== MAGIC_LOW || view.getUint32(offset + at + 4, true) !== MAGIC_HIGH || word(at + 8) !== base + at) continue;
    const depth = word(at + DEPTH);
    if (depth < 1 || depth > MOST_NOTES || at + NOTES + depth * NOTE_SIZE > size) return undefined;
    // The first function is always `run`, which says where the program lies.
    const bias = word(at + NOTES) - functions.find(({ name }) => name === 'run')!.start;
    const notes: Note[] = [];
    for (let i = 0; i < depth; i++) {
      const address = word(at + NOTES + i * NOTE_SIZE);
      const name = address === 1 ? SIGNALLED : (functions.find(({ start }) => start === address - bias)?.name ?? '?');
      notes.push({ name, caller: word(at + NOTES + i * NOTE_SIZE + 8) });
    }
    return { notes, isInTransit: word(at + IN_TRANSIT) !== 0, bias };
  }
  return undefined;
}

interface Taken {
  readonly tid: number;
  readonly truth: Truth | undefined;
  readonly frames: readonly number[];
  readonly end: StopReason;
}

/** Every sample of a recording, in time order, with its truth and our stack. */
async function taken(path: string, functions: readonly FunctionRange[]): Promise<Taken[]> {
  const { recording, close } = await openRecording(path, { ...(root === '' ? {} : { symfs: [root] }), buildIdCache: `${root}${folder}/.debug` });
  const samples: Taken[] = [];
  const visitor: RecordingVisitor = {
    sample: (sample, raw, record) => {
      const isUnwound = sample.source === StackSource.Unwound;
      samples.push({
        tid: raw.tid,
        truth: isUnwound ? truthIn(record.view, raw.stackOffset, raw.stackDynSize, sample.stackStart, functions) : undefined,
        frames: [...sample.addresses.subarray(sample.kernelDepth, sample.depth)],
        end: sample.stop,
      });
    },
  };
  while (await recording.pipeline({ maxStack: Infinity, keepExited: true }).run(visitor)) continue;
  close();
  return samples;
}

/** perf's user stacks of the same samples. */
function perfs(path: string): { readonly tid: number; readonly frames: readonly number[] }[] {
  const command = [...(root === '' ? [] : ['chroot', root]), 'perf', 'script', '--no-inline', '--max-stack', '1000', '-F', 'tid,time,ip', '-i', path];
  const text = execFileSync(command[0]!, command.slice(1), { encoding: 'latin1', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
  return text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const [head = '', ...lines] = block.replace(/^\n+/, '').split('\n');
      // Kernel addresses have all sixteen digits.
      const frames = lines.map((line) => line.trim()).filter((line) => line !== '' && line.length < 16);
      return { tid: Number(/\d+/.exec(head)?.[0]), frames: frames.map((frame) => parseInt(frame, 16)) };
    });
}

const lines: string[] = [];
let compared = 0;
let differing = 0;
for (const way of readdirSync(`${root}${folder}`).filter((name) => !name.startsWith('.')).sort()) {
  const functions = functionsOf(`${root}${folder}/${way}/true-stack`);
  const samples = await taken(`${root}${folder}/${way}/perf.data`, functions);
  const theirs = options['no-perf'] ? undefined : perfs(`${folder}/${way}/perf.data`);
  if (theirs !== undefined && (theirs.length !== samples.length || theirs.some(({ tid }, i) => tid !== samples[i]!.tid))) throw new Error(`${way}: perf has other samples than we`);
  const counts = { without: 0, transit: 0, equal: 0, partial: 0, differing: 0, perfEqual: 0, perfDiffering: 0, notes: 0, signals: 0 };
  const shown = { ours: 0, perf: 0 };
  // Handlers return to it, and say so.
  const trampoline = samples.flatMap(({ truth }) => truth?.notes ?? []).find(({ name }) => name === 'handler')?.caller ?? NaN;
  samples.forEach(({ truth, frames, end }, index) => {
    if (truth === undefined) return counts.without++;
    if (truth.isInTransit) return counts.transit++;
    counts.notes += truth.notes.length;
    if (truth.notes.some(({ name }) => name === SIGNALLED)) counts.signals++;
    const functionOf = (address: number): string | undefined =>
      address >= trampoline && address < trampoline + TRAMPOLINE_SIZE ? TRAMPOLINE : functions.find(({ start, end: last }) => address - truth.bias >= start && address - truth.bias < last)?.name;
    const verdict = end === StopReason.Root ? checkStack(frames, truth.notes, functionOf) : `end ${STOP_REASON_NAMES[end]} differs`;
    if (verdict === 'equal') counts.equal++;
    else if (verdict === 'equal, one being entered or left') counts.partial++;
    else {
      counts.differing++;
      if (shown.ours++ < Number(options.show)) console.log(`${way}, sample ${index}: ${verdict}\n  ${frames.map((frame) => frame.toString(16)).join(' ')}\n  ${JSON.stringify(truth.notes)}`);
    }
    if (theirs !== undefined) {
      const perfVerdict = checkStack(theirs[index]!.frames, truth.notes, functionOf);
      if (perfVerdict.startsWith('equal')) counts.perfEqual++;
      else {
        counts.perfDiffering++;
        if (shown.perf++ < Number(options.show)) console.log(`${way}, sample ${index}, perf: ${perfVerdict}`);
      }
    }
    return undefined;
  });
  const ours = counts.equal + counts.partial + counts.differing;
  compared += ours;
  differing += counts.differing;
  const row = `| ${way} | ${samples.length} | ${counts.without} | ${counts.transit} | ${ours} | ${(counts.notes / ours).toFixed(1)} | ${counts.signals} | ${counts.equal} | ${counts.partial} | ${counts.differing} | ${theirs === undefined ? '' : counts.perfDiffering} |`;
  lines.push(row);
  console.log(row);
}
const summary = `${compared} samples compared, ${differing} differ.`;
console.log(summary);
if (!options.dry) {
  const text = [
    'By `bench/true-stack.ts` on `bench/record-true-stack.sh`. Every function of `programs/true-stack.c` notes itself and its return address in its own stack: each frame of each such function must be there, in its order, and return exactly to where its note says; the stack must end at the root; the frame that a signal interrupted must have the address that the handler was told.',
    'One frame may be more than the notes have: the innermost, or the one that a signal interrupted, whose function is just being entered or left. Frames of libc and of code written by hand lie between. Samples without notes are those before the first and after the last; of those in transit (a longjmp throws frames away faster than notes) nothing is said.',
    `**${summary}**`,
    '',
    circumstances(options['no-perf'] ? '' : execFileSync(root === '' ? 'perf' : 'chroot', root === '' ? ['--version'] : [root, 'perf', '--version'], { encoding: 'utf8' }).trim()),
    '',
    '| build | samples | without notes | in transit | compared | notes each | in a handler | equal | equal, one being entered or left | differing | differing with perf |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ];
  writeResults('Stacks beside the true ones', text.join('\n'));
}
process.exitCode = differing === 0 && compared >= LEAST_SAMPLES ? 0 : 1;
