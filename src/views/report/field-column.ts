// The column of a tracepoint's field in a report (FORMAT 6.2, 3.8): to the right, as wide as perf makes it, and wider where a value is longer.

import type { Profile } from '../../profile/profile.ts';
import type { TraceFieldKey } from '../../profile/report-keys.ts';
import type { GroupRow } from '../../profile/row-order.ts';
import { traceFieldIndex } from '../../profile/trace-fields.ts';
import { valueOf } from '../../profile/value-keys.ts';
import type { Column } from './column.ts';

/** What perf shows of events that have no such field. */
const OTHER_EVENT = 'N/A';

export function fieldColumn(profile: Profile, key: TraceFieldKey, rows: readonly GroupRow[]): Column {
  const values = profile.values?.fields[traceFieldIndex(key)];
  if (values === undefined) return { title: '', width: 0, alignsRight: true, cell: () => '' };
  const { field, texts, bytes } = values;
  const numberIn = ({ row }: GroupRow): number => valueOf(profile, key, row.detail);
  const text = (row: GroupRow): string => texts[numberIn(row)] ?? OTHER_EVENT;
  // Of a number: `0x` and its digits; of a dynamic string the bytes that it takes with its end.
  let width = Math.max(field.name.length, field.isString ? field.size : field.size * 2 + 2);
  for (const row of rows) width = Math.max(width, text(row).length, field.isDynamic ? (bytes[numberIn(row)]?.length ?? 0) + (field.isString ? 1 : 0) : 0);
  return { title: field.name, width, alignsRight: true, cell: (row) => text(row).padStart(width) };
}
