// A whole recording, file or pipe or directory, and what a reader is to find in it.

import type { EventSpec } from './event.ts';
import { type Feature, featureKey } from './feature.ts';
import type { Json, JsonObject } from './json.ts';
import { type ByteOrder, Packer } from './packer.ts';
import { bulk, type RecordSpec } from './record.ts';
import { type Placed, placeRecords } from './records-part.ts';

/** Numbers of the file header that are written otherwise than they should be. */
export interface HeaderChanges {
  readonly attrSize?: number | bigint;
  readonly attrsOffset?: number | bigint;
  readonly attrsSize?: number | bigint;
  readonly dataSize?: number | bigint;
  readonly featureWords?: readonly bigint[];
}

export interface RecordingSpec {
  readonly container?: 'file' | 'pipe';
  readonly version?: 1 | 2;
  readonly events?: readonly EventSpec[];
  readonly records?: readonly RecordSpec[];
  /** Feature sections of a file. */
  readonly features?: readonly Feature[];
  /** 72 without feature bits. */
  readonly headerSize?: number;
  /** Bytes of an attr entry: those of the longest attr and 16 more by default. */
  readonly entrySize?: number;
  /** Attrs and ids behind the records and features. */
  readonly attrsLast?: boolean;
  /** Where the place of the ids stands in an entry: 'end' or, as old perf inject left it, behind the attr's own size. */
  readonly idsPlace?: 'end' | 'after attr';
  /** Bytes between the table of features and the first payload. */
  readonly tableGap?: number;
  /** Entries of 72 bytes of a file of version 1. */
  readonly eventTypes?: readonly { readonly id: bigint; readonly name: string }[];
  readonly header?: HeaderChanges;
  /** Records of `data.0`, `data.1`, … of a directory. */
  readonly more?: readonly (readonly RecordSpec[])[];
  /** What is done to the bytes. */
  readonly harm?: (layout: Layout) => Harm;
  /** What is left for a reader after that; all of it if not said. */
  readonly left?: Left;
  /** How records are to be taken, where it is neither the order of the file nor that of times alone. */
  readonly order?: readonly number[];
  /** Records that come later than rounds allow: they may be taken anywhere. */
  readonly late?: readonly number[];
  /** What follows from the records, beyond what each says. */
  readonly meaning?: JsonObject;
  readonly departures?: (layout: Layout) => readonly Departure[];
}

/** Where things lie in the file. */
export interface Layout {
  readonly attrs: number;
  readonly entrySize: number;
  readonly ids: number;
  readonly data: number;
  readonly dataEnd: number;
  /** The feature table. */
  readonly table: number;
  readonly features: ReadonlyMap<string, { readonly entry: number; readonly offset: number; readonly size: number }>;
  readonly records: readonly { readonly offset: number; readonly size: number }[];
  readonly end: number;
  /** Records of `data.0`, … */
  readonly more: readonly (readonly { readonly offset: number; readonly size: number }[])[];
}

export interface Harm {
  /** The file ends here. */
  readonly cut?: number;
  readonly changes?: readonly { readonly at: number; readonly bytes: Iterable<number> }[];
}

export interface Left {
  readonly events?: readonly number[];
  /** How many of the records, or which. */
  readonly records?: number | readonly number[];
  readonly features?: readonly string[];
  /** Events without the ids that were written. */
  readonly withoutIds?: readonly number[];
  /** What is left of the data behind records, by their index. */
  readonly payloads?: ReadonlyMap<number, Uint8Array>;
}

/** What a validator has to say: the clause that is not kept, and where. */
export interface Departure {
  readonly clause: string;
  readonly offset: number;
  readonly severity: 'error' | 'warning';
}

