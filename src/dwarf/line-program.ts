// Runs a line program (DWARF 5, clause 6.2.5) and keeps the rows in columns: which file and line an address belongs to. Of rows at one
// address the last one counts, and a row that says the same as the one before is left out. Columns and flags are not kept.

import { MAX_LINE_FILES } from '../bytes/limits.ts';
import { grown } from '../bytes/sorted.ts';
import { DwarfCursor } from './cursor.ts';
import { ExtendedLineOp, LineOp } from './dwarf-constants.ts';
import { type LineHeader, oldFile, passText } from './line-header.ts';
import { isDead } from './ranges.ts';

/** Rows one after another; a sequence is a run of ascending addresses that ends at `sequenceHigh`. */
export class LineRows {
  length = 0;
  address: Float64Array = new Float64Array(256);
  line: Uint32Array = new Uint32Array(256);
  file: Uint32Array = new Uint32Array(256);
  readonly sequenceFirst: number[] = [];
  readonly sequenceHigh: number[] = [];
  /** Whether the program ends where it makes no sense. */
  isDamaged = false;

  /** Nothing, with the room there is. */
  clear(): void {
    this.length = 0;
    this.sequenceFirst.length = 0;
    this.sequenceHigh.length = 0;
    this.isDamaged = false;
  }

  /** A row of the sequence that begins with row `first`. */
  add(first: number, address: number, file: number, line: number): void {
    let last = this.length - 1;
    if (last >= first) {
      if (this.address[last] === address) {
        this.length = last--;
        // What is left may be what the new row says already.
      }
      if (last >= first && this.file[last] === file && this.line[last] === line) return;
    }
    if (this.length === this.address.length) {
      this.address = grown(this.address);
      this.line = grown(this.line);
      this.file = grown(this.file);
    }
    const at = this.length++;
    this.address[at] = address;
    this.file[at] = file;
    this.line[at] = line;
  }

  /** Puts the rows from `first` on in order, which the standard asks of writers; their lowest address. */
  sort(first: number): number {
    const { length } = this;
    const order = Uint32Array.from({ length: length - first }, (_, index) => first + index);
    order.sort((a, b) => this.address[a]! - this.address[b]! || a - b);
    const rows = Array.from(order, (row): readonly [number, number, number] => [this.address[row]!, this.file[row]!, this.line[row]!]);
    this.length = first;
    for (const [address, file, line] of rows) this.add(first, address, file, line);
    return this.address[first]!;
  }
}

/** Runs the program of a table, and fills `rows` with what it says. Files that it defines are added to the header's. */
export function runLineProgram(bytes: Uint8Array, header: LineHeader, littleEndian: boolean, rows: LineRows): void {
  rows.clear();
  new LineProgram(bytes, header, littleEndian, rows).run();
}

class LineProgram {
  readonly #header: LineHeader;
  readonly #cursor: DwarfCursor;
  readonly #rows: LineRows;
  // The registers that are kept.
  #address = 0;
  #operation = 0;
  #file = 1;
  #line = 1;
  /** The first row of the present sequence; whether its rows are of code that was thrown away; the last address. */
  #first = 0;
  #isDead = false;
  #isOrdered = true;
  #low = NaN;

  constructor(bytes: Uint8Array, header: LineHeader, littleEndian: boolean, rows: LineRows) {
    this.#rows = rows;
    this.#header = header;
    this.#cursor = new DwarfCursor(bytes, littleEndian);
    this.#cursor.seek(header.start, header.end);
  }

