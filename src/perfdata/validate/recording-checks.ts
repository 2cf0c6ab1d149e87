// Checks of a recording as a whole, when all of it was seen: what one part says about another (SPEC 1.3 to 1.5, 2.3, 3.2, 6, 7). In the
// order of the clauses.

import type { Rule } from '../../bytes/findings.ts';
import { EventType } from '../attr.ts';
import { FeatureId } from '../features/feature-id.ts';
import type { PerfDataFile } from '../perf-data-file.ts';
import { SampleBit } from '../sample-format.ts';
import type { Tracepoints } from '../tracing/tracepoints.ts';
import type { Seen } from './seen.ts';

export interface RecordingContext {
  readonly file: PerfDataFile;
  readonly seen: Seen;
  /** Files besides the recording itself. */
  readonly otherFiles: number;
  /** What the tracing data describe, where there are any that can be read. */
  readonly tracepoints: Tracepoints | undefined;
}

type Place = readonly [offset: number, detail: string];

interface RecordingCheck extends Rule {
  readonly find: (recording: RecordingContext) => Iterable<Place>;
}

/** ELF's number of a machine by the kernel's name for it. */
const MACHINES: Readonly<Record<string, readonly number[]>> = {
  x86_64: [62, 3], i686: [3], aarch64: [183, 40], s390x: [22], riscv64: [243], ppc64: [21], ppc64le: [21], loongarch64: [258], mips64: [8],
};

/** Where a feature's payload lies; -1 in pipes. */
const placeOf = ({ features }: PerfDataFile, id: number): number => features.section(id)?.offset ?? -1;