export interface Built {
  /** By name in the recording's directory; '' for a recording that is one file. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly expect: JsonObject;
  readonly departures: readonly Departure[];
}

const SECTION = 16;

export function buildRecording(byteOrder: ByteOrder, spec: RecordingSpec): Built {
  const isPipe = spec.container === 'pipe';
  const { bytes: whole, placed, ...made } = isPipe ? pipeBytes(byteOrder, spec) : fileBytes(byteOrder, spec);
  const more = (spec.more ?? []).map((records, i) => placeRecords(byteOrder, records, spec.events ?? [], 0, i + 1));
  const layout: Layout = { ...made.layout, more: more.map((part) => placesOf(part.placed)) };
  const bytes = harmed(whole, spec.harm?.(layout) ?? {});
  const all = [...placed, ...more.flatMap((part) => part.placed)];
  const left = leftOf(all, spec.left);
  const isDirectory = more.length > 0;
  const events = spec.events ?? [];
  const bare = spec.left?.withoutIds ?? [];
  const eventsLeft = spec.left?.events ?? [...events.keys()];
  return {
    files: new Map(isDirectory ? [['data', bytes], ...more.map(({ bytes: each }, i): [string, Uint8Array] => [`data.${i}`, each])] : [['', bytes]]),
    expect: {
      container: isDirectory ? 'directory' : isPipe ? 'pipe' : 'file',
      version: spec.version ?? 2,
      byteOrder,
      events: eventsLeft.map((index) => (bare.includes(index) ? { ...events[index]!.eventJson, ids: [] } : events[index]!.eventJson)),
      features: featuresOf(spec, left),
      records: left.map((each) => each.json),
      order: spec.order ?? orderOfTimes(left, events, spec.late ?? []),
      late: spec.late,
      meaning: spec.meaning,
    },
    departures: spec.departures?.(layout) ?? [],
  };
}

function leftOf(all: readonly Placed[], left: Left | undefined): readonly Placed[] {
  const placed = all.map((each, index) => {
    const payload = left?.payloads?.get(index);
    return payload === undefined ? each : { ...each, json: { ...each.json, payload: bulk(payload) } };
  });
  const records = left?.records;
  if (records === undefined) return placed;
  return typeof records === 'number' ? placed.slice(0, records) : records.map((index) => placed[index]!);
}

/** Those of the header, then those of records that the header does not have. */
function featuresOf(spec: RecordingSpec, placed: readonly Placed[]): JsonObject {
  const found = new Map<string, Json>();
  for (const { spec: record } of placed) {
    if (record.feature !== undefined) found.set(featureKey(record.feature), record.feature.value);
    else if (record.type === 66 && spec.container === 'pipe' && record.payload !== undefined) found.set('TRACING_DATA', bulk(record.payload));
  }
  for (const feature of spec.features ?? []) {
    if (spec.left?.features?.includes(featureKey(feature)) ?? true) found.set(featureKey(feature), feature.value);
  }
  return Object.fromEntries(found);
}

/** Records with a time, by time, those of equal times as they stand; undefined where that is the order of the file. */
function orderOfTimes(placed: readonly Placed[], events: readonly EventSpec[], late: readonly number[]): readonly number[] | undefined {
  if (!(events[0]?.sampleIdAll ?? false)) return undefined;
  const timed = placed.flatMap(({ spec }, index) => (spec.time === undefined || late.includes(index) ? [] : [{ index, time: spec.time }]));
  const order = timed.toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.index - b.index)).map(({ index }) => index);
  return order.every((index, i) => i === 0 || index > order[i - 1]!) ? undefined : order;
}

interface Whole {
  readonly bytes: Uint8Array;
  readonly layout: Omit<Layout, 'more'>;
  readonly placed: readonly Placed[];
}

const MAGIC = 0x32454c4946524550n;

function putMagic(packer: Packer, version: 1 | 2): void {
  if (version === 2) packer.u64(MAGIC);
  else packer.raw(new TextEncoder().encode('PERFFILE'));
}

function pipeBytes(order: ByteOrder, spec: RecordingSpec): Whole {
  const packer = new Packer(order);
  putMagic(packer, spec.version ?? 2);
  packer.u64(16);
  const { bytes, placed } = placeRecords(order, spec.records ?? [], spec.events ?? [], 16);
  packer.raw(bytes);
  const end = packer.length;
  const layout = { attrs: 0, entrySize: 0, ids: 0, data: 16, dataEnd: end, table: 0, features: new Map(), records: placesOf(placed), end };
  return { bytes: packer.bytes(), layout, placed };
}

const placesOf = (placed: readonly Placed[]): Layout['records'] => placed.map(({ offset, size }) => ({ offset, size }));

