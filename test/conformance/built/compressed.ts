// Compressed records (SPEC 1.4). The frames are made without compressing; the recorded vectors have real ones.

import { event } from '../builder/event.ts';
import { compressed, textFeature } from '../builder/features.ts';
import * as kernel from '../builder/kernel-records.ts';
import * as own from '../builder/own-records.ts';
import { Packer, someBytes } from '../builder/packer.ts';
import type { RecordSpec } from '../builder/record.ts';
import { compressedRecords } from '../builder/records-part.ts';
import { sample } from '../builder/sample.ts';
import { twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [7n] });
const at = (time: bigint): RecordSpec => sample(clock, { ip: 0x400000n + time, pid: 1, tid: 2, time });
const name = (time: bigint): RecordSpec => kernel.comm(clock, { pid: 1, tid: 2, comm: `at ${time}` }, { pid: 1, tid: 2, time });
const said = [textFeature('HOSTNAME', 'elsewhere'), compressed({ version: 1, type: 1, level: 1, ratio: 1, mmapLength: 0x1000 })];

/** COMPRESSED records of any data. */
function rawCompressed(type: 81 | 83, data: Iterable<number>, saidLength?: number): RecordSpec {
  const bytes = [...data];
  return {
    type,
    misc: 0,
    body: {
      write: (packer: Packer) => {
        if (type === 83) packer.u64(saidLength ?? bytes.length);
        packer.raw(bytes);
        if (type === 83) packer.align(8);
      },
      json: { dataSize: type === 83 ? String(saidLength ?? bytes.length) : bytes.length },
    },
  };
}

export const compressedVectors: readonly Vector[] = [
  ...twins({ name: 'compressed2', about: 'COMPRESSED2: three pieces of one frame that is never ended; records of the file between them', clauses: ['1.4.1', '1.4.2', '1.4.3', '4.6.20', '3.2.27'] }, {
    events: [clock], features: said,
    records: [name(1n), compressedRecords([at(10n), at(20n)]), own.finishedRound(), compressedRecords([name(25n)]), compressedRecords([at(30n), at(40n), at(35n)]), own.finishedRound()],
  }),
  ...twins({ name: 'compressed', about: 'COMPRESSED, of odd sizes: what follows lies at any offset', clauses: ['1.4.1', '4.6.18', '10.1.7', '4.1.1'] }, {
    events: [clock], features: said,
    records: [compressedRecords([at(10n), at(20n)], { version: 1 }), name(21n), compressedRecords([at(30n)], { version: 1 }), own.finishedRound()],
  }),
  ...twins({ name: 'compressed-straddling', about: 'Records that begin in one piece and end in the next, in the header and in the fields; records of the file between the pieces come first', clauses: ['1.4.3'] }, {
    events: [clock], features: said,
    records: [
      compressedRecords([at(10n), at(20n)], { heldBack: 30 }), name(21n), compressedRecords([at(30n)], { heldBack: 41 }), own.finishedRound(),
      compressedRecords([name(45n)], { heldBack: 1 }), compressedRecords([at(50n)]),
    ],
  }),
  ...twins({ name: 'compressed-cut-record', about: 'The last piece ends within a record: it is lost', clauses: ['1.4.3'] }, {
    events: [clock], features: said,
    records: [compressedRecords([at(10n), at(20n)], { heldBack: 8 })],
    departures: ({ records }) => [{ clause: '1.4.3', offset: records[0]!.offset, severity: 'error' }],
  }),
  ...twins({ name: 'compressed-frames', about: 'A new frame begins with a piece, though the one before was not ended; another one after an end', clauses: ['1.4.2'] }, {
    events: [clock], features: said,
    records: [compressedRecords([at(10n)]), compressedRecords([at(20n)], { newFrame: true, endFrame: true }), compressedRecords([at(30n)])],
  }),
  ...twins({ name: 'compressed-without-feature', about: 'Compressed records without feature 27, in a pipe', clauses: ['1.4.5'] }, {
    container: 'pipe', events: [clock], records: [own.headerAttr(clock), name(1n), compressedRecords([at(10n)]), compressedRecords([at(20n)], { version: 1 })],
  }),
  ...twins({ name: 'compressed-damaged', about: 'A piece that is no zstd: it and those that follow are lost, until one begins a frame', clauses: ['1.4.4'] }, {
    events: [clock], features: said,
    records: [
      compressedRecords([at(10n)]), rawCompressed(83, [0xff, 0xff, 0xff, ...someBytes(20)]), rawCompressed(83, [0x18, 0x00, 0x00, 1, 2, 3]), name(25n),
      compressedRecords([at(30n)], { newFrame: true }), compressedRecords([at(40n)]),
    ],
    departures: ({ records }) => [{ clause: '1.4.4', offset: records[2]!.offset, severity: 'error' }],
  }),
  ...twins({ name: 'compressed-length', about: 'COMPRESSED2 that says a length beyond itself: all that it has is data', clauses: ['1.4.1'] }, {
    events: [clock], features: said,
    // 64 bytes of data in all, so that nothing is padding.
    records: [compressedRecords([at(10n), own.unknownOwn(100, someBytes(7))], { saidLength: 0x7fffffffn }), compressedRecords([at(20n)])],
    departures: ({ records }) => [{ clause: '1.4.1', offset: records[0]!.offset, severity: 'error' }],
  }),
  ...twins({ name: 'compressed-twice', about: 'A compressed record within a compressed record: it is left alone', clauses: ['1.4.6'] }, {
    events: [clock], features: said,
    records: [compressedRecords([at(10n), rawCompressed(83, someBytes(16)), at(20n)])],
    departures: ({ records }) => [{ clause: '1.4.6', offset: records[0]!.offset, severity: 'error' }],
  }),
  ...twins({ name: 'compressed-directory', about: 'A directory whose files are compressed, each by itself', clauses: ['1.5.2', '1.5.1'] }, {
    events: [clock], features: [...said, textFeature('ARCH', 'x86_64')], records: [name(1n), compressedRecords([at(10n), at(40n)], { heldBack: 5 }), compressedRecords([at(50n)])],
    more: [[compressedRecords([at(20n), at(30n)], { heldBack: 7 }), compressedRecords([])], [compressedRecords([at(15n)])]],
  }),
];
