// `perfts convert` and `perfts inject` as commands: every form of the demo prints the same stacks; wrong words are one line.

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'perfts-convert-'));
t.teardown(() => rmSync(folder, { recursive: true }));
const place = (name: string): string => join(folder, name);

const script = async (file: string): Promise<string> =>
  (await perfts('script', '-i', file, ...DEMO_FILES, ...DEMO_KALLSYMS, '--jitdump', dataPath('demo', 'jit-30191.dump'))).out;

t.test('every form says the same', async (t) => {
  const original = await script(DEMO);
  t.ok(original.includes('py::bill:'));
  for (const words of [['--to', 'pipe', '--byte-order', 'big', '-z'], ['--byte-order', 'big'], ['-z']]) {
    const result = await perfts('convert', DEMO, '-o', place('a.data'), '-v', ...words);
    t.match(result, { status: 0, out: '', err: /wrote \d+ records, 491 of them samples/ }, words.join(' '));
    t.equal(await script(place('a.data')), original, words.join(' '));
  }
  await perfts('convert', place('a.data'), '-o', place('b.data'));
  t.match((await perfts('report', '--stats', '-i', place('a.data'))).out, /COMPRESSED/);
  t.notMatch((await perfts('report', '--stats', '-i', place('b.data'))).out, /COMPRESSED/, 'and decompressed again');
  t.equal(await script(place('b.data')), original);
});

t.test('to a directory and from it', async (t) => {
  const original = await script(DEMO);
  const directory = place('folder');
  t.match(await perfts('convert', DEMO, '-o', directory, '--to', 'directory', '-z', '-v'), { status: 0, err: /wrote \d+ records, 491 of them samples/ });
  t.same(readdirSync(directory).sort(), ['data', 'data.0'], 'it was recorded on one CPU');
  t.equal(await script(directory), original);
  // A recording that was there before makes room, also its third file.
  writeFileSync(join(directory, 'data.2'), 'old');
  t.match(await perfts('convert', dataPath('twins', 'dir-z'), '-o', directory, '--to', 'directory'), { status: 0, err: '' });
  t.same(readdirSync(directory).sort(), ['data', 'data.0', 'data.1']);
  t.match(await perfts('convert', directory, '-o', place('one.data')), { status: 0, err: '' });
  const stacks = async (path: string): Promise<string> => (await perfts('script', '-i', path)).out;
  t.equal(await stacks(place('one.data')), await stacks(dataPath('twins', 'dir-z')));

  writeFileSync(join(directory, 'notes.txt'), 'mine');
  const cases: [string[], RegExp][] = [
    [[DEMO, '-o', directory, '--to', 'directory'], /folder holds other files than a recording's/],
    [[DEMO, '-o', place('one.data'), '--to', 'directory'], /one.data is a file: name a directory/],
    [[dataPath('twins', 'dir-z'), '-o', dataPath('twins', 'dir-z'), '--to', 'directory'], /is the recording that is read/],
    [[join(dataPath('twins', 'dir-z'), 'data'), '-o', dataPath('twins', 'dir-z'), '--to', 'directory'], /is the recording that is read/],
    [[DEMO, '-o', '-', '--to', 'directory'], /a directory cannot be written to standard output/],
    [[DEMO, '-o', place('no/where'), '--to', 'directory'], /cannot write .*: no such file/],
  ];
  for (const [words, line] of cases) t.match(await perfts('convert', ...words), { status: /no.where/.test(words[2]!) ? 1 : 2, err: line }, line.source);
  t.same(readdirSync(dataPath('twins', 'dir-z')).sort(), ['data', 'data.0', 'data.1']);
  t.same(readFileSync(join(directory, 'notes.txt'), 'utf8'), 'mine');
  t.match(await perfts('convert', DEMO, '-o', place('new'), '--to', 'directory', '-e', 'cycles'), { status: 2, err: /no event cycles/ });
  t.notOk(readdirSync(folder).includes('new'), 'what was begun is taken away');
});

t.test('what cannot be done', async (t) => {
  const file = dataPath('perfdata', 'file.data');
  writeFileSync(place('same.data'), readFileSync(file));
  const cases: [string[], number, RegExp][] = [
    [[file], 2, /convert needs -o FILE/],
    [[file, '-o', '-', '--to', 'file'], 2, /a file cannot be written to standard output/],
    [[file, '-o', place('x'), '--time', 'noon'], 2, /--time 'noon': give two times in seconds/],
    [[file, '-o', place('x'), '--byte-order', 'middle'], 2, /--byte-order/],
    [[file, '-o', place('x'), '-e', 'cycles'], 2, /no event cycles/],
    [[place('same.data'), '-o', place('same.data')], 2, /is the recording that is read/],
    [[file, '-o', place('no/where')], 1, /cannot write .*: no such file/],
  ];
  for (const [words, status, line] of cases) {
    const result = await perfts('convert', ...words);
    t.match(result, { status, err: line }, line.source);
    t.equal(result.err.trimEnd().split('\n').length, 1, 'one line');
  }
  t.same(readFileSync(place('same.data')), readFileSync(file));
});

t.test('inject', async (t) => {
  const answer = await perfts('inject', '--jit', DEMO, '-o', place('jit.data'), '--out-dir', place('images'), '-v');
  t.match(answer, { status: 0, out: '', err: /perf does not unwind through images in .*images, only in \/tmp[^]*wrote \d+ files for 1 jitdump\n/ });
  const images = readdirSync(place('images'));
  t.ok(images.length > 100 && images.every((name) => /^jitted-30191-\d+\.so$/.test(name)));
  t.match(readFileSync(join(place('images'), images[0]!)).subarray(0, 4).toString('latin1'), '\x7fELF');
  t.match(await perfts('inject', DEMO, '-o', place('jit.data')), { status: 2, err: /does nothing but --jit/ });
  t.match(await perfts('inject', '-j', DEMO), { status: 2, err: /needs -o FILE/ });
  t.match(await perfts('inject', '-j', dataPath('perfdata', 'file.data'), '-o', place('none.data')), { status: 0, err: /no process of this recording wrote a jitdump/ });
});
