// The page's sums against slow ones, which go through samples one by one and keep everything in maps.

import assert from 'node:assert/strict';
import t, { type Test } from 'tap';
import fc from 'fast-check';
import { CodeKind } from '../../src/formats/code-table.ts';
import { flameLayout, frameAt } from '../../src/page/model/flame-layout.ts';
import type { FrameTree } from '../../src/page/model/frame-tree.ts';
import { matchingFunctions, patternOf } from '../../src/page/model/function-match.ts';
import { functionRows } from '../../src/page/model/function-sums.ts';
import { wholeFilter, type PageFilter } from '../../src/page/model/page-filter.ts';
import { PageModel, type Shown } from '../../src/page/model/page-model.ts';
import { calleesOf, calleesRoot, callersOf, callersRoot, type Relative } from '../../src/page/model/relatives.ts';
import { KINDS_OF_CODE, MOST_LANES } from '../../src/page/model/timeline.ts';
import { searchTree } from '../../src/page/model/tree-sums.ts';
import { unnamedSamples } from '../../src/page/model/unnamed.ts';
import { largePage, madeFunction, madePage, type MadePage, type MadeSample } from './made-page.ts';

const NAMES = ['main', 'run', 'l_read', 'k_read', 'p_main', 'p_run', 'j_fast', 'k_idle'];
const functions = NAMES.map(madeFunction);
/** Two places of each function, and one of `run` inlined into `main`. */
const places = [...NAMES.flatMap((_, index) => [{ function: index, line: 10, address: 100 * index }, { function: index, line: 20, address: 100 * index + 8 }]), { function: 1, line: 30, address: 8, outer: 1 }];
const stack = fc.array(fc.integer({ min: 0, max: places.length - 1 }), { maxLength: 7 });
const sample = fc.record({
  time: fc.integer({ min: 0, max: 1000 }), thread: fc.integer({ min: 0, max: 3 }), cpu: fc.integer({ min: -1, max: 2 }), event: fc.integer({ min: 0, max: 1 }),
  period: fc.integer({ min: 1, max: 9 }), stack, view: fc.option(stack, { nil: undefined }),
}).map(({ view, ...rest }): MadeSample => (view === undefined ? rest : { ...rest, view }));
const made = fc.array(sample, { maxLength: 40 }).map((samples): MadePage => {
  // A stack has one view, and no stack has none.
  const views = new Map<string, readonly number[] | undefined>();
  const consistent = samples.map(({ view, ...rest }): MadeSample => {
    const key = rest.stack.join();
    if (!views.has(key)) views.set(key, key === '' ? undefined : view);
    const known = views.get(key);
    return known === undefined ? rest : { ...rest, view: known };
  });
  return { samples: consistent, functions, places, events: ['cpu-clock', 'faults'] };
});
const filters = fc.record({
  event: fc.integer({ min: 0, max: 1 }),
  threads: fc.option(fc.subarray([0, 1, 2, 3]).map((list) => new Set(list)), { nil: undefined }),
  cpus: fc.option(fc.subarray([-1, 0, 1, 2]).map((list) => new Set(list)), { nil: undefined }),
  from: fc.integer({ min: 0, max: 900 }),
  to: fc.oneof(fc.constant(Infinity), fc.integer({ min: 0, max: 1100 })),
  keep: fc.option(fc.constantFrom(/run/u, /^k_/u), { nil: undefined }),
  drop: fc.option(fc.constantFrom(/idle/u, /^l_/u), { nil: undefined }),
  python: fc.boolean(), native: fc.boolean(), kernel: fc.boolean(),
  weight: fc.constantFrom('period' as const, 'samples' as const),
});

