// Events (SPEC 2): attrs of every size, each field and flag of them, ids, and names (SPEC 3.4).

import { event, type EventOptions, FLAGS, type Flag, READ_BITS, SAMPLE_BITS } from '../builder/event.ts';
import { eventDesc } from '../builder/features.ts';
import * as own from '../builder/own-records.ts';
import { sample } from '../builder/sample.ts';
import { little, twins, type Vector } from '../builder/vector.ts';

/** Every field of an attr with a value of its own. */
const FULL: EventOptions = {
  type: 0x01020304, config: 0x1112131415161718n, samplePeriod: 0x2122232425262728n, sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'],
  readFormat: ['TOTAL_TIME_ENABLED', 'LOST'], flags: ['disabled', 'sample_id_all', 'mmap', 'defer_output'], wakeup: 0x31323334, bpType: 0x35363738, config1: 0x4142434445464748n,
  config2: 0x5152535455565758n, branchSampleType: 0x61626364n, sampleRegsUser: 0x7172737475767778n, sampleStackUser: 0x11223344, clockId: -3,
  sampleRegsIntr: 0x8182838485868788n, auxWatermark: 0x11223345, sampleMaxStack: 0x1234, auxSampleSize: 0x11223346, auxAction: 5,
  sigData: 0x9192939495969798n, config3: 0xa1a2a3a4a5a6a7a8n, config4: 0xb1b2b3b4b5b6b7b8n, name: 'unknown event PMU=16909060 config=0x1112131415161718',
};

/** VER0 to VER9, and longer than any that is known. */
const SIZES = [64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 152] as const;

function sizeVectors(): Vector[] {
  return SIZES.flatMap((size) => {
    const one = event({ ...FULL, size, ids: [7n] });
    return little({ name: `attr-size-${size}`, about: `An attr of ${size} bytes: ${size > 144 ? 'what is beyond is not known' : 'fields that it does not have are 0'}`, clauses: ['2.1.1', '2.1.2', '2.1.19'] }, {
      events: [one],
      records: [sample(one, { ip: 1n, pid: 2, tid: 3, time: 4n })],
    });
  });
}

/** An event for each flag, told apart by an IDENTIFIER; all of one type, so that their names say what they exclude. */
function flagVectors(): Vector[] {
  const flags = FLAGS.filter((flag): flag is Flag => flag !== '');
  const base: EventOptions = { type: 9, name: 'unknown event PMU=9 config=0x0', sampleType: ['IDENTIFIER', 'IP'] };
  const events = [
    ...flags.map((flag): EventOptions => ({ ...base, flags: [flag, ...(flag === 'sample_id_all' ? [] : (['sample_id_all'] as const))] })),
    ...[1, 2, 3].map((preciseIp): EventOptions => ({ ...base, preciseIp })),
    ...[40, 41, 62, 63].map((number): EventOptions => ({ ...base, moreFlags: [number] })),
    { ...base, flags, preciseIp: 1, moreFlags: [40] },
  ].map((options, i) => event({ ...options, ids: [BigInt(i + 1)] }));
  return twins({
    name: 'attr-flags',
    about: 'An event with each flag, with each value of precise_ip, with flags that nobody knows, and with all',
    clauses: ['2.2.1', '2.2.2', '2.2.3', '2.2.4', '2.2.5', '2.2.6', '2.2.7', '2.2.8', '2.2.9', '2.2.10', '2.2.11', '2.2.12', '2.2.13', '2.2.14', '2.2.15', '2.2.16', '2.2.17'],
  }, { events, records: [] });
}

