// --stitch held against the truth: in recordings whose stacks are whole some dumps are cut short afterwards; what is joined must be what
// was there. And how joined stacks are marked in every view.

import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import { openRecording } from '../../src/node/open-recording.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, DEMO_FILES, dataPath, perfts } from './command.ts';

t.setTimeout(900_000);

/** Cuts the stack dump of every second sample to `bytes`: the word behind it says how many of them are valid. */
async function cutDumps(path: string, to: string, bytes: number): Promise<void> {
  const file = readFileSync(path);
  const opened = await openRecording(path, {});
  const pipeline = opened.recording.pipeline({ maxStack: 1, keepExited: false });
  let count = 0;
  await pipeline.run({
    sample: (_sample, raw, record) => {
      if (raw.stackOffset < 0 || raw.stackDynSize <= bytes || count++ % 2 === 0) return;
      file.writeBigUInt64LE(BigInt(bytes), record.fileOffset + raw.stackOffset - record.offset + raw.stackSize);
    },
  });
  opened.close();
  writeFileSync(to, file);
}

interface Stack {
  readonly joined: number;
  readonly end: string | undefined;
  readonly frames: string;
}

async function stacksOf(path: string, symfs: readonly string[], stitch: boolean): Promise<Stack[]> {
  const opened = await openRecording(path, { symfs: [...symfs] });
  if (stitch) await opened.recording.stitch();
  const stacks: Stack[] = [];
  for await (const { joined, end, frames } of opened.recording.samples()) {
    stacks.push({ joined, end, frames: frames.map(({ address, name }) => `${address.toString(16)} ${name}`).join('\n') });
  }
  opened.close();
  return stacks;
}

interface Outcome {
  readonly cut: number;
  readonly joined: number;
  readonly wrong: number;
}

/** What became of the stacks that `cutDumps` cut, of those whose truth is known. */
async function outcome(path: string, symfs: readonly string[], folder: string, bytes: number): Promise<Outcome> {
  const cutPath = join(folder, 'cut.data');
  for (const file of readdirSync(dirname(path))) if (/^(jit-\d+\.dump|perf-\d+\.map)$/.test(file)) copyFileSync(join(dirname(path), file), join(folder, file));
  await cutDumps(path, cutPath, bytes);
  const truth = await stacksOf(path, symfs, false);
  const stitched = await stacksOf(cutPath, symfs, true);
  let cut = 0;
  let joined = 0;
  let wrong = 0;
  stitched.forEach((stack, i) => {
    if (truth[i]!.end !== 'root' || stack.end === 'root') return;
    cut++;
    if (stack.joined === 0) return;
    joined++;
    if (stack.frames !== truth[i]!.frames) wrong++;
  });
  return { cut, joined, wrong };
}

/** The demo, its records not compressed. */
async function plainDemo(folder: string): Promise<string> {
  const path = join(folder, 'demo.data');
  await perfts('convert', DEMO, '-o', path);
  return path;
}

t.test('the demo, cut', async (t) => {
  const folder = folderElsewhere(t);
  const path = await plainDemo(folder);
  for (const bytes of [2048, 4096]) {
    const { cut, joined, wrong } = await outcome(path, [dataPath('demo', 'symfs')], folder, bytes);
    t.ok(cut > 90, `${cut} cut to ${bytes}`);
    t.ok(joined > cut / 2, `${joined} joined`);
    t.ok(wrong <= joined / 50, `${wrong} wrong`);
  }
});

t.test('how they are shown', async (t) => {
  const folder = folderElsewhere(t);
  await cutDumps(await plainDemo(folder), join(folder, 'cut.data'), 4096);
  const files = [join(folder, 'cut.data'), ...DEMO_FILES];
  const plain = (await perfts('script', ...files)).out;
  const stitched = (await perfts('script', '--stitch', ...files)).out;
  const MARK = '\t               0 [joined: from here on of another sample] ([stitched])\n';
  t.notMatch(plain, '[joined');
  const marked = stitched.split(MARK).length - 1;
  t.ok(marked > 50, `${marked} marked`);
  const unmarked = stitched.split('\n\n').map((stack) => stack.replace(/\t +0 \[joined.*$/s, '').trimEnd());
  t.same(unmarked, plain.split('\n\n').map((stack) => stack.trimEnd()), 'what was there before stands as it did');
  const { out, err } = await perfts('report', '--stitch', '--stdio', '--no-inline', ...files);
  t.match(err, new RegExp(`\\n  ${marked} of these \\(\\d+\\.\\d %\\) are joined onto whole stacks of the same thread \\(--stitch\\)\\.\\n`));
  t.not(out, (await perfts('report', '--stdio', '--no-inline', ...files)).out);
  const list = (await perfts('unwind', '--stitch', ...files)).out;
  t.equal(list.split('\n').filter((line) => /dump exhausted, \d+ frames joined/.test(line)).length, marked);
  const number = /^ *(\d+) .*joined/m.exec(list)![1]!;
  const steps = (await perfts('unwind', '--stitch', '--explain', number, ...files)).out;
  t.match(steps, /_start.*\n {5}joined: of another sample of this thread\n/);
  t.notMatch(steps, 'a fault of perfts');
  const json = (await perfts('export', '--stitch', '--format', 'jsonl', '-o', '-', ...files)).out.trimEnd().split('\n');
  t.equal(json.filter((line) => (JSON.parse(line) as { end?: string }).end === 'joined').length, marked, 'exports say so where they say how stacks end');
  t.equal(list, (await perfts('unwind', '--stitch', ...files)).out, 'the same again');
});

const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');
const hasCorpus = existsSync(join(PROJECT_ROOT, '../shared/corpus')) && existsSync(cache);
/** Two of each kind by default; PERFTS_CASE takes others. */
const CASES = new RegExp(process.env['PERFTS_CASE'] ?? '^(a64_py313_perf_jit|cpp_dwarf|rust_dwarf|py314_mixed_perf_jit)-');

t.test('the corpus, cut', { skip: hasCorpus ? false : 'the corpus is absent' }, async (t) => {
  const folder = folderElsewhere(t);
  const folders = readdirSync(cache);
  const sum = { cut: 0, joined: 0, wrong: 0 };
  for (const name of folders.filter((entry) => CASES.test(entry) && !entry.startsWith('symfs-') && existsSync(join(cache, entry, 'perf.data')))) {
    const set = name.startsWith('a64_') ? 'arm64' : 'amd64';
    const symfs = folders.filter((entry) => new RegExp(`^symfs-${set}-[0-9a-f]{16}$`).test(entry)).map((entry) => join(cache, entry));
    const { cut, joined, wrong } = await outcome(join(cache, name, 'perf.data'), symfs, folder, 2048);
    t.comment(`${name.replace(/-[0-9a-f]{16}$/, '')}: ${cut} cut, ${joined} joined, ${wrong} wrong`);
    sum.cut += cut;
    sum.joined += joined;
    sum.wrong += wrong;
  }
  t.ok(sum.joined > 50);
  t.ok(sum.wrong <= sum.joined / 50, `${sum.wrong} wrong of ${sum.joined}`);
});
