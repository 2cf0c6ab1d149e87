// The recording that a command line names, opened with the files that its options name.

import { baseName } from '../bytes/recorded-path.ts';
import { type DebuginfodOptions, debuginfodUrls } from '../node/debuginfod-tree.ts';
import { openRecording, type OpenedRecording, type OpenOptions } from '../node/open-recording.ts';
import type { FileOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** `err`: for what debuginfod servers do. Throws PerftsError as openRecording does. */
export async function openInput(options: FileOptions, err: Output): Promise<OpenedRecording> {
  const opened = await openRecording(options.input, openOptions(options, err));
  if (options.stitch) {
    const progress = new Progress(err);
    await opened.recording.stitch((share) => progress.update('learning whole stacks', share, 1));
    progress.end();
  }
  return opened;
}

/** Where files are, for the library. */
export function openOptions(options: FileOptions, err: Output): OpenOptions {
  const { symfs, symbolDirs, debuginfod, kallsyms, vmlinux, kernelModules, jitdumps, perfMapDir, demangle } = options;
  return {
    symfs,
    symbolDirs,
    debuginfod: debuginfod === undefined ? undefined : debuginfodOptions(debuginfod, err),
    kallsyms,
    vmlinux,
    kernelModules,
    jitdumps,
    perfMapDir,
    demangle,
  };
}

/** What a recording is called in titles and exports: its file's name. */
export function shownName(input: string): string {
  return input === '-' ? 'standard input' : baseName(input.replaceAll('\\', '/'));
}

function debuginfodOptions(urls: string, err: Output): DebuginfodOptions {
  const { DEBUGINFOD_URLS: usual = '', DEBUGINFOD_TIMEOUT: timeout = '', DEBUGINFOD_MAXSIZE: largest = '' } = process.env;
  const progress = new Progress(err);
  return {
    urls: debuginfodUrls(urls === '' ? usual : urls),
    ...(Number(timeout) > 0 && { timeout: Number(timeout) }),
    ...(Number(largest) > 0 && { largest: Number(largest) }),
    onProgress: (what, bytes, of) => {
      progress.update(`debuginfod: ${what} ${(bytes / 1e6).toFixed(1)} MB`, bytes, of);
      if (bytes === of) progress.clear();
    },
    onTrouble: (what) => {
      progress.clear();
      err.write(`perfts: ${what}\n`);
    },
  };
}
