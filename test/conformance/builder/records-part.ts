// Records one behind the other as a file holds them: where each lies, what each is, and what is in the compressed ones.

import type { EventSpec } from './event.ts';
import type { JsonObject } from './json.ts';
import { type ByteOrder, Packer } from './packer.ts';
import { type CompressedPieces, type RecordSpec, recordBytes, recordJson } from './record.ts';
import { frameStart, rawBlocks } from './zstd-frame.ts';

/** A record in its place. */
export interface Placed {
  readonly spec: RecordSpec;
  readonly json: JsonObject;
  /** In the file; of what was compressed, the place of the compressed record. */
  readonly offset: number;
  readonly size: number;
  readonly isDecompressed: boolean;
}

export interface RecordsPart {
  readonly bytes: Uint8Array;
  /** In the order of the file; what a compressed record holds follows it. */
  readonly placed: readonly Placed[];
}

/** `source`: 0 for the recording itself, n + 1 for its `data.n`. */
export function placeRecords(order: ByteOrder, records: readonly RecordSpec[], events: readonly EventSpec[], start: number, source = 0): RecordsPart {
  const packer = new Packer(order);
  const placed: Placed[] = [];
  const compressor = new Compressor(order);
  const put = (spec: RecordSpec, offset: number, bytes: Uint8Array, isDecompressed: boolean): void => {
    const place = { ...(source > 0 && { source }), offset, ...(isDecompressed && { compressed: true }) };
    const eventIndex = spec.event === undefined ? -1 : events.indexOf(spec.event);
    placed.push({ spec, offset, size: bytes.length, isDecompressed, json: recordJson(spec, bytes, place, eventIndex) });
  };
  for (const record of records) {
    const offset = start + packer.length;
    if (record.pieces === undefined) {
      const bytes = recordBytes(order, record);
      packer.raw(bytes);
      put(record, offset, bytes, false);
      if (record.payload !== undefined) packer.raw(record.payload);
      continue;
    }
    const { data, complete } = compressor.compress(record.pieces);
    const whole = compressedRecord(record.type, data, record.pieces);
    const bytes = recordBytes(order, whole);
    packer.raw(bytes);
    put(whole, offset, bytes, false);
    for (const spec of complete) put(spec, offset, recordBytes(order, spec), true);
  }
  return { bytes: packer.bytes(), placed };
}

/** The zstd stream of one file. */
class Compressor {
  readonly #order: ByteOrder;
  #isOpen = false;
  /** Records not all of whose bytes are compressed yet, and how many bytes of theirs are. */
  #pending: RecordSpec[] = [];
  #sent = 0;
  #rest = new Uint8Array(0);

  constructor(order: ByteOrder) {
    this.#order = order;
  }

  /** The bytes of the stream, and the records that are whole with them. */
  compress({ records, heldBack, newFrame, endFrame }: CompressedPieces): { readonly data: number[]; readonly complete: readonly RecordSpec[] } {
    const all = new Packer(this.#order).raw(this.#rest);
    for (const spec of records) {
      all.raw(recordBytes(this.#order, spec));
      this.#pending.push(spec);
    }
    const plain = all.bytes();
    const ready = plain.subarray(0, plain.length - heldBack);
    this.#rest = plain.slice(plain.length - heldBack);
    const data = [...(this.#isOpen && !newFrame ? [] : frameStart()), ...rawBlocks(ready, endFrame)];
    this.#isOpen = !endFrame;
    const sent = this.#sent + ready.length;
    let end = 0;
    const complete = this.#pending.filter((spec) => (end += recordBytes(this.#order, spec).length) <= sent);
    this.#pending = this.#pending.slice(complete.length);
    this.#sent = sent - complete.reduce((sum, spec) => sum + recordBytes(this.#order, spec).length, 0);
    return { data, complete };
  }
}

function compressedRecord(type: number, data: readonly number[], { padding, saidLength }: CompressedPieces): RecordSpec {
  const isVersion2 = type === 83;
  return {
    type,
    misc: 0,
    body: {
      write: (packer) => {
        if (isVersion2) packer.u64(saidLength ?? data.length);
        packer.raw(data).zeros(padding);
        if (isVersion2) packer.align(8);
      },
      json: { dataSize: isVersion2 ? String(saidLength ?? data.length) : data.length + padding },
    },
  };
}

/** Compressed records: COMPRESSED2, or COMPRESSED with `version` 1. */
export function compressedRecords(records: readonly RecordSpec[], options: Partial<CompressedPieces> & { readonly version?: 1 | 2 } = {}): RecordSpec {
  const { version = 2, heldBack = 0, newFrame = false, endFrame = false, padding = 0, saidLength } = options;
  const body = { write: (): void => {}, json: {} };
  return { type: version === 1 ? 81 : 83, misc: 0, body, pieces: { records, heldBack, newFrame, endFrame, padding, saidLength } };
}
