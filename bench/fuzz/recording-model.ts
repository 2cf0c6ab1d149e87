// A recording taken apart, so that its parts can be changed and put together again in any container (FORMAT 1.1 to 1.7, 2.0). Written
// without src/perfdata: what is fuzzed is not what makes its inputs. It takes whole recordings only.

import { PortableZstdStream } from '../../src/bytes/zstd.ts';
import { joined } from './mutate.ts';
import type { Random } from './random.ts';

export type Container = 'file' | 'v1' | 'pipe' | 'killed' | 'directory';

/** 0: none, or the type of the records that hold what is compressed. */
export type Compression = 0 | 81 | 83;

export interface ModelEvent {
  attr: Uint8Array;
  /** u64 each, in the recording's byte order. */
  ids: Uint8Array;
}

export interface RecordingModel {
  readonly littleEndian: boolean;
  container: Container;
  compression: Compression;
  events: ModelEvent[];
  features: Map<number, Uint8Array>;
  /** Whole, with the bytes that follow an AUXTRACE. Without those that say events and features. */
  records: Uint8Array[];
}

const HEADER_SIZE = 104;
const PIPE_HEADER_SIZE = 16;
const TRACING_DATA = 1;
const DIR_FORMAT = 24;
export const RecordNumber = { Sample: 9, Attr: 64, TracingData: 66, Auxtrace: 71, Feature: 80, Compressed: 81, Compressed2: 83 } as const;

/** Takes a whole recording apart; undefined for what is none, or for one of a form that is not taken. */
export function takenApart(bytes: Uint8Array): RecordingModel | undefined {
  if (bytes.length < PIPE_HEADER_SIZE) return undefined;
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (magic !== 'PERFILE2' && magic !== '2ELIFREP') return undefined;
  const littleEndian = magic === 'PERFILE2';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u64 = (offset: number): number => Number(view.getBigUint64(offset, littleEndian));
  const model: RecordingModel = { littleEndian, container: 'file', compression: 0, events: [], features: new Map(), records: [] };
  if (u64(8) === PIPE_HEADER_SIZE) {
    model.container = 'pipe';
    takeRecords(model, bytes.subarray(PIPE_HEADER_SIZE), true);
    return model;
  }
  const [entrySize, attrs, attrsSize, data, dataSize] = [u64(16), u64(24), u64(32), u64(40), u64(48)];
  if (entrySize < 80 || attrs + attrsSize > bytes.length || data + dataSize > bytes.length) return undefined;
  for (let at = attrs; at + entrySize <= attrs + attrsSize; at += entrySize) {
    const [ids, idsSize] = [u64(at + entrySize - 16), u64(at + entrySize - 8)];
    model.events.push({ attr: bytes.slice(at, at + entrySize - 16), ids: bytes.slice(ids, ids + idsSize) });
  }
  let entry = data + dataSize;
  for (let bit = 0; bit < 256; bit++) {
    const at = 72 + (littleEndian ? bit >> 3 : ((bit >> 6) << 3) + 7 - ((bit & 63) >> 3));
    if (((bytes[at]! >> (bit & 7)) & 1) === 0 || entry + 16 > bytes.length) continue;
    model.features.set(bit, bytes.slice(u64(entry), u64(entry) + u64(entry + 8)));
    entry += 16;
  }
  takeRecords(model, bytes.subarray(data, data + dataSize), false);
  return model;
}

/** Sorts records into the model; those that are compressed are unpacked. */
function takeRecords(model: RecordingModel, bytes: Uint8Array, isPipe: boolean): void {
  const { littleEndian } = model;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const zstd = new PortableZstdStream();
  const plain: Uint8Array[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const type = view.getUint32(at, littleEndian);
    const size = view.getUint16(at + 6, littleEndian);
    if (size < 8 || at + size > bytes.length) break;
    let end = at + size;
    if (type === RecordNumber.Auxtrace && size >= 16) end += Number(view.getBigUint64(at + 8, littleEndian));
    else if (type === RecordNumber.TracingData && size >= 12) end += view.getUint32(at + 8, littleEndian);
    if (type === RecordNumber.Compressed) plain.push(unpacked(zstd, bytes.subarray(at + 8, at + size)));
    else if (type === RecordNumber.Compressed2) plain.push(unpacked(zstd, bytes.subarray(at + 16, at + 16 + Number(view.getBigUint64(at + 8, littleEndian)))));
    if (type === RecordNumber.Compressed || type === RecordNumber.Compressed2) model.compression = type;
    else if (type === RecordNumber.Attr && isPipe) {
      const attrSize = view.getUint32(at + 12, littleEndian);
      model.events.push({ attr: bytes.slice(at + 8, at + 8 + attrSize), ids: bytes.slice(at + 8 + attrSize, at + size) });
    } else if (type === RecordNumber.TracingData) model.features.set(TRACING_DATA, bytes.slice(at + size, end));
    else if (type === RecordNumber.Feature && isPipe && size > 16) model.features.set(Number(view.getBigUint64(at + 8, littleEndian)), bytes.slice(at + 16, at + size));
    else model.records.push(bytes.slice(at, end));
    at = end;
  }
  if (plain.length > 0) takeRecords(model, joined(...plain), isPipe);
}

