// Registers + stack memory + code -> frames (FORMAT 3.9, DESIGN 7, 12, 14). The walk proper: plain steps are taken here without
// calls; what a row says beyond them is row-step.ts's, code that nobody describes is guess.ts's. Knows no perf, no files, no names.

import { WideAddresses } from '../bytes/int64.ts';
import { MAX_FRAMES } from '../bytes/limits.ts';
import { grown } from '../bytes/sorted.ts';
import { RuleKind } from '../dwarf/frame-state.ts';
import type { CodeRegion, CodeSpace } from './code-space.ts';
import { Guess } from './guess.ts';
import { MACHINE_REGISTERS, type MachineRegisters, SampledRegisters, type WalkedMachine } from './registers.ts';
import { RowStep } from './row-step.ts';
import { StackMemory } from './stack-memory.ts';
import { packRowArm64, packTrampolineArm64, stripHighWord } from './step-arm64.ts';
import { FP_LOST, FP_STAYS, OTHERS_STAY, slotOf, Step, StepCache, StepOp } from './step-cache.ts';
import { packRowByRules } from './step-by-rules.ts';
import { packRowX86, packTrampolineX86 } from './step-x86-64.ts';
import { StopReason } from './stop-reason.ts';
import { Trail } from './trail.ts';

/**
 * Gives a frame the number that comes back with it. Asked once for an address in a state of its address space (CodeSpace.id);
 * every time where no code is known, or none that anybody describes. `address` is the frame's as it is shown.
 */
export type Labeller = (address: number, space: CodeSpace, region: CodeRegion | undefined, isCaller: boolean) => number;

export interface UnwindCounters {
  /** Steps that were found in the cache. */
  hits: number;
  misses: number;
  /** How often each StopReason ended a walk. */
  readonly reasons: Float64Array;
}

const TWO_32 = 4_294_967_296;
/** High words of numbers below 2^52 in magnitude; bytes/int64.ts keeps the others in a side table. */
const HIGH_LIMIT = 0x10_0000;

export class Unwinder {
  readonly machine: WalkedMachine;
  /** To be set before `unwind`. */
  readonly registers: SampledRegisters = new SampledRegisters();
  /** To be set before `unwind`. */
  readonly memory: StackMemory = new StackMemory();
  /** The frames, leaf first: `count` of them. A caller's address is its return address less one, but that of code interrupted by a signal. Valid until the next `unwind`, which may also replace the arrays by larger ones. */
  addresses: Float64Array = new Float64Array(256);
  labels: Int32Array = new Int32Array(256);
  count = 0;
  /** Of a walk that came to the root: how far up it had to read, as an address of the stack. */
  stackEnd = 0;
  /** What to load when `unwind` gave NeedsModule. */
  needed: CodeRegion | undefined;
  neededAddress = 0;
  readonly counters: UnwindCounters = { hits: 0, misses: 0, reasons: new Float64Array(16) };

  readonly #wide: WideAddresses;
  readonly #label: Labeller;
  readonly #numbers: MachineRegisters;
  readonly #isArm64: boolean;
  /** Rules alone lead from frame to frame: no plain steps, no guesses. */
  readonly #isByRules: boolean;
  readonly #cache = new StepCache();
  readonly #trail = new Trail();
  readonly #rowStep: RowStep;
  readonly #guess: Guess;

  /** `wide` keeps the addresses that no double holds; one table per recording. */
  constructor(machine: WalkedMachine, wide: WideAddresses, label: Labeller) {
    this.machine = machine;
    this.#wide = wide;
    this.#label = label;
    this.#isArm64 = machine === 'arm64';
    this.#isByRules = machine !== 'arm64' && machine !== 'x86-64';
    this.#numbers = MACHINE_REGISTERS[machine];
    this.#rowStep = new RowStep(this.#numbers, this.registers, this.memory, this.#trail, this.#cache, wide);
    this.#guess = new Guess(this.#numbers, this.memory, this.#rowStep);
  }

  /** Walks the stack of the sample in `registers` and `memory`; MAX_FRAMES frames at most, whatever is asked for. */
  unwind(space: CodeSpace, maxFrames: number = MAX_FRAMES): StopReason {
    this.count = 0;
    const reason = this.#walk(space, Math.min(maxFrames, MAX_FRAMES));
    if (reason !== StopReason.NeedsModule) this.counters.reasons[reason]!++;
    return reason;
  }

