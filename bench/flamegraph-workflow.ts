// From perf.data to SVG: `perfts flamegraph` against `perf script | stackcollapse-perf.pl | flamegraph.pl`, whole processes in turn, and
// whether the stacks and counts that come out are the same. Prints a table and, with --write, writes it to bench/RESULTS.md (section
// "From perf.data to a flame graph").
//
//   node dist/bench/flamegraph-workflow.js --data DIR --root ROOT --scripts FLAMEGRAPH [--rounds 3] [--only NAME,NAME] [--show 3] [--write]
//
// DIR and ROOT are those of bench/record.sh and bench/record-large.sh: perf runs inside ROOT. FLAMEGRAPH: a folder with both scripts of
// Brendan Gregg's FlameGraph. Of a jitdump's recording perf reads what its own inject made of it; the time of that is a column of its own.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, mediansOf, type Medians, type Run } from './measured-run.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

/** Of the scripts' wall time; more is too slow. */
const LIMIT = 0.3;

/** Paths as seen inside ROOT. */
interface Recording {
  readonly name: string;
  readonly file: string;
  /** Of a jitdump's recording what perf's inject makes of it, by which command. */
  readonly injected: string | undefined;
}

interface Result {
  readonly recording: Recording;
  /** Of the file, bytes. */
  readonly size: number;
  readonly options: readonly string[];
  readonly scripts: Medians;
  readonly inject: Medians | undefined;
  readonly perfts: Medians;
  readonly stacks: Comparison;
}

interface Comparison {
  readonly samples: number;
  readonly stacks: number;
  /** Samples whose stack is the same in both, and those that differ by what is listed in `reasons`. */
  readonly equal: number;
  readonly explained: ReadonlyMap<string, number>;
  readonly different: number;
}

/** Differences that are known, each as what makes of a stack of either what both have in common. */
const REASONS: readonly { readonly name: string; readonly same: (frames: readonly string[]) => readonly string[] }[] = [
  { name: 'garbage beyond the last caller, which perf draws as [unknown]', same: (frames) => frames.slice(frames.findIndex((frame) => frame !== '[unknown]')) },
  { name: "the vdso of the machine that runs perf, which is not the recording's", same: (frames) => frames.map((frame) => (/^(__vdso_\w+|\[?\[vdso\]\]?)$/.test(frame) ? '[vdso]' : frame)).filter((frame, index, all) => frame !== '[vdso]' || all[index - 1] !== '[vdso]') },
  { name: 'with inlined calls: stacks of the same depth, but perf calls functions that calls were inlined into by their short name', same: (frames) => [String(frames.length)] },
];

const LAST_REASON = REASONS.at(-1)!.name;
const CUT = "perf's stack ends before the root and perfts' does not (docs/PERF-DIFFERENCES.md)";

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '/tmp/perfts-bench' },
    root: { type: 'string', default: '' },
    scripts: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    show: { type: 'string', default: '0' },
    write: { type: 'boolean', default: false },
  },
});
if (options.scripts === undefined) throw new Error('--scripts FOLDER is missing: where stackcollapse-perf.pl and flamegraph.pl are');
const root = options.root.replace(/\/$/, '');
const { data, scripts } = options;
const rounds = Math.max(1, Number(options.rounds) || 3);
const enter = root === '' ? [] : ['chroot', root];
const perfts = [process.execPath, join(projectFolder(), 'bin', 'perfts.js')];

const results: Result[] = [];
for (const name of ['py_small', 'py_jit', 'cpp_fp', 'cpp_dwarf', 'large_dwarf', 'large_fp']) {
  const recording = recorded(name);
  if (recording === undefined) continue;
  // perf's inject wants a jitdump where it was written.
  const dumps = readdirSync(`${root}${data}/${name}`).filter((file) => file.startsWith('jit-'));
  for (const dump of dumps) copyFileSync(`${root}${data}/${name}/${dump}`, `${root}/tmp/${dump}`);
  try {
    for (const inline of [[], ['--no-inline']]) results.push(compare(recording, inline));
  } finally {
    for (const dump of dumps) rmSync(`${root}/tmp/${dump}`);
  }
}
const text = asMarkdown();
process.stdout.write(text);
if (options.write) writeResults('From perf.data to a flame graph', text);

