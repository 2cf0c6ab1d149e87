// Which ELF files an archive holds, and where in its tree: of each module the files that the search takes on this machine, placed so that
// the same search takes them out of the archive (FORMAT 3.1). What runs at its recorded path, names at the place that the build id names.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { machineOf, type Machine } from '../../bytes/machine.ts';
import { perform } from '../../bytes/reading.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { settled } from '../../bytes/waiting.ts';
import type { Waiting } from '../../bytes/waiting.ts';
import { planSlim, SlimSource } from '../../elf/slim-elf.ts';
import type { ElfFile } from '../../elf/elf-file.ts';
import { readElf } from '../../elf/elf-file.ts';
import type { Module } from '../../process/module.ts';
import { buildIdLink, debugPath } from '../build-id.ts';
import { treeComponents, withoutDeletedMark } from '../file-tree.ts';
import type { FileTree } from '../file-tree.ts';
import { hasCode, hasDebugInfo } from '../../elf/contents.ts';
import { hasSymtab } from '../../elf/symbol-sections.ts';
import { unpackedName } from '../kernel-search.ts';
import { FileSearch } from '../search.ts';
import type { FoundElf, MoreFolders } from '../search-step.ts';
import { supplementaryOf } from '../source-lines.ts';
import type { ElfPart } from './manifest.ts';

/** Where files are looked for. */
export interface SymbolFilePlaces {
  readonly trees: readonly FileTree[];
  readonly caches: readonly FileTree[];
  readonly more: MoreFolders | undefined;
  /** An image of the vdso that the user named, and a vmlinux. */
  readonly vdso: ByteSource | undefined;
  readonly vmlinux: ByteSource | undefined;
  /** `uname -r` of the machine that recorded, or ''. */
  readonly release: string;
  /** Paths in trees at which a walk of the recording found files. */
  readonly opened: ReadonlyMap<string, FileTree>;
}

/** An ELF file, as much of it as is archived. */
export interface ArchivedElf {
  readonly buildId: string;
  /** What is to be written of it. */
  readonly source: ByteSource;
  readonly parts: readonly ElfPart[];
  readonly wholeSize: number;
}

/** A file for the archive. */
export interface SymbolFile extends ArchivedElf {
  /** Recorded path in the archive's tree, absolute. */
  readonly path: string;
}

/** What is kept of the files beyond names and unwinding information. */
export interface SymbolFileWants {
  readonly lines: boolean;
  readonly code: boolean;
}

/** Finds them, module by module. Their files are closed by `close`, after they were written. */
export class SymbolFiles {
  /** By path; one file is one for all modules that need it. */
  readonly files: Map<string, SymbolFile> = new Map();
  readonly #places: SymbolFilePlaces;
  readonly #wants: SymbolFileWants;
  readonly #machine: Machine;
  readonly #diagnostics: Diagnostics;
  readonly #open: { close?(): void }[] = [];

  constructor(places: SymbolFilePlaces, wants: SymbolFileWants, machine: Machine, diagnostics: Diagnostics) {
    this.#places = places;
    this.#wants = wants;
    this.#machine = machine;
    this.#diagnostics = diagnostics;
  }

