// The recording that a command line names, opened with the files that its options name.

import { openRecording, type OpenedRecording } from '../node/open-recording.ts';
import type { FileOptions } from './options.ts';

/** Throws PerftsError as openRecording does. */
export function openInput(options: FileOptions): Promise<OpenedRecording> {
  return openRecording(options.input, {
    symfs: options.symfs === undefined ? [] : [options.symfs],
    kallsyms: options.kallsyms,
    jitdumps: options.jitdumps,
    perfMapDir: options.perfMapDir,
    demangle: options.demangle,
  });
}
