// Sums resolved samples up to a Profile: stacks into one tree, equal samples into one tally.

import type { BranchStacks } from './branch-stacks.ts';
import type { WideAddresses } from '../bytes/int64.ts';
import { grown } from '../bytes/sorted.ts';
import type { Processes } from '../process/processes.ts';
import type { LocationTable } from './location-table.ts';
import type { Parallelism } from './parallelism.ts';
import type { Profile, ProfileEvent, SampleDetail } from './profile.ts';
import type { FrameTable } from './frame-table.ts';
import type { ResolvedSample } from './resolved-sample.ts';
import type { SourceTable } from './source-table.ts';
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
  latency: number;
  readonly tallies: TallyTable;
}

/** What perf shows of events that are no tracepoints. */
const NO_TRACE = 'N/A';

export class ProfileBuilder {
  readonly #stacks = new StackTable();
  readonly #events: EventSum[] = [];
  // The stack counted last, from the outermost frame: most stacks begin like the one before (STYLE 3.11).
  #frames = new Int32Array(256);
  #nodes = new Int32Array(256);
  #depth = 0;
  /** Of the present sample, where calls were inlined. */
  #entries = new Int32Array(256);
  readonly #detail: SampleDetail | undefined;
  readonly #hasDetail: boolean;
  readonly #parallelism: Parallelism | undefined;
  readonly #sources: SourceTable | undefined;
  readonly #traces = new Map<string, number>();

  /**
   * `parallelism`: where the recording says how many threads ran. `sources`: where inlined calls, or lines, make frames. `hasValues`: whether
   * samples are told apart by what they say besides (sample-values.ts).
   */
  constructor(detail?: SampleDetail, parallelism?: Parallelism, sources?: SourceTable, hasValues = false) {
    this.#detail = detail;
    this.#hasDetail = detail !== undefined || hasValues;
    this.#parallelism = parallelism;
    this.#sources = sources;
  }

  /**
   * Counts a sample. `describe` is asked once for an event that was not seen before. `detail`: of a profile with a detail or values, the
   * number of the sample's (traceNumber, SampleValueTable.number).
   */
  add(sample: ResolvedSample, locations: LocationTable, describe: (event: number) => EventDescription, detail = 0): number {
    const stack = this.#stackOf(sample, locations);
    const event = this.event(sample.event, describe);
    event.samples++;
    event.period += sample.period;
    const leaf = sample.leaf < 0 ? -1 : (this.#sources?.leaf ?? locations.frame)[sample.leaf]!;
    const latency = this.#parallelism === undefined ? 0 : this.#parallelism.share(sample.period);
    event.latency += latency;
    return event.tallies.count(sample.thread.id, sample.comm.id, leaf, sample.mode, stack, sample.period, detail, latency);
  }

  /** Counts a sample that is equal to one for which `add` gave `row`. Only in a profile without detail and latency. */
  again(index: number, row: number, period: number): void {
    const event = this.#events[index]!;
    event.samples++;
    event.period += period;
    event.tallies.again(row, period);
  }

  /** Counts the branches of a sample; one without branches does not count. `numberOf`: of a branch and the sample's values, if there are some. */
  addBranches(sample: ResolvedSample, stacks: BranchStacks, describe: (event: number) => EventDescription, numberOf?: (branch: number) => number): void {
    if (stacks.count === 0) return;
    const event = this.event(sample.event, describe);
    event.samples++;
    const latency = this.#parallelism === undefined ? 0 : this.#parallelism.share(1);
    for (let i = 0; i < stacks.count; i++) {
      const branch = stacks.branches[i]!;
      event.period++;
      event.latency += latency;
      event.tallies.count(sample.thread.id, sample.comm.id, stacks.table.to[branch]!, sample.mode, 0, 1, numberOf === undefined ? branch : numberOf(branch), latency);
    }
  }

  /** Of a profile of traces: the number of a tracepoint's text. */
  traceNumber(text: string = NO_TRACE): number {
    const known = this.#traces.get(text);
    if (known !== undefined) return known;
    this.#traces.set(text, this.#traces.size);
    return this.#traces.size - 1;
  }

  /** The sums of an event, made when it is first asked for; so are those of the events before it. */
  event(index: number, describe: (event: number) => EventDescription): EventSum {
    while (this.#events.length <= index) {
      this.#events.push({ ...describe(this.#events.length), samples: 0, period: 0, latency: 0, tallies: new TallyTable(this.#hasDetail, this.#parallelism !== undefined) });
    }
    return this.#events[index]!;
  }

  #stackOf(sample: ResolvedSample, locations: LocationTable): number {
    const { depth } = sample;
    return this.#sources === undefined ? this.#stack(depth, sample.locations, locations.frame) : this.#stack(this.#expand(sample, this.#sources), this.#entries, this.#sources.frame);
  }

  /** The entries of a sample's locations, innermost first. */
  #expand({ depth, locations }: ResolvedSample, { first }: SourceTable): number {
    let count = 0;
    for (let i = 0; i < depth; i++) {
      const end = first[locations[i]! + 1]!;
      for (let entry = first[locations[i]!]!; entry < end; entry++) {
        if (count === this.#entries.length) this.#entries = grown(this.#entries);
        this.#entries[count++] = entry;
      }
    }
    return count;
  }

  /** The node of a chain: `places`, innermost first, and the frame of each. */
  #stack(depth: number, places: Int32Array, frameOf: Int32Array): number {
    if (depth > this.#frames.length) {
      this.#frames = new Int32Array(depth * 2);
      this.#nodes = new Int32Array(depth * 2);
      this.#depth = 0;
    }
    const frames = this.#frames;
    const nodes = this.#nodes;
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
    rest: { readonly lostSamples: number; readonly fromPipe: boolean; readonly branches?: Profile['branches']; readonly values?: Profile['values'] },
  ): Profile {
    if (events > 0) this.event(events - 1, describe);
    return {
      events: this.#events,
      frames,
      stacks: this.#stacks,
      wide,
      threads: processes.threads.map((thread) => ({ pid: thread.pid, tid: thread.tid, comm: thread.comm.id })),
      comms: processes.comms.map((comm) => comm.text),
      ...rest,
      detail: this.#detail,
      traces: [...this.#traces.keys()],
      lines: this.#sources?.lines,
      latency: this.#parallelism === undefined ? undefined : this.#parallelism.isMostlySingle ? 'single' : 'parallel',
    };
  }
}
