// What `%s` prints for an expression of a print format (FORMAT 6.3; SPEC 7.3): strings in the event or in the kernel, the names of flags and
// constants, bytes and arrays as hexadecimal numbers, sets of CPUs.

import { decodeText } from '../../bytes/text.ts';
import type { FormatField } from './event-format.ts';
import { type Conversion, stringText } from './print-conversion.ts';
import type { Expression, NamedValue } from './print-expression.ts';
import { compileNumber } from './print-numbers.ts';
import type { RawEvent } from './raw-event.ts';

export type TextOf = (event: RawEvent, conversion: Conversion) => string;

/** The kernel's memory, as far as the recording or the viewer knows it. */
export interface KernelTexts {
  /** Bytes of a pointer: 4 or 8. */
  readonly longSize: number;
  /** A constant string by its address (printk_formats). */
  readonly constant: (address: bigint) => string | undefined;
  /** The function at an address, with or without `+0xOFFSET`; undefined where it is not known. */
  readonly symbol: (address: bigint, withOffset: boolean) => string | undefined;
}

const NOTHING: TextOf = () => '';

export function compileText(expression: Expression, kernel: KernelTexts): TextOf {
  switch (expression.kind) {
    case 'atom': {
      const { text } = expression;
      return (_event, conversion) => stringText(conversion, text);
    }
    case 'field':
      return expression.field === undefined ? NOTHING : fieldText(expression.field, kernel);
    case 'choice': {
      const condition = compileNumber(expression.condition, kernel.longSize);
      const yes = compileText(expression.yes, kernel);
      const no = compileText(expression.no, kernel);
      return (event, conversion) => (condition(event) === 0n ? no(event, conversion) : yes(event, conversion));
    }
    case 'flags': {
      const item = compileNumber(expression.item, kernel.longSize);
      const { delimiter, table } = expression;
      return (event, conversion) => flagsText(item(event), delimiter, table, conversion);
    }
    case 'symbol': {
      const item = compileNumber(expression.item, kernel.longSize);
      const names = new Map<bigint, string>();
      for (const { value, name } of expression.table) if (!names.has(value)) names.set(value, name);
      return (event, conversion) => {
        const value = item(event);
        const name = names.get(BigInt.asIntN(64, value));
        return name === undefined ? `0x${value.toString(16)}` : stringText(conversion, name);
      };
    }
    case 'hex':
      return hexText(expression, kernel.longSize);
    case 'array':
      return arrayText(expression, kernel.longSize);
    case 'text':
      return expression.field === undefined ? NOTHING : dynamicText(expression.field);
    case 'bitmask':
    case 'cpumask':
      return expression.field === undefined ? NOTHING : maskText(expression.field, expression.kind === 'bitmask' ? bitmask : cpuList);
    default:
      return NOTHING;
  }
}

/** A string in the event; a field of a pointer's size is the address of one in the kernel. */
function fieldText(field: FormatField, kernel: KernelTexts): TextOf {
  if (!field.isArray && field.size === kernel.longSize) {
    return (event) => {
      const address = event.number(field.offset, field.size);
      return kernel.constant(address) ?? address.toString(16);
    };
  }
  return (event, conversion) => {
    const length = field.size === 0 ? event.size - field.offset : field.size;
    return stringText(conversion, textIn(event, field.offset, length));
  };
}

/** The text in the event up to a NUL, at most `length` bytes. */
export function textIn(event: RawEvent, offset: number, length: number): string {
  const end = Math.min(offset + length, event.size);
  return offset >= end ? '' : decodeText(event.bytes, event.start + offset, event.start + end);
}

/** A string a dynamic field points to. Its length only says whether there is one: it ends with a NUL. */
function dynamicText(field: FormatField): TextOf {
  return (event, conversion) => {
    event.locate(field);
    return event.length === 0 ? '' : stringText(conversion, textIn(event, event.offset, event.size));
  };
}

