// Trailers (SPEC 5.5), and which event a record belongs to (SPEC 5.6).

import { event, type SampleBit } from '../builder/event.ts';
import * as kernel from '../builder/kernel-records.ts';
import { someBytes } from '../builder/packer.ts';
import { Mode, shortened, TRAILER_BITS, undecoded, unowned, ZERO_TRAILER } from '../builder/record.ts';
import { unknownOwn } from '../builder/own-records.ts';
import { sample } from '../builder/sample.ts';
import { twins, type Vector } from '../builder/vector.ts';

const trailer = { pid: 0x01020304, tid: 0x05060708, time: 0x1112131415161718n, streamId: 0x2122232425262728n, cpu: 0x31323334 };
const ids = [0x4142434445464748n];

/** Each field of a trailer alone, then all, then none. */
function fieldVectors(): Vector[] {
  const name = (bits: readonly SampleBit[]): string => (bits.length === 1 ? bits[0]!.toLowerCase().replaceAll('_', '-') : bits.length === 0 ? 'none' : 'all');
  return [...TRAILER_BITS.map((bit) => [bit]), TRAILER_BITS, []].flatMap((bits) => {
    const one = event({ sampleType: ['IP', ...bits], ids });
    return twins({ name: `trailer-${name(bits)}`, about: `Trailers with ${bits.length === 0 ? 'no field, hence none' : bits.join(', ')}`, clauses: ['5.5.1', '5.5.2', '4.1.2'] }, {
      events: [one],
      records: [
        kernel.comm(one, { pid: 1, tid: 2, comm: 'name' }, trailer),
        kernel.mmap(one, { pid: 1, tid: 2, start: 0x1000n, length: 0x1000n, pageOffset: 0n, filename: '/file' }, trailer),
        kernel.switchTask(one, {}, trailer),
        kernel.textPoke(one, { address: 1n, oldBytes: [1], newBytes: [2, 3] }, trailer),
      ],
    });
  });
}

