// Pages and chunks of a Parquet file: what lies between a column's values and the file. Pages are of version 1, whose levels are compressed too:
// stacks that come again have the same ones.

import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';
import { writeRleBitPackedHybrid } from 'hyparquet-writer/src/encoding.js';
import { snappyCompress } from 'hyparquet-writer/src/snappy.js';
import type { ColumnChunk, Encoding, SchemaElement, Statistics } from './parquet-values.ts';

/** Levels of one bit: whether a value is there, whether it goes on with the list before it. */
const ONE_BIT = 1;

/** A chunk being written: the values of a column in one group of rows. */
export class ParquetChunk {
  readonly #out: ByteWriter;
  readonly #start: number;
  #uncompressed = 0;
  #dictionaryAt: number | undefined;
  #dataAt: number | undefined;
  #values = 0;
  #pages = 0;
  #encoding: Encoding = 'PLAIN';

  constructor(out: ByteWriter) {
    this.#out = out;
    this.#start = out.offset;
  }

  /** The page of distinct values, before all others. `plain`: as PLAIN encodes them. */
  dictionary(plain: Uint8Array, values: number): void {
    this.#dictionaryAt = this.#out.offset;
    const compressed = snappyCompress(plain);
    this.#header(plain, () => writePageHeader(this.#out, {
      type: 'DICTIONARY_PAGE',
      uncompressed_page_size: plain.length,
      compressed_page_size: compressed.length,
      dictionary_page_header: { num_values: values, encoding: 'PLAIN' },
    }));
    this.#out.appendBytes(compressed);
  }

  /** A page of values with their levels in front of them. `values`: with those that are null. */
  data(page: Uint8Array, values: number, encoding: Encoding): void {
    this.#dataAt ??= this.#out.offset;
    this.#values += values;
    this.#pages++;
    this.#encoding = encoding;
    const compressed = snappyCompress(page);
    this.#header(page, () => writePageHeader(this.#out, {
      type: 'DATA_PAGE',
      uncompressed_page_size: page.length,
      compressed_page_size: compressed.length,
      data_page_header: { num_values: values, encoding, definition_level_encoding: 'RLE', repetition_level_encoding: 'RLE' },
    }));
    this.#out.appendBytes(compressed);
  }

  /** What the file's list says of the chunk. `path`: the schema's elements from the column to what holds the values. */
  end(path: readonly SchemaElement[], statistics: Statistics): ColumnChunk {
    const encoding = this.#encoding;
    return {
      file_offset: BigInt(this.#start),
      meta_data: {
        type: path.at(-1)!.type!,
        encodings: [...new Set<Encoding>(['RLE', ...(this.#dictionaryAt === undefined ? [] : ['PLAIN' as const]), encoding])],
        path_in_schema: path.map(({ name }) => name),
        codec: 'SNAPPY',
        num_values: BigInt(this.#values),
        total_compressed_size: BigInt(this.#out.offset - this.#start),
        total_uncompressed_size: BigInt(this.#uncompressed),
        data_page_offset: BigInt(this.#dataAt ?? this.#start),
        ...(this.#dictionaryAt !== undefined && { dictionary_page_offset: BigInt(this.#dictionaryAt) }),
        statistics,
        encoding_stats: [
          ...(this.#dictionaryAt === undefined ? [] : [{ page_type: 'DICTIONARY_PAGE' as const, encoding: 'PLAIN' as const, count: 1 }]),
          { page_type: 'DATA_PAGE' as const, encoding, count: this.#pages },
        ],
      },
    };
  }

  #header({ length }: Uint8Array, write: () => void): void {
    const before = this.#out.offset;
    write();
    this.#uncompressed += this.#out.offset - before + length;
  }
}

/** Levels of 0 and 1, with their length. */
export function putLevels(page: ByteWriter, write: (levels: ByteWriter) => void): void {
  const levels = new ByteWriter();
  write(levels);
  page.appendUint32(levels.index);
  page.appendBytes(levels.getBytes());
}

/** `count` times the same level. */
export function putSameLevels(page: ByteWriter, count: number, level: 0 | 1): void {
  putLevels(page, (levels) => putRun(levels, count, level));
}

/** Levels as they come. */
export function putMixedLevels(page: ByteWriter, levels: Uint8Array): void {
  putLevels(page, (out) => writeRleBitPackedHybrid(out, levels, ONE_BIT));
}

/** A run of one level. */
export function putRun(levels: ByteWriter, count: number, level: 0 | 1): void {
  levels.appendVarInt(count << 1);
  levels.appendUint8(level);
}

/** Numbers of a dictionary's entries, with the width that they need. */
export function putIndexes(page: ByteWriter, indexes: Int32Array, entries: number): void {
  const width = entries <= 1 ? 0 : 32 - Math.clz32(entries - 1);
  page.appendUint8(width);
  writeRleBitPackedHybrid(page, indexes, width);
}

/** The same in whole bytes, as many as `bytes` has for each of them: what comes again is then again the same bytes, to be compressed. */
export function putByteIndexes(page: ByteWriter, bytes: Uint8Array, width: number): void {
  const count = bytes.length / width;
  const groups = Math.ceil(count / 8);
  page.appendUint8(width * 8);
  page.appendVarInt((groups << 1) | 1);
  page.appendBytes(bytes);
  for (let i = count; i < groups * 8; i++) for (let byte = 0; byte < width; byte++) page.appendUint8(0);
}
