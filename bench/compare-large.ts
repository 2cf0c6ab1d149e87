// perfts against perf on recordings of more than 600 MB (bench/record-large.sh): what reads all of them (report --stats), what prints all of
// them (script -D), and script, as whole processes, in turn; and the peak memory of perfts in every container. Prints two tables and, with
// --write, writes them to bench/RESULTS.md (section "Large recordings").
//
//   node dist/bench/compare-large.js --data DIR [--root ROOT] [--rounds 5] [--only NAME] [--skip-dump] [--skip-memory] [--write]
//
// DIR and ROOT are record-large.sh's: perf runs inside ROOT. --only: one recording, large_dwarf or large_fp. perf's dump takes minutes, so
// that of both is measured once, whatever the rounds.

import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, median, mediansOf, type Medians, type MeasureOptions, type Run } from './measured-run.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const RECORDINGS = ['large_dwarf', 'large_fp'];
/** Those of pipes come through a pipe. */
const CONTAINERS = ['file', 'zstd', 'pipe', 'zstd-pipe', 'directory'];
/** Peak memory, MB. */
const MEMORY_LIMIT = 150;
/** Bytes that `report --stats` reads in a second beyond Node's start. */
const SPEED_LIMIT = 2e9;

interface Command {
  readonly name: string;
  readonly words: readonly string[];
  /** Where files that perfts needs for it are looked for as well. */
  readonly hasSymbols: boolean;
  /** Processor time as a multiple of perf's that is still good enough; perf's report is not measured here. */
  readonly limit: number | undefined;
}

const STATS: Command = { name: 'report --stats', words: ['report', '--stats'], hasSymbols: false, limit: 1 };
const DUMP: Command = { name: 'script -D', words: ['script', '-D', '--no-inline'], hasSymbols: true, limit: 0.5 };
const SCRIPT: Command = { name: 'script', words: ['script', '--no-inline'], hasSymbols: true, limit: 1 };
const REPORT: Command = { name: 'report', words: ['report', '--stdio', '--no-inline'], hasSymbols: true, limit: undefined };