function otherVectors(): Vector[] {
  const usual = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [7n] });
  const without = event({ sampleType: ['IP', 'TID', 'TIME'], flags: [] });
  return [
    ...twins({ name: 'trailer-absent', about: 'Events without sample_id_all: records have no trailers, names end where the records do, and all are taken where they stand', clauses: ['5.5.1', '6.1.2', '5.6.4', '2.2.10'] }, {
      events: [without],
      records: [
        sample(without, { ip: 1n, pid: 1, tid: 1, time: 50n }),
        kernel.comm(without, { pid: 1, tid: 2, comm: 'name' }, trailer),
        kernel.mmap(without, { pid: 1, tid: 2, start: 0x1000n, length: 0x1000n, pageOffset: 0n, filename: '/file' }, trailer),
        kernel.fork(without, { pid: 1, ppid: 1, tid: 3, ptid: 1, time: 60n }, trailer),
        kernel.switchTask(without, {}, trailer),
        sample(without, { ip: 1n, pid: 1, tid: 1, time: 40n }),
      ],
    }),
    ...twins({ name: 'trailer-too-short', about: 'A SWITCH without room for a trailer has none', clauses: ['5.5.4', '4.1.4'] }, {
      events: [usual],
      records: [kernel.switchTask(usual, {}, { pid: 1, tid: 1, time: 5n }), shortened(kernel.switchTask(usual, {}, trailer), 8), shortened(kernel.switchTask(usual, {}, trailer), 24)],
      departures: ({ records }) => [1, 2].map((i) => ({ clause: '5.5.1', offset: records[i]!.offset, severity: 'error' as const })),
    }),
    ...twins({ name: 'record-longer', about: 'Records that are longer than their fields: what a newer kernel put before the trailer is ignored', clauses: ['4.1.4'] }, () => {
      const longer = (record: ReturnType<typeof kernel.lost>, count: number): ReturnType<typeof kernel.lost> => kernel.withMore(record, usual, { pid: 1, tid: 2, time: 9n }, someBytes(count));
      return {
        events: [usual],
        records: [
          longer(kernel.lost(usual, { id: 7n, lost: 5n }, ZERO_TRAILER), 8),
          longer(kernel.itraceStart(usual, { pid: 3, tid: 4 }, ZERO_TRAILER), 16),
          longer(kernel.aux(usual, { auxOffset: 1n, auxSize: 2n, flags: 0n }, ZERO_TRAILER), 8),
          longer(kernel.comm(usual, { pid: 3, tid: 4, comm: 'name' }, ZERO_TRAILER), 8),
        ],
      };
    }),
    ...twins({ name: 'record-too-short', about: 'Records that are too short for their fields: they are dropped, those between them are not', clauses: ['4.1.4'] }, () => {
      const alone = event({ sampleType: ['IP', 'TID', 'TIME'], flags: [] });
      const short = (record: ReturnType<typeof kernel.lost>, size: number): ReturnType<typeof kernel.lost> => undecoded(shortened(record, size));
      const task = { pid: 1, ppid: 2, tid: 3, ptid: 4, time: 5n };
      return {
        events: [alone],
        records: [
          short(kernel.mmap(alone, { pid: 1, tid: 2, start: 0x1000n, length: 0x1000n, pageOffset: 0n, filename: '' }, trailer), 39),
          short(kernel.lost(alone, { id: 7n, lost: 5n }, trailer), 16),
          kernel.lost(alone, { id: 7n, lost: 5n }, trailer),
          short(kernel.comm(alone, { pid: 1, tid: 2, comm: '' }, trailer), 12),
          short(kernel.fork(alone, task, trailer), 24),
          short(kernel.exit(alone, task, trailer), 31),
          short(kernel.throttle(alone, { time: 1n, id: 2n, streamId: 3n }, trailer), 24),
          short(kernel.aux(alone, { auxOffset: 1n, auxSize: 2n, flags: 3n }, trailer), 24),
          short(kernel.itraceStart(alone, { pid: 1, tid: 2 }, trailer), 12),
          short(kernel.lostSamples(alone, { lost: 1n }, trailer), 8),
          short(kernel.switchCpuWide(alone, { otherPid: 1, otherTid: 2 }, trailer), 12),
          short(kernel.namespaces(alone, { pid: 1, tid: 2, namespaces: [] }, trailer), 16),
          short(kernel.ksymbol(alone, { address: 1n, length: 2, kind: 1, flags: 0, name: '' }, trailer), 20),
          short(kernel.bpfEvent(alone, { kind: 1, flags: 0, id: 2, tag: [...someBytes(8)] }, trailer), 16),
          short(kernel.cgroup(alone, { id: 1n, path: '' }, trailer), 12),
          short(kernel.textPoke(alone, { address: 1n, oldBytes: [1, 2, 3, 4], newBytes: [5, 6, 7, 8] }, trailer), 24),
          short(kernel.auxOutputHwId(alone, { id: 1n }, trailer), 8),
          short(kernel.callchainDeferred(alone, { cookie: 1n, chain: [2n, 3n] }, trailer), 32),
          sample(alone, { ip: 1n, pid: 1, tid: 1, time: 50n }),
        ],
        // Of two it is a count that is too large.
        departures: ({ records }) => records.slice(0, -1).map(({ offset }, i, all) => ({ clause: i === all.length - 3 || i === all.length - 1 ? '4.1.5' : '4.1.4', offset, severity: 'error' as const })).filter((_, i) => i !== 2),
      };
    }),
    ...twins({ name: 'record-unknown', about: 'Types that nobody knows, below 64 and above: skipped by their size', clauses: ['4.1.3', '4.1.2'] }, {
      events: [usual],
      records: [
        kernel.unknownKernel(usual, 23, someBytes(24), { pid: 1, tid: 1, time: 5n }),
        kernel.unknownKernel(usual, 40, someBytes(0), { pid: 1, tid: 1, time: 6n }),
        sample(usual, { ip: 1n, pid: 1, tid: 1, time: 7n }),
        unknownOwn(87, someBytes(16)),
        unknownOwn(128, someBytes(3)),
        sample(usual, { ip: 2n, pid: 1, tid: 1, time: 8n }),
      ],
      departures: ({ records }) => [0, 1, 3, 4].map((i) => ({ clause: '4.1.3', offset: records[i]!.offset, severity: 'warning' as const })),
    }),
    ...twins({ name: 'misc-modes', about: 'Records in every mode, and with bits of misc that mean nothing', clauses: ['4.2.1', '4.2.12'] }, {
      events: [usual],
      records: [
        ...[0, Mode.Kernel, Mode.User, Mode.Hypervisor, Mode.GuestKernel, Mode.GuestUser].map((mode, i) => ({ ...kernel.comm(usual, { pid: 1, tid: 1, comm: 'name' }, { pid: 1, tid: 1, time: 5n + BigInt(i) }), misc: mode })),
        ...[6, 7, 0x0008, 0x0800, 0x0ff8].map((misc, i) => ({ ...kernel.comm(usual, { pid: 1, tid: 1, comm: 'name' }, { pid: 1, tid: 1, time: 50n + BigInt(i) }), misc })),
      ],
      departures: ({ records }) => records.slice(6).map(({ offset }, i) => ({ clause: i < 2 ? '4.2.1' : '4.2.12', offset, severity: 'error' as const })),
    }),
  ];
}

