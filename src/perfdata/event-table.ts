// The events of a recording and which of them a record belongs to (FORMAT 2.3.9; SPEC 5.6). Samples say an id in their fields,
// other records in their trailer; ids are 64 bits wide and looked up by their halves, with a thought for the last one.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_EVENTS } from '../bytes/limits.ts';
import { mixed } from '../bytes/mixing.ts';
import { EventType, type PerfEventAttr } from './attr.ts';
import { defaultEventName } from './event-name.ts';
import { BranchSampleBit, SampleBit, bitCount } from './sample-format.ts';
import { SampleLayout } from './sample-layout.ts';
import type { RecordView } from './record-view.ts';
import { type CpuRun, cpusOf } from './records/maps.ts';

/** Config of PERF_COUNT_SW_BPF_OUTPUT, and the name of perf's event of that kind. */
const BPF_OUTPUT = 10n;
const OFF_CPU = 'offcpu-time';

/** One event: what was counted, and how its records are laid out. */
export class PerfEvent {
  /** Position in EventTable.events. */
  readonly index: number;
  readonly attr: PerfEventAttr;
  readonly layout: SampleLayout;
  /** As perf shows it; from the attr until EVENT_DESC or EVENT_UPDATE says better. */
  name: string;
  /** Of the counted value; '' or as EVENT_UPDATE says: `msec`. */
  unit = '';
  /** What a count is multiplied by to be in `unit`. */
  scale = 1;
  /** Those it was opened on, where EVENT_UPDATE says so; -1: any. As runs: a file of many events may say each was opened on 65 536. */
  cpuRuns: readonly CpuRun[] = [];
  /** The period of a sample that does not say one: attr.samplePeriod, even where that is a frequency (FORMAT 2.3.1). */
  readonly defaultPeriod: number;
  // What sample-view.ts needs of the attr for every sample, as small numbers.
  readonly userRegsMaskLow: number;
  readonly userRegsMaskHigh: number;
  readonly userRegsCount: number;
  readonly intrRegsMaskLow: number;
  readonly intrRegsMaskHigh: number;
  readonly intrRegsCount: number;
  readonly hasBranchIndex: boolean;
  readonly hasBranchCounters: boolean;
  /** Whether the branches of its samples are the calls that have not returned (the LBR's call stack mode). */
  readonly hasCallStack: boolean;
  readonly #isBpfOutput: boolean;
  readonly #ids: bigint[];

  constructor(index: number, attr: PerfEventAttr, ids: readonly bigint[]) {
    this.index = index;
    this.attr = attr;
    this.#ids = [...ids];
    this.name = defaultEventName(attr);
    this.layout = new SampleLayout(attr);
    this.#isBpfOutput = attr.type === EventType.Software && attr.config === BPF_OUTPUT;
    this.defaultPeriod = Number(attr.samplePeriod);
    this.userRegsMaskLow = Number(attr.sampleRegsUser & 0xffffffffn);
    this.userRegsMaskHigh = Number(attr.sampleRegsUser >> 32n);
    this.userRegsCount = bitCount(this.userRegsMaskLow) + bitCount(this.userRegsMaskHigh);
    this.intrRegsMaskLow = Number(attr.sampleRegsIntr & 0xffffffffn);
    this.intrRegsMaskHigh = Number(attr.sampleRegsIntr >> 32n);
    this.intrRegsCount = bitCount(this.intrRegsMaskLow) + bitCount(this.intrRegsMaskHigh);
    const branchBits = Number(attr.branchSampleType & 0xffffffffn);
    this.hasBranchIndex = (branchBits & BranchSampleBit.HwIndex) !== 0;
    this.hasBranchCounters = (branchBits & BranchSampleBit.Counters) !== 0;
    this.hasCallStack = (attr.sampleType & SampleBit.BranchStack) !== 0 && (branchBits & BranchSampleBit.CallStack) !== 0;
  }

  /** Whether its samples are perf's own sums of waits (`record --off-cpu`): what matters of them is in their RAW bytes (FORMAT 2.3.8 bis). */
  get isOffCpu(): boolean {
    return this.#isBpfOutput && this.name === OFF_CPU;
  }

  /** `cpuRuns` one by one. */
  get cpus(): readonly number[] {
    return cpusOf(this.cpuRuns);
  }

  /** One id for each ring buffer or thread. */
  get ids(): readonly bigint[] {
    return this.#ids;
  }

  /** EventTable's: it must know them too. */
  addIds(ids: readonly bigint[]): void {
    for (const id of ids) this.#ids.push(id);
  }

