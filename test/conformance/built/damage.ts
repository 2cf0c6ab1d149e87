// Recordings that end too early, in every place where one can, and bytes that are no records (SPEC 1.6): what is whole is read.

import { event } from '../builder/event.ts';
import { nrCpus, textFeature } from '../builder/features.ts';
import * as kernel from '../builder/kernel-records.ts';
import * as own from '../builder/own-records.ts';
import { someBytes } from '../builder/packer.ts';
import { changedNumber, type RecordSpec } from '../builder/record.ts';
import { compressedRecords } from '../builder/records-part.ts';
import type { Departure, Layout, RecordingSpec } from '../builder/recording.ts';
import { sample } from '../builder/sample.ts';
import { twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [7n, 8n] });
const faults = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [9n] });
const at = (time: bigint, which = clock): RecordSpec => sample(which, { ip: 0x400000n + time, pid: 1, tid: 2, time });
const name = kernel.comm(clock, { pid: 1, tid: 2, comm: 'name' }, { pid: 1, tid: 2, time: 5n });
const said = [textFeature('HOSTNAME', 'elsewhere'), textFeature('OSRELEASE', '6.18.1'), nrCpus(4, 3)];
const whole: RecordingSpec = { events: [clock, faults], features: said, records: [name, at(10n), at(20n, faults), at(30n)] };

const error = (clause: string, offset: number): Departure => ({ clause, offset, severity: 'error' });

function cutFiles(): Vector[] {
  const cut = (where: string, about: string, clauses: readonly string[], cutAt: (layout: Layout) => number, left: RecordingSpec['left'], departures: (layout: Layout) => readonly Departure[]): Vector[] =>
    twins({ name: `cut-${where}`, about: `A file that ends ${about}`, clauses }, { ...whole, harm: (layout) => ({ cut: cutAt(layout) }), ...(left !== undefined && { left }), departures });
  return [
    ...cut('in-attrs', 'within its second attr: the first one is read, without its ids', ['1.2.6', '2.3.3'], ({ attrs, entrySize }) => attrs + entrySize + 50,
      { events: [0], withoutIds: [0], records: 0, features: [] }, ({ attrs, entrySize, data }) => [error('1.2.6', data), error('1.2.2', attrs + entrySize), error('2.3.3', attrs + entrySize - 16)]),
    ...cut('in-ids', 'within its ids: an event whose ids are not all there has none', ['1.2.6', '2.3.3'], ({ ids }) => ids + 20,
      { withoutIds: [1], records: 0, features: [] }, ({ attrs, entrySize, data }) => [error('1.2.6', data), error('2.3.3', attrs + 2 * entrySize - 16)]),
    ...cut('before-records', 'where its records should begin', ['1.2.6'], ({ data }) => data, { records: 0, features: [] }, ({ data }) => [error('1.2.6', data)]),
    ...cut('in-record-header', 'within the header of a record', ['1.2.6', '1.6.1'], ({ records }) => records[2]!.offset + 5, { records: 2, features: [] },
      ({ records }) => [error('1.2.6', records[2]!.offset + 5), error('1.6.1', records[2]!.offset)]),
    ...cut('in-record', 'within a record', ['1.2.6', '1.6.1'], ({ records }) => records[2]!.offset + 20, { records: 2, features: [] },
      ({ records }) => [error('1.2.6', records[2]!.offset + 20), error('1.6.1', records[2]!.offset)]),
    ...cut('between-records', 'between two records', ['1.2.6'], ({ records }) => records[2]!.offset, { records: 2, features: [] }, ({ records }) => [error('1.2.6', records[2]!.offset)]),
    ...cut('before-features', 'behind its records', ['1.2.6', '1.2.7'], ({ table }) => table, { features: [] }, ({ table }) => [error('1.2.7', table)]),
    ...cut('in-feature-table', 'within the second entry of its feature table', ['1.2.7', '1.2.9'], ({ table }) => table + 20, { features: [] },
      ({ table }) => [error('1.2.9', table), error('1.2.7', table + 16)]),
    ...cut('in-feature', 'within the payload of its second feature', ['1.2.9'], ({ features }) => features.get('OSRELEASE')!.offset + 9, { features: ['HOSTNAME'] },
      ({ features }) => [error('1.2.9', features.get('OSRELEASE')!.entry), error('1.2.9', features.get('NRCPUS')!.entry)]),
  ];
}

