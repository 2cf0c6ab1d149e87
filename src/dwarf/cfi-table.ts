// Placeholder with the final signatures; see cfi-rows.ts and cfi-program.ts for what follows.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Machine } from '../bytes/machine.ts';

/** A section of call frame information: its bytes, and the address at which its first byte is mapped (in the table's coordinates). */
export interface CfiSection {
  readonly bytes: Uint8Array;
  readonly address: number;
}

export interface CfiSections {
  readonly machine: Machine;
  readonly littleEndian: boolean;
  readonly addressSize: 4 | 8;
  readonly ehFrame?: CfiSection;
  readonly ehFrameHdr?: CfiSection;
  readonly debugFrame?: CfiSection;
}

export class CfiTable {
  readonly sections: CfiSections;

  constructor(sections: CfiSections, _diagnostics: Diagnostics) {
    this.sections = sections;
  }
}
