// `perfts buildid-list`: its options, with perf buildid-list's names and meanings. What they do is in run-buildid-list.ts.

import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';

const { input, symfs, kallsyms, jitdump, force } = FILE_OPTIONS;

const RUNNING = 'it is about the kernel that runs here, not about a recording; without it the list has the recorded kernel';

export const buildidList: Command = {
  name: 'buildid-list',
  positional: 'file',
  summary: 'The files of a recording with their build ids',
  options: {
    input: input!,
    'with-hits': { type: 'flag', alias: 'H', describe: 'only files in which samples lie' },
    symfs: symfs!,
    kallsyms: kallsyms!,
    jitdump: jitdump!,
    'perf-map-dir': FILE_OPTIONS['perf-map-dir']!,
    verbose: FILE_OPTIONS['verbose']!,
    force: force!,
    kernel: { type: 'flag', alias: 'k', describe: '', refused: RUNNING },
    'kernel-maps': { type: 'flag', alias: 'm', describe: '', refused: RUNNING },
  },
  examples: [['buildid-list perf.data', 'what to look for on the machine that recorded']],
  run: async (given, out, err) => {
    const withHits = given.flag('with-hits') ?? false;
    return (await import('./run-buildid-list.ts')).runBuildidList(readFileOptions(given), withHits, out, err);
  },
};
