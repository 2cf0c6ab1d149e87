// `perf report --hierarchy`: the rows as a tree, a level for each sort key (or for several in braces), each with its own sums. Rows of a level
// are those of a report by all keys down to it; a row's parent is the row that its first sample has one level up.

import type { GroupRow } from '../../profile/row-order.ts';
import type { Column } from './column.ts';

/** What a level's rows are shown with. */
export interface HierarchyLevel {
  /** Of its keys, the last one's texts unpadded. */
  readonly columns: readonly Column[];
}

export interface HierarchyText {
  /** Of the numbers, before the keys. */
  readonly sums: readonly Column[];
  readonly levels: readonly HierarchyLevel[];
  /** `-t`; undefined: blanks. */
  readonly separator: string | undefined;
}

const INDENT = 3;

/** The two lines over the rows. */
export function hierarchyTitles({ sums, levels, separator }: HierarchyText): string[] {
  const title = levels.map(({ columns }) => columns.map((column) => column.title.trim()).join('+')).join(' / ');
  const widths = levels.map(({ columns }, depth) => depth * INDENT + columns.reduce((width, column) => width + column.width, (columns.length - 1) * 2));
  const dots = '.'.repeat(Math.max(title.length, ...widths));
  if (separator !== undefined) {
    const first = sums.map((column) => column.title.padStart(column.width));
    return [`# ${[...first, title].join(separator)}`, `# ${[...sums.map((column) => '.'.repeat(column.width)), dots].join(separator)}`];
  }
  const first = sums.map((column) => column.title.padStart(column.width)).join('  ');
  const indent = (levels.length - 1) * INDENT;
  return [`# ${' '.repeat(indent)}${first}  ${title}`, `# ${'.'.repeat(indent + first.length)}  ${dots}`];
}

/** The line of a row at a depth from 0. */
export function hierarchyLine(row: GroupRow, depth: number, { sums, levels, separator }: HierarchyText): string {
  const keys = levels[depth]!.columns.map((column) => column.cell(row).trimStart());
  const numbers = sums.map((column) => column.cell(row));
  const indent = ' '.repeat(depth * INDENT);
  if (separator !== undefined) return indent + [...numbers, ...keys].join(separator);
  return `${indent}  ${numbers.join('  ')}${' '.repeat((levels.length - 1) * INDENT)}  ${keys.join('  ')}`;
}

/** What stands where all rows of a depth are below the limit. */
export function noEntryLine(depth: number, limit: number, { sums, levels }: HierarchyText): string {
  const numbers = sums.reduce((width, column) => width + column.width, (sums.length - 1) * 2);
  return `${' '.repeat(depth * INDENT + 2 + numbers + (levels.length - 1) * INDENT + 2)}no entry >= ${limit.toFixed(2)}%`;
}
