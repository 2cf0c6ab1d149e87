// What is remembered of a recording's records while they pass, for the checks at its end (recording-checks.ts): a few numbers, whatever
// the recording's length.

/** Filled by record-checker.ts. */
export class Seen {
  /** All, those that were compressed among them. */
  records = 0;
  samples = 0;
  /** Of the samples with a time, the earliest and the latest, on the recording's TimeBase; Infinity and -Infinity without any. */
  firstSample: number = Infinity;
  lastSample: number = -Infinity;
  /** Where each event's attr lies: its entry in a file, its record in a pipe. In the order of the events. */
  readonly attrs: number[] = [];
  /** Features whose payload does not decode. */
  readonly brokenFeatures: Set<number> = new Set();
  /** Events whose ids lie where none can be read. */
  readonly lostIds: Set<number> = new Set();
  /** Where the data behind HEADER_TRACING_DATA begin; -1 without any. */
  tracingData = -1;
  /** HEADER_FEATURE records with a payload, and whether one without followed. */
  features = 0;
  featuresEnded = false;
  /** AUXTRACE records that feature 18 lists, as far as they came in its order. */
  auxtraceListed = 0;
}

/** What FINISHED_ROUND promises (SPEC 6.1.3): records that are not later than the latest before the round before are all there. */
export class Rounds {
  #latest = -Infinity;
  #nextPromise = -Infinity;
  #promised = -Infinity;

  finished(): void {
    if (this.#nextPromise > this.#promised) this.#promised = this.#nextPromise;
    this.#nextPromise = this.#latest;
  }

  /** Whether a record with that time should have come before. */
  isLate(time: number): boolean {
    if (time > this.#latest) this.#latest = time;
    return time < this.#promised;
  }
}
