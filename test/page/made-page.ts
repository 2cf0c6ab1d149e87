// Made recordings as the page gets them (PageData): small ones of random stacks for property tests, and large ones.

import { CodeKind, type CodeFunction } from '../../src/formats/code-table.ts';
import { StackTable } from '../../src/profile/stack-table.ts';
import type { PageCode, PageData, PageSource } from '../../src/page/data/page-data.ts';

export interface MadeSample {
  readonly time: number;
  readonly thread: number;
  readonly cpu: number;
  readonly event: number;
  readonly period: number;
  /** Places, outermost first. */
  readonly stack: readonly number[];
  /** Python's view of it, where it is another one. */
  readonly view?: readonly number[];
}

export interface MadePlace {
  readonly function: number;
  readonly address?: number;
  readonly line?: number;
  readonly outer?: number;
}

export interface MadePage {
  readonly samples: readonly MadeSample[];
  readonly functions: readonly CodeFunction[];
  /** One for each function if left out. */
  readonly places?: readonly MadePlace[];
  readonly threads?: PageData['threads'];
  readonly events?: readonly string[];
  readonly sources?: readonly PageSource[];
  readonly code?: readonly PageCode[];
  readonly quality?: readonly string[];
  readonly command?: readonly string[];
}

export const MODULES: PageData['modules'] = [
  { name: 'app', path: '/bin/app', buildId: 'aa', isKernel: false },
  { name: '[kernel.kallsyms]', path: '[kernel.kallsyms]', buildId: '', isKernel: true },
  { name: 'jit-1.dump', path: '/tmp/jit-1.dump', buildId: '', isKernel: false },
  { name: 'libc.so.6', path: '/lib/libc.so.6', buildId: 'cc', isKernel: false },
];

/** A function by its first letter: `k_…` the kernel's, `p_…` Python's, `j_…` a runtime's, `l_…` of libc, others of the program. */
export function madeFunction(name: string): CodeFunction {
  const [kind, module] = name.startsWith('k_') ? [CodeKind.Kernel, 1] : name.startsWith('p_') ? [CodeKind.Python, 2] : name.startsWith('j_') ? [CodeKind.Jit, 2] : name.startsWith('l_') ? [CodeKind.Native, 3] : [CodeKind.Native, 0];
  return { name, symbol: name, file: kind === CodeKind.Python ? '/srv/app.py' : '', module: module!, kind: kind as CodeKind };
}

export function madePage({ samples, functions, places, threads, events = ['cpu-clock'], sources = [], code = [], quality = [], command = ['app'] }: MadePage): PageData {
  const table = new StackTable();
  const nodeOf = (stack: readonly number[]): number => stack.reduce((above, place) => table.child(above, place), 0);
  const sorted = [...samples].sort((a, b) => a.time - b.time);
  const nodes = sorted.map(({ stack }) => nodeOf(stack));
  const views = sorted.map(({ view }, index) => (view === undefined ? nodes[index]! : nodeOf(view)));
  const python = new Int32Array(table.length);
  nodes.forEach((node, index) => (python[node] = views[index]!));
  const all: readonly MadePlace[] = places ?? functions.map((_, index) => ({ function: index }));
  return {
    origin: { name: 'made.data', host: 'here', architecture: 'x86_64', cpu: 'made up', cpus: 4, kernel: '6.18.0', command, started: '2026-11-28T10:00:00.000Z' },
    events: events.map((name, event) => ({ name, unit: 'nanoseconds' as const, samples: sorted.filter((one) => one.event === event).length, period: sorted.reduce((sum, one) => sum + (one.event === event ? one.period : 0), 0) })),
    threads: threads ?? Array.from({ length: sorted.reduce((most, { thread }) => Math.max(most, thread), 0) + 1 }, (_, index) => ({ pid: 100 + (index >> 1), tid: 100 + index, comm: `thread-${index}` })),
    modules: MODULES,
    functions,
    places: {
      length: all.length,
      function: Int32Array.from(all, (place) => place.function),
      address: Float64Array.from(all, ({ address }) => address ?? -1),
      line: Int32Array.from(all, ({ line }) => line ?? 0),
      outer: Int32Array.from(all, ({ outer }) => outer ?? -1),
    },
    stacks: { length: table.length, parent: table.parent.slice(0, table.length), place: table.frame.slice(0, table.length), python: sorted.some(({ view }) => view !== undefined) ? python : undefined },
    samples: {
      length: sorted.length,
      time: Float64Array.from(sorted, ({ time }) => time),
      thread: Int32Array.from(sorted, ({ thread }) => thread),
      cpu: Int16Array.from(sorted, ({ cpu }) => cpu),
      event: Uint16Array.from(sorted, ({ event }) => event),
      node: Int32Array.from(nodes),
      period: Float64Array.from(sorted, ({ period }) => period),
    },
    quality,
    sources,
    code,
  };
}

/** So many samples of stacks some 30 deep over 20 000 functions, the same every time. */
export function largePage(samples: number): PageData {
  const functions = Array.from({ length: 20_000 }, (_, index) => madeFunction(`${'kpjlnnnn'[index % 8]!}_${index.toString(36)}`));
  const table = new StackTable();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 4_294_967_296) * below);
  };
  const ends: number[] = [];
  for (let stack = 0; stack < 50_000; stack++) {
    let node = table.child(table.child(0, 4), 12);
    // Near the root few functions follow each other, further down many.
    for (let depth = 0; depth < 10 + random(30); depth++) node = table.child(node, random(depth < 6 ? 4 : depth < 12 ? 40 : 20_000));
    ends.push(node);
  }
  const nodes = Int32Array.from({ length: samples }, () => ends[Math.min(random(50_000), random(50_000))]!);
  return {
    ...madePage({ samples: [], functions }),
    events: [{ name: 'cycles', unit: 'count', samples, period: samples * 1000 }],
    threads: Array.from({ length: 64 }, (_, index) => ({ pid: 100 + (index >> 3), tid: 100 + index, comm: `worker-${index}` })),
    stacks: { length: table.length, parent: table.parent.slice(0, table.length), place: table.frame.slice(0, table.length), python: undefined },
    samples: {
      length: samples,
      time: Float64Array.from({ length: samples }, (_, index) => index * 10_000),
      thread: Int32Array.from({ length: samples }, () => random(64)),
      cpu: Int16Array.from({ length: samples }, () => random(16)),
      event: new Uint16Array(samples),
      node: nodes,
      period: new Float64Array(samples).fill(1000),
    },
  };
}
