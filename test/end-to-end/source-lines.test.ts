// Inlined calls and source lines from the command line to the text: script, report, sort keys, JIT code; and that nothing is read of
// them where nobody asks.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MemorySource } from '../../src/bytes/source.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { dataPath, perfts, rowsOf } from './command.ts';
import { openInMemory, testdata } from './in-memory.ts';
import { MadeRecording } from './made-recording.ts';

const BASE = 0x400000;
/** In testdata/dwarf/lines/gcc5.so: step in mix in next in shuffle; wrap_inner in wrap_outer in through_wrappers; uses alone. */
const STEP = BASE + 0x411;
const MIX = BASE + 0x425;
const WRAPPED = BASE + 0x3a7;
const USES = BASE + 0x727;

function recording(): Uint8Array {
  const made = new MadeRecording();
  made.comm(9, 'app', 10).mmap(9, { start: BASE, length: 0x1000, path: '/opt/app.so' }, 20);
  made.sample(9, [STEP, WRAPPED, USES], 100, 6).sample(9, [STEP + 0xb, WRAPPED, USES], 200, 2).sample(9, [MIX, WRAPPED, USES], 300, 1).sample(9, [USES], 400, 1);
  return made.bytes();
}

/** The recording and its program on disk: the words that name them. */
function onDisk(folder: string): string[] {
  mkdirSync(join(folder, 'symfs/opt'), { recursive: true });
  cpSync(dataPath('dwarf/lines/gcc5.so'), join(folder, 'symfs/opt/app.so'));
  writeFileSync(join(folder, 'perf.data'), recording());
  return ['-i', join(folder, 'perf.data'), '--symfs', join(folder, 'symfs')];
}

t.test('script', async (t) => {
  const files = onDisk(folderElsewhere(t));
  const { status, out } = await perfts('script', ...files);
  t.equal(status, 0);
  t.same(out.split('\n\n')[0]!.split('\n').slice(1), [
    '\t          400411 rng::step(unsigned long)+0x51 (inlined)',
    '\t          400411 rng::mix(unsigned long, int)+0x51 (inlined)',
    '\t          400411 rng::State::next()+0x51 (inlined)',
    '\t          400411 shuffle+0x51 (/opt/app.so)',
    '\t          4003a7 wrap_inner+0x17 (inlined)',
    '\t          4003a7 wrap_outer+0x17 (inlined)',
    '\t          4003a7 through_wrappers+0x17 (/opt/app.so)',
    '\t          400727 uses+0x7 (/opt/app.so)',
  ]);
  const without = await perfts('script', '--no-inline', ...files);
  t.notMatch(without.out, /inlined/);
  t.same(without.out.split('\n\n')[0]!.split('\n').slice(1), ['\t          400411 shuffle+0x51 (/opt/app.so)', '\t          4003a7 through_wrappers+0x17 (/opt/app.so)', '\t          400727 uses+0x7 (/opt/app.so)']);
  t.same((await perfts('script', '-F', 'ip,sym,srcline', ...files)).out.split('\n\n')[0]!.split('\n').slice(1), [
    '\t          400411 rng::step(unsigned long)', '  calls.h:5 (inlined)',
    '\t          400411 rng::mix(unsigned long, int)', '  calls.h:10 (inlined)',
    '\t          400411 rng::State::next()', '  calls.h:16 (inlined)',
    '\t          400411 shuffle', '  calls.cpp:20',
    '\t          4003a7 wrap_inner', '  calls.cpp:9 (inlined)',
    '\t          4003a7 wrap_outer', '  calls.cpp:10 (inlined)',
    '\t          4003a7 through_wrappers', '  calls.cpp:14',
    '\t          400727 uses', '  calls.cpp:61',
  ]);
  t.same((await perfts('script', '--no-inline', '-F', 'ip,sym,srcline', ...files)).out.split('\n\n')[0]!.split('\n').slice(1, 3), ['\t          400411 shuffle', '  calls.h:5'], 'the innermost line all the same');
  t.match((await perfts('script', '-F', 'ip,srcline', '--full-source-path', ...files)).out, /\n {2}\/\S+\/calls\.cpp:20\n/);
  t.match((await perfts('script', '-F', 'ip,srcline', '-i', files[1]!)).out, /\n {2}app\.so\[411\]\n/, 'without the program its file and the address');
  t.match((await perfts('script', '-G', '-F', 'ip,sym,srcline', ...files)).out, /^ +400411 shuffle\n {2}calls\.h:5\n/, 'one line a sample');
});

