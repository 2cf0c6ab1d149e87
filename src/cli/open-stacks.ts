// A recording summed up to stacks with weights, for commands that show or compare these.

import { waitLines } from '../views/waits-text.ts';
import { pythonView, type PythonStacks } from '../profile/python/python-view.ts';
import type { TimeChoice } from '../profile/time-spans.ts';
import { weightedStacks, type WeightedStacks } from '../profile/weighted-stacks.ts';
import { qualityLines } from '../views/quality-text.ts';
import { writeUnused } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { FileOptions } from './options.ts';
import type { Output } from './output.ts';
import type { TimeOptions } from './time-options.ts';
import { Progress } from './progress.ts';

/** `python`: what is left of the stacks in Python's own view, where that was asked for. */
export interface OpenedStacks {
  readonly stacks: WeightedStacks;
  readonly python: PythonStacks | undefined;
}

/**
 * Opens a recording, sums it up and closes it. What is to be said of its data goes to `err`, unless that is left out: `prefix` before each
 * line. Throws PerftsError as openRecording does.
 */
export async function openStacks(
  options: FileOptions & Partial<TimeOptions> & { readonly python: boolean; readonly lines?: boolean; readonly time?: TimeChoice | undefined; readonly cpus?: readonly number[] | undefined },
  input: string,
  err: Output,
  prefix: string | undefined,
): Promise<OpenedStacks> {
  const opened = await openInput({ ...options, input }, err);
  const { recording } = opened;
  try {
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update(`reading ${input}`, share, 1);
    const { time, cpus, derived, weightField, lines = false } = options;
    const { profile, quality, waits } = await recording.profile({ choice: { time, cpus }, maxStack: options.maxStack, onProgress, derived, weightField, detail: 'none', inlines: options.inline, lines });
    progress.end();
    if (prefix !== undefined) for (const line of qualityLines(quality, recording.damage)) err.write(`${prefix}${line}\n`);
    if (prefix !== undefined && waits !== undefined) for (const line of waitLines(waits)) err.write(`${prefix}${line}\n`);
    writeUnused(opened.unusedJitdumps, err);
    const stacks = weightedStacks(profile);
    return { stacks, python: options.python ? pythonView(stacks) : undefined };
  } finally {
    opened.close();
  }
}
