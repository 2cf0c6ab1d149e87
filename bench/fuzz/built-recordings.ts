// Seeds that nobody has recorded in a small file: every field of a sample at once, every type of record, unwinding through a library
// that is there, deferred chains, groups, memory accesses (FORMAT 2.1 to 2.3).

import type { Random } from './random.ts';
import { type ModelEvent, type RecordingModel, numbers, recordOf } from './recording-model.ts';
import { joined } from './mutate.ts';

/** What an event's attr says; all else is 0. */
interface BuiltAttr {
  readonly type?: number;
  readonly config?: bigint;
  readonly sampleType: bigint;
  readonly readFormat?: bigint;
  readonly flags?: bigint;
  readonly branchType?: bigint;
  readonly userRegs?: bigint;
  readonly intrRegs?: bigint;
  readonly stackSize?: bigint;
}

/** sample_id_all, mmap, comm, task, mmap2, comm_exec. */
const USUAL_FLAGS = (1n << 18n) | (1n << 8n) | (1n << 9n) | (1n << 13n) | (1n << 23n) | (1n << 24n);
const USE_CLOCKID = 1n << 25n;
const DEFER_CALLCHAIN = 1n << 38n;
const MONOTONIC = 1n;
export const X86_64_REGISTERS = 0xff0fffn;
export const ARM64_REGISTERS = 0x1_ffff_ffffn;

function eventOf(little: boolean, attr: BuiltAttr, ids: readonly bigint[]): ModelEvent {
  const flags = attr.flags ?? USUAL_FLAGS;
  let written = 0n;
  for (let bit = 0n; bit < 64n; bit++) if (((flags >> bit) & 1n) === 1n) written |= 1n << (little ? bit : 63n - bit);
  return {
    attr: numbers(little,
      [4, BigInt(attr.type ?? 1)], [4, 144n], [8, attr.config ?? 0n], [8, 1n], [8, attr.sampleType], [8, attr.readFormat ?? 0n], [8, written], [8, 0n], [8, 0n], [8, 0n],
      [8, attr.branchType ?? 0n], [8, attr.userRegs ?? 0n], [4, attr.stackSize ?? 0n], [4, MONOTONIC], [8, attr.intrRegs ?? 0n], [8, 0n], [8, 0n], [8, 0n], [8, 0n], [8, 0n],
    ),
    ids: numbers(little, ...ids.map((id) => [8, id] as const)),
  };
}

type Words = readonly (readonly [number, bigint])[];

const words = (...values: readonly bigint[]): Words => values.map((value) => [8, value] as const);
const halves = (...values: readonly number[]): Words => values.map((value) => [4, BigInt(value >>> 0)] as const);

function textOf(text: string, size = Math.ceil((text.length + 1) / 8) * 8): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(text).subarray(0, size));
  return bytes;
}

/** pid, tid, time, id, stream, cpu, identifier of records that are no samples, for events with all of these. */
const wholeTrailer = (time: bigint): Words => [...halves(7, 7), ...words(time, 11n, 0n), ...halves(1, 0), ...words(11n)];

