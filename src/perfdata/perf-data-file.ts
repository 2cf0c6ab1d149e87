// Opening a recording: header, events and features of a file, or the records that stand for them at the beginning of a pipe
// (FORMAT 1.1 to 1.4, 1.7; SPEC 1 to 3). Records themselves are read by record-stream.ts and ordered-records.ts.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { WideAddresses } from '../bytes/int64.ts';
import { type Reading, bytesAt } from '../bytes/reading.ts';
import { EventTable } from './event-table.ts';
import { readEventTypes } from './event-types.ts';
import { Features } from './features/features.ts';
import { readEvents, readFeatureTable } from './file-sections.ts';
import { fileHeaderLayout, pipeHeaderLayout } from './layouts/file-header.ts';
import { readPipePrelude } from './pipe-prelude.ts';
import { TimeBase } from './time-base.ts';
import { nameTracepoints } from './tracing/read-tracepoints.ts';

/** A recording that is open. Events and features of a pipe may go on growing while its records are read. */
export interface PerfDataFile {
  readonly container: 'file' | 'pipe';
  /** 1 only in files of perf before 3.4. */
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** 104, or 16 in a pipe. */
  readonly headerSize: number;
  /** Where the records begin and how long they are in all. Of a killed or cut file, what is there. */
  readonly dataOffset: number;
  readonly dataSize: number;
  /** What the header says: 0 when the writer was killed, and in pipes. */
  readonly recordedDataSize: number;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Up to here a pipe's records were already taken into `events` and `features` when it was opened. 0 in files. */
  readonly preludeEnd: number;
  readonly events: EventTable;
  readonly features: Features;
  /** For all times of this recording. */
  readonly timeBase: TimeBase;
  /** For all addresses of this recording. */
  readonly wide: WideAddresses;
}

const MAGIC_2 = 0x32454c4946524550n;
const MAGIC_2_SWAPPED = 0x50455246494c4532n;
/** `PERFFILE` read as a little-endian number. */
const MAGIC_1 = 0x454c494646524550n;
const PIPE_HEADER_SIZE = 16;

/** Whether a file begins as recordings do. */
export function looksLikeRecording(first: Uint8Array): boolean {
  const magic = pipeHeaderLayout.parse(first, true)?.magic;
  return magic === MAGIC_2 || magic === MAGIC_2_SWAPPED || magic === MAGIC_1;
}

/** Reads the front matter. Throws PERFTS_NOT_PERF_DATA, and only that, where it is no recording at all. */
export function* openPerfData(size: number, diagnostics: Diagnostics): Reading<PerfDataFile> {
  const start = yield* bytesAt(0, fileHeaderLayout.size);
  if (start.length === 0) throw new PerftsError('PERFTS_NOT_PERF_DATA', 'The file is empty');
  const magic = pipeHeaderLayout.parse(start, true);
  if (magic === undefined) throw new PerftsError('PERFTS_NOT_PERF_DATA', `The file has only ${start.length} bytes: not a perf.data file`);
  let version: 1 | 2 = 2;
  let littleEndian = true;
  if (magic.magic === MAGIC_2_SWAPPED) littleEndian = false;
  else if (magic.magic === MAGIC_1) {
    version = 1;
    littleEndian = orderOfVersion1(start);
  } else if (magic.magic !== MAGIC_2) throw new PerftsError('PERFTS_NOT_PERF_DATA', notPerfData(start));

  const headerSize = Number(pipeHeaderLayout.parse(start, littleEndian)!.size);
  const features = new Features(littleEndian, diagnostics);
  const events = new EventTable();
  const common = { version, littleEndian, headerSize, fileSize: size, events, features, timeBase: new TimeBase(), wide: new WideAddresses() };
  if (headerSize === PIPE_HEADER_SIZE) {
    const preludeEnd = yield* readPipePrelude(size, littleEndian, events, features, diagnostics);
    yield* nameTracepoints(events, features, diagnostics);
    const dataSize = Math.max(size - PIPE_HEADER_SIZE, 0);
    return { ...common, container: 'pipe', dataOffset: PIPE_HEADER_SIZE, dataSize, recordedDataSize: 0, preludeEnd };
  }

  const header = fileHeaderLayout.parse(padded(start, headerSize), littleEndian)!;
  if (start.length < fileHeaderLayout.size && start.length < headerSize) {
    throw new PerftsError('PERFTS_NOT_PERF_DATA', `The file has only ${start.length} bytes: less than the header of a perf.data file`);
  }
  const dataOffset = Number(header.dataOffset);
  const recordedDataSize = Number(header.dataSize);
  yield* readEvents(header, size, littleEndian, events, diagnostics);
  const there = Math.max(size - dataOffset, 0);
  let dataSize = recordedDataSize;
  if (recordedDataSize === 0 && there > 0 && events.events.length > 0) {
    // A killed writer: the feature bits are set, but where the table should be there are records (FORMAT 1.7).
    dataSize = there;
    diagnostics.damaged('writer-killed', 0, 'The recording was not finished (perf record was killed); what was written is read');
  } else {
    if (recordedDataSize > there) {
      dataSize = there;
      diagnostics.damaged('data-cut', Math.max(size, dataOffset), 'The file ends within the records: what follows is lost');
    }
    yield* readFeatureTable(header, size, littleEndian, features, diagnostics);
  }
  events.takeNames(features.eventDesc ?? []);
  if (version === 1) yield* readEventTypes(header, size, littleEndian, events);
  yield* nameTracepoints(events, features, diagnostics);
  return { ...common, container: 'file', dataOffset, dataSize, recordedDataSize, preludeEnd: 0 };
}

/** Ancient writers had a header of 72 bytes, without features. */
function padded(start: Uint8Array, headerSize: number): Uint8Array {
  const bytes = new Uint8Array(fileHeaderLayout.size);
  bytes.set(start.subarray(0, Math.min(start.length, headerSize)));
  return bytes;
}

/** Version 1 has the same magic in both orders: the size of its attr entries, one of five, tells them apart. */
function orderOfVersion1(start: Uint8Array): boolean {
  if (start.length < 24) return true;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(8, true) === PIPE_HEADER_SIZE) return true;
  if (view.getUint32(12, false) === PIPE_HEADER_SIZE) return false;
  const little = view.getUint32(16, true);
  return little > 0 && little < 65_536;
}

function notPerfData(start: Uint8Array): string {
  const printable = start.subarray(0, 64).every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127));
  if (printable) return 'This is a text file, not a perf.data file (the output of perf script?)';
  if (start[0] === 0x1f && start[1] === 0x8b) return 'This is a gzip file: unpack it first';
  if (start[0] === 0xfd && start[1] === 0x37) return 'This is an xz file: unpack it first';
  if (start[0] === 0x28 && start[1] === 0xb5) return 'This is a zstd file: unpack it first';
  if (/^(?:JiTD|DTiJ)/.test(String.fromCharCode(...start.subarray(0, 4)))) return 'This is a jitdump: it goes beside its perf.data, or behind --jitdump';
  if (start[0] === 0x7f && start[1] === 0x45) return 'This is an ELF file, not a perf.data file';
  return 'This is not a perf.data file: its first bytes are not PERFILE2';
}
