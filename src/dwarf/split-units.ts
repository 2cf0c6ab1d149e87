// Split debugging information (DWARF 5, clause 7.3.2; GNU's form in version 4): a unit keeps its line table, addresses and a name of a
// file in which all the rest was put (`.dwo`), or which was put into a package (`.dwp`). Which files there are, others know: this says
// which one is needed, and goes on without it if it is not to be had.

import { UnitType } from './dwarf-constants.ts';
import { DwarfFile } from './dwarf-file.ts';
import { findInPackage } from './package-index.ts';
import type { DwarfSections, SectionReading } from './sections.ts';
import type { Unit } from './unit.ts';
import type { WorkBudget } from './work-budget.ts';

/** A file that is needed before an address can be told about. Names are as recorded by the compiler. */
export type NeededFile =
  /** The package of the whole program: asked for once, first. */
  | { readonly kind: 'package' }
  | { readonly kind: 'split'; readonly name: string; readonly compilationFolder: string };

export class SplitUnits {
  needed: NeededFile | undefined;
  readonly #main: DwarfFile;
  readonly #budget: WorkBudget;
  /** Undefined where there is none; null before it was asked for. */
  #package: DwarfFile | undefined | null = null;
  /** By name and folder. */
  readonly #files = new Map<string, DwarfFile | undefined>();

  constructor(main: DwarfFile, budget: WorkBudget) {
    this.#main = main;
    this.#budget = budget;
  }

  /** The answer to `needed`: undefined where there is no such file. */
  provide(sections: DwarfSections | undefined): void {
    const { needed } = this;
    this.needed = undefined;
    const file = sections === undefined ? undefined : new DwarfFile(sections, this.#budget);
    if (needed?.kind === 'package') this.#package = file;
    else if (needed !== undefined) this.#files.set(keyOf(needed.name, needed.compilationFolder), file);
  }

  /** What was split off a unit, if it is to be had; with `needed` set: a file must be provided first, then ask again. */
  *of(skeleton: Unit): SectionReading<Unit | undefined> {
    if (skeleton.split !== null) return skeleton.split;
    if (this.#package === null) {
      this.needed = { kind: 'package' };
      return undefined;
    }
    let split = this.#package === undefined ? undefined : yield* this.#inPackage(this.#package, skeleton);
    if (split === undefined) {
      const { dwoName } = skeleton;
      const compilationFolder = yield* skeleton.compilationFolder();
      const key = keyOf(dwoName, compilationFolder);
      if (!this.#files.has(key)) {
        this.needed = { kind: 'split', name: dwoName, compilationFolder };
        return undefined;
      }
      const file = this.#files.get(key);
      if (file !== undefined) split = yield* this.#inFile(file, skeleton);
      else this.#main.diagnostics.damaged('dwarf-split-missing', -1, `${dwoName}, to which debugging information was put, is not found`);
    }
    if (split !== undefined) {
      split.skeleton = skeleton;
      split.statementList = -1;
    }
    skeleton.split = split;
    return split;
  }

  *#inPackage(file: DwarfFile, skeleton: Unit): SectionReading<Unit | undefined> {
    if (skeleton.dwoId.length !== 8) return undefined;
    const entry = yield* findInPackage(file, skeleton.dwoId);
    if (entry === undefined) return undefined;
    const unit = yield* file.unitAt(entry.info, entry.abbreviations);
    if (unit === undefined || !(yield* unit.readRoot())) return undefined;
    unit.stringOffsetsBase += entry.stringOffsets;
    unit.rangeListsBase += entry.rangeLists;
    return unit;
  }

  *#inFile(file: DwarfFile, skeleton: Unit): SectionReading<Unit | undefined> {
    for (let number = 0; ; number++) {
      const unit = yield* file.unit(number);
      if (unit === undefined) break;
      if (unit.header.type !== UnitType.SplitCompile && unit.header.type !== UnitType.Compile) continue;
      if (yield* unit.readRoot()) if (sameId(unit.dwoId, skeleton.dwoId)) return unit;
    }
    file.diagnostics.damaged('dwarf-split-other', -1, 'it was made for another build of the program: what was inlined is not told');
    return undefined;
  }
}

function keyOf(name: string, folder: string): string {
  return `${folder}\0${name}`;
}

function sameId(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === 8 && b.length === 8 && a.every((byte, index) => byte === b[index]);
}