/** Two events in a group whose samples have every field there is. */
export function everyField(little: boolean): RecordingModel {
  const attr: BuiltAttr = {
    sampleType: 0x1fffn | 0x2000n | 0xff_c000n | 0x10000n, readFormat: 31n, branchType: 0xa0001n, userRegs: X86_64_REGISTERS, intrRegs: X86_64_REGISTERS, stackSize: 64n,
  };
  const sample = (time: bigint): Uint8Array => {
    const registers = (): Words => [...words(2n), ...words(...Array.from({ length: 20 }, (_, i) => BigInt(0x40_0000 + i * 8)))];
    return recordOf(little, 9, joined(
      numbers(little, ...words(11n, 0x40_1000n), ...halves(7, 7), ...words(time, 0xffff_8880_0000_1000n, 11n, 0n), ...halves(1, 0), ...words(3n)),
      numbers(little, ...words(2n, 100n, 90n, 5n, 11n, 0n, 6n, 12n, 1n)),
      numbers(little, ...words(5n, 0xffff_ffff_ffff_ff80n, 0xffff_ffff_8100_0010n, 0xffff_ffff_ffff_fe00n, 0x40_1000n, 0x40_1100n)),
      numbers(little, [4, 12n], [8, 0x1234_5678n], [4, 9n]),
      numbers(little, ...words(2n, 3n, 0x40_1000n, 0x40_1100n, 0x11n, 0x40_1200n, 0xffff_ffff_8100_0000n, 0x2n, 0x15n, 0x16n)),
      numbers(little, ...registers()),
      numbers(little, ...words(64n, ...Array.from({ length: 8 }, (_, i) => BigInt(0x40_1000 + i * 16)), 48n)),
      numbers(little, ...words(77n, 0x68_100142n, 0x5n), ...registers(), ...words(0x1_2345_6000n, 5n, 4096n, 4096n), ...words(8n, 0xabcdn)),
    ), 2);
  };
  const records = [
    recordOf(little, 3, joined(numbers(little, ...halves(7, 7)), textOf('every'), numbers(little, ...wholeTrailer(1n))), 0x2000),
    recordOf(little, 10, joined(numbers(little, ...halves(7, 7), ...words(0x40_0000n, 0x10_0000n, 0n), ...halves(8, 1), ...words(7n, 0n), ...halves(5, 2)), textOf('/bin/every'), numbers(little, ...wholeTrailer(2n))), 2),
    sample(1000n), sample(1001n), recordOf(little, 68, new Uint8Array(0)), sample(1003n), sample(1002n),
  ];
  return { littleEndian: little, container: 'file', compression: 0, events: [eventOf(little, attr, [11n]), eventOf(little, { ...attr, config: 2n }, [12n])], features: new Map(), records };
}