function isWanted(name: string): boolean {
  return options.only === undefined || options.only.split(',').includes(name);
}

/** What bench/record.sh or bench/record-large.sh recorded under this name, if it has. */
function recorded(name: string): Recording | undefined {
  const at = `${data}/${name}`;
  const file = [`${at}/perf.data`, `${at}/file.data`].find((path) => existsSync(`${root}${path}`));
  if (!isWanted(name) || file === undefined) return undefined;
  const injected = `${at}/injected.data`;
  return { name, file, injected: existsSync(`${root}${injected}`) ? injected : undefined };
}

function perfVersion(): string {
  const [program, ...words] = [...enter, 'perf', '--version'];
  return execFileSync(program!, words, { encoding: 'utf8' }).trim();
}

function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(' ');
}

function compare(recording: Recording, inline: readonly string[]): Result {
  const { name, file, injected } = recording;
  const script = quoted([...enter, 'perf', 'script', ...inline, '-i', injected ?? file]);
  const collapse = quoted(['perl', join(scripts!, 'stackcollapse-perf.pl')]);
  const draw = quoted(['perl', join(scripts!, 'flamegraph.pl')]);
  const theirs = ['sh', '-c', `${script} | ${collapse} | ${draw}`];
  const ourNames = ['--symfs', `${root}/`, '--kallsyms', `${root}${data}/kallsyms`];
  const ours = [...perfts, 'flamegraph', ...inline, '-o', '-', ...ourNames, `${root}${file}`];
  const again = [...enter, 'perf', 'inject', '--jit', '-f', '-i', file, '-o', `${data}/again.data`];
  const runs: { scripts: Run[]; inject: Run[]; perfts: Run[] } = { scripts: [], inject: [], perfts: [] };
  // One round before, unmeasured, so that the files come into the page cache.
  for (let round = -1; round < rounds; round++) {
    process.stderr.write(`${name} ${inline.join(' ')} ${round + 1}\r`);
    for (const [who, command] of [['scripts', theirs], ...(injected === undefined ? [] : [['inject', again] as const]), ['perfts', ours]] as const) {
      // The unmeasured round of a slow pipeline would only cost time: perfts has read the file by then.
      if (round < 0 && who === 'scripts') continue;
      const done = measure(command);
      if (done.status !== 0 || (who !== 'inject' && done.output === 0)) throw new Error(`${command.join(' ')}: exit status ${done.status}`);
      if (round >= 0) runs[who].push(done);
    }
  }
  process.stderr.write('\n');
  rmSync(`${root}${data}/again.data`, { force: true });
  const folded = execFileSync('sh', ['-c', `${script} 2>/dev/null | ${collapse} 2>/dev/null`], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const [program, ...words] = [...perfts, 'export', '--format', 'collapsed', '--no-annotate', ...inline, ...ourNames, `${root}${file}`];
  const exported = execFileSync(program!, words, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
  return {
    recording, size: statSync(`${root}${file}`).size, options: inline, scripts: mediansOf(runs.scripts), inject: injected === undefined ? undefined : mediansOf(runs.inject), perfts: mediansOf(runs.perfts),
    stacks: compareStacks(readFolded(folded), readFolded(exported)),
  };
}

/** Stacks and counts of collapsed text, with names as stackcollapse-perf.pl leaves them. */
function readFolded(text: string): Map<string, number> {
  const stacks = new Map<string, number>();
  for (const line of text.split('\n')) {
    const end = line.lastIndexOf(' ');
    if (end < 0) continue;
    const [comm, ...frames] = line.slice(0, end).split(';');
    add(stacks, [comm!.replaceAll(' ', '_'), ...frames.map(tidied)].join(';'), Number(line.slice(end + 1)));
  }
  return stacks;
}

/** A function's name without its parameters and without quotation marks. */
function tidied(name: string): string {
  return (/\.\(.*\)\./.test(name) ? name : name.replace(/\((?!anonymous namespace\)).*/, '')).replace(/["']/g, '');
}

function add(to: Map<string, number>, key: string, count: number): void {
  to.set(key, (to.get(key) ?? 0) + count);
}

function compareStacks(theirs: ReadonlyMap<string, number>, ours: ReadonlyMap<string, number>): Comparison {
  const total = (stacks: ReadonlyMap<string, number>): number => [...stacks.values()].reduce((sum, count) => sum + count, 0);
  const samples = total(theirs);
  let [left, right] = apart(theirs, ours);
  const equal = samples - total(left);
  const explained = new Map<string, number>();
  for (const { name, same } of REASONS) {
    if (name === LAST_REASON) {
      const cut = Math.max(0, cutShort(left) - cutShort(right));
      if (cut > 0) explained.set(CUT, cut);
    }
    const before = total(left);
    const alike = (stacks: ReadonlyMap<string, number>): Map<string, number> => {
      const made = new Map<string, number>();
      for (const [stack, count] of stacks) {
        const [comm, ...frames] = stack.split(';');
        add(made, [comm!, ...same(frames)].join(';'), count);
      }
      return made;
    };
    // Only what is left over is made alike, so that a reason never hides what another one explains.
    [left, right] = apart(alike(left), alike(right));
    const count = before - total(left);
    if (count > 0) explained.set(name, count);
  }
  for (const [stack, count] of [...left].sort((a, b) => b[1] - a[1]).slice(0, Number(options.show))) process.stderr.write(`perf ${count} ${stack}\n`);
  for (const [stack, count] of [...right].sort((a, b) => b[1] - a[1]).slice(0, Number(options.show))) process.stderr.write(`perfts ${count} ${stack}\n`);
  return { samples, stacks: theirs.size, equal, explained, different: Math.max(0, Math.max(total(left), total(right)) - (explained.get(CUT) ?? 0)) };
}

/** Samples whose stack does not begin where programs and threads begin. */
function cutShort(stacks: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [stack, count] of stacks) if (!/^[^;]*;(_start|_dl_start_user|__clone3?|clone3?|thread_start|ret_from_fork\w*)(;|$)/.test(stack)) sum += count;
  return sum;
}

/** What of each is not in the other. */
function apart(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): [Map<string, number>, Map<string, number>] {
  const without = (from: ReadonlyMap<string, number>, what: ReadonlyMap<string, number>): Map<string, number> => {
    const left = new Map<string, number>();
    for (const [key, count] of from) if (count > (what.get(key) ?? 0)) left.set(key, count - (what.get(key) ?? 0));
    return left;
  };
  return [without(a, b), without(b, a)];
}

function asMarkdown(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const figures = ({ wall, processor }: Medians): string => `${wall.toFixed(2)} (${processor.toFixed(2)})`;
  const reasons = new Map<string, number>();
  for (const { stacks } of results) for (const reason of stacks.explained.keys()) if (!reasons.has(reason)) reasons.set(reason, reasons.size + 1);
  const heads = ['recording', 'inlined calls', 'perf script and both scripts: s (of processor)', "before it perf's inject", 'perfts flamegraph: s (of processor)', 'perfts / scripts: wall', 'processor', 'limit', 'samples', 'with the same stack', 'explained below', 'else'];
  const lines = [
    'By `bench/flamegraph-workflow.ts`: whole processes in turn, medians.',
    '',
    circumstances(perfVersion(), `${rounds} rounds`),
    '',
    row(heads),
    row(heads.map(() => '---')),
    ...results.map(({ recording, size, options: inline, scripts: theirs, inject, perfts: ours, stacks }) => {
      const ratio = ours.wall / theirs.wall;
      return row([
        `${recording.name}, ${(size / 1e6).toFixed(size < 1e7 ? 1 : 0)} MB`, inline.length > 0 ? 'no' : 'yes', figures(theirs), inject === undefined ? '' : figures(inject), figures(ours),
        `**${ratio.toFixed(2)}**`, (ours.processor / theirs.processor).toFixed(2), `${LIMIT}: ${ratio <= LIMIT ? 'kept' : 'NOT kept'}`,
        String(stacks.samples), String(stacks.equal), [...stacks.explained].map(([reason, count]) => `${count} (${reasons.get(reason)!})`).join(', '), String(stacks.different),
      ]);
    }),
  ];
  if (reasons.size > 0) lines.push('', 'Samples whose stack differs:', '', ...[...reasons].map(([reason, number]) => `${number}. ${reason}`));
  return `${lines.join('\n')}\n`;
}
