// Stacks as arrays: registers and some words in, addresses and the reason for the end out. x86-64.

import t from 'tap';
import type { Instruction } from '../dwarf/cfi-writer.ts';
import { cfi, Walker, World } from './world.ts';

const SP = 0x7ffe_0000_1000;
const A = 0x40_0000; // push rbp; mov rbp, rsp … leave; ret, as compilers describe it
const B = 0x41_0000; // sub rsp, 24
const START = 0x42_0000; // undefined return address

const withFramePointer: Instruction[] = [
  { op: 'advance', delta: 1 },
  { op: 'cfaOffset', offset: 16 },
  { op: 'rule', register: 6, rule: ['c', -16], long: false },
  { op: 'advance', delta: 3 },
  { op: 'cfaRegister', register: 6 },
  { op: 'advance', delta: 60 },
  { op: 'cfa', register: 7, offset: 8 }, // after leave, without a restore of rbp
];
const world = (): World =>
  new World()
    .add(A, cfi('x86-64', withFramePointer))
    .add(B, cfi('x86-64', [{ op: 'advance', delta: 4 }, { op: 'cfaOffset', offset: 32 }]))
    .add(START, cfi('x86-64', [{ op: 'rule', register: 16, rule: ['u', 0], long: false }]));

t.test('down to the root, by sp and by fp, in both byte orders', (t) => {
  const walker = new Walker();
  // B called from A called from B called from _start.
  const stack = [1, 2, 3, A + 0x21, 5, 6, /* A's rbp */ 0, B + 0x11, 9, 10, 11, START + 0x20, 13, 14];
  const registers = { rip: B + 0x10, rsp: SP, rbp: SP + 48 };
  const expected = ['410010', '400020', '410010', '42001f', 'root'];
  t.same(walker.walk(world(), { registers, stack }), expected);
  t.same(walker.walk(world(), { registers, stack, littleEndian: false }), expected);
  // In the prologue: at the first instruction, after the push.
  t.same(walker.walk(world(), { registers: { rip: A, rsp: SP }, stack: [START + 8] }), ['400000', '420007', 'root']);
  t.same(walker.walk(world(), { registers: { rip: A + 1, rsp: SP }, stack: [7, START + 8] }), ['400001', '420007', 'root']);
  t.same(walker.walk(world(), { registers: { rip: A + 64, rsp: SP }, stack: [START + 8] }), ['400040', '420007', 'root']);
  t.end();
});

t.test('the topmost frame has left its frame already: rbp below sp is live (DESIGN 14)', (t) => {
  const walker = new Walker();
  // At `ret` of A: the row says rbp at CFA-16, which is below sp; the caller, A again, needs it.
  const stack = [A + 0x21, 2, 3, 0x1234, START + 9];
  const registers = { rip: A + 64, rsp: SP, rbp: SP + 24 };
  t.same(walker.walk(world(), { registers, stack }), ['400040', '400020', '420008', 'root']);
  // rbx as well, when a later frame is described from it.
  const rbxBelow: Instruction[] = [{ op: 'rule', register: 3, rule: ['c', -24], long: false }];
  const fromRbx: Instruction[] = [{ op: 'cfa', register: 3, offset: 16 }];
  const other = world().add(0x50_0000, cfi('x86-64', rbxBelow)).add(0x51_0000, cfi('x86-64', fromRbx));
  t.same(
    walker.walk(other, { registers: { rip: 0x50_0010, rsp: SP, rbx: SP + 16 }, stack: [0x51_0021, 2, 3, START + 9] }),
    ['500010', '510020', '420008', 'root'],
  );
  // Not so in a caller: its slots are in the dump or nowhere.
  t.end();
});

