// Random programs whose true stack is known, since the test makes their calls itself; and random nonsense, which must end.

import fc from 'fast-check';
import t from 'tap';
import type { Instruction } from '../dwarf/cfi-writer.ts';
import { cfi, type MachineName, Walker, World } from './world.ts';

const TOP = 0x7ffe_0001_0000;
const START = 0x42_0000;

interface Frame {
  /** Pushed after the return address, in this order; what they held is lost inside the function. */
  readonly saved: readonly ('rbx' | 'rbp' | 'r12')[];
  readonly locals: number;
  /** The CFA's register: sp, or one of the saved, which then points to its own slot. */
  readonly base: 'rsp' | 'rbx' | 'rbp' | 'r12';
  readonly isExpression: boolean;
}
const NUMBERS = { rsp: 7, rbp: 6, rbx: 3, r12: 12 } as const;

/** How a compiler describes it behind its prologue. */
function describe(frame: Frame): Instruction[] {
  const size = 8 + frame.saved.length * 8 + frame.locals * 8;
  const rules = frame.saved.map((name, i): Instruction => ({ op: 'rule', register: NUMBERS[name], rule: ['c', -16 - 8 * i], long: false }));
  const slot = frame.base === 'rsp' ? -1 : frame.saved.indexOf(frame.base);
  const offset = slot < 0 ? size : 16 + 8 * slot;
  const register = slot < 0 ? 7 : NUMBERS[frame.base];
  // DW_CFA_def_cfa_expression bregN offset
  if (frame.isExpression) return [{ op: 'raw', bytes: [0x0f, 3, 0x70 + register, (offset & 0x7f) | 0x80, offset >> 7] }, ...rules];
  return [{ op: 'cfa', register, offset }, ...rules];
}

t.test('random programs: every frame, and only those', (t) => {
  const frame: fc.Arbitrary<Frame> = fc.record({
    saved: fc.subarray(['rbx', 'rbp', 'r12'] as const, { minLength: 0 }),
    locals: fc.nat(20),
    base: fc.constantFrom('rsp', 'rsp', 'rbx', 'rbp', 'r12'),
    isExpression: fc.boolean(),
  });
  const walker = new Walker();
  fc.assert(
    fc.property(fc.array(frame, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { minLength: 1, maxLength: 30 }), fc.integer(), (kinds, calls, seed) => {
      const world = new World().add(START, cfi('x86-64', [{ op: 'rule', register: 16, rule: ['u', 0], long: false }]));
      kinds.forEach((kind, i) => world.add(0x50_0000 + i * 0x1_0000, cfi('x86-64', describe(kind))));
      const memory = new Map<number, number>();
      const registers: Record<string, number> = { rbx: 11, rbp: 22, r12: 33 };
      let sp = TOP;
      let returns = START + 0x10;
      const expected = [(START + 0xf).toString(16), 'root'];
      calls.forEach((call, depth) => {
        const index = call % kinds.length;
        const kind = kinds[index]!;
        const push = (value: number): void => {
          sp -= 8;
          memory.set(sp, value);
        };
        push(returns);
        for (const name of kind.saved) {
          push(registers[name]!);
          registers[name] = kind.base === name ? sp : seed + depth;
        }
        for (let i = 0; i < kind.locals; i++) push(START + i); // looks like return addresses
        const pc = 0x50_0000 + index * 0x1_0000 + 0x20 + (depth % 7);
        returns = pc;
        expected.unshift((depth === calls.length - 1 ? pc : pc - 1).toString(16));
      });
      const stack: number[] = [];
      for (let address = sp; address < TOP; address += 8) stack.push(memory.get(address)!);
      const result = walker.walk(world, { registers: { ...registers, rip: returns, rsp: sp, r10: 5 }, stack });
      if (result.join(' ') !== expected.join(' ')) throw new Error(`${result.join(' ')} instead of ${expected.join(' ')}`);
    }),
    { numRuns: 500 },
  );
  t.end();
});

t.test('nonsense ends, within the bound, without an exception', (t) => {
  const word = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.integer({ min: 0, max: 60 }).map((n) => BigInt(TOP + n * 8)),
    fc.integer({ min: 0, max: 0x8_0000 }).map((n) => BigInt(0x50_0000 + n)),
    fc.constant(0n),
  );
  const program = fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 24 }).map((bytes): Instruction[] => [{ op: 'raw', bytes }]);
  const othersOf: Record<MachineName, readonly string[]> = {
    'x86-64': ['rbp', 'rbx', 'r12', 'r10'],
    arm64: ['x29', 'lr', 'x19', 'x0'],
    s390x: ['r11', 'lr', 'f0', 'r0'],
    riscv64: ['x8', 'lr', 'x9', 'x10'],
    x86: ['ebp', 'ebx', 'esi', 'edi'],
    arm: ['r11', 'lr', 'r4', 'r0'],
  };
  for (const machine of Object.keys(othersOf) as MachineName[]) {
    const walker = new Walker(machine);
    const [sp, pc] = machine === 'x86-64' ? (['rsp', 'rip'] as const) : machine === 'x86' ? (['esp', 'eip'] as const) : (['sp', 'pc'] as const);
    const others = othersOf[machine];
    fc.assert(
      fc.property(
        fc.array(program, { minLength: 1, maxLength: 4 }),
        fc.array(word, { maxLength: 80 }),
        fc.array(word, { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        fc.boolean(),
        (programs, stack, values, littleEndian, isSignalFrame) => {
          const world = new World()
            .add(0x58_0000, { kind: 'none' }, 0x1_0000)
            .add(0x59_0000, { kind: 'nameless-jit' }, 0x1_0000)
            .add(0x5a_0000, { kind: 'trampoline', size: 12 })
            .add(0x5b_0000, { kind: 'trampoline', size: 28 })
            .add(0x5c_0000, { kind: 'trampoline', size: 5 })
            .add(0x5d_0000, { kind: 'data' });
          programs.forEach((instructions, i) => world.add(0x50_0000 + i * 0x1_0000, cfi(machine, instructions, { isSignalFrame }), 0x1_0000));
          const registers: Record<string, bigint | number> = { [sp]: TOP, [pc]: values[0]! };
          others.forEach((name, i) => (registers[name] = values[i + 1]!));
          const result = walker.walk(world, { registers, stack, littleEndian }, 500);
          return result.length >= 1 && result.length <= 501;
        },
      ),
      { numRuns: 1000 },
    );
  }
  t.end();
});
