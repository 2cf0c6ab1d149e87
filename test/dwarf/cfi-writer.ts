// Writes call frame information out of a list of instructions, in every shape the formats allow, and says in the slowest and
// plainest way what it means: a copy of all rules at every location.

import type { CfiSections } from '../../src/dwarf/cfi-table.ts';
import { ByteWriter } from './byte-writer.ts';

export type Rule = readonly [kind: 'u' | 's' | 'c' | 'v' | 'r' | 'e' | 've', value: number];

export type Instruction =
  | { readonly op: 'advance'; readonly delta: number; readonly how?: 'shortest' | 'set_loc' | 'advance_loc8' }
  | { readonly op: 'rule'; readonly register: number; readonly rule: Rule; readonly long: boolean }
  | { readonly op: 'restore'; readonly register: number; readonly long: boolean }
  | { readonly op: 'remember' }
  | { readonly op: 'recall' }
  | { readonly op: 'cfa'; readonly register: number; readonly offset: number }
  | { readonly op: 'cfaRegister'; readonly register: number }
  | { readonly op: 'cfaOffset'; readonly offset: number }
  | { readonly op: 'cfaExpression'; readonly literal: number }
  | { readonly op: 'raw'; readonly bytes: readonly number[] }
  | { readonly op: 'nothing'; readonly which: number };

export interface Shape {
  readonly littleEndian: boolean;
  readonly is64: boolean;
  readonly isEh: boolean;
  readonly version: 1 | 3 | 4;
  /** Of pointers in .eh_frame: pcrel|sdata4 0x1b, absolute 0x00, udata8 0x04, pcrel|sdata8 0x1c, sleb128 0x09 … */
  readonly encoding: number;
  /** Whether ids of .eh_frame's 64-bit format have eight bytes (as GNU's tools have it) and not four. */
  readonly hasWideId?: boolean;
  readonly codeFactor: number;
  readonly dataFactor: number;
  /** Column of the return address; 16 if left out. */
  readonly returnAddress?: number;
  readonly isSignalFrame?: boolean;
}

export interface Row {
  readonly start: number;
  readonly cfa: string;
  readonly rules: ReadonlyMap<number, Rule>;
}

const KINDS = { u: 0x07, s: 0x08, c: 0x05, v: 0x14, r: 0x09, e: 0x10, ve: 0x16 } as const;

/** A pointer in `encoding`, at an address; `value` itself where that is relative to nothing. */
function pointer(encoding: number, value: number, place: number, out: ByteWriter): void {
  const relative = (encoding & 0x70) === 0x10 ? value - place : value;
  const format = encoding & 0x0f;
  if (format === 1) out.uleb(relative);
  else if (format === 9) out.sleb(relative);
  else out.number(relative, (format & 7) === 3 ? 4 : 8);
}

/** `start` is the address of the code, `place` that of `out`'s first byte. */
function encode(shape: Shape, list: readonly Instruction[], out: ByteWriter, start = 0, place = 0): void {
  const { codeFactor, dataFactor } = shape;
  let location = start;
  for (const i of list) {
    switch (i.op) {
      case 'advance': {
        const units = i.delta / codeFactor;
        location += i.delta;
        if (i.how === 'set_loc') {
          out.number(0x01, 1);
          pointer(shape.isEh ? shape.encoding : 0, location, place + out.bytes.length, out);
        } else if (i.how === 'advance_loc8') out.number(0x1d, 1).number(units, 8);
        else if (units < 64) out.number(0x40 | units, 1);
        else if (units < 256) out.number(0x02, 1).number(units, 1);
        else if (units < 65536) out.number(0x03, 1).number(units, 2);
        else out.number(0x04, 1).number(units, 4);
        break;
      }
      case 'rule': {
        const [kind, value] = i.rule;
        const factored = value / dataFactor;
        if (kind === 'c' && factored >= 0 && i.register < 64 && !i.long) out.number(0x80 | i.register, 1).uleb(factored);
        else if (kind === 'c' && factored >= 0) out.number(0x05, 1).uleb(i.register).uleb(factored);
        else if (kind === 'c' && i.long) out.number(0x2f, 1).uleb(i.register).uleb(-factored);
        else if (kind === 'c') out.number(0x11, 1).uleb(i.register).sleb(factored);
        else if (kind === 'v' && factored >= 0) out.number(0x14, 1).uleb(i.register).uleb(factored);
        else if (kind === 'v') out.number(0x15, 1).uleb(i.register).sleb(factored);
        else {
          out.number(KINDS[kind], 1).uleb(i.register);
          if (kind === 'r') out.uleb(value);
          // The expression is DW_OP_constu value.
          if (kind === 'e' || kind === 've') out.uleb(1 + new ByteWriter(true).uleb(value).bytes.length).number(0x10, 1).uleb(value);
        }
        break;
      }
      case 'restore':
        if (i.register < 64 && !i.long) out.number(0xc0 | i.register, 1);
        else out.number(0x06, 1).uleb(i.register);
        break;
      case 'remember':
        out.number(0x0a, 1);
        break;
      case 'recall':
        out.number(0x0b, 1);
        break;
      case 'cfa':
        if (i.offset >= 0) out.number(0x0c, 1).uleb(i.register).uleb(i.offset);
        else out.number(0x12, 1).uleb(i.register).sleb(i.offset / dataFactor);
        break;
      case 'cfaRegister':
        out.number(0x0d, 1).uleb(i.register);
        break;
      case 'cfaOffset':
        if (i.offset >= 0) out.number(0x0e, 1).uleb(i.offset);
        else out.number(0x13, 1).sleb(i.offset / dataFactor);
        break;
      case 'cfaExpression':
        out.number(0x0f, 1).uleb(1 + new ByteWriter(true).uleb(i.literal).bytes.length).number(0x10, 1).uleb(i.literal);
        break;
      case 'raw':
        for (const byte of i.bytes) out.bytes.push(byte);
        break;
      case 'nothing':
        if (i.which === 0) out.number(0x00, 1);
        else if (i.which < 3) out.number(0x2d - (i.which - 1), 1);
        else if (i.which === 3) out.number(0x2b, 1).uleb(2).sleb(-4);
        else out.number(0x2e, 1).uleb(i.which);
    }
  }
}

