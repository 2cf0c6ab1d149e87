// `-g print_type,threshold[,print_limit],order,sort_key[,branch],value`: words in any order, each may be shortened, a first number
// is the threshold in percent and a second one the greatest number of siblings (perf report's grammar).

import { PerftsError } from '../bytes/errors.ts';

export interface CallGraph {
  readonly type: 'graph' | 'fractal' | 'flat' | 'folded' | 'none';
  /** Percent; undefined: not said. */
  readonly threshold: number | undefined;
  /** Siblings shown on each level; undefined: all. */
  readonly printLimit: number | undefined;
  /** Outermost or innermost frame first; undefined: perf's default, caller with --children and callee without. */
  readonly order: 'caller' | 'callee' | undefined;
  readonly value: 'percent' | 'period' | 'count';
}

export const DEFAULT_CALL_GRAPH: CallGraph = { type: 'graph', threshold: undefined, printLimit: undefined, order: undefined, value: 'percent' };

/** What -g alone means. It names the order, which matters with --no-children. */
const LONE: CallGraph = { ...DEFAULT_CALL_GRAPH, threshold: 0.5, order: 'caller' };

/** In the order in which perf tries them, which decides what a shortened word means. undefined: not there yet. */
const WORDS: readonly (readonly [string, Partial<CallGraph> | undefined])[] = [
  ['none', { type: 'none' }],
  ['graph', { type: 'graph' }],
  ['flat', { type: 'flat' }],
  ['fractal', { type: 'fractal' }],
  ['folded', { type: 'folded' }],
  ['caller', { order: 'caller' }],
  ['callee', { order: 'callee' }],
  ['function', {}],
  ['address', undefined],
  ['srcline', undefined],
  ['branch', undefined],
  ['percent', { value: 'percent' }],
  ['period', { value: 'period' }],
  ['count', { value: 'count' }],
];

/** Whether a word after -g is meant for it: `report -g perf.data` has a file there. */
export function looksLikeCallGraph(word: string): boolean {
  return word.split(',').every((part) => part === '' || isNumber(part) || wordOf(part) !== undefined);
}

/** The option's value, undefined for -g alone. */
export function parseCallGraph(text: string | undefined): CallGraph {
  if (text === undefined || text === '') return LONE;
  let graph = DEFAULT_CALL_GRAPH;
  for (const part of text.split(',')) {
    if (part === '') continue;
    const word = wordOf(part);
    if (word !== undefined) {
      if (word[1] === undefined) throw new PerftsError('PERFTS_USAGE', `--call-graph: perf has '${word[0]}', perfts does not have it yet`);
      graph = { ...graph, ...word[1] };
    } else if (!isNumber(part)) {
      throw new PerftsError('PERFTS_USAGE', `--call-graph: '${part}' is none of ${WORDS.map(([word]) => word).join(', ')}, and no number`);
    } else if (graph.threshold === undefined) {
      graph = { ...graph, threshold: Number(part) };
    } else {
      graph = { ...graph, printLimit: Math.floor(Number(part)) };
    }
  }
  return graph;
}

function wordOf(part: string): (typeof WORDS)[number] | undefined {
  return WORDS.find(([word]) => word.startsWith(part));
}

function isNumber(part: string): boolean {
  return /^\d+(\.\d*)?$|^\.\d+$/.test(part);
}
