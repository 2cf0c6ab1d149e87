// Checks of the kernel's records by type, besides those that all records share (SPEC 4.3 to 4.5). Samples have a file of their own.

import { decodeText, endOfText } from '../../bytes/text.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { nameOffset } from '../records/mmap.ts';
import { ReadFormat, bitCount } from '../sample-format.ts';
import { type RecordCheck, type RecordContext, bytes, hex, u16Of, u32Of, u64Of } from './check.ts';
import { unknownMarker } from './call-chain.ts';

const BUILD_ID_BYTES = 20;
const MAX_COMM = 15;
/** Read, write, execute. */
const PROT_BITS = 7;
/** The most that stat(2) has as a file's type and mode. */
const FILE_MODE = 0xffff;
/** 1 truncated, 2 overwritten, 4 partial, 8 collision; the second byte is the PMU's own. */
const AUX_FLAGS = 0xff0f;
/** End of all addresses; the mapping that reaches it is [vsyscall]'s. */
const ADDRESSES = 2 ** 64;

/** An id of which no event has heard, but for 0, which perf writes itself. */
function unknownId(record: RecordView, at: number, context: RecordContext): string | undefined {
  const id = record.view.getBigUint64(record.offset + at, record.littleEndian);
  const { events } = context.file;
  return id === 0n || events.events.length <= 1 || events.eventOfId(id) >= 0 ? undefined : `${id}`;
}

const mmapChecks = (clause: string): readonly RecordCheck[] => [
  {
    code: 'mapping-end', clause, severity: 'error', says: 'A mapping reaches beyond the end of all addresses',
    find: (record) => (u64Of(record, 16) + u64Of(record, 24) > ADDRESSES ? `${hex(u64Of(record, 24))} bytes from ${hex(u64Of(record, 16))} on` : undefined),
  },
  {
    code: 'mapping-empty', clause, severity: 'warning', says: 'A mapping has no bytes',
    find: (record) => (u64Of(record, 24) === 0 ? `at ${hex(u64Of(record, 16))}` : undefined),
  },
];

const hasBuildId = (record: RecordView): boolean => (record.misc & Misc.MmapBuildId) !== 0;

const switchChecks: readonly RecordCheck[] = [
  {
    code: 'switch-preempted-in', clause: '4.2.8', severity: 'warning', says: 'A task that gets a CPU is said to have been preempted',
    find: ({ misc }) => ((misc & Misc.SwitchOutPreempt) !== 0 && (misc & Misc.SwitchOut) === 0 ? hex(misc) : undefined),
  },
];

/** An MMAP2 of Linux before 3.16, whose name begins where protection and flags are now. */
function isWithoutRights(record: RecordView): boolean {
  return nameOffset(record.bytes, record.offset, record.type, record.misc) === 64;
}

