// `perfts unwind`: every sample's end, and the steps of one; and that the steps, which are taken by the rules as they stand, lead to the
// very frames that the walk proper finds, in the demo, on arm64 and in the corpus.

import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { openRecording } from '../../src/node/open-recording.ts';
import { SampleExplainer } from '../../src/profile/explained-sample.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, DEMO_FILES, dataPath, perfts } from './command.ts';

t.setTimeout(900_000);

/** Of a64_signal_dwarf of the corpus: a hot signal handler; the vdso's code that returns from it has no CFI. */
const SIGNAL = dataPath('unwind', 'a64-signal.perfts');

/** How many unwound stacks of a recording, at most, are explained, and the numbers of those whose steps lead elsewhere. */
async function disagreeing(path: string, symfs: string[], most: number): Promise<{ explained: number; wrong: number[] }> {
  const opened = await openRecording(path, { symfs });
  const pipeline = opened.recording.pipeline({ maxStack: Infinity, keepExited: false });
  const explainer = new SampleExplainer(pipeline);
  const wrong: number[] = [];
  let explained = 0;
  let index = 0;
  await pipeline.run({
    sample: (sample, raw, record) => {
      const number = index++;
      if (explainer.summary(number, sample, raw, record).source !== 'unwound' || explained >= most) return;
      explained++;
      if (!explainer.explain(number, sample, raw, record).agrees) wrong.push(number);
    },
  });
  opened.close();
  return { explained, wrong };
}

t.test('every sample and its end', async (t) => {
  const { status, out } = await perfts('unwind', DEMO, ...DEMO_FILES);
  t.equal(status, 0);
  const lines = out.trimEnd().split('\n');
  t.equal(lines.length, 491);
  t.match(lines[3], /^ {5}3 +0x[0-9a-f]+ +1943\.087525007 {2}python3\.13 30191\/30191 {2}cpu-clock {2}15 frames, root$/);
  t.equal(lines.filter((line) => line.endsWith(' frames, dump exhausted')).length, 7);
  const json = (await perfts('unwind', '--json', DEMO, ...DEMO_FILES)).out.trimEnd().split('\n').map((line) => JSON.parse(line) as { index: number; end: string; time: string });
  t.match(json[3], { index: 3, end: 'root', time: '1943087525007', frames: 15, source: 'unwound', dumpAsked: 16384 });
});

t.test('the steps of one sample', async (t) => {
  const { out } = await perfts('unwind', '--explain', '3', DEMO, ...DEMO_FILES);
  t.equal((await perfts('unwind', '--explain', '1943.087525', DEMO, ...DEMO_FILES)).out, out, 'by its time, as perfts script prints it');
  t.match(out, /^sample 3 at offset 0x[0-9a-f]+: python3\.13 30191\/30191, 1943\.087525007 s, cpu-clock\nx86-64 registers, 6000 of 16384 bytes of stack from 0x7fff69cda890\n/);
  t.match(out, `
#0   0x5a67cd  update_one_slot.lto_priv.0+0x24d  (/usr/bin/python3.13+0x5a67cd)
     FDE  .eh_frame+0x981c: 0x5a6580-0x5a6d63, row 0x5a6780-0x5a6ac5
     CFA  rsp+128 = 0x7fff69cda910
     rip  [CFA-8] = [0x7fff69cda908] = 0x5a28e8
     rbx  [CFA-56] = [0x7fff69cda8d8] = 0x1c647560
`, 'what readelf --debug-dump=frames-interp says of that address, and the words of the dump');
  t.match(out, '\n     unchanged: r15=0x7fc7d94df340 (from [0x7fff69cdaa40])\n', 'a register, and where an inner frame found it');
  t.match(out, /\nThe stack ends here: root: .*\n$/);
  const cut = (await perfts('unwind', DEMO, ...DEMO_FILES)).out.split('\n').find((line) => line.endsWith('dump exhausted'))!;
  const [, number, offset] = /^ *(\d+) +(0x[0-9a-f]+) /.exec(cut)!;
  t.match((await perfts('unwind', '--explain', number!, DEMO, ...DEMO_FILES)).out, /\nThe stack ends here: dump exhausted: /);
  t.match((await perfts('unwind', '--explain', offset!, DEMO, ...DEMO_FILES)).out, `at offset ${offset!}`);
});

