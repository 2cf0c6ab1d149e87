// What the tests of this room share: fixtures, reading one to its end, and writing records field by field, independently of src/.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import { type ByteSource, MemorySource } from '../../src/bytes/source.ts';
import { type OrderOptions, OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import { type PerfDataFile, openPerfData } from '../../src/perfdata/perf-data-file.ts';
import { recordTypeName } from '../../src/perfdata/record-types.ts';
import { SampleView } from '../../src/perfdata/sample-view.ts';

/** The project's root, from the sources as well as from a build folder. */
export function projectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return folder;
}

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(projectRoot(), 'testdata', 'perfdata', name)));
}

export interface Expected {
  readonly counts: Record<string, number>;
  readonly header: string[];
}

export function expected(name: string): Expected {
  return JSON.parse(new TextDecoder().decode(fixture(`${name}.json`))) as Expected;
}

export function open(bytes: Uint8Array, diagnostics: Diagnostics = new Diagnostics()): PerfDataFile {
  return perform(new MemorySource(bytes), openPerfData(bytes.length, diagnostics)) as PerfDataFile;
}

/** What reading a recording to its end gives. */
export interface Summary {
  readonly file: PerfDataFile;
  readonly counts: Record<string, number>;
  /** One line for each record, in the order delivered: type, event, time, place, bytes of the sample that no field accounts for. */
  readonly lines: string[];
  readonly damage: string[];
}

export function summary(bytes: Uint8Array, options: OrderOptions = {}, more: readonly Uint8Array[] = []): Summary {
  const diagnostics = new Diagnostics();
  const file = open(bytes, diagnostics);
  const records = new OrderedRecords([bytes, ...more].map((each) => new MemorySource(each)), file, diagnostics, options);
  const visitor = new Visitor(file, records, diagnostics);
  while (records.next() === true) visitor.visit();
  return visitor.summary();
}

/** The same over a source that answers later. */
export async function summaryLater(bytes: Uint8Array, options: OrderOptions = {}): Promise<Summary> {
  const diagnostics = new Diagnostics();
  const file = open(bytes, diagnostics);
  const memory = new MemorySource(bytes);
  const source: ByteSource = { size: bytes.length, read: async (offset, length) => memory.read(offset, length) };
  const records = new OrderedRecords([source], file, diagnostics, options);
  const visitor = new Visitor(file, records, diagnostics);
  for (;;) {
    const more = records.next();
    if (!(more instanceof Promise ? await more : more)) return visitor.summary();
    visitor.visit();
  }
}

class Visitor {
  readonly #file: PerfDataFile;
  readonly #records: OrderedRecords;
  readonly #diagnostics: Diagnostics;
  readonly #sample: SampleView;
  readonly #counts: Record<string, number> = {};
  readonly #lines: string[] = [];

  constructor(file: PerfDataFile, records: OrderedRecords, diagnostics: Diagnostics) {
    this.#file = file;
    this.#records = records;
    this.#diagnostics = diagnostics;
    this.#sample = new SampleView(file.wide, file.timeBase, diagnostics);
  }

  visit(): void {
    const { record, event, time, hasTime } = this.#records;
    const name = recordTypeName(record.type);
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
    let line = `${name} ${event} ${hasTime ? this.#file.timeBase.exact(time) : '-'} ${record.source}:${record.fileOffset} ${record.size}`;
    if (record.type === 9) {
      const known = this.#sample.read(record, this.#file.events.events[event]!);
      line += known ? ` ip ${this.#file.wide.hex(this.#sample.ip)} left ${record.end - this.#sample.fieldsEnd}` : ' cut';
    }
    this.#lines.push(line);
  }

  summary(): Summary {
    return { file: this.#file, counts: this.#counts, lines: this.#lines, damage: this.#diagnostics.all().map((each) => each.code) };
  }
}

/** Writes numbers one behind the other in either byte order. */
export class Writer {
  readonly #bytes: number[] = [];
  readonly littleEndian: boolean;

  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }

  get length(): number {
    return this.#bytes.length;
  }

  number(value: number | bigint, size: number): this {
    let rest = BigInt.asUintN(size * 8, BigInt(value));
    const bytes: number[] = [];
    for (let i = 0; i < size; i++) {
      bytes.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
    this.#bytes.push(...(this.littleEndian ? bytes : bytes.reverse()));
    return this;
  }

  u16(value: number): this { return this.number(value, 2); }
  u32(value: number): this { return this.number(value, 4); }
  u64(value: number | bigint): this { return this.number(value, 8); }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** A record with its header. */
export function recordOf(littleEndian: boolean, type: number, misc: number, body: (writer: Writer) => void): Uint8Array {
  const writer = new Writer(littleEndian);
  body(writer);
  return new Writer(littleEndian).u32(type).u16(misc).u16(8 + writer.length).raw(writer.bytes()).bytes();
}

export interface AttrOptions {
  readonly sampleType: number;
  /** Of a software event; 0, cpu-clock, if left out. */
  readonly config?: number;
  readonly readFormat?: number;
  readonly branchSampleType?: bigint;
  readonly sampleRegsUser?: bigint;
  readonly sampleRegsIntr?: bigint;
  readonly samplePeriod?: number;
  /** As -k sets it. */
  readonly clockId?: number;
  /** Numbers of further flags that are set. */
  readonly flags?: readonly bigint[];
  /** Bytes of stack in each sample. */
  readonly sampleStackUser?: number;
  readonly ids?: readonly bigint[];
}

/** The 64 bytes that every attr has and 72 more, with sample_id_all set. */
export function attrBytes(littleEndian: boolean, options: AttrOptions): Uint8Array {
  const bits = [18n, ...(options.clockId === undefined ? [] : [25n]), ...(options.flags ?? [])];
  const flags = bits.reduce((sum, bit) => sum | (littleEndian ? 1n << bit : 1n << (63n - bit)), 0n);
  return new Writer(littleEndian)
    .u32(1).u32(136).u64(options.config ?? 0).u64(options.samplePeriod ?? 1).u64(options.sampleType).u64(options.readFormat ?? 0).u64(flags)
    .u32(0).u32(0).u64(0).u64(0).u64(options.branchSampleType ?? 0n).u64(options.sampleRegsUser ?? 0n).u32(options.sampleStackUser ?? 0).u32(options.clockId ?? 0)
    .u64(options.sampleRegsIntr ?? 0n).u32(0).u16(0).u16(0).u32(0).u32(0).u64(0).u64(0)
    .bytes();
}

/** A file of version 2 without features. */
export function fileOf(littleEndian: boolean, events: readonly AttrOptions[], records: readonly Uint8Array[]): Uint8Array {
  const entrySize = 136 + 16;
  const attrsOffset = 104;
  const idsOffset = attrsOffset + events.length * entrySize;
  const idCount = events.reduce((count, event) => count + (event.ids?.length ?? 0), 0);
  const dataOffset = idsOffset + idCount * 8;
  const dataSize = records.reduce((size, record) => size + record.length, 0);
  const writer = new Writer(littleEndian);
  writer.u64(0x32454c4946524550n).u64(104).u64(entrySize).u64(attrsOffset).u64(events.length * entrySize).u64(dataOffset).u64(dataSize);
  writer.u64(0).u64(0).u64(0).u64(0).u64(0).u64(0);
  let idOffset = idsOffset;
  for (const event of events) {
    const count = event.ids?.length ?? 0;
    writer.raw(attrBytes(littleEndian, event)).u64(count === 0 ? 0 : idOffset).u64(count * 8);
    idOffset += count * 8;
  }
  for (const event of events) for (const id of event.ids ?? []) writer.u64(id);
  for (const record of records) writer.raw(record);
  return writer.bytes();
}
