// The columns of a report on what samples say of themselves (FORMAT 2.3, 3.8): CPU, time, weights, the data that was accessed. Widths and
// the blanks after a last column's text are perf's, key by key.

import { FrameFlag } from '../../profile/frame-table.ts';
import type { Profile } from '../../profile/profile.ts';
import type { NamedValueKey } from '../../profile/report-keys.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { sourceOf, valueOf } from '../../profile/value-keys.ts';
import { blockedWords, levelWords, lockWords, snoopWords, tlbWords } from '../records/data-source.ts';
import { sizeWithUnit } from '../page-size.ts';
import { ADDRESS_DIGITS, LEVEL_WIDTH, fitted, nameOf, symbolText } from './cells.ts';
import type { Column } from './column.ts';

/** Of perf's column that tells an address: `[.] ` and `0x` with all digits. */
const ADDRESS_WIDTH = LEVEL_WIDTH + 2 + ADDRESS_DIGITS;

/** Least widths, besides the titles'. */
const LEAST: Readonly<Partial<Record<NamedValueKey, number>>> = {
  cpu: 3, socket: 6, cgroup: 6, cgroup_id: 20, parallelism: 11, locked: 6, tlb: 22, snoop: 12, mem: 39, local_weight: 12, weight: 12, blocked: 10,
  local_ins_lat: 13, ins_lat: 13, local_p_stage_cyc: 13, p_stage_cyc: 13, local_retire_lat: 13, retire_lat: 13, addr: 18, code_page_size: 6,
  phys_daddr: ADDRESS_WIDTH, data_page_size: ADDRESS_WIDTH,
};

/** Of hist_entry__transaction_len: all words that may stand together, and a code. */
const TRANSACTION_WIDTH = 32;
const TRANSACTION_BITS = ['EL ', 'TX ', 'SYNC ', 'ASYNC ', 'RETRY ', 'CON ', 'CAP-WRITE ', 'CAP-READ '] as const;
const SYNC_OR_ASYNC = 0b1100n;

/** Keys whose last column has no blanks after its text, and may be longer than the column is wide. */
const UNPADDED: readonly NamedValueKey[] = ['time', 'cgroup', 'cgroup_id', 'symoff', 'symbol_daddr', 'symbol_iaddr', 'dcacheline', 'locked', 'blocked'];

export function valueColumn(profile: Profile, key: NamedValueKey, title: string, rows: readonly GroupRow[], isLast: boolean, nanoseconds: boolean): Column {
  const width = Math.max(title.length, widthOf(profile, key, rows, nanoseconds));
  const text = (row: GroupRow): string => textOf(profile, key, row, width, nanoseconds);
  const isPadded = !isLast || !UNPADDED.includes(key);
  return { title, width, alignsRight: false, cell: (row) => (isPadded ? text(row).padEnd(width) : text(row)) };
}

function widthOf(profile: Profile, key: NamedValueKey, rows: readonly GroupRow[], nanoseconds: boolean): number {
  const least = LEAST[key] ?? 0;
  const most = (length: (row: GroupRow) => number): number => rows.reduce((width, row) => Math.max(width, length(row)), least);
  switch (key) {
    case 'time':
      return nanoseconds ? 16 : 12;
    case 'transaction':
      return rows.some(({ row }) => valueOf(profile, 'transaction', row.detail) !== 0) ? TRANSACTION_WIDTH : 0;
    case 'cgroup':
      return most(({ row }) => cgroupOf(profile, row.detail).length);
    case 'dso_daddr':
      return most(({ row }) => dataFileOf(profile, row.detail)?.length ?? ADDRESS_DIGITS);
    case 'symbol_daddr':
    case 'dcacheline':
      return most(({ row }) => dataWidth(profile, valueOf(profile, 'dataFrame', row.detail), key === 'dcacheline' ? 1 : 0));
    case 'symbol_iaddr':
      return most(({ row }) => dataWidth(profile, row.frame, 0));
    default:
      return least;
  }
}

function dataWidth(profile: Profile, frame: number, more: number): number {
  return frame >= 0 && profile.frames.symbol[frame]! >= 0 ? profile.frames.name(frame).length + ADDRESS_WIDTH + more : ADDRESS_WIDTH;
}

