// Records without names of the user's: the same record with another name in it (FORMAT 2.1, 2.2). Bytes stay in the order of the file.
// Records that are not known to hold none are left out.

import { decodeText, encodeText } from '../../bytes/text.ts';
import type { EventTable, PerfEvent } from '../../perfdata/event-table.ts';
import { CPU_MODE_MASK, RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { readEventUpdate } from '../../perfdata/records/about-recording.ts';
import { nameOffset } from '../../perfdata/records/mmap.ts';
import { ByteBuilder, recordBytes } from '../../perfdata/writer/byte-builder.ts';
import { CpuMode } from '../profile.ts';
import type { NameReplacements } from './name-replacements.ts';

/** Where the text begins that ends a record, before its trailer. */
const TEXT_AT: Readonly<Record<number, number>> = {
  [RecordType.Comm]: 16, [RecordType.Cgroup]: 16, [RecordType.Ksymbol]: 24, [RecordType.HeaderBuildId]: 36,
};
/** Numbers only, and code of the kernel's. */
const WITHOUT_NAMES: readonly number[] = [
  RecordType.Lost, RecordType.Exit, RecordType.Throttle, RecordType.Unthrottle, RecordType.Fork, RecordType.Read, RecordType.ItraceStart, RecordType.LostSamples,
  RecordType.Switch, RecordType.SwitchCpuWide, RecordType.Namespaces, RecordType.BpfEvent, RecordType.TextPoke, RecordType.AuxOutputHwId,
  RecordType.CallchainDeferred, RecordType.IdIndex, RecordType.CpuMap, RecordType.StatConfig, RecordType.Stat, RecordType.StatRound, RecordType.TimeConv,
  RecordType.FinishedInit, RecordType.SchedstatCpu, RecordType.SchedstatDomain,
];

/** A copy of a record that is no sample, with its names replaced; undefined for those that are left out. `events`: as they are written. */
export function anonymousRecord(record: RecordView, owner: PerfEvent | undefined, events: EventTable, names: NameReplacements): Uint8Array | undefined {
  const { type, bytes, offset, end } = record;
  if (WITHOUT_NAMES.includes(type)) return bytes.slice(offset, end);
  if (type === RecordType.ThreadMap) return anonymousThreadMap(record, names);
  if (type === RecordType.EventUpdate) return anonymousUpdate(record, events);
  const isMmap = type === RecordType.Mmap || type === RecordType.Mmap2;
  const textAt = isMmap ? nameOffset(bytes, offset, type, record.misc) : TEXT_AT[type];
  if (textAt === undefined) return undefined;
  const trailer = type === RecordType.HeaderBuildId ? 0 : (owner?.layout.trailerSize ?? 0);
  const textEnd = end - trailer;
  if (offset + textAt > textEnd) return undefined;
  const text = decodeText(bytes, offset + textAt, textEnd);
  const builder = new ByteBuilder(record.littleEndian).raw(bytes.subarray(offset, offset + textAt));
  builder.text(replaced(record, text, names), 8).raw(bytes.subarray(textEnd, end));
  const copy = builder.bytes();
  new DataView(copy.buffer).setUint16(6, copy.length, record.littleEndian);
  return copy;
}

/** The payload of the build ids, which are records. */
export function anonymousBuildIds(payload: Uint8Array, littleEndian: boolean, names: NameReplacements): Uint8Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const builder = new ByteBuilder(littleEndian);
  for (let at = 0; at + 36 <= payload.length; ) {
    const size = view.getUint16(at + 6, littleEndian);
    if (size < 36 || at + size > payload.length) break;
    const isKernel = (view.getUint16(at + 4, littleEndian) & CPU_MODE_MASK) === CpuMode.Kernel;
    const path = decodeText(payload, at + 36, at + size);
    const name = new ByteBuilder(littleEndian).text(isKernel ? names.kernelPath(path) : names.path(path), 8).bytes();
    builder.raw(payload.subarray(at, at + 6)).u16(36 + name.length).raw(payload.subarray(at + 8, at + 36)).raw(name);
    at += size;
  }
  return builder.bytes();
}

function replaced(record: RecordView, text: string, names: NameReplacements): string {
  switch (record.type) {
    case RecordType.Comm:
      return names.comm(text);
    case RecordType.Ksymbol:
      // `bpf_prog_TAG_NAME`: the name is the user's.
      return text.replace(/^(bpf_prog_[0-9a-f]{16})_.*$/, '$1');
    case RecordType.Cgroup:
      return text.split('/').map((part) => names.word(part)).join('/');
    default:
      return (record.misc & CPU_MODE_MASK) === CpuMode.Kernel ? names.kernelPath(text) : names.path(text);
  }
}

/** A unit, a scale and CPUs say nothing; the name is that under which the event is written. */
function anonymousUpdate(record: RecordView, events: EventTable): Uint8Array | undefined {
  const update = readEventUpdate(record);
  if (update === undefined) return undefined;
  if (update.kind !== 'name') return record.bytes.slice(record.offset, record.end);
  const event = events.events[events.eventOfUpdate(update.id)];
  const { view, offset, littleEndian } = record;
  if (event === undefined) return undefined;
  return recordBytes(littleEndian, record.type, record.misc, (body) => body.u64(view.getBigUint64(offset + 8, littleEndian)).u64(update.id).text(event.name, 8));
}

const THREAD_NAME = 16;

function anonymousThreadMap(record: RecordView, names: NameReplacements): Uint8Array {
  const copy = record.bytes.slice(record.offset, record.end);
  for (let at = 16; at + 8 + THREAD_NAME <= copy.length; at += 8 + THREAD_NAME) {
    const name = decodeText(copy, at + 8, at + 8 + THREAD_NAME);
    const bytes = encodeText(name === '' ? '' : names.comm(name)).subarray(0, THREAD_NAME - 1);
    copy.fill(0, at + 8, at + 8 + THREAD_NAME);
    copy.set(bytes, at + 8);
  }
  return copy;
}
