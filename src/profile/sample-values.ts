// What samples say of themselves beyond thread and stack, as far as rows of a report are to be told apart by it: CPU, time, weights, the
// data that was accessed (FORMAT 2.3). Equal combinations are one number, which the tallies count by (Tallies.detail).

import { isWide, readUnsigned64 } from '../bytes/int64.ts';
import { grown } from '../bytes/sorted.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { readCgroup, readNamespaces } from '../perfdata/records/switch.ts';
import { RecordType } from '../perfdata/record-types.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { SampleBit } from '../perfdata/sample-format.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { Module } from '../process/module.ts';
import type { Parallelism } from './parallelism.ts';
import type { ResolvedSample } from './resolved-sample.ts';
import type { Processes } from '../process/processes.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import type { TraceFieldKey } from './report-keys.ts';
import { NO_FIELD, TraceFieldTable, traceFieldIndex, type TraceField, type TraceFieldValues } from './trace-fields.ts';
import { TripleTable } from './triple-table.ts';

/**
 * `time`: the beginning of its quantum, in ns of the recording's clock. `address`: of the instruction; `offset`: from its function's
 * start (without a function, its place in the file). `dataAddress`, `physicalAddress`: what it accessed; `dataFrame`: what lies there, a
 * frame, or -1; `dataOffset` as `offset`; `dataLine`: the cache line, a place in the file or in memory. `mappingSize`: of the mapping of the
 * instruction. `weight3`: retire latency, or cycles of a pipeline stage. `namespaceDevice`, `namespaceInode`: of the thread's cgroup
 * namespace. A TraceFieldKey: the number of a tracepoint's field among the values of that field. What is not recorded is 0, a CPU -1. Numbers of 64 bits are as WideAddresses gives them.
 */
export type SampleValue =
  | 'cpu' | 'socket' | 'time' | 'weight' | 'instructionLatency' | 'weight3' | 'address' | 'offset' | 'mappingSize' | 'codePageSize' | 'transaction'
  | 'cgroup' | 'namespaceDevice' | 'namespaceInode' | 'parallelism' | 'dataAddress' | 'dataFrame' | 'dataOffset' | 'dataLine' | 'physicalAddress'
  | 'dataPageSize' | 'dataSource' | TraceFieldKey;

/** Distinct combinations of values, in columns; Tallies.detail counts by their numbers. */
export interface SampleValues {
  readonly columns: ReadonlyMap<SampleValue, Float64Array>;
  /** Index in Profile.traces or Profile.branches, where the profile has such a detail too. */
  readonly base: Int32Array | undefined;
  /** Paths of control groups by their number in the column `cgroup`. */
  readonly cgroups: ReadonlyMap<number, string>;
  /** The fields of tracepoints that were asked for (ValueOptions.fields). */
  readonly fields: readonly TraceFieldValues[];
}

/** Of perf's `--time-quantum`, in ns. */
export const USUAL_TIME_QUANTUM = 100_000_000n;

/** Which values are to be kept. */
export interface ValueOptions {
  readonly values: readonly SampleValue[];
  /** Ns; default USUAL_TIME_QUANTUM. */
  readonly timeQuantum?: bigint | undefined;
  /** What the keys of tracepoints' fields among `values` mean, by index. */
  readonly fields?: readonly TraceField[] | undefined;
}

export class SampleValueTable implements SampleValues {
  readonly columns: Map<SampleValue, Float64Array>;
  readonly cgroups: Map<number, string> = new Map();
  readonly fields: readonly TraceFieldValues[];
  readonly #fieldTable: TraceFieldTable | undefined;
  base: Int32Array | undefined;
  length = 0;
  readonly #file: PerfDataFile;
  readonly #processes: Processes;
  readonly #resolver: Resolver;
  readonly #parallelism: Parallelism | undefined;
  readonly #quantum: bigint;
  readonly #names: readonly SampleValue[];
  readonly #kept: Float64Array[];
  readonly #current: Float64Array;
  /** By value: the numbers of its distinct ones. */
  readonly #distinct: readonly Map<number, number>[];
  readonly #combinations = new TripleTable();
  #steps = 0;
  readonly #numbers = new Map<number, number>();
  readonly #namespaces = new Map<number, { readonly device: number; readonly inode: number }>();
  #quantumStart = 0;
  #quantumEnd = 0;
  #quantumTime = 0;
  #dataLocation = -1;
  readonly #lineSize: number;
  readonly #looksAtData: boolean;

