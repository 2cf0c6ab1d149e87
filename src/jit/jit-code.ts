// The index of one jitdump: which function's code lay at an address at a moment, what it is called, how to unwind out of it
// (FORMAT 4, JITDUMP 3 and 4; SPEC 8.3). Symbols are numbered by address, and by time at one address. Which process wrote it, and
// which forks inherited it until when, is the caller's: it asks with the time of the fork.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { upperBound } from '../bytes/sorted.ts';
import { inOrder, rowNumbers, sortByKey } from '../bytes/stable-order.ts';
import { decodeText } from '../bytes/text.ts';
import { machineOf, type Machine } from '../bytes/machine.ts';
import { CfiTable } from '../dwarf/cfi-table.ts';
import type { CodeColumns } from './code-columns.ts';
import { JitLines, type JitLine } from './jit-lines.ts';
import type { Jitdump } from './jitdump.ts';
import { trampolineForm } from './trampolines.ts';

/** Symbols per block: a search for overlapping code passes over a block that ends below the address. */
const BLOCK = 64;
const UNASKED = -2;
const NO_TABLE = -1;

export class JitCode {
  readonly length: number;
  /** When code was loaded or moved, ascending: what an address means may change at these times only. */
  readonly loadTimes: Float64Array;
  /**
   * Whether some address belongs to more than one piece of code, one after another. If not, an address says it all, and a
   * recording whose clock is not the jitdump's (made without -k 1) can still be named.
   */
  readonly hasDuplicateAddresses: boolean;

  readonly #dump: Jitdump;
  readonly #code: CodeColumns;
  readonly #diagnostics: Diagnostics;
  /** Row of the columns, by symbol. */
  readonly #rows: Uint32Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #times: Float64Array;
  readonly #movedAt: Float64Array;
  /** The greatest end of all symbols up to this one. */
  readonly #maxEnds: Float64Array;
  /** The greatest end within a block of symbols. */
  readonly #blockEnds: Float64Array;
  /** Distinct tables, by what they are made of; the number of its table by symbol, UNASKED or NO_TABLE. */
  readonly #tables: CfiTable[] = [];
  readonly #tableByContent = new Map<string, number>();
  readonly #tableOf: Int32Array;
  /** By number of the debug information, as far as asked for: no larger than its entries. */
  readonly #lines = new Map<number, JitLines>();

