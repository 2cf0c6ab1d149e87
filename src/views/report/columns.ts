// The columns of the text report (FORMAT 3.8, "Columns"): titles, widths, cells. Widths are fixed before the first row is written,
// from all rows, also those that the percent limit hides.

import { FrameFlag } from '../../profile/frame-table.ts';
import type { HistogramRow, RowSums } from '../../profile/histogram.ts';
import type { Profile } from '../../profile/profile.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import type { SortKey } from '../../profile/row-identity.ts';
import { isSortKey } from './options.ts';
import type { ReportField, ReportPlan } from './options.ts';
import { percentOf, twoDecimals } from './percent.ts';

export interface Column {
  readonly title: string;
  readonly width: number;
  readonly alignsRight: boolean;
  cell(row: GroupRow): string;
}

/** Digits of an address. */
const ADDRESS_DIGITS = 16;
/** `[.] ` before a symbol; an address has `0x` besides. */
const LEVEL_WIDTH = 4;

const TITLES: Readonly<Record<SortKey, string>> = {
  comm: 'Command',
  pid: '    Pid:Command',
  tid: '    Tid:Command',
  tgid: '   Tgid:Command',
  dso: 'Shared Object',
  symbol: 'Symbol',
};

/**
 * The columns for the rows of an event or group. `totals` are the periods that are 100 percent, by member of the group; `shown` the
 * fields to be drawn.
 */
export function columnsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[], totals: readonly number[]): Column[] {
  const widths = widthsOf(profile, plan, shown, rows);
  return shown.map((field, index) => {
    if (!isSortKey(field)) return sumColumn(field, plan, totals);
    const title = TITLES[field];
    const width = widths[field];
    const isLast = index === shown.length - 1;
    return { title, width, alignsRight: false, cell: (row) => keyCell(profile, field, row.row, width, isLast) };
  });
}

function widthsOf(profile: Profile, plan: ReportPlan, shown: readonly ReportField[], rows: readonly GroupRow[]): Record<SortKey, number> {
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
    if (frames.symbol[row.frame]! >= 0) symbol = Math.max(symbol, LEVEL_WIDTH + nameOf(profile, row.frame).length);
    else {
      symbol = Math.max(symbol, LEVEL_WIDTH + 2 + ADDRESS_DIGITS);
      if (plan.filter.dsos === undefined) dso = Math.max(dso, ADDRESS_DIGITS);
    }
  }
  // The column of a thread grows when the command's would.
  const widest = shown.includes('comm') ? TITLES.comm.length : 0;
  const thread = comm > widest ? comm + 8 : TITLES.pid.length;
  return { comm: Math.max(comm, TITLES.comm.length), pid: thread, tid: thread, tgid: TITLES.tgid.length, dso, symbol };
}

function nameOf(profile: Profile, frame: number): string {
  const { frames } = profile;
  return (frames.flags[frame]! & FrameFlag.Inlined) !== 0 ? `${frames.name(frame)} (inlined)` : frames.name(frame);
}

function keyCell(profile: Profile, key: SortKey, row: HistogramRow, width: number, isLast: boolean): string {
  switch (key) {
    case 'comm':
      return fitted(profile.comms[row.comm] ?? '', width);
    case 'dso':
      return fitted(profile.frames.moduleName(row.frame) ?? '[unknown]', width);
    case 'symbol': {
      const text = `[${row.level}] ${symbolText(profile, row)}`;
      return isLast ? text : text.padEnd(width);
    }
    default:
      return threadCell(profile, key, row, width);
  }
}

/** `%-W.Ws` */
function fitted(text: string, width: number): string {
  return text.length > width ? text.slice(0, width) : text.padEnd(width);
}

function threadCell(profile: Profile, key: SortKey, row: HistogramRow, width: number): string {
  const thread = profile.threads[row.thread];
  const number = key === 'tgid' ? thread?.pid : thread?.tid;
  const named = key === 'tgid' && thread !== undefined ? (profile.threads.find((t) => t.tid === thread.pid) ?? thread) : thread;
  const comm = profile.comms[named?.comm ?? row.comm] ?? profile.comms[row.comm] ?? '';
  return `${String(number ?? -1).padStart(7)}:${fitted(comm, Math.max(width, 8) - 8)}`;
}

function symbolText(profile: Profile, row: HistogramRow): string {
  const { frames, wide } = profile;
  if (frames.symbol[row.frame]! < 0) {
    const digits = wide.hex(row.address).padStart(ADDRESS_DIGITS, '0');
    return row.address === 0 ? digits : `0x${digits}`;
  }
  const name = nameOf(profile, row.frame);
  return (frames.flags[row.frame]! & FrameFlag.Object) === 0 ? name : `${name}+0x${wide.hex(frames.offset[row.frame]!)}`;
}

function sumColumn(field: ReportField, plan: ReportPlan, totals: readonly number[]): Column {
  const title = sumTitle(field, plan);
  const each = field === 'overhead' || field === 'overhead_children' ? 8 : 12;
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
    case 'sample':
      return 'Samples';
    default:
      return 'Period';
  }
}

function sumText(field: ReportField, plan: ReportPlan, sums: RowSums, total: number): string {
  switch (field) {
    case 'overhead_children':
      return plan.children ? `${twoDecimals(percentOf(sums.total, total))}%` : 'N/A';
    case 'overhead':
      return `${twoDecimals(percentOf(sums.self, total))}%`;
    case 'sample':
      return String(sums.samples);
    default:
      return wholeNumber(sums.self);
  }
}

/** Without the exponent that String gives large numbers. */
export function wholeNumber(value: number): string {
  return value < 1e21 ? String(value) : BigInt(Math.round(value)).toString();
}
