// One unit of `.debug_info` and what its root entry says for all of it: where its line table, texts, addresses and range lists are. Of
// a unit that was split off (DWARF 5, clause 7.3.2; GNU's form of it in version 4) some of that stands in the skeleton it left behind.

import { AbbreviationFlag } from './abbreviations.ts';
import type { DwarfFile } from './dwarf-file.ts';
import { DieValue, ValueKind } from './die-reader.ts';
import type { FunctionIndex } from './function-index.ts';
import type { LineTable } from './line-table.ts';
import type { SectionReading } from './sections.ts';
import type { UnitHeader } from './unit-header.ts';

export class Unit {
  readonly file: DwarfFile;
  readonly header: UnitHeader;
  /** Where a package puts this unit's part of `.debug_abbrev.dwo`. */
  readonly abbreviationsAt: number;

  // What the root says, once it was read. Offsets in the sections of `file`, but for `addressBase`.
  tag = 0;
  hasChildren = false;
  readonly lowPc: DieValue = new DieValue();
  readonly highPc: DieValue = new DieValue();
  readonly ranges: DieValue = new DieValue();
  /** Offset in `.debug_line`, or -1. */
  statementList = -1;
  stringOffsetsBase = 0;
  addressBase = 0;
  rangeListsBase = 0;
  /** DW_AT_GNU_ranges_base: for the ranges of entries that were split off, not for its own. */
  gnuRangesBase = 0;
  /** What offsets in range lists count from. */
  baseAddress = 0;
  readonly #folder = new DieValue();
  #folderText: string | undefined;
  /** The file with what was split off; '' where nothing was. */
  dwoName = '';
  dwoId: Uint8Array = NO_ID;

  /** Of a unit that was split off: what it left behind. */
  skeleton: Unit | undefined;
  /** Of a skeleton: what was split off, undefined where it was not found; null before it was looked for. */
  split: Unit | undefined | null = null;
  functions: FunctionIndex | undefined;
  /** Undefined where it has none that can be read; null before it was. */
  lines: LineTable | undefined | null = null;
  #isRead = false;
  #isReadable = false;

  constructor(file: DwarfFile, header: UnitHeader, abbreviationsAt: number) {
    this.file = file;
    this.header = header;
    this.abbreviationsAt = abbreviationsAt;
  }

  /** The unit in whose file addresses, line tables and (in version 4) range lists are. */
  get outer(): Unit {
    return this.skeleton ?? this;
  }

  /** Reads the root entry, once. False where that cannot be done. */
  *readRoot(): SectionReading<boolean> {
    if (this.#isRead) return this.#isReadable;
    this.#isRead = true;
    const { file, header } = this;
    const reader = yield* file.die(this, header.size);
    if (reader === undefined) {
      file.diagnostics.damaged('dwarf-root', header.offset, 'the first entry of a unit of .debug_info cannot be read');
      return false;
    }
    this.tag = reader.table.tag[reader.abbreviation]!;
    this.hasChildren = (reader.table.flags[reader.abbreviation]! & AbbreviationFlag.HasChildren) !== 0;
    copy(reader.lowPc, this.lowPc);
    copy(reader.highPc, this.highPc);
    copy(reader.ranges, this.ranges);
    if (reader.statementList.kind === ValueKind.Constant) this.statementList = reader.statementList.value;
    const headerSize = header.shape.offsetSize === 4 ? 8 : 16;
    this.stringOffsetsBase = baseOf(reader.stringOffsetsBase, header.shape.version < 5 ? 0 : headerSize);
    this.addressBase = baseOf(reader.addressBase, header.shape.version < 5 ? 0 : headerSize);
    this.rangeListsBase = baseOf(reader.rangeListsBase, header.shape.version < 5 ? 0 : headerSize + 4);
    this.gnuRangesBase = baseOf(reader.gnuRangesBase, 0);
    this.dwoId = reader.dwoIdBytes ?? header.dwoId;
    const dwoName = yield* file.text(this, reader, reader.dwoName);
    this.dwoName = dwoName;
    copy(reader.compilationFolder, this.#folder);
    if (this.#folder.kind === ValueKind.InlineString) this.#folderText = yield* file.text(this, reader, this.#folder);
    this.#isReadable = true;
    return true;
  }

  /** The folder in which the compiler was called; '' where it does not say. The root was read. */
  *compilationFolder(): SectionReading<string> {
    return (this.#folderText ??= yield* this.file.textAt(this, this.#folder));
  }
}

function copy(from: DieValue, to: DieValue): void {
  to.kind = from.kind;
  to.value = from.value;
}

function baseOf(value: DieValue, otherwise: number): number {
  return value.kind === ValueKind.Constant ? value.value : otherwise;
}

const NO_ID = new Uint8Array(0);
