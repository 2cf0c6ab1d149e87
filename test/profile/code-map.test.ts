// Which code lies at an address of a process at a moment: a mapped file, then jitdump code, then the perf map, then nothing with a
// name (src/profile/code-map.ts), and how the resolver asks for what it lacks.

import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { WideAddresses } from '../../src/bytes/int64.ts';
import { parsePerfMap } from '../../src/jit/perf-map.ts';
import type { Module } from '../../src/process/module.ts';
import { Processes, type MmapEvent } from '../../src/process/processes.ts';
import { CodeMap, findKernel, symbolsOf, type ModuleContents } from '../../src/profile/code-map.ts';
import { FrameFlag } from '../../src/profile/frame-table.ts';
import { NEEDS_MODULE, Resolver } from '../../src/profile/resolver.ts';
import type { SymbolTable } from '../../src/symbols/symbol-table.ts';
import { JitdumpWriter, type Load } from '../jit/jitdump-writer.ts';
import { readBytes } from '../jit/reading-jitdumps.ts';

const NO_IDENTITY = { buildId: '', major: 8, minor: 1, inode: 7 };
const FILE = 0x40_0000;
const CODE = 0x7000_0000;
const PAGE = 0x6000_0000;

function event(pid: number, start: number, length: number, path: string, more: Partial<MmapEvent> = {}): MmapEvent {
  return { pid, tid: pid, start, length, pageOffset: 0, path, executable: true, flags: 2, identity: NO_IDENTITY, ...more };
}

/** A table of one symbol. */
function oneSymbol(name: string, start: number, end: number): SymbolTable {
  return { length: 1, find: (address) => (address >= start && address < end ? 0 : -1), start: () => start, end: () => end, name: () => name, isObject: () => false };
}

function fileContents(symbols: SymbolTable | undefined, bias = 0): ModuleContents {
  return { kind: 'file', loaded: { symbols, cfi: undefined, found: symbols === undefined ? 'missing' : 'file', files: undefined, steps: [], fileOffsetToAddress: (offset) => offset + bias } };
}

function jitContents(loads: readonly Load[], timeless = false): ModuleContents {
  const writer = new JitdumpWriter({ pid: 1 });
  for (const load of loads) writer.load(load);
  const { code } = readBytes(writer.bytes());
  return { kind: 'jitdump', code, symbols: code, timeless };
}

function mapContents(text: string): ModuleContents {
  return { kind: 'symbols', symbols: parsePerfMap(new TextEncoder().encode(text), new Diagnostics()) };
}

/** A process model with a resolver, and words for what it finds. */
class Scene {
  readonly announced: Module[] = [];
  readonly processes: Processes = new Processes({ keepExited: true, onJitdump: (_, module) => this.announced.push(module) });
  readonly resolver: Resolver = new Resolver(this.processes, 'x86-64', new WideAddresses());

  get code(): CodeMap {
    return this.resolver.code;
  }

  load(path: string, contents: ModuleContents): void {
    const module = this.processes.modules.all.find((it) => it.path === path)!;
    this.resolver.provide(module, contents);
    if (contents.kind === 'jitdump') for (const thread of this.processes.threads) this.code.jitdumpLoaded(thread.process);
  }

  /** The name of the code at an address, `+` its offset; `?path` for code without a name; `load path`, or `-` for nothing. */
  at(pid: number, address: number, time: number, inKernel = false): string {
    this.resolver.enter(this.processes.thread(pid, pid).process, time, inKernel);
    const location = this.resolver.user(Math.floor(address / 2 ** 32), address | 0);
    return this.#words(location);
  }

  kernel(address: number): string {
    return this.#words(this.resolver.kernel(Math.floor(address / 2 ** 32), address | 0));
  }

