// The frames of a recording as call chains tell them apart (FORMAT 3.8, "Building"): a function of a module is one frame,
// whatever the address in it; an address that nothing names is a frame of its own. Frames are numbers; what they are is in columns.

import { grown } from '../bytes/sorted.ts';
import type { Module } from '../process/module.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';

/** Bits of FrameTable.flags. */
export const FrameFlag = {
  /** The frame's code belongs to the kernel's address space. */
  Kernel: 1,
  /** A function inlined into the frame that follows outwards; its name is in the line table, not in the symbols. */
  Inlined: 2,
  /** The symbol is data (STT_OBJECT): shown as name+0xoffset. */
  Object: 4,
  /** Trampoline of a Python runtime that nothing names: `[unknown]` in report and script, `[python trampoline]` elsewhere. */
  NamelessJit: 8,
  /** The address is mapped, but not as code. */
  NoCode: 16,
} as const;

/** The frames of a recording in columns, by number from 0 to `length` - 1. */
export class FrameTable {
  /** Modules by their id. */
  readonly modules: Module[];
  /** Symbol tables by module id, as far as loaded. */
  readonly symbols: (SymbolTable | undefined)[];

  length = 0;
  /** Module id, or -1: the address lies in no mapping. */
  module: Int32Array = new Int32Array(1024);
  /** Index in the module's symbol table, or -1: unresolved. */
  symbol: Int32Array = new Int32Array(1024);
  /** Absolute signed address (or stand-in, bytes/int64.ts) of the first sample that made the frame. For unresolved frames it is their identity. */
  address: Float64Array = new Float64Array(1024);
  /** In the module's own coordinates: the symbol's start, or for unresolved frames the address itself. */
  start: Float64Array = new Float64Array(1024);
  /** End of the symbol in the same coordinates; `start` for unresolved frames. */
  end: Float64Array = new Float64Array(1024);
  flags: Uint8Array = new Uint8Array(1024);
  /** How far behind the symbol's start the first sample's address lay: shown for data (FrameFlag.Object). */
  offset: Float64Array = new Float64Array(1024);
  // By module id: frames by symbol; and by module id + 1: unresolved frames by absolute address.
  readonly #functions: (Map<number, number> | undefined)[] = [];
  readonly #addresses: (Map<number, number> | undefined)[] = [];
  readonly #names: (string | undefined)[] = [];
  /** Index in SourceTable.lines + 1, for frames that are told apart by their lines; else 0. */
  line: Int32Array = new Int32Array(1024);
  /** Of an inlined function the frame that it was inlined into, of a frame on a line the one without it; else -1. */
  base: Int32Array = new Int32Array(1024);
  // Inlined functions by base and name, frames on lines by frame and line.
  readonly #inlined = new Map<string, number>();
  readonly #onLines = new Map<string, number>();

  constructor(modules: Module[], symbols: (SymbolTable | undefined)[]) {
    this.modules = modules;
    this.symbols = symbols;
  }

  /** The frame of a named function. `address` is the absolute address at which it was seen, `offset` its distance from the symbol's start. */
  function(module: number, symbol: number, address: number, offset = 0): number {
    const known = (this.#functions[module] ??= new Map<number, number>());
    const before = known.get(symbol);
    if (before !== undefined) return before;
    const table = this.symbols[module]!;
    const flags = (this.modules[module]!.isKernel ? FrameFlag.Kernel : 0) | (table.isObject(symbol) ? FrameFlag.Object : 0);
    const frame = this.#add(module, symbol, address, table.start(symbol), table.end(symbol), flags);
    known.set(symbol, frame);
    this.offset[frame] = offset;
    return frame;
  }

  /** The frame of an address that no symbol holds; `module` -1 where no mapping holds it either. `relative` is its place in the module. */
  unresolved(module: number, address: number, relative: number, flags: number): number {
    const known = (this.#addresses[module + 1] ??= new Map<number, number>());
    const before = known.get(address);
    if (before !== undefined) return before;
    const frame = this.#add(module, -1, address, relative, relative, flags);
    known.set(address, frame);
    return frame;
  }

  /**
   * The frame of a function that was inlined into another one, `base`. Inlined into itself it is that function, as in perf.
   */
  inlined(base: number, name: string): number {
    if (this.name(base) === name) return base;
    const key = `${base} ${name}`;
    const before = this.#inlined.get(key);
    if (before !== undefined) return before;
    const frame = this.#add(this.module[base]!, this.symbol[base]!, this.address[base]!, this.start[base]!, this.end[base]!, this.flags[base]! | FrameFlag.Inlined);
    this.base[frame] = base;
    this.#names[frame] = name;
    this.#inlined.set(key, frame);
    return frame;
  }

  /** The frame as it stands on a source line, where rows are told apart by lines. */
  onLine(frame: number, line: number): number {
    const key = `${frame} ${line}`;
    const before = this.#onLines.get(key);
    if (before !== undefined) return before;
    const name = this.#names[frame];
    const made = this.#add(this.module[frame]!, this.symbol[frame]!, this.address[frame]!, this.start[frame]!, this.end[frame]!, this.flags[frame]!);
    if (name !== undefined) this.#names[made] = name;
    this.offset[made] = this.offset[frame]!;
    this.line[made] = line + 1;
    this.base[made] = frame;
    this.#onLines.set(key, made);
    return made;
  }

  /**
   * Of each frame the one that stands for it in call chains, where functions are one whatever their lines, and inlined ones whatever
   * function they were inlined into (FORMAT 3.8, "Building"). Undefined where every frame stands for itself.
   */
  merged(): Int32Array | undefined {
    if (this.#inlined.size === 0 && this.#onLines.size === 0) return undefined;
    const merged = Int32Array.from({ length: this.length }, (_, frame) => frame);
    const byName = new Map<string, number>();
    let isTrivial = true;
    for (let frame = 0; frame < this.length; frame++) {
      let first = this.line[frame] === 0 ? frame : this.base[frame]!;
      if ((this.flags[frame]! & FrameFlag.Inlined) !== 0) {
        const name = this.name(frame);
        const known = byName.get(name);
        if (known === undefined) byName.set(name, first);
        else first = known;
      }
      merged[frame] = first;
      if (first !== frame) isTrivial = false;
    }
    return isTrivial ? undefined : merged;
  }

  #add(module: number, symbol: number, address: number, start: number, end: number, flags: number): number {
    if (this.length === this.module.length) {
      this.module = grown(this.module);
      this.symbol = grown(this.symbol);
      this.address = grown(this.address);
      this.start = grown(this.start);
      this.end = grown(this.end);
      this.flags = grown(this.flags);
      this.offset = grown(this.offset);
      this.line = grown(this.line);
      this.base = grown(this.base);
    }
    const frame = this.length++;
    this.module[frame] = module;
    this.symbol[frame] = symbol;
    this.address[frame] = address;
    this.start[frame] = start;
    this.end[frame] = end;
    this.flags[frame] = flags;
    this.base[frame] = -1;
    return frame;
  }

  /** The function's name as it is shown, or '' for an unresolved frame. */
  name(frame: number): string {
    const symbol = this.symbol[frame]!;
    if (symbol < 0) return '';
    return (this.#names[frame] ??= this.symbols[this.module[frame]!]!.name(symbol));
  }

  /** The short name of the frame's module, or undefined where no mapping holds it. */
  moduleName(frame: number): string | undefined {
    const module = this.module[frame]!;
    return module < 0 ? undefined : this.modules[module]!.shortName;
  }
}
