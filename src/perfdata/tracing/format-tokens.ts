// The words of a print format (FORMAT 6.3; SPEC 7.3): those of C, as far as the kernel's macros leave any.

/** `item`: a name or a number, which only their use tells apart. */
export type TokenKind = 'item' | 'string' | 'character' | 'operator' | 'delimiter' | 'end';

const SPACE = /\s+/y;
const ITEM = /\w+/y;
const OPERATOR = /->|\+\+|--|\|\||&&|<<=|>>=|<<|>>|[-+|&<>!=]=|[!-/:-@[-^{-~]/y;

/** Names of macros that old kernels left in the formats of mac80211, and what they stand for. */
const MISTAKES: ReadonlyMap<string, string> = new Map([['LOCAL_PR_FMT', '%s'], ['STA_PR_FMT', ' sta:%pM'], ['VIF_PR_FMT', ' vif:%p(%d)']]);

/** Shows one token after another; adjacent strings are one. */
export class FormatTokens {
  readonly #source: string;
  #position = 0;
  kind: TokenKind = 'end';
  /** Of strings and characters what is between the quotes. */
  text = '';

  /** Shows the first token of a text. */
  constructor(source: string) {
    this.#source = source;
    this.next();
  }

  get isEnd(): boolean {
    return this.kind === 'end';
  }

  /** Whether this is the operator or delimiter `text`. */
  is(text: string): boolean {
    return this.text === text && (this.kind === 'operator' || this.kind === 'delimiter');
  }

  next(): void {
    this.#match(SPACE);
    const item = this.#match(ITEM);
    if (item !== undefined) {
      const meant = MISTAKES.get(item);
      this.#show(meant === undefined ? 'item' : 'string', meant ?? item);
      return;
    }
    const string = this.#quoted('"');
    if (string !== undefined) {
      this.#show('string', string + this.#restOfString());
      return;
    }
    const character = this.#quoted("'");
    if (character !== undefined) {
      this.#show('character', character);
      return;
    }
    const operator = this.#match(OPERATOR);
    if (operator === undefined) this.#show('end', '');
    else this.#show(operator === '(' || operator === ')' || operator === ',' ? 'delimiter' : 'operator', operator);
  }

  /** The strings that follow a string. */
  #restOfString(): string {
    let text = '';
    for (;;) {
      this.#match(SPACE);
      const more = this.#quoted('"');
      if (more === undefined) return text;
      text += more;
    }
  }

  #show(kind: TokenKind, text: string): void {
    this.kind = kind;
    this.text = text;
  }

  /** What stands between quotes here, with its escapes; undefined where no quote begins or none ends. */
  #quoted(quote: string): string | undefined {
    const source = this.#source;
    if (source[this.#position] !== quote) return undefined;
    const start = this.#position + 1;
    let end = start;
    while (end < source.length && source[end] !== quote) end += source[end] === '\\' ? 2 : 1;
    if (end >= source.length) return undefined;
    this.#position = end + 1;
    return source.slice(start, end);
  }

  /** What matches here; undefined where nothing does. */
  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#source);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match[0];
  }
}
