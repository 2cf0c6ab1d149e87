// What a tar file holds, by its headers alone: names, links, and where the bytes of each file lie, so that they are read in place. Blocks of
// 512 bytes: a header, the contents, zeros up to the next block. ustar, GNU's long names, and pax records (POSIX 1003.1, pax; GNU tar's
// manual): what GNU tar, bsdtar and busybox write.
//
//   [header "L"][long name…][header][contents…        ][header][contents…]…[zeros][zeros]
//
// Names and links are data; who uses them sees to it that they lead nowhere else (symbols/tar-tree.ts).

import type { Diagnostics } from '../diagnostics.ts';
import { MAX_PATH, MAX_TAR_MEMBERS, MAX_TAR_NAMES } from '../limits.ts';
import { bytesAt } from '../reading.ts';
import type { Reading } from '../reading.ts';
import { decodeText } from '../text.ts';

/** A file, link or folder of a tar file. */
export interface TarMember {
  readonly kind: 'file' | 'link' | 'hard-link' | 'folder';
  /** As it stands there. */
  readonly path: string;
  /** Of a link: where it leads, from the folder that it lies in; of a hard link the other member's path. */
  readonly target: string;
  /** Of its contents in the tar file, in bytes. */
  readonly offset: number;
  /** In bytes; what is there of them may be less. */
  readonly size: number;
}

const BLOCK = 512;
/** Headers are small and far apart: each is read alone. */
const CHECKSUM_AT = 148;
const PAX_KEYS = /^(?:path|linkpath|size|GNU\.sparse\..*)$/;

/** Whether 512 bytes are the header of a tar file: nothing but its checksum is common to all kinds of them. */
export function looksLikeTar(first: Uint8Array): boolean {
  return first.length >= BLOCK && isHeader(first);
}

/** The members in order; those before the place where it is damaged or cut. */
export function* readTarIndex(size: number, diagnostics: Diagnostics): Reading<TarMember[]> {
  const members: TarMember[] = [];
  const names = new Names();
  let nameBytes = 0;
  for (let at = 0; at + BLOCK <= size; ) {
    const header = (yield* bytesAt(at, BLOCK)).slice();
    if (header.every((byte) => byte === 0)) break;
    if (!isHeader(header)) {
      diagnostics.damaged('tar-header', at, 'the tar file is damaged: what lies behind it is not found');
      break;
    }
    const type = String.fromCharCode(header[156]!);
    const stated = names.size ?? numberAt(header, 124, 12);
    const offset = at + BLOCK;
    if (stated < 0 || !Number.isSafeInteger(stated)) {
      diagnostics.damaged('tar-header', at, 'the tar file is damaged: what lies behind it is not found');
      break;
    }
    // Links, folders and devices have no contents, whatever is stated.
    const length = '123456'.includes(type) ? 0 : stated;
    at = offset + Math.ceil(length / BLOCK) * BLOCK;
    if (type === 'L' || type === 'K' || type === 'x') {
      yield* names.read(type, offset, length, diagnostics);
      continue;
    }
    if (type === 'g') continue;
    const kind = type === '2' ? 'link' : type === '1' ? 'hard-link' : type === '5' ? 'folder' : '\x000 7'.includes(type) ? 'file' : undefined;
    const member = { path: names.path ?? pathOf(header), target: names.target ?? textAt(header, 157, 100) };
    const isSparse = names.isSparse || type === 'S';
    names.clear();
    if (kind === undefined || isSparse) {
      if (isSparse) diagnostics.damaged('tar-sparse', offset - BLOCK, 'files with holes in a tar file are not read: make it without tar --sparse');
      continue;
    }
    nameBytes += member.path.length + member.target.length;
    if (members.length >= MAX_TAR_MEMBERS || nameBytes > MAX_TAR_NAMES) {
      diagnostics.damaged('tar-too-many', offset - BLOCK, `the tar file has more than ${MAX_TAR_MEMBERS} files: the others are not looked at`);
      break;
    }
    if (kind === 'file' && offset + length > size) diagnostics.damaged('tar-cut', offset, 'the tar file is cut short, within a file');
    members.push({ kind, ...member, offset, size: Math.max(0, Math.min(length, size - offset)) });
  }
  return members;
}

