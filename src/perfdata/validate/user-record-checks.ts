// Checks of perf's own records by type, besides those that all records share (SPEC 4.6 to 4.9).

import { endOfText } from '../../bytes/text.ts';
import { MIN_ATTR_SIZE } from '../attr.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { SCHEDSTAT_DOMAIN_COUNTERS } from '../records/about-recording.ts';
import { AUXTRACE_KINDS } from '../records/auxtrace.ts';
import { type RecordCheck, type RecordContext, bytes, u16Of, u32Of, u64Of } from './check.ts';
import { CpuSetKind } from './cpu-set.ts';
import { UpdateKind } from './record-shapes.ts';

const BUILD_ID_BYTES = 20;
/** u64 config and a name of 64 bytes. */
const EVENT_TYPE_SIZE = 72;
/** Of STAT_CONFIG: aggregation, interval, scale, level. */
const STAT_TAGS = 4;
const LATEST_ERROR_LAYOUT = 2;

/** Whether the build id of 20 bytes at an offset of the view is a shorter one. */
export function endsWithZeros(all: Uint8Array, at: number): boolean {
  return all.subarray(at + BUILD_ID_BYTES - 4, at + BUILD_ID_BYTES).every((byte) => byte === 0);
}

const idAt = (record: RecordView, at: number): bigint => record.view.getBigUint64(record.offset + at, record.littleEndian);
const isUnknown = (id: bigint, { file: { events } }: RecordContext): boolean => events.events.length > 0 && events.eventOfId(id) < 0;

/** The checks of a set of CPUs that begins at an offset of the record, if it is one. */
const cpuSetChecks = (at: number, isSet: (record: RecordView) => boolean): readonly RecordCheck[] => [
  {
    code: 'cpu-set-kind', clause: '4.6.11', severity: 'error', says: 'A set of CPUs is of a kind that is not known',
    find: (record) => (isSet(record) && u16Of(record, at) > CpuSetKind.Range ? `${u16Of(record, at)}` : undefined),
  },
  {
    code: 'cpu-set-word', clause: '4.7.2', severity: 'error', says: 'The words of a mask of CPUs have neither 4 nor 8 bytes',
    find: (record) => (isSet(record) && u16Of(record, at) === CpuSetKind.Mask && u16Of(record, at + 4) !== 4 && u16Of(record, at + 4) !== 8 ? bytes(u16Of(record, at + 4)) : undefined),
  },
  {
    code: 'cpu-set-range', clause: '4.7.4', severity: 'error', says: 'A range of CPUs ends before it begins',
    find: (record) => (isSet(record) && u16Of(record, at) === CpuSetKind.Range && u16Of(record, at + 6) < u16Of(record, at + 4) ? `${u16Of(record, at + 4)} to ${u16Of(record, at + 6)}` : undefined),
  },
];

const schedstatChecks: readonly RecordCheck[] = [
  {
    code: 'schedstat-version', clause: '4.6.22', severity: 'warning', says: 'Counters of the scheduler are of a version that is not known',
    find: (record) => (SCHEDSTAT_DOMAIN_COUNTERS[u16Of(record, 20)] === undefined ? `${u16Of(record, 20)}` : undefined),
  },
];

