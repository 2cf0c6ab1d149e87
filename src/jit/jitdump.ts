// Reading a jitdump: FORMAT 4 and SPEC 8, as CPython writes it and as it gets damaged in practice (JITDUMP 3 and 4). Bytes are asked
// for in windows; what is kept is columns (code-columns.ts), and jit-code.ts makes an index of them.
// After a bad record the reader looks for the next offset at which a record fits to the byte. A fork repeats the parent's
// unwritten tail in the parent's file, so records may come twice: jit-code.ts drops the second.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_JIT_DEBUG_INFO, MAX_JIT_UNWINDING } from '../bytes/limits.ts';
import { bytesAt, type Reading } from '../bytes/reading.ts';
import { CodeColumns } from './code-columns.ts';
import {
  DEBUG_INFO_FIXED,
  HEADER_SIZE,
  JITDUMP_MAGIC,
  PREFIX_SIZE,
  RecordId,
  RecordWindow,
  Shape,
  UNWINDING_FIXED,
} from './jitdump-records.ts';
import { jitdumpHeaderLayout } from './layouts.ts';

const WINDOW = 2 * 1024 * 1024;
/** How long after the last good record a record may have been written to be believed after damage: 30 days in ns. */
const BELIEVED_SPAN = 30 * 86_400 * 1e9;
/** Clocks of two CPUs differ, and threads write in the order in which they get the lock: one second in ns. */
const CLOCK_SLACK = 1e9;

export interface Jitdump {
  readonly littleEndian: boolean;
  /** ELF's e_machine: 62 x86-64, 183 arm64. */
  readonly machine: number;
  /** The writer's process id as it saw it: in a container the inner one. */
  readonly pid: number;
  /** Times are the CPU's cycle counter, not nanoseconds of CLOCK_MONOTONIC. */
  readonly archTimestamps: boolean;
  /** The writer said that nothing follows (JIT_CODE_CLOSE; CPython never does). */
  readonly closed: boolean;
  /** The file ends after a whole record. False for a process that was killed. */
  readonly complete: boolean;
  readonly code: CodeColumns;
}

export interface JitdumpOptions {
  /** The high word of the recording's first time: times become nanoseconds since `timeBaseHigh * 2^32`, exact in a double. */
  readonly timeBaseHigh: number;
  /** The last time of the recording, on that base, where it is known: tells records from chance after damage. */
  readonly endTime?: number;
}

/** Reads a jitdump of `size` bytes. Never throws; what is no jitdump, or empty, has no code. */
export function* readJitdump(size: number, options: JitdumpOptions, diagnostics: Diagnostics): Reading<Jitdump> {
  const header = readHeader(size, yield* bytesAt(0, HEADER_SIZE), diagnostics);
  if (header === undefined) return noJitdump();
  const window = new RecordWindow(size, header.littleEndian);
  const reader = new RecordReader(window, options, header.pid, diagnostics);
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
      if (reader.isRecord(offset, shape)) {
        reader.take(offset);
        offset += window.size;
      } else {
        damagedAt = offset;
        if (shape === Shape.Torn) tornAt = offset;
        offset++;
      }
    } else if (reader.isRecordAfterDamage(offset, shape)) {
      diagnostics.damaged('jitdump-damaged', damagedAt, `${offset - damagedAt} bytes of a jitdump are no records`);
      reader.forgetPending();
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
  return { ...header, closed: reader.closed, complete: tornAt < 0 && damagedAt < 0, code: reader.code };
}

interface Header {
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly pid: number;
  readonly archTimestamps: boolean;
  readonly recordsStart: number;
}

