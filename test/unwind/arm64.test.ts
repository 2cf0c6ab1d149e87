// Stacks as arrays on arm64: the link register of leaves, signed return addresses, the vdso's signal return without CFI.

import t from 'tap';
import type { Instruction } from '../dwarf/cfi-writer.ts';
import { cfi, Walker, World } from './world.ts';

const SP = 0xffff_e000_1000;
const LEAF = 0x40_0000; // makes no frame
const FRAME = 0x41_0000; // stp x29, x30, [sp, #-32]!
const START = 0x42_0000;
const framed: Instruction[] = [
  { op: 'advance', delta: 4 },
  { op: 'nothing', which: 1 }, // negate_ra_state
  { op: 'cfaOffset', offset: 32 },
  { op: 'rule', register: 29, rule: ['c', -32], long: false },
  { op: 'rule', register: 30, rule: ['c', -24], long: false },
];
const world = (): World =>
  new World()
    .add(LEAF, cfi('arm64', []))
    .add(FRAME, cfi('arm64', framed))
    .add(START, cfi('arm64', [{ op: 'rule', register: 30, rule: ['u', 0], long: false }]));
/** With a signature in the bits that 48-bit addresses leave free. */
const signed = (address: number): bigint => BigInt(address) | (0x35n << 48n);

t.test('leaf, frames, signatures', (t) => {
  const walker = new Walker('arm64');
  const stack = [SP + 32, signed(FRAME + 0x20), 3, 4, SP + 64, signed(START + 8), 7, 8];
  const registers = { pc: LEAF + 8, sp: SP, lr: FRAME + 0x10, x29: SP };
  const expected = ['400008', '41000f', '41001f', '420007', 'root'];
  t.same(walker.walk(world(), { registers, stack }), expected);
  t.same(walker.walk(world(), { registers: { ...registers, lr: signed(FRAME + 0x10) }, stack }), expected, 'signed before it is saved');
  t.same(walker.walk(world(), { registers, stack, littleEndian: false }), expected);
  t.same(walker.walk(world(), { registers: { pc: FRAME + 0x10, sp: SP, lr: 1 }, stack: stack.slice(4) }), ['410010', '420007', 'root']);
  // A function in the middle of the stack cannot have its return address in the link register.
  t.same(walker.walk(world(), { registers: { pc: LEAF, sp: SP, lr: LEAF + 0x10, x29: 8 }, stack }), ['400000', '40000f', 'bad CFA']);
  t.same(walker.walk(world(), { registers: { pc: LEAF, sp: SP, lr: LEAF + 0x10, x29: 0 }, stack }), ['400000', '40000f', 'root']);
  t.equal(walker.unwinder.stackEnd, SP, 'not that of the stack before');
  t.same(walker.walk(world(), { registers: { pc: FRAME + 8, sp: SP }, stack: [1] }), ['410008', 'dump exhausted']);
  t.end();
});

t.test("glibc's _dl_runtime_resolve: the return address lies above the CFA", (t) => {
  const walker = new Walker('arm64');
  const resolve: Instruction[] = [{ op: 'cfaOffset', offset: 16 }, { op: 'rule', register: 30, rule: ['c', 8], long: false }];
  const other = world().add(0x50_0000, cfi('arm64', resolve));
  const stack = [1, 2, 3, FRAME + 0x10, SP + 64, START + 8, 7, 8];
  t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP }, stack }), ['500010', '41000f', '420007', 'root']);
  t.end();
});

t.test('code without rows', (t) => {
  const walker = new Walker('arm64');
  const other = world().add(0x50_0000, { kind: 'none' });
  const stack = [SP + 32, FRAME + 0x20, 3, 4, SP + 64, START + 8, 7, 8];
  // The vdso: called from another file, and has called nobody.
  t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP, lr: FRAME + 0x10, x29: SP }, stack }), ['500010', '41000f', '41001f', '420007', 'root']);
  // With a record of its own at the bottom of 48 bytes: the caller's sp follows from the caller's record.
  const own = [SP + 48, FRAME + 0x10, 3, 4, 5, 6, ...stack.map((w, i) => (i === 0 ? SP + 80 : w))];
  t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP, lr: FRAME + 0x10, x29: SP }, stack: own }), ['500010', '41000f', '41001f', '420007', 'root']);
  // In the middle of the stack: by its record.
  t.same(walker.walk(other, { registers: { pc: LEAF, sp: SP, lr: 0x50_0020, x29: SP }, stack: stack.map((w, i) => (i === 1 ? START + 4 : w)) }), ['400000', '50001f', '420003', 'root']);
  t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP, lr: 3, x29: 0 }, stack }), ['500010', 'root']);
  t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP, lr: 3, x29: 24 }, stack }), ['500010', 'no CFI']);
  t.end();
});

