// A flame graph as one SVG file that needs nothing else: every frame drawn and named, a script that zooms and searches where a browser
// shows it (viewer-script.ts). From the root at the bottom upwards (flame), or downwards from the top (icicle).

import { MAX_FLAME_LEVELS } from '../../bytes/limits.ts';
import { grouped, percentOf } from '../counted.ts';
import type { FlameTree } from './flame-tree.ts';
import { differenceClass, differenceColour, flameStyle, KINDS, STEPS } from './flame-style.ts';
import { escaped, fitted, visible } from './svg-text.ts';
import { VIEWER_SCRIPT } from './viewer-script.ts';

export interface FlameGraphOptions {
  /** `perf.data`. */
  readonly title: string;
  /** Under it: the event, where the time went. */
  readonly subtitles: readonly string[];
  /** The root at the top. */
  readonly icicle: boolean;
  /** Frames of a smaller share are left out, percent. */
  readonly percentLimit: number;
  /** What weights are. */
  readonly unit: 'nanoseconds' | 'count';
}

/** What was drawn. */
export interface DrawnFlameGraph {
  /** Frames, the root among them. */
  readonly frames: number;
  /** Levels below the deepest that is drawn were left out. */
  readonly isCut: boolean;
}

const WIDTH = 1200;
const LEFT = 10;
const INNER = WIDTH - 2 * LEFT;
const ROW = 17;
/** Of a letter of 12 pixels in a typeface of one width; viewer-script.ts has the same. */
const LETTER = 7.25;
/** Text is handed on in pieces of about so many letters. */
const PIECE = 65_536;
/** Differences of less than this part of all samples are pale: they are chance. */
const PALE = 0.005;

interface Drawn {
  readonly node: number;
  readonly level: number;
  /** Pixels. */
  readonly x: number;
  readonly width: number;
}

/** Draws the tree: of one recording by kinds of frames, of two by what grew and shrank. */
export function writeFlameGraph(tree: FlameTree, options: FlameGraphOptions, write: (text: string) => void): DrawnFlameGraph {
  const drawn = laidOut(tree, options.percentLimit);
  const levels = drawn.reduce((most, { level }) => Math.max(most, level), 0) + 1;
  const top = 50 + 17 * options.subtitles.length + 24;
  const height = top + levels * ROW + 12;
  const isDifference = tree.sides > 1;
  const title = visible(options.title);
  let text = `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" data-root="${options.icicle ? 'top' : 'bottom'}">
<title>Flame graph: ${escaped(title)}</title>
<style>${flameStyle(isDifference)}</style>
<rect class="bg" width="${WIDTH}" height="${height}"/>
`;
  for (const frame of drawn) {
    const y = options.icicle ? top + frame.level * ROW : top + (levels - 1 - frame.level) * ROW;
    text += frameText(tree, frame, y, options.unit);
    if (text.length > PIECE) {
      write(text);
      text = '';
    }
  }
  // Drawn last, so that it stays above the frames where a browser scrolls them below it.
  text += `<g id="head"><rect class="bg" width="${WIDTH}" height="${top - 4}"/>\n<text class="h" x="${LEFT}" y="26">${escaped(fitted(title, 75))}</text>\n`;
  options.subtitles.forEach((line, index) => {
    text += `<text class="s" x="${LEFT}" y="${46 + 17 * index}">${escaped(fitted(visible(line), 160))}</text>\n`;
  });
  const legendAt = 46 + 17 * options.subtitles.length;
  text += isDifference ? differenceLegend(legendAt) : kindLegend(tree, drawn, legendAt);
  text += `<text id="details" x="${LEFT}" y="${legendAt + 19}"></text></g>\n`;
  write(`${text}<script type="text/javascript"><![CDATA[\n${VIEWER_SCRIPT}]]></script>\n</svg>\n`);
  const { depth } = tree.stacks;
  return { frames: drawn.length, isCut: drawn.some(({ node, level }) => level === MAX_FLAME_LEVELS && depth[node]! >= MAX_FLAME_LEVELS) };
}

/** Every frame that is wide enough, parents first. */
function laidOut(tree: FlameTree, percentLimit: number): Drawn[] {
  const side = tree.sides - 1;
  const total = tree.weight(side, 0);
  if (!(total > 0)) return [];
  const children = tree.childrenFrom((total * percentLimit) / 100);
  const drawn: Drawn[] = [{ node: 0, level: 0, x: LEFT, width: INNER }];
  for (let index = 0; index < drawn.length; index++) {
    const { node, level, x } = drawn[index]!;
    if (level === MAX_FLAME_LEVELS) continue;
    let at = x;
    for (const child of children.get(node) ?? []) {
      const width = (INNER * tree.weight(side, child)) / total;
      drawn.push({ node: child, level: level + 1, x: at, width });
      at += width;
    }
  }
  return drawn;
}

