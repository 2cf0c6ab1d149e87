// Where the fields of an event's samples and of its other records' trailers lie (FORMAT 2.3, 2.3.9; SPEC 5.1, 5.5). Worked out once
// for each event: the fields before READ have fixed places, those of a trailer are counted from the record's end.

import type { PerfEventAttr } from './attr.ts';
import { SampleBit, bitCount } from './sample-format.ts';

/** Offsets from the record's header, in bytes; -1 where the samples do not have the field. */
export class SampleLayout {
  readonly sampleType: number;
  readonly identifier: number;
  readonly ip: number;
  readonly tid: number;
  readonly time: number;
  readonly addr: number;
  readonly id: number;
  readonly streamId: number;
  readonly cpu: number;
  readonly period: number;
  /** Where the fields of varying length begin (READ and those after it). */
  readonly fixedEnd: number;
  /** Where a sample says its event's id (IDENTIFIER, else ID). */
  readonly anyId: number;

  /** Distances back from the end of a record that is not a sample, in bytes; 0 where its trailer does not have the field. */
  readonly trailerSize: number;
  readonly trailerTid: number;
  readonly trailerTime: number;
  readonly trailerId: number;
  readonly trailerStreamId: number;
  readonly trailerCpu: number;
  readonly trailerIdentifier: number;
  /** Where a trailer says its event's id (IDENTIFIER, else ID). */
  readonly trailerAnyId: number;

  constructor(attr: PerfEventAttr) {
    const type = attr.sampleType;
    this.sampleType = type;
    let offset = 8;
    const place = (bit: number): number => {
      if ((type & bit) === 0) return -1;
      offset += 8;
      return offset - 8;
    };
    this.identifier = place(SampleBit.Identifier);
    this.ip = place(SampleBit.Ip);
    this.tid = place(SampleBit.Tid);
    this.time = place(SampleBit.Time);
    this.addr = place(SampleBit.Addr);
    this.id = place(SampleBit.Id);
    this.streamId = place(SampleBit.StreamId);
    this.cpu = place(SampleBit.Cpu);
    this.period = place(SampleBit.Period);
    this.fixedEnd = offset;
    this.anyId = this.identifier >= 0 ? this.identifier : this.id;

    const all = SampleBit.Tid | SampleBit.Time | SampleBit.Id | SampleBit.StreamId | SampleBit.Cpu | SampleBit.Identifier;
    this.trailerSize = attr.sampleIdAll ? 8 * bitCount(type & all) : 0;
    let left = this.trailerSize;
    const back = (bit: number): number => {
      if ((type & bit) === 0 || left === 0) return 0;
      left -= 8;
      return left + 8;
    };
    this.trailerTid = back(SampleBit.Tid);
    this.trailerTime = back(SampleBit.Time);
    this.trailerId = back(SampleBit.Id);
    this.trailerStreamId = back(SampleBit.StreamId);
    this.trailerCpu = back(SampleBit.Cpu);
    this.trailerIdentifier = back(SampleBit.Identifier);
    this.trailerAnyId = this.trailerIdentifier > 0 ? this.trailerIdentifier : this.trailerId;
  }
}