function readHeader(size: number, bytes: Uint8Array, diagnostics: Diagnostics): Header | undefined {
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

function noJitdump(): Jitdump {
  return {
    littleEndian: true,
    machine: 0,
    pid: 0,
    archTimestamps: false,
    closed: false,
    complete: false,
    code: new CodeColumns(),
  };
}

/** Takes one record after another into the columns. */
class RecordReader {
  readonly code = new CodeColumns();
  closed = false;

  readonly #window: RecordWindow;
  readonly #options: JitdumpOptions;
  readonly #pid: number;
  readonly #diagnostics: Diagnostics;
  // Unwinding and debug information belong to the next LOAD.
  #unwinding = -1;
  #debugInfo = -1;
  #firstTime = NaN;
  #lastTime = NaN;
  /** The row in which the code of an index lies now; made at the first MOVE, since CPython never writes one. */
  #rowOfIndex: Map<number, number> | undefined;

  constructor(window: RecordWindow, options: JitdumpOptions, pid: number, diagnostics: Diagnostics) {
    this.#window = window;
    this.#options = options;
    this.#pid = pid;
    this.#diagnostics = diagnostics;
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

  forgetPending(): void {
    this.#unwinding = -1;
    this.#debugInfo = -1;
  }

  take(offset: number): void {
    const time = this.#window.time(offset, this.#options.timeBaseHigh);
    if (Number.isNaN(this.#firstTime)) this.#firstTime = time;
    this.#lastTime = time;
    switch (this.#window.id) {
      case RecordId.Load:
        this.#takeLoad(offset, time);
        break;
      case RecordId.Move:
        this.#takeMove(offset, time);
        break;
      case RecordId.DebugInfo:
        this.#takeDebugInfo(offset);
        break;
      case RecordId.Close:
        this.closed = true;
        break;
      case RecordId.UnwindingInfo:
        this.#takeUnwinding(offset);
        break;
    }
  }

  #isTimeBelieved(offset: number): boolean {
    if (Number.isNaN(this.#firstTime)) return true;
    const time = this.#window.time(offset, this.#options.timeBaseHigh);
    const end = this.#options.endTime ?? this.#lastTime + BELIEVED_SPAN;
    return time >= this.#firstTime - CLOCK_SLACK && time <= end + CLOCK_SLACK;
  }

  #takeLoad(offset: number, time: number): void {
    const window = this.#window;
    const code = this.code;
    const row = code.add();
    code.start[row] = window.address(offset + window.fieldsAt + 8);
    code.loadedAt[row] = code.start[row]!;
    code.size[row] = window.codeSize;
    code.time[row] = time;
    code.index[row] = window.u64(offset + window.fieldsAt + 24);
    code.pid[row] = window.u32(offset + PREFIX_SIZE);
    code.codeOffset[row] = offset + window.size - window.codeSize;
    code.setName(row, window.bytes, offset + window.nameAt - window.start, window.nameLength);
    code.unwinding[row] = this.#unwinding;
    code.debugInfo[row] = this.#debugInfo;
    this.#rowOfIndex?.set(code.index[row]!, row);
    this.forgetPending();
  }

  #takeMove(offset: number, time: number): void {
    const window = this.#window;
    const code = this.code;
    const from = this.#rowOf(window.u64(offset + 56));
    const start = window.address(offset + 40);
    // A record that a fork repeated.
    if (from >= 0 && code.start[from] === start && code.time[from] === time) return;
    if (from < 0 || code.start[from] !== window.address(offset + 32)) {
      this.#diagnostics.damaged('jitdump-move', offset, 'the jitdump moves code that it never loaded');
      return;
    }
    const row = code.add();
    code.start[row] = start;
    code.size[row] = window.u64(offset + 48);
    code.time[row] = time;
    code.pid[row] = window.u32(offset + PREFIX_SIZE);
    code.index[row] = code.index[from]!;
    code.loadedAt[row] = code.loadedAt[from]!;
    code.codeOffset[row] = code.codeOffset[from]!;
    code.nameStart[row] = code.nameStart[from]!;
    code.nameLength[row] = code.nameLength[from]!;
    code.unwinding[row] = code.unwinding[from]!;
    code.debugInfo[row] = code.debugInfo[from]!;
    code.movedAt[from] = time;
    this.#rowOfIndex?.set(code.index[row]!, row);
  }

  /** The last row of an index; -1 if there is none. */
  #rowOf(index: number): number {
    const { code } = this;
    if (this.#rowOfIndex === undefined) {
      this.#rowOfIndex = new Map();
      for (let row = 0; row < code.length; row++) this.#rowOfIndex.set(code.index[row]!, row);
    }
    return this.#rowOfIndex.get(index) ?? -1;
  }

  #takeDebugInfo(offset: number): void {
    const window = this.#window;
    if (window.size > MAX_JIT_DEBUG_INFO) {
      this.#diagnostics.damaged('jitdump-debug-info', offset, `the lines of one function take ${window.size} bytes`);
      this.#debugInfo = -1;
      return;
    }
    const start = offset - window.start;
    this.#debugInfo = this.code.debugInfos.push(window.bytes.slice(start + DEBUG_INFO_FIXED, start + window.size)) - 1;
  }

  #takeUnwinding(offset: number): void {
    const window = this.#window;
    const length = window.u64(offset + 16);
    this.#unwinding = -1;
    if (length === 0) return;
    if (length > MAX_JIT_UNWINDING) {
      this.#diagnostics.damaged('jitdump-unwinding', offset, `the unwinding information of one function takes ${length} bytes`);
      return;
    }
    const start = offset - window.start + UNWINDING_FIXED;
    this.#unwinding = this.code.internUnwinding(window.bytes, start, length, window.u64(offset + 24), window.u64(offset + 32));
  }
}
