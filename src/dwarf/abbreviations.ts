// Abbreviations (DWARF 5, clause 7.5.3): what the entries of a unit consist of. Beside the list of attributes each has a plan to pass
// over an entry without looking at it: by far the most entries are types and variables, of no interest here.

import { MAX_ABBREVIATIONS } from '../bytes/limits.ts';
import { Attribute, Form, Tag } from './dwarf-constants.ts';
import type { DieShape } from './die-shape.ts';
import type { LazySection } from './lazy-section.ts';
import type { SectionReading } from './sections.ts';
import { DwarfCursor } from './cursor.ts';

/** Bits of AbbreviationTable.flags. */
export const AbbreviationFlag = {
  HasChildren: 1,
  /** The entry says where its code lies. */
  HasCode: 2,
} as const;

/** Steps of a plan that are no numbers of bytes. */
const Step = { Leb: -1, String: -2, Block1: -3, Block2: -4, Block4: -5, Block: -6, Indirect: -7, Sibling1: -8, Sibling2: -9, Sibling4: -10, Sibling8: -11, SiblingLeb: -12 } as const;
/** A form that nobody knows: no way past it. */
const UNKNOWN_FORM = -99;

/** Most tables have fewer bytes. */
const FIRST_READ = 4096;

/** The abbreviations at one offset of `.debug_abbrev`, in columns, for units of one shape. */
export class AbbreviationTable {
  length = 0;
  /** In bytes. */
  size = 0;
  /** Whether any function says where its code lies. */
  describesCode = false;
  readonly tag: number[] = [];
  readonly flags: number[] = [];
  /** Where the attributes of each begin in the three columns below; one more than there are. */
  readonly first: number[] = [0];
  readonly name: number[] = [];
  readonly form: number[] = [];
  /** The value of DW_FORM_implicit_const. */
  readonly constant: number[] = [];
  /** Where the entry's next sibling stands, relative to its unit, if the entry last passed over told; else 0. */
  sibling = 0;
  // Numbers are nearly always 1, 2, 3 …; others are looked up.
  readonly #byCode = new Map<number, number>();
  #isDense = true;
  readonly #planFirst: number[] = [0];
  readonly #plan: number[] = [];

