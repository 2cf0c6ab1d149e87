// Where the kernel's own file and those of its modules are looked for (FORMAT 3.1, "Kernel"): build-id caches, then the usual places of the
// recorded release, then folders that the user named, and servers. Without a recorded build id only what the release names is believed.

import { baseName } from '../bytes/recorded-path.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { decodeText } from '../bytes/text.ts';
import { MAX_MODULE_LIST } from '../bytes/limits.ts';
import type { Module } from '../process/module.ts';
import { buildIdLink, buildIdSpellings, debugPath } from './build-id.ts';
import type { Candidates } from './candidates.ts';
import type { FileTree } from './file-tree.ts';
import { PACKED_ENDINGS, unpackedModule } from './packed-module.ts';
import type { SearchPlace } from './search-step.ts';
import { searchServer } from './server-search.ts';
import { buildIdPlaces, CACHE_FOLDERS } from './tree-search.ts';

/** What may be searched. */
export interface KernelPlaces {
  readonly trees: readonly FileTree[];
  readonly folders: readonly FileTree[];
  readonly caches: readonly FileTree[];
  readonly servers: readonly FileTree[];
  /** `uname -r` of the machine that recorded; '' where it is not known. */
  readonly release: string;
}

/** The kernel's own file with its symbols (vmlinux), put into `candidates.symbols`. */
export function* searchVmlinux(candidates: Candidates, places: KernelPlaces): Waiting<void> {
  const { trees, folders, caches, servers, release } = places;
  for (const { tree, folder } of cacheFolders(trees, caches, folders)) {
    for (const id of buildIdSpellings(candidates.buildId)) {
      for (const name of ['vmlinux', 'elf', 'debug']) yield* candidates.symbolsAt(tree, `${folder}${buildIdLink(id)}/${name}`, 'build-id-cache');
    }
  }
  // Names that say no release are proved by a build id, or are anything.
  const isProved = candidates.buildId !== '';
  for (const tree of trees) {
    const usual = [
      isProved && 'vmlinux', isProved && 'boot/vmlinux', release !== '' && `boot/vmlinux-${release}`, release !== '' && `usr/lib/debug/boot/vmlinux-${release}`,
      release !== '' && `lib/modules/${release}/build/vmlinux`, release !== '' && `usr/lib/debug/lib/modules/${release}/vmlinux`,
      release !== '' && `usr/lib/debug/boot/vmlinux-${release}.debug`, release !== '' && `lib/modules/${release}/vmlinux`,
    ];
    for (const path of usual) if (path !== false) yield* candidates.symbolsAt(tree, path, 'vmlinux');
    for (const id of buildIdSpellings(candidates.buildId)) yield* candidates.symbolsAt(tree, debugPath(id), 'debug-build-id');
  }
  for (const folder of folders) {
    for (const place of buildIdPlaces(candidates.buildId)) yield* candidates.symbolsAt(folder, place, 'symbol-folder');
    const names = [isProved && 'vmlinux', release !== '' && `vmlinux-${release}`, release !== '' && `vmlinux-${release}.debug`];
    for (const name of names) if (name !== false) yield* candidates.symbolsAt(folder, name, 'symbol-folder');
  }
  for (const server of servers) yield* searchServer(candidates, server, false);
}

