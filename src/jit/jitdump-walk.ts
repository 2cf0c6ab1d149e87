// The way through a jitdump from record to record: FORMAT 4, as runtimes write it and as it gets damaged in practice (JITDUMP 3 and 4;
// SPEC 8). Bytes are asked for in windows; what becomes of a record its taker decides (jitdump.ts keeps code, validate/ looks for faults).
// After a bad record the walk looks for the next offset at which a record fits to the byte. A fork repeats the parent's unwritten tail in
// the parent's file, so records may come twice.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_JIT_DEBUG_INFO } from '../bytes/limits.ts';
import { bytesAt, type Reading } from '../bytes/reading.ts';
import { HEADER_SIZE, JITDUMP_MAGIC, PREFIX_SIZE, RecordId, RecordWindow, Shape } from './jitdump-records.ts';
import { jitdumpHeaderLayout } from './layouts.ts';

const WINDOW = 2 * 1024 * 1024;
/** How long after the last good record a record may have been written to be believed after damage: 30 days in ns. */
const BELIEVED_SPAN = 30 * 86_400 * 1e9;
/** Clocks of two CPUs differ, and threads write in the order in which they get the lock: one second in ns. */
const CLOCK_SLACK = 1e9;

export interface JitdumpOptions {
  /** The high word of the recording's first time: times become nanoseconds since `timeBaseHigh * 2^32`, exact in a double. */
  readonly timeBaseHigh: number;
  /** The last time of the recording, on that base, where it is known: tells records from chance after damage. */
  readonly endTime?: number;
}

/** The beginning of a jitdump. */
export interface JitdumpHeader {
  readonly littleEndian: boolean;
  /** ELF's e_machine: 62 x86-64, 183 arm64. */
  readonly machine: number;
  /** The writer's process id as it saw it: in a container the inner one. */
  readonly pid: number;
  /** Times are the CPU's cycle counter, not nanoseconds of CLOCK_MONOTONIC. */
  readonly archTimestamps: boolean;
  readonly recordsStart: number;
}

/** Takes the records one after the other. */
export interface JitdumpTaker {
  /** The record at a file offset, which `window` has looked at last. `time`: on the base of the options; `shape`: Exact or Loose. */
  take(offset: number, time: number, shape: number): void;
  /** Bytes were left out: what came before them does not belong to what comes next. */
  skipped(): void;
}

/** Where a walk ended. */
export interface JitdumpWalk {
  readonly header: JitdumpHeader;
  /** The file ends after a whole record. False for a process that was killed. */
  readonly complete: boolean;
}

/** Goes through a jitdump of `size` bytes. Never throws; undefined where it is none, or empty. `begin` makes the taker. */
export function* walkJitdump(
  size: number, options: JitdumpOptions, diagnostics: Diagnostics, begin: (header: JitdumpHeader, window: RecordWindow) => JitdumpTaker,
): Reading<JitdumpWalk | undefined> {
  const header = readHeader(size, yield* bytesAt(0, HEADER_SIZE), diagnostics);
  if (header === undefined) return undefined;
  const window = new RecordWindow(size, header.littleEndian);
  const judge = new Judge(window, options, header.pid);
  const taker = begin(header, window);
  let offset = header.recordsStart;
  // Where the record that cannot be read begins, while looking for the next good one; -1 in sync.
  let damagedAt = -1;
  let tornAt = -1;
  while (offset < size) {
    let shape = window.shapeOf(offset);
    while (shape === Shape.Unread) {
      // Twice the largest need, so that the next offset that needs as much does not read the same bytes again.
      const asked = Math.min(window.need > WINDOW / 2 ? 2 * MAX_JIT_DEBUG_INFO : WINDOW, size - offset);
      window.show(yield* bytesAt(offset, asked), offset);
      // The file became shorter while it was read, or the source is at fault.
      if (window.bytes.length < Math.min(window.need, asked)) break;
      shape = window.shapeOf(offset);
    }
    if (shape === Shape.Unread) {
      tornAt = damagedAt < 0 ? offset : damagedAt;
      break;
    }
    if (damagedAt < 0) {
      if (judge.isRecord(offset, shape)) {
        taker.take(offset, judge.timeOf(offset), shape);
        offset += window.size;
      } else {
        damagedAt = offset;
        if (shape === Shape.Torn) tornAt = offset;
        offset++;
      }
    } else if (judge.isRecordAfterDamage(offset, shape)) {
      diagnostics.damaged('jitdump-damaged', damagedAt, `${offset - damagedAt} bytes of a jitdump are no records`);
      taker.skipped();
      damagedAt = -1;
      tornAt = -1;
    } else {
      offset++;
    }
  }
  if (tornAt >= 0) {
    diagnostics.damaged('jitdump-torn', tornAt, 'the jitdump ends within a record: its process was killed or still runs');
  } else if (damagedAt >= 0) {
    diagnostics.damaged('jitdump-damaged', damagedAt, `the last ${size - damagedAt} bytes of a jitdump are no records`);
  }
  return { header, complete: tornAt < 0 && damagedAt < 0 };
}