/** Masks in the order of the table, whose bits are then taken away; what is left as a number. */
function flagsText(flags: bigint, delimiter: string, table: readonly NamedValue[], conversion: Conversion): string {
  let left = flags;
  let text = '';
  let isFirst = true;
  for (const { value, name } of table) {
    if (left === 0n && value < 0n) return text + stringText(conversion, name);
    if (value <= 0n || (left & value) !== value) continue;
    text += isFirst ? stringText(conversion, name) : delimiter + stringText(conversion, name);
    isFirst = false;
    left &= ~value;
  }
  if (left === 0n) return text;
  return `${text}${isFirst ? '' : delimiter}0x${left.toString(16)}`;
}

/** Sets `event.offset` to where the bytes of an expression begin. */
function compilePlace(expression: Expression): ((event: RawEvent) => void) | undefined {
  if (expression.kind === 'dynamic') {
    const { field } = expression;
    return (event) => event.locate(field);
  }
  const field = expression.kind === 'field' ? expression.field : undefined;
  if (field === undefined) return undefined;
  return (event) => {
    event.offset = field.offset;
  };
}

function hexText(expression: Expression & { readonly kind: 'hex' }, longSize: number): TextOf {
  const place = compilePlace(expression.data);
  const length = compileNumber(expression.length, longSize);
  const { separator } = expression;
  if (place === undefined) return NOTHING;
  return (event) => {
    const count = count32(length(event));
    place(event);
    return hexDump(event, event.offset, count, separator);
  };
}

/** `count` bytes, as far as the event has them, each as two digits. */
export function hexDump(event: RawEvent, offset: number, count: number, separator: string): string {
  let text = '';
  const end = Math.min(offset + count, event.size);
  for (let at = offset; at < end; at++) text += (at === offset ? '' : separator) + event.byte(at).toString(16).padStart(2, '0');
  return text;
}

function arrayText(expression: Expression & { readonly kind: 'array' }, longSize: number): TextOf {
  const place = compilePlace(expression.data);
  const count = compileNumber(expression.count, longSize);
  const elementSize = compileNumber(expression.elementSize, longSize);
  if (place === undefined) return NOTHING;
  return (event) => {
    const elements = count32(count(event));
    let size = count32(elementSize(event));
    place(event);
    let text = '{';
    let at = event.offset;
    for (let i = 0; i < elements && at < event.size; i++) {
      if (i > 0) text += ',';
      if (size !== 1 && size !== 2 && size !== 4 && size !== 8) {
        text += `BAD SIZE:${size | 0} `;
        size = 1;
      }
      text += `0x${event.number(at, size).toString(16)}`;
      at += size;
    }
    return `${text}}`;
  };
}

/** A count as C's unsigned int. */
function count32(value: bigint): number {
  return Number(BigInt.asUintN(32, value));
}

function maskText(field: FormatField, print: (event: RawEvent) => string): TextOf {
  return (event, conversion) => {
    event.locate(field);
    event.length = Math.min(event.length, Math.max(event.size - event.offset, 0));
    return stringText(conversion, print(event));
  };
}

/** Byte `index` of a mask, counted from the one with the lowest bits. */
function maskByte(event: RawEvent, index: number): number {
  return event.byte(event.offset + (event.littleEndian ? index : event.length - 1 - index));
}

/** Hexadecimal, highest bits first, with a comma every 32 bits. */
function bitmask(event: RawEvent): string {
  let text = '';
  for (let index = event.length - 1; index >= 0; index--) {
    text += maskByte(event, index).toString(16).padStart(2, '0');
    if (index % 4 === 0 && index > 0) text += ',';
  }
  return text;
}

/** `0-3,7`. */
function cpuList(event: RawEvent): string {
  const ranges: string[] = [];
  const bits = event.length * 8;
  let first = -1;
  for (let bit = 0; bit <= bits; bit++) {
    const isSet = bit < bits && ((maskByte(event, bit >>> 3) >>> (bit & 7)) & 1) === 1;
    if (isSet && first < 0) first = bit;
    if (isSet || first < 0) continue;
    ranges.push(bit - 1 === first ? `${first}` : `${first}-${bit - 1}`);
    first = -1;
  }
  return ranges.join(',');
}
