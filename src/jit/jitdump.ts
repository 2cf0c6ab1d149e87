// Reading a jitdump: FORMAT 4, JITDUMP 3 and 4. What is kept is columns (code-columns.ts), and jit-code.ts makes an index of them and
// drops what came twice. The way from record to record, past damage, is jitdump-walk.ts's.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_JIT_DEBUG_INFO, MAX_JIT_UNWINDING } from '../bytes/limits.ts';
import type { Reading } from '../bytes/reading.ts';
import { CodeColumns } from './code-columns.ts';
import { DEBUG_INFO_FIXED, PREFIX_SIZE, RecordId, type RecordWindow, UNWINDING_FIXED } from './jitdump-records.ts';
import { type JitdumpOptions, type JitdumpTaker, walkJitdump } from './jitdump-walk.ts';

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

/** Reads a jitdump of `size` bytes. Never throws; what is no jitdump, or empty, has no code. */
export function* readJitdump(size: number, options: JitdumpOptions, diagnostics: Diagnostics): Reading<Jitdump> {
  let reader: CodeReader | undefined;
  const walk = yield* walkJitdump(size, options, diagnostics, (_header, window) => (reader = new CodeReader(window, diagnostics)));
  if (walk === undefined || reader === undefined) return noJitdump();
  const { littleEndian, machine, pid, archTimestamps } = walk.header;
  return { littleEndian, machine, pid, archTimestamps, closed: reader.closed, complete: walk.complete, code: reader.code };
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
class CodeReader implements JitdumpTaker {
  readonly code: CodeColumns = new CodeColumns();
  closed = false;

  readonly #window: RecordWindow;
  readonly #diagnostics: Diagnostics;
  // Unwinding and debug information belong to the next LOAD.
  #unwinding = -1;
  #debugInfo = -1;
  /** The row in which the code of an index lies now; made at the first MOVE, since CPython never writes one. */
  #rowOfIndex: Map<number, number> | undefined;

  constructor(window: RecordWindow, diagnostics: Diagnostics) {
    this.#window = window;
    this.#diagnostics = diagnostics;
  }

  skipped(): void {
    this.#unwinding = -1;
    this.#debugInfo = -1;
  }

  take(offset: number, time: number): void {
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
    this.skipped();
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
