// Where the ELF file of a module is looked for, and the trace of it (FORMAT 3.1). Order: debug link, build-id cache,
// /usr/lib/debug, what the file holds compressed, the file itself, folders beside it; then folders of symbols that the user named, the
// user's own cache, and servers. Every try leaves a step, so that `doctor` and errors can tell what was
// wrong with each. A file with another build id than the recorded one is refused for symbols and for unwinding alike.

import { perform } from '../bytes/reading.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MemorySource } from '../bytes/source.ts';
import type { ByteSource } from '../bytes/source.ts';
import { MAX_MINI_DEBUG_INFO } from '../bytes/limits.ts';
import { crc32 } from '../bytes/crc32.ts';
import { decodeXz } from '../bytes/xz.ts';
import { readDebugLink, readMiniDebugInfo } from '../elf/debug-link.ts';
import { readElf } from '../elf/elf-file.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { hasDynsym, hasSymtab } from '../elf/symbol-sections.ts';
import { SHF_EXECINSTR, SHT_NOBITS } from '../elf/elf-constants.ts';
import type { Module } from '../process/module.ts';
import { buildIdLink, buildIdSpellings, debugPath, sameBuildId } from './build-id.ts';
import { baseName, folderOf, withoutDeletedMark } from './file-tree.ts';
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

/** The search for one module's files. */
/** What a file must be besides of the right build id. */
interface Proof {
  readonly isWanted?: (elf: ElfFile) => boolean;
  /** Of the debug file that a link tells. */
  readonly checksum?: number;
}

export class FileSearch {
  readonly steps: SearchStep[] = [];
  readonly #trees: readonly FileTree[];
  readonly #caches: readonly FileTree[];
  readonly #folders: readonly FileTree[];
  readonly #servers: readonly FileTree[];
  readonly #diagnostics: Diagnostics;
  readonly #open: FoundElf[] = [];
  /** What must match; the recorded one, else that of the file at the recorded path. */
  #buildId = '';
  #symbols: FoundElf | undefined;
  #runtime: FoundElf | undefined;
  #debug: FoundElf | undefined;
  /** What is looked for is debugging information, and nothing else. */
  #wantsDebug = false;

  /** `trees` are file systems, as on the machine that recorded; `caches` are build-id caches only (`~/.debug`). */
  constructor(trees: readonly FileTree[], caches: readonly FileTree[], diagnostics: Diagnostics, { folders = [], servers = [] }: MoreFolders = {}) {
    this.#folders = folders;
    this.#servers = servers;
    this.#trees = trees;
    this.#caches = caches;
    this.#diagnostics = diagnostics;
  }