/** One or two records of every type, with plausible fields where they are known here and small numbers elsewhere. */
export function everyType(little: boolean, random: Random): RecordingModel {
  const attr: BuiltAttr = { sampleType: 0x10000n | 0x2c7n | 0x100n };
  const trailer = (time: bigint): Uint8Array => numbers(little, ...wholeTrailer(time));
  const kernel = (type: number, ...parts: readonly Uint8Array[]): Uint8Array => recordOf(little, type, joined(...parts, trailer(BigInt(1000 + type))), 2);
  const n = (...values: readonly (readonly [number, bigint])[]): Uint8Array => numbers(little, ...values);
  const who = halves(7, 7);
  const small = (count: number): Words => words(...Array.from({ length: count }, () => BigInt(random.below(6))));
  const records = [
    kernel(1, n(...who, ...words(0x50_0000n, 0x1000n, 0n)), textOf('/lib/a.so')), kernel(2, n(...words(11n, 5n))), kernel(3, n(...who), textOf('name')), kernel(7, n(...halves(8, 7, 8, 7), ...words(1001n))),
    kernel(4, n(...halves(8, 7, 8, 7), ...words(1002n))), kernel(5, n(...words(1005n, 11n, 11n))), kernel(6, n(...words(1006n, 11n, 11n))), kernel(8, n(...who, ...words(5n, 6n, 7n, 11n))),
    kernel(10, n(...who, ...words(0x60_0000n, 0x2000n, 0x1000n), [1, 20n], [1, 0n], [2, 0n], ...words(1n, 2n), [4, 3n], ...halves(5, 2)), textOf('/lib/b.so')),
    kernel(11, n(...words(0n, 128n, 1n))), kernel(12, n(...who)), kernel(13, n(...words(4n))), kernel(14), kernel(15, n(...halves(9, 9))), kernel(16, n(...who, ...words(2n, 4n, 5n, 4n, 6n))),
    kernel(17, n(...words(0xffff_ffff_c000_0000n), ...halves(64, 1)), textOf('bpf_prog_1234_f')), kernel(18, n([2, 1n], [2, 0n], ...halves(5), ...words(0x1234n))),
    kernel(19, n(...words(5n)), textOf('/group')), kernel(20, n(...words(0xffff_ffff_8100_0100n), [2, 5n], [2, 5n]), textOf('0123456789', 12)), kernel(21, n(...words(9n))), kernel(22, n(...words(42n, 2n, 0xffff_ffff_ffff_fe00n, 0x40_1000n))),
  ];
  for (let i = 0; i < 4; i++) records.push(recordOf(little, 9, n(...words(11n, BigInt(0x50_0000 + i * 16)), ...who, ...words(BigInt(1030 + i), 11n, 0n), ...halves(1, 0), ...words(1n)), 2));
  const user = (type: number, ...parts: readonly Uint8Array[]): void => void records.push(recordOf(little, type, joined(...parts)));
  user(65, n(...words(0n)), textOf('type', 64));
  user(67, n(...halves(-1)), new Uint8Array(20).fill(0xab), n([1, 20n], [1, 0n], [2, 0n]), textOf('/lib/c.so'));
  user(69, n(...words(2n, 11n, 0n, 1n, 7n, 12n, 1n, 1n, 7n)));
  user(70, n(...halves(1, 0), ...words(6n, 0n, 8n, 0n, 1n, 2n, 3n, 4n)));
  records.push(joined(recordOf(little, 71, n(...words(16n, 0n, 0n), ...halves(0, 7, 1, 0))), new Uint8Array(16).fill(0x55)));
  user(72, n(...halves(1, 2, 3, 4, 5, 0), ...words(0x40_0000n, 1005n)), textOf('trace error', 64));
  user(73, n(...words(2n, 7n)), textOf('one', 16), n(...words(8n)), textOf('two', 16));
  user(74, n([2, 0n], [2, 2n], [2, 0n], [2, 1n]));
  user(74, n([2, 1n], [2, 1n], [2, 8n], [2, 0n], ...words(0xffn)));
  user(74, n([2, 2n], [1, 0n], [1, 0n], [2, 0n], [2, 7n]));
  user(75, n(...words(2n, 0n, 0n, 1n, 1000n)));
  user(76, n(...words(11n), ...halves(1, 0), ...words(100n, 50n, 50n)));
  user(77, n(...words(1n, 2000n)));
  for (let kind = 0; kind < 4; kind++) user(78, n(...words(BigInt(kind), 11n)), kind === 3 ? n([2, 0n], [2, 1n], [2, 0n], [2, 0n]) : textOf('name'));
  user(79, n(...words(32n, 1_000_000n, 5n, 6n, 7n), ...words(1n)));
  user(82);
  user(84, textOf('prog', 64), n(...words(1n)), textOf('key', 64), textOf('value', 64));
  user(85, n(...words(5n), ...halves(1), [2, 15n], [2, 0n]), n(...small(12)));
  user(86, n(...words(5n), ...halves(1), [2, 15n], [2, 0n]), n(...small(20)));
  user(87, n(...small(4)));
  return { littleEndian: little, container: 'file', compression: 0, events: [eventOf(little, attr, [11n]), eventOf(little, { ...attr, config: 1n }, [12n])], features: new Map(), records };
}

/** A process that maps a library, and samples with registers and a stack full of addresses in it. `features`: the machine. */
export function unwound(path: string, addresses: readonly number[], machine: 'x86-64' | 'arm64', random: Random): RecordingModel {
  const isArm = machine === 'arm64';
  const mask = isArm ? ARM64_REGISTERS : X86_64_REGISTERS;
  const count = isArm ? 33 : 20;
  const attr: BuiltAttr = { sampleType: 0x3027n | 0x100n, userRegs: mask, stackSize: 512n, flags: USUAL_FLAGS | USE_CLOCKID };
  const base = 0x10_0000;
  const trailer = (time: bigint): Uint8Array => numbers(true, ...halves(7, 7), ...words(time));
  const records = [
    recordOf(true, 3, joined(numbers(true, ...halves(7, 7)), textOf('unwound'), trailer(1n)), 0x2000),
    recordOf(true, 10, joined(numbers(true, ...halves(7, 7), ...words(BigInt(base), 0x10_0000n, 0n), ...halves(8, 1), ...words(7n, 0n), ...halves(5, 2)), textOf(path), trailer(2n)), 2),
  ];
  for (let i = 0; i < 12; i++) {
    const at = (): bigint => BigInt(base + random.pick(addresses) + random.below(24));
    const sp = 0x7fff_0000_1000n;
    const stack = Array.from({ length: 64 }, (_, slot) => (slot % 3 === 0 ? sp + BigInt(random.below(512)) : slot % 3 === 1 ? at() : BigInt(random.below(100))));
    const registers = Array.from({ length: count }, () => sp + BigInt(random.below(64) * 8));
    const ip = at();
    // Of perf's numbering: x86-64 has sp as 7 and ip as 8, arm64 sp as 31 and pc as 32.
    registers[isArm ? 31 : 7] = sp;
    registers[isArm ? 32 : 8] = ip;
    if (isArm) registers[30] = at();
    records.push(recordOf(true, 9, numbers(true,
      ...words(ip), ...halves(7, 7), ...words(BigInt(1000 + i), 1n, 2n, 0xffff_ffff_ffff_fe00n, ip, 2n, ...registers, 512n, ...stack, 512n),
    ), 2));
  }
  const features = new Map([[33, numbers(true, [4, isArm ? 183n : 62n], [4, 0n])]]);
  return { littleEndian: true, container: 'file', compression: 0, events: [eventOf(true, attr, [])], features, records };
}