  run(): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const { opcodeBase, lineBase, lineRange, minimumInstruction, maximumOperations } = this.#header;
    const isPlain = maximumOperations === 1;
    this.#reset();
    while (cursor.position < cursor.end) {
      const opcode = bytes[cursor.position++]!;
      if (opcode >= opcodeBase) {
        const adjusted = opcode - opcodeBase;
        const advance = lineRange === 0 ? 0 : (adjusted / lineRange) | 0;
        if (isPlain) this.#address += advance * minimumInstruction;
        else this.#advance(advance);
        this.#line += lineBase + (lineRange === 0 ? 0 : adjusted % lineRange);
        this.#emit();
      } else if (!(opcode === LineOp.Extended ? this.#extended() : this.#standard(opcode))) {
        this.#rows.isDamaged = true;
        break;
      }
    }
    // Rows without an end of their sequence reach nowhere.
    this.#rows.length = this.#first;
  }

  #reset(): void {
    this.#address = 0;
    this.#operation = 0;
    this.#file = 1;
    this.#line = 1;
    this.#first = this.#rows.length;
    this.#isDead = false;
    this.#isOrdered = true;
    this.#low = NaN;
  }

  #advance(operations: number): void {
    const { minimumInstruction, maximumOperations } = this.#header;
    const sum = this.#operation + operations;
    this.#address += minimumInstruction * Math.floor(sum / maximumOperations);
    this.#operation = sum % maximumOperations;
  }

  #emit(): void {
    if (this.#isDead) return;
    const rows = this.#rows;
    if (rows.length === this.#first) this.#low = this.#address;
    else if (this.#address < rows.address[rows.length - 1]!) this.#isOrdered = false;
    rows.add(this.#first, this.#address, this.#file, this.#line >>> 0);
  }

  #standard(opcode: number): boolean {
    const cursor = this.#cursor;
    const { opcodeBase, lineRange, operands } = this.#header;
    switch (opcode) {
      case LineOp.Copy:
        this.#emit();
        break;
      case LineOp.AdvancePc:
        this.#advance(cursor.uleb());
        break;
      case LineOp.AdvanceLine:
        this.#line += cursor.sleb();
        break;
      case LineOp.SetFile:
        this.#file = cursor.uleb();
        break;
      case LineOp.SetColumn:
      case LineOp.SetIsa:
        cursor.uleb();
        break;
      case LineOp.NegateStatement:
      case LineOp.BasicBlock:
      case LineOp.PrologueEnd:
      case LineOp.EpilogueBegin:
        break;
      case LineOp.ConstAddPc:
        this.#advance(lineRange === 0 ? 0 : Math.floor((255 - opcodeBase) / lineRange));
        break;
      case LineOp.FixedAdvancePc:
        this.#address += cursor.unsigned16();
        this.#operation = 0;
        break;
      default:
        for (let i = 0; i < operands[opcode - 1]!; i++) cursor.uleb();
    }
    return !cursor.overrun;
  }

  #extended(): boolean {
    const cursor = this.#cursor;
    const length = cursor.uleb();
    const end = cursor.position + length;
    if (cursor.overrun || length === 0 || end > cursor.end) return false;
    switch (cursor.unsigned8()) {
      case ExtendedLineOp.EndSequence:
        this.#endSequence();
        break;
      case ExtendedLineOp.SetAddress: {
        const { addressSize } = this.#header;
        if (length - 1 !== 4 && length - 1 !== 8) break;
        this.#address = length - 1 === 8 ? cursor.signed64() : cursor.unsigned32();
        this.#operation = 0;
        this.#isDead = isDead(this.#address, addressSize);
        break;
      }
      case ExtendedLineOp.DefineFile: {
        const name = passText(cursor);
        if (name !== undefined && this.#header.files.length <= MAX_LINE_FILES) this.#header.files.push(oldFile(cursor, name));
        break;
      }
    }
    // What is added to these operations later, and operations that are nobody's, say themselves how long they are.
    cursor.position = end;
    return !cursor.overrun;
  }

  #endSequence(): void {
    const rows = this.#rows;
    if (!this.#isOrdered) this.#low = rows.sort(this.#first);
    if (rows.length > this.#first && this.#address > this.#low) {
      rows.sequenceFirst.push(this.#first);
      rows.sequenceHigh.push(this.#address);
    } else rows.length = this.#first;
    this.#reset();
  }
}
