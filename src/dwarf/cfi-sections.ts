// What dwarf/ is given to find call frame information in: sections as bytes, and where they are mapped.

import type { Machine } from '../bytes/machine.ts';

/**
 * A section's bytes and the address of the first of them, in the coordinates in which the table is asked: an ELF file's virtual
 * addresses, offsets in a piece of JIT code.
 */
export interface CfiSection {
  readonly bytes: Uint8Array;
  readonly address: number;
}

/** Whatever of the three a module has. `.debug_frame` is asked for addresses that `.eh_frame` does not describe. */
export interface CfiSections {
  readonly machine: Machine;
  readonly littleEndian: boolean;
  readonly addressSize: 4 | 8;
  readonly ehFrame?: CfiSection;
  readonly ehFrameHdr?: CfiSection;
  readonly debugFrame?: CfiSection;
}
