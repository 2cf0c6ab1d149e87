// The fields of a sample, where they lie (FORMAT 2.3; SPEC 5.1 to 5.4). Numbers that every view needs are read; the rest is
// left in the record, and its place noted. Written by hand because it runs once for each sample.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { type WideAddresses, readUnsigned64 } from '../bytes/int64.ts';
import type { PerfEvent } from './event-table.ts';
import type { RecordView } from './record-view.ts';
import { ReadFormat, SampleBit, bitCount } from './sample-format.ts';
import type { TimeBase } from './time-base.ts';

const NONE = -1;
/** Fields of a size we cannot know follow those we do (a newer kernel's). */
const KNOWN_BITS = 0x1ffffff;

/** Bytes of a branch entry: from, to, flags (FORMAT 2.3.5). */
export const BRANCH_SIZE = 24;

/**
 * Reused: valid until the record moves on. "Offsets" are in `record.view`, and -1 (counts 0) where the sample has no such field.
 * Missing pid, tid and cpu are -1; a missing period is the event's (FORMAT 2.3.1).
 */
export class SampleView {
  readonly #wide: WideAddresses;
  readonly #timeBase: TimeBase;
  readonly #diagnostics: Diagnostics;
  /** Whose samples were read last. */
  #event: PerfEvent | undefined;

  /** Address, or stand-in, as WideAddresses gives it; 0 where the sample has none (see event.layout.ip). */
  ip = 0;
  pid = -1;
  tid = -1;
  /** In ns since the recording's TimeBase; look at `hasTime`. */
  time = 0;
  hasTime = false;
  /** Address or stand-in; 0 where the sample has none (see event.layout.addr). */
  addr = 0;
  cpu = -1;
  /** Rounded beyond 2^53; `periodExact` is not. */
  period = 0;

  identifierOffset = -1;
  idOffset = -1;
  streamIdOffset = -1;
  periodOffset = -1;
  /** The values of READ, from nr or value on. */
  readOffset = -1;
  readEnd = -1;
  /** The first address of the call chain, markers included. */
  chainOffset = -1;
  chainLength = 0;
  /** The bytes of RAW after their size. */
  rawOffset = -1;
  rawSize = 0;
  /** The first branch entry (24 bytes: from, to, flags). */
  branchOffset = -1;
  branchCount = 0;
  branchHwIndexOffset = -1;
  /** One u64 for each branch. */
  branchCountersOffset = -1;
  /** 0 none, 1 of a 32-bit process, 2 of a 64-bit one. */
  userAbi = 0;
  /** The first register, -1 where there are none; the mask (the event's) says which ones: bit n of Low is register n, of High 32 + n. */
  userRegsOffset = -1;
  userRegsMaskLow = 0;
  userRegsMaskHigh = 0;
  /** Where STACK_USER begins, with the size asked for. */
  stackFieldOffset = -1;
  /** The dump: its first byte lies at the user's stack pointer. */
  stackOffset = -1;
  stackSize = 0;
  /** How much of it was copied, at most stackSize. */
  stackDynSize = 0;
  /** WEIGHT or WEIGHT_STRUCT. */
  weightOffset = -1;
  dataSrcOffset = -1;
  transactionOffset = -1;
  intrAbi = 0;
  intrRegsOffset = -1;
  intrRegsMaskLow = 0;
  intrRegsMaskHigh = 0;
  physAddrOffset = -1;
  cgroupOffset = -1;
  dataPageSizeOffset = -1;
  codePageSizeOffset = -1;
  auxOffset = -1;
  auxSize = 0;
  /** Where the last known field ends; the record's end unless a newer writer appended fields. */
  fieldsEnd = 0;

  constructor(wide: WideAddresses, timeBase: TimeBase, diagnostics: Diagnostics) {
    this.#wide = wide;
    this.#timeBase = timeBase;
    this.#diagnostics = diagnostics;
  }

