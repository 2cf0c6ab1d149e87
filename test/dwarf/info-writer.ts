// Writes units of debugging information out of functions and the calls inlined into them: in every version, with the forms, abbreviations
// and orders of attributes that a seed chooses, and with entries of no interest in between.

import { ByteWriter } from './byte-writer.ts';

/** Half-open. */
export type Range = readonly [low: number, high: number];

export interface WrittenCall {
  readonly ranges: readonly Range[];
  /** Index in the names. */
  readonly name: number;
  readonly callFile: number;
  readonly callLine: number;
  /** Lexical blocks around it. */
  readonly blocks: number;
  readonly calls: readonly WrittenCall[];
}

export interface WrittenFunction {
  readonly ranges: readonly Range[];
  readonly calls: readonly WrittenCall[];
  /** A function within it, which has its own code. */
  readonly inner?: WrittenFunction | undefined;
}

export interface InfoShape {
  readonly littleEndian: boolean;
  readonly is64: boolean;
  readonly version: 2 | 3 | 4 | 5;
  readonly addressSize: 4 | 8;
  readonly seed: number;
}

export interface WrittenInfo {
  readonly info: Uint8Array;
  readonly abbrev: Uint8Array;
  readonly str: Uint8Array;
  readonly lineStr: Uint8Array;
  readonly strOffsets: Uint8Array;
  readonly addr: Uint8Array;
  readonly ranges: Uint8Array;
  readonly rnglists: Uint8Array;
  readonly aranges: Uint8Array;
}

interface Value {
  readonly name: number;
  readonly form: number;
  readonly write: (to: ByteWriter) => void;
  readonly constant?: number;
}

const Name = {
  Sibling: 0x01, Name: 0x03, LowPc: 0x11, HighPc: 0x12, Origin: 0x31, DeclLine: 0x3b, Declaration: 0x3c, Specification: 0x47, Ranges: 0x55,
  CallFile: 0x58, CallLine: 0x59, LinkageName: 0x6e, StrOffsetsBase: 0x72, AddrBase: 0x73, RnglistsBase: 0x74,
} as const;

/** A stream of choices. */
class Choices {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 1;
  }
  /** 0 … count-1. */
  next(count: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
    return (this.#state >>> 8) % count;
  }
  of<T>(...all: readonly T[]): T {
    return all[this.next(all.length)]!;
  }
}

/** One unit with these functions. The linkage name of names[i] is there for even i; odd ones have a plain name only. */
export function writeInfo(shape: InfoShape, names: readonly string[], functions: readonly WrittenFunction[], ranges: readonly Range[]): WrittenInfo {
  return new InfoWriter(shape).write(names, functions, ranges);
}

class InfoWriter {
  readonly #shape: InfoShape;
  readonly #choices: Choices;
  readonly #offset: 4 | 8;
  readonly #info: ByteWriter;
  readonly #abbreviations = new Map<string, number>();
  readonly #abbrev: ByteWriter;
  readonly #str: ByteWriter;
  readonly #lineStr: ByteWriter;
  readonly #strOffsets: ByteWriter;
  readonly #addr: ByteWriter;
  readonly #ranges: ByteWriter;
  readonly #rnglists: ByteWriter;
  /** Positions in `info` of siblings that are not known yet, by what is written there afterwards. */
  readonly #header: number;
  #strings = 0;
  #addresses = 0;

