// What `perfts annotate` prints: perf annotate --stdio's columns, `   24.24 :   400846: addl $7, %ecx`. Source lines stand above their
// instructions where the file is at hand; where only the line is known it stands behind (`// leaf.c:5`), as with perf's -l.

import { hexOf } from '../../bytes/int64.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import type { Annotation, MissingCode } from '../../profile/annotation.ts';
import { printable } from '../printable.ts';
import { reasonText, remedies } from '../remedies.ts';
import type { AnnotatedRow, AnnotatedRows } from './annotated-rows.ts';
import { NO_DISASSEMBLER } from './disassembler.ts';

/** perf's --percent-type: of the function's or of the event's, by periods or by samples. */
export type PercentType = 'local-period' | 'local-hits' | 'global-period' | 'global-hits';

/** How annotated functions are shown. */
export interface AnnotateViewOptions {
  /** What stands before each instruction. */
  readonly column: 'percent' | 'samples' | 'period';
  readonly percentType: PercentType;
  /** Lines in a summary of their own (-l). */
  readonly lineSummary: boolean;
  readonly fullPaths: boolean;
  readonly color: boolean;
  /** All events beside each other instead of one after the other. */
  readonly group?: boolean;
  /** The bytes of each instruction before it. */
  readonly rawBytes?: boolean;
}

/** perf's limits for its red and its green. */
const HOT = 5;
const WARM = 0.5;
/** Lines below this are not in the summary. */
const SUMMARY_LIMIT = 0.5;
/** What a tab may add to the heading's width. */
const RULE = 5;
const HEADINGS = { percent: 'Percent', samples: 'Samples', period: 'Period' } as const;
const WIDTHS = { percent: 8, samples: 8, period: 12 } as const;

/** Of one function, for each of its events; lines with their ends. */
export function* annotatedLines(annotation: Annotation, annotated: AnnotatedRows, options: AnnotateViewOptions): Generator<string, void, void> {
  const { fn, rows, missing } = annotated;
  if (missing !== undefined) yield `# ${missingText(missing)}\n`;
  for (const columns of columnsOf(annotation, annotated, options)) {
    const percents = columns.map(({ percentOf }) => percentOf);
    if (options.lineSummary) yield* summaryLines(annotated, percents, options);
    const width = WIDTHS[options.column] * columns.length;
    const names = columns.map(({ name }) => printable(name)).join(', ');
    const heading = `${` ${HEADINGS[options.column]}`.padEnd(width)} |\tSource code & Disassembly of ${printable((options.fullPaths ? fn.frame.module?.path : fn.frame.module?.shortName) ?? '[unknown]')} for ${names} (${columns[0]!.samples} samples, percent: ${options.percentType.replace('-', ' ')})`;
    yield `${heading}\n${'-'.repeat(heading.length + RULE)}\n`;
    const blank = `${' '.repeat(width)} : `;
    yield `${blank}${addressText(rows[0]?.address ?? 0).padStart(16, '0')} <${printable(fn.frame.symbol)}>:\n`;
    let last: AnnotatedRow['line'] | undefined;
    for (const row of rows) {
      const { path, line } = row.line;
      const isNew = path !== '' && (path !== last?.path || line !== last.line);
      const source = isNew ? annotated.sources.get(path) : undefined;
      if (source !== undefined) {
        if (path !== last?.path) yield `${blank}${shown(path, options)}\n`;
        yield `${blank}${String(line).padEnd(6)} ${printable((source[line - 1] ?? '').replaceAll('\t', '    '))}\n`;
      }
      const behind = isNew && source === undefined ? ` // ${shown(path, options)}:${line}` : '';
      last = row.line;
      const values = columns.map(({ index, percentOf }) => valueText(row, index, percentOf(row), options)).join('');
      const raw = options.rawBytes === true && row.bytes !== undefined ? ` ${bytesText(row.bytes)}` : '';
      yield `${values} :   ${addressText(row.address)}:${raw}${row.text === '' ? '' : ` ${printable(row.text)}`}${behind}\n`;
    }
    yield '\n';
  }
}

interface Column {
  readonly name: string;
  readonly samples: number;
  /** Of the rows' counts; -1 where the function has none of the event. */
  readonly index: number;
  readonly percentOf: (row: AnnotatedRow) => number;
}

