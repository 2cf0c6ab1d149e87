// `perfts flamegraph`: its options. What they do is in run-flamegraph.ts, loaded when it is called. In the place of
// `perf script | stackcollapse-perf.pl | flamegraph.pl`.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import { readTimeOptions, TIME_OPTIONS } from './time-options.ts';
import type { FlameGraphCommandOptions } from './options.ts';

/** Less than a tenth of a pixel, as in flamegraph.pl. */
const PERCENT_LIMIT = 0.01;
const OUTPUT = 'flamegraph.svg';

export const flamegraph: Command = {
  name: 'flamegraph',
  positional: 'file',
  manyFiles: true,
  summary: 'A picture of where the time went, as one SVG file for the browser; of two recordings, what changed',
  options: {
    ...FILE_OPTIONS,
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write; - is standard output', default: OUTPUT },
    python: { type: 'flag', describe: "Python's own view: its functions, what they call by its name in Python, nothing of the interpreter" },
    icicle: { type: 'flag', describe: 'the root at the top' },
    inverted: { type: 'flag', describe: 'the same' },
    reverse: { type: 'flag', describe: 'stacks begin with the sampled function: who calls it' },
    event: { type: 'text', alias: 'e', value: 'NAME', describe: 'of a recording with several events; by default the first that has samples' },
    ...TIME_OPTIONS,
    'per-thread': { type: 'flag', describe: 'a part for each thread instead of each command' },
    comms: { type: 'text', alias: 'c', value: 'LIST', describe: 'only these commands' },
    pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
    tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
    'percent-limit': { type: 'number', value: 'PERCENT', least: 0, describe: 'leave out frames below this', default: PERCENT_LIMIT },
    title: { type: 'text', value: 'TEXT', describe: 'the heading instead of the name of the file' },
  },
  examples: [
    ['flamegraph perf.data', 'writes flamegraph.svg: open it in a browser, click to zoom, search by regular expression'],
    ['flamegraph --python -o shop.svg perf.data', 'of a Python program: its functions, and what they call in C'],
    ['flamegraph before.data after.data', 'two recordings: red where the share grew, blue where it shrank'],
    ['flamegraph --off-cpu -o waits.svg perf.data', 'where threads waited, from sched_switch events'],
    ['flamegraph --per-thread --icicle perf.data', 'a part for each thread, the root at the top'],
  ],
  run: async (given, out, err) => (await import('./run-flamegraph.ts')).runFlameGraph(readFlameGraphOptions(given), out, err),
};

export function readFlameGraphOptions(given: Given): FlameGraphCommandOptions {
  const { positional } = given;
  if (positional.length > 2) throw new PerftsError('PERFTS_USAGE', `flamegraph takes one file, or two to compare, not '${positional.join("' '")}'`);
  if (positional.includes('-') && positional.length === 2) throw new PerftsError('PERFTS_USAGE', 'of two recordings none can be standard input');
  const numbers = (option: string): number[] | undefined => {
    const text = given.text(option);
    return text === undefined ? undefined : parseNumberList(`--${option}`, text);
  };
  return {
    ...readFileOptions(given),
    ...readTimeOptions(given),
    after: positional[1],
    output: given.text('output') ?? OUTPUT,
    python: given.flag('python') ?? false,
    icicle: given.flag('icicle') ?? given.flag('inverted') ?? false,
    reverse: given.flag('reverse') ?? false,
    event: given.text('event'),
    perThread: given.flag('per-thread') ?? false,
    comms: given.list('comms'),
    pids: numbers('pid'),
    tids: numbers('tid'),
    percentLimit: given.number('percent-limit') ?? PERCENT_LIMIT,
    title: given.text('title'),
  };
}
