// `perf report --stdio` (FORMAT 3.8): for every event, or group of events, a table of rows with a call graph under each.
// The order of work is perf's: rows, then widths, then text; text leaves in pieces, row by row.

import { CallTrees } from '../../profile/call-tree.ts';
import type { CallTreeLimit } from '../../profile/call-tree.ts';
import { groupRows } from '../../profile/event-group.ts';
import { histogramOf, isFiltering } from '../../profile/histogram.ts';
import type { Histogram } from '../../profile/histogram.ts';
import type { Profile, ProfileEvent } from '../../profile/profile.ts';
import { RowIdentity } from '../../profile/row-identity.ts';
import { orderedRows } from '../../profile/row-order.ts';
import type { GroupRow, SumKey } from '../../profile/row-order.ts';
import type { SortKey } from '../../profile/row-identity.ts';
import { CallGraphText, type GraphRoom, newGraphRoom } from './call-graph.ts';
import type { Column, Whole } from './column.ts';
import { columnsOf, wholeNumber } from './columns.ts';
import { isSortKey, planOf } from './options.ts';
import type { ReportField, ReportPlan, ReportViewOptions } from './options.ts';
import { countWithUnit, percentOf } from './percent.ts';

const HOW_TO_GET_THE_HEADER = '# To display the perf.data header info, please use --header/--header-only options.';
/** perf shows one of many at random here; we show one that always holds. */
const TIP = "# (Tip: the lines on stderr say what this recording lacks, and which option of perf record brings it)";
/** perf writes a column's title, with its blanks, into a buffer of 1024 bytes. */
const LONGEST_TITLE = 1023;
/** Text is handed on in pieces of about so many characters. */
const PIECE = 65_536;

/**
 * Writes the report of a recording. `write` gets pieces of text of which each ends with a line; bytes of names that are not ASCII
 * are as in the Profile. Throws PERFTS_NO_SAMPLES where a call graph is asked for and there are no call chains.
 */
export function writeReport(profile: Profile, options: ReportViewOptions, write: (text: string) => void): void {
  const plan = planOf(profile, options);
  const out = new Pieces(write);
  const named = keysOfOneName(plan);
  if (!plan.quiet) {
    for (const line of plan.headerLines ?? [HOW_TO_GET_THE_HEADER]) out.line(line);
    out.line('#');
    for (const key of named) out.line(`# ${key}: ${filterOf(plan, key)![0]!}`);
    out.line('#');
    out.line(`# Total Lost Samples: ${profile.lostSamples}`);
    out.line('#');
  }
  const room = newGraphRoom();
  for (const { table } of reportTables(profile, plan)) writeTable(profile, plan, table(), room, out);
  if (!plan.quiet) {
    out.line('#');
    out.line(TIP);
    out.line('#');
  }
  out.end();
}

class Pieces {
  readonly #write: (text: string) => void;
  #text = '';

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  line(text: string): void {
    this.add(`${text}\n`);
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE) this.end();
  }

  end(): void {
    if (this.#text !== '') this.#write(this.#text);
    this.#text = '';
  }
}

/** Events that are shown together, the leader first; events without samples are left out. */
function groupsOf(profile: Profile): ProfileEvent[][] {
  const groups = new Map<number, ProfileEvent[]>();
  for (const [index, event] of profile.events.entries()) {
    const leader = profile.events[event.leader] === undefined ? index : event.leader;
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [event]);
    else group.push(event);
  }
  return [...groups.values()].map((group) => group.filter((event) => event.samples > 0)).filter((group) => group.length > 0);
}

/** What is shown of an event, or of events that were counted together: the rows from top to bottom and what their columns say. */
export interface ReportTable {
  /** The leader's first; one outside a group. */
  readonly histograms: readonly Histogram[];
  readonly rows: readonly GroupRow[];
  /** What 100 percent are, by member. */
  readonly totals: readonly Whole[];
  /** Fields to be drawn; those that would say the same in every row are left out. */
  readonly shown: readonly ReportField[];
  /** Whether rows have call graphs. */
  readonly usesChains: boolean;
}

/** The tables of a report, each made when it is asked for. */
export function reportTables(profile: Profile, plan: ReportPlan): { readonly members: readonly ProfileEvent[]; table(): ReportTable }[] {
  const named = keysOfOneName(plan);
  // A column that says the same in every row is left out, unless that would leave none.
  const elided = named.length === plan.keys.length ? [] : named;
  return groupsOf(profile).map((members) => ({ members, table: () => tableOf(profile, plan, members, elided) }));
}

function tableOf(profile: Profile, plan: ReportPlan, members: readonly ProfileEvent[], elided: readonly SortKey[]): ReportTable {
  const identity = new RowIdentity(profile, plan.keys);
  const histograms = members.map((event, index) => histogramOf(profile, event, histogramOptions(plan, event, index === 0), identity));
  const leader = histograms[0]!;
  const usesChains = plan.graph !== undefined && leader.event.hasChains;
  const rows = orderedRows(profile, groupRows(histograms), {
    keys: plan.keys,
    by: plan.sortBy.filter((field) => !elided.includes(field as SortKey)).map(sumKey),
    depthOrder: usesChains ? plan.order : undefined,
  });
  const totals = histograms.map((histogram) => wholeOf(plan, histogram));
  return { histograms, rows, totals, shown: plan.columns.filter((field) => !elided.includes(field as SortKey)), usesChains };
}