  #words(location: number): string {
    const { locations, frames } = this.resolver;
    if (location === NEEDS_MODULE) return `load ${this.resolver.needed!.path}`;
    const frame = locations.frame[location]!;
    if (frames.symbol[frame]! >= 0) return `${frames.name(frame)}+${locations.relative[location]! - frames.start[frame]!}`;
    if ((frames.flags[frame]! & FrameFlag.NamelessJit) !== 0) return 'nameless';
    return frames.module[frame]! < 0 ? '-' : `?${frames.modules[frames.module[frame]!]!.path}`;
  }
}

t.test('a file: asked for once, named by its offsets, wherever it is mapped', async (t) => {
  const scene = new Scene();
  const { processes } = scene;
  processes.comm(1, 1, 'a', true);
  processes.mmap(event(1, FILE, 0x2000, '/bin/a', { pageOffset: 0x1000 }));
  t.equal(scene.at(1, FILE + 0x10, 0), 'load /bin/a');
  scene.load('/bin/a', fileContents(oneSymbol('main', 0x1000, 0x1800)));
  t.equal(scene.at(1, FILE + 0x10, 0), 'main+16');
  t.equal(scene.at(1, FILE + 0x900, 0), '?/bin/a');
  t.equal(scene.at(1, FILE - 1, 0), '-');
  processes.comm(2, 2, 'b', true);
  processes.mmap(event(2, 0x9000_0000, 0x2000, '/bin/a', { pageOffset: 0x1000 }));
  t.equal(scene.at(2, 0x9000_0010, 0), 'main+16', 'one module for both processes');
  const before = scene.resolver.locations.length;
  t.equal(scene.at(1, FILE + 0x10, 0), 'main+16');
  t.equal(scene.resolver.locations.length, before, 'and one location');
  processes.mmap(event(1, FILE, 0x1000, '/bin/other'));
  t.equal(scene.at(1, FILE + 0x10, 0), 'load /bin/other', 'a new mapping is seen at once');
  processes.mmap(event(1, 0xa000_0000, 0x1000, '/data', { executable: false }));
  scene.load('/data', fileContents(undefined));
  t.equal(scene.at(1, 0xa000_0010, 0), '?/data');
  t.equal(scene.code.find(0xa000_0010)?.unwind.kind, 'data', 'mapped, but no code');
});

t.test('the rows of a file are found where its segments lie in memory', async (t) => {
  const scene = new Scene();
  scene.processes.comm(1, 1, 'a', true);
  scene.processes.mmap(event(1, FILE + 0x1000, 0x1000, '/bin/a', { pageOffset: 0x3000 }));
  scene.load('/bin/a', fileContents(oneSymbol('main', 0x3000, 0x4000), 0x2000));
  scene.code.enter(scene.processes.process(1), 0, false);
  const region = scene.code.find(FILE + 0x1234)!;
  t.equal(FILE + 0x1234 - region.bias, 0x3234 + 0x2000, 'an ELF address');
  t.equal(FILE + 0x1234 - region.shift, 0x3234, 'a file offset');
});

