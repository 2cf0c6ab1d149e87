// The rows of one table of a report as the browser walks through them: filtered, in order, with call graphs that unfold. The numbers are
// those of the text report: same histograms, columns and trees (views/report/).

import type { CallNode, CallTrees } from '../../profile/call-tree.ts';
import type { RowSums } from '../../profile/histogram.ts';
import type { Profile } from '../../profile/profile.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import type { Column, Whole } from '../../views/report/column.ts';
import { columnsOf, wholeNumber } from '../../views/report/columns.ts';
import type { ReportPlan } from '../../views/report/options.ts';
import { percentOf, twoDecimals } from '../../views/report/percent.ts';
import { chainTreesOf, type ReportTable } from '../../views/report/report.ts';
import { RowChains, type ChainLine } from './chain-lines.ts';
import { fits, type RowFilter } from './row-filter.ts';

/** Rows whose call graphs are kept ready although nothing is unfolded in them. */
const MOST_READY = 1024;

export class ReportRows {
  readonly profile: Profile;
  readonly plan: ReportPlan;
  readonly table: ReportTable;
  /** Those in sight, from top to bottom. */
  shown: readonly GroupRow[];
  columns: readonly Column[] = [];
  /** What 100 percent are, by member. */
  totals: readonly Whole[];
  /** Whether shares are of what is in sight instead of everything. */
  isRelative: boolean;
  /** The member of a group by which rows are sorted. */
  sortedBy = 0;
  #filter: RowFilter;
  readonly #trees: CallTrees | undefined;
  readonly #leastPeriod: number;
  /** Call graphs that were looked at, the last one last. */
  readonly #chains = new Map<GroupRow, RowChains>();
  /** Rows that were unfolded or folded one by one, and those of them that are unfolded. */
  readonly #touched = new Set<GroupRow>();
  readonly #unfolded = new Set<GroupRow>();
  #allOpen = false;

  constructor(profile: Profile, plan: ReportPlan, table: ReportTable) {
    this.profile = profile;
    this.plan = plan;
    this.table = table;
    this.totals = table.totals;
    this.shown = table.rows;
    this.isRelative = plan.isRelative;
    this.#filter = { thread: undefined, dso: undefined, symbol: '', limit: plan.percentLimit };
    const trees = table.usesChains ? chainTreesOf(profile, plan, table.histograms[0]!, table.totals[0]!) : undefined;
    this.#trees = trees?.trees;
    this.#leastPeriod = trees?.periods ?? Infinity;
    this.refresh();
  }

  get filter(): RowFilter {
    return this.#filter;
  }

  set filter(filter: RowFilter) {
    this.#filter = filter;
    this.refresh();
  }

