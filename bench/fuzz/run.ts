// Fuzzes every entry point with inputs that a seed decides (bench/README.md). `node dist/bench/fuzz/run.js --seconds 600 --seed 1`

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inputOf, type InputFiles } from './inputs.ts';
import { minimised } from './minimise.ts';
import { type Figures, type Failure, addFigures, noFigures } from './outcome.ts';
import { InputProcess, isDeath } from './input-process.ts';
import { PROJECT_ROOT } from '../../test/project/project-root.ts';
import { type RunFigures, reportLines } from './report.ts';
import { builtCommit, saveRun } from './saved-run.ts';
import { type Seed, seedsOf } from './seeds.ts';
import { TARGETS } from './targets/all.ts';
import type { Target } from './targets/target.ts';
import type { Find } from './worker.ts';

const USAGE = `usage: run.js [--seconds N | --inputs N] [--seed N] [--target NAME,NAME] [--seeds FOLDER] [--out FOLDER] [--markdown FILE] [--figures FILE]
       run.js --only TARGET:SEED#NUMBER [--seed N] [--minimise]`;
/** Inputs of one target before the next has its turn, for each unit of its weight. */
const BATCH = 40;
/** Inputs after which what was found until then is written down. */
const SAVED_EACH = 4_000;
/** Finds of one cause that are kept. */
const MOST_OF_A_CAUSE = 2;
const TRIES = 1_500;
/** Where each try may take seconds. */
const SLOW_TRIES = 40;
/** KiB that a process which has run many inputs may have come to, and one that has run a single one. */
const MOST_OF_MANY = 700 * 1024;
const MOST_OF_ONE = 400 * 1024;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string' }, inputs: { type: 'string' }, seed: { type: 'string', default: '1' }, target: { type: 'string' }, seeds: { type: 'string', multiple: true, default: [] },
    out: { type: 'string', default: '/var/tmp/perfts-fuzz' }, only: { type: 'string' }, minimise: { type: 'boolean', default: false }, markdown: { type: 'string' }, figures: { type: 'string' }, help: { type: 'boolean' },
  },
});
if (values.help === true) {
  console.log(USAGE);
  process.exit(0);
}
const runSeed = Number(values.seed);
const folder = values.out;
mkdirSync(folder, { recursive: true });
const chosen = values.target === undefined ? TARGETS : values.target.split(',').map((name) => targetNamed(name));
const runner = new InputProcess(folder, values.seeds);
const causes = new Map<string, { count: number; readonly first: Find; readonly kept: string[] }>();

function targetNamed(name: string): Target {
  const target = TARGETS.find((each) => each.name === name);
  if (target !== undefined) return target;
  console.error(`no target ${name}, but ${TARGETS.map((each) => each.name).join(', ')}`);
  process.exit(2);
}

/** Figures by target, then by form of input. */
const figures = new Map<string, Map<string, Figures>>();
let peak = 0;

function figuresOf(target: string, form: string): Figures {
  const ofTarget = figures.get(target) ?? new Map<string, Figures>();
  figures.set(target, ofTarget);
  const known = ofTarget.get(form) ?? noFigures();
  ofTarget.set(form, known);
  return known;
}

async function runBatch(target: Target, from: number, count: number): Promise<void> {
  for (let at = from; at < from + count; ) {
    const answer = await runner.ask({ ask: 'run', target: target.name, from: at, count: from + count - at, runSeed });
    if (!isDeath(answer)) {
      for (const [form, part] of answer.figures) addFigures(figuresOf(target.name, form), part);
      peak = Math.max(peak, answer.peak);
      for (const find of answer.finds) await found(find);
      if (answer.peak > MOST_OF_MANY) await findLarge(target, at, from + count);
      return;
    }
    // What the process had done before it died is run again without the input it died on.
    const [, seed, number] = /^[^:]*:(.*)#(\d+)$/.exec(answer.label) ?? [];
    if (seed === undefined) throw new Error(answer.detail);
    const failure: Failure = { kind: answer.isHang ? 'hang' : 'crash', signature: `${answer.isHang ? 'hang' : 'crash'} of ${target.name}`, detail: answer.detail };
    const one = figuresOf(target.name, 'ended the process');
    one.inputs++;
    if (await found({ target: target.name, seed, number: Number(number), failure })) one.failed++;
    if (Number(number) > at) await runBatch(target, at, Number(number) - at);
    at = Number(number) + 1;
  }
}

/** Memory grew beyond what garbage explains while these inputs were run: runs each by itself to see whether it was one of them. */
async function findLarge(target: Target, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) {
    runner.end();
    const answer = await runner.ask({ ask: 'run', target: target.name, from: at, count: 1, runSeed });
    if (isDeath(answer) || answer.peak < MOST_OF_ONE) continue;
    const seeds = seedsOf([target.kind], values.seeds);
    const failure: Failure = { kind: 'memory', signature: `memory of ${target.name}`, detail: `${answer.peak} KiB resident` };
    await found({ target: target.name, seed: seeds[at % seeds.length]!.name, number: at, failure });
  }
  runner.end();
}

