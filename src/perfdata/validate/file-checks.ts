// Checks of a file's structure: header, attr section, ids, feature table (SPEC 1.2, 1.7, 2.3, 3.1). That something lies outside the file
// the reader says (reader-damage.ts).

import type { Rule } from '../../bytes/findings.ts';
import { type FileHeaderFields, fileHeaderLayout, sectionLayout } from '../layouts/file-header.ts';
import type { PerfDataFile } from '../perf-data-file.ts';
import { bytes, hex } from './check.ts';
import { type FileStructure, type Stretch, isLost } from './file-structure.ts';

/** Where in the file a rule is broken, and with which values. */
type Place = readonly [offset: number, detail: string];

interface FileCheck extends Rule {
  readonly find: (structure: FileStructure, file: PerfDataFile) => Iterable<Place>;
}

const HEADER_SIZES: readonly number[] = [fileHeaderLayout.size, 72];
/** In the header. */
const At = { size: 8, attrSize: 16, attrs: 24, attrsSize: 32, data: 40, dataSize: 48, eventTypes: 56 } as const;
const EVENT_TYPE_SIZE = 72;
const VERSION_1_ENTRIES = { least: 80, most: 120 } as const;

export const FILE_CHECKS: readonly FileCheck[] = [
  {
    code: 'header-size', clause: '1.2.1', severity: 'error', says: 'The size of the header is neither 104 nor 72',
    *find({ headerSize }) {
      if (!HEADER_SIZES.includes(headerSize)) yield [At.size, bytes(headerSize)];
    },
  },
  {
    code: 'attrs-cut', clause: '1.2.2', severity: 'error', says: 'The attr section ends beyond the file',
    *find({ header, entrySize, fileSize }) {
      const [offset, size] = [Number(header.attrsOffset), Number(header.attrsSize)];
      // At the entry that is not there.
      const whole = entrySize > 0 ? Math.floor(Math.max(fileSize - offset, 0) / entrySize) * entrySize : 0;
      if (offset + size > fileSize && !runsIntoRecords(header, fileSize)) yield [offset + whole, `${bytes(size)} from ${hex(offset)} on`];
    },
  },
  {
    code: 'attrs-in-records', clause: '1.2.4', severity: 'error', says: 'The attr section runs into the records',
    *find({ header, fileSize }) {
      const { attrsOffset, attrsSize, dataOffset } = header;
      if (runsIntoRecords(header, fileSize)) yield [At.attrsSize, `${bytes(Number(attrsSize))} from ${hex(attrsOffset)} on, the records from ${hex(dataOffset)} on`];
    },
  },
  {
    code: 'writer-killed', clause: '1.2.5', severity: 'error', says: 'The writer was killed: the length of the records is 0, and there is no feature table',
    *find({ header, fileSize, featureIds }, { events }) {
      if (header.dataSize === 0n && Number(header.dataOffset) < fileSize && events.events.length > 0) yield [At.dataSize, `${featureIds.length} features are lost`];
    },
  },
  {
    code: 'attrs-size', clause: '1.2.2', severity: 'error', says: 'The attr section is no whole number of entries',
    *find({ header, entrySize }) {
      const size = Number(header.attrsSize);
      if (entrySize > 0 && size % entrySize !== 0) yield [At.attrsSize, `${bytes(size)} in entries of ${entrySize}`];
    },
  },
  {
    code: 'attrs-place', clause: '1.2.2', severity: 'error', says: 'A section begins within the header',
    *find({ header, headerSize }) {
      for (const [at, what, offset, size] of [[At.attrs, 'attrs', header.attrsOffset, header.attrsSize], [At.data, 'data', header.dataOffset, header.dataSize]] as const) {
        if (size > 0n && Number(offset) < Math.min(headerSize, fileHeaderLayout.size)) yield [at, `${what} at ${hex(offset)}`];
      }
    },
  },
  {
    code: 'attr-entry', clause: '10.1.15', severity: 'warning', says: 'An attr is smaller than its entry has room for',
    *find({ entries, entrySize }) {
      for (const { offset, statedSize } of entries) {
        if (statedSize >= 64 && statedSize < entrySize - sectionLayout.size) yield [offset, `${statedSize} of ${bytes(entrySize - sectionLayout.size)}`];
      }
    },
  },
  {
    code: 'attr-entry-small', clause: '2.1.1', severity: 'error', says: 'An attr is larger than its entry has room for',
    *find({ entries, entrySize }) {
      for (const { offset, statedSize } of entries) {
        if (statedSize > entrySize - sectionLayout.size) yield [offset, `${statedSize} of ${bytes(entrySize - sectionLayout.size)}`];
      }
    },
  },
  {
    code: 'ids-place', clause: '2.3.3', severity: 'error', says: 'The ids of an event lie outside the file, or are no multiple of 8 bytes',
    *find({ entries, entrySize, fileSize }) {
      for (const { offset, ids } of entries) {
        if (isLost(ids, fileSize)) yield [offset + entrySize - sectionLayout.size, `${bytes(ids.size)} from ${hex(ids.offset)} on`];
      }
    },
  },
  {
    code: 'event-types', clause: '1.7.2', severity: 'warning', says: 'A file of version 2 has a section of event types, which nobody reads',
    *find({ header }, { version }) {
      if (version === 2 && header.eventTypesSize !== 0n) yield [At.eventTypes, bytes(Number(header.eventTypesSize))];
    },
  },
  {
    code: 'event-types-size', clause: '1.7.2', severity: 'warning', says: 'The section of event types is no whole number of entries',
    *find({ header }, { version }) {
      if (version === 1 && Number(header.eventTypesSize) % EVENT_TYPE_SIZE !== 0) yield [At.eventTypes, bytes(Number(header.eventTypesSize))];
    },
  },
  {
    code: 'version-1-entry', clause: '1.7.1', severity: 'warning', says: 'Entries of the attr section are larger than any of version 1',
    *find({ entrySize }, { version }) {
      if (version === 1 && entrySize > 0 && (entrySize < VERSION_1_ENTRIES.least || entrySize > VERSION_1_ENTRIES.most)) yield [At.attrSize, bytes(entrySize)];
    },
  },
  {
    code: 'sections-overlap', clause: '1.2.2', severity: 'error', says: 'Two sections of the file overlap',
    *find(structure) {
      for (const [first, second] of overlaps(sectionsOf(structure))) yield [second.offset, `${second.what} begins within ${first.what}`];
    },
  },
  {
    code: 'payloads-overlap', clause: '1.2.10', severity: 'warning', says: 'The payload of a feature overlaps with something else',
    *find(structure) {
      const payloads = structure.table.map(({ payload }) => payload).filter(({ offset, size }) => offset + size <= structure.fileSize);
      const known = new Set(payloads);
      for (const [first, second] of overlaps([...sectionsOf(structure), ...payloads])) {
        if (known.has(first) || known.has(second)) yield [second.offset, `${second.what} begins within ${first.what}`];
      }
    },
  },
];

