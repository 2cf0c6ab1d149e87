// Reads one entry (DIE) of a unit: the attributes that say where its code lies, what it is called and where it was inlined
// (DWARF 5, clause 7.5.4 to 7.5.6). What a value needs from other sections is left to whoever asks: here it is a kind and a number.

import type { AbbreviationTable } from './abbreviations.ts';
import { DwarfCursor } from './cursor.ts';
import type { DieShape } from './die-shape.ts';
import { Attribute, Form } from './dwarf-constants.ts';

/** What the number of a value is. */
export const ValueKind = {
  None: 0,
  Address: 1,
  /** Number of an entry of `.debug_addr`. */
  AddressIndex: 2,
  /** Also offsets in other sections, as before version 4. */
  Constant: 3,
  /** Offset in `.debug_info`, relative to the unit; in the whole section; in that of the supplementary file. */
  UnitReference: 4,
  InfoReference: 5,
  SupplementaryReference: 6,
  RangeListIndex: 7,
  /** Where the text stands in the unit's bytes. */
  InlineString: 8,
  String: 9,
  LineString: 10,
  StringIndex: 11,
  SupplementaryString: 12,
  /** Of no interest, or not to be understood. */
  Other: 13,
} as const;
export type ValueKind = (typeof ValueKind)[keyof typeof ValueKind];

/** One value: a kind and a number, reused. */
export class DieValue {
  kind: ValueKind = ValueKind.None;
  value = -0.5;
}

