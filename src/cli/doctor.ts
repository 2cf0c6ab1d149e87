// `perfts doctor`: its options. What they do is in run-doctor.ts, loaded when it is called. perf has no such command.

import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { DoctorCommandOptions } from './options.ts';

const { 'max-stack': _, inline: _inline, demangle: _demangle, ...FILES } = FILE_OPTIONS;
/** Percent of the names or stacks: what rounding and the first and last moments of a program cost. */
const TOLERANCE = 1;

export const doctor: Command = {
  name: 'doctor',
  positional: 'file',
  summary: 'What a recording and its files lack, where it was looked for, and what would mend it; exit status 1 where names or stacks are lost',
  options: {
    ...FILES,
    tolerate: { type: 'number', value: 'PERCENT', least: 0, describe: 'what a symptom may cost before the exit status is 1', default: TOLERANCE },
    json: { type: 'flag', describe: 'the same for programs: one object' },
  },
  examples: [
    ['doctor perf.data', 'what costs names or stacks, and what to do about it'],
    ['doctor -v --symfs symfs perf.data', 'with every place that was looked at, also for files that are all right'],
    ['doctor --tolerate 5 perf.data', 'in CI: status 1 where a symptom costs more than 5 percent'],
    ['doctor --json perf.data', 'for programs'],
  ],
  run: async (given, out, err) => (await import('./run-doctor.ts')).runDoctor(readDoctorOptions(given), out, err),
};

export function readDoctorOptions(given: Given): DoctorCommandOptions {
  return { ...readFileOptions(given), tolerance: given.number('tolerate') ?? TOLERANCE, json: given.flag('json') ?? false };
}
