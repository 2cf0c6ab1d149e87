// The records of a jitdump as they lie in a file (FORMAT 4; SPEC 8.2): where their fields are, and whether bytes can be a record at
// all. A record may begin at any offset. Which bytes to look at, and what becomes of the records, is jitdump.ts's.

import { readSigned64, readUnsigned64 } from '../bytes/int64.ts';
import { MAX_JIT_DEBUG_INFO, MAX_JIT_UNWINDING, MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import { jitdumpHeaderLayout } from './layouts.ts';

export const RecordId = { Load: 0, Move: 1, DebugInfo: 2, Close: 3, UnwindingInfo: 4 } as const;

/** "JiTD" as a number of the writer's byte order. */
export const JITDUMP_MAGIC = 0x4a695444;
export const HEADER_SIZE: number = jitdumpHeaderLayout.size;
/** Id, size and time. */
export const PREFIX_SIZE = 16;
export const UNWINDING_FIXED = 40;
export const DEBUG_INFO_FIXED = 32;
const LOAD_FIXED = 56;
const MOVE_SIZE = 64;
/** Address, line, column and a file name of one NUL. */
const DEBUG_ENTRY_MIN = 17;

/** Ids are given out one by one, and there are five: bytes that say more are text or code. */
const MAX_ID = 0x10000;

/** What `shapeOf` says of an offset: the bytes are a record … */
export const Shape = {
  /** … whose fields agree with its size to the byte. */
  Exact: 0,
  /** … of an id that is not known, or with a field that leaves bytes unexplained. */
  Loose: 1,
  /** … no record: its size or a field in it is impossible. */
  Bad: 2,
  /** … whose size reaches beyond the end of the file. */
  Torn: 3,
  /** Not decided: `need` bytes from the record's start have to be in the window. */
  Unread: 4,
} as const;

/** The bytes around a place in the file, and what was found out about the record at that place. Reused for every record. */
export class RecordWindow {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  /** File offset of the window's first byte. */
  start = 0;
  readonly fileSize: number;
  readonly littleEndian: boolean;

  // About the last record that shapeOf looked at.
  id = 0;
  /** In bytes, with the prefix. */
  size = 0;
  /** Bytes from the record's start that must be in the window, after Shape.Unread. */
  need = 0;
  /** Of a LOAD: offset in the record of vma, the first of the 64-bit fields (24 by the format). */
  fieldsAt = 24;
  /** Of a LOAD: offset in the record, and length in bytes, of its name without NUL. */
  nameAt = 0;
  nameLength = 0;
  /** Of a LOAD. */
  codeSize = 0;

  constructor(fileSize: number, littleEndian: boolean) {
    this.fileSize = fileSize;
    this.littleEndian = littleEndian;
  }

  show(bytes: Uint8Array, start: number): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.start = start;
  }

  /** Whether `length` bytes from a file offset on are in the window. */
  holds(offset: number, length: number): boolean {
    return offset >= this.start && offset + length <= this.start + this.bytes.length;
  }

  u32(offset: number): number {
    return this.view.getUint32(offset - this.start, this.littleEndian);
  }

  /** Exact below 2^53, rounded beyond. */
  u64(offset: number): number {
    return readUnsigned64(this.view, offset - this.start, this.littleEndian);
  }

  address(offset: number): number {
    return readSigned64(this.view, offset - this.start, this.littleEndian);
  }

  /** Nanoseconds (or cycles: archTimestamps) since `baseHigh * 2^32`. */
  time(recordOffset: number, baseHigh: number): number {
    const at = recordOffset + 8 - this.start;
    const low = this.view.getUint32(this.littleEndian ? at : at + 4, this.littleEndian);
    const high = this.view.getUint32(this.littleEndian ? at + 4 : at, this.littleEndian);
    return (high - baseHigh) * 4_294_967_296 + low;
  }

  /** What the bytes at a file offset are: a member of Shape. Fills `id` and `size`, and for a LOAD the place of its name. */
  shapeOf(offset: number): number {
    const left = this.fileSize - offset;
    if (left < PREFIX_SIZE) return Shape.Torn;
    if (!this.holds(offset, PREFIX_SIZE)) return this.#unread(PREFIX_SIZE);
    this.id = this.u32(offset);
    this.size = this.u32(offset + 4);
    if (this.size < PREFIX_SIZE || this.id >= MAX_ID) return Shape.Bad;
    if (this.size > left) return Shape.Torn;
    switch (this.id) {
      case RecordId.Load:
        return this.#loadShape(offset);
      case RecordId.UnwindingInfo:
        return this.#unwindingShape(offset);
      case RecordId.DebugInfo:
        return this.#debugInfoShape(offset);
      case RecordId.Move:
        if (this.size < MOVE_SIZE) return Shape.Bad;
        if (!this.holds(offset, MOVE_SIZE)) return this.#unread(MOVE_SIZE);
        return this.size === MOVE_SIZE ? Shape.Exact : Shape.Loose;
      case RecordId.Close:
        return this.size === PREFIX_SIZE ? Shape.Exact : Shape.Loose;
      default:
        return Shape.Loose;
    }
  }

  #unread(need: number): number {
    this.need = need;
    return Shape.Unread;
  }

  // A LOAD ends in its name, a NUL and its code, without padding. CPython 3.15 on macOS wrote the thread's id as 64 bits
  // (USERS.md 1), which moves what follows by 8 bytes, 4 if a compiler packs the fields: the name's end tells.
  #loadShape(offset: number): number {
    if (this.size <= LOAD_FIXED) return Shape.Bad;
    const head = Math.min(this.size, LOAD_FIXED + 8);
    if (!this.holds(offset, head)) return this.#unread(head);
    let loose = 0;
    for (const fieldsAt of LOAD_LAYOUTS) {
      const nameAt = fieldsAt + 32;
      if (this.size <= nameAt) break;
      const codeSize = this.u64(offset + fieldsAt + 16);
      const room = this.size - nameAt - codeSize;
      if (room < 1) continue;
      const readable = Math.min(room, MAX_SYMBOL_NAME);
      if (!this.holds(offset, nameAt + readable)) return this.#unread(nameAt + readable);
      const length = this.#lengthOfName(offset + nameAt, readable);
      if (length === room - 1) {
        this.#setLoad(fieldsAt, length, codeSize);
        return Shape.Exact;
      }
      if (loose === 0 && (length < readable || room > readable)) {
        loose = fieldsAt;
        this.#setLoad(fieldsAt, length, codeSize);
      }
    }
    return loose === 0 ? Shape.Bad : Shape.Loose;
  }

  #setLoad(fieldsAt: number, nameLength: number, codeSize: number): void {
    this.fieldsAt = fieldsAt;
    this.nameAt = fieldsAt + 32;
    this.nameLength = nameLength;
    this.codeSize = codeSize;
  }

  /** Up to the first NUL; `room` if there is none. */
  #lengthOfName(offset: number, room: number): number {
    const start = offset - this.start;
    const bytes = this.bytes;
    for (let i = 0; i < room; i++) if (bytes[start + i] === 0) return i;
    return room;
  }

  #unwindingShape(offset: number): number {
    if (this.size < UNWINDING_FIXED) return Shape.Bad;
    if (!this.holds(offset, UNWINDING_FIXED)) return this.#unread(UNWINDING_FIXED);
    const length = this.u64(offset + 16);
    if (length > this.size - UNWINDING_FIXED || this.u64(offset + 24) > length) return Shape.Bad;
    const read = UNWINDING_FIXED + Math.min(length, MAX_JIT_UNWINDING);
    if (!this.holds(offset, read)) return this.#unread(read);
    return this.size - UNWINDING_FIXED - length < 8 ? Shape.Exact : Shape.Loose;
  }

  #debugInfoShape(offset: number): number {
    if (this.size < DEBUG_INFO_FIXED) return Shape.Bad;
    if (!this.holds(offset, DEBUG_INFO_FIXED)) return this.#unread(DEBUG_INFO_FIXED);
    if (this.u64(offset + 24) * DEBUG_ENTRY_MIN > this.size - DEBUG_INFO_FIXED) return Shape.Bad;
    const read = Math.min(this.size, MAX_JIT_DEBUG_INFO);
    if (!this.holds(offset, read)) return this.#unread(read);
    return Shape.Exact;
  }
}

const LOAD_LAYOUTS = [24, 32, 28] as const;
