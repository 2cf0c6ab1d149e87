// Sums resolved samples up to a Profile: stacks into one tree, equal samples into one tally.

import type { WideAddresses } from '../bytes/int64.ts';
import type { Processes } from '../process/processes.ts';
import type { LocationTable } from './location-table.ts';
import type { Profile, ProfileEvent } from './profile.ts';
import type { FrameTable } from './frame-table.ts';
import type { ResolvedSample } from './resolved-sample.ts';
import { StackTable } from './stack-table.ts';
import { TallyTable } from './tally-table.ts';

/** What the builder must know of an event. */
export interface EventDescription {
  readonly name: string;
  readonly hasChains: boolean;
  readonly leader: number;
  readonly groupName?: string;
}

interface EventSum extends EventDescription, ProfileEvent {
  samples: number;
  period: number;
  readonly tallies: TallyTable;
}

export class ProfileBuilder {
  readonly #stacks = new StackTable();
  readonly #events: EventSum[] = [];
  // The stack counted last, from the outermost frame: most stacks begin like the one before (STYLE 3.11).
  #frames = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;

  /** Counts a sample. `describe` is asked once for an event that was not seen before. */
  add(sample: ResolvedSample, locations: LocationTable, describe: (event: number) => EventDescription): void {
    const stack = this.#stackOf(sample, locations);
    const event = this.event(sample.event, describe);
    event.samples++;
    event.period += sample.period;
    const leaf = sample.leaf < 0 ? -1 : locations.frame[sample.leaf]!;
    event.tallies.count(sample.thread.id, sample.comm.id, leaf, sample.mode, stack, sample.period);
  }

  /** The sums of an event, made when it is first asked for; so are those of the events before it. */
  event(index: number, describe: (event: number) => EventDescription): EventSum {
    while (this.#events.length <= index) {
      this.#events.push({ ...describe(this.#events.length), samples: 0, period: 0, tallies: new TallyTable() });
    }
    return this.#events[index]!;
  }

  #stackOf(sample: ResolvedSample, locations: LocationTable): number {
    const { depth } = sample;
    if (depth > this.#frames.length) {
      this.#frames = new Int32Array(depth * 2);
      this.#nodes = new Int32Array(depth * 2);
      this.#depth = 0;
    }
    const frames = this.#frames;
    const nodes = this.#nodes;
    const frameOf = locations.frame;
    const places = sample.locations;
    const shared = Math.min(depth, this.#depth);
    let i = 0;
    while (i < shared && frames[i] === frameOf[places[depth - 1 - i]!]) i++;
    let node = i === 0 ? 0 : nodes[i - 1]!;
    for (; i < depth; i++) {
      const frame = frameOf[places[depth - 1 - i]!]!;
      node = this.#stacks.child(node, frame);
      frames[i] = frame;
      nodes[i] = node;
    }
    this.#depth = depth;
    return node;
  }

  /** The profile. `events` are all events of the recording, those without samples too. */
  finish(
    events: number,
    describe: (event: number) => EventDescription,
    frames: FrameTable,
    processes: Processes,
    wide: WideAddresses,
    rest: { readonly lostSamples: number; readonly fromPipe: boolean },
  ): Profile {
    if (events > 0) this.event(events - 1, describe);
    return {
      events: this.#events,
      frames,
      stacks: this.#stacks,
      wide,
      threads: processes.threads.map((thread) => ({ pid: thread.pid, tid: thread.tid, comm: thread.comm.id })),
      comms: processes.comms.map((comm) => comm.text),
      lostSamples: rest.lostSamples,
      fromPipe: rest.fromPipe,
    };
  }
}
