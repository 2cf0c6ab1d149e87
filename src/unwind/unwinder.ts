// Registers + stack memory + code -> frames (FORMAT 3.9, DESIGN 7, 12, 14). The walk proper, which knows every case;
// plain steps that were met before are plain-steps.ts's, what a row says beyond them row-step.ts's, code that nobody describes
// guess.ts's. Knows no perf, no files, no names.

import { WideAddresses } from '../bytes/int64.ts';
import { MAX_FRAMES } from '../bytes/limits.ts';
import { grown } from '../bytes/sorted.ts';
import { RowFlag } from '../dwarf/cfi-rows.ts';
import { RuleKind } from '../dwarf/frame-state.ts';
import type { CodeRegion, CodeSpace } from './code-space.ts';
import { Guess } from './guess.ts';
import type { MachineRegisters } from './machine-registers.ts';
import { MACHINE_REGISTERS, SampledRegisters, type WalkedMachine } from './registers.ts';
import { HIGH_LIMIT, PlainSteps } from './plain-steps.ts';
import { rowAt } from './row-at.ts';
import { RowStep } from './row-step.ts';
import { StackMemory } from './stack-memory.ts';
import { hasTrampolineFrame, packRowArm64, packTrampolineArm64, stripHighWord } from './step-arm64.ts';
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
  readonly #plain: PlainSteps;
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
    this.#plain = new PlainSteps(this.#cache, this.memory, this.#trail, this.#isArm64);
    this.#rowStep = new RowStep(this.#numbers, this.registers, this.memory, this.#trail, this.#cache, wide);
    this.#guess = new Guess(this.#numbers, this.memory, this.#rowStep);
  }

  /** What the last walk guessed: bits of GuessKind. */
  get guesses(): number {
    return this.#rowStep.guesses;
  }

  /** After a walk, by frame: the stack pointer of its caller; of the outermost frame nothing. Valid as `addresses` is. */
  get callerSps(): Float64Array {
    return this.#trail.cfas;
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
    if (region.unwind.kind === 'trampoline' && hasTrampolineFrame(region.unwind.size, pc - region.bias)) return NaN;
    const link = this.#rowStep.readLink();
    return link > 0 ? link - 1 : NaN;
  }

  #walk(space: CodeSpace, maxFrames: number): StopReason {
    const reason = this.#begin(space);
    if (reason >= 0) return reason as StopReason;
    const plain = this.#plain;
    let n = 0;
    for (;;) {
      const reached = plain.take(this.addresses, this.labels, n, Math.min(maxFrames, this.addresses.length));
      this.counters.hits += reached - n;
      n = reached;
      if (n >= maxFrames) break;
      if (n === this.addresses.length) this.#grow();
      this.count = n;
      const end = this.#odd(n, space);
      if (end >= 0) return end as StopReason;
      n++;
    }
    this.count = n;
    return StopReason.Limit;
  }

  /** Sets the state to the sampled frame. A StopReason, or -1. */
  #begin(space: CodeSpace): number {
    const { registers } = this;
    const plain = this.#plain;
    if (registers.abi === 1 && this.#numbers.wordSize === 8) return StopReason.Abi32;
    const numbers = this.#numbers;
    const { littleEndian } = registers;
    const offset = registers.offsetOf(numbers.pc);
    if (registers.abi === 0 || offset < 0) return StopReason.NoRegisters;
    plain.pc = this.#wide.read(registers.view, offset, littleEndian);
    plain.lookup = plain.pc;
    plain.low = registers.view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
    plain.sp = registers.read(numbers.sp);
    plain.fp = registers.read(numbers.fp);
    plain.leafKey = space.id * 2;
    plain.key = plain.leafKey;
    plain.addressBits = this.#rowStep.begin(plain.pc, plain.sp);
    return -1;
  }

  /** The step out of frame `n`, whatever it is. A StopReason where the walk ends with it (`count` is then set), or -1. */
  #odd(n: number, space: CodeSpace): number {
    const { steps } = this.#cache;
    const { lookup, key } = this.#plain;
    let slot = this.#cache.find(lookup, this.#plain.low, key);
    if (slot >= 0) this.counters.hits++;
    else {
      this.counters.misses++;
      slot = slotOf(this.#plain.low, this.#plain.leafKey);
      const reason = this.#miss(slot, lookup, this.#plain.pc, key, space);
      if (reason >= 0) return reason;
    }
    const step = slot * Step.Stride;
    this.addresses[n] = lookup;
    this.labels[n] = steps[step + Step.Label]!;
    this.count = n + 1;
    const op = steps[step]!;
    if (op === StepOp.Root) return this.#root(this.#plain.sp);
    return op <= StepOp.Fp || (op <= StepOp.FpLink && n === 0) ? this.#plainStep(n, step) : this.#rowOrGuess(n, step, space);
  }

  /** A plain step that the warm loop did not take: one that has just become known, or one with something wrong about it. */
  #plainStep(n: number, step: number): number {
    const { steps } = this.#cache;
    const { registers, memory } = this;
    const plain = this.#plain;
    const { view, base, littleEndian } = memory;
    const first = memory.offset | 0;
    const last = memory.size - 8;
    const highAt = littleEndian ? 4 : 0;
    const op = steps[step]!;
    const { sp, key } = plain;
    const cfa = (op === StepOp.Sp || op === StepOp.SpLink ? sp : plain.fp) + steps[step + Step.CfaOffset]!;
    let high: number;
    let low: number;
    if (op <= StepOp.Fp) {
      const depth = cfa + steps[step + Step.RaOffset]! - base;
      if (!(depth >= 0 && depth <= last)) return this.#rowStep.unreadable(depth + base, sp);
      const at = first + (depth | 0);
      high = view.getInt32(at + highAt, littleEndian);
      low = view.getUint32(at + 4 - highAt, littleEndian);
    } else {
      const at = registers.offsetOf(this.#numbers.lr);
      if (at < 0) return StopReason.NoRegisters;
      high = registers.view.getInt32(registers.littleEndian ? at + 4 : at, registers.littleEndian);
      low = registers.view.getUint32(registers.littleEndian ? at : at + 4, registers.littleEndian);
    }
    const fpOffset = steps[step + Step.FpOffset]!;
    let { fp } = plain;
    if (fpOffset !== FP_STAYS) {
      const depth = fpOffset === FP_LOST ? NaN : cfa + fpOffset - base;
      if (depth >= 0 && depth <= last) {
        const at = first + (depth | 0);
        fp = view.getInt32(at + highAt, littleEndian) * TWO_32 + view.getUint32(at + 4 - highAt, littleEndian);
      } else if (!(n === 0 && depth < 0)) fp = NaN; // else already restored: DESIGN 14
    }
    this.#trail.set(n, cfa, fp, steps[step + Step.Table]!, steps[step + Step.Row]!);
    if (this.#isArm64) high = stripHighWord(high, plain.addressBits);
    const isWide = high >= HIGH_LIMIT || high < -HIGH_LIMIT;
    const next = isWide ? this.#wide.of((BigInt(high) << 32n) | BigInt(low)) : high * TWO_32 + low;
    if (next === 0) return this.#root(cfa);
    if (cfa <= sp && (cfa < sp || key !== plain.leafKey)) return cfa === sp && next === plain.pc ? StopReason.Loop : StopReason.BadCfa;
    this.#goTo(next, low, cfa, fp, false);
    return -1;
  }

  /** A step by a row that says more, or by none. */
  #rowOrGuess(n: number, step: number, space: CodeSpace): number {
    const { steps } = this.#cache;
    const rowStep = this.#rowStep;
    const { pc, sp, fp, key, leafKey } = this.#plain;
    const op = steps[step]!;
    rowStep.pc = pc;
    rowStep.sp = sp;
    rowStep.fp = fp;
    const isGuess = op === StepOp.NoRow || op === StepOp.NoCode || op === StepOp.NamelessJit;
    let reason: number;
    if (!isGuess) reason = rowStep.take(n, steps[step + Step.Table]!, steps[step + Step.Row]!, space);
    else if (this.#isByRules) reason = op === StepOp.NoCode ? StopReason.NoModule : StopReason.NoCfi;
    else reason = this.#guess.step(n, op, space);
    if (reason === StopReason.Root) return this.#root(sp);
    if (reason >= 0) return reason;
    const next = rowStep.nextPc;
    const cfa = rowStep.nextSp;
    // The frame that a signal interrupted, and the trampoline it returns through, are shown at their exact addresses.
    if (rowStep.isSignal) this.addresses[n] = pc;
    if (next === 0) return this.#root(cfa);
    // Code that has called nobody may have no frame (arm64); every other frame lies above the one it called.
    if (!rowStep.isSignal && (cfa < sp || (cfa === sp && key !== leafKey))) {
      return cfa === sp && next === pc ? StopReason.Loop : StopReason.BadCfa;
    }
    this.#trail.cfas[n] = cfa;
    this.#goTo(next, lowWord(next), cfa, rowStep.nextFp, rowStep.isSignal);
    return -1;
  }

  /** `isLeaf`: it was interrupted, and its address is exact. */
  #goTo(pc: number, low: number, sp: number, fp: number, isLeaf: boolean): void {
    const plain = this.#plain;
    plain.pc = pc;
    plain.low = low;
    plain.sp = sp;
    plain.fp = fp;
    plain.key = isLeaf ? plain.leafKey : plain.leafKey + 1;
    plain.lookup = isLeaf ? pc : this.#before(pc);
  }

  /** `end`: how far up the stack was read. */
  #root(end: number): StopReason {
    this.stackEnd = end;
    return StopReason.Root;
  }

  /** An address less one, also where it is a stand-in. */
  #before(address: number): number {
    return address < 2 ** 53 ? address - 1 : this.#wide.of(this.#wide.exact(address) - 1n);
  }

  #grow(): void {
    this.addresses = grown(this.addresses);
    this.labels = grown(this.labels);
    this.#trail.reserve(this.addresses.length);
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
        // A 64-bit vdso must not stand in for that of a 32-bit program.
        const isForeign = this.#isByRules && unwind.kind === 'cfi' && unwind.table.machine !== this.machine;
        const row = unwind.kind === 'cfi' && !isForeign ? rowAt(unwind.table, relative, isCaller) : -1;
        if (row < 0 || unwind.kind !== 'cfi') cache.setRule(slot, StepOp.NoRow, 0, 0, FP_STAYS);
        else {
          const { rows } = unwind.table;
          if (this.#isByRules) packRowByRules(cache, slot, rows, row);
          else if (this.#isArm64) packRowArm64(cache, slot, rows, row);
          else packRowX86(cache, slot, rows, row);
          cache.steps[at + Step.Table] = cache.tableNumber(unwind.table);
          cache.steps[at + Step.Row] = row;
          if ((rows.flags[row]! & RowFlag.SignalFrame) !== 0) shown = pc;
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
