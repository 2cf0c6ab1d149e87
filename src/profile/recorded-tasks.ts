// The tasks of a recording as its COMM, FORK and EXIT records tell them, and who made whom (FORMAT 2.1, 3.5). Who has no record there,
// because only samples or mappings speak of it, is not among them.

import { Diagnostics } from '../bytes/diagnostics.ts';
import type { OrderedRecords } from '../perfdata/ordered-records.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { RecordType } from '../perfdata/record-types.ts';
import { TaskRecord } from '../perfdata/records/task.ts';
import { Processes } from '../process/processes.ts';
import type { Thread } from '../process/thread.ts';
import { ProcessEvents } from './process-events.ts';

/** The parent of a task that was there before the recording and whose parent nobody says. */
export const NO_PARENT = -1;

export class RecordedTasks {
  /** By tid; a tid that was used twice is the task that had it last. */
  byTid: ReadonlyMap<number, Thread> = new Map();
  readonly #parents = new Map<number, number>();

  /** Those of what is left of a walk in time order. */
  static async read(file: PerfDataFile, records: OrderedRecords): Promise<RecordedTasks> {
    const tasks = new RecordedTasks();
    const processes = new Processes({ keepExited: true });
    const events = new ProcessEvents(processes, file, new Diagnostics());
    const task = new TaskRecord(file.timeBase);
    const { record } = records;
    for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next()) {
      const { type } = record;
      if (type !== RecordType.Comm && type !== RecordType.Fork && type !== RecordType.Exit) continue;
      events.apply(record, records.event);
      if (type === RecordType.Fork && task.read(record)) tasks.#parents.set(task.tid, task.ptid);
    }
    tasks.byTid = new Map(processes.threads.map((thread) => [thread.tid, thread]));
    return tasks;
  }

  /** The tid of the task that made a task, or NO_PARENT. */
  parentOf(tid: number): number {
    return this.#parents.get(tid) ?? NO_PARENT;
  }
}