export const USER_RECORD_CHECKS: Readonly<Record<number, readonly RecordCheck[]>> = {
  [RecordType.HeaderAttr]: [
    {
      code: 'attr-record-ids', clause: '2.3.2', severity: 'error', says: 'The ids of a HEADER_ATTR record are no multiple of 8 bytes',
      find: (record) => {
        const left = record.size - 8 - (u32Of(record, 12) || MIN_ATTR_SIZE);
        return left > 0 && left % 8 !== 0 ? bytes(left) : undefined;
      },
    },
  ],
  [RecordType.HeaderEventType]: [
    {
      code: 'event-type-short', clause: '10.1.23', severity: 'warning', says: 'HEADER_EVENT_TYPE has less than 64 bytes of name, as old perf wrote it',
      find: ({ size }) => (size < 8 + EVENT_TYPE_SIZE ? bytes(size - 16) : undefined),
    },
  ],
  [RecordType.HeaderTracingData]: [
    {
      code: 'tracing-data-size', clause: '4.6.3', severity: 'warning', says: 'The tracing data behind a record are no multiple of 8 bytes',
      find: (record) => (u32Of(record, 8) % 8 === 0 ? undefined : bytes(u32Of(record, 8))),
    },
    {
      code: 'tracing-data-old', clause: '10.1.6', severity: 'warning', says: 'HEADER_TRACING_DATA has 12 bytes, as old perf wrote it',
      find: ({ size }) => (size === 12 ? '' : undefined),
    },
  ],
  [RecordType.HeaderBuildId]: [
    {
      code: 'build-id-size', clause: '4.6.4', severity: 'error', says: 'A build id is longer than 20 bytes',
      find: (record) => ((record.misc & Misc.BuildIdSize) !== 0 && record.bytes[record.offset + 32]! > BUILD_ID_BYTES ? bytes(record.bytes[record.offset + 32]!) : undefined),
    },
    {
      code: 'build-id-tail', clause: '4.6.4', severity: 'warning', says: 'What follows a build id is not zero',
      find: (record) => {
        if ((record.misc & Misc.BuildIdSize) === 0) return undefined;
        const start = record.offset + 12;
        const size = Math.min(record.bytes[record.offset + 32]!, BUILD_ID_BYTES);
        return record.bytes.subarray(start + size, start + BUILD_ID_BYTES).some((byte) => byte !== 0) ? '' : undefined;
      },
    },
    {
      code: 'build-id-old', clause: '10.1.2', severity: 'warning', says: 'A build id without its size is padded to 20 bytes',
      find: (record) => ((record.misc & Misc.BuildIdSize) === 0 && endsWithZeros(record.bytes, record.offset + 12) ? '' : undefined),
    },
    {
      code: 'build-id-name', clause: '4.6.4', severity: 'warning', says: 'A build id is of a file without a name',
      find: (record) => (record.size > 36 && record.bytes[record.offset + 36] === 0 ? '' : undefined),
    },
  ],
  [RecordType.IdIndex]: [
    {
      code: 'id-index-id', clause: '4.6.6', severity: 'warning', says: 'ID_INDEX has an id that no event has',
      find: (record, context) => {
        const count = Math.min(u64Of(record, 8), Math.floor((context.limit - record.offset - 16) / 32));
        let unknown = 0;
        let first = 0n;
        for (let i = 0; i < count; i++) {
          const id = idAt(record, 16 + 32 * i);
          if (!isUnknown(id, context)) continue;
          if (unknown++ === 0) first = id;
        }
        return unknown === 0 ? undefined : `${unknown} of ${count}, the first is ${first}`;
      },
    },
  ],
  [RecordType.AuxtraceInfo]: [
    {
      code: 'auxtrace-kind', clause: '4.6.7', severity: 'warning', says: 'The tracer of AUXTRACE_INFO is not known',
      find: (record) => (u32Of(record, 8) === 0 || u32Of(record, 8) >= AUXTRACE_KINDS.length ? `${u32Of(record, 8)}` : undefined),
    },
  ],
  [RecordType.AuxtraceError]: [
    {
      code: 'auxtrace-error-layout', clause: '4.6.9', severity: 'warning', says: 'The layout of AUXTRACE_ERROR is not known',
      find: (record) => (u32Of(record, 28) > LATEST_ERROR_LAYOUT ? `${u32Of(record, 28)}` : undefined),
    },
    {
      code: 'auxtrace-error-old', clause: '10.1.11', severity: 'warning', says: 'AUXTRACE_ERROR has no time, as old perf wrote it',
      find: (record) => (u32Of(record, 28) === 0 ? '' : undefined),
    },
  ],
  [RecordType.CpuMap]: cpuSetChecks(8, () => true),
  [RecordType.StatConfig]: [
    {
      code: 'stat-config-tag', clause: '4.6.12', severity: 'warning', says: 'STAT_CONFIG has a tag that is not known',
      find: (record, { limit }) => {
        for (let at = 16, left = u64Of(record, 8); left > 0 && record.offset + at + 16 <= limit; left--, at += 16) {
          if (u64Of(record, at) >= STAT_TAGS) return `${idAt(record, at)}`;
        }
        return undefined;
      },
    },
  ],
  [RecordType.Stat]: [
    {
      code: 'stat-id', clause: '4.6.13', severity: 'warning', says: 'STAT is for an id that no event has',
      find: (record, context) => (isUnknown(idAt(record, 8), context) ? `${idAt(record, 8)}` : undefined),
    },
  ],
  [RecordType.StatRound]: [
    {
      code: 'stat-round-kind', clause: '4.6.14', severity: 'warning', says: 'STAT_ROUND is of a kind that is not known',
      find: (record) => (u64Of(record, 8) > 1 ? `${idAt(record, 8)}` : undefined),
    },
  ],
  [RecordType.EventUpdate]: [
    {
      code: 'event-update-kind', clause: '4.8.5', severity: 'warning', says: 'EVENT_UPDATE is of a kind that is not known',
      find: (record) => (u64Of(record, 8) > UpdateKind.Cpus ? `${idAt(record, 8)}` : undefined),
    },
    {
      code: 'event-update-id', clause: '4.8.5', severity: 'warning', says: 'EVENT_UPDATE is for an id that no event has',
      find: (record, context) => (isUnknown(idAt(record, 16), context) ? `${idAt(record, 16)}` : undefined),
    },
    ...cpuSetChecks(24, (record) => u64Of(record, 8) === UpdateKind.Cpus && record.size >= 32),
  ],
  [RecordType.TimeConv]: [
    {
      code: 'time-conv-shift', clause: '6.2.3', severity: 'error', says: 'TIME_CONV shifts by more than 63 bits',
      find: (record) => (u64Of(record, 8) > 63 ? `${idAt(record, 8)}` : undefined),
    },
  ],
  [RecordType.BpfMetadata]: [
    {
      code: 'bpf-metadata-short', clause: '10.1.17', severity: 'warning', says: 'The name of BPF_METADATA has 256 bytes',
      find: (record) => (record.size < 8 + 512 + 8 || u64Of(record, 8 + 256) * 320 === record.size - 8 - 256 - 8 ? '' : undefined),
    },
    {
      code: 'bpf-metadata-name', clause: '4.6.21', severity: 'warning', says: 'BPF_METADATA is of a program without a name',
      find: (record) => (endOfText(record.bytes, record.offset + 8, record.end) === record.offset + 8 ? '' : undefined),
    },
  ],
  [RecordType.SchedstatCpu]: schedstatChecks,
  [RecordType.SchedstatDomain]: [{ ...schedstatChecks[0]!, clause: '4.6.23' }],
};
