// Events: the attr of each, what it says its records hold, and its ids.

import type { JsonObject } from './json.ts';
import { hexOf, Packer, type ByteOrder } from './packer.ts';
import { decimal, hex } from './structure.ts';

/** By bit number of sample_type. */
export const SAMPLE_BITS = [
  'IP', 'TID', 'TIME', 'ADDR', 'READ', 'CALLCHAIN', 'ID', 'CPU', 'PERIOD', 'STREAM_ID', 'RAW', 'BRANCH_STACK', 'REGS_USER', 'STACK_USER',
  'WEIGHT', 'DATA_SRC', 'IDENTIFIER', 'TRANSACTION', 'REGS_INTR', 'PHYS_ADDR', 'AUX', 'CGROUP', 'DATA_PAGE_SIZE', 'CODE_PAGE_SIZE',
  'WEIGHT_STRUCT',
] as const;
export type SampleBit = (typeof SAMPLE_BITS)[number];

/** By bit number of read_format. */
export const READ_BITS = ['TOTAL_TIME_ENABLED', 'TOTAL_TIME_RUNNING', 'ID', 'GROUP', 'LOST'] as const;
export type ReadBit = (typeof READ_BITS)[number];

/** By number; 15 and 16 are the two bits of preciseIp. */
export const FLAGS = [
  'disabled', 'inherit', 'pinned', 'exclusive', 'exclude_user', 'exclude_kernel', 'exclude_hv', 'exclude_idle', 'mmap', 'comm', 'freq',
  'inherit_stat', 'enable_on_exec', 'task', 'watermark', '', '', 'mmap_data', 'sample_id_all', 'exclude_host', 'exclude_guest',
  'exclude_callchain_kernel', 'exclude_callchain_user', 'mmap2', 'comm_exec', 'use_clockid', 'context_switch', 'write_backward',
  'namespaces', 'ksymbol', 'bpf_event', 'aux_output', 'cgroup', 'text_poke', 'build_id', 'inherit_thread', 'remove_on_exec', 'sigtrap',
  'defer_callchain', 'defer_output',
] as const;
export type Flag = Exclude<(typeof FLAGS)[number], ''>;

/** The fields of an attr that a description may name; others are 0. */
export interface EventOptions {
  /** What a reader calls it, from wherever. */
  readonly name?: string;
  /** 1 (software) by default, with config 0: cpu-clock. */
  readonly type?: number;
  readonly config?: bigint;
  readonly samplePeriod?: bigint;
  readonly sampleType?: readonly SampleBit[];
  /** Bits of sample_type that nobody knows. */
  readonly moreSampleBits?: bigint;
  readonly readFormat?: readonly ReadBit[];
  /** sample_id_all, unless said otherwise. */
  readonly flags?: readonly Flag[];
  /** Numbers of flags that nobody knows. */
  readonly moreFlags?: readonly number[];
  readonly preciseIp?: number;
  readonly wakeup?: number;
  readonly bpType?: number;
  readonly config1?: bigint;
  readonly config2?: bigint;
  readonly branchSampleType?: bigint;
  readonly sampleRegsUser?: bigint;
  readonly sampleStackUser?: number;
  readonly clockId?: number;
  readonly sampleRegsIntr?: bigint;
  readonly auxWatermark?: number;
  readonly sampleMaxStack?: number;
  readonly auxSampleSize?: number;
  /** Bits: 0 start paused, 1 pause, 2 resume. */
  readonly auxAction?: number;
  readonly sigData?: bigint;
  readonly config3?: bigint;
  readonly config4?: bigint;
  /** Bytes of the attr: 144 by default. What is beyond 144 is filled with 0xee. */
  readonly size?: number;
  /** What its size field says, if not `size`. */
  readonly saidSize?: number;
  readonly ids?: readonly bigint[];
  /** What EVENT_UPDATE records will have said of it. */
  readonly unit?: string;
  readonly scale?: number;
  readonly cpus?: readonly number[];
}

export const KNOWN_ATTR_SIZE = 144;
/** Where the fields from config2 on begin: an attr may end at any of these places. */
const FILLER = 0xee;

export class EventSpec {
  readonly options: EventOptions;
  readonly size: number;
  readonly ids: readonly bigint[];
  readonly readFormat: readonly ReadBit[];

  constructor(options: EventOptions = {}) {
    this.options = options;
    this.size = options.size ?? KNOWN_ATTR_SIZE;
    this.ids = options.ids ?? [];
    this.readFormat = options.readFormat ?? [];
  }

  has(bit: SampleBit): boolean {
    return (this.options.sampleType ?? []).includes(bit);
  }

  get flags(): readonly Flag[] {
    return this.options.flags ?? ['sample_id_all'];
  }

  get sampleIdAll(): boolean {
    return this.flags.includes('sample_id_all');
  }

  get sampleType(): bigint {
    return maskOf(SAMPLE_BITS, this.options.sampleType ?? []) | (this.options.moreSampleBits ?? 0n);
  }

