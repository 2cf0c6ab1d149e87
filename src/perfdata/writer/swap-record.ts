// Records in the other byte order (FORMAT 2.1, 2.2, 2.5), by their type: the exact inverse of reading them. Of types that nobody
// knows, header and trailer are turned and the rest stays.

import type { EventTable } from '../event-table.ts';
import { FIRST_USER_TYPE, Misc, RecordType } from '../record-types.ts';
import { nameOffset } from '../records/mmap.ts';
import type { SampleLayout } from '../sample-layout.ts';
import { swapAttr } from './swap-attr.ts';
import { SwapCursor } from './swap-cursor.ts';
import { swapFeature } from './swap-features.ts';
import { swapSample } from './swap-sample.ts';

const BUILD_ID_NAME = 36;
/** Where MMAP2 says protection and flags. */
const MMAP2_RIGHTS = 64;
/** Lengths of a program's name in BPF_METADATA, and of one of its entries (FORMAT 2.2). */
const METADATA_NAMES: readonly number[] = [512, 256];
const METADATA_ENTRY = 320;
const LONGEST_TRAILER = 48;

export class RecordSwapper {
  readonly #events: EventTable;
  readonly #cpuCount: () => number;
  readonly #cursor: SwapCursor;

  /** `littleEndian`: the order in which records come. `cpuCount`: as for swapFeature, asked when it is needed. */
  constructor(events: EventTable, littleEndian: boolean, cpuCount: () => number) {
    this.#events = events;
    this.#cpuCount = cpuCount;
    this.#cursor = new SwapCursor(new Uint8Array(0), littleEndian);
  }

  /** Turns the record in [start, end) in place. `event`: index of the event it belongs to, or -1. */
  swap(bytes: Uint8Array, start: number, end: number, event: number): void {
    const cursor = this.#cursor;
    cursor.show(bytes, start, end);
    const type = cursor.u32();
    const misc = cursor.u16();
    cursor.u16();
    if (type >= FIRST_USER_TYPE) return this.#userRecord(cursor, type);
    const owner = this.#events.events[event] ?? this.#events.events[0];
    if (type === RecordType.Sample) {
      if (owner !== undefined) swapSample(cursor, owner);
      return;
    }
    const trailer = owner?.layout.trailerSize ?? 0;
    if (cursor.left < trailer) return;
    cursor.end = end - trailer;
    kernelRecord(cursor, type, misc);
    cursor.end = end;
    if (owner !== undefined) swapTrailer(cursor, owner.layout);
  }

  #userRecord(cursor: SwapCursor, type: number): void {
    switch (type) {
      case RecordType.HeaderAttr: {
        const size = new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset).getUint32(Math.min(cursor.at + 4, cursor.bytes.length - 4), cursor.littleEndian);
        swapAttr(cursor, size === 0 ? 64 : size);
        return cursor.u64s();
      }
      case RecordType.HeaderEventType:
        cursor.u64();
        return;
      case RecordType.HeaderTracingData:
        return cursor.u32s(Infinity);
      case RecordType.HeaderBuildId:
        return this.#buildId(cursor);
      case RecordType.IdIndex:
      case RecordType.StatConfig:
      case RecordType.StatRound:
        return cursor.u64s();
      case RecordType.AuxtraceInfo:
        cursor.u32s(2);
        return cursor.u64s();
      case RecordType.Auxtrace:
        cursor.u64s(3);
        return cursor.u32s(4);
      case RecordType.AuxtraceError: {
        cursor.u32s(5);
        const layout = cursor.u32();
        cursor.u64s(layout > 0 ? 2 : 1);
        cursor.skip(Math.min(64, cursor.left));
        return cursor.u32s(2);
      }
      case RecordType.ThreadMap:
        for (let left = cursor.u64(); left > 0 && cursor.left > 0; left--) {
          cursor.u64();
          cursor.skip(16);
        }
        return;
      case RecordType.CpuMap:
        return cpuMap(cursor);
      case RecordType.Stat:
        cursor.u64();
        cursor.u32s(2);
        return cursor.u64s(3);
      case RecordType.EventUpdate: {
        const kind = cursor.u64();
        cursor.u64();
        if (kind === EventUpdateKind.Scale) cursor.u64();
        else if (kind === EventUpdateKind.Cpus) cpuMap(cursor);
        return;
      }
      case RecordType.TimeConv:
        return cursor.u64s(cursor.left >= 40 ? 5 : 3);
      case RecordType.HeaderFeature: {
        const id = cursor.u64();
        return swapFeature(id, cursor.bytes.subarray(cursor.at, cursor.end), cursor.littleEndian, this.#cpuCount());
      }
      case RecordType.Compressed2:
        cursor.u64();
        return;
      case RecordType.BpfMetadata:
        return this.#bpfMetadata(cursor);
      case RecordType.SchedstatCpu:
      case RecordType.SchedstatDomain:
        cursor.u64();
        cursor.u32();
        cursor.u16s(2);
        if (type === RecordType.SchedstatDomain) return cursor.u32s(Infinity);
        cursor.u32s(6);
        return cursor.u64s();
    }
  }

  /** In a pipe a trailer of zeros may follow the name. */
  #buildId(cursor: SwapCursor): void {
    const start = cursor.at - 8;
    cursor.u32();
    let name = start + BUILD_ID_NAME;
    while (name < cursor.end && cursor.bytes[name] !== 0) name++;
    const after = start + Math.ceil((name + 1 - start - BUILD_ID_NAME) / 8) * 8 + BUILD_ID_NAME;
    this.#trailerBehind(cursor, after);
  }

  /** The program's name has one of two lengths: with the right one, the number of entries behind it fits. A trailer may follow. */
  #bpfMetadata(cursor: SwapCursor): void {
    const start = cursor.at;
    for (const length of METADATA_NAMES) {
      const at = start + length;
      if (at + 8 > cursor.end) continue;
      const count = Number(new DataView(cursor.bytes.buffer, cursor.bytes.byteOffset).getBigUint64(at, cursor.littleEndian));
      const after = at + 8 + count * METADATA_ENTRY;
      if (after > cursor.end || cursor.end - after > LONGEST_TRAILER) continue;
      cursor.at = at;
      cursor.u64();
      return this.#trailerBehind(cursor, after);
    }
  }

  /** A trailer at the end of a record of perf's own, if one fits behind `place`: laid out as those of the first event. */
  #trailerBehind(cursor: SwapCursor, place: number): void {
    const layout = this.#events.events[0]?.layout;
    if (layout !== undefined && cursor.end - place >= layout.trailerSize) swapTrailer(cursor, layout);
  }
}

