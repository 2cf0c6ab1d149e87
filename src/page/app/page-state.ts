// What somebody has set: filters, and what is seen. It stands in the address behind `#`, so that a reload or a copied address shows the
// same; what does not fit the recording is left out.

import type { PageData } from '../data/page-data.ts';
import { patternOf } from '../model/function-match.ts';
import type { PageFilter } from '../model/page-filter.ts';

export type Tab = 'flame' | 'functions' | 'kinds';

export interface PageState {
  readonly event: number;
  readonly threads: readonly number[] | undefined;
  readonly cpus: readonly number[] | undefined;
  /** Ns since the first sample; 0 and Infinity: all. */
  readonly from: number;
  readonly to: number;
  readonly keep: string;
  readonly drop: string;
  readonly python: boolean;
  readonly native: boolean;
  readonly kernel: boolean;
  readonly weight: 'period' | 'samples';
  readonly tab: Tab;
  /** The root at the top. */
  readonly icicle: boolean;
  /** Sampled functions first. */
  readonly reverse: boolean;
  readonly search: string;
  /** Index in PageData.functions, or -1. */
  readonly selected: number;
  readonly side: 'calls' | 'source';
  readonly lanes: 'thread' | 'cpu';
}

/** What is seen first. */
export function firstState({ events }: PageData): PageState {
  // The event with the most samples, the first of them.
  const event = events.reduce((best, one, index) => (one.samples > (events[best]?.samples ?? 0) ? index : best), 0);
  return {
    event, threads: undefined, cpus: undefined, from: 0, to: Infinity, keep: '', drop: '', python: false, native: true, kernel: true, weight: 'period',
    tab: 'flame', icicle: true, reverse: false, search: '', selected: -1, side: 'calls', lanes: 'thread',
  };
}

/** The filters off, the rest as it is. */
export function withoutFilters(data: PageData, state: PageState): PageState {
  const { threads, cpus, from, to, keep, drop, python, native, kernel } = firstState(data);
  return { ...state, threads, cpus, from, to, keep, drop, python, native, kernel };
}

export function isFiltered({ threads, cpus, from, to, keep, drop, python, native, kernel }: PageState): boolean {
  return threads !== undefined || cpus !== undefined || from > 0 || to < Infinity || keep !== '' || drop !== '' || python || !native || !kernel;
}

export function filterOf({ event, threads, cpus, from, to, keep, drop, python, native, kernel, weight }: PageState): PageFilter {
  return { event, threads: threads && new Set(threads), cpus: cpus && new Set(cpus), from, to, keep: patternOf(keep), drop: patternOf(drop), python, native, kernel, weight };
}

/** Tells recordings apart: what is set for one says nothing of another that is opened in the same page. */
function markOf({ samples, functions, threads }: PageData): string {
  return `${samples.length}-${functions.length}-${threads.length}`;
}

/** As the address has it; what is as at first is left out, and '' where all is. */
export function stateText(state: PageState, data: PageData): string {
  const first = firstState(data);
  const words = new URLSearchParams();
  const put = (name: string, value: unknown, usual: unknown): void => {
    if (value !== usual) words.set(name, value === true ? '1' : value === false ? '0' : String(value));
  };
  for (const name of ['event', 'from', 'keep', 'drop', 'python', 'native', 'kernel', 'weight', 'tab', 'icicle', 'reverse', 'search', 'selected', 'side', 'lanes'] as const) put(name, state[name], first[name]);
  if (state.to < Infinity) words.set('to', String(state.to));
  if (state.threads !== undefined) words.set('threads', state.threads.join('.'));
  if (state.cpus !== undefined) words.set('cpus', state.cpus.join('.'));
  if (words.toString() === '') return '';
  words.set('of', markOf(data));
  return words.toString();
}

export function stateFrom(text: string, data: PageData): PageState {
  const first = firstState(data);
  const words = new URLSearchParams(text.replace(/^#/, ''));
  if (words.get('of') !== markOf(data)) return first;
  const index = (name: string, length: number, usual: number): number => {
    const value = Number(words.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= 0 && value < length ? value : usual;
  };
  const numbers = (name: string, isOne: (value: number) => boolean): number[] | undefined => {
    const list = words.get(name)?.split('.').filter((word) => /^-?\d+$/.test(word)).map(Number).filter(isOne);
    return list === undefined || list.length === 0 ? undefined : list;
  };
  const time = (name: string, usual: number): number => {
    const value = Number(words.get(name) ?? Number.NaN);
    return value >= 0 ? value : usual;
  };
  const flag = (name: string, usual: boolean): boolean => (words.has(name) ? words.get(name) === '1' : usual);
  const one = <T extends string>(name: string, values: readonly T[], usual: T): T => values.find((value) => value === words.get(name)) ?? usual;
  return {
    event: index('event', data.events.length, first.event),
    threads: numbers('threads', (thread) => thread >= 0 && thread < data.threads.length),
    cpus: numbers('cpus', (cpu) => cpu >= -1 && cpu <= 32_767),
    from: time('from', 0),
    to: time('to', Infinity),
    keep: words.get('keep') ?? '',
    drop: words.get('drop') ?? '',
    python: flag('python', false) && data.stacks.python !== undefined,
    native: flag('native', true),
    kernel: flag('kernel', true),
    weight: one('weight', ['period', 'samples'], 'period'),
    tab: one('tab', ['flame', 'functions', 'kinds'], 'flame'),
    icicle: flag('icicle', true),
    reverse: flag('reverse', false),
    search: words.get('search') ?? '',
    selected: index('selected', data.functions.length, -1),
    side: one('side', ['calls', 'source'], 'calls'),
    lanes: one('lanes', ['thread', 'cpu'], 'thread'),
  };
}
