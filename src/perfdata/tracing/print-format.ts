// The text of one kind of event, made from its print format (FORMAT 6.3; SPEC 7.3). The format string is cut once into pieces, each a text or a
// conversion with the closure of its argument; an event is then one pass over them.

import { MAX_EVENT_TEXT } from '../../bytes/limits.ts';
import type { EventFormat, FormatField } from './event-format.ts';
import { fieldsText } from './field-text.ts';
import type { OperatorGrouping } from './operator-grouping.ts';
import { numberText, readConversion, stringText, withStar } from './print-conversion.ts';
import type { Expression } from './print-expression.ts';
import { compileNumber, type NumberOf } from './print-numbers.ts';
import { parsePrint } from './print-parser.ts';
import { compilePointer, pointerSuffix } from './print-pointers.ts';
import { compileText, type KernelTexts } from './print-texts.ts';
import type { RawEvent } from './raw-event.ts';

type Piece = string | ((event: RawEvent) => string);

/** Makes the text of events of a kind. */
export type EventPrinter = (event: RawEvent) => string;

/** A print format, compiled. */
export interface CompiledPrint {
  readonly text: EventPrinter;
  /** Of fields that the format shows as they are, by name: how. */
  readonly fields: ReadonlyMap<string, EventPrinter>;
}

const NO_FIELDS: CompiledPrint['fields'] = new Map();

/** `%`, modifiers, a letter, and for pointers what follows it. */
const CONVERSION = /%([-+#0-9.*hlLzZ]*)([cduixXosp])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Compiles a print format. One that cannot be read shows all fields, after a remark. */
export function compilePrint(format: EventFormat, kernel: KernelTexts, grouping: OperatorGrouping): CompiledPrint {
  const fields = new Map<string, EventPrinter>();
  const pieces = compilePieces(format, kernel, grouping, fields);
  if (pieces === undefined) {
    const binary = new Set<FormatField>();
    return { text: (event) => `[FAILED TO PARSE]${fieldsText(format, event, binary)}`, fields: NO_FIELDS };
  }
  const text = (event: RawEvent): string => {
    let text = '';
    for (const piece of pieces) {
      text += typeof piece === 'string' ? piece : piece(event);
      if (text.length > MAX_EVENT_TEXT) break;
    }
    // A NUL ends the text, whether %c or an escape made it.
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  };
  return { text, fields };
}

function compilePieces(format: EventFormat, kernel: KernelTexts, grouping: OperatorGrouping, fields: Map<string, EventPrinter>): Piece[] | undefined {
  const print = parsePrint(format, kernel.longSize, grouping);
  if (print === undefined) return undefined;
  const parameters = print.parameters[Symbol.iterator]();
  const pieces: Piece[] = [];
  let literal = '';
  const source = print.format;
  for (let at = 0; at < source.length; at++) {
    const character = source[at]!;
    if (character === '\\') {
      const escaped = source[++at] ?? '';
      literal += ESCAPES[escaped] ?? escaped;
    } else if (character !== '%') literal += character;
    else if (source[at + 1] === '%') {
      literal += '%';
      at++;
    } else {
      const piece = compileConversion(source, at, parameters, kernel);
      if (piece === undefined) return undefined;
      if (typeof piece.text === 'string') literal += piece.text;
      else {
        if (piece.field !== undefined && !fields.has(piece.field.name)) fields.set(piece.field.name, fieldPrinter(piece.text, literal.endsWith('0x')));
        pieces.push(literal, piece.text);
        literal = '';
      }
      at += piece.length - 1;
    }
  }
  pieces.push(literal);
  return pieces.filter((piece) => piece !== '');
}

function fieldPrinter(print: EventPrinter, isHexadecimal: boolean): EventPrinter {
  return isHexadecimal ? (event) => `0x${print(event)}` : print;
}

/** The field that is the whole of an expression, cast or not. */
function fieldOf(expression: Expression): FormatField | undefined {
  if (expression.kind === 'cast') return fieldOf(expression.item);
  return expression.kind === 'field' ? expression.field : undefined;
}

/** The conversion at an offset of the format string, and the field that it shows; undefined where arguments are missing. */
function compileConversion(
  source: string, at: number, parameters: Iterator<Expression>, kernel: KernelTexts,
): { readonly text: Piece; readonly length: number; readonly field?: FormatField | undefined } | undefined {
  CONVERSION.lastIndex = at;
  const match = CONVERSION.exec(source);
  if (match === null) return strangeConversion(source, at);
  const [whole, modifiers, letter] = [match[0], match[1]!, match[2]!];
  let star: NumberOf | undefined;
  const stars = modifiers.split('*').length - 1;
  if (stars > 1) return undefined;
  if (stars === 1) {
    const next = parameters.next();
    if (next.done === true) return undefined;
    star = compileNumber(next.value, kernel.longSize);
  }
  const next = parameters.next();
  if (next.done === true) return undefined;
  const parameter = next.value;
  const field = fieldOf(parameter);
  if (letter === 'p') {
    const suffix = pointerSuffix(source.slice(at + whole.length, at + whole.length + 16));
    const pointer = compilePointer(suffix, parameter, kernel);
    return { text: (event) => pointer(event, star === undefined ? 1 : int(star(event))), length: whole.length + suffix.length, field };
  }
  if (letter === 's') return { text: stringPiece(modifiers, parameter, star, kernel), length: whole.length, field };
  const bits = numberBits(modifiers);
  if (bits === undefined) return undefined;
  const conversion = readConversion(modifiers, letter, bits);
  const number = compileNumber(parameter, kernel.longSize);
  const piece: Piece = star === undefined
    ? (event) => numberText(conversion, number(event))
    : (event) => numberText(withStar(conversion, int(star(event))), number(event));
  return { text: piece, length: whole.length, field };
}

function stringPiece(modifiers: string, parameter: Expression, star: NumberOf | undefined, kernel: KernelTexts): Piece {
  const conversion = readConversion(modifiers, 's', 0);
  // A string that stands in the format is the same for all events.
  if (parameter.kind === 'atom' && star === undefined) return stringText(conversion, parameter.text);
  const text = compileText(parameter, kernel);
  return star === undefined ? (event) => text(event, conversion) : (event) => text(event, withStar(conversion, int(star(event))));
}

/** What is no conversion: the character that makes it none is shown between angles, as perf does. A `%` at the end vanishes. */
function strangeConversion(source: string, at: number): { readonly text: string; readonly length: number } {
  const modifiers = /^[-+#0-9.*hlLzZ]*/.exec(source.slice(at + 1, at + 32))![0];
  const letter = source[at + 1 + modifiers.length];
  return letter === undefined ? { text: '', length: source.length - at } : { text: `>${letter}<`, length: modifiers.length + 2 };
}

/** Bits that the length modifiers say; `long` has 64 even where the kernel's had 32. Undefined for `hhh` and `lll`. */
function numberBits(modifiers: string): number | undefined {
  let size = 0;
  for (const modifier of modifiers) {
    if (modifier === 'h') size--;
    else if (modifier === 'l') size++;
    else if (modifier === 'L') size = 2;
    else if (modifier === 'z' || modifier === 'Z') size = 1;
  }
  return { '-2': 8, '-1': 16, 0: 32, 1: 64, 2: 64 }[size];
}

/** As C's int. */
function int(value: bigint): number {
  return Number(BigInt.asIntN(32, value));
}
