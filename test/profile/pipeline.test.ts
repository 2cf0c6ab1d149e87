// The walk of a recording from records to samples with names: processes and their code in the course of time, jitdumps and perf maps
// found or not, chains that come later, counters, losses, and the counts that say how good the data is.

import t from 'tap';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { openPerfData } from '../../src/perfdata/perf-data-file.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { recordedMachine } from '../../src/profile/contents-loader.ts';
import type { PerfDataFile } from '../../src/perfdata/perf-data-file.ts';
import type { QualityReport } from '../../src/profile/quality.ts';
import { demoParts, openInMemory, testdata, type Parts } from '../end-to-end/in-memory.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { fileOf, recordOf } from '../perfdata/recording.ts';

const CODE = { start: 0x7000_0000, length: 0x1_0000, path: '//anon' };
const PYTHON = { start: 0x40_0000, length: 0x10_0000, path: '/usr/bin/python3.13' };
const at = (offset: number): number => CODE.start + offset;

function jitdump(pid: number, functions: readonly (readonly [name: string, offset: number, time: number])[]): Uint8Array {
  const writer = new JitdumpWriter({ pid });
  functions.forEach(([name, offset, time], index) => writer.load({ name, start: at(offset), size: 16, time: BigInt(time), index: index + 1 }));
  return writer.bytes();
}

/** Of each sample: who, and the names of its frames; `?module` where there is none. */
async function stacksOf(parts: Parts): Promise<{ readonly stacks: string[]; readonly damage: string[]; readonly quality: QualityReport }> {
  const recording = await openInMemory(parts);
  const stacks: string[] = [];
  for await (const { pid, comm, frames } of recording.samples()) {
    stacks.push(`${comm}/${pid} ${frames.map(({ name, module }) => (name === '' ? `?${module}` : name)).join(' ')}`);
  }
  const { quality } = await recording.profile();
  return { stacks, damage: recording.damage.map(({ code }) => code), quality };
}

t.test('a jitdump through its life: load, reload, fork, exec', async (t) => {
  const made = new MadeRecording({ clockId: 1 })
    .comm(1, 'py', 1, true).mmap(1, CODE, 2).mmap(1, { start: 0x6000_0000, length: 0x1000, path: '/tmp/jit-1.dump' }, 3)
    .sample(1, [at(0)], 50).sample(1, [at(4), at(20)], 150)
    .fork(2, 1, 200).comm(2, 'child', 201)
    .sample(1, [at(0)], 350).sample(2, [at(0)], 351).sample(2, [at(36)], 352)
    .comm(2, 'ls', 400, true).sample(2, [at(0x500)], 401)
    .exit(1, 500).sample(1, [at(0)], 501);
  const dump = jitdump(1, [['py::a', 0, 100], ['py::b', 16, 100], ['py::again', 0, 300], ['py::late', 32, 300]]);
  const { stacks, damage, quality } = await stacksOf({ recording: made.bytes(), jitdumps: new Map([['jit-1.dump', dump]]) });
  t.same(stacks, ['py/1 ?', 'py/1 py::a py::b', 'py/1 py::again', 'child/2 py::a', 'child/2 ?', 'ls/2 ?', ':1/1 py::again']);
  t.same(damage, []);
  t.same([quality.python, quality.pythonNamed, quality.namelessTrampolines, quality.pythonSupport], [6, 4, 2, true]);
});

t.test('a jitdump that is missing, another’s, or of another clock', async (t) => {
  const make = (clockId?: number): Uint8Array =>
    new MadeRecording(clockId === undefined ? {} : { clockId }).comm(1, 'py', 1, true).mmap(1, CODE, 2).mmap(1, { start: 0x6000_0000, length: 0x1000, path: '/tmp/jit-1.dump' }, 3).sample(1, [at(0)], 50).bytes();
  const dump = jitdump(1, [['py::a', 0, 1_000_000]]);
  t.same(await stacksOf({ recording: make(1) }), { stacks: ['py/1 ?'], damage: ['jitdump-missing'], quality: (await stacksOf({ recording: make(1) })).quality });
  const foreign = await stacksOf({ recording: make(1), jitdumps: new Map([['jit-1.dump', jitdump(77, [['py::a', 0, 10]])]]) });
  t.same([foreign.stacks, foreign.damage], [['py/1 ?'], ['jitdump-foreign']]);
  const timeless = await stacksOf({ recording: make(), jitdumps: new Map([['jit-1.dump', dump]]) });
  t.same([timeless.stacks, timeless.damage], [['py/1 py::a'], ['jitdump-clock']]);
  t.same((await stacksOf({ recording: make(1), jitdumps: new Map([['jit-1.dump', dump]]) })).stacks, ['py/1 ?'], 'with the same clock it is not there yet');
});