/** Shown stacks and their weights, slowly: of each sample that passes its frames, outermost first. */
function slowly({ samples }: MadePage, filter: PageFilter): { frames: number[]; places: readonly number[]; weight: number; sample: MadeSample }[] {
  return samples.flatMap((one) => {
    const fits = (pattern: RegExp): boolean => [one.stack, ...(filter.python && one.view !== undefined ? [one.view] : [])].some((list) => list.some((place) => pattern.test(NAMES[places[place]!.function]!)));
    if (one.event !== filter.event || !(filter.threads?.has(one.thread) ?? true) || !(filter.cpus?.has(one.cpu) ?? true) || one.time < filter.from || one.time >= filter.to) return [];
    if ((filter.keep !== undefined && !fits(filter.keep)) || (filter.drop !== undefined && fits(filter.drop))) return [];
    const shown = filter.python ? (one.view ?? one.stack) : one.stack;
    const frames = shown
      .filter((place) => {
        const { kind } = functions[places[place]!.function]!;
        return kind === CodeKind.Kernel ? filter.kernel : kind === CodeKind.Native ? filter.native : true;
      })
      .map((place) => 2 * places[place]!.function + ((places[place] as { outer?: number }).outer === undefined ? 0 : 1));
    return [{ frames, places: one.stack, weight: filter.weight === 'samples' ? 1 : one.period, sample: one }];
  });
}

function pathOf({ parent, frame }: FrameTree, node: number): string {
  const path: number[] = [];
  for (let at = node; at !== 0; at = parent[at]!) path.push(frame[at]!);
  return path.reverse().join();
}

/** By path its weight, without what is 0. */
function byPath(tree: FrameTree, column: Float64Array): Map<string, number> {
  return new Map([...column.keys()].filter((node) => column[node]! > 0).map((node) => [pathOf(tree, node), column[node]!]));
}

function added(entries: Iterable<readonly [string, number]>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, weight] of entries) sums.set(key, (sums.get(key) ?? 0) + weight);
  return sums;
}

async function shownOf(page: MadePage, filter: PageFilter, sampledFirst = false): Promise<Shown> {
  return (await new PageModel(madePage(page)).show(filter, sampledFirst))!;
}

t.test('every sum is what a slow one says', async (t: Test) => {
  await fc.assert(
    fc.asyncProperty(made, filters, fc.boolean(), async (page, filter, sampledFirst) => {
      const model = new PageModel(madePage(page));
      // Columns that were used before are as good as new ones.
      model.release((await model.show(wholeFilter(0), !sampledFirst))!);
      const shown = (await model.show(filter, sampledFirst))!;
      const slow = slowly(page, filter);
      const paths = slow.map(({ frames, weight }) => ({ frames: sampledFirst ? [...frames].reverse() : frames, weight }));
      assert.deepEqual(byPath(shown.flame, shown.flameSums.self), added(paths.map(({ frames, weight }) => [frames.join(), weight] as const)));
      assert.deepEqual(byPath(shown.flame, shown.flameSums.total), added(paths.flatMap(({ frames, weight }) => Array.from({ length: frames.length + 1 }, (_, end) => [frames.slice(0, end).join(), weight] as const))));
      assert.equal(shown.flameSums.totalSamples[0], slow.length);
      for (let fn = 0; fn < functions.length; fn++) {
        assert.equal(shown.functions.self[fn], slow.reduce((sum, { frames, weight }) => sum + (frames.length > 0 && frames.at(-1)! >> 1 === fn ? weight : 0), 0), `self of ${NAMES[fn]}`);
        assert.equal(shown.functions.total[fn], slow.reduce((sum, { frames, weight }) => sum + (frames.some((frame) => frame >> 1 === fn) ? weight : 0), 0), `total of ${NAMES[fn]}`);
      }
      assert.equal(shown.shares.reduce((sum, { weight }) => sum + weight, 0), slow.reduce((sum, { weight }) => sum + weight, 0));
      const pattern = /run|read/u;
      const isFound = matchingFunctions(madePage(page), pattern);
      assert.equal(searchTree(shown.flame, shown.flameSums.total, isFound, 0).weight, slow.reduce((sum, { frames, weight }) => sum + (frames.some((frame) => pattern.test(NAMES[frame >> 1]!)) ? weight : 0), 0));
    }),
    { numRuns: 200 },
  );
  t.pass('200 recordings');
});