  /** Rows, shares and columns anew, after `isRelative` or `sortedBy` has changed. */
  refresh(): void {
    const { profile, plan, table } = this;
    const fitting = table.rows.filter((row) => fits(profile, this.#filter, row));
    const isWhole = fitting.length === table.rows.length && plan.isRelative;
    this.totals = !this.isRelative ? absoluteTotals(table) : isWhole ? table.totals : table.histograms.map((_, member) => sumOf(fitting, member));
    const least = Math.fround(this.#filter.limit);
    const whole = this.totals[0]!.period;
    const shown = least === 0 ? fitting : fitting.filter((row) => Math.fround(percentOf(this.periodOf(row), whole)) >= least);
    this.shown = this.sortedBy === 0 ? shown : sortedBy(shown, this.sortedBy, plan.children);
    // A file that all rows have in common needs no column.
    const fields = this.#filter.dso === undefined ? table.shown : table.shown.filter((field) => field !== 'dso');
    // As in the text, rows below the limit count for the widths.
    this.columns = columnsOf(profile, plan, fields.length === 0 ? table.shown : fields, fitting, this.totals);
  }

  /** By which rows are cut off and sorted. */
  periodOf({ sums }: GroupRow): number {
    return this.plan.children ? sums[0]!.total : sums[0]!.self;
  }

  /** Samples and periods that the title tells. */
  counted(): { readonly samples: number; readonly period: number } {
    const { histograms } = this.table;
    if (!this.isRelative) return { samples: sum(histograms.map(({ event }) => event.samples)), period: sum(histograms.map(({ event }) => event.period)) };
    const samples = histograms.map((_, member) => this.shown.reduce((all, row) => all + row.sums[member]!.samples, 0));
    return { samples: sum(samples), period: sum(this.totals.map(({ period }) => period)) };
  }

  /** A row's call graph; undefined where rows have none. */
  chains(row: GroupRow): RowChains | undefined {
    const trees = this.#trees;
    if (trees === undefined) return undefined;
    const known = this.#chains.get(row);
    if (known !== undefined) return known;
    const period = this.periodOf(row);
    const made = new RowChains(period < this.#leastPeriod ? [] : this.#beginnings(trees, row), period);
    if (this.#allOpen) made.setAll(true);
    if (this.#chains.size >= MOST_READY) this.#forgetUntouched();
    this.#chains.set(row, made);
    return made;
  }

  isUnfolded(row: GroupRow): boolean {
    if (this.#touched.has(row)) return this.#unfolded.has(row);
    return this.#allOpen && this.chains(row)?.isEmpty === false;
  }

  /** Lines of a row at the moment. */
  linesOf(row: GroupRow): number {
    return this.isUnfolded(row) ? 1 + this.chains(row)!.lines.length : 1;
  }

  /** Unfolds or folds what a line holds. `line`: 0 is the row itself. */
  toggle(row: GroupRow, line: number): void {
    const chains = this.chains(row);
    if (chains === undefined || chains.isEmpty) return;
    const isUnfolded = this.isUnfolded(row);
    this.#touched.add(row);
    if (isUnfolded) this.#unfolded.add(row);
    if (line > 0) {
      const at = chains.lines[line - 1];
      if (at !== undefined) chains.toggle(at);
    } else if (isUnfolded) this.#unfolded.delete(row);
    else this.#unfolded.add(row);
  }

  /** All of a row's levels. */
  setRow(row: GroupRow, isOpen: boolean): void {
    const chains = this.chains(row);
    if (chains === undefined || chains.isEmpty) return;
    this.#touched.add(row);
    chains.setAll(isOpen);
    if (isOpen) this.#unfolded.add(row);
    else this.#unfolded.delete(row);
  }

  /** All rows, when they are looked at. */
  setAll(isOpen: boolean): void {
    this.#allOpen = isOpen;
    this.#chains.clear();
    this.#touched.clear();
    this.#unfolded.clear();
  }

  /** A share as the call graph's option wants it, '' where the line has none of its own. */
  valueOf(row: GroupRow, { node, hasValue, above }: ChainLine): string {
    if (!hasValue) return '';
    const { value, mode } = this.plan.graph!;
    const period = mode === 'folded' ? node.ownPeriod : node.period;
    if (value === 'period') return wholeNumber(period);
    if (value === 'count') return String(mode === 'folded' ? node.ownSamples : node.samples);
    return `${twoDecimals(this.shareOf(row, node, above, period))}%`;
  }

  /** In percent. */
  shareOf(row: GroupRow, node: CallNode, above: CallNode | undefined, period: number = node.period): number {
    if (this.plan.graph!.mode === 'fractal') return percentOf(period, above === undefined ? this.periodOf(row) : above.period - above.ownPeriod);
    return percentOf(period, this.isRelative && !this.plan.isRelative ? this.totals[0]!.period : this.table.histograms[0]!.event.period);
  }

  /** Where chains begin; of the modes flat and folded each chain is one run. */
  #beginnings(trees: CallTrees, { row }: GroupRow): readonly CallNode[] {
    const { mode, printLimit } = this.plan.graph!;
    const tree = trees.of(row.chains);
    if (mode !== 'flat' && mode !== 'folded') return tree.children;
    const endings = trees.endings(tree, this.#leastPeriod);
    return (printLimit === 0 ? endings : endings.slice(0, printLimit)).map((path) => ({ ...path[path.length - 1]!, frames: path.flatMap(({ frames }) => frames), children: [] }));
  }

  #forgetUntouched(): void {
    for (const row of this.#chains.keys()) if (!this.#touched.has(row)) this.#chains.delete(row);
  }
}

function absoluteTotals({ histograms }: ReportTable): Whole[] {
  return histograms.map(({ event }) => ({ period: event.period, latency: event.latency ?? 0 }));
}

function sumOf(rows: readonly GroupRow[], member: number): Whole {
  let period = 0;
  let latency = 0;
  for (const { sums } of rows) {
    period += sums[member]!.self;
    latency += sums[member]!.selfLatency;
  }
  return { period, latency };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0);
}

/** By the share in another event of the group; equal ones as they stood. */
function sortedBy(rows: readonly GroupRow[], member: number, children: boolean): GroupRow[] {
  const share = (sums: RowSums | undefined): number => (sums === undefined ? 0 : children ? sums.total : sums.self);
  return [...rows].sort((a, b) => share(b.sums[member]) - share(a.sums[member]));
}
