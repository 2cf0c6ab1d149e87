// When samples were taken by the calendar. perf's clock counts from the machine's start. Recordings made with -k say which moment of it is
// which time of day (CLOCK_DATA: exact); of others only the file's own time is known, at about which the last sample was written.

import type { PerfDataFile } from '../perfdata/perf-data-file.ts';

const NS_PER_MS = 1_000_000n;

/** Ns to add to the recording's clock to have ns since 1970. `modified`: when the file was written last. Undefined where nothing tells. */
export function wallClockOffset({ features }: PerfDataFile, modified: Date | undefined): bigint | undefined {
  const { clockData, sampleTime } = features;
  if (clockData !== undefined) return clockData.wallNs - clockData.clockNs;
  if (modified === undefined || sampleTime === undefined) return undefined;
  return BigInt(modified.getTime()) * NS_PER_MS - sampleTime.last;
}
