// What is to be said behind a view of the time in which threads waited: how much it was, of what kind, and what is not known of it.

import type { WaitReport, WaitSum } from '../profile/off-cpu/wait-report.ts';
import { WaitKind } from '../profile/off-cpu/thread-times.ts';
import { grouped } from './counted.ts';

/** Lines without line ends, for stderr. */
export function waitLines(report: WaitReport): string[] {
  const { all, kinds, hadBegun, notEnded, endIsLate, nowhere, ran, threads, of, areSampled } = report;
  const lines: string[] = [];
  if (of === 'wall') lines.push(`On CPUs: ${duration(ran)}, by samples.`);
  if (all.waits === 0) return [...lines, 'Waits: none.'];
  const parts = kinds === undefined ? '' : `: ${[
    `${duration(kinds[WaitKind.Sleeping]!.time)} asleep`,
    `${duration(kinds[WaitKind.Blocked]!.time)} blocked (uninterruptible)`,
    `${duration(kinds[WaitKind.Runnable]!.time)} runnable, without a CPU`,
  ].join(', ')}`;
  lines.push(`Waits: ${duration(all.time)} in ${counted(all.waits, 'wait')} of ${counted(threads, 'thread')}${parts}.`);
  if (hadBegun.waits > 0) lines.push(`  ${sum(hadBegun)} had begun before the recording: they count from its begin, and nobody knows where.`);
  if (notEnded.waits > 0) lines.push(`  ${sum(notEnded)} had not ended when the recording did: they count to its end.`);
  if (endIsLate.waits > 0) lines.push(`  ${sum(endIsLate)} ended unseen: they count to the next sign of life, and may be shorter; record with --switch-events.`);
  if (areSampled) lines.push('  Many more are missing: switches were sampled by frequency. Record each: without -F, or with -c 1.');
  if (nowhere.waits > hadBegun.waits) lines.push(`  ${sum({ waits: nowhere.waits - hadBegun.waits, time: nowhere.time - hadBegun.time })} without a stack; record with -e sched:sched_switch -g.`);
  return lines;
}

function sum({ waits, time }: WaitSum): string {
  return `${grouped(waits)} (${duration(time)})`;
}

function counted(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `1.250 s`, `12.5 ms`, `310 us`, `80 ns`. */
function duration(nanoseconds: number): string {
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(3)} s`;
  if (nanoseconds >= 1e6) return `${(nanoseconds / 1e6).toFixed(1)} ms`;
  return nanoseconds >= 1e3 ? `${(nanoseconds / 1e3).toFixed(0)} us` : `${nanoseconds.toFixed(0)} ns`;
}
