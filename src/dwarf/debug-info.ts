// The debugging information of a module: asked for an address, it tells which calls were inlined there and which source line each
// stands on. This is the door to everything here that is about lines; the rest is read as far as addresses lead to it, each part once.

import { MAX_INLINED_CALLS, MAX_LINE_ROWS, MAX_ORIGINS } from '../bytes/limits.ts';
import { DwarfFile } from './dwarf-file.ts';
import type { DieReader } from './die-reader.ts';
import { ValueKind } from './die-reader.ts';
import { functionAt } from './function-index.ts';
import { type InlineTree, OriginKind, readInlines } from './inline-tree.ts';
import { readLineTable, type LineTable } from './line-table.ts';
import { LineRows } from './line-program.ts';
import type { DwarfSections, SectionReading } from './sections.ts';
import { type NeededFile, SplitUnits } from './split-units.ts';
import type { Unit } from './unit.ts';
import { UnitIndex } from './unit-index.ts';
import { WorkBudget } from './work-budget.ts';

/** What is to be found out about addresses. */
export interface SourceWants {
  readonly inlines: boolean;
  readonly lines: boolean;
}

/**
 * What lies at one address, innermost first: the calls that were inlined there, then the function that holds them all, which its symbol
 * names. Reused: valid until the next question.
 */
export class SourcePlace {
  /** Inlined calls; the entries are one more. */
  inlined = 0;
  /** Of each inlined call its function: index in DebugInfo.names. */
  readonly names: number[] = [];
  /** Of each entry where it stands in the source: index in DebugInfo.paths (-1: not known), and line (0: none). */
  readonly paths: number[] = [];
  readonly lines: number[] = [];
}

/** Function trees and answers that are kept, of one unit. */
type TreesOfUnit = Map<number, InlineTree>;

export class DebugInfo {
  /** Functions that were inlined somewhere, as linkers know them (`_ZN…`), or by their plain names where they have no such. */
  readonly names: string[] = [];
  /** Paths of source files as the compiler was given them. */
  readonly paths: string[] = [];
  readonly #budget = new WorkBudget();
  readonly #main: DwarfFile;
  readonly #units: UnitIndex;
  readonly #split: SplitUnits;
  readonly #trees = new Map<Unit, TreesOfUnit>();
  readonly #nameNumbers = new Map<string, number>();
  readonly #pathNumbers = new Map<string, number>();
  /** By file and offset of an entry: the number of its name. */
  readonly #nameOfEntry = new Map<DwarfFile, Map<number, number>>();
  readonly #pathOfFile = new WeakMap<LineTable, Map<number, number>>();
  /** Units whose line tables are kept, the oldest first, and the rows (or as many bytes) in all of them. */
  readonly #withLines: Unit[] = [];
  #rows = 0;
  readonly #scratch = new LineRows();

  /** `supplementary`: the file that the main one shares entries and texts with (dwz), if there is one. */
  constructor(main: DwarfSections, supplementary?: DwarfSections) {
    this.#main = new DwarfFile(main, this.#budget);
    if (supplementary !== undefined) this.#main.supplementary = new DwarfFile(supplementary, this.#budget);
    this.#units = new UnitIndex(this.#main);
    this.#split = new SplitUnits(this.#main, this.#budget);
  }

  /** The file that must be provided before the last question can be answered. */
  get needed(): NeededFile | undefined {
    return this.#split.needed;
  }

  /** The answer to `needed`: its sections, or undefined where there is no such file. */
  provide(sections: DwarfSections | undefined): void {
    this.#split.provide(sections);
  }

