// A step by a row that is more than "CFA = sp or fp + n": other CFA registers, expressions, the return address in a register,
// signal frames. All registers take part; they are brought up to date along the trail first.

import type { WideAddresses } from '../bytes/int64.ts';
import { RowFlag } from '../dwarf/cfi-rows.ts';
import type { ExpressionContext } from '../dwarf/expression.ts';
import { CFA_EXPRESSION, RuleKind } from '../dwarf/frame-state.ts';
import type { CfiTable } from '../dwarf/cfi-table.ts';
import type { CodeSpace } from './code-space.ts';
import type { MachineRegisters } from './machine-registers.ts';
import { REGISTER_COUNT, type SampledRegisters } from './registers.ts';
import type { StackMemory } from './stack-memory.ts';
import { stripHighWord } from './step-arm64.ts';
import { OTHERS_LOST, OTHERS_STAY, type StepCache } from './step-cache.ts';
import { StopReason } from './stop-reason.ts';
import type { Trail } from './trail.ts';

/** Farther than this beyond the dump the same stack does not go on: eight times the usual limit of a stack (8 MiB). */
const FARTHEST = 1 << 26;

export class RowStep implements ExpressionContext {
  /** The frame that is being left. */
  pc = -0.5;
  sp = -0.5;
  fp = -0.5;
  /** Its caller, when a step has succeeded. */
  nextPc = -0.5;
  nextSp = -0.5;
  nextFp = -0.5;
  /** Whether the frame left was the kernel's, for a signal: the next one was interrupted, not called from. */
  isSignal = false;

  /** All registers of the frame being left, by DWARF number; NaN for what is not known. For expressions. */
  registers: Float64Array = new Float64Array(REGISTER_COUNT);
  bias = 0;
  /** Bits of a user address, for signed return addresses. */
  addressBits = 48;
  /** What was guessed in this walk: bits of GuessKind (guess.ts). */
  guesses = 0;

  readonly #numbers: MachineRegisters;
  readonly #sampled: SampledRegisters;
  readonly #memory: StackMemory;
  readonly #trail: Trail;
  readonly #cache: StepCache;
  readonly #wide: WideAddresses;
  #space: CodeSpace | undefined;
  #next: Float64Array = new Float64Array(REGISTER_COUNT);
  /** The frame whose registers `registers` holds; -1 before any was asked for. */
  #frame = -1;

  constructor(
    numbers: MachineRegisters,
    sampled: SampledRegisters,
    memory: StackMemory,
    trail: Trail,
    cache: StepCache,
    wide: WideAddresses,
  ) {
    this.#numbers = numbers;
    this.#sampled = sampled;
    this.#memory = memory;
    this.#trail = trail;
    this.#cache = cache;
    this.#wide = wide;
  }

  /** Starts a new walk; the bits of its user addresses. */
  begin(pc: number, sp: number): number {
    this.#frame = -1;
    this.guesses = 0;
    // 52 bits only where a program asked for addresses above 2^47 (arm64's LVA); a signature fills what is above.
    this.addressBits = sp >= 2 ** 48 || (pc >= 2 ** 48 && pc < 2 ** 52) ? 52 : 48;
    return this.addressBits;
  }