t.test('callee-saved registers travel along frames that do not use them', (t) => {
  const walker = new Walker();
  const savesRbx: Instruction[] = [{ op: 'cfaOffset', offset: 24 }, { op: 'rule', register: 3, rule: ['c', -16], long: false }];
  const fromRbx: Instruction[] = [{ op: 'cfa', register: 3, offset: 8 }];
  const other = world().add(0x50_0000, cfi('x86-64', savesRbx)).add(0x51_0000, cfi('x86-64', fromRbx));
  // B <- savesRbx <- B <- fromRbx <- start; rbx is popped by the second.
  const stack = [0, 0, 0, 0x50_0011, 0, SP + 96, B + 0x11, 0, 0, 0, 0x51_0011, 0, 0, START + 2];
  const registers = { rip: B + 0x10, rsp: SP, rbx: 0xdead };
  t.same(walker.walk(other, { registers, stack: stack.map((w, i) => (i === 12 ? START + 2 : w)) }), ['410010', '500010', '410010', '510010', '420001', 'root']);
  // A caller-saved one does not survive a call.
  const fromR10 = world().add(0x51_0000, cfi('x86-64', [{ op: 'cfa', register: 10, offset: 8 }]));
  t.same(walker.walk(fromR10, { registers: { rip: 0x51_0010, rsp: SP, r10: SP }, stack: [START + 2] }), ['510010', '420001', 'root']);
  t.same(walker.walk(fromR10, { registers: { rip: B, rsp: SP, r10: SP + 8 }, stack: [0x51_0011, START + 2] }), ['410000', '510010', 'bad CFA']);
  t.end();
});

t.test('a realigned stack: the CFA is an expression', (t) => {
  const walker = new Walker();
  // DW_CFA_def_cfa_expression breg6 -8; deref, and rbp at breg6 0, as GCC writes it.
  const realigned: Instruction[] = [
    { op: 'raw', bytes: [0x0f, 0x03, 0x76, 0x78, 0x06] },
    { op: 'raw', bytes: [0x10, 0x06, 0x02, 0x76, 0x00] },
  ];
  const other = world().add(0x50_0000, cfi('x86-64', realigned));
  const stack = [1, 2, 3, 4, /* CFA */ SP + 80, /* rbp → */ 0x77, 7, 8, 9, START + 6, 11];
  t.same(walker.walk(other, { registers: { rip: 0x50_0010, rsp: SP, rbp: SP + 40 }, stack }), ['500010', '420005', 'root']);
  // Its address is not in the dump: nothing is made up.
  t.same(walker.walk(other, { registers: { rip: 0x50_0010, rsp: SP, rbp: 0x40 }, stack }), ['500010', 'bad CFA']);
  // Read-only memory of a file helps.
  other.constants.set(0x38, SP + 80);
  t.same(walker.walk(other, { registers: { rip: 0x50_0010, rsp: SP, rbp: 0x40 }, stack }), ['500010', '420005', 'root']);
  t.end();
});

t.test('the PLT: its CFA depends on where in an entry of 16 bytes the pc is', (t) => {
  const walker = new Walker();
  // breg7 8; breg16 0; lit15; and; lit11; ge; lit3; shl; plus
  const plt: Instruction[] = [{ op: 'raw', bytes: [0x0f, 0x0b, 0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0x3b, 0x2a, 0x33, 0x24, 0x22] }];
  const other = world().add(0x50_0000, cfi('x86-64', plt));
  t.same(walker.walk(other, { registers: { rip: 0x50_0016, rsp: SP }, stack: [START + 2] }), ['500016', '420001', 'root']);
  t.same(walker.walk(other, { registers: { rip: 0x50_001b, rsp: SP }, stack: [7, START + 2] }), ['50001b', '420001', 'root']);
  t.end();
});

