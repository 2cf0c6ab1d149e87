// Recordings compared: limits as published, chance told from change, functions that are the same though their modules are not, perf's
// columns, and what CI sees of it.

import fc from 'fast-check';
import t from 'tap';
import { Module, type ModuleKind } from '../../src/process/module.ts';
import { compareRecordings, type Compared, type ComparisonOptions } from '../../src/profile/comparison.ts';
import { FrameTable } from '../../src/profile/frame-table.ts';
import { countLimits, deviationsFor, differenceLimits, shareLimits, type Limits } from '../../src/profile/uncertainty.ts';
import { weightedStacks } from '../../src/profile/weighted-stacks.ts';
import { diffJson, diffLines, type DiffViewOptions } from '../../src/views/diff.ts';
import { dataPath, DEMO, perfts } from '../end-to-end/command.ts';
import { madeProfile, NamedSymbols, type MadeSample } from './made-profile.ts';

const ARCHIVE = dataPath('demo', 'demo.perfts');
const SHARES: ComparisonOptions = { keys: ['dso', 'symbol'], by: 'share', children: false, confidence: 0.95 };
const VIEW: DiffViewOptions = {
  names: ['a.data', 'b.data'], event: 'cpu-clock', by: 'share', unit: 'nanoseconds', method: 'delta-abs', keys: ['dso', 'symbol'], all: false, confidence: 0.95, order: 1, quiet: false,
};

/** A recording of functions by name, each sampled so often, in one module; `main` calls them all. */
function recorded(samples: Readonly<Record<string, number>>, kind: ModuleKind = 'file', file = 'app', period = 1): Compared {
  const names = ['main', ...Object.keys(samples)];
  const frames = new FrameTable([new Module(0, kind, `/srv/${file}`, file, '')], [new NamedSymbols(names)]);
  const numbers = names.map((_, symbol) => frames.function(0, symbol, 0x1000 + symbol * 16));
  const made = Object.values(samples).flatMap((count, i): MadeSample[] => Array.from({ length: count }, () => ({ stack: [numbers[0]!, numbers[i + 1]!], period })));
  return { stacks: weightedStacks(madeProfile(frames, made)), event: 0 };
}

const near = ({ low, high }: Limits, wanted: readonly [number, number], within = 5e-5): boolean => Math.abs(low - wanted[0]) < within && Math.abs(high - wanted[1]) < within;

t.test('limits as published', async (t) => {
  const z = deviationsFor(0.95, 1);
  t.ok(Math.abs(z - 1.959964) < 4.5e-4, `${z}`);
  t.ok(Math.abs(deviationsFor(0.95, 50) - 3.290527) < 4.5e-4);
  // Newcombe 1998, table II, method 10.
  const difference = (a: number, m: number, b: number, n: number): Limits => differenceLimits(b / n, shareLimits(b / n, n, 1.959964), a / m, shareLimits(a / m, m, 1.959964));
  t.ok(near(difference(56, 70, 48, 80), [0.0524, 0.3339]));
  t.ok(near(difference(9, 10, 3, 10), [0.1705, 0.809]));
  t.ok(near(difference(10, 10, 0, 10), [0.6075, 1]));
  t.ok(near(difference(5, 56, 0, 29), [-0.0381, 0.1926]));
  // Exact limits of a Poisson count of 10 are 4.80 to 18.39, of none 0 to 3.69; Byar's come close.
  t.ok(near(countLimits(10, 1.959964), [4.795, 18.39], 0.02));
  t.ok(near(countLimits(0, 1.959964), [0, 3.69], 0.05));
});

t.test('limits hold what they are limits of', async () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), fc.nat(1000), fc.double({ min: 0.5, max: 5, noNaN: true }), (part, more, other, z) => {
      const all = part + more;
      const share = shareLimits(part / all, all, z);
      if (!(share.low <= part / all + 1e-12 && share.high >= part / all - 1e-12 && share.low >= 0 && share.high <= 1)) return false;
      const [a, b] = [countLimits(part, z), countLimits(other, z)];
      if (!(a.low <= part && a.high >= part)) return false;
      const { low, high } = differenceLimits(part, a, other, b);
      return low <= other - part && high >= other - part;
    }),
  );
});

t.test('two recordings of the same program differ by nothing, in nineteen of twenty pairs', async (t) => {
  // What is drawn is fixed, so that the test cannot fail by chance.
  let state = 12345;
  const random = (): number => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) / 0x7fffffff;
  const shares = [0.5, 0.2, 0.1, 0.1, 0.05, 0.03, 0.01, 0.01];
  const draw = (): Record<string, number> => {
    const counts = Object.fromEntries(shares.map((_, i) => [`f${i}`, 0]));
    for (let sample = 0; sample < 400; sample++) {
      let rest = random();
      counts[`f${Math.max(0, shares.findIndex((share) => (rest -= share) < 0))}`]!++;
    }
    return counts;
  };
  for (const by of ['share', 'samples'] as const) {
    let wrong = 0;
    for (let pair = 0; pair < 200; pair++) {
      const { rows } = compareRecordings([recorded(draw()), recorded(draw())], { ...SHARES, by });
      if (rows.some(({ changes }) => changes[0]!.isCertain)) wrong++;
    }
    t.ok(wrong <= 16, `${by}: ${wrong} of 200`);
  }
});