t.test('report', async (t) => {
  const files = onDisk(folderElsewhere(t));
  const rows = async (...words: string[]): Promise<string[]> => rowsOf((await perfts('report', '--stdio', ...words, ...files)).out).map((row) => row.trim().replaceAll(/ +/g, ' '));
  t.same(await rows('-g', 'none', '-s', 'sym'), [
    '100.00% 10.00% [.] uses',
    '90.00% 90.00% [.] shuffle',
    '90.00% 0.00% [.] rng::State::next() (inlined)',
    '90.00% 0.00% [.] rng::mix(unsigned long, int) (inlined)',
    '90.00% 0.00% [.] through_wrappers',
    '90.00% 0.00% [.] wrap_inner (inlined)',
    '90.00% 0.00% [.] wrap_outer (inlined)',
    '80.00% 0.00% [.] rng::step(unsigned long) (inlined)',
  ]);
  t.same(await rows('-g', 'none', '-s', 'sym', '--no-inline'), ['100.00% 10.00% [.] uses', '90.00% 90.00% [.] shuffle', '90.00% 0.00% [.] through_wrappers']);
  t.same(await rows('--no-children', '-g', 'none', '-s', 'sym,srcline'), ['60.00% [.] shuffle calls.h:5', '20.00% [.] shuffle calls.h:6', '10.00% [.] shuffle calls.h:9', '10.00% [.] uses calls.cpp:61']);
  t.same(await rows('--no-children', '-g', 'none', '-s', 'srcfile'), ['90.00% calls.h', '10.00% calls.cpp']);
  t.same((await rows('-g', 'none', '-s', 'srcline')).slice(0, 4), ['100.00% 10.00% calls.cpp:61', '90.00% 0.00% calls.cpp:10', '90.00% 0.00% calls.cpp:14', '90.00% 0.00% calls.cpp:20']);
});

t.test('code that the debugging information does not speak of: the file of a local symbol, else unknown', async (t) => {
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'symfs/opt'), { recursive: true });
  cpSync(dataPath('dwarf/half.so'), join(folder, 'symfs/opt/half.so'));
  const made = new MadeRecording();
  made.comm(9, 'app', 10).mmap(9, { start: BASE, length: 0x1000, path: '/opt/half.so' }, 20);
  // known_local, plain_local in plain_global, label_global, and nowhere.
  made.sample(9, [BASE + 0x211], 100, 40).sample(9, [BASE + 0x241, BASE + 0x262], 200, 31).sample(9, [BASE + 0x26b], 300, 19).sample(9, [0x12345], 400, 10);
  writeFileSync(join(folder, 'perf.data'), made.bytes());
  const files = ['-i', join(folder, 'perf.data'), '--symfs', join(folder, 'symfs')];
  const lines = (await perfts('script', '-F', 'ip,sym,srcline', ...files)).out.split('\n').filter((line) => line.startsWith('  '));
  t.same(lines.map((line) => line.trim()), ['known.c:1', 'plain.c:0', '??:0', '??:0'], 'what lies in no file has no line');
  const rows = async (...words: string[]): Promise<string[]> => rowsOf((await perfts('report', '--stdio', '--no-children', '-g', 'none', ...words, ...files)).out).map((row) => row.trim().replaceAll(/ +/g, ' '));
  t.same(await rows('-s', 'srcline'), ['40.00% known.c:1', '31.00% plain.c:0', '29.00% ??:0'], 'unknown and nowhere have one text, and are one row');
  t.same(await rows('-s', 'srcfile'), ['40.00% known.c', '31.00% plain.c', '19.00% ??', '10.00%'], 'of what is nowhere no file');
});

t.test('call graphs: what is inlined is one function whatever it was inlined into', async (t) => {
  const files = onDisk(folderElsewhere(t));
  const { out } = await perfts('report', '--stdio', '--no-children', '-g', 'caller', '-s', 'sym', ...files);
  t.same(rowsOf(out).map((line) => line.trimEnd()), [
    '    90.00%  [.] shuffle',
    '            |',
    '            ---through_wrappers',
    '               wrap_outer (inlined)',
    '               wrap_inner (inlined)',
    '               shuffle',
    '               rng::State::next() (inlined)',
    '               rng::mix(unsigned long, int) (inlined)',
    '               |          ',
    '                --80.00%--rng::step(unsigned long) (inlined)',
    '    10.00%  [.] uses',
  ].map((line) => line.trimEnd()));

  // The same two in another function: from the callee outwards they are one branch, which forks where the functions differ.
  const folder = folderElsewhere(t);
  const elsewhere = onDisk(folder);
  const made = new MadeRecording();
  made.comm(9, 'app', 10).mmap(9, { start: BASE, length: 0x1000, path: '/opt/app.so' }, 20);
  writeFileSync(join(folder, 'perf.data'), made.sample(9, [STEP], 100, 3).sample(9, [STEP + 0x400], 200, 1).bytes());
  const both = await perfts('report', '--stdio', '--no-children', '-g', 'callee', '-s', 'comm', ...elsewhere);
  t.same(rowsOf(both.out).map((line) => line.trimEnd()), [
    '   100.00%  app',
    '            |',
    '            ---rng::step(unsigned long) (inlined)',
    '               rng::mix(unsigned long, int) (inlined)',
    '               |',
    '               |--75.00%--rng::State::next() (inlined)',
    '               |          shuffle',
    '               |',
    '                --25.00%--unused',
  ]);
});