  /**
   * arm64 call chains of the kernel lack the caller of a function without a frame record: what the link register says of it.
   * The caller's address as `unwind` gives it, or NaN where the function has saved its return address (then the chain has it),
   * where nothing is known, and where a module is needed first (then `needed` is set). FORMAT 3.9, "arm64 --call-graph fp".
   */
  leafCaller(space: CodeSpace, pc: number): number {
    this.needed = undefined;
    const { lr } = this.#numbers;
    const region = lr < 0 ? undefined : space.find(pc);
    if (region === undefined) return NaN;
    if (region.unwind.kind === 'unloaded') {
      this.needed = region;
      this.neededAddress = pc;
      return NaN;
    }
    const row = region.unwind.kind === 'cfi' ? region.unwind.table.find(pc - region.bias) : -1;
    if (row >= 0 && region.unwind.kind === 'cfi') {
      const { rows } = region.unwind.table;
      const kind = rows.kind(rows.ruleSet[row]!, lr);
      if (kind !== RuleKind.Unspecified && kind !== RuleKind.SameValue) return NaN;
    }
    const link = this.#rowStep.readLink();
    return link > 0 ? link - 1 : NaN;
  }

  #walk(space: CodeSpace, maxFrames: number): StopReason {
    const { registers, memory } = this;
    if (registers.abi === 1) return StopReason.Abi32;
    const numbers = this.#numbers;
    const isArm64 = this.#isArm64;
    const pcOffset = registers.offsetOf(numbers.pc);
    if (registers.abi === 0 || pcOffset < 0) return StopReason.NoRegisters;
    let pc = this.#wide.read(registers.view, pcOffset, registers.littleEndian);
    let low = registers.view.getUint32(registers.littleEndian ? pcOffset : pcOffset + 4, registers.littleEndian);
    let sp = registers.read(numbers.sp);
    let fp = registers.read(numbers.fp);
    const addressBits = this.#rowStep.begin(pc, sp);

    const cache = this.#cache;
    const { addresses: keys, spaces, steps } = cache;
    const trail = this.#trail;
    const { view, base, littleEndian } = memory;
    const first = memory.offset | 0;
    const last = memory.size - 8;
    const highAt = littleEndian ? 4 : 0;
    const lowAt = 4 - highAt;
    const leafKey = space.id * 2;
    const callerKey = leafKey + 1;

