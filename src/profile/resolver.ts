// Address, now → location (location-table.ts) → frame (frame-table.ts). Asked for every address that the kernel recorded and,
// through the unwinder's `label`, once for every address that it found. What needs a module that is not loaded says so.

import { isWide, type WideAddresses } from '../bytes/int64.ts';
import { AddressCache } from './address-cache.ts';
import { CodeMap, ModuleRegion, NO_SYMBOL, findKernel, symbolsOf, type ModuleContents } from './code-map.ts';
import { FrameFlag, FrameTable } from './frame-table.ts';
import { LocationTable } from './location-table.ts';
import type { Machine } from '../bytes/machine.ts';
import type { Module } from '../process/module.ts';
import type { Processes } from '../process/processes.ts';
import type { Process } from '../process/thread.ts';
import type { SymbolTable } from '../symbols/symbol-table.ts';
import type { CodeRegion } from '../unwind/code-space.ts';

/** Instead of a location: Resolver.needed must be loaded first. */
export const NEEDS_MODULE = -2;

export class Resolver {
  readonly locations: LocationTable = new LocationTable();
  readonly frames: FrameTable;
  readonly code: CodeMap;
  /** By module id. */
  readonly contents: (ModuleContents | undefined)[] = [];
  /** The module to load, after NEEDS_MODULE. */
  needed: Module | undefined;
  readonly #processes: Processes;
  readonly #wide: WideAddresses;
  readonly #symbols: (SymbolTable | undefined)[] = [];
  readonly #cache = new AddressCache();

  constructor(processes: Processes, machine: Machine, wide: WideAddresses) {
    this.#wide = wide;
    this.#processes = processes;
    this.code = new CodeMap(this.contents, machine);
    this.frames = new FrameTable(processes.modules.all, this.#symbols);
  }

  /** What was found for a module. */
  provide(module: Module, contents: ModuleContents): void {
    this.contents[module.id] = contents;
    this.#symbols[module.id] = symbolsOf(contents);
  }

  /** The process and moment that `user` and `label` speak of, and whether the kernel was at work. */
  enter(process: Process, time: number, inKernel: boolean): void {
    this.code.enter(process, time, inKernel);
  }

  /**
   * The location of a user address given by its halves (both signed), or NEEDS_MODULE. The recorded chain's path: `address` is
   * made of them only where they are not remembered.
   */
  user(high: number, low: number): number {
    const known = this.#cache.get(high, low, this.code.id);
    return known >= 0 ? known : this.#findUser(high, low);
  }

  #findUser(high: number, low: number): number {
    const address = this.#wide.ofHalves(high, low);
    if (isWide(address)) return this.#locate(address, undefined);
    const location = this.#locate(address, this.code.find(address));
    // Where nothing is known code may turn up without a new state of the process (CodeMap.enter).
    if (location >= 0 && this.locations.module[location]! >= 0) this.#cache.set(high, low, this.code.id, location);
    return location;
  }

  /** The location of a kernel address given by its halves, or NEEDS_MODULE. */
  kernel(high: number, low: number): number {
    const { state } = this.#processes.kernelMappings;
    const known = this.#cache.get(high, low, state);
    if (known >= 0) return known;
    const address = this.#wide.ofHalves(high, low);
    const location = this.#locate(address, findKernel(this.#processes, this.contents, address));
    if (location >= 0) this.#cache.set(high, low, state, location);
    return location;
  }

  /** The location of an address that lies in no mapping (a guest's, a wrong one). */
  nowhere(high: number, low: number): number {
    return this.#locate(this.#wide.ofHalves(high, low), undefined);
  }

  /** For the unwinder, which has found the region already (and does not label regions that are not loaded). */
  label(address: number, region: CodeRegion | undefined): number {
    return this.#locate(address, region as ModuleRegion | undefined);
  }

  #locate(address: number, region: ModuleRegion | undefined): number {
    const module = region?.module;
    if (region === undefined || module === undefined) {
      const known = this.locations.find(-1, -1, address);
      if (known >= 0) return known;
      const flags = region?.unwind.kind === 'nameless-jit' ? FrameFlag.NamelessJit : 0;
      return this.locations.add(-1, -1, address, this.frames.unresolved(-1, address, address, flags));
    }
    if (region.unwind.kind === 'unloaded') {
      this.needed = module;
      return NEEDS_MODULE;
    }
    const relative = address - region.shift;
    const symbol = region.symbol >= 0 ? region.symbol : region.symbol === NO_SYMBOL ? -1 : (this.#symbols[module.id]?.find(relative) ?? -1);
    // An unresolved address is a frame by its absolute address: two processes may have the same place at two addresses.
    const key = symbol >= 0 ? relative : address;
    const known = this.locations.find(module.id, symbol, key);
    if (known >= 0) return known;
    const frame =
      symbol >= 0
        ? this.frames.function(module.id, symbol, address, relative - this.#symbols[module.id]!.start(symbol))
        : this.frames.unresolved(module.id, address, module.kind === 'kernel-module' ? address - region.bias : relative, flagsOf(region, module));
    return this.locations.add(module.id, symbol, key, frame);
  }
}

function flagsOf(region: ModuleRegion, module: Module): number {
  return (module.isKernel ? FrameFlag.Kernel : 0) | (region.unwind.kind === 'data' ? FrameFlag.NoCode : 0);
}
