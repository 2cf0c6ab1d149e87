// Mutated recordings: parts are changed before they are put together, so that the numbers around them fit and readers get far; then,
// in some, numbers and bytes of the whole.

import { EDGES, changeBytes, changeField, joined, spliced } from './mutate.ts';
import type { Random } from './random.ts';
import { type Compression, type Container, type RecordingModel, RecordNumber, putTogether, recordOf } from './recording-model.ts';
import type { Shape } from './shape.ts';
import { ShapeBuilder, writeField } from './shape.ts';
import type { SampleKind } from './shapes/record.ts';
import { notePayload, recordingShape, recordsShape } from './shapes/recording.ts';

const CONTAINERS: readonly Container[] = ['file', 'file', 'pipe', 'pipe', 'v1', 'killed', 'directory'];
const COMPRESSIONS: readonly Compression[] = [0, 0, 81, 83];
const MAGICS: readonly string[] = ['PERFILE2', '2ELIFREP', 'PERFFILE', 'ELIFFREP'];
const KERNEL_TYPES = 24;
const FIRST_USER_TYPE = 64;
const USER_TYPES = 26;

export interface MutatedRecording {
  readonly sources: Uint8Array[];
  /** For the figures: `pipe-be-83`. */
  readonly form: string;
}

/** A recording like `seed`, with changes and pieces of `other`. */
export function mutatedRecording(seed: RecordingModel, other: RecordingModel, random: Random): MutatedRecording {
  const model: RecordingModel = { ...seed, events: seed.events.slice(), features: new Map(seed.features), records: seed.records.slice() };
  if (random.once(3)) {
    model.container = random.pick(CONTAINERS);
    model.compression = random.pick(COMPRESSIONS);
  }
  const form = `${model.container}-${model.littleEndian ? 'le' : 'be'}${model.compression === 0 ? '' : `-${model.compression}`}`;
  const kind = kindOf(model);
  for (let i = random.below(4); i > 0; i--) changeParts(model, other, random);
  if (!random.once(4)) for (let i = random.few(8); i > 0; i--) changeRecord(model, kind, random);
  if (random.once(4)) changeEverywhere(model, random);
  if (random.once(3)) changeAttr(model, random);
  if (random.once(3)) changePayload(model, random);
  const sources = putTogether(model, random);
  for (let i = random.once(3) ? random.few(3) : 0; i > 0; i--) {
    const at = random.below(sources.length);
    sources[at] = changedWhole(sources[at]!, at === 0, model.littleEndian, kind, other, random);
  }
  return { sources, form };
}

function kindOf(model: RecordingModel): SampleKind | undefined {
  const attr = model.events[0]?.attr;
  if (attr === undefined || attr.length < 64) return undefined;
  const view = new DataView(attr.buffer, attr.byteOffset, attr.byteLength);
  const u64 = (at: number): bigint => (at + 8 <= attr.length ? view.getBigUint64(at, model.littleEndian) : 0n);
  const bits = (mask: bigint): number => mask.toString(2).replaceAll('0', '').length;
  return {
    sampleType: Number(u64(24)), readFormat: Number(u64(32) & 0x7fff_ffffn), branchType: Number(u64(72) & 0x7fff_ffffn), userRegs: bits(u64(80)), intrRegs: bits(u64(96)),
  };
}

