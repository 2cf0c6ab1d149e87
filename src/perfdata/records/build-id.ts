// BUILD_ID: which build of a file was mapped (FORMAT 2.2, 1.3 feature 2, Q1, Q2; SPEC 4.6). The same layout as a record of a pipe
// and in the feature of a file.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { decodeText } from '../../bytes/text.ts';
import { Misc } from '../record-types.ts';
import { type RecordView, viewOfRecord } from '../record-view.ts';
import { hexOfBytes } from './mmap.ts';

export interface BuildIdRecord {
  /** CpuMode of the file: 1 kernel, 2 user, 4 guest kernel, 5 guest user. */
  readonly mode: number;
  /** -1: the host. */
  readonly pid: number;
  /** Lower-case hexadecimal. */
  readonly buildId: string;
  readonly filename: string;
}

const NAME = 36;

/** Reads one record; undefined where it is too short. */
export function readBuildId(record: RecordView): BuildIdRecord | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  if (offset + NAME > end) return undefined;
  const size = (record.misc & Misc.BuildIdSize) === 0 ? 20 : Math.min(bytes[offset + 32]!, 20);
  return {
    mode: record.misc & 7,
    pid: view.getInt32(offset + 8, littleEndian),
    buildId: hexOfBytes(bytes, offset + 12, offset + 12 + size),
    filename: decodeText(bytes, offset + NAME, end),
  };
}

/** Before 2010 the record had no pid: read the new way, the kernel's name then lacks its first four bytes. */
function isOldLayout(records: readonly BuildIdRecord[]): boolean {
  return records.some((record) => record.filename.startsWith('nel.kallsyms]'));
}

function readOldBuildId(record: RecordView): BuildIdRecord {
  const { bytes, offset, end } = record;
  return {
    mode: record.misc & 7,
    pid: -1,
    buildId: hexOfBytes(bytes, offset + 8, offset + 28),
    filename: decodeText(bytes, offset + 32, end),
  };
}

/** All records of the feature's payload. Those before damage are kept. */
export function readBuildIdRecords(bytes: Uint8Array, littleEndian: boolean, diagnostics: Diagnostics): BuildIdRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const record = viewOfRecord(new Uint8Array(8), littleEndian);
  const records: BuildIdRecord[] = [];
  const old: BuildIdRecord[] = [];
  let offset = 0;
  while (offset + 8 <= bytes.length) {
    const size = view.getUint16(offset + 6, littleEndian);
    if (size < NAME || offset + size > bytes.length) {
      diagnostics.damaged('build-id-cut', offset, 'The list of build ids is damaged');
      break;
    }
    record.show(bytes, view, littleEndian, offset, offset + size);
    const buildId = readBuildId(record);
    if (buildId !== undefined) records.push(buildId);
    old.push(readOldBuildId(record));
    offset += size;
  }
  return isOldLayout(records) ? old : records;
}

/** How much of the feature's payload is whole records: where a damaged one begins, or all of it. */
export function wholeBuildIds(payload: Uint8Array, littleEndian: boolean): number {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = 0;
  while (at + 8 <= payload.length) {
    const size = view.getUint16(at + 6, littleEndian);
    if (size < NAME || at + size > payload.length) break;
    at += size;
  }
  return at;
}

/** Hundreds of thousands of files; a stream of nothing but these records must not fill memory. */
const MAX_LIST = 1 << 24;

/** The feature's payload, from the records with which a pipe says the same. */
export class BuildIdList {
  readonly #littleEndian: boolean;
  readonly #records: Uint8Array[] = [];
  #length = 0;

  constructor(littleEndian: boolean) {
    this.#littleEndian = littleEndian;
  }

  /** Bytes of the payload. */
  get length(): number {
    return this.#length;
  }

  /** Takes a record; false if it is none, or one too many. */
  add(record: RecordView): boolean {
    const { bytes, offset, end } = record;
    let nameEnd = offset + NAME;
    while (nameEnd < end && bytes[nameEnd] !== 0) nameEnd++;
    if (nameEnd >= end || this.#length > MAX_LIST) return false;
    // In a feature the type is 0, and nothing follows the name but its padding.
    const copy = new Uint8Array(NAME + Math.ceil((nameEnd + 1 - offset - NAME) / 8) * 8);
    copy.set(bytes.subarray(offset, Math.min(end, offset + copy.length)));
    const view = new DataView(copy.buffer);
    view.setUint32(0, 0, this.#littleEndian);
    view.setUint16(6, copy.length, this.#littleEndian);
    this.#records.push(copy);
    this.#length += copy.length;
    return true;
  }

  payload(): Uint8Array {
    const payload = new Uint8Array(this.#length);
    let at = 0;
    for (const record of this.#records) {
      payload.set(record, at);
      at += record.length;
    }
    return payload;
  }
}
