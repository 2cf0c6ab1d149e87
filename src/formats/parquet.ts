// Parquet: one file with a row for each sample and its stack as a list of names, innermost first. For DuckDB, pandas, Spark and whatever
// else reads tables; many recordings make a dataset instead (parquet-dataset.ts).

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { telling } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { ParquetFile } from './parquet-file.ts';
import { SAMPLE_COLUMNS, SampleTable } from './sample-table.ts';

class ParquetSamples implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #table: SampleTable;
  readonly #file: ParquetFile;
  readonly #names: string[] = [];

  constructor(tables: ExportTables, { producer }: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#table = new SampleTable(tables);
    this.#file = new ParquetFile(sink, [...SAMPLE_COLUMNS, { name: 'stack', type: 'texts' }], { producer });
  }

  sample(row: SampleRow): void {
    const { stacks } = this.#tables;
    this.#table.put(this.#file, row);
    const stack: string[] = [];
    for (let node = row.stack; node > 0; node = stacks.parent[node]!) stack.push(this.#nameOf(stacks.frame[node]!));
    this.#file.put(SAMPLE_COLUMNS.length, stack);
    this.#file.endRow();
  }

  finish(): void {
    this.#file.finish();
  }

  #nameOf(place: number): string {
    return (this.#names[place] ??= telling(this.#tables.code.at(place)));
  }
}

export const parquet: ExportFormat = {
  byAddress: false,
  make: (tables, options, sink) => new ParquetSamples(tables, options, sink),
};
