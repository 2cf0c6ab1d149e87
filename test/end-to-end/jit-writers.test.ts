// Jitdumps and perf maps of other writers than CPython, each with its habits: recording and dump go in, script shows the functions. And the
// same after `inject`, out of images.

import t from 'tap';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { injectJit } from '../../src/profile/convert/inject-jit.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { readBytes } from '../jit/reading-jitdumps.ts';
import { openInMemory, scriptOf, type Parts } from './in-memory.ts';
import { MadeRecording } from './made-recording.ts';

const PID = 9;
const CODE = 0x5000_0000;
const AGAIN = 0x5100_0000;
const MAIN = 0x40_0000;

/** A process that maps its own program, memory for code, and the first page of its dump. */
function runtime(dump: string | undefined, memory: string, clockId: number = 1): MadeRecording {
  const made = new MadeRecording({ clockId }).comm(PID, 'runtime', 1, true).mmap(PID, { start: MAIN, length: 0x1000, path: '/usr/bin/runtime' }, 2);
  made.mmap(PID, { start: CODE, length: 0x10000, path: memory }, 3);
  return dump === undefined ? made : made.mmap(PID, { start: 0x6000_0000, length: 0x1000, path: dump }, 4);
}

/** The names of each sample's frames, '' where there is none, and the modules of those that have one. */
async function stacks(parts: Parts): Promise<string[]> {
  const lines: string[] = [];
  for await (const { frames } of (await openInMemory(parts)).samples()) lines.push(frames.map(({ name, offset, module }) => (name === '' ? `? (${module})` : `${name}+${offset} (${module})`)).join(' < '));
  return lines;
}

/** The same recording injected, read without its dump. */
async function injected(parts: Parts): Promise<Parts> {
  const sink = new MemorySink();
  const files = new Map(parts.files ?? []);
  const imagesOf = () => (name: string, image: Uint8Array): string => {
    files.set(`/tmp/${name}`, image);
    return `/tmp/${name}`;
  };
  await injectJit(await openInMemory(parts), { container: 'file', imagesOf }, sink);
  return { recording: sink.bytes.slice(), files };
}

