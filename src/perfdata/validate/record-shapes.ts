// How long each type of record is, what follows its fixed fields, and which bits of misc it may have (SPEC 4.2 to 4.6): what the checks
// that all records share need to know of a type. In the order of the types.

import { MIN_ATTR_SIZE } from '../attr.ts';
import {
  auxLayout, auxtraceLayout, bpfEventLayout, buildIdLayout, callchainDeferredLayout, cgroupLayout, commLayout, ksymbolLayout,
  lostLayout, lostSamplesLayout, mmap2Layout, mmapLayout, recordHeaderLayout, statLayout, statRoundLayout, switchCpuWideLayout,
  taskLayout, textPokeLayout, throttleLayout,
} from '../layouts/records.ts';
import { Misc, RecordType } from '../record-types.ts';
import type { RecordView } from '../record-view.ts';
import { SCHEDSTAT_DOMAIN_COUNTERS } from '../records/about-recording.ts';
import { endOfRead } from '../sample-view.ts';
import { type RecordContext, u16Of, u32Of, u64Of } from './check.ts';
import { endOfCpuSet } from './cpu-set.ts';

export interface RecordShape {
  readonly type: number;
  /** Where SPEC.md describes it. */
  readonly clause: string;
  /** Bytes that every such record has, its header included. */
  readonly least: number;
  /** Where its fields end in `record.view`, by its own counts; NaN where they say more than there is. Left out: after `least`. */
  readonly end?: (record: RecordView, context: RecordContext) => number;
  /** Text follows from this offset on, to the end of what is the record's own; NaN where this record has none. */
  readonly text?: (record: RecordView) => number;
  /** The text's space is not just as long as it needs. */
  readonly wideText?: true;
  /** Bits of misc that mean something, besides the mode. */
  readonly misc: number;
  /** Sizes need not be multiples of 8. */
  readonly anySize?: true;
}

/** Kinds of EVENT_UPDATE (SPEC 4.8). */
export const UpdateKind = { Unit: 0, Scale: 1, Name: 2, Cpus: 3 } as const;

const SWITCH_MISC = Misc.SwitchOut | Misc.SwitchOutPreempt;
const NO_MISC = 0;

/** Where so many items end that begin at an offset of the record; NaN where they would not fit. */
function items(record: RecordView, context: RecordContext, at: number, count: number, size: number): number {
  const start = record.offset + at;
  return count * size <= context.limit - start ? start + count * size : NaN;
}

/** For records whose text begins at a fixed offset. */
const textAt = (at: number) => (): number => at;

