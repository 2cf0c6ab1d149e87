// What perf writes behind the name of a kernel record, in `script -D` and with --show-…-events: one line, two of them more
// (FORMAT 2.1, 3.7). A record that is too short for its fields gets none.

import { decodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import { Misc, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readAux, readAuxOutputHwId } from '../../perfdata/records/auxtrace.ts';
import { readBpfEvent, readKsymbol } from '../../perfdata/records/kernel-code.ts';
import { readLost } from '../../perfdata/records/loss.ts';
import { hexOfBytes } from '../../perfdata/records/mmap.ts';
import { NAMESPACE_NAMES, readCgroup, readItraceStart, readNamespaces, readSwitch } from '../../perfdata/records/switch.ts';
import { alternateHex, plainHex } from './exact-numbers.ts';

const MAP_SHARED = 1;
/** Namespaces in a line. */
const NAMESPACES_IN_LINE = 4;

/** The text after `PERF_RECORD_…`, with its line end. `event`: the one the record belongs to, which knows its trailer. */
export function recordText(record: RecordView, event: PerfEvent | undefined): string {
  switch (record.type) {
    case RecordType.Mmap: return mmapText(record, event);
    case RecordType.Mmap2: return mmap2Text(record, event);
    case RecordType.Comm: return commText(record, event);
    case RecordType.Fork:
    case RecordType.Exit: return taskText(record);
    case RecordType.Lost: {
      const lost = readLost(record);
      return lost === undefined ? '\n' : ` lost ${lost.lost}\n`;
    }
    case RecordType.Aux: return auxText(record);
    case RecordType.ItraceStart: {
      const task = readItraceStart(record);
      return task === undefined ? '\n' : ` pid: ${task.pid >>> 0} tid: ${task.tid >>> 0}\n`;
    }
    case RecordType.Switch:
    case RecordType.SwitchCpuWide: return switchText(record);
    case RecordType.Namespaces: return namespacesText(record);
    case RecordType.Ksymbol: {
      const symbol = readKsymbol(record, event);
      if (symbol === undefined) return '\n';
      const { length, kind, flags, name } = symbol;
      return ` addr ${plainHex(record, record.offset + 8)} len ${length} type ${kind} flags 0x${flags.toString(16)} name ${name}\n`;
    }
    case RecordType.BpfEvent: {
      const bpf = readBpfEvent(record);
      return bpf === undefined ? '\n' : ` type ${bpf.kind}, flags ${bpf.flags}, id ${bpf.id}\n`;
    }
    case RecordType.Cgroup: {
      const cgroup = readCgroup(record, event);
      return cgroup === undefined ? '\n' : ` cgroup: ${cgroup.id} ${cgroup.path}\n`;
    }
    case RecordType.AuxOutputHwId: {
      const id = readAuxOutputHwId(record);
      return id === undefined ? '\n' : ` hw_id: 0x${id.toString(16)}\n`;
    }
    default: return '\n';
  }
}

/** ` 42/42: [0x7f…(0x1000) @ 0x2000`, up to the page offset. */
function rangeText(record: RecordView): string {
  const { view, offset, littleEndian } = record;
  const task = `${view.getInt32(offset + 8, littleEndian)}/${view.getInt32(offset + 12, littleEndian)}`;
  return ` ${task}: [${alternateHex(record, offset + 16)}(${alternateHex(record, offset + 24)}) @ ${alternateHex(record, offset + 32)}`;
}

function mmapText(record: RecordView, event: PerfEvent | undefined): string {
  const end = textEnd(record, event);
  if (record.offset + 40 > end) return '\n';
  const kind = (record.misc & Misc.MmapData) === 0 ? 'x' : 'r';
  return `${rangeText(record)}]: ${kind} ${decodeText(record.bytes, record.offset + 40, end)}\n`;
}

function mmap2Text(record: RecordView, event: PerfEvent | undefined): string {
  const { view, bytes, offset, littleEndian } = record;
  const end = textEnd(record, event);
  if (offset + 72 > end) return '\n';
  let file: string;
  if ((record.misc & Misc.MmapBuildId) !== 0) {
    file = `<${hexOfBytes(bytes, offset + 44, offset + 44 + Math.min(bytes[offset + 40]!, 20))}>`;
  } else {
    const device = [view.getUint32(offset + 40, littleEndian), view.getUint32(offset + 44, littleEndian)];
    const [inode, generation] = [view.getBigUint64(offset + 48, littleEndian), view.getBigUint64(offset + 56, littleEndian)];
    file = `${device.map((part) => part.toString(16).padStart(2, '0')).join(':')} ${inode} ${generation}`;
  }
  const prot = view.getUint32(offset + 64, littleEndian);
  const flags = view.getUint32(offset + 68, littleEndian);
  const rights = `${prot & 1 ? 'r' : '-'}${prot & 2 ? 'w' : '-'}${prot & 4 ? 'x' : '-'}${flags & MAP_SHARED ? 's' : 'p'}`;
  return `${rangeText(record)} ${file}]: ${rights} ${decodeText(bytes, offset + 72, end)}\n`;
}

function commText(record: RecordView, event: PerfEvent | undefined): string {
  const { view, offset, littleEndian } = record;
  const end = textEnd(record, event);
  if (offset + 16 > end) return '\n';
  const exec = (record.misc & Misc.CommExec) === 0 ? '' : ' exec';
  const name = decodeText(record.bytes, offset + 16, end);
  return `${exec}: ${name}:${view.getInt32(offset + 8, littleEndian)}/${view.getInt32(offset + 12, littleEndian)}\n`;
}

function taskText(record: RecordView): string {
  const { view, offset, littleEndian } = record;
  if (offset + 24 > record.end) return '\n';
  const [pid, ppid, tid, ptid] = [8, 12, 16, 20].map((at) => view.getInt32(offset + at, littleEndian));
  return `(${pid}:${tid}):(${ppid}:${ptid})\n`;
}

function auxText(record: RecordView): string {
  const aux = readAux(record);
  if (aux === undefined) return '\n';
  const { offset } = record;
  const letters = [1n, 2n, 4n, 8n].map((bit, i) => ((aux.flags & bit) === 0n ? '' : 'TOPC'[i]!)).join('');
  const [place, size, flags] = [8, 16, 24].map((at) => alternateHex(record, offset + at));
  return ` offset: ${place} size: ${size} flags: ${flags} [${letters}]\n`;
}

function switchText(record: RecordView): string {
  const change = readSwitch(record);
  if (change === undefined) return '\n';
  const way = !change.isOut ? 'IN         ' : change.isPreempted ? 'OUT preempt' : 'OUT        ';
  if (record.type === RecordType.Switch) return ` ${way}\n`;
  const other = `${String(change.otherPid).padStart(5)}/${String(change.otherTid).padEnd(5)}`;
  return ` ${way}  ${change.isOut ? 'next' : 'prev'} pid/tid: ${other}\n`;
}

function namespacesText(record: RecordView): string {
  const task = readNamespaces(record);
  if (task === undefined) return '\n';
  const items = task.namespaces.map(({ device, inode }, i) => {
    const lead = i > 0 && i % NAMESPACES_IN_LINE === 0 ? '\n\t\t ' : '';
    return `${lead}${i}/${NAMESPACE_NAMES[i] ?? 'unknown'}: ${device}/0x${inode.toString(16)}`;
  });
  return ` ${task.pid}/${task.tid} - nr_namespaces: ${items.length}\n\t\t[${items.join(', ')}]\n`;
}

function textEnd(record: RecordView, event: PerfEvent | undefined): number {
  return record.end - (event?.layout.trailerSize ?? 0);
}
