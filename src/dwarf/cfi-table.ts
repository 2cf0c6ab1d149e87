// The call frame information of one module: asked for an address, it gives the number of the row that holds there. Sections are
// read where they stand, and only as far as they are asked: an FDE is decoded into packed rows when an address in it first turns up.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { Machine } from '../bytes/machine.ts';
import { grown } from '../bytes/sorted.ts';
import { CfiEntries, type Fde } from './cfi-entries.ts';
import { type CfiIndex, HeaderIndex, ScannedIndex } from './cfi-index.ts';
import { CfiProgram } from './cfi-program.ts';
import { CfiRows } from './cfi-rows.ts';
import type { CfiSection, CfiSections } from './cfi-sections.ts';
import type { Expression } from './expression.ts';
import { FrameState, RuleKind } from './frame-state.ts';
import { pltDepths } from './plt-code.ts';

export type { CfiSection, CfiSections } from './cfi-sections.ts';

/** FDEs decoded so far, of one section. */
class DecodedSection {
  readonly entries: CfiEntries;
  index: CfiIndex;
  readonly byOffset = new Map<number, number>();
  /** Whether the header's table, if there is one, is known to be in order. */
  isChecked = false;

  constructor(entries: CfiEntries, index: CfiIndex) {
    this.entries = entries;
    this.index = index;
  }
}

/** Where a row stands, for people. Addresses in the table's coordinates. */
export interface CfiPlace {
  readonly section: '.eh_frame' | '.debug_frame';
  /** Of the FDE, in its section. */
  readonly offset: number;
  /** The code that the FDE describes, half-open. */
  readonly start: number;
  readonly end: number;
  /** The code for which the row holds, half-open. */
  readonly rowStart: number;
  readonly rowEnd: number;
}

// x86-64, DWARF's numbers.
const RSP = 7;
const RETURN_ADDRESS = 16;

export class CfiTable {
  readonly machine: Machine;
  readonly rows: CfiRows = new CfiRows();
  /** By the numbers that rows and rules hold. */
  readonly expressions: Expression[] = [];
  readonly #sections: CfiSections;
  readonly #diagnostics: Diagnostics;
  #ehFrame: DecodedSection | undefined;
  #debugFrame: DecodedSection | undefined;
  #isOpen = false;
  /** Rows made for linkage tables, by what the CFA is above rsp. */
  readonly #pltRows = new Map<number, number>();
  readonly #plts: { readonly section: CfiSection; depths: Uint8Array | undefined }[] = [];
  #program: CfiProgram | undefined;
  /** Bytes of instructions that may still be run. Entries do not share theirs, so that these are no more than the sections have. */
  #left = 0;

  // Decoded FDEs, in columns.
  #fdes = 0;
  #fdeStart = new Float64Array(4);
  #fdeEnd = new Float64Array(4);
  #fdeRow = new Int32Array(4);
  #fdeRowEnd = new Int32Array(4);

  /** Costs nothing: no byte is read before the first question. The sections' bytes must stay as they are. */
  constructor(sections: CfiSections, diagnostics: Diagnostics) {
    this.machine = sections.machine;
    this.#sections = sections;
    this.#diagnostics = diagnostics;
  }