/** Some seeds are damaged on purpose. */
function unpacked(zstd: PortableZstdStream, piece: Uint8Array): Uint8Array {
  try {
    return zstd.push(piece).slice();
  } catch {
    return new Uint8Array(0);
  }
}

/** The bytes of a recording: one file, or those of a directory. `random` decides what its writer was free to choose. */
export function putTogether(model: RecordingModel, random: Random): Uint8Array[] {
  const { container } = model;
  if (container === 'pipe') return [pipeOf(model, random)];
  if (container !== 'directory') return [fileOf(model, model.records, random)];
  const parts: Uint8Array[][] = Array.from({ length: 1 + random.few(3) }, () => []);
  for (const record of model.records) random.pick(parts).push(record);
  const features = new Map(model.features).set(DIR_FORMAT, numbers(model.littleEndian, [8, 1n]));
  return parts.map((records, index) => (index === 0 ? fileOf({ ...model, features }, records, random) : packed(model, records, random)));
}

function fileOf(model: RecordingModel, records: readonly Uint8Array[], random: Random): Uint8Array {
  const { littleEndian, container } = model;
  const data = packed(model, records, random);
  const attrLength = Math.max(64, ...model.events.map((event) => event.attr.length));
  const entrySize = attrLength + 16;
  const ids = joined(...model.events.map((event) => event.ids));
  const attrsSize = entrySize * model.events.length;
  const tableSize = container === 'killed' ? 0 : model.features.size * 16;
  const attrsLast = random.once(8);
  const dataOffset = attrsLast ? HEADER_SIZE : HEADER_SIZE + ids.length + attrsSize;
  const behindData = dataOffset + data.length;
  const attrsOffset = attrsLast ? behindData + tableSize : HEADER_SIZE + ids.length;
  const idsOffset = attrsLast ? attrsOffset + attrsSize : HEADER_SIZE;

  const attrs: Uint8Array[] = [];
  let idAt = idsOffset;
  for (const event of model.events) {
    const padded = new Uint8Array(attrLength);
    padded.set(event.attr);
    attrs.push(padded, numbers(littleEndian, [8, BigInt(idAt)], [8, BigInt(event.ids.length)]));
    idAt += event.ids.length;
  }
  const table: Uint8Array[] = [];
  const bits = new Uint8Array(32);
  let payloadAt = behindData + tableSize + (attrsLast ? attrsSize + ids.length : 0);
  const features = [...model.features].sort(([a], [b]) => a - b);
  for (const [id, payload] of features) {
    bits[littleEndian ? id >> 3 : ((id >> 6) << 3) + 7 - ((id & 63) >> 3)]! |= 1 << (id & 7);
    table.push(numbers(littleEndian, [8, BigInt(payloadAt)], [8, BigInt(payload.length)]));
    payloadAt += payload.length;
  }
  const magic = new TextEncoder().encode(container === 'v1' ? 'PERFFILE' : littleEndian ? 'PERFILE2' : '2ELIFREP');
  const recordedSize = container === 'killed' ? 0 : data.length;
  const header = joined(magic, numbers(littleEndian,
    [8, BigInt(HEADER_SIZE)], [8, BigInt(entrySize)], [8, BigInt(attrsOffset)], [8, BigInt(attrsSize)], [8, BigInt(dataOffset)], [8, BigInt(recordedSize)], [8, 0n], [8, 0n],
  ), bits);
  const behind = container === 'killed' ? [] : [...table, ...(attrsLast ? [...attrs, ids] : []), ...features.map(([, payload]) => payload)];
  return attrsLast && container === 'killed' ? joined(header, data, ...attrs, ids) : joined(header, ...(attrsLast ? [] : [ids, ...attrs]), data, ...behind);
}

