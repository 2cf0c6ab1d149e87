// All records of a recording in the order in which perf takes them (FORMAT 3.4; SPEC 6). perf's own records and those without a time
// come when they are read; the others by time. perf record says with FINISHED_ROUND that it has emptied all ring buffers once: what
// was seen before the round before is then due, because nothing earlier can come any more.
//
//   read      a b c R d e f R g h R ...
//   next R:         |       deliver a b c, of those that are not later than the latest seen at the R before
//
// Where no rounds are there (perf inject leaves them out, directories have them for one file only) records wait for the end of the
// recording. Of what waits only some MiB stay in memory: the rest is read again when its turn comes (put-away-records.ts), and what
// remains is some bytes a record. When even these are too many, the earlier half is delivered.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { ByteSource } from '../bytes/source.ts';
import type { ZstdStream } from '../bytes/zstd.ts';
import { HeldRecords, type HoldOptions } from './held-records.ts';
import type { PerfDataFile } from './perf-data-file.ts';
import { featureNumber, takeHeaderRecord } from './pipe-prelude.ts';
import { RecordStream } from './record-stream.ts';
import { FIRST_USER_TYPE, RecordType } from './record-types.ts';
import { RecordView } from './record-view.ts';
import { countSamples, scanSamples } from './sample-scan.ts';

export interface OrderOptions extends HoldOptions {
  /** Bytes to read at a time; by default 1 MiB, of directories with more than 16 files less. */
  readonly windowSize?: number;
  /** Records as they lie in the file, whatever their time; of a directory, one file after the other. */
  readonly fileOrder?: boolean;
  /** Also records whose id belongs to no event (with event -1), which are otherwise left out. */
  readonly withUnowned?: boolean;
  /** Makes the decoder of compressed records, instead of the portable one. */
  readonly zstd?: () => ZstdStream;
  /** What the files are called where damage in them is reported, by source; left out: as one file. */
  readonly names?: readonly string[];
}

const WINDOW_SIZE = 1 << 20;
/** Of all windows together: those of a directory with a file for each of hundreds of CPUs are smaller. */
const ALL_WINDOWS = 1 << 24;
const SMALLEST_WINDOW = 1 << 16;

/** One file with its latest time seen. */
interface Input {
  readonly stream: RecordStream;
  readonly diagnostics: Diagnostics;
  latest: number;
  done: boolean;
}

/**
 * `while ((more = records.next()) === true || (more !== false && (await more)))` visits every record once. Memory: what waits for
 * its turn, at most `maxHeld` and `maxRecords`; never the length of the file.
 */
export class OrderedRecords {
  /** The current record. Reused: copy what you keep. */
  readonly record: RecordView = new RecordView();
  /** Index in file.events.events; -1 for perf's own records and those that belong to no event. */
  event = -1;
  /** In ns since file.timeBase; look at `hasTime`. */
  time = 0;
  /** Whether the record has a time other than 0. */
  hasTime = false;

  readonly #file: PerfDataFile;
  readonly #diagnostics: Diagnostics;
  readonly #held: HeldRecords;
  readonly #inputs: Input[];
  #input: Input;
  readonly #useRounds: boolean;
  readonly #fileOrder: boolean;
  readonly #withUnowned: boolean;
  readonly #windowSize: number;
  #nextFlush = -Infinity;
  #delivered = -Infinity;

  /** `sources`: the recording; for a directory its `data`, which `file` was read from, then each `data.N`. */
  constructor(sources: readonly ByteSource[], file: PerfDataFile, diagnostics: Diagnostics, options: OrderOptions = {}) {
    this.#file = file;
    this.#diagnostics = diagnostics;
    this.#windowSize = options.windowSize ?? Math.max(Math.min(Math.floor(ALL_WINDOWS / sources.length), WINDOW_SIZE), SMALLEST_WINDOW);
    this.#held = new HeldRecords(sources, diagnostics, options);
    this.#fileOrder = options.fileOrder ?? false;
    this.#withUnowned = options.withUnowned ?? false;
    this.#useRounds = sources.length === 1;
    const streamOptions = { windowSize: this.#windowSize, zstd: options.zstd };
    this.#inputs = sources.map((source, index) => {
      const start = index === 0 ? file.dataOffset : 0;
      const end = index === 0 ? file.dataOffset + file.dataSize : source.size;
      const name = options.names?.[index] ?? '';
      const own = name === '' ? diagnostics : diagnostics.of(name);
      const stream = new RecordStream(source, index, start, end, file.littleEndian, this.#held.pool, own, streamOptions);
      return { stream, diagnostics: own, latest: -Infinity, done: false };
    });
    this.#input = this.#inputs[0]!;
    this.record.littleEndian = file.littleEndian;
  }