t.test('a signal frame: the interrupted pc is exact, all registers come back', (t) => {
  const walker = new Walker();
  const at = (register: number, offset: number): Instruction => ({ op: 'raw', bytes: [0x10, register, 3, 0x77, (offset & 0x7f) | 0x80, offset >> 7] });
  // glibc's __restore_rt begins one byte before its label; CFA = [rsp + 160].
  const restore: Instruction[] = [{ op: 'raw', bytes: [0x0f, 4, 0x77, 0xa0, 0x01, 0x06] }, at(16, 168), at(6, 120), at(7, 160), at(3, 128), at(10, 56)];
  const fromR10: Instruction[] = [{ op: 'cfa', register: 10, offset: 16 }];
  const other = world()
    .add(0x50_0000, cfi('x86-64', restore, { isSignalFrame: true }, []), 4100)
    .add(0x51_0000, cfi('x86-64', fromR10));
  const stack: number[] = new Array(50).fill(0);
  stack[0] = 0x50_0001; // B's handler returns to __restore_rt, at +1 of its FDE
  stack[1 + 168 / 8] = 0x51_0000; // interrupted at the first byte of a function whose CFA is r10
  stack[1 + 160 / 8] = SP + 8 * 30;
  stack[1 + 56 / 8] = SP + 8 * 34;
  stack[35] = START + 3;
  t.same(walker.walk(other, { registers: { rip: B, rsp: SP }, stack }), ['410000', '500001', '510000', '420002', 'root']);
  t.same(walker.labelled.slice(-3), ['500001 cfi leaf', '510000 cfi leaf', '420002 cfi caller']);
  // The kernel is at work for its last instruction: the address is one that nothing describes any more.
  t.same(walker.walk(other, { registers: { rip: 0x50_1000, rsp: SP + 8 }, stack: stack.slice(1) }), ['501000', '510000', '420002', 'root']);
  t.same(walker.walk(other, { registers: { rip: 0x50_1001, rsp: SP + 8, rbp: 1 }, stack: stack.slice(1) }), ['501001', 'no CFI']);
  // The same out of the cache, and for a handler that ran on another stack.
  t.same(walker.walk(other, { registers: { rip: B, rsp: SP }, stack }), ['410000', '500001', '510000', '420002', 'root']);
  stack[1 + 160 / 8] = 0x5555_0000_0000;
  stack[1 + 168 / 8] = B;
  t.same(walker.walk(other, { registers: { rip: B, rsp: SP }, stack }), ['410000', '500001', '410000', 'another stack']);
  // Without CFI (musl): by what the kernel pushed.
  const bare = world().add(0x50_0000, { kind: 'none' });
  stack[1 + 160 / 8] = SP + 8 * 44;
  stack[1 + 176 / 8] = 0x246;
  stack[44] = START + 3;
  t.same(walker.walk(bare, { registers: { rip: B, rsp: SP }, stack }), ['410000', '500001', '410000', '420002', 'root']);
  stack[1 + 176 / 8] = 0x244;
  t.same(walker.walk(bare, { registers: { rip: B, rsp: SP, rbp: 1 }, stack }), ['410000', '500000', 'no CFI'], 'flags that are none');
  t.end();
});

t.test('trampolines of CPython without CFI (JITDUMP 2)', (t) => {
  const walker = new Walker();
  for (const [size, endbr, hasPush] of [[12, 4, true], [8, 0, true], [15, 4, false], [11, 0, false]] as const) {
    const other = world().add(0x50_0000, { kind: 'trampoline', size }, size);
    const RETURN = 0x50_0000 + endbr + 6;
    // B <- trampoline <- A, which needs rbp <- start
    const rbp = SP + 64;
    const stack = [0, 0, 0, RETURN, hasPush ? rbp : 0x77, A + 0x21, 0, 0, 0, START + 5];
    const leafRbp = hasPush ? SP + 32 : rbp;
    const expected = [(RETURN - 1).toString(16), '400020', '420004', 'root'];
    t.same(walker.walk(other, { registers: { rip: B + 16, rsp: SP, rbp: leafRbp }, stack }), ['410010', ...expected], `size ${size}`);
    // Within it: at its first instruction, at the call, at the ret.
    const own = stack.slice(4);
    t.same(walker.walk(other, { registers: { rip: 0x50_0000, rsp: SP, rbp: SP + 24 }, stack: own.slice(1).map((w, i) => (i === 0 ? A + 0x21 : w)) }).slice(1), ['400020', '420004', 'root']);
    t.same(walker.walk(other, { registers: { rip: RETURN, rsp: SP, rbp: hasPush ? SP : SP + 32 }, stack: [hasPush ? SP + 32 : 0x77, ...own.slice(1)] }).slice(1), ['400020', '420004', 'root']);
    t.same(walker.walk(other, { registers: { rip: 0x50_0000 + size - 1, rsp: SP, rbp: SP + 24 }, stack: own.slice(1) }).slice(1), ['400020', '420004', 'root']);
  }
  t.end();
});