/** Whole records, events and features left out, repeated, moved or taken from elsewhere. */
function changeParts(model: RecordingModel, other: RecordingModel, random: Random): void {
  const { records, events, features } = model;
  const at = random.below(records.length + 1);
  switch (random.below(16)) {
    case 0: records.splice(at, random.few(8)); break;
    case 1: if (records.length > 0) records.splice(at, 0, ...Array.from({ length: random.few(10) }, () => records[at % records.length]!)); break;
    case 2: if (other.records.length > 0) records.splice(at, 0, ...Array.from({ length: random.few(6) }, () => random.pick(other.records))); break;
    case 3: if (records.length > 0) records.splice(at, 0, ...records.splice(random.below(records.length), random.few(4))); break;
    case 4: records.splice(at, 0, recordOf(model.littleEndian, randomType(random), randomBody(random), random.pick([0, 1, 2, 0x2000, 0x4000, 0x8002]))); break;
    case 5: if (records.length > 0) records[at % records.length] = resized(records[at % records.length]!, model.littleEndian, random); break;
    case 6: if (other.events.length > 0) events.splice(random.below(events.length + 1), random.below(2), random.pick(other.events)); break;
    case 7: if (events.length > 0) events.push(...Array.from({ length: random.few(8) }, () => random.pick(events))); break;
    case 8: events.splice(random.below(events.length + 1), 1); break;
    case 9: {
      const index = random.below(events.length);
      if (events.length > 0) events[index] = { ...events[index]!, ids: random.once(2) ? randomBody(random) : random.pick(events).ids };
      break;
    }
    case 10: if (features.size > 0) features.delete(random.pick([...features.keys()])); break;
    case 11: if (other.features.size > 0) features.set(...random.pick([...other.features])); break;
    case 12: if (features.size > 0) features.set(random.once(4) ? random.below(256) : 1 + random.below(33), random.pick([...features.values()])); break;
    case 13: features.set(random.once(4) ? random.below(256) : 1 + random.below(33), randomBody(random)); break;
    case 14: records.splice(at, 0, joined(recordOf(model.littleEndian, RecordNumber.Auxtrace, new Uint8Array(40).fill(random.below(3))), randomBody(random))); break;
    default: for (let i = random.few(4); i > 0; i--) records.splice(random.below(records.length + 1), 0, recordOf(model.littleEndian, 68, new Uint8Array(0))); break;
  }
}

function randomType(random: Random): number {
  if (random.once(10)) return random.below(random.once(2) ? 256 : 70_000);
  return random.once(2) ? random.below(KERNEL_TYPES) : FIRST_USER_TYPE + random.below(USER_TYPES);
}

/** Small numbers, edges and noise in words. */
function randomBody(random: Random): Uint8Array {
  const bytes = new Uint8Array(random.below(random.once(8) ? 400 : 12) * 8 + (random.once(5) ? random.below(8) : 0));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const choice = random.below(5);
    if (choice === 0) view.setUint32(at, random.word(), true);
    else if (choice === 1) view.setBigUint64(at, BigInt(random.below(8)), random.once(2));
    else if (choice === 2) bytes.fill(random.pick([0xff, 0x2f, 0x41, 0x80]), at, at + 8);
    else if (choice === 3) for (let i = 0; i < 8; i++) bytes[at + i] = random.below(256);
  }
  return bytes;
}

/** Longer or shorter, and its header says so. */
function resized(record: Uint8Array, littleEndian: boolean, random: Random): Uint8Array {
  if (record.length < 8) return record;
  const size = Math.min(random.once(2) ? 8 + random.below(record.length - 7) : record.length + random.few(6) * 8, 65_528);
  const bytes = new Uint8Array(size);
  bytes.set(record.subarray(0, size));
  new DataView(bytes.buffer).setUint16(6, size, littleEndian);
  return bytes;
}

function changeRecord(model: RecordingModel, kind: SampleKind | undefined, random: Random): void {
  const { records, littleEndian } = model;
  if (records.length === 0) return;
  const at = random.below(records.length);
  const record = records[at]!.slice();
  for (let i = random.few(3); i > 0; i--) {
    if (random.once(6)) changeBytes(record, random);
    else changeField(record, recordsShape(record, littleEndian, kind), random);
  }
  // Mostly the size stays right: what follows is then read, too.
  if (record.length >= 8 && record.length < 65_536 && random.below(8) > 0) new DataView(record.buffer).setUint16(6, sizeOf(records[at]!, littleEndian), littleEndian);
  records[at] = record;
}

