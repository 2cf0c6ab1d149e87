// perf report's words on a command line, held against what perf 7.2 printed for them, byte for byte; and those where perf is wrong, or says
// nothing, by what must be true of them.

import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { folderElsewhere } from '../project/elsewhere.ts';
import { dataPath, perfts, rowsOf } from './command.ts';

const WORDS = dataPath('report', 'recorded-words.data');
const SYMFS = folderElsewhere(t);
mkdirSync(join(SYMFS, 'opt', 'words'), { recursive: true });
cpSync(dataPath('report', 'recorded-words.elf'), join(SYMFS, 'opt', 'words', 'words'));
const FILES = ['--stdio', '--no-inline', '--symfs', SYMFS, '-i', WORDS];

async function report(...words: readonly string[]): Promise<string> {
  const { status, out, err } = await perfts('report', ...FILES, ...words);
  if (status !== 0) throw new Error(err);
  return out.replace(/^# \(Tip: .*\)$/m, '# (Tip)');
}

/** Numbers of samples of the whole report, `-n` given. */
function samplesOf(text: string): number {
  return rowsOf(text).reduce((sum, row) => sum + Number(/%\s+(\d+)/.exec(row)?.[1] ?? 0), 0);
}

t.test('as perf prints them', async (t) => {
  const parts = gunzipSync(readFileSync(dataPath('report', 'recorded-words.txt.gz'))).toString('latin1').split(/^==> /m).slice(1);
  t.ok(parts.length >= 49);
  for (const part of parts) {
    const end = part.indexOf('\n');
    const line = part.slice(0, end);
    // Of another recording, where a line begins with its name.
    const [first, ...rest] = line.split(' ');
    const words = first!.endsWith('.data') ? ['-i', dataPath('report', first!), ...rest] : line.split(' ');
    const [ours, perfs] = [(await report(...words)).split('\n'), part.slice(end + 1).split('\n')];
    const unlike = perfs.findIndex((row, at) => row !== ours[at]);
    t.same([ours[unlike], ours.length], [perfs[unlike], perfs.length], `perf report ${line}`);
  }
});

t.test('parts of the time', async (t) => {
  const whole = samplesOf(await report('--no-children', '-g', 'none', '-n'));
  const tenths = [];
  for (let tenth = 1; tenth <= 10; tenth++) tenths.push(samplesOf(await report('--no-children', '-g', 'none', '-n', '--time', `10%/${tenth}`)));
  t.equal(tenths.reduce((sum, samples) => sum + samples, 0), whole, 'each sample is in one tenth');
  t.ok(tenths.filter((samples) => samples > 0).length > 3);
  const first = await report('--no-children', '-g', 'none', '-n', '--time', '10%');
  t.match(first, /\n# Samples: \d+ {2}of event 'page-faults\/period=1\/' \(time slices: 10%\)\n/);
  t.equal(samplesOf(first), tenths[0]);
  t.equal(samplesOf(await report('--no-children', '-g', 'none', '-n', '--time', '10%/2,10%/5')), tenths[1]! + tenths[4]!);
  t.equal(samplesOf(await report('--no-children', '-g', 'none', '-n', '--time', '0,1')), 0, 'before the recording');
});

t.test('what is hidden, and what it is a part of', async (t) => {
  const filtered = rowsOf(await report('--no-children', '-g', 'none', '-s', 'sym', '--symbol-filter', 'oun'));
  t.ok(filtered.length > 0 && filtered.every((row) => row.endsWith('] count')), 'in every event, not in the first alone');
  const parts = ['-s', 'comm', '--no-children', '-g', 'none'];
  t.equal(await report(...parts, '--socket-filter', '0'), (await report(...parts)).replaceAll('\n#\n# Overhead', '\n# Processor Socket: 0\n#\n# Overhead'));
  t.same(rowsOf(await report(...parts, '--socket-filter', '7')), []);
  t.same(rowsOf(await report(...parts, '-x', '-p', 'nowhere')), []);
});

t.test('functions that take over what they call', async (t) => {
  const rows = rowsOf(await report('--no-children', '-g', 'none', '-s', 'sym', '--ignore-callees', '^kitchen$'));
  t.notOk(rows.some((row) => /\] (bake|wash|count|touch)$/.test(row)), rows.join('\n'));
  const caller = rowsOf(await report('-s', 'sym', '--ignore-callees', '^kitchen$', '-G')).filter((row) => /\] (main|kitchen)$/.test(row));
  t.ok(caller.length >= 2, 'with callers first the callers are still there');
});

t.test('between two events', async (t) => {
  const count = async (...words: string[]): Promise<number> => samplesOf(await report('--no-children', '-g', 'none', '-n', ...words));
  const [whole, on, off] = [await count(), await count('--switch-on', 'cpu-clock/freq=797/'), await count('--switch-off', 'cpu-clock/freq=797/')];
  t.ok(off > 0 && on > 0);
  t.equal(on + off + 1, whole, 'the sample that switches is in neither');
  t.equal(await count('--switch-on', 'cpu-clock/freq=797/', '--show-on-off-events'), on + 1);
});