t.test('a trampoline that nobody describes at all', (t) => {
  const walker = new Walker();
  const other = world().add(0x50_0000, { kind: 'nameless-jit' });
  const pushed = [0, 0, 0, 0x50_002a, SP + 64, A + 0x21, 0, 0, 0, START + 5];
  t.same(walker.walk(other, { registers: { rip: B + 16, rsp: SP, rbp: SP + 32 }, stack: pushed }), ['410010', '500029', '400020', '420004', 'root']);
  const subtracted = [0, 0, 0, 0x50_002a, 0x77, A + 0x21, 0, 0, 0, START + 5];
  t.same(walker.walk(other, { registers: { rip: B + 16, rsp: SP, rbp: SP + 64 }, stack: subtracted }), ['410010', '500029', '400020', '420004', 'root']);
  t.same(walker.walk(other, { registers: { rip: 0x50_0020, rsp: SP, rbp: SP + 8 }, stack: [A + 0x21, 1, START + 5] }), ['500020', '400020', '420004', 'root']);
  t.same(walker.walk(other, { registers: { rip: 0x50_0025, rsp: SP, rbp: 1 }, stack: [SP + 16, A + 0x21, 1, START + 5] }), ['500025', '400020', '420004', 'root']);
  // Not one of those: no caller is made up.
  t.same(walker.walk(other, { registers: { rip: 0x50_0020, rsp: SP, rbp: 1 }, stack: [1, 2, 3] }), ['500020', 'no CFI']);
  t.end();
});

t.test('the frame-pointer step where nothing else is known', (t) => {
  const walker = new Walker();
  const other = world().add(0x50_0000, { kind: 'none' });
  const at = { rip: 0x50_0010, rsp: SP, rbp: SP + 16 };
  t.same(walker.walk(other, { registers: at, stack: [1, 2, 3, START + 5] }), ['500010', '420004', 'root']);
  t.same(walker.walk(other, { registers: at, stack: [1, 2, 3, 0] }), ['500010', 'root'], 'a chain that ends in zero');
  t.same(walker.walk(other, { registers: { ...at, rbp: 0 }, stack: [1, 2, 3, 4] }), ['500010', 'root']);
  t.same(walker.walk(other, { registers: at, stack: [1, 2, 3, 0x9999] }), ['500010', 'no CFI'], 'no code there');
  t.same(walker.walk(other, { registers: { ...at, rbp: SP - 16 }, stack: [1, 2, 3, START + 5] }), ['500010', 'no CFI'], 'down the stack');
  t.same(walker.walk(other, { registers: { ...at, rbp: SP + 17 }, stack: [1, 2, 3, START + 5] }), ['500010', 'no CFI'], 'not aligned');
  t.same(walker.walk(other, { registers: { ...at, rbp: SP + 4096 }, stack: [1, 2, 3, START + 5] }), ['500010', 'dump exhausted']);
  const data = other.add(0x60_0000, { kind: 'data' });
  t.same(walker.walk(data, { registers: at, stack: [1, 2, 3, 0x60_0010] }), ['500010', 'no CFI']);
  t.same(walker.walk(data, { registers: { rip: B, rsp: SP }, stack: [0x60_0010] }), ['410000', 'no module']);
  t.end();
});

