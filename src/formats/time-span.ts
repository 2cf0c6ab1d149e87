// From when to when the samples of an export were taken, as far as they say.

import type { ExportedRecording, SampleRow } from './format.ts';

export class TimeSpan {
  readonly #ends = new Map<ExportedRecording, { first: number; last: number }>();
  #recording: ExportedRecording | undefined;
  #present = { first: 0, last: 0 };

  take({ recording, hasTime, time }: SampleRow): void {
    if (!hasTime) return;
    if (recording !== this.#recording) {
      this.#recording = recording;
      this.#present = this.#ends.get(recording) ?? { first: time, last: time };
      this.#ends.set(recording, this.#present);
    }
    if (time < this.#present.first) this.#present.first = time;
    if (time > this.#present.last) this.#present.last = time;
  }

  /** Of one recording: its first and last sample's times, as SampleRow.time; undefined where none says one. */
  of(recording: ExportedRecording): { readonly first: number; readonly last: number } | undefined {
    return this.#ends.get(recording);
  }

  /** Ns since 1970 of the first sample of all; undefined where nothing tells. */
  get first(): bigint | undefined {
    let least: bigint | undefined;
    for (const [recording, { first }] of this.#ends) {
      const wall = recording.wallTime(first);
      if (wall !== undefined && (least === undefined || wall < least)) least = wall;
    }
    return least;
  }

  /** Ns from the first to the last sample of the longest recording. */
  get duration(): bigint {
    let most = 0;
    for (const { first, last } of this.#ends.values()) most = Math.max(most, last - first);
    return BigInt(most);
  }
}
