// The attr section and the feature table of a file (FORMAT 1.1, 1.2; SPEC 1.2, 2.3). Each entry is read by itself: one that points
// outside the file is left out, the others stay.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_EVENTS, MAX_FEATURE_SIZE } from '../bytes/limits.ts';
import { type Reading, bytesAt } from '../bytes/reading.ts';
import { type PerfEventAttr, MIN_ATTR_SIZE, readAttr } from './attr.ts';
import type { EventTable } from './event-table.ts';
import { FEATURE_BITS, FEATURE_NAMES, FeatureId } from './features/feature-id.ts';
import type { Features } from './features/features.ts';
import { type FileHeaderFields, sectionLayout } from './layouts/file-header.ts';

/** Ten times what any kernel has; a page is the most that the system call takes. */
const MAX_ENTRY_SIZE = 4_096;

/** A place that lies in the file; undefined for one that does not. */
interface Place {
  readonly offset: number;
  readonly size: number;
}

function placeOf(bytes: Uint8Array, offset: number, fileSize: number, littleEndian: boolean): Place | undefined {
  const section = sectionLayout.parse(bytes, littleEndian, offset);
  if (section === undefined) return undefined;
  const place = { offset: Number(section.offset), size: Number(section.size) };
  return place.offset + place.size <= fileSize ? place : undefined;
}

/** Reads the attrs with their ids into the table. */
export function* readEvents(
  header: FileHeaderFields, fileSize: number, littleEndian: boolean, events: EventTable, diagnostics: Diagnostics,
): Reading<void> {
  const sectionOffset = Number(header.attrsOffset);
  const dataOffset = Number(header.dataOffset);
  // Attrs never run into the records; a length that says so is damage, and records make terrible events.
  const sectionLimit = dataOffset >= sectionOffset ? Math.min(dataOffset, fileSize) : fileSize;
  const sectionSize = Math.min(Number(header.attrsSize), Math.max(sectionLimit - sectionOffset, 0));
  let entrySize = Number(header.attrSize);
  if (entrySize < MIN_ATTR_SIZE + 16 || entrySize > MAX_ENTRY_SIZE || entrySize % 8 !== 0) {
    diagnostics.damaged('attr-size', 16, `The header says that an event takes ${entrySize} bytes`);
    // The attr itself says how long it is, and the ids' place follows.
    const first = readAttr(yield* bytesAt(sectionOffset, MIN_ATTR_SIZE), littleEndian);
    if (first === undefined || first.size < MIN_ATTR_SIZE || first.size > MAX_ENTRY_SIZE || first.size % 8 !== 0) return;
    entrySize = first.size + 16;
  }
  if (sectionSize < Number(header.attrsSize)) diagnostics.damaged('attrs-cut', sectionOffset, 'The list of events ends too early');
  const count = Math.min(Math.floor(sectionSize / entrySize), MAX_EVENTS);
  const section = yield* bytesAt(sectionOffset, count * entrySize);
  // Each id lies in one place: together they are no longer than the file.
  let left = fileSize;
  for (let i = 0; i < count; i++) {
    const start = i * entrySize;
    const entry = section.subarray(start, start + entrySize);
    const attr = readAttr(entry.subarray(0, entrySize - 16), littleEndian);
    if (attr === undefined) break;
    let idPlace = placeOfIds(entry, attr, fileSize, littleEndian);
    if (idPlace !== undefined && idPlace.size > left) idPlace = undefined;
    left -= idPlace?.size ?? 0;
    if (idPlace === undefined) diagnostics.damaged('ids-out-of-file', sectionOffset + start, 'The ids of an event lie outside the file');
    const ids = idPlace === undefined || idPlace.size === 0 ? new Uint8Array(0) : yield* bytesAt(idPlace.offset, idPlace.size);
    events.add(attr, readIds(ids, littleEndian), diagnostics, sectionOffset + start);
  }
  if (events.events.length === 0) diagnostics.damaged('no-events', sectionOffset, 'The file says no events');
}

/**
 * The place of the ids stands in the last 16 bytes of an entry. perf reads it after attr.size bytes, which is the same
 * but for a bug of old perf inject: where the two differ, the one that makes sense is taken.
 */
function placeOfIds(entry: Uint8Array, attr: PerfEventAttr, fileSize: number, littleEndian: boolean): Place | undefined {
  const last = placeOf(entry, entry.length - 16, fileSize, littleEndian);
  if (last !== undefined && last.size % 8 === 0) return last;
  const afterAttr = placeOf(entry, attr.size, fileSize, littleEndian);
  return afterAttr !== undefined && afterAttr.size % 8 === 0 ? afterAttr : undefined;
}

/** As many ids as fit. */
export function readIds(bytes: Uint8Array, littleEndian: boolean): bigint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => view.getBigUint64(i * 8, littleEndian));
}

/** Payloads that are read when they are needed and not kept. */
const LEFT_IN_FILE: readonly number[] = [FeatureId.TracingData];

/** Reads the table after the records and the payloads it points to. */
export function* readFeatureTable(
  header: FileHeaderFields, fileSize: number, littleEndian: boolean, features: Features, diagnostics: Diagnostics,
): Reading<void> {
  const ids = featureIds(header.features, littleEndian);
  const tableOffset = Number(header.dataOffset) + Number(header.dataSize);
  const table = ids.length === 0 ? new Uint8Array(0) : yield* bytesAt(tableOffset, ids.length * sectionLayout.size);
  // Sections do not share their bytes: together they are no longer than the file.
  let left = fileSize;
  for (const [index, id] of ids.entries()) {
    const at = index * sectionLayout.size;
    if (at + sectionLayout.size > table.length) {
      diagnostics.damaged('feature-table-cut', tableOffset + at, 'The file ends within the table of features: names of events and machine are lost');
      return;
    }
    const place = placeOf(table, at, fileSize, littleEndian);
    if (place === undefined || place.size > Math.min(MAX_FEATURE_SIZE, left)) {
      const name = FEATURE_NAMES[id] ?? `feature ${id}`;
      diagnostics.damaged('feature-out-of-file', tableOffset + at, `What the header says as ${name} lies outside the file`);
      continue;
    }
    left -= place.size;
    features.addSection(id, place);
    if (LEFT_IN_FILE.includes(id)) continue;
    features.addPayload(id, place.size === 0 ? new Uint8Array(0) : yield* bytesAt(place.offset, place.size));
  }
}

/**
 * The bits of the header. They were written as words of the machine's long: in a big-endian file of 32 bits the halves of each
 * word change places, which shows by HOSTNAME, always there, being absent (FORMAT 1.1).
 */
export function featureIds(words: readonly bigint[], littleEndian: boolean): number[] {
  const whole = bitsOf(words);
  if (littleEndian || whole.includes(FeatureId.Hostname)) return whole;
  const halves = bitsOf(words.map((word) => (word >> 32n) | ((word & 0xffffffffn) << 32n)));
  return halves.includes(FeatureId.Hostname) ? halves : whole;
}

function bitsOf(words: readonly bigint[]): number[] {
  const bits: number[] = [];
  for (let bit = 0; bit < FEATURE_BITS; bit++) {
    if (((words[bit >>> 6] ?? 0n) >> BigInt(bit & 63)) & 1n) bits.push(bit);
  }
  return bits;
}
