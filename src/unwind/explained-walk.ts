// A walk that says what it does: per frame the row or the guess that leads out of it, the CFA, and where every register came from.
// Slow on purpose: each step is taken by the rules as they stand (row-step.ts, guess.ts), none by packed ones, so that it is also
// a check of the walk proper (unwinder.ts): the two must give the same frames and the same end.

import type { WideAddresses } from '../bytes/int64.ts';
import { MAX_FRAMES } from '../bytes/limits.ts';
import type { CfiPlace, CfiTable } from '../dwarf/cfi-table.ts';
import { RowFlag } from '../dwarf/cfi-rows.ts';
import type { ExpressionContext } from '../dwarf/expression.ts';
import { expressionText } from '../dwarf/expression-text.ts';
import { CFA_EXPRESSION, RuleKind } from '../dwarf/frame-state.ts';
import type { CodeRegion, CodeSpace } from './code-space.ts';
import { Guess, GUESS_NAMES } from './guess.ts';
import { isNamed, PC_NAMES, registerName } from './register-names.ts';
import type { MachineRegisters } from './machine-registers.ts';
import { MACHINE_REGISTERS, REGISTER_COUNT, type SampledRegisters, type WalkedMachine } from './registers.ts';
import { rowAt } from './row-at.ts';
import { RowStep } from './row-step.ts';
import { SIGNAL_FRAME_ARM64, SIGNAL_FRAME_ARM64_LINK, SIGNAL_FRAME_X86 } from './signal-frame.ts';
import type { StackMemory } from './stack-memory.ts';
import { packTrampolineArm64 } from './step-arm64.ts';
import { FP_STAYS, OTHERS_STAY, Step, StepCache, StepOp } from './step-cache.ts';
import { packTrampolineX86 } from './step-x86-64.ts';
import { StopReason } from './stop-reason.ts';
import { Trail } from './trail.ts';

/** Where a value comes from. */
export type ValueSource =
  /** The sample's registers. */
  | 'sampled'
  /** The word of the dump at `address`. */
  | 'stack'
  /** Read-only memory of a file, at `address`. */
  | 'file'
  /** Calculated: the CFA and a number, an expression. */
  | 'computed'
  /** Not known: lost in a call, not recorded, or more than a double holds. */
  | 'unknown';

export interface ExplainedRegister {
  /** DWARF number. */
  readonly register: number;
  readonly name: string;
  /** As the row has it: `[CFA-16]`, `CFA+8`, `rbx`, `unchanged`, an expression; '' where none is said. */
  readonly rule: string;
  /** In the caller; a stand-in (bytes/int64.ts) for code addresses that no double holds; NaN where it is unknown. */
  readonly value: number;
  readonly from: ValueSource;
  /** Of the word that holds it, where it was read from memory, in this frame or further in. */
  readonly address: number | undefined;
}

/** How a frame is left. */
export type StepMeans = 'row' | 'trampoline' | 'guess';

export interface ExplainedStep {
  /** As it is shown: callers' return addresses less one. */
  readonly address: number;
  /** Of the next instruction. */
  readonly pc: number;
  readonly sp: number;
  readonly region: CodeRegion | undefined;
  /** Undefined where there is no way out, and where none is needed. */
  readonly means: StepMeans | undefined;
  /** Of a guess: its name, of GUESS_NAMES. */
  readonly guess: string | undefined;
  /** Where its row stands, in the region's coordinates. */
  readonly place: CfiPlace | undefined;
  readonly isSignalFrame: boolean;
  /** `rsp+8`, or an expression; '' without a row. */
  readonly cfaRule: string;
  /** NaN where it is not known. */
  readonly cfa: number;
  /** In the caller: its pc, what the row has rules for, and what is known besides. Empty where there is no caller. */
  readonly registers: readonly ExplainedRegister[];
  /** Of the last frame: why the walk ends with it. */
  readonly end: StopReason | undefined;
}

export interface ExplainedStack {
  readonly steps: readonly ExplainedStep[];
  readonly end: StopReason;
}

