// DWARF expressions as call frame information uses them (DWARF 5 clauses 2.5 and 6.4.2): a small stack machine over 64-bit
// values, here signed doubles (DESIGN.md 2). A result that no double holds exactly, a register or a word that is not known, an
// operation that makes no sense in CFI: all of them give NaN, and nobody throws.

import { MAX_EXPRESSION_STACK, MAX_EXPRESSION_STEPS } from '../bytes/limits.ts';
import type { DwarfCursor } from './cursor.ts';
import { readPointer } from './pointer-encoding.ts';

/** What an expression can ask for. */
export interface ExpressionContext {
  /** By DWARF number; NaN for what is not known. */
  readonly registers: Float64Array;
  /** What is added to an address written in the expression. */
  readonly bias: number;
  /** The unsigned value (signed for 8 bytes) of 1 to 8 bytes of memory; NaN where it is not known or not exact. */
  readMemory(address: number, size: number): number;
}

const stack = new Float64Array(MAX_EXPRESSION_STACK);

/** One expression, where it stands in its section. */
export class Expression {
  readonly #cursor: DwarfCursor;
  readonly #start: number;
  readonly #length: number;
  readonly #addressSize: number;
  readonly #sectionAddress: number;

  /** `sectionAddress`: where the cursor's first byte is mapped. */
  constructor(cursor: DwarfCursor, start: number, length: number, addressSize: number, sectionAddress = 0) {
    this.#cursor = cursor;
    this.#start = start;
    this.#length = length;
    this.#addressSize = addressSize;
    this.#sectionAddress = sectionAddress;
  }