/** Paths of an opened tree of callers or callees with their weights. */
function opened(of: Relative, open: (of: Relative) => Relative[], path = String(of.frame >> 1)): (readonly [string, number])[] {
  return [[path, of.weight], ...open(of).flatMap((next) => opened(next, open, `${path},${next.frame >> 1}`))];
}

t.test('callers and callees count each stack once', async (t: Test) => {
  await fc.assert(
    fc.asyncProperty(made, filters, fc.integer({ min: 0, max: NAMES.length - 1 }), async (page, filter, fn) => {
      const { callers: tree, callerSums: sums } = await shownOf(page, filter);
      const stacks = slowly(page, filter).map(({ frames, weight }) => ({ frames: frames.map((frame) => frame >> 1), weight })).filter(({ frames }) => frames.includes(fn));
      const prefixes = (list: readonly number[]): string[] => list.map((_, index) => list.slice(0, index + 1).join());
      const below = added(stacks.flatMap(({ frames, weight }) => prefixes(frames.slice(frames.indexOf(fn))).map((path) => [path, weight] as const)));
      const above = added(stacks.flatMap(({ frames, weight }) => prefixes(frames.slice(0, frames.lastIndexOf(fn) + 1).reverse()).map((path) => [path, weight] as const)));
      // A function and its inlined self are two rows under one caller: their paths are one here.
      assert.deepEqual(stacks.length === 0 ? new Map() : added(opened(calleesRoot(tree, sums, fn), (row) => calleesOf(tree, sums, row))), below);
      assert.deepEqual(stacks.length === 0 ? new Map() : added(opened(callersRoot(tree, sums, fn), (row) => callersOf(tree, row))), above);
    }),
    { numRuns: 200 },
  );
  t.pass('200 recordings');
});

t.test('timelines, lines and instructions', async (t: Test) => {
  await fc.assert(
    fc.asyncProperty(made, filters, fc.constantFrom('thread' as const, 'cpu' as const), fc.integer({ min: 0, max: NAMES.length - 1 }), async (page, filter, by, fn) => {
      const data = madePage(page);
      const model = new PageModel(data);
      const { lanes, weights, bins, end, most } = model.timeline(filter, by, 10);
      const slow = slowly(page, { ...filter, from: 0, to: Infinity });
      const found = added(slow.map(({ sample, weight }) => {
        const shown = (sample.view ?? []).length > 0 ? sample.view! : sample.stack;
        const kind = shown.length === 0 ? CodeKind.Unknown : functions[places[shown.at(-1)!]!.function]!.kind;
        return [`${by === 'thread' ? sample.thread : sample.cpu} ${Math.min(9, Math.floor((sample.time * 10) / end))} ${kind}`, weight] as const;
      }));
      const seen = new Map<string, number>();
      lanes.forEach(({ members }, lane) => {
        for (let at = 0; at < bins * KINDS_OF_CODE; at++) if (weights[lane * bins * KINDS_OF_CODE + at]! > 0) seen.set(`${members[0]} ${Math.floor(at / KINDS_OF_CODE)} ${at % KINDS_OF_CODE}`, weights[lane * bins * KINDS_OF_CODE + at]!);
      });
      assert.deepEqual(seen, found);
      assert.ok(slow.length === 0 ? most === 0 : most >= Math.max(...found.values()));

      const heat = model.heat(filter, fn);
      const recorded = slowly(page, filter);
      const lineOf = (place: number): string => String(places[place]!.line);
      assert.deepEqual(new Map([...heat.lines].filter(([, { total }]) => total > 0).map(([line, { total }]) => [String(line), total])), added(recorded.flatMap(({ places: list, weight }) => [...new Set(list.filter((place) => places[place]!.function === fn).map(lineOf))].map((line) => [line, weight] as const))));
      assert.deepEqual(new Map([...heat.lines].filter(([, { self }]) => self > 0).map(([line, { self }]) => [String(line), self])), added(recorded.filter(({ places: list }) => list.length > 0 && places[list.at(-1)!]!.function === fn).map(({ places: list, weight }) => [lineOf(list.at(-1)!), weight] as const)));
      const holder = (place: number): number => (places[place] as { outer?: number }).outer ?? place;
      assert.deepEqual(new Map([...heat.addresses].map(([address, { self }]) => [String(address), self])), added(recorded.filter(({ places: list }) => list.length > 0 && places[holder(list.at(-1)!)]!.function === fn).map(({ places: list, weight }) => [String(places[holder(list.at(-1)!)]!.address), weight] as const)));
    }),
    { numRuns: 200 },
  );
  t.pass('200 recordings');
});