/** Fields one at a time, where the order of bytes and bits could go wrong. */
function fieldVectors(): Vector[] {
  const base: EventOptions = { type: 9, name: 'unknown event PMU=9 config=0x0', sampleType: ['IDENTIFIER', 'IP'] };
  const bits = [...SAMPLE_BITS.keys()].map((bit) => SAMPLE_BITS[bit]!);
  const each: EventOptions[] = [
    ...bits.filter((bit) => bit !== 'IDENTIFIER' && bit !== 'IP').map((bit): EventOptions => ({ ...base, sampleType: ['IDENTIFIER', 'IP', bit] })),
    { ...base, moreSampleBits: 0x8000000002000000n },
    ...READ_BITS.map((bit): EventOptions => ({ ...base, readFormat: [bit] })),
    { ...base, wakeup: 1000 }, { ...base, wakeup: 4096, flags: ['watermark', 'sample_id_all'] },
    { ...base, clockId: 1, flags: ['use_clockid', 'sample_id_all'] }, { ...base, clockId: -1 },
    { ...base, sampleMaxStack: 127 }, { ...base, auxWatermark: 0x10000 }, { ...base, auxSampleSize: 8192 },
    { ...base, auxAction: 1 }, { ...base, auxAction: 2 }, { ...base, auxAction: 4 }, { ...base, auxAction: 7 },
    { ...base, sigData: 0x0102030405060708n, flags: ['sigtrap', 'remove_on_exec', 'sample_id_all'] }, { ...base, config3: 0x0102030405060708n }, { ...base, config4: 0x0102030405060708n },
    { ...base, sampleRegsUser: 0xff0fffn, sampleRegsIntr: 0x1ffffffffn }, { ...base, sampleStackUser: 65528 }, { ...base, branchSampleType: 0xfffffn },
  ];
  const events = each.map((options, i) => event({ ...options, ids: [BigInt(i + 1)] }));
  const full = event({ ...FULL, ids: [1n, 0x0102030405060708n] });
  return [
    ...twins({
      name: 'attr-values',
      about: 'Events that differ from the first in one field each: bits of sample_type and read_format, wakeup, clock, AUX, registers, stack, branches',
      clauses: ['2.1.10', '2.1.11', '2.1.12', '2.1.13', '2.1.14', '2.1.15', '2.1.16', '2.1.17', '2.1.18', '2.1.19', '2.2.2'],
    }, { events, records: [] }),
    ...twins({ name: 'attr-all-fields', about: 'An attr with a value of its own in every field', clauses: ['2.1.1', '2.1.2', '2.1.10', '2.1.12', '2.1.13', '2.1.17', '2.1.18', '2.1.19'] }, {
      events: [full],
      records: [sample(full, { ip: 1n, pid: 2, tid: 3, time: 4n })],
    }),
    ...twins({ name: 'attr-sizes-in-pipe', about: 'HEADER_ATTR records with attrs of every size: the ids stand behind as many bytes as each says', clauses: ['2.1.1', '2.3.2', '4.6.1'] }, () => {
      const sized = SIZES.map((size, i) => event({ ...FULL, size, ids: [BigInt(i + 1), 0x100000000n + BigInt(i)] }));
      return { container: 'pipe', events: sized, records: sized.map(own.headerAttr) };
    }),
    ...twins({ name: 'attr-size-0', about: 'An attr that says 0 as its size has 64 bytes', clauses: ['2.1.1', '2.3.2'] }, () => {
      const sized = event({ sampleType: ['IP'], size: 64, saidSize: 0, ids: [0x0102030405060708n] });
      return { container: 'pipe', events: [sized], records: [own.headerAttr(sized), sample(sized, { ip: 1n })] };
    }),
    ...twins({ name: 'attr-smaller-than-entry', about: 'Attrs smaller than their entries: the place of the ids is the entry\'s last 16 bytes', clauses: ['1.2.2', '2.3.3', '10.1.15'] }, () => {
      const sized = event({ sampleType: ['IP', 'ID'], size: 112, ids: [7n] });
      return { events: [sized, event({ sampleType: ['IP', 'ID'], size: 112, ids: [8n] })], entrySize: 160, records: [sample(sized, { ip: 1n })] };
    }),
    ...twins({ name: 'ids-behind-attr', about: 'The place of the ids stands behind the attr\'s own size: where the last 16 bytes of the entry make no sense, there it is', clauses: ['2.3.3', '10.1.15'] }, () => {
      const sized = event({ sampleType: ['IP', 'ID'], size: 112, ids: [7n, 8n] });
      // The last 16 bytes are no place in the file.
      return {
        events: [sized], entrySize: 160, idsPlace: 'after attr', records: [sample(sized, { ip: 1n })],
        harm: ({ attrs, entrySize }) => ({ changes: [{ at: attrs + entrySize - 16, bytes: Array.from({ length: 16 }, () => 0x7f) }] }),
      };
    }),
  ];
}

function idVectors(): Vector[] {
  const types = ['IP', 'TID', 'TIME', 'ID'] as const;
  return [
    ...twins({ name: 'ids-none', about: 'The only event has no ids: all records are its', clauses: ['2.3.1', '5.6.1'] }, () => {
      const one = event({ sampleType: types });
      return { events: [one], records: [sample(one, { ip: 1n, pid: 2, tid: 3, time: 4n, id: 99n })] };
    }),
    ...twins({ name: 'ids-many', about: 'Two events with three ids each, of 64 bits', clauses: ['2.3.1', '5.6.2'] }, () => {
      const [first, second] = [event({ sampleType: types, ids: [1n, 0x0102030405060708n, 3n] }), event({ sampleType: types, ids: [4n, 0x0102030400000000n, 0xffffffffffffffffn] })];
      return {
        events: [first, second],
        records: [...first.ids, ...second.ids].map((id, i) => sample(first.ids.includes(id) ? first : second, { ip: 1n, pid: 2, tid: 3, time: 4n + BigInt(i), id })),
      };
    }),
    ...twins({ name: 'ids-outside', about: 'The ids of the first event lie outside the file: it has none, the other one keeps its', clauses: ['2.3.3'] }, () => {
      const [first, second] = [event({ sampleType: types }), event({ sampleType: types, ids: [8n] })];
      return {
        events: [first, second],
        records: [sample(second, { ip: 1n, pid: 2, tid: 3, time: 4n, id: 8n })],
        harm: ({ attrs, entrySize }) => ({ changes: [{ at: attrs + entrySize - 16, bytes: Array.from({ length: 16 }, () => 0x11) }] }),
        departures: ({ attrs, entrySize }) => [{ clause: '2.3.3', offset: attrs + entrySize - 16, severity: 'error' }],
      };
    }),
  ];
}

