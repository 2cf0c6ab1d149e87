// Checks of samples, field by field (SPEC 5.1 to 5.8). That a field fits into its record SampleView has seen already. Each check says
// for samples of which events it is to be asked, so that it costs nothing for others.

import { readUnsigned64 } from '../../bytes/int64.ts';
import { EventType } from '../attr.ts';
import type { PerfEvent } from '../event-table.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { ReadFormat, SampleBit, bitCount } from '../sample-format.ts';
import { beginsWithAddress, strayDeferredMarker, unknownMarker } from './call-chain.ts';
import { type RecordCheck, bytes, hex } from './check.ts';
import { miscChecks } from './shape-checks.ts';

export interface SampleCheck extends RecordCheck {
  /** Whether samples of an event have what is checked. Left out: all do. */
  readonly concerns?: (event: PerfEvent) => boolean;
}

const has = (bits: number) => (event: PerfEvent): boolean => (event.attr.sampleType & bits) !== 0;
const KNOWN_SAMPLE_BITS = 0x1ffffff;
const MOST_ABI = 2;

const u64At = (record: RecordView, at: number): number => readUnsigned64(record.view, at, record.littleEndian);
const exactAt = (record: RecordView, at: number): bigint => record.view.getBigUint64(at, record.littleEndian);
/** The upper 32 bits of a u64. */
const highAt = (record: RecordView, at: number): number => record.view.getUint32(record.littleEndian ? at + 4 : at, record.littleEndian);
const lowAt = (record: RecordView, at: number): number => record.view.getUint32(record.littleEndian ? at : at + 4, record.littleEndian);

