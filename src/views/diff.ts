// What `perfts diff` prints: perf diff's columns, and for each change the interval in which it lies; as text or as JSON.

import type { Change, ComparedBy, ComparedKey, ComparedRow, ComparedSide, Comparison } from '../profile/comparison.ts';
import { valueOf } from '../profile/comparison.ts';
import type { Limits } from '../profile/uncertainty.ts';
import { grouped } from './counted.ts';
import { printable } from './printable.ts';

/** perf's names of ways to show and sort changes. */
export type DiffMethod = 'delta-abs' | 'delta' | 'ratio' | 'wdiff';

export interface DiffViewOptions {
  /** Of the recordings, baseline first. */
  readonly names: readonly string[];
  readonly event: string;
  readonly by: ComparedBy;
  /** In what the column of the baseline is, if not `by`. */
  readonly baselineBy?: ComparedBy | undefined;
  /** Of periods. */
  readonly unit: 'nanoseconds' | 'count';
  readonly method: DiffMethod;
  readonly keys: readonly ComparedKey[];
  /** Rows whose changes may all be chance too. */
  readonly all: boolean;
  readonly confidence: number;
  /** Which recording's change rows sort by, from 1; 0: by the baseline. */
  readonly order: number;
  /** Of wdiff: by what the baseline's period is multiplied, and the others'. */
  readonly weights?: readonly [number, number] | undefined;
  /** Columns of the periods themselves, and of how each change is computed. */
  readonly periods?: boolean;
  readonly formula?: boolean;
  /** Only rows that are in the baseline. */
  readonly baselineOnly?: boolean;
  /** Between columns, instead of blanks that make them wide enough. */
  readonly separator?: string | undefined;
  readonly quiet: boolean;
}

/** Behind an interval that holds zero. */
const MAYBE_CHANCE = '~';
const HEADINGS: Readonly<Record<ComparedKey, string>> = { comm: 'Command', dso: 'Shared Object', symbol: 'Symbol', pid: 'Pid:Command', tid: 'Tid:Command', srcline: 'Source:Line', srcfile: 'Source File' };
/** Keys whose column is flush right. */
const TASKS: readonly ComparedKey[] = ['pid', 'tid'];

/** Lines, each with its end. */
export function* diffLines(comparison: Comparison, options: DiffViewOptions): Generator<string, void, void> {
  const { names, quiet, separator } = options;
  const rows = sortedRows(comparison, options);
  const columns = [...valueColumns(comparison, options), ...options.keys.map((key) => ({ heading: HEADINGS[key], cell: (row: ComparedRow) => textOf(row, key), isText: !TASKS.includes(key) }))];
  const cells = rows.map((row) => columns.map(({ cell }) => cell(row)));
  const widths = columns.map(({ heading }, column) => cells.reduce((width, row) => Math.max(width, row[column]!.length), heading.length));
  if (!quiet) {
    yield `# Event '${options.event}'\n#\n`;
    yield '# Data files:\n';
    for (const [side, name] of names.entries()) yield `#  [${side}] ${name}${side === 0 ? ' (Baseline)' : ''}: ${totalOf(comparison, side, options)}\n`;
    yield '#\n';
    if (separator !== undefined) yield `# ${columns.map(({ heading }) => heading).join(separator)}\n`;
    else yield `# ${columns.map(({ heading, isText }, i) => (isText ? heading.padEnd(i === columns.length - 1 ? 0 : widths[i]!) : heading.padStart(widths[i]!))).join('  ').trimEnd()}\n`;
    if (separator === undefined) yield `# ${widths.map((width) => '.'.repeat(width)).join('  ')}\n#\n`;
  }
  if (separator !== undefined) for (const row of cells) yield `${row.map((cell) => cell.replaceAll(separator, '.')).join(separator)}\n`;
  else for (const row of cells) yield `  ${row.map((cell, i) => (columns[i]!.isText ? cell.padEnd(i === row.length - 1 ? 0 : widths[i]!) : cell.padStart(widths[i]!))).join('  ')}\n`;
  if (quiet) return;
  const left = comparison.rows.length - rows.length;
  if (left > 0) yield `#\n# ${rows.length === 0 ? 'Nothing has changed for certain' : 'Left out'}: ${grouped(left)} ${left === 1 ? 'row' : 'rows'} whose change may be chance (--all shows them)\n`;
  yield `#\n# The intervals hold all together with ${(options.confidence * 100).toString()} % confidence, as far as chance lies in when samples were taken: two runs differ by more than that.\n`;
}

interface Column {
  readonly heading: string;
  readonly cell: (row: ComparedRow) => string;
  readonly isText: boolean;
}

