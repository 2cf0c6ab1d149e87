// How often `perfts diff` calls a row changed where nothing has changed: all pairs of several recordings of one program. Then whether of two
// versions of a program the right function comes first. Prints a table and, with --write, writes it to bench/RESULTS.md (section
// "Differences of the same program").
//
//   for i in 1 2 3 4 5; do perf record -e cpu-clock -F 499 -k 1 --call-graph dwarf,16384 -z -o DIR/before.$i.data python3.13 -X perf_jit before.py; done
//   node dist/bench/diff-same-program.js --data DIR [--root ROOT] [--symfs DIR] [--write]
//
// DIR holds NAME.N.data, as many programs as there are (testdata/guides/list-contains, testdata/demo/shop.py 250); ROOT is where they ran.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const { values: options } = parseArgs({ options: { data: { type: 'string' }, root: { type: 'string', default: '/' }, symfs: { type: 'string', multiple: true, default: [] }, write: { type: 'boolean', default: false } } });
if (options.data === undefined) throw new Error('--data DIR is missing: where the recordings are');
const { data } = options;
const files = [options.root, ...options.symfs].flatMap((folder) => ['--symfs', folder]);
const VIEWS: Readonly<Record<string, readonly string[]>> = { functions: [], 'with callees': ['--children'], 'Python’s own view': ['--python'] };

/** The rows that `perfts diff` calls changed, largest first. */
function changed(before: string, after: string, words: readonly string[]): string[] {
  const run = spawnSync(process.execPath, [join(projectFolder(), 'bin/perfts.js'), 'diff', '-q', ...words, ...files, join(data, before), join(data, after)], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`diff ${before} ${after}: ${run.stderr}`);
  return run.stdout.split('\n').filter((line) => line.trim() !== '');
}

const programs = new Map<string, string[]>();
for (const file of readdirSync(data).sort()) {
  const name = /^(.+)\.\d+\.data$/.exec(file)?.[1];
  if (name !== undefined) programs.set(name, [...(programs.get(name) ?? []), file]);
}
const lines = ['By `bench/diff-same-program.ts`: all pairs of recordings of one program, 95 % confidence.', '', circumstances(), '', '| program | rows are | pairs | pairs with a row called changed | such rows |', '| --- | --- | --- | --- | --- |'];
for (const [name, recordings] of programs) {
  for (const [view, words] of Object.entries(VIEWS)) {
    const pairs = recordings.flatMap((before, index) => recordings.slice(index + 1).map((after) => changed(before, after, words)));
    const wrong = pairs.filter((rows) => rows.length > 0);
    lines.push(`| ${name} | ${view} | ${pairs.length} | ${wrong.length} | ${wrong.flat().map((row) => `\`${row.trim().replace(/ {2,}/g, ' ')}\``).join('; ')} |`);
    process.stderr.write(`${lines.at(-1)!}\n`);
  }
}
if (programs.has('before') && programs.has('after')) {
  lines.push('', 'The first rows of before and after:', '', '| rows are | first row | in how many pairs |', '| --- | --- | --- |');
  for (const [view, words] of Object.entries(VIEWS)) {
    const firsts = new Map<string, number>();
    const [before, after] = [programs.get('before')!, programs.get('after')!];
    before.forEach((one, index) => {
      const row = (changed(one, after[index % after.length]!, words)[0] ?? 'none').trim().split(/ {2,}/).at(-1)!;
      firsts.set(row, (firsts.get(row) ?? 0) + 1);
    });
    for (const [row, count] of firsts) lines.push(`| ${view} | \`${row}\` | ${count} of ${before.length} |`);
  }
}
const text = `${lines.join('\n')}\n`;
process.stdout.write(text);
if (options.write) writeResults('Differences of the same program', text);
