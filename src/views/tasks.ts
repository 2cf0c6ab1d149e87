// `perf report --tasks`: the tasks of a recording as a tree (FORMAT 3.5).

import { MAX_TASK_INDENT } from '../bytes/limits.ts';
import type { RecordedTasks } from '../profile/recorded-tasks.ts';
import type { Thread } from '../process/thread.ts';

const IDLE = 0;

export class TaskTree {
  readonly #tasks: RecordedTasks;

  constructor(tasks: RecordedTasks) {
    this.#tasks = tasks;
  }

  /** The text, without line ends. */
  *lines(): Generator<string> {
    yield `# ${'pid'.padStart(8)} ${'tid'.padStart(8)} ${'ppid'.padStart(8)}  comm`;
    for (const [thread, level] of this.#inOrder()) {
      const numbers = [thread.pid, thread.tid, this.#tasks.parentOf(thread.tid)].map((number) => String(number).padStart(8));
      yield `  ${numbers.join(' ')} |${' '.repeat(Math.min(level, MAX_TASK_INDENT))}${thread.comm.text}`;
    }
  }

  /**
   * Children follow their parent, by tid; the idle task is first, then come those without a parent, then its own. A circle, which only
   * damage makes, is opened at its lowest tid.
   */
  *#inOrder(): Generator<readonly [Thread, level: number]> {
    const { byTid } = this.#tasks;
    const threads = [...byTid.values()].sort((a, b) => a.tid - b.tid);
    const children = new Map<number, Thread[]>();
    const parentless: Thread[] = [];
    for (const thread of threads) {
      const parent = this.#tasks.parentOf(thread.tid);
      if (thread.tid === IDLE) continue;
      if (!byTid.has(parent)) parentless.push(thread);
      else if (children.has(parent)) children.get(parent)!.push(thread);
      else children.set(parent, [thread]);
    }
    const idle = byTid.get(IDLE);
    if (idle !== undefined) yield [idle, 0];
    const isShown = new Set<Thread>();
    for (const top of [...parentless, ...(children.get(IDLE) ?? []), ...threads]) {
      if (top.tid === IDLE) continue;
      const waiting: [Thread, number][] = [[top, 1]];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const [thread, level] = next;
        if (isShown.has(thread)) continue;
        isShown.add(thread);
        yield next;
        for (const child of (children.get(thread.tid) ?? []).toReversed()) waiting.push([child, level + 1]);
      }
    }
  }
}
