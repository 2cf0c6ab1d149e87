// A recording as large as one likes, of which nothing is stored but one repetition: the samples of a small one come again and again,
// each time a little later, as from a program that ran for hours.

import type { ByteSource } from '../../src/bytes/source.ts';
import { RecordType } from '../../src/perfdata/record-types.ts';
import { SampleView } from '../../src/perfdata/sample-view.ts';
import { openInMemory, type Parts } from './in-memory.ts';

const HEADER_SIZE = 104;
const FINISHED_ROUND = 68;

export class RepeatedRecording implements ByteSource {
  readonly size: number;
  /** Samples in all. */
  readonly samples: number;
  /** Header, attr, and all records but the samples. */
  readonly #start: Uint8Array;
  /** The samples, and the end of a round. */
  readonly #round: Uint8Array;
  readonly #view: DataView;
  /** Where in the round times stand, and what they are the first time, less the time of the first. */
  readonly #timesAt: readonly number[];
  readonly #times: readonly bigint[];
  readonly #firstTime: bigint;
  /** Nanoseconds between two rounds. */
  readonly #step: bigint;
  #shown = -1;

  private constructor(start: Uint8Array, round: Uint8Array, timesAt: readonly number[], times: readonly bigint[], size: number) {
    const rounds = Math.ceil((size - start.length) / round.length);
    this.size = start.length + rounds * round.length;
    this.samples = rounds * times.length;
    this.#start = start;
    this.#round = round;
    this.#view = new DataView(round.buffer, round.byteOffset, round.byteLength);
    this.#timesAt = timesAt;
    this.#firstTime = times[0]!;
    this.#times = times.map((time) => time - this.#firstTime);
    this.#step = this.#times.at(-1)! + 1_000_000n;
    new DataView(start.buffer).setBigUint64(48, BigInt(this.size) - new DataView(start.buffer).getBigUint64(40, true), true);
  }

  /** Repeats a little-endian recording in a file, of one event, up to about `size` bytes. */
  static async of(parts: Parts, size: number): Promise<RepeatedRecording> {
    const recording = await openInMemory(parts);
    const event = recording.file.events.events[0]!;
    const sample = new SampleView(recording.file.wide, recording.file.timeBase, undefined!);
    const others: Uint8Array[] = [];
    const samples: { readonly bytes: Uint8Array; readonly timeAt: number; readonly time: bigint }[] = [];
    for await (const { record, time } of recording.records()) {
      if (record.type === RecordType.Sample) {
        sample.read(record, event);
        samples.push({ bytes: record.bytes.slice(record.offset, record.end), timeAt: event.layout.time, time: time! });
      } else if (record.type < RecordType.HeaderAttr) others.push(record.bytes.slice(record.offset, record.end));
    }
    // The header and what lies before the records, without features.
    const start = joined([parts.recording.slice(0, recording.file.dataOffset), ...others]);
    start.fill(0, 72, HEADER_SIZE);
    const timesAt: number[] = [];
    let at = 0;
    for (const { bytes, timeAt } of samples) {
      timesAt.push(at + timeAt);
      at += bytes.length;
    }
    const round = joined([...samples.map(({ bytes }) => bytes), Uint8Array.of(FINISHED_ROUND, 0, 0, 0, 0, 0, 8, 0)]);
    return new RepeatedRecording(start, round, timesAt, samples.map(({ time }) => time), size);
  }

  read(offset: number, length: number): Uint8Array {
    const into = new Uint8Array(Math.max(Math.min(length, this.size - offset), 0));
    return into.subarray(0, this.readInto(into, offset));
  }

  readInto(into: Uint8Array, offset: number): number {
    const start = this.#start.length;
    let done = 0;
    while (done < into.length && offset + done < this.size) {
      const at = offset + done;
      const piece = at < start ? this.#start.subarray(at) : this.#roundAt(Math.floor((at - start) / this.#round.length)).subarray((at - start) % this.#round.length);
      const wanted = piece.subarray(0, into.length - done);
      into.set(wanted, done);
      done += wanted.length;
    }
    return done;
  }

  #roundAt(number: number): Uint8Array {
    if (number !== this.#shown) {
      this.#shown = number;
      const later = this.#firstTime + BigInt(number) * this.#step;
      for (let i = 0; i < this.#times.length; i++) this.#view.setBigUint64(this.#timesAt[i]!, later + this.#times[i]!, true);
    }
    return this.#round;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
