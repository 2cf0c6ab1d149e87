// Steps out of code that nobody describes. Each is a guess, and is taken only where it leads up the stack, inside the dump, to
// a return address in known code: better no frame than a made-up one.

import { RuleKind } from '../dwarf/frame-state.ts';
import { CALL_LENGTH, followsCall, isReturnedToUncalled, leafFrame, LeafFrame, PROLOGUE_LENGTH, UNCALLED_AFTER, UNCALLED_BEFORE } from './code-bytes.ts';
import type { CodeSpace } from './code-space.ts';
import type { MachineRegisters } from './machine-registers.ts';
import type { RowStep } from './row-step.ts';
import { SIGNAL_FRAME_ARM64, SIGNAL_FRAME_ARM64_LINK, SIGNAL_FRAME_X86 } from './signal-frame.ts';
import type { StackMemory } from './stack-memory.ts';
import { OTHERS_LOST, OTHERS_STAY, StepOp } from './step-cache.ts';
import { StopReason } from './stop-reason.ts';

/** Ways to leave a frame that nothing describes: bits of RowStep.guesses. */
export const GuessKind = {
  /** The frame pointer leads to the caller's and to the return address. */
  FramePointer: 1,
  /** The link register of a function that has called nobody (arm64). */
  Link: 2,
  /** What the kernel pushed for a signal handler, without CFI for the code that returns from one. */
  SignalFrame: 4,
  /** CPython's trampoline, by its shape. */
  Trampoline: 8,
  /** The return address on top of the stack: a call to where no code is. */
  Return: 16,
  /** A function at its beginning or end, by its code: it has no frame yet, or no more (x86-64). */
  Prologue: 32,
} as const;

/** Names of the bits, from the lowest one; stable. */
export const GUESS_NAMES: readonly string[] = ['frame pointer', 'link register', 'signal frame', 'trampoline', 'return address on top', 'prologue'];

export class Guess {
  readonly #numbers: MachineRegisters;
  readonly #memory: StackMemory;
  readonly #walk: RowStep;

  constructor(numbers: MachineRegisters, memory: StackMemory, walk: RowStep) {
    this.#numbers = numbers;
    this.#memory = memory;
    this.#walk = walk;
  }

