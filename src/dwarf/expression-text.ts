// DWARF expressions as text, for people: `DW_OP_breg7 (+8); DW_OP_deref` (DWARF 5 clause 7.7.1, as far as expression.ts knows them).

import { DwarfCursor } from './cursor.ts';

/** Operand forms: signed and unsigned by bytes, LEB128, an address. */
type Operand = 'u1' | 's1' | 'u2' | 's2' | 'u4' | 's4' | 's8' | 'uleb' | 'sleb' | 'addr';

const OPERATIONS: Readonly<Record<number, readonly [string, ...Operand[]]>> = {
  0x03: ['addr', 'addr'], 0x06: ['deref'], 0x08: ['const1u', 'u1'], 0x09: ['const1s', 's1'], 0x0a: ['const2u', 'u2'], 0x0b: ['const2s', 's2'],
  0x0c: ['const4u', 'u4'], 0x0d: ['const4s', 's4'], 0x0e: ['const8u', 's8'], 0x0f: ['const8s', 's8'], 0x10: ['constu', 'uleb'], 0x11: ['consts', 'sleb'],
  0x12: ['dup'], 0x13: ['drop'], 0x14: ['over'], 0x15: ['pick', 'u1'], 0x16: ['swap'], 0x17: ['rot'], 0x19: ['abs'], 0x1a: ['and'], 0x1b: ['div'],
  0x1c: ['minus'], 0x1d: ['mod'], 0x1e: ['mul'], 0x1f: ['neg'], 0x20: ['not'], 0x21: ['or'], 0x22: ['plus'], 0x23: ['plus_uconst', 'uleb'], 0x24: ['shl'],
  0x25: ['shr'], 0x26: ['shra'], 0x27: ['xor'], 0x28: ['bra', 's2'], 0x29: ['eq'], 0x2a: ['ge'], 0x2b: ['gt'], 0x2c: ['le'], 0x2d: ['lt'], 0x2e: ['ne'],
  0x2f: ['skip', 's2'], 0x90: ['regx', 'uleb'], 0x92: ['bregx', 'uleb', 'sleb'], 0x94: ['deref_size', 'u1'], 0x96: ['nop'], 0x9f: ['stack_value'],
};

/** Text of an expression's bytes. What is not known ends it with its code. */
export function expressionText(bytes: Uint8Array, littleEndian: boolean, addressSize: number): string {
  const cursor = new DwarfCursor(bytes, littleEndian);
  const parts: string[] = [];
  while (cursor.position < bytes.length && !cursor.overrun) {
    const code = cursor.unsigned8();
    if (code >= 0x30 && code <= 0x4f) parts.push(`DW_OP_lit${code - 0x30}`);
    else if (code >= 0x50 && code <= 0x6f) parts.push(`DW_OP_reg${code - 0x50}`);
    else if (code >= 0x70 && code <= 0x8f) parts.push(`DW_OP_breg${code - 0x70} (${signed(cursor.sleb())})`);
    else {
      const known = OPERATIONS[code];
      if (known === undefined) {
        parts.push(`0x${code.toString(16)} …`);
        break;
      }
      const [name, ...operands] = known;
      const values = operands.map((operand) => operandText(cursor, operand, addressSize));
      parts.push(`DW_OP_${name}${values.length === 0 ? '' : ` (${values.join(', ')})`}`);
    }
  }
  return parts.join('; ');
}

function operandText(cursor: DwarfCursor, operand: Operand, addressSize: number): string {
  switch (operand) {
    case 'u1':
      return String(cursor.unsigned8());
    case 's1':
      return signed(cursor.signed8());
    case 'u2':
      return String(cursor.unsigned16());
    case 's2':
      return signed(cursor.signed16());
    case 'u4':
      return String(cursor.unsigned32());
    case 's4':
      return signed(cursor.signed32());
    case 's8':
      return signed(cursor.signed64());
    case 'uleb':
      return String(cursor.uleb());
    case 'sleb':
      return signed(cursor.sleb());
    case 'addr': {
      const address = addressSize === 8 ? cursor.signed64() : cursor.unsigned32();
      return address < 0 ? String(address) : `0x${address.toString(16)}`;
    }
  }
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
