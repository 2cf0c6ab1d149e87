// The arguments of a print format, parsed (FORMAT 6.3; SPEC 7.3): C expressions over the fields of an event, with the functions that the
// kernel's macros leave. What libtraceevent does not read, perf does not print, and neither do we: the event's fields are shown instead.

import { MAX_PRINT_NESTING } from '../../bytes/limits.ts';
import { type EventFormat, type FormatField, findField } from './event-format.ts';
import { FormatTokens } from './format-tokens.ts';
import { type OperandSource, type OperatorGrouping, expressionOfC, expressionOfPerf, restOfPerf } from './operator-grouping.ts';
import { type Expression, type NamedValue, numberOf, tableValue } from './print-expression.ts';

/** A print format that cannot be read; does not leave this file. */
class Unreadable extends Error {}

/** The parts of `print fmt: "FORMAT", ARGUMENTS`. */
export interface ParsedPrint {
  /** With its escapes. */
  readonly format: string;
  readonly parameters: readonly Expression[];
}

/** Parses what stands behind `print fmt:`; undefined where it cannot be read. */
export function parsePrint(event: EventFormat, longSize: number, grouping: OperatorGrouping): ParsedPrint | undefined {
  if (event.printFormat === undefined) return undefined;
  try {
    return new PrintParser(event, event.printFormat, longSize, grouping).print();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class PrintParser implements OperandSource {
  readonly tokens: FormatTokens;
  readonly #event: EventFormat;
  readonly #longSize: number;
  readonly #grouping: OperatorGrouping;
  #nesting = 0;

  constructor(event: EventFormat, source: string, longSize: number, grouping: OperatorGrouping) {
    this.#event = event;
    this.#longSize = longSize;
    this.#grouping = grouping;
    this.tokens = new FormatTokens(source.replace(/\(\s*REC\s*\)\s*->/g, 'REC->'));
  }

  print(): ParsedPrint {
    const tokens = this.tokens;
    const format = tokens.text;
    if (tokens.kind !== 'string') throw new Unreadable();
    tokens.next();
    const parameters: Expression[] = [];
    while (tokens.is(',')) {
      tokens.next();
      this.#nesting = 0;
      parameters.push(this.#expression());
    }
    if (parameters.length === 0 && !tokens.isEnd) throw new Unreadable();
    return { format, parameters };
  }

  #expression(): Expression {
    return this.#grouping === 'c' ? expressionOfC(this) : expressionOfPerf(this);
  }

  /** Something with its prefix operators and indices. */
  operand(): Expression {
    const tokens = this.tokens;
    if (tokens.kind === 'operator') {
      const operator = tokens.text;
      if (operator !== '!' && operator !== '~' && operator !== '-' && operator !== '+') throw new Unreadable();
      tokens.next();
      this.enter();
      const prefixed: Expression = { kind: 'unary', operator, item: this.operand() };
      return this.#grouping === 'c' ? prefixed : restOfPerf(this, prefixed);
    }
    let operand = this.#primary();
    while (tokens.is('[')) {
      tokens.next();
      this.enter();
      operand = { kind: 'index', array: operand, index: this.#expression() };
      this.#expect(']');
    }
    return operand;
  }

  #primary(): Expression {
    const { kind, text } = this.tokens;
    this.enter();
    if (kind === 'string') {
      this.tokens.next();
      return atom(text);
    }
    if (kind === 'character') {
      this.tokens.next();
      return atom(String(text.charCodeAt(0) || 0));
    }
    if (kind === 'item') {
      this.tokens.next();
      if (text === 'REC') return this.#field();
      return this.tokens.is('(') ? this.#call(text) : this.#words(text);
    }
    if (!this.tokens.is('(')) throw new Unreadable();
    this.tokens.next();
    return this.#parenthesized();
  }

  /** A name, a number, or the words of a type. */
  #words(first: string): Expression {
    let text = first;
    for (; this.tokens.kind === 'item'; this.tokens.next()) text += ` ${this.tokens.text}`;
    return atom(text);
  }

  /** `REC` has been read; `->field` follows. */
  #field(): Expression {
    this.#expect('->');
    return { kind: 'field', field: findField(this.#event, this.#item()) };
  }

  /** `(` has been read: an expression or a cast. */
  #parenthesized(): Expression {
    const tokens = this.tokens;
    const inner = this.#closed(this.#expression());
    if (tokens.kind !== 'item' && tokens.kind !== 'string' && tokens.kind !== 'character' && !tokens.is('(')) return inner;
    if (inner.kind !== 'atom') throw new Unreadable();
    return { kind: 'cast', type: inner.text, item: this.#primary() };
  }

  #call(name: string): Expression {
    this.tokens.next();
    switch (name) {
      case '__print_flags': {
        const item = this.#expression();
        this.#expect(',');
        const delimiter = this.tokens.is(',') ? '' : this.tokens.text;
        if (!this.tokens.is(',')) this.tokens.next();
        return { kind: 'flags', item, delimiter, table: this.#table() };
      }
      case '__print_symbolic':
        return { kind: 'symbol', item: this.#expression(), table: this.#table() };
      case '__print_hex':
      case '__print_hex_str': {
        const data = this.#expression();
        this.#expect(',');
        return this.#closed({ kind: 'hex', data, length: this.#expression(), separator: name === '__print_hex' ? ' ' : '' });
      }
      case '__print_array': {
        const data = this.#expression();
        this.#expect(',');
        const count = this.#expression();
        this.#expect(',');
        return this.#closed({ kind: 'array', data, count, elementSize: this.#expression() });
      }
      case '__get_str':
      case '__get_rel_str':
        return this.#closed({ kind: 'text', field: findField(this.#event, this.#item()) });
      case '__get_bitmask':
      case '__get_rel_bitmask':
        return this.#closed({ kind: 'bitmask', field: findField(this.#event, this.#item()) });
      case '__get_cpumask':
      case '__get_rel_cpumask':
        return this.#closed({ kind: 'cpumask', field: findField(this.#event, this.#item()) });
      case '__get_dynamic_array':
      case '__get_rel_dynamic_array':
      case '__get_sockaddr':
      case '__get_sockaddr_rel':
      case '__get_rel_sockaddr':
        return this.#closed({ kind: 'dynamic', field: this.#ownField() });
      case '__get_dynamic_array_len':
      case '__get_rel_dynamic_array_len':
        return this.#closed({ kind: 'dynamic-length', field: this.#ownField() });
      case '__builtin_expect': {
        const item = this.#expression();
        this.#expect(',');
        this.#item();
        return this.#closed(item);
      }
      case 'sizeof':
        return this.#closed(atom(String(this.#sizeOf())));
      default:
        throw new Unreadable();
    }
  }

  /** `, { VALUE, "NAME" }` as often as it comes, and `)`. A table may be empty, but not its comma be missing. */
  #table(): NamedValue[] {
    const table: NamedValue[] = [];
    const nesting = this.#nesting;
    this.#expect(',');
    while (this.tokens.is('{')) {
      this.tokens.next();
      this.#nesting = nesting;
      const value = tableValue(this.#expression());
      this.#expect(',');
      const name = nameOf(this.#expression());
      this.#expect('}');
      if (value === undefined || name === undefined) throw new Unreadable();
      table.push({ value, name });
      if (!this.tokens.is(',')) break;
      this.tokens.next();
    }
    this.#expect(')');
    return table;
  }

  #sizeOf(): number {
    const tokens = this.tokens;
    let type = this.#item();
    if (type === 'REC') {
      this.#expect('->');
      const field = findField(this.#event, this.#item());
      if (field === undefined || field.isArray) throw new Unreadable();
      return field.size;
    }
    for (; tokens.kind === 'item'; tokens.next()) type += ` ${tokens.text}`;
    if (/^(unsigned )?long$/.test(type)) return this.#longSize;
    const size = SIZES.get(type);
    if (size === undefined) throw new Unreadable();
    return size;
  }

  /** A field of the event's own. */
  #ownField(): FormatField {
    const name = this.#item();
    const field = this.#event.fields.find((candidate) => candidate.name === name);
    if (field === undefined) throw new Unreadable();
    return field;
  }

  #item(): string {
    const { kind, text } = this.tokens;
    if (kind !== 'item') throw new Unreadable();
    this.tokens.next();
    return text;
  }

  #closed(expression: Expression): Expression {
    this.#expect(')');
    return expression;
  }

  #expect(text: string): void {
    if (!this.tokens.is(text)) throw new Unreadable();
    this.tokens.next();
  }

  /** Expressions are evaluated by recursion: their size is bounded. */
  enter(): void {
    if (++this.#nesting > MAX_PRINT_NESTING) throw new Unreadable();
  }

  fail(): never {
    throw new Unreadable();
  }
}

const SIZES: ReadonlyMap<string, number> = new Map([
  ['int', 4], ['unsigned', 4], ['unsigned int', 4], ['long long', 8], ['unsigned long long', 8],
  ...[8, 16, 32, 64].flatMap((bits) => ['u', 's', '__u', '__s'].map((prefix): [string, number] => [`${prefix}${bits}`, bits / 8])),
]);

/** The name in a line of a table; the last line of some is `((void *)0)`. */
function nameOf(expression: Expression): string | undefined {
  if (expression.kind === 'cast') return nameOf(expression.item);
  return expression.kind === 'atom' ? expression.text : undefined;
}

function atom(text: string): Expression {
  return { kind: 'atom', text, value: numberOf(text) };
}
