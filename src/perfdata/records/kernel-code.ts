// KSYMBOL, BPF_EVENT and TEXT_POKE: the kernel's code changes while it runs (FORMAT 2.1, 3.3; SPEC 4.5).

import { readSigned64 } from '../../bytes/int64.ts';
import { decodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../event-table.ts';
import type { RecordView } from '../record-view.ts';
import { hexOfBytes } from './mmap.ts';

export interface KsymbolRecord {
  /** Signed. */
  readonly address: number;
  readonly length: number;
  /** 1 BPF, 2 out-of-line code of kprobes and ftrace. */
  readonly kind: number;
  readonly flags: number;
  /** The code goes away (flag 0). */
  readonly isUnregistered: boolean;
  readonly name: string;
}

export function readKsymbol(record: RecordView, event: PerfEvent | undefined): KsymbolRecord | undefined {
  const { view, offset, littleEndian } = record;
  const end = record.end - (event?.layout.trailerSize ?? 0);
  if (offset + 24 > end) return undefined;
  const flags = view.getUint16(offset + 22, littleEndian);
  return {
    address: readSigned64(view, offset + 8, littleEndian),
    length: view.getUint32(offset + 16, littleEndian),
    kind: view.getUint16(offset + 20, littleEndian),
    flags,
    isUnregistered: (flags & 1) !== 0,
    name: decodeText(record.bytes, offset + 24, end),
  };
}

export interface BpfEventRecord {
  /** 1 loaded, 2 unloaded. */
  readonly kind: number;
  readonly flags: number;
  readonly id: number;
  /** Of the program's code, hexadecimal. */
  readonly tag: string;
}

export function readBpfEvent(record: RecordView): BpfEventRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 24 > record.end) return undefined;
  return {
    kind: view.getUint16(offset + 8, littleEndian),
    flags: view.getUint16(offset + 10, littleEndian),
    id: view.getUint32(offset + 12, littleEndian),
    tag: hexOfBytes(record.bytes, offset + 16, offset + 24),
  };
}

export interface TextPokeRecord {
  /** Signed. */
  readonly address: number;
  readonly oldBytes: Uint8Array;
  readonly newBytes: Uint8Array;
}

/** TEXT_POKE; the bytes are copies. */
export function readTextPoke(record: RecordView): TextPokeRecord | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  if (offset + 20 > end) return undefined;
  const oldLength = view.getUint16(offset + 16, littleEndian);
  const newLength = view.getUint16(offset + 18, littleEndian);
  const start = offset + 20;
  if (start + oldLength + newLength > end) return undefined;
  return {
    address: readSigned64(view, offset + 8, littleEndian),
    oldBytes: bytes.slice(start, start + oldLength),
    newBytes: bytes.slice(start + oldLength, start + oldLength + newLength),
  };
}
