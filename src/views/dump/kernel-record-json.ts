// The fields of the kernel's records as JSON (SPEC 4.3 to 4.5), but for SAMPLE (sample-json.ts).

import type { PerfEvent } from '../../perfdata/event-table.ts';
import { Misc, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readAux, readAuxOutputHwId } from '../../perfdata/records/auxtrace.ts';
import { readCallchainDeferred } from '../../perfdata/records/callchain-deferred.ts';
import { readBpfEvent, readKsymbol, readTextPoke } from '../../perfdata/records/kernel-code.ts';
import { readLost, readLostSamples, readThrottle } from '../../perfdata/records/loss.ts';
import { MmapRecord } from '../../perfdata/records/mmap.ts';
import { readReadRecord } from '../../perfdata/records/stat.ts';
import { readCgroup, readItraceStart, readNamespaces, readSwitch } from '../../perfdata/records/switch.ts';
import { CommRecord, TaskRecord } from '../../perfdata/records/task.ts';
import type { TimeBase } from '../../perfdata/time-base.ts';
import { decimal } from '../records/exact-numbers.ts';
import { type JsonObject, bytesJson, hexAt, hexOf } from './json.ts';
import { chainOf, readJson } from './sample-json.ts';

export class KernelRecordJson {
  readonly #mmap = new MmapRecord();
  readonly #comm = new CommRecord();
  readonly #task: TaskRecord;

  constructor(timeBase: TimeBase) {
    this.#task = new TaskRecord(timeBase);
  }

  /** Undefined where there is nothing to decode, or too little. */
  fields(record: RecordView, event: PerfEvent): JsonObject | undefined {
    const { offset } = record;
    switch (record.type) {
      case RecordType.Mmap:
      case RecordType.Mmap2: return this.#mmapFields(record, event);
      case RecordType.Comm: {
        const comm = this.#comm;
        return comm.read(record, event) ? { pid: comm.pid, tid: comm.tid, comm: comm.name, exec: comm.isExec } : undefined;
      }
      case RecordType.Fork:
      case RecordType.Exit: {
        const task = this.#task;
        if (!task.read(record)) return undefined;
        const synthesized = record.type === RecordType.Fork ? task.isSynthesized : undefined;
        return { pid: task.pid, ppid: task.ppid, tid: task.tid, ptid: task.ptid, time: decimal(record, offset + 24), synthesized };
      }
      case RecordType.Lost: {
        const lost = readLost(record);
        return lost && { id: String(lost.id), lost: decimal(record, offset + 16) };
      }
      case RecordType.LostSamples: {
        const lost = readLostSamples(record);
        return lost && { lost: decimal(record, offset + 8), filtered: lost.isFiltered };
      }
      case RecordType.Throttle:
      case RecordType.Unthrottle: {
        const throttle = readThrottle(record);
        return throttle && { time: String(throttle.time), id: String(throttle.id), streamId: String(throttle.streamId) };
      }
      case RecordType.Read: {
        const read = readReadRecord(record, event.attr.readFormat, event.layout.trailerSize);
        return read && { pid: read.pid, tid: read.tid, ...readJson(read.values) };
      }
      case RecordType.Aux: {
        const aux = readAux(record);
        return aux && { auxOffset: String(aux.auxOffset), auxSize: String(aux.auxSize), flags: hexOf(aux.flags) };
      }
      case RecordType.AuxOutputHwId: {
        const id = readAuxOutputHwId(record);
        return id === undefined ? undefined : { id: String(id) };
      }
      case RecordType.ItraceStart: {
        const task = readItraceStart(record);
        return task && { ...task };
      }
      case RecordType.Switch:
      case RecordType.SwitchCpuWide: {
        const change = readSwitch(record);
        if (change === undefined) return undefined;
        const other = record.type === RecordType.SwitchCpuWide ? { otherPid: change.otherPid, otherTid: change.otherTid } : {};
        return { out: change.isOut, preempted: change.isPreempted, ...other };
      }
      case RecordType.Namespaces: {
        const task = readNamespaces(record);
        return task && { pid: task.pid, tid: task.tid, namespaces: task.namespaces.map(({ device, inode }) => ({ device: String(device), inode: String(inode) })) };
      }
      case RecordType.Ksymbol: {
        const symbol = readKsymbol(record, event);
        return symbol && { address: hexAt(record, offset + 8), length: symbol.length, kind: symbol.kind, flags: symbol.flags, name: symbol.name };
      }
      case RecordType.BpfEvent: {
        const program = readBpfEvent(record);
        return program && { ...program };
      }
      case RecordType.Cgroup: {
        const cgroup = readCgroup(record, event);
        return cgroup && { id: String(cgroup.id), path: cgroup.path };
      }
      case RecordType.TextPoke: {
        const poke = readTextPoke(record);
        return poke && { address: hexAt(record, offset + 8), oldBytes: bytesJson(poke.oldBytes), newBytes: bytesJson(poke.newBytes) };
      }
      case RecordType.CallchainDeferred: {
        const deferred = readCallchainDeferred(record);
        return deferred && { cookie: hexAt(record, offset + 8), chain: chainOf(record, deferred.chainOffset, deferred.chainLength) };
      }
      default: return undefined;
    }
  }

  #mmapFields(record: RecordView, event: PerfEvent): JsonObject | undefined {
    const mmap = this.#mmap;
    if (!mmap.read(record, event)) return undefined;
    const { pid, tid, isVersion2, hasProtection, prot, flags, buildId, major, minor, filename } = mmap;
    const { offset, misc } = record;
    const range = { pid, tid, start: hexAt(record, offset + 16), length: hexAt(record, offset + 24), pageOffset: hexAt(record, offset + 32) };
    const hasBuildId = (misc & Misc.MmapBuildId) !== 0;
    const device = { major, minor, inode: decimal(record, offset + 48), generation: decimal(record, offset + 56) };
    const bits = { ...((misc & Misc.MmapData) !== 0 && { data: true }), ...((misc & Misc.ProcMapParseTimeout) !== 0 && { listCut: true }) };
    return { ...range, ...(isVersion2 && { ...(hasBuildId ? { buildId } : device), ...(hasProtection && { prot, flags }) }), filename, ...bits };
  }
}
