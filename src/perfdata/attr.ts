// An event's attr with its fields under the kernel's names, the same in both byte orders (FORMAT 1.2; SPEC 2.1, 2.2).

import { type AttrFields, attrLayout } from './layouts/attr.ts';

/** perf_type_id: attr.type below 6; others are numbers of PMUs. */
export const EventType = { Hardware: 0, Software: 1, Tracepoint: 2, HwCache: 3, Raw: 4, Breakpoint: 5 } as const;

/** The flags of an attr by bit number, as the kernel names them; 16 is the upper bit of precise_ip. */
export const ATTR_FLAG_NAMES: readonly string[] = [
  'disabled', 'inherit', 'pinned', 'exclusive', 'exclude_user', 'exclude_kernel', 'exclude_hv', 'exclude_idle', 'mmap', 'comm', 'freq',
  'inherit_stat', 'enable_on_exec', 'task', 'watermark', 'precise_ip', 'precise_ip', 'mmap_data', 'sample_id_all', 'exclude_host',
  'exclude_guest', 'exclude_callchain_kernel', 'exclude_callchain_user', 'mmap2', 'comm_exec', 'use_clockid', 'context_switch',
  'write_backward', 'namespaces', 'ksymbol', 'bpf_event', 'aux_output', 'cgroup', 'text_poke', 'build_id', 'inherit_thread',
  'remove_on_exec', 'sigtrap', 'defer_callchain', 'defer_output',
];

/** perf_event_attr. Fields that a shorter attr does not have are 0. */
export class PerfEventAttr {
  /** As they were read, with what a newer writer appended. */
  readonly bytes: Uint8Array;
  /** EventType, or the number of a PMU (feature 16). */
  readonly type: number;
  /** As the file says it; 64 where it says 0. */
  readonly size: number;
  readonly config: bigint;
  /** A period, or with `freq` a frequency in Hz. */
  readonly samplePeriod: bigint;
  /** Bits of SampleBit; those above 31 are in `sampleTypeHigh`. */
  readonly sampleType: number;
  readonly sampleTypeHigh: number;
  /** Bits of ReadFormat. */
  readonly readFormat: number;
  readonly readFormatExact: bigint;
  /** Flags 0 to 31 and 32 to 63 in the little-endian numbering, whatever the file's order. */
  readonly flagsLow: number;
  readonly flagsHigh: number;
  /** wakeup_events, or wakeup_watermark with `watermark`. */
  readonly wakeup: number;
  readonly bpType: number;
  /** config1, bp_addr, kprobe_func or uprobe_path. */
  readonly config1: bigint;
  /** config2, bp_len, kprobe_addr or probe_offset. */
  readonly config2: bigint;
  readonly branchSampleType: bigint;
  readonly sampleRegsUser: bigint;
  readonly sampleStackUser: number;
  /** Of clock_gettime(2); says something only with `useClockid`. */
  readonly clockId: number;
  readonly sampleRegsIntr: bigint;
  readonly auxWatermark: number;
  readonly sampleMaxStack: number;
  readonly auxSampleSize: number;
  /** Bits: 0 start paused, 1 pause, 2 resume. */
  readonly auxAction: number;
  readonly sigData: bigint;
  readonly config3: bigint;
  readonly config4: bigint;

  constructor(fields: AttrFields, littleEndian: boolean, bytes: Uint8Array) {
    this.bytes = bytes;
    this.type = fields.type;
    this.size = fields.size === 0 ? MIN_ATTR_SIZE : fields.size;
    this.config = fields.config;
    this.samplePeriod = fields.samplePeriod;
    this.sampleType = Number(fields.sampleType & 0xffffffffn) | 0;
    this.sampleTypeHigh = Number(fields.sampleType >> 32n) | 0;
    this.readFormat = Number(fields.readFormat & 0xffffffffn) | 0;
    this.readFormatExact = fields.readFormat;
    const flags = flagWords(fields.flags, littleEndian);
    this.flagsLow = flags.low;
    this.flagsHigh = flags.high;
    this.wakeup = fields.wakeup;
    this.bpType = fields.bpType;
    this.config1 = fields.config1;
    this.config2 = fields.config2;
    this.branchSampleType = fields.branchSampleType;
    this.sampleRegsUser = fields.sampleRegsUser;
    this.sampleStackUser = fields.sampleStackUser;
    this.clockId = fields.clockId;
    this.sampleRegsIntr = fields.sampleRegsIntr;
    this.auxWatermark = fields.auxWatermark;
    this.sampleMaxStack = fields.sampleMaxStack;
    this.auxSampleSize = fields.auxSampleSize;
    // A bitfield of 32 bits: mirrored in a big-endian file, as the flags are.
    this.auxAction = littleEndian ? fields.auxAction : reverse32(fields.auxAction);
    this.sigData = fields.sigData;
    this.config3 = fields.config3;
    this.config4 = fields.config4;
  }

