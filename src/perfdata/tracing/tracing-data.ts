// What a recording says about the tracepoints of its kernel: the TRACING_DATA stream (FORMAT 6.1; SPEC 7.1), which is feature section 1 of a
// file and follows record 66 in a pipe. Texts are not looked into here, only found: a recording of all tracepoints has 2 323 of them.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { decodeText, endOfText } from '../../bytes/text.ts';

/** One `format` file of an event. */
export interface FormatText {
  /** The directory it lay in: `sched`; `ftrace` for those of the function tracer itself. */
  readonly system: string;
  /** As the kernel wrote it; a view of the recording's bytes. */
  readonly bytes: Uint8Array;
}

export interface TracingData {
  /** `0.6`; `0.5` of older writers, which left out the saved command lines. */
  readonly version: string;
  /** Of the integers in here and of the fields of events: that of the recording machine. */
  readonly littleEndian: boolean;
  /** Bytes of a `long` of the kernel, 4 or 8: a 32-bit perf may have recorded on a 64-bit kernel. */
  readonly longSize: number;
  readonly pageSize: number;
  /** How the kernel's ring buffer begins a page and an event; perf data does not use them. */
  readonly headerPage: Uint8Array;
  readonly headerEvent: Uint8Array;
  readonly formats: readonly FormatText[];
  /** Symbols of the kernel; empty since perf 4.x. */
  readonly kallsyms: Uint8Array;
  /** Lines `0xADDRESS : "text"`: constant strings of the kernel that events say by address. */
  readonly printkFormats: Uint8Array;
  /** Lines `PID COMM`. */
  readonly savedCmdlines: Uint8Array;
  /** Bytes of the stream up to the end of its last part that is there; in a pipe padding follows. */
  readonly length: number;
  /** All parts are there. */
  readonly isWhole: boolean;
}

/** 0x17 0x08 0x44 "tracing". */
const MAGIC = [0x17, 0x08, 0x44, 0x74, 0x72, 0x61, 0x63, 0x69, 0x6e, 0x67];
const NOTHING = new Uint8Array(0);
/** `name:`, with which every format file begins. */
const NAME = [0x6e, 0x61, 0x6d, 0x65, 0x3a];

/**
 * Finds the parts of a TRACING_DATA stream. Where it is cut or a count is wrong, what came before is there, and the rest is empty.
 * Undefined, with a diagnostic, where it is something else. Offsets in diagnostics are relative to `place`, its offset in the file.
 */
export function readTracingData(bytes: Uint8Array, place: number, diagnostics: Diagnostics): TracingData | undefined {
  if (bytes.length < MAGIC.length + 8 || MAGIC.some((byte, index) => bytes[index] !== byte)) {
    diagnostics.damaged('tracing-data', place, 'The descriptions of the tracepoints are damaged: their fields cannot be read');
    return undefined;
  }
  const reader = new TracingReader(bytes, MAGIC.length);
  const version = reader.name();
  reader.littleEndian = reader.byte() === 0;
  const writersLongSize = reader.byte();
  const pageSize = reader.u32();
  const headerPage = reader.name() === 'header_page' ? reader.raw(reader.u64()) : reader.fail();
  const headerEvent = reader.name() === 'header_event' ? reader.raw(reader.u64()) : reader.fail();
  const formats: FormatText[] = [];
  reader.formats('ftrace', formats);
  for (let systems = reader.u32(); systems > 0 && !reader.failed; systems--) reader.formats(reader.name(), formats);
  const kallsyms = reader.raw(reader.u32());
  const printkFormats = reader.raw(reader.u32());
  const savedCmdlines = Number.parseFloat(version) >= 0.6 ? reader.raw(reader.u64()) : NOTHING;
  if (reader.failed) {
    diagnostics.damaged('tracing-data-cut', place + reader.offset, 'The descriptions of the tracepoints end too early: some events cannot be read');
  }
  const { littleEndian } = reader;
  const longSize = (kernelLongSize(headerPage) ?? writersLongSize) === 4 ? 4 : 8;
  return {
    version, littleEndian, longSize, pageSize, headerPage, headerEvent, formats, kallsyms, printkFormats, savedCmdlines,
    length: reader.offset, isWhole: !reader.failed,
  };
}

/** The counter in the kernel's pages is a long. */
function kernelLongSize(headerPage: Uint8Array): number | undefined {
  const match = /\bcommit;\s*offset:\d+;\s*size:(\d+);/.exec(decodeText(headerPage, 0, Math.min(headerPage.length, MAX_HEADER_PAGE)));
  return match === null ? undefined : Number(match[1]);
}

/** Its four fields take some 200 bytes. */
const MAX_HEADER_PAGE = 4_096;

/** A cursor; past the end, or at something impossible, it is `failed` and gives zeros and nothing. */
class TracingReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  offset: number;
  littleEndian = true;
  failed = false;

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.offset = offset;
  }

  byte(): number {
    return this.#take(1) ? this.#view.getUint8(this.offset - 1) : 0;
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.offset - 4, this.littleEndian) : 0;
  }

  u64(): number {
    return this.#take(8) ? Number(this.#view.getBigUint64(this.offset - 8, this.littleEndian)) : 0;
  }

  raw(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.offset - length, this.offset) : NOTHING;
  }

  /** A text up to its NUL. */
  name(): string {
    const start = this.offset;
    const end = endOfText(this.#bytes, start, this.#bytes.length);
    return this.#take(end - start + 1) ? decodeText(this.#bytes, start, end) : '';
  }

  /** A count, then that many texts with their sizes. What is no format file ends it all: then the count was wrong. */
  formats(system: string, formats: FormatText[]): void {
    for (let count = this.u32(); count > 0 && !this.failed; count--) {
      const start = this.offset;
      const bytes = this.raw(this.u64());
      if (!this.failed && NAME.every((byte, index) => bytes[index] === byte)) formats.push({ system, bytes });
      else {
        this.fail();
        this.offset = start;
      }
    }
  }

  fail(): Uint8Array {
    this.failed = true;
    return NOTHING;
  }

  #take(length: number): boolean {
    if (this.failed || length > this.#bytes.length - this.offset) {
      this.failed = true;
      return false;
    }
    this.offset += length;
    return true;
  }
}
