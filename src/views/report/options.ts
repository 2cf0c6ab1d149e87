// What `perf report`'s options come down to for the text report, with perf's defaults (FORMAT 3.8).

import { PerftsError } from '../../bytes/errors.ts';
import type { ChainOrder } from '../../profile/chain-forest.ts';
import type { ExtraSum } from '../../profile/histogram.ts';
import type { SampleFilter } from '../../profile/tally-filter.ts';
import type { Profile } from '../../profile/profile.ts';
import { isBranchKey, isMemoryKey, isPlaceKey, isSortKey } from '../../profile/report-keys.ts';
import type { ReportField, SortKey, SumField } from '../../profile/report-keys.ts';
import { USUAL_PARENT } from '../../profile/parents.ts';
import { distinctKeys, isOfThePlace, isValueKey, valuesFor } from '../../profile/value-keys.ts';

/** `-g`: how the call graph under a row is drawn. */
export interface CallGraphOptions {
  /** `graph`: percents of the whole; `fractal`: of the parent; `flat`, `folded`: one chain a block, one chain a line. */
  readonly mode: 'graph' | 'fractal' | 'flat' | 'folded';
  /** What has a smaller part is left out, in percent: of the whole, in mode fractal of the siblings. */
  readonly minPercent: number;
  /** Which end of a chain comes first. Default: `caller` with `children`, else `callee`; a bare `-g` means `caller` in perf. */
  readonly order?: ChainOrder;
  /** At most so many siblings (and first names of a row's graph); 0 or absent: all. */
  readonly printLimit?: number;
  /** What a number at a node says. Default `percent`. */
  readonly value?: 'percent' | 'period' | 'count';
}

/** What a report shows; everything may be left out. */
export interface ReportViewOptions {
  /** Callers get rows and shares of their own. Default: when the recording has call chains and does not come from a pipe. */
  readonly children?: boolean;
  /** Default: `graph` with 0.5 percent where there are chains. Asking for a graph where no event has chains is an error. */
  readonly callGraph?: CallGraphOptions | 'none';
  /** The graph where none was asked for: without chains in the recording it is left out instead of being an error. */
  readonly usualCallGraph?: CallGraphOptions;
  /** `--sort`, also numbers to sort by. Default: comm, dso, symbol; of a profile with a detail, and in memory mode, what perf shows of it. */
  readonly sort?: readonly ReportField[];
  /** `--sort +…`: the keys are added to the default. */
  readonly addsToSort?: boolean;
  /** `--latency`: shares of the time that passed first. Throws PERFTS_USAGE where the profile does not tell them. */
  readonly latency?: boolean;
  /** `-F`: the columns instead of the usual ones; sort keys that are not among them follow. */
  readonly fields?: readonly ReportField[];
  /** `-F +…`: the columns are added to the usual ones. */
  readonly addsToFields?: boolean;
  /** `--sort` as typed: perf repeats it above reports on memory. */
  readonly sortText?: string;
  /** `--mem-mode`: the profile counts accesses to memory by their weight. */
  readonly memory?: boolean;
  /** `--show-cpu-utilization`: columns of the shares in the kernel and in user code. */
  readonly showModes?: boolean;
  /** `--parent`: callers by which samples are told apart. Default: perf's, which only the key parent asks for. */
  readonly parent?: RegExp;
  /** `--symbol-filter`: rows of other functions are not shown. */
  readonly symbolFilter?: string;
  /** `-t`: stands between columns, which are not made equally wide by blanks before them. */
  readonly separator?: string;
  /** `-w`: widths of the first columns. */
  readonly columnWidths?: readonly number[];
  /** `--ns`: times with nine digits. */
  readonly nanoseconds?: boolean;
  /** `--hierarchy`: a tree by the sort keys, a level for each. */
  readonly hierarchy?: boolean;
  /** Keys that share a level, where --sort has some in braces; the others have one of their own. */
  readonly sameLevel?: readonly (readonly ReportField[])[];
  /** `--time` as typed, to be shown above the rows. */
  readonly timeText?: string;
  /** `--no-skip-empty`: events without samples too. */
  readonly showEmpty?: boolean;
  /** `-n`. */
  readonly showSamples?: boolean;
  /** `--show-total-period`. */
  readonly showPeriod?: boolean;
  /** `--percent-limit`: rows below are not shown (the graphs' limit is CallGraphOptions.minPercent). Default 0. */
  readonly percentLimit?: number;
  /** `--comms`, `--dsos`, `--symbols`. A list of one makes its column needless: it is named above the table instead. */
  readonly filter?: SampleFilter;
  /** `--percentage`: of all samples (default), or of those that pass the filter. */
  readonly percentage?: 'absolute' | 'relative';
  /** `--group-sort-idx`: the event of a group, from 0, by which its rows are sorted; the leader where a group has none of that number. */
  readonly groupSort?: number;
  /** `-q`: no line that begins with #. */
  readonly quiet?: boolean;
  /** `--header`: lines to stand in place of the one that says how to get them. */
  readonly headerLines?: readonly string[];
}

