// What `perfts diff` does: sums the recordings up, holds one event of each against the first's, and judges what has grown.

import { PerftsError } from '../bytes/errors.ts';
import { compareRecordings, type Compared, type Comparison } from '../profile/comparison.ts';
import { unitOf, type WeightedStacks } from '../profile/weighted-stacks.ts';
import { diffJson, diffLines, type DiffViewOptions } from '../views/diff.ts';
import { movedFiles } from '../profile/same-frames.ts';
import { openStacks } from './open-stacks.ts';
import { eventCalled } from '../profile/event-choice.ts';
import type { DiffCommandOptions } from './options.ts';
import type { Output } from './output.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runDiff(options: DiffCommandOptions, out: Output, err: Output): Promise<number> {
  const recordings: WeightedStacks[] = [];
  const lines = options.keys.some((key) => key === 'srcline' || key === 'srcfile');
  for (const input of options.inputs) {
    const { stacks, python } = await openStacks({ ...options, lines }, input, err, options.quiet ? undefined : `${input}: `);
    recordings.push(python ?? stacks);
  }
  const event = eventOf(recordings, options);
  const compared = recordings.map((stacks, side): Compared => ({
    stacks,
    event: stacks.profile.events.findIndex(({ name }) => name === event),
    ...(side > 0 && { moved: movedFiles(recordings[0]!.frames, stacks.frames) }),
  }));
  const { keys, by, children, confidence, choice } = options;
  const comparison = compareRecordings(compared, { keys, by, children, confidence, choice });
  const view: DiffViewOptions = { ...options, names: options.inputs, event, unit: unitOf(event) };
  if (options.json) out.write(`${JSON.stringify(diffJson(comparison, view), undefined, 2)}\n`);
  else for (const line of diffLines(comparison, view)) out.write(line);
  out.flush();
  return hasGrown(comparison, options) ? 1 : 0;
}

/** The name of the event that is compared. */
function eventOf(recordings: readonly WeightedStacks[], { event, inputs }: DiffCommandOptions): string {
  const sampled = recordings.map(({ profile }) => profile.events.filter(({ samples }) => samples > 0).map(({ name }) => name));
  const common = sampled[0]!.filter((name) => sampled.every((names) => names.includes(name)));
  if (event !== undefined) {
    const found = eventCalled(event, common);
    if (found === undefined) throw new PerftsError('PERFTS_USAGE', `not every recording has samples of '${event}'; all have: ${common.join(', ') || 'none'}`);
    return found;
  }
  const [first] = common;
  if (first !== undefined) return first;
  const had = sampled.map((names, side) => `${inputs[side]!} has ${names.join(', ') || 'no samples'}`);
  throw new PerftsError('PERFTS_USAGE', `the recordings have no event in common: ${had.join('; ')}`);
}

/** Whether a function has grown for certain, and by as much as is not allowed. */
function hasGrown({ rows, totals }: Comparison, { failOn, by }: DiffCommandOptions): boolean {
  if (failOn === undefined) return false;
  const whole = by === 'share' ? 1 : totals[0]![by];
  return rows.some(({ changes }) => changes.some(({ delta, isCertain }) => isCertain && delta > 0 && delta >= failOn * whole));
}
