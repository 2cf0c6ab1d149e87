// The bytes of one event as a tracepoint wrote them (FORMAT 6.2; SPEC 7.2): the RAW field of a sample. Numbers are read as the kernel wrote them,
// and never sign-extended: print formats calculate in unsigned 64-bit arithmetic.

import type { FormatField } from './event-format.ts';

const EMPTY = new Uint8Array(0);

/** Reused: shows one event after another. Reading outside its bytes gives 0. */
export class RawEvent {
  readonly littleEndian: boolean;
  bytes: Uint8Array = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  /** Of its first byte in `bytes`. */
  start = 0;
  size = 0;
  /** Of what `locate` found, from the event's start. */
  offset = 0;
  length = 0;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  show(bytes: Uint8Array, view: DataView, start: number, size: number): void {
    this.bytes = bytes;
    this.#view = view;
    this.start = start;
    this.size = size;
  }

  /** An unsigned number; 0 for sizes that no number has. */
  number(offset: number, size: number): bigint {
    if (size === 8) return offset + 8 > this.size ? 0n : this.#view.getBigUint64(this.start + offset, this.littleEndian);
    return BigInt(this.small(offset, size));
  }

  /** The same of at most four bytes. */
  small(offset: number, size: number): number {
    if (offset + size > this.size) return 0;
    const at = this.start + offset;
    if (size === 4) return this.#view.getUint32(at, this.littleEndian);
    if (size === 2) return this.#view.getUint16(at, this.littleEndian);
    return size === 1 ? this.bytes[at]! : 0;
  }

  byte(offset: number): number {
    return offset < this.size ? this.bytes[this.start + offset]! : 0;
  }

  /** Finds the bytes that a dynamic field points to. What points outside has no bytes. */
  locate(field: FormatField): void {
    this.offset = 0;
    this.length = 0;
    if (field.offset + field.size > this.size) return;
    const word = this.small(field.offset, field.size);
    const offset = word & 0xffff;
    const length = field.size === 2 ? this.size - offset : word >>> 16;
    if (offset <= this.size) this.offset = offset;
    if (offset + length <= this.size) this.length = length;
    if (field.isRelative) this.offset += field.offset + field.size;
  }
}