/** All of them, decided. */
export interface ReportPlan {
  readonly children: boolean;
  readonly graph: Required<CallGraphOptions> | undefined;
  readonly order: ChainOrder;
  readonly keys: readonly SortKey[];
  readonly columns: readonly ReportField[];
  readonly sortBy: readonly ReportField[];
  /** Fields were chosen: some of perf's habits change with that. */
  readonly hasFields: boolean;
  /** `--sort` was given and begins with the symbol. */
  readonly startsWithSymbol: boolean;
  readonly percentLimit: number;
  readonly filter: SampleFilter;
  readonly symbolFilter: string | undefined;
  /** Undefined where the caller that fits is no key. */
  readonly parent: RegExp | undefined;
  readonly extras: readonly ExtraSum[];
  readonly separator: string | undefined;
  readonly columnWidths: readonly number[];
  readonly nanoseconds: boolean;
  /** Of `--hierarchy`: the keys of each level. */
  readonly levels: readonly (readonly SortKey[])[] | undefined;
  readonly memory: boolean;
  /** `--sort`, as perf repeats it above a report on memory. */
  readonly sortText: string;
  readonly timeText: string | undefined;
  readonly showEmpty: boolean;
  readonly isRelative: boolean;
  readonly groupSort: number | undefined;
  readonly quiet: boolean;
  readonly headerLines: readonly string[] | undefined;
}

/** perf's `--sort` where it is not given, for profiles without and with a detail. */
const USUAL_KEYS: readonly SortKey[] = ['comm', 'dso', 'symbol'];
const MEMORY_KEYS: readonly SortKey[] = [
  'local_weight', 'mem', 'symbol', 'dso', 'symbol_daddr', 'dso_daddr', 'snoop', 'tlb', 'locked', 'blocked', 'local_ins_lat', 'local_p_stage_cyc',
];
/** As perf writes it. */
const MEMORY_SORT_TEXT = MEMORY_KEYS.join(',').replace('symbol,', 'sym,');
/** The sums behind columns that not every report has. */
export const EXTRA_OF: Readonly<Partial<Record<SumField, ExtraSum>>> = {
  overhead_sys: 'kernel', overhead_us: 'user', overhead_guest_sys: 'guestKernel', overhead_guest_us: 'guestUser', weight1: 'weight', weight2: 'instructionLatency', weight3: 'weight3',
};
const USUAL_KEYS_OF = { trace: ['trace'], branches: ['comm', 'dso_from', 'symbol_from', 'symbol_to', 'cycles'] } as const;

/** What the walk must keep of samples for these columns (ProfileOptions.values). */
export function valuesOf(fields: readonly ReportField[]): ReturnType<typeof valuesFor> {
  const weights = fields.map((field) => (isSortKey(field) ? undefined : EXTRA_OF[field])).filter((sum) => sum === 'weight' || sum === 'instructionLatency' || sum === 'weight3');
  return [...new Set([...valuesFor(fields), ...weights])];
}

/** The keys of a report on memory where --sort is not given. */
export function usualMemoryKeys(): readonly SortKey[] {
  return MEMORY_KEYS;
}

