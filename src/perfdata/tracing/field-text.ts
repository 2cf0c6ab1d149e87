// An event by its fields, ` name=value` each: what is shown where the print format cannot be read (FORMAT 6.3; SPEC 7.3).

import type { EventFormat, FormatField } from './event-format.ts';
import { textIn } from './print-texts.ts';
import type { RawEvent } from './raw-event.ts';

/** All fields of the event's own. `binary`: arrays of characters that held no text in an event before, and so are shown as bytes. */
export function fieldsText(format: EventFormat, event: RawEvent, binary: Set<FormatField>): string {
  let text = '';
  for (const field of format.fields) text += ` ${field.name}=${fieldValue(field, event, binary)}`;
  return text;
}

/** Strings as they are, other arrays as bytes, addresses and `long`s hexadecimal, other numbers decimal. */
export function fieldValue(field: FormatField, event: RawEvent, binary: Set<FormatField>): string {
  if (field.isArray) return arrayValue(field, event, binary);
  const value = event.number(field.offset, field.size);
  if (field.isPointer || (field.isLong && !field.isSigned)) return `0x${value.toString(16)}`;
  if (!field.isSigned) return value.toString();
  if (field.size === 4 && field.isLong) return `0x${value.toString(16)}`;
  const text = BigInt.asIntN(Math.min(field.size, 8) * 8, value).toString();
  return field.size === 2 ? text.padStart(2) : text;
}

function arrayValue(field: FormatField, event: RawEvent, binary: Set<FormatField>): string {
  if (field.isDynamic) event.locate(field);
  else {
    event.offset = field.offset;
    event.length = field.size;
  }
  const end = Math.min(event.offset + event.length, event.size);
  if (field.isString && !binary.has(field)) {
    if (isPrintable(event, event.offset, end)) return textIn(event, event.offset, event.size);
    binary.add(field);
  }
  const bytes: string[] = [];
  for (let at = event.offset; at < end; at++) bytes.push(event.byte(at).toString(16).padStart(2, '0'));
  return `ARRAY[${bytes.join(', ')}]`;
}

/** Up to its NUL. */
function isPrintable(event: RawEvent, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = event.byte(at);
    if (byte === 0) return true;
    if ((byte < 0x20 || byte > 0x7e) && (byte < 9 || byte > 13)) return false;
  }
  return true;
}
