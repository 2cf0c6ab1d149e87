// Draws a flame graph's layout on a canvas: only the levels that are in sight.

import { CodeKind } from '../../formats/code-table.ts';
import { fitted } from '../../views/flamegraph/svg-text.ts';
import type { FlameLayout } from '../model/flame-layout.ts';
import type { FrameTree } from '../model/frame-tree.ts';
import { palette } from './colours.ts';
import type { Session } from './session.ts';

/** Pixels of a level, and of a frame's text. */
export const ROW = 18;
const FONT = '11.5px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** Frames narrower than this have no gap beside them, or nothing of them would be left. */
const GAP_FROM = 3;

export interface FlamePicture {
  readonly tree: FrameTree;
  readonly layout: FlameLayout;
  readonly icicle: boolean;
  /** Indices of frames, or -1. */
  readonly focused: number;
  readonly hovered: number;
  /** The part of the picture that is in sight: pixels from its top. */
  readonly top: number;
  readonly height: number;
}

/** Where a level lies, in pixels from the picture's top. */
export function levelTop(layout: FlameLayout, level: number, icicle: boolean): number {
  return (icicle ? level : layout.levels - 1 - level) * ROW;
}

/** The level at a height. */
export function levelAt(layout: FlameLayout, y: number, icicle: boolean): number {
  const row = Math.floor(y / ROW);
  return icicle ? row : layout.levels - 1 - row;
}

let letter = 0;

export function drawFlame(canvas: HTMLCanvasElement, session: Session, picture: FlamePicture, width: number): void {
  const context = canvas.getContext('2d')!;
  const { tree, layout, icicle, top, height } = picture;
  const colours = palette();
  const scale = window.devicePixelRatio || 1;
  const [pixelsWide, pixelsHigh] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== pixelsWide) canvas.width = pixelsWide;
  if (canvas.height !== pixelsHigh) canvas.height = pixelsHigh;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.textBaseline = 'middle';
  if (letter === 0) letter = context.measureText('MMMMMMMMMM').width / 10;
  const { functions } = session.data;
  const { found } = session;
  let last = '';
  for (let level = 0; level < layout.levels; level++) {
    const y = levelTop(layout, level, icicle) - top;
    if (y + ROW < 0 || y > height) continue;
    for (let index = layout.levelStarts[level]!; index < layout.levelStarts[level + 1]!; index++) {
      const node = layout.node[index]!;
      const frame = tree.frame[node]!;
      const fn = frame >> 1;
      const isFound = node !== 0 && found !== undefined && found[fn] === 1;
      const { kind } = node === 0 ? { kind: CodeKind.Unknown } : functions[fn]!;
      const colour = isFound ? colours.found : node === 0 ? colours.root : (frame & 1) === 1 && kind === CodeKind.Native ? colours.inlined : colours.kinds[kind]!;
      if (colour !== last) context.fillStyle = last = colour;
      const x = layout.x[index]!;
      const wide = layout.width[index]!;
      const isCaller = index < layout.zoomed;
      if (isCaller) context.globalAlpha = 0.55;
      context.fillRect(x, y, wide >= GAP_FROM ? wide - 0.7 : wide, ROW - 1);
      if (isCaller) context.globalAlpha = 1;
      if (wide < 4 * letter) continue;
      const text = fitted(node === 0 ? 'all' : session.label(fn), Math.floor((wide - 7) / letter));
      if (text === '') continue;
      context.fillStyle = last = isCaller && colours.ink !== colours.text ? colours.text : colours.ink;
      context.fillText(text, x + 3.5, y + ROW / 2);
    }
  }
  outline(context, picture, picture.hovered, colours.text, 1);
  outline(context, picture, picture.focused, colours.text, 2);
}

function outline(context: CanvasRenderingContext2D, { layout, icicle, top }: FlamePicture, index: number, colour: string, thick: number): void {
  if (index < 0) return;
  context.strokeStyle = colour;
  context.lineWidth = thick;
  const wide = Math.max(2, layout.width[index]! - 0.7);
  context.strokeRect(layout.x[index]! + thick / 2, levelTop(layout, layout.level[index]!, icicle) - top + thick / 2, wide - thick, ROW - 1 - thick);
}
