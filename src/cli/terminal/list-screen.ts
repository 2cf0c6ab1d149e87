// Screens that are a list of lines: texts to read (help, what the recording says of itself) and choices (a row's menu, the events).

import { FoldingList } from './folding-list.ts';
import { letterOf, type Key } from './key.ts';
import { moveIn } from './list-keys.ts';
import { CLOSE, QUIT, STAY, UNKNOWN, type Outcome, type Screen } from './screen.ts';
import { line, wrapped, type Line } from './screen-text.ts';

/** A text that is longer than the screen. */
export class TextScreen implements Screen {
  readonly hint: string = 'q or ESC: back';
  readonly cursorLine = 0;
  readonly #title: string;
  readonly #text: readonly string[];
  /** The text on lines of the width that it was last painted with. */
  #wrapped: readonly string[] = [];
  #width = -1;
  #top = 0;
  #height = 1;

  constructor(title: string, text: readonly string[]) {
    this.#title = title;
    this.#text = text;
  }

  paint(width: number, height: number): readonly Line[] {
    this.#height = Math.max(1, height - 1);
    if (width !== this.#width) {
      this.#width = width;
      this.#wrapped = this.#text.flatMap((one) => wrapped(one, width));
    }
    this.#move(0);
    const lines = [line(this.#title, width, 'bold', true)];
    for (let i = 0; i < height - 1; i++) lines.push(line(this.#wrapped[this.#top + i] ?? '', width));
    return lines.slice(0, height);
  }

  key(key: Key): Outcome {
    switch (key.name) {
      case 'up':
        return this.#move(-1);
      case 'down':
        return this.#move(1);
      case 'pageup':
        return this.#move(-this.#height);
      case 'pagedown':
        return this.#move(this.#height);
      case 'home':
        return this.#move(-Infinity);
      case 'end':
        return this.#move(Infinity);
      case 'escape':
      case 'left':
      case 'interrupt':
        return CLOSE;
      default:
        return letterOf(key) === ' ' ? this.#move(this.#height) : letterOf(key) === 'q' ? CLOSE : UNKNOWN;
    }
  }

  #move(lines: number): Outcome {
    this.#top = Math.max(0, Math.min(this.#top + lines, this.#wrapped.length - this.#height));
    return STAY;
  }
}

/** One of several things to do. */
export interface Choice {
  readonly text: string;
  readonly chosen: () => Outcome;
}

export class ChoiceScreen implements Screen {
  readonly closesWhenChosen = true;
  readonly hint: string;
  readonly #title: string;
  readonly #choices: readonly Choice[];
  readonly #list: FoldingList;
  readonly #isOuter: boolean;
  #cursorLine = 0;

  /** `isOuter`: nothing lies below, so that going back ends the browser. */
  constructor(title: string, choices: readonly Choice[], isOuter = false) {
    this.#title = title;
    this.#choices = choices;
    this.#list = new FoldingList(choices.length, () => 1);
    this.#isOuter = isOuter;
    this.hint = `ENTER: choose, ESC: ${isOuter ? 'quit' : 'back'}`;
  }

  get cursorLine(): number {
    return this.#cursorLine;
  }

  paint(width: number, height: number): readonly Line[] {
    const lines = [line(this.#title, width, 'bold', true)];
    const selected = this.#list.selected?.item;
    for (const { item } of this.#list.inSight(height - 1)) {
      if (item === selected) this.#cursorLine = lines.length;
      lines.push(line(this.#choices[item]!.text, width, 'plain', item === selected));
    }
    while (lines.length < height) lines.push(line('', width));
    return lines.slice(0, height);
  }

  key(key: Key): Outcome {
    if (moveIn(this.#list, key)) return STAY;
    const chosen = this.#choices[this.#list.selected?.item ?? -1];
    switch (key.name) {
      case 'enter':
      case 'right':
        return chosen === undefined ? STAY : chosen.chosen();
      case 'escape':
      case 'left':
      case 'interrupt':
        return this.#isOuter ? (key.name === 'left' ? STAY : QUIT) : CLOSE;
      default:
        return letterOf(key) === 'q' ? (this.#isOuter ? QUIT : CLOSE) : UNKNOWN;
    }
  }
}