  get hasCallchain(): boolean {
    return (this.attr.sampleType & SampleBit.Callchain) !== 0;
  }

  get hasBranchStack(): boolean {
    return (this.attr.sampleType & SampleBit.BranchStack) !== 0;
  }

  /** Whether its samples carry registers and a stack to unwind. */
  get hasUserStack(): boolean {
    const both = SampleBit.RegsUser | SampleBit.StackUser;
    return (this.attr.sampleType & both) === both;
  }

  get hasTime(): boolean {
    return (this.attr.sampleType & SampleBit.Time) !== 0;
  }
}

const NO_EVENT = -1;

/** Where a record lies, as RecordView says it: all records out of one COMPRESSED record have its offset, and are told apart by the other. */
export interface RecordPlace {
  readonly fileOffset: number;
  readonly plainOffset: number;
}

const BEFORE_ALL: RecordPlace = { fileOffset: -Infinity, plainOffset: -1 };

/** Whether a record of a file comes after another. */
export function liesBehind(one: RecordPlace, other: RecordPlace): boolean {
  return one.fileOffset === other.fileOffset ? one.plainOffset > other.plainOffset : one.fileOffset > other.fileOffset;
}

/** Filled when the file is opened; in a pipe while it is read. */
export class EventTable {
  readonly events: PerfEvent[] = [];
  /** Whether records can be put in the order of time: some event has times, and records that are no samples have trailers. */
  ordered = false;
  /** Where all samples have their time, whatever their event, from the record's header; -1 where they differ or have none. */
  sampleTimeOffset = -1;
  /** Whether names come from the table of perf before 3.9 (event-types.ts), which nothing newer reads. */
  namedByEventTypes = false;
  // Open addressing over ids: value is the event's index + 1, 0 is free.
  #low: Uint32Array = new Uint32Array(64);
  #high: Uint32Array = new Uint32Array(64);
  #value: Int32Array = new Int32Array(64);
  #count = 0;
  /** Where the last HEADER_ATTR record lies of those that were taken. A recording may be walked more than once. */
  #lastAttrRecord: RecordPlace = BEFORE_ALL;
  #lastLow = 0;
  #lastHigh = 0;
  #lastEvent = NO_EVENT;
  #idOffset = -1;
  #trailerId = 0;
  #sampleIdAll = false;
  readonly #tracepoints = new Map<bigint, PerfEvent[]>();

  /** Adds an event with its ids; undefined if there are more than anybody can record. */
  add(attr: PerfEventAttr, ids: readonly bigint[], diagnostics: Diagnostics, offset: number): PerfEvent | undefined {
    if (this.events.length >= MAX_EVENTS) {
      diagnostics.damaged('too-many-events', offset, `More than ${MAX_EVENTS} events`);
      return undefined;
    }
    const event = new PerfEvent(this.events.length, attr, ids);
    this.events.push(event);
    for (const id of ids) this.#insert(id, event.index);
    if (event.index === 0) {
      this.#idOffset = event.layout.anyId;
      this.#trailerId = event.layout.trailerAnyId;
      this.#sampleIdAll = event.attr.sampleIdAll;
      this.sampleTimeOffset = event.layout.time;
    } else if (event.layout.time !== this.sampleTimeOffset) this.sampleTimeOffset = -1;
    this.ordered ||= this.#sampleIdAll && event.hasTime;
    if (attr.type === EventType.Tracepoint) this.#noteTracepoint(event);
    if (event.layout.anyId !== this.#idOffset || event.attr.sampleIdAll !== this.#sampleIdAll) {
      diagnostics.damaged('events-disagree', offset, 'The events do not agree on where records say their id; the first one is believed');
    } else if (this.events.length === 2 && this.#idOffset < 0) {
      diagnostics.damaged('events-without-id', offset, 'Several events, but samples do not say theirs; all are counted for the first one');
    }
    return event;
  }

