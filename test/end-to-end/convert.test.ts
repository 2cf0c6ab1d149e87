// `perfts convert` as a command: every form of the demo prints the same stacks; wrong words are one line.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  t.ok(readFileSync(place('b.data')).length < readFileSync(place('a.data')).length, 'and decompressed again');
  t.equal(await script(place('b.data')), original);
});

t.test('what cannot be done', async (t) => {
  const file = dataPath('perfdata', 'file.data');
  writeFileSync(place('same.data'), readFileSync(file));
  const cases: [string[], number, RegExp][] = [
    [[file], 2, /convert needs -o FILE/],
    [[file, '-o', '-', '--to', 'file'], 2, /a file cannot be written to standard output/],
    [[file, '-o', place('x'), '--time', 'noon'], 2, /--time takes two times in seconds/],
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
