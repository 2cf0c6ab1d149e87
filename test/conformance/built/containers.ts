// Files, pipes and directories (SPEC 1.1 to 1.3, 1.5, 1.7).

import { event } from '../builder/event.ts';
import { dirFormat, eventDesc, nrCpus, textFeature } from '../builder/features.ts';
import * as kernel from '../builder/kernel-records.ts';
import * as own from '../builder/own-records.ts';
import { someBytes } from '../builder/packer.ts';
import type { RecordSpec } from '../builder/record.ts';
import { sample } from '../builder/sample.ts';
import { big, broken, little, twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [7n] });
const faults = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [8n] });
const at = (time: bigint, which = clock): RecordSpec => sample(which, { ip: 0x400000n + time, pid: 1, tid: 2, time });
const name = kernel.comm(clock, { pid: 1, tid: 2, comm: 'name' }, { pid: 1, tid: 2, time: 5n });
const said = [textFeature('HOSTNAME', 'elsewhere'), nrCpus(4, 3)];

function fileVectors(): Vector[] {
  return [
    ...twins({ name: 'file', about: 'A file with an event, three records and two features', clauses: ['1.1.1', '1.2.1', '1.2.2', '1.2.7', '4.1.1', '4.5.9'] }, { events: [clock], features: said, records: [name, at(10n), at(20n)] }),
    ...twins({ name: 'file-no-records', about: 'A file with nothing behind its attrs: no records', clauses: ['1.2.5'] }, { events: [clock], records: [] }),
    ...twins({ name: 'file-header-72', about: 'A header of 72 bytes, without feature bits', clauses: ['1.2.1'] }, { events: [clock], headerSize: 72, records: [name, at(10n)] }),
    ...twins({ name: 'file-attrs-last', about: 'Attrs and ids behind records and features, as perf inject writes them', clauses: ['1.2.2', '10.1.16'] }, { events: [clock, faults], attrsLast: true, features: said, records: [name, at(10n), at(20n, faults)] }),
    ...twins({ name: 'file-entry-size', about: 'The header says 0 bytes for an attr entry: the first attr\'s own size and 16 more are right', clauses: ['1.2.3'] }, {
      events: [clock, faults], header: { attrSize: 0 }, records: [name, at(10n), at(20n, faults)],
      departures: () => [{ clause: '1.2.3', offset: 16, severity: 'error' }],
    }),
    ...twins({ name: 'file-entry-size-odd', about: 'The header says 161 bytes for an attr entry', clauses: ['1.2.3'] }, {
      events: [clock, faults], header: { attrSize: 161 }, records: [name, at(10n), at(20n, faults)],
      departures: () => [{ clause: '1.2.3', offset: 16, severity: 'error' }],
    }),
    ...twins({ name: 'file-attrs-too-long', about: 'The header says an attr section that runs into the records', clauses: ['1.2.4'] }, {
      events: [event({ sampleType: ['IP', 'TID', 'TIME'] })].map((only) => only), header: { attrsSize: 100_000 },
      records: [],
      departures: () => [{ clause: '1.2.4', offset: 32, severity: 'error' }],
    }),
    ...twins({ name: 'file-killed', about: 'The writer was killed: a data size of 0 and feature bits set, where there are records', clauses: ['1.2.5'] }, {
      events: [clock], header: { dataSize: 0, featureWords: [0x3e3ff8n, 0n, 0n, 0n] }, records: [name, at(10n), at(20n)],
      departures: () => [{ clause: '1.2.5', offset: 48, severity: 'error' }],
    }),
    ...twins({ name: 'file-killed-torn', about: 'The writer was killed, and its last record is not whole', clauses: ['1.2.5', '1.6.1'] }, {
      events: [clock], header: { dataSize: 0, featureWords: [0x3e3ff8n, 0n, 0n, 0n] }, records: [name, at(10n), at(20n)],
      harm: ({ end }) => ({ cut: end - 11 }),
      left: { records: 2 },
      departures: ({ records }) => [{ clause: '1.2.5', offset: 48, severity: 'error' }, { clause: '1.6.1', offset: records[2]!.offset, severity: 'error' }],
    }),
    big({ name: 'file-32-bit-words-be', about: 'Feature bits as a big-endian machine of 32 bits writes them: the halves of each word exchanged', clauses: ['1.2.8'] }, {
      events: [clock], features: [...said, textFeature('ARCH', 'ppc')], records: [name], header: { featureWords: [((1n << 3n) | (1n << 6n) | (1n << 7n)) << 32n, 0n, 0n, 0n] },
    }),
    little({ name: 'file-32-bit-words-le', about: 'Feature bits as a little-endian machine of 32 bits writes them: the same bytes as those of 64 bits', clauses: ['1.2.8'] }, {
      events: [clock], features: [...said, textFeature('ARCH', 'i686')], records: [name],
    }),
    ...twins({ name: 'file-feature-records', about: 'A file that perf inject made of a pipe: features as records, no bits; a later one replaces an earlier one', clauses: ['1.3.3'] }, {
      events: [clock], records: [own.headerFeature(textFeature('HOSTNAME', 'elsewhere')), own.headerFeature(nrCpus(2, 2)), own.endOfFeatures(), name, own.headerFeature(nrCpus(4, 3))],
    }),
    ...twins({ name: 'file-feature-both', about: 'A feature in the header and another one in a record: the header\'s counts', clauses: ['1.3.3'] }, {
      events: [clock], features: [textFeature('HOSTNAME', 'elsewhere')], records: [own.headerFeature(textFeature('HOSTNAME', 'in a record')), own.headerFeature(nrCpus(4, 3)), name],
    }),
    ...twins({ name: 'file-attr-record', about: 'An attr section and a HEADER_ATTR record: the section counts', clauses: ['1.3.3'] }, { events: [clock], records: [own.headerAttr(faults), name] }),
  ];
}