/** A section with one CIE and, for each program, an FDE; code starts at `starts[i]` and is `length` bytes long. */
export function writeSection(
  shape: Shape,
  initial: readonly Instruction[],
  programs: readonly (readonly Instruction[])[],
  starts: readonly number[],
  length: number,
  address: number,
): CfiSections {
  const out = new ByteWriter(shape.littleEndian);
  const wordSize = shape.is64 ? 8 : 4;
  const idSize = shape.isEh && shape.hasWideId !== true ? 4 : wordSize;
  const entry = (write: (body: ByteWriter, at: number) => void): void => {
    const body = new ByteWriter(shape.littleEndian);
    if (shape.is64) out.number(0xffff_ffff, 4);
    const at = out.bytes.length + wordSize;
    write(body, at);
    while ((at + body.bytes.length) % 8 !== 0) body.bytes.push(0);
    out.number(body.bytes.length, wordSize);
    for (const byte of body.bytes) out.bytes.push(byte);
  };
  entry((body) => {
    body.number(shape.isEh ? 0 : -1, idSize).number(shape.version, 1);
    const augmentation = `${shape.isEh ? 'zR' : ''}${shape.isSignalFrame === true ? 'S' : ''}`;
    for (const letter of augmentation) body.number(letter.charCodeAt(0), 1);
    body.number(0, 1);
    if (shape.version === 4) body.number(8, 1).number(0, 1);
    body.uleb(shape.codeFactor).sleb(shape.dataFactor);
    body.number(shape.returnAddress ?? 16, 1); // one byte in version 1, and as a LEB128 the same
    if (shape.isEh) body.uleb(1).number(shape.encoding, 1);
    encode(shape, initial, body);
  });
  programs.forEach((program, index) => {
    entry((body, at) => {
      body.number(shape.isEh ? at : 0, idSize);
      const encoding = shape.isEh ? shape.encoding : 0;
      pointer(encoding, starts[index]!, address + at + body.bytes.length, body);
      pointer(encoding & 0x0f, length, 0, body);
      if (shape.isEh) body.uleb(0);
      encode(shape, program, body, starts[index]!, (shape.isEh ? address : 0) + at);
    });
  });
  const section = { bytes: Uint8Array.from(out.bytes), address: shape.isEh ? address : 0 };
  return {
    machine: 'x86-64',
    littleEndian: shape.littleEndian,
    addressSize: 8,
    ...(shape.isEh ? { ehFrame: section } : { debugFrame: section }),
  };
}

/** What a program means: the rules at every location where they change. */
export function interpret(initial: readonly Instruction[], program: readonly Instruction[], length: number): Row[] {
  let state = { register: -1, offset: 0, expression: -1, rules: new Map<number, Rule>() };
  const copy = (from: typeof state): typeof state => ({ ...from, rules: new Map(from.rules) });
  const remembered: (typeof state)[] = [];
  let first = copy(state);
  let isInitial = true;
  const rows: Row[] = [];
  let location = 0;
  const emit = (): void => {
    const cfa = state.expression >= 0 ? `exp ${state.expression}` : state.register < 0 ? 'none' : `${state.register}+${state.offset}`;
    rows.push({ start: location, cfa, rules: new Map(state.rules) });
  };
  const step = (i: Instruction): void => {
    switch (i.op) {
      case 'rule':
        state.rules.set(i.register, i.rule);
        break;
      case 'restore': {
        // Within the initial instructions there are no initial rules yet.
        if (isInitial) break;
        const rule = first.rules.get(i.register);
        if (rule === undefined) state.rules.delete(i.register);
        else state.rules.set(i.register, rule);
        break;
      }
      case 'remember':
        remembered.push(copy(state));
        break;
      case 'recall':
        state = remembered.pop() ?? state;
        break;
      case 'cfa':
        state.register = i.register;
        state.offset = i.offset;
        state.expression = -1;
        break;
      case 'cfaRegister':
        if (state.expression >= 0) state.register = -1;
        else if (state.register >= 0) state.register = i.register;
        if (state.register < 0) state.offset = 0;
        state.expression = -1;
        break;
      case 'cfaOffset':
        if (state.expression >= 0) state.register = -1;
        state.offset = state.register < 0 ? 0 : i.offset;
        state.expression = -1;
        break;
      case 'cfaExpression':
        state.expression = i.literal;
        break;
      default:
    }
  };
  for (const i of initial) step(i);
  first = copy(state);
  isInitial = false;
  for (const i of program) {
    if (i.op === 'advance') {
      if (i.delta === 0) continue;
      emit();
      location += i.delta;
      if (location >= length) return rows;
    } else step(i);
  }
  emit();
  return rows;
}
