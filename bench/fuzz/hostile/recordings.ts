// Recordings that would take a reader's time or memory out of all proportion, each as large as asked for: `size` in bytes, about.

import { numbers } from '../recording-model.ts';
import { joined } from '../mutate.ts';
import { CHAIN_SAMPLES, HostileRecords, attrOf, hostileFile, hostilePipe } from './recording-builder.ts';

/** What is run over an input: names of targets (targets/all.ts). */
export interface Hostile {
  readonly name: string;
  readonly targets: readonly string[];
  build(size: number): ReadonlyMap<string, Uint8Array>;
}

const recording = (bytes: Uint8Array): ReadonlyMap<string, Uint8Array> => new Map([['recording', bytes]]);

/** Records until they come to `size` bytes. */
function filled(size: number, add: (records: HostileRecords, i: number) => void, before?: (records: HostileRecords) => void): HostileRecords {
  const records = new HostileRecords();
  before?.(records);
  for (let i = 0; records.bytes.length < size; i++) add(records, i);
  return records;
}

const plain = (size: number, add: (records: HostileRecords, i: number) => void, before?: (records: HostileRecords) => void): ReadonlyMap<string, Uint8Array> =>
  recording(hostileFile([{}], filled(size, add, before).bytes));

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: Math.ceil(count) }, (_, i) => make(i));
const CODE = 0x1000_0000;
const KERNEL = -0x7f00_0000;
/** As many as a record holds. */
const LONGEST_CHAIN = 8_170;

function zstdRecords(size: number, piece: (i: number) => Uint8Array): ReadonlyMap<string, Uint8Array> {
  const add = (records: HostileRecords, bytes: Uint8Array): HostileRecords => records.begin(83).u64(bytes.length).raw(bytes).end();
  return plain(size, (records, i) => add(records, piece(i)), (records) => add(records, Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x58)));
}

/** Multipliers that hash tables often have, and the inverse of the second one. */
const FIRST_FACTOR = 0x9e3779b1;
const SECOND_FACTOR = 0x85ebca6b;
const FIRST_INVERSE = inverseOf(FIRST_FACTOR);
const SECOND_INVERSE = inverseOf(SECOND_FACTOR);

/** Modulo 2^32, of an odd number. */
function inverseOf(factor: number): number {
  let inverse = factor;
  for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(factor, inverse));
  return inverse;
}

/** 64-bit numbers that differ, of which a sum of products of their halves with these multipliers is the same. */
function colliding(i: number): bigint {
  const high = Math.imul(Math.imul(i, FIRST_FACTOR), SECOND_INVERSE) >>> 0;
  return (BigInt(high) << 32n) | BigInt(i >>> 0);
}

/** The same of numbers that are addresses: their upper half is small. */
function collidingAddress(i: number): number {
  const low = Math.imul(Math.imul(i, SECOND_FACTOR), FIRST_INVERSE) >>> 0;
  return i * 2 ** 32 + low;
}

const VIEWS = ['stats', 'report', 'script', 'dump', 'validate', 'convert'];

