// The symbols of the kernel and of its modules (FORMAT 3.1 and 3.3). In this order: the vmlinux, or else the kallsyms, that was given; a
// vmlinux that the search finds; a kallsyms that a build-id cache keeps for that very kernel. Those of modules: from kallsyms, or else from
// the module's file, laid out as the kernel does it. Never this machine's by itself.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { perform } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { readSymbolSections, readSymtab, type SymbolSections } from '../elf/symbol-sections.ts';
import type { Module } from '../process/module.ts';
import { buildSymbolTable, type ElfSymbolTable } from './elf-symbol-table.ts';
import { imageCode, moduleFileCode, type KernelFunction } from './kernel-code.ts';
import { KernelSymbols } from './kernel-symbols.ts';
import type { ReferenceSymbol } from './kernel-symbols.ts';
import type { CodeSearch } from './module-code.ts';
import { asLoaded } from './module-layout.ts';
import { addressOfSymbol, RelocatedSymbols } from './relocated-symbols.ts';
import type { FileSearch } from './search.ts';
import type { FoundElf } from './search-step.ts';
import type { SymbolTable } from './symbol-table.ts';

/** What is known of the kernel beforehand. */
export interface KernelSources {
  readonly kallsyms?: ByteSource | undefined;
  readonly vmlinux?: ByteSource | undefined;
  /** `uname -r`, '' where it is not recorded. */
  readonly release: string;
  /** Whether modules get names. */
  readonly modules: boolean;
  /** The kernel symbol whose address the recording tells, asked when the kernel is loaded. */
  readonly reference: () => ReferenceSymbol | undefined;
}

/** Names of kernel code. `file`: what they were read from, undefined for kallsyms; the search closes it. */
export interface KernelNames {
  readonly symbols: SymbolTable | undefined;
  readonly file: FoundElf | undefined;
  /** Coordinates count from where the module was loaded; else they are addresses. */
  readonly fromStart: boolean;
}

/** A function of the kernel or a module whose code is wanted. */
export interface NamedKernelFunction extends KernelFunction {
  /** As the symbols have it. */
  readonly name: string;
  /** Whether `start` and `end` count from where the module was loaded (KernelNames.fromStart). */
  readonly fromStart: boolean;
}

const NONE: KernelNames = { symbols: undefined, file: undefined, fromStart: false };

export class KernelLoader {
  readonly #sources: KernelSources;
  readonly #diagnostics: Diagnostics;
  #kallsyms: KernelSymbols | undefined;
  /** By how much KASLR has moved the kernel that code was asked of. */
  #distance: number | undefined;

  constructor(sources: KernelSources, diagnostics: Diagnostics) {
    this.#sources = sources;
    this.#diagnostics = diagnostics;
  }

  /** The names of the kernel or of a module of it. */
  *names(module: Module, search: FileSearch): Waiting<KernelNames> {
    return module.kind === 'kernel' ? yield* this.#kernel(module, search) : yield* this.#module(module, search);
  }

