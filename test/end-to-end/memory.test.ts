// Memory does not grow with the file: recordings of hundreds of MB, made up while they are read, each in a process of its own.

import t from 'tap';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNode } from '../project/elsewhere.ts';
import { testdata } from './in-memory.ts';
import { RepeatedRecording } from './repeated-recording.ts';

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), 'read-large.js');

interface Figures {
  readonly samples: number;
  readonly expected: number;
  readonly bytes: number;
  /** MB. */
  readonly most: number;
  readonly mostBuffers: number;
  readonly early: number;
  readonly resident: number;
  readonly damage: readonly unknown[];
}

for (const [name, megabytes, what] of [
  ['demo', 500, 'profile'],
  ['injected', 100, 'profile'],
  ['demo', 100, 'samples'],
  ['injected', 60, 'records'],
  ['injected', 60, 'convert'],
  ['demo', 60, 'anonymize'],
] as const) {
  t.test(`${what} of ${megabytes} MB of ${name}`, async (t) => {
    const run = runNode([PROGRAM, name, String(megabytes), what], '.');
    t.equal(run.err, '');
    const figures = JSON.parse(run.out) as Figures;
    const { samples, expected, bytes, most, mostBuffers, early, resident, damage } = figures;
    t.comment(JSON.stringify(figures));
    t.ok(bytes > megabytes * 1e6);
    t.equal(samples, expected);
    t.same(damage, []);
    t.ok(mostBuffers < 80, `${mostBuffers.toFixed(0)} MB of buffers`);
    t.ok(mostBuffers < early + 40, `${early.toFixed(0)} MB of them in the first half`);
    t.ok(most < 200, `${most.toFixed(0)} MB at most`);
    t.ok(resident < 300, `${resident.toFixed(0)} MB resident`);
  });
}

t.test('150 MB through a pipe', async (t) => {
  const large = await RepeatedRecording.of({ recording: testdata('perfdata/injected.data') }, 150e6);
  const child = spawn(process.execPath, [PROGRAM, 'injected', '150', 'stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  let out = '';
  child.stdout.on('data', (piece) => (out += piece));
  const end = once(child, 'close');
  for (let offset = 0; offset < large.size; offset += 1 << 20) {
    if (!child.stdin.write(large.read(offset, 1 << 20))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  t.same((await end)[0], 0);
  const { samples, expected, resident, damage } = JSON.parse(out) as Figures;
  t.equal(samples, expected);
  t.same(damage, []);
  t.ok(resident < 220, `${resident.toFixed(0)} MB resident`);
});
