// The stacks of the corpus' DWARF recordings: how many reach the root, perfts' and perf's; of those whose dump holds the whole stack, how
// many; how many stand in a chain that the kernel took of the same thread a moment away (`*_both`); and whether each call in them is one
// that gdb saw (gdb.txt beside the recording). Writes its section of RESULTS.md.
//
//   ../shared/tools/conformance --case CASES --mode stacks,deep,witness --json RUN.json   what perf printed beside ours, and the witnesses
//   node dist/bench/corpus-stacks.js RUN.json [--case REGEX] [--write]
//
// A dump that is smaller than asked for ends where the kernel found no more stack: it holds all of it.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openRecording } from '../src/node/open-recording.ts';
import { STOP_REASON_NAMES, StopReason } from '../src/unwind/stop-reason.ts';
import { StackSource } from '../src/profile/resolved-sample.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';
import { callsOf, callsNotIn } from './gdb-stacks.ts';

/** glibc's functions that end in a jump to another one: gdb makes up a frame for them out of debugging information, the stack has none. */
const TAIL_CALLERS: ReadonlySet<string> = new Set(['__pthread_kill_internal', '__GI_qsort']);

const TOOL = join(projectFolder(), '../shared/tools/conformance');

interface Run {
  readonly case: string;
  readonly mode: string;
  readonly score: number;
  readonly text: string;
  readonly samples?: number;
  readonly rootPerf?: number;
  readonly rootOurs?: number;
}

interface Figures {
  readonly name: string;
  readonly unwound: number;
  /** Stacks whose dump holds the whole stack, and how many of these come to the root. */
  readonly whole: number;
  readonly wholeRoot: number;
  /** Ends of the others of these, by reason. */
  readonly ends: ReadonlyMap<string, number>;
  /** Calls in our stacks between functions that gdb saw too, that gdb did not see; undefined without gdb.txt. */
  readonly strangeCalls: ReadonlyMap<string, number> | undefined;
}