function valueColumns({ totals }: Comparison, options: DiffViewOptions): Column[] {
  const { method, names, weights = [1, 1], baselineBy = options.by } = options;
  const number = (text: string, side: number): string => (names.length > 2 ? `${text}/${side}` : text);
  const columns: Column[] = [{ heading: number('Baseline', 0), cell: ({ sides }) => (sides[0]!.samples === 0 ? '' : valueText(valueOf(sides[0]!, baselineBy), { ...options, by: baselineBy })), isText: false }];
  const period = (side: number) => ({ sides }: ComparedRow): string => sides[side]!.period.toFixed(0);
  if (options.periods === true) columns.push({ heading: number('Base period', 0), cell: period(0), isText: false });
  for (let side = 1; side < names.length; side++) {
    const changeOf = ({ changes }: ComparedRow): Change => changes[side - 1]!;
    if (method === 'ratio') columns.push({ heading: number('Ratio', side), cell: (row) => (Number.isNaN(changeOf(row).ratio) ? '' : changeOf(row).ratio.toFixed(6)), isText: false });
    else if (method === 'wdiff') columns.push({ heading: number('Weighted diff', side), cell: (row) => weightedText(weightedDifference(row, side, weights)), isText: false });
    else columns.push({ heading: number(method === 'delta' ? 'Delta' : 'Delta Abs', side), cell: (row) => signed(changeOf(row).delta, options), isText: false });
    columns.push({ heading: number('Interval', side), cell: (row) => intervalText(changeOf(row), options), isText: false });
    if (options.formula === true) columns.push({ heading: number('Formula', side), cell: ({ sides }) => formulaText(sides[0]!, sides[side]!, [totals[0]!.period, totals[side]!.period], options), isText: false });
    if (options.periods === true) columns.push({ heading: number('Period', side), cell: period(side), isText: false });
  }
  return columns;
}

/** By the change of the recording that `order` says; equal ones by the baseline, then by name. */
function sortedRows({ rows }: Comparison, { all, method, order, baselineOnly, weights = [1, 1] }: DiffViewOptions): ComparedRow[] {
  const measureOf = (row: ComparedRow): number => {
    const { sides, changes } = row;
    if (order === 0) return sides[0]!.period;
    if (method === 'wdiff') return weightedDifference(row, order, weights) ?? -Infinity;
    const { delta, ratio } = changes[order - 1]!;
    if (method === 'ratio') return Number.isNaN(ratio) ? -1 : ratio;
    return method === 'delta' ? delta : Math.abs(delta);
  };
  const shown = rows.filter(({ sides, changes }) => (all || changes.some(({ isCertain }) => isCertain)) && (baselineOnly !== true || sides[0]!.samples > 0));
  return shown.sort((a, b) => measureOf(b) - measureOf(a) || b.sides[0]!.share - a.sides[0]!.share || (a.symbol < b.symbol ? -1 : 1));
}

/** Periods with their weights; undefined for what the baseline has not. */
function weightedDifference({ sides }: ComparedRow, side: number, weights: readonly [number, number]): number | undefined {
  return sides[0]!.samples === 0 ? undefined : sides[side]!.period * weights[1] - sides[0]!.period * weights[0];
}

function weightedText(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(0);
}

/** How perf diff writes what it computes. */
function formulaText(before: ComparedSide, after: ComparedSide, [allBefore, allAfter]: readonly [number, number], { method, by, weights = [1, 1] }: DiffViewOptions): string {
  const measured = by === 'samples' && method !== 'wdiff' ? 'samples' : 'period';
  const [one, two] = [before[measured].toFixed(0), after[measured].toFixed(0)];
  if (method === 'wdiff') return `(${two} * ${weights[1]}) - (${one} * ${weights[0]})`;
  if (by !== 'share') return method === 'ratio' ? `${two} / ${one}` : `${two} - ${one}`;
  if (method === 'ratio') return `(${two} / ${allAfter.toFixed(0)}) / (${one} / ${allBefore.toFixed(0)})`;
  return `(${two} * 100 / ${allAfter.toFixed(0)}) - (${one} * 100 / ${allBefore.toFixed(0)})`;
}

function textOf(row: ComparedRow, key: ComparedKey): string {
  return key === 'symbol' ? `[${row.isKernel ? 'k' : '.'}] ${printable(row.symbol)}` : printable(row[key]);
}

function totalOf({ totals }: Comparison, side: number, { unit }: DiffViewOptions): string {
  const { samples, period } = totals[side]!;
  return `${grouped(samples)} samples, ${unit === 'nanoseconds' ? `${(period / 1e6).toFixed(1)} ms` : grouped(period)}`;
}

/** A share in percent, a number of samples, milliseconds, or a number of events. */
function valueText(value: number, { by, unit }: DiffViewOptions): string {
  if (by === 'share') return `${(value * 100).toFixed(2)}%`;
  if (by === 'samples') return value.toFixed(0);
  return unit === 'nanoseconds' ? `${(value / 1e6).toFixed(1)}ms` : value.toFixed(0);
}

function signed(value: number, options: DiffViewOptions): string {
  return `${value < 0 ? '-' : '+'}${valueText(Math.abs(value), options)}`;
}

function intervalText({ limits, isCertain }: Change, options: DiffViewOptions): string {
  return `${signed(limits.low, options)} … ${signed(limits.high, options)}${isCertain ? ' ' : MAYBE_CHANCE}`;
}

/** For programs: shares from 0 to 1, periods in the event's unit. */
export function diffJson(comparison: Comparison, options: DiffViewOptions): unknown {
  const { keys, by } = options;
  const limitsOf = ({ low, high }: Limits): [number, number] => [low, high];
  return {
    event: options.event,
    by,
    unit: by === 'share' ? 'share' : by === 'samples' ? 'samples' : options.unit,
    confidence: options.confidence,
    files: options.names.map((name, side) => ({ name, ...comparison.totals[side]! })),
    rows: sortedRows(comparison, options).map((row) => ({
      ...Object.fromEntries(keys.map((key) => [key, row[key]])),
      values: row.sides.map((side) => ({ samples: side.samples, period: side.period, share: side.share })),
      changes: row.changes.map(({ delta, ratio, limits, isCertain }) => ({ delta, ratio: Number.isNaN(ratio) ? null : ratio, interval: limitsOf(limits), certain: isCertain })),
    })),
  };
}
