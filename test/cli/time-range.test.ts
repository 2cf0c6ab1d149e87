// The values of --time, and which samples they mean: what perf 7.2 takes and refuses was seen by running it.

import t from 'tap';
import { parseTimeRange } from '../../src/cli/time-range.ts';
import { TimeBase } from '../../src/perfdata/time-base.ts';
import { spansOfShares, TimeSpans } from '../../src/profile/time-spans.ts';

const clock = (...spans: [bigint | undefined, bigint | undefined][]): object => ({ kind: 'clock', spans: spans.map(([from, to]) => ({ from, to })) });

t.test('times of the clock', async (t) => {
  const read = (text: string): object => parseTimeRange('--time', text);
  t.same(read('12.5,13'), clock([12_500_000_000n, 13_000_000_000n]));
  t.same(read('12.000000001,'), clock([12_000_000_001n, undefined]));
  t.same(read(',7'), clock([undefined, 7_000_000_000n]));
  t.same(read(','), clock([undefined, undefined]));
  t.same(read(' 1 , 2 '), clock([1_000_000_000n, 2_000_000_000n]));
  t.same(read('1,2 3,4'), clock([1_000_000_000n, 2_000_000_000n], [3_000_000_000n, 4_000_000_000n]));
});

t.test('shares', async (t) => {
  const read = (text: string): [number, number][] => {
    const choice = parseTimeRange('--time', text);
    return choice.kind === 'share' ? choice.shares.map(({ from, to }) => [Math.round(from * 1000), Math.round(to * 1000)]) : [];
  };
  t.same(read('10%'), [[0, 100]]);
  t.same(read('10%/2'), [[100, 200]]);
  t.same(read('10%/3,10%/2'), [[200, 300], [100, 200]], 'in any order');
  t.same(read('0%-10%,30%-40%'), [[0, 100], [300, 400]]);
  t.same(read('33.3%/3'), [[666, 999]]);
  t.same(read('100%/1'), [[0, 1000]]);
});

t.test('what perf refuses', async (t) => {
  for (const text of ['', 'a', '5', '5,6,7', '9,8', '1,2,3,4', '3,4 1,2', '1,3 2,4', '-1,5', '1e3,', '1.1234567890,', '0%', '101%', '50%-20%', '10%/0', '10%/11', '50%/3', '10%/2 10%/3']) {
    t.throws(() => parseTimeRange('--time', text), { code: 'PERFTS_USAGE', message: /^--time '/ }, text);
  }
});

t.test('which times lie in them', async (t) => {
  const base = new TimeBase();
  base.of(5n << 32n);
  const at = (offset: number): bigint => (5n << 32n) + BigInt(offset);
  const two = new TimeSpans([{ from: at(10), to: at(20) }, { from: at(30), to: at(40) }], base);
  t.same([9, 10, 19, 20, 29, 30, 40, 41].map((time) => two.includes(time)), [false, true, true, true, false, true, true, false]);
  t.same([15, 25, 40, 41].map((time) => two.isPast(time)), [false, false, false, true]);
  t.ok(new TimeSpans([{ from: undefined, to: 13n }], new TimeBase()).includes(13));
  t.ok(new TimeSpans([{ from: undefined, to: at(3) }], base).includes(-1e15));
  t.same(spansOfShares([{ from: 0, to: 0.2 }, { from: 0.25, to: 1 }], { first: 1000n, last: 1010n }), [{ from: 1000n, to: 1001n }, { from: 1003n, to: 1010n }]);
});
