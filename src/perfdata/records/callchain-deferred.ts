// CALLCHAIN_DEFERRED: the user part of call chains that samples left open (FORMAT 2.1, 2.3.4; SPEC 4.5).

import { readUnsigned64 } from '../../bytes/int64.ts';
import type { RecordView } from '../record-view.ts';

export interface CallchainDeferredRecord {
  /** Exact: what the waiting samples' chains end with. */
  readonly cookie: bigint;
  /** Where the addresses lie in the record's view; Linux writes no marker of user mode before them. */
  readonly chainOffset: number;
  readonly chainLength: number;
}

export function readCallchainDeferred(record: RecordView): CallchainDeferredRecord | undefined {
  const { view, offset, end, littleEndian } = record;
  if (offset + 24 > end) return undefined;
  const length = readUnsigned64(view, offset + 16, littleEndian);
  if (length * 8 > end - offset - 24) return undefined;
  return { cookie: view.getBigUint64(offset + 8, littleEndian), chainOffset: offset + 24, chainLength: length };
}