/** Keeps the first finds of each cause, made smaller. False where it is none: a machine that stands still for a while looks like a hang. */
async function found(find: Find): Promise<boolean> {
  const { target, seed, number, failure } = find;
  const label = `${target}:${seed}#${number}`;
  const known = causes.get(failure.signature) ?? { count: 0, first: find, kept: [] };
  causes.set(failure.signature, known);
  known.count++;
  if (known.kept.length >= MOST_OF_A_CAUSE) return true;
  console.log(`${failure.kind} ${label}: ${failure.signature}\n${failure.detail}`);
  const { files, changed } = inputFor(label);
  // What is only slow or large beside the garbage of others passes when it is run alone.
  if ((failure.kind === 'slow' || failure.kind === 'memory' || failure.kind === 'hang') && !(await fails(label, files, failure))) {
    console.log('  not when it is run alone');
    if (--known.count === 0) causes.delete(failure.signature);
    return false;
  }
  const small = await minimised(files, changed, failure.kind === 'throw' ? TRIES : SLOW_TRIES, (candidate) => fails(label, candidate, failure));
  const place = join(folder, 'finds', label.replace(/[^\w.#-]/g, '_'));
  mkdirSync(place, { recursive: true });
  for (const [name, bytes] of small) if (changed.includes(name) || name.startsWith('recording')) writeFileSync(join(place, name.replace(/[^\w.-]/g, '_')), bytes);
  writeFileSync(join(place, 'find.txt'), `${label} --seed ${runSeed}\n${failure.kind}: ${failure.signature}\n${failure.detail}\n`);
  known.kept.push(place);
  console.log(`  kept in ${place}: ${[...small].filter(([name]) => changed.includes(name)).map(([name, bytes]) => `${name} ${bytes.length}`).join(', ')}`);
  return true;
}

async function fails(label: string, files: InputFiles, failure: Failure): Promise<boolean> {
  if (failure.kind === 'slow' || failure.kind === 'memory') runner.end();
  const answer = await runner.ask({ ask: 'try', target: label.split(':', 1)[0]!, label, files: [...files], runSeed });
  if (isDeath(answer)) return failure.kind === 'hang' ? answer.isHang : failure.kind === 'crash' && !answer.isHang;
  return answer.finds[0]?.failure.signature === failure.signature || (failure.kind === 'memory' && answer.peak > MOST_OF_ONE);
}

function inputFor(label: string): ReturnType<typeof inputOf> {
  const [, name, seedName, number] = /^([^:]*):(.*)#(\d+)$/.exec(label) ?? [];
  const target = targetNamed(name ?? label);
  const seeds: Seed[] = seedsOf([target.kind], values.seeds);
  const seed = seeds.find((each) => each.name === seedName);
  if (seed === undefined) throw new Error(`no seed ${seedName}`);
  return inputOf(seed, seeds, runSeed, target.name, Number(number));
}

async function runAll(): Promise<void> {
  const seconds = values.seconds === undefined ? (values.inputs === undefined ? 60 : Infinity) : Number(values.seconds);
  const most = values.inputs === undefined ? Infinity : Number(values.inputs);
  const started = Date.now();
  const next = new Map(chosen.map((target) => [target.name, 0]));
  let total = 0;
  let told = 0;
  let saved = 0;
  const commit = builtCommit(PROJECT_ROOT);
  const reached = (): RunFigures => ({
    figures, causes: [...causes].map(([signature, { count, first }]) => ({ signature, count, first })), peak, runSeed, seconds: (Date.now() - started) / 1000, commit, node: process.version,
  });
  for (let turn = 0; (Date.now() - started) / 1000 < seconds && total < most; turn++) {
    const target = chosen[turn % chosen.length]!;
    const from = next.get(target.name)!;
    const count = Math.min(BATCH * target.weight, most - total);
    await runBatch(target, from, count);
    next.set(target.name, from + count);
    total += count;
    if (values.figures !== undefined && total - saved >= SAVED_EACH) {
      saved = total;
      saveRun(values.figures, reached());
    }
    if (total - told >= 20_000) {
      told = total;
      console.log(`${total} inputs, ${causes.size} causes, ${((Date.now() - started) / 1000).toFixed(0)} s, ${(peak / 1024).toFixed(0)} MiB at most`);
    }
  }
  runner.end();
  if (values.figures !== undefined) saveRun(values.figures, reached());
  const lines = reportLines(reached());
  for (const line of lines) console.log(line);
  if (values.markdown !== undefined) writeFileSync(values.markdown, `${lines.join('\n')}\n`);
  process.exitCode = causes.size === 0 ? 0 : 1;
}

async function runOne(label: string): Promise<void> {
  const { files, changed, form } = inputFor(label);
  console.log(`${label}: ${form}, changed: ${changed.join(', ')}`);
  const answer = await runner.ask({ ask: 'try', target: label.split(':', 1)[0]!, label, files: [...files], runSeed });
  if (isDeath(answer)) console.log(answer.detail);
  else {
    const [part] = answer.figures;
    console.log(answer.finds[0]?.failure.detail ?? 'passes');
    console.log(`${part?.[1].time.toFixed(0)} ms, ${((part?.[1].mostAllocated ?? 0) / 1048576).toFixed(1)} MiB of arrays, ${(answer.peak / 1024).toFixed(0)} MiB resident`);
    if (values.minimise && answer.finds[0] !== undefined) {
      const [, seed, number] = /^[^:]*:(.*)#(\d+)$/.exec(label)!;
      await found({ target: label.split(':', 1)[0]!, seed: seed!, number: Number(number), failure: answer.finds[0].failure });
    }
  }
  const place = join(folder, 'only');
  mkdirSync(place, { recursive: true });
  for (const name of changed) writeFileSync(join(place, name.replace(/[^\w.-]/g, '_')), files.get(name)!);
  console.log(`its files are in ${place}`);
  runner.end();
}

await (values.only === undefined ? runAll() : runOne(values.only));
