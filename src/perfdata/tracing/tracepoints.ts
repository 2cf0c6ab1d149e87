// The tracepoints of a recording (FORMAT 6; SPEC 7): names by number, and the text of an event as perf script prints it. Format files are
// indexed by number first and read when an event of theirs is met: a kernel has 2 323, a recording mostly a few.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { decodeText } from '../../bytes/text.ts';
import { EventType } from '../attr.ts';
import type { PerfEvent } from '../event-table.ts';
import { type EventFormat, type FormatField, readEventFormat, readEventId } from './event-format.ts';
import { fieldValue } from './field-text.ts';
import type { OperatorGrouping } from './operator-grouping.ts';
import { type CompiledPrint, compilePrint } from './print-format.ts';
import { numberOf } from './print-expression.ts';
import type { KernelTexts } from './print-texts.ts';
import { RawEvent } from './raw-event.ts';
import { type FormatText, readTracingData, type TracingData } from './tracing-data.ts';

/** The name of the kernel's function at an unsigned address, with `+0xOFFSET` if asked for; undefined where nobody knows it. */
export type KernelSymbol = (address: bigint, withOffset: boolean) => string | undefined;

interface Known {
  readonly name: string;
  readonly text: FormatText;
  format?: EventFormat | undefined;
  print?: CompiledPrint | undefined;
}

export class Tracepoints {
  readonly data: TracingData;
  /** Names functions for %pS. Set by who shows events; without it they are numbers. */
  kernelSymbol: KernelSymbol | undefined;
  readonly #events = new Map<number, Known>();
  readonly #kernel: KernelTexts;
  readonly #raw: RawEvent;
  readonly #grouping: OperatorGrouping;
  /** Arrays of characters that held no text. */
  readonly #binary = new Set<FormatField>();
  #constants: Map<bigint, string> | undefined;
  /** Where events say their number. */
  #typeOffset = 0;
  #typeSize = 2;

  private constructor(data: TracingData, grouping: OperatorGrouping) {
    this.data = data;
    this.#grouping = grouping;
    this.#raw = new RawEvent(data.littleEndian);
    this.#kernel = {
      longSize: data.longSize,
      constant: (address) => (this.#constants ??= readConstants(data.printkFormats)).get(address),
      symbol: (address, withOffset) => this.kernelSymbol?.(address, withOffset),
    };
    for (const text of data.formats) {
      const id = readEventId(text);
      if (id !== undefined) this.#events.set(id.id, { name: `${text.system}:${id.name}`, text });
    }
    const first = data.formats[0];
    const type = first === undefined ? undefined : readEventFormat(first, data.longSize)?.commonFields.find((field) => field.name === 'common_type');
    if (type !== undefined) {
      this.#typeOffset = type.offset;
      this.#typeSize = type.size;
    }
  }

  /**
   * Those of a TRACING_DATA stream; undefined, with a diagnostic, where it is none. `place`: its offset in the file. Texts are perf's,
   * or with `grouping` 'c' what the kernel itself would print.
   */
  static from(bytes: Uint8Array, place: number, diagnostics: Diagnostics, grouping: OperatorGrouping = 'perf'): Tracepoints | undefined {
    const data = readTracingData(bytes, place, diagnostics);
    return data === undefined ? undefined : new Tracepoints(data, grouping);
  }

  /** `sched:sched_switch` for its number (attr.config). */
  name(id: number): string | undefined {
    return this.#events.get(id)?.name;
  }

  /** The format of an event's records; undefined where it is no tracepoint or the recording does not describe it. */
  format(event: PerfEvent): EventFormat | undefined {
    return event.attr.type === EventType.Tracepoint ? this.formatOf(Number(event.attr.config)) : undefined;
  }

  /** The same by number. */
  formatOf(id: number): EventFormat | undefined {
    const known = this.#events.get(id);
    return known === undefined ? undefined : (known.format ??= readEventFormat(known.text, this.data.longSize));
  }

  /**
   * The text of an event from its RAW bytes, as perf script prints it; '' where the recording does not describe it. What kind of
   * event it is, the bytes say themselves.
   */
  text(event: PerfEvent, bytes: Uint8Array, view: DataView, rawOffset: number, rawSize: number): string {
    if (!this.#events.has(Number(event.attr.config))) return '';
    const raw = this.#raw;
    raw.show(bytes, view, rawOffset, rawSize);
    const known = this.#events.get(raw.small(this.#typeOffset, this.#typeSize));
    if (known === undefined) return '[UNKNOWN EVENT]';
    return (known.print ??= this.#compile(known)).text(raw);
  }

  /** All fields of an event's own by their names, without what its print format makes of them: ` name=value` each. */
  rawText(event: PerfEvent, bytes: Uint8Array, view: DataView, rawOffset: number, rawSize: number): string {
    let text = '';
    for (const field of this.format(event)?.fields ?? []) text += ` ${field.name}=${this.fieldText(event, field, bytes, view, rawOffset, rawSize)}`;
    return text;
  }

  /** The value of one of an event's fields: with the conversion that the print format has for it, where it shows the field as it is. */
  fieldText(event: PerfEvent, field: FormatField, bytes: Uint8Array, view: DataView, rawOffset: number, rawSize: number): string {
    const known = this.#events.get(Number(event.attr.config));
    const raw = this.#raw;
    raw.show(bytes, view, rawOffset, rawSize);
    const print = known === undefined || field.isArray || field.isString ? undefined : (known.print ??= this.#compile(known)).fields.get(field.name);
    return print === undefined ? fieldValue(field, raw, this.#binary) : print(raw);
  }

  /** The bytes of a field, of a string those before its end, a character each (latin1): equal ones have one value. */
  fieldBytes(field: FormatField, bytes: Uint8Array, view: DataView, rawOffset: number, rawSize: number): string {
    const raw = this.#raw;
    raw.show(bytes, view, rawOffset, rawSize);
    let { offset, size } = field;
    if (field.isDynamic) {
      raw.locate(field);
      offset = raw.offset;
      size = raw.length;
    }
    const end = size === 0 && !field.isDynamic ? rawSize : Math.min(offset + size, rawSize);
    let text = '';
    for (let at = offset; at < end; at++) {
      const byte = raw.byte(at);
      if (byte === 0 && field.isString) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  #compile(known: Known): CompiledPrint {
    const format = (known.format ??= readEventFormat(known.text, this.data.longSize));
    return format === undefined ? { text: () => '', fields: new Map() } : compilePrint(format, this.#kernel, this.#grouping);
  }
}

/** `0xADDRESS : "text"` a line. The line feed that ends many of them is left out. */
function readConstants(bytes: Uint8Array): Map<bigint, string> {
  const constants = new Map<bigint, string>();
  for (const line of decodeText(bytes, 0, bytes.length).split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const address = line.slice(0, colon).trim();
    const text = line.slice(colon + 2).replace(/^"/, '').replace(/"$/, '').replace(/\\n$/, '');
    constants.set(numberOf(address.startsWith('0x') ? address : `0x${address}`), text);
  }
  return constants;
}
