// The header of a line table (DWARF 5, clause 6.2.4, and versions 2 to 4): how its program is to be read, and the names of files.

import { MAX_LINE_FILES } from '../bytes/limits.ts';
import { DwarfCursor } from './cursor.ts';
import { Form, LineContent } from './dwarf-constants.ts';

/** Where a text stands: in the table itself, or in another section at an offset. */
export interface LineText {
  readonly section: 'table' | 'str' | 'lineStr' | 'supplementary' | 'strOffsets';
  readonly offset: number;
}

export interface LineHeader {
  readonly version: number;
  readonly addressSize: number;
  readonly minimumInstruction: number;
  readonly maximumOperations: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Numbers of operands of the standard operations, from operation 1 on. */
  readonly operands: Uint8Array;
  /** Of the program within the bytes. */
  readonly start: number;
  readonly end: number;
  /** In the order of their numbers. In versions up to 4 the first is that of the unit, without a name here. */
  readonly folders: readonly (LineText | undefined)[];
  /** In the order of their numbers; undefined: there is no such file (0 in versions up to 4). More may come in the program. */
  readonly files: LineFile[];
}

export interface LineFile {
  readonly name: LineText;
  /** Number of its folder. */
  readonly folder: number;
}

/** Length of the table that begins at the start of `bytes`, its own length's bytes included; undefined where there is none. */
export function lineTableLength(bytes: Uint8Array, littleEndian: boolean): number | undefined {
  const cursor = new DwarfCursor(bytes, littleEndian);
  const length = cursor.unsigned32();
  if (length === 0xffff_ffff) {
    const long = cursor.signed64();
    return cursor.overrun || !(long > 0) ? undefined : long + 12;
  }
  return cursor.overrun || length === 0 || length >= 0xffff_fff0 ? undefined : length + 4;
}

/** Reads the header at the start of a table's bytes. `addressSize` is the unit's; before version 5 the table does not say. */
export function readLineHeader(bytes: Uint8Array, littleEndian: boolean, addressSize: number): LineHeader | undefined {
  const cursor = new DwarfCursor(bytes, littleEndian);
  const offsetSize = cursor.unsigned32() === 0xffff_ffff ? 8 : 4;
  if (offsetSize === 8) cursor.take(8);
  const version = cursor.unsigned16();
  if (version < 2 || version > 5) return undefined;
  let size = addressSize;
  if (version >= 5) {
    size = cursor.unsigned8();
    cursor.unsigned8();
  }
  const headerLength = offsetSize === 4 ? cursor.unsigned32() : cursor.signed64();
  const start = cursor.position + headerLength;
  const minimumInstruction = cursor.unsigned8();
  const maximumOperations = version >= 4 ? Math.max(cursor.unsigned8(), 1) : 1;
  cursor.unsigned8();
  const lineBase = cursor.signed8();
  const lineRange = cursor.unsigned8();
  const opcodeBase = cursor.unsigned8();
  const operandsAt = cursor.take(Math.max(opcodeBase - 1, 0));
  if (cursor.overrun || opcodeBase === 0 || (size !== 4 && size !== 8) || !(start <= bytes.length) || start < cursor.position) return undefined;
  cursor.end = start;
  const operands = bytes.subarray(operandsAt, operandsAt + opcodeBase - 1);
  const lists = version >= 5 ? readNewLists(cursor, offsetSize) : readOldLists(cursor);
  if (lists === undefined) return undefined;
  return { version, addressSize: size, minimumInstruction, maximumOperations, lineBase, lineRange, opcodeBase, operands, start, end: bytes.length, ...lists };
}

type Lists = Pick<LineHeader, 'folders' | 'files'>;

/** Texts one after another, ended by an empty one. */
function readOldLists(cursor: DwarfCursor): Lists | undefined {
  const folders: (LineText | undefined)[] = [undefined];
  for (let text = passText(cursor); text !== undefined; text = passText(cursor)) folders.push(text);
  const files: LineFile[] = [NO_FILE];
  for (let text = passText(cursor); text !== undefined; text = passText(cursor)) {
    files.push(oldFile(cursor, text));
    if (files.length > MAX_LINE_FILES) return undefined;
  }
  return cursor.overrun ? undefined : { folders, files };
}