export const KERNEL_RECORD_CHECKS: Readonly<Record<number, readonly RecordCheck[]>> = {
  [RecordType.Mmap]: mmapChecks('4.3.3'),
  [RecordType.Mmap2]: [
    ...mmapChecks('4.3.4'),
    {
      code: 'mapping-prot', clause: '10.1.21', severity: 'warning', says: 'The protection of a mapping is none of mmap(2), but the mode of a file',
      find: (record) => (u32Of(record, 64) > PROT_BITS && u32Of(record, 64) <= FILE_MODE ? `0${u32Of(record, 64).toString(8)}` : undefined),
    },
    {
      code: 'mapping-rights', clause: '4.3.4', severity: 'error', says: 'The protection of a mapping has bits beyond read, write and execute',
      find: (record) => (u32Of(record, 64) > FILE_MODE && !isWithoutRights(record) ? hex(u32Of(record, 64)) : undefined),
    },
    {
      code: 'mapping-old', clause: '10.2.6', severity: 'warning', says: 'A mapping has letters in the place of protection and flags',
      find: (record) => (isWithoutRights(record) ? JSON.stringify(decodeText(record.bytes, record.offset + 64, record.offset + 72)) : undefined),
    },
    {
      code: 'mmap-build-id-size', clause: '4.3.5', severity: 'error', says: 'The build id of a mapping is longer than 20 bytes',
      find: (record) => (hasBuildId(record) && record.bytes[record.offset + 40]! > BUILD_ID_BYTES ? bytes(record.bytes[record.offset + 40]!) : undefined),
    },
    {
      code: 'mmap-build-id-tail', clause: '4.3.5', severity: 'warning', says: 'What follows the build id of a mapping is not zero',
      find: (record) => {
        if (!hasBuildId(record)) return undefined;
        const { offset } = record;
        const reserved = record.bytes.subarray(offset + 41, offset + 44);
        const tail = record.bytes.subarray(offset + 44 + Math.min(record.bytes[offset + 40]!, BUILD_ID_BYTES), offset + 44 + BUILD_ID_BYTES);
        return reserved.some((byte) => byte !== 0) || tail.some((byte) => byte !== 0) ? '' : undefined;
      },
    },
  ],
  [RecordType.Lost]: [
    {
      code: 'lost-id', clause: '4.5.2', severity: 'warning', says: 'LOST counts for an id that no event has',
      find: (record, context) => unknownId(record, 8, context),
    },
  ],
  [RecordType.Comm]: [
    {
      code: 'comm-length', clause: '4.4.7', severity: 'warning', says: 'The name of a task has more than 15 bytes',
      find: (record, { limit }) => {
        const length = endOfText(record.bytes, record.offset + 16, limit) - record.offset - 16;
        return length > MAX_COMM ? bytes(length) : undefined;
      },
    },
  ],
  [RecordType.Fork]: [
    {
      code: 'fork-of-itself', clause: '4.4.3', severity: 'warning', says: 'A task is its own parent',
      find: (record) => (u32Of(record, 8) === u32Of(record, 12) && u32Of(record, 16) === u32Of(record, 20) ? `pid ${u32Of(record, 8) | 0}, tid ${u32Of(record, 16) | 0}` : undefined),
    },
    {
      code: 'fork-process', clause: '4.4.3', severity: 'warning', says: 'A new process begins with another task than its first',
      find: (record) => (u32Of(record, 8) !== u32Of(record, 12) && u32Of(record, 8) !== u32Of(record, 16) ? `pid ${u32Of(record, 8) | 0}, tid ${u32Of(record, 16) | 0}` : undefined),
    },
  ],
  [RecordType.Throttle]: [
    { code: 'throttle-id', clause: '4.5.5', severity: 'warning', says: 'THROTTLE is for an id that no event has', find: (record, context) => unknownId(record, 16, context) },
  ],
  [RecordType.Unthrottle]: [
    { code: 'unthrottle-id', clause: '4.5.6', severity: 'warning', says: 'UNTHROTTLE is for an id that no event has', find: (record, context) => unknownId(record, 16, context) },
  ],
  [RecordType.Read]: [
    {
      code: 'read-id', clause: '4.5.8', severity: 'warning', says: 'READ is for an id that no event has',
      find: (record, context) => {
        const format = context.event?.attr.readFormat ?? 0;
        if ((format & (ReadFormat.Id | ReadFormat.Group)) !== ReadFormat.Id) return undefined;
        const times = bitCount(format & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning));
        return record.offset + 32 + 8 * times > context.limit ? undefined : unknownId(record, 24 + 8 * times, context);
      },
    },
  ],
  [RecordType.Aux]: [
    {
      code: 'aux-flags', clause: '4.5.11', severity: 'warning', says: 'AUX has flags that are not known',
      find: (record) => (record.view.getBigUint64(record.offset + 24, record.littleEndian) & ~BigInt(AUX_FLAGS)) !== 0n ? hex(u64Of(record, 24)) : undefined,
    },
  ],
  [RecordType.Switch]: switchChecks,
  [RecordType.SwitchCpuWide]: switchChecks,
  [RecordType.Ksymbol]: [
    {
      code: 'ksymbol-kind', clause: '4.5.17', severity: 'warning', says: 'KSYMBOL is of a kind that is not known',
      find: (record) => (u16Of(record, 20) < 1 || u16Of(record, 20) > 2 ? `${u16Of(record, 20)}` : undefined),
    },
    {
      code: 'ksymbol-flags', clause: '4.5.17', severity: 'warning', says: 'KSYMBOL has flags that are not known',
      find: (record) => (u16Of(record, 22) > 1 ? hex(u16Of(record, 22)) : undefined),
    },
  ],
  [RecordType.BpfEvent]: [
    {
      code: 'bpf-event-kind', clause: '4.5.18', severity: 'warning', says: 'BPF_EVENT is of a kind that is not known',
      find: (record) => (u16Of(record, 8) < 1 || u16Of(record, 8) > 2 ? `${u16Of(record, 8)}` : undefined),
    },
  ],
  [RecordType.CallchainDeferred]: [
    {
      code: 'deferred-chain-marker', clause: '5.3.1', severity: 'warning', says: 'A deferred part of a call chain has a marker that is not known',
      find: (record, { limit }) => {
        const start = record.offset + 24;
        return unknownMarker(record, start, Math.min(u64Of(record, 16), Math.floor((limit - start) / 8)));
      },
    },
  ],
};