t.test('ends', (t) => {
  const walker = new Walker();
  const leaf = { rip: B, rsp: SP, rbp: 1 };
  t.same(walker.walk(world(), { registers: leaf, stack: [] }), ['410000', 'dump exhausted']);
  t.same(walker.walk(world(), { registers: leaf, stack: [0] }), ['410000', 'root']);
  t.same(walker.walk(world(), { registers: leaf, stack: [0x1234] }), ['410000', '1233', 'no module']);
  t.same(walker.walk(world(), { registers: { rip: B + 16, rsp: SP }, stack: [0, 0, 0] }), ['410010', 'dump exhausted']);
  t.same(walker.walk(world(), { registers: { rip: A + 16, rsp: SP, rbp: 5 }, stack: [0, 0, 0] }), ['400010', 'bad CFA']);
  t.same(walker.walk(world(), { registers: { rip: A + 16, rsp: SP, rbp: -1n }, stack: [0, 0, 0] }), ['400010', 'bad CFA']);
  t.same(walker.walk(world(), { registers: leaf, stack: [B + 1, B + 1, B + 1] }, 2), ['410000', '410000', 'limit']);
  t.same(walker.walk(world(), { registers: leaf, stack: [B + 1], abi: 1 }), ['32-bit program']);
  t.same(walker.walk(world(), { registers: leaf, stack: [B + 1], abi: 0 }), ['no registers']);
  t.same(walker.walk(world(), { registers: leaf, stack: [B + 1], mask: 1n }), ['no registers']);
  // A call to nowhere: the caller's address is on top of the stack.
  t.same(walker.walk(world(), { registers: { rip: 0, rsp: SP, rbp: 1 }, stack: [START + 5] }), ['0', '420004', 'root']);
  // The frame that is its own caller.
  const loop = world().add(0x50_0000, cfi('x86-64', [{ op: 'cfaOffset', offset: 0 }, { op: 'rule', register: 16, rule: ['c', 0], long: false }]));
  t.same(walker.walk(loop, { registers: { rip: B, rsp: SP }, stack: [0x50_0001, 0x50_0001] }), ['410000', '500000', 'loop']);
  // A return address that no double holds is shown whole, less one.
  t.same(walker.walk(world(), { registers: leaf, stack: [0x6417_df7e_7dfb_8b31n] }), ['410000', '6417df7e7dfb8b30', 'no module']);
  t.end();
});

t.test('more frames than the arrays hold at first, and no limit unless asked', (t) => {
  const walker = new Walker();
  const result = walker.walk(world(), { registers: { rip: B, rsp: SP }, stack: [...new Array(3000).fill(B + 1), START + 5] });
  t.equal(result.length, 3003);
  t.same(result.slice(-2), ['420004', 'root']);
  t.end();
});

t.test('a module that is not loaded yet, labels, and the cache', (t) => {
  const walker = new Walker();
  const { counters } = walker.unwinder;
  const some = world().add(0x50_0000, { kind: 'unloaded' });
  const sample = { registers: { rip: B, rsp: SP }, stack: [0x50_0011, START + 5] };
  t.same(walker.walk(some, sample), ['410000', 'needs module']);
  t.equal(walker.unwinder.needed, some.find(0x50_0010));
  t.equal(walker.unwinder.neededAddress, 0x50_0010);
  t.equal(counters.reasons.reduce((a, b) => a + b), 0);
  // Loaded: the same state of the address space.
  some.add(0x50_0000, cfi('x86-64', []));
  t.same(walker.walk(some, sample), ['410000', '500010', '420004', 'root']);
  t.same(walker.labelled, ['410000 cfi leaf', '500010 cfi caller', '420004 cfi caller']);
  t.same([...walker.unwinder.labels.subarray(0, 3)], [1, 2, 3]);
  t.same(walker.walk(some, sample), ['410000', '500010', '420004', 'root']);
  t.same([...walker.unwinder.labels.subarray(0, 3)], [1, 2, 3]);
  t.equal(walker.labelled.length, 3, 'asked once for each');
  t.same([counters.hits, counters.misses], [4, 4]);
  // The exact address as a leaf is another frame than as a caller.
  walker.walk(some, { registers: { rip: 0x50_0010, rsp: SP }, stack: [START + 5] });
  t.equal(walker.labelled.at(-1), '500010 cfi leaf');
  // Another state.
  some.id = -1;
  some.add(0x50_0000, { kind: 'none' });
  t.same(walker.walk(some, sample), ['410000', '500010', 'root']);
  t.equal(counters.reasons[0], 4);
  // Where no code was known some may turn up without a new state.
  const nothing = new World();
  t.same(walker.walk(nothing, { registers: { rip: B, rsp: SP, rbp: 1 }, stack: [1] }), ['410000', 'no module']);
  nothing.add(B, cfi('x86-64', []));
  t.same(walker.walk(nothing, { registers: { rip: B, rsp: SP, rbp: 1 }, stack: [0] }), ['410000', 'root']);
  t.end();
});