function fileBytes(order: ByteOrder, spec: RecordingSpec): Whole {
  const { events = [], records = [], headerSize = 104, header = {} } = spec;
  const features = (spec.features ?? []).toSorted((a, b) => a.number - b.number);
  const entrySize = spec.entrySize ?? Math.max(...events.map((event) => event.size), 64) + SECTION;
  const idsLength = events.reduce((sum, event) => sum + event.ids.length * 8, 0);
  const attrsLength = events.length * entrySize + idsLength;
  const eventTypesLength = (spec.eventTypes ?? []).length * 72;
  const dataStart = headerSize + (spec.attrsLast === true ? 0 : attrsLength) + eventTypesLength;
  const { bytes: data, placed } = placeRecords(order, records, events, dataStart);
  const dataEnd = dataStart + data.length;
  const payloads = features.map((feature) => {
    const packer = new Packer(order);
    feature.part.write(packer);
    return packer.bytes();
  });
  let payloadAt = dataEnd + features.length * SECTION + (spec.tableGap ?? 0);
  const places = new Map(features.map((feature, i) => {
    const place = { entry: dataEnd + i * SECTION, offset: payloadAt, size: payloads[i]!.length };
    payloadAt += place.size;
    return [featureKey(feature), place] as const;
  }));
  const attrs = spec.attrsLast === true ? payloadAt : headerSize;
  const ids = attrs + events.length * entrySize;
  const eventTypes = headerSize + (spec.attrsLast === true ? 0 : attrsLength);

  const packer = new Packer(order);
  putMagic(packer, spec.version ?? 2);
  packer.u64(headerSize).u64(header.attrSize ?? entrySize);
  packer.u64(header.attrsOffset ?? attrs).u64(header.attrsSize ?? events.length * entrySize).u64(dataStart).u64(header.dataSize ?? data.length);
  packer.u64(eventTypesLength === 0 ? 0 : eventTypes).u64(eventTypesLength);
  if (headerSize >= 104) for (const word of header.featureWords ?? featureWords(features)) packer.u64(word);
  const attrBytes = entriesOf(order, spec, entrySize, ids);
  if (spec.attrsLast !== true) packer.raw(attrBytes);
  for (const { id, name } of spec.eventTypes ?? []) packer.u64(id).text(name, 64);
  packer.raw(data);
  for (const place of places.values()) packer.u64(place.offset).u64(place.size);
  packer.zeros(spec.tableGap ?? 0);
  for (const payload of payloads) packer.raw(payload);
  if (spec.attrsLast === true) packer.raw(attrBytes);
  const layout = { attrs, entrySize, ids, data: dataStart, dataEnd, table: dataEnd, features: places, records: placesOf(placed), end: packer.length };
  return { bytes: packer.bytes(), layout, placed };
}

/** The attr section and the ids behind it. */
function entriesOf(order: ByteOrder, spec: RecordingSpec, entrySize: number, idsStart: number): Uint8Array {
  const packer = new Packer(order);
  let idsAt = idsStart;
  for (const event of spec.events ?? []) {
    const place = new Packer(order).u64(event.ids.length === 0 ? 0 : idsAt).u64(event.ids.length * 8).bytes();
    const attr = event.attr(order);
    const gap = entrySize - SECTION - attr.length;
    if (spec.idsPlace === 'after attr') packer.raw(attr).raw(place).zeros(gap);
    else packer.raw(attr).zeros(gap).raw(place);
    idsAt += event.ids.length * 8;
  }
  for (const event of spec.events ?? []) for (const id of event.ids) packer.u64(id);
  return packer.bytes();
}

/** Bit n of word n / 64. */
export function featureWords(features: readonly Feature[]): bigint[] {
  const words = [0n, 0n, 0n, 0n];
  for (const { number } of features) words[number >> 6]! |= 1n << BigInt(number & 63);
  return words;
}

function harmed(bytes: Uint8Array, { cut, changes }: Harm): Uint8Array {
  const copy = bytes.slice(0, cut ?? bytes.length);
  for (const change of changes ?? []) copy.set([...change.bytes], change.at);
  return copy;
}
