// `perf report --stdio` (FORMAT 3.8): for every event, or group of events, a table of rows with a call graph under each.
// The order of work is perf's: rows, then widths, then text; text leaves in pieces, row by row.

import { PerftsError } from '../../bytes/errors.ts';
import { CallTrees } from '../../profile/call-tree.ts';
import type { CallTreeLimit } from '../../profile/call-tree.ts';
import { groupRows, sortMembers } from '../../profile/event-group.ts';
import { histogramOf } from '../../profile/histogram.ts';
import { isFiltering } from '../../profile/tally-filter.ts';
import type { Histogram } from '../../profile/histogram.ts';
import type { Profile, ProfileEvent } from '../../profile/profile.ts';
import { RowIdentity } from '../../profile/row-identity.ts';
import { orderedRows } from '../../profile/row-order.ts';
import type { GroupRow, SumKey } from '../../profile/row-order.ts';
import { isSortKey, isTraceFieldKey } from '../../profile/report-keys.ts';
import { traceFieldIndex } from '../../profile/trace-fields.ts';
import type { ReportField, SortKey } from '../../profile/report-keys.ts';
import { parentsOf } from '../../profile/parents.ts';
import { CallGraphText, type GraphRoom, newGraphRoom } from './call-graph.ts';
import type { Column, Whole } from './column.ts';
import { columnsOf, wholeNumber } from './columns.ts';
import { hierarchyLine, hierarchyTitles, noEntryLine } from './hierarchy.ts';
import { EXTRA_OF, planOf } from './options.ts';
import type { ReportPlan, ReportViewOptions } from './options.ts';
import { countWithUnit, percentOf } from './percent.ts';

const HOW_TO_GET_THE_HEADER = '# To display the perf.data header info, please use --header/--header-only options.';
const NO_GROUP = 'no events of this recording are a group, whose rows could be in the order of one of them: add --group';
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
  // As perf does: with the number alone nothing would change, and nobody would know why.
  if (plan.groupSort !== undefined && profile.events.every(({ leader }, index) => leader === index)) throw new PerftsError('PERFTS_USAGE', NO_GROUP);
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
  if (plan.levels !== undefined) {
    const parents = parentsFor(profile, plan);
    for (const members of groupsOf(profile, plan)) writeTree(profile, plan, plan.levels, members, parents, room, out);
  } else for (const { table } of reportTables(profile, plan)) writeTable(profile, plan, table(), room, out);
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

/** Events that are shown together, the leader first; events without samples are left out unless they are asked for. */
function groupsOf(profile: Profile, plan: ReportPlan): ProfileEvent[][] {
  const groups = new Map<number, ProfileEvent[]>();
  for (const [index, event] of profile.events.entries()) {
    const leader = profile.events[event.leader] === undefined ? index : event.leader;
    const group = groups.get(leader);
    if (group === undefined) groups.set(leader, [event]);
    else group.push(event);
  }
  return [...groups.values()].map((group) => group.filter((event) => plan.showEmpty || event.samples > 0)).filter((group) => group.length > 0);
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
  const usual = named.length === plan.keys.length ? [] : named;
  const parents = parentsFor(profile, plan);
  return groupsOf(profile, plan).map((members) => ({ members, table: () => tableOf(profile, plan, members, [...usual, ...fieldsOfOthers(profile, plan, members[0]!)], parents) }));
}

function parentsFor(profile: Profile, { parent, order }: ReportPlan): Int32Array | undefined {
  return parent === undefined ? undefined : parentsOf(profile, parent, order);
}

function tableOf(profile: Profile, plan: ReportPlan, members: readonly ProfileEvent[], elided: readonly SortKey[], parents: Int32Array | undefined): ReportTable {
  const identity = new RowIdentity(profile, plan.keys);
  const histograms = members.map((event, index) => histogramOf(profile, event, histogramOptions(plan, event, index === 0, parents), identity));
  const leader = histograms[0]!;
  const usesChains = plan.graph !== undefined && leader.event.hasChains;
  const kept = keptRows(profile, plan, groupRows(histograms));
  const rows = orderedRows(profile, kept, {
    keys: plan.keys,
    by: plan.sortBy.filter((field) => !elided.includes(field as SortKey)).map((field) => sumKey(plan, field)),
    depthOrder: usesChains ? plan.order : undefined,
    ...(plan.groupSort !== undefined && { members: membersBy(plan.groupSort, profile, members) }),
  });
  const totals = histograms.map((histogram, index) => wholeOf(plan, histogram, kept, index));
  return { histograms, rows, totals, shown: plan.columns.filter((field) => !elided.includes(field as SortKey)), usesChains };
}

