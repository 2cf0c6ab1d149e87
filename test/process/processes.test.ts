// The process model: overlap of mappings, names, fork, exec, exit (FORMAT 3.5).

import fc from 'fast-check';
import t from 'tap';
import type { Mapping } from '../../src/process/mapping.ts';
import { Mappings } from '../../src/process/mappings.ts';
import { Modules, isAnonymous, isJitdump, kernelModuleName } from '../../src/process/modules.ts';
import { Processes, type MmapEvent } from '../../src/process/processes.ts';

const NO_IDENTITY = { buildId: '', major: 0, minor: 0, inode: 0 };

function event(pid: number, start: number, length: number, path: string, more: Partial<MmapEvent> = {}): MmapEvent {
  return { pid, tid: pid, start, length, pageOffset: 0, path, executable: true, flags: 2, identity: NO_IDENTITY, ...more };
}

t.test('a later mapping cuts earlier ones as mmap does', (t) => {
  const modules = new Modules();
  const old = modules.file('/old', NO_IDENTITY);
  const fresh = modules.file('/new', NO_IDENTITY);
  const mappings = new Mappings();
  mappings.insert({ start: 0x1000, end: 0x5000, pageOffset: 0x100, module: old, executable: true });
  const before = mappings.state;
  mappings.insert({ start: 0x2000, end: 0x3000, pageOffset: 0, module: fresh, executable: true });
  t.not(mappings.state, before, 'a change is a new state');
  t.equal(mappings.find(0x1fff)?.module, old);
  t.equal(mappings.find(0x2000)?.module, fresh);
  t.equal(mappings.find(0x2fff)?.module, fresh);
  t.same([mappings.find(0x3000)?.module, mappings.find(0x3000)?.pageOffset], [old, 0x2100], 'the right piece keeps its place in the file');
  t.equal(mappings.find(0xfff), undefined);
  t.equal(mappings.find(0x5000), undefined);
  t.end();
});

t.test('mappings equal a painted address space', (t) => {
  const modules = new Modules();
  const list = Array.from({ length: 6 }, (_, i) => modules.file(`/m${i}`, NO_IDENTITY));
  fc.assert(
    fc.property(fc.array(fc.record({ start: fc.nat(60), length: fc.nat(20), module: fc.nat(5), offset: fc.nat(9) }), { maxLength: 25 }), (ranges) => {
      const mappings = new Mappings();
      const painted: (readonly [number, number] | undefined)[] = new Array(100).fill(undefined);
      for (const { start, length, module, offset } of ranges) {
        mappings.insert({ start, end: start + length, pageOffset: offset, module: list[module]!, executable: true });
        for (let at = start; at < start + length; at++) painted[at] = [list[module]!.id, at - start + offset];
      }
      for (let at = 0; at < painted.length; at++) {
        const found: Mapping | undefined = mappings.find(at);
        const place = found === undefined ? undefined : [found.module.id, at - found.start + found.pageOffset];
        if (at % 7 === 0) mappings.clone().insert({ start: 0, end: 100, pageOffset: 0, module: list[0]!, executable: true });
        if (JSON.stringify(place) !== JSON.stringify(painted[at])) return false;
      }
      return true;
    }),
  );
  t.end();
});

t.test('many mappings, and many forks that each go on by themselves, cost little', (t) => {
  const module = new Modules().file('/m', NO_IDENTITY);
  for (const place of [(i: number) => i * 0x2000, (i: number) => 0x4000_0000 - i * 0x2000, (i: number) => ((i * 7919) % 20_011) * 0x1000]) {
    const parent = new Mappings();
    for (let i = 0; i < 5_000; i++) parent.insert({ start: place(i), end: place(i) + 0x1000, pageOffset: i, module, executable: true });
    const started = process.cpuUsage().user;
    const children = Array.from({ length: 5_000 }, (_, i) => {
      const child = parent.clone();
      child.insert({ start: place(i) + 0x400, end: place(i) + 0x600, pageOffset: 77, module, executable: true });
      return child;
    });
    t.ok(process.cpuUsage().user - started < 2e6);
    t.equal(parent.find(place(4_999) + 0x500)?.pageOffset, 4_999, 'the parent has its own');
    t.equal(children[5]!.find(place(5) + 0x500)?.pageOffset, 77);
    t.same([place(5), place(5) + 0x600].map((at) => children[5]!.find(at)?.start), [place(5), place(5) + 0x600], 'cut in two');
    t.equal(children[6]!.find(place(5) + 0x500)?.pageOffset, 5);
    const starts = [...children[7]!.all].map(({ start }) => start);
    t.equal(starts.length, 5_002);
    t.ok(starts.every((start, i) => i === 0 || start > starts[i - 1]!));
  }
  t.end();
});

t.test('names: the default is overwritten, later ones are new', (t) => {
  const processes = new Processes({ keepExited: false });
  const thread = processes.thread(10, 10);
  t.equal(thread.comm.text, ':10');
  const first = thread.comm;
  processes.comm(10, 10, 'perf-exec', false);
  t.equal(first.text, 'perf-exec', 'what was counted under the default follows the first real name');
  processes.comm(10, 10, 'python3', true);
  t.equal(first.text, 'perf-exec');
  t.equal(processes.thread(10, 10).comm.text, 'python3');
  t.equal(processes.thread(0, 0).comm.text, 'swapper');
  t.end();
});