t.test('a signal: the trampoline of the vdso has no CFI, the kernel pushed all registers', (t) => {
  const walker = new Walker('arm64');
  const other = world().add(0x50_0000, { kind: 'none' });
  const stack: (number | bigint)[] = new Array(90).fill(0);
  const X0 = (128 + 176 + 8) / 8;
  // A handler without a frame returns to the trampoline; LEAF was interrupted, with its return address in x30.
  stack[X0 + 30] = signed(FRAME + 0x10);
  stack[X0 + 31] = SP + 8 * 80;
  stack[X0 + 32] = LEAF;
  stack[X0 + 33] = 0x8000_0000;
  stack[81] = START + 8;
  const sample = { registers: { pc: LEAF + 4, sp: SP, lr: 0x50_0010, x29: 1 }, stack };
  t.same(walker.walk(other, sample), ['400004', '500010', '400000', '41000f', '420007', 'root']);
  t.same(walker.walk(other, sample), ['400004', '500010', '400000', '41000f', '420007', 'root']);
  stack[X0 + 33] = 5; // a kernel's mode
  t.same(walker.walk(other, sample), ['400004', '50000f', 'no CFI']);
  t.end();
});

t.test('trampolines of CPython without CFI', (t) => {
  const walker = new Walker('arm64');
  for (const unwind of [{ kind: 'trampoline', size: 28 } as const, { kind: 'nameless-jit' } as const]) {
    const other = world().add(0x50_0000, unwind);
    const stack = [SP + 16, signed(FRAME + 0x20), SP + 48, START + 8, 7, 8];
    t.same(walker.walk(other, { registers: { pc: LEAF, sp: SP, lr: 0x50_0010, x29: SP }, stack }), ['400000', '50000f', '41001f', '420007', 'root']);
    t.same(walker.walk(other, { registers: { pc: 0x50_0010, sp: SP, lr: 1, x29: SP }, stack }), ['500010', '41001f', '420007', 'root']);
    t.same(walker.walk(other, { registers: { pc: 0x50_0004, sp: SP + 16, lr: signed(FRAME + 0x20), x29: SP + 16 }, stack: stack.slice(2) }), ['500004', '41001f', '420007', 'root']);
    t.same(walker.walk(other, { registers: { pc: 0x50_0014, sp: SP + 16, lr: signed(FRAME + 0x20), x29: SP + 16 }, stack: stack.slice(2) }), ['500014', '41001f', '420007', 'root']);
  }
  t.end();
});

t.test('the caller that a chain of the kernel lacks', (t) => {
  const walker = new Walker('arm64');
  const { unwinder } = walker;
  const other = world().add(0x50_0000, { kind: 'unloaded' });
  walker.walk(other, { registers: { pc: LEAF, sp: SP, lr: signed(FRAME + 0x10) }, stack: [] });
  t.equal(unwinder.leafCaller(other, LEAF), FRAME + 0xf);
  t.ok(Number.isNaN(unwinder.leafCaller(other, FRAME + 0x10)), 'it has a frame record');
  t.equal(unwinder.leafCaller(other, FRAME), FRAME + 0xf, 'not yet');
  t.equal(unwinder.needed, undefined);
  t.ok(Number.isNaN(unwinder.leafCaller(other, 0x50_0000)));
  t.equal(unwinder.needed, other.find(0x50_0000));
  t.ok(Number.isNaN(unwinder.leafCaller(other, 0x90_0000)));
  // A trampoline that has come back from its call has its own address in the link register.
  const trampoline = world().add(0x50_0000, { kind: 'trampoline', size: 28 });
  t.same([0, 4, 8, 16, 20, 24].map((offset) => Number.isNaN(unwinder.leafCaller(trampoline, 0x50_0000 + offset))), [false, false, true, true, false, false]);
  t.end();
});
