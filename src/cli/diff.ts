// `perfts diff`: its options, with perf diff's names and meanings. What they do is in run-diff.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { ComparedKey } from '../profile/comparison.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { DiffCommandOptions } from './options.ts';

/** Percent: that not one of the intervals is wrong. */
const CONFIDENCE = 95;
const KEYS: Readonly<Record<string, ComparedKey>> = { comm: 'comm', dso: 'dso', symbol: 'symbol', sym: 'symbol' };

export const diff: Command = {
  name: 'diff',
  positional: 'file',
  manyFiles: true,
  summary: 'What changed between recordings, and what of that is more than chance',
  options: {
    ...FILE_OPTIONS,
    compute: { type: 'text', alias: 'c', value: 'HOW', choices: ['delta-abs', 'delta', 'ratio'], describe: 'what is shown of a change, and sorted by', default: 'delta-abs' },
    by: { type: 'text', value: 'WHAT', choices: ['share', 'samples', 'time'], describe: 'compare shares of each recording, or numbers of samples or time (the period of other events) of the same piece of work', default: 'share' },
    sort: { type: 'text', alias: 's', value: 'KEYS', describe: 'what makes a row: comm, dso, symbol', default: 'dso,symbol' },
    children: { type: 'flag', describe: 'add the time of callees to their callers' },
    python: { type: 'flag', describe: "Python's own view: its functions, what they call by its name in Python, nothing of the interpreter" },
    order: { type: 'number', alias: 'o', value: 'N', whole: true, least: 1, describe: 'of three recordings and more: sort by the change of this one', default: 1 },
    event: { type: 'text', alias: 'e', value: 'NAME', describe: 'of recordings with several events; by default the first that has samples in all' },
    all: { type: 'flag', describe: 'also rows whose change may be chance, marked ~' },
    confidence: { type: 'number', value: 'PERCENT', describe: 'that all intervals hold together', default: CONFIDENCE },
    'fail-on': { type: 'text', value: 'PERCENT', describe: "exit status 1 where a row has grown for certain, by this much of the baseline's whole or more" },
    json: { type: 'flag', describe: 'for programs' },
    quiet: { type: 'flag', alias: 'q', describe: 'no lines that begin with #' },
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
  const compute = given.text('compute');
  return {
    ...readFileOptions(given),
    // As in perf diff: a function is compared with all that was inlined into it, which compilers decide anew each time.
    inline: given.flag('inline') ?? false,
    inputs,
    method: compute === 'ratio' || compute === 'delta' ? compute : 'delta-abs',
    by: by === 'samples' ? 'samples' : by === 'time' ? 'period' : 'share',
    keys: keysOf(given.text('sort') ?? 'dso,symbol'),
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
    if (key === undefined) throw new PerftsError('PERFTS_USAGE', `--sort: '${word}' is none of comm, dso, symbol`);
    return key;
  });
  return [...new Set(keys)];
}

/** `5%`, `5` or `0.5 %`. */
function failureOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const percent = /^\s*(\d+(?:\.\d+)?)\s*%?\s*$/.exec(text)?.[1];
  if (percent === undefined) throw new PerftsError('PERFTS_USAGE', `--fail-on takes percent, like 5%, not '${text}'`);
  return Number(percent) / 100;
}