const dumps = (writer: JitdumpWriter): ReadonlyMap<string, Uint8Array> => new Map([[`jit-${PID}.dump`, writer.bytes()]]);
/** .eh_frame_hdr without entries, all that V8 writes where it has nothing to say. */
const EMPTY_HEADER = Uint8Array.of(1, 0x1b, 3, 0x3b, 0xfc, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

t.test('LLVM: lines before the code, a header before the rows, a folder of its own', async (t) => {
  const path = `/home/u/.debug/jit/llvm-IR-jit-20261127-4f2a1c/jit-${PID}.dump`;
  const rows = new Uint8Array(48).fill(0x11);
  const dump = new JitdumpWriter({ pid: PID })
    .debugInfo(CODE, [{ address: CODE + 0x40, line: 3, column: 0, file: 'fib.c' }, { address: CODE + 0x50, line: 4, column: 0, file: 'fib.c' }], 9n)
    .unwinding(rows, EMPTY_HEADER, 9n, true)
    .load({ name: 'fib', start: CODE, size: 32, time: 10n, index: 0, pid: PID })
    .close(90n);
  const made = runtime(path, '//anon').sample(PID, [CODE + 4, MAIN + 8], 8).sample(PID, [CODE + 4, CODE + 20, MAIN + 8], 20);
  // The memory becomes executable only now, which hides what perf inject has mapped there.
  made.mmap(PID, { start: CODE, length: 0x10000, path: '//anon' }, 30).sample(PID, [CODE + 20], 40);
  const parts = { recording: made.bytes(), jitdumps: dumps(dump) };
  const named = [`? () < ? (/usr/bin/runtime)`, `fib+4 (${path}) < fib+20 (${path}) < ? (/usr/bin/runtime)`, `fib+20 (${path})`];
  t.same(await stacks(parts), named);
  t.match(await scriptOf(parts), / fib\+0x14 \(\/home\/u\/\.debug\/jit\/llvm-IR-jit-20261127-4f2a1c\/jit-9\.dump\)/);
  t.same((await stacks(await injected(parts))).slice(1), named.slice(1).map((line) => line.replaceAll(path, `/tmp/jitted-${PID}-0.so`)));
  const { code, damage } = readBytes(dump.bytes());
  t.same(code.line(0, CODE + 0x11), { file: 'fib.c', line: 4, discriminator: 0 }, 'addresses are those of an image whose header has 0x40 bytes');
  t.equal(code.cfi(0), undefined, 'rows that are no rows: the frame pointer leads on');
  t.same(damage, []);
});

t.test('.NET: code in shared memory, moved, without rows', async (t) => {
  const memory = '/memfd:doublemapper (deleted)';
  const name = 'instance int32 [app] Program+<>c::<Sum>b__2_0(int32,int32)[OptimizedTier1]';
  const dump = new JitdumpWriter({ pid: PID })
    .load({ name, start: CODE, size: 64, time: 10n, index: 1, pid: PID })
    .move({ from: CODE, to: AGAIN, size: 64, index: 1, time: 30n });
  const made = (path: string | undefined): MadeRecording => runtime(path, memory).sample(PID, [CODE + 8, MAIN], 20)
    .mmap(PID, { start: AGAIN, length: 0x10000, path: memory, pageOffset: 0x3ac6000 }, 25)
    .sample(PID, [AGAIN + 8], 40).sample(PID, [CODE + 8], 50).sample(PID, [CODE + 0x800], 60);
  const path = `/tmp/jit-${PID}.dump`;
  const parts = { recording: made(path).bytes(), jitdumps: dumps(dump) };
  t.same(await stacks(parts), [`${name}+8 (${path}) < ? (/usr/bin/runtime)`, `${name}+8 (${path})`, `? (${memory})`, `? (${memory})`]);
  t.same((await stacks(await injected(parts))).slice(0, 2), [`${name}+8 (/tmp/jitted-9-1.so) < ? (/usr/bin/runtime)`, `${name}+8 (/tmp/jitted-9-1.so)`]);

  const map = new TextEncoder().encode(`${AGAIN.toString(16)} 40 ${name}\n`);
  t.same(await stacks({ recording: made(undefined).bytes(), perfMaps: new Map([[PID, map]]) }), [
    `? (${memory}) < ? (/usr/bin/runtime)`, `${name}+8 (/tmp/perf-9.map)`, `? (${memory})`, `? (${memory})`,
  ], 'a perf map names it too');
});

t.test('Mono: many moves, each in its time', async (t) => {
  const dump = new JitdumpWriter({ pid: PID })
    .load({ name: 'Program:Main (string[])', start: CODE, size: 16, time: 10n, index: 1, pid: PID })
    .load({ name: 'Program:Fib (int)', start: CODE + 0x100, size: 16, time: 11n, index: 2, pid: PID })
    .move({ from: CODE, to: CODE + 0x200, size: 16, index: 1, time: 20n })
    .move({ from: CODE + 0x100, to: CODE, size: 16, index: 2, time: 21n });
  const path = `/home/u/mono/jit-${PID}.dump`;
  const made = runtime(path, '//anon').sample(PID, [CODE + 1, CODE + 0x101], 15).sample(PID, [CODE + 1, CODE + 0x201], 25).sample(PID, [CODE + 0x101], 26);
  const parts = { recording: made.bytes(), jitdumps: dumps(dump) };
  const expected = [`Program:Main (string[])+1 (${path}) < Program:Fib (int)+1 (${path})`, `Program:Fib (int)+1 (${path}) < Program:Main (string[])+1 (${path})`, '? ()'];
  t.same(await stacks(parts), expected);
  t.same((await stacks(await injected(parts))).slice(0, 2), expected.slice(0, 2).map((line) => line.replaceAll(/(Main|Fib)( [^+]*\+1) \([^)]*\)/g, (_, method: string, rest: string) => `${method}${rest} (/tmp/jitted-9-${method === 'Main' ? 1 : 2}.so)`)));
});

