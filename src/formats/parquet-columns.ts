// The columns of a Parquet file with one value a row, each gathering those of a group of rows: as numbers of distinct values wherever they come
// again.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { deltaBinaryPack } from 'hyparquet-writer/src/delta.js';
import { ParquetChunk, putIndexes, putMixedLevels, putSameLevels } from './parquet-page.ts';
import { Distinct, ROWS_OF_GROUP, TEXT, numberBounds, plain, textBounds, type ColumnChunk, type ParquetColumn, type SchemaElement, type Statistics } from './parquet-values.ts';

/** A column of one value a row, or none. */
abstract class FlatColumn<T extends string | number | bigint> implements ParquetColumn {
  readonly schema: readonly [SchemaElement];
  readonly #isNullable: boolean;
  protected readonly distinct: Distinct<T> = new Distinct();
  /** By value that is there: its number. */
  protected readonly numbers: Int32Array = new Int32Array(ROWS_OF_GROUP);
  /** How many are there. */
  protected count = 0;
  readonly #present = new Uint8Array(ROWS_OF_GROUP);
  #rows = 0;

  constructor(element: SchemaElement, isNullable: boolean) {
    this.schema = [{ ...element, repetition_type: isNullable ? 'OPTIONAL' : 'REQUIRED' }];
    this.#isNullable = isNullable;
  }

  put(value: T | null): void {
    if (value === null) {
      if (!this.#isNullable) throw new TypeError(`${this.schema[0].name} has no nulls`);
      this.#present[this.#rows++] = 0;
      return;
    }
    this.#present[this.#rows++] = 1;
    this.keep(value);
  }

  write(out: ByteWriter): ColumnChunk {
    const rows = this.#rows;
    const chunk = new ParquetChunk(out);
    const page = new ByteWriter();
    if (this.#isNullable) {
      if (this.count === rows || this.count === 0) putSameLevels(page, rows, this.count === 0 ? 0 : 1);
      else putMixedLevels(page, this.#present.subarray(0, rows));
    }
    this.encode(chunk, page, rows);
    const written = chunk.end(this.schema, { ...this.bounds(), null_count: BigInt(rows - this.count) });
    this.#rows = 0;
    this.count = 0;
    this.distinct.clear();
    return written;
  }

  /** Takes in a value that is there. */
  protected keep(value: T): void {
    this.numbers[this.count++] = this.distinct.numberOf(value);
  }

  /** Writes pages; `page` has the levels already. */
  protected abstract encode(chunk: ParquetChunk, page: ByteWriter, rows: number): void;
  /** The least value and the greatest. */
  protected abstract bounds(): Pick<Statistics, 'min_value' | 'max_value'>;

  /** By a dictionary of the distinct values. */
  protected encodeNumbers(chunk: ParquetChunk, page: ByteWriter, rows: number): void {
    const { type } = this.schema[0];
    const { values } = this.distinct;
    chunk.dictionary(plain(values, type!), values.length);
    putIndexes(page, this.numbers.subarray(0, this.count), values.length);
    chunk.data(page.getBytes(), rows, 'RLE_DICTIONARY');
  }
}

/** Text. */
export class TextColumn extends FlatColumn<string> {
  constructor(name: string, isNullable: boolean) {
    super({ name, ...TEXT }, isNullable);
  }

  protected encode(chunk: ParquetChunk, page: ByteWriter, rows: number): void {
    this.encodeNumbers(chunk, page, rows);
  }

  protected bounds(): Pick<Statistics, 'min_value' | 'max_value'> {
    return textBounds(this.distinct.values);
  }
}

/** Integers: of 32 bits as numbers, of 64 as bigints. */
export class IntegerColumn<T extends number | bigint> extends FlatColumn<T> {
  constructor(name: string, type: T extends number ? 'INT32' : 'INT64', isNullable: boolean) {
    super({ name, type }, isNullable);
  }

  protected encode(chunk: ParquetChunk, page: ByteWriter, rows: number): void {
    const { values } = this.distinct;
    if (2 * values.length <= this.count || values.length <= 1) {
      this.encodeNumbers(chunk, page, rows);
      return;
    }
    const all: T[] = Array.from({ length: this.count }, (_, i) => values[this.numbers[i]!]!);
    page.appendBytes(plain(all, this.schema[0].type!));
    chunk.data(page.getBytes(), rows, 'PLAIN');
  }

  protected bounds(): Pick<Statistics, 'min_value' | 'max_value'> {
    return numberBounds(this.distinct.values);
  }
}

/** Times, which hardly grow from one row to the next; in microseconds since 1970, UTC, or without that meaning. */
export class TimeColumn extends FlatColumn<bigint> {
  readonly #values = new BigInt64Array(ROWS_OF_GROUP);

  constructor(name: string, meaning: 'calendar' | 'clock', isNullable: boolean) {
    super(meaning === 'clock' ? { name, type: 'INT64' } : { name, type: 'INT64', converted_type: 'TIMESTAMP_MICROS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } }, isNullable);
  }

  protected override keep(value: bigint): void {
    this.#values[this.count++] = value;
  }

  protected encode(chunk: ParquetChunk, page: ByteWriter, rows: number): void {
    deltaBinaryPack(page, this.#values.subarray(0, this.count), 'INT64');
    chunk.data(page.getBytes(), rows, 'DELTA_BINARY_PACKED');
  }

  protected bounds(): Pick<Statistics, 'min_value' | 'max_value'> {
    return numberBounds(this.#values.subarray(0, this.count));
  }
}
