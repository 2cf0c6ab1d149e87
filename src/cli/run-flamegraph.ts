// What `perfts flamegraph` does: sums up one recording, or two, draws the stacks of one event, and says on standard error how good they are.

import { PerftsError } from '../bytes/errors.ts';
import { refuseToOverwrite } from '../node/file-sink.ts';
import { eventCalled } from '../profile/event-choice.ts';
import type { PythonStacks } from '../profile/python/python-view.ts';
import { timeSplit } from '../profile/python/time-split.ts';
import { unitOf, type WeightedStacks } from '../profile/weighted-stacks.ts';
import { grouped } from '../views/counted.ts';
import { movedFiles } from '../profile/same-frames.ts';
import { writeFlameGraph } from '../views/flamegraph/flame-graph.ts';
import { FlameTree, type FlameSelection } from '../views/flamegraph/flame-tree.ts';
import { timeSplitLine } from '../views/python-time.ts';
import { shownName } from './open-input.ts';
import { openStacks } from './open-stacks.ts';
import type { FlameGraphCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { kilobytes, writePieces } from './write-pieces.ts';

/** A recording, ready to be drawn. */
interface Summed {
  readonly name: string;
  readonly stacks: WeightedStacks;
  readonly python: PythonStacks | undefined;
  readonly selection: FlameSelection;
}

/** Runs the command; PerftsError for what cannot be done. */
export async function runFlameGraph(options: FlameGraphCommandOptions, out: Output, err: Output): Promise<number> {
  const { input, after, output } = options;
  if (output === '-' && out.isTerminal) throw new PerftsError('PERFTS_USAGE', 'a picture is not for a terminal: name a file with -o');
  for (const path of [input, after]) if (path !== undefined && output !== '-') refuseToOverwrite(output, path);
  const recordings = [await sumUp(options, input, err)];
  if (after !== undefined) recordings.push(await sumUp(options, after, err));
  const [first, second] = recordings as [Summed, Summed | undefined];
  const tree = new FlameTree(second !== undefined);
  tree.add(first.stacks, first.selection);
  if (second !== undefined) tree.add(second.stacks, second.selection, movedFiles(first.stacks.frames, second.stacks.frames));
  const shown = second ?? first;
  const event = shown.stacks.profile.events[shown.selection.event]!;
  const pieces: string[] = [];
  const drawn = writeFlameGraph(tree, {
    title: options.title ?? titleOf(recordings, options),
    subtitles: subtitlesOf(recordings, tree),
    icicle: options.icicle,
    percentLimit: options.percentLimit,
    unit: unitOf(event.name),
  }, (text) => pieces.push(text));
  const bytes = await writePieces(pieces, output, input, out);
  if (output !== '-') {
    out.write(`${output}: ${grouped(tree.samples(tree.sides - 1, 0))} samples of ${event.name}, ${grouped(drawn.frames)} frames, ${kilobytes(bytes)}\n`);
    out.flush();
  }
  if (drawn.isCut) err.write('perfts: stacks were too deep to be drawn to their ends\n');
  return 0;
}

async function sumUp(options: FlameGraphCommandOptions, input: string, err: Output): Promise<Summed> {
  const { stacks, python } = await openStacks(options, input, err, '');
  const selection: FlameSelection = { event: eventOf(stacks, options, err), accepts: acceptsOf(stacks, options), tasks: options.perThread ? 'thread' : 'command', reverse: options.reverse };
  return { name: shownName(input), stacks: python ?? stacks, python, selection };
}

/** Names of files; where two are called the same, with their folders. */
function titleOf(recordings: readonly Summed[], { input, after }: FlameGraphCommandOptions): string {
  const [first, second] = recordings;
  return second === undefined ? first!.name : first!.name === second.name ? `${withFolder(input)} → ${withFolder(after!)}` : `${first!.name} → ${second.name}`;
}

/** The last two parts of a path. */
function withFolder(path: string): string {
  return path.replaceAll('\\', '/').split('/').filter((part) => part !== '').slice(-2).join('/');
}

/** The event that is drawn; the others are named. */
function eventOf({ profile: { events } }: WeightedStacks, { event: name }: FlameGraphCommandOptions, err: Output): number {
  const names = events.map((event) => event.name);
  if (name !== undefined) {
    const called = eventCalled(name, names);
    if (called === undefined) throw new PerftsError('PERFTS_USAGE', `no event is called '${name}': the recording has ${names.join(', ')}`);
    return names.indexOf(called);
  }
  const index = events.findIndex(({ samples }) => samples > 0);
  if (index < 0) throw new PerftsError('PERFTS_NO_SAMPLES', 'the recording has no samples: there is nothing to draw');
  const others = events.filter(({ samples }, other) => samples > 0 && other !== index).map((event) => event.name);
  if (others.length > 0) err.write(`perfts: drawn is ${names[index]!}; --event takes also ${others.join(', ')}\n`);
  return index;
}

/** --comms, --pid, --tid; undefined where every sample is drawn. */
function acceptsOf({ profile }: WeightedStacks, { comms, pids, tids }: FlameGraphCommandOptions): FlameSelection['accepts'] {
  if (comms === undefined && pids === undefined && tids === undefined) return undefined;
  return (thread, comm) =>
    (comms?.includes(profile.comms[comm]!) ?? true) && (pids?.includes(profile.threads[thread]!.pid) ?? true) && (tids?.includes(profile.threads[thread]!.tid) ?? true);
}

/** The event and its samples; of Python's view where the time went. */
function subtitlesOf(recordings: readonly Summed[], tree: FlameTree): string[] {
  const { stacks, selection } = recordings.at(-1)!;
  const { name } = stacks.profile.events[selection.event]!;
  const counts = recordings.map((_, side) => `${grouped(tree.samples(side, 0))} samples`);
  const lines = [`${name}: ${counts.join(' before, ')}${counts.length > 1 ? ' after' : ''}`];
  for (const [side, { python, selection: { event, accepts } }] of recordings.entries()) {
    if (python === undefined) continue;
    const { thread, comm } = python.profile.events[event]!.tallies;
    const which = recordings.length === 1 ? '' : side === 0 ? 'before: ' : 'after: ';
    lines.push(which + timeSplitLine(timeSplit(python, event, accepts === undefined ? undefined : (row) => accepts(thread[row]!, comm[row]!))));
  }
  return lines;
}
