// The values of expressions in print formats (FORMAT 6.3; SPEC 7.3): unsigned numbers of 64 bits. Fields are never sign-extended, so that a
// field of four bytes that holds -1 is 0xffffffff: it is the conversion (%d) that makes it negative again. Each expression becomes a
// closure once, when the first event of its kind is shown.

import type { FormatField } from './event-format.ts';
import { type Expression, calculate } from './print-expression.ts';
import type { RawEvent } from './raw-event.ts';

export type NumberOf = (event: RawEvent) => bigint;

const ZERO: NumberOf = () => 0n;

/** The value of an expression in an event; 0 of what has none. */
export function compileNumber(expression: Expression, longSize: number): NumberOf {
  switch (expression.kind) {
    case 'atom': {
      const { value } = expression;
      return () => value;
    }
    case 'field':
      return expression.field === undefined ? ZERO : fieldNumber(expression.field);
    case 'cast': {
      const item = compileNumber(expression.item, longSize);
      const bits = castBits(expression.type);
      return bits === 64 ? item : (event) => BigInt.asUintN(bits, item(event));
    }
    case 'unary':
      return compileUnary(expression, longSize);
    case 'binary': {
      const { operator } = expression;
      const left = compileNumber(expression.left, longSize);
      const right = compileNumber(expression.right, longSize);
      return (event) => BigInt.asUintN(64, calculate(operator, left(event), right(event)));
    }
    case 'index':
      return compileIndex(expression, longSize);
    case 'choice': {
      const condition = compileNumber(expression.condition, longSize);
      const yes = compileNumber(expression.yes, longSize);
      const no = compileNumber(expression.no, longSize);
      return (event) => (condition(event) === 0n ? no(event) : yes(event));
    }
    case 'dynamic': {
      // As a number it is an address of perf's own, which differs from run to run: we say where the bytes lie in the event.
      const { field } = expression;
      return (event) => {
        event.locate(field);
        return BigInt(event.offset);
      };
    }
    case 'dynamic-length': {
      const { field } = expression;
      return (event) => {
        event.locate(field);
        return BigInt(event.length);
      };
    }
    default:
      return ZERO;
  }
}

function fieldNumber({ offset, size }: FormatField): NumberOf {
  return (event) => event.number(offset, size);
}

function compileUnary(expression: Expression & { readonly kind: 'unary' }, longSize: number): NumberOf {
  const item = compileNumber(expression.item, longSize);
  switch (expression.operator) {
    case '!': return (event) => (item(event) === 0n ? 1n : 0n);
    case '~': return (event) => BigInt.asUintN(64, ~item(event));
    case '-': return (event) => BigInt.asUintN(64, -item(event));
    case '+': return item;
  }
}

/** An element of a field's array, or of the bytes that a dynamic field points to. */
function compileIndex(expression: Expression & { readonly kind: 'index' }, longSize: number): NumberOf {
  const index = compileNumber(expression.index, longSize);
  let array = expression.array;
  let bits = 64;
  if (array.kind === 'cast') bits = array.type.endsWith('*') ? castBits(array.type.slice(0, -1).trim()) : 64;
  while (array.kind === 'cast') array = array.item;
  if (array.kind === 'field') {
    const { field } = array;
    if (field === undefined) return ZERO;
    return (event) => BigInt.asUintN(bits, event.number(field.offset + small(index(event)) * field.elementSize, field.elementSize));
  }
  if (array.kind !== 'dynamic') return ZERO;
  const { field } = array;
  const size = field.elementSize === 0 ? longSize : field.elementSize;
  return (event) => {
    const at = small(index(event));
    event.locate(field);
    return BigInt.asUintN(bits, event.number(event.offset + at, size));
  };
}

/** An index as a double: large ones lie outside of every event. */
function small(index: bigint): number {
  return index > 0xffff_ffffn ? 0xffff_ffff : Number(index);
}

/** How many bits a cast leaves; pointers, structures and all that is not known leave everything. */
function castBits(type: string): number {
  switch (type) {
    case 'u8': case 's8': case 'char': case 'unsigned char':
      return 8;
    case 'u16': case 's16': case 'short': case 'unsigned short':
      return 16;
    case 'u32': case 's32': case 'int': case 'unsigned int':
      return 32;
    default:
      return 64;
  }
}
