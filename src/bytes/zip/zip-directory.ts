// The list of members at the end of a zip file (APPNOTE 4.3.12 to 4.3.16), read without touching the members. Everything in it may be
// a lie: what points out of the file, overlaps another member, is a link or has a name that leads elsewhere is left out with a warning.

import type { Diagnostics } from '../diagnostics.ts';
import { readUnsigned64 } from '../int64.ts';
import { MAX_ARCHIVE_DIRECTORY, MAX_ARCHIVE_MEMBERS, MAX_PATH } from '../limits.ts';
import { bytesAt } from '../reading.ts';
import type { Reading } from '../reading.ts';
import { decodeText } from '../text.ts';
import {
  CENTRAL_HEADER, CENTRAL_HEADER_SIZE, DEFLATED, END_64_SIZE, END_OF_DIRECTORY, END_OF_DIRECTORY_64, END_SIZE, EXTRA_64, FLAG_ENCRYPTED,
  HIGHEST_RATIO, IN_EXTRA_32, LOCAL_HEADER, LOCAL_HEADER_SIZE, LOCATOR_64, LOCATOR_64_SIZE, STORED,
} from './zip-format.ts';

/** One file in a zip file, as the directory describes it. Sizes and offsets in bytes. */
export interface ZipMember {
  /** Relative, of harmless components with `/` between them. */
  readonly name: string;
  readonly isDeflated: boolean;
  readonly compressedSize: number;
  readonly size: number;
  readonly crc32: number;
  /** Of its local header. */
  readonly headerOffset: number;
}

/** Why there is no list of members. */
export type ZipFailure = 'not-zip' | 'cut' | 'damaged';

/** Longest comment behind the end of the directory. */
const LONGEST_COMMENT = 65_535;
/** Upper half of the external attributes: Unix' mode, in which the type of a file stands. */
const S_IFMT = 0o170_000;
const S_IFREG = 0o100_000;
/** No-name versions of "made by" whose attributes are Unix' are all that is looked at. */
const MADE_BY_UNIX = 3;

/** Whether a file begins as zip files do. `first`: its first four bytes at least. */
export function looksLikeZip(first: Uint8Array): boolean {
  const magic = first.length < 4 ? 0 : viewOf(first).getUint32(0, true);
  return magic === LOCAL_HEADER || magic === END_OF_DIRECTORY;
}

/** Reads the directory of a zip file of `size` bytes. Members by name; of several with one name none. */
export function* readZipDirectory(size: number, diagnostics: Diagnostics): Reading<Map<string, ZipMember> | ZipFailure> {
  if (!looksLikeZip(yield* bytesAt(0, 4))) return 'not-zip';
  const tailStart = Math.max(0, size - END_SIZE - LONGEST_COMMENT);
  const tail = yield* bytesAt(tailStart, size - tailStart);
  const end = endOfDirectory(tail);
  if (end < 0) return 'cut';
  const view = viewOf(tail);
  let count = view.getUint16(end + 10, true);
  let length = view.getUint32(end + 12, true);
  let start = view.getUint32(end + 16, true);
  const locator = end - LOCATOR_64_SIZE;
  if (locator >= 0 && view.getUint32(locator, true) === LOCATOR_64) {
    const wide = yield* bytesAt(readUnsigned64(view, locator + 8, true), END_64_SIZE);
    if (wide.length < END_64_SIZE || viewOf(wide).getUint32(0, true) !== END_OF_DIRECTORY_64) return 'damaged';
    count = readUnsigned64(viewOf(wide), 32, true);
    length = readUnsigned64(viewOf(wide), 40, true);
    start = readUnsigned64(viewOf(wide), 48, true);
  }
  if (start + length > tailStart + end || length > MAX_ARCHIVE_DIRECTORY || count > MAX_ARCHIVE_MEMBERS || count * CENTRAL_HEADER_SIZE > length) return 'damaged';
  const directory = yield* bytesAt(start, length);
  return withoutOverlaps(membersOf(directory, count, start, diagnostics), diagnostics);
}

/** Where the record at the end stands: the last one whose comment ends with the file; -1 without one. */
function endOfDirectory(tail: Uint8Array): number {
  const view = viewOf(tail);
  for (let at = tail.length - END_SIZE; at >= 0; at--) {
    if (tail[at] === 0x50 && view.getUint32(at, true) === END_OF_DIRECTORY && at + END_SIZE + view.getUint16(at + 20, true) === tail.length) return at;
  }
  return -1;
}

