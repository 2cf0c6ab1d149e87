// Which function of a unit holds an address. Compilers put functions at the top of a unit or in its namespaces, next to thousands of
// types; GCC tells with each entry where the next one at that level stands. So first only the top is gone through, by these leaps; if an
// address is not found there, all of the unit is (functions within functions, in modules and types).

import { AbbreviationFlag, type AbbreviationTable } from './abbreviations.ts';
import { DieReader, ValueKind } from './die-reader.ts';
import { Tag } from './dwarf-constants.ts';
import { RangeColumns } from './range-columns.ts';
import { addRanges, type CodePlace, isDead } from './ranges.ts';
import type { SectionReading } from './sections.ts';
import type { Unit } from './unit.ts';

/** The functions of a unit by address; each by the place of its entry, relative to the unit. */
export class FunctionIndex {
  readonly ranges: RangeColumns;
  /** Whether all of the unit was gone through. */
  readonly isWhole: boolean;

  constructor(ranges: RangeColumns, isWhole: boolean) {
    this.ranges = ranges;
    this.isWhole = isWhole;
  }

  /** The function that holds the address, or -1. */
  find(address: number): number {
    return this.ranges.find(address);
  }
}

/** The place of the function that holds the address, relative to the unit, or -1. */
export function* functionAt(unit: Unit, address: number): SectionReading<number> {
  unit.functions ??= yield* readFunctions(unit, false);
  const found = unit.functions.find(address);
  if (found >= 0 || unit.functions.isWhole) return found;
  unit.functions = yield* readFunctions(unit, true);
  return unit.functions.find(address);
}

/** The ranges of all functions of a unit. */
export function* allFunctions(unit: Unit): SectionReading<RangeColumns> {
  if (unit.functions?.isWhole !== true) unit.functions = yield* readFunctions(unit, true);
  return unit.functions.ranges;
}

/** What is looked up in other sections, kept until the unit has been gone through. */
interface Pending extends CodePlace {
  readonly position: number;
}

function* readFunctions(unit: Unit, isWhole: boolean): SectionReading<FunctionIndex> {
  const ranges = new RangeColumns();
  const table = yield* unit.file.abbreviationsOf(unit);
  const { header } = unit;
  if (table === undefined || !unit.file.spend(header.end - header.offset)) return new FunctionIndex(ranges, true);
  const bytes = yield* unit.file.bytesOf(unit);
  const walk = new FunctionWalk(unit, bytes, table, ranges);
  const leapt = walk.run(isWhole);
  for (const pending of walk.pending) yield* addRanges(unit, pending, pending.position, ranges);
  ranges.finish();
  return new FunctionIndex(ranges, !leapt);
}

class FunctionWalk {
  readonly pending: Pending[] = [];
  readonly #unit: Unit;
  readonly #bytes: Uint8Array;
  readonly #table: AbbreviationTable;
  readonly #ranges: RangeColumns;
  readonly #reader: DieReader;

  constructor(unit: Unit, bytes: Uint8Array, table: AbbreviationTable, ranges: RangeColumns) {
    this.#unit = unit;
    this.#bytes = bytes;
    this.#table = table;
    this.#ranges = ranges;
    this.#reader = new DieReader(bytes, table, unit.header.shape);
  }

  /** Goes through the unit; true if anything was leapt over. */
  run(isWhole: boolean): boolean {
    const { header } = this.#unit;
    const { shape } = header;
    const table = this.#table;
    const bytes = this.#bytes;
    const reader = this.#reader;
    const end = bytes.length;
    const { tag, flags } = table;
    let leapt = false;
    let depth = 0;
    let at = header.size;
    while (at < end) {
      const position = at;
      let code = bytes[at++]!;
      if (code >= 0x80) {
        code &= 0x7f;
        for (let factor = 128, more = true; more && at < end; factor *= 128) {
          const byte = bytes[at++]!;
          code += (byte & 0x7f) * factor;
          more = byte >= 0x80;
        }
      }
      if (code === 0) {
        if (--depth <= 0) return leapt;
        continue;
      }
      const abbreviation = table.find(code);
      if (abbreviation < 0) return this.#damaged(position, leapt);
      const traits = flags[abbreviation]!;
      let sibling: number;
      if (tag[abbreviation] === Tag.Subprogram && (traits & AbbreviationFlag.HasCode) !== 0) {
        reader.enter(position);
        if (!reader.read(abbreviation)) return this.#damaged(position, leapt);
        at = reader.cursor.position;
        sibling = reader.sibling;
        this.#add(position);
      } else {
        at = table.skip(abbreviation, bytes, at, shape);
        sibling = table.sibling;
      }
      if ((traits & AbbreviationFlag.HasChildren) === 0) {
        // A unit without anything in it.
        if (depth === 0) return leapt;
      } else if (!isWhole && depth > 0 && sibling > at && sibling <= end) {
        at = sibling;
        leapt = true;
      } else depth++;
    }
    if (at > end) return this.#damaged(end, leapt);
    return leapt;
  }

  #add(position: number): void {
    const { lowPc, highPc, ranges } = this.#reader;
    if (ranges.kind === ValueKind.None && lowPc.kind === ValueKind.Address && highPc.kind === ValueKind.Constant) {
      if (!isDead(lowPc.value, this.#unit.header.shape.addressSize)) this.#ranges.add(lowPc.value, lowPc.value + highPc.value, position);
      return;
    }
    this.pending.push({ position, lowPc: { ...lowPc }, highPc: { ...highPc }, ranges: { ...ranges } });
  }

  #damaged(position: number, leapt: boolean): boolean {
    const { header, file } = this.#unit;
    file.diagnostics.damaged('dwarf-entries', header.offset + position, 'an entry of .debug_info cannot be read: the rest of its unit is left out');
    return leapt;
  }
}
