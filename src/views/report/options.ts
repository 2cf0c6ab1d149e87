// What `perf report`'s options come down to for the text report, with perf's defaults (FORMAT 3.8).

import { PerftsError } from '../../bytes/errors.ts';
import type { ChainOrder } from '../../profile/chain-forest.ts';
import type { SampleFilter } from '../../profile/histogram.ts';
import type { Profile } from '../../profile/profile.ts';
import { BRANCH_KEYS, isBranchKey } from '../../profile/row-identity.ts';
import type { SortKey } from '../../profile/row-identity.ts';

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

/** A column of `-F`: a sum, or a sort key. */
export type ReportField = 'overhead' | 'overhead_children' | 'latency' | 'latency_children' | 'sample' | 'period' | SortKey;

/** What a report shows; everything may be left out. */
export interface ReportViewOptions {
  /** Callers get rows and shares of their own. Default: when the recording has call chains and does not come from a pipe. */
  readonly children?: boolean;
  /** Default: `graph` with 0.5 percent where there are chains. Asking for a graph where no event has chains is an error. */
  readonly callGraph?: CallGraphOptions | 'none';
  /** The graph where none was asked for: without chains in the recording it is left out instead of being an error. */
  readonly usualCallGraph?: CallGraphOptions;
  /** `--sort`. Default: comm, dso, symbol; of a profile with a detail what perf shows of it. */
  readonly sort?: readonly SortKey[];
  /** `--sort +…`: the keys are added to the default. */
  readonly addsToSort?: boolean;
  /** `--latency`: shares of the time that passed first. Throws PERFTS_USAGE where the profile does not tell them. */
  readonly latency?: boolean;
  /** `-F`: the columns instead of the usual ones; sort keys that are not among them follow. */
  readonly fields?: readonly ReportField[];
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
  readonly isRelative: boolean;
  readonly quiet: boolean;
  readonly headerLines: readonly string[] | undefined;
}

const SORT_KEYS: readonly string[] = ['comm', 'pid', 'tid', 'tgid', 'dso', 'symbol', 'trace', 'srcline', 'srcfile', ...BRANCH_KEYS] satisfies SortKey[];
const SUM_FIELDS: readonly string[] = ['overhead', 'overhead_children', 'latency', 'latency_children', 'sample', 'period'] satisfies ReportField[];
/** perf's `--sort` where it is not given, for profiles without and with a detail. */
const USUAL_KEYS: readonly SortKey[] = ['comm', 'dso', 'symbol'];
const USUAL_KEYS_OF = { trace: ['trace'], branches: ['comm', 'dso_from', 'symbol_from', 'symbol_to', 'cycles'] } as const;

/** `comm,dso,sym` to sort keys. Throws PERFTS_USAGE for what is not there (yet). */
export function parseSortKeys(text: string): SortKey[] {
  return words(text).map((word) => {
    const key = word === 'sym' ? 'symbol' : word;
    if (!SORT_KEYS.includes(key)) throw new PerftsError('PERFTS_USAGE', `sort key "${word}" is not supported yet`);
    return key as SortKey;
  });
}

/** `overhead,comm,sym` to columns. Throws PERFTS_USAGE for what is not there (yet). */
export function parseFields(text: string): ReportField[] {
  return words(text).map((word) => {
    const field = word === 'sym' ? 'symbol' : word;
    if (!SORT_KEYS.includes(field) && !SUM_FIELDS.includes(field)) {
      throw new PerftsError('PERFTS_USAGE', `field "${word}" is not supported yet`);
    }
    return field as ReportField;
  });
}

function words(text: string): string[] {
  const found = text.split(/[, ]+/).filter((word) => word !== '');
  if (found.length === 0) throw new PerftsError('PERFTS_USAGE', `"${text}" names no column`);
  return found;
}

