// The rules in force at one place of a CFI program (DWARF 5 clause 6.4.1): how to find the canonical frame address (CFA), and
// for each register how to find what the caller had in it.
//
//      higher addresses   | caller's frame   |
//                         |------------------|  <- CFA: the caller's stack pointer once the call has returned
//                         | return address   |  CFA - 8   (x86-64)
//                         | saved registers  |  CFA - 16 …
//      lower addresses    | locals           |  <- sp

/** Registers from this number on (control registers of RISC-V) are no help in finding a caller and are passed over. 32-bit arm has its d0 … d31 from 256 on. */
export const REGISTERS = 320;

/** So many are copied faster one by one: general registers of any machine. */
const FEW_REGISTERS = 48;

/** How the caller's value of a register is found. */
export const RuleKind = {
  /** Nothing was said. What that means is the machine's convention: callee-saved registers keep their value. */
  Unspecified: 0,
  /** It cannot be found. Of the return address: this is the outermost frame. */
  Undefined: 1,
  SameValue: 2,
  /** Stored at CFA + value. */
  Offset: 3,
  /** It is CFA + value. */
  ValueOffset: 4,
  /** In the register numbered value. */
  Register: 5,
  /** Stored at the address that expression number value gives. */
  Expression: 6,
  /** What expression number value gives. */
  ValueExpression: 7,
} as const;

/** In place of a register number: the CFA is what an expression gives, and the offset is the expression's number. */
export const CFA_EXPRESSION = 255;
/** In place of a register number: no rule for the CFA. */
export const CFA_NONE = 254;

export class FrameState {
  cfaRegister: number = CFA_NONE;
  cfaOffset = 0;
  readonly kinds: Uint8Array = new Uint8Array(REGISTERS);
  readonly values: Int32Array = new Int32Array(REGISTERS);
  /** One past the highest register that has ever had a rule. */
  high = 0;
  /** Whether a register's rule has changed since this was last reset. */
  changed = true;

  setRule(register: number, kind: number, value: number): void {
    if (register >= REGISTERS) return;
    this.kinds[register] = kind;
    this.values[register] = value;
    if (register >= this.high) this.high = register + 1;
    this.changed = true;
  }

  copy(other: FrameState): void {
    this.cfaRegister = other.cfaRegister;
    this.cfaOffset = other.cfaOffset;
    const high = Math.max(this.high, other.high);
    if (high > FEW_REGISTERS) {
      this.kinds.set(other.kinds);
      this.values.set(other.values);
    } else {
      for (let register = 0; register < high; register++) {
        this.kinds[register] = other.kinds[register]!;
        this.values[register] = other.values[register]!;
      }
    }
    this.high = other.high;
    this.changed = true;
  }
}
