// The terminal browser without a terminal: a pile of screens, the bottom line, and what keys do. Keys go in, lines come out.

import { letterOf, type Key } from './key.ts';
import type { Question, Request, Screen, Outcome } from './screen.ts';
import { cellsOf, cut, line, type Line } from './screen-text.ts';

/** Characters of an answer. */
const LONGEST_ANSWER = 1024;

export interface Painting {
  readonly lines: readonly Line[];
  /** Where the terminal's cursor stands, so that who listens to a screen hears the right line. */
  readonly cursor: { readonly column: number; readonly line: number };
}

export class Browser {
  readonly #screens: Screen[];
  #question: Question | undefined;
  #message = '';

  constructor(first: Screen) {
    this.#screens = [first];
  }

  /** The uppermost screen. */
  get screen(): Screen {
    return this.#screens.at(-1)!;
  }

  open(screen: Screen): void {
    this.#screens.push(screen);
  }

  /** Says something on the bottom line until the next key. */
  say(text: string): void {
    this.#message = text;
  }

  /** Exactly `height` lines of exactly `width` columns; nothing where there is no room at all. */
  paint(width: number, height: number): Painting {
    if (width < 1 || height < 1) return { lines: [], cursor: { column: 0, line: 0 } };
    const { screen } = this;
    const lines = [...(height > 1 ? screen.paint(width, height - 1) : [])];
    const question = this.#question;
    if (question === undefined) {
      lines.push(line(this.#message === '' ? screen.hint : this.#message, width, this.#message === '' ? 'faint' : 'notice'));
      return { lines, cursor: { column: 0, line: Math.min(screen.cursorLine, height - 1) } };
    }
    const text = question.label + question.text;
    // The end of it is what is written on.
    const from = Math.max(0, cellsOf(text) - (width - 1));
    lines.push({ spans: [{ text: cut(text, from, width), style: 'bold' }], reverse: false });
    return { lines, cursor: { column: cellsOf(text) - from, line: height - 1 } };
  }

  /** What is left to be done by whoever runs the browser. */
  key(key: Key): 'quit' | Request | undefined {
    this.#message = '';
    if (this.#question !== undefined) return this.#answer(this.#question, key);
    return this.#apply(this.screen.key(key));
  }

  #answer(question: Question, key: Key): 'quit' | Request | undefined {
    switch (key.name) {
      case 'enter':
        this.#question = undefined;
        return this.#apply(question.answered(question.text));
      case 'escape':
      case 'interrupt':
        this.#question = undefined;
        return undefined;
      case 'backspace':
        this.#question = { ...question, text: [...question.text].slice(0, -1).join('') };
        return undefined;
      default: {
        const text = question.text + letterOf(key);
        if (text.length <= LONGEST_ANSWER) this.#question = { ...question, text };
        return undefined;
      }
    }
  }

  #apply(outcome: Outcome): 'quit' | Request | undefined {
    switch (outcome.then) {
      case 'quit':
        return 'quit';
      case 'close':
        if (this.#screens.length === 1) return 'quit';
        this.#screens.pop();
        return undefined;
      case 'open':
        this.#screens.push(outcome.screen);
        return undefined;
      case 'replace':
        this.#screens[this.#screens.length - 1] = outcome.screen;
        return undefined;
      case 'say':
        this.#closeChoices();
        this.#message = outcome.text;
        return undefined;
      case 'ask':
        this.#closeChoices();
        this.#question = outcome.question;
        return undefined;
      case 'request':
        this.#closeChoices();
        return outcome.request;
      case 'unknown':
        this.#message = "that key does nothing here, 'h' or F1 tells those that do";
        return undefined;
      case 'stay':
        return undefined;
    }
  }

  /** A menu is gone when its choice was made. */
  #closeChoices(): void {
    if (this.screen.closesWhenChosen === true && this.#screens.length > 1) this.#screens.pop();
  }
}
