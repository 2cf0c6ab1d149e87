// Checks of the tracing data: the stream, its format files, and the print formats of the events that were recorded (SPEC 7). That the
// stream ends too early its reader says.

import type { Rule } from '../../bytes/findings.ts';
import { EventType } from '../attr.ts';
import type { PerfDataFile } from '../perf-data-file.ts';
import { readEventFormat, readEventId } from '../tracing/event-format.ts';
import { parsePrint } from '../tracing/print-parser.ts';
import type { Tracepoints } from '../tracing/tracepoints.ts';
import { bytes } from './check.ts';

export interface TracingContext {
  readonly file: PerfDataFile;
  readonly tracepoints: Tracepoints;
  /** Of the stream, in bytes, as its section or record says. */
  readonly size: number;
}

interface TracingCheck extends Rule {
  /** The values found. */
  readonly find: (tracing: TracingContext) => Iterable<string>;
}

const VERSIONS: readonly string[] = ['0.5', '0.6'];
/** What the reader of the stream says by itself. */
export const TRACING_HEAD: Rule = { code: 'tracing-data', clause: '7.1.2', severity: 'error', says: 'The tracing data do not begin as they must' };
export const TRACING_CUT: Rule = { code: 'tracing-data-cut', clause: '7.1.10', severity: 'error', says: 'The tracing data end within a part, or a count in them is wrong' };

/** What a pipe pads with (4.6.3). */
const PIPE_PADDING = 8;

export const TRACING_CHECKS: readonly TracingCheck[] = [
  {
    code: 'tracing-version', clause: '7.1.2', severity: 'warning', says: 'The tracing data are of a version that is not known',
    *find({ tracepoints: { data } }) {
      if (!VERSIONS.includes(data.version)) yield `version '${data.version}'`;
    },
  },
  {
    code: 'tracing-order', clause: '7.1.2', severity: 'warning', says: 'The tracing data are in another byte order than the recording',
    *find({ file, tracepoints: { data } }) {
      if (data.littleEndian !== file.littleEndian) yield data.littleEndian ? 'little-endian' : 'big-endian';
    },
  },
  {
    code: 'tracing-long', clause: '7.1.1', severity: 'warning', says: 'Something follows the tracing data in their place',
    *find({ file, tracepoints: { data }, size }) {
      const left = data.isWhole ? size - data.length : 0;
      if (left >= (file.container === 'pipe' ? PIPE_PADDING : 1)) yield bytes(left);
    },
  },
  {
    code: 'format-head', clause: '7.2.1', severity: 'error', says: 'A format file has no name or no number',
    *find({ tracepoints: { data } }) {
      for (const format of data.formats) if (readEventId(format) === undefined) yield `one of ${format.system} with ${bytes(format.bytes.length)}`;
    },
  },
  {
    code: 'format-twice', clause: '7.2.1', severity: 'warning', says: 'Two format files have one number',
    *find({ tracepoints: { data } }) {
      const names = new Map<number, string>();
      for (const format of data.formats) {
        const head = readEventId(format);
        if (head === undefined) continue;
        const name = `${format.system}:${head.name}`;
        const other = names.get(head.id);
        if (other !== undefined && other !== name) yield `${other} and ${name}, number ${head.id}`;
        names.set(head.id, name);
      }
    },
  },
  {
    code: 'format-fields', clause: '7.2.2', severity: 'error', says: 'The format file of an event that was recorded has no fields',
    *find(tracing) {
      for (const { system, name, commonFields, fields } of recordedFormats(tracing)) if (commonFields.length + fields.length === 0) yield `${system}:${name}`;
    },
  },
  {
    code: 'format-print', clause: '7.3.16', severity: 'warning', says: 'The print format of an event that was recorded cannot be read',
    *find(tracing) {
      for (const format of recordedFormats(tracing)) {
        if (format.printFormat !== undefined && parsePrint(format, tracing.tracepoints.data.longSize, 'perf') === undefined) yield `${format.system}:${format.name}`;
      }
    },
  },
];

/** The formats of the recording's own events. */
function* recordedFormats({ file, tracepoints }: TracingContext): Generator<NonNullable<ReturnType<typeof readEventFormat>>> {
  for (const { attr } of file.events.events) {
    const format = attr.type === EventType.Tracepoint ? tracepoints.formatOf(Number(attr.config)) : undefined;
    if (format !== undefined) yield format;
  }
}
