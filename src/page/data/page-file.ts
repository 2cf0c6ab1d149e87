// PageData as bytes, and back: what stands in the HTML file, packed by gzip. A head of 16 bytes, the texts as JSON, the columns of numbers.
//
//   perftspg  version (4)  length (4)  JSON …  column column …
//
// Numbers are little-endian. What is read is checked, so that the app never looks behind the end of a table and every walk to a root ends.

import { MAX_PAGE_DATA } from '../../bytes/limits.ts';
import { gzipped } from '../../formats/gzip.ts';
import { ColumnReader, ColumnWriter, type NumberColumn } from './page-columns.ts';
import type { PageData } from './page-data.ts';
import { PageDataError } from './page-data-error.ts';
import { textsOf, type PageTexts } from './page-texts.ts';
import type { Sliced } from '../model/frame-tree.ts';
import { atOnce, pause, sliced } from '../model/slices.ts';

/** Grows when the layout changes: a page holds the reader of its own version, so others never meet. */
const VERSION = 1;
const MAGIC = 'perftspg';
const HEAD = 16;
/** Of any table: an index must fit Int32. */
const MOST_ROWS = 0x7fff_ffff;

/** The bytes, not packed. */
export function encodePageData(data: PageData): Uint8Array {
  const { origin, events, threads, modules, functions, places, stacks, samples, quality, sources, code } = data;
  const texts: PageTexts = {
    origin, events, threads, modules, functions, quality, sources, code,
    places: places.length, nodes: stacks.length, samples: samples.length, hasPython: stacks.python !== undefined,
  };
  const json = new TextEncoder().encode(JSON.stringify(texts));
  const columns = new ColumnWriter();
  for (const column of columnsOf(data)) columns.put(column);
  const body = columns.finish();
  const bytes = new Uint8Array(HEAD + json.length + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, VERSION, true);
  view.setUint32(12, json.length, true);
  bytes.set(json, HEAD);
  bytes.set(body, HEAD + json.length);
  return bytes;
}

function columnsOf({ places, stacks, samples }: PageData): NumberColumn[] {
  return [
    places.function, places.address, places.line, places.outer,
    stacks.parent, stacks.place, ...(stacks.python === undefined ? [] : [stacks.python]),
    samples.time, samples.thread, samples.cpu, samples.event, samples.node, samples.period,
  ];
}

/** @throws PageDataError, one line. */
export function decodePageData(bytes: Uint8Array): PageData {
  return atOnce(decoding(bytes));
}

/** In steps: with millions of samples each column takes a hundred milliseconds, in which a page would not answer. */
function* decoding(bytes: Uint8Array): Generator<undefined, PageData, void> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC) throw new PageDataError('it is something else');
  if (view.getUint32(8, true) !== VERSION) throw new PageDataError('it was written by another version of perfts');
  const end = HEAD + view.getUint32(12, true);
  if (end > bytes.length) throw new PageDataError('it is cut short');
  const { places: placeCount, nodes, samples: sampleCount, hasPython, ...texts } = textsOf(bytes.subarray(HEAD, end));
  // Each number takes a byte at least.
  for (const count of [placeCount, nodes, sampleCount]) if (count > Math.min(MOST_ROWS, bytes.length - end)) throw new PageDataError('a table is longer than its bytes');
  const columns = new ColumnReader(bytes.subarray(end));
  const { functions, threads, events } = texts;
  const places = {
    length: placeCount,
    function: yield* columns.fill(new Int32Array(placeCount), 0, functions.length - 1),
    address: yield* columns.fill(new Float64Array(placeCount), -Number.MAX_VALUE, Number.MAX_VALUE),
    line: yield* columns.fill(new Int32Array(placeCount), 0, MOST_ROWS),
    outer: yield* columns.fill(new Int32Array(placeCount), -1, placeCount - 1),
  };
  const parent = yield* columns.fill(new Int32Array(nodes), 0, Math.max(nodes - 1, 0));
  const place = yield* columns.fill(new Int32Array(nodes), 0, Math.max(placeCount - 1, 0));
  const python = hasPython ? yield* columns.fill(new Int32Array(nodes), 0, Math.max(nodes - 1, 0)) : undefined;
  const stacks = { length: nodes, parent, place, python };
  const time = yield* columns.fill(new Float64Array(sampleCount), 0, Number.MAX_VALUE);
  const thread = yield* columns.fill(new Int32Array(sampleCount), 0, threads.length - 1);
  const cpu = yield* columns.fill(new Int16Array(sampleCount), -1, 0x7fff);
  const event = yield* columns.fill(new Uint16Array(sampleCount), 0, events.length - 1);
  const node = yield* columns.fill(new Int32Array(sampleCount), 0, Math.max(nodes - 1, 0));
  const period = yield* columns.fill(new Float64Array(sampleCount), 0, Number.MAX_VALUE);
  const samples = { length: sampleCount, time, thread, cpu, event, node, period };
  if (!columns.isAtEnd) throw new PageDataError('there is more in it than there should be');
  if (nodes < 1 || (nodes > 1 && placeCount === 0)) throw new PageDataError('a table is missing');
  for (let child = 1; child < nodes; child++) if (parent[child]! >= child) throw new PageDataError('its tree of stacks is none');
  for (let inner = 0; inner < placeCount; inner++) if (places.outer[inner]! >= inner) throw new PageDataError('its inlined calls run in a circle');
  return { ...texts, places, stacks, samples };
}

/** Packed for the HTML file; nothing of it is text yet. */
export async function packPageData(data: PageData): Promise<Uint8Array> {
  return gzipped(encodePageData(data));
}

/** @throws PageDataError, one line. */
export async function unpackPageData(packed: Uint8Array): Promise<PageData> {
  return await unpackPieces([packed]);
}

/** The same of packed data that comes in pieces. */
export async function unpackPieces(packed: Iterable<Uint8Array>): Promise<PageData> {
  const bytes = await gunzipped(packed);
  return (await sliced(decoding(bytes), () => true))!;
}

async function gunzipped(packed: Iterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const next = packed[Symbol.iterator]();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull: async (controller) => {
      // Streams alone leave a page no time for anything else.
      await pause();
      const { done, value } = next.next();
      if (done === true) controller.close();
      else controller.enqueue(value.slice());
    },
  });
  try {
    const reader = stream.pipeThrough(new DecompressionStream('gzip')).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.length;
      if (size > MAX_PAGE_DATA) {
        await reader.cancel();
        break;
      }
      pieces.push(value);
    }
  } catch {
    throw new PageDataError('it is damaged or cut short');
  }
  if (size > MAX_PAGE_DATA) throw new PageDataError('it is larger than a page can show');
  return (await sliced(joined(pieces, size), () => true))!;
}

function* joined(pieces: readonly Uint8Array[], size: number): Sliced<Uint8Array> {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
    yield;
  }
  return bytes;
}
