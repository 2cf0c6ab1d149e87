// The text of the source files that a page shows: those in which samples were taken first, as far as they are at hand and there is room.

import { MAX_PAGE_SOURCE_FILES, MAX_PAGE_SOURCES } from '../../bytes/limits.ts';
import { wellFormed } from '../../formats/well-formed.ts';
import type { Annotation } from '../../profile/annotation.ts';
import type { HottestFunctions } from './hottest-functions.ts';
import type { PageSource } from './page-data.ts';

/** What source files are called. A recording is data: it must not make a page carry some other file of the machine that makes it. */
const SOURCE_NAME = /\.(?:py|pyx|pxd|pxi|pyi|c|h|cc|hh|cpp|hpp|cxx|hxx|c\+\+|inl|inc|tcc|ipp|rs|go|s|S|asm|js|mjs|cjs|jsx|ts|mts|tsx|java|kt|scala|rb|php|swift|zig|nim|d|cu|f|f90|ml|hs|lua|m|mm|jl|cs|ex|erl|cr|v|y|l)$/;

export async function sourcesOf(annotation: Annotation, { files }: HottestFunctions): Promise<PageSource[]> {
  const sources: PageSource[] = [];
  let size = 0;
  let asked = 0;
  for (const file of files) {
    if (!SOURCE_NAME.test(file)) continue;
    if (asked++ >= MAX_PAGE_SOURCE_FILES) break;
    const lines = await annotation.sourceText(file);
    if (lines === undefined) continue;
    const text = wellFormed(lines.join('\n'));
    if (size + text.length > MAX_PAGE_SOURCES) continue;
    size += text.length;
    sources.push({ file, text });
  }
  return sources;
}
