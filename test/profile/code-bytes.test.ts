// The bytes of code that recordings give the unwinder's guesses: those of mapped files and of jitdumps, where they are those that ran; and
// stacks that need them.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { PerftsError } from '../../src/bytes/errors.ts';
import { MAX_CODE_PAGES } from '../../src/bytes/limits.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { planSlim, SlimSource } from '../../src/elf/slim-elf.ts';
import { Module } from '../../src/process/module.ts';
import { Processes } from '../../src/process/processes.ts';
import { CodeMap, type ModuleContents } from '../../src/profile/code-map.ts';
import { PagedCode } from '../../src/symbols/file-code.ts';
import { MemoryTree, type FileTree, type TreeFile } from '../../src/symbols/file-tree.ts';
import { ModuleLoader, type LoadedModule } from '../../src/symbols/module-loader.ts';
import { elfOf, run } from '../elf/reading-elf.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { readBytes } from '../jit/reading-jitdumps.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { fixture } from '../symbols/fixtures.ts';
import { Walker } from '../unwind/world.ts';

const WHOLE = new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata', 'unwind', 'nocfi.elf')));
const PATH = '/bin/nocfi';
const IDENTITY = { buildId: '', major: 8, minor: 1, inode: 7 };
// What objdump says of it: caller at 400078, its call of leaf returns to 400081; leaf at 400083.
const IMAGE = 0x40_0000;
const LEAF = 0x40_0083;
const RETURN = 0x40_0081;
const SP = 0x7ffc_0000_0100;

function loadFrom(tree: FileTree): LoadedModule | Promise<LoadedModule> {
  const loader = new ModuleLoader({ trees: [tree], machine: 'x86-64', diagnostics: new Diagnostics() });
  return loader.load(new Module(1, 'file', PATH, 'nocfi', ''), { unwind: true });
}

function loadBytes(bytes: Uint8Array): LoadedModule {
  return loadFrom(new MemoryTree('symfs', new Map([[PATH, bytes]]))) as LoadedModule;
}

/** The code of a process that has mapped one file, or a jitdump, at IMAGE. */
function codeOfProcess(path: string, contents: ModuleContents): CodeMap {
  const processes = new Processes({ keepExited: true, onJitdump: () => {} });
  processes.comm(1, 1, 'a', true);
  processes.mmap({ pid: 1, tid: 1, start: IMAGE, length: 0x1000, pageOffset: 0, path, executable: true, flags: 2, identity: IDENTITY });
  const all: ModuleContents[] = [];
  all[processes.modules.all.find((it) => it.path === path)!.id] = contents;
  const code = new CodeMap(all, 'x86-64');
  code.enter(processes.process(1), 10, false);
  return code;
}

const ofFile = (loaded: LoadedModule): CodeMap => codeOfProcess(PATH, { kind: 'file', loaded });
const walk = (code: CodeMap, rip: number, rbp: number, stack: readonly number[]): string => new Walker().walk(code, { registers: { rip, rsp: SP, rbp }, stack }).join(' ');
/** A leaf that pushes rbp next: its caller's frame record lies behind the return address, and is the outermost. */
const atStart = (code: CodeMap): string => walk(code, LEAF, SP + 8, [RETURN, 0, 0]);

t.test('a file without call frame information', async (t) => {
  const code = ofFile(loadBytes(WHOLE));
  t.same([...code.readCode(LEAF, 4)!], [0x55, 0x48, 0x89, 0xe5]);
  t.same([...code.readCode(RETURN - 8, 8)!], [0x48, 0x89, 0xe5, 0xe8, 2, 0, 0, 0]);
  t.same([...code.readCode(LEAF + 6, 8)!], [0xc3], 'nothing behind the segment');
  t.equal(code.readCode(LEAF + 7, 1), undefined);
  t.equal(code.readCode(IMAGE - 1, 1), undefined);
  t.equal(atStart(code), '400083 400080 root', 'its caller is not passed over');
  t.equal(walk(code, LEAF + 1, SP + 16, [SP + 16, RETURN, 0, 0]), '400084 400080 root', 'rbp is pushed');
  t.equal(walk(code, LEAF + 4, SP, [SP + 16, RETURN, 0, 0]), '400087 400080 root', 'in its frame');
  t.equal(walk(code, LEAF + 4, SP, [SP + 16, RETURN + 1, 0, 0]), '400087 no CFI', 'no return address follows a pop');
});

t.test('files without their code leave all as it was', async (t) => {
  const slim = (wants: { code: boolean; lines: boolean }): Uint8Array => {
    const source = new SlimSource(new MemorySource(WHOLE), run(WHOLE, planSlim(elfOf(WHOLE), wants, new Diagnostics()))!);
    return source.read(0, source.size) as Uint8Array;
  };
  t.equal(atStart(ofFile(loadBytes(slim({ code: true, lines: false })))), '400083 400080 root', 'an archive --with-code');
  t.equal(loadBytes(slim({ code: false, lines: false })).code, undefined, 'and one without');
  t.equal(atStart(ofFile(loadBytes(slim({ code: false, lines: false })))), '400083 root');
  t.equal(loadBytes(fixture('tiny.debug')).code, undefined, 'a debug file');
});

