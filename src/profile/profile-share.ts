// A part of a recording's samples summed up, as plain data: what one thread of several gives to the one that puts them together
// (merge-shares.ts). Modules, threads and command names are numbers that mean the same in all of them, since each takes in every
// record but the other's samples; frames and stacks are numbers of this share alone.

import type { Damage } from '../bytes/diagnostics.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { SampleBit } from '../perfdata/sample-format.ts';
import { FrameFlag } from './frame-table.ts';
import type { Profile } from './profile.ts';
import type { QualityCounts } from './quality.ts';
import type { SourceLine } from './source-table.ts';

/** Frames in columns, as FrameTable has them; addresses exact, since stand-ins (bytes/int64.ts) are a walk's own. */
export interface ShareFrames {
  readonly module: Int32Array;
  readonly symbol: Int32Array;
  readonly address: BigInt64Array;
  readonly start: Float64Array;
  readonly offset: Float64Array;
  readonly flags: Uint8Array;
  readonly line: Int32Array;
  readonly base: Int32Array;
  /** Of inlined functions. */
  readonly names: ReadonlyMap<number, string>;
}

/** Tallies in columns, and which sample of the recording made each. */
export interface ShareTallies {
  readonly first: Float64Array;
  readonly thread: Int32Array;
  readonly comm: Int32Array;
  readonly leaf: Int32Array;
  readonly mode: Uint8Array;
  readonly stack: Int32Array;
  readonly samples: Float64Array;
  readonly period: Float64Array;
}

/** What can be handed from thread to thread. */
export interface ProfileShare {
  readonly frames: ShareFrames;
  readonly stackParent: Int32Array;
  readonly stackFrame: Int32Array;
  /** By event, as far as there were samples. */
  readonly events: readonly ShareTallies[];
  readonly lines: readonly SourceLine[] | undefined;
  readonly quality: QualityCounts;
  readonly damage: readonly Damage[];
}

/**
 * Whether samples can be resolved without the ones before: not counters that are told by their growth, chains that come later, texts,
 * branches, or shares of the time that passed.
 */
export function isDivisible(file: PerfDataFile, hasDetail: boolean): boolean {
  if (hasDetail) return false;
  return file.events.events.every(({ attr }) => !attr.deferCallchain && !attr.contextSwitch && (attr.sampleType & SampleBit.Read) === 0);
}

/** `first`: by event and row, the number of the sample that made the tally. */
export function shareOf(profile: Profile, first: readonly (readonly number[])[], quality: QualityCounts, damage: readonly Damage[]): ProfileShare {
  const { frames, stacks, wide } = profile;
  const { length } = frames;
  const names = new Map<number, string>();
  for (let frame = 0; frame < length; frame++) {
    if ((frames.flags[frame]! & FrameFlag.Inlined) !== 0 && frames.line[frame] === 0) names.set(frame, frames.name(frame));
  }
  return {
    frames: {
      module: frames.module.slice(0, length),
      symbol: frames.symbol.slice(0, length),
      address: BigInt64Array.from({ length }, (_, frame) => BigInt.asIntN(64, wide.exact(frames.address[frame]!))),
      start: frames.start.slice(0, length),
      offset: frames.offset.slice(0, length),
      flags: frames.flags.slice(0, length),
      line: frames.line.slice(0, length),
      base: frames.base.slice(0, length),
      names,
    },
    stackParent: stacks.parent.slice(0, stacks.length),
    stackFrame: stacks.frame.slice(0, stacks.length),
    events: profile.events.map(({ tallies }, event) => ({
      first: Float64Array.from(first[event] ?? []),
      thread: tallies.thread.slice(0, tallies.length),
      comm: tallies.comm.slice(0, tallies.length),
      leaf: tallies.leaf.slice(0, tallies.length),
      mode: tallies.mode.slice(0, tallies.length),
      stack: tallies.stack.slice(0, tallies.length),
      samples: tallies.samples.slice(0, tallies.length),
      period: tallies.period.slice(0, tallies.length),
    })),
    lines: profile.lines,
    quality,
    damage,
  };
}

/** The buffers of a share, which go over to the other thread instead of being copied. */
export function buffersOf({ frames, stackParent, stackFrame, events }: ProfileShare): ArrayBuffer[] {
  const columns = [stackParent, stackFrame, ...Object.values(frames), ...events.flatMap((tallies) => Object.values(tallies))];
  return columns.flatMap((column) => (ArrayBuffer.isView(column) ? [column.buffer as ArrayBuffer] : []));
}
