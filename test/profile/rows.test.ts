// The parts that order rows: perf's tree, addresses as 64-bit differences, triples as numbers.

import fc from 'fast-check';
import t from 'tap';
import { WideAddresses } from '../../src/bytes/int64.ts';
import { compareByDifference, compareUnsigned } from '../../src/profile/address-order.ts';
import { redBlackOrder } from '../../src/profile/red-black-order.ts';
import { TripleTable } from '../../src/profile/triple-table.ts';

t.test('the tree sorts stably where the comparison is an order', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), (values) => {
      const expected = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
      t.same([...redBlackOrder(values.length, (a, b) => values[a]! < values[b]!)], expected);
    }),
    { numRuns: 100 },
  );
});

t.test('the tree stays balanced, and holds every entry once whatever the comparison says', async (t) => {
  let compared = 0;
  const count = 4096;
  redBlackOrder(count, (a, b) => (compared++, a < b));
  t.ok(compared < count * 2 * 12, `${compared} comparisons`);
  const scissors = [...redBlackOrder(300, (a, b) => (a - b + 3) % 3 === 1)];
  t.same(scissors.toSorted((a, b) => a - b), Array.from({ length: 300 }, (_, index) => index));
});

t.test('addresses compare as 64-bit numbers do', async (t) => {
  const address = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 2n ** 48n }), fc.bigInt({ min: 2n ** 64n - 2n ** 48n, max: 2n ** 64n - 1n }));
  fc.assert(
    fc.property(address, address, (a, b) => {
      const wide = new WideAddresses();
      const [left, right] = [wide.of(a), wide.of(b)];
      const difference = BigInt.asIntN(64, a - b);
      t.equal(Math.sign(compareByDifference(wide, left, right)), difference < 0n ? -1 : difference > 0n ? 1 : 0);
      t.equal(Math.sign(compareUnsigned(wide, left, right)), a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 300 },
  );
});

t.test('triples keep their numbers', async (t) => {
  const known = new Map<string, number>();
  const table = new TripleTable();
  const part = fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0), fc.constant(2 ** 64), fc.constant(2 ** 65));
  fc.assert(
    fc.property(fc.integer({ min: -1, max: 9 }), part, part, (a, b, c) => {
      const [start, end] = [b === 0 ? 0 : b, c === 0 ? 0 : c];
      const key = `${a} ${start} ${end}`;
      const number = table.find(a, start, end, known.size);
      t.equal(number, known.get(key) ?? known.size);
      known.set(key, number);
    }),
    { numRuns: 2000 },
  );
});