interface Result {
  readonly recording: string;
  readonly command: Command;
  readonly bytes: number;
  readonly perf: Medians;
  readonly perfts: Medians;
}

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    root: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    'skip-dump': { type: 'boolean', default: false },
    'skip-memory': { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
if (options.data === undefined) throw new Error('--data DIR is missing: where bench/record-large.sh recorded');
const root = options.root.replace(/\/$/, '');
const data = options.data;
const rounds = Math.max(1, Number(options.rounds) || 5);
const perfts = [process.execPath, join(projectFolder(), 'bin', 'perfts.js')];
const perf = root === '' ? ['perf'] : ['chroot', root, 'perf'];
const recordings = RECORDINGS.filter((name) => options.only === undefined || options.only === name);

const start = median(Array.from({ length: 2 * rounds + 1 }, () => measure([process.execPath, '-e', '0'])).map(({ wall }) => wall));
const commands = options['skip-dump'] ? [STATS, SCRIPT] : [STATS, SCRIPT, DUMP];
const results = recordings.flatMap((recording) => commands.map((command) => compare(recording, command)));
const memory = options['skip-memory'] ? [] : recordings.flatMap((recording) => [STATS, REPORT, SCRIPT, DUMP].map((command) => memoryOf(recording, command)));
const text = asMarkdown();
process.stdout.write(text);
if (options.write) writeResults('Large recordings', text);

function ours({ words, hasSymbols }: Command, file: string): string[] {
  const symbols = hasSymbols ? ['--kallsyms', `${root}${data}/kallsyms`, ...(root === '' ? [] : ['--symfs', root])] : [];
  return [...perfts, ...words, '-i', file, ...symbols];
}

function run(command: readonly string[], input?: MeasureOptions['input']): Run {
  const done = measure(command, { input, isDiscarded: true });
  if (done.status !== 0) throw new Error(`${command.join(' ')}: exit status ${done.status}`);
  return done;
}

function compare(recording: string, command: Command): Result {
  const file = `${data}/${recording}/file.data`;
  const runs: { perf: Run[]; perfts: Run[] } = { perf: [], perfts: [] };
  const isOnce = command === DUMP;
  // But for the dump: one round before, unmeasured, so that the file comes into the page cache.
  for (let round = isOnce ? 0 : -1; round < (isOnce ? 1 : rounds); round++) {
    process.stderr.write(`${recording} ${command.name} ${round + 1}\r`);
    for (const [who, words] of [['perf', [...perf, ...command.words, '-i', file]], ['perfts', ours(command, `${root}${file}`)]] as const) {
      const done = run(words);
      if (round >= 0) runs[who].push(done);
    }
  }
  process.stderr.write('\n');
  return { recording, command, bytes: statSync(`${root}${file}`).size, perf: mediansOf(runs.perf), perfts: mediansOf(runs.perfts) };
}

/** MB for each of CONTAINERS. */
function memoryOf(recording: string, command: Command): { readonly recording: string; readonly command: Command; readonly peaks: readonly number[] } {
  const peaks = CONTAINERS.map((container) => {
    process.stderr.write(`${recording} ${command.name} ${container}\n`);
    const file = `${root}${data}/${recording}/${container}.data`;
    return megabytes(container.endsWith('pipe') ? run(ours(command, '-'), file) : run(ours(command, file)));
  });
  return { recording, command, peaks };
}

/** Peak memory in MB, which the limit is in. */
function megabytes({ memory: mebibytes }: Pick<Run, 'memory'>): number {
  return (mebibytes * 1024 * 1024) / 1e6;
}

/** What a command has to keep, and whether it does. */
function verdict({ command, bytes, perf: theirs, perfts: mine }: Result): string {
  const words: string[] = [];
  let isKept = megabytes(mine) < MEMORY_LIMIT;
  if (command === STATS) {
    const speed = bytes / (mine.wall - start);
    words.push(`${(speed / 1e9).toFixed(2)} GB/s, at least ${SPEED_LIMIT / 1e9}`);
    isKept &&= speed >= SPEED_LIMIT;
  } else if (command.limit !== undefined) {
    words.push(`at most ${command.limit}`);
    isKept &&= mine.processor / theirs.processor <= command.limit;
  }
  return [...words, isKept ? 'kept' : 'NOT kept'].join(': ');
}

function asMarkdown(): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const figures = (medians: Medians): string[] => [medians.processor.toFixed(2), medians.wall.toFixed(2), megabytes(medians).toFixed(0)];
  const lines = [
    'By `bench/compare-large.ts` on recordings of `bench/record-large.sh`: whole processes, output discarded, perf and perfts in turn, medians.',
    '',
    circumstances(execFileSync(perf[0]!, [...perf.slice(1), '--version'], { encoding: 'utf8' }).trim(), `${rounds} rounds, of the dump one`),
    '',
    row(['recording', 'command', 'perf: s of processor', 's', 'MB', 'perfts: s of processor', 's', 'MB', 'perfts / perf', 'limit']),
    row(Array.from({ length: 10 }, () => '---')),
    ...results.map((result) =>
      row([
        `${result.recording}, ${(result.bytes / 1e6).toFixed(0)} MB`, `\`${result.command.name}\``, ...figures(result.perf), ...figures(result.perfts),
        `**${(result.perfts.processor / result.perf.processor).toFixed(2)}**`, verdict(result),
      ]),
    ),
    '',
    `\`node -e 0\` takes ${start.toFixed(2)} s, which the speed of \`report --stats\` leaves out.`,
  ];
  if (memory.length > 0) {
    lines.push(
      '',
      `Peak memory of perfts in MB, limit ${MEMORY_LIMIT}:`,
      '',
      row(['recording', 'command', ...CONTAINERS, 'limit']),
      row(Array.from({ length: CONTAINERS.length + 3 }, () => '---')),
      ...memory.map(({ recording, command, peaks }) =>
        row([recording, `\`${command.name}\``, ...peaks.map((peak) => peak.toFixed(0)), Math.max(...peaks) < MEMORY_LIMIT ? 'kept' : 'NOT kept']),
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
