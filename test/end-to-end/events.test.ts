// Events other than time, from the command line: groups beside perf's text, waits and all time against what the recorded program is known to
// do (testdata/guides/events/waits.c), allocations by their size; and damage.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { PerftsError } from '../../src/bytes/errors.ts';
import { dataPath, perfts, rowsOf } from './command.ts';
import { openInMemory, testdata } from './in-memory.ts';
import { randomOf } from './damaging.ts';

t.setTimeout(300_000);
const FILES = ['--symfs', dataPath('guides', 'symfs'), '--kallsyms', dataPath('guides', 'events', 'kallsyms')];
const recording = (name: string): string[] => ['-i', dataPath('guides', 'events', `${name}.data`), ...FILES];
const FLAT = ['--no-children', '-g', 'none', '-n'];

/** Sum of a column of numbers by what stands behind it. */
function sums(text: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rowsOf(text)) {
    const [, period, name] = /^ +([\d.]+) +(\S.*?) *$/.exec(row) ?? [];
    if (period !== undefined) found.set(name!, (found.get(name!) ?? 0) + Number(period));
  }
  return found;
}

t.test('groups, as perf shows them', async (t) => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['two', 'group', ['--group']],
    ['two', 'group-sorted', ['--group', '--group-sort-idx', '1']],
    ['two', 'group-invalid', ['--group', '--group-sort-idx', '9']],
    ['two', 'apart', []],
    ['group', 'group', []],
    ['group', 'group-sorted', ['--group-sort-idx', '1']],
    ['group', 'apart', ['--no-group']],
  ];
  for (const [file, name, words] of cases) {
    const { out } = await perfts('report', '-s', 'comm,dso', ...FLAT, ...words, ...recording(file));
    // perf says "events" of the first one of several that stand apart (PERF-DIFFERENCES).
    const perf = readFileSync(dataPath('guides', 'events', 'perf', `${file}.${name}.txt`), 'utf8').replace("of events 'cpu-clock'\n", "of event 'cpu-clock'\n");
    t.equal(out.replace(/^# \(Tip.*\n/m, ''), perf, `${file} ${words.join(' ')}`);
  }
  t.match(await perfts('report', '--group-sort-idx', '1', ...recording('two')), { status: 2, out: '', err: /add --group\n$/ });
});

t.test('some events of several', async (t) => {
  const one = await perfts('report', ...FLAT, '-e', 'page-faults', ...recording('group'));
  t.match(one.out, /of event 'page-faults'/);
  t.notMatch(one.out, /cpu-clock/);
  const both = await perfts('report', ...FLAT, '-e', 'page-faults,cpu-clock', ...recording('group'));
  t.match(both.out, /of events 'anon group \{ cpu-clock, page-faults \}'/);
  t.match(await perfts('report', '-e', 'cycles', ...recording('group')), { status: 2, err: "perfts: no event is called 'cycles': the recording has cpu-clock, page-faults\n" });
});

t.test('waits: who, where and how long', async (t) => {
  for (const name of ['switches', 'context']) {
    const { out, err, status } = await perfts('report', '--off-cpu', '--no-children', '-g', 'callee', '-F', 'period,comm', ...recording(name));
    t.equal(status, 0);
    const waits = sums(out);
    // Three naps of 100 ms, and each time the write wakes the reader; a loaded machine may be late.
    t.ok(waits.get('waits')! > 300e6 && waits.get('waits')! < 480e6, `${name}: ${waits.get('waits')}`);
    t.match(out, /do_nanosleep\n[^]*[ |]+nap\n[ |]+main\n/);
    t.match(out, /pipe_read\n[^]*[ |]+wait_for_pipe\n[ |]+reader\n/);
    t.match(err, /\nWaits: \d+\.\d ms in \d+ waits of 3 threads: \d+\.\d ms asleep, 0 ns blocked \(uninterruptible\), \d+\.?\d* [mu]s runnable, without a CPU\.\n/);
  }
});

t.test('states as events', async (t) => {
  const { out } = await perfts('report', '--off-cpu=states', ...FLAT, '-F', 'period,comm', ...recording('switches'));
  const all = sums((await perfts('report', '--off-cpu', ...FLAT, '-F', 'period,comm', ...recording('switches'))).out);
  t.same(sums(out), all);
  t.match(out, /of event 'offcpu-sleeping'[^]*of event 'offcpu-runnable'/);
  const side = await perfts('report', '--off-cpu=states', '--group', ...FLAT, '-s', 'comm', ...recording('switches'));
  t.match(side.out, /of events 'offcpu-sleeping, offcpu-runnable'/);
  // The worker only computes: it never sleeps.
  t.match(side.out, /^ +0\.00% +\d+\.\d\d% +0 +\d+ +worker/m);
});

t.test('all time: what each thread has, running and waiting, is its span', async (t) => {
  const { out, err } = await perfts('report', '--wall', ...FLAT, '-F', 'period,tid', ...recording('switches'));
  const made = sums(out);
  const spans = await threadSpans('guides/events/switches.data');
  t.equal(spans.size, 3);
  for (const [tid, span] of spans) {
    const time = [...made].find(([name]) => name.startsWith(`${tid}:`))![1];
    // A sample each 2.01 ms: the time on CPUs is right within about one of them.
    t.ok(Math.abs(time - span) < 2 * 2.01e6, `${tid}: ${time} of ${span} ns`);
  }
  t.match(err, /\nOn CPUs: \d+\.\d ms, by samples\.\nWaits: /);
  const graph = await perfts('flamegraph', '--wall', '-o', '-', ...recording('switches'));
  t.match(graph.out, /<title>nap\nwaits\n3 samples, 39\.\d %, 311 ms</);
});

