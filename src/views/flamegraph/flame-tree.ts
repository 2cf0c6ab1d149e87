// The tree that a flame graph draws: the stacks of one event, or of the same event in two recordings, added up under levels of
// commands or threads. Every node once, in columns; a child has a higher number than its parent.

import { StackTable } from '../../profile/stack-table.ts';
import type { WeightedStacks } from '../../profile/weighted-stacks.ts';
import { keyOf } from '../../profile/same-frames.ts';
import { flameFrame, type FlameFrame } from './flame-frame.ts';

/** What of a recording is drawn. */
export interface FlameSelection {
  /** Index in Profile.events. */
  readonly event: number;
  /** Which rows; all if left out. */
  readonly accepts?: ((thread: number, comm: number) => boolean) | undefined;
  /** The outermost level: one for each command, or each thread. */
  readonly tasks: 'command' | 'thread';
  /** Stacks begin with the sampled function. */
  readonly reverse: boolean;
}

/** Sums of one recording, by node. */
interface Side {
  weight: Float64Array;
  samples: Float64Array;
}

export class FlameTree {
  readonly frames: FlameFrame[] = [];
  readonly stacks: StackTable = new StackTable();
  readonly #sides: Side[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #loosely: boolean;

  /** `loosely`: of two recordings (same-frames.ts). */
  constructor(loosely = false) {
    this.#loosely = loosely;
  }

  /** Adds a recording's stacks; `moved`: see movedFiles. Weights are periods, or samples where an event has none. */
  add(from: WeightedStacks, selection: FlameSelection, moved?: ReadonlyMap<string, string>): void {
    const numbers = new Int32Array(from.frames.length).fill(-1);
    const numberOf = (frame: number): number => {
      if (numbers[frame]! < 0) {
        const drawn = flameFrame(from.frames[frame]!);
        const number = this.#number(keyOf(from.frames[frame]!, this.#loosely, moved), () => drawn);
        // What is drawn is the last recording, with its names.
        this.frames[number] = drawn;
        numbers[frame] = number;
      }
      return numbers[frame]!;
    };
    const { profile, stacks, rows } = from;
    const { event, accepts, tasks, reverse } = selection;
    const { tallies, period } = profile.events[event]!;
    const own = new Map<number, [weight: number, samples: number]>();
    const path: number[] = [];
    // By task, the nodes of this tree for those of the stacks; rows of one task follow each other.
    const nodes = new Int32Array(stacks.length);
    const isOf = new Int32Array(stacks.length).fill(-1);
    for (const [task, members] of this.#byTask(from, selection, accepts, tasks)) {
      const root = this.stacks.child(0, task);
      for (const row of members) {
        let node = root;
        if (reverse) {
          for (let at = rows[event]![row]!; at !== 0; at = stacks.parent[at]!) node = this.stacks.child(node, numberOf(stacks.frame[at]!));
        } else {
          let at = rows[event]![row]!;
          for (; at !== 0 && isOf[at] !== task; at = stacks.parent[at]!) path.push(at);
          if (at !== 0) node = nodes[at]!;
          for (let next = path.pop(); next !== undefined; next = path.pop()) {
            nodes[next] = node = this.stacks.child(node, numberOf(stacks.frame[next]!));
            isOf[next] = task;
          }
        }
        const sums = own.get(node) ?? [0, 0];
        const samples = tallies.samples[row]!;
        own.set(node, [sums[0] + (period > 0 ? tallies.period[row]! : samples), sums[1] + samples]);
      }
    }
    const side: Side = { weight: new Float64Array(this.stacks.length), samples: new Float64Array(this.stacks.length) };
    for (const [node, [weight, samples]] of own) {
      side.weight[node] = weight;
      side.samples[node] = samples;
    }
    const { parent } = this.stacks;
    for (let node = this.stacks.length - 1; node > 0; node--) {
      side.weight[parent[node]!]! += side.weight[node]!;
      side.samples[parent[node]!]! += side.samples[node]!;
    }
    this.#sides.push(side);
  }

  /** Recordings added. */
  get sides(): number {
    return this.#sides.length;
  }

  /** Sum of the weights of all stacks that run through a node, of the recording added as number `side`; of node 0: of all. */
  weight(side: number, node: number): number {
    return this.#sides[side]!.weight[node] ?? 0;
  }

  /** Likewise of samples. */
  samples(side: number, node: number): number {
    return this.#sides[side]!.samples[node] ?? 0;
  }

  /** Children of each node whose weight in the last recording is at least `least`, by label; those of node 0 first. */
  childrenFrom(least: number): ReadonlyMap<number, readonly number[]> {
    const { parent, frame, length } = this.stacks;
    const last = this.sides - 1;
    const children = new Map<number, number[]>();
    for (let node = 1; node < length; node++) {
      const weight = this.weight(last, node);
      if (weight <= 0 || weight < least) continue;
      const siblings = children.get(parent[node]!);
      if (siblings === undefined) children.set(parent[node]!, [node]);
      else siblings.push(node);
    }
    const compare = (a: number, b: number): number => {
      const [left, right] = [this.frames[frame[a]!]!.label, this.frames[frame[b]!]!.label];
      return left < right ? -1 : left > right ? 1 : a - b;
    };
    for (const siblings of children.values()) siblings.sort(compare);
    return children;
  }

  #byTask({ profile }: WeightedStacks, { event }: FlameSelection, accepts: FlameSelection['accepts'], tasks: FlameSelection['tasks']): Map<number, number[]> {
    const { thread, comm, length } = profile.events[event]!.tallies;
    const rows = new Map<number, number[]>();
    for (let row = 0; row < length; row++) {
      if (accepts !== undefined && !accepts(thread[row]!, comm[row]!)) continue;
      const name = profile.comms[comm[row]!]!;
      const { pid, tid } = profile.threads[thread[row]!]!;
      const label = tasks === 'command' ? name : `${name} ${pid}/${tid}`;
      const task = this.#number(`task ${label}`, () => ({ kind: 'task', label: label === '' ? '[unnamed]' : label, place: '' }));
      const members = rows.get(task);
      if (members === undefined) rows.set(task, [row]);
      else members.push(row);
    }
    return rows;
  }

  #number(key: string, make: () => FlameFrame): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.frames.length);
    return this.frames.push(make()) - 1;
  }
}
