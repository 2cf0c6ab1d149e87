// The line table of a unit: the row that holds at an address, and the names of its files. Sequences are searched by their ranges, rows
// within one by address.

import { upperBound } from '../bytes/sorted.ts';
import { decodeText } from '../bytes/text.ts';
import { MAX_PATH } from '../bytes/limits.ts';
import type { DwarfFile } from './dwarf-file.ts';
import type { LineHeader, LineText } from './line-header.ts';
import { lineTableLength, readLineHeader } from './line-header.ts';
import { runLineProgram } from './line-program.ts';
import type { LineRows } from './line-program.ts';
import { RangeColumns } from './range-columns.ts';
import type { SectionReading } from './sections.ts';
import type { Unit } from './unit.ts';

/** Bytes that a file or folder costs the budget beyond its own: making it takes as long as going through so many. */
const FILE_WORK = 32;
/** Bytes of the length of a table. */
const LENGTH_BYTES = 12;

/** Rows that take as much room as a file or folder. */
const ROWS_OF_FILE = 6;

export class LineTable {
  /** Rows that are kept, and files and folders, each of which takes the room of some rows. */
  readonly weight: number;
  readonly #unit: Unit;
  readonly #header: LineHeader;
  readonly #bytes: Uint8Array;
  readonly #sequences = new RangeColumns();
  readonly #sequenceFirst: readonly number[];
  readonly #addresses: Float64Array;
  readonly #files: Uint32Array;
  readonly #lines: Uint32Array;

  /** `bytes`: those of the header, which hold some of its texts. */
  constructor(unit: Unit, header: LineHeader, bytes: Uint8Array, rows: LineRows) {
    this.#unit = unit;
    this.#header = header;
    this.#bytes = bytes;
    this.weight = 1 + rows.length + (header.files.length + header.folders.length) * ROWS_OF_FILE;
    this.#addresses = rows.address.slice(0, rows.length);
    this.#files = rows.file.slice(0, rows.length);
    this.#lines = rows.line.slice(0, rows.length);
    this.#sequenceFirst = [...rows.sequenceFirst, rows.length];
    for (const [sequence, first] of rows.sequenceFirst.entries()) this.#sequences.add(rows.address[first]!, rows.sequenceHigh[sequence]!, sequence);
    this.#sequences.finish();
  }

  /** The row that holds at an address, or -1. */
  find(address: number): number {
    const sequence = this.#sequences.find(address);
    if (sequence < 0) return -1;
    const first = this.#sequenceFirst[sequence]!;
    const last = this.#sequenceFirst[sequence + 1]!;
    return first + upperBound(this.#addresses.subarray(first, last), last - first, address) - 1;
  }

  /** Of a row: the number of its file in this table. */
  file(row: number): number {
    return this.#files[row]!;
  }

  /** 0 where the code belongs to no line. */
  line(row: number): number {
    return this.#lines[row]!;
  }

  /** The path of a file by its number, as far as it is known; '' where there is no such file. */
  *path(file: number): SectionReading<string> {
    const entry = this.#header.files[file];
    const name = entry === undefined ? '' : yield* this.#text(entry.name);
    if (entry === undefined || name === '') return '';
    const path = joined(yield* this.#folder(entry.folder), name);
    return path.startsWith('/') ? path : joined(yield* this.#unit.compilationFolder(), path);
  }

  /** Folders are relative to that of the unit, which is the first one from version 5 on. */
  *#folder(number: number): SectionReading<string> {
    const text = this.#header.folders[number];
    const folder = text === undefined ? '' : yield* this.#text(text);
    return number === 0 || folder.startsWith('/') || this.#header.folders[0] === undefined ? folder : joined(yield* this.#folder(0), folder);
  }

  *#text({ section, offset }: LineText): SectionReading<string> {
    const { file } = this.#unit;
    switch (section) {
      case 'table':
        return offset < 0 ? '' : decodeText(this.#bytes, offset, offset + MAX_PATH);
      case 'str':
      case 'lineStr':
      case 'supplementary':
        return yield* file.sectionText(section, offset, MAX_PATH);
      case 'strOffsets':
        return yield* file.indexedText(this.#unit, offset, MAX_PATH);
    }
  }
}

/** Reads the line table of a unit; undefined where it has none that can be read. `rows` is room for it, used again for others. */
export function* readLineTable(unit: Unit, rows: LineRows): SectionReading<LineTable | undefined> {
  const { file, statementList, header } = unit;
  if (statementList < 0) return undefined;
  const start = yield* file.line.read(statementList, LENGTH_BYTES);
  const length = lineTableLength(start, file.littleEndian);
  if (length === undefined || statementList + length > file.line.size) return damaged(file, statementList);
  if (!file.spend(length)) return undefined;
  const bytes = yield* file.line.read(statementList, length);
  const lineHeader = readLineHeader(bytes, file.littleEndian, header.shape.addressSize);
  if (lineHeader === undefined) return damaged(file, statementList);
  // A file may take one byte in the table and many in memory.
  if (!file.spend((lineHeader.files.length + lineHeader.folders.length) * FILE_WORK)) return undefined;
  runLineProgram(bytes, lineHeader, file.littleEndian, rows);
  if (rows.isDamaged) damaged(file, statementList);
  // The program is not needed again; files that it defines are rare and keep it.
  const isSmall = lineHeader.files.every(({ name }) => name.section !== 'table' || name.offset < lineHeader.start);
  return new LineTable(unit, lineHeader, isSmall ? bytes.slice(0, lineHeader.start) : bytes, rows);
}

function damaged(file: DwarfFile, offset: number): undefined {
  file.diagnostics.damaged('dwarf-lines', offset, 'a line table of .debug_line cannot be read');
  return undefined;
}

function joined(folder: string, name: string): string {
  return folder === '' || name.startsWith('/') ? name : `${folder}/${name}`;
}