/** The events that are shown beside each other, one group after the other. */
function columnsOf(annotation: Annotation, { fn }: AnnotatedRows, { group, percentType }: AnnotateViewOptions): Column[][] {
  const isHits = percentType.endsWith('hits');
  const isLocal = percentType.startsWith('local');
  const columnOf = (event: number): Column => {
    const index = fn.counts.findIndex((counts) => counts.event === event);
    const { name, samples, period } = annotation.events[event]!;
    const whole = isLocal ? (fn.counts[index] ?? { samples: 0, period: 0 }) : { samples, period };
    const percentOf = (row: AnnotatedRow): number => (index < 0 ? 0 : percent(isHits ? row.samples[index]! : row.period[index]!, isHits ? whole.samples : whole.period));
    return { name, samples: fn.counts[index]?.samples ?? 0, index, percentOf };
  };
  if (group !== true) return fn.counts.map(({ event }) => [columnOf(event)]);
  return [[...annotation.events.keys()].filter((event) => annotation.events[event]!.samples > 0).map(columnOf)];
}

/** As objdump has them, in room for seven, as most instructions have at most. */
function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ').padEnd(7 * 3 - 1);
}

/** The source lines by what their instructions take together. */
function* summaryLines({ rows, fn }: AnnotatedRows, percents: readonly ((row: AnnotatedRow) => number)[], options: AnnotateViewOptions): Generator<string, void, void> {
  const sums = new Map<string, number[]>();
  for (const row of rows) {
    if (row.line.path === '') continue;
    const key = `${shown(row.line.path, options)}:${row.line.line}`;
    const before = sums.get(key) ?? percents.map(() => 0);
    sums.set(key, before.map((sum, column) => sum + percents[column]!(row)));
  }
  const title = `Sorted summary for file ${printable(fn.frame.module?.path ?? '')}`;
  yield `${title}\n${'-'.repeat(title.length)}\n\n`;
  const sorted = [...sums].filter(([, line]) => line.some((sum) => sum >= SUMMARY_LIMIT)).sort((a, b) => b[1][0]! - a[1][0]!);
  for (const [key, line] of sorted) yield `${line.map((sum) => colored(sum.toFixed(2).padStart(8), sum, options)).join('')} ${key}\n`;
  yield sorted.length === 0 ? '   no source lines are known\n\n' : '\n';
}

function valueText(row: AnnotatedRow, index: number, share: number, options: AnnotateViewOptions): string {
  const { column } = options;
  const text = (column === 'percent' ? share.toFixed(2) : String((column === 'samples' ? row.samples[index] : row.period[index]) ?? 0)).padStart(WIDTHS[column]);
  if (options.color) return colored(text, share, options);
  // Where there are no colours a mark in the margin.
  return share >= HOT && text.startsWith(' ') ? text.replace(' ', '*') : text;
}

function colored(text: string, share: number, { color }: AnnotateViewOptions): string {
  if (!color || share < WARM) return text;
  return `\u001b[${share >= HOT ? '31' : '32'}m${text}\u001b[m`;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : (100 * part) / whole;
}

/** Hexadecimal; addresses of files and of user memory. */
function addressText(address: number): string {
  return hexOf(address);
}

function shown(path: string, { fullPaths }: AnnotateViewOptions): string {
  return printable(fullPaths ? path : baseName(path));
}

/** What is missing for instructions, and what would bring it, in one line. */
export function missingText(missing: NonNullable<AnnotatedRows['missing']>): string {
  if (missing === 'no-disassembler') return `No instructions: ${NO_DISASSEMBLER}`;
  if (missing === 'other-machine') return 'No instructions: only code of x86 and arm64 is disassembled';
  return `No instructions: ${missingReason(missing)}`;
}

function missingReason({ why, module, reason }: MissingCode): string {
  const name = printable(module?.shortName ?? '[unknown]');
  switch (why) {
    case 'bpf':
      return `${name} was compiled in the kernel: its code is in no file`;
    case 'perf-map':
      return `${name} has names only; a jitdump has the code too`;
    case 'overwritten':
      return `CPython overwrites the code in its jitdump (${name})`;
    case 'jitdump':
      return `${name} does not hold the code; ${remedies(module!, 'absent').join('; or ')}`;
    case 'left-out':
      return `the archive was made without code; make it with perfts archive --with-code`;
    case 'debug-file':
      return `of ${name} only the debug file is there; give --symfs ROOT with the file that ran`;
    case 'not-in-file':
      return `the file of ${name} does not have this function`;
    case 'no-file':
      return `${name} is no file`;
    case 'not-found':
      return `${name}: ${printable([reasonText(module!, reason), ...remedies(module!, reason).slice(0, 1)].join('; '))}`;
  }
}
