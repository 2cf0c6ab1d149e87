// Registers + stack memory + code -> frames. Placeholder with the final signatures.

import type { WideAddresses } from '../bytes/int64.ts';
import type { Machine } from '../bytes/machine.ts';
import type { CodeRegion, CodeSpace } from './code-space.ts';
import { SampledRegisters } from './registers.ts';
import { StackMemory } from './stack-memory.ts';
import { StopReason } from './stop-reason.ts';

/** Names a frame, once per address and state of its address space: the number is handed back with every frame at that address. */
export type Labeller = (address: number, space: CodeSpace, region: CodeRegion | undefined, isCaller: boolean) => number;

export interface UnwindCounters {
  hits: number;
  misses: number;
  /** How often each StopReason ended a walk. */
  readonly reasons: Float64Array;
}

export class Unwinder {
  /** To be set before `unwind`. */
  readonly registers: SampledRegisters = new SampledRegisters();
  /** To be set before `unwind`. */
  readonly memory: StackMemory = new StackMemory();
  /** The frames, leaf first: `count` of them. Valid until the next `unwind`; the arrays may be replaced by larger ones. */
  addresses: Float64Array = new Float64Array(256);
  labels: Int32Array = new Int32Array(256);
  count = 0;
  /** What to load when `unwind` gave NeedsModule. */
  needed: CodeRegion | undefined;
  neededAddress = 0;
  readonly counters: UnwindCounters = { hits: 0, misses: 0, reasons: new Float64Array(16) };
  readonly machine: Machine;
  readonly #label: Labeller;
  readonly #wide: WideAddresses;

  constructor(machine: Machine, wide: WideAddresses, label: Labeller) {
    this.machine = machine;
    this.#wide = wide;
    this.#label = label;
  }

  /** Walks the stack of the sample in `registers` and `memory`. */
  unwind(_space: CodeSpace, _maxFrames: number): StopReason {
    void this.#label;
    void this.#wide;
    return StopReason.NoRegisters;
  }
}