function writeTable(profile: Profile, plan: ReportPlan, { histograms, rows, totals, shown, usesChains }: ReportTable, room: GraphRoom, out: Pieces): void {
  const columns = columnsOf(profile, plan, shown, rows, totals);
  if (!plan.quiet) {
    writeTotals(profile, plan, histograms, out);
    writeTitles(plan, columns, out);
  }
  const graphs = usesChains ? graphsOf(profile, plan, histograms[0]!, totals[0]!, room) : undefined;
  const least = Math.fround(plan.percentLimit);
  for (const row of rows) {
    const period = plan.children ? row.sums[0]!.total : row.sums[0]!.self;
    if (Math.fround(percentOf(period, totals[0]!.period)) < least) continue;
    out.line(plan.separator === undefined ? `  ${columns.map((column) => column.cell(row)).join('  ')}` : columns.map((column) => column.cell(row)).join(plan.separator));
    if (graphs !== undefined) out.add(graphs(row, period));
  }
  out.line('');
  out.line('');
}

/** `--hierarchy`. */
function writeTree(
  profile: Profile, plan: ReportPlan, levels: readonly (readonly SortKey[])[], members: readonly ProfileEvent[], parents: Int32Array | undefined, room: GraphRoom, out: Pieces,
): void {
  const keysDownTo = levels.map((_, depth) => levels.slice(0, depth + 1).flat());
  const identities = keysDownTo.map((keys) => new RowIdentity(profile, keys));
  const last = levels.length - 1;
  const histograms = identities.map((identity, depth) => {
    // Only the rows of the last level have call graphs.
    const levelPlan = depth === last ? plan : { ...plan, graph: undefined };
    return members.map((event, index) => histogramOf(profile, event, histogramOptions(levelPlan, event, index === 0, parents), identity));
  });
  const rows = histograms.map((level) => keptRows(profile, plan, groupRows(level)));
  const leader = histograms[last]![0]!;
  const totals = histograms[last]!.map((histogram, index) => wholeOf(plan, histogram, rows[last]!, index));
  const sums = columnsOf(profile, plan, plan.columns.filter((field) => !isSortKey(field)), rows[last]!, totals);
  const widthPlan = { ...plan, columnWidths: [] };
  const text = { sums, levels: levels.map((keys) => ({ columns: columnsOf(profile, widthPlan, keys, rows[last]!, totals) })), separator: plan.separator };
  if (!plan.quiet) {
    writeTotals(profile, plan, histograms[last]!, out);
    for (const line of hierarchyTitles(text)) out.line(line);
    out.line('#');
  }
  const graphs = plan.graph !== undefined && leader.event.hasChains ? graphsOf(profile, plan, leader, totals[0]!, room) : undefined;
  const least = Math.fround(plan.percentLimit);
  const isShown = ({ sums: [own] }: GroupRow): boolean => Math.fround(percentOf(own!.self, totals[0]!.period)) >= least;
  const below = rows.map((_, depth) => (depth === 0 ? undefined : rowsByParent(profile, rows[depth]!, identities[depth - 1]!)));
  const write = (siblings: readonly GroupRow[], depth: number): void => {
    const by = plan.sortBy.filter((field) => !isSortKey(field) || levels[depth]!.includes(field)).map((field) => sumKey(plan, field));
    const shown = orderedRows(profile, siblings, { keys: keysDownTo[depth]!, by, depthOrder: undefined, ...(plan.groupSort !== undefined && { members: membersBy(plan.groupSort, profile, members) }) }).filter(isShown);
    for (const row of shown) {
      out.line(hierarchyLine(row, depth, text));
      if (depth < last) write(below[depth + 1]!.get(`${row.row.task} ${row.row.place}`) ?? [], depth + 1);
      else if (graphs !== undefined) out.add(graphs(row, row.sums[0]!.self));
    }
    if (shown.length === 0 && depth > 0) out.line(noEntryLine(depth, plan.percentLimit, text));
  };
  write(rows[0]!, 0);
  out.line('');
  out.line('');
}