interface Origin {
  readonly from: ValueSource;
  readonly address: number | undefined;
}
const SAMPLED: Origin = { from: 'sampled', address: undefined };
const COMPUTED: Origin = { from: 'computed', address: undefined };
const UNKNOWN: Origin = { from: 'unknown', address: undefined };

export class ExplainedWalk {
  readonly #machine: WalkedMachine;
  readonly #wide: WideAddresses;
  readonly #numbers: MachineRegisters;
  readonly #registers: SampledRegisters;
  readonly #memory: StackMemory;
  readonly #cache = new StepCache();
  readonly #trail = new Trail();
  readonly #step: RowStep;
  readonly #guess: Guess;
  readonly #isByRules: boolean;
  #origins: Origin[] = [];

  /** Walks what `registers` and `memory` show when `explain` is called. `wide` as the Unwinder's. */
  constructor(machine: WalkedMachine, wide: WideAddresses, registers: SampledRegisters, memory: StackMemory) {
    this.#machine = machine;
    this.#wide = wide;
    this.#numbers = MACHINE_REGISTERS[machine];
    this.#registers = registers;
    this.#memory = memory;
    this.#step = new RowStep(this.#numbers, registers, memory, this.#trail, this.#cache, wide);
    this.#guess = new Guess(this.#numbers, memory, this.#step);
    this.#isByRules = machine !== 'arm64' && machine !== 'x86-64';
  }

