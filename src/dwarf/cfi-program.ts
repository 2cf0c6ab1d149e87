// Runs the instructions of one FDE (DWARF 5 clause 6.4.2, and the GNU, MIPS and AArch64 additions) and packs what they say
// into rows. An instruction that makes no sense ends the program: the rows before it stand.

import { MAX_CFI_EXPRESSIONS, MAX_CFI_ROWS, MAX_CFI_STATES } from '../bytes/limits.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { CfiEntries, Cie, Fde } from './cfi-entries.ts';
import { type CfiRows, RowFlag } from './cfi-rows.ts';
import { Expression } from './expression.ts';
import { CFA_EXPRESSION, CFA_NONE, FrameState, REGISTERS, RuleKind } from './frame-state.ts';
import { readPointer } from './pointer-encoding.ts';

/** DW_CFA_*; of the first three the low six bits are an operand. */
const AdvanceLoc = 0x40;
const Offset = 0x80;
const Restore = 0xc0;
const Op = {
  Nop: 0x00,
  SetLoc: 0x01,
  AdvanceLoc1: 0x02,
  AdvanceLoc2: 0x03,
  AdvanceLoc4: 0x04,
  OffsetExtended: 0x05,
  RestoreExtended: 0x06,
  Undefined: 0x07,
  SameValue: 0x08,
  Register: 0x09,
  RememberState: 0x0a,
  RestoreState: 0x0b,
  DefCfa: 0x0c,
  DefCfaRegister: 0x0d,
  DefCfaOffset: 0x0e,
  DefCfaExpression: 0x0f,
  Expression: 0x10,
  OffsetExtendedSf: 0x11,
  DefCfaSf: 0x12,
  DefCfaOffsetSf: 0x13,
  ValOffset: 0x14,
  ValOffsetSf: 0x15,
  ValExpression: 0x16,
  MipsAdvanceLoc8: 0x1d,
  Aarch64SetRaState: 0x2b,
  Aarch64NegateRaStateWithPc: 0x2c,
  /** Also AArch64's negate_ra_state. */
  GnuWindowSave: 0x2d,
  GnuArgsSize: 0x2e,
  GnuNegativeOffsetExtended: 0x2f,
} as const;

/** Runs programs for one table; keeps its working states between runs. */
export class CfiProgram {
  readonly #rows: CfiRows;
  readonly #expressions: Expression[];
  readonly #diagnostics: Diagnostics;
  readonly #state = new FrameState();
  readonly #remembered: FrameState[] = [];
  #depth = 0;
  // Of the FDE that is being run.
  #location = 0;
  #firstRow = 0;
  #set = 0;

  constructor(rows: CfiRows, expressions: Expression[], diagnostics: Diagnostics) {
    this.#rows = rows;
    this.#expressions = expressions;
    this.#diagnostics = diagnostics;
  }

  /** Appends the rows of an FDE: at least one, in ascending order, the first at offset 0 unless nothing holds there. */
  run(entries: CfiEntries, fde: Fde): void {
    const cie = fde.cie;
    const state = this.#state;
    if (cie.initial === undefined) {
      const initial = new FrameState();
      state.copy(initial);
      state.high = 0;
      this.#execute(entries, cie, cie.instructions, cie.instructionsEnd, undefined);
      initial.copy(state);
      cie.initial = initial;
    }
    state.copy(cie.initial);
    this.#location = 0;
    this.#firstRow = this.#rows.length;
    this.#execute(entries, cie, fde.instructions, fde.instructionsEnd, fde);
    this.#emit(cie);
  }

  /** The rules as they stand hold from the present location on. */
  #emit(cie: Cie): void {
    const state = this.#state;
    const rows = this.#rows;
    if (state.changed) {
      this.#set = rows.internSet(state);
      state.changed = false;
    }
    if (this.#set < 0) {
      this.#diagnostics.damaged('cfi-rules', -1, 'more register rules than any real module has');
      return;
    }
    const last = rows.length - 1;
    if (
      last >= this.#firstRow &&
      rows.ruleSet[last] === this.#set &&
      rows.cfaRegister[last] === state.cfaRegister &&
      rows.cfaOffset[last] === state.cfaOffset
    ) {
      return;
    }
    rows.add(this.#location, state, this.#set, cie.returnAddress, cie.isSignalFrame ? RowFlag.SignalFrame : 0);
  }

