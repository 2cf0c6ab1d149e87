// MMAP and MMAP2: a range of addresses now shows a file (FORMAT 2.1; SPEC 4.3).

import { readSigned64, readUnsigned64 } from '../../bytes/int64.ts';
import { decodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../event-table.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';

const PROT_EXEC = 4;
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Bytes as lower-case hexadecimal. */
export function hexOfBytes(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let offset = start; offset < end; offset++) text += HEX[bytes[offset]!]!;
  return text;
}

/**
 * Where the name begins, from the record's header (SPEC 10.2.6). Kernels 3.12 to 3.15, and the 3.10 of RHEL 7, wrote MMAP2 without prot and flags, the name
 * in their place: it begins with four printable characters, which are no protection in either byte order.
 */
export function nameOffset(bytes: Uint8Array, offset: number, type: number, misc: number): number {
  if (type === RecordType.Mmap) return 40;
  if ((misc & Misc.MmapBuildId) !== 0) return 72;
  for (let at = offset + 64; at < offset + 68; at++) if (!isPrintable(bytes[at])) return 72;
  return 64;
}

function isPrintable(byte: number | undefined): boolean {
  return byte !== undefined && byte > 0x20 && byte < 0x7f;
}

/** Reused by `read`: copy what you keep (strings may be kept). */
export class MmapRecord {
  /** -1: the kernel and its modules. */
  pid = 0;
  tid = 0;
  /** Signed (bytes/int64.ts); half-open range. */
  start = 0;
  length = 0;
  /** Offset in the file; of anonymous memory its address or 0; of the kernel the address of its reference symbol. Signed. */
  pageOffset = 0;
  /** PROT_READ 1, WRITE 2, EXEC 4. MMAP and the first MMAP2 do not say: 5 for code, else 1. */
  prot = 0;
  /** MAP_SHARED 1, MAP_PRIVATE 2, MAP_HUGETLB 0x40000, …; 0 in MMAP. */
  flags = 0;
  isExecutable = false;
  /** The record says prot and flags. */
  hasProtection = false;
  /** Lower-case hexadecimal, '' where the record has device and inode instead. */
  buildId = '';
  /** Device and inode: 0 with a build id and in MMAP. */
  major = 0;
  minor = 0;
  inode = 0;
  generation = 0;
  /** As recorded: `/usr/lib/libc.so.6`, `//anon`, `[vdso]`, `[kernel.kallsyms]_text`. */
  filename = '';
  /** MMAP2 rather than MMAP. */
  isVersion2 = false;

  /** Reads a record of type MMAP or MMAP2; false where it is too short. `event` is the one it belongs to: it says how long the trailer is. */
  read(record: RecordView, event: PerfEvent | undefined): boolean {
    const { view, bytes, offset, littleEndian } = record;
    const textEnd = record.end - (event?.layout.trailerSize ?? 0);
    this.isVersion2 = record.type === RecordType.Mmap2;
    const textAt = nameOffset(bytes, offset, record.type, record.misc);
    const textStart = offset + textAt;
    if (textStart > textEnd) return false;
    this.pid = view.getInt32(offset + 8, littleEndian);
    this.tid = view.getInt32(offset + 12, littleEndian);
    this.start = readSigned64(view, offset + 16, littleEndian);
    this.length = readUnsigned64(view, offset + 24, littleEndian);
    this.pageOffset = readSigned64(view, offset + 32, littleEndian);
    this.buildId = '';
    this.major = 0;
    this.minor = 0;
    this.inode = 0;
    this.generation = 0;
    if (this.isVersion2) {
      if ((record.misc & Misc.MmapBuildId) !== 0) {
        const size = Math.min(bytes[offset + 40]!, 20);
        this.buildId = hexOfBytes(bytes, offset + 44, offset + 44 + size);
      } else {
        this.major = view.getUint32(offset + 40, littleEndian);
        this.minor = view.getUint32(offset + 44, littleEndian);
        this.inode = readUnsigned64(view, offset + 48, littleEndian);
        this.generation = readUnsigned64(view, offset + 56, littleEndian);
      }
    }
    this.hasProtection = textAt === 72;
    if (this.hasProtection) {
      this.prot = view.getUint32(offset + 64, littleEndian);
      this.flags = view.getUint32(offset + 68, littleEndian);
      this.isExecutable = (this.prot & PROT_EXEC) !== 0;
    } else {
      this.isExecutable = (record.misc & Misc.MmapData) === 0;
      this.prot = this.isExecutable ? 5 : 1;
      this.flags = 0;
    }
    this.filename = decodeText(bytes, textStart, textEnd);
    return true;
  }
}
