// What lies at an address of a process at a moment: an ELF file, code that a jitdump loaded, code that a perf map names, memory
// that nothing describes. This is where the process model, the loaded modules and the unwinder's view of code meet
// (unwind/code-space.ts). Order of precedence: a mapped file; then jitdump code, which is valid from its time on and beats any
// anonymous or jitdump mapping (later mprotects cover it again: JITDUMP 2); then the perf map.

import type { Machine } from '../bytes/machine.ts';
import { upperBound } from '../bytes/sorted.ts';
import type { JitCode } from '../jit/jit-code.ts';
import { isTrampolineCode } from '../jit/trampolines.ts';
import type { Mapping } from '../process/mapping.ts';
import type { Module } from '../process/module.ts';
import type { Processes } from '../process/processes.ts';
import type { Process } from '../process/thread.ts';
import type { CodeBytes } from '../symbols/file-code.ts';
import type { LoadedModule } from '../symbols/module-loader.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import type { CodeRegion, CodeSpace, UnwindInfo } from '../unwind/code-space.ts';

/** What a module turned out to hold. */
export type ModuleContents =
  | { readonly kind: 'file'; readonly loaded: LoadedModule }
  | { readonly kind: 'symbols'; readonly symbols: SymbolTable | undefined }
  | { readonly kind: 'jitdump'; readonly code: JitCode; readonly symbols: SymbolTable; readonly timeless: boolean; readonly bytes?: CodeBytes | undefined };

/** A stretch of code of one module. */
export class ModuleRegion implements CodeRegion {
  readonly bias: number;
  readonly unwind: UnwindInfo;
  /** Undefined for memory that nothing describes in a process with a jitdump: perf has no mapping there (JITDUMP 5). */
  readonly module: Module | undefined;
  /** Module coordinate = address - shift (FORMAT 3.2: file offsets for files). */
  readonly shift: number;
  /** The symbol that fills the region, NO_SYMBOL, or -1: search the module's table. */
  readonly symbol: number;
  /** Of code that a jitdump loaded: the symbol, also where it has no name; else -1. */
  readonly jitCode: number;

  constructor(module: Module | undefined, bias: number, unwind: UnwindInfo, shift: number, symbol: number, jitCode: number = -1) {
    this.module = module;
    this.bias = bias;
    this.unwind = unwind;
    this.shift = shift;
    this.symbol = symbol;
    this.jitCode = jitCode;
  }
}

/** A region whose code has no name, whatever the module's table says of the same place at another time. */
export const NO_SYMBOL = -2;
/** How far behind the kernel's text its boot code may lie: an image is smaller than this. */
const BOOT_CODE = 67_108_864;
const NONE: UnwindInfo = { kind: 'none' };
const UNLOADED: UnwindInfo = { kind: 'unloaded' };
const DATA: UnwindInfo = { kind: 'data' };
const NAMELESS: UnwindInfo = { kind: 'nameless-jit' };

/** The code of one process; moved from process to process, and through time, by `enter`. */
export class CodeMap implements CodeSpace {
  id = 0;
  /** By module id. */
  readonly contents: (ModuleContents | undefined)[];
  #process: Process | undefined;
  #time = 0;
  #inKernel = false;
  readonly #machine: Machine;
  /** Goes with the mappings, of which a recording has many in the course of time. */
  readonly #fileRegions = new WeakMap<Mapping, ModuleRegion>();
  readonly #jitRegions = new Map<Module, (ModuleRegion | undefined)[]>();

  constructor(contents: (ModuleContents | undefined)[], machine: Machine) {
    this.contents = contents;
    this.#machine = machine;
  }

  /** Shows the process as it is at `time` (the recording's own time base); `inKernel`: to the kernel working for it. */
  enter(process: Process, time: number, inKernel: boolean): void {
    this.#process = process;
    this.#time = time;
    this.#inKernel = inKernel;
    if (process.replaced !== undefined && !inKernel) process.leaveExec();
    if (time >= process.nextCodeTime) {
      process.codeChanged();
      process.nextCodeTime = this.#nextCodeTime(process, time);
    }
    this.id = process.state;
  }

