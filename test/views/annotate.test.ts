// annotate: instructions and lines of a recording as perf 7.2 has them; code of jitdumps; source at hand; Python's callees; and what is said
// where there is no code.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { pythonCallees } from '../../src/profile/python/callees.ts';
import { pythonView } from '../../src/profile/python/python-view.ts';
import type { Annotation } from '../../src/profile/annotation.ts';
import type { Recording } from '../../src/profile/recording.ts';
import { weightedStacks } from '../../src/profile/weighted-stacks.ts';
import type { ModuleCode } from '../../src/symbols/module-code.ts';
import { annotatedLines, missingText, type AnnotateViewOptions } from '../../src/views/annotate/annotate-text.ts';
import { annotatedRows } from '../../src/views/annotate/annotated-rows.ts';
import { Disassembler } from '../../src/views/annotate/disassembler.ts';
import { dataPath, perfts } from '../end-to-end/command.ts';
import { demoParts, openInMemory } from '../end-to-end/in-memory.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';
import { tarOf } from '../bytes/tar-writer.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { folderElsewhere } from '../project/elsewhere.ts';

const bytesOf = (...names: readonly string[]): Uint8Array => new Uint8Array(readFileSync(dataPath(...names)));
const INLINES = { recording: bytesOf('report', 'recorded-inlines.data'), files: new Map([['/opt/inl/inlines', bytesOf('report', 'recorded-inlines.elf')]]) };
const VIEW: AnnotateViewOptions = { column: 'percent', percentType: 'local-period', lineSummary: false, fullPaths: false, color: false };

/** The text of every function with samples. */
async function textOf(annotation: Annotation, disassembler: Disassembler | undefined, view: Partial<AnnotateViewOptions> = {}): Promise<string> {
  let text = '';
  for (const fn of annotation.functions.filter(({ counts }) => counts.length > 0)) {
    for (const line of annotatedLines(annotation, await annotatedRows(annotation, fn, disassembler, true), { ...VIEW, ...view })) text += line;
  }
  return text;
}

/** `24.24 400846`, and of summaries `56.57 leaf.c:5`, in their order. */
function sharesOf(text: string): string[] {
  return [...text.matchAll(/^[* ] *(\d+\.\d\d) (?::   ([0-9a-f]+):|(\S+:\d+)$)/gm)].map(([, share, address, line]) => `${share!} ${address ?? line!}`);
}

/** Self samples by function, as report counts them. */
async function selfSamples(recording: Recording): Promise<Map<string, number>> {
  const { profile } = await recording.profile({ detail: 'none' });
  const self = new Map<string, number>();
  for (const { tallies } of profile.events) {
    for (let row = 0; row < tallies.length; row++) {
      const name = tallies.leaf[row]! < 0 ? '' : profile.frames.name(tallies.leaf[row]!);
      if (name !== '') self.set(name, (self.get(name) ?? 0) + tallies.samples[row]!);
    }
  }
  return self;
}

t.test('as perf annotate prints it', async (t) => {
  const perf = readFileSync(dataPath('report', 'recorded-inlines-annotate.txt'), 'utf8');
  const recording = await openInMemory(INLINES);
  const annotation = await recording.annotate();
  const disassembler = await Disassembler.load('att');
  t.ok(disassembler);
  const text = await textOf(annotation, disassembler, { lineSummary: true });
  const inOrder = (list: string[]): string[] => list.sort();
  t.ok(sharesOf(perf).length > 140);
  t.same(inOrder(sharesOf(text)), inOrder(sharesOf(perf)), 'every instruction, and every line of the summaries');
  const headings = (from: string): string[] => [...from.matchAll(/Disassembly of .* percent: local period\)$/gm)].map(([line]) => line);
  t.same(headings(text), headings(perf), 'functions in the same order');
  t.match(text, /^\* {2}12\.12 :   40084f: jne 0x400840 <leaf\+0x30>$/m, 'hot, and where it goes');
  t.match(text, /^    0\.00 :   400813: xorl %esi, %esi \/\/ leaf\.c:10$/m);
  t.match(await textOf(annotation, await Disassembler.load('intel'), { fullPaths: true }), /400813: xor esi, esi \/\/ \/opt\/inl\/leaf\.c:10$/m);
  t.match(await textOf(annotation, disassembler, { color: true }), '\u001b[31m   12.12\u001b[m :   40084f:');
  t.match(await textOf(annotation, disassembler, { column: 'samples', percentType: 'global-hits' }), /^\* {5}24 :   400846: .*$/m);

  const self = await selfSamples(recording);
  t.equal(self.size, 3);
  for (const fn of annotation.functions.filter(({ counts }) => counts.length > 0)) {
    const { rows } = await annotatedRows(annotation, fn, disassembler, false);
    t.equal(rows.reduce((sum, row) => sum + row.samples[0]!, 0), self.get(fn.frame.symbol), `${fn.frame.symbol}: all its samples`);
    const without = await annotatedRows(annotation, fn, undefined, false);
    t.equal(without.missing, 'no-disassembler');
    t.equal(without.rows.reduce((sum, row) => sum + row.samples[0]!, 0), self.get(fn.frame.symbol), 'without instructions too');
  }
  annotation.close();
});