  /** The row (index in `rows`) that holds at an address of the table's coordinates, or -1. */
  find(address: number): number {
    if (!this.#isOpen) this.#open();
    let row = -1;
    if (this.#ehFrame !== undefined) row = this.#findIn(this.#ehFrame, address);
    if (row < 0 && this.#sections.debugFrame !== undefined) {
      if (this.#debugFrame === undefined) {
        const entries = this.#entriesOf(this.#sections.debugFrame, false);
        this.#debugFrame = new DecodedSection(entries, new ScannedIndex(entries));
      }
      row = this.#findIn(this.#debugFrame, address);
    }
    return row < 0 && this.#plts.length > 0 ? this.#findInPlt(address) : row;
  }

  /** Adds the code of an x86-64 procedure linkage table: where nothing else describes it, rows are made of its instructions. */
  addPlt(section: CfiSection): void {
    this.#plts.push({ section, depths: undefined });
  }

  /** Every FDE of both sections with its range, decoded or not. For checks and for showing; slow. */
  *fdes(): Generator<Fde> {
    if (!this.#isOpen) this.#open();
    const { ehFrame, debugFrame } = this.#sections;
    if (ehFrame !== undefined) yield* this.#entriesOf(ehFrame, true).all();
    if (debugFrame !== undefined) yield* this.#entriesOf(debugFrame, false).all();
  }

  get littleEndian(): boolean {
    return this.#sections.littleEndian;
  }

  /** Where the row that `find` gives for an address stands; undefined where it gives none. For showing; slow. */
  placeOf(address: number): CfiPlace | undefined {
    const row = this.find(address);
    if (row < 0) return undefined;
    for (const section of [this.#ehFrame, this.#debugFrame]) {
      for (const [offset, fde] of section?.byOffset ?? []) {
        if (fde < 0 || row < this.#fdeRow[fde]! || row >= this.#fdeRowEnd[fde]!) continue;
        const start = this.#fdeStart[fde]!;
        const end = this.#fdeEnd[fde]!;
        const rowEnd = row + 1 < this.#fdeRowEnd[fde]! ? start + this.rows.start[row + 1]! : end;
        return { section: section === this.#ehFrame ? '.eh_frame' : '.debug_frame', offset, start, end, rowStart: start + this.rows.start[row]!, rowEnd };
      }
    }
    return undefined;
  }

  #findInPlt(address: number): number {
    for (const plt of this.#plts) {
      const offset = address - plt.section.address;
      if (!(offset >= 0 && offset < plt.section.bytes.length)) continue;
      const depth = (plt.depths ??= pltDepths(plt.section.bytes))[offset]!;
      if (depth === 0) return -1;
      const known = this.#pltRows.get(depth);
      if (known !== undefined) return known;
      const state = new FrameState();
      state.cfaRegister = RSP;
      state.cfaOffset = depth;
      state.setRule(RETURN_ADDRESS, RuleKind.Offset, -8);
      const set = this.rows.internSet(state);
      if (set < 0) return -1;
      this.rows.add(0, state, set, RETURN_ADDRESS, 0);
      this.#pltRows.set(depth, this.rows.length - 1);
      return this.rows.length - 1;
    }
    return -1;
  }

  #open(): void {
    this.#isOpen = true;
    const { ehFrame, ehFrameHdr, littleEndian, addressSize } = this.#sections;
    this.#program = new CfiProgram(this.rows, this.expressions, this.#diagnostics);
    this.#left = (ehFrame?.bytes.length ?? 0) + (this.#sections.debugFrame?.bytes.length ?? 0);
    if (ehFrame === undefined) return;
    const entries = this.#entriesOf(ehFrame, true);
    const header = ehFrameHdr === undefined ? undefined : HeaderIndex.of(ehFrameHdr, ehFrame, littleEndian, addressSize, this.#diagnostics);
    this.#ehFrame = new DecodedSection(entries, header ?? new ScannedIndex(entries));
  }

  #entriesOf(section: NonNullable<CfiSections['ehFrame']>, isEh: boolean): CfiEntries {
    return new CfiEntries(section, isEh, this.#sections.littleEndian, this.#sections.addressSize, this.#diagnostics);
  }

  #findIn(section: DecodedSection, address: number): number {
    const { index } = section;
    const offset = index.find(address);
    if (offset === -1) return this.#findUnlisted(section, address);
    let fde = section.byOffset.get(offset);
    if (fde === undefined) {
      const read = section.entries.fdeAt(offset);
      // The header's table leads to no FDE, or to that of other code: it is not to be trusted with the other addresses either.
      if (index instanceof HeaderIndex && read?.start !== index.start) return this.#findWithoutHeader(section, address);
      fde = read === undefined ? -1 : this.#decode(section.entries, read);
      section.byOffset.set(offset, fde);
    }
    if (fde < 0 || address < this.#fdeStart[fde]! || address >= this.#fdeEnd[fde]!) return this.#findUnlisted(section, address);
    const rows = this.rows;
    const first = this.#fdeRow[fde]!;
    let low = first;
    let high = this.#fdeRowEnd[fde]!;
    const relative = address - this.#fdeStart[fde]!;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows.start[middle]! <= relative) low = middle + 1;
      else high = middle;
    }
    return low > first ? low - 1 : -1;
  }

  /** An address that seems to be described by nothing: unless the header's table is in disorder. Looked at once. */
  #findUnlisted(section: DecodedSection, address: number): number {
    if (section.isChecked || !(section.index instanceof HeaderIndex)) return -1;
    section.isChecked = true;
    return section.index.isSorted() ? -1 : this.#findWithoutHeader(section, address);
  }

  #findWithoutHeader(section: DecodedSection, address: number): number {
    this.#diagnostics.damaged('eh-frame-hdr', 0, 'the search table of .eh_frame_hdr cannot be used, .eh_frame is read instead');
    section.index = new ScannedIndex(section.entries);
    return this.#findIn(section, address);
  }

  #decode(entries: CfiEntries, fde: Fde): number {
    const { cie } = fde;
    this.#left -= fde.instructionsEnd - fde.instructions + (cie.initial === undefined ? cie.instructionsEnd - cie.instructions : 0);
    if (this.#left < 0) {
      this.#diagnostics.damaged('cfi-overlap', fde.offset, 'entries of the call frame information lie over each other');
      return -1;
    }
    if (this.#fdes === this.#fdeStart.length) {
      this.#fdeStart = grown(this.#fdeStart);
      this.#fdeEnd = grown(this.#fdeEnd);
      this.#fdeRow = grown(this.#fdeRow);
      this.#fdeRowEnd = grown(this.#fdeRowEnd);
    }
    const index = this.#fdes++;
    this.#fdeStart[index] = fde.start;
    this.#fdeEnd[index] = fde.end;
    this.#fdeRow[index] = this.rows.length;
    this.#program!.run(entries, fde);
    this.#fdeRowEnd[index] = this.rows.length;
    return index;
  }
}