  /**
   * Fills `place` with what lies at an address of the file's own (before relocation). False where nothing is known of it, and where
   * `needed` says that a file must be provided first.
   */
  *at(address: number, wants: SourceWants, place: SourcePlace): SectionReading<boolean> {
    place.inlined = 0;
    place.paths[0] = -1;
    place.lines[0] = 0;
    const unit = yield* this.#units.find(address);
    if (unit === undefined) return false;
    const full = wants.inlines && unit.dwoName !== '' ? ((yield* this.#split.of(unit)) ?? unit) : unit;
    if (this.#split.needed !== undefined) return false;
    const lines = wants.lines ? yield* this.#linesOf(unit) : undefined;
    const position = wants.inlines ? yield* functionAt(full, address) : -1;
    if (position >= 0) yield* this.#inlined(full, yield* this.#treeOf(full, position), address, lines, place);
    if (lines === undefined) return true;
    const row = lines.find(address);
    if (row < 0) return place.inlined > 0;
    place.paths[0] = yield* this.#path(lines, lines.file(row));
    place.lines[0] = lines.line(row);
    return true;
  }

  *#linesOf(unit: Unit): SectionReading<LineTable | undefined> {
    if (unit.lines !== null) return unit.lines;
    const lines = (unit.lines = yield* readLineTable(unit, this.#scratch));
    if (lines === undefined) return undefined;
    this.#withLines.push(unit);
    this.#rows += lines.weight;
    // The oldest go first; a unit that is asked again reads its table anew.
    while (this.#rows > MAX_LINE_ROWS && this.#withLines.length > 1) {
      const oldest = this.#withLines.shift()!;
      this.#rows -= oldest.lines?.weight ?? 0;
      oldest.lines = null;
    }
    return lines;
  }

  *#treeOf(unit: Unit, position: number): SectionReading<InlineTree> {
    let trees = this.#trees.get(unit);
    if (trees === undefined) this.#trees.set(unit, (trees = new Map<number, InlineTree>()));
    let tree = trees.get(position);
    if (tree === undefined) trees.set(position, (tree = yield* readInlines(unit, position)));
    return tree;
  }

  /** The calls at an address. Each is looked for within the one before, and put before it: innermost first. */
  *#inlined(unit: Unit, tree: InlineTree, address: number, lines: LineTable | undefined, place: SourcePlace): SectionReading<void> {
    let depth = 0;
    for (let call = tree.find(address, 0, tree.length); call >= 0 && depth < MAX_INLINED_CALLS; depth++) {
      const file = tree.callFile[call]!;
      place.names[depth] = yield* this.#nameOf(unit, tree, call);
      place.paths[depth + 1] = lines === undefined || file < 0 ? -1 : yield* this.#path(lines, file);
      place.lines[depth + 1] = tree.callLine[call]!;
      call = tree.find(address, call + 1, tree.end[call]!);
    }
    place.inlined = depth;
    // So far outermost first, and each with the line on which it was called, which is where its caller stands.
    reverse(place.names, 0, depth);
    reverse(place.paths, 1, depth + 1);
    reverse(place.lines, 1, depth + 1);
  }

  *#path(lines: LineTable, file: number): SectionReading<number> {
    let known = this.#pathOfFile.get(lines);
    if (known === undefined) this.#pathOfFile.set(lines, (known = new Map<number, number>()));
    let number = known.get(file);
    if (number === undefined) {
      const path = yield* lines.path(file);
      number = path === '' ? -1 : numbered(path, this.paths, this.#pathNumbers);
      known.set(file, number);
    }
    return number;
  }

  *#nameOf(unit: Unit, tree: InlineTree, call: number): SectionReading<number> {
    const kind = tree.originKind[call]!;
    const file = kind === OriginKind.Supplementary ? unit.file.supplementary : unit.file;
    const offset = tree.origin[call]! + (kind === OriginKind.Unit ? unit.header.offset : 0);
    if (file === undefined || kind === OriginKind.None) return numbered('', this.names, this.#nameNumbers);
    let known = this.#nameOfEntry.get(file);
    if (known === undefined) this.#nameOfEntry.set(file, (known = new Map<number, number>()));
    let number = known.get(offset);
    if (number === undefined) {
      number = numbered(yield* nameOfEntry(file, offset, kind === OriginKind.Unit ? unit : undefined), this.names, this.#nameNumbers);
      known.set(offset, number);
    }
    return number;
  }
}

/**
 * The name of the function that an entry describes: its linkage name, wherever on the way to its first description it stands, or else its
 * plain name. `unit`: the one that holds the entry, if that is known.
 */
function* nameOfEntry(first: DwarfFile, firstOffset: number, firstUnit: Unit | undefined): SectionReading<string> {
  let file = first;
  let offset = firstOffset;
  let unit = firstUnit;
  let plain = '';
  for (let step = 0; step < MAX_ORIGINS; step++) {
    unit ??= yield* file.unitHolding(offset);
    if (unit === undefined || !(yield* unit.readRoot())) break;
    const reader = yield* file.die(unit, offset - unit.header.offset);
    if (reader === undefined) {
      file.diagnostics.damaged('dwarf-origin', offset, 'the description of an inlined function cannot be read');
      break;
    }
    const linkage = yield* file.text(unit, reader, reader.linkageName);
    if (linkage !== '') return linkage;
    if (plain === '') plain = yield* file.text(unit, reader, reader.name);
    const next = nextEntry(file, unit, reader);
    if (next === undefined) break;
    if (next.file === file && next.offset === offset) break;
    ({ file, offset, unit } = next);
  }
  return plain;
}

interface Entry {
  readonly file: DwarfFile;
  readonly offset: number;
  readonly unit: Unit | undefined;
}

function nextEntry(file: DwarfFile, unit: Unit, { origin }: DieReader): Entry | undefined {
  switch (origin.kind) {
    case ValueKind.UnitReference:
      return { file, offset: unit.header.offset + origin.value, unit };
    case ValueKind.InfoReference:
      return { file, offset: origin.value, unit: undefined };
    case ValueKind.SupplementaryReference:
      return file.supplementary === undefined ? undefined : { file: file.supplementary, offset: origin.value, unit: undefined };
    default:
      return undefined;
  }
}

function numbered(text: string, texts: string[], numbers: Map<string, number>): number {
  let number = numbers.get(text);
  if (number === undefined) numbers.set(text, (number = texts.push(text) - 1));
  return number;
}

/** Turns [from, to) round. */
function reverse(values: number[], from: number, to: number): void {
  for (let low = from, high = to - 1; low < high; low++, high--) [values[low], values[high]] = [values[high]!, values[low]!];
}