export const RECORD_SHAPES: readonly RecordShape[] = [
  { type: RecordType.Mmap, clause: '4.3.3', least: mmapLayout.size, text: textAt(mmapLayout.size), misc: Misc.ProcMapParseTimeout | Misc.MmapData },
  { type: RecordType.Lost, clause: '4.5.2', least: lostLayout.size, misc: NO_MISC },
  { type: RecordType.Comm, clause: '4.4.2', least: commLayout.size, text: textAt(commLayout.size), misc: Misc.CommExec },
  { type: RecordType.Exit, clause: '4.4.4', least: taskLayout.size, misc: NO_MISC },
  { type: RecordType.Throttle, clause: '4.5.5', least: throttleLayout.size, misc: NO_MISC },
  { type: RecordType.Unthrottle, clause: '4.5.6', least: throttleLayout.size, misc: NO_MISC },
  { type: RecordType.Fork, clause: '4.4.3', least: taskLayout.size, misc: Misc.ForkExec },
  {
    type: RecordType.Read, clause: '4.5.8', least: 16, misc: NO_MISC,
    end: (record, { event, limit }) => {
      if (event === undefined) return limit;
      const end = endOfRead(record, record.offset + 16, event.attr.readFormat);
      return end < 0 || end > limit ? NaN : end;
    },
  },
  {
    type: RecordType.Mmap2, clause: '4.3.4', least: mmap2Layout.size, text: textAt(mmap2Layout.size),
    misc: Misc.ProcMapParseTimeout | Misc.MmapData | Misc.MmapBuildId,
  },
  { type: RecordType.Aux, clause: '4.5.11', least: auxLayout.size, misc: NO_MISC },
  { type: RecordType.ItraceStart, clause: '4.5.12', least: 16, misc: NO_MISC },
  { type: RecordType.LostSamples, clause: '4.5.13', least: lostSamplesLayout.size, misc: Misc.LostSamplesBpf },
  { type: RecordType.Switch, clause: '4.5.14', least: recordHeaderLayout.size, misc: SWITCH_MISC },
  { type: RecordType.SwitchCpuWide, clause: '4.5.15', least: switchCpuWideLayout.size, misc: SWITCH_MISC },
  {
    type: RecordType.Namespaces, clause: '4.5.16', least: 24, misc: NO_MISC,
    end: (record, context) => items(record, context, 24, u64Of(record, 16), 16),
  },
  { type: RecordType.Ksymbol, clause: '4.5.17', least: ksymbolLayout.size, text: textAt(ksymbolLayout.size), misc: NO_MISC },
  { type: RecordType.BpfEvent, clause: '4.5.18', least: bpfEventLayout.size, misc: NO_MISC },
  { type: RecordType.Cgroup, clause: '4.5.19', least: cgroupLayout.size, text: textAt(cgroupLayout.size), misc: NO_MISC },
  {
    type: RecordType.TextPoke, clause: '4.5.20', least: textPokeLayout.size, misc: NO_MISC,
    end: (record, context) => items(record, context, textPokeLayout.size, u16Of(record, 16) + u16Of(record, 18), 1),
  },
  { type: RecordType.AuxOutputHwId, clause: '4.5.21', least: 16, misc: NO_MISC },
  {
    type: RecordType.CallchainDeferred, clause: '4.5.22', least: callchainDeferredLayout.size, misc: NO_MISC,
    end: (record, context) => items(record, context, callchainDeferredLayout.size, u64Of(record, 16), 8),
  },
  {
    // Whether the attr and whole ids fit is said otherwise.
    type: RecordType.HeaderAttr, clause: '4.6.1', least: 8 + MIN_ATTR_SIZE, misc: NO_MISC, end: (_record, { limit }) => limit, anySize: true,
  },
  { type: RecordType.HeaderEventType, clause: '4.6.2', least: 16, misc: NO_MISC, text: textAt(16), wideText: true },
  { type: RecordType.HeaderTracingData, clause: '4.6.3', least: 12, misc: NO_MISC, end: (record, { limit }) => Math.min(record.offset + 16, limit), anySize: true },
  { type: RecordType.HeaderBuildId, clause: '4.6.4', least: buildIdLayout.size, text: textAt(buildIdLayout.size), misc: Misc.BuildIdSize, wideText: true, anySize: true },
  { type: RecordType.FinishedRound, clause: '4.6.5', least: recordHeaderLayout.size, misc: NO_MISC },
  {
    type: RecordType.IdIndex, clause: '4.6.6', least: 16, misc: NO_MISC,
    end: (record, context) => {
      const count = u64Of(record, 8);
      const withGuests = items(record, context, 16, count, 48);
      return Number.isNaN(withGuests) ? items(record, context, 16, count, 32) : withGuests;
    },
  },
  { type: RecordType.AuxtraceInfo, clause: '4.6.7', least: 16, misc: NO_MISC, end: (_record, { limit }) => limit },
  { type: RecordType.Auxtrace, clause: '4.6.8', least: auxtraceLayout.size, misc: NO_MISC },
  {
    type: RecordType.AuxtraceError, clause: '4.6.9', least: 40, misc: NO_MISC,
    end: (record, { limit }) => {
      const layout = u32Of(record, 28);
      const text = record.offset + (layout === 0 ? 40 : 48);
      return layout < 2 ? Math.min(Math.max(text + 64, text), limit) : text + 72 > limit ? NaN : text + 72;
    },
  },
  {
    type: RecordType.ThreadMap, clause: '4.6.10', least: 16, misc: NO_MISC,
    end: (record, context) => items(record, context, 16, u64Of(record, 8), 24),
  },
  { type: RecordType.CpuMap, clause: '4.6.11', least: 12, misc: NO_MISC, end: (record, { limit }) => endOfCpuSet(record, 8, limit) },
  {
    type: RecordType.StatConfig, clause: '4.6.12', least: 16, misc: NO_MISC,
    end: (record, context) => items(record, context, 16, u64Of(record, 8), 16),
  },
  { type: RecordType.Stat, clause: '4.6.13', least: statLayout.size, misc: NO_MISC },
  { type: RecordType.StatRound, clause: '4.6.14', least: statRoundLayout.size, misc: NO_MISC },
  {
    // perf gives all kinds the space of the largest.
    type: RecordType.EventUpdate, clause: '4.6.15', least: 24, misc: NO_MISC, wideText: true,
    text: (record) => (u64Of(record, 8) === UpdateKind.Unit || u64Of(record, 8) === UpdateKind.Name ? 24 : NaN),
    end: (record, context) => {
      const kind = u64Of(record, 8);
      const end = kind === UpdateKind.Scale ? items(record, context, 24, 1, 8) : kind === UpdateKind.Cpus ? endOfCpuSet(record, 24, context.limit) : 0;
      return Number.isNaN(end) ? NaN : context.limit;
    },
  },
  {
    type: RecordType.TimeConv, clause: '4.6.16', least: 32, misc: NO_MISC,
    end: (record, { limit }) => (record.offset + 56 <= limit ? record.offset + 56 : record.offset + 32),
  },
  { type: RecordType.HeaderFeature, clause: '4.6.17', least: 16, misc: NO_MISC, end: (_record, { limit }) => limit, anySize: true },
  { type: RecordType.Compressed, clause: '4.6.18', least: recordHeaderLayout.size, misc: NO_MISC, end: (_record, { limit }) => limit, anySize: true },
  { type: RecordType.FinishedInit, clause: '4.6.19', least: recordHeaderLayout.size, misc: NO_MISC },
  // That its data are too long for it the reader says.
  { type: RecordType.Compressed2, clause: '4.6.20', least: 16, misc: NO_MISC, end: (record, { limit }) => Math.min(record.offset + 16 + u64Of(record, 8), limit) },
  { type: RecordType.BpfMetadata, clause: '4.6.21', least: 8 + 256 + 8, misc: NO_MISC, end: endOfBpfMetadata },
  { type: RecordType.SchedstatCpu, clause: '4.6.22', least: 24 + 6 * 4 + 3 * 8, misc: NO_MISC },
  {
    type: RecordType.SchedstatDomain, clause: '4.6.23', least: 24, misc: NO_MISC,
    end: (record, context) => {
      const counters = SCHEDSTAT_DOMAIN_COUNTERS[u16Of(record, 20)];
      return counters === undefined ? context.limit : items(record, context, 24, counters, 4);
    },
  },
];

const METADATA_ENTRY = 320;

/** The length of the name is what makes the entries fit; a trailer may follow (SPEC 5.5.5). */
function endOfBpfMetadata(record: RecordView, context: RecordContext): number {
  for (const nameSize of [512, 256]) {
    if (record.offset + 8 + nameSize + 8 > context.limit) continue;
    const end = items(record, context, 8 + nameSize + 8, u64Of(record, 8 + nameSize), METADATA_ENTRY);
    if (context.limit - end <= (context.event?.layout.trailerSize ?? 0)) return context.limit;
  }
  return NaN;
}
