// The calls that were inlined into one function, in columns, in the order of the entries: those within a call follow it up to `end`.
//
//      shuffle ─┬─ 0 next ── 1 mix ── 2 step       end: 3, 3, 3, 5, 5
//               └─ 3 swap ── 4 move

import { grown } from '../bytes/sorted.ts';
import { AbbreviationFlag, type AbbreviationTable } from './abbreviations.ts';
import { DieReader, ValueKind } from './die-reader.ts';
import { Tag } from './dwarf-constants.ts';
import { RangeColumns } from './range-columns.ts';
import { addRanges, type CodePlace } from './ranges.ts';
import type { SectionReading } from './sections.ts';
import { SiblingIndex } from './sibling-index.ts';
import type { Unit } from './unit.ts';

/** Where the callee of an inlined call is described: which section the number counts from. */
export const OriginKind = { None: 0, Unit: 1, Info: 2, Supplementary: 3 } as const;

/** Calls and ranges that are gone through one after another; for more, an index is made. */
const FEW = 64;

export class InlineTree {
  length = 0;
  /** One past the last call within this one. */
  end: Int32Array = new Int32Array(8);
  /** Where the entry itself stands, relative to the unit. */
  entry: Float64Array = new Float64Array(8);
  /** OriginKind and offset of what describes the callee. */
  originKind: Int32Array = new Int32Array(8);
  origin: Float64Array = new Float64Array(8);
  /** Where the call stands in the source: number of the file in the unit's line table (-1: not said), line (0: not said). */
  callFile: Int32Array = new Int32Array(8);
  callLine: Float64Array = new Float64Array(8);
  /** Ranges of each, as [first, first of the next) in low and high. */
  rangeFirst: Int32Array = new Int32Array(9);
  low: Float64Array = new Float64Array(0);
  high: Float64Array = new Float64Array(0);
  /** By the first of the calls; most trees need none. */
  #indexes: Map<number, SiblingIndex> | undefined;

  /** The outermost call in [from, to) that holds the address, none of which lie in one another but as the tree says; or -1. */
  find(address: number, from: number, to: number): number {
    const { end, rangeFirst, low, high } = this;
    let steps = 0;
    for (let call = from; call < to; call = end[call]!) {
      steps += 1 + rangeFirst[call + 1]! - rangeFirst[call]!;
      if (steps > FEW) return this.#indexOf(from, to).find(address);
      for (let i = rangeFirst[call]!; i < rangeFirst[call + 1]!; i++) if (address >= low[i]! && address < high[i]!) return call;
    }
    return -1;
  }

  /** Made once for all calls side by side, which the first of them tells from others. */
  #indexOf(from: number, to: number): SiblingIndex {
    const indexes = (this.#indexes ??= new Map());
    const known = indexes.get(from);
    if (known !== undefined) return known;
    const low: number[] = [];
    const high: number[] = [];
    const calls: number[] = [];
    for (let call = from; call < to; call = this.end[call]!) {
      for (let i = this.rangeFirst[call]!; i < this.rangeFirst[call + 1]!; i++) {
        low.push(this.low[i]!);
        high.push(this.high[i]!);
        calls.push(call);
      }
    }
    const index = new SiblingIndex(low, high, calls);
    indexes.set(from, index);
    return index;
  }

  add(): number {
    if (this.length === this.end.length) {
      this.end = grown(this.end);
      this.entry = grown(this.entry);
      this.originKind = grown(this.originKind);
      this.origin = grown(this.origin);
      this.callFile = grown(this.callFile);
      this.callLine = grown(this.callLine);
    }
    return this.length++;
  }
}

/** An entry whose children are gone through: the call it is, or one of these. */
const TRANSPARENT = -1;
const IGNORED = -2;

/** Reads what was inlined into the function at `position`. */
export function* readInlines(unit: Unit, position: number): SectionReading<InlineTree> {
  const tree = new InlineTree();
  const table = yield* unit.file.abbreviationsOf(unit);
  if (table === undefined) return tree;
  const bytes = yield* unit.file.bytesOf(unit);
  const walk = new InlineWalk(unit, bytes, table, tree);
  if (!walk.run(position)) return new InlineTree();
  const ranges = new RangeColumns();
  tree.rangeFirst = new Int32Array(tree.length + 1);
  for (const [call, place] of walk.places.entries()) {
    yield* addRanges(unit, place, call, ranges);
    tree.rangeFirst[call + 1] = ranges.length;
  }
  tree.low = ranges.low;
  tree.high = ranges.high;
  return tree;
}