  /** `hasBase`: each sample has a trace or branch besides. `tracepoints`: where fields of these are asked for. */
  constructor(
    file: PerfDataFile, processes: Processes, resolver: Resolver, options: ValueOptions, parallelism: Parallelism | undefined, hasBase: boolean, tracepoints: Tracepoints | undefined,
  ) {
    this.#file = file;
    this.#processes = processes;
    this.#lineSize = file.features.caches?.levels.find((cache) => cache.lineSize > 0)?.lineSize ?? USUAL_LINE_SIZE;
    this.#resolver = resolver;
    this.#parallelism = parallelism;
    this.#quantum = options.timeQuantum ?? USUAL_TIME_QUANTUM;
    this.#names = [...new Set(options.values)];
    this.#kept = this.#names.map(() => new Float64Array(256));
    this.#current = new Float64Array(this.#names.length);
    this.#distinct = this.#names.map(() => new Map<number, number>());
    this.columns = new Map(this.#names.map((name, index) => [name, this.#kept[index]!]));
    this.#looksAtData = this.#names.some((name) => name === 'dataFrame' || name === 'dataOffset' || name === 'dataLine');
    if (hasBase) this.base = new Int32Array(256);
    const { fields = [] } = options;
    this.#fieldTable = tracepoints === undefined || fields.length === 0 ? undefined : new TraceFieldTable(fields, file.events.events, tracepoints, resolver);
    this.fields = this.#fieldTable?.values ?? [];
  }

  /** To be told of every record but samples: some say what the numbers of samples are called. */
  record(record: RecordView, event: number): void {
    if (record.type === RecordType.Cgroup) {
      const group = readCgroup(record, this.#file.events.events[event]);
      if (group !== undefined) this.cgroups.set(this.#file.wide.of(BigInt.asIntN(64, group.id)), group.path);
    } else if (record.type === RecordType.Namespaces) {
      const task = readNamespaces(record);
      const cgroup = task?.namespaces[CGROUP_NAMESPACE];
      if (task !== undefined && cgroup !== undefined) this.#namespaces.set(task.tid, { device: Number(cgroup.device), inode: Number(cgroup.inode) });
    }
  }

  /** To be asked before a sample is counted: the module that must be loaded first, if any. */
  wants(sample: ResolvedSample, raw: SampleView, record: RecordView): Module | undefined {
    this.#dataLocation = -1;
    const needed = this.#fieldTable?.take(sample.event, raw, record);
    if (needed !== undefined) return needed;
    const { addr } = this.#file.events.events[sample.event]!.layout;
    if (addr < 0 || raw.addr === 0 || !this.#looksAtData) return undefined;
    const at = record.offset + addr;
    const { view, littleEndian } = record;
    const high = view.getInt32(littleEndian ? at + 4 : at, littleEndian);
    const low = view.getInt32(littleEndian ? at : at + 4, littleEndian);
    const { locations } = this.#resolver;
    let location = this.#resolver.user(high, low);
    if (location >= 0 && locations.module[location]! < 0) location = this.#resolver.kernel(high, low);
    if (location === NEEDS_MODULE) return this.#resolver.needed;
    this.#dataLocation = location;
    return undefined;
  }

  /** The number of a sample's combination; `base` is its trace or branch. */
  number(sample: ResolvedSample, raw: SampleView, record: RecordView, base = 0): number {
    const current = this.#current;
    let combination = base;
    for (let i = 0; i < current.length; i++) {
      const value = this.#value(this.#names[i]!, sample, raw, record);
      current[i] = value;
      const distinct = this.#distinct[i]!;
      let number = distinct.get(value);
      if (number === undefined) distinct.set(value, (number = distinct.size));
      const next = this.#combinations.find(i, combination, number, this.#steps);
      if (next === this.#steps) this.#steps++;
      combination = next;
    }
    const known = this.#numbers.get(combination);
    if (known !== undefined) return known;
    this.#numbers.set(combination, this.length);
    return this.#keep(base);
  }

  #keep(base: number): number {
    const number = this.length++;
    if (number === this.#kept[0]!.length) {
      for (const [index, name] of this.#names.entries()) {
        this.#kept[index] = grown(this.#kept[index]!);
        this.columns.set(name, this.#kept[index]!);
      }
      if (this.base !== undefined) this.base = grown(this.base);
    }
    for (let i = 0; i < this.#current.length; i++) this.#kept[i]![number] = this.#current[i]!;
    if (this.base !== undefined) this.base[number] = base;
    return number;
  }

  #value(value: SampleValue, sample: ResolvedSample, raw: SampleView, record: RecordView): number {
    switch (value) {
      case 'cpu':
        return raw.cpu;
      case 'socket':
        return this.#file.features.cpuTopology?.cpus[raw.cpu]?.socket ?? -1;
      case 'time':
        return raw.hasTime ? this.#quantumOf(raw.time) : 0;
      case 'weight':
      case 'instructionLatency':
      case 'weight3':
        return weightOf(value, raw, record, (this.#file.events.events[sample.event]!.layout.sampleType & SampleBit.WeightStruct) !== 0);
      case 'address':
        return raw.ip;
      case 'codePageSize':
        return this.#wide(record, raw.codePageSizeOffset);
      case 'transaction':
        return this.#wide(record, raw.transactionOffset);
      case 'cgroup':
        return this.#wide(record, raw.cgroupOffset);
      case 'namespaceDevice':
        return this.#namespaces.get(raw.tid)?.device ?? 0;
      case 'namespaceInode':
        return this.#namespaces.get(raw.tid)?.inode ?? 0;
      case 'parallelism':
        return this.#parallelism?.now ?? 0;
      case 'dataAddress':
        return raw.addr;
      case 'offset':
        return this.#offsetOf(sample.leaf);
      case 'mappingSize':
        return sizeOf(sample.thread.process.mappings.find(raw.ip) ?? this.#processes.kernelMappings.find(raw.ip));
      case 'dataFrame':
        return this.#dataLocation < 0 ? -1 : this.#resolver.locations.frame[this.#dataLocation]!;
      case 'dataOffset':
        return this.#offsetOf(this.#dataLocation);
      case 'dataLine':
        return this.#lineOf(raw.addr);
      case 'physicalAddress':
        return this.#wide(record, raw.physAddrOffset);
      case 'dataPageSize':
        return this.#wide(record, raw.dataPageSizeOffset);
      case 'dataSource':
        return this.#wide(record, raw.dataSrcOffset);
      default:
        return this.#fieldTable?.values[traceFieldIndex(value)]?.number ?? NO_FIELD;
    }
  }

  /** Of a location: from its function's start, or its place in the file. */
  #offsetOf(location: number): number {
    if (location < 0) return 0;
    const { locations, frames } = this.#resolver;
    const frame = locations.frame[location]!;
    return frames.symbol[frame]! < 0 ? frames.start[frame]! : locations.relative[location]! - frames.start[frame]!;
  }

  #lineOf(address: number): number {
    if (this.#dataLocation < 0) return isWide(address) ? address : Math.floor(address / this.#lineSize) * this.#lineSize;
    const { locations, frames } = this.#resolver;
    const frame = locations.frame[this.#dataLocation]!;
    const place = frames.symbol[frame]! < 0 ? frames.start[frame]! : locations.relative[this.#dataLocation]!;
    return isWide(place) ? place : Math.floor(place / this.#lineSize) * this.#lineSize;
  }

  #wide({ view, littleEndian }: RecordView, offset: number): number {
    return offset < 0 ? 0 : this.#file.wide.read(view, offset, littleEndian);
  }

  /** The beginning of the quantum that a time lies in. Samples come in time order: mostly it is that of the one before. */
  #quantumOf(time: number): number {
    if (time < this.#quantumStart || time >= this.#quantumEnd) {
      const { timeBase } = this.#file;
      const exact = timeBase.exact(time);
      const start = exact - (exact % this.#quantum);
      this.#quantumStart = time - Number(exact - start);
      this.#quantumEnd = this.#quantumStart + Number(this.#quantum);
      this.#quantumTime = this.#file.wide.of(start);
    }
    return this.#quantumTime;
  }
}

function sizeOf(mapping: { readonly start: number; readonly end: number } | undefined): number {
  return mapping === undefined ? 0 : mapping.end - mapping.start;
}

/** Bytes, where the recording does not tell. */
const USUAL_LINE_SIZE = 64;
/** In the list of a NAMESPACES record. */
const CGROUP_NAMESPACE = 6;

/** Of a sample's WEIGHT or WEIGHT_STRUCT, whose parts are those of the number in either byte order. */
export function weightOf(part: 'weight' | 'instructionLatency' | 'weight3', raw: SampleView, { view, littleEndian }: RecordView, isStruct: boolean): number {
  const at = raw.weightOffset;
  if (at < 0) return 0;
  if (!isStruct) return part === 'weight' ? readUnsigned64(view, at, littleEndian) : 0;
  const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
  const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
  return part === 'weight' ? low : part === 'instructionLatency' ? high & 0xffff : high >>> 16;
}
