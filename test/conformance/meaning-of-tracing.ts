// What perfts reads in TRACING_DATA, and of the samples of tracepoints with it, in the form of the vectors.

import type { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { decodeText } from '../../src/bytes/text.ts';
import type { MemorySource } from '../../src/bytes/source.ts';
import { perform } from '../../src/bytes/reading.ts';
import type { PerfDataFile } from '../../src/perfdata/perf-data-file.ts';
import type { FormatField } from '../../src/perfdata/tracing/event-format.ts';
import { RawEvent } from '../../src/perfdata/tracing/raw-event.ts';
import { readTracepoints } from '../../src/perfdata/tracing/read-tracepoints.ts';
import type { Tracepoints } from '../../src/perfdata/tracing/tracepoints.ts';
import type { Json, JsonObject } from './builder/json.ts';

/** The members `tracing` and `tracepoints`. */
export function tracingMeaning(source: MemorySource, file: PerfDataFile, records: readonly JsonObject[], diagnostics: Diagnostics): Readonly<Record<string, () => Json>> {
  const read = (): Tracepoints | undefined => perform(source, readTracepoints(file.features, diagnostics)) as Tracepoints | undefined;
  return {
    tracing: () => streamOf(read()),
    tracepoints: () => records.flatMap((record, index) => (record['type'] === 9 ? [{ record: index, ...sampleOf(read()!, file, record) }] : [])),
  };
}

function streamOf(tracepoints: Tracepoints | undefined): Json {
  if (tracepoints === undefined) return null;
  const { version, littleEndian, longSize, pageSize, formats, kallsyms, printkFormats, savedCmdlines } = tracepoints.data;
  const text = (bytes: Uint8Array): string => decodeText(bytes, 0, bytes.length);
  const events = formats.flatMap((format) => {
    const id = Number(/^ID:\s*(\d+)/m.exec(text(format.bytes))?.[1] ?? -1);
    const name = tracepoints.name(id);
    return name === undefined ? [] : [{ id, name }];
  });
  return { version, byteOrder: littleEndian ? 'little' : 'big', longSize, pageSize, events, kallsyms: text(kallsyms), printkFormats: text(printkFormats), savedCmdlines: text(savedCmdlines) };
}

/** The event's own fields, and its text where its print format can be read. */
function sampleOf(tracepoints: Tracepoints, file: PerfDataFile, record: JsonObject): JsonObject {
  const event = file.events.events[Number(record['event'])]!;
  const fields = record['fields'] as JsonObject;
  const bytes = new Uint8Array(Buffer.from(String(fields['raw']), 'hex'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const raw = new RawEvent(tracepoints.data.littleEndian);
  raw.show(bytes, view, 0, bytes.length);
  const format = tracepoints.formatOf(raw.small(0, 2));
  if (format === undefined) return { name: null };
  const text = tracepoints.text(event, bytes, view, 0, bytes.length);
  return {
    name: `${format.system}:${format.name}`,
    fields: Object.fromEntries(format.fields.map((field) => [field.name, valueOf(field, raw, bytes)])),
    ...(!/^ ?\[FAILED TO PARSE\]/.test(text) && format.printFormat !== undefined && { text }),
  };
}

/** Arrays of `char` are text, of other bytes hexadecimal. */
function valueOf(field: FormatField, raw: RawEvent, bytes: Uint8Array): Json {
  if (!field.isArray && !field.isDynamic) return numberOf(field, raw, field.offset, field.size);
  if (field.isDynamic) raw.locate(field);
  else {
    raw.offset = field.offset;
    raw.length = field.size === 0 ? bytes.length - field.offset : field.size;
  }
  const { offset, length } = raw;
  if (field.type.includes('char')) return decodeText(bytes, offset, offset + length);
  const size = field.elementSize;
  if (![2, 4, 8].includes(size)) return { bytes: Buffer.from(bytes.subarray(offset, offset + length)).toString('hex') };
  return Array.from({ length: Math.floor(length / size) }, (_, i) => numberOf(field, raw, offset + i * size, size));
}

function numberOf(field: FormatField, raw: RawEvent, offset: number, size: number): string {
  const value = raw.number(offset, size);
  return String(field.isSigned ? BigInt.asIntN(size * 8, value) : value);
}
