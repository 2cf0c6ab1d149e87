// SAMPLE field by field (SPEC 5.1 to 5.4, 5.8): alone, together, there and not there.

import { event, type EventOptions, READ_BITS, type ReadBit, SAMPLE_BITS, type SampleBit } from '../builder/event.ts';
import type { Reading } from '../builder/kernel-records.ts';
import { someBytes } from '../builder/packer.ts';
import { Bit14, Mode } from '../builder/record.ts';
import { type Branch, sample, type SampleValues, shortSample } from '../builder/sample.ts';
import { twins, type Vector } from '../builder/vector.ts';

/** Different values in every field. */
const all: SampleValues = {
  identifier: 0x1122334455667788n, ip: 0xffffffff81234567n, pid: 4242, tid: 4243, time: 0x0000123456789abcn, addr: 0x7ffd01020304n,
  id: 0x1122334455667788n, streamId: 0x2233445566778899n, cpu: 5, period: 0x0102030405060708n,
  callchain: [0xffffffffffffff80n, 0xffffffff81234567n, 0xfffffffffffffe00n, 0x7f0123456789n], raw: someBytes(12), weight: 0x0102030405060708n,
  dataSrc: 0x1e05080021n, transaction: 0x00000003000000a5n, physAddr: 0x12345678000n, cgroup: 0x0102030405n, dataPageSize: 4096n, codePageSize: 0x200000n,
};

interface FieldVector {
  readonly bit: SampleBit;
  readonly clause: string;
  readonly about: string;
  readonly options?: EventOptions;
  readonly samples: readonly SampleValues[];
}

/** Fields of one number or two: alone behind IP, with usual values and with extreme ones. */
const SIMPLE: readonly FieldVector[] = [
  { bit: 'IDENTIFIER', clause: '5.1.4', about: 'the first field of all', options: { ids: [7n] }, samples: [{ identifier: 7n }] },
  { bit: 'TID', clause: '5.1.6', about: 'pid and tid, -1 among them', samples: [{ pid: 4242, tid: 0x01020304 }, { pid: -1, tid: -1 }, { pid: 0, tid: 0 }] },
  { bit: 'TIME', clause: '5.1.7', about: 'ns, beyond 2^53 among them', samples: [{ time: 1_728_059_886_073n }, { time: 0x0102030405060708n }, { time: 0xfffffffffffffffen }] },
  { bit: 'ADDR', clause: '5.1.8', about: 'an address', samples: [{ addr: 0x7ffd01020304n }, { addr: 0xffff888104443080n }, { addr: 0n }] },
  { bit: 'ID', clause: '5.1.9', about: 'an id behind the address', options: { ids: [7n, 0x0102030405060708n] }, samples: [{ id: 7n }, { id: 0x0102030405060708n }] },
  { bit: 'STREAM_ID', clause: '5.1.10', about: 'an id of the stream', samples: [{ streamId: 0x0102030405060708n }] },
  { bit: 'CPU', clause: '5.1.11', about: 'a CPU', samples: [{ cpu: 0 }, { cpu: 0x01020304 }] },
  { bit: 'PERIOD', clause: '5.1.12', about: 'a period, beyond 2^53 among them', samples: [{ period: 4000n }, { period: 0x0102030405060708n }] },
  { bit: 'WEIGHT', clause: '5.1.19', about: 'one number', samples: [{ weight: 0x0102030405060708n }, { weight: 0n }] },
  { bit: 'DATA_SRC', clause: '5.1.21', about: 'where data came from', samples: [{ dataSrc: 0x1e05080021n }, { dataSrc: 0x0102030405060708n }] },
  { bit: 'TRANSACTION', clause: '5.1.22', about: 'how a transaction ended', samples: [{ transaction: 0x00000003000000a5n }, { transaction: 0xffffffffffffffffn }] },
  { bit: 'PHYS_ADDR', clause: '5.1.24', about: 'a physical address', samples: [{ physAddr: 0x12345678000n }, { physAddr: 0n }] },
  { bit: 'CGROUP', clause: '5.1.25', about: 'the id of a cgroup', samples: [{ cgroup: 0x0102030405060708n }] },
  { bit: 'DATA_PAGE_SIZE', clause: '5.1.26', about: 'bytes of the page of data', samples: [{ dataPageSize: 4096n }, { dataPageSize: 0n }] },
  { bit: 'CODE_PAGE_SIZE', clause: '5.1.27', about: 'bytes of the page of code', samples: [{ codePageSize: 0x40000000n }] },
];

