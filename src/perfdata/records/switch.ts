// SWITCH, SWITCH_CPU_WIDE, ITRACE_START, NAMESPACES and CGROUP: where a task runs and lives (FORMAT 2.1; SPEC 4.5).

import { readUnsigned64 } from '../../bytes/int64.ts';
import { decodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../event-table.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';

export interface SwitchRecord {
  /** The task of the trailer leaves its CPU (else it gets one). */
  readonly isOut: boolean;
  /** It would have gone on running. */
  readonly isPreempted: boolean;
  /** SWITCH_CPU_WIDE: the task that follows, or the one before; -1 in SWITCH. */
  readonly otherPid: number;
  readonly otherTid: number;
}

export function readSwitch(record: RecordView): SwitchRecord | undefined {
  const { view, offset, littleEndian } = record;
  const isWide = record.type === RecordType.SwitchCpuWide;
  if (isWide && offset + 16 > record.end) return undefined;
  return {
    isOut: (record.misc & Misc.SwitchOut) !== 0,
    isPreempted: (record.misc & Misc.SwitchOutPreempt) !== 0,
    otherPid: isWide ? view.getInt32(offset + 8, littleEndian) : -1,
    otherTid: isWide ? view.getInt32(offset + 12, littleEndian) : -1,
  };
}

export interface TaskOnly {
  readonly pid: number;
  readonly tid: number;
}

/** ITRACE_START: tracing of this task begins. */
export function readItraceStart(record: RecordView): TaskOnly | undefined {
  const { view, offset, littleEndian } = record;
  if (offset + 16 > record.end) return undefined;
  return { pid: view.getInt32(offset + 8, littleEndian), tid: view.getInt32(offset + 12, littleEndian) };
}

/** In the order in which NAMESPACES lists them. */
export const NAMESPACE_NAMES: readonly string[] = ['net', 'uts', 'ipc', 'pid', 'user', 'mnt', 'cgroup'];

export interface NamespacesRecord extends TaskOnly {
  readonly namespaces: readonly { readonly device: bigint; readonly inode: bigint }[];
}

/** NAMESPACES; a count beyond the record is cut to what is there. */
export function readNamespaces(record: RecordView): NamespacesRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  const task = readItraceStart(record);
  if (task === undefined || offset + 24 > end) return undefined;
  const count = Math.min(readUnsigned64(view, offset + 16, littleEndian), Math.floor((end - offset - 24) / 16));
  const namespaces = Array.from({ length: count }, (_, i) => ({
    device: view.getBigUint64(offset + 24 + i * 16, littleEndian),
    inode: view.getBigUint64(offset + 32 + i * 16, littleEndian),
  }));
  return { ...task, namespaces };
}

export interface CgroupRecord {
  /** As samples say it in their CGROUP field. */
  readonly id: bigint;
  readonly path: string;
}

export function readCgroup(record: RecordView, event: PerfEvent | undefined): CgroupRecord | undefined {
  const { view, offset, littleEndian } = record;
  const end = record.end - (event?.layout.trailerSize ?? 0);
  if (offset + 16 > end) return undefined;
  return { id: view.getBigUint64(offset + 8, littleEndian), path: decodeText(record.bytes, offset + 16, end) };
}
