// What a recording says of tracepoints, without names of the user's (FORMAT 6.1, 6.2): the kernel's own events stay as they are, those
// that somebody made (probes, user events) get other names, their fields too; the list of command names goes.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { decodeText, encodeText } from '../../bytes/text.ts';
import type { PerfEvent } from '../../perfdata/event-table.ts';
import { type EventFormat, readEventFormat } from '../../perfdata/tracing/event-format.ts';
import { readTracingData, type FormatText } from '../../perfdata/tracing/tracing-data.ts';
import type { Tracepoints } from '../../perfdata/tracing/tracepoints.ts';
import { ByteBuilder } from '../../perfdata/writer/byte-builder.ts';
import type { NameReplacements } from './name-replacements.ts';

/** The magic; behind the version and its NUL, byte order, length of a long, size of a page. */
const MAGIC_SIZE = 10;
const HEAD_NUMBERS = 7;
/** Systems of events that are made while a kernel runs. perf calls those of a program `probe_PROGRAM` and `sdt_PROGRAM`. */
const MADE_SYSTEM = /^(probe|sdt|uprobes|kprobes|synthetic|user_events|perf_bpf_probe)(?:_|$)/;
/** What the kernel puts before the fields of any probe. */
const PROBE_FIELD = /^__probe_(?:ip|func|ret_ip)$/;

function isMade(system: string, format: EventFormat | undefined): boolean {
  return MADE_SYSTEM.test(system) || (format?.fields.some((field) => PROBE_FIELD.test(field.name)) ?? false);
}

/** An event's name as it may be shown. Other events than tracepoints have names of perf's. */
export function anonymousEventName(event: PerfEvent, tracepoints: Tracepoints | undefined, names: NameReplacements): string {
  const colon = event.name.indexOf(':');
  const system = event.name.slice(0, colon);
  if (colon < 0 || !isMade(system, tracepoints?.format(event))) return event.name;
  return `${anonymousSystem(system, names)}:${names.word(event.name.slice(colon + 1))}`;
}

function anonymousSystem(system: string, names: NameReplacements): string {
  const [, kind = ''] = MADE_SYSTEM.exec(system) ?? [];
  if (system === kind) return system;
  return kind === '' ? names.word(system) : `${kind}_${names.word(system.slice(kind.length + 1))}`;
}

/** The stream with other names in it; undefined where it is damaged. */
export function anonymousTracing(stream: Uint8Array, names: NameReplacements): Uint8Array | undefined {
  const data = readTracingData(stream, 0, new Diagnostics());
  if (data === undefined) return undefined;
  const builder = new ByteBuilder(data.littleEndian).raw(stream.subarray(0, MAGIC_SIZE + encodeText(data.version).length + HEAD_NUMBERS));
  builder.raw(encodeText('header_page\0')).u64(data.headerPage.length).raw(data.headerPage);
  builder.raw(encodeText('header_event\0')).u64(data.headerEvent.length).raw(data.headerEvent);
  const systems: { readonly name: string; readonly formats: FormatText[] }[] = [{ name: 'ftrace', formats: [] }];
  for (const format of data.formats) {
    if (systems.at(-1)!.name !== format.system) systems.push({ name: format.system, formats: [] });
    systems.at(-1)!.formats.push(format);
  }
  for (const [index, { name, formats }] of systems.entries()) {
    const texts = formats.map((format) => anonymousFormat(format, data.longSize, names));
    // The first ones are the function tracer's, whose system is not said.
    if (index === 1) builder.u32(systems.length - 1);
    if (index > 0) builder.raw(encodeText(`${isMadeOf(formats, data.longSize) ? anonymousSystem(name, names) : name}\0`));
    builder.u32(texts.length);
    for (const text of texts) builder.u64(text.length).raw(text);
  }
  if (systems.length === 1) builder.u32(0);
  builder.u32(data.kallsyms.length).raw(data.kallsyms).u32(data.printkFormats.length).raw(data.printkFormats);
  if (Number.parseFloat(data.version) >= 0.6) builder.u64(0);
  return builder.bytes();
}

function isMadeOf(formats: readonly FormatText[], longSize: number): boolean {
  return formats.some((format) => isMade(format.system, readEventFormat(format, longSize)));
}

/** Of one that somebody made: another name, and fields that are numbered. */
function anonymousFormat(text: FormatText, longSize: number, names: NameReplacements): Uint8Array {
  const format = readEventFormat(text, longSize);
  if (format === undefined || !isMade(text.system, format)) return text.bytes;
  const own = format.fields.map(({ name }) => name).filter((name) => /^\w+$/.test(name) && !PROBE_FIELD.test(name));
  const places = new Map(own.map((name, index) => [name, `arg${index + 1}`]));
  const words = new RegExp(`\\b(?:${own.join('|')})\\b`, 'g');
  const lines = decodeText(text.bytes, 0, text.bytes.length).split('\n').map((line) => {
    if (line.startsWith('name:')) return `name: ${names.word(format.name)}`;
    // Where there is none, the empty word that the expression then is.
    return /^\s*field|^print fmt:/.test(line) ? line.replace(words, (name) => places.get(name) ?? name) : line;
  });
  return encodeText(lines.join('\n'));
}