t.test('records, and source files by their paths', async (t) => {
  const dumped = await report('-D');
  t.ok(dumped.startsWith((await perfts('script', '-D', ...FILES.slice(1))).out));
  t.ok(dumped.endsWith((await perfts('report', '--stats', '-i', WORDS)).out));
  const inlines = ['-g', 'none', '--no-children', '--inline', '--symbol-dir', dataPath('report'), '-s', 'srcfile', dataPath('report', 'recorded-inlines.data')];
  mkdirSync(join(SYMFS, 'opt', 'inl'), { recursive: true });
  cpSync(dataPath('report', 'recorded-inlines.elf'), join(SYMFS, 'opt', 'inl', 'inlines'));
  const files = async (...words: string[]): Promise<string[]> => rowsOf((await perfts('report', '--symfs', SYMFS, ...inlines, ...words)).out).map((row) => row.trim().split(/\s+/).at(-1)!);
  const [short, full] = [await files(), await files('--full-source-path')];
  t.ok(full.some((path) => path.includes('/')) && !short.some((path) => path.includes('/')));
  t.same(full.map((path) => path.slice(path.lastIndexOf('/') + 1)), short);
});

t.test('fields of tracepoints', async (t) => {
  const rows = async (file: string, ...words: string[]): Promise<string[][]> => {
    const { status, out, err } = await perfts('report', '-g', 'none', '--no-children', '-t', ';', '-i', dataPath('report', file), ...words);
    if (status !== 0) throw new Error(err);
    return rowsOf(out).map((row) => row.split(';').map((cell) => cell.trim()));
  };
  t.same(await rows('recorded-sched_stat.data', '-s', 'prev_comm,sched_switch.prev_state,prev_state/raw'), [['100.00%', 'worker 2', 'S', '1']], 'a blank belongs to the name');
  t.same(await rows('recorded-sched_stat.data', '-F', 'sample,sched:sched_switch.next_comm'), [['1', 'swapper/0']]);
  const files = (await rows('recorded-kprobe.data', '-s', 'filename', '-n')).filter((cells) => cells.length === 3);
  const raw = (await rows('recorded-kprobe.data', '-s', 'filename/raw', '-n')).filter((cells) => cells.length === 3);
  t.ok(files.length > 10);
  t.same(files.map(([, , name]) => name), raw.map(([, , name]) => `"${name!}"`));
  const bad = async (words: string): Promise<string> => (await perfts('report', '-i', dataPath('report', 'recorded-kprobe.data'), '-s', words)).err;
  t.match(await bad('probe.filename'), /^perfts: probe.filename: more than one event is called like probe: probe:fmtopen, /);
  t.match(await bad('%99.filename'), /^perfts: %99.filename: there is no event number 99\n$/);
  t.match(await bad('fmtopen.nothing'), /^perfts: --sort: there is no key 'fmtopen.nothing'/);
});

t.test('ends of branches', async (t) => {
  const rows = async (keys: string): Promise<string[]> => rowsOf((await perfts('report', '-n', '-s', keys, '-i', dataPath('report', 'recorded-branches.data'))).out);
  const places = await rows('dso_from,addr_from,dso_to,addr_to');
  t.equal(new Set(places.map((row) => row.replace(/^.*?%\s+\d+/, '').replaceAll(/\[.\]/g, ''))).size, places.length, 'a row for each pair of places');
  t.equal(places.reduce((sum, row) => sum + Number(/%\s+(\d+)/.exec(row)![1]), 0), 82);
});

t.test('words without an answer in this recording: one line, exit 2', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['-s mem', /^perfts: mem is a key of reports on memory: add --mem-mode\n$/],
    ['-s parallelism', /^perfts: parallelism needs a recording that tells of context switches/],
    ['-s addr_from', /^perfts: addr_from is a key of recordings with branches/],
    ['-s cycles', /^perfts: cycles is a key of recordings with branches/],
    ['-s comm,simd', /^perfts: --sort: simd: only samples that are decoded from AUX areas/],
    ['--itrace=i', /^perfts: --itrace: processors' traces are not decoded/],
    ['-s sched_switch.prev_comm', /^perfts: sched_switch.prev_comm: the recording has no event sched_switch\n$/],
    ['-s prev_pid', /^perfts: --sort: there is no key 'prev_pid'; the keys are pid, /],
    ['--switch-on nothing', /^perfts: --switch-on: the recording has no event nothing/],
    ['--python -s cpu', /^perfts: --python shows functions, not cpu\n$/],
  ];
  for (const [line, message] of cases) t.match(await perfts('report', ...FILES, ...line.split(' ')), { status: 2, out: '', err: message }, line);
  const latency = dataPath('report', 'recorded-latency.data');
  t.match(await perfts('report', '-C', '0', latency), { status: 2, out: '', err: /^perfts: -C: the samples of this recording do not say/ });
  const both = await perfts('report', '-g', 'none', '--no-children', '-s', 'parallelism', latency);
  t.match(both, { status: 0, out: /# Overhead .*Parallelism/ });
  const levels = rowsOf(both.out).map((row) => Number(row.trim().split(/\s+/).at(-1)));
  t.ok(levels.length > 1 && new Set(levels).size === levels.length, 'one row for each number of threads');
  const one = rowsOf((await perfts('report', '-g', 'none', '--no-children', '-s', 'parallelism', '--parallelism', String(levels[0]), latency)).out);
  t.same(one, rowsOf(both.out).slice(0, 1));
});