function frameText(tree: FlameTree, { node, level, x, width }: Drawn, y: number, unit: FlameGraphOptions['unit']): string {
  const { label, place, kind } = node === 0 ? { label: 'all', place: '', kind: 'task' as const } : tree.frames[tree.stacks.frame[node]!]!;
  const name = visible(label);
  const about = [name, ...(place === '' ? [] : [visible(place)]), ...sums(tree, node, unit)].join('\n');
  const colour = tree.sides > 1 ? differenceClass(stepOf(tree, node)) : KINDS[kind].name;
  const shown = escaped(fitted(name, Math.floor((width - 6) / LETTER)));
  return `<g class="f ${colour}" data-l="${level}"><title>${escaped(about)}</title><rect x="${pixels(x)}" y="${y}" width="${pixels(width)}" height="${ROW - 1}" rx="1"/><text x="${pixels(x + 3)}" y="${y + 12}">${shown}</text></g>\n`;
}

/** What a tooltip says of a frame's share. */
function sums(tree: FlameTree, node: number, unit: FlameGraphOptions['unit']): string[] {
  const last = tree.sides - 1;
  const samples = tree.samples(last, node);
  const weight = tree.weight(last, node);
  if (last === 0) {
    const time = unit === 'nanoseconds' ? `, ${seconds(weight)}` : '';
    return [`${grouped(samples)} ${samples === 1 ? 'sample' : 'samples'}, ${percentOf(weight, tree.weight(0, 0))}${time}`];
  }
  const [before, after] = [shareOf(tree, 0, node), shareOf(tree, 1, node)];
  const change = 100 * (after - before);
  return [
    `${(100 * before).toFixed(1)} % before, ${(100 * after).toFixed(1)} % after (${change >= 0 ? '+' : '−'}${Math.abs(change).toFixed(1)})`,
    `samples: ${grouped(tree.samples(0, node))} before, ${grouped(samples)} after`,
  ];
}

function shareOf(tree: FlameTree, side: number, node: number): number {
  const total = tree.weight(side, 0);
  return total > 0 ? tree.weight(side, node) / total : 0;
}

/** From -STEPS (gone) over 0 (as before) to STEPS (new): the change against the larger of both shares. */
function stepOf(tree: FlameTree, node: number): number {
  const [before, after] = [shareOf(tree, 0, node), shareOf(tree, 1, node)];
  const larger = Math.max(before, after);
  if (larger === 0) return 0;
  const change = (after - before) / larger;
  return Math.round(STEPS * change * Math.min(1, Math.abs(after - before) / PALE));
}

function kindLegend(tree: FlameTree, drawn: readonly Drawn[], y: number): string {
  const kinds = new Set(drawn.filter(({ node }) => node !== 0).map(({ node }) => tree.frames[tree.stacks.frame[node]!]!.kind));
  let x = LEFT;
  let text = '';
  for (const [kind, { legend, colour }] of Object.entries(KINDS)) {
    if (kind === 'task' || !kinds.has(kind as keyof typeof KINDS)) continue;
    text += `<rect x="${x}" y="${y - 10}" width="12" height="12" rx="2" fill="${colour}"/><text class="s" x="${x + 17}" y="${y}">${legend}</text>\n`;
    x += 17 + legend.length * LETTER + 18;
  }
  return text;
}

function differenceLegend(y: number): string {
  let text = `<text class="s" x="${LEFT}" y="${y}">smaller share</text>`;
  let x = LEFT + 14 * LETTER;
  for (let step = -STEPS; step <= STEPS; step++, x += 14) text += `<rect x="${pixels(x)}" y="${y - 10}" width="14" height="12" fill="${differenceColour(step)}"/>`;
  return `${text}<text class="s" x="${pixels(x + 8)}" y="${y}">larger share than before; width: share after</text>\n`;
}

function seconds(nanoseconds: number): string {
  return nanoseconds >= 1e9 ? `${(nanoseconds / 1e9).toFixed(2)} s` : `${(nanoseconds / 1e6).toFixed(nanoseconds < 1e7 ? 1 : 0)} ms`;
}

/** To a thousandth, so that what was narrow is still in its place when it is zoomed. */
function pixels(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}
