// The call graph under a row of the text report (FORMAT 3.8, "Callchain print").

import { hexOf, isWide } from '../../bytes/int64.ts';
import { MAX_GRAPH_TEXT } from '../../bytes/limits.ts';
import { FrameFlag } from '../../profile/frame-table.ts';
import type { CallNode, CallTrees } from '../../profile/call-tree.ts';
import type { Profile } from '../../profile/profile.ts';
import type { CallGraphOptions } from './options.ts';
import { wholeNumber } from './columns.ts';
import { percentOf, twoDecimals } from './percent.ts';

/** perf writes a name of a chain into a buffer of 1024 bytes. */
const LONGEST_NAME = 1023;
const MARGIN = 12;
/** Blanks from one level to the next, the pipe's own column apart. */
const LEVEL = '          ';
/** Bits of the mask that says which levels have a pipe; deeper levels share them. */
const PIPES = 32;
/** PERF_CONTEXT_MAX as a signed address: from here on up an address is a marker of the kernel's, no place in code. */
const FIRST_MARKER = -4095;

/** One list of siblings on the way down to what is being drawn. */
interface Level {
  readonly siblings: readonly CallNode[];
  next: number;
  readonly depth: number;
  /** What stands before the level's own column, in lines between siblings and before names. */
  readonly outer: string;
  /** Which levels have a pipe: in lines between siblings, and (less the level's own from its last sibling on) before names. */
  readonly pipes: number;
  ownPipes: number;
  /** What 100 percent are here, and (fractal) how much of it is not drawn yet. */
  readonly total: number;
  remaining: number;
  readonly parentSamples: number;
  drawnSamples: number;
}

/** What all graphs of one report have in common, those of every event. */
export interface GraphRoom {
  /** How many characters they may still take. */
  left: number;
  /** By frame: its name, once it was asked for. A frame stands in the graphs of all its callers. */
  readonly names: (string | undefined)[];
}

export const newGraphRoom = (): GraphRoom => ({ left: MAX_GRAPH_TEXT, names: [] });

export class CallGraphText {
  readonly #profile: Profile;
  readonly #trees: CallTrees;
  readonly #options: Required<CallGraphOptions>;
  /** The whole that percents of modes graph, flat and folded are of. */
  readonly #total: number;
  /** Modes flat and folded: least own period of a chain. */
  readonly #limit: number;
  readonly #omitsFirstName: boolean;
  readonly #room: GraphRoom;

  constructor(profile: Profile, trees: CallTrees, options: Required<CallGraphOptions>, total: number, limit: number, omitsFirstName: boolean, room: GraphRoom) {
    this.#profile = profile;
    this.#trees = trees;
    this.#options = options;
    this.#total = total;
    this.#limit = limit;
    this.#omitsFirstName = omitsFirstName;
    this.#room = room;
  }

  /** Whether so much was drawn that no more is: MAX_GRAPH_TEXT. */
  get isFull(): boolean {
    return this.#room.left <= 0;
  }

  /**
   * All lines, each with its line end; '' where nothing reaches the limit. `rowPeriod` is what the row's first column shows. The graph at
   * which MAX_GRAPH_TEXT is reached ends there.
   */
  of(graph: CallNode, rowPeriod: number): string {
    const text = this.#textOf(graph, rowPeriod);
    this.#room.left -= text.length;
    return text;
  }

