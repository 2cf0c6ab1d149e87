// One search for files: where it may look, what it tried, and what came of it (FORMAT 3.1). Every try leaves a step, so that `doctor` and
// errors can tell what was wrong with each.

import type { ElfFile } from '../elf/elf-file.ts';
import type { FileTree, TreeFile } from './file-tree.ts';

/** Which rule of FORMAT 3.1 named the place. */
export type SearchPlace =
  | 'recorded-path'
  | 'debug-link'
  | 'build-id-cache'
  | 'debug-folder'
  | 'debug-build-id'
  | 'debug-alt-link' // the file that dwz made for several
  | 'split-debug-info' // .dwo and .dwp
  | 'mini-debug-info' // in the file itself, compressed
  | 'beside'
  | 'symbol-folder' // by build id or base name, in a folder that the user named
  | 'debuginfod'
  | 'vdso'
  | 'vmlinux' // named by the user, or at a usual place of a kernel's release
  | 'kallsyms';

export type SearchOutcome =
  | 'found' // an ELF file of the right identity
  | 'absent'
  | 'not-elf'
  | 'other-build-id'
  | 'no-build-id' // the recording has one and the file has none
  | 'other-checksum' // not the file that a .gnu_debuglink means
  | 'other-machine' // a vdso of another machine
  | 'ambiguous' // one of several files that are equally good
  | 'no-symbols' // the right file, but stripped
  | 'no-debug-info' // the right file, where its debugging information was looked for
  | 'not-supported';

/** One place that was looked at. Paths are recorded ones, relative to the tree. */
export interface SearchStep {
  /** Name of the tree (FileTree.name). */
  readonly tree: string;
  readonly path: string;
  readonly place: SearchPlace;
  readonly outcome: SearchOutcome;
}

/** An ELF file of the right identity. `file` is open: whoever gets it closes it. */
export interface FoundElf {
  readonly file: TreeFile;
  readonly elf: ElfFile;
  readonly tree: string;
  readonly path: string;
  readonly place: SearchPlace;
  /** The tree itself: files that belong to this one are in the same. */
  readonly within?: FileTree | undefined;
}

/** `symbols` has the symbols, `runtime` the code and what unwinding needs; they may be one file. */
export interface FoundFiles {
  readonly symbols: FoundElf | undefined;
  readonly runtime: FoundElf | undefined;
}

/** More places, where the user named or allowed them. */
export interface MoreFolders {
  /** Folders of files by build id, in any usual form, or by base name (`--symbol-dir`). */
  readonly folders?: readonly FileTree[];
  /** What debuginfod servers have: `BUILDID/executable`, `BUILDID/debuginfo`. Asked last. */
  readonly servers?: readonly FileTree[];
}