function simpleVectors(): Vector[] {
  return SIMPLE.flatMap(({ bit, clause, about, options, samples }) => {
    const only = event({ ...options, sampleType: ['IP', bit] });
    const more = bit === 'DATA_SRC' ? ['5.8.3'] : bit === 'TRANSACTION' ? ['5.8.4'] : bit === 'WEIGHT' ? ['5.8.1'] : [];
    return twins({ name: `sample-${bit.toLowerCase().replaceAll('_', '-')}`, about: `SAMPLE with IP and ${bit}: ${about}`, clauses: [clause, '5.1.5', ...more] }, {
      events: [only],
      records: samples.map((values, i) => sample(only, { ip: 0x400000n + BigInt(i), ...values })),
    });
  });
}

/** Events that an IDENTIFIER tells apart: the first id of each is its number and 1. */
function manyEvents(options: readonly EventOptions[]): ReturnType<typeof event>[] {
  return options.map((each, i) => event({ ...each, ids: [BigInt(i + 1)] }));
}

const readings = (bits: readonly ReadBit[], ids: readonly bigint[]): Reading => ({
  enabled: 0x0102030405060708n,
  running: 0x1112131415161718n,
  values: (bits.includes('GROUP') ? ids : ids.slice(0, 1)).map((id, i) => ({ value: 0x2122232425262728n + BigInt(i), id, lost: BigInt(i) })),
});

/** All 32 sets of read_format's bits. */
function readFormats(group: boolean): EventOptions[] {
  const sets = Array.from({ length: 32 }, (_, set) => READ_BITS.filter((_bit, i) => (set >> i) & 1)).filter((bits) => bits.includes('GROUP') === group);
  return sets.map((readFormat) => ({ sampleType: ['IDENTIFIER', 'IP', 'READ', 'PERIOD'], readFormat }));
}

function readVectors(): Vector[] {
  return [false, true].flatMap((group) => {
    const events = manyEvents(readFormats(group));
    return twins({
      name: group ? 'sample-read-group' : 'sample-read',
      about: `SAMPLE with READ of ${group ? 'a group of three (and of none), ' : 'one counter, '}in every set of read_format's other bits; PERIOD stands before it`,
      clauses: ['5.1.13', group ? '5.2.2' : '5.2.1'],
    }, {
      events,
      records: events.flatMap((each) => [
        sample(each, { ip: 0x400000n, period: 9n, read: readings(each.readFormat, [71n, 72n, 73n]) }),
        ...(group ? [sample(each, { ip: 0x400000n, period: 9n, read: { ...readings(each.readFormat, []), values: [] } })] : []),
      ]),
    });
  });
}

const stack = event({ sampleType: ['IP', 'CALLCHAIN', 'PHYS_ADDR'] });
const fromKernel = 0xffffffffffffff80n;
const fromUser = 0xfffffffffffffe00n;

