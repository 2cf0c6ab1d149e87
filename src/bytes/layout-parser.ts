// A layout's fields as a reader of binary-parser's, which compiles it where it runs. A page's Content-Security-Policy refuses that: there
// scripts/build-page.js puts the same code, written out beforehand, in the place of this module.

import { Parser } from 'binary-parser';
import type { FieldPlace } from './layout.ts';

/** Reads the fields of one layout, as an object with what it pleases binary-parser to add. */
export interface LayoutParser {
  parse(bytes: Uint8Array): unknown;
}

export function layoutParser(fields: readonly FieldPlace[], littleEndian: boolean): LayoutParser {
  return compiled(fields, littleEndian);
}

/** The body of a function of `buffer` that does the same, as JavaScript. */
export function layoutParserCode(fields: readonly FieldPlace[], littleEndian: boolean): string {
  return compiled(fields, littleEndian).getCode();
}

function compiled(fields: readonly FieldPlace[], littleEndian: boolean): Parser {
  const parser = new Parser().endianness(littleEndian ? 'little' : 'big');
  for (const { name, type } of fields) {
    const array = /^(\w+)\[(\d+)\]$/.exec(type);
    if (array !== null) {
      const element = array[1] === 'u8' ? 'uint8' : littleEndian ? 'uint64le' : 'uint64be';
      parser.array(name, { type: element, length: Number(array[2]) });
    } else if (type === 'u8') parser.uint8(name);
    else if (type === 'u16') parser.uint16(name);
    else if (type === 'u32') parser.uint32(name);
    else if (type === 's32') parser.int32(name);
    else if (type === 's64') parser.int64(name);
    else parser.uint64(name);
  }
  return parser;
}
