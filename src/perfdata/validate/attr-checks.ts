// Checks of one event's attr (SPEC 2.1, 2.2): in a file's attr section and in HEADER_ATTR records alike.

import type { Rule } from '../../bytes/findings.ts';
import { EventType, MIN_ATTR_SIZE, type PerfEventAttr } from '../attr.ts';
import type { Features } from '../features/features.ts';
import { attrLayout } from '../layouts/attr.ts';
import { SampleBit } from '../sample-format.ts';
import { bytes, hex } from './check.ts';

/** What an attr may be checked against besides itself. */
export interface AttrContext {
  /** What the attr says as its size; 0 where it says 0. */
  readonly statedSize: number;
  readonly features: Features;
}

interface AttrCheck extends Rule {
  readonly find: (attr: PerfEventAttr, context: AttrContext) => string | undefined;
}

/** VER0 to VER9 (2.1.2). */
const KNOWN_SIZES: readonly number[] = [64, 72, 80, 96, 104, 112, 120, 128, 136, 144];
const LAST_HARDWARE = 9;
const LAST_SOFTWARE = 11;
/** Of a breakpoint: execution. */
const LAST_ACCESS = 4;
/** Realtime, monotonic, monotonic_raw, boottime, tai. */
const CLOCKS: readonly number[] = [0, 1, 4, 7, 11];
const LAST_CACHE = { cache: 6n, operation: 2n, result: 1n } as const;
const KNOWN_SAMPLE_BITS = 0x1ffffff;
const KNOWN_READ_BITS = 0x1fn;
const KNOWN_BRANCH_BITS = 0xfffffn;
const KNOWN_AUX_ACTIONS = 7;
/** Of the flags 32 to 63. */
const KNOWN_HIGH_FLAGS = 0xff;
const MAX_USER_STACK = 65_528;

/** What the kernel's PMU for a hybrid machine may put into the upper half of config. */
const lowHalf = (config: bigint): bigint => config & 0xffffffffn;

