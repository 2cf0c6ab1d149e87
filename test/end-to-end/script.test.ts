// `perfts script` from the command line to its text: every sample with its stack, fields, filters, and files that are not there.

import t from 'tap';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { timeOfDay } from '../../src/views/script/time-of-day.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts, rowsOf } from './command.ts';

const ALL = [...DEMO_FILES, ...DEMO_KALLSYMS];

/** The stacks of a script's text: the head, and the frames from the leaf outwards. */
function stacksOf(text: string): { readonly head: string; readonly frames: readonly string[] }[] {
  return text.trimEnd().split('\n\n').map((block) => {
    const [head = '', ...frames] = block.split('\n');
    return { head, frames };
  });
}

t.test('every sample of the demo with its stack', async (t) => {
  const { status, out, err } = await perfts('script', '-i', DEMO, ...ALL);
  t.same({ status, err }, { status: 0, err: '' });
  const stacks = stacksOf(out);
  t.equal(stacks.length, 491);
  t.ok(stacks.every(({ head }) => /^python3\.13 +30191 +\d+\.\d{6}: +\d+ cpu-clock: $/.test(head)));
  t.ok(stacks.every(({ frames }) => frames.length > 0 && frames.every((frame) => /^\t *[0-9a-f]+ \S.* \(.+\)$/.test(frame))));
  const python = stacks.filter(({ frames }) => frames.some((frame) => frame.includes('py::<module>:/demo-run')));
  t.ok(python.length / stacks.length > 0.95, `${python.length} of ${stacks.length} with Python`);
  const whole = python.filter(({ frames }) => / _start\+0x\w+ \(\/usr\/bin\/python3\.13\)$/.test(frames.at(-1)!));
  t.ok(whole.length / python.length > 0.99, `${whole.length} of them down to _start`);
  // Python lies between C and C: by_buyer under the sort that calls it, ranked above.
  const sorted = stacks.find(({ frames }) => frames.some((frame) => frame.includes('py::by_buyer')))!;
  const at = (name: string): number => sorted.frames.findIndex((frame) => frame.includes(name));
  t.ok(at('py::by_buyer') < at('list_sort_impl') && at('list_sort_impl') < at('py::ranked') && at('py::ranked') < at('_start'));
  const times = stacks.map(({ head }) => Number(/(\d+\.\d+): /.exec(head)?.[1]));
  t.same(times, [...times].sort((a, b) => a - b), 'in the order of time');
});

t.test('fields', async (t) => {
  const first = async (fields: string, ...words: string[]): Promise<string> => rowsOf((await perfts('script', '-F', fields, DEMO, ...ALL, ...words)).out)[0]!;
  t.equal((await first('comm')).trim(), 'python3.13');
  t.equal((await first('comm,tid')).trim(), 'python3.13   30191');
  t.match(await first('pid,tid'), /30191\/30191/);
  t.match(await first('time'), /^ *1943\.070607: *$/);
  t.match(await first('time', '--ns'), /^ *1943\.070607\d{3}: *$/);
  t.match(await first('period,event'), /^ *2004008 +cpu-clock: *$/);
  t.match(rowsOf((await perfts('script', '-F', 'ip,sym', DEMO, ...ALL)).out)[0], /^\t *ffffffff8159e601 page_cache_ra_unbounded$/);
  t.match(rowsOf((await perfts('script', '-F', 'ip,sym,symoff,dso', DEMO, ...ALL)).out)[0], /page_cache_ra_unbounded\+0x111 \(\[kernel\.kallsyms\]\)$/);
  const short = stacksOf((await perfts('script', '-F', 'comm,ip,sym', '--max-stack', '3', DEMO, ...ALL)).out);
  t.ok(short.every(({ frames }) => frames.length <= 6), 'three of the kernel, three of the program');
  t.match((await perfts('script', '-G', DEMO, ...ALL)).out.split('\n')[0], /page_cache_ra_unbounded/);
});