/** What follows the name of a file in versions up to 4, and in the operation that adds one. */
export function oldFile(cursor: DwarfCursor, name: LineText): LineFile {
  const folder = cursor.uleb();
  cursor.uleb();
  cursor.uleb();
  return { name, folder };
}

/** A text in the table; undefined for an empty one. */
export function passText(cursor: DwarfCursor): LineText | undefined {
  const offset = cursor.position;
  const end = cursor.bytes.indexOf(0, offset);
  if (end < 0 || end >= cursor.end) {
    cursor.take(Infinity);
    return undefined;
  }
  cursor.take(end + 1 - offset);
  return end === offset ? undefined : { section: 'table', offset };
}

/** File 0 of versions up to 4, which means that none is known. */
const NO_FILE: LineFile = { name: { section: 'table', offset: -1 }, folder: 0 };

/** Lists that say themselves what they tell of each entry. */
function readNewLists(cursor: DwarfCursor, offsetSize: 4 | 8): Lists | undefined {
  const folders = readEntries(cursor, offsetSize);
  const files = folders === undefined ? undefined : readEntries(cursor, offsetSize);
  return folders === undefined || files === undefined ? undefined : { folders: folders.map(({ name }) => name), files };
}

function readEntries(cursor: DwarfCursor, offsetSize: 4 | 8): LineFile[] | undefined {
  const format: { readonly content: number; readonly form: number }[] = [];
  const formatCount = cursor.unsigned8();
  for (let i = 0; i < formatCount; i++) format.push({ content: cursor.uleb(), form: cursor.uleb() });
  const count = cursor.uleb();
  // Entries of nothing would cost no bytes.
  if (cursor.overrun || count > MAX_LINE_FILES || (formatCount === 0 && count > 0)) return undefined;
  const entries: LineFile[] = [];
  for (let i = 0; i < count; i++) {
    let name = NO_FILE.name;
    let folder = 0;
    for (const { content, form } of format) {
      if (content === LineContent.Path) name = readText(cursor, form, offsetSize) ?? name;
      else {
        const value = readNumber(cursor, form);
        if (content === LineContent.FolderIndex) folder = value;
      }
      if (cursor.overrun) return undefined;
    }
    entries.push({ name, folder });
  }
  return entries;
}

function readText(cursor: DwarfCursor, form: number, offsetSize: 4 | 8): LineText | undefined {
  const offset = (): number => (offsetSize === 4 ? cursor.unsigned32() : cursor.signed64());
  switch (form) {
    case Form.String: {
      const start = cursor.position;
      return passText(cursor) ?? { section: 'table', offset: start };
    }
    case Form.StringPointer:
      return { section: 'str', offset: offset() };
    case Form.LineStringPointer:
      return { section: 'lineStr', offset: offset() };
    case Form.StringPointerSupplementary:
    case Form.GnuStringPointerAlternate:
      return { section: 'supplementary', offset: offset() };
    case Form.StringIndex:
      return { section: 'strOffsets', offset: cursor.uleb() };
    case Form.StringIndex1:
      return { section: 'strOffsets', offset: cursor.unsigned8() };
    case Form.StringIndex2:
      return { section: 'strOffsets', offset: cursor.unsigned16() };
    case Form.StringIndex4:
      return { section: 'strOffsets', offset: cursor.unsigned32() };
    default:
      readNumber(cursor, form);
      return undefined;
  }
}

/** A value that is a number; others are passed over. */
function readNumber(cursor: DwarfCursor, form: number): number {
  switch (form) {
    case Form.Data1:
      return cursor.unsigned8();
    case Form.Data2:
      return cursor.unsigned16();
    case Form.Data4:
      return cursor.unsigned32();
    case Form.Data8:
      return cursor.signed64();
    case Form.Udata:
      return cursor.uleb();
    case Form.Data16:
      return cursor.take(16);
    case Form.Block:
      return cursor.take(cursor.uleb());
    case Form.Block1:
      return cursor.take(cursor.unsigned8());
    case Form.Block2:
      return cursor.take(cursor.unsigned16());
    case Form.Block4:
      return cursor.take(cursor.unsigned32());
    case Form.String:
      passText(cursor);
      return 0;
    default:
      cursor.overrun = true;
      return 0;
  }
}
