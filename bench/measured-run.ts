// One whole process, measured: wall time by our clock, processor time and peak memory by GNU time (Debian: package time).

import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Run {
  /** In seconds, from fork to exit. */
  readonly wall: number;
  /** User and system time in seconds; a multiple of 0.01. */
  readonly processor: number;
  /** Peak resident set in MiB. */
  readonly memory: number;
  /** Bytes on standard output: a run that printed nothing measured nothing. 0 where it is discarded. */
  readonly output: number;
  readonly status: number;
}

export interface MeasureOptions {
  /** A file that the command reads as a pipe, from its standard input. */
  readonly input?: string | undefined;
  /** The output goes nowhere: for what would fill the disk. */
  readonly isDiscarded?: boolean | undefined;
}

/** Runs a command with its output into a file. Throws where there is no /usr/bin/time. */
export function measure(command: readonly string[], { input, isDiscarded = false }: MeasureOptions = {}): Run {
  const folder = mkdtempSync(join(tmpdir(), 'perfts-bench-'));
  try {
    const output = isDiscarded ? '/dev/null' : join(folder, 'output');
    const figures = join(folder, 'figures');
    const into = openSync(output, 'w');
    const timed = ['/usr/bin/time', '-q', '-f', '%U %S %M', '-o', figures, ...command];
    // The shell is not timed, and neither is cat.
    const [program, ...words] = input === undefined ? timed : ['sh', '-c', 'input=$1; shift; cat "$input" | "$@"', 'sh', input, ...timed];
    const before = performance.now();
    const done = spawnSync(program!, words, { stdio: ['ignore', into, 'ignore'] });
    const wall = (performance.now() - before) / 1000;
    closeSync(into);
    if (done.error !== undefined) throw done.error;
    const [user, system, kilobytes] = readFileSync(figures, 'utf8').trim().split(/\s+/).map(Number);
    return {
      wall,
      processor: (user ?? NaN) + (system ?? NaN),
      memory: (kilobytes ?? NaN) / 1024,
      output: statSync(output).size,
      status: done.status ?? -1,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The middle of the values; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Of several runs of one command. */
export interface Medians {
  /** In seconds, as in Run. */
  readonly wall: number;
  readonly processor: number;
  /** In MiB. */
  readonly memory: number;
}

export function mediansOf(runs: readonly Run[]): Medians {
  return {
    wall: median(runs.map(({ wall }) => wall)),
    processor: median(runs.map(({ processor }) => processor)),
    memory: median(runs.map(({ memory }) => memory)),
  };
}