  close(): void {
    for (const file of this.#open) file.close?.();
    this.#open.length = 0;
  }

  /** Takes the files of a module; false where there are none. */
  *add(module: Module): Waiting<boolean> {
    if (module.kind === 'vdso') return yield* this.#addVdso(module);
    return module.kind === 'file' ? yield* this.#addFile(module) : yield* this.#addKernel(module);
  }

  /** Files with debugging information split off that the walk has looked into: who they are, only the units say that name them. */
  *addSplit(): Waiting<void> {
    for (const [path, tree] of this.#places.opened) {
      const at = absolute(path);
      if (at === undefined || this.files.has(at)) continue;
      const file = yield* settled(tree.open(path));
      if (file === undefined) continue;
      const elf = yield* settled(perform(file, readElf(file.size, this.#diagnostics.of(path))));
      if (elf === undefined || !isSplit(elf)) {
        file.close?.();
        continue;
      }
      this.#open.push(file);
      yield* this.#put(at, { file, elf, tree: tree.name, path, place: 'split-debug-info' }, 'slim');
    }
  }

  *#addFile(module: Module): Waiting<boolean> {
    const search = this.#search();
    const { symbols, runtime } = yield* search.file(module);
    this.#keep(search);
    const main = runtime ?? symbols;
    if (main === undefined) return false;
    const isWithin = symbols?.place === 'mini-debug-info';
    const names = symbols === main || symbols === undefined || isWithin ? undefined : symbols;
    // A file that names itself by its debug link only is checked against the link's checksum: it must stay as it is.
    if (names !== undefined) yield* this.#put(this.#debugPlace(names), names, names.elf.buildId === '' ? 'whole' : 'slim');
    const place = hasCode(main.elf) ? this.#codePlace(module, main) : this.#debugPlace(main);
    yield* this.#put(place, main, main.elf.buildId === '' && main.place === 'debug-link' ? 'whole' : 'slim');
    if (this.#wants.lines) yield* this.#addLines(module, [main, names]);
    return true;
  }

  /** The file with a module's debugging information, if it is another one, and what dwz has moved out of it. */
  *#addLines(module: Module, taken: readonly (FoundElf | undefined)[]): Waiting<void> {
    const search = this.#search();
    const found = yield* search.debugInfo(module);
    this.#keep(search);
    if (found === undefined) return;
    if (!taken.some((file) => file?.tree === found.tree && file.path === found.path)) {
      yield* this.#put(this.#debugPlace(found), found, found.elf.buildId === '' ? 'whole' : 'slim');
    }
    const { trees, more } = this.#places;
    const shared = yield* supplementaryOf(found, { trees, more, demangle: true, diagnostics: this.#diagnostics });
    if (shared === undefined) return;
    this.#open.push(shared.file);
    yield* this.#put(this.#debugPlace(shared), shared, 'slim');
  }

  *#addVdso(module: Module): Waiting<boolean> {
    const search = this.#search();
    const { vdso } = this.#places;
    const found = vdso !== undefined
      ? yield* search.given(vdso, module)
      : yield* search.vdso(module, (elf) => this.#machine === 'other' || machineOf(elf.machine) === this.#machine);
    this.#keep(search);
    if (found === undefined || found.elf.buildId === '') return false;
    yield* this.#put(`/${buildIdLink(found.elf.buildId)}/vdso`, found, 'whole');
    return true;
  }

  /** A vmlinux, or a module of the kernel, where the search finds it again. Nobody asks for their source lines. */
  *#addKernel(module: Module): Waiting<boolean> {
    const { vmlinux, release } = this.#places;
    const search = this.#search();
    const isKernel = module.kind === 'kernel';
    const found = !isKernel ? yield* search.kernelModule(module, release) : vmlinux !== undefined ? yield* search.given(vmlinux, module, 'vmlinux') : yield* search.vmlinux(module, release);
    this.#keep(search);
    if (found === undefined || !hasSymtab(found.elf)) return false;
    const { buildId } = found.elf;
    const byName = isKernel ? release !== '' && `/usr/lib/debug/boot/vmlinux-${release}` : module.path.startsWith('/') && absolute(unpackedName(module.path));
    const place = buildId !== '' && (isKernel || byName === false) ? `/${debugPath(buildId)}` : byName;
    if (place === false || place === undefined) return false;
    yield* this.#put(place, found, 'slim', { ...this.#wants, lines: false });
    return true;
  }

  #search(): FileSearch {
    return new FileSearch(this.#places.trees, this.#places.caches, this.#diagnostics, this.#places.more);
  }

  #keep(search: FileSearch): void {
    this.#open.push(search);
  }

  /** The recorded path, unless another file has it: then the place in a build-id cache. */
  #codePlace(module: Module, found: FoundElf): string {
    const recorded = withoutDeletedMark(module.path);
    const path = found.place === 'recorded-path' ? absolute(found.path) : recorded.startsWith('/') ? absolute(recorded) : undefined;
    const { buildId } = found.elf;
    const taken = path === undefined ? undefined : this.files.get(path);
    if (path !== undefined && (taken === undefined || taken.buildId === buildId)) return path;
    return `/${buildIdLink(buildId)}/elf`;
  }

  #debugPlace(found: FoundElf): string {
    const { buildId } = found.elf;
    return buildId !== '' ? `/${debugPath(buildId)}` : (absolute(found.path) ?? '/');
  }

  *#put(path: string, found: FoundElf, how: 'slim' | 'whole', wants: SymbolFileWants = this.#wants): Waiting<void> {
    if (this.files.has(path)) return;
    const { file, elf } = found;
    const whole: ArchivedElf = { buildId: elf.buildId, source: file, parts: ['everything'], wholeSize: file.size };
    const archived = how === 'whole' ? whole : yield* archivedElf(file, elf, wants, this.#diagnostics.of(path));
    this.files.set(path, { path, ...archived });
  }
}

/** An ELF file as it goes into an archive: cut down, where that is safe. */
export function* archivedElf(file: ByteSource, elf: ElfFile, wants: SymbolFileWants, diagnostics: Diagnostics): Waiting<ArchivedElf> {
  const lines = wants.lines || isSplit(elf);
  const plan = yield* settled(perform(file, planSlim(elf, { ...wants, lines }, diagnostics)));
  const { buildId } = elf;
  if (plan === undefined) return { buildId, source: file, parts: ['everything'], wholeSize: file.size };
  const parts: ElfPart[] = ['symbols', 'unwinding'];
  if (lines && hasDebugInfo(elf)) parts.push('lines');
  if (wants.code && hasCode(elf) && !elf.codeLeftOut) parts.push('code');
  return { buildId, source: new SlimSource(file, plan), parts, wholeSize: file.size };
}

/** A `.dwo` or a `.dwp`. */
function isSplit(elf: ElfFile): boolean {
  return elf.sections.some(({ name }) => name === '.debug_info.dwo' || name === '.debug_cu_index');
}

/** A path in a tree as an absolute one without `.` and `..`. */
function absolute(path: string): string | undefined {
  const components = treeComponents(path);
  return components === undefined ? undefined : `/${components.join('/')}`;
}
