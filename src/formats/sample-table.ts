// The table of samples that Parquet exports write (docs/FLEET.md): a row for each, in a single file with its stack in it, in a dataset with the
// number of its stack.

import { telling } from './code-table.ts';
import type { ExportTables, SampleRow } from './format.ts';
import type { IntegerColumn, TextColumn, TimeColumn } from './parquet-columns.ts';
import type { ParquetFile } from './parquet-file.ts';

const NS_PER_US = 1000n;
const MAX_INT32 = 0x7fff_ffff;

/** What a leaf's columns say. */
interface Leaf {
  readonly function: string;
  readonly module: string;
  readonly file: string;
}

const NO_LEAF: Leaf = { function: '', module: '', file: '' };

/** Puts samples into a file. */
export class SampleTable {
  readonly #tables: ExportTables;
  readonly #time: TimeColumn;
  readonly #clock: TimeColumn;
  readonly #recording: TextColumn;
  readonly #host: TextColumn;
  readonly #labels: TextColumn;
  readonly #event: TextColumn;
  readonly #unit: TextColumn;
  readonly #period: IntegerColumn<bigint>;
  readonly #pid: IntegerColumn<number>;
  readonly #tid: IntegerColumn<number>;
  readonly #comm: TextColumn;
  readonly #cpu: IntegerColumn<number>;
  readonly #mode: TextColumn;
  readonly #function: TextColumn;
  readonly #module: TextColumn;
  readonly #file: TextColumn;
  readonly #cut: TextColumn;
  readonly #leaves: Leaf[] = [];
  /** By recording. */
  readonly #labelTexts: string[] = [];
  // Most samples have the period of the one before.
  #lastPeriod = 0;
  #exactPeriod = 0n;

  /** Adds the columns of both forms to a file. */
  constructor(tables: ExportTables, file: ParquetFile) {
    this.#tables = tables;
    this.#time = file.time('time', 'nullable');
    this.#clock = file.clock('clock_ns', 'nullable');
    this.#recording = file.text('recording');
    this.#host = file.text('host');
    this.#labels = file.text('labels');
    this.#event = file.text('event');
    this.#unit = file.text('unit');
    this.#period = file.int64('period');
    this.#pid = file.int32('pid');
    this.#tid = file.int32('tid');
    this.#comm = file.text('comm');
    this.#cpu = file.int32('cpu', 'nullable');
    this.#mode = file.text('mode');
    this.#function = file.text('function');
    this.#module = file.text('module');
    this.#file = file.text('file');
    this.#cut = file.text('cut', 'nullable');
  }

  /** A row, without its stack, and not ended. */
  put(row: SampleRow): void {
    const { recording, event, time, hasTime } = row;
    const leaf = row.stack === 0 ? NO_LEAF : this.#leafOf(this.#tables.stacks.frame[row.stack]!);
    const wall = hasTime ? recording.wallTime(time) : undefined;
    this.#time.put(wall === undefined ? null : wall / NS_PER_US);
    this.#clock.put(hasTime ? BigInt.asIntN(64, recording.clockTime(time)) : null);
    this.#recording.put(recording.name);
    this.#host.put(recording.hostName);
    this.#labels.put((this.#labelTexts[recording.index] ??= labelsText(recording.labels)));
    this.#event.put(event.name);
    this.#unit.put(event.unit);
    if (row.period !== this.#lastPeriod) {
      this.#lastPeriod = row.period;
      this.#exactPeriod = BigInt.asIntN(64, BigInt(row.period));
    }
    this.#period.put(this.#exactPeriod);
    // Damaged ones may be longer than the column.
    this.#pid.put(row.pid | 0);
    this.#tid.put(row.tid | 0);
    this.#comm.put(row.comm);
    this.#cpu.put(row.cpu < 0 || row.cpu > MAX_INT32 ? null : row.cpu);
    this.#mode.put(row.inKernel ? 'kernel' : 'user');
    this.#function.put(leaf.function);
    this.#module.put(leaf.module);
    this.#file.put(leaf.file);
    this.#cut.put(row.end === undefined || row.end === 'root' ? null : row.end);
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
