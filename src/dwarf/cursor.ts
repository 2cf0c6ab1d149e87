// Reads DWARF's primitive values one after another out of a section, in either byte order. Running past the end never throws:
// it sets `overrun` and gives zeros, so that a parser checks once per entry instead of once per field.

import { readSigned64 } from '../bytes/int64.ts';

export class DwarfCursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** Offset in the section of the next value. */
  position = 0;
  /** One past the last byte that may be read. */
  end: number;
  /** Whether something was read past `end` since this was last reset. */
  overrun = false;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.littleEndian = littleEndian;
    this.end = bytes.length;
  }

  /** Moves to a range of the section; a range that sticks out of it is cut. */
  seek(position: number, end: number): void {
    this.position = Math.max(0, Math.min(position, this.bytes.length));
    this.end = Math.max(this.position, Math.min(end, this.bytes.length));
    this.overrun = position < 0 || position > this.bytes.length;
  }

  /** The offset of the next `length` bytes, which are passed over; -1 where they are not all there. */
  take(length: number): number {
    const start = this.position;
    if (!(length >= 0 && start + length <= this.end)) {
      this.overrun = true;
      this.position = this.end;
      return -1;
    }
    this.position = start + length;
    return start;
  }

  unsigned8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.bytes[at]!;
  }

  signed8(): number {
    return (this.unsigned8() << 24) >> 24;
  }

  unsigned16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : this.view.getUint16(at, this.littleEndian);
  }

  signed16(): number {
    return (this.unsigned16() << 16) >> 16;
  }

  unsigned32(): number {
    const at = this.take(4);
    return at < 0 ? 0 : this.view.getUint32(at, this.littleEndian);
  }

  signed32(): number {
    return this.unsigned32() | 0;
  }

  /** As a signed double, which is how addresses are kept; exact below 2^53 in magnitude. */
  signed64(): number {
    const at = this.take(8);
    return at < 0 ? 0 : readSigned64(this.view, at, this.littleEndian);
  }

  /** Unsigned LEB128; exact below 2^53, rounded beyond. Ten bytes at most are looked at. */
  uleb(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.unsigned8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
    this.overrun = true;
    return 0;
  }

  /** Signed LEB128; exact below 2^53 in magnitude, rounded beyond. */
  sleb(): number {
    let value = 0;
    let factor = 1;
    for (let i = 0; i < 10; i++) {
      const byte = this.unsigned8();
      // The last byte is taken with its sign at once: subtracting 2^bits afterwards would round small negative numbers.
      if (byte < 0x80) return value + (byte >= 0x40 ? byte - 0x80 : byte) * factor;
      value += (byte & 0x7f) * factor;
      factor *= 128;
    }
    this.overrun = true;
    return 0;
  }

  /** A NUL-terminated string of ASCII. */
  string(): string {
    let text = '';
    for (;;) {
      const byte = this.unsigned8();
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
  }
}
