// The process in which inputs are run, one after the other, for run.ts. Whatever an input does to it, run.ts knows which one it was: its
// name is in the state file before it begins, and a watchdog in a thread of its own ends the process where an input does not end.

import { allocated, reset } from './allocation-meter.ts';
import { openSync, writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { inputOf, type Input, type InputFiles } from './inputs.ts';
import { type Failure, type Figures, addFigures, failureOf, noFigures } from './outcome.ts';
import { Random } from './random.ts';
import { type Seed, seedsOf } from './seeds.ts';
import { TARGETS } from './targets/all.ts';
import type { Target } from './targets/target.ts';

/** What run.ts asks for. */
export type Request =
  | { readonly ask: 'run'; readonly target: string; readonly from: number; readonly count: number; readonly runSeed: number }
  | { readonly ask: 'try'; readonly target: string; readonly label: string; readonly files: readonly (readonly [string, Uint8Array])[]; readonly runSeed: number };

export interface Find {
  readonly target: string;
  readonly seed: string;
  readonly number: number;
  readonly failure: Failure;
}

export interface Answer {
  /** By form of input. */
  readonly figures: readonly (readonly [string, Figures])[];
  readonly finds: readonly Find[];
  /** KiB, of this process until now. */
  readonly peak: number;
}

/** Milliseconds of the processor that one input may take, and after which the process is ended. */
export const SLOW = 1_000;
const HUNG = 6_000;
/** Bytes of typed arrays that an input may have made in all, besides 512 for each of its own. */
const MOST_ALLOCATED = 384 * 1024 * 1024;

const WATCHDOG = `
  const { workerData } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const state = new Int32Array(workerData.shared);
  const spent = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  let last = -1, since = 0;
  setInterval(() => {
    if (state[0] !== last || state[0] === 0) { last = state[0]; since = spent(); return; }
    if (spent() - since < workerData.limit) return;
    writeSync(2, 'does not end\\n');
    process.kill(process.pid, 'SIGKILL');
  }, 200);
`;

const runs = new Int32Array(new SharedArrayBuffer(4));
const seeds = new Map<string, Seed[]>();
const stateFile = openSync(process.argv[2]!, 'w');
const moreSeeds = process.argv.slice(3);

function seedsFor(target: Target): Seed[] {
  let found = seeds.get(target.kind);
  if (found === undefined) seeds.set(target.kind, (found = seedsOf([target.kind], moreSeeds)));
  return found;
}

function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds after which an input is run once more to see what of it was the processor's: asking that each time takes longer than many inputs. */
const NOTEWORTHY = 60;

/** Runs a target over an input; the failure, if it is one. */
async function run(target: Target, files: InputFiles, label: string, runSeed: number, figures: Figures): Promise<Failure | undefined> {
  const started = performance.now();
  const result = await runOnce(target, files, label, runSeed);
  let time = performance.now() - started;
  if (time > NOTEWORTHY && result.failure === undefined) {
    const before = spent();
    await runOnce(target, files, label, runSeed);
    time = spent() - before;
  }
  let { failure } = result;
  const { allocated: sum, largest, refused, size } = result;
  if (failure === undefined && sum > MOST_ALLOCATED + 512 * size) failure = { kind: 'memory', signature: `memory of ${target.name}`, detail: `${sum} bytes of arrays for an input of ${size}` };
  if (failure === undefined && time > SLOW) failure = { kind: 'slow', signature: `slowness of ${target.name}`, detail: `${time.toFixed(0)} ms for an input of ${size} bytes` };
  addFigures(figures, {
    inputs: 1, whole: refused || failure !== undefined ? 0 : 1, failed: failure === undefined ? 0 : 1, time, longest: time, longestInput: label, mostAllocated: sum, mostAllocatedInput: label, largestArray: largest,
  });
  return failure;
}

interface Once {
  readonly failure: Failure | undefined;
  readonly refused: boolean;
  readonly allocated: number;
  readonly largest: number;
  /** Of the input, in bytes. */
  readonly size: number;
}

async function runOnce(target: Target, files: InputFiles, label: string, runSeed: number): Promise<Once> {
  writeSync(stateFile, `${label}\n`.padEnd(200), 0);
  runs[0] = (runs[0]! + 1) & 0x3fff_ffff || 1;
  reset();
  let failure: Failure | undefined;
  let refused = false;
  try {
    const running = target.run(files, Random.of(runSeed, `${label} options`));
    if (running instanceof Promise) await running;
  } catch (error) {
    if (error instanceof Error && error.name === 'PerftsError') refused = true;
    else failure = failureOf(error);
  }
  runs[0] = 0;
  return { failure, refused, allocated: allocated.sum, largest: allocated.largest, size: [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0) };
}

async function answer(request: Request): Promise<Answer> {
  const target = TARGETS.find(({ name }) => name === request.target)!;
  const figures = new Map<string, Figures>();
  const finds: Find[] = [];
  const figuresOf = (form: string): Figures => {
    const known = figures.get(form) ?? noFigures();
    figures.set(form, known);
    return known;
  };
  if (request.ask === 'try') {
    const failure = await run(target, new Map(request.files), request.label, request.runSeed, figuresOf(''));
    if (failure !== undefined) finds.push({ target: target.name, seed: '', number: 0, failure });
  } else {
    const known = seedsFor(target);
    for (let number = request.from; number < request.from + request.count; number++) {
      const seed = known[number % known.length]!;
      const label = `${target.name}:${seed.name}#${number}`;
      const input: Input = inputOf(seed, known, request.runSeed, target.name, number);
      const failure = await run(target, input.files, label, request.runSeed, figuresOf(input.form));
      if (failure !== undefined) finds.push({ target: target.name, seed: seed.name, number, failure });
    }
  }
  return { figures: [...figures], finds, peak: process.resourceUsage().maxRSS };
}

if (process.send !== undefined) {
  new Worker(WATCHDOG, { eval: true, workerData: { shared: runs.buffer, limit: HUNG } }).unref();
  process.on('message', (request: Request) => {
    void answer(request).then((result) => process.send!(result));
  });
  process.on('disconnect', () => process.exit(0));
}