  /** All steps of a sample's stack. Ends with NeedsModule where a module is not loaded: the walk proper says which. */
  explain(space: CodeSpace, maxFrames: number = MAX_FRAMES): ExplainedStack {
    const registers = this.#registers;
    if (registers.abi === 1 && this.#numbers.wordSize === 8) return { steps: [], end: StopReason.Abi32 };
    const at = registers.offsetOf(this.#numbers.pc);
    if (registers.abi === 0 || at < 0) return { steps: [], end: StopReason.NoRegisters };
    const step = this.#step;
    const steps: ExplainedStep[] = [];
    let pc = this.#wide.read(registers.view, at, registers.littleEndian);
    step.sp = registers.read(this.#numbers.sp);
    step.fp = registers.read(this.#numbers.fp);
    step.begin(pc, step.sp);
    this.#origins = Array.from({ length: REGISTER_COUNT }, () => SAMPLED);
    const most = Math.min(maxFrames, MAX_FRAMES);
    for (let isCaller = false; steps.length < most; ) {
      const lookup = isCaller ? this.#before(pc) : pc;
      const region = space.find(lookup);
      if (region?.unwind.kind === 'unloaded') return { steps, end: StopReason.NeedsModule };
      if (region?.unwind.kind === 'data' && isCaller) return { steps: this.#ended(steps, StopReason.NoModule), end: StopReason.NoModule };
      step.pc = pc;
      this.#trail.reserve(steps.length + 1);
      const { sp } = step;
      const taken = this.#take(steps.length, lookup, region, space);
      steps.push(taken);
      if (taken.end !== undefined) return { steps, end: taken.end };
      const { nextPc, nextSp, isSignal } = step;
      const end = nextPc === 0 ? StopReason.Root : isSignal ? undefined : this.#misled(nextPc, nextSp, pc, sp, isCaller);
      if (end !== undefined) return { steps: this.#ended(steps, end), end };
      isCaller = !isSignal;
      pc = nextPc;
      step.sp = nextSp;
      step.fp = step.nextFp;
    }
    return { steps: this.#ended(steps, StopReason.Limit), end: StopReason.Limit };
  }

  /** Code that has called nobody may have no frame (arm64); every other frame lies above the one it called. */
  #misled(nextPc: number, nextSp: number, pc: number, sp: number, isCaller: boolean): StopReason | undefined {
    if (!(nextSp < sp || (nextSp === sp && isCaller))) return undefined;
    return nextSp === sp && nextPc === pc ? StopReason.Loop : StopReason.BadCfa;
  }

  #ended(steps: ExplainedStep[], end: StopReason): ExplainedStep[] {
    const last = steps.pop();
    if (last !== undefined) steps.push({ ...last, end });
    return steps;
  }

  #take(index: number, lookup: number, region: CodeRegion | undefined, space: CodeSpace): ExplainedStep {
    const step = this.#step;
    const before = step.registersOf(index).slice();
    const plain = { address: lookup, pc: step.pc, sp: step.sp, region, guess: undefined, place: undefined, isSignalFrame: false, cfaRule: '', cfa: NaN, registers: [] };
    const unwind = region?.unwind;
    const table = unwind?.kind === 'cfi' && !(this.#isByRules && unwind.table.machine !== this.#machine) ? unwind.table : undefined;
    const row = table === undefined ? -1 : rowAt(table, lookup - region!.bias, lookup !== step.pc);
    step.isSignal = false;
    if (table !== undefined && row >= 0) {
      const { rows } = table;
      const isSignalFrame = (rows.flags[row]! & RowFlag.SignalFrame) !== 0;
      const register = rows.cfaRegister[row]!;
      const isExpression = register === CFA_EXPRESSION;
      const context = this.#contextOf(before, region!.bias, table);
      const cfa = isExpression ? table.expressions[rows.cfaOffset[row]!]!.evaluate(context) : register < REGISTER_COUNT ? before[register]! + rows.cfaOffset[row]! : NaN;
      const cfaRule = isExpression ? this.#expression(table, rows.cfaOffset[row]!) : `${this.#name(register)}${signed(rows.cfaOffset[row]!)}`;
      let end = step.take(index, this.#cache.tableNumber(table), row, space);
      // Where the register was not even recorded.
      if (end === StopReason.BadCfa && index === 0 && this.#wantsLink(table, row) && this.#registers.offsetOf(this.#numbers.lr) < 0) end = StopReason.NoRegisters;
      const registers = end >= 0 ? [] : this.#ruled(table, row, cfa, index === 0, context);
      const address = isSignalFrame && end < 0 ? step.pc : lookup;
      return { ...plain, address, means: 'row', place: table.placeOf(lookup - region!.bias) ?? (lookup === step.pc ? table.placeOf(lookup - 1 - region!.bias) : undefined), isSignalFrame, cfaRule, cfa, registers, end: ended(end) };
    }
    if (unwind?.kind === 'trampoline') {
      const left = this.#leaveTrampoline(index, unwind.size, step.pc - region!.bias, space);
      if (left !== undefined) return { ...plain, means: 'trampoline', cfa: left < 0 ? step.nextSp : NaN, registers: left < 0 ? this.#unruled(before, OTHERS_STAY) : [], end: ended(left) };
    }
    if (this.#isByRules) return { ...plain, means: undefined, end: region === undefined ? StopReason.NoModule : StopReason.NoCfi };
    const op = region === undefined ? StepOp.NoCode : unwind?.kind === 'nameless-jit' || unwind?.kind === 'trampoline' ? StepOp.NamelessJit : StepOp.NoRow;
    const known = step.guesses;
    step.guesses = 0;
    const end = this.#guess.step(index, op, space);
    const kind = step.guesses;
    step.guesses |= known;
    if (end >= 0) return { ...plain, means: undefined, end: ended(end) };
    const registers = step.isSignal ? this.#pushed(step.registers, plain.sp) : this.#unruled(before, kind === 1 ? undefined : OTHERS_STAY);
    return { ...plain, address: step.isSignal ? step.pc : lookup, means: 'guess', guess: GUESS_NAMES[Math.log2(kind)], isSignalFrame: step.isSignal, cfa: step.isSignal ? NaN : step.nextSp, registers, end: undefined };
  }

  /** A trampoline whose form its size tells: a StopReason, -1 when it is left, undefined where the size tells nothing. */
  #leaveTrampoline(index: number, size: number, offset: number, space: CodeSpace): number | undefined {
    const step = this.#step;
    const pack = this.#numbers.lr >= 0 ? packTrampolineArm64 : packTrampolineX86;
    if (this.#isByRules || !pack(this.#cache, 0, size, offset)) return undefined;
    const { steps } = this.#cache;
    const op = steps[Step.Op]!;
    if (op !== StepOp.Sp) {
      if (index > 0) return step.take(index, OTHERS_STAY, 0, space);
      const link = step.readLink();
      if (link !== link) return StopReason.NoRegisters;
      step.leave(index, link, step.sp + steps[Step.CfaOffset]!, step.fp, OTHERS_STAY);
      return -1;
    }
    const cfa = step.sp + steps[Step.CfaOffset]!;
    const ra = step.readCode(cfa + steps[Step.RaOffset]!);
    if (ra !== ra) return step.unreadable(cfa + steps[Step.RaOffset]!);
    const fp = steps[Step.FpOffset] === FP_STAYS ? step.fp : this.#memory.read(cfa + steps[Step.FpOffset]!, 8);
    step.leave(index, ra, cfa, fp, OTHERS_STAY);
    return -1;
  }

  /** What the caller's registers are by a row, and where they come from: those with a rule first, then the others that are known. */
  #ruled(table: CfiTable, row: number, cfa: number, isTopmost: boolean, context: ExpressionContext): ExplainedRegister[] {
    const { rows } = table;
    const set = rows.ruleSet[row]!;
    const numbers = this.#numbers;
    const column = rows.returnAddress[row]!;
    const after = this.#step.registers;
    const origins = this.#origins.slice();
    const rules = new Map<number, string>();
    for (const register of numbers.volatile) origins[register] = UNKNOWN;
    if (numbers.cfaIsSp) origins[numbers.sp] = COMPUTED;
    for (let at = rows.setStart[set]!; at < rows.setStart[set + 1]!; at += 3) {
      const register = rows.rules[at]!;
      if (register >= REGISTER_COUNT) continue;
      const value = rows.rules[at + 2]!;
      const kind = rows.rules[at + 1]!;
      rules.set(register, this.#ruleText(table, kind, value));
      if (kind === RuleKind.Offset || kind === RuleKind.Expression) {
        const address = kind === RuleKind.Offset ? cfa + value : table.expressions[value]!.evaluate(context, cfa);
        const isPopped = isTopmost && address < this.#memory.base && register !== column;
        if (isPopped) rules.set(register, `unchanged, ${rules.get(register)!} lies below the stack: restored already`);
        else origins[register] = { from: this.#memory.offsetOf(address, this.#numbers.wordSize) >= 0 ? 'stack' : 'file', address };
      } else if (kind === RuleKind.Register) origins[register] = value < REGISTER_COUNT ? this.#origins[value]! : UNKNOWN;
      else if (kind === RuleKind.SameValue) origins[register] = this.#origins[register]!;
      else origins[register] = kind === RuleKind.Undefined ? UNKNOWN : COMPUTED;
    }
    if (!rules.has(column)) rules.set(column, column === numbers.lr ? 'unchanged' : '');
    const pc = this.#register(numbers.pc, rules.get(column)!, this.#step.nextPc, origins[column]!);
    if (column === numbers.lr && numbers.lr >= 0) rules.delete(column);
    else if (column === numbers.pc) rules.delete(column);
    this.#origins = origins;
    return [pc, ...this.#list(rules, after)];
  }

  /** The caller's registers where no row speaks of them. `table` as RowStep.leave has it; undefined: all but sp and fp are lost. */
  #unruled(before: Float64Array, table: number | undefined): ExplainedRegister[] {
    const { nextPc, nextSp, nextFp } = this.#step;
    const numbers = this.#numbers;
    const after = before.slice();
    for (const register of table === undefined ? after.keys() : numbers.volatile) {
      after[register] = NaN;
      this.#origins[register] = UNKNOWN;
    }
    const pcAddress = this.#addressOfCode(nextPc, nextSp);
    const pcOrigin: Origin = pcAddress === undefined ? SAMPLED : { from: 'stack', address: pcAddress };
    if (nextFp !== before[numbers.fp]) this.#origins[numbers.fp] = { from: 'stack', address: (pcAddress ?? nextSp) - 8 };
    after[numbers.fp] = nextFp;
    after[numbers.sp] = nextSp;
    this.#origins[numbers.sp] = COMPUTED;
    return [this.#register(numbers.pc, '', nextPc, pcOrigin), ...this.#list(new Map([[numbers.sp, ''], [numbers.fp, '']]), after)];
  }

  /** Where on the stack the return address was: right below the caller's frame, or behind the frame record. */
  #addressOfCode(pc: number, sp: number): number | undefined {
    const { fp } = this.#step;
    return [sp - 8, fp + 8].find((address) => this.#step.readCode(address) === pc);
  }

  /** The interrupted code's registers, all of them from what the kernel pushed at `at`. */
  #pushed(after: Float64Array, at: number): ExplainedRegister[] {
    const { pc, sp, fp, lr } = this.#numbers;
    const frame = lr < 0 ? SIGNAL_FRAME_X86 : SIGNAL_FRAME_ARM64;
    this.#origins.fill(UNKNOWN);
    const places = [...frame.others, [sp, frame.sp], [fp, frame.fp], [lr, SIGNAL_FRAME_ARM64_LINK]] as const;
    for (const [register, offset] of places) if (register >= 0) this.#origins[register] = { from: 'stack', address: at + offset };
    const rules = new Map([...this.#origins.keys()].filter((register) => register !== pc && this.#origins[register] !== UNKNOWN).map((register) => [register, '']));
    return [this.#register(pc, '', this.#step.nextPc, { from: 'stack', address: at + frame.pc }), ...this.#list(rules, after)];
  }

  #list(rules: ReadonlyMap<number, string>, after: Float64Array): ExplainedRegister[] {
    const list: ExplainedRegister[] = [];
    const { pc, sp } = this.#numbers;
    for (let register = 0; register < REGISTER_COUNT; register++) {
      if (register === pc || register === sp) continue;
      const rule = rules.get(register);
      if (rule === undefined && (Number.isNaN(after[register]) || !isNamed(this.#machine, register))) continue;
      list.push(this.#register(register, rule ?? 'unchanged', after[register]!, this.#origins[register]!));
    }
    return list;
  }

  #register(register: number, rule: string, value: number, { from, address }: Origin): ExplainedRegister {
    const isUnknown = Number.isNaN(value);
    const name = register === this.#numbers.pc ? PC_NAMES[this.#machine] : this.#name(register);
    return { register, name, rule, value, from: isUnknown ? 'unknown' : from, address: isUnknown ? undefined : address };
  }

  #ruleText(table: CfiTable, kind: number, value: number): string {
    switch (kind) {
      case RuleKind.Undefined:
        return 'undefined';
      case RuleKind.Offset:
        return `[CFA${signed(value)}]`;
      case RuleKind.ValueOffset:
        return `CFA${signed(value)}`;
      case RuleKind.Register:
        return this.#name(value);
      case RuleKind.Expression:
        return `[${this.#expression(table, value)}]`;
      case RuleKind.ValueExpression:
        return this.#expression(table, value);
      default:
        return 'unchanged';
    }
  }

  #expression(table: CfiTable, number: number): string {
    return expressionText(table.expressions[number]!.bytes, table.littleEndian, this.#numbers.wordSize);
  }

  #wantsLink(table: CfiTable, row: number): boolean {
    const { rows } = table;
    const { lr } = this.#numbers;
    if (lr < 0 || rows.returnAddress[row] !== lr) return false;
    const kind = rows.kind(rows.ruleSet[row]!, lr);
    return kind === RuleKind.Unspecified || kind === RuleKind.SameValue;
  }

  #contextOf(registers: Float64Array, bias: number, table: CfiTable): ExpressionContext {
    return { registers, bias: table.expressions.length > 0 ? bias : 0, readMemory: (address, size) => this.#step.readMemory(address, size) };
  }

  #name(register: number): string {
    return registerName(this.#machine, register);
  }

  /** An address less one, also where it is a stand-in. */
  #before(address: number): number {
    return address < 2 ** 53 ? address - 1 : this.#wide.of(this.#wide.exact(address) - 1n);
  }
}

function ended(reason: number): StopReason | undefined {
  return reason < 0 ? undefined : (reason as StopReason);
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
