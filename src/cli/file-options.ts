// The options that every command has which reads a recording: the file, and where what belongs to it is.

import { PerftsError } from '../bytes/errors.ts';
import type { OptionSpec, OptionTable } from './command.ts';
import type { Given } from './given.ts';
import type { FileOptions } from './options.ts';

export const FILE_OPTIONS: OptionTable = {
  input: { type: 'text', alias: 'i', value: 'FILE', describe: 'the recording; - is standard input', default: 'perf.data' },
  symfs: { type: 'text', value: 'DIR', describe: 'look for the recorded files under this directory; may be repeated' },
  'symbol-dir': { type: 'text', value: 'DIR', describe: 'a folder of binaries and debug files by build id or by name without folders, or a tarball of perf archive; may be repeated' },
  debuginfod: { type: 'optional-text', value: 'URLS', describe: 'ask debuginfod servers for files that are not found: these, or those in DEBUGINFOD_URLS', accepts: (word) => /^https?:\/\//.test(word) },
  kallsyms: { type: 'text', value: 'FILE', describe: "the recording machine's /proc/kallsyms, for names of the kernel" },
  vmlinux: { type: 'text', alias: 'k', value: 'FILE', describe: "the kernel's own file with its symbols, of the recorded build" },
  modules: { type: 'flag', alias: 'm', describe: 'names for kernel modules, from kallsyms or their files', default: true },
  jitdump: { type: 'text', value: 'FILE', describe: 'a jit-PID.dump that lies elsewhere; may be repeated' },
  'perf-map-dir': { type: 'text', value: 'DIR', describe: 'where the perf-PID.map files are' },
  'max-stack': { type: 'number', value: 'N', whole: true, least: 0, describe: 'show no more than N frames of a stack (no limit by default)' },
  stitch: { type: 'flag', describe: 'join stacks whose dump ended onto the whole stack of the same thread that they continue; marked where they are shown' },
  inline: { type: 'flag', describe: 'show inlined functions', default: true },
  demangle: { type: 'flag', describe: 'show C++ and Rust names readably', default: true },
  verbose: { type: 'count', alias: 'v', describe: 'say more on standard error' },
  force: { type: 'flag', alias: 'f', describe: "accepted, for perf's sake: file owners are never checked" },
};

/** Of commands that show samples. */
export const TIME_OPTION: OptionSpec = {
  type: 'text',
  value: 'FROM,TO',
  describe: "only the samples of this time: seconds, of which either may be left out, several with blanks between; or shares of it, '10%/2' or '0%-10%', several with commas between",
};

const GUESTS = 'samples in guests are shown without names: perfts does not look into virtual machines';

/** perf has them and perfts has not, in commands that show samples. */
export const REFUSED_FILE_OPTIONS: OptionTable = {
  itrace: { type: 'optional-text', describe: '', refused: "processors' traces are not decoded into samples" },
  'demangle-kernel': { type: 'flag', describe: '', refused: "the kernel's names are shown as it has them" },
  addr2line: { type: 'text', describe: '', refused: 'perfts reads debugging information itself' },
  'unwind-style': { type: 'text', describe: '', refused: 'perfts has one unwinder, its own' },
  guestmount: { type: 'text', describe: '', refused: GUESTS },
  guestkallsyms: { type: 'text', describe: '', refused: GUESTS },
  guestmodules: { type: 'text', describe: '', refused: GUESTS },
  guestvmlinux: { type: 'text', describe: '', refused: GUESTS },
  'guest-code': { type: 'flag', describe: '', refused: GUESTS },
};

/** `only`: the recording, where the words without an option are something else. */
export function readFileOptions(given: Given, only?: string): FileOptions {
  const input = only ?? given.text('input');
  const [file] = only === undefined ? given.positional : [];
  // One of them is a mistake, perhaps the value of an option that takes none.
  if (input !== undefined && file !== undefined) throw new PerftsError('PERFTS_USAGE', `one file at a time, not both '-i ${input}' and '${file}'`);
  return {
    input: input ?? file ?? 'perf.data',
    // perf's layouts: both are looked for everywhere.
    symfs: given.texts('symfs').map((folder) => folder.replace(/,(?:hierarchy|flat)$/, '')),
    symbolDirs: given.texts('symbol-dir'),
    debuginfod: given.has('debuginfod') && given.text('debuginfod') !== 'none' ? (given.text('debuginfod') ?? '') : undefined,
    kallsyms: given.text('kallsyms'),
    vmlinux: given.text('vmlinux'),
    kernelModules: given.flag('modules') ?? true,
    jitdumps: given.texts('jitdump'),
    perfMapDir: given.text('perf-map-dir'),
    demangle: given.flag('demangle') ?? true,
    maxStack: given.number('max-stack'),
    stitch: given.flag('stitch') ?? false,
    inline: given.flag('inline') ?? true,
    verbose: given.count('verbose'),
  };
}
