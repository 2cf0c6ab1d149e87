// The debugging information of one file: its units, found by walking from header to header, their entries and texts. Everything is
// read when it is asked for; abbreviations and the bytes of units are kept as long as there is room.

import { MAX_ABBREVIATION_ATTRIBUTES, MAX_SYMBOL_NAME, MAX_UNIT_BYTES } from '../bytes/limits.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import { readUnsigned64 } from '../bytes/int64.ts';
import { upperBound } from '../bytes/sorted.ts';
import { decodeText } from '../bytes/text.ts';
import { type AbbreviationTable, readAbbreviations } from './abbreviations.ts';
import { DieReader, ValueKind, type DieValue } from './die-reader.ts';
import { LazySection } from './lazy-section.ts';
import type { DwarfSections, SectionName, SectionReading } from './sections.ts';
import { Unit } from './unit.ts';
import { LONGEST_UNIT_HEADER, readUnitHeader } from './unit-header.ts';
import type { WorkBudget } from './work-budget.ts';

/** Units lie far apart: of each a little is read to find the next one. */
const INFO_BLOCK = 4096;
/** Others are small, or read here and there in large parts. */
const BLOCK = 65_536;
/** An entry with its attributes seldom has more. */
const FIRST_DIE_READ = 512;
const FIRST_TEXT_READ = 64;
/** Texts up to this length are read for nothing: what is long and shared by many is what makes work. */
const FREE_TEXT = 1_024;
/** A byte of abbreviations costs as much as so many of other things. */
const ABBREVIATION_WORK = 16;

export class DwarfFile {
  readonly littleEndian: boolean;
  readonly diagnostics: Diagnostics;
  readonly info: LazySection;
  readonly line: LazySection;
  readonly str: LazySection;
  readonly lineStr: LazySection;
  readonly strOffsets: LazySection;
  readonly addr: LazySection;
  readonly ranges: LazySection;
  readonly rnglists: LazySection;
  readonly aranges: LazySection;
  readonly cuIndex: LazySection;
  /** The file that this one shares its texts and entries with (dwz). */
  supplementary: DwarfFile | undefined;
  readonly #abbrev: LazySection;
  readonly #budget: WorkBudget;
  readonly #units = new Map<number, Unit>();
  /** Offsets of the units walked over so far, ascending, and where the next one begins. */
  #offsets = new Float64Array(64);
  #count = 0;
  #walkedTo = 0;
  /** The least recently used first. */
  readonly #abbreviations = new Map<string, AbbreviationTable>();
  #attributes = 0;
  readonly #bytes = new Map<Unit, Uint8Array>();
  #held = 0;

  constructor(sections: DwarfSections, budget: WorkBudget) {
    this.littleEndian = sections.littleEndian;
    this.diagnostics = sections.diagnostics;
    this.#budget = budget;
    const lazy = (name: SectionName, block = BLOCK): LazySection => new LazySection(sections.sections[name], block);
    this.info = lazy('info', INFO_BLOCK);
    this.#abbrev = lazy('abbrev');
    this.line = lazy('line');
    this.str = lazy('str');
    this.lineStr = lazy('lineStr');
    this.strOffsets = lazy('strOffsets');
    this.addr = lazy('addr');
    this.ranges = lazy('ranges');
    this.rnglists = lazy('rnglists');
    this.aranges = lazy('aranges');
    this.cuIndex = lazy('cuIndex');
    for (const section of Object.values(sections.sections)) budget.grant(section.size);
  }

  /** Whether so many bytes more may be gone through (WorkBudget). */
  spend(bytes: number): boolean {
    return this.#budget.spend(bytes, this.diagnostics);
  }

  /** The unit that begins at an offset of `.debug_info`, or undefined. `abbreviationsAt`: where its package puts that section's part. */
  *unitAt(offset: number, abbreviationsAt = 0): SectionReading<Unit | undefined> {
    const known = this.#units.get(offset);
    if (known !== undefined) return known;
    const bytes = this.info.known(offset, LONGEST_UNIT_HEADER) ?? (yield* this.info.read(offset, LONGEST_UNIT_HEADER));
    const header = readUnitHeader(bytes, offset, this.info.size, this.littleEndian);
    if (header === undefined) {
      this.diagnostics.damaged('dwarf-unit', offset, 'a unit of .debug_info has a header that cannot be read');
      return undefined;
    }
    const unit = new Unit(this, header, abbreviationsAt);
    this.#units.set(offset, unit);
    return unit;
  }