/** A number, a process id, an address, an event's id, that becomes another one in all records: they still agree on it. */
function changeEverywhere(model: RecordingModel, random: Random): void {
  if (model.records.length === 0) return;
  const from = random.pick(model.records);
  const width = random.pick([4, 4, 8]);
  const places = Math.floor((from.length - 8) / width);
  if (places < 1) return;
  const at = 8 + random.below(Math.min(places, 16)) * width;
  const old = from.slice(at, at + width);
  const view = new DataView(new ArrayBuffer(8));
  writeField(view, 0, 8, random.pick(EDGES), model.littleEndian);
  const value = new Uint8Array(view.buffer, model.littleEndian ? 0 : 8 - width, width);
  model.records = model.records.map((record) => {
    let changed = record;
    for (let place = 8; place + width <= record.length; place += width) {
      if (!old.every((byte, i) => record[place + i] === byte)) continue;
      if (changed === record) changed = record.slice();
      changed.set(value, place);
    }
    return changed;
  });
}

function sizeOf(record: Uint8Array, littleEndian: boolean): number {
  return new DataView(record.buffer, record.byteOffset).getUint16(6, littleEndian);
}

/** Numbers of an attr; every other time bits of its sample type, which decide about all samples. */
function changeAttr(model: RecordingModel, random: Random): void {
  if (model.events.length === 0) return;
  const at = random.below(model.events.length);
  const event = model.events[at]!;
  if (event.attr.length < 64) return;
  const attr = event.attr.slice();
  const view = new DataView(attr.buffer);
  if (random.once(2)) {
    const low = model.littleEndian ? 24 : 28;
    view.setUint32(low, view.getUint32(low, model.littleEndian) ^ (1 << random.below(26)), model.littleEndian);
  }
  if (random.once(2)) {
    const shape = new ShapeBuilder(attr, model.littleEndian);
    for (let offset = 0; offset + 8 <= attr.length; offset += 8) shape.field(offset, offset === 0 || offset >= 104 ? 4 : 8, 'type');
    shape.field(4, 4, 'size');
    for (let i = random.few(3); i > 0; i--) changeField(attr, shape, random);
  }
  const changed = { ...event, attr: random.once(8) ? attr.slice(0, random.below(attr.length / 8) * 8) : attr };
  // Events mostly agree on how samples are laid out.
  if (random.once(2)) model.events[at] = changed;
  else model.events = model.events.map((each) => ({ attr: changed.attr, ids: each.ids }));
}

function changePayload(model: RecordingModel, random: Random): void {
  if (model.features.size === 0) return;
  const [id, payload] = random.pick([...model.features]);
  const changed = payload.slice();
  const shape = new ShapeBuilder(changed, model.littleEndian);
  notePayload(shape, 0, changed.length);
  for (let i = random.few(4); i > 0; i--) {
    if (random.once(5)) changeBytes(changed, random);
    else changeField(changed, shape, random);
  }
  model.features.set(id, random.once(8) ? changed.slice(0, random.below(changed.length)) : changed);
}

/** The finished bytes of one of its files, with the numbers around the parts changed, or any bytes. */
function changedWhole(bytes: Uint8Array, isFirst: boolean, littleEndian: boolean, kind: SampleKind | undefined, other: RecordingModel, random: Random): Uint8Array {
  switch (random.below(8)) {
    case 0: return bytes.slice(0, random.below(bytes.length));
    case 1: return random.once(2) ? bytes : spliced(bytes, putTogether(other, random)[0]!, random);
    case 2:
      if (isFirst) for (const [i, letter] of [...random.pick(MAGICS)].entries()) bytes[i] = letter.charCodeAt(0);
      return bytes;
    case 3: changeBytes(bytes, random); return bytes;
    default: {
      const shape: Shape = isFirst ? recordingShape(bytes, littleEndian) : recordsShape(bytes, littleEndian, kind);
      // Half of the time what stands before the records.
      const early = { ...shape, fields: shape.fields.filter((field) => field.offset < 300) };
      changeField(bytes, isFirst && random.once(2) ? early : shape, random);
      return bytes;
    }
  }
}
