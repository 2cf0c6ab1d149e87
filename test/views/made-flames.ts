// Flame graphs made in memory, and the frames of a picture read back, for tests.

import { Module } from '../../src/process/module.ts';
import { FrameTable } from '../../src/profile/frame-table.ts';
import { weightedStacks, type WeightedStacks } from '../../src/profile/weighted-stacks.ts';
import { writeFlameGraph, type FlameGraphOptions } from '../../src/views/flamegraph/flame-graph.ts';
import { FlameTree, type FlameSelection } from '../../src/views/flamegraph/flame-tree.ts';
import { madeProfile, NamedSymbols, type MadeSample } from '../profile/made-profile.ts';

const PLAIN: FlameGraphOptions = { title: 'perf.data', subtitles: ['cycles'], icicle: false, percentLimit: 0, unit: 'count' };
export const ALL: FlameSelection = { event: 0, tasks: 'command', reverse: false };

export interface DrawnFrame {
  readonly label: string;
  readonly about: readonly string[];
  readonly kind: string;
  readonly level: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const plain = (text: string): string => text.replace(/&(\w+|#39);/g, (_, name: string) => ENTITIES[name]!);

/** The frames of a picture. */
export function framesOf(svg: string): DrawnFrame[] {
  return [...svg.matchAll(/<g class="f (\w+)" data-l="(\d+)"><title>([^<]*)<\/title><rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"[^>]*\/><text [^>]*>([^<]*)<\/text><\/g>/g)].map(
    ([, kind, level, title, x, y, width, text]) => {
      const [label, ...about] = plain(title!).split('\n');
      return { label: label!, about, kind: kind!, level: Number(level), x: Number(x), y: Number(y), width: Number(width), text: plain(text!) };
    },
  );
}

export function drawn(tree: FlameTree, options: Partial<FlameGraphOptions> = {}): { svg: string; frames: DrawnFrame[]; isCut: boolean } {
  let svg = '';
  const { isCut, frames: count } = writeFlameGraph(tree, { ...PLAIN, ...options }, (text) => (svg += text));
  const frames = framesOf(svg);
  if (frames.length !== count) throw new Error(`${frames.length} frames are found of ${count}`);
  return { svg, frames, isCut };
}

/** Stacks of functions of one file, `names` outermost first, with the number of samples of each. */
export function stacksOf(samples: readonly (MadeSample & { readonly names: readonly string[] })[], module = '/usr/lib/libx.so.1.2', events?: readonly string[]): WeightedStacks {
  const names = [...new Set(samples.flatMap((sample) => sample.names))];
  const jit = new Module(1, 'anonymous', '//anon', 'perf-1.map', '');
  const frames = new FrameTable([new Module(0, 'file', module, module.slice(module.lastIndexOf('/') + 1), ''), jit], [new NamedSymbols(names), new NamedSymbols(names)]);
  const made = samples.map((sample) => ({ ...sample, stack: sample.names.map((name) => frames.function(name.startsWith('py::') ? 1 : 0, names.indexOf(name), 0)) }));
  return weightedStacks(madeProfile(frames, made, events));
}

export function treeOf(stacks: WeightedStacks, selection: Partial<FlameSelection> = {}): FlameTree {
  const tree = new FlameTree();
  tree.add(stacks, { ...ALL, ...selection });
  return tree;
}