  /** The unit with the number, counted from 0 in the order of the section; undefined behind the last one. */
  *unit(number: number): SectionReading<Unit | undefined> {
    while (this.#count <= number) if (!(yield* this.#walk())) return undefined;
    return yield* this.unitAt(this.#offsets[number]!);
  }

  /** The unit that holds an offset of `.debug_info`. */
  *unitHolding(offset: number): SectionReading<Unit | undefined> {
    if (!(offset >= 0 && offset < this.info.size)) return undefined;
    while (this.#walkedTo <= offset) if (!(yield* this.#walk())) return undefined;
    return yield* this.unitAt(this.#offsets[upperBound(this.#offsets, this.#count, offset) - 1]!);
  }

  *#walk(): SectionReading<boolean> {
    if (this.#walkedTo >= this.info.size) return false;
    const unit = yield* this.unitAt(this.#walkedTo);
    if (unit === undefined) {
      this.#walkedTo = Infinity;
      return false;
    }
    if (this.#count === this.#offsets.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#offsets);
      this.#offsets = larger;
    }
    this.#offsets[this.#count++] = this.#walkedTo;
    this.#walkedTo = unit.header.end;
    return true;
  }

  *abbreviationsOf(unit: Unit): SectionReading<AbbreviationTable | undefined> {
    const { shape } = unit.header;
    const offset = unit.header.abbreviations + unit.abbreviationsAt;
    const key = `${offset} ${shape.version <= 2 ? 2 : 3} ${shape.addressSize} ${shape.offsetSize}`;
    let table = this.#abbreviations.get(key);
    if (table !== undefined) this.#abbreviations.delete(key);
    else {
      if (this.#budget.isSpent) return undefined;
      table = yield* readAbbreviations(this.#abbrev, offset, shape);
      if (table === undefined) {
        this.diagnostics.damaged('dwarf-abbreviations', offset, 'abbreviations of a unit of .debug_info cannot be read');
        return undefined;
      }
      if (!this.#budget.spend(table.size * ABBREVIATION_WORK, this.diagnostics)) return undefined;
      this.#attributes += table.name.length;
      for (const [oldest, { name }] of this.#abbreviations) {
        if (this.#attributes <= MAX_ABBREVIATION_ATTRIBUTES) break;
        this.#attributes -= name.length;
        this.#abbreviations.delete(oldest);
      }
    }
    this.#abbreviations.set(key, table);
    return table;
  }

  /** All bytes of a unit, from its header on. */
  *bytesOf(unit: Unit): SectionReading<Uint8Array> {
    const known = this.#bytes.get(unit);
    if (known !== undefined) {
      this.#bytes.delete(unit);
      this.#bytes.set(unit, known);
      return known;
    }
    const { offset, end } = unit.header;
    const bytes = yield* this.info.read(offset, end - offset);
    this.#bytes.set(unit, bytes);
    this.#held += bytes.length;
    for (const [oldest, { length }] of this.#bytes) {
      if (this.#held <= MAX_UNIT_BYTES || oldest === unit) break;
      this.#held -= length;
      this.#bytes.delete(oldest);
    }
    return bytes;
  }

  /** An entry of a unit with its attributes; undefined where none can be read. Only some bytes of the unit are read for it. */
  *die(unit: Unit, relative: number): SectionReading<DieReader | undefined> {
    const table = yield* this.abbreviationsOf(unit);
    const { offset, end, size, shape } = unit.header;
    if (table === undefined || !(relative >= size && offset + relative < end)) return undefined;
    const held = this.#bytes.get(unit);
    for (let length = FIRST_DIE_READ; ; length *= 16) {
      const most = end - offset - relative;
      const bytes = held ?? (yield* this.info.read(offset + relative, Math.min(length, most)));
      const reader = new DieReader(bytes, table, shape);
      const abbreviation = reader.enter(held === undefined ? 0 : relative);
      if (abbreviation >= 0 && reader.read(abbreviation)) return reader;
      if (held !== undefined || length >= most || !reader.cursor.overrun) return undefined;
    }
  }

  /** A text that an entry of the unit refers to; '' where there is none. */
  *text(unit: Unit, reader: DieReader, value: DieValue): SectionReading<string> {
    if (value.kind === ValueKind.InlineString) return decodeText(reader.cursor.bytes, value.value, value.value + MAX_SYMBOL_NAME);
    return yield* this.textAt(unit, value);
  }

  /** The text at an offset of `.debug_str`, `.debug_line_str`, or the supplementary file's `.debug_str`. */
  *sectionText(section: 'str' | 'lineStr' | 'supplementary', offset: number, most: number): SectionReading<string> {
    const from = section === 'supplementary' ? this.supplementary?.str : this[section];
    return from === undefined ? '' : yield* this.#read(from, offset, most);
  }

  /** The same of a text that is not in the entry itself. */
  *textAt(unit: Unit, value: DieValue): SectionReading<string> {
    switch (value.kind) {
      case ValueKind.String:
        return yield* this.#read(this.str, value.value);
      case ValueKind.LineString:
        return yield* this.#read(this.lineStr, value.value);
      case ValueKind.SupplementaryString:
        return this.supplementary === undefined ? '' : yield* this.#read(this.supplementary.str, value.value);
      case ValueKind.StringIndex:
        return yield* this.indexedText(unit, value.value);
      default:
        return '';
    }
  }

  /** The text with a number of the unit's own (`.debug_str_offsets`). */
  *indexedText(unit: Unit, index: number, most: number = MAX_SYMBOL_NAME): SectionReading<string> {
    const { offsetSize } = unit.header.shape;
    const at = unit.stringOffsetsBase + index * offsetSize;
    const bytes = this.strOffsets.known(at, offsetSize) ?? (yield* this.strOffsets.read(at, offsetSize));
    return bytes.length < offsetSize ? '' : yield* this.#read(this.str, readOffset(bytes, offsetSize, this.littleEndian), most);
  }

  /** A text of a section, up to its NUL, at most so many bytes. Texts may all be the end of one: each is paid for, and '' once the budget is spent. */
  *#read(section: LazySection, offset: number, most: number = MAX_SYMBOL_NAME): SectionReading<string> {
    if (this.#budget.isSpent) return '';
    for (let length = FIRST_TEXT_READ; ; length = Math.min(length * 16, most)) {
      const bytes = section.known(offset, length) ?? (yield* section.read(offset, length));
      const end = bytes.indexOf(0);
      if (end < 0 && bytes.length === length && length < most) continue;
      const size = end >= 0 ? end : bytes.length;
      if (size > FREE_TEXT) this.#budget.spend(size, this.diagnostics);
      return decodeText(bytes, 0, size);
    }
  }
}

function readOffset(bytes: Uint8Array, size: 4 | 8, littleEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return size === 4 ? view.getUint32(0, littleEndian) : readUnsigned64(view, 0, littleEndian);
}
