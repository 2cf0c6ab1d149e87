// The whole stacks of each thread as one tree, for --stitch: a stack whose dump ended is joined onto the whole stack that it
// continues. A frame is known by its return address and by where on the stack it lies; where the outermost frame of a cut stack has
// both in common with a whole one, what lies beyond is taken from there:
//
//      whole   _start ─ main ─ loop ─ parse ─ read          the same address at the same stack pointer
//      cut                     loop ─ parse ─ item ─ text   → _start ─ main ─ loop ─ parse ─ item ─ text
//
// Only where all whole stacks of the thread that pass through that frame come to it the same way: functions that are called from
// several places at the same depth are common (an interpreter's loop), and then nobody knows. Of 1 877 Python stacks
// whose dump was cut to 2 KB (test/end-to-end/stitch.test.ts) 1 524 are joined so, 5 of them wrongly; taking the one with the longest
// run of equal frames inwards instead joins 1 684, 50 of them wrongly.

import { addressHash } from '../bytes/int64.ts';
import { MAX_KNOWN_STACK_NODES } from '../bytes/limits.ts';
import { mixed } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';

/** In place of a node: no whole stack goes on from there, or several that differ do. */
export const NO_JOIN = -1;
export const DOUBTFUL_JOIN = -2;

export class KnownStacks {
  /** Whether stacks are being learnt; afterwards they are looked up only. */
  isLearning = true;
  /** Of each node: the next frame outwards, below 0 for the outermost. A child has a higher number than its parent. */
  parent: Int32Array = new Int32Array(1024);
  address: Float64Array = new Float64Array(1024);
  length = 0;
  #sp = new Float64Array(1024);
  #thread = new Int32Array(1024);
  /** Another node of the same place; -1: none. */
  #next = new Int32Array(1024);
  // Open addressing: slots hold node + 1, 0 is empty. Of places the node met last.
  #children = new Int32Array(4096);
  #places = new Int32Array(4096);
  readonly #threads = new Map<number, number>();

  /** A small number for a thread. */
  threadNumber(pid: number, tid: number): number {
    const key = pid * 4_294_967_296 + tid;
    const known = this.#threads.get(key);
    if (known !== undefined) return known;
    this.#threads.set(key, this.#threads.size);
    return this.#threads.size - 1;
  }

  /**
   * Takes in a stack, innermost frame first; `sps[i]` is the stack pointer of frame i + 1. Below `from` frames are not looked at: they
   * are those outside of node `onto`. The sampled frame itself is none that others can be joined onto.
   */
  learn(thread: number, addresses: Float64Array, sps: Float64Array, count: number, onto: number = -1 - thread): void {
    let node = onto;
    for (let i = onto < 0 ? count - 1 : count - 2; i >= 1; i--) {
      const sp = sps[i - 1]!;
      // Where a step could not say, what lies further in cannot be told apart.
      if (Number.isNaN(sp)) return;
      const slot = this.#childSlot(node, addresses[i]!, sp);
      const known = this.#children[slot]! - 1;
      if (known >= 0) node = known;
      else {
        if (this.length >= MAX_KNOWN_STACK_NODES) return;
        node = this.#add(slot, thread, node, addresses[i]!, sp);
      }
    }
  }

  /** The node of the outermost frame of a cut stack, with which it goes on; NO_JOIN, DOUBTFUL_JOIN. */
  find(thread: number, addresses: Float64Array, sps: Float64Array, count: number): number {
    const outermost = count - 1;
    if (outermost < 1 || Number.isNaN(sps[outermost - 1])) return NO_JOIN;
    const node = this.#places[this.#placeSlot(thread, addresses[outermost]!, sps[outermost - 1]!)]! - 1;
    return node < 0 ? NO_JOIN : this.#next[node]! < 0 ? node : DOUBTFUL_JOIN;
  }

  #childSlot(parent: number, address: number, sp: number): number {
    const mask = this.#children.length - 1;
    for (let slot = hash(parent, address, sp) & mask; ; slot = (slot + 1) & mask) {
      const node = this.#children[slot]! - 1;
      if (node < 0 || (this.parent[node] === parent && this.address[node] === address && this.#sp[node] === sp)) return slot;
    }
  }

  #placeSlot(thread: number, address: number, sp: number): number {
    const mask = this.#places.length - 1;
    for (let slot = hash(thread, address, sp) & mask; ; slot = (slot + 1) & mask) {
      const node = this.#places[slot]! - 1;
      if (node < 0 || (this.#thread[node] === thread && this.address[node] === address && this.#sp[node] === sp)) return slot;
    }
  }

  #add(slot: number, thread: number, parent: number, address: number, sp: number): number {
    if (this.length === this.parent.length) {
      this.parent = grown(this.parent);
      this.address = grown(this.address);
      this.#sp = grown(this.#sp);
      this.#thread = grown(this.#thread);
      this.#next = grown(this.#next);
    }
    const node = this.length++;
    this.parent[node] = parent;
    this.address[node] = address;
    this.#sp[node] = sp;
    this.#thread[node] = thread;
    this.#children[slot] = node + 1;
    const place = this.#placeSlot(thread, address, sp);
    this.#next[node] = this.#places[place]! - 1;
    this.#places[place] = node + 1;
    if (this.length * 2 > this.#children.length) this.#growSlots();
    return node;
  }

  #growSlots(): void {
    this.#children = new Int32Array(this.#children.length * 2);
    this.#places = new Int32Array(this.#places.length * 2);
    for (let node = 0; node < this.length; node++) {
      this.#children[this.#childSlot(this.parent[node]!, this.address[node]!, this.#sp[node]!)] = node + 1;
      // In the order in which they came, so that the chains of places stay as they are.
      this.#places[this.#placeSlot(this.#thread[node]!, this.address[node]!, this.#sp[node]!)] = node + 1;
    }
  }
}

function hash(first: number, address: number, sp: number): number {
  return mixed(mixed(first, addressHash(address)), addressHash(sp));
}
