// <const> of Rust's v0 mangling: values of const generics, without the suffix for their type.
import { malformed, V0Cursor } from './v0-cursor.ts';

/** Integers above this are written in hexadecimal. */
const MAX_U64_NIBBLES = 16;

export abstract class ConstantPrinter extends V0Cursor {
  abstract path(inValue: boolean): void;

  /** Inside an expression composite values stand as they are, in a type's arguments they are set in braces. */
  constant(inExpression: boolean): void {
    this.enter();
    this.#constant(this.next(), inExpression);
    this.leave();
  }

  #constant(tag: string, inExpression: boolean): void {
    switch (tag) {
      case 'p':
        return this.append('_');
      case 'h':
      case 't':
      case 'm':
      case 'y':
      case 'o':
      case 'j':
        return this.#integer();
      case 'a':
      case 's':
      case 'l':
      case 'x':
      case 'n':
      case 'i':
        if (this.accept('n')) this.append('-');
        return this.#integer();
      case 'b':
        return this.append(this.#choose(this.#nibbles().replace(/^0+/, '')));
      case 'c':
        return this.#character();
      case 'B':
        return this.backReference(() => this.constant(inExpression));
      case 'R':
        if (!this.accept('e')) break;
        return this.#string();
    }
    if (!inExpression) this.append('{');
    this.#composite(tag);
    if (!inExpression) this.append('}');
  }

  #composite(tag: string): void {
    switch (tag) {
      case 'e':
        this.append('*');
        return this.#string();
      case 'R':
      case 'Q':
        this.append(tag === 'R' ? '&' : '&mut ');
        return this.constant(true);
      case 'A':
        this.append('[');
        this.list(', ', () => this.constant(true));
        return this.append(']');
      case 'T':
        this.append('(');
        if (this.list(', ', () => this.constant(true)) === 1) this.append(',');
        return this.append(')');
      case 'V':
        this.path(true);
        return this.#fields();
      default:
        return malformed();
    }
  }

  #fields(): void {
    switch (this.next()) {
      case 'U':
        return;
      case 'T':
        this.append('(');
        this.list(', ', () => this.constant(true));
        return this.append(')');
      case 'S':
        this.append(' { ');
        this.list(', ', () => {
          this.disambiguator();
          this.append(`${this.identifier()}: `);
          this.constant(true);
        });
        return this.append(' }');
      default:
        return malformed();
    }
  }

  // -- scalars -------------------------------------------------------------------------------------------------------

  /** Lower-case hexadecimal digits up to a `_`. */
  #nibbles(): string {
    const start = this.at;
    for (let c = this.next(); c !== '_'; c = this.next()) {
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) malformed();
    }
    return this.input.slice(start, this.at - 1);
  }

  #integer(): void {
    const nibbles = this.#nibbles();
    const digits = nibbles.replace(/^0+/, '');
    if (digits === '') return this.append('0');
    this.append(digits.length > MAX_U64_NIBBLES ? `0x${nibbles}` : BigInt(`0x${digits}`).toString());
  }

  #choose(digits: string): string {
    return digits === '' ? 'false' : digits === '1' ? 'true' : malformed();
  }

  #character(): void {
    const digits = this.#nibbles().replace(/^0+/, '');
    const code = digits === '' ? 0 : digits.length > 6 ? malformed() : Number.parseInt(digits, 16);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) malformed();
    this.append(`'${escaped(String.fromCodePoint(code), "'")}'`);
  }

  #string(): void {
    const nibbles = this.#nibbles();
    if (nibbles.length % 2 !== 0) malformed();
    const bytes = new Uint8Array(nibbles.length / 2);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(nibbles.slice(2 * i, 2 * i + 2), 16);
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return malformed();
    }
    let quoted = '';
    for (const c of text) quoted += escaped(c, '"');
    this.append(`"${quoted}"`);
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'], ['\t', '\\t'], ['\r', '\\r'], ['\n', '\\n'], ['\\', '\\\\'],
]);

/** A character as perf writes it: everything beyond ASCII by its number. */
function escaped(c: string, quote: string): string {
  if (c === quote) return `\\${c}`;
  return ESCAPES.get(c) ?? (/[ -~]/.test(c) ? c : `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