/** TID and CPU are pairs of u32s; the places are counted back from the end. */
function swapTrailer(cursor: SwapCursor, layout: SampleLayout): void {
  cursor.at = cursor.end - layout.trailerSize;
  for (let place = layout.trailerSize; place > 0; place -= 8) {
    if (place === layout.trailerTid || place === layout.trailerCpu) cursor.u32s(2);
    else cursor.u64();
  }
}

const EventUpdateKind = { Unit: 0, Scale: 1, Name: 2, Cpus: 3 } as const;

/** The fields of a kernel record that is no sample, without its trailer. */
function kernelRecord(cursor: SwapCursor, type: number, misc: number): void {
  switch (type) {
    case RecordType.Mmap:
      cursor.u32s(2);
      return cursor.u64s(3);
    case RecordType.Mmap2:
      cursor.u32s(2);
      cursor.u64s(3);
      if ((misc & Misc.MmapBuildId) !== 0) cursor.skip(24);
      else {
        cursor.u32s(2);
        cursor.u64s(2);
      }
      if (nameOffset(cursor.bytes, cursor.at - MMAP2_RIGHTS, type, misc) > MMAP2_RIGHTS) cursor.u32s(2);
      return;
    case RecordType.Comm:
    case RecordType.ItraceStart:
    case RecordType.SwitchCpuWide:
      return cursor.u32s(2);
    case RecordType.Exit:
    case RecordType.Fork:
      cursor.u32s(4);
      return cursor.u64s(1);
    case RecordType.Lost:
    case RecordType.Throttle:
    case RecordType.Unthrottle:
    case RecordType.Aux:
    case RecordType.LostSamples:
    case RecordType.AuxOutputHwId:
    case RecordType.CallchainDeferred:
      return cursor.u64s();
    case RecordType.Read:
    case RecordType.Namespaces:
      cursor.u32s(2);
      return cursor.u64s();
    case RecordType.Ksymbol:
      cursor.u64();
      cursor.u32();
      return cursor.u16s(2);
    case RecordType.BpfEvent:
      cursor.u16s(2);
      return cursor.u32s(1);
    case RecordType.Cgroup:
      cursor.u64();
      return;
    case RecordType.TextPoke:
      cursor.u64();
      return cursor.u16s(2);
  }
}

/** CPU_MAP's content: a list, a mask of words of either length, or a range. */
function cpuMap(cursor: SwapCursor): void {
  const start = cursor.at;
  const kind = cursor.u16();
  if (kind === 2) {
    cursor.skip(2);
    return cursor.u16s(2);
  }
  const count = cursor.u16();
  if (kind === 0) return cursor.u16s(count);
  if (cursor.u16() === 4) return cursor.u32s(count);
  cursor.at = Math.min(start + 10, cursor.end);
  cursor.u64s(count);
}
