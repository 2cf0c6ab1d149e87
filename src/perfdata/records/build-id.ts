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