export const SAMPLE_CHECKS: readonly SampleCheck[] = [
  ...miscChecks(RecordType.Sample, Misc.ExactIp),
  {
    code: 'sample-size', clause: '4.1.1', severity: 'warning', says: 'The size of a sample is no multiple of 8',
    find: ({ size }) => (size % 8 === 0 ? undefined : bytes(size)),
  },
  {
    code: 'sample-unknown-missing', clause: '5.1.3', severity: 'warning', says: 'Samples should have fields that are not known, but have no bytes for them',
    concerns: ({ attr }) => (attr.sampleType & ~KNOWN_SAMPLE_BITS) !== 0 || attr.sampleTypeHigh !== 0,
    find: (record, { sample }) => (sample.fieldsEnd === record.end ? '' : undefined),
  },
  {
    code: 'sample-time', clause: '6.1.1', severity: 'warning', says: 'A sample has no time, though its event has TIME', concerns: has(SampleBit.Time),
    find: (record, { event }) => {
      const at = record.offset + event!.layout.time;
      const [low, high] = [lowAt(record, at), highAt(record, at)];
      return (low === 0 && high === 0) || (low === 0xffffffff && high === 0xffffffff) ? `${exactAt(record, at)}` : undefined;
    },
  },
  {
    code: 'sample-cpu-reserved', clause: '5.1.11', severity: 'warning', says: 'The reserved half of CPU is not zero', concerns: has(SampleBit.Cpu),
    find: (record, { event }) => {
      const reserved = record.view.getUint32(record.offset + event!.layout.cpu + 4, record.littleEndian);
      return reserved === 0 ? undefined : hex(reserved);
    },
  },
  {
    code: 'sample-cpu', clause: '5.1.11', severity: 'warning', says: 'A sample is of a CPU that the machine did not have', concerns: has(SampleBit.Cpu),
    find: (_record, { sample, file }) => {
      const cpus = file.features.cpuCounts?.available;
      return cpus !== undefined && sample.cpu >= cpus ? `CPU ${sample.cpu} of ${cpus}` : undefined;
    },
  },
  {
    code: 'sample-read-group', clause: '5.2.2', severity: 'warning', says: 'READ of a group has no value at all', concerns: has(SampleBit.Read),
    find: (record, { sample, event }) => ((event!.attr.readFormat & ReadFormat.Group) !== 0 && u64At(record, sample.readOffset) === 0 ? '' : undefined),
  },
  {
    code: 'sample-read-id', clause: '5.2.2', severity: 'warning', says: 'READ has a value for an id that no event has',
    concerns: ({ attr }) => (attr.sampleType & SampleBit.Read) !== 0 && (attr.readFormat & ReadFormat.Id) !== 0,
    find: (record, { sample, event, file }) => {
      const format = event!.attr.readFormat;
      const times = 8 * bitCount(format & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning));
      const isGroup = (format & ReadFormat.Group) !== 0;
      const step = isGroup ? 16 + ((format & ReadFormat.Lost) !== 0 ? 8 : 0) : Infinity;
      // An id stands behind its value; without a group the times come between.
      for (let at = sample.readOffset + 8 + times + (isGroup ? 8 : 0); at + 8 <= sample.readEnd; at += step) {
        const id = exactAt(record, at);
        if (file.events.eventOfId(id) < 0) return `${id}`;
      }
      return undefined;
    },
  },
  {
    code: 'chain-marker', clause: '5.3.1', severity: 'warning', says: 'A call chain has a marker that is not known', concerns: has(SampleBit.Callchain),
    find: (record, { sample }) => unknownMarker(record, sample.chainOffset, sample.chainLength),
  },
  {
    code: 'chain-deferred', clause: '5.3.3', severity: 'error', says: 'The marker of a deferred call chain has not just its cookie behind it', concerns: has(SampleBit.Callchain),
    find: (record, { sample }) => {
      const place = strayDeferredMarker(record, sample.chainOffset, sample.chainLength);
      return place < 0 ? undefined : `place ${place} of ${sample.chainLength}`;
    },
  },
  {
    code: 'chain-start', clause: '5.3.1', severity: 'warning', says: 'A call chain begins with an address, without a marker that says its mode', concerns: has(SampleBit.Callchain),
    find: (record, { sample }) => (beginsWithAddress(record, sample.chainOffset, sample.chainLength) ? hex(u64At(record, sample.chainOffset)) : undefined),
  },
  {
    code: 'raw-size', clause: '10.2.1', severity: 'warning', says: 'RAW ends at no multiple of 8', concerns: has(SampleBit.Raw),
    find: (_record, { sample }) => ((sample.rawSize + 4) % 8 === 0 ? undefined : bytes(sample.rawSize)),
  },
  {
    code: 'raw-event', clause: '7.2.4', severity: 'warning', says: "RAW of a tracepoint is another one's",
    concerns: ({ attr }) => (attr.sampleType & SampleBit.Raw) !== 0 && attr.type === EventType.Tracepoint,
    find: (record, { sample, event }) => {
      if (sample.rawSize < 2) return undefined;
      // The machine's order, which a recording that was turned round no longer has.
      const [little, big] = [record.view.getUint16(sample.rawOffset, true), record.view.getUint16(sample.rawOffset, false)];
      const id = Number(event!.attr.config & 0xffffn);
      return little === id || big === id ? undefined : `${record.littleEndian ? little : big}, not ${id}`;
    },
  },
  {
    code: 'branch-flags', clause: '5.4.4', severity: 'warning', says: 'A branch has flags that are not known', concerns: has(SampleBit.BranchStack),
    find: (record, { sample }) => {
      for (let i = 0; i < sample.branchCount; i++) {
        const at = sample.branchOffset + 24 * i + 16;
        // The upper half of the number, which in a big-endian recording is mirrored (5.4.6).
        const reserved = record.littleEndian ? record.view.getUint32(at + 4, true) >>> 1 : record.view.getUint32(at + 4, false) & 0x7fffffff;
        if (reserved !== 0) return `${hex(exactAt(record, at))} in branch ${i}`;
      }
      return undefined;
    },
  },
  {
    code: 'user-abi', clause: '5.7.2', severity: 'warning', says: 'The abi of REGS_USER is not known', concerns: has(SampleBit.RegsUser),
    find: (_record, { sample }) => (sample.userAbi > MOST_ABI ? `${sample.userAbi}` : undefined),
  },
  {
    code: 'stack-size', clause: '5.1.18', severity: 'warning', says: 'The size of STACK_USER is no multiple of 8', concerns: has(SampleBit.StackUser),
    find: (_record, { sample }) => (sample.stackSize % 8 === 0 ? undefined : bytes(sample.stackSize)),
  },
  {
    code: 'stack-asked', clause: '5.1.18', severity: 'warning', says: 'STACK_USER is longer than sampleStackUser asks for', concerns: has(SampleBit.StackUser),
    find: (_record, { sample, event }) => (sample.stackSize > event!.attr.sampleStackUser ? `${sample.stackSize} of ${bytes(event!.attr.sampleStackUser)}` : undefined),
  },
  {
    code: 'stack-valid', clause: '5.1.18', severity: 'error', says: 'More bytes of STACK_USER are valid than it has', concerns: has(SampleBit.StackUser),
    find: (record, { sample }) => {
      if (sample.stackOffset < 0) return undefined;
      const valid = u64At(record, sample.stackOffset + sample.stackSize);
      return valid > sample.stackSize ? `${valid} of ${bytes(sample.stackSize)}` : undefined;
    },
  },
  {
    code: 'data-src', clause: '5.8.3', severity: 'warning', says: 'DATA_SRC has bits that are not known', concerns: has(SampleBit.DataSrc),
    find: (record, { sample }) => (highAt(record, sample.dataSrcOffset) >>> 19 === 0 ? undefined : hex(exactAt(record, sample.dataSrcOffset))),
  },
  {
    code: 'transaction', clause: '5.8.4', severity: 'warning', says: 'TRANSACTION has bits that are not known', concerns: has(SampleBit.Transaction),
    find: (record, { sample }) => (lowAt(record, sample.transactionOffset) >>> 8 === 0 ? undefined : hex(exactAt(record, sample.transactionOffset))),
  },
  {
    code: 'intr-abi', clause: '5.7.2', severity: 'warning', says: 'The abi of REGS_INTR is not known', concerns: has(SampleBit.RegsIntr),
    find: (_record, { sample }) => (sample.intrAbi > MOST_ABI ? `${sample.intrAbi}` : undefined),
  },
];
