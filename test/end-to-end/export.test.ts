// `perfts export` as a command: files and standard output, labels, filters, and what it refuses.

import t from 'tap';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readExportOptions, exportCommand } from '../../src/cli/export.ts';
import { parseArguments } from '../../src/cli/argv.ts';
import { main } from '../../src/cli/main.ts';
import { MemoryOutput } from '../../src/cli/output.ts';
import { FORMATS } from '../../src/formats/formats.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { DEMO, DEMO_FILES, dataPath, perfts } from './command.ts';

const FILE = dataPath('perfdata', 'file.data');

t.test('every format, to a file and to standard output', async (t) => {
  const folder = folderElsewhere(t);
  const beginnings: Readonly<Record<string, RegExp>> = {
    firefox: /^\{"meta":/, pprof: /^.\u008b/, collapsed: /^\S+;.* \d+\n/, speedscope: /^\{"\$schema"/, perfetto: /^\n/, otlp: /^\n/, csv: /^recording,labels,/, jsonl: /^\{"recording":/, parquet: /^PAR1/,
  };
  t.same(new Set(Object.keys(beginnings)), new Set(FORMATS.map(({ name }) => name)));
  for (const { name } of FORMATS) {
    const path = join(folder, name);
    const { status, out, err } = await perfts('export', '--format', name, '-o', path, FILE);
    t.same({ status, out, err }, { status: 0, out: '', err: '' }, name);
    const written = readFileSync(path);
    t.match(written.toString('latin1').slice(0, 200), beginnings[name]!, name);
    const toOutput = await perfts('export', '--format', name, FILE);
    t.equal(toOutput.status, 0);
    t.ok(Math.abs(toOutput.out.length - written.toString().length) < 100, `${name}: the same on standard output`);
  }
});

t.test('labels hold for the recordings that follow, or for all', async (t) => {
  const labelsOf = (...words: string[]): unknown => {
    const parsed = parseArguments(exportCommand, ['--format', 'csv', ...words]);
    return parsed.kind === 'given' ? readExportOptions(parsed.given).sources.map(({ input, labels }) => [input, Object.fromEntries(labels)]) : undefined;
  };
  t.same(labelsOf(), [['perf.data', {}]]);
  t.same(labelsOf('--label', 'a=1', 'x'), [['x', { a: '1' }]]);
  t.same(labelsOf('x', '--label', 'a=1'), [['x', { a: '1' }]]);
  t.same(labelsOf('--label', 'a=1', 'x', '--label', 'a=2', '--label', 'b=3', 'y', '--', '-z'), [['x', { a: '1' }], ['y', { a: '2', b: '3' }], ['-z', { a: '2', b: '3' }]]);
  t.same(labelsOf('-i', 'x', '--label', 'a=b=c'), [['x', { a: 'b=c' }]]);
  const { out } = await perfts('export', '--format', 'collapsed', '--label', 'service=api', FILE, '--label', 'service=web', FILE);
  const heads = new Set(out.trimEnd().split('\n').map((line) => line.split(';')[0]));
  t.same(heads, new Set(['api', 'web']));
});

t.test("Python's own view", async (t) => {
  const { status, out } = await perfts('export', '--format', 'collapsed', '--python', '--no-annotate', DEMO, ...DEMO_FILES);
  t.equal(status, 0);
  t.match(out, /^python3\.13;<module> \(shop\.py\);main \(shop\.py\);day \(shop\.py\);/m);
  t.notMatch(out, /_PyEval/);
});

t.test('filters', async (t) => {
  const lines = async (...words: string[]): Promise<number> => {
    const { status, out } = await perfts('export', '--format', 'jsonl', DEMO, ...DEMO_FILES, ...words);
    t.equal(status, 0);
    return out.split('\n').length - 1;
  };
  t.equal(await lines(), 491);
  t.equal(await lines('--time', ',1943.1'), await lines('--time', ',1943.1', '-c', 'python3.13', '--pid', '30191', '--tid', '30191', '-e', 'cpu-clock'));
  t.equal((await lines('--time', ',1943.5')) + (await lines('--time', '1943.500000001,')), 491);
  t.equal(await lines('--comms', 'bash'), 0);
});

t.test('what is refused, in one line', async (t) => {
  const folder = folderElsewhere(t);
  const refused = async (status: number, message: RegExp, ...words: string[]): Promise<void> => {
    const answer = await perfts('export', ...words);
    t.equal(answer.status, status, words.join(' '));
    t.match(answer.err, message);
    t.equal(answer.err.trimEnd().split('\n').length, 1);
  };
  await refused(2, /needs --format FORMAT: .*pprof/, FILE);
  await refused(2, /--format takes firefox or pprof/, '--format', 'xml', FILE);
  await refused(2, /--label takes KEY=VALUE/, '--format', 'csv', '--label', 'api', FILE);
  await refused(2, /no event cycles, but cpu-clock/, '--format', 'csv', '-e', 'cycles', FILE);
  await refused(2, /one event.*--event/, '--format', 'collapsed', dataPath('perfdata', 'group.data'));
  await refused(2, /--dataset goes with --format parquet/, '--format', 'csv', '--dataset', folder, FILE);
  await refused(2, /--dataset needs --label service=NAME for /, '--format', 'parquet', '--dataset', folder, FILE);
  await refused(2, /only one of them/, '--format', 'parquet', '--dataset', folder, '-o', 'x', FILE);
  await refused(2, /is the recording that is read/, '--format', 'csv', '-o', FILE, FILE);
  await refused(2, /is the recording that is read/, '--format', 'csv', '-o', FILE, DEMO, FILE);
  await refused(1, /no-such\.data/, '--format', 'csv', join(folder, 'no-such.data'));
  await refused(1, /cannot write/, '--format', 'csv', '-o', join(folder, 'no/such/folder'), FILE);
  await refused(1, /cannot make/, '--format', 'parquet', '--dataset', join(FILE, 'fleet'), '--label', 'service=a', FILE);
  const out = new MemoryOutput(true);
  const err = new MemoryOutput();
  t.equal(await main(['export', '--format', 'pprof', FILE], out, err), 2);
  t.match(err.text, /not for a terminal: name a file with -o/);
});

t.test('what was not finished is taken away', async (t) => {
  const folder = folderElsewhere(t);
  t.equal((await perfts('export', '--format', 'csv', '-o', join(folder, 'out.csv'), FILE, join(folder, 'no-such.data'))).status, 1);
  t.notOk(existsSync(join(folder, 'out.csv')));
  t.equal((await perfts('export', '--format', 'parquet', '--dataset', join(folder, 'fleet'), '--label', 'service=a', FILE, join(folder, 'no-such.data'))).status, 1);
  t.same(existsSync(join(folder, 'fleet')) ? readdirSync(join(folder, 'fleet'), { recursive: true, encoding: 'utf8' }).filter((path) => /\.(tmp|parquet)$/.test(path)) : [], []);
});
