// Stacks of machines that are walked by their rules alone: 32-bit x86 and arm; s390x, whose stack pointer is saved like any register
// and whose leaves keep registers in floating-point ones; riscv64.

import t from 'tap';
import type { Instruction } from '../dwarf/cfi-writer.ts';
import { cfi, Walker, World } from './world.ts';

const LEAF = 0x40_0000;
const FRAME = 0x41_0000;
const START = 0x42_0000;

t.test('s390x', (t) => {
  const SP = 0x3ff_e000_1000;
  // ldgr %f0,%r15; lay %r15,-208(%r15): the caller's stack pointer is in f0, which DWARF numbers 16; f2 is its 17.
  const leaf: Instruction[] = [
    { op: 'advance', delta: 4 },
    { op: 'rule', register: 15, rule: ['r', 16], long: false },
    { op: 'rule', register: 11, rule: ['r', 17], long: false },
    { op: 'cfaOffset', offset: 368 },
  ];
  // stmg %r11,%r15,88(%r15); lay %r15,-160(%r15)
  const framed: Instruction[] = [
    { op: 'advance', delta: 6 },
    { op: 'rule', register: 11, rule: ['c', -72], long: false },
    { op: 'rule', register: 14, rule: ['c', -48], long: false },
    { op: 'rule', register: 15, rule: ['c', -40], long: false },
    { op: 'advance', delta: 6 },
    { op: 'cfaOffset', offset: 320 },
  ];
  const world = (): World =>
    new World()
      .add(LEAF, cfi('s390x', leaf))
      .add(FRAME, cfi('s390x', framed))
      .add(START, cfi('s390x', [{ op: 'rule', register: 14, rule: ['u', 0], long: false }]));
  const walker = new Walker('s390x');
  // 20 words are a frame without locals; in the caller's first 20 words this one saves r11 (word 11), r14 (14) and r15 (15).
  const saved = (sp: number, ra: number, r11 = 0): number[] => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, r11, 0, 0, ra, sp, 0, 0, 0, 0];
  const frames = (from: number): number[] => [...saved(0, 0), ...saved(from + 160, FRAME + 0x20), ...saved(from + 320, START + 8), ...saved(0, 0)];
  const ends = ['41001f', '41001f', '420007', 'root'];
  const littleEndian = false;

  t.same(walker.walk(world(), { registers: { pc: FRAME + 0x40, sp: SP, lr: 7 }, stack: frames(SP), littleEndian }), ['410040', '41001f', '420007', 'root']);
  t.same(walker.walk(world(), { registers: { pc: LEAF + 2, sp: SP, lr: FRAME + 0x20 }, stack: frames(SP), littleEndian }), ['400002', ...ends], 'before its first instruction');
  t.same(
    walker.walk(world(), { registers: { pc: LEAF + 0x20, sp: SP - 208, f0: SP, f2: 11, lr: FRAME + 0x20 }, stack: [...new Array<number>(26).fill(0), ...frames(SP)], littleEndian }),
    ['400020', ...ends],
    'with the stack pointer in f0',
  );
  t.same(
    walker.walk(world(), { registers: { pc: LEAF + 0x20, sp: SP - 208, f0: 0x40, lr: FRAME + 0x20 }, stack: frames(SP), littleEndian }),
    ['400020', '41001f', 'bad CFA'],
    'a register that is not what the rules say: the caller is known, not where its frame is',
  );
  t.same(walker.walk(world(), { registers: { pc: FRAME + 0x40, sp: SP }, stack: frames(SP).slice(0, 35), littleEndian }), ['410040', '41001f', 'bad CFA'], 'the dump ends behind a return address');
  t.same(walker.walk(world(), { registers: { pc: FRAME + 0x40, sp: SP }, stack: frames(SP).slice(0, 34), littleEndian }), ['410040', 'dump exhausted']);
  t.same(walker.walk(world().add(0x50_0000, { kind: 'none' }), { registers: { pc: 0x50_0010, sp: SP, lr: FRAME + 0x20 }, stack: frames(SP), littleEndian }), ['500010', 'no CFI'], 'nothing is guessed');
  t.same(walker.walk(world(), { registers: { pc: 0x60_0000, sp: SP, lr: FRAME + 0x20 }, stack: [], littleEndian }), ['600000', 'no module']);
  t.end();
});

t.test('riscv64', (t) => {
  const SP = 0x3f_f000_1000;
  const framed: Instruction[] = [
    { op: 'advance', delta: 2 },
    { op: 'cfaOffset', offset: 32 },
    { op: 'rule', register: 1, rule: ['c', -8], long: false },
    { op: 'rule', register: 8, rule: ['c', -16], long: false },
  ];
  const world = new World()
    .add(LEAF, cfi('riscv64', []))
    .add(FRAME, cfi('riscv64', framed))
    .add(START, cfi('riscv64', [{ op: 'rule', register: 1, rule: ['u', 0], long: false }]));
  const stack = [1, 2, 3, FRAME + 0x20, 5, 6, 7, START + 8];
  const walker = new Walker('riscv64');
  t.same(walker.walk(world, { registers: { pc: LEAF + 4, sp: SP, lr: FRAME + 0x10 }, stack }), ['400004', '41000f', '41001f', '420007', 'root']);
  t.same(walker.walk(world, { registers: { pc: FRAME + 4, sp: SP, lr: 1 }, stack: stack.slice(4) }), ['410004', '420007', 'root']);
  // A function in the middle of the stack cannot have its return address in the link register.
  t.same(walker.walk(world, { registers: { pc: LEAF, sp: SP, lr: LEAF + 0x10, x8: 8 }, stack }), ['400000', '40000f', 'bad CFA']);
  t.end();
});

