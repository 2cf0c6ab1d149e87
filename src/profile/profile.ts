// A recording summed up: for every event the distinct samples (who, where, through which chain) with their number and period.
// Every view of totals (report, flame graph, exports) reads this and nothing else.

import type { WideAddresses } from '../bytes/int64.ts';
import type { FrameTable } from './frame-table.ts';
import type { SampleValues } from './sample-values.ts';
import type { SourceLine } from './source-table.ts';
import type { StackTable } from './stack-table.ts';

/** cpumode of a record's misc field (FORMAT 2.0). */
export const CpuMode = { Unknown: 0, Kernel: 1, User: 2, Hypervisor: 3, GuestKernel: 4, GuestUser: 5 } as const;

/**
 * Equal samples of one event, in columns, in the order in which each was first seen (in time). Equal: same thread, same command
 * name, same leaf frame, same mode, same stack, and same detail where there is one.
 */
export interface Tallies {
  readonly length: number;
  /** Index in Profile.threads. */
  readonly thread: Int32Array;
  /** The frame of the sample's own address (its IP field), or -1 where the sample has none. */
  readonly leaf: Int32Array;
  /** CpuMode of the sample. */
  readonly mode: Uint8Array;
  /** Node of Profile.stacks: the resolved chain, leaf included; 0 where the chain is empty. */
  readonly stack: Int32Array;
  /** Index in Profile.comms: the name of the command when the sample was taken. */
  readonly comm: Int32Array;
  readonly samples: Float64Array;
  /** Sum of the samples' periods. */
  readonly period: Float64Array;
  /** Index in Profile.values where there are some, else in Profile.traces or Profile.branches; undefined where the profile has no detail. */
  readonly detail?: Int32Array | undefined;
  /** Sum of the samples' shares of the time that passed (Profile.latency); undefined where the recording does not tell. */
  readonly latency?: Float64Array | undefined;
}

/**
 * What a profile keeps apart beyond thread and stack. `trace`: the texts of tracepoints. `branches`: every recorded branch counts,
 * with a period of 1, instead of the sample that holds it; its target is the tally's leaf, and there are no stacks.
 */
export type SampleDetail = 'trace' | 'branches';

/** One end of each branch, in columns. */
export interface BranchEnds {
  /** In its file, of what is in none in memory, as WideAddresses gives it. */
  readonly address: Float64Array;
  /** Index in Profile.lines; empty where the profile has no lines. */
  readonly line: Int32Array;
}

/** Distinct branches, in columns. */
export interface Branches {
  readonly length: number;
  /** Frames of the two ends. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** The places of the ends, where branches are told apart by them. */
  readonly places?: { readonly from: BranchEnds; readonly to: BranchEnds } | undefined;
  /** The low 20 bits of a branch's flags as in FORMAT 2.3.5: BranchFlag, and from bit 4 on the cycles since the branch before. */
  readonly flags: Int32Array;
}

/** Bits of Branches.flags. */
export const BranchFlag = { Mispredicted: 1, Predicted: 2, InTransaction: 4, Abort: 8 } as const;

/** One of the events that were counted, with its totals. */
export interface ProfileEvent {
  /** As perf names it: `cpu-clock`, `sched:sched_switch`. */
  readonly name: string;
  /** Whether its samples carry call chains (PERF_SAMPLE_CALLCHAIN). */
  readonly hasChains: boolean;
  /** Index of its group's leader in Profile.events; itself outside a group. */
  readonly leader: number;
  /** Of a leader: the group's name, where it was given one; else perf says `anon group`. */
  readonly groupName?: string;
  readonly samples: number;
  /** Sum of the periods of all its samples; where branches are counted, their number. */
  readonly period: number;
  /** Sum of the tallies' latency. */
  readonly latency?: number;
  readonly tallies: Tallies;
}

/** A thread that was sampled; numbers as recorded. */
export interface ProfileThread {
  readonly pid: number;
  readonly tid: number;
  /** Index in Profile.comms: the thread's last name, to which perf's report fits its Command column. */
  readonly comm: number;
}

/** A command name: names given to the default `:TID` before the real one was known are replaced by it (FORMAT 3.8). */
export interface Profile {
  readonly events: readonly ProfileEvent[];
  readonly frames: FrameTable;
  readonly stacks: StackTable;
  readonly wide: WideAddresses;
  readonly threads: readonly ProfileThread[];
  /** Command names as they are to be shown when the report is made. */
  readonly comms: readonly string[];
  /** Sum of the counts in LOST_SAMPLES records, those of BPF filters excepted. */
  readonly lostSamples: number;
  /** Events that were not recorded as a group are shown as one: it has no name. */
  readonly isForcedGroup?: boolean;
  /** What Tallies.detail tells apart. */
  readonly detail?: SampleDetail | undefined;
  /** The texts of tracepoints; those of other events are `N/A`, as perf shows them. */
  readonly traces?: readonly string[];
  readonly branches?: Branches | undefined;
  /** What tells samples apart besides, where it was asked for; Tallies.detail is an index of it then. */
  readonly values?: SampleValues | undefined;
  /** Source lines, by FrameTable.line - 1. */
  readonly lines?: readonly SourceLine[] | undefined;
  /**
   * Where context switches were recorded: a sample's period divided by the number of threads that ran at its time. `single` if
   * practically always one did, so that the result says nothing new.
   */
  readonly latency?: 'parallel' | 'single' | undefined;
  /** From a pipe: perf's report then behaves differently (FORMAT 3.8, last point). */
  readonly fromPipe: boolean;
}

/** The source line of a frame, in a profile that tells frames apart by their lines. */
export function lineOf(profile: Profile, frame: number): SourceLine | undefined {
  return profile.lines?.[profile.frames.line[frame]! - 1];
}

/** A tally's index in Profile.traces or Profile.branches. */
export function detailOf({ values }: Profile, detail: number): number {
  return values?.base === undefined ? detail : values.base[detail]!;
}
