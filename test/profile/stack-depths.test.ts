// How large a dump would have been enough: whole stacks, cut ones of known and of unknown depth, hostile numbers.

import fc from 'fast-check';
import t from 'tap';
import { LARGEST_DUMP, StackDepths } from '../../src/profile/stack-depths.ts';

const TOP = 0x7ffd_0000_0000;

t.test('whole stacks say what they took', async (t) => {
  const depths = new StackDepths();
  for (let i = 0; i < 1000; i++) depths.whole(0, TOP - 4096 - (i % 10), TOP);
  const { enoughFor99, known, unknown, deeper } = depths.advice();
  t.ok(enoughFor99! >= 4096 + 10 && enoughFor99! < 4096 + 200, String(enoughFor99));
  t.equal(enoughFor99! % 8, 0, 'perf takes no other');
  t.same([known, unknown, deeper], [1000, 0, 0]);
});

t.test('a cut stack ends where others of its thread do', async (t) => {
  const depths = new StackDepths();
  for (let i = 0; i < 90; i++) depths.whole(3, TOP - 1000, TOP);
  for (let i = 0; i < 10; i++) depths.cut(3, TOP - 30_000);
  t.ok(Math.abs(depths.advice().enoughFor99! - 30_000) < 200);
  for (let i = 0; i < 10; i++) depths.cut(9, TOP - 40_000);
  t.same([depths.advice().enoughFor99, depths.advice().unknown], [undefined, 10], 'of another thread nothing is known');
  depths.short(9, TOP - 2000, 2000);
  t.ok(Math.abs(depths.advice().enoughFor99! - 40_000) < 200, 'until a dump ended with its stack');
  for (let i = 0; i < 10; i++) depths.cut(3, TOP - 200_000);
  t.same([depths.advice().enoughFor99, depths.advice().deeper], [undefined, 10], 'no dump holds these');
});

t.test('numbers that are no addresses', async () => {
  const number = fc.oneof(fc.double(), fc.integer(), fc.constant(NaN), fc.constant(-Infinity));
  const call = fc.tuple(fc.constantFrom('whole', 'cut', 'short'), fc.nat({ max: 40 }), number, number);
  fc.assert(
    fc.property(fc.array(call), (calls) => {
      const depths = new StackDepths();
      for (const [kind, thread, a, b] of calls) {
        if (kind === 'whole') depths.whole(thread, a, b);
        else if (kind === 'cut') depths.cut(thread, a);
        else depths.short(thread, a, b);
      }
      const { enoughFor99, known, unknown, deeper } = depths.advice();
      return (enoughFor99 === undefined || (enoughFor99 > 0 && enoughFor99 <= LARGEST_DUMP)) && known >= deeper && unknown >= 0;
    }),
  );
});
