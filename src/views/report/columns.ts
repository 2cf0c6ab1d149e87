// The columns of the text report (FORMAT 3.8, "Columns"): titles, widths, cells. Widths are fixed before the first row is written,
// from all rows, also those that the percent limit hides.

import type { HistogramRow, RowSums } from '../../profile/histogram.ts';
import { lineOf } from '../../profile/profile.ts';
import type { Profile, ProfileThread } from '../../profile/profile.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { isBranchKey } from '../../profile/row-identity.ts';
import type { BranchKey, SortKey } from '../../profile/row-identity.ts';
import { branchColumn } from './branch-columns.ts';
import { ADDRESS_DIGITS, LEVEL_WIDTH, fitted, symbolText } from './cells.ts';
import type { Column, Whole } from './column.ts';
import { isSortKey } from './options.ts';
import type { ReportField, ReportPlan } from './options.ts';
import { percentOf, twoDecimals } from './percent.ts';

/** Of a command name or file, for comparing. */
const LONGEST_TEXT = 4096;

/** Keys whose columns are as wide as their longest text. */
type TextKey = 'trace' | 'srcline' | 'srcfile';
/** Keys of all profiles. */
type UsualKey = Exclude<SortKey, BranchKey | TextKey>;

const TITLES: Readonly<Record<SortKey, string>> = {
  comm: 'Command',
  pid: '    Pid:Command',
  tid: '    Tid:Command',
  tgid: '   Tgid:Command',
  dso: 'Shared Object',
  symbol: 'Symbol',
  trace: 'Trace output',
  srcline: 'Source:Line',
  srcfile: 'Source File',
  dso_from: 'Source Shared Object',
  dso_to: 'Target Shared Object',
  symbol_from: 'Source Symbol',
  symbol_to: 'Target Symbol',
  mispredict: 'Branch Mispredicted',
  in_tx: 'Branch in transaction',
  abort: 'Transaction abort',
  cycles: 'Basic Block Cycles',
};

/**
 * The columns for the rows of an event or group. `totals` are 100 percent, by member of the group; `shown` the fields to be drawn.
 */
export function columnsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[], totals: readonly Whole[]): Column[] {
  const widths = widthsOf(profile, plan, shown, rows);
  return shown.map((field, index) => {
    if (!isSortKey(field)) return sumColumn(field, plan, totals);
    const title = TITLES[field];
    const isLast = index === shown.length - 1;
    if (isBranchKey(field)) return branchColumn(profile, field, title, rows, isLast);
    if (field === 'srcline' || field === 'srcfile') return sourceColumn(profile, field, title, rows, isLast);
    if (field === 'trace') return traceColumn(profile, plan, title, rows, isLast);
    const width = widths[field];
    return { title, width, alignsRight: false, cell: (row) => keyCell(profile, field, row.row, width, isLast) };
  });
}

function widthsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[]): Record<UsualKey, number> {
  const { frames, threads, comms } = profile;
  let comm = 0;
  let dso = TITLES.dso.length;
  let symbol = TITLES.symbol.length;
  for (const { row } of rows) {
    // The thread's last name counts, though the row shows the one it had: a longer one is cut off.
    const last = threads[row.thread]?.comm;
    comm = Math.max(comm, (comms[last ?? row.comm] ?? comms[row.comm] ?? '').length);
    const module = frames.moduleName(row.frame);
    if (module !== undefined) dso = Math.max(dso, module.length);
    // "(inlined)" does not count: perf lets it stick out.
    if (frames.symbol[row.frame]! >= 0) symbol = Math.max(symbol, LEVEL_WIDTH + frames.name(row.frame).length);
    else {
      symbol = Math.max(symbol, LEVEL_WIDTH + 2 + ADDRESS_DIGITS);
      if (plan.filter.dsos === undefined) dso = Math.max(dso, ADDRESS_DIGITS);
    }
  }
  // The column of a thread grows when the command's would.
  const widest = shown.includes('comm') ? TITLES.comm.length : 0;
  const thread = Math.max(comm > widest ? comm + 8 : 0, TITLES.pid.length);
  return { comm: Math.max(comm, TITLES.comm.length), pid: thread, tid: thread, tgid: TITLES.tgid.length, dso, symbol };
}

function keyCell(profile: Profile, key: UsualKey, row: HistogramRow, width: number, isLast: boolean): string {
  switch (key) {
    case 'comm':
      return fitted(profile.comms[row.comm] ?? '', width);
    case 'dso':
      return fitted(profile.frames.moduleName(row.frame) ?? '[unknown]', width);
    case 'symbol': {
      const text = `[${row.level}] ${symbolText(profile, row.frame, row.address)}`;
      return isLast ? text : text.padEnd(width);
    }
    default:
      return threadCell(profile, key, row, width);
  }
}

/**
 * The texts of tracepoints. perf makes a text when it first compares two samples by it: one that stood alone until then does not count
 * for the width of the column, and is cut off.
 */
