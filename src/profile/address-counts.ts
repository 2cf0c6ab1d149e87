// Samples by the place at which they were taken, for annotate: for each event and location (location-table.ts) how many, and the sum of
// their periods. Recorded stacks do not matter here.

import { grown } from '../bytes/sorted.ts';
import type { ResolvedSample } from './resolved-sample.ts';

/** One event, by location. */
export class EventCounts {
  samples: Float64Array = new Float64Array(1024);
  period: Float64Array = new Float64Array(1024);
  /** Of all samples of the event, those without a place too. */
  totalSamples = 0;
  totalPeriod = 0;

  add(location: number, period: number): void {
    this.totalSamples++;
    this.totalPeriod += period;
    if (location < 0) return;
    while (location >= this.samples.length) {
      this.samples = grown(this.samples);
      this.period = grown(this.period);
    }
    this.samples[location]!++;
    this.period[location]! += period;
  }
}

export class AddressCounts {
  readonly #events: EventCounts[] = [];

  /** Of an event. There may be more of them than in the beginning: a pipe tells of events as they come. */
  of(event: number): EventCounts {
    while (event >= this.#events.length) this.#events.push(new EventCounts());
    return this.#events[event]!;
  }

  /** Gives the location, by which a repeated sample is counted too. */
  add(sample: ResolvedSample): number {
    this.of(sample.event).add(sample.leaf, sample.period);
    return sample.leaf;
  }

  again(event: number, location: number, period: number): void {
    this.of(event).add(location, period);
  }
}
