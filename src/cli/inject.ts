// `perfts inject`: its options, with perf inject's names. What they do is in run-inject.ts, loaded when it is called.

import { PerftsError } from '../bytes/errors.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, readFileOptions, REFUSED_FILE_OPTIONS } from './file-options.ts';
import type { Given } from './given.ts';
import type { InjectCommandOptions } from './options.ts';

const BUILD_IDS = 'perf record writes build ids, and perfts reads files and finds them without; perfts archive keeps the files';
const TRACES = "processors' traces are not decoded into samples";
const GUESTS = 'perfts does not look into virtual machines';
const KERNEL = "no name of the kernel's is needed for --jit";
const { 'unwind-style': unwindStyle } = REFUSED_FILE_OPTIONS;

/** What perf inject has and this has not. */
const REFUSED: OptionTable = {
  'build-ids': { type: 'flag', alias: 'b', describe: '', refused: BUILD_IDS },
  'buildid-all': { type: 'flag', describe: '', refused: BUILD_IDS },
  'mmap2-buildids': { type: 'flag', alias: 'B', describe: '', refused: BUILD_IDS },
  'mmap2-buildid-all': { type: 'flag', describe: '', refused: BUILD_IDS },
  'known-build-ids': { type: 'text', describe: '', refused: BUILD_IDS },
  'sched-stat': { type: 'flag', alias: 's', describe: '', refused: 'it is for kernels whose sched_stat events say how long tasks slept; perfts report --off-cpu says it from sched_switch' },
  'convert-callchain': { type: 'flag', describe: '', refused: 'perfts convert --anonymize unwinds stacks and drops their bytes' },
  aslr: { type: 'flag', describe: '', refused: 'perfts convert --anonymize hides what a recording tells' },
  itrace: { type: 'optional-text', describe: '', refused: TRACES },
  strip: { type: 'flag', describe: '', refused: TRACES },
  'vm-time-correlation': { type: 'optional-text', describe: '', refused: GUESTS },
  'guest-data': { type: 'optional-text', describe: '', refused: GUESTS },
  guestmount: { type: 'text', describe: '', refused: GUESTS },
  kallsyms: { type: 'text', describe: '', refused: KERNEL },
  vmlinux: { type: 'text', alias: 'k', describe: '', refused: KERNEL },
  'ignore-vmlinux': { type: 'flag', describe: '', refused: KERNEL },
  'unwind-style': unwindStyle!,
};

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
    ...REFUSED,
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
