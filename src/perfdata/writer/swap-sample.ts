// A sample in the other byte order (FORMAT 2.3, 2.5). The dump of the stack is turned as the words that an unwinder reads; RAW stays,
// since TRACING_DATA says its order, and so do the bytes of AUX.

import type { PerfEvent } from '../event-table.ts';
import { ReadFormat, SampleBit, bitCount } from '../sample-format.ts';
import type { SwapCursor } from './swap-cursor.ts';

/** mispred, predicted, in_tx, abort, cycles, type, spec, new_type, priv, reserved (FORMAT 2.3.5). */
const BRANCH_FLAG_WIDTHS: readonly number[] = [1, 1, 1, 1, 16, 4, 2, 4, 3, 31];

/** Turns the fields of a sample; the cursor stands after the record's header. */
export function swapSample(cursor: SwapCursor, event: PerfEvent): void {
  const type = event.attr.sampleType;
  const has = (bit: number): boolean => (type & bit) !== 0;
  const word = (bit: number): void => {
    if (has(bit)) cursor.u64();
  };
  word(SampleBit.Identifier);
  word(SampleBit.Ip);
  if (has(SampleBit.Tid)) cursor.u32s(2);
  word(SampleBit.Time);
  word(SampleBit.Addr);
  word(SampleBit.Id);
  word(SampleBit.StreamId);
  if (has(SampleBit.Cpu)) cursor.u32s(2);
  word(SampleBit.Period);
  if (has(SampleBit.Read)) swapReadValues(cursor, event.attr.readFormat);
  if (has(SampleBit.Callchain)) cursor.u64s(cursor.u64());
  if (has(SampleBit.Raw)) cursor.skip(cursor.u32());
  if (has(SampleBit.BranchStack)) {
    const count = cursor.u64();
    if (event.hasBranchIndex) cursor.u64();
    for (let left = count; left > 0 && cursor.left > 0; left--) {
      cursor.u64s(2);
      cursor.fields64(BRANCH_FLAG_WIDTHS);
    }
    if (event.hasBranchCounters) cursor.u64s(count);
  }
  if (has(SampleBit.RegsUser) && cursor.u64() !== 0) cursor.u64s(event.userRegsCount);
  if (has(SampleBit.StackUser)) {
    const size = cursor.u64();
    if (size > 0) {
      const end = cursor.at + size;
      cursor.u64s(Math.floor(Math.min(size, cursor.left) / 8));
      cursor.skip(end - cursor.at);
      cursor.u64();
    }
  }
  word(SampleBit.Weight | SampleBit.WeightStruct);
  word(SampleBit.DataSrc);
  word(SampleBit.Transaction);
  if (has(SampleBit.RegsIntr) && cursor.u64() !== 0) cursor.u64s(event.intrRegsCount);
  word(SampleBit.PhysAddr);
  word(SampleBit.Cgroup);
  word(SampleBit.DataPageSize);
  word(SampleBit.CodePageSize);
  if (has(SampleBit.Aux)) cursor.skip(cursor.u64());
}

/** The values of a READ field: all u64. */
function swapReadValues(cursor: SwapCursor, readFormat: number): void {
  const times = bitCount(readFormat & (ReadFormat.TotalTimeEnabled | ReadFormat.TotalTimeRunning));
  const each = 1 + bitCount(readFormat & (ReadFormat.Id | ReadFormat.Lost));
  if ((readFormat & ReadFormat.Group) === 0) cursor.u64s(times + each);
  else {
    const count = cursor.u64();
    cursor.u64s(times + count * each);
  }
}
