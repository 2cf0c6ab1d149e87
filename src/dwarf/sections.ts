// How readers of debugging information ask for bytes: as in bytes/reading.ts, but out of several sections. Sections of hundreds of
// megabytes are usual; only pieces of them are ever asked for.

import type { ByteRequest } from '../bytes/reading.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';

/** A section by what it holds: `.debug_info`, and in files of split debugging information `.debug_info.dwo`, are both `info`. */
export type SectionName =
  | 'info'
  | 'abbrev'
  | 'line'
  | 'str'
  | 'lineStr'
  | 'strOffsets'
  | 'addr'
  | 'ranges'
  | 'rnglists'
  | 'aranges'
  | 'cuIndex';

/** A section that can be asked for. */
export interface DwarfSection {
  /** In bytes, after decompression. */
  readonly size: number;
  /** All of it, where it is in memory. */
  readonly bytes?: Uint8Array | undefined;
}

/** The sections of one file. */
export interface DwarfSections {
  readonly littleEndian: boolean;
  readonly sections: Readonly<Partial<Record<SectionName, DwarfSection>>>;
  /** Of that file. */
  readonly diagnostics: Diagnostics;
}

/** A range of a section, in bytes. What comes back may be shorter at the end of the section. */
export interface SectionRequest extends ByteRequest {
  readonly section: DwarfSection;
}

/** A reader that asks for bytes of sections and ends with a `T`. The bytes it gets are its own to keep. */
export type SectionReading<T> = Generator<SectionRequest, T, Uint8Array>;