function writeTable(profile: Profile, plan: ReportPlan, { histograms, rows, totals, shown, usesChains }: ReportTable, room: GraphRoom, out: Pieces): void {
  const columns = columnsOf(profile, plan, shown, rows, totals);
  if (!plan.quiet) writeTitles(profile, plan, histograms, columns, out);
  const graphs = usesChains ? graphsOf(profile, plan, histograms[0]!, room) : undefined;
  const least = Math.fround(plan.percentLimit);
  for (const row of rows) {
    const period = plan.children ? row.sums[0]!.total : row.sums[0]!.self;
    if (Math.fround(percentOf(period, totals[0]!.period)) < least) continue;
    out.line(`  ${columns.map((column) => column.cell(row)).join('  ')}`);
    if (graphs !== undefined) out.add(graphs(row, period));
  }
  out.line('');
  out.line('');
}

function histogramOptions(plan: ReportPlan, event: ProfileEvent, isLeader: boolean): Parameters<typeof histogramOf>[2] {
  const { keys, children, order, filter, graph } = plan;
  const drawsChains = graph !== undefined && event.hasChains && isLeader;
  // With a filter the limit is a part of what passes it, which only the histogram will tell: no short cut then.
  const chainsFrom = !drawsChains ? Infinity : isFiltering(filter) || graph.mode === 'fractal' ? 0 : leastPeriod(graph.minPercent, event.period);
  return { keys, children: children && event.hasChains, order, filter, chainsFrom };
}

function leastPeriod(percent: number, total: number): number {
  return Math.floor(total * (percent / 100));
}

function wholeOf(plan: ReportPlan, histogram: Histogram): Whole {
  const { event } = histogram;
  return plan.isRelative ? { period: histogram.shownPeriod, latency: histogram.shownLatency } : { period: event.period, latency: event.latency ?? 0 };
}

/** The call graphs of an event's rows, and below which period nothing of them is shown (mode fractal: 0). */
export function chainTreesOf(profile: Profile, plan: ReportPlan, leader: Histogram): { readonly trees: CallTrees; readonly periods: number } {
  const options = plan.graph!;
  const periods = leastPeriod(options.minPercent, wholeOf(plan, leader).period);
  const limit: CallTreeLimit = options.mode === 'fractal' ? { ratio: options.minPercent / 100 } : { periods };
  return { trees: new CallTrees(profile.frames, profile.wide, leader.forest!, limit), periods: options.mode === 'fractal' ? 0 : periods };
}

/** Draws the call graph of a row. */
function graphsOf(profile: Profile, plan: ReportPlan, leader: Histogram, room: GraphRoom): (row: GroupRow, period: number) => string {
  const options = plan.graph!;
  const { trees, periods } = chainTreesOf(profile, plan, leader);
  const omitsFirstName = !plan.hasFields && plan.startsWithSymbol;
  const text = new CallGraphText(profile, trees, options, leader.event.period, periods, omitsFirstName, room);
  return ({ row }, period) => {
    // No part of a graph is larger than its row.
    if (text.isFull || period < periods) return '';
    return text.of(trees.of(row.chains), period);
  };
}

function writeTitles(profile: Profile, plan: ReportPlan, histograms: readonly Histogram[], columns: readonly Column[], out: Pieces): void {
  let samples = 0;
  let period = 0;
  for (const histogram of histograms) {
    samples += plan.isRelative && profile.detail !== 'branches' ? histogram.shownSamples : histogram.event.samples;
    period += plan.isRelative ? histogram.shownPeriod : histogram.event.period;
  }
  out.line(`# Samples: ${countWithUnit(samples)} of ${eventTitle(profile, histograms.map(({ event }) => event))}`);
  out.line(`# Event count (approx.): ${wholeNumber(period)}`);
  out.line('#');
  const titles = columns.map(({ title, width, alignsRight }) => (alignsRight ? title.padStart(width) : title.padEnd(Math.min(width, LONGEST_TITLE))));
  out.line(`# ${titles.join('  ')}`);
  out.line(`# ${columns.map(({ width }) => '.'.repeat(width)).join('  ')}`);
  out.line('#');
}

/** `event 'cycles'`, `events 'anon group { cycles, instructions }'`. */
export function eventTitle(profile: Profile, events: readonly ProfileEvent[]): string {
  const [first] = events;
  if (events.length === 1) return `event '${first!.name}'`;
  const group = profile.events[first!.leader]?.groupName ?? 'anon group';
  return `events '${group} { ${events.map(({ name }) => name).join(', ')} }'`;
}

/** Keys whose filter lists one name. */
function keysOfOneName(plan: ReportPlan): SortKey[] {
  return plan.columns.filter(isSortKey).filter((key) => filterOf(plan, key)?.length === 1);
}

function filterOf(plan: ReportPlan, key: SortKey): readonly string[] | undefined {
  switch (key) {
    case 'comm':
      return plan.filter.comms;
    case 'dso':
      return plan.filter.dsos;
    case 'symbol':
      return plan.filter.symbols;
    default:
      return undefined;
  }
}

function sumKey(field: ReportField): SortKey | SumKey {
  switch (field) {
    case 'overhead_children':
      return 'total';
    case 'overhead':
      return 'self';
    case 'latency_children':
      return 'totalLatency';
    case 'latency':
      return 'selfLatency';
    case 'sample':
      return 'samples';
    default:
      return field;
  }
}