t.test('V8: repeated files, nothing to unwind with, all padded; memory that is mapped again and again', async (t) => {
  const path = `/home/u/app/jit-${PID}.dump`;
  const name = 'JS:*fib /home/u/app/fib.js:1:13';
  const dump = new JitdumpWriter({ pid: PID })
    .debugInfo(CODE, [{ address: CODE + 0x40, line: 1, column: 13, file: '/home/u/app/fib.js' }, { address: CODE + 0x48, line: 2, column: 3, file: null }], 9n, 8)
    .unwinding(new Uint8Array(0), EMPTY_HEADER, 9n)
    .load({ name, start: CODE, size: 32, time: 10n, index: 0, pid: PID });
  const made = runtime(path, '//anon').sample(PID, [CODE + 9, MAIN], 20).mmap(PID, { start: CODE, length: 0x1000, path: '//anon' }, 25).sample(PID, [CODE + 9, MAIN], 30);
  const parts = { recording: made.bytes(), jitdumps: dumps(dump) };
  t.same(await stacks(parts), [20, 30].map(() => `${name}+9 (${path}) < ? (/usr/bin/runtime)`));
  t.same(await stacks(await injected(parts)), [20, 30].map(() => `${name}+9 (/tmp/jitted-9-0.so) < ? (/usr/bin/runtime)`));
  const { code, damage } = readBytes(dump.bytes());
  t.same(code.line(0, CODE + 9), { file: '/home/u/app/fib.js', line: 2, discriminator: 3 });
  t.equal(code.cfi(0), undefined);
  t.same(damage, []);
});

t.test('wasmtime: names with blanks, lines where the code is', async (t) => {
  const path = `/srv/wasm/jit-${PID}.dump`;
  const name = 'wasm[0]::function[12]::fib (.llvm.123)';
  const dump = new JitdumpWriter({ pid: PID })
    .debugInfo(CODE, [{ address: CODE, line: 7, column: 0, file: 'src/lib.rs' }, { address: CODE + 16, line: 9, column: 0, file: 'src/lib.rs' }], 9n, 8)
    .load({ name, start: CODE, size: 48, time: 10n, index: 1, pid: PID });
  const made = runtime(path, '//anon').mmap(PID, { start: CODE, length: 0x2000, path: '//anon' }, 15).sample(PID, [CODE + 20, MAIN], 20);
  const parts = { recording: made.bytes(), jitdumps: dumps(dump) };
  t.same(await stacks(parts), [`${name}+20 (${path}) < ? (/usr/bin/runtime)`]);
  t.same(await stacks(await injected(parts)), [`${name}+20 (/tmp/jitted-9-1.so) < ? (/usr/bin/runtime)`]);
  t.same(readBytes(dump.bytes()).code.line(0, CODE + 20), { file: 'src/lib.rs', line: 9, discriminator: 0 });
});