  /** Whether the record at a place of the file says an attr that is not known yet; from now on it is. */
  isNewRecord({ fileOffset, plainOffset }: RecordPlace): boolean {
    if (!liesBehind({ fileOffset, plainOffset }, this.#lastAttrRecord)) return false;
    this.#lastAttrRecord = { fileOffset, plainOffset };
    return true;
  }

  /** Whether the events are those of a file's header: then HEADER_ATTR records add none. */
  get areOfHeader(): boolean {
    return this.events.length > 0 && this.#lastAttrRecord === BEFORE_ALL;
  }

  /** The place up to which HEADER_ATTR records were taken. */
  get lastAttrRecord(): RecordPlace {
    return this.#lastAttrRecord;
  }

  #noteTracepoint(event: PerfEvent): void {
    const known = this.#tracepoints.get(event.attr.config);
    if (known === undefined) this.#tracepoints.set(event.attr.config, [event]);
    else known.push(event);
  }

  /** The events of a tracepoint, by its number (attr.config). */
  tracepoints(config: bigint): readonly PerfEvent[] {
    return this.#tracepoints.get(config) ?? [];
  }

  /** Gives an event more ids, which a pipe says in another record. */
  addIds(event: PerfEvent, ids: readonly bigint[]): void {
    event.addIds(ids);
    for (const id of ids) this.#insert(id, event.index);
  }

  /** Gives the events the names of EVENT_DESC: by id, where there is none by position. */
  takeNames(descriptions: readonly { readonly name: string; readonly ids: readonly bigint[] }[]): void {
    for (const [position, { name, ids }] of descriptions.entries()) {
      const byId = ids[0] === undefined ? NO_EVENT : this.eventOfId(ids[0]);
      const event = this.events[byId === NO_EVENT ? position : byId];
      if (event !== undefined && name !== '') event.name = name;
    }
  }

  /** The index of the event of a kernel record, or -1 where it belongs to none. */
  eventOf(record: RecordView): number {
    return record.type === 9
      ? this.eventOfSample(record.view, record.offset, record.end, record.littleEndian)
      : this.eventOfOther(record.view, record.offset, record.end, record.littleEndian);
  }

  /** Where all samples say their event's id, from the record's header; -1 where they need not or do not. */
  get sampleIdOffset(): number {
    return this.events.length <= 1 ? -1 : this.#idOffset;
  }

  /** The event of a sample whose header lies at `offset`. */
  eventOfSample(view: DataView, offset: number, end: number, littleEndian: boolean): number {
    if (this.events.length <= 1 || this.#idOffset < 0) return this.events.length === 0 ? NO_EVENT : 0;
    const at = offset + this.#idOffset;
    if (at + 8 > end) return NO_EVENT;
    return this.#find(view, at, littleEndian);
  }

  /** The event of another kernel record. */
  eventOfOther(view: DataView, offset: number, end: number, littleEndian: boolean): number {
    if (this.events.length <= 1 || !this.#sampleIdAll || this.#trailerId === 0) return this.events.length === 0 ? NO_EVENT : 0;
    const at = end - this.#trailerId;
    if (at < offset + 8) return NO_EVENT;
    return this.#find(view, at, littleEndian);
  }

  /** The event that has an id, or -1. */
  eventOfId(id: bigint): number {
    const slot = this.#slot(Number(id & 0xffffffffn), Number(BigInt.asUintN(64, id) >> 32n));
    return this.#value[slot]! - 1;
  }

  /** The event that an EVENT_UPDATE is about: where there is only one, and with id 0, the first. */
  eventOfUpdate(id: bigint): number {
    const found = this.eventOfId(id);
    return found < 0 && (id === 0n || this.events.length === 1) && this.events.length > 0 ? 0 : found;
  }

  /** The event with an id at an offset; id 0 is what perf writes into the records it makes itself: the first event. */
  #find(view: DataView, at: number, littleEndian: boolean): number {
    const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
    const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
    if (low === this.#lastLow && high === this.#lastHigh && this.#lastEvent >= 0) return this.#lastEvent;
    if (low === 0 && high === 0) return 0;
    const event = this.#value[this.#slot(low, high)]! - 1;
    if (event >= 0) {
      this.#lastLow = low;
      this.#lastHigh = high;
      this.#lastEvent = event;
    }
    return event;
  }

  #insert(id: bigint, event: number): void {
    if (this.#count * 2 >= this.#value.length) this.#grow();
    const low = Number(id & 0xffffffffn);
    const high = Number(BigInt.asUintN(64, id) >> 32n);
    const slot = this.#slot(low, high);
    if (this.#value[slot] === 0) this.#count++;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#value[slot] = event + 1;
  }

  #slot(low: number, high: number): number {
    const mask = this.#value.length - 1;
    let slot = mixed(low, high) & mask;
    while (this.#value[slot] !== 0 && (this.#low[slot] !== low || this.#high[slot] !== high)) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [low, high, value] = [this.#low, this.#high, this.#value];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#value = new Int32Array(low.length * 2);
    for (let i = 0; i < value.length; i++) {
      if (value[i] === 0) continue;
      const slot = this.#slot(low[i]!, high[i]!);
      this.#low[slot] = low[i]!;
      this.#high[slot] = high[i]!;
      this.#value[slot] = value[i]!;
    }
  }
}
