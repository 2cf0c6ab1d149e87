// `perfts export`: its options. What they do is in run-export.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import { FORMATS } from '../formats/formats.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { ExportCommandOptions, ExportSource } from './options.ts';
import { readTimeOptions, TIME_OPTIONS } from './time-options.ts';
import { parseTimeRange } from './time-range.ts';

const NAMES = FORMATS.map(({ name }) => name);

export const exportCommand: Command = {
  name: 'export',
  positional: 'files',
  manyFiles: true,
  summary: 'A recording, or several in one, in the formats of other tools',
  options: {
    format: { type: 'text', value: 'FORMAT', choices: NAMES, describe: FORMATS.map(({ name, summary }) => `${name}: ${summary}`).join('; ') },
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write', default: 'standard output' },
    dataset: { type: 'text', value: 'DIR', describe: 'parquet: instead of one file, a part of a dataset in folders by day and service (docs/FLEET.md); needs --label service=NAME' },
    label: { type: 'text', value: 'KEY=VALUE', describe: 'a label of the recordings that follow, or of all if none follows: service=api; may be repeated' },
    python: { type: 'flag', describe: "Python's own view: its functions, what they call by its name in Python, nothing of the interpreter" },
    event: { type: 'text', alias: 'e', value: 'LIST', describe: 'only the samples of these events' },
    comms: { type: 'text', alias: 'c', value: 'LIST', describe: 'only these commands' },
    pid: { type: 'text', value: 'LIST', describe: 'only these processes' },
    tid: { type: 'text', value: 'LIST', describe: 'only these threads' },
    time: { type: 'text', value: 'FROM,TO', describe: 'only the samples of this time, in seconds; either may be left out' },
    weight: { type: 'text', value: 'WHAT', choices: ['samples', 'period'], describe: 'what counts, in formats of one number: each sample once, or by its period (usual in speedscope)' },
    annotate: { type: 'flag', describe: 'collapsed: names end in _[k] in the kernel, _[j] in code made at run time, _[i] where inlined', default: true },
    ...TIME_OPTIONS,
    ...FILE_OPTIONS,
  },
  examples: [
    ['export --format firefox -o profile.json perf.data', 'to look at on profiler.firefox.com'],
    ['export --format speedscope -o profile.speedscope.json perf.data', 'to look at on speedscope.app'],
    ['export --format collapsed perf.data', 'for flamegraph.pl or inferno-flamegraph'],
    ['export --format parquet --dataset fleet --label service=api perf.data', 'one more recording for DuckDB, Spark, Trino or ClickHouse'],
    ['export --format jsonl --label service=api api.data --label service=web web.data', 'two recordings in one'],
  ],
  run: async (given, out, err) => (await import('./run-export.ts')).runExport(readExportOptions(given), out, err),
};

export function readExportOptions(given: Given): ExportCommandOptions {
  const format = given.text('format');
  if (format === undefined) throw new PerftsError('PERFTS_USAGE', `export needs --format FORMAT: ${NAMES.join(', ')}`);
  const output = given.text('output');
  const time = given.text('time');
  const numbers = (option: string): number[] | undefined => {
    const text = given.text(option);
    return text === undefined ? undefined : parseNumberList(`--${option}`, text);
  };
  const weight = given.text('weight');
  const timed = readTimeOptions(given);
  const sources = readSources(given);
  const dataset = given.text('dataset');
  if (dataset !== undefined && format !== 'parquet') throw new PerftsError('PERFTS_USAGE', `--dataset goes with --format parquet, not ${format}`);
  if (dataset !== undefined && output !== undefined) throw new PerftsError('PERFTS_USAGE', '--dataset names the folder to write in, and -o another file: only one of them');
  const nameless = dataset === undefined ? undefined : sources.find(({ labels }) => !labels.has('service'));
  if (nameless !== undefined) throw new PerftsError('PERFTS_USAGE', `--dataset needs --label service=NAME for ${nameless.input}`);
  return {
    ...readFileOptions(given),
    ...timed,
    input: sources[0]!.input,
    format,
    sources,
    output: output ?? '-',
    dataset,
    // Who asks for time or for sizes means these, in formats of one number too.
    weight: weight === 'samples' || weight === 'period' ? weight : timed.derived !== undefined || timed.weightField !== undefined ? 'period' : undefined,
    annotate: given.flag('annotate') ?? true,
    python: given.flag('python') ?? false,
    time: time === undefined ? undefined : parseTimeRange('--time', time),
    events: given.list('event'),
    comms: given.list('comms'),
    pids: numbers('pid'),
    tids: numbers('tid'),
  };
}

/** The recordings with their labels: those given before each, and those behind the last one, which are for all. */
function readSources(given: Given): ExportSource[] {
  const { positional, positionalOrder } = given;
  const labels = given.textsInOrder('label').map(({ text, order }) => ({ ...parseLabel(text), order }));
  const last = positionalOrder.at(-1) ?? -1;
  const files = positional.length === 0 ? [{ input: given.text('input') ?? 'perf.data', order: Infinity }] : positional.map((input, i) => ({ input, order: positionalOrder[i]! }));
  return files.map(({ input, order }) => ({
    input,
    labels: new Map(labels.filter((label) => label.order < order || label.order > last).map(({ key, value }) => [key, value])),
  }));
}

function parseLabel(text: string): { readonly key: string; readonly value: string } {
  const match = /^([A-Za-z_][\w.-]*)=(.+)$/s.exec(text);
  if (match === null) throw new PerftsError('PERFTS_USAGE', `--label takes KEY=VALUE, as in service=api, not '${text}'`);
  return { key: match[1]!, value: match[2]! };
}
