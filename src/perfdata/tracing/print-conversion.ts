// The conversions of printf as C does them, for the format strings of tracepoints (FORMAT 6.3; SPEC 7.3).

import { MAX_PRINT_WIDTH } from '../../bytes/limits.ts';
import { decodeText, encodeText } from '../../bytes/text.ts';

/** `%-08.3llx`, taken apart. */
export interface Conversion {
  /** `d`, `i`, `u`, `x`, `X`, `o`, `c`, `s`. */
  readonly letter: string;
  /** Bits of the number that are looked at: 8, 16, 32 or 64. */
  readonly bits: number;
  readonly left: boolean;
  readonly plus: boolean;
  readonly zeros: boolean;
  /** `#`: with 0x or 0. */
  readonly prefixed: boolean;
  readonly width: number;
  /** -1 where it is not given. */
  readonly precision: number;
  /** Whether the argument before says the width or precision. */
  readonly star: 'width' | 'precision' | undefined;
}

const SHAPE = /^([-+#0]*)(\d*|\*)(?:\.(\d*|\*))?[hlLzZ]*$/;

/** Takes apart what stands between `%` and `letter`. What C does not define is taken as if there were nothing. */
export function readConversion(modifiers: string, letter: string, bits: number): Conversion {
  const match = SHAPE.exec(modifiers);
  const [flags, width, precision] = [match?.[1] ?? '', match?.[2] ?? '', match?.[3]];
  return {
    letter,
    bits,
    left: flags.includes('-'),
    plus: flags.includes('+'),
    zeros: flags.includes('0'),
    prefixed: flags.includes('#'),
    width: width === '*' ? 0 : bounded(Number(width)),
    precision: precision === undefined || precision === '*' ? -1 : bounded(Number(precision)),
    star: width === '*' ? 'width' : precision === '*' ? 'precision' : undefined,
  };
}

/** The same with the width or precision that an argument says; a negative one counts as none. */
export function withStar(conversion: Conversion, value: number): Conversion {
  if (value < 0 || conversion.star === undefined) return conversion;
  return { ...conversion, [conversion.star]: bounded(value) };
}

function bounded(value: number): number {
  return Math.min(value, MAX_PRINT_WIDTH);
}

/** An unsigned 64-bit value as a number of the conversion's kind and size. */
export function numberText(conversion: Conversion, value: bigint): string {
  const { letter, bits } = conversion;
  if (letter === 'c') return padded(conversion, byteText(Number(value & 0xffn)));
  if (letter === 'd' || letter === 'i') {
    const signed = bits === 64 && value < SMALL ? value : BigInt.asIntN(bits, value);
    const sign = signed < 0n ? '-' : conversion.plus ? '+' : '';
    return filled(conversion, sign, (signed < 0n ? -signed : signed).toString());
  }
  const unsigned = bits === 64 ? value : BigInt.asUintN(bits, value);
  if (letter === 'u') return filled(conversion, '', unsigned.toString());
  if (letter === 'o') {
    const digits = unsigned.toString(8);
    // The 0 of # may be one of the digits that the precision asks for.
    return filled(conversion, conversion.prefixed && unsigned !== 0n && conversion.precision <= digits.length ? '0' : '', digits);
  }
  const prefix = conversion.prefixed && unsigned !== 0n ? '0x' : '';
  const text = filled(conversion, prefix, unsigned.toString(16));
  return letter === 'X' ? text.toUpperCase() : text;
}

const SMALL = 2n ** 63n;

/** A byte as it goes to the output: bytes that are no ASCII as decodeText keeps them. */
function byteText(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}

/** Digits to the precision, then sign or prefix, zeros or blanks to the width. */
function filled(conversion: Conversion, prefix: string, digits: string): string {
  const { precision, width } = conversion;
  let text = precision > digits.length ? digits.padStart(precision, '0') : digits;
  if (width === 0) return prefix + text;
  if (conversion.zeros && !conversion.left && precision < 0) text = text.padStart(width - prefix.length, '0');
  return conversion.left ? (prefix + text).padEnd(width) : (prefix + text).padStart(width);
}

/** A string cut to the precision and padded to the width, both in bytes. */
export function stringText(conversion: Conversion, text: string): string {
  const { precision } = conversion;
  if (precision < 0 && conversion.width === 0) return text;
  return padded(conversion, precision < 0 ? text : cut(text, precision));
}

function padded(conversion: Conversion, text: string): string {
  const missing = conversion.width - byteLength(text);
  if (missing <= 0) return text;
  return conversion.left ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** The first bytes, though a character may be cut in two. */
function cut(text: string, length: number): string {
  if (text.length <= length && byteLength(text) <= length) return text;
  const bytes = encodeText(text);
  return decodeText(bytes, 0, Math.min(length, bytes.length));
}

function byteLength(text: string): number {
  return /[^\0-\x7f]/.test(text) ? encodeText(text).length : text.length;
}