/** By task and place of the row one level up. */
function rowsByParent(profile: Profile, rows: readonly GroupRow[], above: RowIdentity): Map<string, GroupRow[]> {
  const groups = new Map<string, GroupRow[]>();
  for (const row of rows) {
    const { thread, comm, detail, parent, frame } = row.row;
    const place = profile.detail === 'branches' ? above.callerPlace(frame) : above.selfPlace(frame);
    const key = `${above.task(thread, comm, detail, parent)} ${place}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}

/** Those that --symbol-filter leaves. */
function keptRows(profile: Profile, { symbolFilter }: ReportPlan, rows: readonly GroupRow[]): readonly GroupRow[] {
  return symbolFilter === undefined ? rows : rows.filter(({ row }) => profile.frames.name(row.frame).includes(symbolFilter));
}

function membersBy(index: number, { events }: Profile, members: readonly ProfileEvent[]): number[] {
  const group = events.filter(({ leader }) => leader === members[0]!.leader);
  return sortMembers(index, group.length, members.map((member) => group.indexOf(member)));
}

function histogramOptions(plan: ReportPlan, event: ProfileEvent, isLeader: boolean, parents: Int32Array | undefined): Parameters<typeof histogramOf>[2] {
  const { keys, children, order, filter, graph, extras } = plan;
  const drawsChains = graph !== undefined && event.hasChains && isLeader;
  // With a filter the limit is a part of what passes it, which only the histogram will tell: no short cut then.
  const chainsFrom = !drawsChains ? Infinity : isFiltering(filter) || graph.mode === 'fractal' ? 0 : leastPeriod(graph.minPercent, event.period);
  return { keys, children: children && event.hasChains, order, filter, chainsFrom, parents, extras };
}

function leastPeriod(percent: number, total: number): number {
  return Math.floor(total * (percent / 100));
}

/** `rows`: those that are kept; `member`: whose sums are the histogram's. */
function wholeOf(plan: ReportPlan, histogram: Histogram, rows: readonly GroupRow[], member: number): Whole {
  const { event } = histogram;
  if (plan.isRelative && plan.symbolFilter !== undefined) {
    const sum = (of: 'self' | 'selfLatency'): number => rows.reduce((total, { sums }) => total + sums[member]![of], 0);
    return { period: sum('self'), latency: sum('selfLatency') };
  }
  return plan.isRelative ? { period: histogram.shownPeriod, latency: histogram.shownLatency } : { period: event.period, latency: event.latency ?? 0 };
}

/** The call graphs of an event's rows, and below which period nothing of them is shown (mode fractal: 0). `whole`: what 100 percent are. */
export function chainTreesOf(profile: Profile, plan: ReportPlan, leader: Histogram, whole: Whole): { readonly trees: CallTrees; readonly periods: number } {
  const options = plan.graph!;
  const periods = leastPeriod(options.minPercent, whole.period);
  const limit: CallTreeLimit = options.mode === 'fractal' ? { ratio: options.minPercent / 100 } : { periods };
  return { trees: new CallTrees(profile.frames, profile.wide, leader.forest!, limit), periods: options.mode === 'fractal' ? 0 : periods };
}

/** Draws the call graph of a row. */
function graphsOf(profile: Profile, plan: ReportPlan, leader: Histogram, whole: Whole, room: GraphRoom): (row: GroupRow, period: number) => string {
  const options = plan.graph!;
  const { trees, periods } = chainTreesOf(profile, plan, leader, whole);
  const omitsFirstName = !plan.hasFields && plan.startsWithSymbol;
  const text = new CallGraphText(profile, trees, options, leader.event.period, periods, omitsFirstName, room);
  return ({ row }, period) => {
    // No part of a graph is larger than its row.
    if (text.isFull || period < periods) return '';
    return text.of(trees.of(row.chains), period);
  };
}

function writeTotals(profile: Profile, plan: ReportPlan, histograms: readonly Histogram[], out: Pieces): void {
  let samples = 0;
  let period = 0;
  for (const histogram of histograms) {
    samples += plan.isRelative && profile.detail !== 'branches' ? histogram.shownSamples : histogram.event.samples;
    period += plan.isRelative ? histogram.shownPeriod : histogram.event.period;
  }
  const { sockets } = plan.filter;
  out.line(`# Samples: ${countWithUnit(samples)} of ${eventTitle(profile, histograms.map(({ event }) => event))}${plan.timeText === undefined ? '' : ` (time slices: ${plan.timeText})`}`);
  out.line(plan.memory ? `# Total weight : ${wholeNumber(period)}` : `# Event count (approx.): ${wholeNumber(period)}`);
  if (plan.memory && plan.sortText !== '') out.line(`# Sort order   : ${plan.sortText}`);
  if (sockets !== undefined) out.line(`# Processor Socket: ${sockets.join(',')}`);
  out.line('#');
}

function writeTitles(plan: ReportPlan, columns: readonly Column[], out: Pieces): void {
  if (plan.separator !== undefined) {
    // No blanks before a title, and no line of dots.
    out.line(`# ${columns.map(({ title, width, alignsRight }) => (alignsRight ? title.padStart(width) : title.padEnd(width))).join(plan.separator)}`);
    return;
  }
  const titles = columns.map(({ title, width, alignsRight }) => (alignsRight ? title.padStart(width) : title.padEnd(Math.min(width, LONGEST_TITLE))));
  out.line(`# ${titles.join('  ')}`);
  out.line(`# ${columns.map(({ width }) => '.'.repeat(width)).join('  ')}`);
  out.line('#');
}

/** `event 'cycles'`, `events 'anon group { cycles, instructions }'`. */
export function eventTitle(profile: Profile, events: readonly ProfileEvent[]): string {
  const [first] = events;
  if (events.length === 1) return `event '${first!.name}'`;
  if (profile.isForcedGroup === true) return `events '${events.map(({ name }) => name).join(', ')}'`;
  const group = profile.events[first!.leader]?.groupName ?? 'anon group';
  return `events '${group} { ${events.map(({ name }) => name).join(', ')} }'`;
}

/** Fields of other events than a table's first. */
function fieldsOfOthers(profile: Profile, plan: ReportPlan, { name }: ProfileEvent): SortKey[] {
  return plan.keys.filter((key) => isTraceFieldKey(key) && profile.values?.fields[traceFieldIndex(key)]?.eventName !== name);
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

function sumKey(plan: ReportPlan, field: ReportField): SortKey | SumKey {
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
    case 'period':
      return 'period';
    default:
      return isSortKey(field) ? field : `extra ${plan.extras.indexOf(EXTRA_OF[field]!)}`;
  }
}
