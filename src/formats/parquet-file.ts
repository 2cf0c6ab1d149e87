// A Parquet file being written, in groups of rows; what is in memory is one group of them. With its neighbours parquet-*.ts it is all
// that knows hyparquet-writer, of which it takes encodings, compression (Snappy) and the file's tables, which every reader has; that
// package's own writer takes lists value by value, and stacks are lists of some thirty values for each of a million rows.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { IntegerColumn, TextColumn, TimeColumn } from './parquet-columns.ts';
import { TextsColumn } from './parquet-lists.ts';
import { ROWS_OF_GROUP, type ParquetColumn, type RowGroup } from './parquet-values.ts';

/** Values of a list column at most in a group: rows of deep stacks make it end earlier. */
const VALUES_OF_GROUP = 2_000_000;
/** `PAR1` */
const MAGIC = 0x31524150;

export class ParquetFile {
  readonly #sink: ByteSink;
  readonly #metadata: Readonly<Record<string, string>>;
  readonly #columns: ParquetColumn[] = [];
  readonly #lists: TextsColumn[] = [];
  readonly #out = new ByteWriter(1 << 16);
  readonly #groups: RowGroup[] = [];
  #rows = 0;
  #rowsOfGroup = 0;

  constructor(sink: ByteSink, metadata: Readonly<Record<string, string>> = {}) {
    this.#sink = sink;
    this.#metadata = metadata;
    this.#out.appendUint32(MAGIC);
  }

  /** Rows so far. */
  get rows(): number {
    return this.#rows;
  }

  // Columns are added before there are rows. Each row is put into each of them, then ended.

  text(name: string, nullable?: 'nullable'): TextColumn {
    return this.#add(new TextColumn(name, nullable !== undefined));
  }

  texts(name: string): TextsColumn {
    const column = this.#add(new TextsColumn(name));
    this.#lists.push(column);
    return column;
  }

  int32(name: string, nullable?: 'nullable'): IntegerColumn<number> {
    return this.#add(new IntegerColumn<number>(name, 'INT32', nullable !== undefined));
  }

  int64(name: string, nullable?: 'nullable'): IntegerColumn<bigint> {
    return this.#add(new IntegerColumn<bigint>(name, 'INT64', nullable !== undefined));
  }

  /** Microseconds since 1970, UTC. */
  time(name: string, nullable?: 'nullable'): TimeColumn {
    return this.#add(new TimeColumn(name, 'calendar', nullable !== undefined));
  }

  /** Int64 that grows with the rows. */
  clock(name: string, nullable?: 'nullable'): TimeColumn {
    return this.#add(new TimeColumn(name, 'clock', nullable !== undefined));
  }

  /** The row has all its values. */
  endRow(): void {
    this.#rows++;
    this.#rowsOfGroup++;
    if (this.#rowsOfGroup >= ROWS_OF_GROUP) this.#endGroup();
    else for (const { size } of this.#lists) if (size >= VALUES_OF_GROUP) return this.#endGroup();
  }

  /** Writes what is left, and the list of what is where. */
  finish(): void {
    this.#endGroup();
    const out = this.#out;
    const { producer = 'perfts' } = this.#metadata;
    writeMetadata(out, {
      version: 2,
      created_by: producer,
      schema: [{ name: 'root', num_children: this.#columns.length }, ...this.#columns.flatMap(({ schema }) => schema)],
      num_rows: BigInt(this.#rows),
      row_groups: this.#groups,
      key_value_metadata: Object.entries(this.#metadata).map(([key, value]) => ({ key, value })),
      // Of what has been read: it is reckoned when the list is written.
      metadata_length: 0,
    });
    out.appendUint32(MAGIC);
    this.#flush();
  }

  #add<T extends ParquetColumn>(column: T): T {
    this.#columns.push(column);
    return column;
  }

  #endGroup(): void {
    const rows = this.#rowsOfGroup;
    if (rows === 0) return;
    this.#rowsOfGroup = 0;
    const start = this.#out.offset;
    const columns = this.#columns.map((column) => column.write(this.#out));
    this.#groups.push({
      columns,
      num_rows: BigInt(rows),
      total_byte_size: columns.reduce((sum, { meta_data }) => sum + meta_data!.total_uncompressed_size, 0n),
      total_compressed_size: BigInt(this.#out.offset - start),
    });
    this.#flush();
  }

  #flush(): void {
    this.#sink.write(this.#out.getBytes());
    this.#out.index = 0;
  }
}