t.test('fork copies mappings and JIT code, threads share them, exec drops them', (t) => {
  const announced: number[] = [];
  const processes = new Processes({ keepExited: false, onJitdump: (process) => announced.push(process.pid) });
  processes.comm(10, 10, 'python3', true);
  processes.mmap(event(10, 0x400000, 0x1000, '/usr/bin/python3.13'));
  processes.mmap(event(10, 0x7000, 0x1000, '/tmp/jit-10.dump'));
  t.same(announced, [10]);
  processes.fork(11, 10, 11, 10, 500, false);
  const child = processes.thread(11, 11);
  t.equal(child.comm.text, 'python3', 'the name is inherited');
  t.equal(child.process.mappings.find(0x400500)?.module.path, '/usr/bin/python3.13');
  t.same(child.process.jitdumps.map((use) => use.until), [500], 'the parent loads code for itself only after the fork');
  processes.mmap(event(11, 0x400000, 0x1000, '/other'));
  t.equal(processes.thread(10, 10).process.mappings.find(0x400500)?.module.path, '/usr/bin/python3.13', 'the copy is independent');
  processes.fork(10, 10, 12, 10, 600, false);
  t.equal(processes.thread(10, 12).process, processes.thread(10, 10).process, 'a thread shares its process');
  const state = child.process.state;
  processes.comm(11, 11, 'ls', true);
  t.equal(child.process.mappings.find(0x400500), undefined, 'exec');
  t.same(child.process.jitdumps, []);
  t.not(child.process.state, state);
  processes.fork(13, 10, 13, 10, 0, true);
  t.equal(processes.thread(13, 13).process.mappings.find(0x400500), undefined, 'a synthesized fork copies nothing');
  t.end();
});

t.test('exit: script forgets the name, report keeps it', (t) => {
  for (const keepExited of [false, true]) {
    const processes = new Processes({ keepExited });
    processes.comm(20, 20, 'sh', true);
    processes.exit(20, 20);
    t.equal(processes.thread(20, 20).comm.text, keepExited ? 'sh' : ':20');
  }
  t.end();
});

t.test('what maps what', (t) => {
  t.ok(isAnonymous('//anon', 2));
  t.ok(isAnonymous('/SYSV00000000 (deleted)', 1));
  t.ok(isAnonymous('/mnt/huge', 0x40000));
  t.notOk(isAnonymous('/memfd:x (deleted)', 2));
  t.ok(isJitdump('/tmp/jit-1.dump'));
  t.notOk(isJitdump('/tmp/jit-x.dump'));
  t.equal(kernelModuleName('/lib/modules/6.1/kernel/foo-bar.ko.xz'), '[foo_bar]');
  const processes = new Processes({ keepExited: false });
  processes.mmap(event(5, 0x1000, 0x1000, '//anon'));
  t.equal(processes.process(5).mappings.find(0x1800)?.module.shortName, 'perf-5.map');
  processes.fork(6, 5, 6, 5, 1, false);
  t.equal(processes.process(6).mappings.find(0x1800)?.module.shortName, 'perf-5.map', 'inherited code is named by the map of who mapped it');
  processes.kernelMmap(-0x7f000000, 0x1000000, -0x7f000000, '[kernel.kallsyms]_text', 'ab');
  t.equal(processes.kernelMappings.find(-0x7efff000)?.module, processes.modules.kernel);
  t.equal(processes.modules.kernel.id, 0);
  t.equal(processes.kernelReference?.name, '_text');
  processes.kernelSymbol(-0x40000000, 64, 'bpf_prog_1234_x');
  t.equal(processes.kernelMappings.find(-0x40000000 + 10)?.module.kind, 'bpf');
  processes.modules.listedKernelModules.set('[foo_bar]', '');
  for (const [file, isListed] of [['/lib/modules/6.1/foo-bar.ko.xz', true], ['/lib/modules/6.1/other.ko', false]] as const) {
    t.equal(processes.modules.kernelModule(file, '').isListed, isListed);
  }
  processes.modules.buildIds.set('/lib/a.so', 'cafe');
  t.equal(processes.modules.file('/lib/a.so', NO_IDENTITY).buildId, 'cafe');
  t.end();
});

t.test('processes that are long gone have no mappings, others keep theirs', (t) => {
  const processes = new Processes({ keepExited: true });
  processes.comm(1, 1, 'make', true);
  processes.mmap(event(1, 0x1000, 0x1000, '/usr/bin/make'));
  for (let pid = 2; pid < 602; pid++) {
    processes.fork(pid, 1, pid, 1, pid, false);
    processes.fork(pid, pid, 10_000 + pid, pid, pid, false);
    processes.exit(pid, pid);
    if (pid !== 3) processes.exit(pid, 10_000 + pid);
  }
  const isMapped = (pid: number): boolean => processes.thread(pid, pid).process.mappings.find(0x1800) !== undefined;
  t.same([1, 2, 3, 4, 300, 601].map(isMapped), [true, false, true, false, false, true], 'a thread that still runs keeps its process');
  t.equal(processes.thread(2, 2).comm.text, 'make');
  t.end();
});
