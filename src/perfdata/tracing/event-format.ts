// A `format` file: the name, number and fields of a kind of event, and how its text is made (FORMAT 6.2; SPEC 7.2). The text of the print
// format is kept as it is: print-format.ts reads it when the first event of the kind is shown.

import { MAX_FIELD_DECLARATION, MAX_FORMAT_TEXT } from '../../bytes/limits.ts';
import { decodeText } from '../../bytes/text.ts';
import type { FormatText } from './tracing-data.ts';

/** Where an event says its parts. Offsets are from the event's first byte, common_type. */
export interface FormatField {
  readonly name: string;
  /** As declared, brackets included: `unsigned long`, `__data_loc char[]`, `char[16]`. */
  readonly type: string;
  readonly offset: number;
  /** In bytes; of a field whose place the event says (isDynamic), of what says it. 0: to the end of the event. */
  readonly size: number;
  readonly isSigned: boolean;
  readonly isArray: boolean;
  /** An array of characters. */
  readonly isString: boolean;
  readonly isPointer: boolean;
  /** `long` and `long long`, which mostly hold addresses and masks. */
  readonly isLong: boolean;
  /** `__data_loc` and `__rel_loc`: length << 16 | offset, the latter from the field's end. */
  readonly isDynamic: boolean;
  readonly isRelative: boolean;
  /** Bytes of an element of an array, of other fields their size; 0 where the declaration does not tell. */
  readonly elementSize: number;
}

export interface EventFormat {
  readonly system: string;
  readonly name: string;
  /** attr.config of its events, and their common_type. */
  readonly id: number;
  /** Those that all events have: common_type, common_flags, common_preempt_count, common_pid. */
  readonly commonFields: readonly FormatField[];
  readonly fields: readonly FormatField[];
  /** What stands behind `print fmt:`; undefined where there is none. */
  readonly printFormat: string | undefined;
}

/** `name:` and `ID:`, all that is read of a format until its event is met. */
export function readEventId(format: FormatText): { readonly name: string; readonly id: number } | undefined {
  const head = decodeText(format.bytes, 0, Math.min(format.bytes.length, HEAD_SIZE));
  const match = /^name:\s*(\w+)\s*ID:\s*(\d+)/.exec(head);
  return match === null ? undefined : { name: match[1]!, id: Number(match[2]) };
}

/** Far more than the longest name (NAME_MAX) and a number take. */
const HEAD_SIZE = 512;
const FIELD = /^\s*field(?:\s+special)?:\s*(.*?);\s*offset:\s*(\d+);\s*size:\s*(\d+);(?:\s*signed:\s*(\d+);)?\s*$/;

/** Reads a format file; undefined where it has no name or number. Lines that are no fields are left out. */
export function readEventFormat(format: FormatText, longSize: number): EventFormat | undefined {
  const head = readEventId(format);
  if (head === undefined) return undefined;
  const text = decodeText(format.bytes, 0, Math.min(format.bytes.length, MAX_FORMAT_TEXT));
  const printAt = text.search(/^print fmt:/m);
  const declarations = printAt < 0 ? text : text.slice(0, printAt);
  const commonFields: FormatField[] = [];
  const fields: FormatField[] = [];
  // An empty line stands between the fields of all events and those of this kind.
  let into = commonFields;
  for (const line of declarations.slice(declarations.indexOf('format:')).split('\n').slice(1)) {
    const field = readField(line, longSize);
    if (field !== undefined) into.push(field);
    else if (line.trim() === '') into = fields;
  }
  return { system: format.system, ...head, commonFields, fields, printFormat: printAt < 0 ? undefined : text.slice(printAt + 'print fmt:'.length) };
}

/** A field by its name, those of all events first. */
export function findField(event: EventFormat, name: string): FormatField | undefined {
  return event.commonFields.find((field) => field.name === name) ?? event.fields.find((field) => field.name === name);
}

function readField(line: string, longSize: number): FormatField | undefined {
  const match = line.length > MAX_FIELD_DECLARATION ? null : FIELD.exec(line);
  const declaration = match === null ? undefined : readDeclaration(match[1]!);
  if (match === null || declaration === undefined) return undefined;
  const { name, type, length, element } = declaration;
  const size = Number(match[3]);
  const isRelative = type.startsWith('__rel_loc');
  const isDynamic = isRelative || type.startsWith('__data_loc');
  // Before there were dynamic arrays, dynamic strings had an offset of two bytes and no length.
  const isOldString = isDynamic && size === 2;
  const isArray = length !== undefined || isOldString;
  const isString = isOldString || (isArray && /char|u8|s8/.test(type));
  const isLong = type.includes('long');
  let elementSize = size;
  if (isArray || isDynamic) {
    if (length !== undefined && length > 0) elementSize = Math.floor(size / length);
    else if (isDynamic) elementSize = ELEMENT_SIZES.get(element) ?? 0;
    else elementSize = isString ? 1 : isLong ? longSize : 0;
  }
  return {
    name, type, offset: Number(match[2]), size, isSigned: Number(match[4] ?? 0) !== 0, isArray, isString, isPointer: declaration.isPointer,
    isLong, isDynamic, isRelative, elementSize,
  };
}

/** Types that elements of dynamic arrays are given with. */
const ELEMENT_SIZES: ReadonlyMap<string, number> = new Map([
  ['u8', 1], ['s8', 1], ['char', 1], ['u16', 2], ['s16', 2], ['u32', 4], ['s32', 4], ['u64', 8], ['s64', 8],
]);

interface Declaration {
  readonly name: string;
  readonly type: string;
  readonly isPointer: boolean;
  /** Elements of an array, 0 where it does not say; undefined for other fields. */
  readonly length: number | undefined;
  /** The last word of the type of a dynamic array's elements. */
  readonly element: string;
}

/** `TYPE NAME`, `TYPE NAME[LENGTH]`, `__data_loc TYPE[] NAME`. */
function readDeclaration(text: string): Declaration | undefined {
  const open = text.indexOf('[');
  const close = text.lastIndexOf(']');
  if (open < 0 || close < open) {
    const match = /^(.*?)(\w+)\s*$/s.exec(text);
    if (match === null) return undefined;
    return { name: match[2]!, type: match[1]!.trim(), isPointer: match[1]!.includes('*'), length: undefined, element: '' };
  }
  const before = /^(.*?)(\w+)\s*$/s.exec(text.slice(0, open));
  if (before === null) return undefined;
  const brackets = text.slice(open, close + 1);
  // Only a number tells the length: constants of the kernel stand there by name too.
  const length = Number(/(\d+)\s*\]$/.exec(brackets)?.[1] ?? 0);
  const isPointer = before[1]!.includes('*');
  const after = /^\s*(\w+)\s*$/.exec(text.slice(close + 1));
  if (after === null) return { name: before[2]!, type: before[1]!.trim() + brackets, isPointer, length, element: '' };
  return { name: after[1]!, type: `${before[1]!}${before[2]!}${brackets}`, isPointer, length, element: before[2]! };
}