  /** The index of the abbreviation with that number, or -1. */
  find(code: number): number {
    if (this.#isDense) return code <= this.length ? code - 1 : -1;
    return this.#byCode.get(code) ?? -1;
  }

  add(code: number, tag: number, hasChildren: boolean, names: readonly number[], forms: readonly number[], constants: readonly number[], shape: DieShape): void {
    const index = this.length++;
    if (code !== this.length && this.#isDense) {
      this.#isDense = false;
      for (let known = 0; known < index; known++) this.#byCode.set(known + 1, known);
    }
    if (!this.#isDense && !this.#byCode.has(code)) this.#byCode.set(code, index);
    this.tag.push(tag);
    const hasCode = names.includes(Attribute.LowPc) || names.includes(Attribute.Ranges);
    if (hasCode && tag === Tag.Subprogram) this.describesCode = true;
    this.flags.push((hasChildren ? AbbreviationFlag.HasChildren : 0) | (hasCode ? AbbreviationFlag.HasCode : 0));
    let run = 0;
    for (let i = 0; i < names.length; i++) {
      this.name.push(names[i]!);
      this.form.push(forms[i]!);
      this.constant.push(constants[i]!);
      const step = stepOf(names[i]!, forms[i]!, shape);
      if (step >= 0) run += step;
      else {
        if (run > 0) this.#plan.push(run);
        run = 0;
        this.#plan.push(step);
      }
    }
    if (run > 0) this.#plan.push(run);
    this.first.push(this.name.length);
    this.#planFirst.push(this.#plan.length);
  }

  /**
   * Passes over an entry whose number was read already: the position of the next one, `Infinity` where its length cannot be told.
   * May be past the end of the bytes.
   */
  skip(index: number, bytes: Uint8Array, start: number, shape: DieShape): number {
    const plan = this.#plan;
    const last = this.#planFirst[index + 1]!;
    this.sibling = 0;
    let at = start;
    for (let i = this.#planFirst[index]!; i < last; i++) {
      const step = plan[i]!;
      if (step >= 0) at += step;
      else if (step === Step.Leb) {
        while (bytes[at++]! >= 0x80);
      } else if (step === Step.Sibling4) {
        this.sibling = shape.littleEndian
          ? (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) + bytes[at + 3]! * 0x100_0000
          : bytes[at]! * 0x100_0000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
        at += 4;
      } else at = this.#rare(step, bytes, at, shape);
    }
    return at;
  }

  #rare(step: number, bytes: Uint8Array, at: number, shape: DieShape): number {
    const cursor = new DwarfCursor(bytes, shape.littleEndian);
    cursor.seek(at, bytes.length);
    switch (step) {
      case Step.String: {
        const end = bytes.indexOf(0, at);
        return end < 0 ? Infinity : end + 1;
      }
      case Step.Block1:
        cursor.take(cursor.unsigned8());
        break;
      case Step.Block2:
        cursor.take(cursor.unsigned16());
        break;
      case Step.Block4:
        cursor.take(cursor.unsigned32());
        break;
      case Step.Block:
        cursor.take(cursor.uleb());
        break;
      case Step.Sibling1:
        this.sibling = cursor.unsigned8();
        break;
      case Step.Sibling2:
        this.sibling = cursor.unsigned16();
        break;
      case Step.Sibling8:
        this.sibling = cursor.signed64();
        break;
      case Step.SiblingLeb:
        this.sibling = cursor.uleb();
        break;
      case Step.Indirect: {
        const inner = stepOf(0, cursor.uleb(), shape);
        if (inner >= 0) cursor.take(inner);
        else if (inner === Step.Leb) cursor.uleb();
        else if (inner === Step.Indirect || inner === UNKNOWN_FORM) return Infinity;
        else return this.#rare(inner, bytes, cursor.position, shape);
        break;
      }
      default:
        return Infinity;
    }
    return cursor.overrun ? Infinity : cursor.position;
  }
}

/** How far a value of a form reaches: its bytes, or a Step. */
function stepOf(name: number, form: number, shape: DieShape): number {
  if (name === Attribute.Sibling) {
    switch (form) {
      case Form.Reference1:
        return Step.Sibling1;
      case Form.Reference2:
        return Step.Sibling2;
      case Form.Reference4:
        return Step.Sibling4;
      case Form.Reference8:
        return Step.Sibling8;
      case Form.ReferenceUdata:
        return Step.SiblingLeb;
    }
  }
  switch (form) {
    case Form.FlagPresent:
    case Form.ImplicitConstant:
      return 0;
    case Form.Data1:
    case Form.Flag:
    case Form.Reference1:
    case Form.StringIndex1:
    case Form.AddressIndex1:
      return 1;
    case Form.Data2:
    case Form.Reference2:
    case Form.StringIndex2:
    case Form.AddressIndex2:
      return 2;
    case Form.StringIndex3:
    case Form.AddressIndex3:
      return 3;
    case Form.Data4:
    case Form.Reference4:
    case Form.StringIndex4:
    case Form.AddressIndex4:
    case Form.ReferenceSupplementary4:
      return 4;
    case Form.Data8:
    case Form.Reference8:
    case Form.ReferenceSignature8:
    case Form.ReferenceSupplementary8:
      return 8;
    case Form.Data16:
      return 16;
    case Form.Address:
      return shape.addressSize;
    case Form.ReferenceAddress:
      return shape.version <= 2 ? shape.addressSize : shape.offsetSize;
    case Form.SectionOffset:
    case Form.StringPointer:
    case Form.LineStringPointer:
    case Form.StringPointerSupplementary:
    case Form.GnuReferenceAlternate:
    case Form.GnuStringPointerAlternate:
      return shape.offsetSize;
    case Form.Sdata:
    case Form.Udata:
    case Form.ReferenceUdata:
    case Form.StringIndex:
    case Form.AddressIndex:
    case Form.LocationListIndex:
    case Form.RangeListIndex:
    case Form.GnuAddressIndex:
    case Form.GnuStringIndex:
      return Step.Leb;
    case Form.String:
      return Step.String;
    case Form.Block1:
      return Step.Block1;
    case Form.Block2:
      return Step.Block2;
    case Form.Block4:
      return Step.Block4;
    case Form.Block:
    case Form.ExpressionLocation:
      return Step.Block;
    case Form.Indirect:
      return Step.Indirect;
    default:
      return UNKNOWN_FORM;
  }
}

/** Reads the table at an offset of `.debug_abbrev`; undefined where it does not end. */
export function* readAbbreviations(section: LazySection, offset: number, shape: DieShape): SectionReading<AbbreviationTable | undefined> {
  for (let length = FIRST_READ; ; length *= 8) {
    const bytes = yield* section.read(offset, length);
    const table = parse(bytes, shape);
    if (table !== undefined) return table;
    if (bytes.length < length || length > MAX_ABBREVIATIONS) return undefined;
  }
}

/** Undefined where the bytes end before the table does. */
function parse(bytes: Uint8Array, shape: DieShape): AbbreviationTable | undefined {
  const table = new AbbreviationTable();
  const cursor = new DwarfCursor(bytes, shape.littleEndian);
  for (;;) {
    const code = cursor.uleb();
    if (cursor.overrun) return undefined;
    table.size = cursor.position;
    if (code === 0) return table;
    const tag = cursor.uleb();
    const hasChildren = cursor.unsigned8() === 1;
    const names: number[] = [];
    const forms: number[] = [];
    const constants: number[] = [];
    for (;;) {
      const name = cursor.uleb();
      const form = cursor.uleb();
      const constant = form === Form.ImplicitConstant ? cursor.sleb() : 0;
      if (cursor.overrun) return undefined;
      if (name === 0 && form === 0) break;
      names.push(name);
      forms.push(form);
      constants.push(constant);
    }
    table.add(code, tag, hasChildren, names, forms, constants, shape);
  }
}
