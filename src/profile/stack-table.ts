// Call chains as one prefix tree, in columns (STYLE.md 2.7). Node 0 is the empty chain; a child always has a higher number than
// its parent, so every total is one loop from the end. The order is from the outermost frame to the innermost.
//
//      0 ─ _start ─ main ─┬─ f ─ g
//                         └─ h

import { mixed } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';

/** The prefix tree of call chains in columns, by node from 0 to `length` - 1. */
export class StackTable {
  /** Of each node; node 0 is its own parent. */
  parent: Int32Array = new Int32Array(1024);
  /** Index in the FrameTable; unused for node 0. */
  frame: Int32Array = new Int32Array(1024);
  /** Number of frames from the root to here. */
  depth: Int32Array = new Int32Array(1024);
  length = 1;
  // Open addressing over (parent, frame): a slot holds a node, 0 is empty. Twice as large as the number of nodes at least.
  #slots = new Int32Array(4096);

  /** The node of `frame` under `parent`, made if it is new. Never 0. */
  child(parent: number, frame: number): number {
    const mask = this.#slots.length - 1;
    let slot = mixed(parent, frame) & mask;
    for (;;) {
      const node = this.#slots[slot]!;
      if (node === 0) break;
      if (this.parent[node] === parent && this.frame[node] === frame) return node;
      slot = (slot + 1) & mask;
    }
    if (this.length === this.parent.length) this.#growColumns();
    const node = this.length++;
    this.parent[node] = parent;
    this.frame[node] = frame;
    this.depth[node] = this.depth[parent]! + 1;
    this.#slots[slot] = node;
    if (this.length * 2 > this.#slots.length) this.#growSlots();
    return node;
  }

  #growColumns(): void {
    this.parent = grown(this.parent);
    this.frame = grown(this.frame);
    this.depth = grown(this.depth);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let node = 1; node < this.length; node++) {
      let slot = mixed(this.parent[node]!, this.frame[node]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node;
    }
    this.#slots = slots;
  }
}