/** Throws PERFTS_NO_SAMPLES where a call graph is asked for and no event has chains. */
export function planOf(profile: Profile, options: ReportViewOptions): ReportPlan {
  const hasChains = profile.events.some((event) => event.hasChains);
  if (!hasChains && options.callGraph !== undefined && options.callGraph !== 'none') {
    throw new PerftsError('PERFTS_NO_SAMPLES', 'no event of this recording has call chains (it was recorded without -g): leave -g away');
  }
  // Branches have no stacks.
  const drawsChains = hasChains && profile.detail !== 'branches';
  const keys = keysOf(profile, options);
  const columnsAsked = [...keys, ...(options.fields ?? [])];
  // Callers have no place of their own in a sample; and perf makes none of accesses to memory, nor (rightly) in a tree of keys.
  const mayHaveCallers = options.memory !== true && options.hierarchy !== true && !columnsAsked.some((field) => isSortKey(field) && isOfThePlace(field));
  const children = drawsChains && mayHaveCallers && !profile.fromPipe && (options.children ?? true);
  const asked = options.callGraph ?? options.usualCallGraph ?? { mode: 'graph', minPercent: 0.5 };
  // From a pipe perf decides before it knows the events, and ends up with callers first; so it does where callers get no rows after all.
  const order = (asked === 'none' ? undefined : asked.order) ?? (profile.fromPipe || (drawsChains && (options.children ?? true)) ? 'caller' : 'callee');
  const latency = showsLatency(profile, options);
  const strict = options.fields !== undefined && options.addsToFields !== true;
  const columns = columnsFor(children, latency, keys, options);
  checkFields(profile, columns, options.memory === true);
  const sortKeys = distinctKeys([...new Set([...keys, ...columns].filter(isSortKey))]);
  return {
    children,
    graph: asked === 'none' || !drawsChains ? undefined : { printLimit: 0, value: 'percent', ...asked, order },
    order,
    keys: sortKeys,
    columns: columns.filter((field) => !isSortKey(field) || sortKeys.includes(field)),
    sortBy: sortOrder(children, latency, keys, columns, options),
    hasFields: strict,
    startsWithSymbol: options.sort?.[0] === 'symbol',
    percentLimit: options.percentLimit ?? 0,
    filter: options.filter ?? {},
    symbolFilter: options.symbolFilter,
    parent: sortKeys.includes('parent') || options.filter?.withParent === true ? (options.parent ?? new RegExp(USUAL_PARENT)) : undefined,
    extras: [...new Set(columns.map((field) => (isSortKey(field) ? undefined : EXTRA_OF[field])).filter((sum) => sum !== undefined))],
    separator: options.separator,
    columnWidths: options.columnWidths ?? [],
    nanoseconds: options.nanoseconds ?? false,
    levels: options.hierarchy === true ? levelsOf(sortKeys, options.sameLevel ?? []) : undefined,
    memory: options.memory ?? false,
    sortText: options.sortText ?? (options.fields === undefined ? MEMORY_SORT_TEXT : ''),
    timeText: options.timeText,
    showEmpty: options.showEmpty ?? false,
    isRelative: options.percentage === 'relative',
    groupSort: options.groupSort,
    quiet: options.quiet ?? false,
    headerLines: options.headerLines,
  };
}

/** Keys, and numbers to sort by, in the order of --sort. */
function keysOf(profile: Profile, options: ReportViewOptions): readonly ReportField[] {
  const usual = options.memory === true ? MEMORY_KEYS : profile.detail === undefined ? USUAL_KEYS : USUAL_KEYS_OF[profile.detail];
  const asked = options.sort === undefined ? (options.fields === undefined || options.addsToFields === true ? usual : options.fields.filter(isSortKey)) : options.addsToSort === true ? [...new Set([...usual, ...options.sort])] : options.sort;
  // perf appends it, whatever else rows are sorted by.
  return options.parent === undefined || asked.includes('parent') ? asked : [...asked, 'parent'];
}

function levelsOf(keys: readonly SortKey[], groups: readonly (readonly ReportField[])[]): SortKey[][] {
  const levels: SortKey[][] = [];
  for (const key of keys) {
    const group = groups.find((each) => each.includes(key));
    const level = group === undefined ? undefined : levels.find((each) => group.includes(each[0]!));
    if (level === undefined) levels.push([key]);
    else level.push(key);
  }
  return levels;
}

/** Shares of the time that passed: shown where they differ from those of the period, or first if asked for. */
function showsLatency(profile: Profile, options: ReportViewOptions): 'first' | 'beside' | 'no' {
  if (options.latency !== true) return profile.latency === 'parallel' ? 'beside' : 'no';
  if (profile.latency === undefined) throw new PerftsError('PERFTS_USAGE', NO_SWITCHES);
  return 'first';
}

const NO_SWITCHES = 'latency needs a recording that tells of context switches: record with --latency';

