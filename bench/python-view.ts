// Python's own view of the corpus' recordings of Python: is each function's total the number of samples whose stack has its frame, and is
// no frame of the interpreter left? The totals are those of `export --python`; they are held against the text of `perfts script`, which
// knows nothing of the view, and against the text that perf itself printed (oracle/stacks.txt), where it names Python functions. Prints a
// table and, with --write, writes it to bench/RESULTS.md (section "Python's own view").
//
//   node dist/bench/python-view.js [--case REGEX] [--write]
//
// Needs ../shared/corpus, which ../shared/tools/conformance unpacks.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isInterpreterFile } from '../src/profile/python/interpreter.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const TOOL = join(projectFolder(), '../shared/tools/conformance');
const PERFTS = join(projectFolder(), 'bin/perfts.js');
/** What the interpreter's own file may have in a view: `list.__contains__`, `str deallocation`, `range()`, `garbage collection`, and these. */
const BUILTIN = /^[a-z][\w.]*(\.\w+|\(\)| [a-z][a-z ]*)$|^(__import__|__build_class__|abs|all|any|ascii|bin|chr|compile|delattr|dir|divmod|eval|exec|format|getattr|globals|hasattr|hash|hex|id|input|isinstance|issubclass|iter|len|locals|max|min|next|oct|open|ord|pow|print|repr|round|setattr|sorted|sum|vars|waiting for the GIL)$/;

const { values: options } = parseArgs({ options: { case: { type: 'string', default: '.' }, write: { type: 'boolean', default: false } } });
const chosen = new RegExp(options.case);

/** Samples by Python function (`py::NAME:FILE`). */
type Totals = ReadonlyMap<string, number>;

interface Result {
  readonly name: string;
  readonly samples: number;
  readonly functions: number;
  /** Functions whose total is another one than in perfts' own script, and than in perf's where that names any. */
  readonly unlikeScript: readonly string[];
  readonly unlikePerf: readonly string[] | undefined;
  readonly perfHas: number;
  readonly left: readonly string[];
  readonly trampolines: number;
  readonly split: string;
}

const names = readdirSync(join(projectFolder(), '../shared/corpus')).filter((name) => /^(a64_|s390_)?py/.test(name) && chosen.test(name));
const unpacked = execFileSync(TOOL, ['--unpack', '--case', names.join(',')], { encoding: 'utf8', maxBuffer: 1 << 26 });
const results: Result[] = [];
for (const line of unpacked.trim().split('\n')) {
  const [name, folder, files] = line.split('\t');
  process.stderr.write(`${name!}\n`);
  results.push(check(name!, folder!, files!.split(' ')));
}
const text = asMarkdown();
process.stdout.write(text);
if (options.write) writeResults("Python's own view", text);