function pipeVectors(): Vector[] {
  const attrs = [own.headerAttr(clock), own.headerAttr(faults)];
  const events = [clock, faults];
  const odd = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [9n], config: 3n, name: 'context-switches' });
  return [
    ...twins({ name: 'pipe', about: 'A pipe: events and features as records, then others', clauses: ['1.1.1', '1.2.1', '1.3.1', '1.3.4'] }, {
      container: 'pipe', events, records: [...attrs, ...said.map(own.headerFeature), own.endOfFeatures(), name, at(10n), at(20n, faults), own.finishedRound()],
    }),
    ...twins({ name: 'pipe-empty', about: 'A pipe in which nothing came', clauses: ['1.3.1'] }, { container: 'pipe', records: [] }),
    ...twins({ name: 'pipe-unaligned', about: 'HEADER_FEATURE records of odd sizes: what follows lies at any offset', clauses: ['1.3.2', '4.1.1'] }, {
      container: 'pipe', events, records: [...attrs, own.headerFeature(textFeature('HOSTNAME', 'odd', 3)), own.headerFeature(textFeature('ARCH', 'x86_64', 6)), name, at(10n), at(20n, faults)],
    }),
    ...twins({ name: 'pipe-late', about: 'An event and features that come late, and again', clauses: ['1.3.1'] }, {
      container: 'pipe', events: [clock, faults, odd],
      records: [...attrs, own.headerFeature(nrCpus(2, 2)), own.endOfFeatures(), name, own.headerAttr(odd), at(10n), at(20n, odd), own.headerFeature(textFeature('HOSTNAME', 'late')), own.headerFeature(nrCpus(4, 3))],
    }),
    ...twins({ name: 'pipe-flags', about: 'BRANCH_STACK and STAT in a pipe are there without payload; the mark of the end is another number', clauses: ['1.3.1', '3.1.5'] }, {
      container: 'pipe', events: [clock], records: [own.headerAttr(clock), own.emptyHeaderFeature('BRANCH_STACK'), own.emptyHeaderFeature('STAT'), own.endOfFeatures()],
    }),
    ...twins({ name: 'pipe-tracing-data', about: 'HEADER_TRACING_DATA among the records that say what the recording is: what comes behind its data is read', clauses: ['1.3.5', '4.1.6', '4.6.3'] }, {
      container: 'pipe', events, records: [own.headerAttr(clock), own.tracingData(someBytes(24)), own.headerAttr(faults), own.headerFeature(nrCpus(4, 3)), name, at(10n, faults)],
      departures: ({ records }) => [{ clause: '7.1.2', offset: records[1]!.offset + 16, severity: 'error' }],
    }),
  ];
}

