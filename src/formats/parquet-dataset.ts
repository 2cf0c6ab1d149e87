// A dataset of many recordings (docs/FLEET.md), in folders that DuckDB, Spark, Trino and ClickHouse read as one table each:
//
//     samples/day=2026-11-20/service=api/NAME.parquet     a row for each sample, with the number of its stack
//     stacks/day=2026-11-20/service=api/NAME.parquet      a row for each stack of these
//
// NAME says which recording it is, so that an export done again replaces its files.

import { PerftsError } from '../bytes/errors.ts';
import { MAX_DAYS_OF_RECORDING } from '../bytes/limits.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CODE_KIND_NAMES, telling, type CodeFunction } from './code-table.ts';
import type { ExportFormat, ExportTables, ExportedRecording, FormatOptions, FormatWriter, SampleRow } from './format.ts';
import type { IntegerColumn } from './parquet-columns.ts';
import { ParquetFile } from './parquet-file.ts';
import { SampleTable } from './sample-table.ts';
import { StackIds } from './stack-ids.ts';

/** A folder to put files in. */
export interface DatasetFolder {
  /** A new file, by its path in the folder with `/`; folders are made. It is there for others once it is closed. */
  open(path: string): ByteSink & { close(): void };
}

/** The label that says the service. */
export const SERVICE = 'service';

const NS_PER_MS = 1_000_000n;
const MS_PER_DAY = 86_400_000;

/** The files of one recording and day. */
interface Part {
  readonly samples: ParquetFile;
  readonly table: SampleTable;
  readonly ids: IntegerColumn<bigint>;
  readonly close: () => void;
  readonly path: string;
  /** Nodes whose stacks they need. */
  readonly stacks: Set<number>;
}

class DatasetWriter implements FormatWriter {
  readonly #tables: ExportTables;
  readonly #options: FormatOptions;
  readonly #folder: DatasetFolder;
  readonly #ids: StackIds;
  #recording: ExportedRecording | undefined;
  #name = '';
  /** By number of the day. */
  readonly #parts = new Map<number, Part>();
  #day = NaN;
  #part: Part | undefined;

  constructor(tables: ExportTables, options: FormatOptions, folder: DatasetFolder) {
    this.#tables = tables;
    this.#options = options;
    this.#folder = folder;
    this.#ids = new StackIds(tables);
  }

  sample(row: SampleRow): void {
    if (row.recording !== this.#recording) this.#begin(row);
    const part = this.#partOf(row);
    part.table.put(row);
    part.ids.put(this.#ids.of(row.stack));
    part.samples.endRow();
    part.stacks.add(row.stack);
  }

  finish(): void {
    this.#end();
  }

  #begin(row: SampleRow): void {
    this.#end();
    const { recording } = row;
    this.#recording = recording;
    const which = `${recording.hostName} ${recording.name} ${recording.clockTime(row.time)}`;
    this.#name = `${recording.name.replace(/[^\w.-]/g, '_')}-${fileHash(which)}`;
  }

  #partOf(row: SampleRow): Part {
    const wall = row.recording.wallTime(row.time);
    if (wall === undefined) throw new PerftsError('PERFTS_NO_SAMPLES', `${row.recording.name} does not say on which day it was recorded: a dataset needs that`);
    const day = Math.floor(Number(wall / NS_PER_MS) / MS_PER_DAY);
    if (this.#part !== undefined && day === this.#day) return this.#part;
    this.#day = day;
    let part = this.#parts.get(day);
    if (part === undefined) {
      if (this.#parts.size === MAX_DAYS_OF_RECORDING) throw new PerftsError('PERFTS_NO_SAMPLES', `${row.recording.name} has samples of more than ${MAX_DAYS_OF_RECORDING} days: its times are wrong`);
      this.#parts.set(day, (part = this.#open(day, row.recording)));
    }
    return (this.#part = part);
  }

  #open(day: number, recording: ExportedRecording): Part {
    const path = `day=${new Date(day * MS_PER_DAY).toISOString().slice(0, 10)}/${SERVICE}=${encodeURIComponent(recording.labels.get(SERVICE) ?? 'unknown')}/${this.#name}.parquet`;
    const file = this.#folder.open(`samples/${path}`);
    const samples = new ParquetFile(file, { producer: this.#options.producer });
    const table = new SampleTable(this.#tables, samples);
    return { samples, table, ids: samples.int64('stack_id'), close: () => file.close(), path, stacks: new Set() };
  }

  /** Writes the stacks of the recording's files, then the files are whole. */
  #end(): void {
    for (const { samples, close, path, stacks } of this.#parts.values()) {
      const file = this.#folder.open(`stacks/${path}`);
      this.#putStacks(file, stacks);
      samples.finish();
      file.close();
      close();
    }
    this.#parts.clear();
    this.#part = undefined;
  }

  #putStacks(sink: ByteSink, nodes: ReadonlySet<number>): void {
    const { code, stacks } = this.#tables;
    const file = new ParquetFile(sink, { producer: this.#options.producer });
    const ids = file.int64('stack_id');
    const depth = file.int32('depth');
    const lists = { functions: file.texts('functions'), modules: file.texts('modules'), files: file.texts('files'), kinds: file.texts('kinds') };
    // Two nodes may be one stack: places that differ in their calls only, functions of one name.
    const written = new Set<bigint>();
    for (const stack of nodes) {
      const id = this.#ids.of(stack);
      if (written.has(id)) continue;
      written.add(id);
      const chain: CodeFunction[] = [];
      for (let node = stack; node > 0; node = stacks.parent[node]!) chain.push(code.at(stacks.frame[node]!));
      ids.put(id);
      depth.put(chain.length);
      lists.functions.put(chain.map(telling));
      lists.modules.put(chain.map((fn) => code.moduleName(fn)));
      lists.files.put(chain.map((fn) => fn.file));
      lists.kinds.put(chain.map((fn) => CODE_KIND_NAMES[fn.kind]!));
      file.endRow();
    }
    file.finish();
  }
}

/** Eight hexadecimal digits that tell files of one name apart. */
function fileHash(text: string): string {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** A format that writes into a folder, and nothing to its sink. */
export function parquetDataset(folder: DatasetFolder): ExportFormat {
  return { byAddress: false, make: (tables, options) => new DatasetWriter(tables, options, folder) };
}