function readHeader(size: number, bytes: Uint8Array, diagnostics: Diagnostics): JitdumpHeader | undefined {
  if (size === 0) {
    diagnostics.damaged('jitdump-empty', 0, 'the jitdump is empty: its process ended before anything was written');
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = bytes.length >= 4 && view.getUint32(0, true) === JITDUMP_MAGIC;
  if (!littleEndian && !(bytes.length >= 4 && view.getUint32(0, false) === JITDUMP_MAGIC)) {
    diagnostics.damaged('jitdump-magic', 0, 'this is no jitdump: it does not begin with "JiTD"');
    return undefined;
  }
  const header = jitdumpHeaderLayout.parse(bytes, littleEndian);
  if (header === undefined) {
    diagnostics.damaged('jitdump-torn', 0, 'the jitdump ends within its header');
    return undefined;
  }
  if (header.version !== 1) diagnostics.damaged('jitdump-version', 4, `the jitdump is of version ${header.version}, known is 1`);
  const isSizePossible = header.size >= HEADER_SIZE && header.size <= size;
  if (!isSizePossible) diagnostics.damaged('jitdump-header', 8, `the jitdump's header says that it has ${header.size} bytes`);
  return {
    littleEndian,
    machine: header.machine,
    pid: header.pid,
    // The header's time is that of the day in microseconds (CPython) or nanoseconds; nothing follows from it (JITDUMP 3).
    archTimestamps: (header.flags & 1n) !== 0n,
    recordsStart: isSizePossible ? header.size : HEADER_SIZE,
  };
}

/** Tells records from chance. */
class Judge {
  readonly #window: RecordWindow;
  readonly #options: JitdumpOptions;
  readonly #pid: number;
  #firstTime = NaN;
  #lastTime = NaN;

  constructor(window: RecordWindow, options: JitdumpOptions, pid: number) {
    this.#window = window;
    this.#options = options;
    this.#pid = pid;
  }

  /** Whether the bytes behind a good record are one too. */
  isRecord(offset: number, shape: number): boolean {
    if (shape === Shape.Exact) return true;
    return shape === Shape.Loose && this.#isTimeBelieved(offset);
  }

  /** Whether the bytes somewhere behind damage are a record, by more than chance. */
  isRecordAfterDamage(offset: number, shape: number): boolean {
    if (shape !== Shape.Exact || !this.#isTimeBelieved(offset)) return false;
    const { id } = this.#window;
    if (id === RecordId.Load || id === RecordId.Move) return this.#window.u32(offset + PREFIX_SIZE) === this.#pid;
    return id === RecordId.UnwindingInfo || id === RecordId.DebugInfo;
  }

  /** The time of a record that is believed. */
  timeOf(offset: number): number {
    const time = this.#window.time(offset, this.#options.timeBaseHigh);
    if (Number.isNaN(this.#firstTime)) this.#firstTime = time;
    this.#lastTime = time;
    return time;
  }

  #isTimeBelieved(offset: number): boolean {
    if (Number.isNaN(this.#firstTime)) return true;
    const time = this.#window.time(offset, this.#options.timeBaseHigh);
    const end = this.#options.endTime ?? this.#lastTime + BELIEVED_SPAN;
    return time >= this.#firstTime - CLOCK_SLACK && time <= end + CLOCK_SLACK;
  }
}
