// Writes line tables out of lists of operations, in every version, and says in the slowest and plainest way what they mean: the whole
// matrix of rows, and the one that holds at an address.

import { ByteWriter } from './byte-writer.ts';

export type LineOperation =
  | { readonly op: 'special'; readonly opcode: number }
  | { readonly op: 'copy' }
  | { readonly op: 'advancePc'; readonly by: number }
  | { readonly op: 'advanceLine'; readonly by: number }
  | { readonly op: 'setFile'; readonly file: number }
  | { readonly op: 'constAddPc' }
  | { readonly op: 'fixedAdvancePc'; readonly by: number }
  /** Operations that change nothing that is kept: column, statement, block, prologue, isa, discriminator, and one nobody knows. */
  | { readonly op: 'nothing'; readonly which: number };

export interface LineShape {
  readonly littleEndian: boolean;
  readonly is64: boolean;
  readonly version: 2 | 3 | 4 | 5;
  readonly addressSize: 4 | 8;
  readonly minimumInstruction: number;
  readonly lineBase: number;
  readonly lineRange: number;
  /** 10, 13, or 16: with operations that do not exist yet. */
  readonly opcodeBase: number;
}

export interface LineRow {
  readonly address: number;
  readonly file: number;
  readonly line: number;
}

/** One sequence: where it begins, and what it does up to its end. */
export interface LineSequence {
  readonly start: number;
  readonly operations: readonly LineOperation[];
  /** How far the end lies behind the last row. */
  readonly tail: number;
}

const OPERANDS = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 1, 0];

/** The table, with the files given (in version 5 the first is that of the unit). */
export function writeLineTable(shape: LineShape, files: readonly string[], sequences: readonly LineSequence[]): Uint8Array {
  const { littleEndian, is64, version, addressSize } = shape;
  const lists = new ByteWriter(littleEndian);
  const text = (it: string): void => void lists.bytes.push(...new TextEncoder().encode(it), 0);
  if (version === 5) {
    lists.number(1, 1).uleb(1).uleb(0x08).uleb(1);
    text('/src');
    lists.number(3, 1).uleb(1).uleb(0x08).uleb(2).uleb(0x0b).uleb(5).uleb(0x1e).uleb(files.length);
    for (const file of files) {
      text(file);
      lists.number(0, 1).number(0x1234, 16);
    }
  } else {
    text('inc');
    text('');
    for (const file of files) {
      text(file);
      lists.uleb(0).uleb(7).uleb(9);
    }
    text('');
  }
  const rest = new ByteWriter(littleEndian);
  rest.number(shape.minimumInstruction, 1);
  if (version >= 4) rest.number(1, 1);
  rest.number(1, 1).number(shape.lineBase, 1).number(shape.lineRange, 1).number(shape.opcodeBase, 1);
  for (let i = 1; i < shape.opcodeBase; i++) rest.number(operandsOf(i), 1);
  rest.bytes.push(...lists.bytes);
  const program = new ByteWriter(littleEndian);
  for (const sequence of sequences) writeSequence(program, shape, sequence);
  const body = new ByteWriter(littleEndian);
  body.number(version, 2);
  if (version === 5) body.number(addressSize, 1).number(0, 1);
  body.number(rest.bytes.length, is64 ? 8 : 4);
  body.bytes.push(...rest.bytes, ...program.bytes);
  const table = new ByteWriter(littleEndian);
  if (is64) table.number(0xffff_ffff, 4).number(body.bytes.length, 8);
  else table.number(body.bytes.length, 4);
  return Uint8Array.from([...table.bytes, ...body.bytes]);
}

function operandsOf(operation: number): number {
  return OPERANDS[operation - 1] ?? 0;
}

function writeSequence(to: ByteWriter, shape: LineShape, { start, operations, tail }: LineSequence): void {
  to.number(0, 1).uleb(1 + shape.addressSize).number(2, 1).number(start, shape.addressSize);
  for (const operation of operations) writeOperation(to, shape, operation);
  to.number(2, 1).uleb(tail);
  to.number(0, 1).uleb(1).number(1, 1);
}

function writeOperation(to: ByteWriter, shape: LineShape, operation: LineOperation): void {
  switch (operation.op) {
    case 'special':
      to.number(specialOf(shape, operation.opcode), 1);
      break;
    case 'copy':
      to.number(1, 1);
      break;
    case 'advancePc':
      to.number(2, 1).uleb(operation.by);
      break;
    case 'advanceLine':
      to.number(3, 1).sleb(operation.by);
      break;
    case 'setFile':
      to.number(4, 1).uleb(operation.file);
      break;
    case 'constAddPc':
      to.number(8, 1);
      break;
    case 'fixedAdvancePc':
      to.number(9, 1).number(operation.by, 2);
      break;
    case 'nothing':
      writeNothing(to, shape, operation.which);
  }
}

function writeNothing(to: ByteWriter, { opcodeBase }: LineShape, which: number): void {
  switch (which % 6) {
    case 0:
      to.number(5, 1).uleb(77);
      break;
    case 1:
      to.number(6, 1).number(7, 1);
      break;
    case 2:
      if (opcodeBase > 12) to.number(10, 1).number(11, 1).number(12, 1).uleb(300);
      break;
    case 3:
      // A discriminator, and an extended operation that is somebody's own.
      to.number(0, 1).uleb(2).number(4, 1).uleb(5).number(0, 1).uleb(4).number(0x80, 1).number(0, 1).number(1, 1).number(2, 1);
      break;
    case 4:
      if (opcodeBase > 13) to.number(13, 1).uleb(1).uleb(200);
      break;
    default:
      if (opcodeBase > 15) to.number(14, 1).uleb(9).number(15, 1);
  }
}

function specialOf({ opcodeBase }: LineShape, opcode: number): number {
  return opcodeBase + (opcode % (256 - opcodeBase));
}

/** The rows of a sequence as the standard words it, and one past its last address. */
export function rowsOf(shape: LineShape, { start, operations, tail }: LineSequence): { readonly rows: readonly LineRow[]; readonly end: number } {
  const { opcodeBase, lineBase, lineRange, minimumInstruction } = shape;
  const rows: LineRow[] = [];
  let [address, file, line] = [start, 1, 1];
  for (const operation of operations) {
    switch (operation.op) {
      case 'special': {
        const adjusted = specialOf(shape, operation.opcode) - opcodeBase;
        address += Math.floor(adjusted / lineRange) * minimumInstruction;
        line += lineBase + (adjusted % lineRange);
        rows.push({ address, file, line });
        break;
      }
      case 'copy':
        rows.push({ address, file, line });
        break;
      case 'advancePc':
        address += operation.by * minimumInstruction;
        break;
      case 'advanceLine':
        line += operation.by;
        break;
      case 'setFile':
        file = operation.file;
        break;
      case 'constAddPc':
        address += Math.floor((255 - opcodeBase) / lineRange) * minimumInstruction;
        break;
      case 'fixedAdvancePc':
        address += operation.by;
        break;
    }
  }
  return { rows, end: address + tail * minimumInstruction };
}

/** The row that holds at an address of a sequence: the last of those before or at it. */
export function rowAt(rows: readonly LineRow[], end: number, address: number): LineRow | undefined {
  if (rows.length === 0 || address >= end) return undefined;
  return rows.findLast((row) => row.address <= address);
}
