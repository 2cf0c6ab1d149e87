// Words of `report --sort` and `--fields` that are fields of tracepoints: what they mean in a recording (profile/trace-fields.ts), as keys.

import { isTraceFieldKey, type ReportField } from '../profile/report-keys.ts';
import type { Recording } from '../profile/recording.ts';
import { usualDetail } from '../profile/sample-detail.ts';
import { findTraceFields, traceFieldKey, type TraceField } from '../profile/trace-fields.ts';
import type { ReportOptions } from './options.ts';
import type { SortChoice } from './sort-keys.ts';

/** All fields of all tracepoints. */
const ALL_FIELDS = 'field trace_fields';

/** The options with such words replaced by keys, and the fields that the keys mean. Throws PERFTS_USAGE for a field that is not there. */
export async function withTraceFields(options: ReportOptions, recording: Recording): Promise<{ readonly options: ReportOptions; readonly fields: readonly TraceField[] }> {
  const sort = usualOfRaw(options, recording);
  const words = [...new Set([...(sort?.keys ?? []), ...(options.fields?.keys ?? [])].filter(isTraceFieldKey))];
  if (words.length === 0) return { options, fields: [] };
  const found = findTraceFields(words.map((word) => word.slice('field '.length)), recording.file.events.events, await recording.tracepoints(), options.rawTrace);
  const fields: TraceField[] = [];
  const keys = new Map<ReportField, readonly ReportField[]>(words.map((word, index) => [word, found[index]!.map((field) => traceFieldKey(indexIn(fields, field)))]));
  const replaced = (given: readonly ReportField[]): ReportField[] => [...new Set(given.flatMap((key) => keys.get(key) ?? [key]))];
  const choice = (given: SortChoice | undefined): SortChoice | undefined => (given === undefined ? undefined : { ...given, keys: replaced(given.keys), groups: given.groups.map(replaced) });
  return { options: { ...options, sort: choice(sort), fields: choice(options.fields) }, fields };
}

/** Of tracepoints as they are perf shows the fields, not the text, where nobody says otherwise. */
function usualOfRaw({ sort, fields, rawTrace, memory, branches, python, derived }: ReportOptions, { file }: Recording): SortChoice | undefined {
  const isUsual = sort === undefined ? fields === undefined || fields.addsToUsual : sort.addsToUsual;
  if (!rawTrace || !isUsual || memory || branches === true || python || derived !== undefined || usualDetail(file) !== 'trace') return sort;
  return { keys: [ALL_FIELDS, ...(sort?.keys ?? [])], addsToUsual: false, groups: sort?.groups ?? [] };
}

/** Where the field is in the list, to which it is added if it is not there. */
function indexIn(fields: TraceField[], field: TraceField): number {
  const known = fields.findIndex((each) => each.event === field.event && each.field === field.field && each.isRaw === field.isRaw);
  return known >= 0 ? known : fields.push(field) - 1;
}
