// Hashes of numbers (mixing.ts): keys that somebody chose to collide under known multipliers, and the ones of real tables, spread.

import t from 'tap';
import { WideAddresses, addressHash, hexOf } from '../../src/bytes/int64.ts';
import { FACTOR_1, FACTOR_2, FACTOR_3, mixed } from '../../src/bytes/mixing.ts';

/** The inverse of the multiplier of xxHash and murmur that tables often take second. */
const COMMON = 0x9e3779b1;
const COMMON_SECOND_INVERSE = 0xa5cb9243;
const KEYS = 20_000;

/** Slots out of KEYS that are taken, by the lowest bits as tables use them. */
function slotsTaken(keyOf: (i: number) => readonly [number, number]): number {
  const size = 32_768;
  const taken = new Set<number>();
  for (let i = 0; i < KEYS; i++) taken.add(mixed(...keyOf(i)) & (size - 1));
  return taken.size;
}

t.test('the multipliers are odd and differ from one another', (t) => {
  for (const factor of [FACTOR_1, FACTOR_2, FACTOR_3]) t.equal(factor & 1, 1);
  t.equal(new Set([FACTOR_1, FACTOR_2, FACTOR_3]).size, 3);
  t.end();
});

t.test('keys take about as many slots as random ones do', (t) => {
  // 20 000 random keys in 32 768 slots take 15 000.
  const kinds: Readonly<Record<string, (i: number) => readonly [number, number]>> = {
    'ascending, alone': (i) => [i, 0],
    'ascending, second': (i) => [7, i],
    pairs: (i) => [i >>> 7, i & 127],
    pages: (i) => [i << 12, 0x7f00],
    'chosen to collide': (i) => [i, Math.imul(Math.imul(i, COMMON), COMMON_SECOND_INVERSE)],
  };
  for (const [name, keyOf] of Object.entries(kinds)) t.ok(slotsTaken(keyOf) > 9_000, `${name}: ${slotsTaken(keyOf)} slots`);
  t.equal(Math.imul(0x85ebca6b, COMMON_SECOND_INVERSE), 1, 'the inverse is one');
  t.end();
});

t.test('addresses too, those that no double holds among them', (t) => {
  const wide = new WideAddresses();
  const kinds: Readonly<Record<string, (i: number) => number>> = {
    user: (i) => 0x7f00_0000_0000 + i * 16, kernel: (i) => -0x7f00_0000 + i * 16, garbage: (i) => wide.ofHalves(0x1234_5678 + i, Math.imul(i, 0x1001)),
  };
  for (const [name, addressOf] of Object.entries(kinds)) {
    const taken = new Set(Array.from({ length: KEYS }, (_, i) => addressHash(addressOf(i)) & 32_767));
    t.ok(taken.size > 9_000, `${name}: ${taken.size} slots`);
  }
  t.end();
});

t.test('addresses in hexadecimal', (t) => {
  for (const around of [0, 2 ** 24, 2 ** 28, 2 ** 31, 2 ** 32, 2 ** 48, 2 ** 53 - 2, -(2 ** 31), -(2 ** 32), -(2 ** 48), -(2 ** 53) + 2]) {
    for (const address of [around - 1, around, around + 1]) if (hexOf(address) !== BigInt.asUintN(64, BigInt(address)).toString(16)) t.fail(`${address}: ${hexOf(address)}`);
  }
  for (let address = 1; address < 2 ** 53; address = address * 3 + 7) if (hexOf(address) !== address.toString(16)) t.fail(`${address}`);
  t.end();
});