  /** Steps out of frame `index`, whose step is `op`. A StopReason, or -1 when the walk's next registers are set. */
  step(index: number, op: number, space: CodeSpace): number {
    const isLeaf = index === 0;
    const isArm64 = this.#numbers.lr >= 0;
    if (op === StepOp.NamelessJit && this.#trampoline(index, isLeaf, isArm64, space)) return this.#taken(GuessKind.Trampoline);
    if (!isLeaf && this.#signalFrame(index, isArm64, space)) return this.#taken(GuessKind.SignalFrame);
    if (isLeaf && isArm64 && this.#link(index, space)) return this.#taken(GuessKind.Link);
    // A call to where no code is: the return address is where the call left it.
    if (isLeaf && !isArm64 && op === StepOp.NoCode && this.#tryReturn(index, this.#walk.sp, this.#walk.fp, space)) return this.#taken(GuessKind.Return);
    if (isLeaf && !isArm64 && this.#prologue(index, space)) return this.#taken(GuessKind.Prologue);
    const reason = this.#framePointer(index, op, space);
    return reason < 0 ? this.#taken(GuessKind.FramePointer) : reason;
  }

  #taken(kind: number): number {
    this.#walk.guesses |= kind;
    return -1;
  }

  /** [fp] is the caller's fp, [fp + 8] the return address. */
  #framePointer(index: number, op: number, space: CodeSpace): number {
    const { fp, sp } = this.#walk;
    // Programs and threads begin with a frame pointer of zero (the psABIs).
    if (fp === 0) return StopReason.Root;
    const failed = op === StepOp.NoCode ? StopReason.NoModule : StopReason.NoCfi;
    if (!(fp >= sp) || fp % 8 !== 0) return failed;
    const ra = this.#walk.readCode(fp + 8);
    if (ra !== ra) return this.#walk.unreadable(fp + 8) === StopReason.DumpExhausted ? StopReason.DumpExhausted : failed;
    if (ra === 0) return StopReason.Root;
    if (!this.#isCode(ra, space)) return failed;
    const callerFp = this.#memory.read(fp, 8);
    // On arm64 the record lies at the bottom of its frame, and nothing says how large that is.
    const callerSp = this.#numbers.lr < 0 ? fp + 16 : this.#stackPointer(ra, fp + 16, callerFp, false, space);
    this.#walk.leave(index, ra, callerSp, callerFp, OTHERS_LOST);
    return -1;
  }

  /**
   * arm64, the topmost frame: its return address is still in the link register if it has called nobody. Then that leads into code
   * of another file, or into described code while the frame's own is not. False where the frame has its record on the stack.
   */
  #link(index: number, space: CodeSpace): boolean {
    const { sp, fp } = this.#walk;
    const link = this.#walk.readLink();
    if (!this.#isCode(link, space)) return false;
    if (fp >= sp && this.#walk.readCode(fp + 8) === link) return false;
    const region = space.find(link - 1)!;
    const own = space.find(this.#walk.pc);
    const isElsewhere = own === undefined || own.bias !== region.bias || own.unwind !== region.unwind;
    if (!isElsewhere && !(region.unwind.kind === 'cfi' && region.unwind.table.find(link - 1 - region.bias) >= 0)) return false;
    this.#walk.leave(index, link, this.#stackPointer(link, sp, fp, true, space), fp, OTHERS_STAY);
    return true;
  }

  /**
   * The caller's stack pointer, where its frame is described from there and a guess has `sp` for it. It also follows from the
   * caller's frame record, which its frame pointer points to. Whichever is asked first and leads to a return address is taken.
   */
  #stackPointer(ra: number, sp: number, fp: number, isLikely: boolean, space: CodeSpace): number {
    const region = space.find(ra - 1);
    if (region?.unwind.kind !== 'cfi') return sp;
    const { rows } = region.unwind.table;
    const row = region.unwind.table.find(ra - 1 - region.bias);
    if (row < 0 || rows.cfaRegister[row] !== this.#numbers.sp) return sp;
    const set = rows.ruleSet[row]!;
    if (rows.kind(set, this.#numbers.fp) !== RuleKind.Offset || rows.kind(set, this.#numbers.lr) !== RuleKind.Offset) return sp;
    const offset = rows.cfaOffset[row]!;
    const saved = offset + rows.value(set, this.#numbers.lr);
    const byRecord = fp - rows.value(set, this.#numbers.fp) - offset;
    if (isLikely && this.#isCode(this.#walk.readCode(sp + saved), space)) return sp;
    return byRecord >= sp && this.#isCode(this.#walk.readCode(byRecord + saved), space) ? byRecord : sp;
  }

  /**
   * CPython's trampoline at an unknown place in its arena: multiples of 32 bytes apart in a page of them (JITDUMP 2). At a return
   * address the frame is two words in all of its forms; whether fp was pushed shows in fp itself, which is sp where it was.
   */
  #trampoline(index: number, isLeaf: boolean, isArm64: boolean, space: CodeSpace): boolean {
    const { sp, fp } = this.#walk;
    if (isArm64) {
      const offset = this.#walk.pc % 32;
      if (isLeaf && (offset < 8 || offset >= 20)) {
        const link = this.#walk.readLink();
        if (!this.#isCode(link, space)) return false;
        this.#walk.leave(index, link, sp, fp, OTHERS_STAY);
        return true;
      }
      return this.#tryReturn(index, sp + 8, this.#memory.read(sp, 8), space);
    }
    const pushed = fp === sp ? this.#memory.read(sp, 8) : fp;
    if (!isLeaf || fp === sp) return this.#tryReturn(index, sp + 8, pushed, space);
    return this.#tryReturn(index, sp, fp, space) || this.#tryReturn(index, sp + 8, this.#memory.read(sp, 8), space);
  }

  /** A leaf whose code is known, and says that its frame pointer is not its own: the frame-pointer step would pass over its caller. */
  #prologue(index: number, space: CodeSpace): boolean {
    const { pc, sp, fp } = this.#walk;
    const code = space.readCode?.(pc, PROLOGUE_LENGTH);
    if (code === undefined || code.length === 0) return false;
    const place = leafFrame(code.slice(), space.readCode?.(pc - 1, 1)?.[0] ?? -1);
    if (place === LeafFrame.Unknown) return false;
    return this.#tryReturn(index, sp + place, place === LeafFrame.Pushed ? this.#memory.read(sp, 8) : fp, space);
  }

  /** Leaves by a return address at `address`, if one is there. */
  #tryReturn(index: number, address: number, fp: number, space: CodeSpace): boolean {
    const ra = this.#walk.readCode(address);
    if (!this.#isCode(ra, space)) return false;
    this.#walk.leave(index, ra, address + 8, fp, OTHERS_STAY);
    return true;
  }

  /**
   * The code a signal handler returns to, without CFI: the vdso's on arm64, musl's on x86-64. What the kernel pushed lies at sp;
   * it is believed if the interrupted pc is code, sp lies outside the frame, and the flags are those of a user program.
   */
  #signalFrame(index: number, isArm64: boolean, space: CodeSpace): boolean {
    const frame = isArm64 ? SIGNAL_FRAME_ARM64 : SIGNAL_FRAME_X86;
    const walk = this.#walk;
    const at = walk.sp;
    const pc = walk.readCode(at + frame.pc);
    const sp = this.#memory.read(at + frame.sp, 8);
    const flags = this.#memory.read(at + frame.flags, 8);
    if (!(sp > 0) || sp % (isArm64 ? 16 : 8) !== 0 || (sp >= at && sp < at + frame.size)) return false;
    if (this.#memory.read(at + frame.link, 8) !== 0) return false;
    // arm64: PSTATE of EL0; x86-64: EFLAGS, whose bit 1 is always set.
    if (isArm64 ? !(flags >= 0 && flags <= 0xffff_ffff && (flags & 0xf) === 0) : !(flags >= 0 && flags < 1 << 22 && (flags & 2) !== 0)) {
      return false;
    }
    const region = space.find(pc);
    if (region === undefined || region.unwind.kind === 'data') return false;
    const registers = walk.registersForCaller(index);
    registers.fill(NaN);
    for (const [register, offset] of frame.others) registers[register] = this.#memory.read(at + offset, 8);
    if (isArm64) registers[this.#numbers.lr] = walk.readCode(at + SIGNAL_FRAME_ARM64_LINK);
    walk.nextPc = pc;
    walk.nextSp = sp;
    walk.nextFp = this.#memory.read(at + frame.fp, 8);
    registers[this.#numbers.fp] = walk.nextFp;
    registers[this.#numbers.sp] = sp;
    walk.isSignal = true;
    return true;
  }

  /** Whether a return address leads into code, and behind a call where that can be seen. */
  #isCode(address: number, space: CodeSpace): boolean {
    if (!(address > 0 && address < 2 ** 53)) return false;
    const region = space.find(address - 1);
    if (region === undefined || region.unwind.kind === 'data') return false;
    const code = space.readCode?.(address - CALL_LENGTH, CALL_LENGTH);
    const isArm64 = this.#numbers.lr >= 0;
    if (code === undefined || code.length < CALL_LENGTH || followsCall(code, isArm64)) return true;
    const around = space.readCode?.(address - UNCALLED_BEFORE, UNCALLED_BEFORE + UNCALLED_AFTER);
    return around !== undefined && isReturnedToUncalled(around, isArm64);
  }
}
