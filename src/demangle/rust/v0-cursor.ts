// Lexical part of Rust's v0 mangling: numbers in base 62, identifiers, back references; and the output, which can be
// muted for what is read but not shown. Offsets of back references count from behind the `_R`.
import { MAX_DEMANGLE_DEPTH, MAX_SYMBOL_NAME } from '../../bytes/limits.ts';
import { mostSteps } from '../steps.ts';
import { decodePunycode } from './punycode.ts';

/** Thrown inside the room for input that is no Rust name. */
export const MALFORMED: Error = new Error('not a Rust v0 name');

export function malformed(): never {
  throw MALFORMED;
}

export abstract class V0Cursor {
  readonly input: string;
  at = 0;
  text = '';
  #muted = 0;
  #depth = 0;
  #stepsLeft: number;

  constructor(input: string) {
    this.input = input;
    this.#stepsLeft = mostSteps(input);
  }

  append(text: string): void {
    if (this.#muted > 0) return;
    this.text += text;
    if (this.text.length > MAX_SYMBOL_NAME) malformed();
  }

  /** Reads what `body` reads, shows none of it, and follows no back references in it. */
  mute(body: () => void): void {
    this.#muted++;
    body();
    this.#muted--;
  }

  enter(): void {
    if (--this.#stepsLeft < 0 || ++this.#depth > MAX_DEMANGLE_DEPTH) malformed();
  }

  leave(): void {
    this.#depth--;
  }

  peek(): string {
    return this.input[this.at] ?? '';
  }

  next(): string {
    return this.input[this.at++] ?? malformed();
  }

  accept(letter: string): boolean {
    if (this.input[this.at] !== letter) return false;
    this.at++;
    return true;
  }

  /** Reads elements up to an E, `separator` between them; how many there were. */
  list(separator: string, element: () => void): number {
    let count = 0;
    while (!this.accept('E')) {
      if (count++ > 0) this.append(separator);
      element();
    }
    return count;
  }

  /** `_` is 0, `0_` is 1, and so on; digits 0-9 a-z A-Z. Beyond 2^53 inexact, which only hashes of crates reach. */
  integer62(): number {
    if (this.accept('_')) return 0;
    let value = 0;
    for (;;) {
      const c = this.next();
      if (c === '_') return value + 1;
      value = value * 62 + digit62(c);
      if (value >= 2 ** 64) malformed();
    }
  }

  /** 0 without the `tag`, else the number after it, plus 1. */
  optionalInteger62(tag: string): number {
    return this.accept(tag) ? this.integer62() + 1 : 0;
  }

  disambiguator(): number {
    return this.optionalInteger62('s');
  }

  /** Identifier: u in front of Punycode, length, `_` where the text begins with a digit or `_`. */
  identifier(): string {
    const encoded = this.accept('u');
    const first = this.next();
    if (first < '0' || first > '9') malformed();
    let length = first.charCodeAt(0) - 48;
    if (length > 0) {
      for (let c = this.peek(); c >= '0' && c <= '9'; c = this.peek()) {
        length = length * 10 + (c.charCodeAt(0) - 48);
        if (length > this.input.length) malformed();
        this.at++;
      }
    }
    this.accept('_');
    if (this.at + length > this.input.length) malformed();
    const text = this.input.slice(this.at, this.at + length);
    this.at += length;
    if (!encoded) return text;
    const split = text.lastIndexOf('_');
    const deltas = text.slice(split + 1);
    if (deltas === '') malformed();
    const basic = split < 0 ? '' : text.slice(0, split);
    return decodePunycode(basic, deltas) ?? `punycode{${basic === '' ? '' : `${basic}-`}${deltas}}`;
  }

  /** After a B: reads `body` again where it stood first. */
  backReference(body: () => void): void {
    const start = this.at - 1;
    const target = this.integer62();
    if (target >= start) malformed();
    if (this.#muted > 0) return;
    const { at } = this;
    this.at = target;
    this.enter();
    body();
    this.leave();
    this.at = at;
  }
}

function digit62(c: string): number {
  const code = c.charCodeAt(0);
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 122) return code - 87;
  if (code >= 65 && code <= 90) return code - 29;
  return malformed();
}
