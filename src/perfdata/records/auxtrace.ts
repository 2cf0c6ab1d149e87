// AUX, AUX_OUTPUT_HW_ID, AUXTRACE_INFO, AUXTRACE, AUXTRACE_ERROR: data of hardware tracers (FORMAT 2.1, 2.2; SPEC 4.5, 4.6). What is
// in the traces themselves is told by ../auxtrace/, as far as it is.

import { readSigned64, readUnsigned64 } from '../../bytes/int64.ts';
import { decodeText } from '../../bytes/text.ts';
import type { RecordView } from '../record-view.ts';

/** AUX: new data in the tracer's buffer. */
export interface AuxRecord {
  readonly auxOffset: bigint;
  readonly auxSize: bigint;
  /** 1 truncated, 2 overwritten, 4 partial, 8 collision; 0xff00 format of the PMU. */
  readonly flags: bigint;
}

export function readAux(record: RecordView): AuxRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 32 > record.end) return undefined;
  return {
    auxOffset: view.getBigUint64(offset + 8, littleEndian),
    auxSize: view.getBigUint64(offset + 16, littleEndian),
    flags: view.getBigUint64(offset + 24, littleEndian),
  };
}

/** AUX_OUTPUT_HW_ID: the number by which a trace names an event. */
export function readAuxOutputHwId(record: RecordView): bigint | undefined {
  return record.offset + 16 > record.end ? undefined : record.view.getBigUint64(record.offset + 8, record.littleEndian);
}

/** AUXTRACE_INFO's types. */
export const TraceKind = { IntelPt: 1, IntelBts: 2, CoreSight: 3, ArmSpe: 4, S390Sampling: 5, HisiPtt: 6, VpaDtl: 7 } as const;

/** By AUXTRACE_INFO's type. */
export const AUXTRACE_KINDS: readonly string[] = [
  '', 'Intel Processor Trace', 'Intel BTS', 'ARM ETM', 'ARM SPE', 's390 CPU-M sampling', 'HiSilicon PTT', 'powerpc VPA DTL',
];

/** AUXTRACE_INFO: which tracer (AUXTRACE_KINDS), and numbers of its own. */
export interface AuxtraceInfoRecord {
  readonly kind: number;
  readonly values: readonly bigint[];
}

export function readAuxtraceInfo(record: RecordView): AuxtraceInfoRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  if (offset + 16 > end) return undefined;
  const count = Math.floor((end - offset - 16) / 8);
  const values = Array.from({ length: count }, (_, i) => view.getBigUint64(offset + 16 + i * 8, littleEndian));
  return { kind: view.getUint32(offset + 8, littleEndian), values };
}

/** AUXTRACE: `dataSize` bytes of trace follow the record in the file. */
export interface AuxtraceRecord {
  readonly dataSize: number;
  readonly traceOffset: bigint;
  readonly reference: bigint;
  /** Number of the ring buffer. */
  readonly index: number;
  readonly tid: number;
  readonly cpu: number;
}

export function readAuxtrace(record: RecordView): AuxtraceRecord | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 44 > record.end) return undefined;
  return {
    dataSize: readUnsigned64(view, offset + 8, littleEndian),
    traceOffset: view.getBigUint64(offset + 16, littleEndian),
    reference: view.getBigUint64(offset + 24, littleEndian),
    index: view.getUint32(offset + 32, littleEndian),
    tid: view.getInt32(offset + 36, littleEndian),
    cpu: view.getInt32(offset + 40, littleEndian),
  };
}

export interface AuxtraceErrorRecord {
  readonly kind: number;
  readonly code: number;
  readonly cpu: number;
  readonly pid: number;
  readonly tid: number;
  /** 0, 1 with a time, 2 with a guest too. */
  readonly layout: number;
  /** Signed. */
  readonly ip: number;
  /** In ns; undefined in the oldest layout. */
  readonly time: bigint | undefined;
  readonly message: string;
  /** The guest in which it happened; undefined in layouts that do not say it. */
  readonly machinePid: number | undefined;
  readonly vcpu: number | undefined;
}

const MESSAGE_SIZE = 64;

/** AUXTRACE_ERROR. Layout 0 has no time: the message follows the address at once; layout 2 says a guest behind the message. */
export function readAuxtraceError(record: RecordView): AuxtraceErrorRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  if (offset + 40 > end) return undefined;
  const layout = view.getUint32(offset + 28, littleEndian);
  const hasTime = layout > 0 && offset + 48 <= end;
  const text = offset + (hasTime ? 48 : 40);
  const guest = text + MESSAGE_SIZE;
  const hasGuest = layout > 1 && guest + 8 <= end;
  return {
    kind: view.getUint32(offset + 8, littleEndian),
    code: view.getUint32(offset + 12, littleEndian),
    cpu: view.getInt32(offset + 16, littleEndian),
    pid: view.getInt32(offset + 20, littleEndian),
    tid: view.getInt32(offset + 24, littleEndian),
    layout,
    ip: readSigned64(view, offset + 32, littleEndian),
    time: hasTime ? view.getBigUint64(offset + 40, littleEndian) : undefined,
    message: decodeText(record.bytes, text, Math.min(guest, end)),
    machinePid: hasGuest ? view.getInt32(guest, littleEndian) : undefined,
    vcpu: hasGuest ? view.getInt32(guest + 4, littleEndian) : undefined,
  };
}
