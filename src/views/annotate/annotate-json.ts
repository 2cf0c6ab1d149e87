// What `perfts annotate --json` gives: the numbers behind the text, for programs.

import { hexOf } from '../../bytes/int64.ts';
import type { Annotation } from '../../profile/annotation.ts';
import type { PythonCallees } from '../../profile/python/callees.ts';
import type { AnnotatedRows } from './annotated-rows.ts';
import { missingText } from './annotate-text.ts';

/** Periods in each event's unit; addresses in hexadecimal, the file's own before relocation. */
export function annotatedJson(annotation: Annotation, { fn, rows, missing }: AnnotatedRows): unknown {
  const { frame, counts } = fn;
  return {
    symbol: frame.symbol,
    dso: frame.module?.path ?? '',
    buildId: frame.module?.buildId ?? '',
    events: counts.map(({ event, samples, period }) => ({ name: annotation.events[event]!.name, samples, period, allSamples: annotation.events[event]!.samples, allPeriod: annotation.events[event]!.period })),
    missing: missing === undefined ? null : missingText(missing),
    instructions: rows.map(({ address, text, line, samples, period }) => ({
      address: `0x${hexOf(address)}`,
      text,
      file: line.path,
      line: line.line,
      samples,
      period,
    })),
  };
}

export function calleesJson({ name, file, event, samples, period, total, callees }: PythonCallees): unknown {
  return { symbol: name, file, event, samples, period, allSamples: total.samples, allPeriod: total.period, callees: callees.map((callee) => ({ name: callee.name, self: callee.isSelf, samples: callee.samples, period: callee.period })) };
}