/** Two events whose samples hold different fields, told apart by IDENTIFIER or by ID. */
function eventVectors(): Vector[] {
  const first = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER', 'ADDR'], ids: [0x1122334455667788n, 2n] });
  const second = event({ config: 9n, name: 'dummy', sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER', 'CPU'], ids: [0x1122334400000000n] });
  const [one, two] = [event({ sampleType: ['IP', 'TID', 'TIME', 'ID', 'PERIOD'], ids: [71n] }), event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'ID', 'PERIOD'], ids: [72n] })];
  const blind = [event({ sampleType: ['IP', 'TIME'] }), event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TIME'] })] as const;
  const unlike = [event({ sampleType: ['IP', 'TIME', 'ID'], ids: [71n] }), event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'TIME', 'ID'], ids: [72n] })] as const;
  const name = { pid: 1, tid: 2, comm: 'name' };
  return [
    ...twins({ name: 'events-by-identifier', about: 'Samples and other records of two events, told apart by IDENTIFIER; one event carries the records that are no samples', clauses: ['5.6.2', '10.1.13'] }, {
      events: [first, second],
      records: [
        sample(first, { ip: 1n, pid: 1, tid: 2, time: 10n, addr: 5n }),
        kernel.comm(second, name, { pid: 1, tid: 2, time: 11n, cpu: 3 }),
        sample(second, { ip: 2n, pid: 1, tid: 2, time: 12n, cpu: 3 }),
        kernel.comm(first, name, { pid: 1, tid: 2, time: 13n, identifier: 2n }),
        sample(first, { ip: 3n, pid: 1, tid: 2, time: 14n, addr: 5n, identifier: 2n }),
      ],
    }),
    ...twins({ name: 'events-by-id', about: 'Samples and other records of two events, told apart by ID', clauses: ['5.6.2'] }, {
      events: [one, two],
      records: [
        sample(two, { ip: 1n, pid: 1, tid: 2, time: 10n, period: 1n }), kernel.comm(two, name, { pid: 1, tid: 2, time: 11n }), sample(one, { ip: 2n, pid: 1, tid: 2, time: 12n, period: 2n }),
        kernel.comm(one, name, { pid: 1, tid: 2, time: 13n }),
      ],
    }),
    ...twins({ name: 'events-id-0', about: 'Id 0, as perf writes it, means the first event; a record with an id that no event has is dropped', clauses: ['5.6.3', '5.5.3'] }, {
      events: [one, two],
      records: [
        kernel.comm(one, name, ZERO_TRAILER), sample(one, { ip: 2n, pid: 1, tid: 2, time: 12n, period: 2n, id: 0n }),
        unowned(sample(one, { ip: 2n, pid: 1, tid: 2, time: 13n, period: 2n, id: 99n })), unowned(kernel.comm(one, name, { pid: 1, tid: 2, time: 14n, id: 99n })),
        sample(two, { ip: 3n, pid: 1, tid: 2, time: 15n, period: 2n }),
      ],
      departures: ({ records }) => [2, 3].map((i) => ({ clause: '5.6.3', offset: records[i]!.offset, severity: 'error' as const })),
    }),
    ...twins({ name: 'events-without-id', about: 'Two events without IDENTIFIER and ID: all samples belong to the first one', clauses: ['5.6.5'] }, {
      events: blind,
      records: [sample(blind[0], { ip: 1n, time: 10n }), kernel.comm(blind[0], name, { time: 11n }), sample(blind[0], { ip: 2n, time: 12n })],
      departures: ({ attrs, entrySize }) => [{ clause: '5.6.5', offset: attrs + entrySize, severity: 'error' }],
    }),
    ...twins({ name: 'events-disagree', about: 'Two events that disagree about the place of ID: the first one\'s counts, and what it does not fit is of no event', clauses: ['5.6.2'] }, {
      events: unlike,
      records: [sample(unlike[0], { ip: 1n, time: 10n }), unowned(sample(unlike[1], { ip: 2n, pid: 1, tid: 1, time: 11n })), sample(unlike[0], { ip: 3n, time: 12n })],
      departures: ({ attrs, entrySize, records }) => [{ clause: '5.6.2', offset: attrs + entrySize, severity: 'error' }, { clause: '5.6.3', offset: records[1]!.offset, severity: 'error' }],
    }),
  ];
}

export const trailerVectors: readonly Vector[] = [...fieldVectors(), ...otherVectors(), ...eventVectors()];