t.test('a function inlined into itself is that function', async (t) => {
  const recording = await openInMemory({ recording: new Uint8Array(testdata('perfdata/file.data')) });
  const { frames } = recording.pipeline({ maxStack: Infinity, keepExited: false }).resolver;
  const module = { isKernel: false } as never;
  frames.modules[5] = module;
  frames.symbols[5] = { length: 1, find: () => 0, start: () => 0, end: () => 9, name: () => 'fib', isObject: () => false };
  const base = frames.function(5, 0, 0x1000);
  t.equal(frames.inlined(base, 'fib'), base);
  t.not(frames.inlined(base, 'fob'), base);
  t.equal(frames.inlined(base, 'fob'), frames.inlined(base, 'fob'));
});

t.test('lines of JIT code', async (t) => {
  const folder = folderElsewhere(t);
  const start = 0x7f0000001000;
  const dump = new JitdumpWriter({ pid: 77 });
  const entries = [[0, 10, '/src/Main.java'], [0x10, 12, null], [0x20, 7, '/src/Util.java'], [0x28, 13, '/src/Main.java']] as const;
  dump.debugInfo(start, entries.map(([at, line, file]) => ({ address: start + at, line, column: 0, file })), 1000n);
  dump.load({ name: 'Main.run', start, size: 0x40, time: 1001n, index: 1 }).load({ name: 'Main.other', start: start + 0x100, size: 0x40, time: 1002n, index: 2 }).close(1003n);
  writeFileSync(join(folder, 'jit-77.dump'), dump.bytes());
  const made = new MadeRecording({ clockId: 1 });
  made.comm(77, 'java', 500).mmap(77, { start: 0x7e0000000000, length: 0x1000, path: '/tmp/jit-77.dump' }, 600).mmap(77, { start, length: 0x1000, path: '//anon', inode: 0 }, 700);
  for (const [index, at] of [0, 0x1f, 0x20, 0x3f].entries()) made.sample(77, [start + at, start + 0x104], 2000 + index);
  writeFileSync(join(folder, 'perf.data'), made.bytes());
  const input = ['-i', join(folder, 'perf.data')];
  const lines = rowsOf((await perfts('script', '-F', 'ip,sym,srcline', ...input)).out).map((line) => line.trim());
  t.same(lines, [
    '7f0000001000 Main.run', 'Main.java:10', '7f0000001104 Main.other', 'jit-77.dump[7f0000001104]',
    '7f000000101f Main.run', 'Main.java:12', '7f0000001104 Main.other', 'jit-77.dump[7f0000001104]',
    '7f0000001020 Main.run', 'Util.java:7', '7f0000001104 Main.other', 'jit-77.dump[7f0000001104]',
    '7f000000103f Main.run', 'Main.java:13', '7f0000001104 Main.other', 'jit-77.dump[7f0000001104]',
  ]);
  const rows = rowsOf((await perfts('report', '--stdio', '--no-children', '-g', 'none', '-s', 'srcline', ...input)).out).map((line) => line.trim());
  t.same(rows, ['25.00%  Main.java:10', '25.00%  Main.java:12', '25.00%  Main.java:13', '25.00%  Util.java:7']);
});

t.test('nothing is read of it where nobody asks', async (t) => {
  const program = testdata('dwarf/lines/gcc5.so');
  // Of the file its code, symbols and tables are read; the debugging information lies behind the code.
  const asked: number[] = [];
  const watched = (bytes: Uint8Array): MemorySource | undefined => {
    if (bytes.length !== program.length) return undefined;
    const source = new MemorySource(bytes);
    return { size: source.size, read: (offset: number, length: number) => {
      asked.push(offset, length);
      return source.read(offset, length);
    } } as MemorySource;
  };
  const parts = { recording: recording(), files: new Map([['/opt/app.so', program]]), source: watched };
  const count = async (options: { readonly inlines?: boolean; readonly lines?: boolean }): Promise<number> => {
    asked.length = 0;
    await (await openInMemory(parts)).profile(options);
    return asked.filter((_, index) => index % 2 === 1).reduce((sum, length) => sum + length, 0);
  };
  const plain = await count({});
  t.equal(await count({}), plain);
  t.equal(await count({ inlines: false, lines: false }), plain);
  const inlines = await count({ inlines: true });
  t.ok(inlines > plain);
  t.ok((await count({ inlines: true, lines: true })) > inlines, 'line tables for lines only');
});