  *#kernel(module: Module, search: FileSearch): Waiting<KernelNames> {
    const { vmlinux, kallsyms, release } = this.#sources;
    if (vmlinux !== undefined || kallsyms === undefined) {
      const file = vmlinux !== undefined ? yield* search.given(vmlinux, module, 'vmlinux') : yield* search.vmlinux(module, release);
      const symbols = file === undefined ? undefined : yield* this.#vmlinuxSymbols(file);
      if (symbols !== undefined) return { symbols, file, fromStart: false };
      if (vmlinux !== undefined) this.#refused(search);
    }
    const kernel = yield* this.#readKallsyms(module.buildId, search);
    return kernel === undefined || kernel.isEmpty ? NONE : { ...NONE, symbols: kernel.kernel(this.#relocation(kernel)) };
  }

  *#module(module: Module, search: FileSearch): Waiting<KernelNames> {
    if (!this.#sources.modules) return NONE;
    const kernel = yield* this.#readKallsyms('', search);
    const symbols = kernel?.module(module.shortName);
    if (symbols !== undefined) return { ...NONE, symbols };
    const file = yield* search.kernelModule(module, this.#sources.release);
    if (file === undefined) return NONE;
    const table = yield* this.#moduleTable(file);
    return { symbols: table.length === 0 ? undefined : table, file, fromStart: true };
  }

  /** Distances from where the module is loaded. */
  *#moduleTable(file: FoundElf): Waiting<ElfSymbolTable> {
    const sections = yield* read(file, this.#diagnostics);
    const loaded: SymbolSections = { ...sections, elf: asLoaded(file.elf), dynsym: undefined, plt: undefined, goFunctions: undefined };
    return buildSymbolTable(loaded, loaded, { demangle: false, coordinates: 'file-offset', runtimeDynsym: false });
  }

  /** The code of a function that `names` has named. */
  *code(module: Module, search: FileSearch, fn: NamedKernelFunction): Waiting<CodeSearch> {
    return module.kind === 'kernel' ? yield* this.#imageCode(module, search, fn) : yield* this.#moduleCode(module, search, fn);
  }

  *#imageCode(module: Module, search: FileSearch, fn: KernelFunction): Waiting<CodeSearch> {
    const { vmlinux, release } = this.#sources;
    const file = vmlinux !== undefined ? yield* search.given(vmlinux, module, 'vmlinux') : yield* search.vmlinux(module, release);
    if (file === undefined) return { code: undefined, lack: 'not-found', steps: search.steps };
    this.#distance ??= yield* this.#distanceOf(file);
    return yield* imageCode(file, this.#distance, fn, search.steps);
  }

  *#distanceOf(file: FoundElf): Waiting<number> {
    const reference = this.#sources.reference();
    if (reference === undefined || reference.address === 0) return 0;
    const symtab = yield* settled(perform(file.file, readSymtab(file.elf, this.#diagnostics.of(file.path))));
    const address = symtab === undefined ? undefined : addressOfSymbol(file.elf, symtab, reference.name);
    return address === undefined ? 0 : reference.address - address;
  }

  *#moduleCode(module: Module, search: FileSearch, { start, end, name, fromStart }: NamedKernelFunction): Waiting<CodeSearch> {
    const { steps } = search;
    const file = yield* search.kernelModule(module, this.#sources.release);
    if (file === undefined) return { code: undefined, lack: 'not-found', steps };
    const diagnostics = this.#diagnostics.of(file.path);
    if (fromStart) return yield* moduleFileCode(file, { start, end }, 0, steps, diagnostics);
    // Named by kallsyms, whose addresses do not say where the module's first one is.
    const table = yield* this.#moduleTable(file);
    const symbol = onlySymbol(table, name);
    if (symbol < 0) return { code: undefined, lack: 'not-in-file', steps };
    const own = table.start(symbol);
    return yield* moduleFileCode(file, { start: own, end: table.end(symbol) }, start - own, steps, diagnostics);
  }

  *#vmlinuxSymbols(file: FoundElf): Waiting<SymbolTable | undefined> {
    const sections = { ...(yield* read(file, this.#diagnostics)), plt: undefined, goFunctions: undefined };
    const { symtab } = sections;
    if (symtab === undefined) return undefined;
    const table = buildSymbolTable(sections, sections, { demangle: false, coordinates: 'address', runtimeDynsym: false });
    const reference = this.#sources.reference();
    if (table.length === 0) return undefined;
    if (reference === undefined || reference.address === 0) return table;
    const address = addressOfSymbol(file.elf, symtab, reference.name);
    if (address === undefined) this.#unknownReference('vmlinux', reference);
    return address === undefined || address === reference.address ? table : new RelocatedSymbols(table, reference.address - address);
  }

  /** The kallsyms that was given, else one that a build-id cache keeps for that very kernel (which is looked for with its build id only). */
  *#readKallsyms(buildId: string, search: FileSearch): Waiting<KernelSymbols | undefined> {
    if (this.#kallsyms !== undefined) return this.#kallsyms;
    const given = this.#sources.kallsyms;
    const cached = given === undefined && buildId !== '' ? yield* search.kallsyms(buildId) : undefined;
    const source = given ?? cached;
    if (source === undefined) return undefined;
    const bytes = yield* whole(source);
    cached?.close?.();
    this.#kallsyms = new KernelSymbols(bytes, this.#diagnostics.of('kallsyms'));
    return this.#kallsyms;
  }

  #relocation(kernel: KernelSymbols): number {
    const reference = this.#sources.reference();
    if (reference === undefined || reference.address === 0) return 0;
    const relocation = kernel.relocation(reference);
    if (relocation === undefined) this.#unknownReference('kallsyms', reference);
    return relocation ?? 0;
  }

  #unknownReference(what: 'kallsyms' | 'vmlinux', reference: ReferenceSymbol): void {
    this.#diagnostics.of(what).damaged(`${what}-reference`, -1, `the ${what} file has no ${reference.name}: whether it belongs to the recording cannot be told`);
  }

  /** The user named a file: why it is of no use is worth a word. */
  #refused(search: FileSearch): void {
    const outcome = search.steps.find(({ place }) => place === 'vmlinux')?.outcome;
    const why =
      outcome === 'not-elf' ? 'it is no ELF file' : outcome === 'other-build-id' ? 'it is of another build than the recorded kernel' : outcome === 'no-build-id' ? 'it has no build id, and the recorded kernel has' : 'it has no symbols';
    this.#diagnostics.of('vmlinux').damaged('vmlinux-refused', -1, `the file that --vmlinux names is not used: ${why}`);
  }
}

/** The symbol of a name; -1 where there is none, or more than one. */
function onlySymbol(table: SymbolTable, name: string): number {
  let found = -1;
  for (let symbol = 0; symbol < table.length; symbol++) {
    if (table.name(symbol) !== name) continue;
    if (found >= 0) return -1;
    found = symbol;
  }
  return found;
}

function read(file: FoundElf, diagnostics: Diagnostics): Waiting<SymbolSections> {
  return settled(perform(file.file, readSymbolSections(file.elf, diagnostics.of(file.path))));
}

/** All bytes of a source, the caller's own. */
function* whole(source: ByteSource): Waiting<Uint8Array> {
  if (source.readInto === undefined) return (yield* settled(source.read(0, source.size))).slice();
  const bytes = new Uint8Array(source.size);
  let length = 0;
  // Sources that wait may bring it in pieces.
  for (let count = 1; count > 0 && length < bytes.length; length += count) count = yield* settled(source.readInto(bytes.subarray(length), length));
  return bytes.subarray(0, length);
}
