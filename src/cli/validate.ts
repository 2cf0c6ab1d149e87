// `perfts validate`: its options. What they do is in run-validate.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS } from './file-options.ts';
import type { Given } from './given.ts';
import type { ValidateOptions } from './options.ts';

export const validate: Command = {
  name: 'validate',
  positional: 'file',
  summary: 'Whether a recording, a jitdump or a perf map is as SPEC.md says; exit status 1 where it has errors',
  options: {
    input: { ...FILE_OPTIONS['input']!, describe: 'a recording, a jit-PID.dump or a perf-PID.map; - is standard input' },
    all: { type: 'flag', describe: 'every finding in a line of its own, not only the first ones of each kind' },
    json: { type: 'flag', describe: 'the same for programs: one finding a line' },
    quiet: { type: 'flag', alias: 'q', describe: 'errors only: no warnings, and nothing at all about a file without errors' },
    force: FILE_OPTIONS['force']!,
  },
  examples: [
    ['validate perf.data', 'what is wrong with it, by kind, with the clauses of SPEC.md'],
    ['validate --json perf.data', 'for programs: every finding, one object a line'],
    ['validate -q perf.data', 'for scripts: errors only, and its exit status is 1 where there are any'],
    ['validate jit-4242.dump', 'what a runtime wrote'],
  ],
  run: async (given, out, err) => (await import('./run-validate.ts')).runValidate(readValidateOptions(given), out, err),
};

export function readValidateOptions(given: Given): ValidateOptions {
  const input = given.text('input');
  const [file] = given.positional;
  if (input !== undefined && file !== undefined) throw new PerftsError('PERFTS_USAGE', `one file at a time, not both '-i ${input}' and '${file}'`);
  return {
    input: input ?? file ?? 'perf.data',
    all: given.flag('all') ?? false,
    json: given.flag('json') ?? false,
    quiet: given.flag('quiet') ?? false,
  };
}
