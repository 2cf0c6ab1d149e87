// Profiles built in memory of frames and stacks, for tests of what is made of them.

import { WideAddresses } from '../../src/bytes/int64.ts';
import type { FrameTable } from '../../src/profile/frame-table.ts';
import { CpuMode, type Profile } from '../../src/profile/profile.ts';
import { StackTable } from '../../src/profile/stack-table.ts';
import { TallyTable } from '../../src/profile/tally-table.ts';
import type { SymbolTable } from '../../src/symbols/symbol-table.ts';

/** Symbols by name, 16 bytes apart. */
export class NamedSymbols implements SymbolTable {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  get length(): number {
    return this.#names.length;
  }

  find(address: number): number {
    return address >= 0 && address < this.#names.length * 16 ? Math.floor(address / 16) : -1;
  }

  start(symbol: number): number {
    return symbol * 16;
  }

  end(symbol: number): number {
    return symbol * 16 + 16;
  }

  name(symbol: number): string {
    return this.#names[symbol]!;
  }

  isObject(): boolean {
    return false;
  }
}

/** One sample. `stack`: frames from the outermost to the innermost; `leaf` for a sample without a stack. */
export interface MadeSample {
  readonly stack: readonly number[];
  readonly leaf?: number;
  /** 0 if left out. */
  readonly event?: number;
  /** Index in the profile's threads; 0 if left out. Thread n has the ids 100 + n. */
  readonly thread?: number;
  /** 1 if left out. */
  readonly period?: number;
}

/** A profile of these samples. `events`: their names. */
export function madeProfile(frames: FrameTable, samples: readonly MadeSample[], events: readonly string[] = ['cpu-clock']): Profile {
  const stacks = new StackTable();
  const sums = events.map((name, leader) => ({ name, hasChains: true, leader, samples: 0, period: 0, tallies: new TallyTable() }));
  let threads = 1;
  for (const { stack, leaf = stack.at(-1) ?? -1, event = 0, thread = 0, period = 1 } of samples) {
    const node = stack.reduce((parent, frame) => stacks.child(parent, frame), 0);
    const sum = sums[event]!;
    sum.samples++;
    sum.period += period;
    sum.tallies.count(thread, thread, leaf, CpuMode.User, node, period);
    threads = Math.max(threads, thread + 1);
  }
  const numbers = Array.from({ length: threads }, (_, thread) => thread);
  return {
    events: sums,
    frames,
    stacks,
    wide: new WideAddresses(),
    threads: numbers.map((thread) => ({ pid: 100 + thread, tid: 100 + thread, comm: thread })),
    comms: numbers.map((thread) => `comm${thread}`),
    lostSamples: 0,
    fromPipe: false,
  };
}
