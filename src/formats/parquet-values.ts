// Values of a Parquet file's columns: as numbers of distinct ones, as bytes, and the least and greatest of them.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import type { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { writePlain } from 'hyparquet-writer/src/plain.js';

/** The file's list of what is where, and parts of it. */
export type FileMetaData = Parameters<typeof writeMetadata>[1];
export type SchemaElement = FileMetaData['schema'][number];
export type RowGroup = FileMetaData['row_groups'][number];
export type ColumnChunk = RowGroup['columns'][number];
export type Encoding = NonNullable<ColumnChunk['meta_data']>['encodings'][number];
export type Statistics = NonNullable<NonNullable<ColumnChunk['meta_data']>['statistics']>;

/** Readers work on groups in parallel; what is in memory grows with them. */
export const ROWS_OF_GROUP = 65_536;

/** How text is told of in a schema. */
export const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } } as const;

/** What a file needs to know of its columns. */
export interface ParquetColumn {
  /** From the column to what holds its values. */
  readonly schema: readonly SchemaElement[];
  /** Writes the chunk of this group of rows, and begins the next. */
  write(out: ByteWriter): ColumnChunk;
}

/** Distinct values by number, of one group of rows. */
export class Distinct<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<T, number>();
  #last: T | undefined;
  #lastNumber = -1;

  numberOf(value: T): number {
    // Most rows have what the row before has.
    if (value === this.#last) return this.#lastNumber;
    let number = this.#numbers.get(value);
    if (number === undefined) this.#numbers.set(value, (number = this.values.push(value) - 1));
    this.#last = value;
    return (this.#lastNumber = number);
  }

  clear(): void {
    this.values.length = 0;
    this.#numbers.clear();
    this.#last = undefined;
  }
}

/** As PLAIN encodes them. */
export function plain(values: readonly (string | number | bigint)[], type: NonNullable<SchemaElement['type']>): Uint8Array {
  const out = new ByteWriter();
  if (type === 'BYTE_ARRAY') writePlain(out, values.map(utf8), type, undefined);
  else writePlain(out, values as number[], type, undefined);
  return out.getBytes();
}

const ENCODER = new TextEncoder();

function utf8(text: string | number | bigint): Uint8Array {
  return ENCODER.encode(text as string);
}

/** In the order of their bytes in UTF-8, which is that of readers. */
export function textBounds(values: readonly string[]): Pick<Statistics, 'min_value' | 'max_value'> {
  let least: string | undefined;
  let greatest: string | undefined;
  for (const value of values) {
    if (least === undefined || isBefore(value, least)) least = value;
    if (greatest === undefined || isBefore(greatest, value)) greatest = value;
  }
  return least === undefined || greatest === undefined ? {} : { min_value: least, max_value: greatest };
}

/** Of texts whose surrogates are in pairs. */
function isBefore(a: string, b: string): boolean {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // Characters in two units come after all others in UTF-8, and before some in UTF-16.
    if (x !== y) return isSurrogate(x) === isSurrogate(y) ? x < y : isSurrogate(y);
  }
  return a.length < b.length;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}

export function numberBounds<T extends number | bigint>(values: Iterable<T>): Pick<Statistics, 'min_value' | 'max_value'> {
  let least: T | undefined;
  let greatest: T | undefined;
  for (const value of values) {
    if (least === undefined || value < least) least = value;
    if (greatest === undefined || value > greatest) greatest = value;
  }
  return least === undefined || greatest === undefined ? {} : { min_value: least, max_value: greatest };
}
