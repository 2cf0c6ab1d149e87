// perfts against perf: the same report of the same recordings (bench/record.sh), as whole processes, in turn; where samply is there,
// its import of the same file too, which unwinds but names no C functions. Prints a table
// and writes it to bench/RESULTS.md (section "Reports") and bench/results.json.
//
//   node dist/bench/compare.js --data DIR [--root ROOT] [--rounds 5] [--perfts "node bin/perfts.js"] [--only CASE] [--dry]
//
// DIR and ROOT are record.sh's: perf runs inside ROOT. --only: one case; --dry: nothing is written.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, median, mediansOf, type Medians, type Run } from './measured-run.ts';
import { projectFolder, writeResults } from './results-file.ts';

const REPORT = ['report', '--stdio', '--no-inline', '--no-children', '-g'];
const SAMPLY = ['import', '--save-only', '-o', '/dev/null'];
/** Peak memory of every report, MiB. */
const MEMORY_LIMIT = 120;
/** `perfts --version` against `node -e 0`, seconds. */
const START_LIMIT = 0.03;

interface Case {
  readonly name: string;
  readonly what: string;
  /** What perf reads; perf names JIT code only after perf inject. */
  readonly perfFile: string;
  readonly ourFile: string;
  /** Wall time as a multiple of perf's that is still good enough. */
  readonly limit: number;
  /** And as a multiple of samply's. */
  readonly samplyLimit?: number;
}

const CASES: readonly Case[] = [
  {
    name: 'py_jit',
    what: 'CPython, perf_jit, stack dumps (perf: its injected twin)',
    perfFile: 'py_jit/injected.data',
    ourFile: 'py_jit/perf.data',
    limit: 0.35,
    samplyLimit: 0.9,
  },
  { name: 'cpp_fp', what: 'C++, frame pointers', perfFile: 'cpp_fp/perf.data', ourFile: 'cpp_fp/perf.data', limit: 0.45 },
  { name: 'cpp_dwarf', what: 'C++, stack dumps', perfFile: 'cpp_dwarf/perf.data', ourFile: 'cpp_dwarf/perf.data', limit: 0.8 },
];