function version1Vectors(): Vector[] {
  const old = event({ sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [71n, 72n], size: 72 });
  const traced = event({ type: 2, config: 0x13an, name: 'sched:sched_switch', sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [73n], size: 72 });
  const other = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [73n], size: 72 });
  const records = [kernel.comm(old, { pid: 1, tid: 2, comm: 'name' }, { pid: 1, tid: 2, time: 5n }), sample(old, { ip: 1n, pid: 1, tid: 2, time: 10n }), sample(traced, { ip: 2n, pid: 1, tid: 2, time: 20n })];
  return [
    ...twins({ name: 'version-1-file', about: 'A file of version 1, with event types: its magic number is the same in both byte orders', clauses: ['1.1.2', '1.1.3', '1.7.1', '1.7.2'] }, {
      version: 1, events: [old, traced], eventTypes: [{ id: 0n, name: 'cpu-clock' }, { id: 0x13an, name: 'sched:sched_switch' }],
      features: [textFeature('HOSTNAME', 'old'), eventDesc([{ event: old, name: 'cpu-clock' }, { event: traced, name: 'sched:sched_switch' }], 72)], records,
    }),
    ...twins({ name: 'version-1-pipe', about: 'A pipe of version 1', clauses: ['1.1.2', '1.1.3'] }, {
      version: 1, container: 'pipe', events: [old, other], records: [own.headerAttr(old), own.headerAttr(other), records[0]!, records[1]!, sample(other, { ip: 2n, pid: 1, tid: 2, time: 20n })],
    }),
  ];
}

function directoryVectors(): Vector[] {
  const first = [at(30n), at(10n), kernel.comm(clock, { pid: 1, tid: 2, comm: 'zero' }, { pid: 1, tid: 2, time: 40n })];
  const second = [at(20n), at(5n, faults), at(35n)];
  return [
    ...twins({ name: 'directory', about: 'A directory: records of three files, merged by time; rounds in data say nothing about the others', clauses: ['1.5.1', '1.5.2', '6.1.6', '10.1.18'] }, {
      events: [clock, faults], features: [...said, dirFormat(1n)], records: [name, own.finishedRound(), at(15n), own.finishedRound(), own.finishedRound()], more: [first, second],
    }),
    ...twins({ name: 'directory-empty-part', about: 'A directory with an empty data.0', clauses: ['1.5.1', '1.5.2'] }, { events: [clock, faults], features: [dirFormat(1n)], records: [name], more: [[], second] }),
  ];
}

function simpleperfVectors(): Vector[] {
  return twins({ name: 'record-simpleperf', about: 'Records of simpleperf: a short one, and one of more than 64 KiB, whose misc is the upper half of its size: it is skipped whole', clauses: ['10.3.2', '4.1.3'] }, {
    events: [clock], records: [name, own.unknownOwn(32769, someBytes(24)), own.longRecord(32770, 65_536 + 40), at(10n)],
  });
}

/** What is no recording. */
function brokenVectors(): Vector[] {
  const header = [...new TextEncoder().encode('PERFILE2')];
  return [
    broken({ name: 'not-a-recording', about: 'Another magic number', clauses: ['1.1.4'] }, [...new TextEncoder().encode('PERFILE3'), ...someBytes(96)], 0),
    broken({ name: 'not-a-recording-empty', about: 'An empty file', clauses: ['1.1.4'] }, [], 0),
    broken({ name: 'not-a-recording-short', about: 'A file that ends behind the magic number', clauses: ['1.1.4'] }, [...header, 104, 0, 0, 0], 0),
    broken({ name: 'not-a-recording-cut-header', about: 'A file that ends within its header', clauses: ['1.2.11'] }, [...header, 104, 0, 0, 0, 0, 0, 0, 0, ...someBytes(87)], 0),
    broken({ name: 'not-a-recording-text', about: 'Text', clauses: ['1.1.4'] }, new TextEncoder().encode('# captured on: Thu Nov 27 2026\n'), 0),
  ];
}

export const containerVectors: readonly Vector[] = [...fileVectors(), ...pipeVectors(), ...version1Vectors(), ...directoryVectors(), ...simpleperfVectors(), ...brokenVectors()];
