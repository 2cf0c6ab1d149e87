// A line for each sample, as it comes: CSV (RFC 4180, with a head line) and JSON lines. For spreadsheets, scripts and whatever reads text.
// CSV has the stack in one field, outermost first, as collapsed stacks have it; JSON as a list of frames, innermost first.

import { TextBuffer } from '../bytes/text-buffer.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { CODE_KIND_NAMES } from './code-table.ts';
import type { ExportFormat, ExportTables, FormatWriter, SampleRow } from './format.ts';
import { StackTexts } from './stack-texts.ts';

const BLOCK = 1 << 16;
const SECOND = 1_000_000_000n;

/** The columns of CSV, in order. */
export const CSV_COLUMNS: readonly string[] = [
  'recording', 'labels', 'time', 'event', 'period', 'pid', 'tid', 'comm', 'cpu', 'mode', 'function', 'module', 'file', 'end', 'stack',
];

class CsvWriter implements FormatWriter {
  readonly #text: TextBuffer;
  readonly #stacks: StackTexts;

  constructor(tables: ExportTables, sink: ByteSink) {
    this.#text = new TextBuffer((bytes) => sink.write(bytes), BLOCK);
    this.#text.text(`${CSV_COLUMNS.join(',')}\r\n`);
    const { code, stacks } = tables;
    this.#stacks = new StackTexts((stack) => {
      const leaf = stack === 0 ? undefined : code.at(stacks.frame[stack]!);
      const path: string[] = [];
      for (let node = stack; node > 0; node = stacks.parent[node]!) path.push(code.at(stacks.frame[node]!).name.replaceAll(';', ':'));
      return { leaf: [leaf?.name ?? '', leaf === undefined ? '' : code.moduleName(leaf), leaf?.file ?? ''].map(quoted).join(','), stack: quoted(path.reverse().join(';')) };
    });
  }

  sample(row: SampleRow): void {
    const { recording, event } = row;
    const { leaf, stack } = this.#stacks.of(row.stack);
    const labels = [...recording.labels].map(([key, value]) => `${key}=${value}`).join(';');
    this.#text.text(
      `${quoted(recording.name)},${quoted(labels)},${row.hasTime ? secondsText(recording.clockTime(row.time)) : ''},${quoted(event.name)},${row.period},${row.pid},${row.tid},` +
      `${quoted(row.comm)},${row.cpu < 0 ? '' : row.cpu},${row.inKernel ? 'kernel' : 'user'},${leaf},${row.end ?? ''},${stack}\r\n`,
    );
  }

  finish(): void {
    this.#text.flush();
  }
}

class JsonLinesWriter implements FormatWriter {
  readonly #text: TextBuffer;
  readonly #stacks: StackTexts;

  constructor(tables: ExportTables, sink: ByteSink) {
    this.#text = new TextBuffer((bytes) => sink.write(bytes), BLOCK);
    const { code, stacks } = tables;
    const frames: string[] = [];
    const frameOf = (place: number): string => (frames[place] ??= JSON.stringify({ ...frameJson(tables, place), ...(code.outer[place]! >= 0 && { inlined: true }) }));
    this.#stacks = new StackTexts((stack) => {
      const list: string[] = [];
      for (let node = stack; node > 0; node = stacks.parent[node]!) list.push(frameOf(stacks.frame[node]!));
      return { leaf: '', stack: list.join(',') };
    });
  }

  sample(row: SampleRow): void {
    const { recording, event, end } = row;
    const head = {
      recording: recording.name,
      ...(recording.labels.size > 0 && { labels: Object.fromEntries(recording.labels) }),
      // 64 bits and more digits than a double holds.
      ...(row.hasTime && { time: secondsText(recording.clockTime(row.time)) }),
      event: event.name, period: row.period, pid: row.pid, tid: row.tid, comm: row.comm,
      ...(row.cpu >= 0 && { cpu: row.cpu }),
      mode: row.inKernel ? 'kernel' : 'user',
      ...(end !== undefined && { end }),
    };
    this.#text.text(`${JSON.stringify(head).slice(0, -1)},"stack":[${this.#stacks.of(row.stack).stack}]}\n`);
  }

  finish(): void {
    this.#text.flush();
  }
}

function frameJson({ code }: ExportTables, place: number): object {
  const fn = code.at(place);
  const module = code.moduleName(fn);
  return { function: fn.name, ...(module !== '' && { module }), ...(fn.file !== '' && { file: fn.file }), kind: CODE_KIND_NAMES[fn.kind] };
}

/** Seconds with nine digits behind the point, as perf script prints them. */
function secondsText(nanoseconds: bigint): string {
  return `${nanoseconds / SECOND}.${String(nanoseconds % SECOND).padStart(9, '0')}`;
}

/** In quotation marks where a field needs them. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

export const csv: ExportFormat = { byAddress: false, make: (tables, _options, sink) => new CsvWriter(tables, sink) };
export const jsonLines: ExportFormat = { byAddress: false, make: (tables, _options, sink) => new JsonLinesWriter(tables, sink) };