function pipeOf(model: RecordingModel, random: Random): Uint8Array {
  const { littleEndian } = model;
  const magic = new TextEncoder().encode(littleEndian ? 'PERFILE2' : '2ELIFREP');
  const said: Uint8Array[] = model.events.map(({ attr, ids }) => recordOf(littleEndian, RecordNumber.Attr, joined(attr, ids)));
  for (const [id, payload] of model.features) {
    if (id === TRACING_DATA) said.push(joined(recordOf(littleEndian, RecordNumber.TracingData, numbers(littleEndian, [4, BigInt(payload.length)])), payload));
    else said.push(recordOf(littleEndian, RecordNumber.Feature, joined(numbers(littleEndian, [8, BigInt(id)]), payload)));
  }
  // Mostly first; what comes late is legal too.
  const late = random.once(6) ? said.splice(random.below(said.length + 1)) : [];
  const records = model.records.slice();
  for (const record of late) records.splice(random.below(records.length + 1), 0, record);
  return joined(magic, numbers(littleEndian, [8, BigInt(PIPE_HEADER_SIZE)]), ...said, packed(model, records, random));
}

/** A record around a body; a body that does not fit is cut. */
export function recordOf(littleEndian: boolean, type: number, body: Uint8Array, misc = 0): Uint8Array {
  const kept = body.subarray(0, 65_520);
  return joined(numbers(littleEndian, [4, BigInt(type)], [2, BigInt(misc)], [2, BigInt(8 + kept.length)]), kept);
}

/** Numbers one behind the other: `[width, value]` each. */
export function numbers(littleEndian: boolean, ...values: readonly (readonly [number, bigint])[]): Uint8Array {
  const bytes = new Uint8Array(values.reduce((sum, [width]) => sum + width, 0));
  let at = 0;
  for (const [width, value] of values) {
    for (let i = 0; i < width; i++) bytes[at + (littleEndian ? i : width - 1 - i)] = Number((value >> BigInt(8 * i)) & 255n);
    at += width;
  }
  return bytes;
}

/** The records one behind the other, compressed if the model says so; what carries bytes behind it stays as it is. */
function packed(model: RecordingModel, records: readonly Uint8Array[], random: Random): Uint8Array {
  const { littleEndian, compression } = model;
  if (compression === 0) return joined(...records);
  const out: Uint8Array[] = [];
  const frames = new Frames();
  let waiting: Uint8Array[] = [];
  const flush = (): void => {
    const plain = joined(...waiting);
    waiting = [];
    for (let at = 0; at < plain.length; ) {
      const length = Math.min(1 + random.below(random.once(3) ? 64 : 4096), plain.length - at);
      const piece = frames.of(plain.subarray(at, at + length), random);
      if (compression === RecordNumber.Compressed) out.push(recordOf(littleEndian, compression, piece));
      else out.push(recordOf(littleEndian, compression, joined(numbers(littleEndian, [8, BigInt(piece.length)]), piece, new Uint8Array(-piece.length & 7))));
      at += length;
    }
  };
  for (const record of records) {
    const type = record.length < 4 ? 0 : new DataView(record.buffer, record.byteOffset).getUint32(0, littleEndian);
    if (type !== RecordNumber.Auxtrace && type !== RecordNumber.TracingData) waiting.push(record);
    else {
      flush();
      out.push(record);
    }
  }
  flush();
  return joined(...out);
}

/** zstd frames of stored blocks (RFC 8878, 3.1): any bytes, also those that no compressor would get. */
class Frames {
  #begun = false;

  of(plain: Uint8Array, random: Random): Uint8Array {
    const parts: Uint8Array[] = [];
    if (!this.#begun) parts.push(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, random.once(4) ? random.below(136) : 0x58));
    this.#begun = true;
    const isRun = plain.length > 0 && plain.every((byte) => byte === plain[0]);
    const last = random.once(16) ? 1 : 0;
    if (last === 1) this.#begun = false;
    const head = (plain.length << 3) | (isRun ? 2 : 0) | last;
    parts.push(Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16), isRun ? plain.subarray(0, 1) : plain);
    return joined(...parts);
  }
}
