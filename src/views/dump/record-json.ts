// Records as JSON for programs: what the dump says, without the bytes and without names of functions. Numbers of 64 bits are strings,
// so that nothing is lost: addresses and masks in hexadecimal with 0x, the others in decimal; BigInt reads both.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { ATTR_FLAG_NAMES, MIN_ATTR_SIZE, readAttr } from '../../perfdata/attr.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import { readIds } from '../../perfdata/file-sections.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { FIRST_USER_TYPE, RecordType, recordTypeName } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readBpfMetadata, readEventUpdate, readSchedstat, readTimeConv } from '../../perfdata/records/about-recording.ts';
import { readAux, readAuxOutputHwId, readAuxtrace, readAuxtraceError, readAuxtraceInfo } from '../../perfdata/records/auxtrace.ts';
import { readBuildId } from '../../perfdata/records/build-id.ts';
import { readCallchainDeferred } from '../../perfdata/records/callchain-deferred.ts';
import { readBpfEvent, readKsymbol, readTextPoke } from '../../perfdata/records/kernel-code.ts';
import { readLost, readLostSamples, readThrottle } from '../../perfdata/records/loss.ts';
import { readCpuMap, readIdIndex, readThreadMap } from '../../perfdata/records/maps.ts';
import { hexOfBytes, MmapRecord } from '../../perfdata/records/mmap.ts';
import { readReadRecord, readStat, readStatConfig, readStatRound } from '../../perfdata/records/stat.ts';
import { readCgroup, readItraceStart, readNamespaces, readSwitch } from '../../perfdata/records/switch.ts';
import { CommRecord, TaskRecord } from '../../perfdata/records/task.ts';
import { SampleView } from '../../perfdata/sample-view.ts';
import { decimal, plainHex } from '../records/exact-numbers.ts';
import { registerNames } from '../records/register-names.ts';
import { chainOf, sampleFields } from './sample-json.ts';

/** What JSON can say. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

export class RecordJson {
  readonly #file: PerfDataFile;
  readonly #raw: SampleView;
  readonly #mmap = new MmapRecord();
  readonly #comm = new CommRecord();
  readonly #task: TaskRecord;
  readonly #registerName: (register: number) => string;

  constructor(file: PerfDataFile) {
    this.#file = file;
    this.#raw = new SampleView(file.wide, file.timeBase, new Diagnostics());
    this.#task = new TaskRecord(file.timeBase);
    this.#registerName = registerNames(file);
  }

  /** One line, without its end. `eventIndex`: of the event that the record belongs to, or -1. */
  line(record: RecordView, eventIndex: number): string {
    return JSON.stringify(this.of(record, eventIndex));
  }

  /** The record as an object: where it lies, its header, its `fields`, and of kernel records other than samples the `sampleId` at their end. */
  of(record: RecordView, eventIndex: number): Json {
    const { type, misc, size, source, fileOffset } = record;
    const isUser = type >= FIRST_USER_TYPE;
    const own = this.#file.events.events[eventIndex];
    const event = own ?? this.#file.events.events[0];
    const fields = isUser ? userFields(record) : this.#kernelFields(record, event);
    return {
      ...(source > 0 && { source }),
      offset: fileOffset,
      ...(record.isDecompressed && { compressed: true }),
      size,
      type,
      name: recordTypeName(type),
      misc,
      ...(own !== undefined && { event: own.name }),
      fields: fields ?? { bytes: hexOfBytes(record.bytes, record.offset + 8, record.end) },
      ...(!isUser && type !== RecordType.Sample && this.#sampleId(record, event)),
    };
  }

  #sampleId(record: RecordView, event: PerfEvent | undefined): { readonly sampleId?: Json } {
    const { layout } = event ?? {};
    if (layout === undefined || layout.trailerSize === 0 || record.size < 8 + layout.trailerSize) return {};
    const { view, end, littleEndian } = record;
    const word = (back: number): string | undefined => (back === 0 ? undefined : decimal(record, end - back));
    const half = (back: number): number | undefined => (back === 0 ? undefined : view.getInt32(end - back, littleEndian));
    return {
      sampleId: {
        pid: half(layout.trailerTid),
        tid: layout.trailerTid === 0 ? undefined : half(layout.trailerTid - 4),
        time: word(layout.trailerTime),
        cpu: half(layout.trailerCpu),
        id: word(layout.trailerAnyId),
        streamId: word(layout.trailerStreamId),
      },
    };
  }

  /** Undefined where there is nothing to decode, or too little. */
  #kernelFields(record: RecordView, event: PerfEvent | undefined): Json | undefined {
    const { offset } = record;
    const address = (at: number): string => `0x${plainHex(record, offset + at)}`;
    switch (record.type) {
      case RecordType.Sample:
        return event !== undefined && this.#raw.read(record, event) ? sampleFields(record, this.#raw, event, this.#registerName) : undefined;
      case RecordType.Mmap:
      case RecordType.Mmap2: return this.#mmapFields(record, event);
      case RecordType.Comm: {
        const comm = this.#comm;
        return comm.read(record, event) ? { pid: comm.pid, tid: comm.tid, comm: comm.name, exec: comm.isExec } : undefined;
      }
      case RecordType.Fork:
      case RecordType.Exit: {
        const task = this.#task;
        return task.read(record) ? { pid: task.pid, ppid: task.ppid, tid: task.tid, ptid: task.ptid, time: decimal(record, offset + 24) } : undefined;
      }
      case RecordType.Lost: {
        const lost = readLost(record);
        return lost === undefined ? undefined : plain({ ...lost, lost: decimal(record, offset + 16) });
      }
      case RecordType.LostSamples: {
        const lost = readLostSamples(record);
        return lost === undefined ? undefined : plain({ ...lost, lost: decimal(record, offset + 8) });
      }
      case RecordType.Throttle:
      case RecordType.Unthrottle: return plain(readThrottle(record));
      case RecordType.Read: {
        const read = event === undefined ? undefined : readReadRecord(record, event.attr.readFormat, event.layout.trailerSize);
        return read === undefined ? undefined : plain({ pid: read.pid, tid: read.tid, ...read.values });
      }
      case RecordType.Aux: return plain(readAux(record));
      case RecordType.AuxOutputHwId: return plain({ id: readAuxOutputHwId(record) });
      case RecordType.ItraceStart: return plain(readItraceStart(record));
      case RecordType.Switch:
      case RecordType.SwitchCpuWide: return plain(readSwitch(record));
      case RecordType.Namespaces: return plain(readNamespaces(record));
      case RecordType.Cgroup: return plain(readCgroup(record, event));
      case RecordType.Ksymbol: {
        const symbol = readKsymbol(record, event);
        return symbol === undefined ? undefined : plain({ ...symbol, address: address(8) });
      }
      case RecordType.BpfEvent: return plain(readBpfEvent(record));
      case RecordType.TextPoke: {
        const poke = readTextPoke(record);
        return poke === undefined ? undefined : plain({ ...poke, address: address(8) });
      }
      case RecordType.CallchainDeferred: {
        const deferred = readCallchainDeferred(record);
        return deferred === undefined ? undefined : { cookie: address(8), chain: chainOf(record, deferred.chainOffset, deferred.chainLength) };
      }
      default: return undefined;
    }
  }

  #mmapFields(record: RecordView, event: PerfEvent | undefined): Json | undefined {
    const mmap = this.#mmap;
    if (!mmap.read(record, event)) return undefined;
    const { pid, tid, isVersion2, isExecutable, prot, flags, buildId, major, minor, filename } = mmap;
    const { offset } = record;
    const [start, length, pageOffset] = [16, 24, 32].map((at) => `0x${plainHex(record, offset + at)}`);
    const common = { pid, tid, start, length, pageOffset, filename };
    if (!isVersion2) return { ...common, executable: isExecutable };
    const file = buildId === '' ? { major, minor, inode: decimal(record, offset + 48), generation: decimal(record, offset + 56) } : { buildId };
    return { ...common, ...file, prot, flags };
  }
}

