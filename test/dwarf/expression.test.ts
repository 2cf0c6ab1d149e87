// DWARF expressions (expression.ts): by example, and random ones against the same machine in 64-bit integers.

import fc from 'fast-check';
import t from 'tap';
import { DwarfCursor } from '../../src/dwarf/cursor.ts';
import { Expression, type ExpressionContext } from '../../src/dwarf/expression.ts';
import { ByteWriter } from './byte-writer.ts';

const context: ExpressionContext = {
  registers: Float64Array.from({ length: 64 }, (_, i) => (i === 9 ? NaN : 0x1000 * i)),
  bias: 0x10_0000,
  readMemory: (address, size) => (address >= 0x5000 && address < 0x6000 ? address * 2 + size : NaN),
};

function run(bytes: readonly number[], initial?: number, littleEndian = true): number {
  const padded = Uint8Array.from([0xee, ...bytes, 0xee]);
  return new Expression(new DwarfCursor(padded, littleEndian), 1, bytes.length, 8).evaluate(context, initial);
}

/** undefined for none: a test cannot compare NaN. */
function value(bytes: readonly number[], initial?: number, littleEndian = true): number | undefined {
  const result = run(bytes, initial, littleEndian);
  return Number.isNaN(result) ? undefined : result;
}

t.test('by example', (t) => {
  t.equal(value([0x77, 0x08]), 0x7008, 'breg7 8');
  t.equal(value([0x77, 0x58, 0x06]), undefined, 'breg7 -40; deref: nothing there');
  t.equal(value([0x75, 0x08, 0x06]), 0x5008 * 2 + 8, 'breg5 8; deref');
  t.equal(value([0x75, 0x08, 0x94, 0x04]), 0x5008 * 2 + 4, 'deref_size 4');
  t.equal(value([0x79, 0x00]), undefined, 'an unknown register');
  t.equal(value([0x92, 0x2e, 0x01]), 46 * 0x1000 + 1, 'bregx 46 1: VG of SVE');
  t.equal(value([0x92, 0xff, 0x01, 0x00]), undefined, 'bregx 255');
  t.equal(value([0x23, 0x10], 5), 21, 'plus_uconst on the CFA');
  t.equal(value([0x23, 0x10]), undefined, 'without one');
  t.equal(value([0x03, 1, 2, 3, 0, 0, 0, 0, 0]), 0x30201 + 0x10_0000, 'addr takes the bias');
  t.equal(value([0x03, 0, 0, 0, 0, 0, 3, 2, 1], undefined, false), 0x30201 + 0x10_0000);
  t.equal(value([0x0c, 0xff, 0xff, 0xff, 0xff]), 0xffff_ffff);
  t.equal(value([0x0d, 0xff, 0xff, 0xff, 0xff]), -1);
  t.equal(value([0x0e, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]), -1, 'const8u: 64 bits are what they are');
  t.equal(value([0x31, 0x32, 0x33, 0x17, 0x1c]), 3 - 3 + 1 - 2 + 0, 'rot: 3 1 2, minus');
  t.equal(value([0x35, 0x31, 0x15, 0x01, 0x22]), 6, 'pick');
  t.equal(value([0x35, 0x31, 0x14, 0x1c, 0x22]), 1, 'over');
  t.equal(value([0x30, 0x28, 0x01, 0x00, 0x37, 0x38]), 8, 'bra not taken');
  t.equal(value([0x35, 0x31, 0x28, 0x01, 0x00, 0x37]), 5, 'bra taken, to the end');
  t.equal(value([0x35, 0x2f, 0x01, 0x00, 0x37, 0x22], 1), 6, 'skip');
  t.equal(value([0xf1, 0x1b, 0xfe, 0xff, 0xff, 0xff]), 0x10_0000 + 3 - 2, 'GNU_encoded_addr, counted from itself');
  t.equal(value([0xf1, 0x9b, 0, 0, 0, 0]), undefined, 'where an address is');
  t.equal(value([0x35, 0x9f, 0x96]), 5);
  t.equal(value([]), undefined);
  t.equal(value([], 7), 7);
  t.end();
});

t.test('32-bit programs', (t) => {
  const short = (bytes: readonly number[]): number => new Expression(new DwarfCursor(Uint8Array.from(bytes), true), 0, bytes.length, 4).evaluate(context);
  t.equal(short([0x75, 0x08, 0x06]), 0x5008 * 2 + 4, 'deref reads four bytes');
  t.equal(short([0x0c, 0xf0, 0x4f, 0, 0, 0x23, 0xa0, 0x80, 0x80, 0x80, 0x10]), 0x5010, 'values wrap around');
  t.equal(short([0x30, 0x34, 0x1c]), 0xffff_fffc);
  t.equal(short([0x0c, 0xf0, 0x4f, 0, 0, 0x23, 0xa0, 0x80, 0x80, 0x80, 0x10, 0x06]), 0x5010 * 2 + 4, 'addresses too');
  t.equal(short([0x03, 1, 0, 0, 0]), 0x10_0001);
  t.equal(Number.isNaN(short([0x75, 0x08, 0x94, 0x08])), true, 'eight bytes are no address');
  t.end();
});

