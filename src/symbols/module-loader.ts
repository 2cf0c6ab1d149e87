// Loads what is known of a module: its symbols, and the call frame information of its code. Which files are taken, search.ts
// says; only the sections that are needed are read, each once. Where all sources are synchronous, no promise is ever made.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { machineOf } from '../bytes/machine.ts';
import type { Machine } from '../bytes/machine.ts';
import { perform } from '../bytes/reading.ts';
import type { Reading } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { run, settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { CfiTable } from '../dwarf/cfi-table.ts';
import type { CfiSection } from '../dwarf/cfi-table.ts';
import { ElfFile } from '../elf/elf-file.ts';
import { PT_LOAD, SHT_NOBITS } from '../elf/elf-constants.ts';
import { readSection } from '../elf/section-bytes.ts';
import { readSymbolSections } from '../elf/symbol-sections.ts';
import type { Module } from '../process/module.ts';
import { buildSymbolTable, USER_SYMBOLS } from './elf-symbol-table.ts';
import { pagedCodeOf, type CodeBytes } from './file-code.ts';
import type { FileTree, TreeFile } from './file-tree.ts';
import { KernelLoader, type NamedKernelFunction } from './kernel-loader.ts';
import { SingleSymbol } from './kernel-symbols.ts';
import type { ReferenceSymbol } from './kernel-symbols.ts';
import { hasCode } from '../elf/contents.ts';
import { functionCode, type CodeSearch } from './module-code.ts';
import { FileSearch } from './search.ts';
import type { FoundElf, FoundFiles, MoreFolders, SearchPlace, SearchStep } from './search-step.ts';
import { SourceLines } from './source-lines.ts';
import type { SymbolTable } from './symbol-table.ts';

export interface ModuleLoaderOptions {
  /** File systems as on the machine that recorded, in the order in which they are searched: each `--symfs`. */
  readonly trees: readonly FileTree[];
  /** Build-id caches beyond those inside the trees (`~/.debug`); searched last, files taken by build id only. */
  readonly caches?: readonly FileTree[];
  /** Folders of files by build id or base name, and servers: searched after the trees (MoreFolders). */
  readonly more?: MoreFolders;
  /** The kernel's symbols as text. Without it, and without a vmlinux, the kernel has no names: this machine's are never taken. */
  readonly kallsyms?: ByteSource | undefined;
  /** The kernel's own file, named by the user: taken before kallsyms, unless its build id contradicts the recorded one. */
  readonly vmlinux?: ByteSource | undefined;
  /** `uname -r` of the machine that recorded: a part of the paths of its kernel's files. */
  readonly release?: string;
  /** Whether kernel modules get names; true if left out. */
  readonly kernelModules?: boolean | undefined;
  /** The image of the vdso, named by the user: taken for every `[vdso]` whose build id it does not contradict. */
  readonly vdso?: ByteSource | undefined;
  /** The machine of the recording: which of several vdso images can be meant. */
  readonly machine: Machine;
  /** Whether C++ and Rust names are shown demangled; true if left out. */
  readonly demangle?: boolean;
  /** The kernel symbol whose address the recording tells, asked when the kernel is loaded. */
  readonly kernelReference?: () => ReferenceSymbol | undefined;
  readonly diagnostics: Diagnostics;
}

/** Where a module's symbols come from; 'missing': from nowhere. */
export type FoundWhere = 'file' | 'debug-file' | 'build-id-cache' | 'vdso' | 'kallsyms' | 'record' | 'missing';

export interface LoadedModule {
  /** Undefined where nothing is found, or what is found has no symbols. */
  readonly symbols: SymbolTable | undefined;
  /** Undefined without such information, for machines that are not unwound, and where it was not asked for. */
  readonly cfi: CfiTable | undefined;
  /** The bytes of its code by file offset; undefined where the file itself is not there, or came without code. */
  readonly code?: CodeBytes | undefined;
  readonly found: FoundWhere;
  /** The files that were taken; undefined where none was, and for what is not in ELF files. */
  readonly files: LoadedFiles | undefined;
  /** Why nothing better was found, in the order of the search; cited by `doctor` and by warnings. */
  readonly steps: readonly SearchStep[];
  /** The ELF address (before relocation) of a file offset, which is the coordinate of `cfi`. The offset itself where no file tells. */
  fileOffsetToAddress(offset: number): number;
  /** Of a kernel module: coordinates of its symbols count from where it was loaded. */
  readonly countsFromStart?: boolean;
}

/** Where a file was found. */
export interface FoundPlace {
  /** Name of its tree (FileTree.name), and the path in it. */
  readonly tree: string;
  readonly path: string;
  readonly place: SearchPlace;
}

/** The files of a module. */
export interface LoadedFiles {
  readonly symbols: FoundPlace;
  /** The file that runs, or the debug file that stands in for it. */
  readonly runtime: FoundPlace;
  /** Lower-case hexadecimal, of the file that runs; '' where it has none. */
  readonly buildId: string;
  /** Whether they hold call frame information, read or not. */
  readonly hasCfi: boolean;
}

/** A linkage table of more bytes than that is none: 16 for each function that is called in another module. */
const MAX_PLT_SIZE = 1 << 22;

/** What is wanted of a module. */
export interface ModuleWants {
  /** Call frame information too. */
  readonly unwind: boolean;
  /** Where a 'bpf' module lies: its symbol is all of it. Signed addresses, half-open. */
  readonly start?: number;
  readonly end?: number;
}

/** What a search for debugging information came to. */
export interface DebugInfoSearch {
  readonly found: FoundPlace | undefined;
  readonly steps: readonly SearchStep[];
}

export class ModuleLoader {
  readonly #options: ModuleLoaderOptions;
  readonly #kernel: KernelLoader;

  constructor(options: ModuleLoaderOptions) {
    this.#options = options;
    const { kallsyms, vmlinux, release = '', kernelModules = true, kernelReference, diagnostics } = options;
    this.#kernel = new KernelLoader({ kallsyms, vmlinux, release, modules: kernelModules, reference: () => kernelReference?.() }, diagnostics);
  }

  /** Loads a module. Every call reads anew: callers keep what they get. */
  load(module: Module, wants: ModuleWants): LoadedModule | Promise<LoadedModule> {
    return run(this.#load(module, wants));
  }

  *#load(module: Module, wants: ModuleWants): Waiting<LoadedModule> {
    const search = this.#newSearch();
    try {
      switch (module.kind) {
        case 'file':
          return yield* this.#elf(module, yield* search.file(module), search, wants);
        case 'vdso':
          return yield* this.#vdso(module, search, wants);
        case 'kernel':
        case 'kernel-module':
          return yield* this.#kernelCode(module, search);
        case 'bpf':
          return absolute(new SingleSymbol(module.shortName, wants.start ?? -Infinity, wants.end ?? Infinity), 'record', []);
        default:
          return absolute(undefined, 'missing', []);
      }
    } finally {
      search.close();
    }
  }

  /**
   * What a module's debugging information says of its source: undefined where there is none. Its files stay open: whoever gets it closes
   * it. Only ELF files of programs and libraries have any.
   */
  loadSource(module: Module): SourceLines | undefined | Promise<SourceLines | undefined> {
    return module.kind === 'file' ? run(this.#source(module)) : undefined;
  }

  *#source(module: Module): Waiting<SourceLines | undefined> {
    const { trees, diagnostics } = this.#options;
    const search = this.#newSearch();
    const found = yield* search.debugInfo(module);
    search.close(found);
    return found === undefined ? undefined : yield* SourceLines.of(module, found, { trees, more: this.#options.more, demangle: this.#options.demangle ?? true, diagnostics });
  }

  /** Where a module's debugging information (inlined calls and source lines) is, without reading it. Closes what it opens. */
  findDebugInfo(module: Module): DebugInfoSearch | Promise<DebugInfoSearch> {
    return run(this.#findDebugInfo(module));
  }

  *#findDebugInfo(module: Module): Waiting<DebugInfoSearch> {
    if (module.kind !== 'file') return { found: undefined, steps: [] };
    const search = this.#newSearch();
    try {
      const found = yield* search.debugInfo(module);
      return { found: found && placeOf(found), steps: search.steps };
    } finally {
      search.close();
    }
  }

  /** The bytes of a function, in the module's coordinates. Only ELF files of programs and libraries, and the vdso, have any. */
  loadCode(module: Module, start: number, end: number): CodeSearch | Promise<CodeSearch> {
    return run(this.#code(module, start, end));
  }

  *#code(module: Module, start: number, end: number): Waiting<CodeSearch> {
    if (module.kind !== 'file' && module.kind !== 'vdso') return { code: undefined, lack: 'no-file', steps: [] };
    const search = this.#newSearch();
    try {
      const runtime = module.kind === 'file' ? (yield* search.file(module)).runtime : yield* this.#vdsoImage(module, search);
      return yield* functionCode(runtime, start, end, search.steps);
    } finally {
      search.close();
    }
  }

  /** The same of the kernel or a module of it: out of its own file, wherever its names are from. */
  loadKernelCode(module: Module, fn: NamedKernelFunction): CodeSearch | Promise<CodeSearch> {
    return run(this.#kernelFunction(module, fn));
  }

  *#kernelFunction(module: Module, fn: NamedKernelFunction): Waiting<CodeSearch> {
    const search = this.#newSearch();
    try {
      return yield* this.#kernel.code(module, search, fn);
    } finally {
      search.close();
    }
  }

  /** A source file as its compiler was given it, in the first tree that has it. Whoever gets it closes it. */
  openSourceFile(path: string): TreeFile | undefined | Promise<TreeFile | undefined> {
    return run(this.#sourceFile(path));
  }

  *#sourceFile(path: string): Waiting<TreeFile | undefined> {
    // Of one that is named from the compiler's own folder, nobody knows where that was.
    if (!path.startsWith('/')) return undefined;
    for (const tree of this.#options.trees) {
      const file = yield* settled(tree.open(path));
      if (file !== undefined) return file;
    }
    return undefined;
  }

  #newSearch(): FileSearch {
    return new FileSearch(this.#options.trees, this.#options.caches ?? [], this.#options.diagnostics, this.#options.more);
  }

  *#vdsoImage(module: Module, search: FileSearch): Waiting<FoundElf | undefined> {
    const { vdso, machine } = this.#options;
    if (vdso !== undefined) return yield* search.given(vdso, module);
    return yield* search.vdso(module, (elf) => machine === 'other' || machineOf(elf.machine) === machine);
  }

  *#vdso(module: Module, search: FileSearch, wants: ModuleWants): Waiting<LoadedModule> {
    const image = yield* this.#vdsoImage(module, search);
    return yield* this.#elf(module, { symbols: image, runtime: image }, search, wants);
  }

  *#elf(module: Module, files: FoundFiles, search: FileSearch, wants: ModuleWants): Waiting<LoadedModule> {
    const { symbols, runtime } = files;
    if (symbols === undefined || runtime === undefined) return absolute(undefined, 'missing', search.steps);
    const diagnostics = this.#options.diagnostics.of(symbols.path);
    const elf = hasCode(runtime.elf) ? runtime.elf : asMapped(runtime.elf);
    const runtimeSections = yield* read(runtime, readSymbolSections(elf, this.#options.diagnostics.of(runtime.path)));
    const sections = symbols === runtime ? runtimeSections : yield* read(symbols, readSymbolSections(symbols.elf, diagnostics));
    const table = buildSymbolTable(sections, runtimeSections, {
      ...USER_SYMBOLS,
      demangle: this.#options.demangle ?? true,
      runtimeDynsym: symbols.place === 'mini-debug-info',
    });
    return {
      symbols: table.length === 0 ? undefined : table,
      cfi: wants.unwind ? yield* this.#cfi(files, elf) : undefined,
      code: wants.unwind ? pagedCodeOf(runtime) : undefined,
      found: table.length === 0 ? 'missing' : whereOf(module, symbols),
      files: { symbols: placeOf(symbols), runtime: placeOf(runtime), buildId: runtime.elf.buildId, hasCfi: hasCfi(runtime.elf) || hasCfi(symbols.elf) },
      steps: search.steps,
      fileOffsetToAddress: (offset) => elf.fileOffsetToAddress(offset) ?? offset,
    };
  }

  /** `.eh_frame` from the file that runs, `.debug_frame` from whichever has it. */
  *#cfi(files: FoundFiles, elf: ElfFile): Waiting<CfiTable | undefined> {
    const { symbols, runtime } = files;
    if (symbols === undefined || runtime === undefined) return undefined;
    const machine = machineOf(elf.machine);
    if (machine === 'other') return undefined;
    const diagnostics = this.#options.diagnostics.of(runtime.path);
    const ehFrame = yield* sectionOf(runtime, '.eh_frame', diagnostics);
    const ehFrameHdr = ehFrame === undefined ? undefined : yield* sectionOf(runtime, '.eh_frame_hdr', diagnostics);
    const debugFrame = (yield* debugFrameOf(runtime, diagnostics)) ?? (symbols === runtime ? undefined : yield* debugFrameOf(symbols, diagnostics));
    if (ehFrame === undefined && debugFrame === undefined) return undefined;
    const table = new CfiTable(
      {
        machine,
        littleEndian: elf.littleEndian,
        addressSize: elf.is64 ? 8 : 4,
        ...(ehFrame && { ehFrame }),
        ...(ehFrameHdr && { ehFrameHdr }),
        ...(debugFrame && { debugFrame }),
      },
      diagnostics,
    );
    if (machine === 'x86-64') {
      for (const { name, address, size } of runtime.elf.sections) {
        if (!/^\.i?plt/.test(name) || size > MAX_PLT_SIZE || table.find(address) >= 0) continue;
        const plt = yield* sectionOf(runtime, name, diagnostics);
        if (plt !== undefined) table.addPlt(plt);
      }
    }
    return table;
  }

  *#kernelCode(module: Module, search: FileSearch): Waiting<LoadedModule> {
    const { symbols, file, fromStart } = yield* this.#kernel.names(module, search);
    if (file === undefined) return absolute(symbols, symbols === undefined ? 'missing' : 'kallsyms', search.steps);
    const place = placeOf(file);
    return {
      ...absolute(symbols, symbols === undefined ? 'missing' : whereOf(module, file), search.steps),
      files: { symbols: place, runtime: place, buildId: file.elf.buildId, hasCfi: false },
      countsFromStart: fromStart,
    };
  }
}

