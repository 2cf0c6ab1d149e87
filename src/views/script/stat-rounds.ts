// What `script` prints of a `perf stat record`: after each round by how much the counters have grown (FORMAT 2.2, STAT and STAT_ROUND).

import type { EventTable } from '../../perfdata/event-table.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readThreadMap } from '../../perfdata/records/maps.ts';
import { readStat, readStatRound, type StatRecord } from '../../perfdata/records/stat.ts';

/** Of a number of 64 bits. */
const WIDTH = 15;
const NUMBERS = ['VAL', 'ENA', 'RUN', 'TIME'];

interface Counter {
  readonly event: number;
  stat: StatRecord;
  last: StatRecord | undefined;
  /** In this round. */
  isCounted: boolean;
}

export class StatRounds {
  readonly #events: EventTable;
  readonly #write: (text: string) => void;
  /** By event, thread and CPU: what was counted up to now, and up to the end of the last round. */
  readonly #counters = new Map<string, Counter>();
  /** Those of this round: perf writes every counter in every round. */
  #counted: Counter[] = [];
  #threads: readonly number[] = [];
  #hasTitle = false;

  constructor(events: EventTable, write: (text: string) => void) {
    this.#events = events;
    this.#write = write;
  }

  /** Takes any record; prints after those that end a round. */
  record(record: RecordView): void {
    if (record.type === RecordType.Stat) {
      const stat = readStat(record);
      const event = stat === undefined ? -1 : this.#events.eventOfId(stat.id);
      if (stat !== undefined && event >= 0) this.#take(event, stat);
    } else if (record.type === RecordType.ThreadMap) this.#threads = readThreadMap(record).map(({ tid }) => tid);
    else if (record.type === RecordType.StatRound) {
      const round = readStatRound(record);
      if (round !== undefined) this.#writeRound(round.time);
    }
  }

  #take(event: number, stat: StatRecord): void {
    const key = `${event} ${stat.thread} ${stat.cpu}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) this.#counters.set(key, (counter = { event, stat, last: undefined, isCounted: false }));
    counter.stat = stat;
    if (!counter.isCounted) this.#counted.push(counter);
    counter.isCounted = true;
  }

  #writeRound(time: bigint): void {
    let text = '';
    if (!this.#hasTitle) text = `${'CPU'.padStart(3)} ${'THREAD'.padStart(8)} ${NUMBERS.map((name) => name.padStart(WIDTH)).join(' ')} EVENT\n`;
    this.#hasTitle = true;
    const inOrder = this.#counted.sort((a, b) => a.event - b.event || a.stat.thread - b.stat.thread || a.stat.cpu - b.stat.cpu);
    for (const counter of inOrder) {
      const { event, stat, last } = counter;
      const grown = [stat.value - (last?.value ?? 0n), stat.enabled - (last?.enabled ?? 0n), stat.running - (last?.running ?? 0n)];
      const numbers = [...grown, time].map((number) => String(number).padStart(WIDTH));
      counter.last = stat;
      counter.isCounted = false;
      const thread = this.#threads[stat.thread] ?? -1;
      text += `${String(stat.cpu).padStart(3)} ${String(thread).padStart(8)} ${numbers.join(' ')} ${this.#events.events[event]!.name}\n`;
    }
    this.#counted = [];
    this.#write(text);
  }
}