/** Name by type and config, and what must be in the attr for it. */
const NAMES: readonly (readonly [name: string, options: EventOptions])[] = [
  ...['cycles', 'instructions', 'cache-references', 'cache-misses', 'branches', 'branch-misses', 'bus-cycles', 'stalled-cycles-frontend', 'stalled-cycles-backend', 'ref-cycles']
    .map((name, config) => [name, { type: 0, config: BigInt(config) }] as const),
  ['cycles', { type: 0, config: 0x0000000a00000000n }],
  ...['cpu-clock', 'task-clock', 'page-faults', 'context-switches', 'cpu-migrations', 'minor-faults', 'major-faults', 'alignment-faults', 'emulation-faults', 'dummy', 'bpf-output', 'cgroup-switches']
    .map((name, config) => [name, { type: 1, config: BigInt(config) }] as const),
  ['L1-dcache-loads', { type: 3, config: 0x000000n }], ['L1-icache-load-misses', { type: 3, config: 0x010001n }], ['LLC-stores', { type: 3, config: 0x000102n }],
  ['dTLB-store-misses', { type: 3, config: 0x010103n }], ['iTLB-loads', { type: 3, config: 0x000004n }], ['branch-load-misses', { type: 3, config: 0x010005n }],
  ['node-prefetches', { type: 3, config: 0x000206n }], ['node-prefetch-misses', { type: 3, config: 0x010206n }],
  ['raw 0x1a8', { type: 4, config: 0x1a8n }], ['unknown tracepoint id=0x13a', { type: 2, config: 314n }],
  ['mem:0x4010f6:r', { type: 5, bpType: 1, config1: 0x4010f6n, config2: 8n }], ['mem:0x4010f6:w', { type: 5, bpType: 2, config1: 0x4010f6n }],
  ['mem:0x4010f6:rw', { type: 5, bpType: 3, config1: 0x4010f6n }], ['mem:0xffffffff81000000:x', { type: 5, bpType: 4, config1: 0xffffffff81000000n }],
  ['unknown event PMU=9 config=0x1234', { type: 9, config: 0x1234n }],
  ['cycles:u', { type: 0, flags: ['sample_id_all', 'exclude_kernel', 'exclude_hv'] }], ['cycles:k', { type: 0, flags: ['sample_id_all', 'exclude_user', 'exclude_hv'] }],
  ['cycles:h', { type: 0, flags: ['sample_id_all', 'exclude_user', 'exclude_kernel'] }], ['cycles:H', { type: 0, flags: ['sample_id_all', 'exclude_guest'] }],
  ['cycles:G', { type: 0, flags: ['sample_id_all', 'exclude_host'] }], ['cycles:uppp', { type: 0, preciseIp: 3, flags: ['sample_id_all', 'exclude_kernel', 'exclude_hv'] }],
];

function nameVectors(): Vector[] {
  const made = NAMES.map(([name, options], i) => event({ ...options, name, sampleType: ['IDENTIFIER', 'IP'], ids: [BigInt(i + 1)] }));
  return [
    ...twins({ name: 'event-names', about: 'Names that are made of type and config, with what an event excludes', clauses: ['3.4.3', '2.1.3', '2.1.4', '2.1.5', '2.1.6', '2.1.7', '2.1.8', '2.1.9'] }, { events: made, records: [] }),
    ...twins({ name: 'event-names-described', about: 'EVENT_DESC names events by their first id, without ids by their position', clauses: ['3.4.1', '3.2.12'] }, () => {
      const [first, second, third] = [event({ sampleType: ['IP', 'ID'], ids: [11n], name: 'one' }), event({ sampleType: ['IP', 'ID'], ids: [12n, 13n], name: 'two' }), event({ sampleType: ['IP', 'ID'], name: 'three' })];
      return {
        events: [first, second, third],
        features: [eventDesc([{ event: second, name: 'two' }, { event: first, name: 'one' }, { event: third, name: 'three' }])],
        records: [own.finishedInit()],
      };
    }),
    ...twins({ name: 'event-names-updated', about: 'EVENT_UPDATE names an event otherwise than EVENT_DESC, behind its first sample', clauses: ['3.4.2', '4.8.3'] }, () => {
      const [first, second] = [event({ sampleType: ['IP', 'ID'], ids: [11n], name: 'better' }), event({ sampleType: ['IP', 'ID'], ids: [12n], name: 'two' })];
      return {
        events: [first, second],
        features: [eventDesc([{ event: first, name: 'one' }, { event: second, name: 'two' }])],
        records: [sample(first, { ip: 1n }), own.eventUpdate(11n, { kind: 'name', text: 'better' }), sample(first, { ip: 2n })],
      };
    }),
  ];
}

export const eventVectors: readonly Vector[] = [...sizeVectors(), ...flagVectors(), ...fieldVectors(), ...idVectors(), ...nameVectors()];
