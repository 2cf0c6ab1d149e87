// `perfts convert`: its options. What they do is in run-convert.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import { parseNumberList } from './number-list.ts';
import type { ConvertCommandOptions } from './options.ts';
import { parseTimeRange } from './time-range.ts';

const FORMS = ['file', 'pipe', 'directory'] as const;

export const convert: Command = {
  name: 'convert',
  positional: 'file',
  summary: 'A recording in another form, a part of it, or without names of yours',
  options: {
    input: FILE_OPTIONS['input']!,
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write; - is standard output, in the form of a pipe' },
    to: { type: 'text', value: 'FORM', choices: FORMS, describe: 'write a file, what perf record writes to a pipe, or the directory of perf record --threads', default: 'file' },
    'byte-order': { type: 'text', value: 'ORDER', choices: ['little', 'big'], describe: 'of everything in the recording; as it is by default' },
    compress: { type: 'flag', alias: 'z', describe: 'write compressed records (shorter with Node 22.15 and later); without it they are written plain' },
    time: { type: 'text', value: 'FROM,TO', describe: 'only the samples of this time, in seconds, of which either may be left out; or of a share of it: 10%/2, 0%-10%' },
    pid: { type: 'text', value: 'LIST', describe: 'only the samples of these processes' },
    event: { type: 'text', alias: 'e', value: 'LIST', describe: 'only the samples of these events' },
    anonymize: {
      type: 'flag',
      describe: 'replace names of files, commands, arguments, cgroups, probes and the machine; unwind stacks and drop their bytes and registers. Names of events, of well-known programs and libraries, and build ids stay',
    },
    symfs: FILE_OPTIONS['symfs']!,
    jitdump: FILE_OPTIONS['jitdump']!,
    verbose: FILE_OPTIONS['verbose']!,
    force: FILE_OPTIONS['force']!,
  },
  examples: [
    ['convert perf.data -o small.data --time 100,105', 'five seconds of it'],
    ['convert perf.data -o public.data --anonymize --symfs symfs', 'to show to others'],
    ['convert broken.data -o sound.data', 'what is left of a killed or damaged one'],
    ['convert perf.data -o folder --to directory -z', 'as perf record --threads -z'],
  ],
  run: async (given, out, err) => (await import('./run-convert.ts')).runConvert(readConvertOptions(given), out, err),
};

export function readConvertOptions(given: Given): ConvertCommandOptions {
  const output = given.text('output');
  if (output === undefined) throw new PerftsError('PERFTS_USAGE', 'convert needs -o FILE, where to write');
  const container = choice(given, 'to', FORMS) ?? (output === '-' ? 'pipe' : 'file');
  if (output === '-' && container !== 'pipe') throw new PerftsError('PERFTS_USAGE', `a ${container} cannot be written to standard output: use --to pipe, or name a file`);
  const time = given.text('time');
  const pids = given.text('pid');
  return {
    ...readFileOptions(given),
    output,
    container,
    byteOrder: choice(given, 'byte-order', ['little', 'big']),
    compress: given.flag('compress') ?? false,
    anonymize: given.flag('anonymize') ?? false,
    time: time === undefined ? undefined : parseTimeRange('--time', time),
    pids: pids === undefined ? undefined : parseNumberList('--pid', pids),
    events: given.list('event'),
  };
}

function choice<T extends string>(given: Given, option: string, choices: readonly T[]): T | undefined {
  const text = given.text(option);
  const found = choices.find((one) => one === text);
  if (text !== undefined && found === undefined) throw new PerftsError('PERFTS_USAGE', `--${option} takes ${choices.join(' or ')}, not '${text}'`);
  return found;
}
