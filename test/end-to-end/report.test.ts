// `perfts report` from the command line to its text: the main job, its options, and what is said when something is missing or wrong.

import t, { type Test } from 'tap';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderElsewhere, runNode } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { MadeRecording } from './made-recording.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts, rowsOf, type Answer } from './command.ts';

const ALL = [...DEMO_FILES, ...DEMO_KALLSYMS];
const PROGRAM = join(PROJECT_ROOT, 'bin/perfts.js');
const BUILT = existsSync(join(PROJECT_ROOT, 'dist/cli/main.js')) ? false : 'dist is not built';

/** The percent in a row's first column. */
function percentOf(row: string | undefined): number {
  return Number.parseFloat(row ?? '');
}

function rowWith(rows: readonly string[], text: string): string | undefined {
  return rows.find((row) => row.includes(text));
}

/** One line on standard error, nothing on standard output, no stack trace. */
function saysOneLine(t: Test, answer: Answer, status: number, message: RegExp): void {
  t.match(answer, { status, out: '', err: message });
  t.match(answer.err, /^perfts: [^\n]+\n$/);
  t.notMatch(answer.err, /internal error|\bat \w+ \(|TypeError|RangeError/);
}

t.test('Python and C in one stack, from the file as it was recorded', async (t) => {
  const { status, out, err } = await perfts('report', '--stdio', '-i', DEMO, ...ALL);
  t.equal(status, 0);
  t.match(out, /^# To display the perf\.data header info, please use --header\/--header-only options\.\n#\n#\n# Total Lost Samples: 0\n#\n# Samples: 491  of event 'cpu-clock'\n# Event count \(approx\.\): 983967928\n/);
  const rows = rowsOf(out).filter((row) => /^ +\d/.test(row));
  t.ok(percentOf(rowWith(rows, 'py::<module>:/demo-run/shop.py')) > 95);
  t.match(rowWith(rows, 'py::bill:/demo-run/shop.py'), / {2}jit-30191\.dump +\[\.\] py::bill/);
  t.match(rowWith(rows, 'sqlite3VdbeExec'), / {2}libsqlite3\.so\.3\.53\.4 +\[\.\] sqlite3VdbeExec/);
  t.match(rowWith(rows, 'asm_exc_page_fault'), / {2}\[kernel\.kallsyms\] +\[\.\] asm_exc_page_fault/);
  // The graph of _start leads through C to Python and back to C.
  const graph = out.slice(out.indexOf('[.] _start'));
  const order = ['__libc_start_main', 'Py_BytesMain', 'PyEval_EvalCode', 'py::<module>', 'py::main', 'py::day', 'py::bill', 'pysqlite_connection_executemany', 'sqlite3VdbeExec', 'py::price'];
  const places = order.map((name) => graph.indexOf(name));
  t.same(places, [...places].sort((a, b) => a - b));
  t.notOk(places.includes(-1));

  const lines = err.split('\n');
  t.equal(lines[0], 'Samples: 491, none lost.');
  t.match(lines[1], /^Stacks: 491 unwound, 98\.\d % complete\.$/);
  t.match(err, /\n {2}7 \(1\.4 %\) end where the stack dump ends: 16384 bytes; record with --call-graph dwarf,18432\.\n/);
  t.match(err, /\nPython: functions named in 9\d\.\d % of 488 samples\.\n/);
  t.notMatch(err, /Note:|kernel/);
});

t.test('a flat list', async (t) => {
  const report = await perfts('report', '--no-children', '-g', 'none', '-n', '--percent-limit', '1', DEMO, ...ALL);
  t.equal(report.status, 0);
  t.match(report.out, /\n# Overhead +Samples +Command +Shared Object +Symbol *\n/);
  const rows = rowsOf(report.out);
  t.match(rows[0], /^ +16\.90% +83 {2}python3\.13 +python3\.13 +\[\.\] _PyEval_EvalFrameDefault\.cold/);
  t.ok(rows.length > 10 && rows.every((row) => percentOf(row) >= 1));
  const percents = rows.map(percentOf);
  t.same(percents, [...percents].sort((a, b) => b - a));
  const whole = rowsOf((await perfts('report', '--no-children', '-g', 'none', '-n', DEMO, ...ALL)).out);
  const samples = whole.reduce((sum, row) => sum + Number(/% +(\d+)/.exec(row)?.[1]), 0);
  t.equal(samples, 491);
  t.ok(Math.abs(whole.reduce((sum, row) => sum + percentOf(row), 0) - 100) < 2);
});

t.test('call graphs', async (t) => {
  const report = async (...words: string[]): Promise<string> => (await perfts('report', '-i', DEMO, ...ALL, ...words)).out;
  const none = await report('-g', 'none');
  t.notMatch(none, /--\d|---/);
  const caller = await report('-g', 'caller');
  t.equal(caller, await report('-g', 'graph,0.5,caller'));
  t.equal(caller, await report('-G'));
  t.equal(caller, await report(), 'with children callers come first');
  t.not(caller, await report('-g', 'callee'));
  t.equal(await report('--no-children'), await report('--no-children', '-g', 'graph,0.5,callee'));
  t.match(await report('--no-children', '-g', 'caller'), /---_start\n +__libc_start_main/);
  t.match(await report('-g', 'fractal'), /--100\.00%--|--9\d\.\d\d%--/);
  t.match(await report('--no-children', '-g', 'folded'), /\n\d+\.\d\d% [^\n]*;[^\n]*_start\n/);
  t.match(await report('--no-children', '-g', 'flat'), /\n +\d+\.\d\d%\n {16}\S+\n/);
  const some = await report('--percent-limit', '20');
  t.ok(some.length < caller.length / 4);
  t.ok(rowsOf(some).filter((row) => /^ +\d/.test(row)).every((row) => percentOf(row) >= 20));
});

t.test('columns, keys and filters', async (t) => {
  const rows = async (...words: string[]): Promise<string[]> => rowsOf((await perfts('report', '--no-children', '-g', 'none', DEMO, ...ALL, ...words)).out);
  t.same((await rows('-s', 'comm')).map((row) => row.trim()), ['100.00%  python3.13']);
  const byFile = await rows('--sort', 'dso');
  t.match(byFile[0], / {2}python3\.13 *$/);
  t.same(await rows('-s', 'pid,comm'), await rows('--sort=pid,comm'));
  t.match((await rows('-s', 'pid'))[0], /30191/);
  t.match((await rows('-F', 'overhead,sample,sym'))[0], /^ +16\.90% +83 {2}\[\.\] _PyEval_EvalFrameDefault\.cold/);
  t.same(await rows('--comms', 'python3.13', '-s', 'dso'), byFile);
  t.same(await rows('--comms', 'no-such'), []);
  t.same((await rows('--dsos', 'libc.so.6', '-s', 'dso')).map((row) => row.trim().split(/ +/)[1]), ['libc.so.6']);
  t.equal((await rows('--symbols', 'sqlite3VdbeExec')).length, 1);
});

t.test('quiet, and the header', async (t) => {
  const quiet = await perfts('report', '-q', '-g', 'none', DEMO, ...ALL);
  t.match(quiet, { status: 0, err: '' });
  t.notMatch(quiet.out, /#/);
  const header = await perfts('report', '--header-only', '-i', DEMO);
  t.match(header, { status: 0, err: '' });
  t.match(header.out, /\n# arch : x86_64\n[^]*\n# event : name = cpu-clock, [^]*sample_stack_user = 16384[^]*\n# compressed : Zstd/);
  t.ok(header.out.split('\n').every((line) => line === '' || line.startsWith('#')));
  const both = await perfts('report', '--header', '-g', 'none', DEMO, ...ALL);
  t.ok(both.out.startsWith(header.out.split('\n').slice(0, 10).join('\n')));
  t.match(both.out, /# Samples: 491 /);
});

t.test('small recordings of every kind', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['file', /cpu-clock/], ['pipe', /Samples: 164 /], ['zstd', /Samples: 396 /], ['zstd-old', /Samples: 328 /], ['big-endian-zstd', /Samples: 364 /],
    ['big-endian-pipe', /of event 'sched:sched_switch'[^]*of event 'raw_syscalls:sys_enter'/], ['many-fields', /Samples: 10 /],
    ['group', /cpu-clock/], ['switches', /Samples: 42 /], ['throttle', /Samples: 64 /], ['injected', /Samples: 30 /],
  ];
  for (const [name, expected] of cases) {
    const path = dataPath('perfdata', `${name}.data`);
    const report = await perfts('report', path);
    t.match(report, { status: 0, out: expected, err: /^Samples: \d/ }, name);
    t.notMatch(report.err, /^perfts:/m, name);
    t.equal((await perfts('report', '--header-only', path)).status, 0, name);
  }
  const stat = await perfts('report', dataPath('perfdata/stat.data'));
  t.ok(stat.status < 2 && !/internal error/.test(stat.err), 'a recording without samples');
  saysOneLine(t, await perfts('report', '-g', 'caller', dataPath('perfdata/switches.data')), 1, /no event of this recording has call chains.*-g/);
  t.equal((await perfts('report', dataPath('perfdata/switches.data'))).status, 0, 'unless it was not asked for');
});

t.test('a wrong command line: one line, exit 2', async (t) => {
  for (const [words, message] of [
    [['--sort', 'nothing', DEMO], /--sort: there is no key 'nothing'/],
    [['-s'], /-s/],
    [['--percent-limit', 'x'], /--percent-limit/],
    [['--call-graph=caller,nonsense'], /nonsense/],
    [['-g', 'nonsense', '-i', DEMO], /one file at a time/],
    [['-F', 'nothing', DEMO], /nothing/],
    [['--no-such-option'], /unknown option --no-such-option/],
    [['--max-stack', '-1'], /--max-stack/],
    [[DEMO, DEMO], /takes one file/],
    [['--gtk', DEMO], /--gtk/],
  ] as const) saysOneLine(t, await perfts('report', ...words), 2, message);
});

t.test('what cannot be read: one line, exit 1', async (t) => {
  const folder = folderElsewhere(t);
  const put = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  mkdirSync(join(folder, 'directory'));
  for (const [path, message] of [
    [join(folder, 'absent'), /cannot open .*absent: no such file/],
    [join(folder, 'directory'), /directory without a recording/],
    [put('empty', ''), /is empty/],
    [put('text', 'cpu-clock: 12 main\n'.repeat(50)), /text file, not a perf\.data file/],
    [put('zeros', new Uint8Array(5000)), /not a perf\.data file/],
    [put('magic', 'PERFILE2'), /./],
    [put('header', readFileSync(DEMO).subarray(0, 90)), /./],
    [dataPath('elf/le64.elf'), /not a perf\.data file/],
    [dataPath('jit/py313.dump'), /jitdump/],
  ] as const) {
    for (const command of ['report', 'script']) saysOneLine(t, await perfts(command, path), 1, message);
  }
  for (const [option, value, message] of [
    ['--symfs', join(folder, 'absent'), /no such directory/],
    ['--symfs', DEMO, /not a directory/],
    ['--kallsyms', join(folder, 'absent'), /no such file/],
    ['--kallsyms', folder, /directory/],
    ['--jitdump', join(folder, 'absent'), /no such file/],
    ['--jitdump', join(folder, 'text'), /is not a jitdump/],
    ['--perf-map-dir', join(folder, 'absent'), /no such directory/],
  ] as const) saysOneLine(t, await perfts('report', option, value, DEMO), 1, message);
});

t.test('what belongs to the recording is missing or another’s', async (t) => {
  const folder = folderElsewhere(t);
  const moved = join(folder, 'perf.data');
  cpSync(DEMO, moved);
  const jitdump = dataPath('demo/jit-30191.dump');
  const report = async (...words: string[]): Promise<Answer> => perfts('report', '-g', 'none', moved, ...words);
  const python = (answer: Answer): number => rowsOf(answer.out).filter((row) => row.includes('py::')).length;

  const missing = await report(...ALL);
  t.match(missing, { status: 0, err: /Note: The jitdump \/tmp\/jit-30191\.dump is not beside the recording: its functions have no names\.\n$/ });
  t.equal(python(missing), 0);
  t.match(missing.out, /\[\.\] _PyEval_EvalFrameDefault/, 'C has its names');
  t.match(missing.err, /Stacks: 491 unwound, 98/, 'and stacks are whole all the same');

  t.ok(python(await report(...ALL, '--jitdump', jitdump)) > 15, '--jitdump FILE');
  cpSync(jitdump, join(folder, 'other name'));
  t.ok(python(await report(...ALL, '--jitdump', join(folder, 'other name'))) > 15, 'whatever it is called');

  const foreign = dataPath('jit/py313.dump');
  const named = await report(...ALL, '--jitdump', foreign);
  t.match(named.err, /\nperfts: .*py313\.dump is not used: no process of this recording wrote it\n$/);
  cpSync(foreign, join(folder, 'jit-30191.dump'));
  const renamed = await report(...ALL);
  t.match(renamed, { status: 0, err: /\nNote: jit-30191\.dump: the jitdump was written by process 24619, not 30191: it is not used\.\n$/ });
  t.equal(python(renamed), 0, 'another process’s dump names nothing');
  writeFileSync(join(folder, 'jit-30191.dump'), 'no dump at all, but long enough to have had a header of forty bytes');
  t.match(await report(...ALL), { status: 0, err: /\nNote: jit-30191\.dump: this is no jitdump/ });
  writeFileSync(join(folder, 'jit-30191.dump'), '');
  t.match(await report(...ALL), { status: 0, err: /\nNote: jit-30191\.dump: the jitdump is empty/ });

  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const noFiles = await report('--symfs', empty, '--jitdump', jitdump);
  t.match(noFiles.err, /\nWithout names:\n {2}\/usr\/bin\/python3\.13: \d+ frames; file not found \(build id f9de766c3a03…\)/);
  t.ok(noFiles.err.split('\n').length < 20, 'a short block');
  mkdirSync(join(empty, 'usr/bin'), { recursive: true });
  cpSync(dataPath('symbols/tiny.so'), join(empty, 'usr/bin/python3.13'));
  const wrong = await report('--symfs', empty, '--jitdump', jitdump);
  t.match(wrong, { status: 0, err: /\/usr\/bin\/python3\.13: \d+ frames; only another build of the file was found \(build id/ });
  t.notMatch(wrong.out, /outer_public|inner_secret/, 'a file of another build is not taken');

  t.match((await report(...DEMO_FILES)).err, /\[kernel\.kallsyms\]: 132 frames; give --kallsyms FILE/);
  writeFileSync(join(folder, 'kallsyms'), 'this is no list of symbols\n');
  t.match((await report(...DEMO_FILES, '--kallsyms', join(folder, 'kallsyms'))).err, /\nNote: kallsyms: the kallsyms file holds no symbols/);
  writeFileSync(join(folder, 'kallsyms'), '0000000000000000 T _text\n0000000000000000 T start_kernel\n');
  t.match((await report(...DEMO_FILES, '--kallsyms', join(folder, 'kallsyms'))).err, /addresses in the kallsyms file are 0: copy \/proc\/kallsyms as root/);
});

t.test('perf maps: in the folder named, beside the recording, under --symfs', async (t) => {
  const folder = folderElsewhere(t);
  const path = join(folder, 'perf.data');
  writeFileSync(path, new MadeRecording().comm(40, 'python3.12', 1, true).mmap(40, { start: 0x7000_0000, length: 0x1000, path: '//anon' }, 2).sample(40, [0x7000_0004, 0x7000_0104], 3).bytes());
  for (const place of ['maps', '.', 'symfs/tmp']) mkdirSync(join(folder, place), { recursive: true });
  const map = (name: string): string => `70000000 c py::${name}:/app.py\n70000100 c py::<module>:/app.py\n`;
  const report = async (...words: string[]): Promise<Answer> => perfts('report', '-g', 'none', path, ...words);
  const none = await report();
  t.match(none, { status: 0, err: /\n {2}\/tmp\/perf-40\.map: 2 frames; no perf-40\.map beside the recording\n/ });
  writeFileSync(join(folder, 'symfs/tmp/perf-40.map'), map('under_symfs'));
  t.match((await report('--symfs', join(folder, 'symfs'))).out, / {2}perf-40\.map +\[\.\] py::under_symfs:\/app\.py/);
  writeFileSync(join(folder, 'perf-40.map'), map('beside'));
  t.match((await report('--symfs', join(folder, 'symfs'))).out, /py::beside/);
  writeFileSync(join(folder, 'maps/perf-40.map'), map('named'));
  const named = await report('--perf-map-dir', join(folder, 'maps'));
  t.match(named, { status: 0, out: /py::named/, err: /Python: functions named in 100\.0 % of 1 samples\.\n$/ });
});

t.test('a recording that was cut says so, and is read as far as it goes', async (t) => {
  const folder = folderElsewhere(t);
  writeFileSync(join(folder, 'perf.data'), readFileSync(DEMO).subarray(0, 200_000));
  cpSync(dataPath('demo/jit-30191.dump'), join(folder, 'jit-30191.dump'));
  const { status, out, err } = await perfts('report', '-g', 'none', '-i', join(folder, 'perf.data'), ...ALL);
  t.equal(status, 0);
  t.match(out, /py::<module>/);
  t.match(err, /\nNote: The file ends within the records: what follows is lost \(at offset 200000\)\.\n/);
});

t.test('the process itself', { skip: BUILT }, async (t) => {
  const folder = folderElsewhere(t);
  cpSync(DEMO, join(folder, 'perf.data'));
  cpSync(dataPath('demo/jit-30191.dump'), join(folder, 'jit-30191.dump'));
  const inFolder = runNode([PROGRAM, 'report', '-g', 'none', ...ALL], folder);
  t.match(inFolder, { status: 0, out: /py::<module>/, err: /^Samples: 491/ }, 'perf.data of the folder');
  t.same(inFolder, await perfts('report', '-g', 'none', join(folder, 'perf.data'), ...ALL));
  t.match(runNode([PROGRAM, 'report', 'absent'], folder), { status: 1, out: '', err: /^perfts: cannot open absent: no such file\n$/ });
  t.match(runNode([PROGRAM, 'report', '--no-such-option'], folder), { status: 2, out: '', err: /^perfts: unknown option --no-such-option.*\n$/ });
  renameSync(join(folder, 'perf.data'), join(folder, 'other.data'));
  t.match(runNode([PROGRAM, 'report'], folder), { status: 1, out: '', err: /^perfts: cannot open perf\.data: no such file[^\n]*\n$/ });

  const piped = await talkTo(['report', '-g', 'none', '-q', '-i', '-'], readFileSync(dataPath('perfdata/pipe.data')));
  t.match(piped, { status: 0, out: /\[\.\] 0x/, err: '' }, 'standard input');
  t.match(await talkTo(['report', '-i', '-'], Buffer.from('nonsense')), { status: 1, out: '', err: /^perfts: [^\n]*\n$/ });
  t.match(await talkTo(['report', '-i', '-'], Buffer.alloc(0)), { status: 1, out: '', err: /empty/ });
  const leaving = await talkTo(['script', '-i', DEMO, ...ALL], undefined, 20_000);
  t.equal(leaving.err, '', 'when nobody reads on it ends without a word');
  t.equal(leaving.status, 0);
});

/** Runs the program with bytes on standard input; stops reading after `most` characters. */
function talkTo(words: readonly string[], input: Uint8Array | undefined, most: number = Infinity): Promise<Answer> {
  const child = spawn(process.execPath, [PROGRAM, ...words], { cwd: PROJECT_ROOT });
  let out = '';
  let err = '';
  child.stdout.on('data', (piece) => {
    out += piece;
    if (out.length > most) child.stdout.destroy();
  });
  child.stderr.on('data', (piece) => (err += piece));
  child.stdin.on('error', () => {});
  if (input === undefined) child.stdin.end();
  else child.stdin.end(input);
  return new Promise((resolve) => child.on('close', (status) => resolve({ status: status ?? -1, out, err })));
}
