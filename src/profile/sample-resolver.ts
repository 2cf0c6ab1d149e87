// From a SAMPLE record to a ResolvedSample: whose it is, where it was taken, and its stack: the kernel's frames from the recorded
// chain, then the user's, from the same chain or unwound from registers and stack dump (FORMAT 2.3.4, 3.9).

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_FRAMES } from '../bytes/limits.ts';
import type { Machine } from '../bytes/machine.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { PerfEvent } from '../perfdata/event-table.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { BRANCH_SIZE, SampleView } from '../perfdata/sample-view.ts';
import type { Module } from '../process/module.ts';
import type { Processes } from '../process/processes.ts';
import { MACHINE_REGISTERS, NARROW_MACHINES, RegisterLayout, type WalkedMachine } from '../unwind/registers.ts';
import { StopReason } from '../unwind/stop-reason.ts';
import { Unwinder } from '../unwind/unwinder.ts';
import type { ModuleRegion } from './code-map.ts';
import { CutStacks } from './cut-stacks.ts';
import type { DeferredChain } from './deferred-samples.ts';
import type { KnownStacks } from './known-stacks.ts';
import { LastChain } from './last-chain.ts';
import { CpuMode } from './profile.ts';
import { ResolvedSample, StackSource } from './resolved-sample.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';

// Context markers in call chains, as signed numbers (FORMAT 2.3.4): what follows belongs to that mode.
const MARKER_KERNEL = -128;
const MARKER_USER = -512;
const MARKER_USER_DEFERRED = -640;
const MARKERS_OF_OTHERS: readonly number[] = [-32, -2048, -2176, -2560];
/** sample_regs_user of frame-pointer recordings on arm64: register 30 alone. */
export const LINK_REGISTER_ONLY: bigint = 1n << 30n;
/** Of registers: those of a 32-bit program. */
const ABI_32 = 1;
/** Any value from here to -1 is a marker, not an address. */
const FIRST_MARKER = -4095;

export class SampleResolver {
  readonly sample: ResolvedSample = new ResolvedSample();
  readonly raw: SampleView;
  /** Whether the last record could be read; if not it is damage, and there is no sample. */
  readable = false;
  readonly unwinder: Unwinder | undefined;
  readonly #file: PerfDataFile;
  readonly #processes: Processes;
  readonly #resolver: Resolver;
  readonly #maxStack: number;
  /** For 32-bit programs on a 64-bit kernel. */
  readonly #narrow: Unwinder | undefined;
  readonly #layouts: (RegisterLayout | undefined)[] = [];
  readonly #narrowLayouts: (RegisterLayout | undefined)[] = [];
  readonly #lastChain = new LastChain();
  readonly #known: KnownStacks | undefined;
  readonly #cut: CutStacks;
  #event: PerfEvent | undefined;

  /** `known`: whole stacks, onto which those whose dump ended are joined, or which are to be learnt. */
  constructor(file: PerfDataFile, machine: Machine, processes: Processes, resolver: Resolver, maxStack: number, diagnostics: Diagnostics, known?: KnownStacks) {
    this.#file = file;
    this.#processes = processes;
    this.#resolver = resolver;
    this.#maxStack = Math.min(maxStack, MAX_FRAMES);
    this.#known = known;
    this.raw = new SampleView(file.wide, file.timeBase, diagnostics);
    this.#cut = new CutStacks(file.wide, resolver, this.raw, this.sample, this.#maxStack);
    if (machine !== 'other') {
      const make = (of: WalkedMachine): Unwinder => new Unwinder(of, file.wide, (address, _space, region) => resolver.label(address, region));
      this.unwinder = make(machine);
      const narrow = NARROW_MACHINES[machine];
      if (narrow !== undefined) this.#narrow = make(narrow);
    }
  }

  /**
   * Resolves the sample in `record` into `sample`. Gives the module that must be loaded first, if there is one: load it and call
   * again. Otherwise look at `readable`. `deferred` is the user's part of the chain where it came in a record of its own.
   */
  resolve(record: RecordView, eventIndex: number, deferred?: DeferredChain): Module | undefined {
    return this.begin(record, eventIndex) ? this.finish(record, deferred) : undefined;
  }

  /** The first half of `resolve`: whose sample it is, and when. False where it cannot be read. */
  begin(record: RecordView, eventIndex: number): boolean {
    const { raw, sample } = this;
    const event = this.#file.events.events[eventIndex];
    this.readable = event !== undefined && raw.read(record, event);
    if (event === undefined || !this.readable) return false;
    const thread = this.#processes.thread(raw.pid, raw.tid);
    this.#event = event;
    sample.event = eventIndex;
    sample.thread = thread;
    sample.comm = thread.comm;
    // A sum of waits was written by the kernel, and its stack is a user's.
    sample.mode = event.isOffCpu && raw.rawOffset >= 0 ? CpuMode.User : record.misc & 7;
    sample.ip = raw.ip;
    sample.period = raw.period;
    this.#resolver.enter(thread.process, raw.hasTime ? raw.time : Infinity, sample.mode === CpuMode.Kernel);
    return true;
  }