/** Throws PERFTS_NO_SAMPLES where a call graph is asked for and no event has chains. */
export function planOf(profile: Profile, options: ReportViewOptions): ReportPlan {
  const hasChains = profile.events.some((event) => event.hasChains);
  if (!hasChains && options.callGraph !== undefined && options.callGraph !== 'none') {
    throw new PerftsError('PERFTS_NO_SAMPLES', 'no event of this recording has call chains (it was recorded without -g): leave -g away');
  }
  // Branches have no stacks.
  const drawsChains = hasChains && profile.detail !== 'branches';
  const children = drawsChains && !profile.fromPipe && (options.children ?? true);
  const asked = options.callGraph ?? options.usualCallGraph ?? { mode: 'graph', minPercent: 0.5 };
  // From a pipe perf decides before it knows the events, and ends up with callers first.
  const order = (asked === 'none' ? undefined : asked.order) ?? (children || profile.fromPipe ? 'caller' : 'callee');
  const keys = keysOf(profile, options);
  const latency = showsLatency(profile, options);
  const columns = options.fields === undefined ? usualColumns(children, latency, keys, options) : [...new Set([...options.fields, ...keys])];
  checkFields(profile, [...keys, ...columns]);
  return {
    children,
    graph: asked === 'none' || !drawsChains ? undefined : { printLimit: 0, value: 'percent', ...asked, order },
    order,
    keys: [...new Set([...keys, ...columns.filter(isSortKey)])],
    columns,
    sortBy: sortOrder(children, latency, keys, columns, options),
    hasFields: options.fields !== undefined,
    startsWithSymbol: options.sort?.[0] === 'symbol',
    percentLimit: options.percentLimit ?? 0,
    filter: options.filter ?? {},
    isRelative: options.percentage === 'relative',
    quiet: options.quiet ?? false,
    headerLines: options.headerLines,
  };
}

function keysOf(profile: Profile, options: ReportViewOptions): readonly SortKey[] {
  const usual = profile.detail === undefined ? USUAL_KEYS : USUAL_KEYS_OF[profile.detail];
  if (options.sort === undefined) return options.fields === undefined ? usual : options.fields.filter(isSortKey);
  return options.addsToSort === true ? [...new Set([...usual, ...options.sort])] : options.sort;
}

/** Shares of the time that passed: shown where they differ from those of the period, or first if asked for. */
function showsLatency(profile: Profile, options: ReportViewOptions): 'first' | 'beside' | 'no' {
  if (options.latency !== true) return profile.latency === 'parallel' ? 'beside' : 'no';
  if (profile.latency === undefined) throw new PerftsError('PERFTS_USAGE', NO_SWITCHES);
  return 'first';
}

const NO_SWITCHES = 'latency needs a recording that tells of context switches: record with --latency';

/** Throws PERFTS_USAGE for fields that the profile does not have. */
function checkFields(profile: Profile, fields: readonly ReportField[]): void {
  const branchKey = fields.find(isBranchKey);
  if (branchKey !== undefined && profile.detail !== 'branches') {
    throw new PerftsError('PERFTS_USAGE', `${branchKey} is a key of recordings with branches (record with -b)`);
  }
  const lineKey = fields.find((field) => field === 'srcline' || field === 'srcfile');
  if (lineKey !== undefined && profile.lines === undefined) throw new PerftsError('PERFTS_USAGE', `this profile does not hold source lines, the key ${lineKey}`);
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

function usualColumns(children: boolean, latency: keyof typeof USUAL_SUMS, keys: readonly SortKey[], options: ReportViewOptions): ReportField[] {
  const columns = usualSums(children, latency);
  if (options.showSamples === true) columns.push('sample');
  if (options.showPeriod === true) columns.push('period');
  return [...columns, ...keys];
}

/** With fields of one's own rows stand in the order of the sort keys, if given, then of the fields. */
function sortOrder(
  children: boolean, latency: keyof typeof USUAL_SUMS, keys: readonly SortKey[], columns: readonly ReportField[], options: ReportViewOptions,
): ReportField[] {
  const usual: ReportField[] = [...usualSums(children, latency), ...keys];
  const order = options.fields === undefined ? usual : [...new Set([...(options.sort ?? []), ...columns])];
  return order.filter((field) => children || (field !== 'overhead_children' && field !== 'latency_children'));
}

export function isSortKey(field: ReportField): field is SortKey {
  return SORT_KEYS.includes(field);
}