t.test("Python's own view", async (t) => {
  const guides = dataPath('guides', 'symfs');
  for (const [file, ...words] of [[DEMO, ...ALL], [DEMO, '--no-inline', ...ALL], [dataPath('guides', 'cpython-howto', 'jit-315.data'), '--symfs', guides, '--kallsyms', dataPath('guides', 'kallsyms')]] as const) {
    const stacks = stacksOf((await perfts('script', '--python', file!, ...words)).out);
    const whole = stacksOf((await perfts('script', file!, ...words)).out);
    t.equal(stacks.length, whole.length);
    // As stacks of the whole recording's view, counted.
    const counts = new Map<string, number>();
    for (const { head, frames } of stacks) {
      const names = frames.map((line) => {
        const [, name, place] = /^\t *[0-9a-f]+ (.*) \((.+)\)$/.exec(line)!;
        return place!.endsWith('.py') || place!.startsWith('<') ? `${name} (${place!.replace(/.*\/(?=.)(?!__init__)/, '').replace(/^.*\/(?=[^/]+\/__init__)/, '')})` : name!;
      });
      const line = [/^\S+/.exec(head)![0], ...names.reverse()].join(';');
      counts.set(line, (counts.get(line) ?? 0) + 1);
    }
    const exported = (await perfts('export', '--format', 'collapsed', '--python', '--no-annotate', file!, ...words)).out.trimEnd().split('\n');
    t.same([...counts].map(([line, count]) => `${line} ${count}`).sort(), [...exported].sort());
    const strange = stacks.filter(({ frames }, index) => {
      const addresses = new Set(whole[index]!.frames.map((line) => /^\t *([0-9a-f]+) /.exec(line)?.[1]));
      return !frames.every((line) => addresses.has(/^\t *([0-9a-f]+) /.exec(line)![1]) || /^\t {15}0 (\[interpreter\] \(\[python\]\)|kernel entry)/.test(line));
    });
    t.same(strange, [], 'an address is that of its frame');
  }
  t.match((await perfts('script', '--python', '-F', 'ip,sym', DEMO, ...ALL)).out, /^\t *[0-9a-f]+ day\n\t *[0-9a-f]+ main\n\t *[0-9a-f]+ <module>$/m);
  t.match((await perfts('script', '--python', '-G', DEMO, ...ALL)).out, /^ *python3\.13 +30191 +[\d.]+: +\d+ cpu-clock: +57f5a7 str deallocation \(\/usr\/bin\/python3\.13\)$/m);
});

t.test('filters', async (t) => {
  const count = async (...words: string[]): Promise<number> => rowsOf((await perfts('script', '-F', 'comm', DEMO, ...words)).out).length;
  t.equal(await count(), 491);
  t.equal(await count('--comms', 'python3.13'), 491);
  t.equal(await count('--comms', 'other'), 0);
  t.equal(await count('--pid', '30191'), 491);
  t.equal(await count('--tid', '1'), 0);
  t.equal(await count('--time', ',1943.070607808'), 1);
  t.equal(await count('--time', '1943.070607809,'), 490);
  t.equal(await count('--time', '10%/1') + (await count('--time', '90%-100%')) + (await count('--time', '10%-50%,50%-90%')), 491);
  // A pipe does not say when it begins and ends: its samples do.
  const parts = await Promise.all(['25%/1', '25%/2', '25%/3', '25%/4'].map(async (time) => rowsOf((await perfts('script', '-F', 'comm', dataPath('perfdata', 'pipe.data'), '--time', time)).out).length));
  t.equal(parts.reduce((sum, part) => sum + part), 164);
  t.ok(parts.every((part) => part > 0));
});

t.test('where samples were taken, and what switches', async (t) => {
  const words = (...more: string[]): Promise<string[]> => perfts('script', '-G', '-F', 'event,ip,sym', '-i', dataPath('words', 'before.data'), '--symbol-dir', dataPath('words'), ...more).then(({ out }) => rowsOf(out));
  const all = await words();
  t.same(await words('--symbols', 'other'), all.filter((row) => row.endsWith(' other')));
  t.same(await words('--dsos', '/tmp/words/prog,x', '-S', 'other'), await words('-S', 'other'), 'by its path');
  t.same(await words('--dsos', 'libc.so.6'), []);
  const first = all.findIndex((row) => row.includes('cpu-clock'));
  t.same(await words('--switch-off', 'cpu-clock:u'), all.slice(0, first), 'nothing behind it');
  t.same(await words('--switch-off', 'cpu-clock:u', '--show-on-off-events'), all.slice(0, first + 1));
  t.same(await words('--reltime', '--time', '20%/1'), await words('--time', '20%/1'));
});

t.test('branches, instructions, source lines, time of day', async (t) => {
  const fields = (list: string, ...more: string[]): Promise<string[]> => perfts('script', '-G', '-F', list, ...more).then(({ out }) => out.trimEnd().split('\n'));
  const branches = ['-i', dataPath('conformance', 'sample-branch-stack-both-le.perf.data')];
  // perf 7.2 prints these three.
  t.same(await fields('brstack', ...branches), [' 0x3/0x4/P/-/-/4660//-  0x5/0x6/-/X/-/0//-']);
  t.same(await fields('brstackoff,dso', ...branches), [' 0x3 ([unknown])/0x4 ([unknown])/P/-/-/4660//-  0x5 ([unknown])/0x6 ([unknown])/-/X/-/0//-']);
  t.same(await fields('brstacksym', ...branches), ['[unknown]/[unknown]/P/-/-/4660//- [unknown]/[unknown]/-/X/-/0//-']);

  const symfs = folderElsewhere(t);
  mkdirSync(join(symfs, 'tmp', 'words'), { recursive: true });
  for (const name of ['prog', 'prog.c']) cpSync(dataPath('words', name), join(symfs, 'tmp', 'words', name));
  const words = ['-i', dataPath('words', 'before.data'), '--symfs', symfs];
  t.same((await fields('comm,tid,ip,srccode', ...words)).slice(0, 10), [
    '            prog   29290            401000',
    '            prog   29290            40117d',
    '|49       }',
    '            prog   29290            401020',
    '|11       static inline __attribute__((always_inline)) long twice(long i) { return (i ^ sum) * 2; }',
    '            prog   29290            40102a',
    '            prog   29290            40102a',
    '            prog   29293            401116',
    '|41         if (child == 0) {',
    '           child   29293            401164',
  ], 'a line again only where its thread was elsewhere');
  t.same((await fields('ip,disasm', ...words))[0], '           401000\t\txorl %ebp, %ebp');
  t.same((await fields('ip,insn,insnlen', '-i', dataPath('words', 'before.data')))[0], '           401000 ilen: 0', 'without the file');

  t.match(timeOfDay(1_795_863_239_128_785_470n, false), /^2026-11-2\d \d\d:\d\d:59\.128785$/);
  t.match(timeOfDay(1_795_863_239_000_000_007n, true), /:59\.000000007$/);
  t.match((await perfts('script', '-F', 'tod', ...words)).err, /does not say which time of day/);
  for (const field of ['brstackinsn', 'metric', 'brcntr', 'vcpu']) t.match(await perfts('script', '-F', field, ...words), { status: 2, err: new RegExp(`^perfts: --fields ${field}: .{10,}\n$`) }, field);
});