function userFields(record: RecordView): Json | undefined {
  switch (record.type) {
    case RecordType.HeaderBuildId: return plain(readBuildId(record));
    case RecordType.IdIndex: return { entries: plain(readIdIndex(record)) ?? [] };
    case RecordType.AuxtraceInfo: return plain(readAuxtraceInfo(record));
    case RecordType.Auxtrace: return plain(readAuxtrace(record));
    case RecordType.AuxtraceError: return plain(readAuxtraceError(record));
    case RecordType.ThreadMap: return { threads: plain(readThreadMap(record)) ?? [] };
    case RecordType.CpuMap: return { cpus: readCpuMap(record) };
    case RecordType.StatConfig: return { entries: plain(readStatConfig(record)) ?? [] };
    case RecordType.Stat: return plain(readStat(record));
    case RecordType.StatRound: return plain(readStatRound(record));
    case RecordType.EventUpdate: return plain(readEventUpdate(record));
    case RecordType.TimeConv: return plain(readTimeConv(record));
    case RecordType.BpfMetadata: return plain(readBpfMetadata(record));
    case RecordType.FinishedRound:
    case RecordType.FinishedInit: return {};
    case RecordType.SchedstatCpu:
    case RecordType.SchedstatDomain: {
      const stat = readSchedstat(record);
      if (stat === undefined) return undefined;
      const { countersOffset, ...rest } = stat;
      return plain({ ...rest, counters: hexOfBytes(record.bytes, countersOffset, record.end) });
    }
    case RecordType.HeaderFeature: {
      if (record.size < 16) return undefined;
      const feature = Number(decimal(record, record.offset + 8));
      return { feature, bytes: hexOfBytes(record.bytes, record.offset + 16, record.end) };
    }
    case RecordType.Compressed:
    case RecordType.Compressed2: return { length: record.size - 8 };
    case RecordType.HeaderAttr: return attrFields(record);
    default: return undefined;
  }
}

function attrFields(record: RecordView): Json | undefined {
  const { view, bytes, offset, end, littleEndian } = record;
  const start = offset + 8;
  const size = start + 8 <= end ? view.getUint32(start + 4, littleEndian) || MIN_ATTR_SIZE : 0;
  const attr = size <= end - start ? readAttr(bytes.subarray(start, start + size), littleEndian) : undefined;
  if (attr === undefined) return undefined;
  const flags = ATTR_FLAG_NAMES.filter((_, bit) => bit !== 16 && attr.flag(bit));
  const ids = readIds(bytes.subarray(start + size, end), littleEndian);
  return plain({ ...attr, flagsLow: undefined, flagsHigh: undefined, flags, ids });
}

/** Any value of a decoder as JSON: bigints as decimal strings, bytes as hexadecimal. */
function plain(value: unknown): Json | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return hexOfBytes(value, 0, value.length);
  if (Array.isArray(value)) return value.map((item) => plain(item) ?? null);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
}