t.test('flame layout', async (t: Test) => {
  await fc.assert(
    fc.asyncProperty(made, fc.nat(), async (page, choice) => {
      const { flame, flameSums } = await shownOf(page, wholeFilter(0));
      const weighty = [...flameSums.total.keys()].filter((node) => flameSums.total[node]! > 0);
      const root = weighty.length === 0 ? 0 : weighty[choice % weighty.length]!;
      const layout = flameLayout(flame, flameSums.total, root, 1000, 0);
      assert.equal(layout.node[layout.zoomed], root);
      for (let index = 0; index < layout.length; index++) {
        const [level, x, width] = [layout.level[index]!, layout.x[index]!, layout.width[index]!];
        assert.ok(index >= layout.levelStarts[level]! && index < layout.levelStarts[level + 1]!);
        assert.ok(x >= 0 && x + width <= 1000 + 1e-6);
        if (index > layout.levelStarts[level]!) assert.ok(x >= layout.x[index - 1]! + layout.width[index - 1]! - 1e-6, 'frames of a level lie beside each other');
        assert.equal(frameAt(layout, level, x + width / 2), index);
        if (index <= layout.zoomed) continue;
        const above = frameAt(layout, level - 1, x + width / 2);
        assert.equal(layout.node[above], flame.parent[layout.node[index]!], 'under its caller');
        assert.ok(Math.abs(width - (1000 * flameSums.total[layout.node[index]!]!) / flameSums.total[root]!) < 1e-6);
      }
    }),
    { numRuns: 100 },
  );
  const { flame, flameSums } = await shownOf({ samples: [0, 0, 0, 2, 4].map((place, time) => ({ time, thread: 0, cpu: 0, event: 0, period: 1, stack: [place] })), functions, places }, wholeFilter(0));
  const few = flameLayout(flame, flameSums.total, 0, 10, 3);
  t.equal(few.length, 2, 'what is too narrow is left out');
  t.equal(frameAt(few, 1, 6.5), -1);
  t.equal(frameAt(few, 7, 1), -1);
});

t.test('the table of functions: order and words', async (t: Test) => {
  const page: MadePage = { functions, places, samples: [[0, 2], [0, 2], [0, 8], [4]].map((list, time) => ({ time, thread: 0, cpu: 0, event: 0, period: 1, stack: list })) };
  const data = madePage(page);
  const { functions: sums } = (await new PageModel(data).show(wholeFilter(0), false))!;
  const names = (order: Parameters<typeof functionRows>[2], descending: boolean, text: string): string[] => [...functionRows(data, sums, order, descending, text)].map((fn) => NAMES[fn]!);
  t.same(names('self', true, ''), ['run', 'l_read', 'p_main', 'main']);
  t.same(names('total', true, ''), ['main', 'run', 'l_read', 'p_main']);
  t.same(names('name', false, ''), ['l_read', 'main', 'p_main', 'run']);
  t.same(names('module', false, ''), ['main', 'run', 'p_main', 'l_read']);
  t.same(names('kind', true, ''), ['p_main', 'main', 'run', 'l_read']);
  t.same(names('total', true, 'LIBC'), ['l_read'], 'by module too');
  t.same(names('total', true, 'app.py'), ['p_main'], 'and by file');
});

