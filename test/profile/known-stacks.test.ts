// Whole stacks of a thread, and which of them a cut one goes on with: only where there is no doubt.

import fc from 'fast-check';
import t from 'tap';
import { MAX_KNOWN_STACK_NODES } from '../../src/bytes/limits.ts';
import { DOUBTFUL_JOIN, KnownStacks, NO_JOIN } from '../../src/profile/known-stacks.ts';

/** Frames as [address, its stack pointer], innermost first. */
type Frames = readonly (readonly [number, number])[];

function columns(frames: Frames): [Float64Array, Float64Array, number] {
  // A frame's stack pointer is said by the frame that it called.
  return [Float64Array.from(frames, ([address]) => address), Float64Array.from([...frames.slice(1).map(([, sp]) => sp), NaN]), frames.length];
}

/** The addresses beyond a cut stack, innermost first. */
function beyond(known: KnownStacks, node: number): number[] {
  const list: number[] = [];
  for (let outer = known.parent[node]!; outer >= 0; outer = known.parent[outer]!) list.push(known.address[outer]!);
  return list;
}

t.test('one way, several ways, none', async (t) => {
  const known = new KnownStacks();
  const thread = known.threadNumber(1, 1);
  known.learn(thread, ...columns([[9, 10], [3, 20], [2, 30], [1, 40]]));
  const cut: Frames = [[8, 5], [7, 15], [3, 20]];
  t.same(beyond(known, known.find(thread, ...columns(cut))), [2, 1]);
  t.equal(known.find(thread, ...columns([[8, 5], [7, 15], [3, 21]])), NO_JOIN, 'elsewhere on the stack');
  t.equal(known.find(known.threadNumber(1, 2), ...columns(cut)), NO_JOIN, 'another thread');
  t.equal(known.find(known.threadNumber(2, 1), ...columns(cut)), NO_JOIN);
  t.equal(known.find(thread, ...columns([[3, 20]])), NO_JOIN, 'nothing but the sampled frame');
  known.learn(thread, ...columns([[6, 10], [3, 20], [2, 30], [1, 40]]));
  t.same(beyond(known, known.find(thread, ...columns(cut))), [2, 1], 'the same way again');
  known.learn(thread, ...columns([[9, 10], [3, 20], [5, 30], [1, 40]]));
  t.equal(known.find(thread, ...columns(cut)), DOUBTFUL_JOIN, 'another way to the same frame');
  t.same(beyond(known, known.find(thread, ...columns([[8, 5], [7, 15], [5, 30]]))), [1]);
});

t.test('what was joined is learnt, and others can be joined onto it', async (t) => {
  const known = new KnownStacks();
  const first = columns([[9, 10], [3, 20], [2, 30], [1, 40]]);
  known.learn(0, ...first);
  const second = columns([[9, -20], [5, -10], [4, 0], [3, 20]]);
  known.learn(0, ...second, known.find(0, ...second));
  t.same(beyond(known, known.find(0, ...columns([[6, -40], [5, -10]]))), [4, 3, 2, 1]);
});

t.test('bounded, also for nonsense', async (t) => {
  const frame = fc.tuple(fc.constantFrom(1, 2, 3, 2 ** 64, -5, NaN), fc.constantFrom(8, 16, 24, NaN, 2 ** 52));
  fc.assert(
    fc.property(fc.array(fc.array(frame, { maxLength: 12 }), { maxLength: 40 }), (stacks) => {
      const known = new KnownStacks();
      for (const stack of stacks) {
        const node = known.find(0, ...columns(stack));
        if (node >= 0) known.learn(0, ...columns(stack), node);
        else known.learn(0, ...columns(stack));
        for (let i = 0; i < known.length; i++) if (known.parent[i]! >= i) throw new Error('a child before its parent');
      }
    }),
    { numRuns: 300 },
  );
  const known = new KnownStacks();
  const most = 8_000;
  for (let round = 0; round * most < MAX_KNOWN_STACK_NODES + 3 * most; round++) {
    known.learn(0, ...columns(Array.from({ length: most }, (_, i) => [round * most + i, i * 8] as const)));
  }
  t.equal(known.length, MAX_KNOWN_STACK_NODES);
});