t.test('a file for each event', async (t) => {
  const folder = folderElsewhere(t);
  const input = join(folder, 'two.data');
  cpSync(dataPath('words', 'before.data'), input);
  const { status, out } = await perfts('script', '--per-event-dump', '-G', input);
  t.equal(status, 0);
  const sizes = ['cpu-clock:u', 'page-faults:u'].map((event) => {
    const text = readFileSync(`${input}.${event}.dump`, 'utf8');
    t.ok(rowsOf(text).every((row) => row.includes(`${event}: `)), event);
    return rowsOf(text).length;
  });
  t.same(sizes, [29, 13]);
  t.same(rowsOf(out).map((row) => /\((\d+) samples\)/.exec(row)?.[1]).sort(), ['13', '29']);
  t.match((await perfts('script', '--per-event-dump', '-i', '-')).err, /standard input has no place/);
  t.match((await perfts('script', '--per-event-dump', '-i', join(folder, 'nothing.data'))).err, /nothing\.data/);
});

t.test('what is refused, and why', async (t) => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['--script x.py', /^perfts: --script: perfts runs no scripts: /],
    ['-g python', /^perfts: -g: perfts runs no scripts: /],
    ['--dlfilter x.so', /^perfts: --dlfilter: filters that are native code of perf are not loaded/],
    ['--insn-trace', /traces are not decoded/],
    ['--reltime --deltatime', /exclude each other/],
    ['--no-merge-callchains', /always put together/],
    ['-C 0', /do not say on which CPU/],
    ['--switch-on nothing', /has no event nothing, but cpu-clock/],
    ['--time 5', /^perfts: --time '5': /],
  ];
  for (const [line, expected] of cases) {
    const { status, out, err } = await perfts('script', '-i', DEMO, ...line.split(' '));
    t.same([status, out], [2, ''], line);
    t.match(err, expected, line);
    t.equal(err.split('\n').length, 2, 'one line');
  }
});

t.test('other recordings', async (t) => {
  for (const [name, samples] of [['file', 111], ['pipe', 164], ['zstd', 396], ['big-endian-zstd', 364], ['big-endian-pipe', 160], ['many-fields', 10], ['throttle', 64], ['injected', 30]] as const) {
    const { status, out, err } = await perfts('script', '-F', 'comm', dataPath('perfdata', `${name}.data`));
    t.same([status, rowsOf(out).length, err], [0, samples, ''], name);
    t.equal((await perfts('script', dataPath('perfdata', `${name}.data`))).status, 0, name);
  }
});

t.test('without what belongs to it', async (t) => {
  const folder = folderElsewhere(t);
  cpSync(DEMO, join(folder, 'perf.data'));
  const { status, out, err } = await perfts('script', '-i', join(folder, 'perf.data'), ...ALL);
  t.equal(status, 0);
  t.equal(stacksOf(out).length, 491);
  t.notMatch(out, /py::/);
  t.match(err, /^perfts: The jitdump \/tmp\/jit-30191\.dump is not beside the recording: its functions have no names\n$/);
  const whole = stacksOf(out).filter(({ frames }) => / _start\+/.test(frames.at(-1)!));
  t.ok(whole.length > 470, 'nameless trampolines are walked through');
});

t.test('a wrong command line', async (t) => {
  for (const [words, message] of [
    [['-F', 'nothing'], /^perfts: --fields: there is no field 'nothing'[^\n]*\n$/],
    [['--pid', 'x'], /^perfts: --pid[^\n]*\n$/],
    [['--no-such'], /^perfts: unknown option --no-such[^\n]*\n$/],
    [['a', 'b'], /^perfts: script takes one file[^\n]*\n$/],
  ] as const) t.match(await perfts('script', ...words), { status: 2, out: '', err: message });
  t.match(await perfts('script', '-i', 'absent'), { status: 1, out: '', err: /^perfts: cannot open absent: no such file\n$/ });
});