  /** The second half: where it was taken. As `resolve`. */
  finish(record: RecordView, deferred?: DeferredChain): Module | undefined {
    const { raw, sample } = this;
    const resolver = this.#resolver;
    const event = this.#event!;
    sample.depth = 0;
    sample.kernelDepth = 0;
    sample.hasStack = raw.chainOffset >= 0;
    sample.source = StackSource.None;
    sample.leaf = -1;
    const isSum = event.isOffCpu && raw.rawOffset >= 0;
    if (isSum ? raw.chainLength > 1 : event.layout.ip >= 0) {
      const at = isSum ? raw.chainOffset + 8 : record.offset + event.layout.ip;
      const { view, littleEndian } = record;
      const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
      sample.leaf = this.#locate(sample.mode, high, view.getInt32(littleEndian ? at : at + 4, littleEndian));
      if (sample.leaf === NEEDS_MODULE) return resolver.needed;
    }
    if (raw.chainLength > 0 && !this.#walkChain(record.view, raw.chainOffset, raw.chainLength, record.littleEndian)) return resolver.needed;
    if (deferred !== undefined && !this.#walkChain(deferred.view, deferred.offset, deferred.length, deferred.littleEndian)) return resolver.needed;
    if (event.hasCallStack && !this.#takeCallStack(record)) return resolver.needed;
    if (raw.userAbi === 0) return undefined;
    if (raw.stackOffset >= 0) return this.#unwind(record, event);
    return event.attr.sampleRegsUser === LINK_REGISTER_ONLY && sample.depth - sample.kernelDepth > 1 ? this.#insertLeafCaller(record, event) : undefined;
  }

  /**
   * On arm64 a leaf function keeps its return address in the link register, and a chain of frame records lacks its caller. perf
   * records that register for this (FORMAT 3.9): the caller is put behind the leaf where the unwinder finds it.
   */
  #insertLeafCaller(record: RecordView, event: PerfEvent): Module | undefined {
    const { sample, unwinder } = this;
    if (unwinder === undefined || unwinder.machine !== 'arm64') return undefined;
    this.#setRegisters(unwinder, record, event);
    unwinder.needed = undefined;
    const first = sample.kernelDepth;
    const caller = unwinder.leafCaller(this.#resolver.code, sample.addresses[first]!);
    if (unwinder.needed !== undefined) return (unwinder.needed as ModuleRegion).module;
    if (Number.isNaN(caller)) return undefined;
    const location = this.#resolver.user(Math.floor(caller / 4_294_967_296), caller | 0);
    if (location === NEEDS_MODULE) return this.#resolver.needed;
    sample.insert(first + 1, caller, location);
    return undefined;
  }

  /**
   * Where the processor kept a stack of calls (LBR), the user's callers are those that it knows, not what frame pointers said
   * (FORMAT 2.3.5). Where it knew none the chain stays. False: a module is needed.
   */
  #takeCallStack(record: RecordView): boolean {
    const { raw, sample } = this;
    if (raw.branchCount === 0 || sample.source !== StackSource.FramePointers) return true;
    const { view, littleEndian } = record;
    const innermost = sample.kernelDepth;
    if (sample.mode === CpuMode.User) {
      // The chain was taken some instructions later than the address.
      sample.addresses[innermost] = sample.ip;
      sample.locations[innermost] = sample.leaf;
    }
    sample.depth = innermost + 1;
    for (let i = 0; i < raw.branchCount && sample.depth < this.#maxStack; i++) {
      const at = raw.branchOffset + i * BRANCH_SIZE;
      const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
      const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
      const location = this.#resolver.user(high, low);
      if (location === NEEDS_MODULE) return false;
      sample.push(this.#file.wide.ofHalves(high, low), location);
    }
    return true;
  }

  #setRegisters(unwinder: Unwinder, record: RecordView, event: PerfEvent): RegisterLayout {
    const layouts = unwinder === this.#narrow ? this.#narrowLayouts : this.#layouts;
    const layout = (layouts[event.index] ??= new RegisterLayout(unwinder.machine, event.attr.sampleRegsUser));
    unwinder.registers.set(layout, record.view, this.raw.userRegsOffset, record.littleEndian, this.raw.userAbi);
    return layout;
  }

  /** The location of an address of a mode, given by its halves. */
  #locate(mode: number, high: number, low: number): number {
    if (mode === CpuMode.User) return this.#resolver.user(high, low);
    if (mode === CpuMode.Kernel) return this.#resolver.kernel(high, low);
    return this.#resolver.nowhere(high, low);
  }

  /** A recorded chain. False: a module is needed. */
  #walkChain(view: DataView, offset: number, length: number, littleEndian: boolean): boolean {
    const { sample } = this;
    const { wide } = this.#file;
    const resolver = this.#resolver;
    const end = offset + length * 8;
    const highAt = littleEndian ? 4 : 0;
    const lowAt = 4 - highAt;
    const last = this.#lastChain;
    last.enter(resolver.code.id, length);
    const { high: lastHigh, low: lastLow, location: lastLocation } = last;
    sample.reserve(sample.depth + length);
    const { addresses, locations } = sample;
    let depth = sample.depth;
    let mode: number = CpuMode.User;
    for (let at = offset, left = length; at < end; at += 8, left--) {
      const high = view.getInt32(at + highAt, littleEndian);
      const low = view.getInt32(at + lowAt, littleEndian);
      if (high === -1 && low < 0 && low >= FIRST_MARKER) {
        mode = modeOfMarker(low);
        if (mode < 0) {
          // No marker that is known: a register's value was taken for an address. perf drops the whole chain then, and so do we.
          sample.depth = 0;
          sample.kernelDepth = 0;
          sample.source = StackSource.None;
          return true;
        }
        if (low === MARKER_USER_DEFERRED) at += 8; // the cookie that stands for the user's frames (deferred-samples.ts)
        continue;
      }
      if (depth >= this.#maxStack) break;
      let location: number;
      if (mode !== CpuMode.User) {
        location = this.#locate(mode, high, low);
        if (location === NEEDS_MODULE) return false;
        sample.kernelDepth = depth + 1;
      } else {
        location = lastLocation[left]!;
        if (lastLow[left] !== low || lastHigh[left] !== high || location < 0) {
          location = resolver.user(high, low);
          if (location === NEEDS_MODULE) return false;
          lastHigh[left] = high;
          lastLow[left] = low;
          lastLocation[left] = location;
        }
        sample.source = StackSource.FramePointers;
      }
      addresses[depth] = wide.ofHalves(high, low);
      locations[depth++] = location;
    }
    sample.depth = depth;
    return true;
  }

  /** The user's stack out of registers and dump. Gives the module that is needed first, if any. */
  #unwind(record: RecordView, event: PerfEvent): Module | undefined {
    const { raw, sample } = this;
    const unwinder = raw.userAbi === ABI_32 ? (this.#narrow ?? this.unwinder) : this.unwinder;
    if (unwinder === undefined) return undefined;
    const layout = this.#setRegisters(unwinder, record, event);
    const spSlot = layout.slots[MACHINE_REGISTERS[unwinder.machine].sp]!;
    const base = spSlot < 0 ? 0 : this.#file.wide.read(record.view, raw.userRegsOffset + spSlot * 8, record.littleEndian);
    unwinder.memory.set(record.view, raw.stackOffset, base, raw.stackDynSize, record.littleEndian);
    const stop = unwinder.unwind(this.#resolver.code, this.#maxStack);
    if (stop === StopReason.NeedsModule) return (unwinder.needed as ModuleRegion).module;
    const { addresses, labels, count } = unwinder;
    // In exec the registers are still those of the program that is gone, and its stack cannot be read any more.
    if (sample.mode === CpuMode.Kernel && count > 0) {
      const isGone = raw.stackDynSize === 0 && sample.thread.process.mappings.find(addresses[0]!) === undefined;
      if (isGone || (stop === StopReason.NoModule && count === 1)) return undefined;
    }
    for (let i = 0; i < count; i++) sample.push(addresses[i]!, labels[i]!);
    sample.joined = 0;
    sample.fromBranches = 0;
    if (stop !== StopReason.Root && event.hasCallStack && !this.#cut.followCallStack(record, unwinder)) return this.#resolver.needed;
    if (sample.fromBranches === 0 && this.#known !== undefined && !this.#cut.stitch(this.#known, unwinder, stop)) return this.#resolver.needed;
    sample.source = StackSource.Unwound;
    sample.stop = stop;
    sample.guesses = unwinder.guesses;
    sample.dumpSize = raw.stackDynSize;
    sample.dumpAsked = raw.stackSize;
    sample.stackStart = base;
    sample.stackEnd = unwinder.stackEnd;
    return undefined;
  }
}

function modeOfMarker(marker: number): number {
  if (marker === MARKER_KERNEL) return CpuMode.Kernel;
  if (marker === MARKER_USER || marker === MARKER_USER_DEFERRED) return CpuMode.User;
  // Hypervisor and guests: their memory is in no mapping that was recorded.
  return MARKERS_OF_OTHERS.includes(marker) ? CpuMode.Unknown : -1;
}
