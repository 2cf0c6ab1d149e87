// What `%p` and its relatives print (FORMAT 6.3; SPEC 7.3): kernel functions, network and hardware addresses, UUIDs, bytes. Those that the
// kernel knows and libtraceevent does not (%pK, %pV, %pd) are an address and their letter, as perf has it.

import type { FormatField } from './event-format.ts';
import type { Expression } from './print-expression.ts';
import { compileNumber } from './print-numbers.ts';
import { type KernelTexts, hexDump } from './print-texts.ts';
import type { RawEvent } from './raw-event.ts';

/** `length`: what `*` said, 1 without. */
export type PointerTextOf = (event: RawEvent, length: number) => string;

/** The letters behind `%p` that belong to it. */
const SUFFIX = /^(?:[FfSs]|[Mm][RF]?|[Ii]S[pfs]*[hnlb]?c?|[Ii]4[hnlb]?|[Ii]6c?|[Ii]|U[LlBb]?|h[CDN]?)/;

export function pointerSuffix(text: string): string {
  return SUFFIX.exec(text)?.[0] ?? '';
}

/** How perf calls the kinds of expressions when one stands where only a field can. */
const KIND_NUMBERS: Readonly<Record<Expression['kind'], number>> = {
  atom: 1, field: 2, flags: 3, symbol: 4, hex: 5, array: 6, cast: 7, text: 8, dynamic: 10, unary: 11, binary: 11, index: 11, choice: 11, bitmask: 13,
  'dynamic-length': 14, cpumask: 16,
};

export function compilePointer(suffix: string, expression: Expression, kernel: KernelTexts): PointerTextOf {
  const number = compileNumber(expression, kernel.longSize);
  switch (suffix[0]) {
    case 'S': case 'F': case 's': case 'f': {
      const withOffset = suffix === 'S' || suffix === 'F';
      return (event) => {
        const address = number(event);
        return kernel.symbol(address, withOffset) ?? `0x${address.toString(16)}`;
      };
    }
    case 'M': case 'm':
      return fieldBytes(expression, 6, 'INVALIDMAC', (event, offset) => macText(event, offset, suffix));
    case 'I': case 'i':
      return compileNetworkAddress(suffix, expression);
    case 'U':
      return fieldBytes(expression, 16, 'INVALIDUUID', (event, offset) => uuidText(event, offset, suffix[1] ?? ''));
    case 'h': {
      if (expression.kind !== 'dynamic') return misplaced('ARG TYPE NOT FIELD BUT', expression);
      const { field } = expression;
      const separator = { C: ':', D: '-', N: '' }[suffix[1] ?? ''] ?? ' ';
      return (event, length) => {
        event.locate(field);
        return hexDump(event, event.offset, Math.min(length, event.length), separator);
      };
    }
    default:
      return (event) => {
        const address = number(event);
        return address === 0n ? '(nil)' : `0x${address.toString(16)}`;
      };
  }
}

function misplaced(message: string, expression: Expression): PointerTextOf {
  const text = `${message} ${expression.kind === 'hex' && expression.separator === '' ? 15 : KIND_NUMBERS[expression.kind]}`;
  return () => text;
}

function withoutCasts(expression: Expression): Expression {
  let item = expression;
  while (item.kind === 'cast') item = item.item;
  return item;
}

/** The bytes of a field of a certain size. */
function fieldBytes(
  expression: Expression, size: number, invalid: string, print: (event: RawEvent, offset: number) => string,
): PointerTextOf {
  const item = withoutCasts(expression);
  if (item.kind !== 'field') return misplaced('ARG TYPE NOT FIELD BUT', item);
  const { field } = item;
  if (field === undefined) return () => '';
  return field.size === size ? (event) => print(event, field.offset) : () => invalid;
}

function hexByte(value: number): string {
  return value.toString(16).padStart(2, '0');
}

function macText(event: RawEvent, offset: number, suffix: string): string {
  const bytes = Array.from({ length: 6 }, (_, index) => hexByte(event.byte(offset + index)));
  if (suffix[1] === 'R') bytes.reverse();
  return bytes.join(suffix[0] === 'm' ? '' : suffix[1] === 'F' ? '-' : ':');
}

/** The order of the bytes of a GUID: its first three numbers are little-endian. */
const GUID_ORDER = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

function uuidText(event: RawEvent, offset: number, variant: string): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    text += hexByte(event.byte(offset + (variant === 'L' || variant === 'l' ? GUID_ORDER[i]! : i)));
    if (i === 3 || i === 5 || i === 7 || i === 9) text += '-';
  }
  return variant === 'L' || variant === 'B' ? text.toUpperCase() : text;
}

