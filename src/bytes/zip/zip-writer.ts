// Writes a zip file member by member, without holding any of them: deflated in blocks (block-source.ts), sizes and checksum filled in
// when a member has ended, the directory at the end. Numbers beyond 32 bits go into the extra fields of zip64 (APPNOTE 4.5.3).

import type { ByteSource } from '../source.ts';
import { encodeText } from '../text.ts';
import { settled } from '../waiting.ts';
import type { Waiting } from '../waiting.ts';
import {
  CENTRAL_HEADER, CENTRAL_HEADER_SIZE, DEFLATED, END_64_SIZE, END_OF_DIRECTORY, END_OF_DIRECTORY_64, END_SIZE, EXTRA_64, FLAG_UTF8, IN_EXTRA_16,
  IN_EXTRA_32, LOCAL_HEADER, LOCAL_HEADER_SIZE, LOCATOR_64, LOCATOR_64_SIZE, STORED,
} from './zip-format.ts';

/** Where it goes. */
export interface ZipSink {
  write(bytes: Uint8Array): void;
  /** Changes bytes written before. */
  writeAt(offset: number, bytes: Uint8Array): void;
}

/** What writing takes: zlib and a hash, which node/ has. */
export interface DeflateCodec {
  /** A bare deflate stream of these bytes alone; unless it is the last, to go on behind it at a byte (zlib's full flush). */
  deflate(bytes: Uint8Array, isLast: boolean): Uint8Array;
  crc32(bytes: Uint8Array, previous?: number): number;
  /** SHA-256. */
  hash(): { update(bytes: Uint8Array): void; hex(): string };
}

/** What became of a member. */
export interface WrittenMember {
  readonly name: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly crc32: number;
  readonly isDeflated: boolean;
  readonly headerOffset: number;
  readonly modified: Date | undefined;
}

/** The same, with what the manifest says of it. */
export interface DeflatedMember extends WrittenMember {
  /** Hexadecimal. */
  readonly sha256: string;
  /** Compressed length and CRC-32 of each block. */
  readonly blocks: readonly (readonly [number, number])[];
}

/** Members whose size is as large as this, or nearly, have their sizes in an extra field: compressed they may be a little larger. */
const NEEDS_64 = 0xff00_0000;
/** Version 4.5 has zip64; made by Unix, so that the mode is believed. */
const VERSION = 45;
const MADE_BY = (3 << 8) | VERSION;
const MODE = 0o100_644;
/** Of a local header with zip64: its head, and the two sizes. */
const LOCAL_EXTRA_64 = 20;
const PIECE = 1 << 20;

export class ZipWriter {
  readonly #sink: ZipSink;
  readonly #codec: DeflateCodec;
  readonly #blockSize: number;
  readonly #members: WrittenMember[] = [];
  #length = 0;

  constructor(sink: ZipSink, codec: DeflateCodec, blockSize: number) {
    this.#sink = sink;
    this.#codec = codec;
    this.#blockSize = blockSize;
  }

