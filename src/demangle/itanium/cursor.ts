// Input side of the Itanium demangler: the position, numbers, the table of substitutions, and the bounds that keep
// hostile names cheap. The grammar's parts (types, expressions, names) stand on it, one class upon the other, because
// each part needs all the others: what comes from a later part is declared abstract here.
import { MAX_DEMANGLE_DEPTH } from '../../bytes/limits.ts';
import { mostSteps } from '../steps.ts';
import type { Node } from './nodes.ts';

/** Thrown inside the room for input that is no mangled name; one object, since nobody reads its stack. */
export const MALFORMED: Error = new Error('not a mangled name');

export function malformed(): never {
  throw MALFORMED;
}

const NOT_DIGIT = -1;

export abstract class Cursor {
  readonly input: string;
  at = 0;
  /** Name a constructor or destructor takes: the last identifier seen outside template arguments. */
  lastName: Node | undefined = undefined;
  /** Inside an expression `cv` is a cast, else a conversion operator. */
  inExpression = false;
  /** Inside the type of a conversion operator a template argument list may belong to the operator. */
  inConversion = false;
  substitutions: Node[] = [];
  #depth = 0;
  #stepsLeft: number;

  constructor(input: string) {
    this.input = input;
    this.#stepsLeft = mostSteps(input);
  }

  abstract type(): Node;
  abstract expression(): Node;
  abstract expressionList(end: string): Node[];
  abstract name(): Node;
  abstract sourceName(): Node;
  abstract unqualifiedName(scope: Node | undefined, module: Node | undefined): Node;
  abstract template(name: Node): Node;
  abstract templateArgument(): Node;
  abstract mangledName(): Node;
  abstract operatorName(): Node;

  /** The character `ahead` of the position, '' at the end. */
  peek(ahead = 0): string {
    return this.input[this.at + ahead] ?? '';
  }

  /** Steps over `text` if it comes next. */
  accept(text: string): boolean {
    if (!this.input.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) malformed();
  }

  next(): string {
    return this.input[this.at++] ?? malformed();
  }

  isDigit(ahead = 0): boolean {
    const code = this.input.charCodeAt(this.at + ahead);
    return code >= 48 && code <= 57;
  }

  isLower(ahead = 0): boolean {
    const code = this.input.charCodeAt(this.at + ahead);
    return code >= 97 && code <= 122;
  }

  /** Unsigned decimal number, -1 if there is none. */
  optionalNumber(): number {
    if (!this.isDigit()) return NOT_DIGIT;
    let value = 0;
    while (this.isDigit()) {
      value = value * 10 + (this.input.charCodeAt(this.at++) - 48);
      if (value > 0x7fffffff) malformed();
    }
    return value;
  }

  /** `_` is 0, `0_` is 1, and so on. */
  compactNumber(): number {
    if (this.accept('_')) return 0;
    const value = this.optionalNumber();
    if (value < 0) malformed();
    this.expect('_');
    return value + 1;
  }

  /** Index after S: `_` is 0, `0_` is 1, base 36. */
  sequenceId(): number {
    if (this.accept('_')) return 0;
    let value = 0;
    for (;;) {
      const c = this.next();
      if (c === '_') return value + 1;
      const digit = c >= '0' && c <= '9' ? c.charCodeAt(0) - 48 : c >= 'A' && c <= 'Z' ? c.charCodeAt(0) - 55 : malformed();
      value = value * 36 + digit;
      if (value > 0x7fffffff) malformed();
    }
  }

  /** Enters a production that may contain itself. What reads twice when it has guessed wrong is bounded by the steps. */
  enter(): void {
    if (--this.#stepsLeft < 0) malformed();
    if (++this.#depth > MAX_DEMANGLE_DEPTH) malformed();
  }

  leave(): void {
    this.#depth--;
  }

  substitutable(node: Node): Node {
    this.substitutions.push(node);
    return node;
  }
}
