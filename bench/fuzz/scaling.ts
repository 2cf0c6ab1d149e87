// Runs hostile inputs of growing size: time and memory must grow as the input does (bench/README.md).
// `node dist/bench/fuzz/scaling.js --size 1 --only NAME`

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { HOSTILE_DEBUG_INFO } from './hostile/debug-info.ts';
import { HOSTILE_FILES } from './hostile/files.ts';
import { HOSTILE_RECORDINGS } from './hostile/recordings.ts';
import { Random } from './random.ts';
import { TARGETS } from './targets/all.ts';

const MIB = 1_048_576;
/** How much longer four times the size may take. */
const MOST_GROWTH = 9;
/** Below so many milliseconds growth is noise. */
const NOISE = 400;
/** Milliseconds a MiB of input may take, whatever it is. */
const MOST_A_MIB = 4_000;
/** Seconds of the processor after which a run is ended. */
const LONGEST = 20;

interface Measured {
  /** Milliseconds of the processor; Infinity where it did not end. */
  readonly time: number;
  /** KiB. */
  readonly peak: number;
  readonly bytes: number;
  readonly failed: string;
}

const { values } = parseArgs({ options: { size: { type: 'string', default: '1' }, only: { type: 'string' }, target: { type: 'string' }, child: { type: 'string' } } });
const hostiles = [...HOSTILE_RECORDINGS, ...HOSTILE_FILES, ...HOSTILE_DEBUG_INFO];

async function measureHere(name: string, targetName: string, size: number): Promise<Measured> {
  const files = hostiles.find((each) => each.name === name)!.build(size);
  const target = TARGETS.find((each) => each.name === targetName)!;
  const before = process.cpuUsage();
  let failed = '';
  try {
    await target.run(files, Random.of(1, 'scaling'));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PerftsError') failed = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const bytes = [...files.values()].reduce((sum, each) => sum + each.length, 0);
  return { time: (user + system) / 1000, peak: process.resourceUsage().maxRSS, bytes, failed };
}

async function measure(name: string, target: string, size: number): Promise<Measured> {
  const words = ['--max-old-space-size=1500', fileURLToPath(import.meta.url), '--child', JSON.stringify([name, target, size])];
  const child = spawn('sh', ['-c', `ulimit -t ${LONGEST}; exec "$0" "$@"`, process.execPath, ...words], { stdio: ['ignore', 'inherit', 'ignore', 'ipc'] });
  return await new Promise((resolve) => {
    let result: Measured | undefined;
    child.on('message', (measured) => (result = measured as Measured));
    child.on('exit', (code, signal) => {
      resolve(result ?? { time: Infinity, peak: 0, bytes: size, failed: `ended by ${signal ?? code}` });
    });
  });
}

async function main(): Promise<void> {
  const size = Number(values.size) * MIB;
  console.log('| input | target | MiB | ms | × size 4 | MiB at most |\n| --- | --- | --- | --- | --- | --- |');
  for (const { name, targets } of hostiles.filter((each) => values.only === undefined || each.name.includes(values.only))) {
    for (const target of targets.filter((each) => values.target === undefined || each === values.target)) {
      const large = await measure(name, target, size);
      // What takes no time need not be watched growing.
      const growth = large.time > NOISE && large.time < Infinity ? large.time / (await measure(name, target, size / 4)).time : 0;
      const isBad = large.failed !== '' || large.time > (MOST_A_MIB * large.bytes) / MIB || growth > MOST_GROWTH;
      console.log(`| ${name} | ${target} | ${(large.bytes / MIB).toFixed(1)} | ${large.time.toFixed(0)} | ${growth === 0 ? '' : growth.toFixed(1)}${isBad ? ' **too much**' : ''} | ${(large.peak / 1024).toFixed(0)} |${large.failed === '' ? '' : ` ${large.failed.split('\n').slice(0, 3).join(' ')}`}`);
      if (isBad) process.exitCode = 1;
    }
  }
}

if (values.child === undefined) await main();
else {
  const [name, target, size] = JSON.parse(values.child) as [string, string, number];
  process.send!(await measureHere(name, target, size));
  process.disconnect();
}
