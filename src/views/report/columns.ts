// The columns of the text report (FORMAT 3.8, "Columns"): titles, widths, cells. Widths are fixed before the first row is written,
// from all rows, also those that the percent limit hides.

import type { HistogramRow, RowSums } from '../../profile/histogram.ts';
import { detailOf, lineOf } from '../../profile/profile.ts';
import type { Profile, ProfileThread } from '../../profile/profile.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { isBranchKey, isSortKey, isTraceFieldKey } from '../../profile/report-keys.ts';
import type { ReportField, SortKey, SumField, TraceFieldKey } from '../../profile/report-keys.ts';
import { withoutNumbers } from '../../profile/row-identity.ts';
import { isValueKey } from '../../profile/value-keys.ts';
import { branchColumn } from './branch-columns.ts';
import { ADDRESS_DIGITS, LEVEL_WIDTH, fitted, symbolText } from './cells.ts';
import type { Column, Whole } from './column.ts';
import { fieldColumn } from './field-column.ts';
import { EXTRA_OF } from './options.ts';
import type { ReportPlan } from './options.ts';
import { percentOf, twoDecimals } from './percent.ts';
import { valueColumn } from './value-columns.ts';

/** Of a command name or file, for comparing. */
const LONGEST_TEXT = 4096;

/** Keys of all profiles. */
const USUAL_KEYS = ['comm', 'pid', 'tid', 'tgid', 'dso', 'symbol'] as const satisfies readonly SortKey[];
type UsualKey = (typeof USUAL_KEYS)[number];

const TITLES: Readonly<Record<Exclude<SortKey, TraceFieldKey>, string>> = {
  comm: 'Command',
  comm_nodigit: 'CommandNoDigit',
  pid: '    Pid:Command',
  tid: '    Tid:Command',
  tgid: '   Tgid:Command',
  dso: 'Shared Object',
  symbol: 'Symbol',
  symbol_size: 'Symbol size',
  parent: 'Parent symbol',
  trace: 'Trace output',
  srcline: 'Source:Line',
  srcfile: 'Source File',
  dso_from: 'Source Shared Object',
  dso_to: 'Target Shared Object',
  symbol_from: 'Source Symbol',
  symbol_to: 'Target Symbol',
  addr_from: 'Source Address',
  addr_to: 'Target Address',
  srcline_from: 'From Source:Line',
  srcline_to: 'To Source:Line',
  mispredict: 'Branch Mispredicted',
  in_tx: 'Branch in transaction',
  abort: 'Transaction abort',
  cycles: 'Basic Block Cycles',
  cpu: 'CPU',
  socket: 'Socket',
  local_weight: 'Local Weight',
  weight: 'Weight',
  transaction: 'Transaction                ',
  dso_size: 'DSO size',
  cgroup: 'Cgroup',
  cgroup_id: 'cgroup id (dev/inode)',
  time: 'Time',
  code_page_size: 'Code Page Size',
  local_ins_lat: 'Local INSTR Latency',
  ins_lat: 'INSTR Latency',
  local_p_stage_cyc: 'Local Retire Latency',
  p_stage_cyc: 'Retire Latency',
  local_retire_lat: 'Local Retire Latency',
  retire_lat: 'Retire Latency',
  addr: 'Address',
  symoff: 'Symbol Offset',
  parallelism: 'Parallelism',
  symbol_daddr: 'Data Symbol',
  dso_daddr: 'Data Object',
  locked: 'Locked',
  tlb: 'TLB access',
  mem: 'Memory access',
  snoop: 'Snoop',
  dcacheline: 'Data Cacheline',
  symbol_iaddr: 'Code Symbol',
  phys_daddr: 'Data Physical Address',
  data_page_size: 'Data Page Size',
  blocked: 'Blocked',
};

/** How a key's column is called. */
export function titleOf(key: SortKey): string {
  return isTraceFieldKey(key) ? key : TITLES[key];
}

/**
 * The columns for the rows of an event or group. `totals` are 100 percent, by member of the group; `shown` the fields to be drawn.
 */
export function columnsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[], totals: readonly Whole[]): Column[] {
  const widths = widthsOf(profile, plan, shown, rows);
  return shown.map((field, index) => {
    const fixed = plan.columnWidths[index];
    if (!isSortKey(field)) return sumColumn(field, plan, totals, fixed);
    const isLast = index === shown.length - 1;
    const column = keyColumn(profile, plan, field, rows, isLast, widths);
    return plan.separator === undefined && fixed === undefined ? column : fittedColumn(column, isLast, fixed, plan.separator);
  });
}

function keyColumn(profile: Profile, plan: ReportPlan, key: SortKey, rows: readonly GroupRow[], isLast: boolean, widths: Readonly<Record<UsualKey, number>>): Column {
  if (isTraceFieldKey(key)) return fieldColumn(profile, key, rows);
  const title = TITLES[key];
  if (isBranchKey(key)) return branchColumn(profile, key, title, rows, isLast);
  if (isValueKey(key)) return valueColumn(profile, key, title, rows, isLast, plan.nanoseconds);
  switch (key) {
    case 'srcline':
    case 'srcfile':
      return sourceColumn(profile, key, title, rows, isLast);
    case 'trace':
      return traceColumn(profile, plan, title, rows, isLast);
    case 'comm_nodigit':
      return textColumn(title, 0, rows, ({ row }) => withoutNumbers(profile.comms[row.comm] ?? ''));
    case 'parent':
      return textColumn(title, 0, rows, ({ row }) => (row.parent < 0 ? '[other]' : profile.frames.name(row.parent)));
    case 'symbol_size':
      return { title, width: title.length, alignsRight: false, cell: ({ row }) => sizeText(profile, row.frame).padStart(title.length) };
    default: {
      const width = widths[key];
      return { title, width, alignsRight: false, cell: (row) => keyCell(profile, key, row.row, width, isLast) };
    }
  }
}