t.test('a file is open while a page of it is read, and may go away', async (t) => {
  let open = 0;
  let opened = 0;
  let bytes = WHOLE;
  let isBroken = false;
  const tree: FileTree = {
    name: 'symfs',
    list: () => [],
    open: (path): TreeFile | undefined => {
      if (path !== PATH) return undefined;
      open++;
      opened++;
      const source = new MemorySource(bytes);
      const read = (offset: number, length: number): Uint8Array => {
        if (isBroken) throw new PerftsError('PERFTS_NO_FILE', 'cannot read it');
        return source.read(offset, length);
      };
      return { size: source.size, read, close: () => void open-- };
    },
  };
  const loaded = loadFrom(tree) as LoadedModule;
  t.equal(open, 0);
  opened = 0;
  const code = ofFile(loaded);
  for (let i = 0; i < 3; i++) t.equal(atStart(code), '400083 400080 root');
  t.same([open, opened], [0, 1], 'one page, once');
  bytes = WHOLE.slice(0, -1);
  t.equal(atStart(ofFile(loadFrom(tree) as LoadedModule)), '400083 400080 root');
  const replaced = loadFrom(tree) as LoadedModule;
  bytes = WHOLE;
  t.equal(atStart(ofFile(replaced)), '400083 root', 'another file is there now');
  const broken = loadFrom(tree) as LoadedModule;
  isBroken = true;
  t.equal(atStart(ofFile(broken)), '400083 root');
  t.equal(open, 0);
  const slow: FileTree = { name: 'page', list: () => [], open: async (path) => (path === PATH ? new MemorySource(WHOLE) : undefined) };
  t.equal(atStart(ofFile(await loadFrom(slow))), '400083 root', 'a walk never waits');
});

t.test('pages: across their border, and no more of them than the limit', async (t) => {
  const bytes = Uint8Array.from({ length: 4096 * (MAX_CODE_PAGES + 2) + 3 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
  const reads: number[] = [];
  const source = new MemorySource(bytes);
  const code = PagedCode.of({ size: bytes.length, read: (offset, length) => (reads.push(offset / 4096), source.read(offset, length)) });
  t.same(code.read(4092, 8), bytes.slice(4092, 4100));
  t.same(code.read(bytes.length - 2, 8), bytes.slice(-2));
  t.equal(code.read(-1, 4), undefined);
  t.equal(code.read(NaN, 4), undefined);
  reads.length = 0;
  for (let page = 0; page < MAX_CODE_PAGES + 2; page++) code.read(page * 4096, 1);
  const first = reads.length;
  for (let page = 2; page < MAX_CODE_PAGES + 2; page++) t.same(code.read(page * 4096 + 9, 3), bytes.slice(page * 4096 + 9, page * 4096 + 12));
  t.equal(reads.length, first, 'those used last are kept');
  code.read(0, 1);
  t.equal(reads.length, first + 1, 'the others are read again');
});

t.test('code of a jitdump, but not of CPython\'s', async (t) => {
  const jitdump = (name: string): CodeMap => {
    const bytes = new JitdumpWriter({ pid: 1 }).load({ name, start: IMAGE + 0x78, size: 18, time: 5n }).bytes();
    // The code comes last.
    bytes.set(WHOLE.subarray(0x78, 0x8a), bytes.length - 18);
    const { code } = readBytes(bytes);
    const contents: ModuleContents = { kind: 'jitdump', code, symbols: code, timeless: false, bytes: code.hasTrueBytes ? PagedCode.of(new MemorySource(bytes)) : undefined };
    const processes = new Processes({ keepExited: true, onJitdump: () => {} });
    processes.comm(1, 1, 'a', true);
    processes.mmap({ pid: 1, tid: 1, start: 0x6000_0000, length: 0x1000, pageOffset: 0, path: '/tmp/jit-1.dump', executable: true, flags: 2, identity: IDENTITY });
    const all: ModuleContents[] = [];
    all[processes.modules.all.find((it) => it.path === '/tmp/jit-1.dump')!.id] = contents;
    const map = new CodeMap(all, 'x86-64');
    map.enter(processes.process(1), 10, false);
    return map;
  };
  for (const name of ['JS:~f', '']) {
    const code = jitdump(name);
    t.same([...code.readCode(RETURN, 100)!], [...WHOLE.subarray(0x81, 0x8a)], 'no more than the piece');
    t.equal(code.readCode(IMAGE + 0x77, 4), undefined);
    t.equal(atStart(code), '400083 400080 root');
  }
  const python = jitdump('py::f:/f.py');
  t.equal(python.readCode(LEAF, 4), undefined, 'its end is other bytes in 3.15');
  t.equal(atStart(python), '400083 root');
});