  constructor(shape: InfoShape) {
    this.#shape = shape;
    this.#choices = new Choices(shape.seed);
    this.#offset = shape.is64 ? 8 : 4;
    const writer = (): ByteWriter => new ByteWriter(shape.littleEndian);
    this.#info = writer();
    this.#abbrev = writer();
    this.#str = writer();
    this.#lineStr = writer();
    this.#strOffsets = writer();
    this.#addr = writer();
    this.#ranges = writer();
    this.#rnglists = writer();
    this.#str.bytes.push(0);
    this.#lineStr.bytes.push(0x61, 0);
    const lengthSize = shape.is64 ? 12 : 4;
    this.#header = lengthSize + 2 + (shape.version >= 5 ? 2 + this.#offset : this.#offset + 1);
    // Headers of the sections that have some; lengths are filled in at the end.
    if (shape.version >= 5) {
      this.#length(this.#strOffsets).number(5, 2).number(0, 2);
      this.#length(this.#addr).number(5, 2).number(shape.addressSize, 1).number(0, 1);
      this.#length(this.#rnglists).number(5, 2).number(shape.addressSize, 1).number(0, 1).number(0, 4);
    }
  }

  #length(to: ByteWriter): ByteWriter {
    return this.#shape.is64 ? to.number(0xffff_ffff, 4).number(0, 8) : to.number(0, 4);
  }

  write(names: readonly string[], functions: readonly WrittenFunction[], ranges: readonly Range[]): WrittenInfo {
    const { version, addressSize, littleEndian } = this.#shape;
    const info = this.#info;
    this.#length(info).number(version, 2);
    if (version >= 5) info.number(1, 1).number(addressSize, 1).number(0, this.#offset);
    else info.number(0, this.#offset).number(addressSize, 1);
    const bases: Value[] = version < 5 ? [] : [
      this.#sectionOffset(Name.StrOffsetsBase, this.#offset === 8 ? 16 : 8),
      this.#sectionOffset(Name.AddrBase, this.#offset === 8 ? 16 : 8),
      this.#sectionOffset(Name.RnglistsBase, this.#offset === 8 ? 20 : 12),
    ];
    // Where the unit's code lies says only the list of ranges, or .debug_aranges.
    this.#entry(0x11, [...bases, this.#text(Name.Name, 'unit.c'), this.#address(Name.LowPc, 0), ...this.#places(ranges, true)], true, () => {
      const origins = names.map((name, index) => this.#described(name, index % 2 === 0));
      for (const each of functions) this.#function(each, origins);
    });
    const end = info.bytes.length;
    this.#patch(this.#shape.is64 ? 4 : 0, end - (this.#shape.is64 ? 12 : 4), this.#offset);
    this.#abbrev.number(0, 1);
    for (const section of [this.#strOffsets, this.#addr, this.#rnglists]) this.#fillLength(section);
    const aranges = new ByteWriter(littleEndian);
    this.#writeAranges(aranges, ranges);
    const bytes = (writer: ByteWriter): Uint8Array => Uint8Array.from(writer.bytes);
    return {
      info: bytes(info), abbrev: bytes(this.#abbrev), str: bytes(this.#str), lineStr: bytes(this.#lineStr), strOffsets: bytes(this.#strOffsets),
      addr: bytes(this.#addr), ranges: bytes(this.#ranges), rnglists: bytes(this.#rnglists), aranges: bytes(aranges),
    };
  }

  #writeAranges(to: ByteWriter, ranges: readonly Range[]): void {
    const { addressSize } = this.#shape;
    this.#length(to).number(2, 2).number(0, this.#offset).number(addressSize, 1).number(0, 1);
    while (to.bytes.length % (2 * addressSize) !== 0) to.number(0, 1);
    for (const [low, high] of ranges) to.number(low, addressSize).number(high - low, addressSize);
    to.number(0, addressSize).number(0, addressSize);
    this.#fillLength(to);
  }

  #fillLength(section: ByteWriter): void {
    if (section.bytes.length === 0) return;
    const at = this.#shape.is64 ? 4 : 0;
    const length = new ByteWriter(this.#shape.littleEndian).number(section.bytes.length - at - this.#offset, this.#offset);
    section.bytes.splice(at, this.#offset, ...length.bytes);
  }

  #patch(at: number, value: number, size: number): void {
    this.#info.bytes.splice(at, size, ...new ByteWriter(this.#shape.littleEndian).number(value, size).bytes);
  }

  /** An abstract function: perhaps a declaration with its name, and what refers to that. Gives the offset that calls refer to. */
  #described(name: string, hasLinkage: boolean): number {
    const named = hasLinkage ? [this.#text(Name.LinkageName, name), this.#text(Name.Name, 'plain')] : [this.#text(Name.Name, name)];
    this.#noise();
    let offset = this.#entry(0x2e, [...named, this.#flag(Name.Declaration)], false);
    for (let more = this.#choices.next(3); more > 0; more--) {
      const target = offset;
      offset = this.#entry(0x2e, this.#shuffled([this.#reference(this.#choices.of(Name.Origin, Name.Specification), target), this.#number(Name.DeclLine, 7)]), false);
    }
    return offset;
  }

  #function(written: WrittenFunction, origins: readonly number[]): void {
    this.#noise();
    this.#entry(0x2e, this.#shuffled([this.#text(Name.Name, 'f'), ...this.#places(written.ranges)]), true, () => {
      for (const call of written.calls) this.#call(call, call.blocks, origins);
      if (written.inner !== undefined) this.#function(written.inner, origins);
      this.#noise();
    });
  }

  #call(call: WrittenCall, blocks: number, origins: readonly number[]): void {
    this.#noise();
    if (blocks > 0) {
      this.#entry(0x0b, this.#places(call.ranges), true, () => this.#call(call, blocks - 1, origins));
      return;
    }
    const values = this.#shuffled([this.#reference(Name.Origin, origins[call.name]!), this.#number(Name.CallFile, call.callFile), this.#number(Name.CallLine, call.callLine), ...this.#places(call.ranges)]);
    this.#entry(0x1d, values, call.calls.length > 0 || this.#choices.next(2) === 0, () => {
      for (const inner of call.calls) this.#call(inner, inner.blocks, origins);
    });
  }

  /** An entry; with children where it has any, and then perhaps with the place of its sibling. Gives its offset. */
  #entry(tag: number, values: readonly Value[], hasChildren: boolean, children?: () => void): number {
    const info = this.#info;
    const offset = info.bytes.length;
    const size = this.#choices.of(2, 4, 8) as 2 | 4 | 8;
    const hasSibling = hasChildren && offset > this.#header && this.#choices.next(2) === 0;
    let siblingAt = -1;
    const sibling: Value = { name: Name.Sibling, form: size === 2 ? 0x12 : size === 4 ? 0x13 : 0x14, write: (to) => {
      siblingAt = to.bytes.length;
      to.number(0, size);
    } };
    const all = hasSibling ? [...values, sibling] : values;
    info.uleb(this.#abbreviation(tag, hasChildren, all));
    for (const value of all) value.write(info);
    if (hasChildren) {
      children?.();
      info.number(0, 1);
    }
    if (siblingAt >= 0) this.#patch(siblingAt, info.bytes.length, size);
    return offset;
  }

  #abbreviation(tag: number, hasChildren: boolean, values: readonly Value[]): number {
    const key = `${tag} ${hasChildren} ${values.map(({ name, form, constant }) => `${name}:${form}:${constant}`).join()}`;
    const known = this.#abbreviations.get(key);
    if (known !== undefined) return known;
    // Mostly 1, 2, 3 …, with gaps in some files.
    const number = this.#abbreviations.size === 0 ? 1 : Math.max(...this.#abbreviations.values()) + (this.#shape.seed % 3 === 0 ? 1 + this.#choices.next(200) : 1);
    this.#abbreviations.set(key, number);
    this.#abbrev.uleb(number).uleb(tag).number(hasChildren ? 1 : 0, 1);
    for (const { name, form, constant } of values) {
      this.#abbrev.uleb(name).uleb(form);
      if (form === 0x21) this.#abbrev.sleb(constant ?? 0);
    }
    this.#abbrev.number(0, 1).number(0, 1);
    return number;
  }

  /** Types, variables and what nobody knows, some with children. */
  #noise(): void {
    for (let count = this.#choices.next(3); count > 0; count--) {
      const block = (sizeOfSize: number): Value => ({ name: 0x02, form: [0, 0x0a, 0x03, 0, 0x04][sizeOfSize]!, write: (to) => void to.number(3, sizeOfSize).number(0x1d, 1).number(0, 2) });
      const others: readonly Value[] = [
        block(1), block(2), block(4),
        { name: 0x02, form: this.#shape.version >= 4 ? 0x18 : 0x09, write: (to) => void to.uleb(2).number(0x2e, 1).number(0, 1) },
        { name: 0x1c, form: 0x0d, write: (to) => void to.sleb(-77_777) },
        { name: 0x3a, form: 0x16, write: (to) => void to.uleb(0x0f).uleb(300) },
        { name: 0x3a, form: 0x16, write: (to) => void to.uleb(0x08).number(0x6e, 1).number(0, 1) },
        ...(this.#shape.version >= 5 ? [{ name: 0x02, form: 0x22, write: (to: ByteWriter) => void to.uleb(5) }, { name: 0x49, form: 0x20, write: (to: ByteWriter) => void to.number(99, 8) }, { name: 0x1c, form: 0x1e, write: (to: ByteWriter) => void to.number(99, 16) }] : []),
      ];
      const chosen = this.#shuffled([this.#text(Name.Name, 'noise'), this.#choices.of(...others), this.#choices.of(...others)]);
      const isType = this.#choices.next(2) === 0;
      this.#entry(isType ? 0x13 : 0x34, chosen, isType, () => void this.#entry(0x0d, [this.#text(Name.Name, 'member')], false));
    }
  }

  #shuffled(values: readonly Value[]): Value[] {
    const left = [...values];
    return values.map(() => left.splice(this.#choices.next(left.length), 1)[0]!);
  }

  #flag(name: number): Value {
    return this.#shape.version >= 4 ? { name, form: 0x19, write: () => undefined } : { name, form: 0x0c, write: (to) => void to.number(1, 1) };
  }

  #sectionOffset(name: number, value: number): Value {
    return { name, form: this.#shape.version >= 4 ? 0x17 : this.#offset === 8 ? 0x07 : 0x06, write: (to) => void to.number(value, this.#offset) };
  }

  #number(name: number, value: number): Value {
    const form = this.#choices.of(0x0b, 0x05, 0x06, 0x07, 0x0f, 0x0d, ...(this.#shape.version >= 5 ? [0x21] : []), 0x16);
    switch (form) {
      case 0x0b:
        return { name, form: value < 256 ? form : 0x05, write: (to) => void to.number(value, value < 256 ? 1 : 2) };
      case 0x0f:
        return { name, form, write: (to) => void to.uleb(value) };
      case 0x0d:
        return { name, form, write: (to) => void to.sleb(value) };
      case 0x21:
        return { name, form, constant: value, write: () => undefined };
      case 0x16:
        return { name, form, write: (to) => void to.uleb(0x05).number(value, 2) };
      default:
        return { name, form, write: (to) => void to.number(value, form === 0x05 ? 2 : form === 0x06 ? 4 : 8) };
    }
  }

  #reference(name: number, target: number): Value {
    const form = this.#choices.of(0x12, 0x13, 0x14, 0x15, 0x10);
    switch (form) {
      case 0x15:
        return { name, form, write: (to) => void to.uleb(target) };
      case 0x10:
        return { name, form, write: (to) => void to.number(target, this.#shape.version === 2 ? this.#shape.addressSize : this.#offset) };
      default:
        return { name, form, write: (to) => void to.number(target, form === 0x12 ? 2 : form === 0x13 ? 4 : 8) };
    }
  }

  #text(name: number, text: string): Value {
    const bytes = [...new TextEncoder().encode(text), 0];
    const form = this.#choices.of(0x08, 0x0e, ...(this.#shape.version >= 5 ? [0x1f, 0x1a, 0x25, 0x26, 0x27, 0x28] : []));
    if (form === 0x08) return { name, form, write: (to) => void to.bytes.push(...bytes) };
    const section = form === 0x1f ? this.#lineStr : this.#str;
    const at = section.bytes.length;
    section.bytes.push(...bytes);
    if (form === 0x0e || form === 0x1f) return { name, form, write: (to) => void to.number(at, this.#offset) };
    this.#strOffsets.number(at, this.#offset);
    const index = this.#strings++;
    return { name, form, write: (to) => void (form === 0x1a ? to.uleb(index) : to.number(index, form - 0x24)) };
  }

  #address(name: number, address: number): Value {
    const form = this.#choices.of(0x01, ...(this.#shape.version >= 5 ? [0x1b, 0x29, 0x2a, 0x2b, 0x2c] : []));
    if (form === 0x01) return { name, form, write: (to) => void to.number(address, this.#shape.addressSize) };
    const index = this.#index(address);
    return { name, form: index > 255 ? 0x2a : form, write: (to) => void (form === 0x1b && index <= 255 ? to.uleb(index) : to.number(index, index > 255 ? 2 : form - 0x28)) };
  }

  #index(address: number): number {
    this.#addr.number(address, this.#shape.addressSize);
    return this.#addresses++;
  }

  /** Where code lies: from and to, or a list. */
  #places(ranges: readonly Range[], isList = false): Value[] {
    const [only] = ranges;
    if (only !== undefined && ranges.length === 1 && !isList && this.#choices.next(3) > 0) {
      const [low, high] = only;
      const size = this.#number(Name.HighPc, high - low);
      return [this.#address(Name.LowPc, low), this.#shape.version >= 4 && this.#choices.next(2) === 0 ? size : this.#address(Name.HighPc, high)];
    }
    if (this.#shape.version < 5) {
      const at = this.#ranges.bytes.length;
      this.#writeOldList(ranges);
      return [this.#sectionOffset(Name.Ranges, at)];
    }
    const at = this.#rnglists.bytes.length;
    this.#writeNewList(ranges);
    return [this.#sectionOffset(Name.Ranges, at)];
  }

  #writeOldList(ranges: readonly Range[]): void {
    const { addressSize } = this.#shape;
    const to = this.#ranges;
    let base = 0;
    for (const [low, high] of ranges) {
      if (this.#choices.next(3) === 0) {
        base = low - this.#choices.next(16);
        to.number(-1, addressSize).number(base, addressSize);
      }
      // A pair of zeros would end the list.
      if (low - base < 0) to.number(-1, addressSize).number((base = 0), addressSize);
      to.number(low - base, addressSize).number(high - base, addressSize);
    }
    to.number(0, addressSize).number(0, addressSize);
  }

  #writeNewList(ranges: readonly Range[]): void {
    const { addressSize } = this.#shape;
    const to = this.#rnglists;
    let base = 0;
    for (const [low, high] of ranges) {
      switch (this.#choices.next(6)) {
        case 0:
          to.number(2, 1).uleb(this.#index(low)).uleb(this.#index(high));
          break;
        case 1:
          to.number(3, 1).uleb(this.#index(low)).uleb(high - low);
          break;
        case 2:
          to.number(5, 1).number((base = low - 3), addressSize);
          to.number(4, 1).uleb(low - base).uleb(high - base);
          break;
        case 3:
          to.number(1, 1).uleb(this.#index((base = low)));
          to.number(4, 1).uleb(0).uleb(high - base);
          break;
        case 4:
          to.number(6, 1).number(low, addressSize).number(high, addressSize);
          break;
        default:
          to.number(7, 1).number(low, addressSize).uleb(high - low);
      }
    }
    to.number(0, 1);
  }
}
