// The contents of AUX area traces (Intel PT, Intel BTS, Arm SPE), behind the AUXTRACE record that announces them: a line for each packet, with its bytes and what they
// say. Read in pieces: a trace may be longer than memory. Which tracer it was says the AUXTRACE_INFO before.

import { type AuxtraceRecord, TraceKind } from '../../perfdata/records/auxtrace.ts';
import { IntelPtReader, MAX_PT_PACKET, PtPacket } from '../../perfdata/auxtrace/intel-pt.ts';
import { ArmSpeReader, MAX_SPE_PACKET, SpePacket } from '../../perfdata/auxtrace/arm-spe.ts';
import { armSpeText } from './arm-spe-text.ts';
import { intelPtText } from './intel-pt-text.ts';

/** Bytes [0, length) of a stretch of the recording from `offset` on; fewer at its end. */
export type TraceReader = (source: number, offset: number, length: number) => Promise<Uint8Array>;

/** What makes lines of a tracer's bytes. */
interface TraceLines {
  /** As perf calls the tracer. */
  readonly name: string;
  /** Bytes that must be there behind the beginning of a packet, or else all that are left. */
  readonly lookahead: number;
  /** Width of the column of bytes. */
  readonly columns: number;
  /** The size of a trace, as perf writes it. */
  size(bytes: number): string;
  /** The packet at `at`, `position` bytes into the trace: what it says. Sets `length`: the bytes on its line. */
  read(bytes: Uint8Array, at: number, end: number, position: number): string;
  length: number;
}

/** Bytes read at a time: up to as many lines of text. */
const PIECE = 1 << 16;
/** Zeros behind a shorter packet are padding, and stand on its line up to this width. */
const PADDED = 8;
/** Bytes on a line. */
const LINE = 16;
/** From, to, flags: 64 bits each. */
const BTS_RECORD = 24;
const BTS_PREDICTED = 0x10;

class IntelPtLines implements TraceLines {
  readonly name = 'Intel Processor Trace';
  readonly lookahead: number = MAX_PT_PACKET;
  readonly columns: number = LINE;
  length = 0;
  readonly size: (bytes: number) => string = String;
  readonly #reader = new IntelPtReader();

  read(bytes: Uint8Array, at: number, end: number): string {
    const reader = this.#reader;
    reader.read(bytes, at, end);
    this.length = reader.length;
    if (reader.kind !== PtPacket.Bad) {
      const most = Math.min(PADDED, end - at);
      while (this.length < most && bytes[at + this.length] === 0) this.length++;
    }
    return intelPtText(reader);
  }
}

class IntelBtsLines implements TraceLines {
  readonly name = 'Intel BTS';
  readonly lookahead: number = BTS_RECORD;
  readonly columns: number = BTS_RECORD;
  length = 0;
  readonly size: (bytes: number) => string = String;

  read(bytes: Uint8Array, at: number, end: number): string {
    this.length = Math.min(BTS_RECORD, end - at);
    if (this.length < BTS_RECORD) return 'Bad record!';
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, BTS_RECORD);
    const address = (offset: number): string => view.getBigUint64(offset, true).toString(16);
    return `${address(0)} -> ${address(8)} ${(view.getUint32(16, true) & BTS_PREDICTED) !== 0 ? 'pred' : 'miss'}`;
  }
}

class ArmSpeLines implements TraceLines {
  readonly name = 'ARM SPE';
  readonly lookahead: number = MAX_SPE_PACKET;
  readonly columns: number = LINE;
  length = 0;
  readonly #reader = new ArmSpeReader();

  size(bytes: number): string {
    return `0x${bytes.toString(16)}`;
  }

  read(bytes: Uint8Array, at: number, end: number, position: number): string {
    const reader = this.#reader;
    reader.read(bytes, at, end, position);
    this.length = reader.length;
    if (reader.kind === SpePacket.Pad) {
      const most = Math.min(LINE, end - at);
      while (this.length < most && bytes[at + this.length] === 0) this.length++;
    }
    return armSpeText(reader);
  }
}

function linesOf(kind: number): TraceLines | undefined {
  if (kind === TraceKind.IntelPt) return new IntelPtLines();
  if (kind === TraceKind.IntelBts) return new IntelBtsLines();
  return kind === TraceKind.ArmSpe ? new ArmSpeLines() : undefined;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => ` ${byte.toString(16).padStart(2, '0')}`);

/** Whether contents of this tracer can be told. */
export function knowsTrace(kind: number): boolean {
  return linesOf(kind) !== undefined;
}

/** Writes the lines of one AUXTRACE record's data, which lie in `source` from `offset` on. */
export async function dumpTrace(
  kind: number, record: AuxtraceRecord, source: number, offset: number, read: TraceReader, write: (text: string) => void, pieceSize: number = PIECE,
): Promise<void> {
  const lines = linesOf(kind);
  if (lines === undefined) return;
  write(`.\n. ... ${lines.name} data: size ${lines.size(record.dataSize)} bytes\n`);
  let bytes: Uint8Array = new Uint8Array(0);
  let position = 0; // of bytes[0], in the trace
  for (let isLast = false; !isLast; ) {
    const wanted = Math.min(pieceSize, record.dataSize - position - bytes.length);
    const piece = wanted > 0 ? await read(source, offset + position + bytes.length, wanted) : new Uint8Array(0);
    isLast = piece.length < wanted || position + bytes.length + piece.length >= record.dataSize;
    const joined = new Uint8Array(bytes.length + piece.length);
    joined.set(bytes);
    joined.set(piece, bytes.length);
    const until = isLast ? joined.length : joined.length - lines.lookahead;
    let at = 0;
    let text = '';
    while (at < until) {
      const what = lines.read(joined, at, joined.length, position + at);
      text += `.  ${(position + at).toString(16).padStart(8, '0')}: `;
      for (let i = 0; i < lines.length; i++) text += HEX[joined[at + i]!]!;
      text += `${'   '.repeat(Math.max(0, lines.columns - lines.length))} ${what}\n`;
      at += lines.length;
    }
    write(text);
    bytes = joined.subarray(at);
    position += at;
  }
}
