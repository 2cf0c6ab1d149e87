// Text for a terminal's cells: names without anything that moves the cursor, cut and padded by the columns they take, which are two for
// a Chinese character and none for an accent that stands on another letter.

import stringWidth from 'string-width';

/** What a piece of a line looks like. Colours are left out where they are not wanted (NO_COLOR); weight is not. */
export type Style = 'plain' | 'bold' | 'faint' | 'hot' | 'warm' | 'notice';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of the screen. */
export interface Line {
  readonly spans: readonly Span[];
  /** Shown in reverse: the selected line, titles. */
  readonly reverse: boolean;
}

/** Names come from strangers: control characters, invisible ones, those that turn the direction of writing, and lone halves of pairs. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const ASCII = /^[\u0020-\u007e]*$/;
/** UTF-16 units that a letter with its accents may have; what hangs more on it is left out. */
const LONGEST_LETTER = 8;

const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The text with nothing in it that a terminal would act on. */
export function shownText(text: string): string {
  return ASCII.test(text) ? text : text.replace(UNSEEN, '?');
}

/** Columns that a text takes, cleaned. */
export function cellsOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(shownText(text));
}

/** The part of a text that lies in `cells` columns from column `from` on, padded with blanks to exactly that many. */
export function cut(text: string, from: number, cells: number): string {
  if (cells <= 0) return '';
  if (ASCII.test(text)) return text.slice(from, from + cells).padEnd(cells);
  let shown = '';
  let used = 0;
  let at = 0;
  for (const { segment } of letters.segment(shownText(text))) {
    const letter = segment.length > LONGEST_LETTER ? segment.slice(0, LONGEST_LETTER).replace(/[\ud800-\udbff]$/, '') : segment;
    const width = ASCII.test(letter) ? 1 : stringWidth(letter);
    // An accent with nothing to stand on would stand on what comes before the text.
    if (width === 0 && at === 0) continue;
    if (at + width <= from) {
      at += width;
      continue;
    }
    // One of its two columns is outside.
    if (at < from || used + width > cells) {
      const inside = Math.min(at + width - Math.max(at, from), cells - used);
      shown += ' '.repeat(inside);
      used += inside;
    } else {
      shown += letter;
      used += width;
    }
    at += width;
    if (used >= cells) break;
  }
  return shown + ' '.repeat(cells - used);
}

/** A line of one style, exactly `width` columns. */
export function line(text: string, width: number, style: Style = 'plain', reverse = false): Line {
  return { spans: [{ text: cut(text, 0, width), style }], reverse };
}

/** A line of several pieces, the last one padded or cut so that it has exactly `width` columns. */
export function joined(spans: readonly Span[], width: number, reverse = false): Line {
  const fitted: Span[] = [];
  let left = width;
  for (const [index, { text, style }] of spans.entries()) {
    const cells = index === spans.length - 1 ? left : Math.min(left, cellsOf(text));
    if (cells > 0) fitted.push({ text: cut(text, 0, cells), style });
    left -= cells;
  }
  return { spans: fitted, reverse };
}

/** Columns that what goes on on a further line stands in. */
const INDENT = 4;
/** Lines of one text: more of it is left out. */
const MOST_LINES = 64;

/** A text on several lines, each of at most `width` columns, broken at blanks where there are some. */
export function wrapped(text: string, width: number): string[] {
  if (cellsOf(text) <= width || width <= INDENT * 2) return [text];
  const lines: string[] = [];
  let rest = shownText(text.slice(0, width * MOST_LINES * LONGEST_LETTER));
  let indent = '';
  while (cellsOf(rest) > width - indent.length && lines.length < MOST_LINES) {
    const piece = cut(rest, 0, width - indent.length).trimEnd();
    const blank = piece.lastIndexOf(' ');
    // A piece that was cut within a letter of two columns is shorter than the letters it stands for.
    const length = blank > piece.length / 2 ? blank + 1 : Math.max(1, piece.length);
    lines.push(indent + rest.slice(0, length).trimEnd());
    rest = rest.slice(length).trimStart();
    indent = ' '.repeat(INDENT);
  }
  return [...lines, indent + rest];
}
