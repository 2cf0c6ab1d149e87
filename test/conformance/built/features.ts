// Feature sections (SPEC 3): every one in a file and in a pipe, each of its parts that may be missing, and damaged ones.

import { event } from '../builder/event.ts';
import type { Feature } from '../builder/feature.ts';
import * as features from '../builder/features.ts';
import * as own from '../builder/own-records.ts';
import { Packer, someBytes } from '../builder/packer.ts';
import { Bit15, Mode } from '../builder/record.ts';
import { little, twins, type Vector } from '../builder/vector.ts';

const clock = event({ sampleType: ['IP', 'TIME', 'IDENTIFIER'], ids: [7n], name: 'cpu-clock' });
const faults = event({ config: 2n, name: 'page-faults', sampleType: ['IP', 'TIME', 'IDENTIFIER'], ids: [8n, 0x0102030405060708n], size: 136 });
const buildId = [...someBytes(20, 0xa0)];

const capabilities = [{ name: 'branches', value: '32' }, { name: 'max_precise', value: '3' }, { name: 'empty', value: '' }];

const topology = {
  packages: ['0-3', '4-7'],
  threads: ['0,4', '1,5'],
  cpus: [{ core: 0, socket: 0, die: 0 }, { core: 1, socket: 0, die: 0 }, { core: 0, socket: 1, die: 3 }, { core: 0x01020304, socket: 0x05060708, die: 0x090a0b0c }],
  dies: ['0-7'],
};

/** bpf_prog_info of 208 bytes: two functions whose addresses, lengths and tags lie in the data. */
function bpfProgram(packerOrder: 'little' | 'big'): { readonly arrays: bigint; readonly info: Uint8Array; readonly data: Uint8Array } {
  const info = new Packer(packerOrder).u32(5).u32(0x01020304).raw(someBytes(8, 0xc0)).u32(16).zeros(64 - 20).text('handler', 16).zeros(104 - 80);
  info.u32(2).u32(2).u64(0).u64(16).zeros(180 - 128).u32(2).u64(24).zeros(208 - 192);
  const data = new Packer(packerOrder).u64(0xffffffffc0000658n).u64(0xffffffffc0000700n).u32(0x40).u32(0x80).raw(someBytes(16, 0xd0));
  return { arrays: 0x118n, info: info.bytes(), data: data.bytes() };
}

const domains = {
  schedstatVersion: 17,
  maxDomains: 2,
  cpus: [
    { cpu: 0, domains: [{ domain: 0, name: 'SMT', mask: '00000003', list: '0-1' }, { domain: 1, name: 'PKG', mask: '000000ff', list: '0-7' }] },
    { cpu: 5, domains: [] },
  ],
};