  /** Goes to the next record; false at the end. A promise only where a source gives one. */
  next(): boolean | Promise<boolean> {
    if (this.#held.isDue) return this.#deliver();
    this.#held.takeBack();
    return this.#read();
  }

  /**
   * For those who only count: passes over the samples that come next, as far as they are in memory, adds their numbers to `counts` by
   * event, and gives their number. Only in the order of the file. What comes after them is shown by `next`.
   */
  skipSamples(counts: Float64Array): number {
    const { events, littleEndian } = this.#file;
    if (!this.#fileOrder || events.events.length === 0 || events.events.length > counts.length) return 0;
    return countSamples(this.#input.stream, littleEndian, events, counts);
  }

  /** Reads until there is a record to show. */
  #read(): boolean | Promise<boolean> {
    for (;;) {
      if (this.#held.isTooMuch()) {
        if (this.#held.flushHalf(this.#inputs.length === 1 ? Infinity : this.#complete())) return this.#deliver();
        this.#turn();
      }
      this.#scan();
      if (this.#inputs.length > 1 && !this.#fileOrder && !this.#input.stream.hasNext) this.#turn();
      const more = this.#input.stream.next();
      if (more === true) {
        if (this.#take(this.#input.stream)) return true;
      } else if (more === false) {
        if (this.#finishInput()) return this.#held.isDue ? this.#deliver() : this.#end();
      } else {
        return more.then((arrived) => {
          if (arrived ? this.#take(this.#input.stream) : this.#finishInput()) {
            return arrived || (this.#held.isDue ? this.#deliver() : this.#end());
          }
          return this.#read();
        });
      }
    }
  }

  /** Takes plain samples in one go. What comes after them goes the long way. */
  #scan(): void {
    const { events, littleEndian, timeBase } = this.#file;
    if (!events.ordered || events.sampleTimeOffset < 0 || this.#fileOrder || timeBase.baseHigh < 0) return;
    const input = this.#input;
    const { stream } = input;
    const { queue } = this.#held;
    queue.makeRoom();
    const { length } = queue;
    stream.position = scanSamples(
      stream.block, stream.position, stream.limit, littleEndian, events, timeBase.baseHigh, this.#delivered, queue,
    );
    // With several inputs, the last sample taken says how far this one has got.
    if (queue.length > length) input.latest = Math.max(input.latest, queue.columns.time[queue.length - 1]!);
  }

  /** Takes the stream's record: shows it at once (true), or puts it into the queue or drops it (false). */
  #take(stream: RecordStream): boolean {
    const type = stream.type;
    if (type >= FIRST_USER_TYPE) return this.#takeUserRecord(stream);
    const { view } = stream.block;
    const { littleEndian, events, timeBase } = this.#file;
    const { offset, end } = stream;
    let timeAt: number;
    let event: number;
    if (type === RecordType.Sample) {
      event = events.eventOfSample(view, offset, end, littleEndian);
      if (event < 0) {
        this.#input.diagnostics.damaged('unknown-event-id', stream.fileOffset, 'Samples whose id belongs to no event are left out');
        if (!this.#withUnowned) return false;
      }
      // One of no event is laid out like those of the first one, as far as anybody can know.
      const place = (events.events[event] ?? events.events[0])?.layout.time ?? -1;
      timeAt = place < 0 || offset + place + 8 > end ? -1 : offset + place;
    } else {
      event = events.eventOfOther(view, offset, end, littleEndian);
      if (event < 0 && events.events.length > 0) {
        this.#input.diagnostics.damaged('unknown-event-id', stream.fileOffset, 'Records whose id belongs to no event are left out');
        if (!this.#withUnowned) return false;
      }
      const layout = (events.events[event] ?? events.events[0])?.layout;
      if (layout === undefined) {
        timeAt = -1;
      } else timeAt = layout.trailerTime === 0 || end - layout.trailerSize < offset + 8 ? -1 : end - layout.trailerTime;
    }
    const hasTime = timeAt >= 0 && isTime(view.getUint32(timeAt, littleEndian), view.getUint32(timeAt + 4, littleEndian));
    const time = hasTime ? timeBase.read(view, timeAt, littleEndian) : 0;
    if (!hasTime || this.#fileOrder || !events.ordered) {
      this.record.enter(stream.block);
      this.record.goTo(offset, end);
      this.event = event;
      this.time = time;
      this.hasTime = hasTime;
      return true;
    }
    if (time < this.#delivered) {
      this.#input.diagnostics.damaged('late-record', stream.fileOffset, 'Records come later in the file than their time allows; they are taken late');
    }
    if (time > this.#input.latest) this.#input.latest = time;
    stream.block.holds++;
    this.#held.queue.add(time, stream.block.slot, offset, end - offset, event);
    return false;
  }

  /** perf's own records act when they are read. */
  #takeUserRecord(stream: RecordStream): true {
    this.record.enter(stream.block);
    this.record.goTo(stream.offset, stream.end);
    this.event = -1;
    this.time = 0;
    this.hasTime = false;
    const type = stream.type;
    if (type === RecordType.FinishedRound) {
      if (this.#useRounds) {
        this.#held.queue.flushUpTo(this.#nextFlush);
        this.#nextFlush = this.#held.queue.latest;
      }
    } else if (type <= RecordType.HeaderEventType || type === RecordType.EventUpdate || type === RecordType.HeaderFeature) {
      this.#takeHeader(type);
    }
    return true;
  }

  /** Events and features that come as records: in a pipe, and features in files that perf inject made of one. */
  #takeHeader(type: number): void {
    const { events, features, container, preludeEnd } = this.#file;
    if (type === RecordType.HeaderAttr || type === RecordType.HeaderFeature) {
      if (this.record.source === 0 && this.record.fileOffset < preludeEnd) return;
      // In a file, what the header says counts.
      if (container === 'file' && (type === RecordType.HeaderAttr ? events.areOfHeader : features.section(featureNumber(this.record)) !== undefined)) return;
    }
    takeHeaderRecord(this.record, events, features, this.#diagnostics);
  }

  /** Shows the next record that is due. */
  #deliver(): true | Promise<true> {
    const shown = this.#held.show(this.record);
    return shown === true ? this.#delivers() : shown.then(() => this.#delivers());
  }

  #delivers(): true {
    const { event, time } = this.#held;
    this.event = event;
    this.time = time;
    this.hasTime = true;
    this.#delivered = time;
    return true;
  }

  /** The current input has ended. True when all have: then everything is due. */
  #finishInput(): boolean {
    this.#input.done = true;
    if (!this.#inputs.every((input) => input.done)) {
      this.#turn();
      return false;
    }
    this.#held.flushAll();
    return true;
  }

  #end(): false {
    this.#held.pool.end();
    return false;
  }

  /** Goes on with the input that has got least far in time, so that the inputs advance together. */
  #turn(): void {
    let behind: Input | undefined;
    for (const input of this.#inputs) {
      if (!input.done && (behind === undefined || input.latest < behind.latest)) behind = input;
    }
    if (behind !== undefined) this.#input = behind;
  }

  /** The time up to which every input that has not ended was read. */
  #complete(): number {
    let time = Infinity;
    for (const input of this.#inputs) if (!input.done && input.latest < time) time = input.latest;
    return time;
  }
}

/** 0 is what perf writes into records that it makes, all ones mean none. */
function isTime(first: number, second: number): boolean {
  return (first | second) !== 0 && (first & second) !== -1;
}
