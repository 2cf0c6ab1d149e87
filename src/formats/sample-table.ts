// The table of samples that Parquet exports write (docs/FLEET.md): a row for each, in a single file with its stack in it, in a dataset with the
// number of its stack.

import { telling } from './code-table.ts';
import type { ExportTables, SampleRow } from './format.ts';
import { ParquetFile, type ParquetColumn } from './parquet-file.ts';

const NS_PER_US = 1000n;
const MAX_INT32 = 0x7fff_ffff;

/** Of both forms. */
export const SAMPLE_COLUMNS: readonly ParquetColumn[] = [
  { name: 'time', type: 'time', nullable: true },
  { name: 'clock_ns', type: 'int64', nullable: true },
  { name: 'recording', type: 'text' },
  { name: 'host', type: 'text' },
  { name: 'labels', type: 'text' },
  { name: 'event', type: 'text' },
  { name: 'unit', type: 'text' },
  { name: 'period', type: 'int64' },
  { name: 'pid', type: 'int32' },
  { name: 'tid', type: 'int32' },
  { name: 'comm', type: 'text' },
  { name: 'cpu', type: 'int32', nullable: true },
  { name: 'mode', type: 'text' },
  { name: 'function', type: 'text' },
  { name: 'module', type: 'text' },
  { name: 'file', type: 'text' },
  { name: 'cut', type: 'text', nullable: true },
];

/** What a leaf's columns say. */
interface Leaf {
  readonly function: string;
  readonly module: string;
  readonly file: string;
}

const NO_LEAF: Leaf = { function: '', module: '', file: '' };

/** Puts samples into files. */
export class SampleTable {
  readonly #tables: ExportTables;
  readonly #leaves: Leaf[] = [];
  /** By recording. */
  readonly #labels: string[] = [];
  // Most samples have the period of the one before.
  #period = 0;
  #exactPeriod = 0n;

  constructor(tables: ExportTables) {
    this.#tables = tables;
  }

  /** All columns of SAMPLE_COLUMNS; the row is then without its stack, and not ended. */
  put(file: ParquetFile, row: SampleRow): void {
    const { recording, event, time, hasTime } = row;
    const leaf = row.stack === 0 ? NO_LEAF : this.#leafOf(this.#tables.stacks.frame[row.stack]!);
    const wall = hasTime ? recording.wallTime(time) : undefined;
    file.put(0, wall === undefined ? null : wall / NS_PER_US);
    file.put(1, hasTime ? BigInt.asIntN(64, recording.clockTime(time)) : null);
    file.put(2, recording.name);
    file.put(3, recording.hostName);
    file.put(4, (this.#labels[recording.index] ??= labelsText(recording.labels)));
    file.put(5, event.name);
    file.put(6, event.unit);
    if (row.period !== this.#period) {
      this.#period = row.period;
      this.#exactPeriod = BigInt.asIntN(64, BigInt(row.period));
    }
    file.put(7, this.#exactPeriod);
    // Damaged ones may be longer than the column.
    file.put(8, row.pid | 0);
    file.put(9, row.tid | 0);
    file.put(10, row.comm);
    file.put(11, row.cpu < 0 || row.cpu > MAX_INT32 ? null : row.cpu);
    file.put(12, row.inKernel ? 'kernel' : 'user');
    file.put(13, leaf.function);
    file.put(14, leaf.module);
    file.put(15, leaf.file);
    file.put(16, row.end === undefined || row.end === 'root' ? null : row.end);
  }

  #leafOf(place: number): Leaf {
    const known = this.#leaves[place];
    if (known !== undefined) return known;
    const { code } = this.#tables;
    const fn = code.at(place);
    return (this.#leaves[place] = { function: telling(fn), module: code.moduleName(fn), file: fn.file });
  }
}

/** `service=api;zone=3`. */
function labelsText(labels: ReadonlyMap<string, string>): string {
  return [...labels].map(([key, value]) => `${key}=${value}`).join(';');
}