function compileNetworkAddress(suffix: string, expression: Expression): PointerTextOf {
  const isPadded = suffix[0] === 'i';
  const isReversed = (event: RawEvent): boolean => suffix.endsWith('l') || (suffix.endsWith('h') && event.littleEndian);
  const ip4 = (event: RawEvent, offset: number): string => ip4Text(event, offset, isPadded, isReversed(event));
  const ip6 = (event: RawEvent, offset: number): string => (suffix.endsWith('c') && !isPadded ? shortIp6Text(event, offset) : ip6Text(event, offset, isPadded));
  if (suffix[1] === '4') return fieldBytes(expression, 4, 'INVALIDIPv4', ip4);
  if (suffix[1] === '6') return fieldBytes(expression, 16, 'INVALIDIPv6', ip6);
  if (suffix[1] !== 'S') return () => '';
  const item = withoutCasts(expression);
  if (item.kind !== 'field' && item.kind !== 'dynamic') return misplaced('ARG NOT FIELD NOR DYNAMIC ARRAY BUT TYPE', item);
  const { field } = item;
  if (field === undefined) return () => '';
  const hasPort = suffix.includes('p') && !isPadded;
  const isDynamic = item.kind === 'dynamic';
  return (event) => {
    place(event, field, isDynamic);
    return socketText(event, hasPort, ip4, ip6);
  };
}

function place(event: RawEvent, field: FormatField, isDynamic: boolean): void {
  if (isDynamic) event.locate(field);
  else {
    event.offset = field.offset;
    event.length = field.size;
  }
}

const AF_INET = 2;
const AF_INET6 = 10;
const SOCKADDR_IN_SIZE = 16;
const SOCKADDR_IN6_SIZE = 28;

/** A struct sockaddr: the family in the machine's order, port and address in the network's. */
function socketText(
  event: RawEvent, hasPort: boolean, ip4: (event: RawEvent, offset: number) => string, ip6: (event: RawEvent, offset: number) => string,
): string {
  const { offset, length } = event;
  const family = event.small(offset, 2);
  const port = (event.byte(offset + 2) << 8) | event.byte(offset + 3);
  if (family === AF_INET) {
    if (length < SOCKADDR_IN_SIZE) return 'INVALIDIPv4';
    return ip4(event, offset + 4) + (hasPort ? `:${port}` : '');
  }
  if (family !== AF_INET6) return '';
  if (length < SOCKADDR_IN6_SIZE) return `INVALIDIPv6`;
  const address = ip6(event, offset + 8);
  return hasPort ? `[${address}]:${port}` : address;
}

function ip4Text(event: RawEvent, offset: number, isPadded: boolean, isReversed: boolean): string {
  const parts = Array.from({ length: 4 }, (_, index) => String(event.byte(offset + index)).padStart(isPadded ? 3 : 1, '0'));
  if (isReversed) parts.reverse();
  return parts.join('.');
}

/** All digits, with colons or (`%pi6`) without. */
function ip6Text(event: RawEvent, offset: number, isPlain: boolean): string {
  return hexDump(event, offset, 16, '').replace(/.{4}(?=.)/g, isPlain ? '$&' : '$&:');
}

/** RFC 5952: the longest run of zeros left out, addresses of the old protocol in its own notation. */
function shortIp6Text(event: RawEvent, offset: number): string {
  const words = Array.from({ length: 8 }, (_, index) => (event.byte(offset + index * 2) << 8) | event.byte(offset + index * 2 + 1));
  const isMapped = words.slice(0, 5).every((word) => word === 0) && words[5] === 0xffff;
  const isIsatap = (words[4]! | 0x0200) === 0x0200 && words[5] === 0x5efe;
  const count = isMapped || isIsatap ? 6 : 8;
  let [from, to] = [count, count];
  for (let start = 0; start < count; start++) {
    let end = start;
    while (end < count && words[end] === 0) end++;
    if (end - start > Math.max(to - from, 1)) [from, to] = [start, end];
  }
  const hex = (list: readonly number[]): string => list.map((word) => word.toString(16)).join(':');
  const tail = count === 6 ? ip4Text(event, offset + 12, false, false) : '';
  const before = hex(words.slice(0, from));
  const after = [hex(words.slice(to, count)), tail].filter((part) => part !== '').join(':');
  return from === count ? [before, tail].filter((part) => part !== '').join(':') : `${before}::${after}`;
}
