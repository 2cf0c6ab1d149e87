// `perfts diff`: its options, with perf diff's names and meanings. What they do is in run-diff.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { ComparedKey } from '../profile/comparison.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions, TIME_OPTION } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { DiffCommandOptions } from './options.ts';
import { parseTimeRange } from './time-range.ts';

/** Percent: that not one of the intervals is wrong. */
const CONFIDENCE = 95;
const KEYS: Readonly<Record<string, ComparedKey>> = { comm: 'comm', dso: 'dso', symbol: 'symbol', sym: 'symbol', pid: 'pid', tid: 'tid', srcline: 'srcline', srcfile: 'srcfile' };
/** What --sort takes. */
export const DIFF_KEYS: readonly string[] = Object.keys(KEYS);
const METHODS = ['delta-abs', 'delta', 'ratio'] as const;

const BLOCKS = 'cycles of basic blocks, from recorded branches, are not compared';

export const diff: Command = {
  name: 'diff',
  positional: 'file',
  manyFiles: true,
  summary: 'What changed between recordings, and what of that is more than chance',
  options: {
    ...FILE_OPTIONS,
    compute: { type: 'text', alias: 'c', value: 'HOW', describe: 'what is shown of a change, and sorted by: delta-abs, delta, ratio, or wdiff:A,B, the difference of the periods, the baseline times A and the other times B', default: 'delta-abs' },
    by: { type: 'text', value: 'WHAT', choices: ['share', 'samples', 'time'], describe: 'compare shares of each recording (the default, but for -c ratio), or numbers of samples or time (the period of other events) of the same piece of work' },
    sort: { type: 'text', alias: 's', value: 'KEYS', describe: `what makes a row: ${Object.keys(KEYS).join(', ')}`, default: 'dso,symbol' },
    children: { type: 'flag', describe: 'add the time of callees to their callers' },
    python: { type: 'flag', describe: "Python's own view: its functions, what they call by its name in Python, nothing of the interpreter" },
    order: { type: 'number', alias: 'o', value: 'N', whole: true, least: 0, describe: 'of three recordings and more: sort by the change of this one; 0: by the baseline', default: 1 },
    period: { type: 'flag', alias: 'p', describe: 'columns of the periods' },
    formula: { type: 'flag', alias: 'F', describe: 'a column that says how the change is computed' },
    'baseline-only': { type: 'flag', alias: 'b', describe: 'only rows that are in the first recording' },
    comms: { type: 'text', alias: 'C', value: 'LIST', describe: 'only these commands' },
    pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
    tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
    cpu: { type: 'text', value: 'LIST', describe: 'only samples of these CPUs: 0,2-3' },
    time: TIME_OPTION,
    dsos: { type: 'text', alias: 'd', value: 'LIST', describe: 'only these shared objects' },
    symbols: { type: 'text', alias: 'S', value: 'LIST', describe: 'only these functions' },
    percentage: { type: 'text', value: 'HOW', choices: ['absolute', 'relative'], describe: 'shares of all, or of what passes these filters', default: 'absolute' },
    'field-separator': { type: 'text', alias: 't', value: 'TEXT', describe: 'this between columns instead of blanks' },
    event: { type: 'text', alias: 'e', value: 'NAME', describe: 'of recordings with several events; by default the first that has samples in all' },
    all: { type: 'flag', describe: 'also rows whose change may be chance, marked ~' },
    confidence: { type: 'number', value: 'PERCENT', describe: 'that all intervals hold together', default: CONFIDENCE },
    'fail-on': { type: 'text', value: 'PERCENT', describe: "exit status 1 where a row has grown for certain, by this much of the baseline's whole or more" },
    json: { type: 'flag', describe: 'for programs' },
    quiet: { type: 'flag', alias: 'q', describe: 'no lines that begin with #' },
    'dump-raw-trace': { type: 'flag', alias: 'D', describe: '', refused: 'perfts dump FILE shows the records of a recording' },
    'cycles-hist': { type: 'flag', describe: '', refused: BLOCKS },
    stream: { type: 'flag', describe: '', refused: 'call chains are compared by perfts flamegraph BEFORE AFTER' },
  },
  examples: [
    ['diff before.data after.data', 'functions whose share has changed, as perf diff shows them'],
    ['diff --python --children before.data after.data', 'of a Python program: its functions with all that they call'],
    ['diff --fail-on 5% main.data branch.data', 'for CI: exit status 1 where a function takes 5 percentage points more'],
    ['diff --by time -c ratio a.data b.data c.data', 'the same work three times: times as much as in the first'],
  ],
  run: async (given, out, err) => (await import('./run-diff.ts')).runDiff(readDiffOptions(given), out, err),
};

