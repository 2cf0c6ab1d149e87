// A file's header, attr section and feature table as they lie there, before a reader makes the best of them (SPEC 1.2, 1.7, 2.3): what
// the checks of a file's structure look at.

import { MAX_EVENTS } from '../../bytes/limits.ts';
import { type Reading, bytesAt } from '../../bytes/reading.ts';
import { MIN_ATTR_SIZE } from '../attr.ts';
import { featureIds } from '../file-sections.ts';
import { type FileHeaderFields, fileHeaderLayout, sectionLayout } from '../layouts/file-header.ts';
import type { PerfDataFile } from '../perf-data-file.ts';

/** A stretch of the file. */
export interface Stretch {
  readonly what: string;
  readonly offset: number;
  readonly size: number;
}

/** One entry of the attr section. */
export interface AttrEntry {
  /** In the file. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** What the attr says as its size. */
  readonly statedSize: number;
  /** Where its ids lie: by the last 16 bytes of the entry, or where these make no sense by the 16 bytes after the attr (2.3.3). */
  readonly ids: Stretch;
}

/** One entry of the feature table. */
export interface TableEntry {
  readonly id: number;
  /** Of the entry, in the file. */
  readonly offset: number;
  readonly payload: Stretch;
}

export interface FileStructure {
  readonly header: FileHeaderFields;
  readonly headerSize: number;
  readonly fileSize: number;
  /** Bytes of an entry of the attr section; 0 where the header says something impossible. */
  readonly entrySize: number;
  readonly entries: readonly AttrEntry[];
  readonly table: readonly TableEntry[];
  /** Bits of features that are set. */
  readonly featureIds: readonly number[];
}

const MAX_ENTRY_SIZE = 4_096;

/** Reads it for a file that was opened as `file`. */
export function* readFileStructure(file: PerfDataFile): Reading<FileStructure> {
  const { headerSize, fileSize, littleEndian } = file;
  const start = new Uint8Array(fileHeaderLayout.size);
  start.set((yield* bytesAt(0, fileHeaderLayout.size)).subarray(0, headerSize < fileHeaderLayout.size ? headerSize : fileHeaderLayout.size));
  const header = fileHeaderLayout.parse(start, littleEndian)!;
  const stated = Number(header.attrSize);
  const entrySize = stated >= MIN_ATTR_SIZE + 16 && stated <= MAX_ENTRY_SIZE && stated % 8 === 0 ? stated : 0;
  const entries = entrySize === 0 ? [] : yield* readEntries(header, entrySize, fileSize, littleEndian);
  const ids = featureIds(header.features, littleEndian);
  const table = file.recordedDataSize === 0 && file.dataSize > 0 ? [] : yield* readTable(header, ids, fileSize, littleEndian);
  return { header, headerSize, fileSize, entrySize, entries, table, featureIds: ids };
}

function* readEntries(header: FileHeaderFields, entrySize: number, fileSize: number, littleEndian: boolean): Reading<AttrEntry[]> {
  const sectionOffset = Number(header.attrsOffset);
  const dataOffset = Number(header.dataOffset);
  // As far as the reader takes them for attrs (1.2.4).
  const limit = dataOffset >= sectionOffset ? Math.min(dataOffset, fileSize) : fileSize;
  const size = Math.min(Number(header.attrsSize), Math.max(limit - sectionOffset, 0));
  const count = Math.min(Math.floor(size / entrySize), MAX_EVENTS);
  const section = yield* bytesAt(sectionOffset, count * entrySize);
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const entries: AttrEntry[] = [];
  for (let at = 0; at + entrySize <= section.length; at += entrySize) {
    const bytes = section.subarray(at, at + entrySize);
    const statedSize = view.getUint32(at + 4, littleEndian);
    const last = idsAt(bytes, entrySize - sectionLayout.size, littleEndian)!;
    const afterAttr = isLost(last, fileSize) ? idsAt(bytes, statedSize, littleEndian) : undefined;
    const ids = afterAttr === undefined || isLost(afterAttr, fileSize) ? last : afterAttr;
    entries.push({ offset: sectionOffset + at, bytes, statedSize, ids });
  }
  return entries;
}

function idsAt(entry: Uint8Array, at: number, littleEndian: boolean): Stretch | undefined {
  const place = sectionLayout.parse(entry, littleEndian, at);
  return place === undefined ? undefined : { what: 'ids', offset: Number(place.offset), size: Number(place.size) };
}

/** Whether ids lie where they cannot be read. */
export function isLost(ids: Stretch, fileSize: number): boolean {
  return ids.size % 8 !== 0 || ids.offset + ids.size > fileSize;
}

function* readTable(header: FileHeaderFields, ids: readonly number[], fileSize: number, littleEndian: boolean): Reading<TableEntry[]> {
  const offset = Number(header.dataOffset) + Number(header.dataSize);
  if (ids.length === 0 || offset > fileSize) return [];
  const bytes = yield* bytesAt(offset, ids.length * sectionLayout.size);
  const table: TableEntry[] = [];
  for (const [index, id] of ids.entries()) {
    const place = sectionLayout.parse(bytes, littleEndian, index * sectionLayout.size);
    if (place === undefined) break;
    const payload = { what: `feature ${id}`, offset: Number(place.offset), size: Number(place.size) };
    table.push({ id, offset: offset + index * sectionLayout.size, payload });
  }
  return table;
}
