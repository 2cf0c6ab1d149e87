// What the debugging information of a module says of places in its files: inlined calls and source lines. Found by search.ts, read by
// dwarf/; the files that it is spread over (dwz's shared file, .dwo, .dwp) are looked for here, and stay open until `close`.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { perform } from '../bytes/reading.ts';
import { baseName, folderOf } from '../bytes/recorded-path.ts';
import { run, settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { DebugInfo, SourcePlace, type SourceWants } from '../dwarf/debug-info.ts';
import type { DwarfSections } from '../dwarf/sections.ts';
import type { NeededFile } from '../dwarf/split-units.ts';
import { demangle } from '../demangle/demangle.ts';
import { type DebugAltLink, readDebugAltLink } from '../elf/debug-link.ts';
import { readSymtab } from '../elf/symbol-sections.ts';
import type { Module } from '../process/module.ts';
import { buildIdLink, debugPath } from './build-id.ts';
import { answered, dwarfSectionsOf } from './dwarf-sections.ts';
import type { FileTree } from './file-tree.ts';
import { FileSearch } from './search.ts';
import type { FoundElf, MoreFolders, SearchPlace } from './search-step.ts';
import { SourceFileSymbols } from './source-file-symbols.ts';

export interface SourceLinesOptions {
  readonly trees: readonly FileTree[];
  /** Where dwz's shared file may be by its build id. */
  readonly more?: MoreFolders | undefined;
  readonly demangle: boolean;
  readonly diagnostics: Diagnostics;
}

/** A line of a source file, as the compiler was given its path. */
export interface LinePlace {
  readonly path: string;
  readonly line: number;
}

export class SourceLines {
  /** Of the address asked about last. */
  readonly place: SourcePlace = new SourcePlace();
  readonly #module: Module;
  readonly #found: FoundElf;
  readonly #info: DebugInfo;
  readonly #options: SourceLinesOptions;
  readonly #open: FoundElf[];
  readonly #names: (string | undefined)[] = [];
  /** Null: not asked for yet. */
  #fileSymbols: SourceFileSymbols | undefined | null = null;

  private constructor(module: Module, found: FoundElf, info: DebugInfo, options: SourceLinesOptions, open: FoundElf[]) {
    this.#module = module;
    this.#found = found;
    this.#info = info;
    this.#options = options;
    this.#open = open;
  }

  /** Of a file with debugging information, which is closed with it. */
  static *of(module: Module, found: FoundElf, options: SourceLinesOptions): Waiting<SourceLines> {
    const diagnostics = options.diagnostics.of(found.path);
    const main = yield* dwarfSectionsOf(found.file, found.elf, false, diagnostics);
    const open = [found];
    const supplementary = yield* supplementaryOf(found, options);
    if (supplementary !== undefined) open.push(supplementary);
    const shared = supplementary && (yield* dwarfSectionsOf(supplementary.file, supplementary.elf, false, options.diagnostics.of(supplementary.path)));
    return new SourceLines(module, found, new DebugInfo(main, shared), options, open);
  }

  /** Fills `place` with what is known of an address of the module's file; false where nothing is. */
  *at(address: number, wants: SourceWants): Waiting<boolean> {
    const info = this.#info;
    for (;;) {
      const isKnown = yield* answered(info.at(address, wants, this.place));
      const { needed } = info;
      if (needed === undefined) return isKnown;
      info.provide(yield* this.#split(needed));
    }
  }

  /** The path and line of an address of the module's file; '' and 0 where not known. */
  lineAt(address: number): LinePlace | Promise<LinePlace> {
    return run(this.#lineAt(address));
  }

  *#lineAt(address: number): Waiting<LinePlace> {
    const isKnown = yield* this.at(address, { inlines: false, lines: true });
    const { paths: [path = -1], lines: [line = 0] } = this.place;
    return isKnown && path >= 0 ? { path: this.path(path), line } : { path: '', line: 0 };
  }

  /** The source file of an address that `at` knows nothing of, by the symbols: without folder, without line, '' where a linker made the code. */
  *fileAt(address: number): Waiting<string | undefined> {
    if (this.#fileSymbols === null) {
      const { file, elf, path } = this.#found;
      const symtab = yield* settled(perform(file, readSymtab(elf, this.#options.diagnostics.of(path))));
      this.#fileSymbols = symtab && new SourceFileSymbols(elf, symtab);
    }
    return this.#fileSymbols?.at(address);
  }

  /** The name of an inlined function (SourcePlace.names), as it is shown. */
  name(number: number): string {
    return (this.#names[number] ??= this.#shown(this.#info.names[number] ?? ''));
  }

  #shown(name: string): string {
    // What perf calls a function without any.
    if (name === '') return '??';
    return this.#options.demangle ? demangle(name) : name;
  }

  /** The path of a source file (SourcePlace.paths). */
  path(number: number): string {
    return this.#info.paths[number] ?? '';
  }

  /** Closes the files: nothing can be asked afterwards. */
  close(): void {
    for (const found of this.#open) found.file.close?.();
    this.#open.length = 0;
  }

  /** A file of split debugging information: where the compiler put it, or beside the program. */
  *#split(needed: NeededFile): Waiting<DwarfSections | undefined> {
    const own = this.#module.path;
    const places = needed.kind === 'package' ? packagePlaces(own, this.#found.path) : splitPlaces(needed, own, this.#found.path);
    const found = yield* firstOf(places, this.#found, this.#options, 'split-debug-info', '');
    if (found === undefined) return undefined;
    this.#open.push(found);
    return yield* dwarfSectionsOf(found.file, found.elf, true, this.#options.diagnostics.of(found.path));
  }
}

function packagePlaces(own: string, found: string): string[] {
  return [`${own}.dwp`, `${found}.dwp`, `${found.replace(/\.debug$/, '')}.dwp`];
}

function splitPlaces({ name, compilationFolder }: { readonly name: string; readonly compilationFolder: string }, own: string, found: string): string[] {
  const named = name.startsWith('/') ? name : `${compilationFolder}/${name}`;
  return [named, `${folderOf(own)}/${name}`, `${folderOf(own)}/${baseName(name)}`, `${folderOf(found)}/${baseName(name)}`];
}

/** The file that dwz made for several. */
export function* supplementaryOf(found: FoundElf, options: SourceLinesOptions): Waiting<FoundElf | undefined> {
  const diagnostics = options.diagnostics.of(found.path);
  const link = yield* settled(perform(found.file, readDebugAltLink(found.elf, diagnostics)));
  if (link === undefined) return undefined;
  const named = link.name.startsWith('/') ? link.name : `${folderOf(found.path)}/${link.name}`;
  const places = [named, debugPath(link.buildId), `.debug/${buildIdLink(link.buildId)}/elf`, `.debug/${buildIdLink(link.buildId)}/debug`];
  const shared = (yield* firstOf(places, found, options, 'debug-alt-link', link.buildId)) ?? (yield* sharedElsewhere(link, options));
  if (shared === undefined) diagnostics.damaged('dwarf-shared-missing', -1, `${link.name}, with which it shares debugging information, is not found`);
  return shared;
}

/** dwz's shared file in a folder of symbols, or of a server. */
function* sharedElsewhere({ name, buildId }: DebugAltLink, { more, diagnostics }: SourceLinesOptions): Waiting<FoundElf | undefined> {
  const search = new FileSearch([], [], diagnostics);
  for (const tree of [...(more?.folders ?? []), ...(more?.servers ?? [])]) {
    for (const path of [`${buildId}/debuginfo`, `${buildIdLink(buildId)}.debug`, baseName(name)]) {
      const found = buildId === '' ? undefined : yield* search.named(tree, path, 'debug-alt-link', buildId);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The first of some files that is there; in the tree of the file that names it before all others. */
function* firstOf(places: readonly string[], near: FoundElf, { trees, diagnostics }: SourceLinesOptions, kind: SearchPlace, buildId: string): Waiting<FoundElf | undefined> {
  const search = new FileSearch([], [], diagnostics);
  const ordered = near.within === undefined ? trees : [near.within, ...trees.filter((tree) => tree !== near.within)];
  for (const tree of ordered) {
    for (const path of new Set(places)) {
      const found = yield* search.named(tree, path, kind, buildId);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