/** Folders of cases and where their files are, from the tool, which unpacks them. */
function placesOf(names: readonly string[]): { name: string; folder: string; symfs: string | undefined }[] {
  const run = spawnSync(TOOL, ['--unpack', '--case', names.join(',')], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return run.stdout.trim().split('\n').map((line) => {
    const [name = '', folder = '', files = ''] = line.split('\t');
    return { name, folder, symfs: /--symfs (\S+)/.exec(files)?.[1] };
  });
}

async function measure(name: string, folder: string, symfs: string | undefined): Promise<Figures> {
  const opened = await openRecording(join(folder, 'perf.data'), { symfs: symfs === undefined ? [] : [symfs] });
  const pipeline = opened.recording.pipeline({ maxStack: Infinity, keepExited: false });
  const { locations, frames } = pipeline.resolver;
  const gdbPath = join(folder, 'gdb.txt');
  const gdb = existsSync(gdbPath) ? callsOf(readFileSync(gdbPath, 'utf8'), TAIL_CALLERS) : undefined;
  const strangeCalls = new Map<string, number>();
  const ends = new Map<string, number>();
  let unwound = 0;
  let whole = 0;
  let wholeRoot = 0;
  await pipeline.run({
    sample: (sample) => {
      if (gdb !== undefined) {
        const names = Array.from(sample.locations.subarray(sample.kernelDepth, sample.depth), (location) => frames.name(locations.frame[location]!));
        for (const call of callsNotIn(names, gdb)) strangeCalls.set(call, (strangeCalls.get(call) ?? 0) + 1);
      }
      if (sample.source !== StackSource.Unwound) return;
      unwound++;
      if (sample.dumpSize === 0 || sample.dumpSize >= sample.dumpAsked) return;
      whole++;
      if (sample.stop === StopReason.Root) wholeRoot++;
      else ends.set(STOP_REASON_NAMES[sample.stop]!, (ends.get(STOP_REASON_NAMES[sample.stop]!) ?? 0) + 1);
    },
  });
  opened.close();
  return { name, unwound, whole, wholeRoot, ends, strangeCalls: gdb === undefined ? undefined : strangeCalls };
}

/** Why some do not come to the root, as far as it was looked into. */
const NOTES: readonly string[] = [
  '`signal_dwarf`: the handler runs on a stack of its own (sigaltstack); what it interrupted is on another one, which is not in the dump. perf ends there too.',
  '`go_dwarf`: `runtime.systemstack` has changed to the thread\'s own stack; the goroutine\'s is not in the dump, and the program\'s call frame information does not say so.',
  '`pypy_perfmap_dwarf`: code that PyPy made has neither call frame information nor frame pointers.',
  '`a64_py313_perfmap_dwarf`: a frame of 69 712 bytes; the dump ended at a page of it that was never touched.',
  'The witness that `a64_py313_mixed_both` lacks (1 of 63): the thread was in a function (`replacer`) in which no chain was taken; from the sixth frame on, where the tool compares from the fifth on, the stack equals the chain beside it. `a64_py314_both` (2 of 220): one is alike; the other is in `_dl_runtime_resolve`, where the chain lacks the caller, whose frame record is the next. `py315_both` (1 of 302): 149 frames, where the kernel\'s chain ends after 127.',
  'gdb shows frames for functions that end in a jump to another one (`qsort`, `pthread_kill`: `b` in the code); the stack has none, and neither have ours.',
  '`a64_*_fp` beside perf: identical but 1, 18 and 14 stacks of `a64_c_fp`, `a64_py313_perfmap_fp` and `a64_py315_perfmap_fp`, where perf leaves the signature in the caller that it puts in, or puts in none where the leaf is at the beginning or end of a trampoline, or at the beginning of a function that one called (docs/PERF-DIFFERENCES.md).',
];

function percent(part: number, of: number): string {
  return of === 0 ? '' : `${((100 * part) / of).toFixed(1)}`;
}

async function main(args: readonly string[]): Promise<void> {
  const [path] = args;
  if (path === undefined) throw new Error('corpus-stacks.js RUN.json [--case REGEX] [--write]');
  const at = args.indexOf('--case');
  const wanted = new RegExp(at < 0 ? '.' : args[at + 1]!);
  const runs = JSON.parse(readFileSync(path, 'utf8')) as Run[];
  const runOf = (name: string, mode: string): Run | undefined => runs.find((run) => run.case === name && run.mode === mode);
  const names = [...new Set(runs.map((run) => run.case))].filter((name) => wanted.test(name)).sort();
  const rows: string[] = [];
  const sum = { whole: 0, root: 0 };
  const ends = new Map<string, number>();
  for (const { name, folder, symfs } of placesOf(names)) {
    const figures = await measure(name, folder, symfs);
    if (figures.unwound === 0 && figures.strangeCalls === undefined) continue;
    const stacks = runOf(name, 'deep') ?? runOf(name, 'stacks');
    const witness = /^(\d+) of (\d+)/.exec(runOf(name, 'witness')?.text ?? '');
    const strange = figures.strangeCalls;
    const gdb = strange === undefined ? '' : strange.size === 0 ? 'all' : [...strange].map(([call, count]) => `${call} (${count})`).join('; ');
    rows.push(`| ${name} | ${stacks?.samples ?? ''} | ${stacks?.rootOurs ?? ''} / ${stacks?.rootPerf ?? ''} | ${figures.whole} | ${percent(figures.wholeRoot, figures.whole)} | ${[...figures.ends].map(([end, count]) => `${end} ${count}`).join(', ')} | ${witness === null ? '' : `${witness[1]} of ${witness[2]}`} | ${gdb} |`);
    sum.whole += figures.whole;
    sum.root += figures.wholeRoot;
    for (const [end, count] of figures.ends) ends.set(end, (ends.get(end) ?? 0) + count);
    console.log(rows.at(-1));
  }
  const total = `Of ${sum.whole} stacks whose dump holds the whole stack ${sum.root} (${((100 * sum.root) / sum.whole).toFixed(2)} %) come to the root; the others: ${[...ends].map(([end, count]) => `${end} ${count}`).join(', ')}.`;
  console.log(total);
  if (!args.includes('--write')) return;
  const head = '| case | samples | to the root, perfts / perf | whole in the dump | of these to the root, % | the others | witnessed by the kernel\'s chains | calls as gdb saw them |\n| --- | --- | --- | --- | --- | --- | --- | --- |';
  writeResults('Stacks of the corpus', `\`corpus-stacks.ts\`, ${circumstances('perf 7.2.13')}.\n\n${total}\n"To the root": the outermost frame is one that programs and threads begin with, by its name, as the conformance tool counts; threads whose libc has no names do not count there.\n\n${head}\n${rows.join('\n')}\n\n${NOTES.map((note) => `* ${note}`).join('\n')}`);
}

await main(process.argv.slice(2));
