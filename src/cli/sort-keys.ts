// `--sort comm,dso,symbol` and `--fields overhead,symbol`: words may be shortened and in any case, as in perf (profile/report-keys.ts).

import { PerftsError } from '../bytes/errors.ts';
import { parseFields, parseSortKeys } from '../profile/report-keys.ts';
import type { ReportField } from '../profile/report-keys.ts';

/** What --sort or --fields says. */
export interface SortChoice {
  readonly keys: readonly ReportField[];
  /** Written with a leading +: in addition to the usual keys, which depend on the recording. */
  readonly addsToUsual: boolean;
  /** Those written together in braces: one level of a hierarchy. */
  readonly groups: readonly (readonly ReportField[])[];
}

/** The option's value; undefined where nothing is chosen. A key named twice counts once. */
export function parseSort(text: string | undefined): SortChoice | undefined {
  return choiceOf(text, parseSortKeys);
}

/** The same for --fields; here nothing is a mistake. */
export function parseFieldChoice(text: string | undefined): SortChoice | undefined {
  if (text !== undefined && text.replace('+', '').trim() === '') throw new PerftsError('PERFTS_USAGE', `--fields: '${text}' names no column`);
  return choiceOf(text, parseFields);
}

function choiceOf(text: string | undefined, parse: (text: string) => ReportField[]): SortChoice | undefined {
  if (text === undefined) return undefined;
  const addsToUsual = text.startsWith('+');
  const rest = addsToUsual ? text.slice(1) : text;
  if (rest.replaceAll(/[, {}]/g, '') === '') return undefined;
  const groups = [...rest.matchAll(/\{([^{}]*\w[^{}]*)\}/g)].map(([, inside]) => parse(inside!));
  return { keys: [...new Set(parse(rest))], addsToUsual, groups };
}
