// What the tables of an ELF file hold, as plain numbers: raw types and flags, signed addresses (FORMAT 3.2).

import type { SparseBytes } from './sparse-bytes.ts';

/** One section header. Sizes and offsets in bytes, unsigned; the address signed. */
export interface ElfSection {
  readonly index: number;
  /** '' where there is no table of names. */
  readonly name: string;
  /** SHT_…: the raw number. */
  readonly type: number;
  /** SHF_…: the raw bits; a double, the upper half of a 64-bit word is exact but rarely used. */
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** One program header. Sizes and offsets in bytes, unsigned; the address signed. */
export interface ElfSegment {
  /** PT_…: the raw number. */
  readonly type: number;
  /** PF_…: 1 executable, 2 writable, 4 readable. */
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

/** What identifies an ELF file and says how to read the rest. */
export interface ElfIdentity {
  readonly is64: boolean;
  readonly littleEndian: boolean;
  /** EM_…: the raw number. */
  readonly machine: number;
  /** ET_…: 1 relocatable, 2 executable, 3 shared object or position-independent executable, 4 core. */
  readonly type: number;
  /** EF_…: the machine's own bits. */
  readonly flags: number;
  /** Signed. */
  readonly entry: number;
  /** Whether it was cut down to what profiles need, and had code before (slim-elf.ts). */
  readonly codeLeftOut: boolean;
}

/** The tables of a file, and the bytes that were read for them. */
export interface ElfTables {
  readonly identity: ElfIdentity;
  readonly sections: readonly ElfSection[];
  readonly segments: readonly ElfSegment[];
  /** What was read so far. */
  readonly bytes: SparseBytes;
}