  /** Flag by bit number (ATTR_FLAG_NAMES). */
  flag(bit: number): boolean {
    return (((bit < 32 ? this.flagsLow : this.flagsHigh) >>> (bit & 31)) & 1) === 1;
  }

  get disabled(): boolean { return this.flag(0); }
  get inherit(): boolean { return this.flag(1); }
  get pinned(): boolean { return this.flag(2); }
  get exclusive(): boolean { return this.flag(3); }
  get excludeUser(): boolean { return this.flag(4); }
  get excludeKernel(): boolean { return this.flag(5); }
  get excludeHv(): boolean { return this.flag(6); }
  get excludeIdle(): boolean { return this.flag(7); }
  get mmap(): boolean { return this.flag(8); }
  get comm(): boolean { return this.flag(9); }
  get freq(): boolean { return this.flag(10); }
  get inheritStat(): boolean { return this.flag(11); }
  get enableOnExec(): boolean { return this.flag(12); }
  get task(): boolean { return this.flag(13); }
  get watermark(): boolean { return this.flag(14); }
  /** 0 arbitrary skid, 1 constant, 2 zero asked for, 3 zero required. */
  get preciseIp(): number { return (this.flagsLow >>> 15) & 3; }
  get mmapData(): boolean { return this.flag(17); }
  get sampleIdAll(): boolean { return this.flag(18); }
  get excludeHost(): boolean { return this.flag(19); }
  get excludeGuest(): boolean { return this.flag(20); }
  get excludeCallchainKernel(): boolean { return this.flag(21); }
  get excludeCallchainUser(): boolean { return this.flag(22); }
  get mmap2(): boolean { return this.flag(23); }
  get commExec(): boolean { return this.flag(24); }
  get useClockid(): boolean { return this.flag(25); }
  get contextSwitch(): boolean { return this.flag(26); }
  get writeBackward(): boolean { return this.flag(27); }
  get namespaces(): boolean { return this.flag(28); }
  get ksymbol(): boolean { return this.flag(29); }
  get bpfEvent(): boolean { return this.flag(30); }
  get auxOutput(): boolean { return this.flag(31); }
  get cgroup(): boolean { return this.flag(32); }
  get textPoke(): boolean { return this.flag(33); }
  get buildId(): boolean { return this.flag(34); }
  get inheritThread(): boolean { return this.flag(35); }
  get removeOnExec(): boolean { return this.flag(36); }
  get sigtrap(): boolean { return this.flag(37); }
  get deferCallchain(): boolean { return this.flag(38); }
  get deferOutput(): boolean { return this.flag(39); }
}

/** The first version of the structure; none is shorter. */
export const MIN_ATTR_SIZE = 64;
/** The system call takes a page at most: less the place of the ids, which follows an attr in a file. */
export const MAX_ATTR_SIZE = 4_080;

/**
 * Reads an attr from the beginning of `place`: as many of them as it says that it has. What a newer writer appended is ignored, what an
 * older one did not know is 0. Undefined if there are fewer than the 64 bytes that every version has.
 */
export function readAttr(place: Uint8Array, littleEndian: boolean): PerfEventAttr | undefined {
  if (place.length < MIN_ATTR_SIZE) return undefined;
  const said = new DataView(place.buffer, place.byteOffset, place.byteLength).getUint32(4, littleEndian);
  const bytes = place.subarray(0, Math.max(said, MIN_ATTR_SIZE));
  const padded = new Uint8Array(attrLayout.size);
  padded.set(bytes.subarray(0, padded.length));
  const fields = attrLayout.parse(padded, littleEndian);
  return fields === undefined ? undefined : new PerfEventAttr(fields, littleEndian, bytes.slice());
}

/**
 * Compilers fill bitfields from the least significant bit on little-endian machines and from the most significant one on
 * big-endian ones: there flag n is bit 63 - n of the big-endian word. Of the one field of two bits, precise_ip, the bits keep their order.
 */
function flagWords(raw: readonly number[], littleEndian: boolean): { low: number; high: number } {
  const view = new DataView(Uint8Array.from(raw).buffer);
  if (littleEndian) return { low: view.getUint32(0, true), high: view.getUint32(4, true) };
  const first = view.getUint32(0, false);
  const preciseIp = (first >>> 15) & 3;
  const low = (reverse32(first) & ~(3 << 15)) | (preciseIp << 15);
  return { low: low >>> 0, high: reverse32(view.getUint32(4, false)) };
}

function reverse32(word: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) reversed = (reversed << 1) | ((word >>> bit) & 1);
  return reversed >>> 0;
}
