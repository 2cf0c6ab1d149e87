// What the tests of tracepoints share: their fixtures, and writing a TRACING_DATA stream part by part, independently of src/.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { PerfEvent } from '../../src/perfdata/event-table.ts';
import { readAttr } from '../../src/perfdata/attr.ts';
import type { OperatorGrouping } from '../../src/perfdata/tracing/operator-grouping.ts';
import { Tracepoints } from '../../src/perfdata/tracing/tracepoints.ts';
import { attrBytes, projectRoot, Writer } from './recording.ts';

/** Events of real recordings, with what perf prints of them. */
export interface RecordedEvent {
  readonly recording: string;
  readonly event: string;
  readonly id: number;
  readonly littleEndian: boolean;
  readonly format: string;
  readonly constants: string;
  /** `function+0xoffset` by address. */
  readonly symbols: Readonly<Record<string, string>>;
  readonly samples: readonly { readonly raw: string; readonly text: string }[];
}

/** Random print formats over one set of fields, with what perf prints of a random event. */
export interface Language {
  readonly fields: string;
  readonly printkFormats: string;
  readonly cases: readonly { readonly print: string; readonly raw: string; readonly text: string }[];
}

export function tracingFixture(name: string): unknown {
  return JSON.parse(readFileSync(join(projectRoot(), 'testdata', 'tracing', name), 'utf8'));
}

export interface StreamOptions {
  readonly littleEndian?: boolean;
  readonly version?: string;
  readonly longSize?: number;
  readonly headerPage?: string;
  /** Texts by system. */
  readonly formats?: Readonly<Record<string, readonly string[]>>;
  readonly ftrace?: readonly string[];
  readonly printkFormats?: string;
  readonly savedCmdlines?: string;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

export function tracingStream(options: StreamOptions = {}): Uint8Array {
  const { littleEndian = true, version = '0.6', longSize = 8 } = options;
  const writer = new Writer(littleEndian);
  const text = (value: string): void => {
    const bytes = encode(value);
    writer.u64(bytes.length).raw(bytes);
  };
  writer.raw([0x17, 0x08, 0x44]).raw(encode(`tracing${version}\0`)).number(littleEndian ? 0 : 1, 1).number(longSize, 1).u32(4096);
  writer.raw(encode('header_page\0'));
  text(options.headerPage ?? '');
  writer.raw(encode('header_event\0'));
  text('# compressed entry header\n');
  writer.u32(options.ftrace?.length ?? 0);
  for (const format of options.ftrace ?? []) text(format);
  const systems = Object.entries(options.formats ?? {});
  writer.u32(systems.length);
  for (const [system, formats] of systems) {
    writer.raw(encode(`${system}\0`)).u32(formats.length);
    for (const format of formats) text(format);
  }
  const constants = encode(options.printkFormats ?? '');
  writer.u32(0).u32(constants.length).raw(constants);
  if (version === '0.6') text(options.savedCmdlines ?? '');
  return writer.bytes();
}

export const COMMON_FIELDS: string = [
  '\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;',
  '\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;',
  '\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;',
  '\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;',
].join('\n');

/** A format file with fields of its own, `[declaration, size, signed]` each, one behind the other from offset 8. */
export function formatText(name: string, id: number, fields: readonly (readonly [string, number, number])[], print: string): string {
  let offset = 8;
  const lines = fields.map(([declaration, size, signed]) => {
    const line = `\tfield:${declaration};\toffset:${offset};\tsize:${size};\tsigned:${signed};\n`;
    offset += size;
    return line;
  });
  return `name: ${name}\nID: ${id}\nformat:\n${COMMON_FIELDS}\n\n${lines.join('')}\nprint fmt: ${print}\n`;
}

export function tracepoints(bytes: Uint8Array, diagnostics: Diagnostics = new Diagnostics(), grouping?: OperatorGrouping): Tracepoints {
  const read = Tracepoints.from(bytes, 0, diagnostics, grouping);
  if (read === undefined) throw new Error('no TRACING_DATA');
  return read;
}

/** An event that counts the tracepoint with this number. */
export function eventOf(id: number): PerfEvent {
  const bytes = attrBytes(true, { sampleType: 0x400 });
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 2, true);
  view.setBigUint64(8, BigInt(id), true);
  return new PerfEvent(0, readAttr(bytes, true)!, []);
}

/** The text of an event that lies somewhere in other bytes. */
export function textOf(from: Tracepoints, id: number, raw: Uint8Array): string {
  const bytes = new Uint8Array(raw.length + 16).fill(0xaa);
  bytes.set(raw, 7);
  return from.text(eventOf(id), bytes, new DataView(bytes.buffer), 7, raw.length);
}
