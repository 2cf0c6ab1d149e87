// A column of lists of texts in a Parquet file. What a row costs does not depend on how long its list is: lists that come again, as stacks do, are
// kept once in a group of rows, and a page is put together of their bytes.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { grown } from '../bytes/sorted.ts';
import { ParquetChunk, putByteIndexes, putLevels, putMixedLevels, putRun, putSameLevels } from './parquet-page.ts';
import { Distinct, ROWS_OF_GROUP, TEXT, plain, textBounds, type ColumnChunk, type ParquetColumn, type SchemaElement } from './parquet-values.ts';

/** Of indexes in a page of lists. */
const BYTES_OF_PAGE = 1_048_576;
/** Values of lists, of which each row has a few more than this: shorter lists are told apart by single bits, longer ones by runs. */
const VALUES_OF_SHORT_LISTS = 16;

/** Lists of texts. */
export class TextsColumn implements ParquetColumn {
  readonly schema: readonly SchemaElement[];
  #rows = 0;
  #values = 0;
  readonly #distinct = new Distinct<string>();
  /** Of distinct lists: the numbers of their texts one after the other, and where each begins. */
  #texts = new Int32Array(1024);
  #length = 0;
  readonly #starts: number[] = [];
  readonly #byKey = new Map<number, number>();
  /** By row: its list. */
  readonly #lists = new Int32Array(ROWS_OF_GROUP);

  constructor(name: string) {
    this.schema = [
      { name, repetition_type: 'REQUIRED', converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', repetition_type: 'REQUIRED', ...TEXT },
    ];
  }

  /** Values in lists so far. */
  get size(): number {
    return this.#values;
  }

  put(list: readonly string[]): void {
    this.#add(this.#listOf(list));
  }

  /** A list that has the same key each time. `make` gives it. */
  putKeyed(key: number, make: () => readonly string[]): void {
    let list = this.#byKey.get(key);
    if (list === undefined) this.#byKey.set(key, (list = this.#listOf(make())));
    this.#add(list);
  }

  write(out: ByteWriter): ColumnChunk {
    const chunk = new ParquetChunk(out);
    const { values } = this.#distinct;
    chunk.dictionary(plain(values, 'BYTE_ARRAY'), values.length);
    const width = values.length <= 0x100 ? 1 : values.length <= 0x1_0000 ? 2 : 3;
    const indexes = bytesOf(this.#texts.subarray(0, this.#length), width);
    let empty = 0;
    for (let first = 0; first < this.#rows; ) {
      let end = first;
      for (let bytes = 0; end < this.#rows && bytes < BYTES_OF_PAGE; end++) bytes += this.#lengthOf(this.#lists[end]!) * width;
      empty += this.#writePage(chunk, first, end, indexes, width);
      first = end;
    }
    const written = chunk.end(this.schema, { ...textBounds(values), null_count: BigInt(empty) });
    this.#rows = 0;
    this.#values = 0;
    this.#length = 0;
    this.#starts.length = 0;
    this.#byKey.clear();
    this.#distinct.clear();
    return written;
  }

  /** Rows from `first` to before `end`. Gives the number of empty lists. */
  #writePage(chunk: ParquetChunk, first: number, end: number, indexes: Uint8Array, width: number): number {
    let values = 0;
    let empty = 0;
    for (let row = first; row < end; row++) {
      const length = this.#lengthOf(this.#lists[row]!);
      values += length;
      if (length === 0) empty++;
    }
    const page = new ByteWriter(values * width + values / 8 + 8 * (end - first) + 64);
    const levels = values + empty;
    putLevels(page, (repetition) => this.#putRepetition(repetition, first, end, levels));
    if (empty === 0) putSameLevels(page, levels, 1);
    else putMixedLevels(page, this.#presence(first, end, levels));
    const all = new Uint8Array(values * width);
    let at = 0;
    for (let row = first; row < end; row++) {
      const list = this.#lists[row]!;
      const start = this.#starts[list]! * width;
      const bytes = this.#lengthOf(list) * width;
      // A call costs more than a few steps.
      if (bytes < 32) for (let i = 0; i < bytes; i++) all[at + i] = indexes[start + i]!;
      else all.set(indexes.subarray(start, start + bytes), at);
      at += bytes;
    }
    putByteIndexes(page, all, width);
    chunk.data(page.getBytes(), levels, 'RLE_DICTIONARY');
    return empty;
  }

  /** 0 where a list begins, 1 where it goes on. */
  #putRepetition(out: ByteWriter, first: number, end: number, levels: number): void {
    if (levels > VALUES_OF_SHORT_LISTS * (end - first)) {
      for (let row = first; row < end; row++) {
        const length = this.#lengthOf(this.#lists[row]!);
        putRun(out, 1, 0);
        if (length > 1) putRun(out, length - 1, 1);
      }
      return;
    }
    const groups = Math.ceil(levels / 8);
    const bits = new Uint8Array(groups).fill(0xff);
    let at = 0;
    for (let row = first; row < end; row++) {
      bits[at >> 3]! &= ~(1 << (at & 7));
      at += Math.max(this.#lengthOf(this.#lists[row]!), 1);
    }
    out.appendVarInt((groups << 1) | 1);
    out.appendBytes(bits);
  }

  /** 0 for an empty list, 1 for each value. */
  #presence(first: number, end: number, levels: number): Uint8Array {
    const present = new Uint8Array(levels).fill(1);
    let at = 0;
    for (let row = first; row < end; row++) {
      const length = this.#lengthOf(this.#lists[row]!);
      if (length === 0) present[at] = 0;
      at += Math.max(length, 1);
    }
    return present;
  }

  #add(list: number): void {
    this.#lists[this.#rows++] = list;
    this.#values += this.#lengthOf(list);
  }

  #listOf(list: readonly string[]): number {
    while (this.#length + list.length > this.#texts.length) this.#texts = grown(this.#texts);
    const number = this.#starts.push(this.#length) - 1;
    for (const text of list) this.#texts[this.#length++] = this.#distinct.numberOf(text);
    return number;
  }

  #lengthOf(list: number): number {
    return (this.#starts[list + 1] ?? this.#length) - this.#starts[list]!;
  }
}

/** Numbers in `width` bytes each, the least significant first. */
function bytesOf(numbers: Int32Array, width: number): Uint8Array {
  const bytes = new Uint8Array(numbers.length * width);
  for (let i = 0, at = 0; i < numbers.length; i++) for (let byte = 0; byte < width; byte++) bytes[at++] = numbers[i]! >> (8 * byte);
  return bytes;
}
