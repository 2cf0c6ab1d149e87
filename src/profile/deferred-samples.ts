// Samples whose user chain the kernel records later, when the thread returns to user mode (FORMAT 2.3.4, record 22; SPEC 5.3.4): they wait here,
// and come back merged with the chain when it arrives. perf hands out all waiting samples of a thread at that moment.

import { MAX_DEFERRED_BYTES } from '../bytes/limits.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import { viewOfRecord, type RecordView } from '../perfdata/record-view.ts';
import { readCallchainDeferred } from '../perfdata/records/callchain-deferred.ts';

/** The user part of a chain, in a CALLCHAIN_DEFERRED record. */
export interface DeferredChain {
  readonly view: DataView;
  /** Of the first address, in `view`. */
  readonly offset: number;
  readonly length: number;
  readonly littleEndian: boolean;
}

/** A sample on its way out. */
export interface ReadySample {
  readonly record: RecordView;
  readonly event: number;
  /** Undefined where the chain never came. */
  readonly chain: DeferredChain | undefined;
}

interface Waiting {
  readonly record: RecordView;
  readonly event: number;
  /** The how manyeth to wait. */
  readonly number: number;
  readonly cookie: bigint;
}

const MARKER_HIGH = -1;
/** Low word of PERF_CONTEXT_USER_DEFERRED, -640. */
const MARKER_LOW = 0xfffffd80;

export class DeferredSamples {
  /** By tid, in the order in which they came. */
  readonly #waiting = new Map<number, Waiting[]>();
  #count = 0;
  #bytes = 0;

  /** Keeps a copy of the sample if its chain ends in a cookie; false if it need not wait, or if too many wait for what never comes. */
  hold(record: RecordView, raw: SampleView, event: number): boolean {
    const { view, littleEndian } = record;
    if (raw.chainLength < 2) return false;
    const at = raw.chainOffset + (raw.chainLength - 2) * 8;
    const [low, high] = littleEndian ? [0, 4] : [4, 0];
    if (view.getUint32(at + low, littleEndian) !== MARKER_LOW || view.getInt32(at + high, littleEndian) !== MARKER_HIGH) return false;
    if (this.#bytes + record.size > MAX_DEFERRED_BYTES) return false;
    const copy = viewOfRecord(record.bytes.slice(record.offset, record.end), littleEndian);
    const waiting = { record: copy, event, number: this.#count++, cookie: view.getBigUint64(at + 8, littleEndian) };
    this.#bytes += record.size;
    const others = this.#waiting.get(raw.tid);
    if (others === undefined) this.#waiting.set(raw.tid, [waiting]);
    else others.push(waiting);
    return true;
  }

  /** The samples that a CALLCHAIN_DEFERRED record of a thread sets free, in the order in which they came. */
  release(record: RecordView, tid: number): ReadySample[] {
    const deferred = readCallchainDeferred(record);
    if (deferred === undefined) return [];
    const { cookie } = deferred;
    const chain: DeferredChain = { view: record.view, offset: deferred.chainOffset, length: deferred.chainLength, littleEndian: record.littleEndian };
    const free = this.#waiting.get(tid) ?? [];
    this.#waiting.delete(tid);
    for (const { record: sample } of free) this.#bytes -= sample.size;
    return free.map((sample) => ({ record: sample.record, event: sample.event, chain: sample.cookie === cookie ? chain : undefined }));
  }

  /** Those whose chain never came, at the end of the recording. */
  rest(): ReadySample[] {
    const all = [...this.#waiting.values()].flat().sort((a, b) => a.number - b.number);
    this.#waiting.clear();
    this.#bytes = 0;
    return all.map(({ record, event }) => ({ record, event, chain: undefined }));
  }
}