/** A module whose coordinates are addresses. */
function absolute(symbols: SymbolTable | undefined, found: FoundWhere, steps: readonly SearchStep[]): LoadedModule {
  return { symbols, cfi: undefined, found, files: undefined, steps, fileOffsetToAddress: (offset) => offset };
}

function read<T>(found: FoundElf, reading: Reading<T>): Waiting<T> {
  return settled(perform(found.file, reading));
}

function placeOf({ tree, path, place }: FoundElf): FoundPlace {
  return { tree, path, place };
}

function hasCfi(elf: ElfFile): boolean {
  return elf.sections.some(({ name, type }) => type !== SHT_NOBITS && (name === '.eh_frame' || name === '.debug_frame' || name === '.zdebug_frame'));
}

function* sectionOf(found: FoundElf, name: string, diagnostics: Diagnostics): Waiting<CfiSection | undefined> {
  const section = found.elf.section(name);
  if (section === undefined || section.type === SHT_NOBITS) return undefined;
  const bytes = yield* read(found, readSection(found.elf, section, diagnostics));
  return bytes.length === 0 ? undefined : { bytes, address: section.address };
}

function* debugFrameOf(found: FoundElf, diagnostics: Diagnostics): Waiting<CfiSection | undefined> {
  return (yield* sectionOf(found, '.debug_frame', diagnostics)) ?? (yield* sectionOf(found, '.zdebug_frame', diagnostics));
}

function whereOf(module: Module, symbols: FoundElf): FoundWhere {
  if (module.kind === 'vdso') return 'vdso';
  if (symbols.place === 'build-id-cache' || symbols.place === 'debuginfod') return 'build-id-cache';
  return symbols.place === 'recorded-path' || symbols.place === 'mini-debug-info' ? 'file' : 'debug-file';
}

/**
 * A debug file without the file it belongs to: stripping has moved the offsets in its program headers. Linkers place code
 * at the same distance in the file as in memory, but for gaps of whole pages that some leave out: the best guess there is.
 */
function asMapped(elf: ElfFile): ElfFile {
  const loads = elf.segments.filter((segment) => segment.type === PT_LOAD);
  const base = loads[0] === undefined ? 0 : loads[0].address - loads[0].offset;
  const segments = elf.segments.map((segment) =>
    segment.type === PT_LOAD ? { ...segment, offset: segment.address - base, fileSize: segment.memorySize } : segment,
  );
  return new ElfFile(elf, elf.size, elf.sections, segments, elf.buildId, elf.hasSectionTable);
}