t.test('32-bit x86', (t) => {
  const SP = 0xffff_c000;
  const framed: Instruction[] = [
    { op: 'advance', delta: 1 },
    { op: 'cfaOffset', offset: 8 },
    { op: 'rule', register: 5, rule: ['c', -8], long: false },
    { op: 'advance', delta: 2 },
    { op: 'cfaRegister', register: 5 },
    { op: 'rule', register: 3, rule: ['c', -12], long: false },
  ];
  // What gcc writes for a realigned main: the CFA is where ecx was saved, DW_OP_breg5 -4; DW_OP_deref.
  const realigned: Instruction[] = [{ op: 'raw', bytes: [0x0f, 3, 0x75, 0x7c, 0x06] }];
  const byEbx: Instruction[] = [{ op: 'cfa', register: 3, offset: 8 }];
  // PLT: DW_OP_breg4 4; DW_OP_breg8 0; DW_OP_lit15; DW_OP_and; DW_OP_lit11; DW_OP_ge; DW_OP_lit2; DW_OP_shl; DW_OP_plus.
  const plt: Instruction[] = [{ op: 'raw', bytes: [0x0f, 11, 0x74, 4, 0x78, 0, 0x3f, 0x1a, 0x3b, 0x2a, 0x32, 0x24, 0x22] }];
  const world = (): World =>
    new World()
      .add(LEAF, cfi('x86', []))
      .add(FRAME, cfi('x86', framed))
      .add(START, cfi('x86', [{ op: 'rule', register: 8, rule: ['u', 0], long: false }]))
      .add(0x43_0000, cfi('x86', realigned))
      .add(0x44_0000, cfi('x86', byEbx))
      .add(0xf7ff_0000, cfi('x86', plt));
  const walker = new Walker('x86');
  const walk = (eip: number, stack: number[], more: Record<string, number> = {}): string[] => walker.walk(world(), { registers: { eip, esp: SP, ...more }, stack });
  t.same(walk(LEAF + 4, [START + 9]), ['400004', '420008', 'root']);
  // ebp leads to [ebp][return address].
  t.same(walk(LEAF, [FRAME + 0x20, 1, 0x77, SP + 40, START + 9], { ebp: SP + 12 }), ['400000', '41001f', '420008', 'root']);
  // A row finds ebx where the one below saved it.
  t.same(walk(LEAF, [FRAME + 0x20, 1, SP + 20, SP + 40, 0x44_0009, 0, START + 9], { ebp: SP + 12 }), ['400000', '41001f', '440008', '420008', 'root']);
  t.same(walk(0x43_0010, [0, SP + 16, 0, START + 9], { ebp: SP + 8 }), ['430010', '420008', 'root']);
  t.same(walk(0xf7ff_0006, [START + 9], {}), ['f7ff0006', '420008', 'root']);
  t.same(walk(0xf7ff_000b, [1, START + 9], {}), ['f7ff000b', '420008', 'root']);
  t.same(walk(LEAF, [], {}), ['400000', 'dump exhausted']);
  t.same(walk(FRAME + 0x20, [1], {}), ['410020', 'bad CFA'], 'without ebp');
  t.same(walker.walk(world().add(0x45_0000, cfi('x86-64', [])), { registers: { eip: 0x45_0000, esp: SP }, stack: [START + 9, 0] }), ['450000', 'no CFI'], 'the description of 64-bit code');
  t.same(new Walker('x86-64').walk(world(), { registers: { rip: LEAF, rsp: SP }, stack: [START + 9], abi: 1 }), ['32-bit program']);
  t.end();
});

t.test('32-bit arm', (t) => {
  const SP = 0xbeff_c000;
  // push {r4, lr}; sub sp, #8; .cfi of d8 too
  const framed: Instruction[] = [
    { op: 'advance', delta: 2 },
    { op: 'cfaOffset', offset: 8 },
    { op: 'rule', register: 4, rule: ['c', -8], long: false },
    { op: 'rule', register: 14, rule: ['c', -4], long: false },
    { op: 'advance', delta: 2 },
    { op: 'cfaOffset', offset: 16 },
    { op: 'rule', register: 264, rule: ['c', -16], long: true },
  ];
  const world = new World()
    .add(LEAF, cfi('arm', []))
    .add(FRAME, cfi('arm', framed))
    .add(START, cfi('arm', [{ op: 'rule', register: 14, rule: ['u', 0], long: false }]));
  const walker = new Walker('arm');
  const stack = [1, 2, 3, START + 9];
  t.same(walker.walk(world, { registers: { pc: LEAF + 4, sp: SP, lr: FRAME + 0x21 }, stack }), ['400004', '41001f', '420007', 'root'], 'Thumb code: bit 0 is no part of an address');
  t.same(walker.walk(world, { registers: { pc: LEAF + 4, sp: SP, lr: FRAME + 0x20 }, stack }), ['400004', '41001f', '420007', 'root']);
  t.same(walker.walk(world, { registers: { pc: FRAME, sp: SP + 16, lr: START + 5 }, stack: [] }), ['410000', '420003', 'root']);
  t.same(walker.walk(world, { registers: { pc: FRAME + 8, sp: SP, lr: 7 }, stack: [1, 2, 3] }), ['410008', 'dump exhausted']);
  t.end();
});
