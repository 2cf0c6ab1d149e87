// What a sched:sched_switch event says (FORMAT 6.3): which thread leaves the CPU, why, and which one gets it.

import type { EventFormat, FormatField } from '../../perfdata/tracing/event-format.ts';
import { WaitKind } from './thread-times.ts';


// Bits of prev_state, since kernel 4.14 the letters S, D, T, t, X, Z, P, I in this order; before, the first six were the same.
const BLOCKED = 0x02;
const DEAD = 0x30;
const WAITING = 0xff;

/** Reads the RAW bytes of the event. Reused. */
export class SchedSwitch {
  /** Threads as the kernel numbers them, which in a container is not as samples do. */
  previous = -1;
  next = -1;
  /** Undefined: it leaves for good. */
  kind: WaitKind | undefined;
  readonly #previous: FormatField;
  readonly #state: FormatField;
  readonly #next: FormatField;

  private constructor(previous: FormatField, state: FormatField, next: FormatField) {
    this.#previous = previous;
    this.#state = state;
    this.#next = next;
  }

  /** Undefined where the format lacks what is needed. */
  static of(format: EventFormat | undefined): SchedSwitch | undefined {
    const field = (name: string): FormatField | undefined => format?.fields.find((each) => each.name === name && each.size >= 4);
    const [previous, state, next] = [field('prev_pid'), field('prev_state'), field('next_pid')];
    return previous === undefined || state === undefined || next === undefined ? undefined : new SchedSwitch(previous, state, next);
  }

  /** False where the bytes are too few. */
  read(view: DataView, offset: number, size: number, littleEndian: boolean): boolean {
    for (const field of [this.#previous, this.#state, this.#next]) if (field.offset + field.size > size) return false;
    this.previous = view.getInt32(offset + this.#previous.offset, littleEndian);
    this.next = view.getInt32(offset + this.#next.offset, littleEndian);
    // All bits that matter are in the low half.
    const low = littleEndian ? 0 : this.#state.size - 4;
    this.kind = waitKind(view.getUint32(offset + this.#state.offset + low, littleEndian));
    return true;
  }
}

function waitKind(state: number): WaitKind | undefined {
  if ((state & DEAD) !== 0) return undefined;
  if ((state & WAITING) === 0) return WaitKind.Runnable;
  return (state & BLOCKED) === 0 ? WaitKind.Sleeping : WaitKind.Blocked;
}
