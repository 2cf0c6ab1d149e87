// When each thread ran and when it waited, from what a recording says of its switches. Fed in time order; every moment of a thread's
// span is counted once, as running or as waiting, whatever was lost:
//
//   recording   |-----------------------------------------------|
//   a thread        fork   in      out       in         out
//   counted         |waits |  runs | waits   |  runs    | waits, not ended
//
// A switch that was lost is put at the first sign that it had been: a thread that runs again without having been switched in waited
// until then at the longest (WaitEnds.EndIsLate). Knows nothing of records and stacks. Times in ns.

/** Why a thread did not run. */
export const WaitKind = {
  /** It waited for something, and a signal could have woken it; or it was stopped. */
  Sleeping: 0,
  /** It waited for something and could not be woken by a signal: mostly a disk. */
  Blocked: 1,
  /** It could have run: it had to leave its CPU to another one, or has not been on one yet. */
  Runnable: 2,
} as const;
export type WaitKind = (typeof WaitKind)[keyof typeof WaitKind];

/** What says that a thread was switched out; of one switch each of them may. Bits, the higher the more it knows of why. */
export const SwitchSource = { ContextSwitches: 1, SwitchRecord: 2, SchedSwitch: 4 } as const;

/** How much is known of a wait's two ends. Bits. */
export const WaitEnds = {
  /** It had begun before the recording did: it counts from the recording's begin. */
  HadBegun: 1,
  /** It had not ended when the recording did: it counts to the recording's end. */
  HasNotEnded: 2,
  /** Nothing said that the thread was switched in: it counts to when the thread was known to run, or to leave a CPU, again. */
  EndIsLate: 4,
} as const;

/** Gets one interval in which a thread did not run. `ends`: bits of WaitEnds. */
export type WaitSink<Place> = (tid: number, from: number, to: number, kind: WaitKind, ends: number, place: Place | undefined) => void;

interface ThreadTime<Place> {
  state: 'runs' | 'waits' | 'gone';
  /** Since when. */
  since: number;
  kind: WaitKind;
  sources: number;
  /** Where it waits. */
  place: Place | undefined;
  /** Run until `since`, and not taken yet. */
  ran: number;
}

/** `Place` is whatever belongs to a wait and is not known here (its stack). */
export class ThreadTimes<Place> {
  readonly #threads = new Map<number, ThreadTime<Place>>();
  readonly #waited: WaitSink<Place>;
  /** Of the recording; -1 before the first moment. */
  #begin = -1;
  #last = 0;

  /** `waited`: gets every wait when it has ended. */
  constructor(waited: WaitSink<Place>) {
    this.#waited = waited;
  }

  /** Something was recorded at that time: the recording reaches from the first to the last of them. Gives the time, never less than before. */
  moment(time: number): number {
    if (this.#begin < 0) this.#begin = this.#last = time;
    if (time > this.#last) this.#last = time;
    return this.#last;
  }

  /** The thread is made; it waits for a CPU. */
  starts(tid: number, time: number): void {
    const now = this.moment(time);
    const known = this.#threads.get(tid);
    // The number is used again, and nothing told of the end of the thread that had it.
    if (known !== undefined) this.#leave(tid, known, now);
    this.#threads.set(tid, { state: 'waits', since: now, kind: WaitKind.Runnable, sources: 0, place: undefined, ran: 0 });
  }

  /** The thread ends; it still has to leave its CPU. */
  ends(tid: number, time: number): void {
    const now = this.moment(time);
    const thread = this.#threads.get(tid);
    if (thread === undefined) this.#threads.set(tid, this.#running(now));
    else this.#leave(tid, thread, now);
    this.#threads.get(tid)!.state = 'gone';
  }

  /** The thread gets a CPU. */
  in(tid: number, time: number): void {
    const now = this.moment(time);
    const thread = this.#threads.get(tid);
    if (thread === undefined) {
      const made = this.#running(now);
      this.#threads.set(tid, made);
      if (now > this.#begin) this.#waited(tid, this.#begin, now, WaitKind.Sleeping, WaitEnds.HadBegun, undefined);
    } else if (thread.state === 'waits') {
      this.#end(tid, thread, now, 0);
      this.#runs(thread, now);
    } else if (thread.state === 'gone') this.#runs(thread, now);
  }

  /** The thread is seen running. */
  runs(tid: number, time: number): void {
    const now = this.moment(time);
    const thread = this.#threads.get(tid);
    if (thread === undefined) this.#threads.set(tid, this.#running(now));
    else if (thread.state === 'waits') {
      this.#end(tid, thread, now, WaitEnds.EndIsLate);
      this.#runs(thread, now);
    }
  }

  /** The thread leaves its CPU. `kind` undefined: for good. `source`: which of those that tell of one switch says so. */
  out(tid: number, time: number, kind: WaitKind | undefined, source: number): void {
    const now = this.moment(time);
    let thread = this.#threads.get(tid);
    if (thread === undefined) this.#threads.set(tid, (thread = this.#running(now)));
    if (thread.state === 'gone') return;
    if (thread.state === 'waits') {
      if (thread.sources !== 0 && (thread.sources & source) === 0) {
        // The same switch, said once more.
        if (kind !== undefined && source > thread.sources) thread.kind = kind;
        thread.sources |= source;
        return;
      }
      this.#end(tid, thread, now, WaitEnds.EndIsLate);
    } else thread.ran += now - thread.since;
    thread.state = kind === undefined ? 'gone' : 'waits';
    thread.since = now;
    thread.kind = kind ?? WaitKind.Sleeping;
    thread.sources = source;
    thread.place = undefined;
  }

  /** What was given of the place where a thread waits; `make` is asked for it where nothing was. Undefined where it does not wait. */
  placeOf(tid: number, make?: () => Place): Place | undefined {
    const thread = this.#threads.get(tid);
    if (thread === undefined || thread.state !== 'waits') return undefined;
    return (thread.place ??= make?.());
  }

  /** For how long the thread has run since this was last asked for it, or since it was first seen. */
  takeRun(tid: number, time: number): number {
    const now = this.moment(time);
    const thread = this.#threads.get(tid);
    if (thread === undefined) return 0;
    let { ran } = thread;
    thread.ran = 0;
    if (thread.state === 'runs') {
      ran += now - thread.since;
      thread.since = now;
    }
    return ran;
  }

  /** The recording ends: so do all waits. */
  finish(): void {
    for (const [tid, thread] of this.#threads) {
      if (thread.state === 'waits') this.#end(tid, thread, this.#last, WaitEnds.HasNotEnded);
      else if (thread.state === 'runs') this.#leave(tid, thread, this.#last);
      thread.state = 'gone';
    }
  }

  #running(now: number): ThreadTime<Place> {
    return { state: 'runs', since: now, kind: WaitKind.Sleeping, sources: 0, place: undefined, ran: 0 };
  }

  #runs(thread: ThreadTime<Place>, now: number): void {
    thread.state = 'runs';
    thread.since = now;
    thread.sources = 0;
    thread.place = undefined;
  }

  /** Counts up to now, before the thread is no more. */
  #leave(tid: number, thread: ThreadTime<Place>, now: number): void {
    if (thread.state === 'waits') this.#end(tid, thread, now, WaitEnds.EndIsLate);
    else if (thread.state === 'runs') thread.ran += now - thread.since;
    thread.since = now;
  }

  #end(tid: number, { since, kind, place }: ThreadTime<Place>, to: number, ends: number): void {
    this.#waited(tid, since, to, kind, ends, place);
  }
}