export function readDiffOptions(given: Given): DiffCommandOptions {
  const { positional } = given;
  const inputs = positional.length === 0 ? ['perf.data.old', 'perf.data'] : positional.length === 1 ? [...positional, 'perf.data'] : positional;
  if (inputs.filter((input) => input === '-').length > 1) throw new PerftsError('PERFTS_USAGE', 'of several recordings only one can be standard input');
  const order = given.number('order') ?? 1;
  if (order >= inputs.length) throw new PerftsError('PERFTS_USAGE', `--order ${order}: only ${inputs.length - 1} ${inputs.length === 2 ? 'recording is' : 'recordings are'} held against the baseline`);
  const confidence = given.number('confidence') ?? CONFIDENCE;
  if (!(confidence > 0 && confidence < 100)) throw new PerftsError('PERFTS_USAGE', `--confidence takes percent between 0 and 100, not '${given.text('confidence') ?? ''}'`);
  const by = given.text('by');
  const compute = given.text('compute') ?? 'delta-abs';
  const numbers = (option: string): number[] | undefined => {
    const text = given.text(option);
    return text === undefined ? undefined : parseNumberList(`--${option}`, text);
  };
  const time = given.text('time');
  const separator = given.text('field-separator');
  if (separator === '.' || separator === '') throw new PerftsError('PERFTS_USAGE', "--field-separator takes any text but '.', which stands in numbers");
  return {
    ...readFileOptions(given),
    // As in perf diff: a function is compared with all that was inlined into it, which compilers decide anew each time.
    inline: given.flag('inline') ?? false,
    inputs,
    ...methodOf(compute),
    choice: { comms: given.list('comms'), pids: numbers('pid'), tids: numbers('tid'), dsos: given.list('dsos'), symbols: given.list('symbols'), isRelative: given.text('percentage') === 'relative' },
    time: time === undefined ? undefined : parseTimeRange('--time', time),
    cpus: numbers('cpu'),
    periods: given.flag('period') ?? false,
    formula: given.flag('formula') ?? false,
    baselineOnly: given.flag('baseline-only') ?? false,
    separator,
    // perf's ratio is of the periods, beside shares of the baseline.
    by: by === 'samples' ? 'samples' : by === 'time' || (by === undefined && compute === 'ratio') ? 'period' : 'share',
    baselineBy: by === undefined ? 'share' : undefined,
    keys: withoutSingle(keysOf(given.text('sort') ?? 'dso,symbol'), given),
    children: given.flag('children') ?? false,
    python: given.flag('python') ?? false,
    order,
    event: given.text('event'),
    all: given.flag('all') ?? false,
    confidence: confidence / 100,
    failOn: failureOf(given.text('fail-on')),
    json: given.flag('json') ?? false,
    quiet: given.flag('quiet') ?? false,
  };
}

function keysOf(text: string): ComparedKey[] {
  const keys = text.split(',').map((word) => {
    const key = KEYS[word];
    if (key === undefined) throw new PerftsError('PERFTS_USAGE', `--sort: '${word}' is none of ${Object.keys(KEYS).join(', ')}`);
    return key;
  });
  return [...new Set(keys)];
}

/** As in perf, what is the same in every row has no column. */
function withoutSingle(keys: readonly ComparedKey[], given: Given): ComparedKey[] {
  const single = ([['comm', 'comms'], ['dso', 'dsos'], ['symbol', 'symbols']] as const).filter(([, option]) => given.list(option)?.length === 1).map(([key]) => key as ComparedKey);
  const left = keys.filter((key) => !single.includes(key));
  return left.length === 0 ? [...keys] : left;
}

/** `ratio`, `wdiff:1,2`. */
function methodOf(text: string): Pick<DiffCommandOptions, 'method' | 'weights'> {
  const name = METHODS.find((method) => method === text);
  if (name !== undefined) return { method: name, weights: undefined };
  if (text === 'cycles') throw new PerftsError('PERFTS_USAGE', `--compute cycles: ${BLOCKS}`);
  const weights = /^wdiff:(-?\d+),(-?\d+)$/.exec(text);
  if (weights !== null && weights[1] !== '0' && weights[2] !== '0') return { method: 'wdiff', weights: [Number(weights[1]), Number(weights[2])] };
  throw new PerftsError('PERFTS_USAGE', `--compute takes ${METHODS.join(', ')} or wdiff:A,B with two whole numbers that are not 0, not '${text}'`);
}

/** `5%`, `5` or `0.5 %`. */
function failureOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(text)?.[1];
  if (percent === undefined) throw new PerftsError('PERFTS_USAGE', `--fail-on takes percent, like 5%, not '${text}'`);
  return Number(percent) / 100;
}
