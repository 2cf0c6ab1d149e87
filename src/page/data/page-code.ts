// The instructions of the functions with the most samples, as annotate prints them.

import { MAX_PAGE_CODE_FUNCTIONS, MAX_PAGE_INSTRUCTIONS } from '../../bytes/limits.ts';
import type { CodeTable } from '../../formats/code-table.ts';
import { codeKind, moduleNumber } from '../../formats/frame-code.ts';
import { functionKey } from '../../formats/place-maker.ts';
import { wellFormed } from '../../formats/well-formed.ts';
import type { AnnotatedFunction, Annotation } from '../../profile/annotation.ts';
import { withTarget } from '../../views/annotate/annotated-rows.ts';
import type { Disassembler } from '../../views/annotate/disassembler.ts';
import type { HottestFunctions } from './hottest-functions.ts';
import type { PageCode } from './page-data.ts';

export async function codeOf(annotation: Annotation, code: CodeTable, { functions }: HottestFunctions, disassembler: Disassembler): Promise<PageCode[]> {
  const byNumber = annotatedFunctions(annotation, code);
  const shown: PageCode[] = [];
  let left = MAX_PAGE_INSTRUCTIONS;
  for (const fn of functions) {
    if (shown.length >= MAX_PAGE_CODE_FUNCTIONS) break;
    const annotated = byNumber.get(fn);
    const found = annotated === undefined ? undefined : (await annotation.code(annotated)).code;
    const instructions = found === undefined ? undefined : disassembler.instructions(found);
    if (annotated === undefined || found === undefined || instructions === undefined || instructions.length === 0 || instructions.length > left) continue;
    left -= instructions.length;
    shown.push({ function: fn, instructions: instructions.map((one) => ({ address: one.address, text: wellFormed(withTarget(annotation, annotated, found, one)) })) });
  }
  return shown;
}

/** Which of the recording's functions is which of the table's; of several that are one there, the first. */
function annotatedFunctions(annotation: Annotation, code: CodeTable): ReadonlyMap<number, AnnotatedFunction> {
  const byNumber = new Map<number, AnnotatedFunction>();
  for (const fn of annotation.functions) {
    const { frame } = fn;
    if (frame.kind === 'inlined' || frame.symbol === '') continue;
    const number = code.knownFunction(functionKey(codeKind(frame), moduleNumber(code, frame.module), frame.start, wellFormed(frame.symbol)));
    if (number !== undefined && !byNumber.has(number)) byNumber.set(number, fn);
  }
  return byNumber;
}
