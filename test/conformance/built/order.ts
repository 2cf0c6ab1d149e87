// The order in which records are taken (SPEC 6.1), and times by other clocks (SPEC 6.2).

import { event } from '../builder/event.ts';
import { clockData, clockId } from '../builder/features.ts';
import * as kernel from '../builder/kernel-records.ts';
import * as own from '../builder/own-records.ts';
import { type RecordSpec, ZERO_TRAILER } from '../builder/record.ts';
import { sample } from '../builder/sample.ts';
import { little, twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TID', 'TIME', 'IDENTIFIER'], ids: [7n] });
let address = 0x400000n;
/** Each at an address of its own, so that no two are alike. */
const at = (time: bigint, which = clock): RecordSpec => sample(which, { ip: (address += 16n), pid: 1, tid: 2, time });
const comm = (time: bigint, name = `at ${time}`): RecordSpec => kernel.comm(clock, { pid: 1, tid: 2, comm: name }, { pid: 1, tid: 2, time });
const round = own.finishedRound;
const NO_TIME = 0xffffffffffffffffn;

export const orderVectors: readonly Vector[] = [
  ...twins({ name: 'order-by-time', about: 'Samples and other records in the order of their times; times beyond 2^53 that differ by 1', clauses: ['6.1.2'] }, {
    events: [clock],
    records: [at(30n), comm(10n), at(20n), comm(25n), at(5n), at(0x0102030405060709n), at(0x0102030405060708n), at(0x010203040506070an)],
  }),
  ...twins({ name: 'order-equal-times', about: 'Records of equal times as they stand', clauses: ['6.1.2'] }, {
    events: [clock],
    records: [at(20n), at(10n), comm(10n, 'first'), at(10n), comm(20n, 'last'), comm(10n, 'second'), at(20n)],
  }),
  ...twins({ name: 'order-no-time', about: 'Records of perf, and those with time 0 or with all bits of it set, are taken where they stand', clauses: ['6.1.1', '5.5.3'] }, {
    events: [clock],
    records: [
      at(30n), kernel.comm(clock, { pid: 1, tid: 2, comm: 'made' }, ZERO_TRAILER), at(20n), own.threadMap([{ tid: 1n, name: '' }]), at(NO_TIME), comm(NO_TIME, 'none'), at(10n), at(0n),
      own.finishedInit(),
    ],
  }),
  ...twins({ name: 'order-rounds', about: 'Rounds: what is not later than the latest before the round before is complete', clauses: ['6.1.3', '4.6.5'] }, {
    events: [clock],
    records: [
      at(20n), at(10n), comm(30n), round(), at(25n), at(40n), comm(35n), round(), at(33n), at(50n), own.threadMap([{ tid: 1n, name: 'between' }]), at(45n), round(), at(48n), round(), round(), at(60n), at(55n),
    ],
  }),
  ...twins({ name: 'order-no-rounds', about: 'No rounds at all: nothing is complete before the end', clauses: ['6.1.4'] }, {
    events: [clock], records: Array.from({ length: 20 }, (_, i) => at(BigInt(1000 - i * 7))),
  }),
  ...twins({ name: 'order-late', about: 'A record that comes later than two rounds allow: where it is taken, nobody can say, the others come in order', clauses: ['6.1.5'] }, {
    events: [clock],
    records: [at(10n), at(20n), round(), at(30n), round(), at(40n), round(), at(15n), at(50n), round(), at(45n)],
    late: [7],
    departures: ({ records }) => [{ clause: '6.1.5', offset: records[7]!.offset, severity: 'warning' }],
  }),
  ...twins({ name: 'order-without-time', about: 'No event has TIME: all records are taken where they stand', clauses: ['6.1.2'] }, () => {
    const timeless = event({ sampleType: ['IP', 'TID', 'IDENTIFIER'], ids: [7n] });
    const one = (pid: number): RecordSpec => sample(timeless, { ip: BigInt(pid), pid, tid: pid });
    return { events: [timeless], records: [one(3), kernel.comm(timeless, { pid: 1, tid: 1, comm: 'name' }, { pid: 1, tid: 1 }), one(1), round(), one(2)] };
  }),
  ...twins({ name: 'order-some-without-time', about: 'Samples of one event have no TIME: they are taken where they stand, the others by time', clauses: ['6.1.1', '6.1.2'] }, () => {
    const timeless = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TID', 'IDENTIFIER'], ids: [8n] });
    return { events: [clock, timeless], records: [at(30n), sample(timeless, { ip: 1n, pid: 1, tid: 1 }), at(20n), sample(timeless, { ip: 2n, pid: 1, tid: 1 }), at(10n)] };
  }),
  ...twins({ name: 'clock-of-events', about: 'Times of another clock (flag 25), with its resolution and what ties it to the time of day', clauses: ['6.2.1', '6.2.2', '2.1.15', '2.2.12', '3.2.23', '3.2.29'] }, () => {
    const real = event({ sampleType: ['IP', 'TIME'], flags: ['use_clockid', 'sample_id_all'], clockId: 1 });
    return {
      events: [real],
      features: [clockId(1n), clockData({ clockId: 1, wall: 1_732_750_000_123_456_789n, clock: 5_000_000_000n })],
      records: [sample(real, { ip: 1n, time: 5_000_000_001n }), sample(real, { ip: 2n, time: 4_000_000_000n }), sample(real, { ip: 3n, time: 9_000_000_000_000_000_000n })],
      meaning: {
        wallClock: [
          { time: '5000000001', wall: '1732750000123456790' }, { time: '4000000000', wall: '1732749999123456789' }, { time: '9000000000000000000', wall: '10732749995123456789' },
        ],
      },
    };
  }),
  little({ name: 'clock-of-counter', about: 'TIME_CONV: values of the CPU\'s counter in ns of the events\' clock', clauses: ['6.2.3', '4.6.16'] }, {
    events: [clock],
    records: [own.timeConv({ shift: 10n, multiplier: 400n, zero: 1000n, long: { cycles: 0n, mask: 0n, hasZero: true, isShort: false } })],
    meaning: {
      counters: [
        { counter: '0', time: '1000' }, { counter: '1024', time: '1400' }, { counter: '1025', time: '1400' }, { counter: '1027', time: '1401' },
        { counter: '18446744073709551615', time: '7205759403792794599' },
      ],
    },
  }),
  little({ name: 'clock-of-short-counter', about: 'TIME_CONV of a counter that is shorter than 64 bits: its upper bits are those of the time when it was read', clauses: ['6.2.3', '4.6.16'] }, {
    events: [clock],
    records: [own.timeConv({ shift: 4n, multiplier: 32n, zero: 7n, long: { cycles: 0x0102030400000010n, mask: 0xffffffffn, hasZero: true, isShort: true } })],
    meaning: {
      counters: [
        { counter: '16', time: String(7n + 0x0102030400000010n * 2n) }, { counter: '48', time: String(7n + 0x0102030400000030n * 2n) },
        // Below the counter that was read: it has begun anew since.
        { counter: '0', time: String(7n + 0x0102030500000000n * 2n) },
      ],
    },
  }),
];