t.test('arm64: a signal', async (t) => {
  const { out } = await perfts('unwind', SIGNAL);
  t.equal(out.split('\n').filter((line) => line.endsWith('root (guessed: signal frame)')).length, 4);
  const { out: steps } = await perfts('unwind', '--explain', '2', SIGNAL);
  t.match(steps, /\n#3 +0xffff8528f820 .*\(\[vdso\]\+0x820\)\n {5}guess: signal frame\n {5}pc +\[0xffffe7fd\w+\] = 0xffff8511b7dc\n {5}x0 /, 'the exact address of the code that returns from the handler');
  t.match(steps, /\nThe stack ends here: root/);
  const { steps: json } = JSON.parse((await perfts('unwind', '--explain', '2', '--json', SIGNAL)).out) as { steps: { symbol: string; registers: { name: string; from: string; value: string }[] }[] };
  t.same(json.map(({ symbol }) => symbol), [
    'spin', 'handler_work', 'on_sig', '', '__pthread_kill_implementation', 'raise', 'poke', 'loop', 'main', '__libc_start_call_main', '__libc_start_main@@GLIBC_2.34', '_start',
  ], 'as gdb.txt of that case has it');
  t.match(json[3]!.registers.find(({ name }) => name === 'x23'), { from: 'stack' });
});

t.test('what is asked for and is not there', async (t) => {
  const said = async (...words: string[]): Promise<string> => {
    const { status, out, err } = await perfts('unwind', ...words);
    t.equal(status, 2);
    t.equal(out, '');
    return err;
  };
  t.match(await said('--explain', '491', DEMO, ...DEMO_FILES), /there are 491 samples, counted from 0/);
  t.match(await said('--explain', '0x3', DEMO, ...DEMO_FILES), /no sample begins at that offset/);
  t.match(await said('--explain', '99999.5', DEMO, ...DEMO_FILES), /no sample is as late as that/);
  for (const wrong of ['x', '-1', '0xg', '1.2.3', '', '1e3']) t.match(await said(`--explain=${wrong}`, DEMO, ...DEMO_FILES), /--explain takes the number of a sample/);
});

t.test('the chain that a kernel recorded', async (t) => {
  const { out } = await perfts('unwind', '--explain', '5', dataPath('twins', 'a64-c.data'));
  t.match(out, /\n#0 .*\n\n#1 /);
  t.match(out, /\nThe stack ends here: the chain that the kernel recorded has no more entries\n$/);
});

t.test('the steps lead to the frames of the walk proper', async (t) => {
  t.same(await disagreeing(DEMO, [dataPath('demo', 'symfs')], 200), { explained: 200, wrong: [] });
  t.same(await disagreeing(SIGNAL, [], Infinity), { explained: 6, wrong: [] });
});

const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');
const hasCorpus = existsSync(join(PROJECT_ROOT, '../shared/corpus')) && existsSync(cache);
/** A few of each kind by default; PERFTS_CASE='.' takes all. */
const CASES = new RegExp(process.env['PERFTS_CASE'] ?? '^(a64_(pac|plt|py313_perfmap|sve|vdso)_dwarf|go_dwarf|py313_perfmap_dwarf|py315_dwarf_epilogue|pypy_perfmap_dwarf|realign_dwarf|rv64_c_dwarf|s390_c_dwarf|signal_dwarf)');

t.test('also in the corpus', { skip: hasCorpus ? false : 'the corpus is absent' }, async (t) => {
  const folders = readdirSync(cache);
  const cases = folders.filter((name) => CASES.test(name) && !name.startsWith('symfs-') && existsSync(join(cache, name, 'perf.data')));
  for (const name of cases) {
    const set = name.startsWith('a64_') ? 'arm64' : name.startsWith('s390_') ? 's390x' : name.startsWith('rv64_') ? 'riscv64' : name.startsWith('pypy') ? 'pypy' : 'amd64';
    const symfs = folders.filter((entry) => new RegExp(`^symfs-${set}-[0-9a-f]{16}$`).test(entry)).map((entry) => join(cache, entry));
    const { wrong } = await disagreeing(join(cache, name, 'perf.data'), symfs, process.env['PERFTS_CASE'] === undefined ? 60 : Infinity);
    t.same(wrong, [], name);
  }
});
