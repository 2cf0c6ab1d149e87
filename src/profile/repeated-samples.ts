// Samples of which everything that was recorded of their stack is equal to an earlier one: same thread and name, same event and mode,
// same address and chain, in the same state of the memory. They need not be resolved again: a program that spends its time in few
// places is recorded as the same chain thousands of times (a C++ program's 319 065 samples have 22 097 distinct ones).
// Chains as recorded only: what is unwound from registers and stack is never the same twice.

import { MAX_REPEATED_WORDS } from '../bytes/limits.ts';
import { FACTOR_1, FACTOR_2, FACTOR_3 } from '../bytes/mixing.ts';
import { grown } from '../bytes/sorted.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';

/** What tells two samples apart besides their words. */
const WHO = 6;

export class RepeatedSamples {
  /** Of each sample known: what the visitor gave for it, and where its stack came from (StackSource). */
  token: Int32Array = new Int32Array(256);
  source: Uint8Array = new Uint8Array(256);
  #length = 0;
  #who = new Int32Array(256 * WHO);
  #hash = new Int32Array(256);
  /** Where its words begin, and how many there are: two for the address, two for each entry of the chain. */
  #start = new Int32Array(256);
  #count = new Int32Array(256);
  #words = new Int32Array(8192);
  #used = 0;
  // Open addressing over all of these: a slot holds index + 1, 0 is empty.
  #slots = new Int32Array(1024);
  // The sample that `find` looked for last, for `add`.
  readonly #wanted = new Int32Array(WHO);
  #wantedHash = 0;
  #wantedSlot = 0;

  /**
   * The index of an equal sample, or -1: then `add` it when it is resolved. `ipOffset` is that of its address in the record's view,
   * or -1.
   */
  find(record: RecordView, raw: SampleView, ipOffset: number, thread: number, comm: number, state: number, kernelState: number, event: number): number {
    const who = this.#wanted;
    who[0] = thread;
    who[1] = comm;
    who[2] = state;
    who[3] = kernelState;
    who[4] = event;
    who[5] = record.misc & 7;
    const { view, littleEndian } = record;
    const from = raw.chainOffset;
    const end = from + raw.chainLength * 8;
    let hash = thread ^ Math.imul(comm, 31) ^ Math.imul(state, FACTOR_1) ^ event ^ (who[5] << 8);
    if (ipOffset >= 0) hash = Math.imul(hash ^ view.getInt32(ipOffset, littleEndian) ^ view.getInt32(ipOffset + 4, littleEndian), FACTOR_2);
    // The address is in the chain once more, and its own place only counts where it is not.
    for (let at = from; at < end; at += 8) {
      hash = Math.imul(hash ^ view.getInt32(at, littleEndian) ^ Math.imul(view.getInt32(at + 4, littleEndian), FACTOR_3), FACTOR_1) ^ (hash >>> 15);
    }
    this.#wantedHash = hash;
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) break;
      if (this.#hash[index] === hash && this.#isEqual(index, view, littleEndian, ipOffset, from, end)) return index;
    }
    this.#wantedSlot = slot;
    return -1;
  }

  #isEqual(index: number, view: DataView, littleEndian: boolean, ipOffset: number, from: number, end: number): boolean {
    if (this.#count[index] !== 2 + (end - from) / 4) return false;
    const who = this.#who;
    for (let i = 0; i < WHO; i++) if (who[index * WHO + i] !== this.#wanted[i]) return false;
    const words = this.#words;
    let word = this.#start[index]!;
    if (ipOffset >= 0 && (words[word] !== view.getInt32(ipOffset, littleEndian) || words[word + 1] !== view.getInt32(ipOffset + 4, littleEndian))) return false;
    word += 2;
    for (let at = from; at < end; at += 4) if (words[word++] !== view.getInt32(at, littleEndian)) return false;
    return true;
  }

  /** Keeps the sample that `find` did not know, unless there are too many. Gives nothing back. */
  add(record: RecordView, raw: SampleView, ipOffset: number, token: number, source: number): void {
    const count = 2 + raw.chainLength * 2;
    if (this.#used + count > MAX_REPEATED_WORDS) return;
    if (this.#length === this.token.length) this.#growColumns();
    while (this.#used + count > this.#words.length) this.#words = grown(this.#words);
    const { view, littleEndian } = record;
    const index = this.#length++;
    this.token[index] = token;
    this.source[index] = source;
    this.#who.set(this.#wanted, index * WHO);
    this.#hash[index] = this.#wantedHash;
    this.#start[index] = this.#used;
    this.#count[index] = count;
    let word = this.#used;
    this.#words[word++] = ipOffset < 0 ? 0 : view.getInt32(ipOffset, littleEndian);
    this.#words[word++] = ipOffset < 0 ? 0 : view.getInt32(ipOffset + 4, littleEndian);
    for (let at = raw.chainOffset; word < this.#used + count; at += 4) this.#words[word++] = view.getInt32(at, littleEndian);
    this.#used += count;
    this.#slots[this.#wantedSlot] = index + 1;
    if (this.#length * 2 > this.#slots.length) this.#growSlots();
  }

  #growColumns(): void {
    this.token = grown(this.token);
    this.source = grown(this.source);
    this.#who = grown(this.#who);
    this.#hash = grown(this.#hash);
    this.#start = grown(this.#start);
    this.#count = grown(this.#count);
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let index = 0; index < this.#length; index++) {
      const hash = this.#hash[index]!;
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = index + 1;
    }
  }
}
