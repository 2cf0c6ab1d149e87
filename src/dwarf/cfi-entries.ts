// The entries of .eh_frame and .debug_frame: common information entries (CIE) and frame description entries (FDE), DWARF 5
// clause 6.4.1 and the Linux Standard Base's .eh_frame. What their instructions mean is cfi-program.ts's.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { CfiSection } from './cfi-sections.ts';
import { DwarfCursor } from './cursor.ts';
import { PointerEncoding, readFormat, readPointer } from './pointer-encoding.ts';
import type { FrameState } from './frame-state.ts';

/** What the FDEs of one kind have in common. */
export interface Cie {
  readonly offset: number;
  readonly version: number;
  readonly augmentation: string;
  readonly addressSize: number;
  readonly codeFactor: number;
  readonly dataFactor: number;
  /** DWARF number of the column that holds the return address. */
  readonly returnAddress: number;
  readonly pointerEncoding: number;
  /** Whether its frames were interrupted by a signal rather than left by a call ('S'). */
  readonly isSignalFrame: boolean;
  readonly instructions: number;
  readonly instructionsEnd: number;
  /** Bytes of an entry's id, and of the pointer to it. */
  readonly idSize: number;
  /** The rules after the CIE's own instructions, once they have been run. */
  initial: FrameState | undefined;
}

export interface Fde {
  readonly offset: number;
  readonly cie: Cie;
  /** First address of the code, in the table's coordinates. */
  readonly start: number;
  /** One past the last. */
  readonly end: number;
  readonly instructions: number;
  readonly instructionsEnd: number;
}

/** Reads entries of one section where they stand. */
export class CfiEntries {
  readonly cursor: DwarfCursor;
  readonly section: CfiSection;
  readonly #isEh: boolean;
  readonly #addressSize: number;
  readonly #diagnostics: Diagnostics;
  readonly #cies = new Map<number, Cie | undefined>();
  // Of the entry that #header read last.
  #entryEnd = 0;
  #isCie = false;
  #cieOffset = 0;
  #idSize = 4;

  constructor(section: CfiSection, isEh: boolean, littleEndian: boolean, addressSize: number, diagnostics: Diagnostics) {
    this.section = section;
    this.cursor = new DwarfCursor(section.bytes, littleEndian);
    this.#isEh = isEh;
    this.#addressSize = addressSize;
    this.#diagnostics = diagnostics;
  }

  /** The FDE at an offset of the section, or undefined where none can be read. */
  fdeAt(offset: number): Fde | undefined {
    if (!this.#header(offset) || this.#isCie) return undefined;
    return this.#fde(offset);
  }

  /** Every FDE of the section, in its order. Damaged entries are passed over. */
  *all(): Generator<Fde> {
    const size = this.section.bytes.length;
    for (let offset = 0; offset + 4 <= size; ) {
      // A terminator stands at the end, and in the middle where a linker joined what already had ends.
      if (this.cursor.view.getUint32(offset, this.cursor.littleEndian) === 0) {
        offset += 4;
        continue;
      }
      if (!this.#header(offset)) return;
      const next = this.#entryEnd;
      const fde = this.#isCie ? undefined : this.#fde(offset);
      if (fde !== undefined) yield fde;
      offset = next;
    }
  }

  /** Reads length and id; the cursor stands behind them. */
  #header(offset: number): boolean {
    const cursor = this.cursor;
    const size = this.section.bytes.length;
    cursor.seek(offset, size);
    let length = cursor.unsigned32();
    const is64 = length === 0xffff_ffff;
    if (is64) length = cursor.signed64();
    const idOffset = cursor.position;
    if (cursor.overrun || length < 4 || idOffset + length > size) {
      this.#damaged('cfi-entry-cut', offset, 'an entry of the call frame information sticks out of its section');
      return false;
    }
    this.#entryEnd = idOffset + length;
    cursor.end = this.#entryEnd;
    this.#idSize = is64 && !this.#isEh ? 8 : 4;
    if (this.#isEh) {
      // Four bytes in the 64-bit format too (Linux Standard Base). GNU's tools take eight there: then what follows a CIE's first four,
      // which are zero like the others, is no version; and in big-endian order the same is true of a pointer to one. In the other order
      // the CIE tells how long the pointer is.
      let id = cursor.unsigned32();
      if (is64 && id === 0 && length >= 8 && cursor.view.getUint8(idOffset + 4) === 0) {
        id = cursor.unsigned32();
        this.#idSize = 8;
      }
      this.#isCie = id === 0;
      this.#cieOffset = idOffset - id;
    } else {
      const id = is64 ? cursor.signed64() : cursor.unsigned32();
      this.#isCie = id === (is64 ? -1 : 0xffff_ffff);
      this.#cieOffset = id;
    }
    return true;
  }

  #fde(offset: number): Fde | undefined {
    const cursor = this.cursor;
    const idOffset = cursor.position - this.#idSize;
    const entryEnd = this.#entryEnd;
    const cie = this.#cieAt(this.#cieOffset);
    if (cie === undefined) return undefined;
    cursor.seek(idOffset + cie.idSize, entryEnd);
    const start = readPointer(cursor, cie.pointerEncoding, cie.addressSize, this.section.address, 0);
    const length = readFormat(cursor, cie.pointerEncoding & 0x07, cie.addressSize);
    // The 'z' at the augmentation's beginning says that FDEs bring the length of what augments them (the LSDA pointer).
    if (cie.augmentation.startsWith('z')) cursor.take(cursor.uleb());
    if (cursor.overrun || !Number.isSafeInteger(start) || !(length >= 0) || !Number.isSafeInteger(start + length)) {
      this.#damaged('cfi-fde', offset, 'a frame description entry has no readable address range');
      return undefined;
    }
    return { offset, cie, start, end: start + length, instructions: cursor.position, instructionsEnd: entryEnd };
  }

