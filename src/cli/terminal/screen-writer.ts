// Lines to a terminal: only those that differ from what it shows already, with colours or without.

import { beginSynchronizedOutput, cursorHide, cursorShow, cursorTo, endSynchronizedOutput, enterAlternativeScreen, eraseEndLine, eraseScreen, exitAlternativeScreen } from 'ansi-escapes';
import type { Painting } from './browser.ts';
import type { Line, Style } from './screen-text.ts';

/** Select Graphic Rendition, in colour and without. */
const STYLES: Readonly<Record<Style, readonly [string, string]>> = {
  plain: ['', ''],
  bold: ['1', '1'],
  faint: ['2', ''],
  hot: ['31', '1'],
  warm: ['32', ''],
  notice: ['33', '1'],
};
const REVERSE = '7';
/** Nothing is to scroll when the last column of the last line is written. */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';
const PLAIN = '\u001b[0m';

export class ScreenWriter {
  readonly #write: (text: string) => void;
  readonly #hasColors: boolean;
  /** What the terminal shows, by line. */
  #shown: string[] = [];

  constructor(write: (text: string) => void, hasColors: boolean) {
    this.#write = write;
    this.#hasColors = hasColors;
  }

  /** To a screen of its own, so that what was there before comes back afterwards. */
  enter(): void {
    this.#shown = [];
    this.#write(enterAlternativeScreen + NO_WRAP + eraseScreen);
  }

  leave(): void {
    this.#write(PLAIN + WRAP + cursorShow + exitAlternativeScreen);
  }

  /** All lines are written anew at the next painting: the terminal's size has changed, or somebody else wrote to it. */
  forget(): void {
    this.#shown = [];
    this.#write(PLAIN + eraseScreen);
  }

  draw({ lines, cursor }: Painting): void {
    let text = '';
    for (const [at, line] of lines.entries()) {
      const encoded = this.#encoded(line);
      if (this.#shown[at] === encoded) continue;
      this.#shown[at] = encoded;
      // Erased first: terminals do not agree on the widths of all letters.
      text += cursorTo(0, at) + eraseEndLine + encoded;
    }
    this.#shown.length = lines.length;
    this.#write(beginSynchronizedOutput + cursorHide + text + cursorTo(cursor.column, cursor.line) + cursorShow + endSynchronizedOutput);
  }

  #encoded({ spans, reverse }: Line): string {
    let text = '';
    for (const span of spans) {
      const codes = [STYLES[span.style][this.#hasColors && !reverse ? 0 : 1], ...(reverse ? [REVERSE] : [])].filter((code) => code !== '');
      text += codes.length === 0 ? span.text : `\u001b[${codes.join(';')}m${span.text}${PLAIN}`;
    }
    return text;
  }
}