/** What each group shows, its clauses, and its features. */
function groups(order: 'little' | 'big'): readonly (readonly [name: string, about: string, clauses: readonly string[], features: readonly Feature[]])[] {
  return [
    ['texts', 'texts: HOSTNAME, OSRELEASE, VERSION, ARCH, CPUDESC, CPUID', ['3.2.3', '3.2.4', '3.2.5', '3.2.6', '3.2.8', '3.2.9', '3.1.2'], [
      features.textFeature('HOSTNAME', 'elsewhere.example'), features.textFeature('OSRELEASE', '6.18.1'), features.textFeature('VERSION', '7.2.13'),
      features.textFeature('ARCH', 'x86_64'), features.textFeature('CPUDESC', 'A processor of 3 GHz, whose name is longer than sixty-four bytes in all'),
      features.textFeature('CPUID', 'GenuineIntel,6,143,8'),
    ]],
    ['numbers', 'numbers: NRCPUS, TOTAL_MEM, SAMPLE_TIME, CLOCKID, CLOCK_DATA, COMPRESSED, E_MACHINE, CLN_SIZE', ['3.2.7', '3.2.10', '3.2.21', '3.2.23', '3.2.27', '3.2.29', '3.2.33', '3.2.34'], [
      features.nrCpus(4, 3), features.totalMem(0x0102030405060708n), features.sampleTime(0x1112131415161718n, 0x2122232425262728n), features.clockId(0x0102030405n),
      features.clockData({ clockId: 1, wall: 1_732_750_000_123_456_789n, clock: 0x0102030405060708n }),
      features.compressed({ version: 1, type: 1, level: 3, ratio: 7, mmapLength: 0x01020304 }), features.eMachine(62, 0x01020304), features.clnSize(0x01020304),
    ]],
    ['lists', 'lists: CMDLINE, PMU_MAPPINGS, GROUP_DESC, AUXTRACE', ['3.2.11', '3.2.16', '3.2.17', '3.2.18', '3.1.3'], [
      features.cmdline(['/usr/bin/perf', 'record', '-e', 'cpu-clock', '--', 'sleep 1']),
      features.pmuMappings([{ type: 4, name: 'cpu' }, { type: 1, name: 'software' }, { type: 0x01020304, name: 'uncore_imc_0' }]),
      features.groupDesc([{ name: '{anon_group}', leader: 0, members: 2 }, { name: 'named', leader: 0x01020304, members: 0x05060708 }]),
      features.auxtraceIndex([{ offset: 0x0102030405060708n, size: 0x1112131415161718n }, { offset: 512n, size: 112n }]),
    ]],
    ['topologies', 'topologies of the machine: CPU_TOPOLOGY with dies, NUMA_TOPOLOGY, CACHE, MEM_TOPOLOGY, HYBRID_TOPOLOGY', ['3.2.13', '3.2.14', '3.2.20', '3.2.22', '3.2.30', '3.1.4'], [
      features.nrCpus(4, 4), features.cpuTopology(topology),
      features.numaTopology([{ node: 0, total: 0x0102030405060708n, free: 12345n, cpus: '0-3' }, { node: 0x01020304, total: 1n, free: 0n, cpus: '' }]),
      features.caches([
        { level: 1, lineSize: 64, sets: 64, ways: 8, type: 'Data', size: '32K', cpus: '0' },
        { level: 0x01020304, lineSize: 0x05060708, sets: 0x090a0b0c, ways: 0x0d0e0f10, type: 'Unified', size: '24576K', cpus: '0-7' },
      ]),
      features.memTopology(0x8000000n, [{ node: 0n, bits: 70n, words: [0xfffffffffffffffdn, 0x3fn] }, { node: 1n, bits: 64n, words: [1n] }, { node: 2n, bits: 0n, words: [] }]),
      features.hybridTopology([{ pmu: 'cpu_core', cpus: '0-15' }, { pmu: 'cpu_atom', cpus: '16-23' }]),
    ]],
    ['pmus', 'capabilities of PMUs: CPU_PMU_CAPS, PMU_CAPS', ['3.2.28', '3.2.31'], [
      features.cpuPmuCaps(capabilities), features.pmuCaps([{ pmu: 'cpu_core', capabilities }, { pmu: 'cpu_atom', capabilities: [] }]),
    ]],
    ['event-desc', 'EVENT_DESC: attrs once more, with ids and names; those of a shorter attr are filled with zeros', ['3.2.12', '3.4.1'], [
      features.eventDesc([{ event: clock, name: 'cpu-clock' }, { event: faults, name: 'page-faults' }]),
    ]],
    ['bpf', 'BPF_PROG_INFO with the kernel\'s structure and the arrays it points to, BPF_BTF', ['3.2.25', '3.2.26', '3.3.3'], [
      features.bpfProgInfo([bpfProgram(order)]), features.bpfBtf([{ id: 0x01020304, bytes: someBytes(11) }, { id: 2, bytes: new Uint8Array(0) }]),
    ]],
    ['bpf-none', 'BPF_PROG_INFO and BPF_BTF without any program, as perf mostly writes them', ['3.2.25', '3.2.26'], [features.bpfProgInfo([]), features.bpfBtf([])]],
    ['domains', 'CPU_DOMAIN_INFO of schedstat\'s version 17, with names', ['3.2.32'], [features.cpuDomainInfo(domains)]],
    ['build-ids', 'BUILD_ID: the kernel\'s, a file\'s of 20 bytes and of 16, one of a guest, and one without a size', ['3.2.2', '4.2.10', '10.1.2'], [
      features.buildIds([
        { pid: -1, buildId, filename: '[kernel.kallsyms]', misc: Mode.Kernel | Bit15 }, { pid: -1, buildId: buildId.slice(0, 16), filename: '/usr/lib/md5.so', misc: Mode.User | Bit15 },
        { pid: 99, buildId, filename: '/usr/bin/in-guest', misc: Mode.GuestUser | Bit15 }, { pid: -1, buildId: buildId.slice(0, 16), filename: '[vdso]', misc: Mode.User },
      ]),
    ]],
    ['flags', 'BRANCH_STACK and STAT, which have no payload', ['3.2.15', '3.2.19', '3.1.5'], [features.emptyFeature('BRANCH_STACK'), features.emptyFeature('STAT')]],
    ['tracing-data', 'TRACING_DATA as it is', ['3.2.1', '7.1.1'], [features.tracingDataFeature(someBytes(37))]],
    ['dir-format', 'DIR_FORMAT 0: all records are in this file', ['3.2.24', '1.5.3'], [features.dirFormat(0n)]],
  ];
}

