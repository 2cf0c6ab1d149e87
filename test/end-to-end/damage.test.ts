// Damaged input, end to end: recordings cut and changed at random, and everything that belongs to them likewise. What can be read is
// reported, or there is one clear line; never a stack trace, a hang, or memory without bound.

import t, { type Test } from 'tap';
import { PerftsError } from '../../src/bytes/errors.ts';
import { JitdumpWriter } from '../jit/jitdump-writer.ts';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMMANDS } from '../../src/cli/commands.ts';
import { Disassembler } from '../../src/views/annotate/disassembler.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { perfts } from './command.ts';
import { cutOff, randomOf, withChangedByte, withManyChanges, withShiftedPiece, type Random } from './damaging.ts';
import { annotateOf, damagedFiles, demoParts, openInMemory, reportOf, scriptOf, testdata, type Parts } from './in-memory.ts';
import { MadeRecording } from './made-recording.ts';
import { Watchdog } from './watchdog.ts';

/** Of one run, milliseconds. An undamaged one takes 5 to 200, those made to cost much up to 2 000. */
const LONGEST_RUN = 10_000;
/** Of the process at its largest, in KiB: undamaged runs take 190 MB. */
const MOST_MEMORY = 500_000;

type Damager = (bytes: Uint8Array, random: Random) => Uint8Array;

/** Runs that were reported, and that were refused with a line. */
interface Outcomes {
  reported: number;
  refused: number;
}

const watchdog = new Watchdog(LONGEST_RUN);
t.teardown(() => watchdog.end());
t.setTimeout(240_000);
let runs = 0;
const disassembler = await Disassembler.load('att');

