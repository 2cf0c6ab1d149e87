// What bytes of code say: calls in all their encodings, prologues and epilogues; and a stack whose leaf has no frame yet.

import t from 'tap';
import { followsCall, isReturnedToUncalled, leafFrame, LeafFrame } from '../../src/unwind/code-bytes.ts';
import { StackUnwinder } from '../../src/unwind.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text.split(' '), (byte) => Number.parseInt(byte, 16));
/** A word of arm64 code behind another one. */
const word = (value: number): Uint8Array => {
  const code = new Uint8Array(8);
  new DataView(code.buffer).setUint32(4, value, true);
  return code;
};

t.test('calls', async (t) => {
  // As gcc, clang, Go and V8 write them: objdump's bytes and text.
  const calls = {
    'call rel32': '00 00 00 e8 ab ff ff ff',
    'call *%rcx, of the trampoline of CPython': '55 48 89 e5 ff d1',
    'call *%r12': '00 00 41 ff d4',
    'call *(%rax)': '00 00 00 ff 10',
    'call *0x18(%rax)': '00 00 ff 50 18',
    'call *0x2fe2(%rip)': '00 00 ff 15 e2 2f 00 00',
    'call *0x88(%r11)': '00 41 ff 93 88 00 00 00',
    'call *(%r15,%rax,8)': '00 00 41 ff 14 c7',
    'call *0x8(%rsp)': '00 00 00 ff 54 24 08',
    'call *0x4f0(,%rax,8)': '00 ff 14 c5 f0 04 00 00',
  };
  for (const [name, code] of Object.entries(calls)) t.ok(followsCall(bytes(code), false), name);
  const others = { 'jmp *%rax': '00 00 00 00 00 00 ff e0', nop: '90 90 90 90 90 90 90 90', syscall: 'b8 0f 00 00 00 0f 05 90', 'push (%rax)': '00 00 00 00 00 00 ff 30', 'call of another length': '00 00 00 00 00 00 ff 15' };
  for (const [name, code] of Object.entries(others)) t.notOk(followsCall(bytes(code), false), name);
  for (const call of [0x97ffffeb, 0x94000001, 0xd63f0060, 0xd73f0863, 0xd73f0c63, 0xd63f087f, 0xd63f0c7f]) t.ok(followsCall(word(call), true), call.toString(16));
  for (const other of [0x17ffffeb, 0xd61f0060, 0xd65f03c0, 0xd503201f, 0xa9bf7bfd]) t.notOk(followsCall(word(other), true), other.toString(16));
  t.notOk(followsCall(new Uint8Array(0), false));
  t.notOk(followsCall(new Uint8Array(3), true));
});

t.test('what functions return to though nobody called them from there', async (t) => {
  const words = (...values: readonly number[]): Uint8Array => new Uint8Array(Uint32Array.from([...values, 0, 0, 0]).buffer);
  t.ok(isReturnedToUncalled(bytes('1f 44 00 00 48 c7 c0 0f 00 00 00 0f 05'), false), "glibc's and musl's __restore_rt");
  t.ok(isReturnedToUncalled(bytes('cc cc cc cc b8 0f 00 00 00 0f 05 cc cc'), false), 'in fewer bytes');
  t.ok(isReturnedToUncalled(bytes('cc cc cc 90 e8 1b 00 00 00 90 cc cc cc'), false), "Go's runtime.goexit");
  t.notOk(isReturnedToUncalled(bytes('1f 44 00 00 48 c7 c0 0e 00 00 00 0f 05'), false), 'another system call');
  t.notOk(isReturnedToUncalled(bytes('cc cc cc cc e8 1b 00 00 00 90 cc cc cc'), false));
  t.notOk(isReturnedToUncalled(bytes('1f 44 00 00 48 c7 c0 0f'), false), 'too few');
  t.ok(isReturnedToUncalled(words(0xd503201f, 0xd2801168, 0xd4000001), true), "the vdso's __kernel_rt_sigreturn");
  t.ok(isReturnedToUncalled(words(0xd503201f, 0x94000005), true), "Go's runtime.goexit");
  t.notOk(isReturnedToUncalled(words(0xd503201f, 0xd2801188, 0xd4000001), true));
  t.notOk(isReturnedToUncalled(words(0xd65f03c0, 0x94000005), true));
});