const groupOf = (index: number) => (order: 'little' | 'big'): readonly Feature[] => groups(order)[index]![3];

function groupVectors(): Vector[] {
  return groups('little').flatMap(([name, about, clauses], index) =>
    twins({ name: `feature-${name}`, about: `Features of a file: ${about}`, clauses: ['1.2.7', ...clauses] }, (order) => ({
      events: [clock, faults], features: groupOf(index)(order), records: [own.finishedInit()],
      // Bytes that only have to be kept are no stream of 7.1.
      ...(name === 'tracing-data' && { departures: (layout) => [{ clause: '7.1.2', offset: layout.features.get('TRACING_DATA')!.offset, severity: 'error' as const }] }),
    })),
  );
}

/** All of them as HEADER_FEATURE records, those that perf does not write into pipes too. NRCPUS before CPU_TOPOLOGY, as in perf. */
function pipeVectors(): Vector[] {
  return twins({ name: 'feature-all-in-pipe', about: 'Every feature as a HEADER_FEATURE record, also those that perf does not write into pipes', clauses: ['1.3.1', '1.3.2', '4.6.17', '3.1.4'] }, (order) => {
    const all = groups(order).filter(([name]) => name !== 'bpf-none' && name !== 'tracing-data').flatMap(([, , , list]) => list);
    const first = [...new Map(all.map((feature) => [feature.number, feature])).values()].toSorted((a, b) => a.number - b.number);
    return { container: 'pipe', events: [clock, faults], records: [own.headerAttr(clock), own.headerAttr(faults), ...first.map(own.headerFeature), own.endOfFeatures(), own.finishedInit()] };
  });
}

