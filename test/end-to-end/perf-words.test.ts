// perf's commands with perf's options: what perf 7.2 printed for each line of testdata/words/commands.txt, line by line.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { dataPath, perfts } from './command.ts';

/** A command line of testdata/words/commands.txt as words; recordings by their paths here. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!).map((word) => (/^\w+\.data$/.test(word) ? dataPath('words', word) : word));
}

/** Command line, text, command line, text. */
const sections = readFileSync(dataPath('words', 'expected.txt'), 'latin1').split(/^\$ (.*)\n/m).slice(1);

t.test('as perf prints it', async (t) => {
  t.ok(sections.length >= 2 * 25);
  for (let at = 0; at < sections.length; at += 2) {
    const line = sections[at]!;
    if (/^(?:diff|annotate) /.test(line)) continue;
    const { status, out } = await perfts(...wordsOf(line), ...(line.startsWith('script') ? ['--symbol-dir', dataPath('words')] : []));
    t.same({ status, out: out.split('\n') }, { status: 0, out: sections[at + 1]!.split('\n') }, line);
  }
});

// diff has a column more, says what it compares in other words, and shows one event.
t.test('diff: the rows and columns of perf', async (t) => {
  for (let at = 0; at < sections.length; at += 2) {
    const line = sections[at]!;
    if (!line.startsWith('diff ')) continue;
    const [expected = ''] = sections[at + 1]!.split("# Event 'page-faults");
    const { status, out } = await perfts(...wordsOf(line), '--all', '--symbol-dir', dataPath('words'));
    t.equal(status, 0);
    // Two rows whose shares are of the two alone change equally, and none comes first.
    const ordered = (rows: string[][]): string[][] => (line.includes('relative') ? rows.toSorted((a, b) => (a.join() < b.join() ? -1 : 1)) : rows);
    t.same(ordered(tableOf(out)), ordered(tableOf(expected)), line);
  }
});

/** The cells of each line, also of that with the headings, in perf's order; without intervals and N/A. */
function tableOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => /^# .*(Symbol|Command|Source:Line)\b/.test(line) || (line.trim() !== '' && !line.startsWith('#')));
  const cells = lines.map((line) => line.replace(/^#/, '').trim().split(/ {2,}/));
  return cells.map((row) => row.filter((cell) => cell !== 'Interval' && cell !== 'N/A' && !cell.includes(' … ')));
}

// perf writes instructions as objdump does, and source lines as it finds them.
t.test('annotate: the shares of each instruction and line', async (t) => {
  const valuesOf = (text: string): string[] => text.split('\n').filter((line) => /^[* ] *\d.* :   [0-9a-f]+:|^ +\d[\d. ]+ \S+:\d+$| \(\d+ samples, /.test(line)).map((line) => line.replace(/^(.* :   [0-9a-f]+:).*/, '$1').replaceAll('*', ' '));
  for (let at = 0; at < sections.length; at += 2) {
    const line = sections[at]!;
    if (!line.startsWith('annotate ')) continue;
    const { status, out } = await perfts(...wordsOf(line), '--symbol-dir', dataPath('words'));
    t.equal(status, 0);
    t.ok(valuesOf(out).length > 5, line);
    t.same(valuesOf(out), valuesOf(sections[at + 1]!), line);
  }
});

t.test('annotate: bytes, source files elsewhere, what is left out', async (t) => {
  const annotate = (...words: string[]): ReturnType<typeof perfts> => perfts('annotate', '-i', dataPath('words', 'before.data'), ...words);
  const files = ['--symbol-dir', dataPath('words')];
  t.match((await annotate('-s', 'leaf', '--asm-raw', ...files)).out, /^ +0\.00 : {3}40100f: 48 85 ff {13}testq %rdi, %rdi/m);
  t.match((await annotate('-s', 'other', '--prefix', dataPath('words'), '--prefix-strip', '2', ...files)).out, /^ +: 23 +for \(long i = 0; i < n; i\+\+\) sum -= i & 7;$/m);
  t.same(await annotate('-s', 'other', '-C', '77', ...files), { status: 1, out: '', err: 'perfts: no sample was taken on these CPUs\n' });
  t.match((await annotate('--prefix-strip', '2')).err, /goes with --prefix/);
  for (const option of ['--objdump=x', '--tui', '--stdio2', '--data-type', '-D']) t.match(await annotate(option), { status: 2, err: /^perfts: --?[\w-]+: [^\n]+\n$/ }, option);
});