  /** Steps out of frame `index` by a row. A StopReason, or -1 when nextPc, nextSp and nextFp are set. */
  take(index: number, table: number, row: number, space: CodeSpace): number {
    this.#space = space;
    this.#catchUp(index);
    if (!this.#numbers.cfaIsSp && this.sp !== this.sp) return StopReason.BadCfa;
    if (table < 0) {
      // A trampoline's instructions outside its frame, interrupted by a signal.
      const link = this.#numbers.lr < 0 ? NaN : this.registers[this.#numbers.lr]!;
      if (link !== link) return StopReason.BadCfa;
      this.leave(index, link, this.sp, this.fp, OTHERS_STAY);
      return -1;
    }
    const cfi = this.#cache.tables[table]!;
    const { rows } = cfi;
    this.isSignal = (rows.flags[row]! & RowFlag.SignalFrame) !== 0;
    const register = rows.cfaRegister[row]!;
    const offset = rows.cfaOffset[row]!;
    this.bias = 0;
    if (cfi.expressions.length > 0) this.bias = space.find(index === 0 ? this.pc : this.pc - 1)?.bias ?? 0;
    const cfa =
      register === CFA_EXPRESSION
        ? cfi.expressions[offset]!.evaluate(this)
        : register < REGISTER_COUNT
          ? this.registers[register]! + offset
          : NaN;
    if (cfa !== cfa) return StopReason.BadCfa;
    const reason = this.#returnAddress(cfi, row, cfa, index);
    if (reason >= 0) return reason;
    if (this.#numbers.hasModeBit) this.nextPc -= this.nextPc % 2;
    this.#apply(cfi, row, cfa, index === 0);
    this.#frame = index + 1;
    const set = rows.ruleSet[row]!;
    const lr = this.#numbers.lr;
    if (lr >= 0 && rows.kind(set, lr) === RuleKind.Offset && rows.value(set, lr) >= 0 && !this.isSignal) {
      // glibc's _dl_runtime_resolve on arm64 takes for its CFA what sp is on entry; the return address lies above it, where the
      // PLT pushed it, and returning pops that too.
      this.registers[this.#numbers.sp] = cfa + rows.value(set, lr) + this.#numbers.wordSize;
    }
    this.nextSp = this.registers[this.#numbers.sp]!;
    this.nextFp = this.registers[this.#numbers.fp]!;
    if (this.#numbers.cfaIsSp) return this.nextSp === this.nextSp ? -1 : StopReason.BadCfa;
    // s390x saves the stack pointer like other registers: where it is lost, the caller is known all the same, but not the caller's.
    if (!(this.nextSp >= this.sp)) this.nextSp = this.registers[this.#numbers.sp] = NaN;
    return -1;
  }

  /** For frames that the machine's convention or a guess explains: notes the step so that others can catch up. */
  leave(index: number, pc: number, sp: number, fp: number, table: number): void {
    this.isSignal = false;
    this.nextPc = pc;
    this.nextSp = sp;
    this.nextFp = fp;
    this.#trail.set(index, sp, fp, table, 0);
  }

  /** The registers of frame `index`, to be changed into those of its caller in place; the walk then goes on from there. */
  registersForCaller(index: number): Float64Array {
    this.#catchUp(index);
    this.#frame = index + 1;
    return this.registers;
  }

  /** The registers of frame `index`, which is the one being left; valid until the next step. */
  registersOf(index: number): Float64Array {
    this.#catchUp(index);
    return this.registers;
  }

  /** A code address in the dump: a stand-in where no double holds it, its signature removed; NaN where it was not recorded. */
  readCode(address: number): number {
    if (this.#numbers.wordSize === 4) return this.#memory.read(address, 4);
    const offset = this.#memory.offsetOf(address, 8);
    return offset < 0 ? NaN : this.#codeAt(this.#memory.view, offset, this.#memory.littleEndian);
  }

  /** What the sampled link register holds, its signature removed; NaN where it was not recorded. */
  readLink(): number {
    const offset = this.#sampled.offsetOf(this.#numbers.lr);
    return offset < 0 ? NaN : this.#codeAt(this.#sampled.view, offset, this.#sampled.littleEndian);
  }

  /** Why the word at an address cannot be read: it lies beyond the dump, nowhere near it, or on another stack than `sp` began on. */
  unreadable(address: number, sp: number = this.sp): StopReason {
    if (sp < this.#memory.base || sp > this.#memory.base + this.#memory.size + FARTHEST) return StopReason.OtherStack;
    const beyond = address + this.#numbers.wordSize - this.#memory.base - this.#memory.size;
    return beyond > 0 && beyond < FARTHEST ? StopReason.DumpExhausted : StopReason.BadCfa;
  }

  /** ExpressionContext: the dump, or else the read-only memory of files. */
  readMemory(address: number, size: number): number {
    const value = this.#memory.read(address, size);
    if (value === value || size !== 8 || address !== address) return value;
    const word = this.#space?.readWord?.(address);
    return word !== undefined && Number.isSafeInteger(word) ? word : NaN;
  }

  #codeAt(view: DataView, offset: number, littleEndian: boolean): number {
    if (!this.#numbers.signsAddresses) return this.#wide.read(view, offset, littleEndian);
    const high = stripHighWord(view.getInt32(littleEndian ? offset + 4 : offset, littleEndian), this.addressBits);
    return high * 4_294_967_296 + view.getUint32(littleEndian ? offset : offset + 4, littleEndian);
  }

  /** Sets nextPc. A StopReason, or -1. */
  #returnAddress(cfi: CfiTable, row: number, cfa: number, index: number): number {
    const { rows } = cfi;
    const column = rows.returnAddress[row]!;
    const set = rows.ruleSet[row]!;
    const value = rows.value(set, column);
    switch (rows.kind(set, column)) {
      case RuleKind.Undefined:
        return StopReason.Root;
      case RuleKind.Offset: {
        this.nextPc = this.readCode(cfa + value);
        return this.nextPc === this.nextPc ? -1 : this.unreadable(cfa + value);
      }
      case RuleKind.Expression: {
        const address = cfi.expressions[value]!.evaluate(this, cfa);
        this.nextPc = this.readCode(address);
        return this.nextPc === this.nextPc ? -1 : address === address ? this.unreadable(address) : StopReason.BadCfa;
      }
      case RuleKind.ValueExpression:
        this.nextPc = cfi.expressions[value]!.evaluate(this, cfa);
        break;
      case RuleKind.ValueOffset:
        this.nextPc = cfa + value;
        break;
      case RuleKind.Register:
        this.nextPc = value < REGISTER_COUNT ? this.registers[value]! : NaN;
        break;
      default:
        // A function that has saved its return address nowhere: the link register, which only code that has called nobody
        // still has. The frame pointer of the first frame of an arm64 program is zero.
        if (this.#numbers.lr < 0) return StopReason.BadCfa;
        this.nextPc = index === 0 ? this.readLink() : this.registers[this.#numbers.lr]!;
        if (this.nextPc !== this.nextPc && this.fp === 0) return StopReason.Root;
    }
    return this.nextPc === this.nextPc ? -1 : StopReason.BadCfa;
  }

  #catchUp(index: number): void {
    const { pc, sp, fp } = this.#numbers;
    const trail = this.#trail;
    if (this.#frame < 0) {
      for (let register = 0; register < REGISTER_COUNT; register++) this.registers[register] = this.#sampled.read(register);
      if (this.#numbers.lr >= 0) this.registers[this.#numbers.lr] = this.readLink();
      this.#frame = 0;
    }
    for (; this.#frame < index; this.#frame++) {
      const table = trail.tables[this.#frame]!;
      const cfa = trail.cfas[this.#frame]!;
      if (table >= 0) this.#apply(this.#cache.tables[table]!, trail.rows[this.#frame]!, cfa, this.#frame === 0);
      else {
        if (table === OTHERS_LOST) this.registers.fill(NaN);
        else for (const register of this.#numbers.volatile) this.registers[register] = NaN;
        this.registers[sp] = cfa;
        this.registers[fp] = trail.fps[this.#frame]!;
      }
    }
    this.registers[pc] = this.pc;
    this.registers[sp] = this.sp;
    this.registers[fp] = this.fp;
  }

  /** Turns `registers` into the caller's. */
  #apply(cfi: CfiTable, row: number, cfa: number, isTopmost: boolean): void {
    const { rows } = cfi;
    const old = this.registers;
    const next = this.#next;
    next.set(old);
    const numbers = this.#numbers;
    for (const register of numbers.volatile) next[register] = NaN;
    if (numbers.cfaIsSp) next[numbers.sp] = cfa;
    const set = rows.ruleSet[row]!;
    const end = rows.setStart[set + 1]!;
    for (let at = rows.setStart[set]!; at < end; at += 3) {
      const register = rows.rules[at]!;
      if (register >= REGISTER_COUNT) continue;
      const value = rows.rules[at + 2]!;
      let result = NaN;
      switch (rows.rules[at + 1]!) {
        case RuleKind.SameValue:
          result = old[register]!;
          break;
        case RuleKind.Offset:
          result = this.#saved(register, cfa + value, isTopmost);
          break;
        case RuleKind.ValueOffset:
          result = cfa + value;
          break;
        case RuleKind.Register:
          result = value < REGISTER_COUNT ? old[value]! : NaN;
          break;
        case RuleKind.Expression:
          result = this.#saved(register, cfi.expressions[value]!.evaluate(this, cfa), isTopmost);
          break;
        case RuleKind.ValueExpression:
          result = cfi.expressions[value]!.evaluate(this, cfa);
      }
      next[register] = result;
    }
    // What a function gets back in the link register is its own return address no more: it has made a call since.
    if (numbers.lr >= 0 && (rows.flags[row]! & RowFlag.SignalFrame) === 0) next[numbers.lr] = NaN;
    this.#next = old;
    this.registers = next;
  }

  /** A saved register. In the topmost frame a slot below sp was popped already, and the register has its value back (DESIGN 14). */
  #saved(register: number, address: number, isTopmost: boolean): number {
    if (isTopmost && address < this.#memory.base) return this.registers[register]!;
    return register === this.#numbers.lr ? this.readCode(address) : this.readMemory(address, this.#numbers.wordSize);
  }
}