t.test('changes', async (t) => {
  const before = recorded({ parse: 700, render: 290, rare: 10 });
  const after = recorded({ parse: 700, render: 800, rare: 12, fresh: 40 });
  const { rows, totals } = compareRecordings([before, after], SHARES);
  t.same(totals, [{ samples: 1000, period: 1000 }, { samples: 1552, period: 1552 }]);
  const row = (name: string): (typeof rows)[number] => rows.find(({ symbol }) => symbol === name)!;
  t.equal(row('render').changes[0]!.delta.toFixed(6), (800 / 1552 - 0.29).toFixed(6));
  t.same(['parse', 'render', 'rare', 'fresh'].map((name) => row(name).changes[0]!.isCertain), [true, true, false, true]);
  t.ok(Number.isNaN(row('fresh').changes[0]!.ratio));
  t.equal(compareRecordings([before, after], { ...SHARES, by: 'samples' }).rows.find(({ symbol }) => symbol === 'parse')!.changes[0]!.isCertain, false, 'the same work');
  const withCallees = compareRecordings([before, after], { ...SHARES, children: true });
  t.same(withCallees.rows.find(({ symbol }) => symbol === 'main')!.sides.map(({ share }) => share), [1, 1]);
  const time = compareRecordings([before, recorded({ parse: 700, render: 290, rare: 10 }, 'file', 'app', 3)], { ...SHARES, by: 'period' });
  t.equal(time.rows.find(({ symbol }) => symbol === 'parse')!.changes[0]!.ratio, 3);
  // A function that was not there before may have been there, and not been hit.
  const fresh = compareRecordings([recorded({ parse: 100 }, 'file', 'app', 1000), recorded({ parse: 100, fresh: 1 }, 'file', 'app', 1000)], { ...SHARES, by: 'period' });
  t.equal(fresh.rows.find(({ symbol }) => symbol === 'fresh')!.changes[0]!.isCertain, false, 'one sample is chance');
});

t.test('code of a JIT is the same whatever process wrote it', async (t) => {
  const { rows } = compareRecordings([recorded({ f: 3 }, 'jitdump', 'jit-1.dump'), recorded({ f: 5 }, 'jitdump', 'jit-77.dump')], SHARES);
  t.same(rows.map(({ dso, symbol, sides }) => [dso, symbol, sides.map(({ samples }) => samples)]), [['[jit]', 'f', [3, 5]]]);
});

t.test('the text', async (t) => {
  const sides = [recorded({ parse: 700, 'ren\u001b[2Jder': 300 }), recorded({ parse: 300, 'ren\u001b[2Jder': 690, rare: 10 }), recorded({ parse: 700, 'ren\u001b[2Jder': 300 })];
  const pair = compareRecordings(sides.slice(0, 2), SHARES);
  t.same([...diffLines(pair, VIEW)].join(''), `# Event 'cpu-clock'
#
# Data files:
#  [0] a.data (Baseline): 1 000 samples, 0.0 ms
#  [1] b.data: 1 000 samples, 0.0 ms
#
# Baseline  Delta Abs            Interval  Shared Object  Symbol
# ........  .........  ..................  .............  ..............
#
    70.00%    -40.00%  -44.73% … -34.94%   app            [.] parse
    30.00%    +39.00%  +33.92% … +43.76%   app            [.] ren?[2Jder
               +1.00%    +0.23% … +2.08%   app            [.] rare
#
# The intervals hold all together with 95 % confidence, as far as chance lies in when samples were taken: two runs differ by more than that.
`);
  t.same([...diffLines(compareRecordings([sides[0]!, sides[2]!], SHARES), { ...VIEW, quiet: true })], []);
  const three = [...diffLines(compareRecordings(sides, SHARES), { ...VIEW, names: ['a', 'b', 'c'], method: 'ratio', order: 2, all: true })].join('');
  t.match(three, /Baseline\/0 +Ratio\/1 +Interval\/1 +Ratio\/2 +Interval\/2/);
  t.match(three, /70\.00% +0\.428571 .* 1\.000000 .*~ +app/);
  const json = diffJson(pair, VIEW) as { readonly rows: readonly { readonly symbol: string; readonly changes: readonly { readonly certain: boolean; readonly ratio: number | null }[] }[] };
  t.same(json.rows.map(({ symbol, changes }) => [symbol, changes[0]!.certain, changes[0]!.ratio?.toFixed(4)]), [['parse', true, '0.4286'], ['ren\u001b[2Jder', true, '2.3000'], ['rare', true, undefined]]);
});

t.test('the command', async (t) => {
  const same = await perfts('diff', DEMO, DEMO);
  t.equal(same.status, 0);
  t.match(same.out, /Nothing has changed for certain: [\d ]+ rows/);
  t.match((await perfts('diff', '--python', '--children', '--all', ARCHIVE, ARCHIVE)).out, /95\.32% +\+0\.00% .*<module> \(shop\.py\)/);
  t.equal((await perfts('diff', '--fail-on', '0%', DEMO, DEMO)).status, 0);
  for (const [words, line] of [
    [['--sort', 'cpu'], /'cpu' is none of comm, dso, symbol, sym, pid, tid, srcline, srcfile/],
    [['-c', 'cycles'], /cycles of basic blocks/],
    [['-c', 'wdiff'], /wdiff:A,B/],
    [['-c', 'wdiff:0,1'], /wdiff:A,B/],
    [['-t', '.'], /stands in numbers/],
    [['--stream'], /flamegraph BEFORE AFTER/],
    [['--fail-on', 'much'], /--fail-on takes percent/],
    [['--order', '2'], /only 1 recording is held against the baseline/],
    [['--confidence', '100'], /percent between 0 and 100/],
    [['--event', 'cycles'], /not every recording has samples of 'cycles'/],
  ] as const) {
    const { status, out, err } = await perfts('diff', ...words, DEMO, DEMO);
    t.same([status, out], [2, ''], words.join(' '));
    t.match(err, line);
  }
});
