// What every export format is given and gives. A format is a writer: it gets the samples of one recording after the other, in time order,
// each with its stack as a node of one tree, and writes its file to a sink, while it gets them or in the end.

import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import type { StackTable } from '../profile/stack-table.ts';
import type { CodeTable } from './code-table.ts';

/** A counted event; one for all recordings that counted one of that name. */
export interface ExportedEvent {
  readonly index: number;
  /** As perf names it. */
  readonly name: string;
  /** Of the periods. */
  readonly unit: 'nanoseconds' | 'count';
  /** The period that was asked for; 0 where a frequency was. */
  readonly period: number;
  /** Samples a second that were asked for; 0 where a period was. */
  readonly frequency: number;
}

/** A recording, as far as files of other tools say of themselves where they come from. */
export interface ExportedRecording {
  readonly index: number;
  /** What the user calls it by: `service` → `api`. */
  readonly labels: ReadonlyMap<string, string>;
  /** The file's name. */
  readonly name: string;
  readonly hostName: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly kernel: string;
  readonly command: readonly string[];
  /** The recorded value of a sample's time, ns of the recording's clock. */
  clockTime(time: number): bigint;
  /** The same in ns since 1970; undefined where nothing tells. See wall-clock.ts for how exact. */
  wallTime(time: number): bigint | undefined;
}

/** One sample. Reused: copy what is kept. */
export interface SampleRow {
  recording: ExportedRecording;
  event: ExportedEvent;
  /** Ns since a moment of the recording's own (ExportedRecording.clockTime); 0 where none was recorded. */
  time: number;
  hasTime: boolean;
  pid: number;
  tid: number;
  comm: string;
  /** -1 where not recorded. */
  cpu: number;
  /** Whether it was taken in the kernel. */
  inKernel: boolean;
  period: number;
  /** Node of ExportTables.stacks; 0 for no stack. */
  stack: number;
  /** Why an unwound stack ends, by the names of unwind/stop-reason.ts; undefined where the kernel recorded the chain, or there is none. */
  end: string | undefined;
}

/** What all recordings of an export share. Grows as samples come. */
export interface ExportTables {
  readonly code: CodeTable;
  /** Chains of places, outermost first; a node's `frame` is a place of `code`. */
  readonly stacks: StackTable;
  readonly events: readonly ExportedEvent[];
  readonly recordings: readonly ExportedRecording[];
  /**
   * Of exports with both views (ExportWalk.python): by the node of a sample's whole stack the node of Python's own view of it, itself where
   * nothing in it is Python's; 0 for other nodes. Undefined where no stack holds anything of Python. Asked in the end.
   */
  pythonNodes?: (() => Int32Array | undefined) | undefined;
}

/** Choices that some formats have. */
export interface FormatOptions {
  /** `perfts 0.1.0`. */
  readonly producer: string;
  /** What one number for a sample is, in formats with one: 1, or its period; undefined: as the format usually has it. */
  readonly weight?: 'samples' | 'period' | undefined;
  /** Of collapsed stacks: marks behind names that say what kind of code it is. */
  readonly annotate?: boolean | undefined;
  /** Whether stacks are Python's own view of them: names are then for its developers everywhere. */
  readonly python?: boolean | undefined;
  /** How the recording's data is: lines of text for formats with room for them. Asked in the end. */
  readonly notes?: () => readonly string[];
}

/** Writes one file. */
export interface FormatWriter {
  /** A number that it gives back may come again with `again`. */
  sample(row: SampleRow): number | void;
  /** A sample that differs from an earlier one in time, CPU and period only. Absent where these matter. */
  again?(token: number, period: number): void;
  /** Writes what is left. */
  finish(): void | Promise<void>;
}

/** A format. */
export interface ExportFormat {
  /** Whether stacks are told apart by address and line; else by function. */
  readonly byAddress: boolean;
  make(tables: ExportTables, options: FormatOptions, sink: ByteSink): FormatWriter;
}
