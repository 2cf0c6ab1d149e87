// How long the threads of a recording waited, and how sure that is: for the lines behind a view (views/waits-text.ts).

import { WaitEnds, type WaitKind } from './thread-times.ts';
import type { DerivedTime } from './derived-events.ts';

/** A number of waits and their time in ns. */
export interface WaitSum {
  waits: number;
  time: number;
}

/** What is known of all waits of a recording together. Times are in ns. */
export interface WaitReport {
  readonly of: DerivedTime;
  /** Only some switches were recorded, as the events that tell of them were sampled by frequency. */
  readonly areSampled: boolean;
  readonly threads: number;
  readonly all: WaitSum;
  /** By WaitKind; undefined where the recording does not tell kinds apart. */
  readonly kinds: readonly WaitSum[] | undefined;
  /** Of all: had begun before the recording; had not ended when it did; ended some time before they are counted to. */
  readonly hadBegun: WaitSum;
  readonly notEnded: WaitSum;
  readonly endIsLate: WaitSum;
  /** Of all: with no stack, not even an address. */
  readonly nowhere: WaitSum;
  /** In ns; 0 unless time on CPUs was asked for. */
  readonly ran: number;
}

const none = (): WaitSum => ({ waits: 0, time: 0 });

export class WaitCounts {
  readonly #threads = new Set<number>();
  readonly #all = none();
  readonly #kinds = [none(), none(), none()];
  readonly #hadBegun = none();
  readonly #notEnded = none();
  readonly #late = none();
  readonly #nowhere = none();
  #hasKinds = true;
  #ran = 0;

  wait(tid: number, time: number, kind: WaitKind, ends: number, hasStack: boolean): void {
    this.#threads.add(tid);
    add(this.#all, time);
    add(this.#kinds[kind]!, time);
    if ((ends & WaitEnds.HadBegun) !== 0) add(this.#hadBegun, time);
    if ((ends & WaitEnds.HasNotEnded) !== 0) add(this.#notEnded, time);
    if ((ends & WaitEnds.EndIsLate) !== 0) add(this.#late, time);
    if (!hasStack) add(this.#nowhere, time);
  }

  /** What perf added up itself. */
  recorded(tid: number, time: number): void {
    this.#hasKinds = false;
    this.#threads.add(tid);
    add(this.#all, time);
  }

  ran(time: number): void {
    this.#ran += time;
  }

  report(of: DerivedTime, areSampled: boolean): WaitReport {
    return {
      areSampled,
      of,
      threads: this.#threads.size,
      all: this.#all,
      kinds: this.#hasKinds ? this.#kinds : undefined,
      hadBegun: this.#hadBegun,
      notEnded: this.#notEnded,
      endIsLate: this.#late,
      nowhere: this.#nowhere,
      ran: this.#ran,
    };
  }
}

function add(sum: WaitSum, time: number): void {
  sum.waits++;
  sum.time += time;
}