  /** Closes every file that the search opened, but for the one that is kept. */
  close(kept?: FoundElf): void {
    for (const found of this.#open) if (found !== kept) found.file.close?.();
    this.#open.length = 0;
  }

  /** An ELF file that another one names; with a build id only one that has it. Open: whoever gets it closes it. */
  *named(tree: FileTree, path: string, place: SearchPlace, buildId: string): Waiting<FoundElf | undefined> {
    this.#buildId = buildId;
    return yield* this.#try(tree, path, place);
  }

  /** The files of an ELF module: executable or library. */
  *file(module: Module): Waiting<FoundFiles> {
    this.#buildId = module.buildId;
    const path = withoutDeletedMark(module.path);
    const deleted = path !== module.path;
    // The file of that name is a later one, unless its build id says that it is the same.
    const byPath = path.startsWith('/') && !(deleted && this.#buildId === '');
    for (const tree of this.#trees) {
      const own = byPath ? yield* this.#try(tree, path, 'recorded-path') : undefined;
      if (own !== undefined) {
        if (this.#buildId === '') this.#buildId = own.elf.buildId;
        if (this.#wantsDebug) this.#use(own);
        yield* this.#debugLink(tree, path, own);
      }
      for (const folder of CACHE_FOLDERS) yield* this.#cache(tree, folder, path);
      if (byPath) {
        yield* this.#symbolsAt(tree, `usr/lib/debug${path}.debug`, 'debug-folder');
        yield* this.#symbolsAt(tree, `usr/lib/debug${path}`, 'debug-folder');
      }
      for (const buildId of buildIdSpellings(this.#buildId)) yield* this.#symbolsAt(tree, debugPath(buildId), 'debug-build-id');
      if (own !== undefined) {
        yield* this.#miniDebugInfo(tree, path, own);
        this.#use(own);
      }
      if (byPath) {
        yield* this.#symbolsAt(tree, `${folderOf(path)}/.debug/${baseName(path)}`, 'beside');
        if (path.startsWith('/usr/lib/')) yield* this.#symbolsAt(tree, `usr/lib/debug${path.slice('/usr'.length)}`, 'debug-folder');
        yield* this.#throughUsr(tree, path);
      }
      if (this.#isDone()) break;
    }
    for (const folder of this.#folders) yield* this.#folder(folder, path);
    for (const cache of this.#caches) yield* this.#cache(cache, '', path);
    for (const server of this.#servers) yield* this.#server(server);
    const runtime = this.#runtime ?? this.#symbols;
    return { runtime, symbols: this.#symbols ?? runtime };
  }

  /** The file with a module's debugging information: the first of the same candidates, its own file before all others. */
  *debugInfo(module: Module): Waiting<FoundElf | undefined> {
    this.#wantsDebug = true;
    yield* this.file(module);
    return this.#debug;
  }

  /**
   * The image of the vdso. Without a recorded build id the only one of the machine that is there (FORMAT 3.3): with several
   * none, and the steps say 'ambiguous'.
   */
  *vdso(module: Module, machine: (elf: ElfFile) => boolean): Waiting<FoundElf | undefined> {
    this.#buildId = module.buildId;
    const images: FoundElf[] = [];
    for (const { tree, folder } of this.#cacheFolders()) {
      for (const path of yield* this.#vdsoPaths(tree, folder, module)) {
        const found = yield* this.#try(tree, path, 'vdso', { isWanted: machine });
        if (found !== undefined && !images.some((image) => sameBuildId(image.elf.buildId, found.elf.buildId))) images.push(found);
      }
      if (images.length > 0 && this.#buildId !== '') break;
    }
    if (images.length <= 1) return images[0];
    for (const image of images) this.#step(image.tree, image.path, 'vdso', 'ambiguous');
    return undefined;
  }

  /** A vdso image that the user named, unless its build id contradicts the recorded one. The source stays the giver's to close. */
  *given(source: ByteSource, module: Module): Waiting<FoundElf | undefined> {
    this.#buildId = module.buildId;
    const elf = yield* settled(perform(source, readElf(source.size, this.#diagnostics.of(module.path))));
    const outcome = elf === undefined ? 'not-elf' : this.#identity(elf);
    this.#step('', module.path, 'vdso', outcome);
    return elf === undefined || outcome !== 'found' ? undefined : { file: source, elf, tree: '', path: module.path, place: 'vdso' };
  }

  /** A kallsyms file of the kernel's build id in the build-id caches. Open: whoever gets it closes it. */
  *kallsyms(buildId: string): Waiting<TreeFile | undefined> {
    for (const { tree, folder } of this.#cacheFolders()) {
      for (const id of buildIdSpellings(buildId)) {
        for (const path of [`${folder}${buildIdLink(id)}/kallsyms`, `${folder}[kernel.kallsyms]/${id}/kallsyms`]) {
          const file = yield* settled(tree.open(path));
          this.#step(tree.name, path, 'kallsyms', file === undefined ? 'absent' : 'found');
          if (file !== undefined) return file;
        }
      }
    }
    return undefined;
  }

  #isDone(): boolean {
    return this.#wantsDebug ? this.#debug !== undefined : this.#symbols !== undefined && this.#runtime !== undefined;
  }

  #step(tree: string, path: string, place: SearchPlace, outcome: SearchOutcome): void {
    this.steps.push({ tree, path, place, outcome });
  }

  /** A file for what it is good for: the first with a symbol table, the first with code. */
  #use(found: FoundElf): void {
    if (hasSymtab(found.elf)) this.#symbols ??= found;
    if (hasCode(found.elf)) this.#runtime ??= found;
    if (this.#wantsDebug && hasDebugInfo(found.elf)) this.#debug ??= found;
  }

  /** The ELF file at a path, if it is one of the right identity. */
  *#try(tree: FileTree, path: string, place: SearchPlace, { isWanted, checksum }: Proof = {}): Waiting<FoundElf | undefined> {
    const file = yield* settled(tree.open(path));
    if (file === undefined) {
      this.#step(tree.name, path, place, 'absent');
      return undefined;
    }
    const elf = yield* settled(perform(file, readElf(file.size, this.#diagnostics.of(path))));
    let outcome = elf === undefined ? 'not-elf' : isWanted?.(elf) === false ? 'other-machine' : this.#identity(elf);
    // A debug link stands in a file that is the right one: its checksum is as good as a build id.
    if (elf?.buildId === '' && checksum !== undefined) outcome = (yield* this.#hasChecksum(file, checksum)) ? 'found' : 'other-checksum';
    if (elf === undefined || outcome !== 'found') {
      this.#step(tree.name, path, place, outcome);
      file.close?.();
      return undefined;
    }
    const found = { file, elf, tree: tree.name, path, place, within: tree };
    this.#open.push(found);
    this.#step(tree.name, path, place, this.#wantsDebug ? (hasDebugInfo(elf) ? 'found' : 'no-debug-info') : hasSymtab(elf) || hasDynsym(elf) ? 'found' : 'no-symbols');
    return found;
  }

  #identity(elf: ElfFile): SearchOutcome {
    if (this.#buildId === '') return 'found';
    if (elf.buildId === '') return 'no-build-id';
    return sameBuildId(elf.buildId, this.#buildId) ? 'found' : 'other-build-id';
  }

  /** A place where only symbols are expected; not looked at when there are some. */
  *#symbolsAt(tree: FileTree, path: string, place: SearchPlace, proof?: Proof): Waiting<void> {
    if (this.#wantsDebug ? this.#debug !== undefined : this.#symbols !== undefined) return;
    const found = yield* this.#try(tree, path, place, proof);
    if (found !== undefined) this.#use(found);
  }

  /** The places of a `.gnu_debuglink`: names relative to the file's folder, then the system's debug folder. */
  *#debugLink(tree: FileTree, path: string, own: FoundElf): Waiting<void> {
    const link = yield* settled(perform(own.file, readDebugLink(own.elf, this.#diagnostics.of(path))));
    if (link === undefined) return;
    const { name, crc: checksum } = link;
    const folder = folderOf(path);
    for (const place of [`${folder}/${name}`, `${folder}/.debug/${name}`, `usr/lib/debug${folder}/${name}`]) {
      // A link to itself is what a file without a debug file of its own sometimes has.
      if (place !== path) yield* this.#symbolsAt(tree, place, 'debug-link', { checksum });
    }
  }

  /** Whether a file is the one that a debug link means. All of it is read, and so only where no build ids tell. */
  *#hasChecksum(file: TreeFile, checksum: number): Waiting<boolean> {
    let crc = 0;
    for (let at = 0; at < file.size; ) {
      const bytes = yield* settled(file.read(at, Math.min(CHECKSUM_BLOCK, file.size - at)));
      if (bytes.length === 0) break;
      crc = crc32(bytes, crc);
      at += bytes.length;
    }
    return crc === checksum;
  }

  /**
   * A folder of files that somebody put together: named by build id as a cache, a debug folder, debuginfod or a symbol store have it,
   * or by the file's own name without its folders.
   */
  *#folder(tree: FileTree, path: string): Waiting<void> {
    const places = buildIdSpellings(this.#buildId).flatMap((id) => {
      const link = buildIdLink(id);
      return [`${link}.debug`, `${link}/elf`, `${link}/debug`, `${link.slice('.build-id/'.length)}.debug`, `${id}/executable`, `${id}/debuginfo`, `${id}.debug`, id];
    });
    const name = baseName(path);
    if (path.startsWith('/')) places.push(name, `${name}.debug`);
    for (const place of places) {
      if (this.#isDone()) return;
      const found = yield* this.#try(tree, place, 'symbol-folder');
      if (found === undefined) continue;
      if (this.#buildId === '') this.#buildId = found.elf.buildId;
      this.#use(found);
      if (place !== name || this.#isDone()) continue;
      const link = yield* settled(perform(found.file, readDebugLink(found.elf, this.#diagnostics.of(place))));
      if (link === undefined || link.name === name) continue;
      yield* this.#symbolsAt(tree, link.name, 'symbol-folder', { checksum: link.crc });
    }
  }

  /** What is missing still, of a server: by build id, as debuginfod names things. */
  *#server(tree: FileTree): Waiting<void> {
    for (const id of buildIdSpellings(this.#buildId)) {
      if (this.#wantsDebug ? this.#debug === undefined : this.#symbols === undefined) yield* this.#served(tree, `${id}/debuginfo`);
      if (this.#runtime === undefined && !this.#wantsDebug) yield* this.#served(tree, `${id}/executable`);
    }
  }

  *#served(tree: FileTree, path: string): Waiting<void> {
    const found = yield* this.#try(tree, path, 'debuginfod');
    if (found !== undefined) this.#use(found);
  }

  /** `.gnu_debugdata`: an ELF file within, with the symbols that the dynamic ones lack. */
  *#miniDebugInfo(tree: FileTree, path: string, own: FoundElf): Waiting<void> {
    if (this.#symbols !== undefined || this.#wantsDebug) return;
    const diagnostics = this.#diagnostics.of(path);
    const compressed = yield* settled(perform(own.file, readMiniDebugInfo(own.elf, diagnostics)));
    if (compressed === undefined) return;
    const bytes = decodeXz(compressed, MAX_MINI_DEBUG_INFO);
    if (bytes === undefined) diagnostics.damaged('mini-debug-info', -1, '.gnu_debugdata cannot be decompressed');
    const file = new MemorySource(bytes ?? new Uint8Array(0));
    const elf = yield* settled(perform(file, readElf(file.size, diagnostics)));
    this.#step(tree.name, path, 'mini-debug-info', elf === undefined ? 'not-elf' : hasSymtab(elf) ? 'found' : 'no-symbols');
    if (elf !== undefined && hasSymtab(elf)) this.#symbols = { file, elf, tree: tree.name, path, place: 'mini-debug-info' };
  }

  /** `folder` of a tree as a build-id cache: through the link that is named by the id, or by the file's path and id. */
  *#cache(tree: FileTree, folder: string, path: string): Waiting<void> {
    for (const buildId of buildIdSpellings(this.#buildId)) {
      const link = folder + buildIdLink(buildId);
      for (const place of [link, `${folder}${path.replace(/^\/+/, '')}/${buildId}`]) {
        if (this.#isDone()) return;
        const found = yield* this.#try(tree, `${place}/elf`, 'build-id-cache');
        if (found !== undefined) this.#use(found);
        yield* this.#symbolsAt(tree, `${place}/debug`, 'build-id-cache');
      }
      if (this.#isDone()) return;
      const target = yield* this.#linkText(tree, link);
      if (target === undefined) continue;
      const found = yield* this.#try(tree, target, 'build-id-cache');
      if (found !== undefined) this.#use(found);
    }
  }

  /**
   * Where a link of a cache leads when it is not a link to a folder: the file itself in old caches, or a text file that
   * holds the target, which is what a link becomes where there are none.
   */
  *#linkText(tree: FileTree, link: string): Waiting<string | undefined> {
    const file = yield* settled(tree.open(link));
    if (file === undefined) return undefined;
    const bytes = (yield* settled(file.read(0, Math.min(file.size, LONGEST_LINK)))).slice();
    file.close?.();
    if (file.size > LONGEST_LINK || bytes[0] === 0x7f) return link;
    const target = new TextDecoder().decode(bytes).trim().replaceAll('\\', '/');
    return target === '' || target.includes('\n') ? undefined : `${folderOf(link)}/${target}/elf`;
  }

  /** Where /lib is a link to /usr/lib and links were lost in copying, the file lies under the other name. */
  *#throughUsr(tree: FileTree, path: string): Waiting<void> {
    if (this.#runtime !== undefined) return;
    const other = /^\/(?:lib|lib64|bin|sbin)\//.test(path) ? `/usr${path}` : /^\/usr\/(?:lib|lib64|bin|sbin)\//.test(path) ? path.slice('/usr'.length) : '';
    if (other === '' || this.#buildId === '') return;
    const found = yield* this.#try(tree, other, 'recorded-path');
    if (found !== undefined) this.#use(found);
  }

  #cacheFolders(): { readonly tree: FileTree; readonly folder: string }[] {
    const inTrees = this.#trees.flatMap((tree) => CACHE_FOLDERS.map((folder) => ({ tree, folder })));
    return [...inTrees, ...this.#caches.map((tree) => ({ tree, folder: '' }))];
  }

  *#vdsoPaths(tree: FileTree, folder: string, module: Module): Waiting<string[]> {
    const paths: string[] = [];
    for (const id of buildIdSpellings(module.buildId)) {
      paths.push(`${folder}${buildIdLink(id)}/vdso`, `${folder}${module.path}/${id}/vdso`);
    }
    if (module.buildId !== '') return paths;
    for (const outer of yield* settled(tree.list(`${folder}.build-id`))) {
      for (const inner of yield* settled(tree.list(`${folder}.build-id/${outer}`))) {
        const names = yield* settled(tree.list(`${folder}.build-id/${outer}/${inner}`));
        if (names.some((name) => name.toLowerCase() === 'vdso')) paths.push(`${folder}.build-id/${outer}/${inner}/vdso`);
      }
    }
    for (const id of yield* settled(tree.list(`${folder}${module.path}`))) paths.push(`${folder}${module.path}/${id}/vdso`);
    return paths;
  }
}

/** Build-id caches of a tree: the one of that file system, or the tree itself (an unpacked `perf archive`, a copy of a ~/.debug). */
const CACHE_FOLDERS = ['.debug/', ''];
/** Read at a time for a checksum. */
const CHECKSUM_BLOCK = 1_048_576;
/** PATH_MAX: no link is longer. */
const LONGEST_LINK = 4_096;

/** Whether a file holds debugging information of its own bytes. */
export function hasDebugInfo(elf: ElfFile): boolean {
  return elf.sections.some(({ name, type }) => type !== SHT_NOBITS && (name === '.debug_info' || name === '.zdebug_info' || name === '.debug_info.dwo'));
}

/**
 * Whether a file holds its code, or did before it was put into an archive. A debug file has the headers of everything, but code that
 * takes no bytes.
 */
export function hasCode(elf: ElfFile): boolean {
  if (elf.codeLeftOut) return true;
  return elf.sections.some((section) => (section.flags & SHF_EXECINSTR) !== 0 && section.type !== SHT_NOBITS);
}