/** Whether the attr section begins before the records and does not end before them. */
function runsIntoRecords({ attrsOffset, attrsSize, dataOffset }: FileHeaderFields, fileSize: number): boolean {
  return attrsOffset <= dataOffset && dataOffset <= BigInt(fileSize) && attrsOffset + attrsSize > dataOffset;
}

/** Header, attrs, ids, records, feature table: those that lie in the file. */
function sectionsOf({ header, headerSize, entries, table, fileSize }: FileStructure): Stretch[] {
  const sections: Stretch[] = [
    { what: 'the header', offset: 0, size: Math.min(headerSize, fileHeaderLayout.size) },
    { what: 'the attrs', offset: Number(header.attrsOffset), size: Number(header.attrsSize) },
    { what: 'the records', offset: Number(header.dataOffset), size: Number(header.dataSize) },
    ...entries.map(({ ids }) => ids),
  ];
  const [first] = table;
  if (first !== undefined) sections.push({ what: 'the feature table', offset: first.offset, size: table.length * sectionLayout.size });
  return sections.filter(({ offset, size }) => size > 0 && offset + size <= fileSize);
}

/** Pairs of which the second begins before the first ends. */
function* overlaps(stretches: readonly Stretch[]): Generator<readonly [Stretch, Stretch]> {
  const sorted = stretches.filter(({ size }) => size > 0).sort((a, b) => a.offset - b.offset);
  let last: Stretch | undefined;
  for (const stretch of sorted) {
    if (last !== undefined && stretch.offset < last.offset + last.size) yield [last, stretch];
    if (last === undefined || stretch.offset + stretch.size > last.offset + last.size) last = stretch;
  }
}