function textOf(profile: Profile, key: NamedValueKey, { row, sums }: GroupRow, width: number, nanoseconds: boolean): string {
  const { detail } = row;
  const value = (name: Parameters<typeof valueOf>[1]): number => valueOf(profile, name, detail);
  switch (key) {
    case 'cpu':
      return zeroPadded(value('cpu'), width);
    case 'socket':
      return zeroPadded(value('socket'), width - 3).padStart(width);
    case 'time':
      return timeText(exactOf(profile, value('time')), nanoseconds).slice(0, width);
    case 'local_weight':
      return String(value('weight'));
    case 'weight':
      return String(value('weight') * sums[0]!.samples);
    case 'local_ins_lat':
      return String(value('instructionLatency'));
    case 'ins_lat':
      return String(value('instructionLatency') * sums[0]!.samples);
    case 'local_p_stage_cyc':
    case 'local_retire_lat':
      return String(value('weight3'));
    case 'p_stage_cyc':
    case 'retire_lat':
      return String(value('weight3') * sums[0]!.samples);
    case 'transaction':
      return transactionWords(exactOf(profile, value('transaction')));
    case 'dso_size':
      return (value('mappingSize') === 0 ? 'unknown' : String(value('mappingSize'))).padStart(width);
    case 'cgroup':
      return cgroupOf(profile, detail);
    case 'cgroup_id':
      return `${value('namespaceDevice')}/0x${value('namespaceInode').toString(16)}`;
    case 'code_page_size':
      return sizeWithUnit(exactOf(profile, value('codePageSize')));
    case 'data_page_size':
      return sizeWithUnit(exactOf(profile, value('dataPageSize')));
    case 'addr':
      return value('address') === 0 ? '0' : `0x${profile.wide.hex(value('address'))}`;
    case 'symoff':
      return `[${row.level}] ${offsetText(profile, row.frame, value('offset'), width - LEVEL_WIDTH)}`;
    case 'parallelism':
      return String(value('parallelism')).padStart(width);
    case 'symbol_daddr':
      return `[${row.level}] ${dataText(profile, value('dataFrame'), value('dataAddress'), value('dataOffset'))}`;
    case 'symbol_iaddr':
      return `[${row.level}] ${symbolText(profile, row.frame, value('address'))}`;
    case 'dcacheline':
      return `[${value('dataFrame') < 0 || profile.frames.module[value('dataFrame')]! < 0 ? 'X' : row.level}] ${dataText(profile, value('dataFrame'), value('dataLine'), value('dataOffset'))}`;
    case 'dso_daddr':
      return fitted(dataFileOf(profile, detail) ?? '[unknown]', width);
    case 'phys_daddr':
      return `[${row.level}] ${longAddress(profile, value('physicalAddress'))}`;
    case 'locked':
      return lockWords(sourceOf(profile, detail)).slice(0, width);
    case 'tlb':
      return tlbWords(sourceOf(profile, detail));
    case 'mem':
      return levelWords(sourceOf(profile, detail));
    case 'snoop':
      return snoopWords(sourceOf(profile, detail));
    case 'blocked':
      return blockedWords(sourceOf(profile, detail)).slice(0, width);
  }
}

/** Seconds with six digits behind the point, or with all nine. */
function timeText(time: bigint, nanoseconds: boolean): string {
  const fraction = String(time % 1_000_000_000n).padStart(9, '0');
  return `${time / 1_000_000_000n}.${nanoseconds ? fraction : fraction.slice(0, 6)}`;
}

/** `%0*d` */
function zeroPadded(number: number, digits: number): string {
  return `${number < 0 ? '-' : ''}${String(Math.abs(number)).padStart(digits, '0')}`;
}

function exactOf(profile: Profile, value: number): bigint {
  return BigInt.asUintN(64, profile.wide.exact(value));
}

function longAddress(profile: Profile, address: number): string {
  const digits = profile.wide.hex(address).padStart(ADDRESS_DIGITS, '0');
  return address === 0 ? digits : `0x${digits}`;
}

function dataFileOf(profile: Profile, detail: number): string | undefined {
  const frame = valueOf(profile, 'dataFrame', detail);
  return frame < 0 ? undefined : profile.frames.moduleName(frame);
}

function cgroupOf({ values }: Profile, detail: number): string {
  const group = values?.columns.get('cgroup')?.[detail] ?? 0;
  return group === 0 ? 'N/A' : (values?.cgroups.get(group) ?? 'unknown');
}

function offsetText(profile: Profile, frame: number, offset: number, digits: number): string {
  if (profile.frames.symbol[frame]! >= 0) return `${profile.frames.name(frame)}+0x${profile.wide.hex(offset)}`;
  const hex = profile.wide.hex(offset).padStart(digits, '0');
  return offset === 0 ? hex : `0x${hex}`;
}

/** What lies at an address, or the address. */
function dataText(profile: Profile, frame: number, address: number, offset: number): string {
  if (frame < 0 || profile.frames.symbol[frame]! < 0) return longAddress(profile, address);
  return (profile.frames.flags[frame]! & FrameFlag.Object) === 0 ? nameOf(profile, frame) : `${nameOf(profile, frame)}+0x${profile.wide.hex(offset)}`;
}

/** perf's words for the flags of a transaction (FORMAT 2.3.8). */
function transactionWords(flags: bigint): string {
  if (flags === 0n) return '';
  const words = TRANSACTION_BITS.filter((_, bit) => ((flags >> BigInt(bit)) & 1n) === 1n).join('');
  const neither = (flags & SYNC_OR_ASYNC) === 0n ? 'NEITHER ' : '';
  const code = flags >> 32n;
  return `${words}${neither}${code === 0n ? '' : `:${code.toString(16)}`}`;
}