t.test('Java, by its agent', async (t) => {
  const path = `/root/.debug/jit/java-jit-20261127.XXq2Rf/jit-${PID}.dump`;
  const dump = new JitdumpWriter({ pid: PID }).load({ name: 'Lcom/example/Main;fib(I)I', start: CODE, size: 48, time: 10n, index: 0, pid: PID }).close(50n);
  const parts = { recording: runtime(path, '//anon').sample(PID, [CODE + 20, MAIN], 20).bytes(), jitdumps: dumps(dump) };
  t.match(await scriptOf(parts), / com\.example\.Main\.fib\(int\)\+0x14 \(/, 'as perf shows it after inject');
  t.match(await scriptOf(await injected(parts)), / com\.example\.Main\.fib\(int\)\+0x14 \(/);
  const mangled = new JitdumpWriter({ pid: PID }).load({ name: '_Z3fibi', start: CODE, size: 48, time: 10n, index: 0, pid: PID });
  t.match(await scriptOf({ ...parts, jitdumps: dumps(mangled) }), / fib\(int\)\+0x14 \(/);
});

t.test('CPython on macOS: thread ids of 64 bits', async (t) => {
  const path = `/tmp/jit-${PID}.dump`;
  for (const threadId of ['aligned64', 'packed64'] as const) {
    const dump = new JitdumpWriter({ pid: PID }).load({ name: 'py::fib:/x.py', start: CODE, size: 28, time: 10n, index: 1, pid: PID, threadId });
    const parts = { recording: runtime(path, '//anon').sample(PID, [CODE + 20, MAIN], 20).bytes(), jitdumps: dumps(dump) };
    t.same(await stacks(parts), [`py::fib:/x.py+20 (${path}) < ? (/usr/bin/runtime)`], threadId);
    t.same(await stacks(await injected(parts)), ['py::fib:/x.py+20 (/tmp/jitted-9-1.so) < ? (/usr/bin/runtime)'], threadId);
  }
});

t.test('names that are empty or no text', async (t) => {
  const path = `/tmp/jit-${PID}.dump`;
  const dump = new JitdumpWriter({ pid: PID })
    .load({ name: '', start: CODE, size: 16, time: 10n, index: 1, pid: PID })
    .load({ name: Uint8Array.of(0x70, 0x79, 0x3a, 0x3a, 0xff, 0xc3), start: CODE + 16, size: 16, time: 11n, index: 2, pid: PID })
    .load({ name: 'py::a\nb', start: CODE + 32, size: 16, time: 12n, index: 3, pid: PID });
  const parts = { recording: runtime(path, '//anon').sample(PID, [CODE + 4, CODE + 20, CODE + 36, MAIN], 20).bytes(), jitdumps: dumps(dump) };
  const images = (script: string): string => script.replaceAll(/jitted-9-\d\.so/g, `jit-${PID}.dump`);
  t.match(await scriptOf(parts), `\t        50000004 [unknown] (${path})\n\t        50000014 py::\udcff\udcc3+0x4 (${path})\n`);
  t.equal(images(await scriptOf(await injected(parts))), await scriptOf(parts));
});

t.test('perf maps: empty names, bytes that are no text, a last line that was cut', async (t) => {
  const hex = (address: number): string => address.toString(16);
  const lines = [`${hex(CODE)} 10 \n`, `0x${hex(CODE + 16)} 0x10 with blanks (and more)\n`, `${hex(CODE + 32).toUpperCase()} 10 x\n`, `${hex(CODE + 48)} 10 \xff\n`, `${hex(CODE + 64)} 1`];
  const map = Uint8Array.from(lines.join(''), (letter) => letter.charCodeAt(0));
  const parts = { recording: runtime(undefined, '//anon').sample(PID, [4, 20, 36, 52, 68].map((offset) => CODE + offset), 20).bytes(), perfMaps: new Map([[PID, map]]) };
  const path = `/tmp/perf-${PID}.map`;
  t.same((await scriptOf(parts)).split('\n').slice(1, 6).map((line) => line.replace(/^\t +\w+ /, '')), [
    `[unknown] (${path})`, `with blanks (and more)+0x4 (${path})`, `x+0x4 (${path})`, `\udcff+0x4 (${path})`, `[unknown] (${path})`,
  ]);
});

t.test('a dump that was deleted while it was mapped', async (t) => {
  const dump = new JitdumpWriter({ pid: PID }).load({ name: 'py::fib:/x.py', start: CODE, size: 28, time: 10n, index: 1, pid: PID });
  const parts = { recording: runtime(`/tmp/jit-${PID}.dump (deleted)`, '//anon').sample(PID, [CODE + 20, MAIN], 20).bytes(), jitdumps: dumps(dump) };
  t.same(await stacks(parts), [`py::fib:/x.py+20 (/tmp/jit-${PID}.dump) < ? (/usr/bin/runtime)`]);
});