export const RECORDING_CHECKS: readonly RecordingCheck[] = [
  {
    code: 'pipe-no-events', clause: '1.3.1', severity: 'error', says: 'A pipe has no HEADER_ATTR record',
    *find({ file, seen }) {
      if (file.container === 'pipe' && file.events.events.length === 0 && seen.records > 0) yield [file.dataOffset, ''];
    },
  },
  {
    code: 'pipe-features-end', clause: '1.3.1', severity: 'warning', says: 'The features of a pipe do not end with a HEADER_FEATURE without payload',
    *find({ file, seen }) {
      if (file.container === 'pipe' && seen.features > 0 && !seen.featuresEnded) yield [file.dataOffset, `${seen.features} features`];
    },
  },
  {
    code: 'directory-unsaid', clause: '1.5.1', severity: 'warning', says: 'Files lie beside `data` that DIR_FORMAT does not speak of',
    *find({ file, otherFiles }) {
      if (otherFiles > 0 && file.features.directoryVersion !== 1n) yield [0, `${otherFiles} files`];
    },
  },
  {
    code: 'directory-alone', clause: '1.5.1', severity: 'warning', says: 'DIR_FORMAT says that there are further files, but none was given',
    *find({ file, otherFiles }) {
      if (otherFiles === 0 && file.features.directoryVersion === 1n) yield [placeOf(file, FeatureId.DirFormat), ''];
    },
  },
  {
    code: 'tracepoint-unknown', clause: '2.1.6', severity: 'warning', says: 'The tracing data do not describe the tracepoint of an event',
    *find({ file, seen, tracepoints }) {
      if (tracepoints === undefined) return;
      for (const { attr, index, name } of file.events.events) {
        if (attr.type === EventType.Tracepoint && tracepoints.name(Number(attr.config)) === undefined) yield [seen.attrs[index] ?? -1, `${name}, number ${attr.config}`];
      }
    },
  },
  {
    code: 'event-without-ids', clause: '2.3.1', severity: 'warning', says: 'An event has no ids, though it is not the only one',
    *find({ file, seen }) {
      const { events } = file.events;
      if (events.length > 1) for (const { ids, index, name } of events) if (ids.length === 0 && !seen.lostIds.has(index)) yield [seen.attrs[index] ?? -1, name];
    },
  },
  {
    code: 'ids-twice', clause: '2.3.1', severity: 'error', says: 'An id belongs to two events',
    *find({ file, seen }) {
      for (const { ids, index, name } of file.events.events) {
        const others = ids.filter((id) => file.events.eventOfId(id) !== index);
        if (others.length > 0) yield [seen.attrs[index] ?? -1, `${others.length} of ${ids.length} ids of ${name}, the first is ${others[0]}`];
      }
    },
  },
  {
    code: 'ids-repeated', clause: '2.3.1', severity: 'warning', says: 'An id stands twice among those of an event',
    *find({ file, seen }) {
      for (const { ids, index, name } of file.events.events) {
        const repeated = ids.length - new Set(ids).size;
        if (repeated > 0) yield [seen.attrs[index] ?? -1, `${repeated} of ${ids.length} ids of ${name}`];
      }
    },
  },
  {
    code: 'event-desc-ids', clause: '3.2.12', severity: 'warning', says: 'EVENT_DESC describes an event by an id that no event has',
    *find({ file }) {
      for (const { ids, name } of file.features.eventDesc ?? []) {
        const unknown = ids.find((id) => file.events.eventOfId(id) < 0);
        if (unknown !== undefined) yield [placeOf(file, FeatureId.EventDesc), `id ${unknown} of ${name}`];
      }
    },
  },
  {
    code: 'branch-stack-unsaid', clause: '3.2.15', severity: 'warning', says: 'BRANCH_STACK and the sampleType of the events do not agree',
    *find({ file }) {
      if (file.container === 'pipe') return;
      const have = file.events.events.some(({ attr }) => (attr.sampleType & SampleBit.BranchStack) !== 0);
      const say = file.features.has(FeatureId.BranchStack);
      if (have !== say && file.features.ids().length > 0) yield [-1, say ? 'no event has branches' : 'there are branches'];
    },
  },
  {
    code: 'auxtrace-missing', clause: '3.2.18', severity: 'warning', says: 'Feature 18 lists AUXTRACE records that are not there',
    *find({ file, seen }) {
      const listed = file.container === 'file' ? (file.features.auxtrace?.length ?? 0) : 0;
      if (listed > seen.auxtraceListed) yield [placeOf(file, FeatureId.Auxtrace), `${listed - seen.auxtraceListed} of ${listed}`];
    },
  },
  {
    code: 'sample-time', clause: '3.2.21', severity: 'warning', says: 'SAMPLE_TIME does not say the times of the first and the last sample',
    *find({ file, seen }) {
      const said = file.features.sampleTime;
      // 0 and 0 says nothing; in a pipe it was written before there were samples (10.1.20).
      if (said === undefined || (said.first === 0n && said.last === 0n) || file.container === 'pipe' || seen.lastSample < seen.firstSample) return;
      const first = file.timeBase.exact(seen.firstSample);
      const last = file.timeBase.exact(seen.lastSample);
      if (said.first !== first || said.last !== last) yield [placeOf(file, FeatureId.SampleTime), `${said.first} and ${said.last}, not ${first} and ${last}`];
    },
  },
  {
    code: 'machine', clause: '3.2.33', severity: 'warning', says: 'E_MACHINE and ARCH do not agree',
    *find({ file: { features }, file }) {
      const machine = features.machine?.machine;
      const expected = MACHINES[features.arch ?? ''];
      if (machine !== undefined && expected !== undefined && !expected.includes(machine)) yield [placeOf(file, FeatureId.EMachine), `machine ${machine} on ${features.arch}`];
    },
  },
  {
    code: 'events-without-id', clause: '5.6.5', severity: 'error', says: 'There are samples of several events, but they do not say which',
    *find({ file, seen }) {
      const { events } = file.events;
      if (seen.samples > 0 && events.length > 1 && events[0]!.layout.anyId < 0) yield [seen.attrs[1] ?? -1, `${events.length} events`];
    },
  },
  {
    code: 'clocks-differ', clause: '6.2.1', severity: 'warning', says: 'The events do not all use one clock',
    *find({ file, seen }) {
      const [first, ...others] = file.events.events;
      for (const { attr, index, name } of others) {
        if (attr.useClockid !== first!.attr.useClockid || attr.clockId !== first!.attr.clockId) yield [seen.attrs[index] ?? -1, `${name}: clock ${attr.clockId}, the first event: ${first!.attr.clockId}`];
      }
    },
  },
  {
    code: 'clock-data', clause: '6.2.2', severity: 'warning', says: 'CLOCK_DATA is about another clock than the events',
    *find({ file }) {
      const said = file.features.clockData;
      const attr = file.events.events[0]?.attr;
      if (said === undefined || attr === undefined || !attr.useClockid || said.clockId === attr.clockId >>> 0) return;
      yield [placeOf(file, FeatureId.ClockData), `clock ${said.clockId}, the events: ${attr.clockId}`];
    },
  },
  {
    code: 'tracing-data-missing', clause: '7.1.1', severity: 'warning', says: 'There are tracepoints, but no tracing data that describe them',
    *find({ file }) {
      const { events } = file.events;
      if (file.features.has(FeatureId.TracingData)) return;
      const count = events.filter(({ attr }) => attr.type === EventType.Tracepoint).length;
      if (count > 0) yield [-1, `${count} of ${events.length} events`];
    },
  },
];