const chainVectors: readonly Vector[] = [
  ...twins({ name: 'sample-callchain', about: 'SAMPLE with CALLCHAIN: a kernel and a user part, an empty one, one that ends in no code, and the mark of every mode', clauses: ['5.1.14', '5.3.1', '5.3.2', '5.3.5', '10.2.3'] }, {
    events: [stack],
    records: [
      sample(stack, { ip: 0xffffffff81234567n, callchain: [fromKernel, 0xffffffff81234567n, 0xffffffff81000001n, fromUser, 0x7f0123456789n, 0x55d71745d123n], physAddr: 1n }, Mode.Kernel),
      sample(stack, { ip: 0x400000n, callchain: [], physAddr: 2n }),
      sample(stack, { ip: 0x400000n, callchain: [fromUser, 0x400000n, 0x726f775f746d662fn, 0n], physAddr: 3n }),
      sample(stack, { ip: 0x400000n, callchain: [-32n, 1n, -128n, 2n, -512n, 3n, -2048n, 4n, -2176n, 5n, -2560n, 6n, -4095n, -4096n].map((n) => BigInt.asUintN(64, n)), physAddr: 4n }),
    ],
  }),
  ...twins({ name: 'sample-callchain-deferred', about: 'SAMPLE whose user part comes later: the mark, then the cookie of a CALLCHAIN_DEFERRED record', clauses: ['5.3.3', '5.3.1'] }, {
    events: [stack],
    records: [sample(stack, { ip: 0xffffffff81234567n, callchain: [fromKernel, 0xffffffff81234567n, BigInt.asUintN(64, -640n), 0x0000000300000002n], physAddr: 1n }, Mode.Kernel)],
  }),
  ...twins({ name: 'sample-raw', about: 'SAMPLE with RAW: 12 bytes, 9 and 3 of padding, 0 and 4; and of sizes that old kernels did not pad', clauses: ['5.1.15', '10.2.1'] }, () => {
    const traced = event({ type: 2, config: 314n, name: 'unknown tracepoint id=0x13a', sampleType: ['IP', 'RAW'] });
    return {
      events: [traced],
      records: [12, 9, 0].map((count) => sample(traced, { ip: 1n, raw: someBytes(count) })).concat([sample(traced, { ip: 2n, unpaddedRaw: someBytes(7) }), sample(traced, { ip: 3n, unpaddedRaw: [] })]),
    };
  }),
];

/** Every bit and field of a branch's flags, one at a time, then all. */
const branches: readonly Branch[] = [
  { from: 0x401000n, to: 0x402000n },
  { from: 1n, to: 2n, mispredicted: true },
  { from: 3n, to: 4n, predicted: true, cycles: 0x1234 },
  { from: 5n, to: 6n, inTx: true },
  { from: 7n, to: 8n, abort: true },
  { from: 9n, to: 10n, cycles: 0xffff },
  ...Array.from({ length: 15 }, (_, i) => ({ from: 0x1000n + BigInt(i), to: 0x2000n, type: i + 1 })),
  ...Array.from({ length: 8 }, (_, i) => ({ from: 0x3000n + BigInt(i), to: 0x2000n, type: 15, newType: i + 1 })),
  ...[1, 2, 3].map((spec) => ({ from: 0x4000n, to: 0x4000n, spec })),
  ...[1, 2, 3].map((privilege) => ({ from: 0xffffffff81000000n, to: 0x4000n, privilege })),
  { from: 0n, to: 0n, reserved: 0x41234567 },
  { from: 0xffffffff81000000n, to: 0x7f0123456789n, mispredicted: true, predicted: true, inTx: true, abort: true, cycles: 1, type: 6, spec: 3, newType: 9, privilege: 2, reserved: 1 },
];

const branchBits = (...bits: number[]): bigint => bits.reduce((sum, bit) => sum | (1n << BigInt(bit)), 0n);