  #cieAt(offset: number): Cie | undefined {
    if (this.#cies.has(offset)) return this.#cies.get(offset);
    const cie = offset >= 0 && this.#header(offset) && this.#isCie ? this.#cie(offset) : undefined;
    if (cie === undefined) this.#damaged('cfi-cie', offset, 'a common information entry cannot be read');
    this.#cies.set(offset, cie);
    return cie;
  }

  #cie(offset: number): Cie | undefined {
    const cursor = this.cursor;
    const end = this.#entryEnd;
    const idSize = this.#idSize;
    const version = cursor.unsigned8();
    if (version !== 1 && version !== 3 && version !== 4) return undefined;
    const augmentation = cursor.string();
    let addressSize = this.#addressSize;
    // The pointer that GCC 2 wrote there is of no use to anybody today.
    if (augmentation === 'eh') cursor.take(addressSize);
    if (version === 4) {
      addressSize = cursor.unsigned8();
      const segmentSize = cursor.unsigned8();
      if ((addressSize !== 4 && addressSize !== 8) || segmentSize !== 0) return undefined;
    }
    const codeFactor = cursor.uleb();
    const dataFactor = cursor.sleb();
    const returnAddress = version === 1 ? cursor.unsigned8() : cursor.uleb();
    let pointerEncoding: number = PointerEncoding.Absolute;
    let isSignalFrame = false;
    if (augmentation.startsWith('z')) {
      const length = cursor.uleb();
      const dataEnd = cursor.position + length;
      if (dataEnd > end) return undefined;
      for (let i = 1; i < augmentation.length; i++) {
        const letter = augmentation[i];
        if (letter === 'R') pointerEncoding = cursor.unsigned8();
        else if (letter === 'L') cursor.unsigned8();
        else if (letter === 'P') {
          const encoding = cursor.unsigned8();
          readPointer(cursor, encoding, addressSize, this.section.address, 0);
        } else if (letter === 'S') isSignalFrame = true;
        // 'B' (pointers signed with the other key) and 'G' (tagged memory) change nothing here. Of an unknown letter nobody
        // knows how much it says; the length leads past it.
        else if (letter !== 'B' && letter !== 'G') break;
      }
      cursor.take(dataEnd - cursor.position);
    } else if (augmentation !== 'eh') {
      // Without the length only letters that bring no data can be read past; assemblers write 'S' so in .debug_frame.
      if (!/^[SBG]*$/.test(augmentation)) return undefined;
      isSignalFrame = augmentation.includes('S');
    }
    if (cursor.overrun || returnAddress > 255 || pointerEncoding === PointerEncoding.Omit) return undefined;
    return {
      offset,
      version,
      augmentation,
      addressSize,
      codeFactor,
      dataFactor,
      returnAddress,
      pointerEncoding,
      isSignalFrame,
      idSize,
      instructions: cursor.position,
      instructionsEnd: end,
      initial: undefined,
    };
  }

  #damaged(code: string, offset: number, message: string): void {
    this.#diagnostics.damaged(code, offset, message);
  }
}