function cutOthers(): Vector[] {
  const trace = own.auxtrace({ traceOffset: 0n, reference: 1n, index: 0, tid: -1, cpu: 0, payload: someBytes(40) });
  const pipe: readonly RecordSpec[] = [own.headerAttr(clock), own.headerFeature(said[0]!), name, at(10n)];
  return [
    ...twins({ name: 'cut-in-payload', about: 'A file that ends within the data behind an AUXTRACE record: the record counts', clauses: ['1.6.3', '4.1.6'] }, {
      events: [clock, faults], records: [name, trace],
      harm: ({ end }) => ({ cut: end - 16 }),
      left: { records: 2, payloads: new Map([[1, someBytes(24)]]) },
      departures: ({ records, end }) => [error('1.2.6', end - 16), error('1.6.3', records[1]!.offset)],
    }),
    ...twins({ name: 'cut-in-compressed', about: 'A file that ends within a compressed record: what was in the ones before is read', clauses: ['1.6.1', '1.4.3'] }, {
      events: [clock, faults], records: [compressedRecords([name, at(10n)]), compressedRecords([at(20n), at(30n)])],
      harm: ({ end }) => ({ cut: end - 30 }),
      left: { records: 3 },
      departures: ({ records, end }) => [error('1.2.6', end - 30), error('1.6.1', records[3]!.offset)],
    }),
    ...twins({ name: 'cut-pipe', about: 'A pipe that ends within a record', clauses: ['1.3.1', '1.6.1'] }, {
      container: 'pipe', events: [clock], records: pipe, harm: ({ end }) => ({ cut: end - 1 }), left: { records: 3 },
      departures: ({ records }) => [error('1.6.1', records[3]!.offset)],
    }),
    ...twins({ name: 'cut-pipe-attr', about: 'A pipe that ends within its only HEADER_ATTR record: there is no event, and no record', clauses: ['1.3.1', '1.6.1'] }, {
      container: 'pipe', events: [clock], records: pipe, harm: ({ records }) => ({ cut: records[0]!.offset + 100 }), left: { events: [], records: 0 },
      departures: ({ records }) => [error('1.6.1', records[0]!.offset)],
    }),
    ...twins({ name: 'cut-pipe-header', about: 'A pipe that ends behind its header', clauses: ['1.3.1'] }, { container: 'pipe', events: [clock], records: pipe, harm: () => ({ cut: 16 }), left: { events: [], records: 0 } }),
    ...twins({ name: 'cut-directory-part', about: 'A directory whose data.0 ends within a record', clauses: ['1.5.1', '1.6.1'] }, {
      events: [clock, faults], records: [name], features: [nrCpus(4, 4)], more: [[at(10n), { ...at(20n), cutTo: 30 }], [at(15n)]],
      left: { records: [0, 1, 3] },
      departures: ({ more }) => [error('1.6.1', more[0]![1]!.offset)],
    }),
  ];
}

/** Bytes that nobody takes for the header of a record. */
const NOISE = [0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee];

function noiseVectors(): Vector[] {
  const noise = (count: number): RecordSpec => own.bytesBetween(NOISE.slice(0, count));
  const more = [20n, 30n, 40n, 50n].map((time) => at(time));
  return [
    ...twins({ name: 'noise', about: 'Thirteen bytes that are no record, between records: reading goes on behind them', clauses: ['1.6.2'] }, {
      events: [clock], records: [name, at(10n), noise(13), ...more],
      left: { records: [0, 1, 3, 4, 5, 6] },
      departures: ({ records }) => [error('1.6.2', records[2]!.offset)],
    }),
    ...twins({ name: 'noise-type-0', about: 'A header of type 0: reading goes on behind it', clauses: ['1.6.2'] }, {
      events: [clock], records: [name, own.bytesBetween([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]), at(10n), ...more],
      left: { records: [0, 2, 3, 4, 5, 6] },
      departures: ({ records }) => [error('1.6.2', records[1]!.offset)],
    }),
    ...twins({ name: 'noise-size-below-8', about: 'A record that says a size of 4', clauses: ['1.6.2', '4.1.1'] }, {
      events: [clock], records: [name, { ...at(10n), saidSize: 4 }, ...more],
      left: { records: [0, 2, 3, 4, 5] },
      departures: ({ records }) => [error('1.6.2', records[1]!.offset)],
    }),
    ...twins({ name: 'noise-size-too-large', about: 'A record that says a size beyond the recording, but is followed by others: they are read', clauses: ['1.6.1'] }, {
      events: [clock], records: [name, { ...at(10n), saidSize: 60_000 }, ...more],
      left: { records: [0, 2, 3, 4, 5] },
      departures: ({ records }) => [error('1.6.1', records[1]!.offset)],
    }),
    ...twins({ name: 'noise-unlikely-type', about: 'A record of a type that is not known and that is not plausible: its size is not believed', clauses: ['1.6.2'] }, {
      events: [clock], records: [name, own.unknownOwn(0x01020304, someBytes(24), 0x1234), at(10n), ...more],
      left: { records: [0, 2, 3, 4, 5, 6] },
      departures: ({ records }) => [error('1.6.2', records[1]!.offset)],
    }),
    ...twins({ name: 'noise-at-end', about: 'Bytes that are no record behind the last one', clauses: ['1.6.2'] }, {
      events: [clock], records: [name, at(10n), noise(13)],
      left: { records: 2 },
      departures: ({ records }) => [error('1.6.2', records[2]!.offset)],
    }),
    ...twins({ name: 'count-beyond', about: 'Counts that reach beyond their records are cut to what is there', clauses: ['4.1.5'] }, () => {
      const alone = event({ sampleType: ['IP'] });
      const far = 0xffffffffffffffffn;
      const id = { id: 7n, index: 0n, cpu: 3n, tid: -1n };
      return {
        events: [alone],
        records: [
          changedNumber(kernel.namespaces(alone, { pid: 1, tid: 2, namespaces: [{ device: 3n, inode: 4n }] }, {}), 16, 8, far),
          changedNumber(own.idIndex([id], false), 8, 8, 2n), changedNumber(own.idIndex([id], false), 8, 8, far),
          changedNumber(own.threadMap([{ tid: 1n, name: 'one' }]), 8, 8, far),
          changedNumber(own.cpuMap({ kind: 'list', cpus: [5, 6, 7, 8, 9, 10] }), 10, 2, 0xffffn), changedNumber(own.cpuMap({ kind: 'mask', wordSize: 8, words: [5n], cpus: [0, 2] }), 10, 2, 0xffffn),
          changedNumber(own.statConfig([{ tag: 1n, value: 2n }]), 8, 8, far),
        ],
        departures: ({ records }) => records.map(({ offset }) => error('4.1.5', offset)),
      };
    }),
  ];
}

export const damageVectors: readonly Vector[] = [...cutFiles(), ...cutOthers(), ...noiseVectors()];