t.test('what is searched for', (t: Test) => {
  t.equal(patternOf(''), undefined);
  t.ok(patternOf('json.*en')!.test('JSON_Encode'));
  t.notOk(patternOf('JSON')!.test('json'));
  t.ok(patternOf('operator()(')!.test('operator()(int)'), 'what is no expression is text');
  t.equal(patternOf('\\')!.test('a\\b'), true);
  const data = madePage({ samples: [], functions: [{ ...madeFunction('p_x'), name: 'run', file: '/srv/shop.py' }, madeFunction(`${'a'.repeat(5000)}b`)] });
  t.same([...matchingFunctions(data, patternOf('run \\(shop')!)], [1, 0]);
  t.same([...matchingFunctions(data, patternOf('ab$')!)], [0, 0], 'only so much of a name');
  t.end();
});

t.test('names that are missing are counted', (t: Test) => {
  const nameless = { ...madeFunction('[libc.so.6]'), symbol: '' };
  const one = (place: number, time: number): MadeSample => ({ time, thread: 0, cpu: 0, event: 0, period: 1, stack: [place] });
  t.same(unnamedSamples(madePage({ functions: [madeFunction('main'), nameless], samples: [one(0, 0), one(1, 1), one(1, 2)] })), { samples: 3, unnamed: 2, functions: 1 });
  t.end();
});

t.test('many threads share the last strip', (t: Test) => {
  const samples = Array.from({ length: 300 }, (_, thread) => ({ time: thread, thread, cpu: 0, event: 0, period: 300 - thread, stack: [0] }));
  const threads = samples.map((_, index) => ({ pid: index, tid: index, comm: 'x' }));
  const { lanes, isCut } = new PageModel(madePage({ functions, samples, threads })).timeline(wholeFilter(0), 'thread', 4);
  t.equal(isCut, true);
  t.equal(lanes.length, MOST_LANES);
  t.equal(lanes[MOST_LANES - 1]!.samples, 300 - MOST_LANES + 1);
  t.equal(lanes.reduce((sum, { weight }) => sum + weight, 0), (300 * 301) / 2);
  t.end();
});

t.test('a later filter wins', async (t: Test) => {
  const model = new PageModel(largePage(1000));
  const [first, second] = await Promise.all([model.show(wholeFilter(0), true), model.show({ ...wholeFilter(0), kernel: false }, false)]);
  t.equal(first, undefined);
  t.equal(second!.stacks.totalSamples, 1000);
});

t.test('a million samples', async (t: Test) => {
  const data = largePage(1_000_000);
  const model = new PageModel(data);
  const whole = wholeFilter(0);
  await model.show(whole, false);
  let longest = 0;
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage();
    const { flame, flameSums } = (await model.show({ ...whole, from: 1e8 * round, to: 9e9 }, false))!;
    const { user, system } = process.cpuUsage(start);
    longest = Math.max(longest, (user + system) / 1000);
    if (round === 0) t.comment(`${flame.length} nodes, ${data.stacks.length} of places`);
    const again = process.cpuUsage();
    searchTree(flame, flameSums.total, matchingFunctions(data, patternOf('_a.*b')!), 0);
    flameLayout(flame, flameSums.total, flame.children[0]!, 1400, 0.5);
    const search = process.cpuUsage(again);
    t.comment(`sum ${((user + system) / 1000).toFixed(0)} ms, search and layout ${((search.user + search.system) / 1000).toFixed(0)} ms`);
    t.ok((search.user + search.system) / 1000 < 250, 'search and layout: 50 ms, and room for a busy machine');
  }
  t.ok(longest < 1000, 'a new sum');
});
