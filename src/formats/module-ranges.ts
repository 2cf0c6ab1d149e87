// Where modules lie in an address space that all processes and recordings of an export share: formats with mappings want every address to
// be within its own, and each process had them elsewhere. The kernel stays where it is; others get ranges of their own one after another,
// at whose start the module's address 0 lies.

import type { CodeTable } from './code-table.ts';

const PAGE = 4096;
/** Of the first range: no address is near 0, which means "none" in some formats. */
const FIRST = 0x1000_0000n;

/** Unsigned; half-open. */
export interface ModuleRange {
  readonly start: bigint;
  readonly end: bigint;
}

export class ModuleRanges {
  /** By module. */
  readonly ranges: readonly ModuleRange[];
  readonly #code: CodeTable;

  constructor(code: CodeTable) {
    this.#code = code;
    const lowest = new Float64Array(code.modules.length).fill(Infinity);
    const highest = new Float64Array(code.modules.length).fill(-Infinity);
    for (let place = 0; place < code.length; place++) {
      const { module } = code.at(place);
      const address = code.address[place]!;
      if (module < 0 || address === -1) continue;
      lowest[module] = Math.min(lowest[module]!, address);
      // Of a module in the kernel's half what lies in the other one is damage.
      if (address < 0 !== lowest[module]! < 0) continue;
      highest[module] = address < 0 && highest[module]! >= 0 ? address : Math.max(highest[module]!, address);
    }
    let next = FIRST;
    this.ranges = code.modules.map((_, module) => {
      const low = lowest[module]!;
      if (low < 0) return { start: unsigned(Math.floor(low / PAGE) * PAGE), end: unsigned((Math.floor(highest[module]! / PAGE) + 1) * PAGE) };
      const start = next;
      next += BigInt((Math.floor(Math.max(highest[module]!, 0) / PAGE) + 1) * PAGE);
      return { start, end: next };
    });
  }

  /** Where the module of a place begins; undefined where it is in none. */
  startOf(place: number): bigint | undefined {
    return this.ranges[this.#code.at(place).module]?.start;
  }

  /** The address of a place; 0 where it is in no module, the start of its module where it is not known. */
  addressOf(place: number): bigint {
    const { module } = this.#code.at(place);
    if (module < 0) return 0n;
    const address = this.#code.address[place]!;
    const { start, end } = this.ranges[module]!;
    if (address === -1) return start;
    const moved = address < 0 ? unsigned(address) : start + BigInt(address);
    return moved < end ? moved : start;
  }
}

function unsigned(address: number): bigint {
  return BigInt.asUintN(64, BigInt(address));
}
