// The guides do not rot: every line of perfts in them is run, and what a guide shows below `$ perfts …` is what comes out. The recordings of
// a guide lie in testdata/guides/NAME; what a reader has on the machine that recorded is in its symfs and the demo's. Guides without
// recordings of their own, and recordings that are not there, are shown on the demo.
//
//       $ perfts report --python before.data     run in a folder with the recordings
//       …                                        any lines; within a line any characters
//           87.96%  …  run_dummy                 lines that come out one after another; empty ones and those of # alone do not count
//
// A line without `$` is only run. One with a path of Windows (`C:\`, `.\`) is only understood.

import t, { type Test } from 'tap';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArguments } from '../../src/cli/argv.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { dataPath, perfts } from '../end-to-end/command.ts';
import { PROJECT_ROOT } from './project-root.ts';

const FOLDER = join(PROJECT_ROOT, 'docs/guides');
const DEMO = dataPath('demo', 'demo.perfts');
/** Nobody's ending of a file, so that files that the guides write in passing are not taken for recordings. */
const RECORDING = /\.data$/;
const FILES = ['--symfs', dataPath('guides', 'symfs'), '--symfs', dataPath('demo', 'symfs'), '--kallsyms', dataPath('guides', 'kallsyms')];
const FOREIGN = /(^| )([A-Za-z]:|\.)?\\|(^| )~\//;

/** A command of a guide, and the lines below it. */
interface Shown {
  readonly line: string;
  readonly output: readonly string[];
}

function shownIn(text: string): Shown[] {
  const shown: Shown[] = [];
  let output: string[] | undefined;
  for (const raw of text.split('\n')) {
    if (raw.trim() === '' && output !== undefined) continue;
    const line = raw.startsWith('    ') ? raw.slice(4) : undefined;
    const [, prompt, command] = /^(\$ |PS> )?perfts (.*)$/.exec(line ?? '') ?? [];
    if (line === undefined || /^(\$|PS>) /.test(line) || command !== undefined) output = undefined;
    // Two blanks or more separate a command from what it does.
    if (command !== undefined) shown.push({ line: command.split(/ {2,}/)[0]!, output: prompt === undefined ? [] : (output = []) });
    else if (line !== undefined) output?.push(line.trimEnd());
  }
  return shown;
}

/** The line of the guide that did not come out, or undefined. */
function missing(expected: readonly string[], printed: string): string | undefined {
  const lines = printed.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '' && line !== '#');
  let at = 0;
  let isGap = true;
  for (const line of expected.filter((one) => one !== '' && one !== '#')) {
    if (line.trim() === '…') {
      isGap = true;
      continue;
    }
    const pattern = new RegExp(`^${line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
    // The lines of the quality block say … of their own.
    const found = lines.findIndex((one, index) => index >= at && (one === line || pattern.test(one)));
    if (found < 0 || (!isGap && found !== at)) return line;
    at = found + 1;
    isGap = false;
  }
  return undefined;
}

async function run(t: Test, { line, output }: Shown): Promise<void> {
  const [name, ...given] = line.split(' ');
  const command = COMMANDS.find((one) => one.name === name);
  // An archive of the demo would be made of an archive: other tests make them.
  if (command === undefined || FOREIGN.test(line) || (name === 'archive' && given.some((word) => RECORDING.test(word) && !existsSync(word)))) {
    t.ok(command !== undefined && parseArguments(command, given), line);
    return;
  }
  // No guide may ask a server in a test.
  const words = given.map((word, index) => (RECORDING.test(word) && given[index - 1] !== '-o' && !existsSync(word) ? DEMO : word)).filter((word) => !word.startsWith('--debuginfod'));
  const isOwn = words.some((word) => RECORDING.test(word) && existsSync(word)) && !given.includes('--symfs');
  const { status, out, err } = await perfts(name!, ...words, ...(isOwn && 'kallsyms' in command.options ? FILES : []));
  t.ok(status === 0 || (status === 1 && (name === 'doctor' || given.includes('--fail-on'))), `perfts ${line}: ${err}`);
  const lacks = missing(output, `${out}\n${err}`);
  t.equal(lacks, undefined, `perfts ${line}`, lacks === undefined ? {} : { printed: `${out}\n${err}` });
}

t.setTimeout(300_000);
const home = process.cwd();
for (const guide of readdirSync(FOLDER).filter((name) => name.endsWith('.md'))) {
  t.test(guide, { timeout: 120_000 }, async (t) => {
    const place = mkdtempSync(join(realpathSync(tmpdir()), 'perfts-guides-'));
    t.teardown(() => {
      process.chdir(home);
      rmSync(place, { recursive: true, force: true });
    });
    const recordings = dataPath('guides', guide.replace(/\.md$/, ''));
    if (existsSync(recordings)) cpSync(recordings, place, { recursive: true });
    process.chdir(place);
    const text = readFileSync(join(FOLDER, guide), 'utf8');
    const shown = shownIn(text);
    t.ok(shown.length > 3);
    for (const one of shown) await run(t, one);
    for (const [, path] of text.matchAll(/\]\(([^):]+)\)/g)) t.doesNotThrow(() => readFileSync(join(FOLDER, path!)), path!);
    // A picture NAME-x.svg is the x.svg that a command of the guide has drawn.
    for (const [, path, drawn] of text.matchAll(new RegExp(`\\]\\((${guide.replace('.md', '')}-(\\w+\\.svg))\\)`, 'g'))) {
      t.equal(readFileSync(drawn!, 'utf8'), readFileSync(join(FOLDER, path!), 'utf8'), path!);
    }
  });
}

t.test('a guide that is wrong is found', async (t) => {
  t.same(shownIn('x\n\n    $ perf record -g true\n    [ perf record ]\n    $ perfts report -n a.data   what\n    # one\n      2 %\n\n    perfts doctor a.data\n'), [
    { line: 'report -n a.data', output: ['# one', '  2 %'] }, { line: 'doctor a.data', output: [] },
  ]);
  const printed = 'a\n\nb 1\nc\nd\n';
  for (const right of [['a', 'b 1'], ['a', '', 'b …'], ['…', 'c'], ['a', '…', 'd'], ['b 1', 'c', '…'], []]) t.equal(missing(right, printed), undefined);
  for (const [wrong, line] of [[['a', 'c'], 'c'], [['b 2'], 'b 2'], [['c', '…', 'a'], 'a'], [['e'], 'e']] as const) t.equal(missing(wrong, printed), line);
});