  /** Adds all of a source. `onBytes` is told of every block that was read. */
  *add(name: string, source: ByteSource, modified?: Date, onBytes?: (count: number) => void): Waiting<DeflatedMember> {
    const isWide = source.size >= NEEDS_64;
    const headerOffset = this.#begin(name, isWide, true, modified);
    const start = this.#length;
    const hash = this.#codec.hash();
    const blocks: [number, number][] = [];
    const block = new Uint8Array(Math.min(this.#blockSize, Math.max(1, source.size)));
    let size = 0;
    let crc = 0;
    for (let isLast = false; !isLast; ) {
      const wanted = Math.min(block.length, source.size - size);
      const count = wanted <= 0 ? 0 : yield* filled(source, block.subarray(0, wanted), size);
      const bytes = block.subarray(0, count);
      size += count;
      // A file that shrinks while it is read ends where it ends.
      isLast = count < wanted || size >= source.size;
      const compressed = this.#codec.deflate(bytes, isLast);
      this.#write(compressed);
      hash.update(bytes);
      crc = this.#codec.crc32(bytes, crc);
      blocks.push([compressed.length, this.#codec.crc32(bytes)]);
      onBytes?.(count);
    }
    const compressedSize = this.#length - start;
    const member: DeflatedMember = { name, size, compressedSize, crc32: crc, isDeflated: true, headerOffset, modified, sha256: hash.hex(), blocks };
    this.#end(member, isWide);
    return member;
  }

  /** Copies a member of another zip file as it is. `start`: where its bytes begin there. */
  *copy(from: ByteSource, start: number, member: Omit<WrittenMember, 'headerOffset'>): Waiting<void> {
    const isWide = member.size >= NEEDS_64 || member.compressedSize >= NEEDS_64;
    const headerOffset = this.#begin(member.name, isWide, member.isDeflated, member.modified);
    for (let done = 0; done < member.compressedSize; ) {
      const bytes = yield* settled(from.read(start + done, Math.min(PIECE, member.compressedSize - done)));
      if (bytes.length === 0) break;
      this.#write(bytes);
      done += bytes.length;
    }
    this.#end({ ...member, headerOffset }, isWide);
  }

  /** Writes the directory. The members in it stand in the order in which they were added, but for `first`. */
  finish(first?: string): void {
    const start = this.#length;
    const members = this.#members.toSorted((a, b) => Number(b.name === first) - Number(a.name === first));
    for (const member of members) this.#write(centralHeader(member));
    const length = this.#length - start;
    const count = members.length;
    if (start + length >= NEEDS_64 || count >= IN_EXTRA_16) this.#write(wideEnd(start, length, count, this.#length));
    const end = new DataView(new ArrayBuffer(END_SIZE));
    end.setUint32(0, END_OF_DIRECTORY, true);
    end.setUint16(8, Math.min(count, IN_EXTRA_16), true);
    end.setUint16(10, Math.min(count, IN_EXTRA_16), true);
    end.setUint32(12, Math.min(length, IN_EXTRA_32), true);
    end.setUint32(16, Math.min(start, IN_EXTRA_32), true);
    this.#write(bytesOf(end));
  }

  #begin(name: string, isWide: boolean, isDeflated: boolean, modified: Date | undefined): number {
    const offset = this.#length;
    const encoded = encodeText(name);
    const header = new DataView(new ArrayBuffer(LOCAL_HEADER_SIZE + encoded.length + (isWide ? LOCAL_EXTRA_64 : 0)));
    header.setUint32(0, LOCAL_HEADER, true);
    header.setUint16(4, VERSION, true);
    header.setUint16(6, FLAG_UTF8, true);
    header.setUint16(8, isDeflated ? DEFLATED : STORED, true);
    header.setUint32(10, dosTime(modified), true);
    header.setUint16(26, encoded.length, true);
    header.setUint16(28, isWide ? LOCAL_EXTRA_64 : 0, true);
    bytesOf(header).set(encoded, LOCAL_HEADER_SIZE);
    this.#write(bytesOf(header));
    return offset;
  }

  /** What is known of a member only when it has been written. */
  #end(member: WrittenMember, isWide: boolean): void {
    const numbers = new DataView(new ArrayBuffer(12));
    numbers.setUint32(0, member.crc32, true);
    numbers.setUint32(4, isWide ? IN_EXTRA_32 : member.compressedSize, true);
    numbers.setUint32(8, isWide ? IN_EXTRA_32 : member.size, true);
    this.#sink.writeAt(member.headerOffset + 14, bytesOf(numbers));
    if (isWide) {
      const extra = new DataView(new ArrayBuffer(LOCAL_EXTRA_64));
      extra.setUint16(0, EXTRA_64, true);
      extra.setUint16(2, 16, true);
      extra.setBigUint64(4, BigInt(member.size), true);
      extra.setBigUint64(12, BigInt(member.compressedSize), true);
      this.#sink.writeAt(member.headerOffset + LOCAL_HEADER_SIZE + encodeText(member.name).length, bytesOf(extra));
    }
    this.#members.push(member);
  }

  #write(bytes: Uint8Array): void {
    this.#sink.write(bytes);
    this.#length += bytes.length;
  }
}

/** Fills `into` as far as the source goes. */
function* filled(source: ByteSource, into: Uint8Array, offset: number): Waiting<number> {
  let done = 0;
  while (done < into.length) {
    const rest = into.subarray(done);
    let count: number;
    if (source.readInto !== undefined) count = yield* settled(source.readInto(rest, offset + done));
    else {
      const bytes = yield* settled(source.read(offset + done, rest.length));
      into.set(bytes, done);
      count = bytes.length;
    }
    if (count === 0) break;
    done += count;
  }
  return done;
}

function centralHeader({ name, size, compressedSize, crc32, isDeflated, headerOffset, modified }: WrittenMember): Uint8Array {
  const encoded = encodeText(name);
  const wide = [size, compressedSize, headerOffset].filter((number) => number >= IN_EXTRA_32);
  const extraSize = wide.length === 0 ? 0 : 4 + wide.length * 8;
  const header = new DataView(new ArrayBuffer(CENTRAL_HEADER_SIZE + encoded.length + extraSize));
  header.setUint32(0, CENTRAL_HEADER, true);
  header.setUint16(4, MADE_BY, true);
  header.setUint16(6, VERSION, true);
  header.setUint16(8, FLAG_UTF8, true);
  header.setUint16(10, isDeflated ? DEFLATED : STORED, true);
  header.setUint32(12, dosTime(modified), true);
  header.setUint32(16, crc32, true);
  header.setUint32(20, Math.min(compressedSize, IN_EXTRA_32), true);
  header.setUint32(24, Math.min(size, IN_EXTRA_32), true);
  header.setUint16(28, encoded.length, true);
  header.setUint16(30, extraSize, true);
  header.setUint32(38, MODE * 0x1_0000, true);
  header.setUint32(42, Math.min(headerOffset, IN_EXTRA_32), true);
  bytesOf(header).set(encoded, CENTRAL_HEADER_SIZE);
  if (extraSize > 0) {
    const at = CENTRAL_HEADER_SIZE + encoded.length;
    header.setUint16(at, EXTRA_64, true);
    header.setUint16(at + 2, wide.length * 8, true);
    wide.forEach((number, i) => header.setBigUint64(at + 4 + i * 8, BigInt(number), true));
  }
  return bytesOf(header);
}

/** The end record of zip64, which stands at `at`, and the locator that says so. */
function wideEnd(start: number, length: number, count: number, at: number): Uint8Array {
  const end = new DataView(new ArrayBuffer(END_64_SIZE + LOCATOR_64_SIZE));
  end.setUint32(0, END_OF_DIRECTORY_64, true);
  end.setBigUint64(4, BigInt(END_64_SIZE - 12), true);
  end.setUint16(12, MADE_BY, true);
  end.setUint16(14, VERSION, true);
  end.setBigUint64(24, BigInt(count), true);
  end.setBigUint64(32, BigInt(count), true);
  end.setBigUint64(40, BigInt(length), true);
  end.setBigUint64(48, BigInt(start), true);
  end.setUint32(END_64_SIZE, LOCATOR_64, true);
  end.setBigUint64(END_64_SIZE + 8, BigInt(at), true);
  end.setUint32(END_64_SIZE + 16, 1, true);
  return bytesOf(end);
}

/** Date and time as MS-DOS had them, in UTC, from 1980 on; even seconds only. */
function dosTime(date: Date | undefined): number {
  if (date === undefined || !(date.getUTCFullYear() >= 1980 && date.getUTCFullYear() < 2108)) return (1 << 21) | (1 << 16);
  const day = ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time = (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return (day * 0x1_0000 + time) >>> 0;
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}
