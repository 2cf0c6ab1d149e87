// A window onto one record where it lies in a block of the file (FORMAT 2.0; SPEC 4.1). Nothing is copied or decoded: the decoders
// of records/, sample-view.ts and trailer-view.ts read from here.

import type { RecordBlock } from './record-block.ts';

const EMPTY = new Uint8Array(0);

/** Reused: after the next record was asked for it shows that one, and the bytes may be overwritten. Copy what you keep. */
export class RecordView {
  view: DataView = new DataView(EMPTY.buffer);
  /** The bytes under `view`, at the same offsets. */
  bytes: Uint8Array = EMPTY;
  littleEndian = true;
  /** Of the record's header, in `view`. */
  offset = 0;
  /** One past the record, in `view`. */
  end = 0;
  type = 0;
  misc = 0;
  /** Which file: 0 is the recording itself (or a directory's `data`), the others a directory's `data.N` in the order given. */
  source = 0;
  /** Where offset 0 of `view` lies in its file; of what was compressed, where the COMPRESSED record lies. */
  fileBase = 0;
  isDecompressed = false;
  /** Of what was compressed: where offset 0 of `view` lies in what the file's compressed records make together. */
  plainBase = 0;

  /** What the header says. Bytes that follow the record (AUXTRACE, TRACING_DATA) do not count. */
  get size(): number {
    return this.end - this.offset;
  }

  /** Where the record's header lies in its file; for records that were compressed, where the COMPRESSED record lies. */
  get fileOffset(): number {
    return this.isDecompressed ? this.fileBase : this.fileBase + this.offset;
  }

  /** Where the header of a record that was compressed lies in what the file's compressed records make together; -1 for others. */
  get plainOffset(): number {
    return this.isDecompressed ? this.plainBase + this.offset : -1;
  }

  /** Shows a record at `offset` of some bytes; `end` must lie within them. */
  show(bytes: Uint8Array, view: DataView, littleEndian: boolean, offset: number, end: number): void {
    this.bytes = bytes;
    this.view = view;
    this.littleEndian = littleEndian;
    this.goTo(offset, end);
  }

  /** Goes to another block; `goTo` shows a record in it. */
  enter(block: RecordBlock): void {
    this.bytes = block.bytes;
    this.view = block.view;
    this.source = block.source;
    this.fileBase = block.fileOffset;
    this.isDecompressed = block.isDecompressed;
    this.plainBase = block.plainOffset;
  }

  /** Shows another record in the same bytes. */
  goTo(offset: number, end: number): void {
    this.offset = offset;
    this.end = end;
    this.type = this.view.getUint32(offset, this.littleEndian);
    this.misc = this.view.getUint16(offset + 4, this.littleEndian);
  }
}

/** A view of a single record in bytes of its own, for tests and for records that are kept. */
export function viewOfRecord(bytes: Uint8Array, littleEndian: boolean): RecordView {
  const record = new RecordView();
  record.show(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), littleEndian, 0, bytes.length);
  return record;
}
