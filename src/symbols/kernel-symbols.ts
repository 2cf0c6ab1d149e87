// The kernel's symbols from a kallsyms file (FORMAT 3.2, 3.3): lines `ADDRESS TYPE NAME`, those of loadable modules with
// `<tab>[module]` behind. No sizes: a symbol ends where the next begins. Names stay in the file's bytes until somebody asks.
// Never the viewing host's own kallsyms: which file it is, the user says.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { findBlocks, KallsymsBlockTable } from './kallsyms-blocks.ts';
import type { KallsymsBlocks } from './kallsyms-blocks.ts';
import { addressOfName } from './kallsyms-lines.ts';
import { KallsymsScanner, KallsymsTable } from './kallsyms-scan.ts';
import type { SymbolColumns } from './kallsyms-scan.ts';
import type { SymbolTable } from './symbol-table.ts';

/** A symbol whose address the recording tells: `_text` or `_stext`, in the kernel's own MMAP record. */
export interface ReferenceSymbol {
  readonly name: string;
  /** Signed (bytes/int64.ts). */
  readonly address: number;
}

/** All symbols of one kallsyms file, by what they belong to. */
export class KernelSymbols {
  readonly #bytes: Uint8Array;
  readonly #diagnostics: Diagnostics;
  /** Undefined where the file must be read whole. */
  readonly #blocks: KallsymsBlocks | undefined;
  #all: KallsymsScanner | undefined;
  /** As much of the file as has modules in it. */
  #moduleLines: KallsymsScanner | undefined;
  /** Of all modules, ascending: a module's text and data lie apart, with other modules in between. */
  #moduleStarts: Float64Array | undefined;

  constructor(bytes: Uint8Array, diagnostics: Diagnostics) {
    this.#bytes = bytes;
    this.#diagnostics = diagnostics;
    this.#blocks = findBlocks(bytes);
  }

  /** Whether there is nothing: the kernel hid its addresses, or the file is something else. */
  get isEmpty(): boolean {
    if (this.#blocks !== undefined) return false;
    const { kernel, modules } = this.#scanned();
    return kernel.length === 0 && modules.size === 0;
  }

  /** `[name]` of every module that has symbols here. */
  get modules(): string[] {
    return [...this.#withModules().modules.keys()];
  }

  /**
   * What must be added to this file's addresses to get the recording's: 0 for the same boot, else the distance between the
   * recorded address of the reference symbol and this file's. Undefined where this file does not know the symbol.
   */
  relocation(reference: ReferenceSymbol): number | undefined {
    const address = this.isEmpty ? undefined : addressOfName(this.#bytes, reference.name);
    return address === undefined ? undefined : reference.address - address;
  }

  /** The kernel's own symbols at their addresses plus `relocation`. Coordinates: absolute signed addresses. */
  kernel(relocation = 0): SymbolTable {
    if (this.#blocks === undefined) return this.#wholeKernel(relocation);
    return new KallsymsBlockTable(this.#bytes, this.#blocks, relocation, () => this.#wholeKernel(relocation));
  }

  /** The symbols of a loadable module (`[name]`), or undefined if the file has none. */
  module(name: string): SymbolTable | undefined {
    const { modules } = this.#withModules();
    const columns = modules.get(name);
    if (columns === undefined) return undefined;
    this.#moduleStarts ??= startsOf([...modules.values()]);
    return new KallsymsTable(this.#bytes, columns, 0, this.#moduleStarts);
  }

  #wholeKernel(relocation: number): SymbolTable {
    const { kernel, modules } = this.#scanned();
    return new KallsymsTable(this.#bytes, kernel, relocation, startsOf([...modules.values()]));
  }

  #withModules(): KallsymsScanner {
    if (this.#all !== undefined || this.#blocks === undefined) return this.#scanned();
    if (this.#moduleLines === undefined) {
      this.#moduleLines = new KallsymsScanner(this.#bytes);
      this.#moduleLines.scan(this.#blocks.offsets[this.#blocks.length - 1]);
    }
    return this.#moduleLines;
  }

  #scanned(): KallsymsScanner {
    if (this.#all !== undefined) return this.#all;
    let scanner = new KallsymsScanner(this.#bytes);
    scanner.scan();
    const isEmpty = scanner.kernel.length + scanner.modules.size === 0;
    if (isEmpty) this.#diagnostics.damaged('kallsyms-empty', -1, 'the kallsyms file holds no symbols: it should be a copy of /proc/kallsyms');
    else if (scanner.badLine >= 0) this.#diagnostics.damaged('kallsyms-line', scanner.badLine, 'a line of the kallsyms file is no symbol');
    if (!scanner.hasAddresses && !isEmpty) {
      this.#diagnostics.damaged('kallsyms-hidden', 0, 'all addresses in the kallsyms file are 0: copy /proc/kallsyms as root');
      scanner = new KallsymsScanner(new Uint8Array(0));
    }
    this.#all = scanner;
    return scanner;
  }
}

function startsOf(modules: readonly SymbolColumns[]): Float64Array {
  const starts = new Float64Array(modules.reduce((sum, module) => sum + module.length, 0));
  let length = 0;
  for (const module of modules) {
    starts.set(module.starts.subarray(0, module.length), length);
    length += module.length;
  }
  return starts.sort();
}

/** A table of one symbol over a range of signed addresses: a BPF program, or whatever a KSYMBOL record names. */
export class SingleSymbol implements SymbolTable {
  readonly length = 1;
  readonly #name: string;
  readonly #start: number;
  readonly #end: number;

  constructor(name: string, start: number, end: number) {
    this.#name = name;
    this.#start = start;
    this.#end = end;
  }

  find(address: number): number {
    return address >= this.#start && address < this.#end ? 0 : -1;
  }

  start(_symbol: number): number {
    return this.#start;
  }

  end(_symbol: number): number {
    return this.#end;
  }

  name(_symbol: number): string {
    return this.#name;
  }

  isObject(_symbol: number): boolean {
    return false;
  }
}