t.test('the beginning and the end of a function', async (t) => {
  t.equal(leafFrame(bytes('55 48 89 e5 ff d1'), 0x90), LeafFrame.None);
  t.equal(leafFrame(bytes('f3 0f 1e fa 55 48'), 0x90), LeafFrame.None);
  t.equal(leafFrame(bytes('48 89 e5 ff d1 5d'), 0x55), LeafFrame.Pushed);
  t.equal(leafFrame(bytes('48 8b ec 6a 0a'), 0x55), LeafFrame.Pushed);
  t.equal(leafFrame(bytes('48 89 e5 ff d1 5d'), 0x90), LeafFrame.Unknown, 'rbp was not pushed just now');
  t.equal(leafFrame(bytes('48 89 e5'), -1), LeafFrame.Unknown);
  for (const end of ['c3', 'f3 c3', 'f2 c3', 'c2 08 00']) t.equal(leafFrame(bytes(end), 0x5d), LeafFrame.None);
  t.equal(leafFrame(bytes('ff d1 5d c3'), 0xe5), LeafFrame.Unknown);
});

t.test('a leaf at every instruction of a function that nothing describes', async (t) => {
  const LEAF = 0x1000n;
  const CALLER = 0x1100n;
  const SP = 0x7ffc_0000_0100n;
  // push rbp; mov rbp, rsp; call rcx; pop rbp; ret
  const leaf = bytes('55 48 89 e5 ff d1 5d c3');
  const memory = new Uint8Array(0x200);
  memory.set(leaf, 0);
  memory.set(bytes('ff d0'), 0x10e); // the caller's call, of the leaf
  memory.set(bytes('e8 00 00 00 00'), 0x13b); // and that of its own caller
  const unwinder = new StackUnwinder({ machine: 'x86-64', modules: [{ start: 0x1000n, end: 0x1200n, bias: 0n }] });
  const walk = (offset: bigint, rsp: bigint, rbp: bigint, words: readonly bigint[]): string => {
    const stack = new Uint8Array(BigUint64Array.from(words).buffer);
    const { frames, end } = unwinder.unwind({
      registers: { rip: LEAF + offset, rsp, rbp },
      readMemory: (address, length) => {
        const [base, held] = address >= rsp ? [rsp, stack] : [LEAF, memory];
        return address < base || address >= base + BigInt(held.length) ? undefined : held.subarray(Number(address - base), Number(address - base) + length);
      },
    });
    return [...frames.map(({ address }) => address.toString(16)), end].join(' ');
  };
  const callerFrame = [0n, CALLER + 0x40n]; // its caller's rbp: none; its return address
  const at = SP + 24n; // of that frame
  const rest = [7n, ...callerFrame];
  const expected = (offset: bigint): string => `${(LEAF + offset).toString(16)} 110f 113f root`;
  t.equal(walk(0n, SP + 8n, at, [CALLER + 0x10n, ...rest]), expected(0n), 'push rbp comes next');
  t.equal(walk(1n, SP, at, [at, CALLER + 0x10n, ...rest]), expected(1n), 'it is pushed');
  t.equal(walk(4n, SP, SP, [at, CALLER + 0x10n, ...rest]), expected(4n), 'in its frame');
  t.equal(walk(6n, SP, SP, [at, CALLER + 0x10n, ...rest]), expected(6n));
  t.equal(walk(7n, SP + 8n, at, [CALLER + 0x10n, ...rest]), expected(7n), 'ret comes next');
  t.equal(walk(4n, SP, SP, [at, CALLER + 0x20n, ...rest]), '1004 no CFI', 'no return address: it follows no call');
});