/** Shows one entry of a unit after another. The bytes are those of the unit, from its header on, or a part of them. */
export class DieReader {
  readonly cursor: DwarfCursor;
  readonly shape: DieShape;
  readonly table: AbbreviationTable;
  /** Index in the table of the entry that is shown. */
  abbreviation = -1;
  /** Relative to the unit; 0 where the entry does not say. */
  sibling = 0;
  readonly lowPc: DieValue = new DieValue();
  readonly highPc: DieValue = new DieValue();
  readonly ranges: DieValue = new DieValue();
  /** DW_AT_abstract_origin, else DW_AT_specification: where the rest is said. */
  readonly origin: DieValue = new DieValue();
  readonly name: DieValue = new DieValue();
  readonly linkageName: DieValue = new DieValue();
  readonly callFile: DieValue = new DieValue();
  readonly callLine: DieValue = new DieValue();
  // Of the root of a unit.
  readonly statementList: DieValue = new DieValue();
  readonly compilationFolder: DieValue = new DieValue();
  readonly stringOffsetsBase: DieValue = new DieValue();
  readonly addressBase: DieValue = new DieValue();
  readonly rangeListsBase: DieValue = new DieValue();
  readonly dwoName: DieValue = new DieValue();
  readonly gnuRangesBase: DieValue = new DieValue();
  readonly #all: readonly DieValue[] = [
    this.lowPc, this.highPc, this.ranges, this.origin, this.name, this.linkageName, this.callFile, this.callLine, this.statementList,
    this.compilationFolder, this.stringOffsetsBase, this.addressBase, this.rangeListsBase, this.dwoName, this.gnuRangesBase,
  ];
  readonly #other = new DieValue();
  /** Of DW_AT_GNU_dwo_id: its 8 bytes, in the order of the file. */
  dwoIdBytes: Uint8Array | undefined;

  constructor(bytes: Uint8Array, table: AbbreviationTable, shape: DieShape) {
    this.cursor = new DwarfCursor(bytes, shape.littleEndian);
    this.shape = shape;
    this.table = table;
  }

  /** Moves to a position of the bytes and reads the number of the abbreviation there: its index, or -1 (also for a null entry). */
  enter(position: number): number {
    this.cursor.seek(position, this.cursor.bytes.length);
    const code = this.cursor.uleb();
    return this.cursor.overrun || code === 0 ? -1 : this.table.find(code);
  }

  /** Reads the attributes of an entry; the cursor stands behind the abbreviation's number, and behind the entry afterwards. */
  read(index: number): boolean {
    const { table, cursor } = this;
    for (const value of this.#all) value.kind = ValueKind.None;
    this.abbreviation = index;
    this.sibling = 0;
    this.dwoIdBytes = undefined;
    const last = table.first[index + 1]!;
    for (let i = table.first[index]!; i < last; i++) {
      const name = table.name[i]!;
      const value = this.#valueOf(name);
      const start = cursor.position;
      this.#read(table.form[i]!, table.constant[i]!, value);
      if (name === Attribute.Sibling && value.kind === ValueKind.UnitReference) this.sibling = value.value;
      else if (name === Attribute.GnuDwoId) this.dwoIdBytes = cursor.bytes.slice(start, start + 8);
    }
    return !cursor.overrun;
  }

  #valueOf(name: number): DieValue {
    switch (name) {
      case Attribute.LowPc:
        return this.lowPc;
      case Attribute.HighPc:
        return this.highPc;
      case Attribute.Ranges:
        return this.ranges;
      case Attribute.AbstractOrigin:
        return this.origin;
      case Attribute.Specification:
        // Of an entry with both, the origin says more.
        return this.origin.kind === ValueKind.None ? this.origin : this.#other;
      case Attribute.Name:
        return this.name;
      case Attribute.LinkageName:
      case Attribute.MipsLinkageName:
        return this.linkageName;
      case Attribute.CallFile:
        return this.callFile;
      case Attribute.CallLine:
        return this.callLine;
      case Attribute.StatementList:
        return this.statementList;
      case Attribute.CompilationFolder:
        return this.compilationFolder;
      case Attribute.StringOffsetsBase:
        return this.stringOffsetsBase;
      case Attribute.AddressBase:
      case Attribute.GnuAddressBase:
        return this.addressBase;
      case Attribute.RangeListsBase:
        return this.rangeListsBase;
      case Attribute.DwoName:
      case Attribute.GnuDwoName:
        return this.dwoName;
      case Attribute.GnuRangesBase:
        return this.gnuRangesBase;
      default:
        return this.#other;
    }
  }

  #read(form: number, constant: number, into: DieValue): void {
    const { cursor, shape } = this;
    switch (form) {
      case Form.Address:
        return set(into, ValueKind.Address, shape.addressSize === 8 ? cursor.signed64() : cursor.unsigned32());
      case Form.AddressIndex:
      case Form.GnuAddressIndex:
        return set(into, ValueKind.AddressIndex, cursor.uleb());
      case Form.AddressIndex1:
        return set(into, ValueKind.AddressIndex, cursor.unsigned8());
      case Form.AddressIndex2:
        return set(into, ValueKind.AddressIndex, cursor.unsigned16());
      case Form.AddressIndex3:
        return set(into, ValueKind.AddressIndex, unsigned24(cursor));
      case Form.AddressIndex4:
        return set(into, ValueKind.AddressIndex, cursor.unsigned32());
      case Form.Data1:
      case Form.Flag:
        return set(into, ValueKind.Constant, cursor.unsigned8());
      case Form.Data2:
        return set(into, ValueKind.Constant, cursor.unsigned16());
      case Form.Data4:
        return set(into, ValueKind.Constant, cursor.unsigned32());
      case Form.Data8:
        return set(into, ValueKind.Constant, cursor.signed64());
      case Form.Udata:
        return set(into, ValueKind.Constant, cursor.uleb());
      case Form.Sdata:
        return set(into, ValueKind.Constant, cursor.sleb());
      case Form.ImplicitConstant:
        return set(into, ValueKind.Constant, constant);
      case Form.FlagPresent:
        return set(into, ValueKind.Constant, 1);
      case Form.SectionOffset:
        return set(into, ValueKind.Constant, offset(cursor, shape));
      case Form.Reference1:
        return set(into, ValueKind.UnitReference, cursor.unsigned8());
      case Form.Reference2:
        return set(into, ValueKind.UnitReference, cursor.unsigned16());
      case Form.Reference4:
        return set(into, ValueKind.UnitReference, cursor.unsigned32());
      case Form.Reference8:
        return set(into, ValueKind.UnitReference, cursor.signed64());
      case Form.ReferenceUdata:
        return set(into, ValueKind.UnitReference, cursor.uleb());
      case Form.ReferenceAddress:
        return set(into, ValueKind.InfoReference, shape.version <= 2 && shape.addressSize === 8 ? cursor.signed64() : shape.version <= 2 ? cursor.unsigned32() : offset(cursor, shape));
      case Form.ReferenceSupplementary4:
        return set(into, ValueKind.SupplementaryReference, cursor.unsigned32());
      case Form.ReferenceSupplementary8:
        return set(into, ValueKind.SupplementaryReference, cursor.signed64());
      case Form.GnuReferenceAlternate:
        return set(into, ValueKind.SupplementaryReference, offset(cursor, shape));
      case Form.RangeListIndex:
        return set(into, ValueKind.RangeListIndex, cursor.uleb());
      case Form.String:
        set(into, ValueKind.InlineString, cursor.position);
        return passText(cursor);
      case Form.StringPointer:
        return set(into, ValueKind.String, offset(cursor, shape));
      case Form.LineStringPointer:
        return set(into, ValueKind.LineString, offset(cursor, shape));
      case Form.StringPointerSupplementary:
      case Form.GnuStringPointerAlternate:
        return set(into, ValueKind.SupplementaryString, offset(cursor, shape));
      case Form.StringIndex:
      case Form.GnuStringIndex:
        return set(into, ValueKind.StringIndex, cursor.uleb());
      case Form.StringIndex1:
        return set(into, ValueKind.StringIndex, cursor.unsigned8());
      case Form.StringIndex2:
        return set(into, ValueKind.StringIndex, cursor.unsigned16());
      case Form.StringIndex3:
        return set(into, ValueKind.StringIndex, unsigned24(cursor));
      case Form.StringIndex4:
        return set(into, ValueKind.StringIndex, cursor.unsigned32());
      case Form.LocationListIndex:
        return set(into, ValueKind.Other, cursor.uleb());
      case Form.Data16:
        return set(into, ValueKind.Other, cursor.take(16));
      case Form.ReferenceSignature8:
        return set(into, ValueKind.Other, cursor.take(8));
      case Form.Block1:
        return set(into, ValueKind.Other, cursor.take(cursor.unsigned8()));
      case Form.Block2:
        return set(into, ValueKind.Other, cursor.take(cursor.unsigned16()));
      case Form.Block4:
        return set(into, ValueKind.Other, cursor.take(cursor.unsigned32()));
      case Form.Block:
      case Form.ExpressionLocation:
        return set(into, ValueKind.Other, cursor.take(cursor.uleb()));
      case Form.Indirect: {
        const inner = cursor.uleb();
        if (inner !== Form.Indirect && inner !== Form.ImplicitConstant) return this.#read(inner, 0, into);
        cursor.overrun = true;
        return;
      }
      default:
        // Nobody knows where it ends.
        cursor.overrun = true;
    }
  }
}

function set(into: DieValue, kind: ValueKind, value: number): void {
  into.kind = kind;
  into.value = value;
}

/** An offset in a section, of the unit's format. */
function offset(cursor: DwarfCursor, shape: DieShape): number {
  return shape.offsetSize === 4 ? cursor.unsigned32() : cursor.signed64();
}

function unsigned24(cursor: DwarfCursor): number {
  const [a, b, c] = [cursor.unsigned8(), cursor.unsigned8(), cursor.unsigned8()];
  return cursor.littleEndian ? a | (b << 8) | (c << 16) : (a << 16) | (b << 8) | c;
}

function passText(cursor: DwarfCursor): void {
  const end = cursor.bytes.indexOf(0, cursor.position);
  if (end < 0 || end >= cursor.end) cursor.take(Infinity);
  else cursor.take(end + 1 - cursor.position);
}
