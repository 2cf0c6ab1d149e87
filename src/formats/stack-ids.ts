// Numbers of stacks that are the same in every recording and on every machine: a hash of 64 bits of the functions that a stack passes through.
// Of a million different stacks two share one with a probability of 1 in 37 million.

import { grown } from '../bytes/sorted.ts';
import { telling } from './code-table.ts';
import type { ExportTables } from './format.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Of the second half: it must not go the way of the first. */
const OTHER_OFFSET = 0x9747b28c;

export class StackIds {
  readonly #tables: ExportTables;
  // By node, as far as they are reckoned: a node's hash is made of its parent's, which has a lower number.
  #low = new Int32Array(1024);
  #high = new Int32Array(1024);
  #length = 1;
  readonly #functions: { readonly low: number; readonly high: number }[] = [];

  constructor(tables: ExportTables) {
    this.#tables = tables;
    this.#low[0] = FNV_OFFSET | 0;
    this.#high[0] = OTHER_OFFSET | 0;
  }

  /** Of a node; signed. */
  of(node: number): bigint {
    this.#fill(node);
    return (BigInt(this.#high[node]!) << 32n) | BigInt(this.#low[node]! >>> 0);
  }

  #fill(node: number): void {
    const { code, stacks } = this.#tables;
    for (; this.#length <= node; this.#length++) {
      const next = this.#length;
      if (next === this.#low.length) {
        this.#low = grown(this.#low);
        this.#high = grown(this.#high);
      }
      const parent = stacks.parent[next]!;
      const { low, high } = this.#functionHash(code.function[stacks.frame[next]!]!);
      this.#low[next] = joined(this.#low[parent]!, low);
      this.#high[next] = joined(this.#high[parent]!, high);
    }
  }

  #functionHash(fn: number): { readonly low: number; readonly high: number } {
    const known = this.#functions[fn];
    if (known !== undefined) return known;
    const { code } = this.#tables;
    const one = code.functions[fn]!;
    const text = `${telling(one)}\0${code.moduleName(one)}\0${one.file}`;
    return (this.#functions[fn] = { low: textHash(text, FNV_OFFSET), high: textHash(text, OTHER_OFFSET) });
  }
}

function textHash(text: string, offset: number): number {
  let hash = offset | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return finished(hash);
}

function joined(parent: number, child: number): number {
  return finished(Math.imul(parent, 31) + child);
}

/** The last steps of MurmurHash3: every bit counts for every other. */
function finished(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