function perfts(...words: readonly string[]): string {
  return execFileSync(process.execPath, [PERFTS, ...words], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

function check(name: string, folder: string, files: readonly string[]): Result {
  const recording = join(folder, 'perf.data');
  const stacks = perfts('script', ...files, recording).split('\n\n').filter((block) => block.trim() !== '');
  const view = perfts('script', '--python', ...files, recording).split('\n\n').filter((block) => block.trim() !== '');
  const totals = count(view, (frame) => /^\t *[0-9a-f]+ (.*) \(((?:\/|<|\.)?.*)\)$/.exec(frame)?.slice(1, 3));
  const isPython = (symbol: string): boolean => symbol.startsWith('py::') && symbol !== 'py::jit:executor';
  const python = (blocks: readonly string[]): Totals => count(blocks, (frame) => {
    const symbol = /^\t *[0-9a-f]+ (py::.*?)(?:\+0x[0-9a-f]+)? \([^()]*\)$/.exec(frame)?.[1];
    return symbol === undefined || !isPython(symbol) ? undefined : [symbol];
  });
  const whole = python(stacks);
  const oracle = join(folder, 'oracle/stacks.txt');
  const perf = existsSync(oracle) ? python(readFileSync(oracle, 'utf8').split('\n\n')) : new Map<string, number>();
  const inView = (symbol: string): number => totals.get(keyOf(symbol)) ?? 0;
  const unlike = (others: Totals): string[] => [...others].filter(([symbol, samples]) => inView(symbol) !== samples).map(([symbol, samples]) => `\`${symbol}\` ${inView(symbol)}/${samples}`);
  const left = new Set<string>();
  for (const block of view) {
    if (!/\((\/.*\.py|<.*>)\)$/m.test(block)) continue;
    for (const [, frame, file] of block.matchAll(/^\t *[0-9a-f]+ (.*) \((\S*)\)$/gm)) {
      if (isInterpreterFile(file!.replace(/.*\//, '')) && !BUILTIN.test(frame!)) left.add(frame!);
    }
  }
  const quality = execFileSync('sh', ['-c', '"$0" "$@" 2>&1 >/dev/null', process.execPath, PERFTS, 'report', '--python', '-g', 'none', ...files, recording], { encoding: 'utf8' });
  return {
    name, samples: view.length, functions: whole.size, unlikeScript: unlike(whole), unlikePerf: perf.size === 0 ? undefined : unlike(perf), perfHas: perf.size,
    left: [...left], trampolines: view.filter((block) => block.includes('[python trampoline]')).length,
    split: /^Time of \S+: (.*)\.$/m.exec(quality)?.[1] ?? '',
  };
}

/** `py::NAME:FILE` as the view writes it. */
function keyOf(symbol: string): string {
  const rest = symbol.slice('py::'.length);
  const colon = rest.lastIndexOf(':', rest.endsWith('>') ? Math.max(0, rest.lastIndexOf(':<')) : rest.length);
  return colon < 0 ? `${rest}\0[python]` : `${rest.slice(0, colon)}\0${rest.slice(colon + 1)}`;
}

/** In how many samples each key comes, once a sample. */
function count(blocks: readonly string[], keyIn: (frame: string) => readonly string[] | undefined): Map<string, number> {
  const sums = new Map<string, number>();
  for (const block of blocks) {
    const keys = new Set(block.split('\n').map(keyIn).filter((key) => key !== undefined).map((key) => key.join('\0')));
    for (const key of keys) sums.set(key, (sums.get(key) ?? 0) + 1);
  }
  return sums;
}

function asMarkdown(): string {
  const heads = ['case', 'samples', 'Python functions', 'of another total than in perfts script', 'named by perf', 'of another total than in perf script', 'frames of the interpreter left', 'samples with nameless trampolines', 'time'];
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const few = (list: readonly string[]): string => (list.length === 0 ? '0' : `${list.length}: ${list.slice(0, 3).join(', ')}${list.length > 3 ? ', …' : ''}`);
  const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
  return [
    'By `bench/python-view.ts` on the Python recordings of the corpus. A total: samples whose stack has the function at least once.',
    '',
    circumstances(),
    '',
    `${results.length} cases, ${sum(({ samples }) => samples)} samples, ${sum(({ functions }) => functions)} functions; ${sum(({ unlikeScript }) => unlikeScript.length)} of another total than in perfts' script, ${sum(({ unlikePerf }) => unlikePerf?.length ?? 0)} of ${sum(({ perfHas }) => perfHas)} of another total than in perf's; ${new Set(results.flatMap(({ left }) => left)).size} names of the interpreter left.`,
    '',
    row(heads),
    row(heads.map(() => '---')),
    ...results.map((result) =>
      row([
        result.name, String(result.samples), String(result.functions), few(result.unlikeScript), result.perfHas === 0 ? '' : String(result.perfHas), result.unlikePerf === undefined ? '' : few(result.unlikePerf),
        few(result.left.map((name) => `\`${name}\``)), String(result.trampolines), result.split,
      ]),
    ),
    '',
    "Totals that differ from perf's script (ours/perf's) are of stacks that perf cuts and perfts walks to their end, or of frames that perf gives two names (docs/PERF-DIFFERENCES.md).",
  ].join('\n') + '\n';
}