export const ATTR_CHECKS: readonly AttrCheck[] = [
  {
    code: 'attr-size', clause: '2.1.1', severity: 'error', says: 'An attr says that it has less than 64 bytes',
    find: (_attr, { statedSize }) => (statedSize !== 0 && statedSize < MIN_ATTR_SIZE ? bytes(statedSize) : undefined),
  },
  {
    code: 'attr-version', clause: '2.1.2', severity: 'warning', says: 'An attr is of a size that no known version has',
    find: (_attr, { statedSize }) => (statedSize >= MIN_ATTR_SIZE && !KNOWN_SIZES.includes(statedSize) ? bytes(statedSize) : undefined),
  },
  {
    code: 'attr-beyond', clause: '2.1.1', severity: 'warning', says: 'An attr has more than the known fields, and not zeros',
    find: (attr) => {
      const at = attr.bytes.subarray(0, attr.size).findIndex((byte, index) => index >= attrLayout.size && byte !== 0);
      return at < 0 ? undefined : `from byte ${at} on`;
    },
  },
  {
    code: 'attr-type', clause: '2.1.9', severity: 'warning', says: 'An event is of a PMU that PMU_MAPPINGS does not name',
    find: ({ type }, { features }) => (type > EventType.Breakpoint && features.pmuMappings !== undefined && features.pmuName(type) === undefined ? `type ${type}` : undefined),
  },
  {
    code: 'attr-hardware', clause: '2.1.4', severity: 'warning', says: 'A hardware event is not known',
    find: ({ type, config }) => (type === EventType.Hardware && lowHalf(config) > LAST_HARDWARE ? `config ${hex(config)}` : undefined),
  },
  {
    code: 'attr-software', clause: '2.1.5', severity: 'warning', says: 'A software event is not known',
    find: ({ type, config }) => (type === EventType.Software && config > LAST_SOFTWARE ? `config ${hex(config)}` : undefined),
  },
  {
    code: 'attr-cache', clause: '2.1.7', severity: 'warning', says: 'A cache event is not known',
    find: ({ type, config }) => {
      if (type !== EventType.HwCache) return undefined;
      const event = lowHalf(config);
      const known = (event & 0xffn) <= LAST_CACHE.cache && ((event >> 8n) & 0xffn) <= LAST_CACHE.operation && event >> 16n <= LAST_CACHE.result;
      return known ? undefined : `config ${hex(config)}`;
    },
  },
  {
    code: 'attr-breakpoint', clause: '2.1.8', severity: 'warning', says: 'A breakpoint is for no kind of access that is known',
    find: ({ type, bpType }) => (type === EventType.Breakpoint && (bpType < 1 || bpType > LAST_ACCESS) ? `bpType ${bpType}` : undefined),
  },
  {
    code: 'attr-sample-type', clause: '5.1.3', severity: 'warning', says: 'The sampleType of an event has bits that are not known',
    find: ({ sampleType, sampleTypeHigh }) => {
      const unknown = (BigInt(sampleTypeHigh >>> 0) << 32n) | BigInt((sampleType & ~KNOWN_SAMPLE_BITS) >>> 0);
      return unknown === 0n ? undefined : hex(unknown);
    },
  },
  {
    code: 'attr-two-weights', clause: '5.1.20', severity: 'error', says: 'The sampleType of an event has both WEIGHT and WEIGHT_STRUCT',
    find: ({ sampleType }) => ((sampleType & SampleBit.Weight) !== 0 && (sampleType & SampleBit.WeightStruct) !== 0 ? '' : undefined),
  },
  {
    code: 'attr-read-format', clause: '5.2.1', severity: 'warning', says: 'The readFormat of an event has bits that are not known',
    find: ({ readFormatExact }) => ((readFormatExact & ~KNOWN_READ_BITS) === 0n ? undefined : hex(readFormatExact)),
  },
  {
    code: 'attr-branch-type', clause: '5.4.7', severity: 'warning', says: 'The branchSampleType of an event has bits that are not known',
    find: ({ branchSampleType }) => ((branchSampleType & ~KNOWN_BRANCH_BITS) === 0n ? undefined : hex(branchSampleType)),
  },
  {
    code: 'attr-user-regs', clause: '2.1.13', severity: 'warning', says: 'Samples have REGS_USER, but sampleRegsUser names no register',
    find: ({ sampleType, sampleRegsUser }) => ((sampleType & SampleBit.RegsUser) !== 0 && sampleRegsUser === 0n ? '' : undefined),
  },
  {
    code: 'attr-stack', clause: '2.1.14', severity: 'warning', says: 'The sampleStackUser of an event is no multiple of 8 or more than a record holds',
    find: ({ sampleStackUser }) => (sampleStackUser % 8 !== 0 || sampleStackUser > MAX_USER_STACK ? bytes(sampleStackUser) : undefined),
  },
  {
    code: 'attr-stack-none', clause: '2.1.14', severity: 'warning', says: 'Samples have STACK_USER, but sampleStackUser is 0',
    find: ({ sampleType, sampleStackUser }) => ((sampleType & SampleBit.StackUser) !== 0 && sampleStackUser === 0 ? '' : undefined),
  },
  {
    code: 'attr-aux-action', clause: '2.1.17', severity: 'warning', says: 'The auxAction of an event has bits that are not known',
    find: ({ auxAction }) => ((auxAction & ~KNOWN_AUX_ACTIONS) === 0 ? undefined : hex(auxAction)),
  },
  {
    code: 'attr-clock', clause: '2.1.15', severity: 'warning', says: 'The times of an event are of a clock that is not known',
    find: ({ useClockid, clockId }) => (useClockid && !CLOCKS.includes(clockId) ? `clock ${clockId}` : undefined),
  },
  {
    code: 'attr-reserved', clause: '2.1.16', severity: 'warning', says: 'The reserved bytes behind sampleMaxStack are not zero',
    find: ({ bytes: all, size }) => (size >= 112 && all.length >= 112 && (all[110] !== 0 || all[111] !== 0) ? '' : undefined),
  },
  {
    code: 'attr-flags', clause: '2.2.17', severity: 'warning', says: 'Reserved flags are set',
    find: ({ flagsHigh }) => ((flagsHigh & ~KNOWN_HIGH_FLAGS) === 0 ? undefined : `${hex((flagsHigh & ~KNOWN_HIGH_FLAGS) >>> 0)} of flags 32 to 63`),
  },
];