function membersOf(directory: Uint8Array, count: number, start: number, diagnostics: Diagnostics): ZipMember[] {
  const view = viewOf(directory);
  const members: ZipMember[] = [];
  for (let i = 0, at = 0; i < count; i++) {
    if (at + CENTRAL_HEADER_SIZE > directory.length || view.getUint32(at, true) !== CENTRAL_HEADER) {
      diagnostics.damaged('archive-directory', start + at, 'the list of members breaks off');
      break;
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + CENTRAL_HEADER_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
    const extra = at + CENTRAL_HEADER_SIZE + nameLength;
    const name = decodeText(directory, at + CENTRAL_HEADER_SIZE, Math.min(extra, directory.length));
    const numbers = wideNumbers(view, at, extra, Math.min(extra + extraLength, directory.length));
    const fault = name.length < nameLength && directory.subarray(at + CENTRAL_HEADER_SIZE, extra).includes(0) ? 'its name holds a zero byte' : faultOf(name, view, at, numbers, start);
    if (fault === '') {
      const isDeflated = view.getUint16(at + 10, true) === DEFLATED;
      members.push({ name, isDeflated, ...numbers, crc32: view.getUint32(at + 16, true) });
    } else if (fault !== 'folder') diagnostics.damaged('archive-member', start + at, `the member ${shown(name)} is not used: ${fault}`);
    at = next;
  }
  return members;
}

interface Numbers {
  readonly compressedSize: number;
  readonly size: number;
  readonly headerOffset: number;
}

/** Sizes and place, from the extra field where they need 64 bits. */
function wideNumbers(view: DataView, at: number, extra: number, end: number): Numbers {
  let size = view.getUint32(at + 24, true);
  let compressedSize = view.getUint32(at + 20, true);
  let headerOffset = view.getUint32(at + 42, true);
  for (let field = extra; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== EXTRA_64) continue;
    let from = field + 4;
    const last = Math.min(end, from + view.getUint16(field + 2, true));
    const take = (given: number): number => {
      if (given !== IN_EXTRA_32 || from + 8 > last) return given;
      from += 8;
      return readUnsigned64(view, from - 8, true);
    };
    size = take(size);
    compressedSize = take(compressedSize);
    headerOffset = take(headerOffset);
    break;
  }
  return { compressedSize, size, headerOffset };
}

/** What is wrong with a member, 'folder' for one that is none; '' if nothing is. */
function faultOf(name: string, view: DataView, at: number, { compressedSize, size, headerOffset }: Numbers, directory: number): string {
  const method = view.getUint16(at + 10, true);
  const mode = view.getUint16(at + 40, true) & S_IFMT;
  if (name.endsWith('/') && size === 0) return 'folder';
  const fault = nameFault(name);
  if (fault !== '') return fault;
  if (view.getUint8(at + 5) === MADE_BY_UNIX && mode !== 0 && mode !== S_IFREG) return 'it is a link or a device';
  if ((view.getUint16(at + 8, true) & FLAG_ENCRYPTED) !== 0) return 'it is encrypted';
  if (method !== STORED && method !== DEFLATED) return `it is compressed in a way (${method}) that is not read`;
  if (headerOffset + LOCAL_HEADER_SIZE + compressedSize > directory) return 'it reaches beyond the members';
  if (method === STORED && size !== compressedSize) return 'its two sizes differ, and it is not compressed';
  if (size > compressedSize * HIGHEST_RATIO) return `it claims ${size} bytes for ${compressedSize} compressed ones, which nothing can hold`;
  return '';
}

/** What is wrong with the name of a member; '' if it leads nowhere but into its own folder. */
export function nameFault(name: string): string {
  if (name === '' || name.length > MAX_PATH) return 'its name is empty or too long';
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\\:]/.test(name)) return 'its name holds a character that means something else elsewhere';
  if (name.startsWith('/')) return 'its name is an absolute path';
  if (name.split('/').some((part) => part === '' || part === '.' || part === '..')) return 'its name leads out of its folder';
  return '';
}

/** Members that share bytes, or names, are a trick: one stream that counts many times. */
function withoutOverlaps(members: readonly ZipMember[], diagnostics: Diagnostics): Map<string, ZipMember> {
  const byPlace = members.toSorted((a, b) => a.headerOffset - b.headerOffset);
  const byName = new Map<string, ZipMember>();
  const twice = new Set<string>();
  let end = 0;
  for (const member of byPlace) {
    const { name, headerOffset, compressedSize } = member;
    const refuse = (why: string): void => diagnostics.damaged('archive-member', headerOffset, `the member ${shown(name)} is not used: ${why}`);
    if (headerOffset < end) {
      refuse('it shares bytes with another');
      continue;
    }
    end = headerOffset + LOCAL_HEADER_SIZE + compressedSize;
    if (byName.has(name) || twice.has(name)) {
      refuse('there are several of that name');
      byName.delete(name);
      twice.add(name);
      continue;
    }
    byName.set(name, member);
  }
  return byName;
}

/** Where a member's bytes begin, from its local header; -1 where that is another's, or none. */
export function* readMemberStart(member: ZipMember): Reading<number> {
  const header = yield* bytesAt(member.headerOffset, LOCAL_HEADER_SIZE);
  const view = viewOf(header);
  if (header.length < LOCAL_HEADER_SIZE || view.getUint32(0, true) !== LOCAL_HEADER) return -1;
  const nameLength = view.getUint16(26, true);
  const name = yield* bytesAt(member.headerOffset + LOCAL_HEADER_SIZE, nameLength);
  if (decodeText(name, 0, name.length) !== member.name || (view.getUint16(8, true) === DEFLATED) !== member.isDeflated) return -1;
  return member.headerOffset + LOCAL_HEADER_SIZE + nameLength + view.getUint16(28, true);
}

/** A name as it can stand in one line. */
function shown(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
