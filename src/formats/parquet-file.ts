// A Parquet file being written, in groups of rows: the only file that knows hyparquet-writer. Rows are gathered in columns; what is in memory
// is one group of them. Types, encodings and compression (Snappy) are those that every reader has.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { ParquetWriter } from 'hyparquet-writer/src/parquet-writer.js';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';

/** 'time' is microseconds since 1970, UTC; 'texts' a list of texts. */
export type ParquetType = 'text' | 'texts' | 'int32' | 'int64' | 'time';

/** A column. Values are text, lists of texts, numbers (int32) and bigints (int64, time), and null where it is nullable. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ParquetType;
  readonly nullable?: boolean;
}

export type ParquetValue = string | readonly string[] | number | bigint | null;

/** Readers work on groups in parallel; what is in memory grows with them. */
const ROWS_OF_GROUP = 65_536;
/** Texts within lists at most in a group: rows of deep stacks make it end earlier. */
const TEXTS_OF_GROUP = 500_000;

type Schema = ConstructorParameters<typeof ParquetWriter>[0]['schema'];

export class ParquetFile {
  readonly #columns: readonly ParquetColumn[];
  readonly #values: ParquetValue[][];
  readonly #writer: ParquetWriter;
  #rows = 0;
  #texts = 0;

  constructor(sink: ByteSink, columns: readonly ParquetColumn[], metadata: Readonly<Record<string, string>> = {}) {
    this.#columns = columns;
    this.#values = columns.map(() => []);
    const bytes = new SinkBytes(sink);
    this.#writer = new ParquetWriter({
      writer: bytes,
      schema: schemaOf(columns),
      kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
      createdBy: metadata['producer'] ?? 'perfts',
    });
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  /** A value of the row in the making, for each column once. */
  put(column: number, value: ParquetValue): void {
    if (typeof value === 'object' && value !== null) this.#texts += value.length;
    this.#values[column]!.push(value);
  }

  /** The row has all its values. */
  endRow(): void {
    this.#rows++;
    if (this.#values[0]!.length >= ROWS_OF_GROUP || this.#texts >= TEXTS_OF_GROUP) this.#endGroup();
  }

  /** Writes what is left, and the list of what is where. */
  finish(): void {
    this.#endGroup();
    void this.#writer.finish();
  }

  #endGroup(): void {
    const rows = this.#values[0]!.length;
    if (rows === 0) return;
    const columnData = this.#columns.map(({ name, type }, index) => ({
      name,
      data: this.#values[index] as ParquetValue[],
      // Times and clocks hardly grow from one row to the next.
      ...(type === 'time' && { encoding: 'DELTA_BINARY_PACKED' as const }),
    }));
    // Nothing is waited for: the sink writes at once.
    void this.#writer.write({ columnData, rowGroupSize: rows });
    for (const values of this.#values) values.length = 0;
    this.#texts = 0;
  }
}

/** hyparquet-writer's own buffer, emptied into a sink after each group. */
class SinkBytes extends ByteWriter {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    super(1 << 16);
    this.#sink = sink;
  }

  flush(): void {
    this.#sink.write(this.getBytes());
    this.index = 0;
  }

  override finish(): void {
    this.flush();
  }
}

function schemaOf(columns: readonly ParquetColumn[]): Schema {
  const schema: Schema = [{ name: 'root', num_children: columns.length }];
  for (const { name, type, nullable } of columns) {
    const repetition_type = nullable === true ? 'OPTIONAL' : 'REQUIRED';
    switch (type) {
      case 'text':
        schema.push({ name, repetition_type, type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } });
        break;
      case 'texts':
        schema.push(
          { name, repetition_type, converted_type: 'LIST', logical_type: { type: 'LIST' }, num_children: 1 },
          { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
          { name: 'element', repetition_type: 'REQUIRED', type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
        );
        break;
      case 'int32':
        schema.push({ name, repetition_type, type: 'INT32' });
        break;
      case 'int64':
        schema.push({ name, repetition_type, type: 'INT64' });
        break;
      case 'time':
        schema.push({ name, repetition_type, type: 'INT64', converted_type: 'TIMESTAMP_MICROS', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' } });
        break;
    }
  }
  return schema;
}