  /** Reads a sample of an event. False, with a diagnostic, where a field does not fit into the record: then nothing is valid. */
  read(record: RecordView, event: PerfEvent): boolean {
    const layout = event.layout;
    const type = layout.sampleType;
    const { view, offset, end, littleEndian } = record;
    if (event !== this.#event) this.#reset(event);
    if (offset + layout.fixedEnd > end) return this.#cut(record, 'fixed fields');
    if (layout.ip >= 0) this.ip = this.#wide.read(view, offset + layout.ip, littleEndian);
    if (layout.tid >= 0) {
      this.pid = view.getInt32(offset + layout.tid, littleEndian);
      this.tid = view.getInt32(offset + layout.tid + 4, littleEndian);
    }
    if (layout.time >= 0) this.time = this.#timeBase.read(view, offset + layout.time, littleEndian);
    if (layout.addr >= 0) this.addr = this.#wide.read(view, offset + layout.addr, littleEndian);
    if (layout.cpu >= 0) this.cpu = view.getInt32(offset + layout.cpu, littleEndian);
    if (layout.identifier >= 0) this.identifierOffset = offset + layout.identifier;
    if (layout.id >= 0) this.idOffset = offset + layout.id;
    if (layout.streamId >= 0) this.streamIdOffset = offset + layout.streamId;
    if (layout.period >= 0) {
      this.periodOffset = offset + layout.period;
      this.period = readUnsigned64(view, this.periodOffset, littleEndian);
    }

    let at = offset + layout.fixedEnd;
    if ((type & SampleBit.Read) !== 0) {
      const readEnd = endOfRead(record, at, event.attr.readFormat);
      if (readEnd < 0) return this.#cut(record, 'READ');
      this.readOffset = at;
      this.readEnd = readEnd;
      at = readEnd;
    }

    if ((type & SampleBit.Callchain) !== 0) {
      if (at + 8 > end) return this.#cut(record, 'CALLCHAIN');
      const length = readUnsigned64(view, at, littleEndian);
      if (length * 8 > end - at - 8) return this.#cut(record, 'CALLCHAIN');
      this.chainOffset = at + 8;
      this.chainLength = length;
      at += 8 + length * 8;
    }

    if ((type & SampleBit.Raw) !== 0) {
      if (at + 4 > end) return this.#cut(record, 'RAW');
      const size = view.getUint32(at, littleEndian);
      if (size > end - at - 4) return this.#cut(record, 'RAW');
      this.rawOffset = at + 4;
      this.rawSize = size;
      at += 4 + size;
    }

    if ((type & SampleBit.BranchStack) !== 0) {
      if (at + 8 > end) return this.#cut(record, 'BRANCH_STACK');
      const count = readUnsigned64(view, at, littleEndian);
      at += 8;
      if (event.hasBranchIndex) {
        this.branchHwIndexOffset = at;
        at += 8;
      }
      if (count * (event.hasBranchCounters ? BRANCH_SIZE + 8 : BRANCH_SIZE) > end - at) return this.#cut(record, 'BRANCH_STACK');
      this.branchOffset = at;
      this.branchCount = count;
      at += count * BRANCH_SIZE;
      if (event.hasBranchCounters) {
        this.branchCountersOffset = at;
        at += count * 8;
      }
    }

    if ((type & SampleBit.RegsUser) !== 0) {
      if (at + 8 > end) return this.#cut(record, 'REGS_USER');
      const abi = readUnsigned64(view, at, littleEndian);
      at += 8;
      this.userAbi = abi;
      if (abi === 0) this.userRegsOffset = NONE;
      else {
        this.userRegsOffset = at;
        at += 8 * event.userRegsCount;
        if (at > end) return this.#cut(record, 'REGS_USER');
      }
    }

    if ((type & SampleBit.StackUser) !== 0) {
      if (at + 8 > end) return this.#cut(record, 'STACK_USER');
      const size = readUnsigned64(view, at, littleEndian);
      this.stackFieldOffset = at;
      at += 8;
      if (size === 0) {
        this.stackOffset = NONE;
        this.stackDynSize = 0;
      } else {
        if (size > end - at - 8) return this.#cut(record, 'STACK_USER');
        const dynSize = readUnsigned64(view, at + size, littleEndian);
        this.stackOffset = at;
        this.stackDynSize = dynSize < size ? dynSize : size;
        at += size + 8;
      }
      this.stackSize = size;
    }

    if ((type & AFTER_STACK) !== 0) {
      at = this.#readRare(record, event, at);
      if (at < 0) return false;
    }
    this.fieldsEnd = at;
    if (at !== end) this.#trailing(record, event, at);
    return event.isOffCpu && this.rawOffset >= 0 ? this.#readOffCpu(record) : true;
  }

  /** perf's own sum of a wait: the RAW bytes say whose it is, how long and where, in place of the sample's own fields (FORMAT 2.3.8 bis). */
  #readOffCpu(record: RecordView): boolean {
    const { view, littleEndian } = record;
    const at = this.rawOffset;
    if (this.rawSize < 24) return this.#cut(record, 'RAW');
    const length = readUnsigned64(view, at + 16, littleEndian);
    if (length * 8 > this.rawSize - 24) return this.#cut(record, 'RAW');
    this.pid = view.getInt32(at, littleEndian);
    this.tid = view.getInt32(at + 4, littleEndian);
    this.periodOffset = at + 8;
    this.period = readUnsigned64(view, at + 8, littleEndian);
    this.chainOffset = at + 24;
    this.chainLength = length;
    // The first one is a marker.
    this.ip = length < 2 ? 0 : this.#wide.read(view, at + 32, littleEndian);
    return true;
  }