t.test('jitdump code: from its time on, over anonymous memory, never over a file', async (t) => {
  const scene = new Scene();
  const { processes } = scene;
  processes.comm(1, 1, 'py', true);
  processes.mmap(event(1, CODE, 0x1000, '//anon'));
  processes.mmap(event(1, PAGE, 0x1000, '/tmp/jit-1.dump'));
  processes.mmap(event(1, FILE, 0x1000, '/bin/py'));
  t.same(scene.announced.map((module) => module.path), ['/tmp/jit-1.dump']);
  scene.load('/bin/py', fileContents(oneSymbol('eval', 0, 0x1000)));
  scene.load('/tmp/perf-1.map', mapContents(`${(CODE + 0x800).toString(16)} 10 py::mapped\n`));
  t.equal(scene.at(1, CODE + 4, 50), 'nameless', 'before it is loaded, and nothing else is known');
  scene.load('/tmp/jit-1.dump', jitContents([
    { name: 'py::old', start: CODE, size: 16, time: 100n, index: 1 },
    { name: 'py::new', start: CODE, size: 32, time: 200n, index: 2 },
    { name: 'py::file', start: FILE, size: 32, time: 100n, index: 3 },
    { name: 'py::page', start: PAGE + 64, size: 16, time: 100n, index: 4 },
    { name: 'py::nowhere', start: 0x1234_0000, size: 16, time: 100n, index: 5 },
  ]));
  t.equal(scene.at(1, CODE + 4, 99), 'nameless', 'not yet');
  t.equal(scene.at(1, CODE + 4, 100), 'py::old+4');
  t.equal(scene.at(1, CODE + 20, 150), 'nameless');
  t.equal(scene.at(1, CODE + 4, 199), 'py::old+4');
  t.equal(scene.at(1, CODE + 4, 200), 'py::new+4', 'other code at the same place');
  t.equal(scene.at(1, CODE + 20, 300), 'py::new+20');
  t.equal(scene.at(1, FILE + 4, 300), 'eval+4', 'a file is a file');
  t.equal(scene.at(1, PAGE + 68, 300), 'py::page+4', 'over the page of the dump itself');
  t.equal(scene.at(1, PAGE + 200, 300), 'nameless');
  t.equal(scene.at(1, 0x1234_0004, 300), 'py::nowhere+4', 'also where no mapping was recorded');
  t.equal(scene.at(1, CODE + 0x804, 300), 'py::mapped+4', 'then the perf map');
  processes.mmap(event(1, CODE, 0x1000, '//anon'));
  t.equal(scene.at(1, CODE + 4, 300), 'py::new+4', 'a later mprotect does not hide it');
});

t.test('a fork has its parent’s code up to the fork, and none after exec', async (t) => {
  const scene = new Scene();
  const { processes } = scene;
  processes.comm(1, 1, 'py', true);
  processes.mmap(event(1, CODE, 0x1000, '//anon'));
  processes.mmap(event(1, PAGE, 0x1000, '/tmp/jit-1.dump'));
  processes.fork(2, 1, 2, 1, 150, false);
  scene.load('/tmp/jit-1.dump', jitContents([
    { name: 'py::shared', start: CODE, size: 16, time: 100n, index: 1 },
    { name: 'py::later', start: CODE + 16, size: 16, time: 200n, index: 2 },
    { name: 'py::again', start: CODE, size: 16, time: 300n, index: 3 },
  ]));
  t.equal(scene.at(2, CODE + 16, 120), 'load /tmp/perf-1.map', 'perhaps a perf map knows');
  scene.load('/tmp/perf-1.map', { kind: 'symbols', symbols: undefined });
  t.same([scene.at(1, CODE, 120), scene.at(2, CODE, 180)], ['py::shared+0', 'py::shared+0']);
  t.same([scene.at(1, CODE + 16, 250), scene.at(2, CODE + 16, 250)], ['py::later+0', 'nameless']);
  t.same([scene.at(1, CODE, 350), scene.at(2, CODE, 350)], ['py::again+0', 'py::shared+0']);
  processes.comm(2, 2, 'ls', true);
  t.equal(scene.at(2, CODE, 400), '-');
  t.equal(scene.at(1, CODE, 400), 'py::again+0');
});