function traceColumn(profile: Profile, plan: ReportPlan, title: string, rows: readonly GroupRow[], isLast: boolean): Column {
  const text = ({ row }: GroupRow): string => profile.traces?.[row.detail] ?? '';
  const before = plan.keys.slice(0, plan.keys.indexOf('trace')).filter((key): key is UsualKey => !isBranchKey(key) && key !== 'trace' && key !== 'srcline' && key !== 'srcfile');
  const ofRow = ({ row }: GroupRow): string => before.map((key) => keyCell(profile, key, row, LONGEST_TEXT, true)).join('\0');
  const compared = new Map<string, number>();
  for (const row of rows) {
    const samples = row.sums[0]!.samples + (plan.children && row.row.depth > 0 ? 1 : 0);
    compared.set(ofRow(row), (compared.get(ofRow(row)) ?? 0) + samples);
  }
  let width = title.length;
  for (const row of rows) if (compared.get(ofRow(row))! > 1) width = Math.max(width, text(row).length);
  return { title, width, alignsRight: false, cell: (row) => (isLast ? text(row).slice(0, width) : fitted(text(row), width)) };
}

/** Source lines, or the files they are in. */
function sourceColumn(profile: Profile, key: 'srcline' | 'srcfile', title: string, rows: readonly GroupRow[], isLast: boolean): Column {
  const text = ({ row }: GroupRow): string => {
    const line = lineOf(profile, row.frame);
    return (key === 'srcline' ? line?.text : line?.file) ?? '';
  };
  let width = title.length;
  for (const row of rows) width = Math.max(width, text(row).length);
  return { title, width, alignsRight: false, cell: (row) => (isLast ? text(row) : text(row).padEnd(width)) };
}

/** Of each profile, by tid the first thread that had it. */
const threadsByTid = new WeakMap<Profile, ReadonlyMap<number, ProfileThread>>();

function mainThread(profile: Profile, pid: number): ProfileThread | undefined {
  let byTid = threadsByTid.get(profile);
  if (byTid === undefined) threadsByTid.set(profile, (byTid = new Map(profile.threads.toReversed().map((thread) => [thread.tid, thread]))));
  return byTid.get(pid);
}

function threadCell(profile: Profile, key: UsualKey, row: HistogramRow, width: number): string {
  const thread = profile.threads[row.thread];
  const number = key === 'tgid' ? thread?.pid : thread?.tid;
  const named = key === 'tgid' && thread !== undefined ? (mainThread(profile, thread.pid) ?? thread) : thread;
  const comm = profile.comms[named?.comm ?? row.comm] ?? profile.comms[row.comm] ?? '';
  return `${String(number ?? -1).padStart(7)}:${fitted(comm, Math.max(width, 8) - 8)}`;
}

/** perf forgot to widen one of the columns of percents, which are 8 wide. */
const WIDTHS: Readonly<Partial<Record<ReportField, number>>> = { sample: 12, period: 12, latency_children: 7 };

function widthOf(field: ReportField): number {
  return WIDTHS[field] ?? 8;
}

function sumColumn(field: ReportField, plan: ReportPlan, totals: readonly Whole[]): Column {
  const title = sumTitle(field, plan);
  const each = widthOf(field);
  const cell = ({ sums }: GroupRow): string => {
    let text = '';
    for (let event = 0; event < sums.length; event++) text += sumText(field, plan, sums[event]!, totals[event]!).padStart(each);
    return text;
  };
  return { title, width: each * totals.length, alignsRight: true, cell };
}

function sumTitle(field: ReportField, plan: ReportPlan): string {
  switch (field) {
    case 'overhead_children':
      return 'Children';
    case 'overhead':
      return plan.children && !plan.hasFields ? 'Self' : 'Overhead';
    case 'latency':
    case 'latency_children':
      return 'Latency';
    case 'sample':
      return 'Samples';
    default:
      return 'Period';
  }
}

function sumText(field: ReportField, plan: ReportPlan, sums: RowSums, total: Whole): string {
  switch (field) {
    case 'overhead_children':
      return plan.children ? percentText(sums.total, total.period, field) : 'N/A';
    case 'overhead':
      return percentText(sums.self, total.period, field);
    case 'latency_children':
      return plan.children ? percentText(sums.totalLatency, total.latency, field) : 'N/A';
    case 'latency':
      return percentText(sums.selfLatency, total.latency, field);
    case 'sample':
      return String(sums.samples);
    default:
      return wholeNumber(sums.self);
  }
}

/** With a blank before the number and the sign after it: 100 percent make the narrow column wider. */
function percentText(part: number, whole: number, field: ReportField): string {
  return ` ${twoDecimals(percentOf(part, whole)).padStart(widthOf(field) - 2)}%`;
}

/** Without the exponent that String gives large numbers. */
export function wholeNumber(value: number): string {
  return value < 1e21 ? String(value) : BigInt(Math.round(value)).toString();
}