function branchVectors(): Vector[] {
  const plain = event({ sampleType: ['IP', 'BRANCH_STACK', 'PHYS_ADDR'], branchSampleType: branchBits(0, 3) });
  const index = event({ sampleType: ['IP', 'BRANCH_STACK', 'PHYS_ADDR'], branchSampleType: branchBits(3, 17) });
  const counted = event({ sampleType: ['IP', 'BRANCH_STACK', 'PHYS_ADDR'], branchSampleType: branchBits(3, 19) });
  const both = event({ sampleType: ['IP', 'BRANCH_STACK', 'PHYS_ADDR'], branchSampleType: branchBits(11, 17, 19) });
  const two = branches.slice(2, 4).map((branch, i) => ({ ...branch, counters: 0x0102030405060708n + BigInt(i) }));
  const types = manyEvents(Array.from({ length: 20 }, (_, bit) => ({ sampleType: ['IDENTIFIER', 'IP', 'BRANCH_STACK'], branchSampleType: branchBits(bit) })));
  return [
    ...twins({ name: 'sample-branch-stack', about: 'SAMPLE with BRANCH_STACK: every flag and type of a branch, and no branches', clauses: ['5.1.16', '5.4.1', '5.4.4', '5.4.5', '5.4.6'] }, {
      events: [plain],
      records: [sample(plain, { ip: 1n, branches, physAddr: 2n }), sample(plain, { ip: 3n, branches: [], physAddr: 4n })],
    }),
    ...twins({ name: 'sample-branch-stack-index', about: 'BRANCH_STACK with the index of the hardware before the branches, -1 where there is none', clauses: ['5.1.16', '5.4.2'] }, {
      events: [index],
      records: [sample(index, { ip: 1n, branches: two, hwIndex: 3n, physAddr: 2n }), sample(index, { ip: 1n, branches: [], hwIndex: 0xffffffffffffffffn, physAddr: 2n })],
    }),
    ...twins({ name: 'sample-branch-stack-counters', about: 'BRANCH_STACK with counters behind the branches', clauses: ['5.1.16', '5.4.3'] }, {
      events: [counted],
      records: [sample(counted, { ip: 1n, branches: two, physAddr: 2n }), sample(counted, { ip: 1n, branches: [], physAddr: 2n })],
    }),
    ...twins({ name: 'sample-branch-stack-both', about: 'BRANCH_STACK as a call stack, with index and counters', clauses: ['5.1.16', '5.4.2', '5.4.3', '5.4.8'] }, {
      events: [both],
      records: [sample(both, { ip: 1n, branches: two, hwIndex: 0x0102030405060708n, physAddr: 2n })],
    }),
    ...twins({ name: 'sample-branch-types', about: 'BRANCH_STACK of events with each bit of branch_sample_type: two of them change what a record holds', clauses: ['5.4.7', '5.4.2', '5.4.3', '2.1.11'] }, {
      events: types,
      records: types.map((each) => sample(each, { ip: 1n, branches: two, hwIndex: 1n })),
    }),
  ];
}

function stackVectors(): Vector[] {
  const user = event({ sampleType: ['IP', 'REGS_USER', 'STACK_USER', 'PHYS_ADDR'], sampleRegsUser: 0x1c0n, sampleStackUser: 64, flags: ['sample_id_all', 'exclude_callchain_user'] });
  const registers = { abi: 2n, values: [0x7ffd01020304n, 0x7ffd01020300n, 0x7f0123456789n] };
  const weights = event({ sampleType: ['IP', 'WEIGHT_STRUCT', 'PHYS_ADDR'] });
  const traced = event({ sampleType: ['IP', 'AUX'] });
  return [
    ...twins({ name: 'sample-stack-user', about: 'SAMPLE with STACK_USER: a whole dump, one of which a part is valid, one without valid bytes, and none, which has no size of valid bytes', clauses: ['5.1.18', '5.1.17', '10.2.2', '2.1.14'] }, {
      events: [user],
      records: [
        sample(user, { ip: 1n, userRegs: registers, userStack: { bytes: someBytes(64), dynSize: 64n }, physAddr: 2n }),
        sample(user, { ip: 1n, userRegs: registers, userStack: { bytes: someBytes(64, 100), dynSize: 24n }, physAddr: 3n }),
        sample(user, { ip: 1n, userRegs: registers, userStack: { bytes: someBytes(8), dynSize: 0n }, physAddr: 4n }),
        sample(user, { ip: 1n, userRegs: { abi: 0n }, physAddr: 5n }, Mode.Kernel),
      ],
    }),
    ...twins({ name: 'sample-weight-struct', about: 'SAMPLE with WEIGHT_STRUCT: three numbers in one, at the same places of its value in both byte orders', clauses: ['5.1.20', '5.8.2'] }, {
      events: [weights],
      records: [
        sample(weights, { ip: 1n, weights: { weight: 0x01020304, insLat: 0x0506, retireLat: 0x0708 }, physAddr: 2n }),
        sample(weights, { ip: 1n, weights: { weight: 0xffffffff, insLat: 0xffff, retireLat: 0xffff }, physAddr: 2n }),
        sample(weights, { ip: 1n, physAddr: 2n }),
      ],
    }),
    ...twins({ name: 'sample-aux', about: 'SAMPLE with AUX, the last field of all: some bytes of a trace, and none', clauses: ['5.1.28', '2.1.17'] }, {
      events: [traced],
      records: [sample(traced, { ip: 1n, aux: someBytes(24) }), sample(traced, { ip: 2n })],
    }),
  ];
}