  /** Damage found later, in unwinding information, is reported to `diagnostics`. */
  constructor(dump: Jitdump, diagnostics: Diagnostics) {
    this.#dump = dump;
    this.#diagnostics = diagnostics;
    const code = (this.#code = dump.code);
    const order = rowNumbers(code.length);
    sortByKey(order, code.time);
    this.loadTimes = inOrder(code.time, order);
    sortByKey(order, code.start);
    const rows = (this.#rows = withoutRepeated(order, code));
    const length = (this.length = rows.length);
    this.#tableOf = new Int32Array(length).fill(UNASKED);
    const starts = (this.#starts = new Float64Array(length));
    const ends = (this.#ends = new Float64Array(length));
    this.#times = new Float64Array(length);
    this.#movedAt = new Float64Array(length);
    this.#maxEnds = new Float64Array(length);
    this.#blockEnds = new Float64Array(Math.ceil(length / BLOCK)).fill(-Infinity);
    let maxEnd = -Infinity;
    let overlaps = false;
    for (let i = 0; i < length; i++) {
      const row = rows[i]!;
      const start = (starts[i] = code.start[row]!);
      const end = (ends[i] = start + code.size[row]!);
      this.#times[i] = code.time[row]!;
      this.#movedAt[i] = code.movedAt[row]!;
      if (start < maxEnd && start < end) overlaps = true;
      if (end > maxEnd) maxEnd = end;
      this.#maxEnds[i] = maxEnd;
      const block = (i / BLOCK) | 0;
      if (end > this.#blockEnds[block]!) this.#blockEnds[block] = end;
    }
    this.hasDuplicateAddresses = overlaps;
  }

  /** As the writer saw itself (in a container, the inner pid); 0 for what was no jitdump. */
  get writerPid(): number {
    return this.#dump.pid;
  }

  get machine(): Machine {
    return machineOf(this.#dump.machine);
  }

  /** Times are the CPU's cycle counter, not nanoseconds of CLOCK_MONOTONIC. */
  get archTimestamps(): boolean {
    return this.#dump.archTimestamps;
  }

  /** The file ends after a whole record; false means that later code is missing. */
  get complete(): boolean {
    return this.#dump.complete;
  }

  /**
   * The symbol that was loaded last, at or before `time`, among those whose code holds the address, or -1. Without a time
   * (Infinity): the last that ever lay there, also if it was moved away. O(log n) where code does not overlap; allocates
   * nothing.
   */
  find(address: number, time: number = Infinity): number {
    let found = -1;
    let foundTime = -Infinity;
    let i = upperBound(this.#starts, this.length, address) - 1;
    while (i >= 0 && this.#maxEnds[i]! > address) {
      if (i % BLOCK === BLOCK - 1 && this.#blockEnds[(i / BLOCK) | 0]! <= address) {
        i -= BLOCK;
        continue;
      }
      if (this.#ends[i]! > address) {
        const loaded = this.#times[i]!;
        if (loaded <= time && loaded > foundTime && (time < this.#movedAt[i]! || time === Infinity)) {
          found = i;
          foundTime = loaded;
        }
      }
      i--;
    }
    return found;
  }

  start(symbol: number): number {
    return this.#starts[symbol] ?? 0;
  }

  /** One past the last byte of code. */
  end(symbol: number): number {
    return this.#ends[symbol] ?? 0;
  }

  /** When it was loaded or moved here, on the base that readJitdump was given. */
  time(symbol: number): number {
    return this.#times[symbol] ?? 0;
  }

  /** As written, to the byte (bytes/text.ts); may be empty. */
  name(symbol: number): string {
    const row = this.#rows[symbol];
    if (row === undefined) return '';
    const start = this.#code.nameStart[row]!;
    return decodeText(this.#code.names, start, start + this.#code.nameLength[row]!);
  }

  /** CPython before 3.15 writes nothing where a name cannot be encoded (USERS.md 1). */
  isNamed(symbol: number): boolean {
    return this.#code.nameLength[this.#rows[symbol] ?? -1]! > 0;
  }

  /** As the writer saw it. */
  pid(symbol: number): number {
    return this.#code.pid[this.#rows[symbol] ?? -1] ?? 0;
  }

  /** The writer's number of the function: what perf names its images by. */
  index(symbol: number): number {
    return this.#code.index[this.#rows[symbol] ?? -1] ?? 0;
  }

  /** JIT code has no data. */
  isObject(_symbol: number): boolean {
    return false;
  }

  /** Offset in the jitdump of the code's bytes; CPython 3.15 overwrites their end (JITDUMP 3). */
  codeOffset(symbol: number): number {
    return this.#code.codeOffset[this.#rows[symbol] ?? -1] ?? 0;
  }

  /**
   * Whether the code's bytes in the file are those that ran. CPython 3.15 writes other ones over the end of each piece, and no version is
   * named in the file (JITDUMP 3): a dump with one of its trampolines is not believed at all.
   */
  get hasTrueBytes(): boolean {
    const { names, nameStart, nameLength, length } = this.#code;
    for (let row = 0; row < length; row++) if (startsWithPy(names, nameStart[row]!, nameLength[row]!)) return false;
    return true;
  }

  /** The source line of an address in a symbol, where the writer told. */
  line(symbol: number, address: number): JitLine | undefined {
    const row = this.#rows[symbol];
    if (row === undefined) return undefined;
    const index = this.#code.debugInfo[row]!;
    let lines = this.#lines.get(index);
    if (lines === undefined) {
      const entries = this.#code.debugInfos[index];
      if (entries === undefined) return undefined;
      this.#lines.set(index, (lines = new JitLines(entries, this.#dump.littleEndian)));
    }
    const loadedAt = this.#code.loadedAt[row]!;
    return lines.at(address - this.start(symbol) + loadedAt, loadedAt, loadedAt + this.#code.size[row]!);
  }

  /** Whether it is one of CPython's trampolines, by name, size and machine. */
  isTrampoline(symbol: number): boolean {
    const row = this.#rows[symbol];
    if (row === undefined) return false;
    if (trampolineForm(this.machine, this.#code.size[row]!) === undefined) return false;
    return startsWithPy(this.#code.names, this.#code.nameStart[row]!, this.#code.nameLength[row]!);
  }

  /**
   * Call frame information of a symbol; relative 0 is the start of its code. Undefined where the writer gave none, and where
   * it gave another function's: CPython 3.13.0 to 3.13.5 on arm64, and executors under a trampoline's (JITDUMP 2, USERS.md
   * 1). Then the trampoline's own rule applies (isTrampoline), else the frame pointer. The same object for equal contents.
   */
  cfi(symbol: number): CfiTable | undefined {
    const known = this.#tableOf[symbol] ?? NO_TABLE;
    if (known !== UNASKED) return known === NO_TABLE ? undefined : this.#tables[known];
    const table = this.#tableFor(this.#rows[symbol]!);
    this.#tableOf[symbol] = table;
    return table === NO_TABLE ? undefined : this.#tables[table];
  }

  #tableFor(row: number): number {
    const unwinding = this.#code.unwinding[row]!;
    const size = this.#code.size[row]!;
    if (unwinding < 0 || size <= 0) return NO_TABLE;
    const key = `${unwinding} ${size}`;
    let number = this.#tableByContent.get(key);
    if (number === undefined) {
      const table = this.#makeTable(unwinding, size);
      number = table === undefined ? NO_TABLE : this.#tables.push(table) - 1;
      this.#tableByContent.set(key, number);
    }
    return number;
  }

  #makeTable(unwinding: number, codeSize: number): CfiTable | undefined {
    const content = this.#code.unwindings[unwinding];
    if (content === undefined || this.machine === 'other') return undefined;
    // Written for an image in which .eh_frame follows the code, aligned to 8 (JITDUMP 3).
    const address = Math.ceil(codeSize / 8) * 8;
    const bytes = content.bytes.subarray(0, content.bytes.length - content.headerSize);
    const { littleEndian } = this.#dump;
    const sections = { machine: this.machine, littleEndian, addressSize: 8, ehFrame: { bytes, address } } as const;
    const table = new CfiTable(sections, this.#diagnostics);
    return table.find(0) >= 0 && table.find(codeSize - 1) >= 0 ? table : undefined;
  }
}

/** A fork repeats records (JITDUMP 4): of those equal in address, time and index the first is kept. */
function withoutRepeated(order: Uint32Array, code: CodeColumns): Uint32Array {
  let kept = 0;
  for (let i = 0; i < order.length; i++) {
    const row = order[i]!;
    const last = order[kept - 1] ?? -1;
    const isRepeated =
      last >= 0 && code.start[row] === code.start[last] && code.time[row] === code.time[last] && code.index[row] === code.index[last];
    if (!isRepeated) order[kept++] = row;
  }
  return order.slice(0, kept);
}

function startsWithPy(names: Uint8Array, start: number, length: number): boolean {
  return length >= 4 && names[start] === 0x70 && names[start + 1] === 0x79 && names[start + 2] === 0x3a && names[start + 3] === 0x3a;
}