/** Samples in memory that a jitdump or perf map describes; both are announced. */
export function inJitCode(pid: number, addresses: readonly number[]): RecordingModel {
  const attr: BuiltAttr = { sampleType: 0x27n, flags: USUAL_FLAGS | USE_CLOCKID };
  const trailer = (time: bigint): Uint8Array => numbers(true, ...halves(pid, pid), ...words(time));
  const map = (start: bigint, length: bigint, path: string, time: bigint): Uint8Array =>
    recordOf(true, 10, joined(numbers(true, ...halves(pid, pid), ...words(start, length, 0n), ...halves(8, 1), ...words(7n, 0n), ...halves(5, 2)), textOf(path), trailer(time)), 2);
  const low = Math.floor(Math.min(...addresses) / 4096) * 4096;
  const high = Math.max(...addresses) + 0x1_0000;
  const records = [
    recordOf(true, 3, joined(numbers(true, ...halves(pid, pid)), textOf('python3'), trailer(1n)), 0x2000), map(BigInt(low), BigInt(high - low), '//anon', 2n), map(0x6000_0000n, 0x1000n, `/tmp/jit-${pid}.dump`, 3n),
  ];
  const late = 2n ** 62n;
  for (const [i, address] of addresses.slice(0, 12).entries()) {
    records.push(recordOf(true, 9, numbers(true, ...words(BigInt(address) + 8n), ...halves(pid, pid), ...words(late + BigInt(i), 3n, 0xffff_ffff_ffff_fe00n, BigInt(address) + 8n, BigInt(addresses[(i * 7) % addresses.length]!) + 4n)), 2));
  }
  return { littleEndian: true, container: 'file', compression: 0, events: [eventOf(true, attr, [])], features: new Map(), records };
}

/** Kernel samples whose user chains come later, some never. */
export function deferred(little: boolean): RecordingModel {
  const attr: BuiltAttr = { sampleType: 0x27n | 0x100n, flags: USUAL_FLAGS | DEFER_CALLCHAIN };
  const records: Uint8Array[] = [];
  const trailer = (time: bigint): Words => [...halves(7, 7), ...words(time)];
  for (let i = 0; i < 8; i++) {
    const time = BigInt(1000 + i * 10);
    records.push(recordOf(little, 9, numbers(little, ...words(0xffff_ffff_8100_0010n), ...halves(7, 7), ...words(time, 1n, 4n, 0xffff_ffff_ffff_ff80n, 0xffff_ffff_8100_0010n, 0xffff_ffff_ffff_fd80n, BigInt(i >> 1))), 1));
    if (i % 2 === 1) records.push(recordOf(little, 22, numbers(little, ...words(BigInt(i >> 1), 3n, 0xffff_ffff_ffff_fe00n, 0x40_1000n, 0x40_1100n), ...trailer(time + 5n)), 2));
  }
  return { littleEndian: little, container: 'file', compression: 0, events: [eventOf(little, attr, [])], features: new Map(), records };
}