function partVectors(): Vector[] {
  const simple = { events: [clock], records: [own.finishedInit()] };
  const { packages, threads, cpus } = topology;
  return [
    ...twins({ name: 'feature-text-lengths', about: 'Texts of any length: 0, exactly filled without a NUL, with bytes behind the NUL, of 7 bytes', clauses: ['3.1.2', '10.3.3'] }, {
      ...simple,
      features: [
        features.textFeature('HOSTNAME', '', 0), features.textFeature('OSRELEASE', '6.18.1!', 7), features.textFeature('VERSION', 'odd', 7), features.textFeature('ARCH', 'x86_64', 1024),
        features.cmdline([]), features.textFeature('CPUDESC', 'Größe \udcff'),
      ],
    }),
    ...twins({ name: 'feature-topology-old', about: 'CPU_TOPOLOGY that ends after its threads', clauses: ['3.3.1'] }, { ...simple, features: [features.nrCpus(4, 4), features.cpuTopology({ packages, threads })] }),
    ...twins({ name: 'feature-topology-no-dies', about: 'CPU_TOPOLOGY that ends before its dies', clauses: ['3.3.1'] }, {
      ...simple, features: [features.nrCpus(4, 4), features.cpuTopology({ packages, threads, cpus: cpus.map(({ core, socket }) => ({ core, socket })) })],
    }),
    ...twins({ name: 'feature-machine-no-flags', about: 'E_MACHINE that ends before its flags', clauses: ['3.3.2'] }, { ...simple, features: [features.eMachineWithoutFlags(183)] }),
    ...twins({ name: 'feature-domains-unnamed', about: 'CPU_DOMAIN_INFO of schedstat\'s version 15: domains without names', clauses: ['3.2.32'] }, {
      ...simple,
      features: [features.cpuDomainInfo({ schedstatVersion: 15, maxDomains: 1, cpus: [{ cpu: 0, domains: [{ domain: 0, mask: 'f', list: '0-3' }] }] })],
    }),
    ...twins({ name: 'feature-build-ids-old', about: 'BUILD_ID of perf before 2.6.35: records without a pid; the name of the kernel gives it away', clauses: ['3.2.2', '10.1.1'] }, {
      ...simple,
      features: [features.oldBuildIds([{ buildId, filename: '[kernel.kallsyms]', misc: Mode.Kernel }, { buildId: buildId.toReversed(), filename: '/usr/lib/libfoo.so', misc: Mode.User }])],
    }),
    ...twins({ name: 'feature-compressed-without', about: 'COMPRESSED with type 0, as perf stat record leaves it: there is no compression', clauses: ['1.4.5', '10.1.4'] }, {
      ...simple, features: [features.compressed({ version: 0, type: 0, level: 0, ratio: 0, mmapLength: 0 })],
    }),
    ...twins({ name: 'feature-cmdline-alone', about: 'CMDLINE with perf\'s path alone', clauses: ['3.2.11', '10.1.8'] }, { ...simple, features: [features.cmdline(['/usr/bin/perf'])] }),
    ...twins({ name: 'feature-sample-time-0', about: 'SAMPLE_TIME of 0, as in pipes', clauses: ['3.2.21', '10.1.20'] }, { ...simple, features: [features.sampleTime(0n, 0n)] }),
    ...twins({ name: 'feature-unknown', about: 'Features that nobody knows, among others: 35, 77 and 255; an empty one', clauses: ['3.1.1', '1.2.7'] }, {
      ...simple,
      features: [features.textFeature('HOSTNAME', 'elsewhere'), features.clnSize(64), features.unknownFeature(35, someBytes(5)), features.unknownFeature(77, new Uint8Array(0)), features.unknownFeature(255, someBytes(20))],
    }),
    ...twins({ name: 'feature-gaps', about: 'Unused bytes between the feature table and the first payload', clauses: ['1.2.10', '10.1.5'] }, {
      ...simple, tableGap: 32, features: [features.textFeature('HOSTNAME', 'elsewhere'), features.nrCpus(4, 4)],
    }),
    ...twins({ name: 'feature-simpleperf', about: 'Features of simpleperf, 128 and above: META_INFO is pairs of texts, FILE2 lengths and bytes', clauses: ['10.3.1', '3.1.1'] }, {
      ...simple,
      features: [features.textFeature('HOSTNAME', 'phone', 6), features.unknownFeature(129, new TextEncoder().encode('simpleperf_version\x001.0\0')), features.unknownFeature(132, someBytes(9))],
    }),
  ];
}

