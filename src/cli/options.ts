// The options of each command, read and checked: what its handler gets. Units and defaults stand here; how they are written on
// a command line stands in the command's table.

import type { ComparedBy, ComparedChoice, ComparedKey } from '../profile/comparison.ts';
import type { TimeChoice } from '../profile/time-spans.ts';
import type { PercentType } from '../views/annotate/annotate-text.ts';
import type { Syntax } from '../views/annotate/disassembler.ts';
import type { DiffMethod } from '../views/diff.ts';
import type { CallGraph } from './call-graph-option.ts';
import type { ShownKind } from '../views/script/record-lines.ts';
import type { FieldChoice } from '../views/script/fields.ts';
import type { SwitchChoice } from '../profile/event-switches.ts';
import type { SortChoice } from './sort-keys.ts';
import type { TimeOptions } from './time-options.ts';

/** Which recording, and where the files that belong to it may be. */
export interface FileOptions {
  /** Path as typed; '-' is standard input. `perf.data` if none was given. */
  readonly input: string;
  /** Roots under which the recorded paths are looked for, in this order. */
  readonly symfs: readonly string[];
  /** Folders of binaries and debug files by build id or base name. */
  readonly symbolDirs: readonly string[];
  /** URLs of debuginfod servers, separated by blanks; '' for those in the environment; undefined: none is asked. */
  readonly debuginfod: string | undefined;
  readonly kallsyms: string | undefined;
  /** The kernel's own file, with symbols. */
  readonly vmlinux: string | undefined;
  /** Whether kernel modules get names. */
  readonly kernelModules: boolean;
  /** Jitdumps named by the user, besides those that are found. */
  readonly jitdumps: readonly string[];
  /** Folder of perf-PID.map files. */
  readonly perfMapDir: string | undefined;
  readonly demangle: boolean;
  /** Frames at most of each part of a stack; undefined: no limit. */
  readonly maxStack: number | undefined;
  /** Whether stacks whose dump ended are joined onto whole ones. */
  readonly stitch: boolean;
  /** Whether inlined functions are shown where line tables tell them. */
  readonly inline: boolean;
  /** 0 unless -v was given, then how often. */
  readonly verbose: number;
}

export interface ReportOptions extends FileOptions, TimeOptions {
  /** --raw-trace: tracepoints by their fields, without what print formats make of them. */
  readonly rawTrace: boolean;
  /** -e: only these events. */
  readonly events: readonly string[] | undefined;
  /** --group: all events side by side, --no-group: none; undefined: as they were recorded. */
  readonly group: boolean | undefined;
  /** --group-sort-idx: the event of a group by which rows are sorted, from 0. */
  readonly groupSort: number | undefined;
  /** --python: Python's own view. */
  readonly python: boolean;
  /** -n: a column of sample counts. */
  readonly showSamples: boolean;
  /** undefined: perf's default, on where the recording has call chains. */
  readonly children: boolean | undefined;
  readonly callGraph: CallGraph;
  /** Whether -g was given: an error where the recording has no call chains. */
  readonly callGraphGiven: boolean;
  /** Rows below this percentage are left out; undefined: none is. */
  readonly rowLimit: number | undefined;
  /** Branches of call graphs below this percentage are left out. The later of -g and --percent-limit decides, as in perf. */
  readonly chainLimit: number;
  /** undefined: those of `fields`. */
  readonly sort: SortChoice | undefined;
  /** -b, --no-branch-stack: count branches, or samples; undefined: branches where they were recorded for their own sake. */
  readonly branches: boolean | undefined;
  /** --latency: shares of the time that passed first. */
  readonly latency: boolean;
  /** --sort as typed. */
  readonly sortText: string | undefined;
  /** -F: the columns instead of the usual ones, or besides them. */
  readonly fields: SortChoice | undefined;
  /** --show-total-period: a column with the sum of the periods. */
  readonly showPeriod: boolean;
  /** --percentage: of all samples, or of those that pass the filters. */
  readonly percentage: 'absolute' | 'relative';
  readonly comms: readonly string[] | undefined;
  readonly dsos: readonly string[] | undefined;
  readonly symbols: readonly string[] | undefined;
  readonly pids: readonly number[] | undefined;
  readonly tids: readonly number[] | undefined;
  readonly cpus: readonly number[] | undefined;
  readonly parallelism: readonly number[] | undefined;
  readonly socket: number | undefined;
  /** --time, and as typed. */
  readonly time: TimeChoice | undefined;
  readonly timeText: string | undefined;
  /** --time-quantum, ns. */
  readonly timeQuantum: bigint | undefined;
  readonly nanoseconds: boolean;
  readonly switches: SwitchChoice;
  /** --full-source-path: in the keys srcline and srcfile. */
  readonly fullSourcePaths: boolean;
  readonly symbolFilter: string | undefined;
  /** -U: nothing that has no name. */
  readonly hideUnresolved: boolean;
  /** -p, and -x: only samples that have such a caller. */
  readonly parent: RegExp | undefined;
  readonly excludeOther: boolean;
  readonly ignoreCallees: RegExp | undefined;
  readonly memory: boolean;
  readonly showModes: boolean;
  /** -t: between columns. */
  readonly separator: string | undefined;
  /** -w: of the first columns. */
  readonly columnWidths: readonly number[] | undefined;
  readonly hierarchy: boolean;
  readonly showEmpty: boolean;
  /** Threads to work at a report; undefined: one. */
  readonly jobs: number | undefined;
  /** --header: before the report; --header-only: nothing else. */
  readonly header: 'none' | 'before' | 'only';
  /** -I: also what is long or seldom wanted (topology). */
  readonly headerDetails: boolean;
  /** -q: no lines that begin with #. */
  readonly quiet: boolean;
  /** --tui: the browser; --stdio: text. */
  readonly browser: 'always' | 'never' | 'on-terminal';
}