  /** A copy of its bytes. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#cursor.bytes.subarray(this.#start, this.#start + this.#length));
  }

  /** The value on top of the stack at the end; `initial` (the CFA, for a register's rule) lies on it at the beginning unless it is undefined. */
  evaluate(context: ExpressionContext, initial?: number): number {
    const cursor = this.#cursor;
    const start = this.#start;
    const end = start + this.#length;
    cursor.seek(start, end);
    let depth = 0;
    if (initial !== undefined) stack[depth++] = initial;
    for (let steps = 0; cursor.position < end; steps++) {
      // One step pushes two values at most.
      if (steps >= MAX_EXPRESSION_STEPS || depth + 2 > MAX_EXPRESSION_STACK) return NaN;
      const op = cursor.unsigned8();
      let value = 0;
      if (op >= 0x30 && op <= 0x4f) {
        stack[depth++] = op - 0x30; // DW_OP_lit0 …
        continue;
      }
      if (op >= 0x70 && op <= 0x8f) {
        // DW_OP_breg0 …
        stack[depth++] = exact(context.registers[op - 0x70]! + cursor.sleb());
        continue;
      }
      switch (op) {
        case 0x03: // addr
          value = (this.#addressSize === 8 ? cursor.signed64() : cursor.unsigned32()) + context.bias;
          break;
        case 0x08:
          value = cursor.unsigned8();
          break;
        case 0x09:
          value = cursor.signed8();
          break;
        case 0x0a:
          value = cursor.unsigned16();
          break;
        case 0x0b:
          value = cursor.signed16();
          break;
        case 0x0c:
          value = cursor.unsigned32();
          break;
        case 0x0d:
          value = cursor.signed32();
          break;
        case 0x0e: // const8u: the same 64 bits as const8s
        case 0x0f:
          value = cursor.signed64();
          break;
        case 0x10: // constu
          value = cursor.uleb();
          break;
        case 0x11: // consts
          value = cursor.sleb();
          break;
        case 0x92: {
          // bregx
          const register = cursor.uleb();
          value = (register < context.registers.length ? context.registers[register]! : NaN) + cursor.sleb();
          break;
        }
        case 0x12: // dup
          if (depth < 1) return NaN;
          value = stack[depth - 1]!;
          break;
        case 0x13: // drop
          if (depth < 1) return NaN;
          depth--;
          continue;
        case 0x14: // over
          if (depth < 2) return NaN;
          value = stack[depth - 2]!;
          break;
        case 0x15: {
          // pick
          const index = cursor.unsigned8();
          if (index >= depth) return NaN;
          value = stack[depth - 1 - index]!;
          break;
        }
        case 0x16: {
          // swap
          if (depth < 2) return NaN;
          const top = stack[depth - 1]!;
          stack[depth - 1] = stack[depth - 2]!;
          stack[depth - 2] = top;
          continue;
        }
        case 0x17: {
          // rot: the top goes below the next two
          if (depth < 3) return NaN;
          const top = stack[depth - 1]!;
          stack[depth - 1] = stack[depth - 2]!;
          stack[depth - 2] = stack[depth - 3]!;
          stack[depth - 3] = top;
          continue;
        }
        case 0x06: // deref
          if (depth < 1) return NaN;
          value = context.readMemory(this.#address(stack[--depth]!), this.#addressSize);
          break;
        case 0x94: {
          // deref_size
          const size = cursor.unsigned8();
          if (depth < 1 || size < 1 || size > this.#addressSize) return NaN;
          value = context.readMemory(this.#address(stack[--depth]!), size);
          break;
        }
        case 0x19: // abs
        case 0x1f: // neg
        case 0x20: // not
          if (depth < 1) return NaN;
          value = stack[--depth]!;
          value = op === 0x19 ? Math.abs(value) : op === 0x1f ? -value : -1 - value;
          break;
        case 0x23: // plus_uconst
          if (depth < 1) return NaN;
          value = stack[--depth]! + cursor.uleb();
          break;
        case 0x2f: // skip
        case 0x28: {
          // bra
          const distance = cursor.signed16();
          if (op === 0x28) {
            if (depth < 1) return NaN;
            const condition = stack[--depth]!;
            if (condition !== condition) return NaN;
            if (condition === 0) continue;
          }
          const target = cursor.position + distance;
          if (cursor.overrun || target < start || target > end) return NaN;
          cursor.position = target;
          continue;
        }
        case 0xf1: // GNU_encoded_addr
          value = readPointer(cursor, cursor.unsigned8(), this.#addressSize, this.#sectionAddress, NaN) + context.bias;
          break;
        case 0x96: // nop
        case 0x9f: // stack_value: what the result is anyway
          continue;
        default:
          // Two operands and a result, or something that has no meaning here (locations, calls, pieces, thread-local storage).
          if (depth < 2) return NaN;
          value = binary(op, stack[depth - 2]!, stack[depth - 1]!);
          depth -= 2;
      }
      stack[depth++] = exact(value);
    }
    return cursor.overrun || depth < 1 ? NaN : this.#address(stack[depth - 1]!);
  }

  /** Values of 32-bit programs wrap around. */
  #address(value: number): number {
    return this.#addressSize === 8 || (value >= 0 && value <= 0xffff_ffff) ? value : value - Math.floor(value / 0x1_0000_0000) * 0x1_0000_0000;
  }
}

/** A value beyond what doubles hold exactly is not a value. */
function exact(value: number): number {
  return Number.isSafeInteger(value) ? value : NaN;
}

/** `left` was pushed before `right`. Comparisons and division are signed, the remainder is not (DWARF 5 clause 2.5.1.4). */
function binary(op: number, left: number, right: number): number {
  switch (op) {
    case 0x1c:
      return left - right;
    case 0x22:
      return left + right;
    case 0x29:
      return compare(left === right, left, right);
    case 0x2a:
      return compare(left >= right, left, right);
    case 0x2b:
      return compare(left > right, left, right);
    case 0x2c:
      return compare(left <= right, left, right);
    case 0x2d:
      return compare(left < right, left, right);
    case 0x2e:
      return compare(left !== right, left, right);
    default:
      if (left !== left || right !== right) return NaN;
      // Addresses have more than 32 bits: what works on bits is rare enough here to take the slow way.
      return Number(BigInt.asIntN(64, bits(op, BigInt(left), BigInt(right)) ?? 1n << 62n));
  }
}

function compare(result: boolean, left: number, right: number): number {
  return left !== left || right !== right ? NaN : result ? 1 : 0;
}

function bits(op: number, left: bigint, right: bigint): bigint | undefined {
  const count = BigInt.asUintN(64, right);
  switch (op) {
    case 0x1a: // and
      return left & right;
    case 0x1b: // div
      return right === 0n ? undefined : left / right;
    case 0x1d: // mod
      return right === 0n ? undefined : BigInt.asUintN(64, left) % count;
    case 0x1e: // mul
      return left * right;
    case 0x21: // or
      return left | right;
    case 0x24: // shl
      return count > 63n ? 0n : left << count;
    case 0x25: // shr
      return count > 63n ? 0n : BigInt.asUintN(64, left) >> count;
    case 0x26: // shra
      return left >> (count > 63n ? 63n : count);
    case 0x27: // xor
      return left ^ right;
    default:
      return undefined;
  }
}
