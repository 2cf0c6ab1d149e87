// Where the files of a module are looked for, in the order of FORMAT 3.1: file systems as on the machine that recorded, folders of symbols
// that the user named, the user's own cache, and servers. What each has at which place, tree-search.ts, vdso-search.ts and server-search.ts
// know; what a file must be, candidates.ts.

import { perform } from '../bytes/reading.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { ByteSource } from '../bytes/source.ts';
import { readElf } from '../elf/elf-file.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { hasSymtab } from '../elf/symbol-sections.ts';
import type { Module } from '../process/module.ts';
import { buildIdLink, buildIdSpellings } from './build-id.ts';
import { Candidates } from './candidates.ts';
import { withoutDeletedMark } from './file-tree.ts';
import type { FileTree, TreeFile } from './file-tree.ts';
import { searchKernelModule, searchVmlinux, type KernelPlaces } from './kernel-search.ts';
import type { FoundElf, FoundFiles, MoreFolders, SearchPlace, SearchStep } from './search-step.ts';
import { searchServer } from './server-search.ts';
import { CACHE_FOLDERS, searchCache, searchFolder, searchTree } from './tree-search.ts';
import { searchVdso, type CacheFolder } from './vdso-search.ts';

/** The search for one module's files. */
export class FileSearch {
  readonly #candidates: Candidates;
  readonly #trees: readonly FileTree[];
  readonly #caches: readonly FileTree[];
  readonly #folders: readonly FileTree[];
  readonly #servers: readonly FileTree[];

  /** `trees` are file systems, as on the machine that recorded; `caches` are build-id caches only (`~/.debug`). */
  constructor(trees: readonly FileTree[], caches: readonly FileTree[], diagnostics: Diagnostics, { folders = [], servers = [] }: MoreFolders = {}) {
    this.#candidates = new Candidates(diagnostics);
    this.#folders = folders;
    this.#servers = servers;
    this.#trees = trees;
    this.#caches = caches;
  }

  get steps(): readonly SearchStep[] {
    return this.#candidates.steps;
  }

  /** Closes every file that the search opened, but for the one that is kept. */
  close(kept?: FoundElf): void {
    this.#candidates.close(kept);
  }

  /** An ELF file that another one names; with a build id only one that has it. Open: whoever gets it closes it. */
  *named(tree: FileTree, path: string, place: SearchPlace, buildId: string): Waiting<FoundElf | undefined> {
    this.#candidates.buildId = buildId;
    return yield* this.#candidates.try(tree, path, place);
  }

  /** The files of an ELF module: executable or library. */
  *file(module: Module): Waiting<FoundFiles> {
    const candidates = this.#candidates;
    // The recorded one, else that of the file at the recorded path.
    candidates.buildId = module.buildId;
    const path = withoutDeletedMark(module.path);
    const deleted = path !== module.path;
    // The file of that name is a later one, unless its build id says that it is the same.
    const byPath = path.startsWith('/') && !(deleted && module.buildId === '');
    for (const tree of this.#trees) {
      yield* searchTree(candidates, tree, path, byPath);
      if (candidates.isDone) break;
    }
    for (const folder of this.#folders) yield* searchFolder(candidates, folder, path);
    for (const cache of this.#caches) yield* searchCache(candidates, cache, '', path);
    for (const server of this.#servers) yield* searchServer(candidates, server);
    const runtime = candidates.runtime ?? candidates.symbols;
    return { runtime, symbols: candidates.symbols ?? runtime };
  }

  /** The file with a module's debugging information: the first of the same candidates, its own file before all others. */
  *debugInfo(module: Module): Waiting<FoundElf | undefined> {
    this.#candidates.wantsDebug = true;
    yield* this.file(module);
    return this.#candidates.debug;
  }

  /** The image of the vdso, out of any build-id cache. */
  *vdso(module: Module, machine: (elf: ElfFile) => boolean): Waiting<FoundElf | undefined> {
    this.#candidates.buildId = module.buildId;
    return yield* searchVdso(this.#candidates, this.#cacheFolders(), module, machine);
  }

  /** The kernel's vmlinux, of the recorded build id or else of the release (`uname -r`). */
  *vmlinux(module: Module, release: string): Waiting<FoundElf | undefined> {
    this.#candidates.buildId = module.buildId;
    yield* searchVmlinux(this.#candidates, this.#kernelPlaces(release));
    return this.#candidates.symbols;
  }

  /** The file of a kernel module. */
  *kernelModule(module: Module, release: string): Waiting<FoundElf | undefined> {
    this.#candidates.buildId = module.buildId;
    yield* searchKernelModule(this.#candidates, this.#kernelPlaces(release), module);
    return this.#candidates.symbols;
  }

  /** An image of the vdso, or a vmlinux, that the user named, unless its build id contradicts the recorded one. The source stays the giver's to close. */
  *given(source: ByteSource, module: Module, place: 'vdso' | 'vmlinux' = 'vdso'): Waiting<FoundElf | undefined> {
    const candidates = this.#candidates;
    candidates.buildId = module.buildId;
    const elf = yield* settled(perform(source, readElf(source.size, candidates.diagnostics.of(module.path))));
    const outcome = elf === undefined ? 'not-elf' : candidates.identity(elf);
    candidates.note('', module.path, place, elf !== undefined && outcome === 'found' && place === 'vmlinux' && !hasSymtab(elf) ? 'no-symbols' : outcome);
    return elf === undefined || outcome !== 'found' ? undefined : { file: source, elf, tree: '', path: place === 'vdso' ? module.path : 'vmlinux', place };
  }

  /** A kallsyms file of the kernel's build id in the build-id caches. Open: whoever gets it closes it. */
  *kallsyms(buildId: string): Waiting<TreeFile | undefined> {
    for (const { tree, folder } of this.#cacheFolders()) {
      for (const id of buildIdSpellings(buildId)) {
        for (const path of [`${folder}${buildIdLink(id)}/kallsyms`, `${folder}[kernel.kallsyms]/${id}/kallsyms`]) {
          const file = yield* settled(tree.open(path));
          this.#candidates.note(tree.name, path, 'kallsyms', file === undefined ? 'absent' : 'found');
          if (file !== undefined) return file;
        }
      }
    }
    return undefined;
  }

  #kernelPlaces(release: string): KernelPlaces {
    // It becomes a part of paths.
    const isName = !release.includes('/') && !release.includes('\0');
    return { trees: this.#trees, folders: this.#folders, caches: this.#caches, servers: this.#servers, release: isName ? release : '' };
  }

  #cacheFolders(): CacheFolder[] {
    const inTrees = this.#trees.flatMap((tree) => CACHE_FOLDERS.map((folder) => ({ tree, folder })));
    return [...inTrees, ...[...this.#folders, ...this.#caches].map((tree) => ({ tree, folder: '' }))];
  }
}