/** Of `dump --json`. */
export interface JsonDumpOptions extends FileOptions {
  readonly fileOrder: boolean;
  readonly withBytes: boolean;
}

export interface ScriptOptions extends FileOptions {
  /** The -F options, in order; empty: perf's defaults by event type. */
  readonly fields: readonly FieldChoice[];
  /** -G: one line a sample. */
  readonly hideCallGraph: boolean;
  readonly python: boolean;
  /** --ns: times with nine digits instead of six. */
  readonly nanoseconds: boolean;
  /** --reltime: since the first sample; --deltatime: since the one before. */
  readonly times: 'absolute' | 'since-start' | 'since-previous';
  readonly time: TimeChoice | undefined;
  /** -L: names of tasks in eight columns, CPUs without brackets. */
  readonly narrow: boolean;
  readonly stopAt: readonly string[] | undefined;
  readonly kernelPath: string | undefined;
  /** Of the innermost frame. */
  readonly dsos: readonly string[] | undefined;
  readonly symbols: readonly string[] | undefined;
  /** Those of -S that are addresses (int64.ts), and --addr-range, bytes. */
  readonly addresses: readonly number[];
  readonly addressRange: number;
  readonly switches: SwitchChoice;
  /** --per-event-dump: a file for each event instead of one text. */
  readonly perEvent: boolean;
  /** --dump-unsorted-raw-trace: -D in the order of the file. */
  readonly fileOrder: boolean;
  /** --full-source-path: paths of source files as the compiler was given them, instead of their last parts. */
  readonly fullSourcePaths: boolean;
  readonly comms: readonly string[] | undefined;
  readonly pids: readonly number[] | undefined;
  readonly tids: readonly number[] | undefined;
  readonly cpus: readonly number[] | undefined;
  /** --show-task-events and so on: kinds of records that get lines of their own. */
  readonly shownKinds: readonly ShownKind[];
  readonly header: 'none' | 'before' | 'only';
  readonly headerDetails: boolean;
}

/** Of `convert`. */
export interface ConvertCommandOptions extends FileOptions {
  readonly output: string;
  readonly container: 'file' | 'pipe' | 'directory';
  readonly byteOrder: 'little' | 'big' | undefined;
  readonly compress: boolean;
  readonly anonymize: boolean;
  readonly time: TimeChoice | undefined;
  readonly pids: readonly number[] | undefined;
  readonly events: readonly string[] | undefined;
}

/** Of `flamegraph`. */
export interface FlameGraphCommandOptions extends FileOptions, TimeOptions {
  /** The second recording, to compare `input` with. */
  readonly after: string | undefined;
  /** '-' is standard output. */
  readonly output: string;
  readonly python: boolean;
  readonly icicle: boolean;
  readonly reverse: boolean;
  /** Name of the event; undefined: the first one with samples. */
  readonly event: string | undefined;
  readonly perThread: boolean;
  readonly comms: readonly string[] | undefined;
  readonly pids: readonly number[] | undefined;
  readonly tids: readonly number[] | undefined;
  readonly percentLimit: number;
  /** undefined: the name of the file. */
  readonly title: string | undefined;
}