t.test('source lines above their instructions', async (t) => {
  const files = new Map([...INLINES.files, ['/opt/inl/leaf.c', bytesOf('dwarf', 'source', 'leaf.c')]]);
  const annotation = await (await openInMemory({ ...INLINES, files })).annotate();
  const text = await textOf(annotation, await Disassembler.load('att'));
  t.match(text, / : leaf\.c\n {9}: 9 {6}__attribute__\(\(noinline\)\) word leaf\(word x\) \{\n    0\.00 :   400810: movq %rdi, %rax\n/);
  t.match(text, / {9}: 5 {8}for \(int i = 1; i < 8; i\+\+\)\n\* {2}24\.24 :   400846:/);
  t.match(text, /\/\/ calls\.h:\d+$/m, 'of files that are not at hand the line');
  annotation.close();
});

t.test('bytes to instructions', async (t) => {
  const disassembler = (await Disassembler.load('att'))!;
  const code = (machine: ModuleCode['machine'], bytes: Uint8Array, address: number): ModuleCode => ({ machine, bytes, address, littleEndian: true, coordinateOf: () => undefined });
  const arm = Uint8Array.of(0xfd, 0x7b, 0xbf, 0xa9, 0x02, 0, 0, 0x94, 0x40, 0, 0, 0xb4, 0xff, 0xff, 0xff, 0xff, 1, 2);
  t.same(disassembler.instructions(code('arm64', arm, 0xffff_0000_1000))!.map(({ address, size, text, target }) => [address - 0xffff_0000_1000, size, text, target === undefined ? -1 : target - 0xffff_0000_1000]), [
    [0, 4, 'stp x29, x30, [sp, #-0x10]!', -1],
    [4, 4, 'bl #0xffff0000100c', 0xc],
    [8, 4, 'cbz x0, #0xffff00001010', 0x10],
    [12, 4, '.byte 0xff, 0xff, 0xff, 0xff', -1],
    [16, 1, '.byte 0x01', -1],
    [17, 1, '.byte 0x02', -1],
  ]);
  let state = 1;
  const noise = Uint8Array.from({ length: 200_000 }, () => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24);
  for (const machine of ['x86-64', 'x86', 'arm64'] as const) {
    let end = 0x1000;
    for (const { address, size } of disassembler.instructions(code(machine, noise, 0x1000))!) {
      if (address !== end || size <= 0) return t.fail(`${machine}: a gap at ${end}`);
      end += size;
    }
    t.equal(end - 0x1000, noise.length, `${machine}: every byte once`);
  }
  t.equal(disassembler.instructions(code('riscv64', noise, 0)), undefined);
});

t.test('code of a jitdump; CPython overwrites its own', async (t) => {
  const [pid, start] = [9, 0x5000_0000];
  const path = `/tmp/jit-${pid}.dump`;
  const dump = new JitdumpWriter({ pid }).load({ name: 'LazyCompile:~fib fib.js:1', start, size: 32, time: 10n, index: 0, pid }).load({ name: 'py::jit:executor', start: start + 64, size: 32, time: 11n, index: 1, pid }).close(90n);
  const made = new MadeRecording({ clockId: 1 }).comm(pid, 'node', 1, true).mmap(pid, { start: 0x6000_0000, length: 0x1000, path }, 4);
  made.sample(pid, [start + 4], 20).sample(pid, [start + 4], 21).sample(pid, [start + 9], 22).sample(pid, [start + 66], 23);
  const annotation = await (await openInMemory({ recording: made.bytes(), jitdumps: new Map([[`jit-${pid}.dump`, dump.bytes()]]) })).annotate();
  const text = await textOf(annotation, await Disassembler.load('att'));
  t.match(text, /^\* {2}66\.67 :   50000004: nop$/m);
  t.match(text, /^\* {2}33\.33 :   50000009: nop$/m);
  t.match(text, /^# No instructions: CPython overwrites the code in its jitdump \(jit-9\.dump\)$/m);
  t.match(text, /^\* 100\.00 :   50000042:$/m, 'the place all the same');
});

t.test('the callees of a Python function', async (t) => {
  const { profile } = await (await openInMemory(demoParts())).profile({ detail: 'none' });
  const stacks = pythonView(weightedStacks(profile));
  const callees = pythonCallees(stacks, () => true);
  t.ok(callees.length > 10);
  for (const { name, file, samples, callees: called } of callees) {
    // Counted another way: rows with the function's frame anywhere on their stack.
    let total = 0;
    for (const [row, leaf] of stacks.rows[0]!.entries()) {
      for (let node = leaf; node !== 0; node = stacks.stacks.parent[node]!) {
        const frame = stacks.frames[stacks.stacks.frame[node]!]!;
        if (frame.kind !== 'python' || frame.name !== name || frame.file !== file) continue;
        total += profile.events[0]!.tallies.samples[row]!;
        break;
      }
    }
    t.equal(samples, total, name);
    t.equal(called.reduce((sum, one) => sum + one.samples, 0), total);
    t.notOk(called.some((one) => !one.isSelf && one.name.startsWith(`${name} (`) && name !== '<module>' && name !== '__init__'), `${name} is not its own callee`);
  }
  const demo = dataPath('demo', 'demo.perfts');
  t.match(await perfts('annotate', 'bill', '-i', demo), { status: 0, out: /^ Percent \|\tCallees of bill \(\/demo-run\/shop\.py\) for cpu-clock \(172 samples, 35\.03% of all\)\n-+\n {3}54\.65 :   sqlite3\.Connection\.executemany\n/ });
  const json = JSON.parse((await perfts('annotate', 'bill', '--json', '-i', demo)).out) as { python: { symbol: string; samples: number; callees: unknown[] }[] };
  t.match(json.python, [{ symbol: 'bill', samples: 172 }]);
});

t.test('recordings that tell of their events late', async (t) => {
  for (const name of ['pipe-late-le', 'pipe-late-be', 'file-attrs-last-le']) {
    const recording = bytesOf('conformance', `${name}.perf.data`);
    const { events } = await (await openInMemory({ recording })).annotate();
    const { quality } = await (await openInMemory({ recording })).profile();
    t.equal(events.reduce((sum, { samples }) => sum + samples, 0), quality.samples, name);
  }
});

t.test('the command', async (t) => {
  const data = dataPath('report', 'recorded-inlines.data');
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'opt/inl'), { recursive: true });
  writeFileSync(join(folder, 'opt/inl/inlines'), bytesOf('report', 'recorded-inlines.elf'));
  const run = (...words: string[]): ReturnType<typeof perfts> => perfts('annotate', '-i', data, '--symfs', folder, ...words);
  t.match(await run('leaf'), { status: 0, out: /^ Percent \|\tSource code & Disassembly of inlines for cpu-clock:u \(99 samples, /, err: '' });
  t.match(await run('-s', 'leaf', '-d', 'inlines'), { status: 0, out: /<leaf>:/ });
  t.notMatch((await run('--percent-limit', '1')).out, /with_lambda/, 'functions below the limit are left out');
  const { functions } = JSON.parse((await run('-s', 'leaf', '--json')).out) as { functions: { symbol: string; events: { samples: number }[]; instructions: { samples: number[]; line: number }[] }[] };
  t.match(functions, [{ symbol: 'leaf', events: [{ samples: 99 }], missing: null }]);
  t.equal(functions[0]!.instructions.reduce((sum, { samples }) => sum + samples[0]!, 0), 99);

  // As perf archive packs it: code out of a tarball of symbols.
  writeFileSync(join(folder, 'symbols.tar'), tarOf([{ path: 'inlines', content: bytesOf('report', 'recorded-inlines.elf') }]));
  t.equal((await perfts('annotate', '-i', data, '--symbol-dir', join(folder, 'symbols.tar'), 'leaf')).out, (await run('leaf')).out);

  t.match(await run('leaff'), { status: 1, out: '', err: "perfts: no function is called 'leaff' in the recording. Did you mean leaf?\n" });
  t.match(await run('main_loop'), { status: 1, out: '', err: /^perfts: no function is called 'main_loop' in the recording; perfts report -s symbol lists them\n$/ });
  t.match(await run('-s', 'leaf', 'leaf'), { status: 2, err: /^perfts: one function at a time, .*\n$/ });
  t.match(await run('leaf', 'shuffle'), { status: 2, err: /^perfts: annotate takes one symbol, not 'leaf' 'shuffle'\n$/ });
  t.match(await run('-n', '--show-total-period', 'leaf'), { status: 2, err: /^perfts: .*exclude each other\n$/ });
  t.match(await perfts('annotate', 'leaf', '-i', data, '--symfs', folderElsewhere(t)), { status: 1, out: '', err: /^perfts: no function is called 'leaf' in the recording; 215 samples in inlines have no names: its file was not found; .*\n$/ });
  t.match(await perfts('annotate', 'sqlite3VdbeExec', '-i', dataPath('demo', 'demo.perfts')), { status: 0, out: /^# No instructions: the archive was made without code; make it with perfts archive --with-code\n Percent [^]*\n\* {2}11\.76 :   114c71:\n/ });
  for (const why of ['debug-file', 'bpf', 'perf-map', 'no-file', 'not-in-file'] as const) t.match(missingText({ why, module: undefined, reason: 'absent' }), /^No instructions: [^\n]+$/);
});