/** One damaged input. Anything but a report or a PerftsError of one line fails the test, with the seed that makes it again. */
async function runOn(t: Test, what: string, parts: Parts, outcomes: Outcomes): Promise<void> {
  watchdog.next(++runs);
  try {
    const { text, notes } = await reportOf(parts);
    if (text === '' || notes.length === 0) t.fail(`${what}: nothing said`);
    if (notes.some((note) => note.includes('\n'))) t.fail(`${what}: a note of two lines`);
    if (runs % 4 === 0) await scriptOf(parts);
    if (runs % 8 === 2) {
      const { inRows, samples } = await annotateOf(parts, disassembler);
      if (inRows !== samples) t.fail(`${what}: annotate shows ${inRows} of ${samples} samples`);
    }
    outcomes.reported++;
  } catch (error) {
    outcomes.refused++;
    const isLine = error instanceof PerftsError && !error.message.includes('\n');
    if (!isLine) t.fail(`${what}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}

/** Runs on `count` inputs damaged in one way. */
async function damaged(t: Test, name: string, whole: Uint8Array, damager: Damager, count: number, partsOf: (bytes: Uint8Array) => Parts): Promise<Outcomes> {
  const outcomes: Outcomes = { reported: 0, refused: 0 };
  for (let seed = 1; seed <= count; seed++) {
    await runOn(t, `${name}, ${damager.name}, seed ${seed}`, partsOf(damager(whole, randomOf(seed * 7919 + whole.length))), outcomes);
  }
  return outcomes;
}

const demo = demoParts();
const alone = (recording: Uint8Array): Parts => ({ recording });

t.test('recordings cut, and with bytes changed, at random places', async (t) => {
  // Runs of each way for each recording: small ones often.
  const recordings: [string, Parts, number][] = [
    ['demo', demo, 8],
    ['many fields', alone(testdata('perfdata/many-fields.data')), 230],
    ['frame pointers', alone(testdata('perfdata/injected.data')), 230],
    ['group', alone(testdata('perfdata/group.data')), 100],
    ['big-endian pipe', alone(testdata('perfdata/big-endian-pipe.data')), 150],
    ['pipe', alone(testdata('perfdata/pipe.data')), 150],
    ['file', alone(testdata('perfdata/file.data')), 70],
    ['compressed', alone(testdata('perfdata/zstd.data')), 32],
    ['big-endian', alone(testdata('perfdata/big-endian-zstd.data')), 32],
  ];
  const sums = { cutOff: 0, withChangedByte: 0, withManyChanges: 0, withShiftedPiece: 0 };
  const refused = { ...sums };
  for (const [damager, share] of [[cutOff, 1], [withChangedByte, 1], [withManyChanges, 0.15], [withShiftedPiece, 0.1]] as const) {
    const way = damager.name as keyof typeof sums;
    for (const [name, parts, count] of recordings) {
      const outcomes = await damaged(t, name, parts.recording, damager, Math.ceil(count * share), (recording) => ({ ...parts, recording }));
      sums[way] += outcomes.reported;
      refused[way] += outcomes.refused;
    }
  }
  t.comment(`reported ${JSON.stringify(sums)}, refused ${JSON.stringify(refused)}`);
  t.ok(sums.cutOff + refused.cutOff >= 1000 && refused.cutOff < 50, 'only cuts in the header leave nothing');
  t.ok(sums.withChangedByte + refused.withChangedByte >= 1000 && refused.withChangedByte < 10, 'one byte makes little difference');
});

/** The beginning of the demo: 51 samples are enough to meet every file. */
const beginning: Parts & { readonly files: Map<string, Uint8Array> } = { ...demo, recording: demo.recording.slice(0, 60_000) };

t.test('what belongs to a recording, damaged', async (t) => {
  const ways = [cutOff, withChangedByte, withManyChanges, withShiftedPiece];
  const jitdump = [...demo.jitdumps!.values()][0]!;
  const targets: [string, Uint8Array, (bytes: Uint8Array) => Parts][] = [
    ['jitdump', jitdump, (bytes) => ({ ...beginning, jitdumps: new Map([...demo.jitdumps!.keys()].map((name) => [name, bytes])) })],
    ['kallsyms', demo.kallsyms!, (kallsyms) => ({ ...beginning, kallsyms })],
    ['perf map', testdata('jit/py313.map'), (bytes) => ({ ...withPerfMap(bytes) })],
  ];
  for (const [path, whole] of demo.files) if (path !== '/kallsyms') targets.push([path, whole, (bytes) => ({ ...beginning, files: new Map(demo.files).set(path, bytes) })]);
  let reported = 0;
  let runsMade = 0;
  for (const [index, [name, whole, partsOf]] of targets.entries()) {
    const isElf = name.startsWith('/');
    // Each file in two ways, every way for half of the files.
    for (const damager of isElf ? ways.filter((_, way) => way % 2 === index % 2) : ways) {
      const count = isElf ? 1 : 6;
      reported += (await damaged(t, name, whole, damager, count, partsOf)).reported;
      runsMade += count;
    }
  }
  t.ok(runsMade >= 18 * ways.length + 2 * (demo.files.size - 1));
  t.equal(reported, runsMade, 'the recording itself is whole, so there always is a report');
});

/** A process with samples in anonymous memory, at the addresses that testdata/jit/py313.map names. */
function withPerfMap(map: Uint8Array): Parts {
  const starts = new TextDecoder().decode(testdata('jit/py313.map')).split('\n').filter((line) => line !== '').map((line) => Number.parseInt(line, 16));
  const page = Math.floor(Math.min(...starts) / 4096) * 4096;
  const made = new MadeRecording().comm(42, 'python3.13', 1, true).mmap(42, { start: page, length: Math.max(...starts) + 4096 - page, path: '//anon' }, 2);
  starts.forEach((start, i) => made.sample(42, [start + 1, ...starts.slice(0, i)], 10 + i));
  return { recording: made.bytes(), perfMaps: new Map([[42, map]]) };
}

t.test('the undamaged ones, to compare', async (t) => {
  const { samples, notes } = await reportOf(demo);
  t.equal(samples, 491);
  t.notMatch(notes.join('\n'), /Note:/);
  t.match((await reportOf(withPerfMap(testdata('jit/py313.map')))).text, /py::/);
});

t.test('sizes and numbers chosen to cost much', async (t) => {
  const outcomes: Outcomes = { reported: 0, refused: 0 };
  const attempt = async (name: string, parts: Parts): Promise<void> => runOn(t, name, parts, outcomes);
  const code = { start: 0x7000_0000, length: 0x100_0000, path: '//anon' };

  const mappings = new MadeRecording().comm(1, 'many', 1, true);
  for (let i = 0; i < 20_000; i++) mappings.mmap(1, { start: 0x1000_0000 + ((i * 7919) % 20_000) * 0x3000, length: 0x5000, path: `/lib/${i}.so`, inode: i }, 2 + i);
  for (let i = 0; i < 2_000; i++) mappings.sample(1, Array.from({ length: 10 }, (_, j) => 0x1000_1000 + ((i * 10 + j) % 20_000) * 0x3000), 30_000 + i);
  await attempt('20 000 mappings over each other, of as many files, none of which is there', { recording: mappings.bytes() });

  const forks = new MadeRecording().comm(1, 'bomb', 1, true);
  for (let i = 0; i < 200; i++) forks.mmap(1, { start: 0x1000_0000 + i * 0x2000, length: 0x1000, path: '/bin/bomb' }, 2 + i);
  for (let i = 0; i < 5_000; i++) forks.fork(2 + i, 1 + i, 1000 + i).sample(2 + i, [0x1000_0800], 1000 + i);
  await attempt('5 000 forks of forks', { recording: forks.bytes() });

  const chains = new MadeRecording().comm(1, 'deep', 1, true).mmap(1, code, 2);
  for (let i = 1; i < 5; i++) chains.sample(1, Array.from({ length: 4_000 }, (_, j) => code.start + ((i * j) % 11)), 3 + i);
  await attempt('recursion 4 000 frames deep', { recording: chains.bytes() });

  const lines: string[] = [];
  for (let i = 0; i < 60_000; i++) lines.push(`${(code.start + i).toString(16)} ${(0x100_0000 - i).toString(16)} py::${'x'.repeat(i % 50)}${i}`);
  const inMap = new MadeRecording().comm(1, 'nested', 1, true).mmap(1, code, 2);
  for (let i = 0; i < 500; i++) inMap.sample(1, [code.start + 0x80_0000 + i * 997], 3 + i);
  await attempt('a perf map of nested ranges', { recording: inMap.bytes(), perfMaps: new Map([[1, new TextEncoder().encode(lines.join('\n'))]]) });

  const nested = new JitdumpWriter({ pid: 1 });
  for (let i = 0; i < 2_000; i++) nested.load({ start: code.start + i, size: 16, name: `py::f${i}`, index: i, time: BigInt(10 + i) });
  const huge = new JitdumpWriter({ pid: 1 });
  const inJit = new MadeRecording({ clockId: 1 }).comm(1, 'jit', 1, true).mmap(1, code, 2).mmap(1, { start: 0x6000_0000, length: 0x1000, path: '/tmp/jit-1.dump' }, 3);
  for (let i = 0; i < 2_000; i++) inJit.sample(1, [code.start + i], 5_000 + i);
  await attempt('a jitdump of overlapping code', { recording: inJit.bytes(), jitdumps: new Map([['jit-1.dump', nested.bytes()]]) });
  huge.raw([0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0, 0, 0, 0, 0]);
  await attempt('a jitdump record of 2 GB', { recording: inJit.bytes(), jitdumps: new Map([['jit-1.dump', huge.bytes()]]) });

  const junk = new Uint8Array(20_000_000).map((_, i) => (i * 2_654_435_761) >>> 24);
  await attempt('20 MB of noise for kallsyms', { ...beginning, kallsyms: junk });
  await attempt('one line of 20 MB for a perf map', { recording: inMap.bytes(), perfMaps: new Map([[1, new Uint8Array(20_000_000).fill(0x61)]]) });
  await attempt('noise behind the magic number of a jitdump', { ...beginning, jitdumps: new Map([['jit-30191.dump', joined(testdata('jit/py313.dump').subarray(0, 40), junk.subarray(0, 5_000_000))]]) });
  const allNoise = new Map([...demo.files].map(([path, bytes]) => [path, joined(bytes.subarray(0, 64), junk.subarray(0, 3_000_000))]));
  await attempt('ELF headers before noise', { ...beginning, files: allNoise });
  t.same(outcomes, { reported: 10, refused: 0 });
});

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

t.test('inputs that once went wrong', async (t) => {
  const names = damagedFiles().filter((name) => name.endsWith('.data'));
  for (const name of names) {
    const parts = alone(testdata(`damage/${name}`));
    await t.resolves(reportOf(parts), name);
    await t.resolves(scriptOf(parts), name);
    await t.resolves(annotateOf(parts, disassembler), name);
  }
});

t.test('every command on damaged files', async (t) => {
  const folder = folderElsewhere(t);
  const file = join(folder, 'perf.data');
  const other = join(folder, 'other.data');
  const lines = [
    ['report', '--header-only', '-I'], ['report', '-s', 'pid,tid,dso,sym', '-n'], ['report', '--stats'], ['report', '--tasks'],
    ['annotate'], ['annotate', '-l', '--json'], ['script', '-D'], ['script', '-G', '--header', '--ns'], ['evlist', '-v'], ['buildid-list'],
    ['dump', '--json'], ['convert', '--to', 'pipe', '-o', other], ['convert', '--byte-order', 'big', '--anonymize', '-o', other], ['inject', '--jit', '-o', other, '--out-dir', folder], ['view', '-o', other],
  ].filter(([name]) => COMMANDS.some((command) => command.name === name));
  const answers = { done: 0, refused: 0 };
  for (const name of ['injected', 'many-fields', 'group', 'stat', 'switches', 'big-endian-pipe']) {
    const whole = testdata(`perfdata/${name}.data`);
    for (let seed = 1; seed <= 4; seed++) {
      const random = randomOf(seed * 104_729 + whole.length);
      writeFileSync(file, seed % 3 === 0 ? cutOff(whole, random) : withManyChanges(whole, random));
      for (const words of lines) {
        watchdog.next(++runs);
        const { status, err } = await perfts(...words, ...(words[0] === 'annotate' ? ['-i'] : []), file);
        // Most of these recordings have no function with a name to annotate.
        if (status === 0) answers.done++;
        else if (words[0] !== 'annotate') answers.refused++;
        if (/internal error/.test(err) || (status !== 0 && !/^perfts: [^\n]+\n$/.test(err))) t.fail(`${words.join(' ')}, ${name}, seed ${seed}: ${err}`);
      }
    }
  }
  t.ok(answers.done > answers.refused * 10, JSON.stringify(answers));
});

t.test('records and samples one by one, of damaged recordings', async (t) => {
  let whole = 0;
  for (let seed = 1; seed <= 30; seed++) {
    watchdog.next(++runs);
    const recording = withManyChanges(testdata('perfdata/zstd.data'), randomOf(seed));
    try {
      const opened = await openInMemory({ recording });
      let records = 0;
      for await (const { name } of opened.records()) if (name !== '') records++;
      let samples = 0;
      for await (const { frames } of opened.samples()) if (frames.length >= 0) samples++;
      whole++;
      if (samples > records) t.fail(`seed ${seed}: ${samples} samples of ${records} records`);
    } catch (error) {
      if (!(error instanceof PerftsError)) t.fail(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }
  t.ok(whole > 20);
});

t.test('time and memory', async (t) => {
  t.ok(watchdog.longest < LONGEST_RUN / 2, `the longest run took ${watchdog.longest.toFixed(0)} ms`);
  t.ok(process.resourceUsage().maxRSS < MOST_MEMORY, `${process.resourceUsage().maxRSS} KiB at most`);
});
