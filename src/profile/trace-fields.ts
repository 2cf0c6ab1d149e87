// Fields of tracepoints as keys of a report (FORMAT 3.8, 6.2): which ones a word of --sort means, and, in a walk, their values as numbers
// that tell samples apart. A value is known by its bytes; its text is looked for in what the event's print format makes of it.

import { PerftsError } from '../bytes/errors.ts';
import type { PerfEvent } from '../perfdata/event-table.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { FormatField } from '../perfdata/tracing/event-format.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import type { Module } from '../process/module.ts';
import { noSuchKey, type TraceFieldKey } from './report-keys.ts';
import { TraceTexts } from './trace-texts.ts';
import type { Resolver } from './resolver.ts';

/** A field of one of the recording's events. */
export interface TraceField {
  /** Of the recording, by index. */
  readonly event: number;
  readonly eventName: string;
  readonly field: FormatField;
  /** Without what the event's print format makes of it. */
  readonly isRaw: boolean;
}

/** The values of a field that were met, by their numbers. */
export interface TraceFieldValues extends TraceField {
  readonly texts: readonly string[];
  /** What they are sorted by: a character for each byte. */
  readonly bytes: readonly string[];
}

/** The number of samples of other events. */
export const NO_FIELD = -1;

/**
 * The fields that the words mean, by word: `EVENT.FIELD`, `FIELD` of all events that have it, `EVENT.*`, `trace_fields`, each also with `/raw`.
 * EVENT is a name, with or without its system, a part of one that no other has, or %N, the Nth event. Throws PERFTS_USAGE for what is not there.
 */
export function findTraceFields(words: readonly string[], events: readonly PerfEvent[], tracepoints: Tracepoints | undefined, isRaw: boolean): TraceField[][] {
  const formats = events.map((event) => tracepoints?.format(event));
  return words.map((word) => {
    const slash = word.indexOf('/');
    if (slash >= 0 && word.slice(slash) !== '/raw') throw new PerftsError('PERFTS_USAGE', `${word}: behind a field comes nothing but /raw`);
    const whole = slash < 0 ? word : word.slice(0, slash);
    const dot = whole.indexOf('.');
    const name = whole.slice(dot + 1);
    const isAny = whole === 'trace_fields' || (dot >= 0 && name === '*');
    const chosen = dot < 0 ? events.map((_, index) => index) : [eventOf(whole.slice(0, dot), word, events)];
    const found = chosen.flatMap((event) =>
      (formats[event]?.fields ?? []).filter((field) => isAny || field.name === name).map((field) => ({ event, eventName: events[event]!.name, field, isRaw: isRaw || slash >= 0 })),
    );
    if (found.length === 0 && whole !== 'trace_fields') throw noSuchKey('--sort', word);
    return found;
  });
}

function eventOf(name: string, word: string, events: readonly PerfEvent[]): number {
  if (name.startsWith('%')) {
    const number = Math.max(Number(name.slice(1)), 1);
    if (!Number.isInteger(number) || number > events.length) throw new PerftsError('PERFTS_USAGE', `${word}: there is no event number ${name.slice(1)}`);
    return number - 1;
  }
  const exact = events.findIndex((event) => event.name === name || event.name.endsWith(`:${name}`));
  if (exact >= 0) return exact;
  const similar = events.flatMap((event, index) => (event.name.includes(name) ? [index] : []));
  if (similar.length === 0) throw new PerftsError('PERFTS_USAGE', `${word}: the recording has no event ${name}`);
  if (similar.length > 1) throw new PerftsError('PERFTS_USAGE', `${word}: more than one event is called like ${name}: ${similar.map((index) => events[index]!.name).join(', ')}`);
  return similar[0]!;
}

/** The key of a field by its index in ValueOptions.fields. */
export function traceFieldKey(index: number): TraceFieldKey {
  return `field ${index}`;
}

/** What a key's field is in ValueOptions.fields. */
export function traceFieldIndex(key: TraceFieldKey): number {
  return Number(key.slice('field '.length));
}

class Values implements TraceFieldValues {
  readonly event: number;
  readonly eventName: string;
  readonly field: FormatField;
  readonly isRaw: boolean;
  readonly texts: string[] = [];
  readonly bytes: string[] = [];
  readonly known: Map<string, number> = new Map();
  /** Of the sample last taken. */
  number: number = NO_FIELD;

  constructor({ event, eventName, field, isRaw }: TraceField) {
    this.event = event;
    this.eventName = eventName;
    this.field = field;
    this.isRaw = isRaw;
  }
}

/** The fields' values in a walk. */
export class TraceFieldTable {
  readonly values: readonly Values[];
  readonly #events: readonly PerfEvent[];
  readonly #tracepoints: Tracepoints;
  readonly #texts: TraceTexts;

  constructor(fields: readonly TraceField[], events: readonly PerfEvent[], tracepoints: Tracepoints, resolver: Resolver) {
    this.values = fields.map((field) => new Values(field));
    this.#events = events;
    this.#tracepoints = tracepoints;
    this.#texts = new TraceTexts(tracepoints, resolver);
  }

  /** Takes the values of a sample; gives the module that must be loaded first, if any: then ask again. */
  take(event: number, raw: SampleView, record: RecordView): Module | undefined {
    for (const values of this.values) {
      values.number = NO_FIELD;
      if (values.event !== event || raw.rawOffset < 0) continue;
      const bytes = this.#tracepoints.fieldBytes(values.field, record.bytes, record.view, raw.rawOffset, raw.rawSize);
      const number = values.known.get(bytes);
      if (number !== undefined) {
        values.number = number;
        continue;
      }
      const needed = this.#make(values, raw, record);
      if (needed !== undefined) return needed;
      values.number = values.texts.length;
      values.known.set(bytes, values.number);
      values.texts.push(this.#texts.text);
      values.bytes.push(bytes);
    }
    return undefined;
  }

  /** Leaves the text of a value in #texts. */
  #make({ event, field, isRaw }: Values, raw: SampleView, record: RecordView): Module | undefined {
    const shown = isRaw ? undefined : this.#texts.take(this.#events[event]!, raw, record);
    if (shown !== undefined) return shown;
    const sentence = this.#texts.text;
    const needed = this.#texts.takeField(this.#events[event]!, field, raw, record);
    if (needed === undefined && !isRaw) this.#texts.text = valueIn(sentence, field, this.#texts.text);
    return needed;
  }
}

/** What an event's text has behind `NAME=` or `NAME:`, up to a blank that is not a string's own; `plain` where it does not show the field. */
function valueIn(sentence: string, field: FormatField, plain: string): string {
  const { name, isString } = field;
  const found = sentence.split(' ').find((word) => word.length > name.length + 1 && word.startsWith(name) && (word[name.length] === '=' || word[name.length] === ':'));
  const value = found?.slice(name.length + 1);
  if (value === undefined) return plain;
  if (!isString) return value;
  if (plain.startsWith(value)) return plain;
  return `"${plain}"`.startsWith(value) ? `"${plain}"` : value;
}
