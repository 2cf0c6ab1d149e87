// perf's commands with perf's options: what perf 7.2 printed for each line of testdata/words/commands.txt, line by line.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { dataPath, perfts } from './command.ts';

/** A command line of testdata/words/commands.txt as words; recordings by their paths here. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!).map((word) => (/^\w+\.data$/.test(word) ? dataPath('words', word) : word));
}

t.test('as perf prints it', async (t) => {
  const sections = readFileSync(dataPath('words', 'expected.txt'), 'latin1').split(/^\$ (.*)\n/m).slice(1);
  t.ok(sections.length >= 2 * 25);
  for (let at = 0; at < sections.length; at += 2) {
    const line = sections[at]!;
    const { status, out } = await perfts(...wordsOf(line), '--symbol-dir', dataPath('words'));
    t.same({ status, out: out.split('\n') }, { status: 0, out: sections[at + 1]!.split('\n') }, line);
  }
});
