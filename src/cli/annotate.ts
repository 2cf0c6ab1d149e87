// `perfts annotate`: its options, with perf annotate's names and meanings. What they do is in run-annotate.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { PercentType } from '../views/annotate/annotate-text.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, readFileOptions, REFUSED_FILE_OPTIONS } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { AnnotateCommandOptions } from './options.ts';

const { inline: _inline, 'max-stack': _maxStack, ...FILES } = FILE_OPTIONS;
const PERCENT_TYPES: readonly PercentType[] = ['local-period', 'local-hits', 'global-period', 'global-hits'];

const TYPES = 'which data an instruction accesses is not worked out';
const { itrace, 'demangle-kernel': demangleKernel, addr2line } = REFUSED_FILE_OPTIONS;

/** What perf annotate has and this has not. */
const REFUSED: OptionTable = {
  itrace: itrace!,
  'demangle-kernel': demangleKernel!,
  addr2line: addr2line!,
  'dump-raw-trace': { type: 'flag', alias: 'D', describe: '', refused: 'perfts dump shows the records of a recording' },
  objdump: { type: 'text', describe: '', refused: 'perfts takes instructions apart itself, no objdump is run' },
  'ignore-vmlinux': { type: 'flag', describe: '', refused: "--kallsyms FILE takes the place of a vmlinux that is found" },
  tui: { type: 'flag', describe: '', refused: 'annotate prints text' },
  stdio2: { type: 'flag', describe: '', refused: "it prints as perf's text browser shows it; --stdio is the one layout" },
  'data-type': { type: 'optional-text', describe: '', refused: TYPES },
  'type-stat': { type: 'flag', describe: '', refused: TYPES },
  'insn-stat': { type: 'flag', describe: '', refused: TYPES },
  'code-with-type': { type: 'flag', describe: '', refused: TYPES },
};

export const annotate: Command = {
  name: 'annotate',
  positional: 'symbol',
  summary: 'Which instructions and source lines of a function are hot; of a Python function what it calls',
  options: {
    ...FILES,
    symbol: { type: 'text', alias: 's', value: 'NAME', describe: 'the function, as report shows it; all that have samples by default' },
    dsos: { type: 'text', alias: 'd', value: 'LIST', describe: 'only functions of these shared objects' },
    'percent-limit': { type: 'number', value: 'PERCENT', least: 0, describe: 'leave out functions below this share of the event' },
    'percent-type': { type: 'text', value: 'TYPE', choices: PERCENT_TYPES, describe: "shares of the function's or of all, by periods or numbers of samples", default: 'local-period' },
    'show-nr-samples': { type: 'flag', alias: 'n', describe: 'numbers of samples instead of shares' },
    'show-total-period': { type: 'flag', describe: 'sums of periods instead of shares' },
    'print-line': { type: 'flag', alias: 'l', describe: 'a summary by source line above the instructions' },
    source: { type: 'flag', describe: 'source lines above their instructions, where the file is at hand', default: true },
    'full-paths': { type: 'flag', alias: 'P', describe: 'source files with their folders' },
    'disassembler-style': { type: 'text', alias: 'M', value: 'STYLE', choices: ['att', 'intel'], describe: 'how x86 instructions are written', default: 'att' },
    'stdio-color': { type: 'text', value: 'MODE', choices: ['always', 'never', 'auto'], describe: 'red from 5 percent on, green from 0.5 on; without colours hot instructions have a * before them', default: 'auto' },
    stdio: { type: 'flag', describe: "accepted, for perf's sake: there is no other" },
    cpu: { type: 'text', alias: 'C', value: 'LIST', describe: 'only samples of these CPUs: 0,2-3' },
    group: { type: 'flag', describe: 'the events beside each other' },
    'asm-raw': { type: 'flag', describe: 'the bytes of each instruction' },
    'skip-missing': { type: 'flag', describe: 'leave out functions whose code is not at hand' },
    'skip-empty': { type: 'flag', describe: 'leave out events without samples (always so)' },
    prefix: { type: 'text', value: 'DIR', describe: 'look for source files in this folder, by their whole path' },
    'prefix-strip': { type: 'number', value: 'N', whole: true, least: 0, describe: 'with --prefix: without the first N folders of their path' },
    quiet: { type: 'flag', alias: 'q', describe: 'no notes on standard error' },
    json: { type: 'flag', describe: 'for programs' },
    ...REFUSED,
  },
  examples: [
    ['annotate list_contains -i perf.data', 'the instructions of a function with their shares, source lines beside them'],
    ['annotate -l -M intel -s leaf -i perf.data', 'its hottest lines first; Intel\'s way to write instructions'],
    ['annotate run_dummy -i perf.data', 'of a Python function: what it calls, by cost'],
    ['annotate -d libc.so.6 --percent-limit 1 -i perf.data', 'every function of a library that takes 1 percent or more'],
  ],
  run: async (given, out, err) => (await import('./run-annotate.ts')).runAnnotate(readAnnotateOptions(given), out, err),
};

export function readAnnotateOptions(given: Given): AnnotateCommandOptions {
  const named = given.text('symbol');
  const [word] = given.positional;
  if (named !== undefined && word !== undefined) throw new PerftsError('PERFTS_USAGE', `one function at a time, not both '-s ${named}' and '${word}'`);
  const samples = given.flag('show-nr-samples') ?? false;
  const period = given.flag('show-total-period') ?? false;
  if (samples && period) throw new PerftsError('PERFTS_USAGE', '--show-nr-samples and --show-total-period exclude each other');
  const cpus = given.text('cpu');
  const prefix = given.text('prefix');
  if (prefix === undefined && given.has('prefix-strip')) throw new PerftsError('PERFTS_USAGE', '--prefix-strip goes with --prefix');
  const color = given.text('stdio-color');
  return {
    // The word without an option is a function here.
    ...readFileOptions(given, given.text('input') ?? 'perf.data'),
    symbol: named ?? word,
    dsos: given.list('dsos'),
    percentLimit: given.number('percent-limit') ?? 0,
    percentType: PERCENT_TYPES.find((type) => type === given.text('percent-type')) ?? 'local-period',
    column: samples ? 'samples' : period ? 'period' : 'percent',
    lineSummary: given.flag('print-line') ?? false,
    cpus: cpus === undefined ? undefined : parseNumberList('--cpu', cpus),
    group: given.flag('group') ?? false,
    rawBytes: given.flag('asm-raw') ?? false,
    skipMissing: given.flag('skip-missing') ?? false,
    prefix: prefix === undefined ? undefined : { text: prefix, strip: given.number('prefix-strip') ?? 0 },
    source: given.flag('source') ?? true,
    fullPaths: given.flag('full-paths') ?? false,
    syntax: given.text('disassembler-style') === 'intel' ? 'intel' : 'att',
    color: color === 'always' || color === 'never' ? color : 'auto',
    quiet: given.flag('quiet') ?? false,
    json: given.flag('json') ?? false,
  };
}