/** Fields that may be absent, in the presence of others. */
function togetherVectors(): Vector[] {
  const everything = event({
    sampleType: SAMPLE_BITS.filter((bit) => bit !== 'WEIGHT'), readFormat: ['ID', 'LOST', 'GROUP'], ids: [0x1122334455667788n], branchSampleType: branchBits(3, 17, 19),
    sampleRegsUser: 0x81n, sampleRegsIntr: 0x101n, sampleStackUser: 16,
  });
  const nothing = event({ samplePeriod: 4000n });
  const frequency = event({ sampleType: ['IP', 'TIME'], samplePeriod: 997n, flags: ['sample_id_all', 'freq'] });
  const unknown = event({ sampleType: ['IP', 'TIME'], moreSampleBits: 0x6000000n });
  const precise = event({ name: 'cpu-clock:pp', sampleType: ['IP', 'TID', 'TIME'], preciseIp: 2 });
  const offCpu = event({ config: 10n, name: 'bpf-output', sampleType: ['IP', 'TID', 'TIME', 'RAW'] });
  return [
    ...twins({ name: 'sample-all-fields', about: 'SAMPLE with all fields at once, each with a value of its own', clauses: ['5.1.4', '5.1.5', '5.1.6', '5.1.7', '5.1.8', '5.1.9', '5.1.10', '5.1.11', '5.1.12', '5.1.13', '5.1.14', '5.1.15', '5.1.16', '5.1.17', '5.1.18', '5.1.20', '5.1.21', '5.1.22', '5.1.23', '5.1.24', '5.1.25', '5.1.26', '5.1.27', '5.1.28', '5.7.1'] }, {
      events: [everything],
      records: [
        sample(everything, {
          ...all, read: readings(['GROUP'], [1n, 2n]), branches: branches.slice(0, 2), hwIndex: 5n, userRegs: { abi: 2n, values: [0xdeadbeefcafef00dn, 2n] },
          userStack: { bytes: someBytes(16), dynSize: 8n }, weights: { weight: 7, insLat: 8, retireLat: 9 }, intrRegs: { abi: 2n, values: [3n, 4n] }, aux: someBytes(8),
        }),
        sample(everything, { ...all, callchain: [], read: { values: [] }, userRegs: { abi: 0n }, intrRegs: { abi: 0n }, raw: [] }, Mode.Kernel),
      ],
    }),
    ...twins({ name: 'sample-no-fields', about: 'SAMPLE without any field: its period is the event\'s; pid, tid and cpu are not known', clauses: ['5.1.2', '5.1.30'] }, {
      events: [nothing],
      records: [sample(nothing, {}), sample(nothing, {}, Mode.Kernel)],
    }),
    ...twins({ name: 'sample-frequency', about: 'SAMPLE without PERIOD of an event with a frequency: the frequency is its period', clauses: ['5.1.2', '2.1.10', '2.2.6'] }, {
      events: [frequency],
      records: [sample(frequency, { ip: 1n, time: 5n })],
    }),
    ...twins({ name: 'sample-unknown-bits', about: 'SAMPLE with fields of bits above 24: the known fields are read, the rest is bytes', clauses: ['5.1.3', '5.1.29'] }, {
      events: [unknown],
      records: [sample(unknown, { ip: 1n, time: 5n, rest: someBytes(16) }), sample(unknown, { ip: 2n, time: 6n })],
      departures: ({ records }) => [{ clause: '5.1.3', offset: records[0]!.offset, severity: 'warning' }],
    }),
    ...twins({ name: 'sample-too-long', about: 'SAMPLE with bytes behind its fields', clauses: ['5.1.29'] }, {
      events: [precise],
      records: [sample(precise, { ip: 1n, pid: 2, tid: 3, time: 5n, rest: someBytes(8) }), sample(precise, { ip: 2n, pid: 2, tid: 3, time: 6n })],
      departures: ({ records }) => [{ clause: '5.1.29', offset: records[0]!.offset, severity: 'warning' }],
    }),
    ...twins({ name: 'sample-modes', about: 'SAMPLE in every mode, and with an exact address (misc bit 14)', clauses: ['4.2.1', '4.2.9', '2.2.9'] }, {
      events: [precise],
      records: [
        ...[0, Mode.Kernel, Mode.User, Mode.Hypervisor, Mode.GuestKernel, Mode.GuestUser].map((mode, i) => sample(precise, { ip: 1n, pid: 2, tid: 3, time: 5n + BigInt(i) }, mode)),
        sample(precise, { ip: 1n, pid: 2, tid: 3, time: 50n }, Mode.User | Bit14),
      ],
    }),
    ...twins({ name: 'sample-off-cpu', about: 'SAMPLE of perf record --off-cpu, whose own fields lie in RAW', clauses: ['10.1.22', '5.1.15'] }, {
      events: [offCpu],
      records: [sample(offCpu, { ip: 0n, pid: 0, tid: 0, time: 7n, raw: someBytes(4 + 4 + 8 + 8 + 16 + 8) })],
    }),
    ...shortVectors(),
  ];
}

