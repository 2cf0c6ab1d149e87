// A recording summed up to stacks with weights, for commands that show or compare these.

import { pythonView, type PythonStacks } from '../profile/python/python-view.ts';
import { weightedStacks, type WeightedStacks } from '../profile/weighted-stacks.ts';
import { qualityLines } from '../views/quality-text.ts';
import { writeUnused } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { FileOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** The event that --event means: of that name, or with modifiers behind it (`cycles` is `cycles:u` too). */
export function eventCalled(asked: string, names: readonly string[]): string | undefined {
  return names.includes(asked) ? asked : names.find((name) => name.startsWith(`${asked}:`));
}

/** `python`: what is left of the stacks in Python's own view, where that was asked for. */
export interface OpenedStacks {
  readonly stacks: WeightedStacks;
  readonly python: PythonStacks | undefined;
}

/**
 * Opens a recording, sums it up and closes it. What is to be said of its data goes to `err`, unless that is left out: `prefix` before each
 * line. Throws PerftsError as openRecording does.
 */
export async function openStacks(options: FileOptions & { readonly python: boolean; readonly lines?: boolean }, input: string, err: Output, prefix: string | undefined): Promise<OpenedStacks> {
  const opened = await openInput({ ...options, input }, err);
  const { recording } = opened;
  try {
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update(`reading ${input}`, share, 1);
    const { profile, quality } = await recording.profile({ maxStack: options.maxStack, onProgress, detail: 'none', inlines: options.inline, lines: options.lines ?? false });
    progress.end();
    if (prefix !== undefined) for (const line of qualityLines(quality, recording.damage)) err.write(`${prefix}${line}\n`);
    writeUnused(opened.unusedJitdumps, err);
    const stacks = weightedStacks(profile);
    return { stacks, python: options.python ? pythonView(stacks) : undefined };
  } finally {
    opened.close();
  }
}