/** The file of a kernel module, unpacked where it is packed. */
export function* searchKernelModule(candidates: Candidates, places: KernelPlaces, module: Module): Waiting<void> {
  const { trees, folders, caches, servers, release } = places;
  for (const { tree, folder } of cacheFolders(trees, caches, folders)) {
    for (const id of buildIdSpellings(candidates.buildId)) {
      for (const name of ['elf', 'debug']) yield* moduleAt(candidates, tree, `${folder}${buildIdLink(id)}/${name}`, 'build-id-cache');
    }
  }
  for (const tree of trees) {
    const path = module.path.startsWith('/') ? unpackedName(module.path) : yield* listedPath(tree, module.shortName, release);
    if (path !== undefined) {
      for (const place of [`usr/lib/debug${path}.debug`, `usr/lib/debug${path}`]) yield* moduleAt(candidates, tree, place, 'debug-folder');
    }
    for (const id of buildIdSpellings(candidates.buildId)) yield* moduleAt(candidates, tree, debugPath(id), 'debug-build-id');
    // /lib may be a link to /usr/lib that was lost in copying.
    for (const base of path === undefined ? [] : [path, path.startsWith('/usr/') ? path.slice('/usr'.length) : `/usr${path}`]) {
      for (const ending of PACKED_ENDINGS) yield* moduleAt(candidates, tree, base + ending, 'recorded-path');
    }
  }
  for (const folder of folders) {
    for (const place of buildIdPlaces(candidates.buildId)) yield* moduleAt(candidates, folder, place, 'symbol-folder');
    // By name only what a build id proves: every kernel has modules of the same names.
    for (const name of candidates.buildId === '' ? [] : fileNames(module)) {
      for (const ending of ['.debug', ...PACKED_ENDINGS]) yield* moduleAt(candidates, folder, name + ending, 'symbol-folder');
    }
  }
  for (const server of servers) {
    yield* searchServer(candidates, server, false);
    for (const id of buildIdSpellings(candidates.buildId)) yield* candidates.symbolsAt(server, `${id}/executable`, 'debuginfod');
  }
}

/** Caches by build id: in trees, of the user, and what somebody put together. */
function cacheFolders(trees: readonly FileTree[], caches: readonly FileTree[], folders: readonly FileTree[]): { readonly tree: FileTree; readonly folder: string }[] {
  const inTrees = trees.flatMap((tree) => CACHE_FOLDERS.map((folder) => ({ tree, folder })));
  return [...inTrees, ...[...folders, ...caches].map((tree) => ({ tree, folder: '' }))];
}

/** A module at a path; not looked at when there is one with symbols. */
function* moduleAt(candidates: Candidates, tree: FileTree, path: string, place: SearchPlace): Waiting<void> {
  if (!candidates.lacksSymbols) return;
  const file = yield* settled(tree.open(path));
  if (file === undefined) {
    candidates.note(tree.name, path, place, 'absent');
    return;
  }
  const found = yield* candidates.judge(yield* unpackedModule(file), tree, path, place);
  if (found !== undefined) candidates.use(found);
}

/** A module's path without what its packing adds. */
export function unpackedName(path: string): string {
  return path.replace(/\.(?:xz|zst|gz)$/, '');
}

/** What the file of `[foo_bar]` may be called: the kernel writes a line for every stroke. */
function fileNames(module: Module): string[] {
  if (module.path.startsWith('/')) return [unpackedName(baseName(module.path))];
  const name = module.shortName.replace(/^\[|\]$/g, '');
  return [...new Set([`${name}.ko`, `${name.replaceAll('_', '-')}.ko`])];
}

/** Where the list of a release's modules (modules.dep, a line for each: `kernel/fs/foo-bar.ko.xz: …`) has a module that was recorded by name. */
function* listedPath(tree: FileTree, shortName: string, release: string): Waiting<string | undefined> {
  if (release === '' || release.includes('/')) return undefined;
  for (const folder of [`/lib/modules/${release}`, `/usr/lib/modules/${release}`]) {
    const file = yield* settled(tree.open(`${folder}/modules.dep`));
    if (file === undefined) continue;
    const bytes = (yield* settled(file.read(0, Math.min(file.size, MAX_MODULE_LIST)))).slice();
    file.close?.();
    for (const line of decodeText(bytes, 0, bytes.length).split('\n')) {
      const path = line.slice(0, Math.max(0, line.indexOf(':')));
      const name = unpackedName(baseName(path)).replace(/\.ko$/, '').replaceAll('-', '_');
      if (path !== '' && `[${name}]` === shortName) return unpackedName(path.startsWith('/') ? path : `${folder}/${path}`);
    }
  }
  return undefined;
}