class InlineWalk {
  /** By call. */
  readonly places: CodePlace[] = [];
  readonly #unit: Unit;
  readonly #bytes: Uint8Array;
  readonly #table: AbbreviationTable;
  readonly #tree: InlineTree;
  readonly #reader: DieReader;

  constructor(unit: Unit, bytes: Uint8Array, table: AbbreviationTable, tree: InlineTree) {
    this.#unit = unit;
    this.#bytes = bytes;
    this.#table = table;
    this.#tree = tree;
    this.#reader = new DieReader(bytes, table, unit.header.shape);
  }

  /** Goes through the function's entry and what is in it; false where the file has used up what may be gone through. */
  run(position: number): boolean {
    const reader = this.#reader;
    const table = this.#table;
    const bytes = this.#bytes;
    const { file, header } = this.#unit;
    const { shape } = header;
    const open: number[] = [];
    let at = position;
    // Paid for entry by entry: functions within one another would be walked to their end before the budget is asked.
    let paid = position;
    do {
      if (!file.spend(at - paid)) return false;
      paid = at;
      const start = at;
      const abbreviation = reader.enter(at);
      if (abbreviation < 0) {
        at = reader.cursor.position;
        if (reader.cursor.overrun || bytes[start] !== 0) return this.#closeAll(open, start);
        this.#close(open.pop() ?? TRANSPARENT);
        continue;
      }
      const tag = table.tag[abbreviation]!;
      const outer = open.length === 0 ? TRANSPARENT : open[open.length - 1]!;
      let kind = start === position ? TRANSPARENT : outer === IGNORED ? IGNORED : kindOf(tag);
      let sibling: number;
      if (kind === CALL) {
        if (!reader.read(abbreviation)) return this.#closeAll(open, start);
        at = reader.cursor.position;
        sibling = 0;
        kind = this.#add(start);
      } else {
        at = table.skip(abbreviation, bytes, reader.cursor.position, shape);
        sibling = table.sibling;
        if (at > bytes.length) return this.#closeAll(open, start);
      }
      if ((table.flags[abbreviation]! & AbbreviationFlag.HasChildren) === 0) this.#close(kind);
      else if (kind === IGNORED && sibling > at && sibling <= bytes.length) at = sibling;
      else open.push(kind);
    } while (open.length > 0);
    return file.spend(at - paid);
  }

  #add(position: number): number {
    const tree = this.#tree;
    const { lowPc, highPc, ranges, origin, callFile, callLine } = this.#reader;
    const call = tree.add();
    tree.entry[call] = position;
    tree.originKind[call] =
      origin.kind === ValueKind.UnitReference ? OriginKind.Unit
      : origin.kind === ValueKind.InfoReference ? OriginKind.Info
      : origin.kind === ValueKind.SupplementaryReference ? OriginKind.Supplementary
      : OriginKind.None;
    tree.origin[call] = origin.value;
    tree.callFile[call] = callFile.kind === ValueKind.Constant ? callFile.value : -1;
    tree.callLine[call] = callLine.kind === ValueKind.Constant ? callLine.value : 0;
    this.places.push({ lowPc: { ...lowPc }, highPc: { ...highPc }, ranges: { ...ranges } });
    return call;
  }

  /** An entry is over; calls within it are known. */
  #close(kind: number): void {
    if (kind >= 0) this.#tree.end[kind] = this.#tree.length;
  }

  /** What was read before is good. */
  #closeAll(open: readonly number[], position: number): boolean {
    for (const kind of open) this.#close(kind);
    const { header, file } = this.#unit;
    file.diagnostics.damaged('dwarf-entries', header.offset + position, 'an entry of .debug_info cannot be read: what was inlined after it is left out');
    return true;
  }
}

const CALL = -3;

/** What an entry within a function is to its inlined calls. Functions within it have their own. */
function kindOf(tag: number): number {
  switch (tag) {
    case Tag.InlinedSubroutine:
      return CALL;
    case Tag.LexicalBlock:
    case Tag.TryBlock:
    case Tag.CatchBlock:
      return TRANSPARENT;
    default:
      return IGNORED;
  }
}

