// The table of functions: what was sampled in each, and below it, counted once for each stack, as report's "children" are.

import { telling, type CodeFunction } from '../../formats/code-table.ts';
import type { PageData } from '../data/page-data.ts';
import type { FrameTree } from './frame-tree.ts';
import type { TreeSums } from './tree-sums.ts';

/** By index in PageData.functions. */
export interface FunctionSums {
  readonly self: Float64Array;
  readonly total: Float64Array;
  readonly selfSamples: Float64Array;
  readonly totalSamples: Float64Array;
}

/** Of a tree with the outermost functions first. */
export function functionSums(data: PageData, { length, frame, outermost }: FrameTree, sums: TreeSums): FunctionSums {
  const made = { self: new Float64Array(data.functions.length), total: new Float64Array(data.functions.length), selfSamples: new Float64Array(data.functions.length), totalSamples: new Float64Array(data.functions.length) };
  for (let node = 1; node < length; node++) {
    if (sums.totalSamples[node] === 0) continue;
    const fn = frame[node]! >> 1;
    made.self[fn]! += sums.self[node]!;
    made.selfSamples[fn]! += sums.selfSamples[node]!;
    if (outermost[node] !== 1) continue;
    made.total[fn]! += sums.total[node]!;
    made.totalSamples[fn]! += sums.totalSamples[node]!;
  }
  return made;
}

/** Columns by which the table can be sorted. */
export type FunctionOrder = 'self' | 'total' | 'name' | 'module' | 'kind';

/** Functions with samples whose name, module or file holds `text` (any case), in order; equal ones by the larger total, then as they come. */
export function functionRows(data: PageData, sums: FunctionSums, order: FunctionOrder, descending: boolean, text: string): Int32Array {
  const { functions, modules } = data;
  const wanted = text.toLowerCase();
  const rows: number[] = [];
  for (let fn = 0; fn < functions.length; fn++) {
    if (sums.totalSamples[fn] === 0) continue;
    if (wanted === '' || holds(functions[fn]!, modules[functions[fn]!.module]?.name ?? '', wanted)) rows.push(fn);
  }
  const compare = comparison(data, sums, order);
  const sign = descending ? -1 : 1;
  return Int32Array.from(rows.sort((a, b) => sign * compare(a, b) || sums.total[b]! - sums.total[a]! || a - b));
}

function holds(fn: CodeFunction, module: string, text: string): boolean {
  return telling(fn).toLowerCase().includes(text) || module.toLowerCase().includes(text) || fn.file.toLowerCase().includes(text);
}

function comparison({ functions, modules }: PageData, { self, total }: FunctionSums, order: FunctionOrder): (a: number, b: number) => number {
  const texts = (textOf: (fn: CodeFunction) => string) => (a: number, b: number) => {
    const [left, right] = [textOf(functions[a]!), textOf(functions[b]!)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
  switch (order) {
    case 'self': return (a, b) => self[a]! - self[b]!;
    case 'total': return (a, b) => total[a]! - total[b]!;
    case 'name': return texts(({ name }) => name);
    case 'module': return texts(({ module }) => modules[module]?.name ?? '');
    case 'kind': return (a, b) => functions[a]!.kind - functions[b]!.kind;
  }
}