/** What does not fit is no sample: each field that has a length, cut and with a length beyond the record. */
function shortVectors(): Vector[] {
  const usual = event({ sampleType: ['IP', 'TID', 'TIME'] });
  const lengths = (['CALLCHAIN', 'RAW', 'BRANCH_STACK', 'REGS_USER', 'STACK_USER', 'REGS_INTR', 'AUX', 'READ', 'PHYS_ADDR'] as const).map((bit, i) =>
    event({ sampleType: ['IDENTIFIER', 'IP', bit], ids: [BigInt(i + 1)], sampleRegsUser: 3n, sampleRegsIntr: 3n, readFormat: ['ID', 'GROUP'] }),
  );
  const values: SampleValues = {
    ip: 1n, callchain: [2n, 3n], raw: someBytes(12), branches: branches.slice(0, 2), userRegs: { abi: 2n, values: [4n, 5n] }, intrRegs: { abi: 2n, values: [6n, 7n] },
    userStack: { bytes: someBytes(16), dynSize: 16n }, aux: someBytes(16), read: readings(['GROUP'], [1n, 2n]), physAddr: 9n,
  };
  return [
    ...twins({ name: 'sample-cut', about: 'SAMPLE that ends within its fixed fields: it is dropped, those around it are not', clauses: ['5.1.1'] }, {
      events: [usual],
      records: [
        sample(usual, { ip: 1n, pid: 2, tid: 3, time: 5n }), shortSample(sample(usual, { ip: 2n, pid: 2, tid: 3, time: 6n }), 8 + 16),
        shortSample(sample(usual, { ip: 2n, pid: 2, tid: 3, time: 6n }), 8), sample(usual, { ip: 3n, pid: 2, tid: 3, time: 7n }),
      ],
      departures: ({ records }) => [1, 2].map((i) => ({ clause: '5.1.1', offset: records[i]!.offset, severity: 'error' as const })),
    }),
    ...twins({ name: 'sample-cut-lengths', about: 'SAMPLE with each field that says its own length, 8 bytes too short for it', clauses: ['5.1.1'] }, {
      events: lengths,
      records: lengths.flatMap((each) => [sample(each, values), shortSample(sample(each, values), 'last 8')]),
      departures: ({ records }) => lengths.map((_, i) => ({ clause: '5.1.1', offset: records[i * 2 + 1]!.offset, severity: 'error' as const })),
    }),
    ...twins({ name: 'sample-length-beyond', about: 'SAMPLE whose fields say lengths of nearly 2^64', clauses: ['5.1.1'] }, {
      events: lengths,
      records: lengths.slice(0, 3).concat(lengths.slice(4, 5), lengths.slice(6, 8)).map((each) => shortSample(sample(each, values), { lengthAt: 24, width: each.has('RAW') ? 4 : 8 })),
      departures: ({ records }) => records.map(({ offset }) => ({ clause: '5.1.1', offset, severity: 'error' as const })),
    }),
  ];
}

export const sampleVectors: readonly Vector[] = [
  ...simpleVectors(), ...readVectors(), ...chainVectors, ...branchVectors(), ...stackVectors(), ...togetherVectors(),
];