t.test('perf maps: by the recorded pid, or the only other one that fits', async (t) => {
  const recording = new MadeRecording().comm(40, 'py', 1, true).mmap(40, CODE, 2).sample(40, [at(2), at(0x100)], 50).bytes();
  const map = (...lines: string[]): Uint8Array => new TextEncoder().encode(lines.join('\n'));
  const own = map('70000000 c py::f', '70000100 c py::g', '70000000 8 py::last');
  t.same((await stacksOf({ recording, perfMaps: new Map([[40, own]]) })).stacks, ['py/40 py::last py::g'], 'the last writer wins');
  t.same((await stacksOf({ recording })).stacks, ['py/40 ?/tmp/perf-40.map ?/tmp/perf-40.map']);
  const inner = await stacksOf({ recording, perfMaps: new Map([[3, own]]) });
  t.same([inner.stacks, inner.damage], [['py/40 py::last py::g'], ['perf-map-of-other-pid']], 'in a container');
  const two = await stacksOf({ recording, perfMaps: new Map([[3, own], [4, own]]) });
  t.same(two.stacks, ['py/40 ?/tmp/perf-40.map ?/tmp/perf-40.map'], 'which of two it is nobody knows');
  const elsewhere = await stacksOf({ recording, perfMaps: new Map([[3, map('10000 c py::f')]]) });
  t.same(elsewhere.stacks, ['py/40 ?/tmp/perf-40.map ?/tmp/perf-40.map']);
});

t.test('a perf map that many processes take is read once', async (t) => {
  const made = new MadeRecording();
  for (let pid = 1; pid <= 1_000; pid++) made.mmap(pid, CODE, pid * 2).sample(pid, [at(2)], pid * 2 + 1);
  const map = new TextEncoder().encode('70000000 c py::f\n'.repeat(30_000));
  const { user } = process.cpuUsage();
  const { stacks } = await stacksOf({ recording: made.bytes(), perfMaps: new Map([[900_001, map]]) });
  t.same([stacks.length, new Set(stacks.map((stack) => stack.split(' ').at(-1)))], [1_000, new Set(['py::f'])]);
  t.ok(process.cpuUsage({ user, system: 0 }).user < 3_000_000);
});

t.test('user chains that come later', async (t) => {
  const kernel = [-0x7e00_0000, -0x7e00_0100];
  const made = new MadeRecording({ flags: [38n] }).comm(1, 'a', 1, true).comm(2, 'b', 1, true).mmap(1, CODE, 2)
    .openSample(1, kernel, 77, 10).openSample(2, kernel, 77, 11).openSample(1, kernel, 78, 12).sample(1, [at(8)], 13)
    .deferredChain(1, [at(0), at(4)], 78, 20)
    .sample(1, [at(12)], 21).bytes();
  const map = new TextEncoder().encode('70000000 100 f');
  const { stacks, quality } = await stacksOf({ recording: made, perfMaps: new Map([[1, map]]) });
  t.same(stacks.map((stack) => stack.replaceAll('?[kernel.kallsyms]', '?')), ['a/1 f', 'a/1 ? ?', 'a/1 ? ? f f', 'a/1 f', 'b/2 ? ?'], 'of one thread together, those that wait in vain at the end');
  t.equal(quality.samples, 5);

  // A chain that says that it is longer than its record (SPEC 4.1.5) is none, and its cookie's samples wait in vain.
  const damaged = made.slice();
  const view = new DataView(damaged.buffer);
  let count = damaged.length - 16;
  while (view.getBigUint64(count - 8, true) !== 78n || view.getBigUint64(count, true) !== 3n) count -= 8;
  view.setBigUint64(count, 1_000n, true);
  const without = await stacksOf({ recording: damaged, perfMaps: new Map([[1, map]]) });
  t.same(without.stacks.map((stack) => stack.replaceAll('?[kernel.kallsyms]', '?')), ['a/1 f', 'a/1 f', 'a/1 ? ?', 'b/2 ? ?', 'a/1 ? ?']);
});

