// Equal samples added up, for formats without time: of each group (whatever the format tells apart) and stack their number and period.

import { mixed } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';

/** Rows in columns, in the order in which each was first seen. */
export class StackTotals {
  length = 0;
  group: Int32Array = new Int32Array(1024);
  /** Node of ExportTables.stacks. */
  stack: Int32Array = new Int32Array(1024);
  samples: Float64Array = new Float64Array(1024);
  period: Float64Array = new Float64Array(1024);
  // Open addressing over (group, stack): a slot holds row + 1, 0 is empty.
  #slots = new Int32Array(4096);

  /** Counts a sample and gives its row. */
  count(group: number, stack: number, period: number): number {
    const row = this.#rowOf(group, stack);
    this.again(row, period);
    return row;
  }

  /** Counts one more sample of a row. */
  again(row: number, period: number): void {
    this.samples[row]!++;
    this.period[row]! += period;
  }

  #rowOf(group: number, stack: number): number {
    const mask = this.#slots.length - 1;
    let slot = mixed(group, stack) & mask;
    for (let row = this.#slots[slot]! - 1; row >= 0; row = this.#slots[slot]! - 1) {
      if (this.stack[row] === stack && this.group[row] === group) return row;
      slot = (slot + 1) & mask;
    }
    if (this.length === this.group.length) this.#growColumns();
    const row = this.length++;
    this.group[row] = group;
    this.stack[row] = stack;
    this.#slots[slot] = row + 1;
    if (this.length * 2 > this.#slots.length) this.#growSlots();
    return row;
  }

  #growColumns(): void {
    this.group = grown(this.group);
    this.stack = grown(this.stack);
    this.samples = grown(this.samples);
    this.period = grown(this.period);
  }

  #growSlots(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let row = 0; row < this.length; row++) {
      let slot = mixed(this.group[row]!, this.stack[row]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = row + 1;
    }
    this.#slots = slots;
  }
}
