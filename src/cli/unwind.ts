// `perfts unwind`: its options. What they do is in run-unwind.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { SampleChoice, UnwindCommandOptions } from './options.ts';

const { inline: _inline, ...FILES } = FILE_OPTIONS;

export const unwind: Command = {
  name: 'unwind',
  positional: 'file',
  summary: 'How each stack was found: where it ends and why, or every step of one of them',
  options: {
    ...FILES,
    explain: { type: 'text', value: 'SAMPLE', describe: 'every step of one stack: of the sample with this number (from 0), at this file offset (0x…), or at or after this time (seconds with a point)' },
    json: { type: 'flag', describe: 'the same for programs' },
  },
  examples: [
    ['unwind perf.data', 'a line for each sample: how many frames, and why its stack ends'],
    ['unwind --explain 12 perf.data', 'the steps of the sample that this list calls 12'],
    ['unwind --explain 4711.123456 perf.data', 'of the first one from this time on, as perfts script prints it'],
    ['unwind --explain 0x1f40 --json perf.data', 'of the one at this offset in the file, as JSON'],
  ],
  run: async (given, out, err) => (await import('./run-unwind.ts')).runUnwind(readUnwindOptions(given), out, err),
};

export function readUnwindOptions(given: Given): UnwindCommandOptions {
  const text = given.text('explain');
  return { ...readFileOptions(given), explain: text === undefined ? undefined : parseSample(text), json: given.flag('json') ?? false };
}

function parseSample(text: string): SampleChoice {
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return { by: 'offset', offset: Number(text) };
  if (/^\d{1,15}$/.test(text)) return { by: 'index', index: Number(text) };
  const time = /^(\d{1,12})\.(\d{1,9})$/.exec(text);
  if (time !== null) return { by: 'time', time: BigInt(time[1]!) * 1_000_000_000n + BigInt(time[2]!.padEnd(9, '0')) };
  throw new PerftsError('PERFTS_USAGE', `--explain takes the number of a sample, its time in seconds with a point, or its offset in the file (0x…), not '${text}'`);
}