/** What stands before a header and is meant for it. */
class Names {
  path: string | undefined;
  target: string | undefined;
  size: number | undefined;
  isSparse = false;

  clear(): void {
    this.path = undefined;
    this.target = undefined;
    this.size = undefined;
    this.isSparse = false;
  }

  *read(type: 'L' | 'K' | 'x', offset: number, length: number, diagnostics: Diagnostics): Reading<void> {
    const isLong = length > LONGEST_RECORDS;
    if (isLong) diagnostics.damaged('tar-long-name', offset, `a name in the tar file takes ${length} bytes: it is not read whole`);
    const bytes = yield* bytesAt(offset, Math.min(length, LONGEST_RECORDS));
    if (type === 'x') this.#records(bytes);
    else {
      const text = cutText(bytes, 0, bytes.length);
      if (type === 'L') this.path = text;
      else this.target = text;
    }
  }

  /** `LENGTH KEY=VALUE\n`, the length in decimal and of the whole record. */
  #records(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const blank = bytes.indexOf(0x20, at);
      if (blank < 0 || blank - at > 10) return;
      const length = Number(decodeText(bytes, at, blank));
      const equals = bytes.indexOf(0x3d, blank);
      if (!(length > blank - at + 1) || at + length > bytes.length || equals < 0 || equals >= at + length) return;
      const key = decodeText(bytes, blank + 1, equals);
      if (PAX_KEYS.test(key)) {
        const value = decodeText(bytes, equals + 1, at + length - 1);
        if (key === 'path') this.path = value.slice(0, MAX_PATH);
        else if (key === 'linkpath') this.target = value.slice(0, MAX_PATH);
        else if (key === 'size') this.size = /^\d{1,15}$/.test(value) ? Number(value) : undefined;
        else this.isSparse = true;
      }
      at += length;
    }
  }
}

/** Of the names before one header; a path has at most MAX_PATH bytes, and pax keeps times and owners beside it. */
const LONGEST_RECORDS = 65_536;

/** The sum of a header's bytes, its own field taken as blanks; some old programs summed signed bytes. */
function isHeader(header: Uint8Array): boolean {
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const byte = i >= CHECKSUM_AT && i < CHECKSUM_AT + 8 ? 0x20 : header[i]!;
    unsigned += byte;
    signed += (byte << 24) >> 24;
  }
  const sum = numberAt(header, CHECKSUM_AT, 8);
  return sum === unsigned || sum === signed;
}

/** A number in octal, or in binary where its first bit is set; -1 for what is none. */
function numberAt(header: Uint8Array, at: number, length: number): number {
  const first = header[at]!;
  if ((first & 0x80) !== 0) {
    let value = first & 0x3f;
    for (let i = 1; i < length; i++) value = value * 256 + header[at + i]!;
    return (first & 0x40) !== 0 ? -1 : value;
  }
  const digits = /^ *([0-7]*)[ \0]*$/.exec(String.fromCharCode(...header.subarray(at, at + length)))?.[1];
  return digits === undefined ? -1 : parseInt(`0${digits}`, 8);
}

/** ustar keeps the beginning of long paths in a field of its own; GNU tar keeps times there. */
function pathOf(header: Uint8Array): string {
  const isUstar = textAt(header, 257, 6) === 'ustar' && header[263] === 0x30;
  const prefix = isUstar ? textAt(header, 345, 155) : '';
  return prefix === '' ? textAt(header, 0, 100) : `${prefix}/${textAt(header, 0, 100)}`;
}

function textAt(header: Uint8Array, at: number, length: number): string {
  return cutText(header, at, at + length);
}

/** Up to a zero. */
function cutText(bytes: Uint8Array, start: number, end: number): string {
  const zero = bytes.subarray(start, end).indexOf(0);
  return decodeText(bytes, start, Math.min(zero < 0 ? end : start + zero, start + MAX_PATH));
}
