// `perf report --tasks`: the tasks of a recording as a tree, as its COMM, FORK and EXIT records tell them (FORMAT 2.1, 3.5). Who has
// no record there, because only samples or mappings speak of it, is not in the tree.

import { Diagnostics } from '../bytes/diagnostics.ts';
import type { OrderedRecords } from '../perfdata/ordered-records.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { RecordType } from '../perfdata/record-types.ts';
import { TaskRecord } from '../perfdata/records/task.ts';
import { ProcessEvents } from '../profile/process-events.ts';
import { Processes } from '../process/processes.ts';
import type { Thread } from '../process/thread.ts';

/** What perf says as the parent of a task that was there before the recording. */
const NO_PARENT = -1;

export class TaskTree {
  readonly #file: PerfDataFile;
  readonly #processes = new Processes({ keepExited: true });
  /** By tid: that of the task that made it. */
  readonly #parents = new Map<number, number>();
  readonly #levels = new Map<number, number>();
  #byTid = new Map<number, Thread>();

  constructor(file: PerfDataFile) {
    this.#file = file;
  }

  /** Takes in what is left of a walk in time order. */
  async read(records: OrderedRecords): Promise<void> {
    const { record } = records;
    const events = new ProcessEvents(this.#processes, this.#file, new Diagnostics());
    const task = new TaskRecord(this.#file.timeBase);
    this.#processes.thread(0, 0);
    for (;;) {
      const more = records.next();
      if (!(typeof more === 'boolean' ? more : await more)) break;
      const { type } = record;
      if (type !== RecordType.Comm && type !== RecordType.Fork && type !== RecordType.Exit) continue;
      events.apply(record, records.event);
      if (type === RecordType.Fork && task.read(record)) this.#parents.set(task.tid, task.ptid);
    }
    // A tid that was used twice is the task that had it last.
    this.#byTid = new Map(this.#processes.threads.map((thread) => [thread.tid, thread]));
  }

  /** The text, without line ends. */
  *lines(): Generator<string> {
    yield `# ${'pid'.padStart(8)} ${'tid'.padStart(8)} ${'ppid'.padStart(8)}  comm`;
    for (const thread of [...this.#byTid.values()].sort((a, b) => this.#compare(a, b))) {
      const numbers = [thread.pid, thread.tid, this.#parentOf(thread.tid)].map((number) => String(number).padStart(8));
      yield `  ${numbers.join(' ')} |${' '.repeat(this.#levelOf(thread.tid))}${thread.comm.text}`;
    }
  }

  #parentOf(tid: number): number {
    return this.#parents.get(tid) ?? NO_PARENT;
  }

  /** How deep a task stands in the tree; one whose parent is not known stands at the top. */
  #levelOf(tid: number): number {
    const known = this.#levels.get(tid);
    if (known !== undefined) return known;
    // From the task up to one that is known or has no parent; a circle, which only damage makes, ends where it closes.
    const path: number[] = [];
    let level = 0;
    for (let at = tid; ; at = this.#parentOf(at)) {
      if (at <= 0 || !this.#byTid.has(at) || path.includes(at)) break;
      const above = this.#levels.get(at);
      if (above !== undefined) {
        level = above;
        break;
      }
      path.push(at);
    }
    for (let i = path.length - 1; i >= 0; i--) this.#levels.set(path[i]!, ++level);
    return this.#levels.get(tid) ?? 0;
  }

  /** Children follow their parent, by tid; those without a parent come before those of the idle task. */
  #compare(first: Thread, second: Thread): number {
    let a = first.tid;
    let b = second.tid;
    if (a === b) return 0;
    if (a === 0) return -1;
    if (b === 0) return 1;
    if (this.#parentOf(a) === this.#parentOf(b)) return a - b;
    const levelA = this.#levelOf(a);
    const levelB = this.#levelOf(b);
    for (let level = levelA; level > levelB; level--) a = this.#parentOf(a);
    for (let level = levelB; level > levelA; level--) b = this.#parentOf(b);
    while (this.#parentOf(a) !== this.#parentOf(b)) {
      a = this.#parentOf(a);
      b = this.#parentOf(b);
      const noA = !this.#byTid.has(a);
      const noB = !this.#byTid.has(b);
      if (noA || noB) return noA && noB ? 0 : noA ? -1 : 1;
    }
    return a === b ? levelA - levelB : a - b;
  }
}