    let key = leafKey;
    let lookup = pc;
    let n = 0;
    let hits = 0;
    for (;;) {
      if (n >= maxFrames) break;
      if (n === this.addresses.length) this.#grow();
      let slot = slotOf(low, leafKey);
      if (keys[slot] === lookup && spaces[slot] === key) hits++;
      else if (keys[slot ^ 1] === lookup && spaces[slot ^ 1] === key) {
        hits++;
        slot ^= 1;
      } else {
        this.counters.misses++;
        const reason = this.#miss(slot, lookup, pc, key, space);
        if (reason >= 0) return this.#end(n, hits, reason as StopReason);
      }
      const step = slot * Step.Stride;
      this.addresses[n] = lookup;
      this.labels[n] = steps[step + Step.Label]!;
      n++;

      const op = steps[step]!;
      let cfa: number;
      let high: number;
      if (op <= StepOp.Fp || (op <= StepOp.FpLink && n === 1)) {
        cfa = (op === StepOp.Sp || op === StepOp.SpLink ? sp : fp) + steps[step + Step.CfaOffset]!;
        if (op <= StepOp.Fp) {
          const depth = cfa + steps[step + Step.RaOffset]! - base;
          if (!(depth >= 0 && depth <= last)) return this.#end(n, hits, this.#rowStep.unreadable(depth + base, sp));
          const at = first + (depth | 0);
          high = view.getInt32(at + highAt, littleEndian);
          low = view.getUint32(at + lowAt, littleEndian);
        } else {
          const at = registers.offsetOf(numbers.lr);
          if (at < 0) return this.#end(n, hits, StopReason.NoRegisters);
          high = registers.view.getInt32(registers.littleEndian ? at + 4 : at, registers.littleEndian);
          low = registers.view.getUint32(registers.littleEndian ? at : at + 4, registers.littleEndian);
        }
        const fpOffset = steps[step + Step.FpOffset]!;
        if (fpOffset !== FP_STAYS) {
          const depth = fpOffset === FP_LOST ? NaN : cfa + fpOffset - base;
          if (depth >= 0 && depth <= last) {
            const at = first + (depth | 0);
            fp = view.getInt32(at + highAt, littleEndian) * TWO_32 + view.getUint32(at + lowAt, littleEndian);
          } else if (!(n === 1 && depth < 0)) fp = NaN; // else already restored: DESIGN 14
        }
        trail.set(n - 1, cfa, fp, steps[step + Step.Table]!, steps[step + Step.Row]!);
      } else {
        if (op === StepOp.Root) return this.#root(n, hits, sp);
        const rowStep = this.#rowStep;
        rowStep.pc = pc;
        rowStep.sp = sp;
        rowStep.fp = fp;
        const reason =
          op === StepOp.NoRow || op === StepOp.NoCode || op === StepOp.NamelessJit
            ? this.#isByRules ? (op === StepOp.NoCode ? StopReason.NoModule : StopReason.NoCfi) : this.#guess.step(n - 1, op, space)
            : rowStep.take(n - 1, steps[step + Step.Table]!, steps[step + Step.Row]!, space);
        if (reason >= 0) return this.#end(n, hits, reason as StopReason);
        fp = rowStep.nextFp;
        cfa = rowStep.nextSp;
        const next = rowStep.nextPc;
        if (rowStep.isSignal) {
          // The frame that a signal interrupted, and the trampoline it returns through, are shown at their exact addresses.
          this.addresses[n - 1] = pc;
          key = leafKey;
          if (next === 0) return this.#root(n, hits, cfa);
          pc = lookup = next;
          sp = cfa;
          low = lowWord(pc);
          continue;
        }
        if (next === 0) return this.#root(n, hits, cfa);
        // Code that has called nobody may have no frame (arm64); every other frame lies above the one it called.
        if (cfa < sp || (cfa === sp && key === callerKey)) {
          return this.#end(n, hits, cfa === sp && next === pc ? StopReason.Loop : StopReason.BadCfa);
        }
        key = callerKey;
        sp = cfa;
        pc = next;
        low = lowWord(pc);
        lookup = this.#before(pc);
        continue;
      }

      if (isArm64) high = stripHighWord(high, addressBits);
      let next: number;
      if (high >= HIGH_LIMIT || high < -HIGH_LIMIT) next = this.#wide.of((BigInt(high) << 32n) | BigInt(low));
      else next = high * TWO_32 + low;
      if (next === 0) return this.#root(n, hits, cfa);
      if (cfa <= sp && (cfa < sp || key === callerKey)) {
        return this.#end(n, hits, cfa === sp && next === pc ? StopReason.Loop : StopReason.BadCfa);
      }
      key = callerKey;
      sp = cfa;
      pc = next;
      lookup = next < 2 ** 53 ? next - 1 : this.#before(next);
    }
    return this.#end(n, hits, StopReason.Limit);
  }

  #end(count: number, hits: number, reason: StopReason): StopReason {
    this.count = count;
    this.counters.hits += hits;
    return reason;
  }

  #root(count: number, hits: number, end: number): StopReason {
    this.stackEnd = end;
    return this.#end(count, hits, StopReason.Root);
  }

  /** An address less one, also where it is a stand-in. */
  #before(address: number): number {
    return address < 2 ** 53 ? address - 1 : this.#wide.of(this.#wide.exact(address) - 1n);
  }

  #grow(): void {
    this.addresses = grown(this.addresses);
    this.labels = grown(this.labels);
  }

  /** Fills the slot with the step at an address. A StopReason if there is no frame there, or its module must be loaded first; else -1. */
  #miss(slot: number, lookup: number, pc: number, key: number, space: CodeSpace): number {
    const cache = this.#cache;
    const at = slot * Step.Stride;
    cache.makeRoom(slot);
    cache.steps[at + Step.Table] = OTHERS_STAY;
    const region = space.find(lookup);
    const isCaller = key !== space.id * 2;
    let shown = lookup;
    // Where nobody knows any code some may turn up without a change of the space's id.
    let isKept = false;
    if (region === undefined) cache.setRule(slot, StepOp.NoCode, 0, 0, FP_STAYS);
    else {
      const { unwind } = region;
      isKept = unwind.kind !== 'nameless-jit';
      const relative = lookup - region.bias;
      if (unwind.kind === 'unloaded') {
        this.needed = region;
        this.neededAddress = lookup;
        return StopReason.NeedsModule;
      }
      if (unwind.kind === 'data' && isCaller) return StopReason.NoModule;
      if (unwind.kind === 'nameless-jit') cache.setRule(slot, StepOp.NamelessJit, 0, 0, FP_STAYS);
      else if (unwind.kind === 'trampoline') {
        const offset = pc - region.bias;
        const pack = this.#isArm64 ? packTrampolineArm64 : packTrampolineX86;
        const isKnown = !this.#isByRules && pack(cache, slot, unwind.size, offset);
        if (!isKnown) cache.setRule(slot, StepOp.NamelessJit, 0, 0, FP_STAYS);
      } else {
        const row = unwind.kind === 'cfi' ? unwind.table.find(relative) : -1;
        if (row < 0 || unwind.kind !== 'cfi') cache.setRule(slot, StepOp.NoRow, 0, 0, FP_STAYS);
        else {
          const { rows } = unwind.table;
          if (this.#isByRules) packRowByRules(cache, slot, rows, row);
          else if (this.#isArm64) packRowArm64(cache, slot, rows, row);
          else packRowX86(cache, slot, rows, row);
          cache.steps[at + Step.Table] = cache.tableNumber(unwind.table);
          cache.steps[at + Step.Row] = row;
          if ((rows.flags[row]! & 1) !== 0) shown = pc;
        }
      }
    }
    cache.steps[at + Step.Label] = this.#label(shown, space, region, isCaller && shown !== pc);
    if (isKept) {
      cache.addresses[slot] = lookup;
      cache.spaces[slot] = key;
    }
    return -1;
  }
}

function lowWord(address: number): number {
  return address - Math.floor(address / TWO_32) * TWO_32;
}
