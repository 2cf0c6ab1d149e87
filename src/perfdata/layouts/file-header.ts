// The headers of the containers and what they point to (FORMAT 1.1, 1.2, 1.4; SPEC 1.2, 1.3, 1.7).

import { Layout } from '../../bytes/layout.ts';

export interface FileHeaderFields {
  magic: bigint;
  size: bigint;
  attrSize: bigint;
  attrsOffset: bigint;
  attrsSize: bigint;
  dataOffset: bigint;
  dataSize: bigint;
  eventTypesOffset: bigint;
  eventTypesSize: bigint;
  features: bigint[];
}

export const fileHeaderLayout: Layout<FileHeaderFields> = new Layout('file header', [
  ['magic', 'u64', '`PERFILE2` in a little-endian file, `2ELIFREP` in a big-endian one'],
  ['size', 'u64', 'of this header: 104 (1.2.1)'],
  ['attrSize', 'u64', 'of one entry of the attr section (1.2.2)'],
  ['attrsOffset', 'u64', 'where the attr section begins'],
  ['attrsSize', 'u64', 'its length'],
  ['dataOffset', 'u64', 'where the records begin'],
  ['dataSize', 'u64', 'their length; 0 if the writer was killed (1.2.5)'],
  ['eventTypesOffset', 'u64', 'version 1 only (1.7.2), else 0'],
  ['eventTypesSize', 'u64', 'version 1 only (1.7.2), else 0'],
  ['features', 'u64[4]', 'bit n of word n / 64: feature n has an entry in the feature table'],
]);

export interface PipeHeaderFields {
  magic: bigint;
  size: bigint;
}

export const pipeHeaderLayout: Layout<PipeHeaderFields> = new Layout('pipe header', [
  ['magic', 'u64', 'as in the file header'],
  ['size', 'u64', '16'],
]);

/** A place in the file: of an id array, of a feature's payload. */
export interface SectionFields {
  offset: bigint;
  size: bigint;
}

export const sectionLayout: Layout<SectionFields> = new Layout('section', [
  ['offset', 'u64', 'from the beginning of the file'],
  ['size', 'u64', 'in bytes'],
]);

/** An entry of the event types of version 1, and what a HEADER_EVENT_TYPE record holds. */
export interface EventTypeFields {
  eventConfig: bigint;
  name: number[];
}

export const eventTypeLayout: Layout<EventTypeFields> = new Layout('event type', [
  ['eventConfig', 'u64', 'of the event; of a tracepoint its number'],
  ['name', 'u8[64]', 'str'],
]);