  /** To be called when a jitdump of the process was loaded. */
  jitdumpLoaded(process: Process): void {
    process.codeChanged();
    process.nextCodeTime = -Infinity;
  }

  #nextCodeTime(process: Process, time: number): number {
    let next = Infinity;
    for (const use of process.jitdumps) {
      const contents = this.contents[use.module.id];
      // Code that comes where there was none is never remembered as missing; only code in the place of other code counts.
      if (contents?.kind !== 'jitdump' || contents.timeless || !contents.code.hasDuplicateAddresses) continue;
      const { loadTimes } = contents.code;
      const load = loadTimes[upperBound(loadTimes, loadTimes.length, time)] ?? Infinity;
      if (load <= use.until && load < next) next = load;
    }
    return next;
  }

  find(address: number): ModuleRegion | undefined {
    const process = this.#process!;
    let mapping = process.mappings.find(address);
    if (process.replaced !== undefined) {
      if (mapping === undefined && this.#inKernel) mapping = process.replaced.find(address);
      else if (mapping?.executable === true) process.leaveExec();
    }
    const kind = mapping?.module.kind;
    const jit = mapping?.jit;
    if (process.jitdumps.length > 0 && (mapping === undefined || kind === 'anonymous' || kind === 'jitdump' || jit !== undefined)) {
      const loaded = this.#findJit(process, address);
      if (loaded !== undefined) return loaded;
      if (mapping !== undefined && mapping.executable && jit === undefined) {
        const named = kind === 'anonymous' ? this.#inPerfMap(mapping.module, mapping.start, address) : undefined;
        if (named !== undefined && (named.symbol >= 0 || named.unwind === UNLOADED)) return named;
        return new ModuleRegion(undefined, mapping.start, NAMELESS, 0, -1);
      }
    }
    if (mapping === undefined) return undefined;
    if (!mapping.executable) return this.#dataRegion(mapping);
    if (kind === 'anonymous') return this.#inPerfMap(mapping.module, mapping.start, address);
    if (jit !== undefined) {
      const named = this.#inPerfMap(jit, mapping.start, address);
      if (named.symbol >= 0 || named.unwind === UNLOADED) return named;
    }
    return this.#fileRegion(mapping, address);
  }

  /** From the file that is mapped, or the jitdump; other memory has no bytes anywhere. */
  readCode(address: number, length: number): Uint8Array | undefined {
    const region = this.find(address);
    if (region?.module === undefined || region.unwind === DATA) return undefined;
    const contents = this.contents[region.module.id];
    if (contents?.kind === 'file') return contents.loaded.code?.read(address - region.shift, length);
    if (contents?.kind !== 'jitdump' || region.jitCode < 0) return undefined;
    const { code, bytes } = contents;
    const start = code.start(region.jitCode);
    return bytes?.read(code.codeOffset(region.jitCode) + address - start, Math.min(length, code.end(region.jitCode) - address));
  }

  /** Mapped, but no code: a frame there is where a chain has gone astray. It is named by its mapping all the same, as perf does. */
  #dataRegion(mapping: Mapping): ModuleRegion {
    const shift = mapping.start - mapping.pageOffset;
    return new ModuleRegion(mapping.module, shift, this.contents[mapping.module.id] === undefined ? UNLOADED : DATA, shift, -1);
  }

  #findJit(process: Process, address: number): ModuleRegion | undefined {
    for (let i = process.jitdumps.length - 1; i >= 0; i--) {
      const use = process.jitdumps[i]!;
      const contents = this.contents[use.module.id];
      if (contents?.kind !== 'jitdump') continue;
      const { code } = contents;
      const record = code.find(address, contents.timeless ? Infinity : Math.min(this.#time, use.until));
      if (record < 0) continue;
      let regions = this.#jitRegions.get(use.module);
      if (regions === undefined) this.#jitRegions.set(use.module, (regions = []));
      return (regions[record] ??= this.#jitRegion(use.module, code, record));
    }
    return undefined;
  }

  #jitRegion(module: Module, code: JitCode, record: number): ModuleRegion {
    const start = code.start(record);
    const table = code.cfi(record);
    const unwind: UnwindInfo =
      table !== undefined ? { kind: 'cfi', table } : code.isTrampoline(record) ? { kind: 'trampoline', size: code.end(record) - start } : NONE;
    return new ModuleRegion(module, start, unwind, 0, code.isNamed(record) ? record : NO_SYMBOL, record);
  }

  /** Anonymous executable memory: what the perf map of the process that mapped it says of the address. */
  #inPerfMap(module: Module, mappingStart: number, address: number): ModuleRegion {
    const contents = this.contents[module.id];
    if (contents === undefined) return new ModuleRegion(module, 0, UNLOADED, 0, -1);
    const symbols = contents.kind === 'symbols' ? contents.symbols : undefined;
    if (symbols === undefined) return new ModuleRegion(module, 0, NONE, 0, -1);
    const symbol = symbols.find(address);
    if (symbol < 0) return new ModuleRegion(module, mappingStart, NONE, 0, -1);
    const start = symbols.start(symbol);
    const size = symbols.end(symbol) - start;
    const name = symbols.name(symbol);
    if (name === '') return new ModuleRegion(module, start, NONE, 0, NO_SYMBOL);
    const trampoline = isTrampolineCode(this.#machine, name, size);
    return new ModuleRegion(module, start, trampoline ? { kind: 'trampoline', size } : NONE, 0, symbol);
  }

  #fileRegion(mapping: Mapping, address: number): ModuleRegion {
    const known = this.#fileRegions.get(mapping);
    if (known !== undefined) return known;
    const { module } = mapping;
    const contents = this.contents[module.id];
    const shift = mapping.start - mapping.pageOffset;
    if (contents === undefined) return new ModuleRegion(module, shift, UNLOADED, shift, -1);
    let region: ModuleRegion;
    if (contents.kind === 'file') {
      // The address itself decides the segment: the page of a mapping's first byte may belong to two of them.
      const { cfi } = contents.loaded;
      const bias = address - contents.loaded.fileOffsetToAddress(address - shift);
      region = new ModuleRegion(module, bias, cfi === undefined ? NONE : { kind: 'cfi', table: cfi }, shift, -1);
    } else region = new ModuleRegion(module, shift, NONE, shift, -1);
    this.#fileRegions.set(mapping, region);
    return region;
  }
}