t.test('in exec the kernel works for the program that is gone, until the new one runs', async (t) => {
  const scene = new Scene();
  const { processes } = scene;
  processes.comm(1, 1, 'sh', true);
  processes.mmap(event(1, FILE, 0x2000, '/bin/sh'));
  processes.mmap(event(1, PAGE, 0x2000, '/lib/libc.so'));
  t.equal(scene.at(1, PAGE, 1), 'load /lib/libc.so');
  scene.load('/lib/libc.so', fileContents(oneSymbol('execve', 0, 0x1000)));
  processes.fork(2, 1, 2, 1, 2, false);
  for (const pid of [1, 2]) {
    processes.comm(pid, pid, 'true', true);
    t.equal(scene.at(pid, PAGE + 7, 3, true), 'execve+7', 'its caller');
    processes.mmap(event(pid, FILE, 0x2000, '/bin/true', { executable: false }));
    processes.mmap(event(pid, FILE + 0x2000, 0x2000, '/bin/true'));
    t.equal(scene.at(pid, PAGE + 7, 4, true), 'execve+7', 'while the new one is being mapped');
    if (pid === 1) t.match(scene.at(pid, FILE + 0x2000, 5, true), '/bin/true', 'the kernel at work for the new program');
    t.equal(scene.at(pid, PAGE + 7, 6, pid === 1), '-', 'nothing is left of the old one');
    t.equal(scene.at(pid, PAGE + 7, 7, true), '-');
  }
});

t.test('without a common clock the address decides', async (t) => {
  const scene = new Scene();
  scene.processes.comm(1, 1, 'py', true);
  scene.processes.mmap(event(1, CODE, 0x1000, '//anon'));
  scene.processes.mmap(event(1, PAGE, 0x1000, '/tmp/jit-1.dump'));
  scene.load('/tmp/jit-1.dump', jitContents([{ name: 'py::f', start: CODE, size: 16, time: 9_000_000n }], true));
  t.equal(scene.at(1, CODE + 1, 5), 'py::f+1');
});

t.test('perf maps alone', async (t) => {
  const scene = new Scene();
  scene.processes.comm(1, 1, 'py', true);
  scene.processes.mmap(event(1, CODE, 0x1000, '//anon'));
  scene.processes.fork(2, 1, 2, 1, 5, false);
  t.equal(scene.at(1, CODE, 0), 'load /tmp/perf-1.map');
  scene.load('/tmp/perf-1.map', mapContents(`${CODE.toString(16)} c py::f\n${(CODE + 0x100).toString(16)} 40 lambda\n`));
  t.equal(scene.at(1, CODE + 2, 0), 'py::f+2');
  t.equal(scene.at(2, CODE + 2, 0), 'py::f+2', 'a child runs what its parent mapped');
  t.equal(scene.at(1, CODE + 0x50, 0), '?/tmp/perf-1.map');
  scene.code.enter(scene.processes.process(1), 0, false);
  t.same(scene.code.find(CODE + 2)?.unwind, { kind: 'trampoline', size: 12 }, 'CPython’s trampoline by its size');
  t.same(scene.code.find(CODE + 0x102)?.unwind, { kind: 'none' });
});

t.test('the kernel', async (t) => {
  const scene = new Scene();
  const { processes } = scene;
  const text = -0x7f00_0000;
  t.equal(scene.kernel(0x1000), '-', 'a user address is none of its');
  processes.kernelMmap(text, 0x100_0000, text, '[kernel.kallsyms]_text', '');
  processes.kernelMmap(-0x4000_0000, 0x1000, 0, '/lib/modules/foo.ko', '');
  processes.kernelSymbol(-0x3000_0000, 64, 'bpf_prog_1');
  t.equal(scene.kernel(text + 16), 'load [kernel.kallsyms]');
  scene.load('[kernel.kallsyms]', fileContents(oneSymbol('_text', text, text + 64)));
  t.same([scene.kernel(text + 16), scene.kernel(text + 100)], ['_text+16', '?[kernel.kallsyms]']);
  t.equal(scene.kernel(-0x4000_0000 + 8), 'load /lib/modules/foo.ko');
  t.equal(scene.kernel(-0x3000_0000 + 8), 'load bpf_prog_1');
  t.equal(findKernel(processes, scene.resolver.contents, -0x1000_0000), undefined, 'far from everything');
  t.equal(symbolsOf(undefined), undefined);
  t.equal(symbolsOf(scene.resolver.contents[0])?.name(0), '_text');
});