export const HOSTILE_RECORDINGS: readonly Hostile[] = [
  { name: 'attrs', targets: ['stats', 'header', 'evlist', 'report', 'convert', 'validate', 'dump-json'], build: (size) => recording(hostileFile(many(size / 160, (i) => ({ config: BigInt(i % 10) })), new HostileRecords().bytes)) },
  { name: 'attrs in a pipe', targets: ['stats', 'evlist', 'dump', 'convert', 'validate'], build: (size) => recording(hostilePipe(filled(size, (records, i) => records.begin(64).raw(attrOf({ config: BigInt(i % 9) })).u64(i).end()).bytes)) },
  {
    name: 'ids that all events share', targets: ['stats', 'header', 'dump-json', 'validate'], build: (size) => {
      const attrs = many(size / 320, () => ({ sampleType: 0x10001n }));
      const file = hostileFile(attrs, joined(...many(size / 16, (i) => numbers(true, [4, 9n], [2, 0n], [2, 8n], [8, BigInt(i)])).map((record) => record.subarray(0, 8))));
      const view = new DataView(file.buffer);
      for (let i = 0; i < attrs.length; i++) {
        view.setBigUint64(104 + i * 160 + 144, 104n, true);
        view.setBigUint64(104 + i * 160 + 152, BigInt(Math.floor((file.length - 104) / 8) * 8), true);
      }
      return recording(file);
    },
  },
  {
    name: 'features that share a payload', targets: ['header', 'everything', 'dump-json', 'validate', 'convert'], build: (size) => {
      const file = hostileFile([{}], new HostileRecords().comm(1, 'x').bytes, many(255, (i) => [i + 1, new Uint8Array(i === 254 ? size : 0)] as const));
      const view = new DataView(file.buffer);
      const table = 104 + 160 + 40;
      for (let i = 0; i < 255; i++) {
        view.setBigUint64(table + i * 16, BigInt(file.length - size), true);
        view.setBigUint64(table + i * 16 + 8, BigInt(size), true);
      }
      return recording(file);
    },
  },
  { name: 'mappings one behind the other', targets: VIEWS, build: (size) => plain(size, (records, i) => records.mmap(1, CODE + i * 0x2000, 0x1000, `/lib/${i}`).sample(1, [CODE + i * 0x2000 + 16])) },
  { name: 'mappings in no order', targets: ['report'], build: (size) => plain(size, (records, i) => records.mmap(1, CODE + ((i * 7_919) % 1_000_003) * 0x1000, 0x3000, '/lib/a')) },
  { name: 'mappings in reverse', targets: ['report'], build: (size) => plain(size, (records, i) => records.mmap(1, 2 ** 46 - i * 0x2000, 0x1000, '/lib/a')) },
  { name: 'mappings within mappings', targets: ['report', 'script'], build: (size) => plain(size, (records, i) => records.mmap(1, CODE + i * 0x10, 2 ** 40 - i * 0x20, '/lib/a').sample(1, [CODE + i])) },
  { name: 'forks of a process with many mappings', targets: ['report', 'script', 'tasks'], build: (size) => {
    const mappings = Math.floor(size / 2 / 112);
    return plain(size, (records, i) => records.fork(2 + i, 1), (records) => { for (let i = 0; i < mappings; i++) records.mmap(1, CODE + i * 0x2000, 0x1000, '/lib/a'); });
  } },
  { name: 'forks that map of a process with many mappings', targets: ['report', 'script'], build: (size) => {
    const mappings = Math.floor(size / 2 / 112);
    return plain(size, (records, i) => records.fork(2 + i, 1).mmap(2 + i, CODE + 0x1000, 0x1000, '/lib/b'), (records) => { for (let i = 0; i < mappings; i++) records.mmap(1, CODE + i * 0x2000, 0x1000, '/lib/a'); });
  } },
  { name: 'forks of forks', targets: [...VIEWS, 'tasks', 'anonymize'], build: (size) => plain(size, (records, i) => records.fork(2 + i, 1 + i).sample(2 + i, [CODE]), (records) => records.comm(1, 'bomb').mmap(1, CODE, 0x1000, '/bin/a')) },
  { name: 'forks in a circle', targets: ['tasks', 'report'], build: (size) => plain(size, (records, i) => records.fork(1 + (i % 1000), 1 + ((i + 1) % 1000))) },
  { name: 'forks of one, of its child, and so on', targets: ['tasks'], build: (size) => plain(size, (records, i) => (i % 2 === 0 ? records.fork(2 + i, Math.max(i, 1)) : records.fork(1_000_000 + i, 1))) },
  { name: 'names', targets: [...VIEWS, 'tasks', 'anonymize'], build: (size) => plain(size, (records, i) => records.comm(1, `n${i}`).sample(1, [CODE + i])) },
  { name: 'threads', targets: [...VIEWS, 'tasks'], build: (size) => plain(size, (records, i) => records.sample(1 + i, [CODE + i])) },
  { name: 'cgroups', targets: [...VIEWS, 'anonymize'], build: (size) => plain(size, (records, i) => records.begin(19).u64(i).text(`/group/${i}`).trailer(1).end()) },
  { name: 'ID_INDEX of 64 KB', targets: [...VIEWS, 'dump-json'], build: (size) => plain(size, (records) => {
    records.begin(69).u64(2_000);
    for (let i = 0; i < 2_000; i++) records.u64(i).u64(0).u64(1).u64(7);
    return records.end();
  }) },
  { name: 'kernel symbols, none of the kernel', targets: ['report', 'script'], build: (size) => plain(size, (records, i) => records.ksymbol(BigInt(KERNEL + i * 64), 32, `bpf_prog_${i}`).sample(0, [KERNEL + i * 64 + 40], true)) },
  { name: 'kernel symbols with samples', targets: ['report', 'script'], build: (size) => plain(size, (records, i) => records.ksymbol(BigInt(KERNEL + i * 64), 32, `bpf_prog_${i}`).sample(0, [KERNEL + i * 64 + 8], true)) },
  { name: 'jitdumps that are not there', targets: ['report', 'script', 'inject'], build: (size) => plain(size, (records, i) => records.mmap(1, CODE + i * 0x1000, 0x1000, `/tmp/jit-${i}.dump`).sample(1, [CODE - 1 - i])) },
  { name: 'jitdumps of forks', targets: ['report', 'script'], build: (size) => plain(size, (records, i) => (i < 1_000 ? records.mmap(1, CODE + i * 0x1000, 0x1000, `/tmp/jit-${i}.dump`) : records.fork(i, 1).sample(i, [CODE - 1 - i]))) },
  { name: 'processes without their perf map', targets: ['report', 'script'], build: (size) => new Map([...plain(size, (records, i) => records.mmap(1 + i, CODE, 0x1000, '//anon').sample(1 + i, [CODE + 16])), ['map:900001', new TextEncoder().encode('10000000 20 f\n'.repeat(1000))]]) },
  { name: 'samples that wait for chains of others', targets: ['report', 'script', 'dump'], build: (size) => recording(hostileFile([{ flags: 1n << 38n }], filled(size, (records, i) => {
    records.begin(9, 1).u64(KERNEL).u32(1).u32(1).u64(1 + i).u64(1).u64(4).u64(-128n).u64(KERNEL).u64(-640n).u64(i).end();
    return records.begin(22, 2).u64(i).u64(2).u64(-512n).u64(CODE).u32(2).u32(2).u64(1 + i).end();
  }).bytes)) },
  { name: 'samples that all wait', targets: ['report', 'script'], build: (size) => recording(hostileFile([{ flags: 1n << 38n }], filled(size, (records, i) => records.begin(9, 1).u64(KERNEL).u32(1).u32(1).u64(1 + i).u64(1).u64(4).u64(-128n).u64(KERNEL).u64(-640n).u64(i).end()).bytes)) },
  { name: 'groups of counters with long chains', targets: ['stats', 'report', 'script', 'dump'], build: (size) => {
    const counters = 1_000;
    const attr = { sampleType: CHAIN_SAMPLES | 0x50n, readFormat: 12n };
    const attrs = many(Math.min(counters, size / 3_000), (i) => ({ ...attr, config: BigInt(i % 10), ids: [BigInt(i + 1)] }));
    return recording(hostileFile(attrs, filled(size, (records, i) => {
      records.begin(9, 2).u64(CODE).u32(1).u32(1).u64(1 + i).u64(1).u64(1).u64(attrs.length);
      for (let j = 0; j < attrs.length; j++) records.u64(i + 1).u64(j + 1);
      records.u64(4_000).u64(-512n);
      for (let j = 1; j < 4_000; j++) records.u64(CODE + j);
      return records.end();
    }).bytes));
  } },
  { name: 'long chains, all different', targets: [...VIEWS, 'samples'], build: (size) => plain(size, (records, i) => records.sample(1, many(LONGEST_CHAIN, (j) => CODE + ((i * 31 + j) * 7_919) % 1_000_003))) },
  { name: 'long chains of the same', targets: VIEWS, build: (size) => plain(size, (records, i) => records.sample(1, many(LONGEST_CHAIN, (j) => CODE + ((j + i) % 3)))) },
  { name: 'short chains, all different', targets: VIEWS, build: (size) => plain(size, (records, i) => records.sample(1, [CODE + i, CODE + ((i * 7) % 1_000_003), CODE + ((i * 11) % 1_000_033)])) },
  { name: 'addresses that no double holds', targets: VIEWS, build: (size) => plain(size, (records, i) => records.sample(1, many(60, (j) => (0x1234_5678_9abc_def1n + BigInt(i * 60 + j) * 0x1001n) & 0x7fff_ffff_ffff_ffffn))) },
  { name: 'ids that collide', targets: ['stats', 'report'], build: (size) => recording(hostileFile([{ sampleType: 0x10001n, ids: many(size / 8, colliding) }, { sampleType: 0x10001n, ids: [1n] }], new HostileRecords().comm(1, 'x').bytes)) },
  { name: 'addresses that collide', targets: ['report', 'script'], build: (size) => plain(size, (records, i) => records.sample(1, many(4_000, (j) => collidingAddress((i * 4_000 + j) % 0xf_ffff)))) },
  { name: 'garbage addresses that collide', targets: ['report', 'script', 'dump'], build: (size) => plain(size, (records, i) => records.sample(1, many(4_000, (j) => colliding(i * 4_000 + j + 1)))) },
  { name: 'branches, all different', targets: ['report', 'script', 'dump'], build: (size) => recording(hostileFile([{ sampleType: 0x801n | 6n }], filled(size, (records, i) => {
    records.begin(9, 2).u64(CODE).u32(1).u32(1).u64(1 + i).u64(2_600);
    for (let j = 0; j < 2_600; j++) records.u64(CODE + i * 2_600 + j).u64(CODE - j).u64(j % 16);
    return records.end();
  }).bytes, [[15, new Uint8Array(0)]])) },
  { name: 'registers and stacks in unknown code', targets: ['report', 'script'], build: (size) => recording(hostileFile([{ sampleType: 0x3007n, userRegs: 0xff0fffn, stackSize: 60_000n }], filled(size, (records, i) => {
    records.begin(9, 2).u64(CODE + i).u32(1).u32(1).u64(1 + i).u64(2);
    for (let j = 0; j < 20; j++) records.u64(j === 8 ? CODE + i : 0x7fff_0000_0000 + j * 8);
    records.u64(60_000);
    for (let j = 0; j < 7_500; j++) records.u64(j % 2 === 0 ? 0x7fff_0000_0000 + j * 8 + 16 : CODE + j);
    return records.u64(60_000).end();
  }, (records) => records.mmap(1, CODE, 0x100_0000, '/bin/none')).bytes)) },
  { name: 'times in reverse', targets: VIEWS, build: (size) => plain(size, (records, i) => records.begin(3).u32(1).u32(1).text('x').trailer(1, 2 ** 40 - i).end()) },
  { name: 'times in reverse with a round each', targets: ['stats', 'report'], build: (size) => plain(size, (records, i) => records.begin(3).u32(1).u32(1).text('x').trailer(1, 2 ** 40 - i).end().begin(68).end()) },
  { name: 'saw-tooth times and rounds', targets: ['report'], build: (size) => plain(size, (records, i) => records.begin(3).u32(1).u32(1).text('x').trailer(1, 2 ** 40 + (i % 2 === 0 ? i : -i)).end().begin(68).end()) },
  { name: 'zeros', targets: VIEWS, build: (size) => recording(hostileFile([{}], new Uint8Array(size))) },
  { name: 'headers that lead nowhere', targets: VIEWS, build: (size) => {
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 8 < size; at += 8) view.setBigUint64(at, at % 24 === 16 ? 0xffff_ffff_ffff_ffffn : 0x0008_0000_0000_0009n, true);
    return recording(hostileFile([{}], bytes));
  } },
  { name: 'records of eight bytes', targets: [...VIEWS, 'windows'], build: (size) => plain(size, (records, i) => records.begin(1 + (i % 22)).end()) },
  { name: 'compressed records of one byte', targets: VIEWS, build: (size) => zstdRecords(size, (i) => Uint8Array.of(8, 0, 0, [3, 0, 0, 0, 0, 0, 8, 0][i % 8]!)) },
  { name: 'compressed records of nothing', targets: VIEWS, build: (size) => zstdRecords(size, () => new Uint8Array(0)) },
  { name: 'compressed records that hold one sample each', targets: VIEWS, build: (size) => {
    const one = new HostileRecords().sample(1, [CODE]).bytes.slice();
    return zstdRecords(size, () => joined(Uint8Array.of((one.length << 3) & 255, one.length >> 5, 0), one));
  } },
  { name: 'runs of 128 KiB', targets: ['stats', 'dump-json'], build: (size) => zstdRecords(size, () => Uint8Array.from(many(200, () => [2, 0, 16, 0x41]).flat())) },
  { name: 'tracing data of nothing in a pipe', targets: ['stats', 'dump'], build: (size) => recording(hostilePipe(filled(size, (records) => records.begin(66).u32(0).u32(0).end()).bytes)) },
  { name: 'groups that all begin with the first event', targets: ['evlist', 'report', 'header', 'validate'], build: (size) => {
    const attrs = many(size / 320, () => ({}));
    const groups = joined(numbers(true, [4, BigInt(Math.floor(size / 24))]), ...many(size / 24, (i) => numbers(true, [4, 0n], [4, BigInt(i % attrs.length)], [4, 0xffff_ffffn])));
    return recording(hostileFile(attrs, new HostileRecords().sample(1, [CODE]).bytes, [[17, groups]]));
  } },
  { name: 'CPUs of events', targets: ['stats', 'dump', 'dump-json', 'convert', 'validate'], build: (size) => plain(size, (records) => records.begin(78).u64(3).u64(1).u16(2).u16(1).u16(0).u16(65_535).end(), (records) => records.comm(1, 'x')) },
  { name: 'CPU maps of one range', targets: ['dump', 'dump-json', 'script', 'validate'], build: (size) => plain(size, (records) => records.begin(74).u16(2).u16(0).u16(0).u16(65_535).end()) },
  { name: 'counters and rounds', targets: ['script', 'dump'], build: (size) => recording(hostileFile([{ ids: [1n] }], filled(size, (records, i) =>
    records.bytes.length < size / 2 ? records.begin(76).u64(1).u32(i).u32(i).u64(i).u64(1).u64(1).end() : records.begin(77).u64(1).u64(i).end()).bytes)) },
  { name: 'build ids', targets: [...VIEWS, 'buildid-list'], build: (size) => {
    const list = filled(size, (records, i) => records.begin(0, 0x8002).u32(0xffff_ffff).raw(new Uint8Array(20).fill(i)).u32(20).text(`/lib/${i}`).end()).bytes;
    return recording(hostileFile([{}], new HostileRecords().sample(1, [CODE]).bytes, [[2, list]]));
  } },
  { name: 'text pokes', targets: ['dump', 'script', 'dump-json'], build: (size) => plain(size, (records, i) => records.begin(20).u64(KERNEL + i * 8).u16(5).u16(5).raw(new Uint8Array(12)).trailer(0).end()) },
  { name: 'AUX data in records of 24 bytes', targets: [...VIEWS], build: (size) => plain(size, (records) => records.begin(71).u64(8).u64(0).u64(0).u32(0).u32(0).u32(0).u32(0).end().u64(0)) },
];