t.test('callers that the processor kept as a stack of calls', async (t) => {
  // IP, TID, TIME, CALLCHAIN, BRANCH_STACK in the user's call stack mode.
  const attr = { sampleType: 1 | 2 | 4 | 0x20 | 0x800, branchSampleType: 0x801n };
  const sample = (misc: number, ip: number, chain: readonly (number | bigint)[], calls: readonly number[]): Uint8Array =>
    recordOf(true, 9, misc, (writer) => {
      writer.u64(ip).u32(1).u32(1).u64(50).u64(chain.length);
      for (const word of chain) writer.u64(word);
      writer.u64(calls.length);
      for (const from of calls) writer.u64(from).u64(at(0)).u64(0);
    });
  const mapping = recordOf(true, 10, 2, (writer) =>
    writer.u32(1).u32(1).u64(CODE.start).u64(CODE.length).u64(0).u32(0).u32(0).u64(0).u64(0).u32(5).u32(2).raw(Buffer.from('//anon\0\0')).u32(1).u32(1).u64(1));
  const map = new TextEncoder().encode('70000000 10 inner\n70000010 10 middle\n70000020 10 outer\n70000030 10 skid');
  const kernel = -0x7e00_0000;
  const recording = fileOf(true, [attr], [
    mapping,
    sample(2, at(4), [-512n, at(0x34), 0], [at(0x14), at(0x24)]),
    sample(2, at(4), [-512n, at(0x34), 0], [at(0x24)]),
    sample(1, kernel, [-128n, kernel, -512n, at(8), at(0x34)], [at(0x14), at(0x24)]),
    sample(1, kernel, [-128n, kernel, -512n, at(8), at(0x34)], []),
    sample(1, kernel, [-128n, kernel], [at(0x14)]),
  ]);
  const { stacks } = await stacksOf({ recording, perfMaps: new Map([[1, map]]) });
  t.same(stacks.map((stack) => stack.replaceAll('?[kernel.kallsyms]', '?')), [
    ':1/1 inner middle outer', ':1/1 inner outer', ':1/1 ? inner middle outer', ':1/1 ? inner skid', ':1/1 ?',
  ]);
});

t.test('a stack that was cut goes on as the processor\'s stack of calls does', async (t) => {
  // IP, TID, TIME, BRANCH_STACK, REGS_USER, STACK_USER, with all registers of x86-64.
  const attr = { sampleType: 1 | 2 | 4 | 0x800 | 0x1000 | 0x2000, branchSampleType: 0x801n, sampleRegsUser: 0xff0fffn, sampleStackUser: 48 };
  const SP = 0x7fff_0000;
  const sample = (calls: readonly number[], returns: readonly number[]): Uint8Array =>
    recordOf(true, 9, 2, (writer) => {
      writer.u64(at(4)).u32(1).u32(1).u64(50).u64(calls.length);
      for (const from of calls) writer.u64(from).u64(at(0)).u64(0);
      writer.u64(2);
      // ax bx cx dx si di bp sp ip, and the others.
      for (let register = 0; register < 20; register++) writer.u64(register === 6 || register === 7 ? SP : register === 8 ? at(4) : 0);
      writer.u64(48);
      // Frame records of three words each: the next one's address, the return address, something.
      returns.forEach((address, i) => writer.u64(SP + (i + 1) * 24).u64(address).u64(7));
      writer.u64(48);
    });
  const mapping = recordOf(true, 10, 2, (writer) =>
    writer.u32(1).u32(1).u64(CODE.start).u64(CODE.length).u64(0).u32(0).u32(0).u64(0).u64(0).u32(5).u32(2).raw(Buffer.from('//anon\0\0')).u32(1).u32(1).u64(1));
  const map = new TextEncoder().encode('70000000 10 inner\n70000010 10 middle\n70000020 10 outer\n70000030 10 first\n70000040 10 other');
  const returns = [at(0x19), at(0x29)];
  const recording = fileOf(true, [attr], [
    mapping,
    sample([at(0x14), at(0x24), at(0x34)], returns),
    sample([at(0x24), at(0x34)], returns), // a call too few inside: one frame in common
    sample([at(0x44), at(0x14), at(0x24), at(0x34)], returns), // one more inside: made since
    sample([at(0x14), at(0x34)], returns),
    sample([at(0x14), at(0x24)], returns),
    sample([], returns),
  ]);
  const { stacks } = await stacksOf({ recording, perfMaps: new Map([[1, map]]) });
  const cut = ':1/1 inner middle outer';
  t.same(stacks, [`${cut} first`, cut, `${cut} first`, cut, cut, cut]);
});

