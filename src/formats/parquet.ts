// Parquet: one file with a row for each sample and its stack as a list of names, innermost first. For DuckDB, pandas, Spark and whatever
// else reads tables; many recordings make a dataset instead (parquet-dataset.ts).

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { telling } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import { ParquetFile } from './parquet-file.ts';
import type { TextsColumn } from './parquet-lists.ts';
import { SampleTable } from './sample-table.ts';

class ParquetSamples implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #table: SampleTable;
  readonly #file: ParquetFile;
  readonly #stacks: TextsColumn;
  readonly #names: string[] = [];

  constructor(tables: ExportTables, { producer }: FormatOptions, sink: ByteSink) {
    this.#tables = tables;
    this.#file = new ParquetFile(sink, { producer });
    this.#table = new SampleTable(tables, this.#file);
    this.#stacks = this.#file.texts('stack');
  }

  sample(row: SampleRow): void {
    this.#table.put(row);
    this.#stacks.putKeyed(row.stack, () => this.#namesOf(row.stack));
    this.#file.endRow();
  }

  finish(): void {
    this.#file.finish();
  }

  #namesOf(stack: number): string[] {
    const { parent, frame } = this.#tables.stacks;
    const names: string[] = [];
    for (let node = stack; node > 0; node = parent[node]!) names.push(this.#nameOf(frame[node]!));
    return names;
  }

  #nameOf(place: number): string {
    return (this.#names[place] ??= telling(this.#tables.code.at(place)));
  }
}

export const parquet: ExportFormat = {
  byAddress: false,
  make: (tables, options, sink) => new ParquetSamples(tables, options, sink),
};