/** From a thread's start, or the recording's, to its EXIT record. */
async function threadSpans(path: string): Promise<Map<number, number>> {
  const opened = await openInMemory({ recording: testdata(path) });
  const starts = new Map<number, bigint>();
  const spans = new Map<number, number>();
  let first: bigint | undefined;
  for await (const { name, record, time } of opened.records()) {
    if (time === undefined) continue;
    first ??= time;
    const tid = record.size >= 24 ? record.view.getInt32(record.offset + 16, true) : -1;
    if (name === 'FORK') starts.set(tid, time);
    if (name === 'EXIT') spans.set(tid, Number(time - (starts.get(tid) ?? first)));
  }
  return spans;
}

t.test('allocations by their size', async (t) => {
  const { out } = await perfts('report', '--weight-field', 'size', '-g', 'none', '--show-total-period', '-n', '-F', 'overhead_children,sample,symbol', ...recording('malloc'));
  // Two tables of 1 MiB and a hundred nodes of 48 bytes.
  t.match(out, /# Event count \(approx\.\): 2101952\n/);
  t.match(out, /^ +99\.77% +0 +\[\.\] make_table *$/m);
  t.match(out, /^ +0\.23% +0 +\[\.\] make_nodes *$/m);
  t.match(await perfts('report', '--weight-field', 'bytes', ...recording('malloc')), { status: 2, err: "perfts: no event of the recording has a number called 'bytes', but __probe_ip, size\n" });
  t.match(await perfts('report', '--weight-field', 'size', ...recording('faults')), { status: 2, err: "perfts: no event of the recording has a number called 'size'\n" });
  const collapsed = await perfts('export', '--format', 'collapsed', '--weight-field', 'size', ...recording('malloc'));
  t.match(collapsed.out, /;make_table;\[libc\.so\.6\] 2097152\n/);
});

t.test('exports and Python', async (t) => {
  const all = await perfts('report', '--off-cpu', ...FLAT, '-F', 'period', '-s', 'comm', ...recording('switches'));
  const total = [...sums(all.out).values()].reduce((sum, period) => sum + period, 0);
  t.ok(total > 0);
  const collapsed = await perfts('export', '--format', 'collapsed', '--off-cpu', ...recording('switches'));
  t.equal(collapsed.out.trim().split('\n').reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0), total);
  const lines = await perfts('export', '--format', 'jsonl', '--off-cpu=states', '-e', 'offcpu-runnable', ...recording('switches'));
  const samples = lines.out.trim().split('\n').map((line) => JSON.parse(line) as { event: string; period: number; time: string });
  t.ok(samples.length > 0 && samples.every(({ event, period }) => event === 'offcpu-runnable' && period > 0));
  t.same(samples.map(({ time }) => Number(time)), samples.map(({ time }) => Number(time)).sort((a, b) => a - b));
  t.match(await perfts('export', '--format', 'jsonl', '--wall', '-e', 'cpu-clock', ...recording('switches')), { status: 2, err: /there is no event cpu-clock, but wall-clock\n$/ });
  const python = await perfts('report', '--python', '--off-cpu', '-g', 'none', ...recording('switches'));
  t.match(python.err, /\nTime of offcpu-time: waiting 100\.0 %\.\n$/);
});

t.test('wrong command lines', async (t) => {
  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--off-cpu', '--wall', ...recording('switches')], /--off-cpu and --wall do not go together/],
    [['--off-cpu=all', ...recording('switches')], /--off-cpu takes 'states', or nothing, not 'all'/],
    [['--off-cpu', '-s', 'trace', ...recording('switches')], /show where time went, not trace/],
    [['--off-cpu', '--switch-on', 'cpu-clock', ...recording('switches')], /choose recorded samples, not waits/],
    [['--off-cpu', ...recording('two')], /record with -e sched:sched_switch --switch-events/],
    [['--wall', ...recording('context')], /record with -e cpu-clock too/],
  ];
  for (const [words, message] of wrong) t.match(await perfts('report', ...words), { status: 2, out: '', err: message });
  const late = await perfts('report', '--off-cpu', '--time', '50%-100%', ...FLAT, '-F', 'period,comm', ...recording('switches'));
  const whole = await perfts('report', '--off-cpu', ...FLAT, '-F', 'period,comm', ...recording('switches'));
  t.ok(sums(late.out).get('waits')! < sums(whole.out).get('waits')!, 'a wait is a sample of the moment at which it ends');
  t.match((await perfts('report', '--off-cpu', '--no-off-cpu', ...recording('two'))).status, 0);
});

t.test('damaged recordings', async (t) => {
  const whole = testdata('guides/events/switches.data');
  const next = randomOf(11);
  for (let round = 0; round < 150; round++) {
    const bytes = whole.slice(0, round % 3 === 0 ? whole.length - next(whole.length >> 1) : whole.length);
    for (let flips = 1 + next(20); flips > 0; flips--) bytes[104 + next(bytes.length - 104)] = next(256);
    try {
      const opened = await openInMemory({ recording: bytes });
      const { profile, waits } = await opened.profile({ derived: round % 2 === 0 ? 'wall' : 'off-cpu-states' });
      for (const { tallies } of profile.events) for (let row = 0; row < tallies.length; row++) if (!(tallies.period[row]! > 0)) t.fail(`round ${round}: a period of ${tallies.period[row]}`);
      t.ok(waits!.all.time >= waits!.notEnded.time);
    } catch (error) {
      t.ok(error instanceof PerftsError, `round ${round}: ${String(error)}`);
    }
  }
});