t.test('what makes no sense, what does not end', (t) => {
  t.equal(value([0x2f, 0xfd, 0xff]), undefined, 'a loop');
  t.equal(value([0x35, 0x2f, 0x00, 0x01]), undefined, 'a jump out of it');
  t.equal(value([0x35, 0x2f, 0x00, 0x80]), undefined);
  t.equal(value([0x12, 0x2f, 0xfc, 0xff], 1), undefined, 'an ever higher stack');
  t.equal(value([0x35, 0x30, 0x1b]), undefined, 'division by zero');
  t.equal(value([0x35, 0x30, 0x1d]), undefined);
  t.equal(value([0x50]), undefined, 'a register as a location');
  t.equal(value([0x35, 0x94, 0x09]), undefined);
  t.equal(value([0x0e, 1]), undefined, 'cut');
  for (const op of [0x06, 0x12, 0x13, 0x14, 0x16, 0x17, 0x19, 0x22, 0x28, 0x94]) t.equal(value([op, 0, 0]), undefined, `${op} without operands`);
  t.end();
});

type Step = readonly [op: number, operand: number];
const MAXIMUM = 2n ** 53n - 1n;

/** The same in integers; undefined for what doubles cannot follow, and for all that depends on it. */
function slowly(steps: readonly Step[]): bigint | undefined {
  const stack: (bigint | undefined)[] = [];
  const push = (result: bigint | undefined): void => {
    const isExact = result !== undefined && result <= MAXIMUM && result >= -MAXIMUM;
    stack.push(isExact ? result : undefined);
  };
  for (const [op, operand] of steps) {
    if (op === 0x11) {
      push(BigInt(operand));
      continue;
    }
    if (op === 0x19 || op === 0x1f || op === 0x20) {
      if (stack.length < 1) return undefined;
      const top = stack.pop();
      push(top === undefined ? undefined : op === 0x19 ? (top < 0n ? -top : top) : op === 0x1f ? -top : ~top);
      continue;
    }
    if (stack.length < 2) return undefined;
    const b = stack.pop();
    const a = stack.pop();
    if (a === undefined || b === undefined) {
      stack.push(undefined);
      continue;
    }
    const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
    const results: Record<number, () => bigint | undefined> = {
      0x1a: () => a & b,
      0x1b: () => (b === 0n ? undefined : a / b),
      0x1c: () => a - b,
      0x1d: () => (b === 0n ? undefined : unsigned(a) % unsigned(b)),
      0x1e: () => a * b,
      0x21: () => a | b,
      0x22: () => a + b,
      0x24: () => (unsigned(b) > 63n ? 0n : a << b),
      0x25: () => (unsigned(b) > 63n ? 0n : unsigned(a) >> b),
      0x26: () => a >> (unsigned(b) > 63n ? 63n : b),
      0x27: () => a ^ b,
      0x29: () => BigInt(a === b),
      0x2a: () => BigInt(a >= b),
      0x2b: () => BigInt(a > b),
      0x2c: () => BigInt(a <= b),
      0x2d: () => BigInt(a < b),
      0x2e: () => BigInt(a !== b),
    };
    const result = results[op]!();
    push(result === undefined ? undefined : BigInt.asIntN(64, result));
  }
  return stack.at(-1);
}

t.test('arithmetic as in 64-bit integers, or no value', (t) => {
  const operand = fc.oneof(fc.integer({ min: -5, max: 70 }), fc.integer(), fc.integer({ min: -(2 ** 47), max: 2 ** 47 }));
  const op = fc.constantFrom(0x19, 0x1f, 0x20, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x21, 0x22, 0x24, 0x25, 0x26, 0x27, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e);
  const step = fc.oneof({ weight: 3, arbitrary: fc.tuple(fc.constant(0x11), operand) }, { weight: 2, arbitrary: fc.tuple(op, fc.constant(0)) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const out = new ByteWriter(true);
      for (const [code, value] of steps) {
        out.number(code, 1);
        if (code === 0x11) out.sleb(value);
      }
      const expected = slowly(steps);
      const result = run(out.bytes);
      return expected === undefined ? Number.isNaN(result) : result === Number(expected) || (result === 0 && expected === 0n);
    }),
    { numRuns: 3000 },
  );
  t.end();
});

t.test('random bytes give a number or none, and end', (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 }), fc.boolean(), (bytes, littleEndian) => {
      const result = run(bytes, 0x7000, littleEndian);
      return Number.isNaN(result) || Number.isSafeInteger(result);
    }),
    { numRuns: 3000 },
  );
  t.end();
});
