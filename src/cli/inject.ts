// `perfts inject`: its options, with perf inject's names. What they do is in run-inject.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { InjectCommandOptions } from './options.ts';

export const inject: Command = {
  name: 'inject',
  positional: 'file',
  summary: "A recording with its jitdumps' code as files, for perf and other tools",
  options: {
    input: FILE_OPTIONS['input']!,
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write; - is standard output, in the form of a pipe' },
    jit: { type: 'flag', alias: 'j', describe: 'turn the code of jitdumps into mappings of files jitted-PID-N.so (perfts itself needs none of this)' },
    'out-dir': { type: 'text', value: 'DIR', describe: 'where to write these files; beside each jitdump by default' },
    jitdump: FILE_OPTIONS['jitdump']!,
    symfs: FILE_OPTIONS['symfs']!,
    verbose: FILE_OPTIONS['verbose']!,
    force: FILE_OPTIONS['force']!,
    'build-ids': { type: 'flag', alias: 'b', describe: '', planned: true },
    'buildid-all': { type: 'flag', describe: '', planned: true },
    'mmap2-buildids': { type: 'flag', describe: '', planned: true },
    'sched-stat': { type: 'flag', alias: 's', describe: '', planned: true },
    itrace: { type: 'optional-text', describe: '', planned: true },
    strip: { type: 'flag', describe: '', planned: true },
  },
  examples: [['inject --jit -i perf.data -o perf.jit.data', "for 'perf report -i perf.jit.data'"]],
  run: async (given, out, err) => (await import('./run-inject.ts')).runInject(readInjectOptions(given), out, err),
};

export function readInjectOptions(given: Given): InjectCommandOptions {
  if (given.flag('jit') !== true) throw new PerftsError('PERFTS_USAGE', 'inject does nothing but --jit');
  const output = given.text('output');
  if (output === undefined) throw new PerftsError('PERFTS_USAGE', 'inject needs -o FILE, where to write');
  return { ...readFileOptions(given), output, outDir: given.text('out-dir') };
}
