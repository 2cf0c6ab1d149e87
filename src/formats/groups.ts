// The threads, or whatever else a format tells samples apart by, as small numbers: looked up by a few of a sample's fields without making a
// key of text for each sample, since most samples are of the same thread as the one before.

import type { ExportedEvent, ExportedRecording, SampleRow } from './format.ts';

/** What samples of one group share. */
export interface SampleGroup {
  readonly recording: ExportedRecording;
  readonly event: ExportedEvent;
  readonly pid: number;
  readonly tid: number;
  /** Of the first sample. */
  readonly comm: string;
}

/** Groups by recording, event, process, thread and, if wanted, command name. */
export class SampleGroups {
  readonly list: SampleGroup[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #byComm: boolean;
  #last = -1;

  /** `byComm`: a thread that changes its name is several groups. */
  constructor(byComm: boolean) {
    this.#byComm = byComm;
  }

  /** The number of a sample's group. */
  of({ recording, event, pid, tid, comm }: SampleRow): number {
    const last = this.list[this.#last];
    if (last !== undefined && last.tid === tid && last.pid === pid && last.event === event && last.recording === recording && (!this.#byComm || last.comm === comm)) return this.#last;
    const key = `${recording.index} ${event.index} ${pid} ${tid} ${this.#byComm ? comm : ''}`;
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.list.push({ recording, event, pid, tid, comm }) - 1));
    return (this.#last = number);
  }
}