t.test('counters: a sample stands for what has grown', async (t) => {
  // IP, TID, TIME, READ of a group of two, by id.
  const attr = { sampleType: 1 | 2 | 4 | 0x10 | 0x40, readFormat: 4 | 8 };
  const sample = (time: number, first: number, second: number): Uint8Array =>
    recordOf(true, 9, 2, (writer) => writer.u64(0x1000).u32(5).u32(5).u64(time).u64(100).u64(2).u64(first).u64(100).u64(second).u64(200));
  const recording = fileOf(true, [{ ...attr, ids: [100n] }, { ...attr, ids: [200n] }], [sample(1, 1000, 7), sample(2, 1500, 7), sample(3, 1600, 9)]);
  const { profile, quality } = await (await openInMemory({ recording })).profile();
  t.same(profile.events.map(({ samples, period }) => [samples, period]), [[3, 1600], [2, 9]], 'the second had not grown once');
  t.equal(quality.samples, 3);
  const real = (await (await openInMemory({ recording: testdata('perfdata/group.data') })).profile()).profile;
  t.ok(real.events.length === 2 && real.events.every(({ samples }) => samples > 0));
  t.same(real.events.map(({ leader }) => leader), [0, 0]);
});

t.test('losses, and chains that end in nothing', async (t) => {
  const recording = new MadeRecording().comm(1, 'python3.13', 1, true).mmap(1, PYTHON, 2)
    .sample(1, [0x40_0100, 0x7fff_1234_5678], 10).sample(1, [0x40_0100, 0x40_0200], 11)
    .lostSamples(5, 12).lostSamples(2, 13).bytes();
  const { stacks, quality } = await stacksOf({ recording });
  t.same(stacks, ['python3.13/1 ?/usr/bin/python3.13 ?', 'python3.13/1 ?/usr/bin/python3.13 ?/usr/bin/python3.13']);
  t.same([quality.lost, quality.samples, quality.chains, quality.chainsWithTail], [7, 2, 2, 1]);
  t.same([quality.python, quality.pythonNamed, quality.pythonSupport, quality.pythonChainDepth], [2, 0, false, 2]);
  t.same(quality.unnamed.map(({ module, frames, found }) => [module.path, frames, found]), [['/usr/bin/python3.13', 3, false]]);
});

t.test('a walk in small steps is the same walk', async (t) => {
  const recording = await openInMemory(demoParts());
  const walk = async (most: number): Promise<{ samples: string[]; rest: number; steps: number }> => {
    const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false });
    const samples: string[] = [];
    let rest = 0;
    let steps = 1;
    while (await pipeline.run({ sample: (sample) => samples.push(`${sample.depth} ${sample.stop} ${sample.ip}`), record: () => rest++ }, most)) steps++;
    return { samples, rest, steps };
  };
  const whole = await walk(Infinity);
  t.equal(whole.samples.length, 491);
  for (const most of [1, 7, 491]) {
    const parts = await walk(most);
    t.ok(parts.steps > 1);
    t.same([parts.samples, parts.rest], [whole.samples, whole.rest], `${most} at a time`);
  }
});

t.test('samples without a time, and of unknown threads', async (t) => {
  const attr = { sampleType: 1 | 2 };
  const sample = (pid: number): Uint8Array => recordOf(true, 9, 2, (writer) => writer.u64(0x40_0100).u32(pid).u32(pid));
  const mmap = recordOf(true, 10, 2, (writer) =>
    writer.u32(7).u32(7).u64(0x40_0000).u64(0x1000).u64(0).u32(8).u32(1).u64(7).u64(0).u32(5).u32(2).raw(new TextEncoder().encode('/bin/x\0\0')).u32(7).u32(7));
  const { stacks } = await stacksOf({ recording: fileOf(true, [attr], [sample(7), mmap, sample(7), sample(-1), sample(0)]) });
  t.same(stacks, [':7/7 ?', ':7/7 ?/bin/x', ':-1/-1 ?', 'swapper/0 ?']);
});

t.test('which machine recorded', async (t) => {
  const open = (bytes: Uint8Array): PerfDataFile => perform(new MemorySource(bytes), openPerfData(bytes.length, new Diagnostics())) as PerfDataFile;
  const bare = (mask: bigint): PerfDataFile => open(fileOf(true, [{ sampleType: 1, sampleRegsUser: mask }], []));
  t.equal(recordedMachine(bare(0n)), 'x86-64', 'nothing known: the usual one');
  t.equal(recordedMachine(bare(0xff0fffn)), 'x86-64');
  t.equal(recordedMachine(bare(0x1ffffffffn)), 'arm64');
  t.equal(recordedMachine(open(testdata('perfdata/file.data'))), 'x86-64');
  t.equal(recordedMachine(open(testdata('perfdata/big-endian-zstd.data'))), 's390x');
  t.equal(recordedMachine(bare(0x3ffffffffn)), 's390x');
  t.equal(recordedMachine(bare(0xffffffffn)), 'riscv64');
});
