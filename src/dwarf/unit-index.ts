// Which unit of a file holds an address. `.debug_aranges` is asked first, which is small; if it does not know the address, the root of
// every unit that it does not speak of is read, and units that say nothing of their code there are gone through.

import { readAranges } from './aranges.ts';
import { ValueKind } from './die-reader.ts';
import type { DwarfFile } from './dwarf-file.ts';
import { Tag, UnitType } from './dwarf-constants.ts';
import { allFunctions } from './function-index.ts';
import { RangeColumns } from './range-columns.ts';
import { addRanges, addressOf } from './ranges.ts';
import type { SectionReading } from './sections.ts';
import type { Unit } from './unit.ts';

export class UnitIndex {
  readonly #file: DwarfFile;
  /** By offset in `.debug_info`. */
  #told: RangeColumns | undefined;
  readonly #toldUnits = new Set<number>();
  #asked: RangeColumns | undefined;

  constructor(file: DwarfFile) {
    this.#file = file;
  }

  /** The unit that holds the address, its root read; or undefined. */
  *find(address: number): SectionReading<Unit | undefined> {
    if (this.#told === undefined) {
      this.#told = new RangeColumns();
      yield* readAranges(this.#file, this.#told, this.#toldUnits);
      this.#told.finish();
    }
    let offset = this.#told.find(address);
    if (offset < 0) {
      this.#asked ??= yield* this.#ask();
      offset = this.#asked.find(address);
    }
    if (offset < 0) return undefined;
    const unit = yield* this.#file.unitAt(offset);
    return unit !== undefined && (yield* this.#rootOf(unit)) ? unit : undefined;
  }

  /** The units that `.debug_aranges` does not speak of. */
  *#ask(): SectionReading<RangeColumns> {
    const ranges = new RangeColumns();
    for (let number = 0; ; number++) {
      const unit = yield* this.#file.unit(number);
      if (unit === undefined) break;
      const { type, offset } = unit.header;
      if (this.#toldUnits.has(offset) || (type !== UnitType.Compile && type !== UnitType.Skeleton)) continue;
      if (!(yield* this.#rootOf(unit))) continue;
      if (unit.ranges.kind !== ValueKind.None || unit.highPc.kind !== ValueKind.None) yield* addRanges(unit, unit, offset, ranges);
      else if (unit.hasChildren && unit.dwoName === '' && unit.tag !== Tag.PartialUnit) yield* this.#addFunctions(unit, ranges);
    }
    ranges.finish();
    return ranges;
  }

  /** The ranges of a unit that says nothing of its code, if it has any: those of its functions. */
  *#addFunctions(unit: Unit, to: RangeColumns): SectionReading<void> {
    const table = yield* this.#file.abbreviationsOf(unit);
    if (table === undefined || !table.describesCode) return;
    const functions = yield* allFunctions(unit);
    for (let i = 0; i < functions.length; i++) to.add(functions.low[i]!, functions.high[i]!, unit.header.offset);
  }

  *#rootOf(unit: Unit): SectionReading<boolean> {
    if (!(yield* unit.readRoot())) return false;
    const low = yield* addressOf(unit, unit.lowPc);
    unit.baseAddress = Number.isNaN(low) ? 0 : low;
    return true;
  }
}
