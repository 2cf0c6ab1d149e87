// `perfts validate`: what it prints and how it ends, for every kind of file; and the library behind it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { MemorySource, validate } from '../../src/index.ts';
import { validateFile } from '../../src/node/index.ts';
import { fileOf, recordOf } from '../perfdata/recording.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, dataPath, perfts } from './command.ts';

const SOUND = dataPath('perfdata', 'file.data');
const sample = recordOf(true, 9, 2, (writer) => void writer.u64(1));
const broken = recordOf(true, 9, 2, (writer) => void writer.u32(1));
const odd = recordOf(true, 9, 2, (writer) => void writer.u64(1).u64(2));
/** Seven samples that are cut and one that is too long; the first record lies at 0x108. */
const BROKEN = fileOf(true, [{ sampleType: 1, ids: [5n] }], [sample, ...Array.from({ length: 7 }, () => broken), odd]);

t.test('a sound file is one line and status 0', async (t) => {
  t.same(await perfts('validate', SOUND), { status: 0, out: '0 errors, 0 warnings in 139 records\n', err: '' });
  t.same(await perfts('validate', '-q', SOUND), { status: 0, out: '', err: '' });
  t.same(await perfts('validate', '--json', SOUND), { status: 0, out: '', err: '' });
  t.same(await perfts('validate', DEMO), { status: 0, out: '0 errors, 0 warnings in 700 records\n', err: '' });
});

t.test('a file with errors and warnings', async (t) => {
  const path = join(folderElsewhere(t), 'perf.data');
  writeFileSync(path, BROKEN);
  const warnings = ['warning 5.1.29: A sample is longer than its fields', '    0x16c: 8 bytes'];
  const errors = ['error 5.1.1: A field of a sample does not fit into it (7 times)', ...[0x118, 0x124, 0x130, 0x13c, 0x148].map((offset) => `    0x${offset.toString(16)}: fixed fields`), '    …'];
  const { status, out, err } = await perfts('validate', path);
  t.equal(status, 1);
  t.same(out.split('\n'), [...errors, ...warnings, '7 errors, 1 warning in 9 records', '']);
  t.equal(err, '');
  t.same((await perfts('validate', '-q', path)).out.split('\n'), [...errors, '7 errors, 1 warning in 9 records', ''], 'quiet: errors only');
  const all = (await perfts('validate', '--all', path)).out.split('\n');
  t.equal(all.length, 10);
  t.equal(all[0], '0x118: error 5.1.1: A field of a sample does not fit into it: fixed fields');
  t.equal(all[7], '0x16c: warning 5.1.29: A sample is longer than its fields: 8 bytes');
  const lines = (await perfts('validate', '--json', path)).out.trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  t.equal(lines.length, 8);
  t.same(lines[0], { severity: 'error', clause: '5.1.1', code: 'sample-cut', offset: 0x118, message: 'A field of a sample does not fit into it', detail: 'fixed fields' });
  const quiet = await perfts('validate', '--json', '-q', path);
  t.equal(quiet.out.trimEnd().split('\n').length, 7);
  t.equal(quiet.status, 1);
});

t.test('the example of the README', async (t) => {
  const path = join(folderElsewhere(t), 'cut.data');
  writeFileSync(path, readFileSync(SOUND).subarray(0, 12_204));
  const example = /^\$ perfts validate cut\.data\n([^]*?)^```/m.exec(readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8'))?.[1];
  t.same(await perfts('validate', path), { status: 1, out: example, err: '' });
});

t.test('directories, jitdumps and perf maps', async (t) => {
  const folder = folderElsewhere(t);
  const directory = join(folder, 'directory');
  mkdirSync(directory);
  writeFileSync(join(directory, 'data'), fileOf(true, [{ sampleType: 1, ids: [5n] }], [sample]));
  writeFileSync(join(directory, 'data.0'), sample);
  writeFileSync(join(directory, 'data.1'), broken);
  const { out, status } = await perfts('validate', directory);
  t.equal(status, 1);
  t.match(out, /^error 5\.1\.1: A field of a sample does not fit into it\n {4}data\.1 0x0: fixed fields\nwarning 1\.5\.1: [^]*in 3 records\n$/);
  t.match((await perfts('validate', '--json', directory)).out, /"file":"data\.1","offset":0,/);
  t.match(await perfts('validate', dataPath('jit', 'py313-forked.dump')), { status: 1, out: /^error 8\.4\.2: Bytes are no record \(2 times\)\n {4}0xe2c: 110 bytes[^]*in 60 records\n$/ });
  t.same(await perfts('validate', dataPath('jit', 'py313.map')), { status: 0, out: '0 errors, 0 warnings in 11 lines\n', err: '' });
  const empty = join(folder, 'perf-12.map');
  writeFileSync(empty, '');
  t.same(await perfts('validate', empty), { status: 0, out: '0 errors, 0 warnings in 0 lines\n', err: '' });
  const other = join(folder, 'jit-12.dump');
  writeFileSync(other, '');
  t.match(await perfts('validate', other), { status: 1, out: /^error 8\.4\.1: / });
});

t.test('what cannot be validated, and wrong command lines', async (t) => {
  t.match(await perfts('validate', dataPath('README.md')), { status: 1, out: '', err: /^perfts: [^\n]*README\.md: This is a text file[^\n]*\n$/ });
  t.match(await perfts('validate', dataPath('none.data')), { status: 1, out: '', err: /^perfts: cannot open [^\n]*none\.data: no such file\n$/ });
  t.match(await perfts('validate', '-i', SOUND, SOUND), { status: 2, out: '', err: /^perfts: one file at a time[^\n]*\n$/ });
  t.match(await perfts('validate', '--jsn', SOUND), { status: 2, out: '', err: /^perfts: unknown option --jsn; did you mean --json\?[^\n]*\n$/ });
  t.match(await perfts('validate', '--help'), { status: 0, out: /--quiet/ });
});

t.test('as a library', async (t) => {
  const codes: string[] = [];
  const validation = await validate({ sources: [new MemorySource(BROKEN)] }, ({ code }) => codes.push(code));
  t.match(validation, { kind: 'recording', records: 9, errors: 7, warnings: 1 });
  t.same(validation.groups.map(({ rule, count, first }) => [rule.clause, count, first.length]), [['5.1.1', 7, 5], ['5.1.29', 1, 1]]);
  t.equal(codes.length, 8);
  t.match(await validateFile(dataPath('jit', 'py313.map')), { kind: 'perf map', records: 11, errors: 0, warnings: 0, groups: [] });
  await t.rejects(validateFile(dataPath('README.md')), { code: 'PERFTS_NOT_PERF_DATA' });
});