  #textOf(graph: CallNode, rowPeriod: number): string {
    switch (this.#options.mode) {
      case 'flat':
        return this.#flat(graph);
      case 'folded':
        return this.#folded(graph);
      default:
        return this.#branching(graph, rowPeriod);
    }
  }

  #branching(graph: CallNode, rowPeriod: number): string {
    let { children } = graph;
    let samples = graph.samples;
    let text = '';
    let margin = MARGIN;
    const only = children[0];
    if (only !== undefined && children.length === 1 && only.period === rowPeriod) {
      const blanks = ' '.repeat(MARGIN);
      const names = this.#omitsFirstName ? only.frames.slice(1) : only.frames;
      const limit = this.#options.printLimit === 0 ? names.length : this.#options.printLimit;
      for (const [index, frame] of names.slice(0, limit).entries()) {
        text += index === 0 ? `${blanks}|\n${blanks}---` : `${blanks}   `;
        text += `${this.#name(frame)}\n`;
        margin = MARGIN + 3;
      }
      children = only.children;
      samples = only.samples - only.ownSamples;
    }
    text += this.#levels(children, this.#options.mode === 'fractal' ? rowPeriod : this.#total, samples, ' '.repeat(margin));
    return text === '' ? '' : `${text}\n`;
  }

  #levels(top: readonly CallNode[], total: number, samples: number, margin: string): string {
    const { mode, printLimit } = this.#options;
    const isFractal = mode === 'fractal';
    let text = '';
    const open: Level[] = [levelOf(top, 1, 1, margin, total, samples)];
    for (let level = open[open.length - 1]; level !== undefined && text.length < this.#room.left; level = open[open.length - 1]) {
      const node = level.siblings[level.next];
      if (node === undefined || (printLimit !== 0 && level.next === printLimit)) {
        text += this.#rest(level, margin);
        open.pop();
        continue;
      }
      level.next++;
      level.remaining -= node.period;
      level.drawnSamples += node.samples;
      const isLast = level.next === level.siblings.length;
      // The last of them needs no pipe further down, unless a remainder follows it. A mask of 32 bits: deeper levels share pipes.
      if (isLast && (!isFractal || level.remaining === 0)) level.ownPipes &= ~(1 << (level.depth - 1));
      text += `${level.outer}${hasPipe(level.depth - 1, level.pipes)}${LEVEL}\n`;
      const before = beforeNames(level, level.ownPipes, margin);
      for (let index = 0; index < node.frames.length; index++) {
        text += index === 0 ? `${before}--${this.#value(node.period, node.samples, level.total)}--` : `${before}${LEVEL}`;
        text += `${this.#name(node.frames[index]!)}\n`;
      }
      const below = isFractal ? node.period - node.ownPeriod : total;
      const mask = level.ownPipes | (1 << level.depth);
      if (node.children.length === 0 && (!isFractal || below === 0)) continue;
      const outer = level.depth < PIPES ? before + LEVEL : margin + pipes(level.depth, mask);
      open.push(levelOf(node.children, level.depth + 1, mask, outer, below, node.samples - node.ownSamples));
    }
    return text;
  }

  /** Mode fractal: what the limit hid, as one more sibling. */
  #rest(level: Level, margin: string): string {
    if (this.#options.mode !== 'fractal' || level.remaining === 0 || level.remaining === level.total) return '';
    const samples = level.parentSamples - level.drawnSamples;
    if (this.#options.value === 'count' && samples <= 0) return '';
    const before = beforeNames(level, level.ownPipes & ~(1 << (level.depth - 1)), margin);
    return `${before}--${this.#value(level.remaining, samples, level.total)}--[...]\n`;
  }

  #flat(graph: CallNode): string {
    let text = '';
    for (const path of this.#endings(graph)) {
      if (text.length >= this.#room.left) break;
      const last = path[path.length - 1]!;
      text += `           ${this.#value(last.period, last.samples, this.#total)}\n`;
      for (const name of this.#names(path)) text += `                ${name}\n`;
      text += '\n';
    }
    return text;
  }

  #folded(graph: CallNode): string {
    let text = '';
    for (const path of this.#endings(graph)) {
      if (text.length >= this.#room.left) break;
      const last = path[path.length - 1]!;
      text += `${this.#value(last.ownPeriod, last.ownSamples, this.#total)} ${this.#names(path).join(';')}\n`;
    }
    return text;
  }

  #endings(graph: CallNode): CallNode[][] {
    const found = this.#trees.endings(graph, this.#limit);
    return this.#options.printLimit === 0 ? found : found.slice(0, this.#options.printLimit);
  }

  #names(path: readonly CallNode[]): string[] {
    const { address } = this.#profile.frames;
    const isMarker = (frame: number): boolean => !isWide(address[frame]!) && address[frame]! < 0 && address[frame]! >= FIRST_MARKER;
    return path.flatMap((node) => node.frames.filter((frame) => !isMarker(frame)).map((frame) => this.#name(frame)));
  }

  #value(period: number, samples: number, total: number): string {
    switch (this.#options.value) {
      case 'period':
        return wholeNumber(period);
      case 'count':
        return String(samples);
      default:
        return `${twoDecimals(percentOf(period, total))}%`;
    }
  }

  #name(frame: number): string {
    const { names } = this.#room;
    // Without gaps: V8 keeps an array that is filled from its end as a table of hashes.
    while (names.length <= frame) names.push(undefined);
    return (names[frame] ??= chainName(this.#profile, frame));
  }
}

/** A function as call graphs name it, or its address. */
export function chainName({ frames, wide }: Profile, frame: number): string {
  if (frames.symbol[frame]! < 0) {
    const address = frames.address[frame]!;
    if (address === 0) return '0';
    return `0x${isWide(address) ? wide.hex(address) : hexOf(address)}`;
  }
  const name = frames.name(frame);
  const whole = (frames.flags[frame]! & FrameFlag.Inlined) !== 0 ? `${name} (inlined)` : name;
  return whole.length > LONGEST_NAME ? whole.slice(0, LONGEST_NAME) : whole;
}

function levelOf(siblings: readonly CallNode[], depth: number, mask: number, outer: string, total: number, samples: number): Level {
  return { siblings, next: 0, depth, outer, pipes: mask, ownPipes: mask, total, remaining: total, parentSamples: samples, drawnSamples: 0 };
}

/** What stands before a sibling's names: the outer levels' pipes and its own. Where pipes are shared, its own may be an outer one too. */
function beforeNames(level: Level, mask: number, margin: string): string {
  const outer = level.depth <= PIPES ? level.outer : margin + pipes(level.depth - 1, mask);
  return outer + hasPipe(level.depth - 1, mask);
}

function hasPipe(level: number, mask: number): string {
  return ((mask >>> (level & 31)) & 1) === 1 ? '|' : ' ';
}

/** The pipes of the levels 0 … count-1. */
function pipes(count: number, mask: number): string {
  let text = '';
  for (let level = 0; level < count; level++) text += hasPipe(level, mask) + LEVEL;
  return text;
}
