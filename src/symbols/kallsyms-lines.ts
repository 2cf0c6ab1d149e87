// Lines of a kallsyms file (FORMAT 3.2): `ADDRESS TYPE NAME`, with `<tab>[module]` behind for symbols of loadable modules. All
// functions work on the file's bytes; small ones, called for every line, which V8 compiles early and cheaply.

import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';

export const NEWLINE = 0x0a;
export const TAB = 0x09;
const BLANK = 0x20;
const CLOSING_BRACKET = 0x5d;
const TWO_32 = 4_294_967_296;
const decoder = new TextDecoder();

/** The value of a hexadecimal digit by its byte; 255 for other bytes. */
const DIGITS = new Uint8Array(256).fill(255);
for (const digit of '0123456789abcdefABCDEF') DIGITS[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** One past the last byte of the line, without its newline. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(NEWLINE, start);
  return end < 0 ? bytes.length : end;
}

/** How many digits the line's address has; 0 if the line is none of a kallsyms file. */
export function addressDigits(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end && DIGITS[bytes[position]!]! < 16) position++;
  const digits = position - start;
  return digits <= 16 && position + 3 < end && bytes[position] === BLANK && bytes[position + 2] === BLANK ? digits : 0;
}

/** The line's address, signed (bytes/int64.ts), from its digits. */
export function addressAt(bytes: Uint8Array, start: number, digits: number): number {
  const split = start + Math.max(0, digits - 8);
  return (hex(bytes, start, split) | 0) * TWO_32 + (hex(bytes, split, start + digits) >>> 0);
}

/** The low 32 bits of a hexadecimal number, as a signed number. */
function hex(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = (value << 4) | DIGITS[bytes[i]!]!;
  return value;
}

/**
 * Whether a symbol is kept: functions, weak symbols, data (T, W, D, B in either case), but for assembler's labels and mapping
 * symbols (`.L…`, `L0…`, `$…`). `type` is where its type letter stands.
 */
export function isKept(bytes: Uint8Array, type: number): boolean {
  const upper = bytes[type]! & 0xdf;
  if (upper !== 0x54 && upper !== 0x57 && upper !== 0x44 && upper !== 0x42) return false;
  const first = bytes[type + 2];
  return !(first === 0x24 || (first === 0x2e && bytes[type + 3] === 0x4c) || (first === 0x4c && bytes[type + 3] === 0x30));
}

/** Whether the line ends in the name of a module. */
export function isModuleLine(bytes: Uint8Array, end: number): boolean {
  return bytes[end - 1] === CLOSING_BRACKET;
}

/** The name that begins at `start`. */
export function nameAt(bytes: Uint8Array, start: number): string {
  const limit = Math.min(bytes.length, start + MAX_SYMBOL_NAME);
  let end = start;
  while (end < limit && bytes[end] !== NEWLINE && bytes[end] !== TAB) end++;
  return decoder.decode(bytes.subarray(start, end));
}

export function equalBytes(bytes: Uint8Array, a: number, b: number, length: number): boolean {
  for (let i = 0; i < length; i++) if (bytes[a + i] !== bytes[b + i]) return false;
  return true;
}

/** The address of the first symbol of the kernel with that name, of whatever type; undefined without one. Walks the lines. */
export function addressOfName(bytes: Uint8Array, name: string): number | undefined {
  const wanted = new TextEncoder().encode(` ${name}`);
  for (let start = 0; start < bytes.length; ) {
    const end = lineEnd(bytes, start);
    const at = end - wanted.length;
    let i = 0;
    while (at > start && i < wanted.length && bytes[at + i] === wanted[i]) i++;
    const digits = i === wanted.length ? addressDigits(bytes, start, end) : 0;
    if (digits > 0 && start + digits + 2 === at) return addressAt(bytes, start, digits);
    start = end + 1;
  }
  return undefined;
}