  /** Samples of another event: what they do not have is absent until the event changes again, the rest is set by each sample. */
  #reset(event: PerfEvent): void {
    this.#event = event;
    this.ip = 0;
    this.pid = NONE;
    this.tid = NONE;
    this.hasTime = event.layout.time >= 0;
    this.time = 0;
    this.addr = 0;
    this.cpu = NONE;
    this.period = event.defaultPeriod;
    this.identifierOffset = NONE;
    this.idOffset = NONE;
    this.streamIdOffset = NONE;
    this.periodOffset = NONE;
    this.readOffset = NONE;
    this.readEnd = NONE;
    this.chainOffset = NONE;
    this.chainLength = 0;
    this.rawOffset = NONE;
    this.rawSize = 0;
    this.branchOffset = NONE;
    this.branchCount = 0;
    this.branchHwIndexOffset = NONE;
    this.branchCountersOffset = NONE;
    this.userAbi = 0;
    this.userRegsOffset = NONE;
    this.userRegsMaskLow = event.userRegsMaskLow;
    this.userRegsMaskHigh = event.userRegsMaskHigh;
    this.stackFieldOffset = NONE;
    this.stackOffset = NONE;
    this.stackSize = 0;
    this.stackDynSize = 0;
    this.weightOffset = NONE;
    this.dataSrcOffset = NONE;
    this.transactionOffset = NONE;
    this.intrAbi = 0;
    this.intrRegsOffset = NONE;
    this.intrRegsMaskLow = event.intrRegsMaskLow;
    this.intrRegsMaskHigh = event.intrRegsMaskHigh;
    this.physAddrOffset = NONE;
    this.cgroupOffset = NONE;
    this.dataPageSizeOffset = NONE;
    this.codePageSizeOffset = NONE;
    this.auxOffset = NONE;
    this.auxSize = 0;
  }

  /** The fields after the stack, which few recordings have. The offset after them, or -1. */
  #readRare(record: RecordView, event: PerfEvent, from: number): number {
    const type = event.layout.sampleType;
    const { view, end, littleEndian } = record;
    let at = from;
    const word = (bit: number): number => {
      if ((type & bit) === 0) return NONE;
      at += 8;
      return at - 8;
    };
    this.weightOffset = word(SampleBit.Weight | SampleBit.WeightStruct);
    this.dataSrcOffset = word(SampleBit.DataSrc);
    this.transactionOffset = word(SampleBit.Transaction);
    if ((type & SampleBit.RegsIntr) !== 0) {
      if (at + 8 > end) return this.#cutAt(record, 'REGS_INTR');
      const abi = readUnsigned64(view, at, littleEndian);
      at += 8;
      this.intrAbi = abi;
      this.intrRegsOffset = abi === 0 ? NONE : at;
      if (abi !== 0) at += 8 * event.intrRegsCount;
    }
    this.physAddrOffset = word(SampleBit.PhysAddr);
    this.cgroupOffset = word(SampleBit.Cgroup);
    this.dataPageSizeOffset = word(SampleBit.DataPageSize);
    this.codePageSizeOffset = word(SampleBit.CodePageSize);
    if (at > end) return this.#cutAt(record, 'the fields after the stack');
    if ((type & SampleBit.Aux) !== 0) {
      if (at + 8 > end) return this.#cutAt(record, 'AUX');
      const size = readUnsigned64(view, at, littleEndian);
      at += 8;
      if (size > end - at) return this.#cutAt(record, 'AUX');
      this.auxOffset = at;
      this.auxSize = size;
      at += size;
    }
    return at;
  }

  /** The exact u64 at one of the offsets above; undefined where the sample has no such field. */
  exact(record: RecordView, fieldOffset: number): bigint | undefined {
    return fieldOffset < 0 ? undefined : record.view.getBigUint64(fieldOffset, record.littleEndian);
  }

  /** Bytes that no field accounts for: fields of a newer kernel, or damage. */
  #trailing(record: RecordView, event: PerfEvent, at: number): void {
    if ((event.layout.sampleType & ~KNOWN_BITS) !== 0) {
      this.#diagnostics.damaged('sample-fields-unknown', record.fileOffset, `Samples of ${event.name} have fields that are not known`);
    } else {
      this.#diagnostics.damaged('sample-too-long', record.fileOffset, `A sample has ${record.end - at} bytes that no field accounts for`);
    }
  }

  #cut(record: RecordView, field: string): false {
    this.#diagnostics.damaged('sample-cut', record.fileOffset, `A sample ends within ${field}`);
    return false;
  }

  #cutAt(record: RecordView, field: string): -1 {
    this.#cut(record, field);
    return -1;
  }
}

const AFTER_STACK =
  SampleBit.Weight | SampleBit.WeightStruct | SampleBit.DataSrc | SampleBit.Transaction | SampleBit.RegsIntr | SampleBit.PhysAddr |
  SampleBit.Cgroup | SampleBit.DataPageSize | SampleBit.CodePageSize | SampleBit.Aux;

/** Where the values of READ end that begin at `at`; -1 if not in the record. */
export function endOfRead(record: RecordView, at: number, readFormat: number): number {
  const { view, end, littleEndian } = record;
  const times = 8 * bitCount(readFormat & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning));
  const each = 8 + 8 * bitCount(readFormat & (ReadFormat.Id | ReadFormat.Lost));
  if ((readFormat & ReadFormat.Group) === 0) return at + times + each > end ? NONE : at + times + each;
  if (at + 8 + times > end) return NONE;
  const count = readUnsigned64(view, at, littleEndian);
  if (count * each > end - at - 8 - times) return NONE;
  return at + 8 + times + count * each;
}
