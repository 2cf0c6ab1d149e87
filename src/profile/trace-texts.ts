// The text of a tracepoint's fields in a walk, for script's column and report's rows (FORMAT 3.7, 3.8, 6.3): with the names of kernel
// functions from the modules that the walk has loaded, or must load first.

import type { PerfEvent } from '../perfdata/event-table.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import type { FormatField } from '../perfdata/tracing/event-format.ts';
import type { Tracepoints } from '../perfdata/tracing/tracepoints.ts';
import type { Module } from '../process/module.ts';
import { NEEDS_MODULE, type Resolver } from './resolver.ts';

export class TraceTexts {
  /** Of the sample last taken. */
  text = '';
  readonly #tracepoints: Tracepoints;
  readonly #resolver: Resolver;
  readonly #isRaw: boolean;
  #needed: Module | undefined;

  /** `isRaw`: fields by their names, without what print formats make of them (perf's --raw-trace). */
  constructor(tracepoints: Tracepoints, resolver: Resolver, isRaw = false) {
    this.#tracepoints = tracepoints;
    this.#resolver = resolver;
    this.#isRaw = isRaw;
    tracepoints.kernelSymbol = (address, withOffset) => this.#symbol(address, withOffset);
  }

  /** Makes the text of a sample; the module whose names it lacks, if any. */
  take(event: PerfEvent, raw: SampleView, record: RecordView): Module | undefined {
    this.#needed = undefined;
    if (raw.rawOffset < 0) this.text = '';
    else if (this.#isRaw) this.text = this.#tracepoints.rawText(event, record.bytes, record.view, raw.rawOffset, raw.rawSize);
    else this.text = this.#tracepoints.text(event, record.bytes, record.view, raw.rawOffset, raw.rawSize);
    return this.#needed;
  }

  /** The same of one field, as it is without the print format's text. */
  takeField(event: PerfEvent, field: FormatField, raw: SampleView, record: RecordView): Module | undefined {
    this.#needed = undefined;
    this.text = this.#tracepoints.fieldText(event, field, record.bytes, record.view, raw.rawOffset, raw.rawSize);
    return this.#needed;
  }

  #symbol(address: bigint, withOffset: boolean): string | undefined {
    const { locations, frames } = this.#resolver;
    const location = this.#resolver.kernel(Number(BigInt.asIntN(32, address >> 32n)), Number(BigInt.asIntN(32, address)));
    if (location === NEEDS_MODULE) {
      this.#needed = this.#resolver.needed;
      return undefined;
    }
    const frame = locations.frame[location]!;
    if (frames.symbol[frame]! < 0) return undefined;
    const offset = locations.relative[location]! - frames.start[frame]!;
    return withOffset ? `${frames.name(frame)}+0x${offset.toString(16)}` : frames.name(frame);
  }
}