function damagedVectors(): Vector[] {
  const simple = { events: [clock], records: [own.finishedInit()] };
  /** Payloads that say more than they have. */
  const damaged = (order: 'little' | 'big'): Feature[] => {
    const pack = (): Packer => new Packer(order);
    return [
      features.textFeature('HOSTNAME', 'elsewhere'),
      features.damagedFeature('OSRELEASE', pack().u32(100).text('6.18', 8).bytes()), features.damagedFeature('NRCPUS', pack().u32(4).bytes()),
      features.damagedFeature('TOTAL_MEM', someBytes(7)), features.damagedFeature('CMDLINE', pack().u32(0xffffffff).u32(4).text('perf', 4).bytes()),
      features.damagedFeature('EVENT_DESC', pack().u32(1).u32(16).zeros(32).bytes()), features.damagedFeature('NUMA_TOPOLOGY', pack().u32(2).zeros(24).bytes()),
      features.damagedFeature('PMU_MAPPINGS', pack().u32(1).u32(1).u32(64).bytes()), features.damagedFeature('GROUP_DESC', pack().u32(1).u32(0).u32(1).bytes()),
      features.damagedFeature('AUXTRACE', pack().u64(0xffffffffffffffffn).zeros(16).bytes()), features.damagedFeature('CACHE', pack().u32(1).u32(1).zeros(20).bytes()),
      features.damagedFeature('SAMPLE_TIME', someBytes(12)), features.damagedFeature('MEM_TOPOLOGY', pack().u64(1).u64(1).u64(1).u64(0).u64(1000).u64(1000).u64(0).bytes()),
      features.damagedFeature('BPF_PROG_INFO', pack().u32(1).u32(0x7fffffff).u32(0).u64(0).bytes()), features.damagedFeature('BPF_BTF', pack().u32(1).u32(1).u32(9).zeros(8).bytes()),
      features.damagedFeature('COMPRESSED', pack().u32(1).u32(1).bytes()), features.damagedFeature('CPU_PMU_CAPS', pack().u32(1).u32(0).bytes()),
      features.damagedFeature('CLOCK_DATA', pack().u32(1).u32(1).u64(1).bytes()), features.damagedFeature('HYBRID_TOPOLOGY', pack().u32(1).u32(0).u32(9).bytes()),
      features.damagedFeature('PMU_CAPS', pack().u32(1).u32(1).u32(0).bytes()), features.damagedFeature('CPU_DOMAIN_INFO', pack().u32(17).u32(1).u32(0).u32(1).u32(0).u32(70).u32(0).bytes()),
      features.damagedFeature('E_MACHINE', someBytes(3)), features.damagedFeature('CLN_SIZE', someBytes(2)),
    ];
  };
  return [
    ...twins({ name: 'feature-damaged', about: 'Every feature whose payload can say more than it has does so: each is lost by itself', clauses: ['1.2.9'] }, (order) => ({
      ...simple,
      features: damaged(order),
      departures: (layout) => damaged(order).filter(({ name }) => name !== 'HOSTNAME').map(({ name, number }) => ({ clause: `3.2.${number}`, offset: layout.features.get(name!)!.offset, severity: 'error' as const })),
    })),
    ...twins({ name: 'feature-outside', about: 'The place of a feature lies outside the file: those before and behind it are read', clauses: ['1.2.9'] }, {
      ...simple,
      features: [features.textFeature('HOSTNAME', 'elsewhere'), features.textFeature('OSRELEASE', '6.18'), features.nrCpus(4, 4)],
      harm: (layout) => ({ changes: [{ at: layout.features.get('OSRELEASE')!.entry, bytes: [0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f] }] }),
      left: { features: ['HOSTNAME', 'NRCPUS'] },
      departures: (layout) => [{ clause: '1.2.9', offset: layout.features.get('OSRELEASE')!.entry, severity: 'error' }],
    }),
    little({ name: 'feature-build-id-damaged', about: 'A damaged record in BUILD_ID ends the list, the ones before it stay', clauses: ['3.2.2'] }, {
      ...simple,
      features: [features.cutBuildIds([{ pid: -1, buildId, filename: '[kernel.kallsyms]', misc: Mode.Kernel | Bit15 }], someBytes(12))],
      departures: (layout) => [{ clause: '3.2.2', offset: layout.features.get('BUILD_ID')!.offset, severity: 'error' }],
    }),
  ];
}

export const featureVectors: readonly Vector[] = [...groupVectors(), ...pipeVectors(), ...partVectors(), ...damagedVectors()];
