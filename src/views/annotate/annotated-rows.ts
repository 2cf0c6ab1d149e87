// The rows of an annotated function: each instruction with what was counted at it and the line it was made of. Where there is no code, each
// place that has samples. Nothing is lost: the counts of all rows are those of the function.

import type { AnnotatedFunction, Annotation, FunctionCounts, MissingCode } from '../../profile/annotation.ts';
import type { LinePlace } from '../../symbols/source-lines.ts';
import type { ModuleCode } from '../../symbols/module-code.ts';
import type { Disassembler, Instruction } from './disassembler.ts';

/** An instruction, or a place whose instruction is not known. */
export interface AnnotatedRow {
  /** As ModuleCode.address. */
  readonly address: number;
  /** '' where there is no code. */
  readonly text: string;
  readonly bytes?: Uint8Array | undefined;
  readonly line: LinePlace;
  /** By the function's counts: of its events. */
  readonly samples: readonly number[];
  readonly period: readonly number[];
}

/** A function ready to be shown. */
export interface AnnotatedRows {
  readonly fn: AnnotatedFunction;
  readonly rows: readonly AnnotatedRow[];
  /** Why there are no instructions; undefined where there are. */
  readonly missing: MissingCode | 'no-disassembler' | 'other-machine' | undefined;
  /** By path: the lines of the source files that are at hand. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/**
 * The rows of a function. `disassembler`: undefined where there is none, then rows are places with samples. `wantsSource`: whether source files
 * are read; `placeOf`: where such a file is, by its recorded path.
 */
export async function annotatedRows(annotation: Annotation, fn: AnnotatedFunction, disassembler: Disassembler | undefined, wantsSource: boolean, placeOf: (path: string) => string = (path) => path): Promise<AnnotatedRows> {
  const { code, ...rest } = await annotation.code(fn);
  const instructions = code === undefined ? undefined : disassembler?.instructions(code);
  const missing = code === undefined ? ('missing' in rest ? rest.missing : undefined) : disassembler === undefined ? 'no-disassembler' : instructions === undefined ? 'other-machine' : undefined;
  const known = instructions !== undefined && code !== undefined ? instructions.map((one) => ({ address: one.address, text: withTarget(annotation, fn, code, one), bytes: code.bytes.subarray(one.address - code.address, one.address - code.address + one.size) })) : [];
  const start = code?.address ?? annotation.addressOf(fn);
  const places = withRest(known, start, instructions, fn.counts);
  const lines = await annotation.lines(fn, places.map(({ address }) => address));
  const rows = counted(places, start, fn.counts).map((row, i) => ({ ...row, line: lines[i]! }));
  return { fn, rows, missing, sources: wantsSource ? await sourcesOf(annotation, rows, placeOf) : new Map() };
}

interface Place {
  readonly address: number;
  readonly text: string;
  readonly bytes?: Uint8Array;
}

/** The instructions, and behind them the places that lie in none: of code that is cut, or not there. */
function withRest(known: readonly Place[], start: number, instructions: readonly Instruction[] | undefined, counts: readonly FunctionCounts[]): readonly Place[] {
  const last = instructions?.at(-1);
  const end = last === undefined ? -Infinity : last.address + last.size;
  const beyond = new Set(counts.flatMap(({ places }) => places.map(({ offset }) => start + offset).filter((address) => address >= end)));
  return [...known, ...[...beyond].sort((a, b) => a - b).map((address) => ({ address, text: '' }))];
}

/** What was counted between each row's address and the next one's. */
function counted(rows: readonly Place[], start: number, counts: readonly FunctionCounts[]): Omit<AnnotatedRow, 'line'>[] {
  const sums = rows.map((row) => ({ ...row, samples: counts.map(() => 0), period: counts.map(() => 0) }));
  for (const [event, { places }] of counts.entries()) {
    let row = 0;
    for (const { offset, samples, period } of places) {
      while (row + 1 < sums.length && sums[row + 1]!.address <= start + offset) row++;
      const sum = sums[row];
      if (sum === undefined) continue;
      sum.samples[event]! += samples;
      sum.period[event]! += period;
    }
  }
  return sums;
}

/** As objdump says where a jump goes: `jne 0x400820 <leaf+0x10>`. */
export function withTarget(annotation: Annotation, fn: AnnotatedFunction, code: ModuleCode, { address, size, text, target }: Instruction): string {
  const relocated = code.relocated?.(address, size);
  // Where a call leads is filled in later: what stands there means nothing.
  if (relocated !== undefined) return `${target === undefined ? text : text.split(' ', 1)[0]!} <${relocated}>`;
  const named = target === undefined ? undefined : annotation.nameAt(fn, code, target);
  if (named === undefined) return text;
  return `${text} <${named.name}${named.offset === 0 ? '' : `+0x${named.offset.toString(16)}`}>`;
}

async function sourcesOf(annotation: Annotation, rows: readonly AnnotatedRow[], placeOf: (path: string) => string): Promise<Map<string, readonly string[]>> {
  const sources = new Map<string, readonly string[]>();
  for (const path of new Set(rows.map(({ line }) => line.path))) {
    const text = path === '' ? undefined : await annotation.sourceText(placeOf(path));
    if (text !== undefined) sources.set(path, text);
  }
  return sources;
}