interface Result {
  readonly name: string;
  readonly what: string;
  readonly limit: number;
  readonly samplyLimit: number | undefined;
  readonly perf: Medians;
  readonly perfts: Medians;
  readonly samply: Medians | undefined;
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    root: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    perfts: { type: 'string' },
    only: { type: 'string' },
    dry: { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new Error('--data DIR is missing: where bench/record.sh recorded');
const root = options.root.replace(/\/$/, '');
const data = options.data;
const rounds = Math.max(1, Number(options.rounds) || 5);
const project = projectFolder();
const perfts = options.perfts?.split(' ') ?? [process.execPath, join(project, 'bin', 'perfts.js')];
const inRoot = root === '' ? [] : ['chroot', root];
const perf = [...inRoot, 'perf'];
const hasSamply = spawnSync('samply', ['--version']).status === 0 || (root !== '' && existsSync(`${root}/usr/bin/samply`));

const results = CASES.filter((each) => options.only === undefined || each.name === options.only).map(compare);
const start = compareStart();
const text = asMarkdown();
process.stdout.write(text);
if (!options.dry) {
  writeResults('Reports', text);
  writeFileSync(join(project, 'bench', 'results.json'), `${JSON.stringify({ ...circumstances(), results, start }, null, 2)}\n`);
}

function compare(each: Case): Result {
  const theirs = [...perf, ...REPORT, '-i', `${data}/${each.perfFile}`];
  const ours = [...perfts, ...REPORT, '-i', `${root}${data}/${each.ourFile}`];
  if (root !== '') ours.push('--symfs', root);
  if (existsSync(`${root}${data}/kallsyms`)) ours.push('--kallsyms', `${root}${data}/kallsyms`);
  const third = [...inRoot, 'samply', ...SAMPLY, `${data}/${each.ourFile}`];
  const runs: { perf: Run[]; perfts: Run[]; samply: Run[] } = { perf: [], perfts: [], samply: [] };
  const commands = [['perf', theirs], ['perfts', ours], ...(hasSamply ? [['samply', third] as const] : [])] as const;
  // One round before, unmeasured: the files come into the page cache.
  for (let round = -1; round < rounds; round++) {
    for (const [who, command] of commands) {
      const run = measure(command);
      if (run.status !== 0 || (run.output < 1000 && who !== 'samply')) {
        throw new Error(`${command.join(' ')}: exit status ${run.status}, ${run.output} bytes of output`);
      }
      if (round >= 0) runs[who].push(run);
    }
    process.stderr.write(`${each.name} ${round + 1}/${rounds}\r`);
  }
  process.stderr.write('\n');
  return {
    name: each.name,
    what: each.what,
    limit: each.limit,
    samplyLimit: each.samplyLimit,
    perf: mediansOf(runs.perf),
    perfts: mediansOf(runs.perfts),
    samply: hasSamply ? mediansOf(runs.samply) : undefined,
  };
}

function compareStart(): { node: number; perfts: number } {
  const node: number[] = [];
  const ours: number[] = [];
  for (let round = -1; round < 4 * rounds; round++) {
    const empty = measure([process.execPath, '-e', '0']).wall;
    const version = measure([...perfts, '--version']).wall;
    if (round < 0) continue;
    node.push(empty);
    ours.push(version);
  }
  return { node: median(node), perfts: median(ours) };
}

function circumstances(): Record<string, string | number> {
  const version = execFileSync(perf[0]!, [...perf.slice(1), '--version'], { encoding: 'utf8' }).trim();
  return {
    date: new Date().toISOString().slice(0, 10),
    perf: version.replace(/^perf version /, ''),
    node: process.version,
    kernel: release(),
    processor: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    rounds,
    loadAverage: Number(loadavg()[0]!.toFixed(2)),
  };
}

function asMarkdown(): string {
  const seconds = (value: number): string => value.toFixed(2);
  const lines = [
    'By `bench/compare.ts` on recordings of `bench/record.sh`: `report --stdio --no-inline --no-children -g`, whole processes, perf and perfts in turn, medians.',
    '',
    Object.entries(circumstances())
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
    '',
    '| recording | perf: s | s of processor | MiB | perfts: s | s of processor | MiB | perfts / perf | limit | samply import: s | MiB | perfts / samply |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...results.map(({ what, limit, samplyLimit, perf: theirs, perfts: ours, samply }) => {
      const ratio = ours.wall / theirs.wall;
      const isGood = ratio <= limit && ours.memory < MEMORY_LIMIT;
      const cells = [
        what,
        seconds(theirs.wall),
        seconds(theirs.processor),
        theirs.memory.toFixed(0),
        seconds(ours.wall),
        seconds(ours.processor),
        ours.memory.toFixed(0),
        `**${ratio.toFixed(2)}**`,
        `${limit}, ${MEMORY_LIMIT} MiB: ${isGood ? 'kept' : 'NOT kept'}`,
        ...(samply === undefined ? ['', '', ''] : [seconds(samply.wall), samply.memory.toFixed(0), againstSamply(ours.wall / samply.wall, samplyLimit)]),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
    `\`perfts --version\` ${(1000 * start.perfts).toFixed(0)} ms, \`node -e 0\` ${(1000 * start.node).toFixed(0)} ms: ` +
      `${(1000 * (start.perfts - start.node)).toFixed(0)} ms more, limit ${1000 * START_LIMIT}: ` +
      `${start.perfts - start.node <= START_LIMIT ? 'kept' : 'NOT kept'}`,
    '',
  ];
  return lines.join('\n');
}

function againstSamply(ratio: number, limit: number | undefined): string {
  const judged = limit === undefined ? '' : `, limit ${limit}: ${ratio <= limit ? 'kept' : 'NOT kept'}`;
  return `${ratio.toFixed(2)}${judged}`;
}
