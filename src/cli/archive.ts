// `perfts archive`: its options. What they do is in run-archive.ts, loaded when it is called. perf's archive is a script that packs ELF
// files only; this one packs all that a recording needs.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { ArchiveCommandOptions } from './options.ts';

export const archive: Command = {
  name: 'archive',
  positional: 'file',
  summary: 'One file with all that a recording needs, to look at it anywhere',
  options: {
    input: { ...FILE_OPTIONS['input']!, describe: 'the recording; with --list, --unpack and --add the archive' },
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write; by default the name of the recording with .perfts' },
    'with-lines': { type: 'flag', describe: 'debugging information too: source lines and inlined calls' },
    'with-code': { type: 'flag', describe: 'the bytes of code too' },
    all: { type: 'flag', describe: 'every file that was mapped as code, not only those in which a frame lies' },
    list: { type: 'flag', alias: 't', describe: 'say what is in an archive' },
    unpack: { type: 'text', alias: 'x', value: 'DIR', describe: 'unpack an archive into a new directory, for perf and other tools' },
    add: { type: 'text', value: 'FILE', describe: 'add a file to an archive: a program or library, its debug file, a jitdump, a perf map, kallsyms; may be repeated' },
    symfs: FILE_OPTIONS['symfs']!,
    'symbol-dir': FILE_OPTIONS['symbol-dir']!,
    debuginfod: FILE_OPTIONS['debuginfod']!,
    kallsyms: FILE_OPTIONS['kallsyms']!,
    vmlinux: FILE_OPTIONS['vmlinux']!,
    jitdump: FILE_OPTIONS['jitdump']!,
    'perf-map-dir': FILE_OPTIONS['perf-map-dir']!,
    verbose: FILE_OPTIONS['verbose']!,
    'exclude-buildids': { type: 'text', describe: '', refused: 'an archive is to be complete; perfts archive --list says what is in one' },
    force: { type: 'flag', alias: 'f', describe: 'unpack also what claims to be far too large' },
  },
  examples: [
    ['archive perf.data', 'writes perf.perfts, for perfts report perf.perfts anywhere'],
    ['archive --list perf.perfts', 'what is in it, and what it lacks'],
    ['archive --unpack folder perf.perfts', 'then: perf report -i folder/perf.data --symfs folder/symfs --kallsyms folder/kallsyms'],
    ['archive --add libfoo.debug perf.perfts', 'a file that was found later'],
  ],
  run: async (given, out, err) => (await import('./run-archive.ts')).runArchive(readArchiveOptions(given), out, err),
};

export function readArchiveOptions(given: Given): ArchiveCommandOptions {
  const added = given.texts('add');
  const folder = given.text('unpack');
  const actions = [given.flag('list') === true && 'list', folder !== undefined && 'unpack', added.length > 0 && 'add'].filter((action) => action !== false) as ArchiveCommandOptions['action'][];
  if (actions.length > 1) throw new PerftsError('PERFTS_USAGE', `one thing at a time, not --${actions.join(' and --')}`);
  const action = actions[0] ?? 'make';
  const files = readFileOptions(given);
  const output = given.text('output');
  if (action !== 'make' && output !== undefined) throw new PerftsError('PERFTS_USAGE', `--${action} takes no -o`);
  if (action !== 'make' && given.text('input') === undefined && given.positional.length === 0) {
    throw new PerftsError('PERFTS_USAGE', `archive --${action} needs the archive's name`);
  }
  if (output === '-') throw new PerftsError('PERFTS_USAGE', 'an archive cannot be written to standard output: name a file');
  return {
    ...files,
    action,
    output: folder ?? output ?? archiveName(files.input),
    added,
    lines: given.flag('with-lines') ?? false,
    code: given.flag('with-code') ?? false,
    all: given.flag('all') ?? false,
    force: given.flag('force') ?? false,
  };
}

/** `perf.data` becomes `perf.perfts`. */
function archiveName(input: string): string {
  if (input === '-') return 'perf.perfts';
  return `${input.replace(/[\\/]+$/, '').replace(/\.(?:data|perfts)$/, '')}.perfts`;
}
