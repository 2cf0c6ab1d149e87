// perf report's keys in its browser, by the letter they write.

export type ReportAction =
  | 'quit' | 'help' | 'menu' | 'toggle' | 'toggle-row' | 'fold-row' | 'unfold-all' | 'fold-all' | 'annotate' | 'dso' | 'thread' | 'kernel' | 'symbol' | 'limit'
  | 'relative' | 'titles' | 'verbose' | 'information' | 'print' | 'shift-left' | 'shift-right' | 'not-here';

export const REPORT_ACTIONS: Readonly<Record<string, ReportAction>> = {
  q: 'quit',
  h: 'help',
  '?': 'help',
  m: 'menu',
  '+': 'toggle',
  '-': 'toggle',
  e: 'toggle-row',
  c: 'fold-row',
  E: 'unfold-all',
  C: 'fold-all',
  a: 'annotate',
  d: 'dso',
  t: 'thread',
  k: 'kernel',
  '/': 'symbol',
  L: 'limit',
  F: 'relative',
  H: 'titles',
  V: 'verbose',
  i: 'information',
  P: 'print',
  '<': 'shift-left',
  '>': 'shift-right',
  r: 'not-here',
  s: 'not-here',
  S: 'not-here',
};
