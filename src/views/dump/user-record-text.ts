// What `script -D` says of perf's own records (FORMAT 2.2). Most of perf's texts end with a line; some do not, and some say that
// script has no use for the record.

import { FeatureId } from '../../perfdata/features/feature-id.ts';
import type { PerfDataFile } from '../../perfdata/perf-data-file.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readBpfMetadata, readEventUpdate, readSchedstat, readTimeConv, SCHEDSTAT_DOMAIN_COUNTERS } from '../../perfdata/records/about-recording.ts';
import { readAuxtrace, readAuxtraceError, readAuxtraceInfo } from '../../perfdata/records/auxtrace.ts';
import { readCpuRuns, readIdIndex, readThreadMap } from '../../perfdata/records/maps.ts';
import { readAttr, MIN_ATTR_SIZE } from '../../perfdata/attr.ts';
import { attrText } from '../attr-text.ts';
import { featureLines } from '../header.ts';
import { auxtraceInfoLines } from './auxtrace-info.ts';
import { cpuList } from './cpu-lists.ts';
import { alternateHex } from '../records/exact-numbers.ts';

const UNHANDLED = ': unhandled!\n';
const KEY_WIDTH = 20;
/** Numbers of 32 bits in a SCHEDSTAT_CPU. */
const CPU_COUNTERS = 6;

/** The text after `PERF_RECORD_…` of a record of type 64 and above. */
export function userRecordText(record: RecordView, file: PerfDataFile): string {
  switch (record.type) {
    case RecordType.HeaderAttr: return headerAttrText(record, file);
    case RecordType.IdIndex: return idIndexText(record);
    case RecordType.ThreadMap: {
      const threads = readThreadMap(record);
      return ` nr: ${threads.length} thread${threads.length > 1 ? 's' : ''}: ${threads.map(({ tid }) => tid).join(', ')}\n`;
    }
    case RecordType.CpuMap: return `: ${cpuList(readCpuRuns(record))}\n`;
    case RecordType.EventUpdate: return eventUpdateText(record);
    case RecordType.TimeConv: return timeConvText(record);
    case RecordType.HeaderFeature: return featureText(record, file);
    case RecordType.FinishedRound: return '\n';
    case RecordType.FinishedInit: return UNHANDLED;
    case RecordType.HeaderEventType: return UNHANDLED;
    case RecordType.Auxtrace: return auxtraceText(record);
    case RecordType.AuxtraceInfo: return auxtraceInfoText(record);
    case RecordType.AuxtraceError: return auxtraceErrorText(record);
    case RecordType.BpfMetadata: return bpfMetadataText(record);
    case RecordType.SchedstatCpu:
    case RecordType.SchedstatDomain: return schedstatText(record);
    default: return '';
  }
}

function headerAttrText(record: RecordView, file: PerfDataFile): string {
  const { view, bytes, offset, end, littleEndian } = record;
  const start = offset + 8;
  const size = start + 8 <= end ? view.getUint32(start + 4, littleEndian) || MIN_ATTR_SIZE : 0;
  const attr = readAttr(bytes.subarray(start, Math.min(start + size, end)), littleEndian);
  if (attr === undefined) return '\n';
  const id = start + size + 8 <= end ? view.getBigUint64(start + size, littleEndian) : undefined;
  const name = id === undefined ? undefined : file.events.events[file.events.eventOfId(id)]?.name;
  return `, ${attrText(attr, name ?? '', file.features)}`;
}

function idIndexText(record: RecordView): string {
  const entries = readIdIndex(record);
  let text = ` nr: ${entries.length}\n`;
  for (const { id, index, cpu, tid, machinePid, vcpu } of entries) {
    const guest = machinePid === 0 ? '' : `  machine_pid: ${machinePid}  vcpu: ${vcpu}`;
    text += ` ... id: ${id}  idx: ${index}  cpu: ${cpu}  tid: ${tid}${guest}\n`;
  }
  return text;
}