/** Of `diff`. */
export interface DiffCommandOptions extends FileOptions {
  /** Baseline first. */
  readonly inputs: readonly string[];
  readonly method: DiffMethod;
  readonly by: ComparedBy;
  readonly time: TimeChoice | undefined;
  readonly cpus: readonly number[] | undefined;
  readonly baselineBy: ComparedBy | undefined;
  readonly choice: ComparedChoice;
  readonly weights: readonly [number, number] | undefined;
  readonly periods: boolean;
  readonly formula: boolean;
  readonly baselineOnly: boolean;
  readonly separator: string | undefined;
  readonly keys: readonly ComparedKey[];
  readonly children: boolean;
  readonly python: boolean;
  /** The recording whose change rows sort by, from 1; 0: by the baseline. */
  readonly order: number;
  /** Name of the event; undefined: the first that all have samples of. */
  readonly event: string | undefined;
  readonly all: boolean;
  /** 0 to 1. */
  readonly confidence: number;
  /** Share of the baseline's whole by which no row may have grown. */
  readonly failOn: number | undefined;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Of `inject`. */
export interface InjectCommandOptions extends FileOptions {
  readonly output: string;
  /** Of all images; undefined: beside each jitdump. */
  readonly outDir: string | undefined;
}

/** Of `doctor`. */
export interface DoctorCommandOptions extends FileOptions {
  /** Percent of names, stacks or samples. */
  readonly tolerance: number;
  readonly json: boolean;
}

/** One sample of a recording. Offset in the file; time in nanoseconds. */
export type SampleChoice =
  | { readonly by: 'index'; readonly index: number }
  | { readonly by: 'offset'; readonly offset: number }
  | { readonly by: 'time'; readonly time: bigint };

/** Of `unwind`. */
export interface UnwindCommandOptions extends FileOptions {
  /** Undefined: a line for each sample. */
  readonly explain: SampleChoice | undefined;
  readonly json: boolean;
}

/** Of `annotate`. */
export interface AnnotateCommandOptions extends FileOptions {
  /** Undefined: every function that has samples. */
  readonly symbol: string | undefined;
  /** Short names or paths. */
  readonly dsos: readonly string[] | undefined;
  /** Of an event's period. */
  readonly percentLimit: number;
  readonly percentType: PercentType;
  readonly column: 'percent' | 'samples' | 'period';
  readonly lineSummary: boolean;
  readonly source: boolean;
  readonly fullPaths: boolean;
  readonly syntax: Syntax;
  readonly cpus: readonly number[] | undefined;
  readonly group: boolean;
  readonly rawBytes: boolean;
  /** Functions whose instructions are not known are left out. */
  readonly skipMissing: boolean;
  /** What is put before source files' paths, and how many folders are taken off these first. */
  readonly prefix: { readonly text: string; readonly strip: number } | undefined;
  readonly color: 'always' | 'never' | 'auto';
  readonly quiet: boolean;
  readonly json: boolean;
}

/** Of `view`. */
export interface ViewCommandOptions extends FileOptions, TimeOptions {
  /** '-' is standard output. */
  readonly output: string;
  /** The page without a recording. */
  readonly isEmpty: boolean;
  /** Whether source files that are at hand are taken along, and instructions. */
  readonly source: boolean;
  readonly code: boolean;
}

/** Of `serve`. `input` is not used. */
export interface ServeCommandOptions extends FileOptions {
  readonly folder: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly source: boolean;
  readonly code: boolean;
}

/** Of `validate`. */
export interface ValidateOptions {
  readonly input: string;
  readonly all: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Of `archive`. `input` is the recording for 'make', else the archive. */
export interface ArchiveCommandOptions extends FileOptions {
  readonly action: 'make' | 'list' | 'unpack' | 'add';
  /** Of 'make': the archive; of 'unpack': the folder. */
  readonly output: string;
  /** Of 'add'. */
  readonly added: readonly string[];
  readonly lines: boolean;
  readonly code: boolean;
  readonly all: boolean;
  readonly force: boolean;
}

/** One recording of `export`. */
export interface ExportSource {
  readonly input: string;
  readonly labels: ReadonlyMap<string, string>;
}

/** Of `export`. */
export interface ExportCommandOptions extends FileOptions, TimeOptions {
  readonly format: string;
  readonly sources: readonly ExportSource[];
  /** '-' is standard output. */
  readonly output: string;
  /** Folder of a partitioned dataset, instead of `output`. */
  readonly dataset: string | undefined;
  readonly weight: 'samples' | 'period' | undefined;
  readonly annotate: boolean;
  readonly python: boolean;
  readonly time: TimeChoice | undefined;
  readonly events: readonly string[] | undefined;
  readonly comms: readonly string[] | undefined;
  readonly pids: readonly number[] | undefined;
  readonly tids: readonly number[] | undefined;
}