/** The kernel's code, for frames that the kernel recorded. Coordinates are absolute addresses, but for modules that were named by their files. */
export function findKernel(processes: Processes, contents: readonly (ModuleContents | undefined)[], address: number): ModuleRegion | undefined {
  const mappings = processes.kernelMappings;
  const mapping = mappings.find(address) ?? processes.kernelText;
  let module = mapping?.module;
  if (mapping === undefined) {
    // Without a record of the kernel's text nothing is the kernel's; with one that does not say where it ends, the upper half is.
    const from = processes.kernelFrom;
    if (from === undefined || (address >= 0 && (from === 0 || address < from))) return undefined;
    module = processes.modules.kernel;
  } else if (address < mapping.start || address >= mapping.end) {
    // Code that runs at boot (`.init.text`: start_kernel) lies behind the text, and the recorded mapping ends with the text: the
    // symbols, where there are any, tell of it.
    if (address < mapping.start || address >= mapping.end + BOOT_CODE) return undefined;
    const loaded = contents[mapping.module.id];
    if (loaded !== undefined && symbolsOf(loaded) === undefined) return undefined;
  }
  const loaded = contents[module!.id];
  const start = mapping?.start ?? 0;
  return new ModuleRegion(module, start, loaded === undefined ? UNLOADED : NONE, loaded?.kind === 'file' && loaded.loaded.countsFromStart === true ? start : 0, -1);
}

/** The names that a module's contents hold. */
export function symbolsOf(contents: ModuleContents | undefined): SymbolTable | undefined {
  if (contents === undefined) return undefined;
  return contents.kind === 'file' ? contents.loaded.symbols : contents.symbols;
}