  get readMask(): bigint {
    return maskOf(READ_BITS, this.readFormat);
  }

  /** `size` bytes. */
  attr(order: ByteOrder): Uint8Array {
    const o = this.options;
    const packer = new Packer(order);
    packer.u32(o.type ?? 1).u32(o.saidSize ?? this.size).u64(o.config ?? 0n).u64(o.samplePeriod ?? 0n).u64(this.sampleType).u64(this.readMask);
    packer.u64(this.#flagWord(order));
    packer.u32(o.wakeup ?? 0).u32(o.bpType ?? 0).u64(o.config1 ?? 0n).u64(o.config2 ?? 0n).u64(o.branchSampleType ?? 0n);
    packer.u64(o.sampleRegsUser ?? 0n).u32(o.sampleStackUser ?? 0).u32(o.clockId ?? 0).u64(o.sampleRegsIntr ?? 0n);
    packer.u32(o.auxWatermark ?? 0).u16(o.sampleMaxStack ?? 0).u16(0).u32(o.auxSampleSize ?? 0);
    packer.u32(order === 'little' ? (o.auxAction ?? 0) : mirrored(BigInt(o.auxAction ?? 0), 32));
    packer.u64(o.sigData ?? 0n).u64(o.config3 ?? 0n).u64(o.config4 ?? 0n);
    packer.raw(Array.from({ length: Math.max(this.size - KNOWN_ATTR_SIZE, 0) }, () => FILLER));
    return packer.bytes().subarray(0, this.size);
  }

  /** Bitfields begin at the least significant bit in little-endian recordings and at the other end in big-endian ones. */
  #flagWord(order: ByteOrder): bigint {
    const numbers = [...this.flags.map((flag) => FLAGS.indexOf(flag)), ...(this.options.moreFlags ?? [])];
    const word = numbers.reduce((sum, number) => sum | (1n << BigInt(number)), 0n);
    const preciseIp = BigInt(this.options.preciseIp ?? 0);
    return order === 'little' ? word | (preciseIp << 15n) : mirrored(word, 64) | (preciseIp << 47n);
  }

  /** As a HEADER_ATTR record shows it: what is 0 is left out, but for what says what the event is. */
  get json(): JsonObject {
    const o = this.options;
    const has = (offset: number): boolean => offset < this.size;
    const number = (value: number | undefined, offset: number): number | undefined => (value && has(offset) ? value : undefined);
    const long = (value: bigint | undefined, offset: number): string | undefined => (value && has(offset) ? hex(value) : undefined);
    const more = Math.max(this.size - KNOWN_ATTR_SIZE, 0);
    return {
      type: o.type ?? 1,
      size: o.saidSize === 0 ? 64 : (o.saidSize ?? this.size),
      config: hex(o.config ?? 0n),
      samplePeriod: o.samplePeriod ? decimal(o.samplePeriod) : undefined,
      sampleType: hex(this.sampleType),
      readFormat: this.readMask === 0n ? undefined : hex(this.readMask),
      flags: [...FLAGS.filter((flag) => this.flags.some((each) => each === flag)), ...(o.moreFlags ?? []).map((number) => `flag ${number}`)],
      preciseIp: number(o.preciseIp, 40),
      wakeup: number(o.wakeup, 48),
      bpType: number(o.bpType, 52),
      config1: long(o.config1, 56),
      config2: long(o.config2, 64),
      branchSampleType: long(o.branchSampleType, 72),
      sampleRegsUser: long(o.sampleRegsUser, 80),
      sampleStackUser: number(o.sampleStackUser, 88),
      clockId: number(o.clockId, 92),
      sampleRegsIntr: long(o.sampleRegsIntr, 96),
      auxWatermark: number(o.auxWatermark, 104),
      sampleMaxStack: number(o.sampleMaxStack, 108),
      auxSampleSize: number(o.auxSampleSize, 112),
      auxAction: number(o.auxAction, 116),
      sigData: long(o.sigData, 120),
      config3: long(o.config3, 128),
      config4: long(o.config4, 136),
      rest: more === 0 ? undefined : hexOf(Array.from({ length: more }, () => FILLER)),
      ids: this.ids.map(decimal),
    };
  }

  /** As an entry of the recording's `events`. */
  get eventJson(): JsonObject {
    const { name, unit, scale, cpus } = this.options;
    return { name: name ?? 'cpu-clock', ...this.json, unit, scale, cpus };
  }
}

export function event(options: EventOptions = {}): EventSpec {
  return new EventSpec(options);
}

function maskOf(names: readonly string[], chosen: readonly string[]): bigint {
  return chosen.reduce((sum, name) => sum | (1n << BigInt(names.indexOf(name))), 0n);
}

/** Bit n becomes bit `width` - 1 - n. */
export function mirrored(word: bigint, width: number): bigint {
  let result = 0n;
  for (let bit = 0; bit < width; bit++) if ((word >> BigInt(bit)) & 1n) result |= 1n << BigInt(width - 1 - bit);
  return result;
}
