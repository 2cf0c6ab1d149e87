// What the terminal browser consists of: screens that lie on each other, of which the uppermost is seen and gets the keys. A screen knows
// no terminal: it says which lines it has for a size, and what a key does.

import type { Key } from './key.ts';
import type { Line } from './screen-text.ts';

export interface Screen {
  /** Exactly `height` lines, each of exactly `width` columns. */
  paint(width: number, height: number): readonly Line[];
  /** The line of the last painting at which the cursor stands. */
  readonly cursorLine: number;
  /** What the bottom line says while there is nothing else to say. */
  readonly hint: string;
  /** A menu: gone when its choice says, asks or requests something. */
  readonly closesWhenChosen?: boolean;
  key(key: Key): Outcome;
}

/** A line of text asked of the user. */
export interface Question {
  readonly label: string;
  readonly text: string;
  /** What comes of the answer. */
  readonly answered: (text: string) => Outcome;
}

/** Something that only the surroundings can do. */
export type Request =
  | { readonly what: 'annotate'; readonly frame: number }
  | { readonly what: 'print'; readonly name: string; readonly text: () => Iterable<string> }
  | { readonly what: 'information' };

/** What comes of a key. */
export type Outcome =
  | { readonly then: 'stay' | 'close' | 'quit' | 'unknown' }
  | { readonly then: 'say'; readonly text: string }
  | { readonly then: 'open' | 'replace'; readonly screen: Screen }
  | { readonly then: 'ask'; readonly question: Question }
  | { readonly then: 'request'; readonly request: Request };

export const STAY: Outcome = { then: 'stay' };
export const CLOSE: Outcome = { then: 'close' };
export const QUIT: Outcome = { then: 'quit' };
/** The key means nothing here. */
export const UNKNOWN: Outcome = { then: 'unknown' };

export function say(text: string): Outcome {
  return { then: 'say', text };
}

export function open(screen: Screen): Outcome {
  return { then: 'open', screen };
}

export function ask(label: string, answered: Question['answered'], text = ''): Outcome {
  return { then: 'ask', question: { label, text, answered } };
}