/** A column whose width was given, or whose texts must not hold the separator: `-w`, `-t`. */
function fittedColumn(column: Column, isLast: boolean, fixed: number | undefined, separator: string | undefined): Column {
  const width = fixed ?? column.width;
  const cell = (row: GroupRow): string => {
    const whole = separator === undefined ? column.cell(row) : column.cell(row).replaceAll(separator[0]!, '.');
    const text = fixed === undefined ? whole : whole.slice(0, width);
    return isLast ? text : text.padEnd(width);
  };
  return { ...column, title: column.title.slice(0, width), width, cell };
}

function textColumn(title: string, least: number, rows: readonly GroupRow[], text: (row: GroupRow) => string): Column {
  const width = rows.reduce((most, row) => Math.max(most, text(row).length), Math.max(title.length, least));
  return { title, width, alignsRight: false, cell: (row) => text(row).padEnd(width) };
}

function sizeText({ frames }: Profile, frame: number): string {
  return frames.symbol[frame]! < 0 ? 'unknown' : String(frames.end[frame]! - frames.start[frame]!);
}

function widthsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[]): Record<UsualKey, number> {
  const { frames, threads, comms } = profile;
  let comm = 0;
  let dso = TITLES.dso.length;
  let symbol = TITLES.symbol.length;
  const widensForAddresses = plan.filter.dsos === undefined && plan.separator === undefined && plan.columnWidths.length === 0;
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
      if (widensForAddresses) dso = Math.max(dso, ADDRESS_DIGITS);
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
  const text = ({ row }: GroupRow): string => profile.traces?.[detailOf(profile, row.detail)] ?? '';
  const before = plan.keys.slice(0, plan.keys.indexOf('trace')).filter((key): key is UsualKey => USUAL_KEYS.some((usual) => usual === key));
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
const WIDTHS: Readonly<Partial<Record<SumField, number>>> = { sample: 12, period: 12, latency_children: 7, overhead_guest_sys: 9, overhead_guest_us: 9 };

function widthOf(field: SumField): number {
  return WIDTHS[field] ?? 8;
}

/** `fixed`: of `-w`, which makes cells narrower or wider, but no column narrower than its title and all members' usual cells. */
function sumColumn(field: SumField, plan: ReportPlan, totals: readonly Whole[], fixed: number | undefined): Column {
  const title = sumTitle(field, plan);
  const usual = widthOf(field);
  const each = fixed === undefined ? usual : Math.max(fixed, title.length);
  const width = Math.max(usual * totals.length, fixed ?? 0, fixed === undefined ? 0 : title.length);
  const index = plan.extras.indexOf(EXTRA_OF[field]!);
  const text = (sums: RowSums, event: number): string => sumText(field, plan, sums, totals[event]!, each, index);
  if (plan.separator !== undefined) {
    return { title, width, alignsRight: true, cell: ({ sums }) => sums.map((sum, event) => ` ${text(sum, event).trim()}`).join('').padEnd(width) };
  }
  const cell = ({ sums }: GroupRow): string => {
    let line = '';
    for (let event = 0; event < sums.length; event++) line += text(sums[event]!, event).padStart(each);
    return line.padEnd(width);
  };
  return { title, width, alignsRight: true, cell };
}

function sumTitle(field: SumField, plan: ReportPlan): string {
  switch (field) {
    case 'overhead':
      return plan.children && !plan.hasFields ? 'Self' : 'Overhead';
    default:
      return SUM_TITLES[field];
  }
}

const SUM_TITLES: Readonly<Record<Exclude<SumField, 'overhead'>, string>> = {
  overhead_children: 'Children',
  overhead_sys: 'sys',
  overhead_us: 'usr',
  overhead_guest_sys: 'guest sys',
  overhead_guest_us: 'guest usr',
  latency: 'Latency',
  latency_children: 'Latency',
  sample: 'Samples',
  period: 'Period',
  weight1: 'Weight1',
  weight2: 'Weight2',
  weight3: 'Weight3',
};

function sumText(field: SumField, plan: ReportPlan, sums: RowSums, total: Whole, width: number, extra: number): string {
  switch (field) {
    case 'overhead_children':
      return plan.children ? percentText(sums.total, total.period, width) : 'N/A';
    case 'overhead':
      return percentText(sums.self, total.period, width);
    case 'latency_children':
      return plan.children ? percentText(sums.totalLatency, total.latency, width) : 'N/A';
    case 'latency':
      return percentText(sums.selfLatency, total.latency, width);
    case 'sample':
      return String(sums.samples);
    case 'period':
      return wholeNumber(sums.self);
    case 'weight1':
    case 'weight2':
    case 'weight3':
      return sums.samples === 0 ? '0.0' : ((sums.extras?.[extra] ?? 0) / sums.samples).toFixed(1);
    default:
      return percentText(sums.extras?.[extra] ?? 0, total.period, width);
  }
}

/** With a blank before the number and the sign after it: 100 percent make the narrow column wider. */
function percentText(part: number, whole: number, width: number): string {
  return ` ${twoDecimals(percentOf(part, whole)).padStart(width - 2)}%`;
}

/** Without the exponent that String gives large numbers. */
export function wholeNumber(value: number): string {
  return value < 1e21 ? String(value) : BigInt(Math.round(value)).toString();
}