/** Throws PERFTS_USAGE for fields that the profile does not have. */
function checkFields(profile: Profile, fields: readonly ReportField[], isMemory: boolean): void {
  const memoryKey = fields.find(isMemoryKey);
  if (memoryKey !== undefined && !isMemory) throw new PerftsError('PERFTS_USAGE', `${memoryKey} is a key of reports on memory: add --mem-mode`);
  const valueKey = fields.find((field) => isValueKey(field) && valuesFor([field]).some((value) => profile.values?.columns.has(value) !== true));
  if (valueKey !== undefined) throw new PerftsError('PERFTS_USAGE', `this profile does not hold what the key ${valueKey} needs`);
  if (fields.includes('parent') && !profile.events.some((event) => event.hasChains)) {
    throw new PerftsError('PERFTS_NO_SAMPLES', 'no event of this recording has call chains (it was recorded without -g): samples have no parents');
  }
  const branchKey = fields.find(isBranchKey);
  if (branchKey !== undefined && profile.detail !== 'branches') {
    throw new PerftsError('PERFTS_USAGE', `${branchKey} is a key of recordings with branches (record with -b)`);
  }
  const placeKey = fields.find((field) => isPlaceKey(field) && profile.branches?.places === undefined);
  if (placeKey !== undefined) throw new PerftsError('PERFTS_USAGE', `this profile does not hold the places of branches, the key ${placeKey}`);
  const lineKey = fields.find((field) => field === 'srcline' || field === 'srcfile');
  if (lineKey !== undefined && profile.lines === undefined) throw new PerftsError('PERFTS_USAGE', `this profile does not hold source lines, the key ${lineKey}`);
  if (profile.latency === undefined && fields.includes('parallelism')) throw new PerftsError('PERFTS_USAGE', NO_SWITCHES.replace('latency needs', 'parallelism needs'));
  if (fields.includes('trace') && profile.detail !== 'trace') throw new PerftsError('PERFTS_USAGE', 'this profile does not hold the texts of tracepoints, the key trace');
  if (profile.latency === undefined && fields.some((field) => field === 'latency' || field === 'latency_children')) {
    throw new PerftsError('PERFTS_USAGE', NO_SWITCHES);
  }
}

const USUAL_SUMS = {
  no: ['overhead_children', 'overhead'],
  beside: ['overhead_children', 'latency_children', 'overhead', 'latency'],
  first: ['latency_children', 'overhead_children', 'latency', 'overhead'],
} as const;

function usualSums(children: boolean, latency: keyof typeof USUAL_SUMS): ReportField[] {
  return USUAL_SUMS[latency].filter((field) => children || (field !== 'overhead_children' && field !== 'latency_children'));
}

/** In the order in which they are drawn. */
function columnsFor(children: boolean, latency: keyof typeof USUAL_SUMS, keys: readonly ReportField[], options: ReportViewOptions): ReportField[] {
  const { fields = [], addsToFields } = options;
  if (options.fields !== undefined && addsToFields !== true) return [...new Set([...fields, ...keys])];
  return [...new Set<ReportField>([...usualSums(children, latency).filter((field) => isWanted(field, keys)), ...moreSums(options), ...fields, ...keys])];
}

/** Where --sort names a share of its own, it alone says which there are. */
function isWanted(field: ReportField, keys: readonly ReportField[]): boolean {
  return keys.includes(field) || !keys.some((key) => key.startsWith('overhead') || key.startsWith('latency'));
}

function moreSums({ showModes, showSamples, showPeriod }: ReportViewOptions): ReportField[] {
  const columns: ReportField[] = showModes === true ? ['overhead_sys', 'overhead_us'] : [];
  if (showSamples === true) columns.push('sample');
  if (showPeriod === true) columns.push('period');
  return columns;
}

/** With fields of one's own rows stand in the order of the sort keys, if given, then of the fields. */
function sortOrder(
  children: boolean, latency: keyof typeof USUAL_SUMS, keys: readonly ReportField[], columns: readonly ReportField[], options: ReportViewOptions,
): ReportField[] {
  const usual: ReportField[] = [...usualSums(children, latency).filter((field) => isWanted(field, keys) && !keys.includes(field)), ...keys];
  const order = options.fields === undefined ? usual : options.addsToFields === true ? [...new Set([...usual, ...columns])] : [...new Set([...(options.sort ?? []), ...columns])];
  return order.filter((field) => children || (field !== 'overhead_children' && field !== 'latency_children'));
}