function eventUpdateText(record: RecordView): string {
  const update = readEventUpdate(record);
  if (update === undefined) return '\n';
  const head = `\n... id:    ${update.id}\n`;
  switch (update.kind) {
    case 'unit': return `${head}... unit:  ${update.text}\n`;
    case 'name': return `${head}... name:  ${update.text}\n`;
    case 'scale': return `${head}... scale: ${update.scale.toFixed(6)}\n`;
    default: return `${head}... ${cpuList(update.cpus)}\n`;
  }
}

function timeConvText(record: RecordView): string {
  const time = readTimeConv(record);
  if (time === undefined) return UNHANDLED;
  let text = `\n... Time Shift      ${time.shift}\n... Time Multiplier ${time.multiplier}\n... Time Zero       ${time.zero}\n`;
  if (record.offset + 56 <= record.end) {
    text += `... Time Cycles     ${time.cycles}\n... Time Mask       ${alternateHex(record, record.offset + 40)}\n`;
    text += `... Cap Time Zero   ${Number(time.hasZero)}\n... Cap Time Short  ${Number(time.isShort)}\n`;
  }
  return text + UNHANDLED;
}

function featureText(record: RecordView, file: PerfDataFile): string {
  const { view, offset, end, littleEndian } = record;
  // The end mark has a number and no payload.
  if (offset + 16 >= end) return '';
  const id = Number(view.getBigUint64(offset + 8, littleEndian));
  if (id === 0 || id > FeatureId.ClnSize) return '';
  let text = ', ';
  for (const line of featureLines(id, file)) text += `${line}\n`;
  return text;
}

function auxtraceText(record: RecordView): string {
  const trace = readAuxtrace(record);
  if (trace === undefined) return '\n';
  const [size, place, reference] = [8, 16, 24].map((at) => alternateHex(record, record.offset + at));
  return ` size: ${size}  offset: ${place}  ref: ${reference}  idx: ${trace.index}  tid: ${trace.tid}  cpu: ${trace.cpu}\n`;
}

function auxtraceInfoText(record: RecordView): string {
  const info = readAuxtraceInfo(record);
  return info === undefined ? '\n' : ` type: ${info.kind}\n${auxtraceInfoLines(info).map((line) => `${line}\n`).join('')}`;
}

function auxtraceErrorText(record: RecordView): string {
  const error = readAuxtraceError(record);
  if (error === undefined) return '\n';
  const second = 1_000_000_000n;
  const time = error.time === undefined || error.time === 0n ? '' : `time ${error.time / second}.${String(error.time % second).padStart(9, '0')} `;
  const kind = error.kind === 1 ? 'instruction trace' : 'unknown';
  const ip = BigInt.asUintN(64, BigInt(error.ip)).toString(16);
  const address = ip === '0' ? '0' : `0x${ip}`;
  return ` ${kind} error type ${error.kind} ${time}cpu ${error.cpu} pid ${error.pid} tid ${error.tid} ip ${address} code ${error.code}: ${error.message}\n`;
}

function bpfMetadataText(record: RecordView): string {
  const metadata = readBpfMetadata(record);
  if (metadata === undefined) return UNHANDLED;
  const lines = metadata.entries.map(({ key, value }, i) => `  entry ${i}: ${key.padStart(KEY_WIDTH)} = ${value}\n`);
  return ` prog ${metadata.program}\n${lines.join('')}${UNHANDLED}`;
}

/** In SCHEDSTAT_CPU numbers of 32 bits, then some of 64; in SCHEDSTAT_DOMAIN all have 32. */
function schedstatText(record: RecordView): string {
  const stat = readSchedstat(record);
  if (stat === undefined) return UNHANDLED;
  const { view, end, littleEndian } = record;
  const isCpu = record.type === RecordType.SchedstatCpu;
  const counters: (number | bigint)[] = [];
  let at = stat.countersOffset;
  const small = isCpu ? CPU_COUNTERS : (SCHEDSTAT_DOMAIN_COUNTERS[stat.version] ?? Infinity);
  for (; at + 4 <= end && counters.length < small; at += 4) counters.push(view.getUint32(at, littleEndian));
  for (; isCpu && at + 8 <= end; at += 8) counters.push(view.getBigUint64(at, littleEndian));
  const name = isCpu ? `cpu${stat.cpu}` : `domain${stat.domain}`;
  return `\n${name} ${counters.join(' ')} ${UNHANDLED}`;
}