  /** Moves on by code bytes. False when that leaves the FDE. */
  #advance(cie: Cie, fde: Fde | undefined, bytes: number): boolean {
    if (fde === undefined) return false;
    if (bytes === 0) return true;
    this.#emit(cie);
    const location = this.#location + bytes;
    if (!(location > this.#location && location <= 0xffff_ffff) || location >= fde.end - fde.start) return false;
    this.#location = location;
    if (this.#rows.length - this.#firstRow < MAX_CFI_ROWS) return true;
    this.#diagnostics.damaged('cfi-rows', fde.offset, 'a frame description entry has more rows than any real function');
    return false;
  }

  #execute(entries: CfiEntries, cie: Cie, start: number, end: number, fde: Fde | undefined): void {
    const cursor = entries.cursor;
    const state = this.#state;
    const { codeFactor, dataFactor } = cie;
    cursor.seek(start, end);
    this.#depth = 0;
    while (cursor.position < end) {
      const at = cursor.position;
      const byte = cursor.unsigned8();
      const low = byte & 0x3f;
      if (byte >= Restore) {
        this.#restore(low, cie);
        continue;
      }
      if (byte >= Offset) {
        this.#setOffset(low, RuleKind.Offset, cursor.uleb() * dataFactor);
        if (cursor.overrun) break;
        continue;
      }
      if (byte >= AdvanceLoc) {
        if (!this.#advance(cie, fde, low * codeFactor)) return;
        continue;
      }
      let register = 0;
      switch (byte) {
        case Op.Nop:
        case Op.GnuWindowSave:
          // Signed return addresses are stripped whatever the state says (step-arm64.ts); SPARC's windows are not ours.
          break;
        case Op.Aarch64NegateRaStateWithPc:
          break;
        case Op.Aarch64SetRaState:
          cursor.uleb();
          cursor.sleb();
          break;
        case Op.SetLoc: {
          const target = readPointer(cursor, cie.pointerEncoding, cie.addressSize, entries.section.address, 0);
          if (cursor.overrun || fde === undefined || !this.#advance(cie, fde, target - fde.start - this.#location)) return;
          break;
        }
        case Op.AdvanceLoc1:
          if (!this.#advance(cie, fde, cursor.unsigned8() * codeFactor)) return;
          break;
        case Op.AdvanceLoc2:
          if (!this.#advance(cie, fde, cursor.unsigned16() * codeFactor)) return;
          break;
        case Op.AdvanceLoc4:
          if (!this.#advance(cie, fde, cursor.unsigned32() * codeFactor)) return;
          break;
        case Op.MipsAdvanceLoc8:
          if (!this.#advance(cie, fde, cursor.signed64() * codeFactor)) return;
          break;
        case Op.OffsetExtended:
          register = cursor.uleb();
          this.#setOffset(register, RuleKind.Offset, cursor.uleb() * dataFactor);
          break;
        case Op.OffsetExtendedSf:
          register = cursor.uleb();
          this.#setOffset(register, RuleKind.Offset, cursor.sleb() * dataFactor);
          break;
        case Op.GnuNegativeOffsetExtended:
          register = cursor.uleb();
          this.#setOffset(register, RuleKind.Offset, -cursor.uleb() * dataFactor);
          break;
        case Op.ValOffset:
          register = cursor.uleb();
          this.#setOffset(register, RuleKind.ValueOffset, cursor.uleb() * dataFactor);
          break;
        case Op.ValOffsetSf:
          register = cursor.uleb();
          this.#setOffset(register, RuleKind.ValueOffset, cursor.sleb() * dataFactor);
          break;
        case Op.RestoreExtended:
          this.#restore(cursor.uleb(), cie);
          break;
        case Op.Undefined:
          state.setRule(cursor.uleb(), RuleKind.Undefined, 0);
          break;
        case Op.SameValue:
          state.setRule(cursor.uleb(), RuleKind.SameValue, 0);
          break;
        case Op.Register: {
          register = cursor.uleb();
          const source = cursor.uleb();
          if (source < REGISTERS) state.setRule(register, RuleKind.Register, source);
          else state.setRule(register, RuleKind.Undefined, 0);
          break;
        }
        case Op.RememberState:
          this.#remember(at);
          break;
        case Op.RestoreState:
          if (this.#depth === 0) this.#damaged(at, 'a state is restored that was never remembered');
          else state.copy(this.#remembered[--this.#depth]!);
          break;
        case Op.DefCfa:
          register = cursor.uleb();
          this.#setCfa(register, cursor.uleb());
          break;
        case Op.DefCfaSf:
          register = cursor.uleb();
          this.#setCfa(register, cursor.sleb() * dataFactor);
          break;
        case Op.DefCfaRegister:
          register = cursor.uleb();
          // After an expression there is no offset to keep: what follows would be made up.
          this.#setCfa(state.cfaRegister < CFA_NONE ? register : CFA_NONE, state.cfaOffset);
          break;
        case Op.DefCfaOffset:
          this.#setCfa(state.cfaRegister, cursor.uleb());
          break;
        case Op.DefCfaOffsetSf:
          this.#setCfa(state.cfaRegister, cursor.sleb() * dataFactor);
          break;
        case Op.DefCfaExpression:
          state.cfaOffset = this.#expression(entries, cie);
          state.cfaRegister = state.cfaOffset < 0 ? CFA_NONE : CFA_EXPRESSION;
          break;
        case Op.Expression:
          register = cursor.uleb();
          this.#setExpression(register, RuleKind.Expression, this.#expression(entries, cie));
          break;
        case Op.ValExpression:
          register = cursor.uleb();
          this.#setExpression(register, RuleKind.ValueExpression, this.#expression(entries, cie));
          break;
        case Op.GnuArgsSize:
          cursor.uleb();
          break;
        default:
          this.#damaged(at, `unknown call frame instruction 0x${byte.toString(16)}`);
          return;
      }
      if (cursor.overrun) break;
    }
    if (cursor.overrun) this.#damaged(start, 'call frame instructions end in the middle of one');
  }

  #setOffset(register: number, kind: number, value: number): void {
    if (value === (value | 0)) this.#state.setRule(register, kind, value);
    else this.#state.setRule(register, RuleKind.Undefined, 0);
  }

  #setExpression(register: number, kind: number, expression: number): void {
    this.#state.setRule(register, expression < 0 ? RuleKind.Undefined : kind, Math.max(expression, 0));
  }

  #setCfa(register: number, offset: number): void {
    const state = this.#state;
    const isUsable = register < CFA_NONE && offset === (offset | 0);
    state.cfaRegister = isUsable ? register : CFA_NONE;
    state.cfaOffset = isUsable ? offset : 0;
  }

  #restore(register: number, cie: Cie): void {
    const initial = cie.initial;
    if (register >= REGISTERS || initial === undefined) return;
    this.#state.setRule(register, initial.kinds[register]!, initial.values[register]!);
  }

  #remember(offset: number): void {
    if (this.#depth === MAX_CFI_STATES) {
      this.#damaged(offset, 'more remembered states than any compiler writes');
      return;
    }
    (this.#remembered[this.#depth++] ??= new FrameState()).copy(this.#state);
  }

  /** Takes the block at the cursor; the number of the expression, or -1 where there are too many. */
  #expression(entries: CfiEntries, cie: Cie): number {
    const length = entries.cursor.uleb();
    const start = entries.cursor.take(length);
    if (this.#expressions.length >= MAX_CFI_EXPRESSIONS) {
      this.#damaged(start, 'more expressions than any real module has');
      return -1;
    }
    this.#expressions.push(new Expression(entries.cursor, Math.max(start, 0), start < 0 ? 0 : length, cie.addressSize, entries.section.address));
    return this.#expressions.length - 1;
  }

  #damaged(offset: number, message: string): void {
    this.#diagnostics.damaged('cfi-program', offset, message);
  }
}
