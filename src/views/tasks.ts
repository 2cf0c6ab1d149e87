// `perf report --tasks`: the tasks of a recording as a tree (FORMAT 3.5).

import type { RecordedTasks } from '../profile/recorded-tasks.ts';
import type { Thread } from '../process/thread.ts';

export class TaskTree {
  readonly #tasks: RecordedTasks;
  readonly #levels = new Map<number, number>();

  constructor(tasks: RecordedTasks) {
    this.#tasks = tasks;
  }

  /** The text, without line ends. */
  *lines(): Generator<string> {
    yield `# ${'pid'.padStart(8)} ${'tid'.padStart(8)} ${'ppid'.padStart(8)}  comm`;
    for (const thread of [...this.#tasks.byTid.values()].sort((a, b) => this.#compare(a, b))) {
      const numbers = [thread.pid, thread.tid, this.#tasks.parentOf(thread.tid)].map((number) => String(number).padStart(8));
      yield `  ${numbers.join(' ')} |${' '.repeat(this.#levelOf(thread.tid))}${thread.comm.text}`;
    }
  }

  /** How deep a task stands in the tree; one whose parent is not known stands at the top. */
  #levelOf(tid: number): number {
    const known = this.#levels.get(tid);
    if (known !== undefined) return known;
    // From the task up to one that is known or has no parent; a circle, which only damage makes, ends where it closes.
    const path: number[] = [];
    let level = 0;
    for (let at = tid; ; at = this.#tasks.parentOf(at)) {
      if (at <= 0 || !this.#tasks.byTid.has(at) || path.includes(at)) break;
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
    if (this.#tasks.parentOf(a) === this.#tasks.parentOf(b)) return a - b;
    const levelA = this.#levelOf(a);
    const levelB = this.#levelOf(b);
    for (let level = levelA; level > levelB; level--) a = this.#tasks.parentOf(a);
    for (let level = levelB; level > levelA; level--) b = this.#tasks.parentOf(b);
    while (this.#tasks.parentOf(a) !== this.#tasks.parentOf(b)) {
      a = this.#tasks.parentOf(a);
      b = this.#tasks.parentOf(b);
      const noA = !this.#tasks.byTid.has(a);
      const noB = !this.#tasks.byTid.has(b);
      if (noA || noB) return noA && noB ? 0 : noA ? -1 : 1;
    }
    return a === b ? levelA - levelB : a - b;
  }
}
