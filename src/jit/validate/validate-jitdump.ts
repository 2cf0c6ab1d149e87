// A jitdump held against SPEC.md, chapter 8. The way through it is the reader's own (jitdump-walk.ts); what it forgives is said here, and
// tables of checks look at each record.

import type { Findings, Rule } from '../../bytes/findings.ts';
import { MAX_JIT_UNWINDING } from '../../bytes/limits.ts';
import { type Reading, bytesAt } from '../../bytes/reading.ts';
import { grown } from '../../bytes/sorted.ts';
import { WatchedDiagnostics } from '../../bytes/watched-diagnostics.ts';
import { HEADER_SIZE, RecordId, type RecordWindow } from '../jitdump-records.ts';
import { type JitdumpHeader, type JitdumpTaker, walkJitdump } from '../jitdump-walk.ts';
import { HEADER_CHECKS, RECORD_CHECKS } from './jitdump-checks.ts';
import { ruleOfDamage } from './reader-damage.ts';

const UNKNOWN_ID: Rule = { code: 'jitdump-id', clause: '8.2.7', severity: 'warning', says: 'A record has an id that is not known' };
const AFTER_CLOSE: Rule = { code: 'jitdump-after-close', clause: '8.2.5', severity: 'warning', says: 'A record follows JIT_CODE_CLOSE' };
const TIME_BACK: Rule = { code: 'jitdump-time', clause: '8.3.2', severity: 'warning', says: 'A record is more than a second earlier than one before it' };
const UNUSED: Rule = { code: 'jitdump-unused', clause: '8.3.1', severity: 'warning', says: 'Debug or unwinding information has no LOAD behind it' };
const OTHER_ADDRESS: Rule = { code: 'jitdump-debug-address', clause: '8.3.1', severity: 'warning', says: 'Debug information is for another address than the LOAD behind it' };
const MOVED: Rule = { code: 'jitdump-move', clause: '8.2.3', severity: 'error', says: 'JIT_CODE_MOVE moves code that was not loaded, or did not lie there' };
const TWICE: Rule = { code: 'jitdump-twice', clause: '8.4.3', severity: 'warning', says: 'A LOAD comes again' };
const INDEX_TWICE: Rule = { code: 'jitdump-index', clause: '8.3.2', severity: 'warning', says: 'Two LOADs have one index' };
const UNWINDING_TOO_LONG: Rule = { code: 'jitdump-unwinding', clause: '8.2.6', severity: 'warning', says: 'Unwinding information is longer than perfts reads it' };
/** Clocks of two CPUs differ, and threads write in the order in which they get the lock: ns. */
const CLOCK_SLACK = 1e9;
const FILE_NAME = /^jit-(\d+)\.dump$/;

/** Adds to `findings` what departs from SPEC.md; gives the number of records. `name`: of the file, without its folder. */
export function* validateJitdump(size: number, name: string, findings: Findings): Reading<number> {
  const diagnostics = new WatchedDiagnostics((code, offset, message) => {
    const { rule, detail } = ruleOfDamage(code, message);
    findings.add(rule, offset, detail);
  });
  let checker: JitdumpChecker | undefined;
  const walk = yield* walkJitdump(size, { timeBaseHigh: 0 }, diagnostics, (header, window) => (checker = new JitdumpChecker(header, window, findings)));
  if (walk === undefined || checker === undefined) return 0;
  const start = yield* bytesAt(0, HEADER_SIZE);
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  const pid = FILE_NAME.exec(name)?.[1];
  for (const check of HEADER_CHECKS) {
    const detail = check.find(view, walk.header, pid === undefined ? undefined : Number(pid));
    if (detail !== undefined) findings.add(check, check.offset, detail);
  }
  // At the end of a file that was cut nobody knows what came next.
  if (walk.complete) checker.finish();
  return checker.records;
}

/** Looks at one record after the other. Keeps three numbers of each LOAD, which the file has in 57 bytes or more. */
class JitdumpChecker implements JitdumpTaker {
  records = 0;
  readonly #header: JitdumpHeader;
  readonly #window: RecordWindow;
  readonly #findings: Findings;
  #latest = -Infinity;
  #closed = false;
  /** Where debug and unwinding information lie that wait for their LOAD; -1 if none does. */
  #debugInfo = -1;
  #debugAddress = 0;
  #unwinding = -1;
  #loads = 0;
  #index: Float64Array = new Float64Array(1024);
  #address: Float64Array = new Float64Array(1024);
  #time: Float64Array = new Float64Array(1024);
  #lastIndex = -Infinity;
  /** The row of #index and its columns by index; made when an index comes that is not above all before, or at the first MOVE. */
  #rows: Map<number, number> | undefined;

  constructor(header: JitdumpHeader, window: RecordWindow, findings: Findings) {
    this.#header = header;
    this.#window = window;
    this.#findings = findings;
  }

  skipped(): void {
    this.#debugInfo = -1;
    this.#unwinding = -1;
  }

  take(offset: number, time: number, shape: number): void {
    this.records++;
    const window = this.#window;
    const checks = RECORD_CHECKS[window.id];
    if (checks === undefined) this.#findings.add(UNKNOWN_ID, offset, `${window.id}`);
    else {
      const record = { window, offset, shape, header: this.#header };
      for (const check of checks) {
        const detail = check.find(record);
        if (detail !== undefined) this.#findings.add(check, offset, detail);
      }
    }
    if (this.#closed) this.#findings.add(AFTER_CLOSE, offset, `id ${window.id}`);
    if (time < this.#latest - CLOCK_SLACK) this.#findings.add(TIME_BACK, offset, `by ${((this.#latest - time) / 1e9).toFixed(3)} s`);
    if (time > this.#latest) this.#latest = time;
    if (window.id === RecordId.Load) this.#load(offset, time);
    else if (window.id === RecordId.Move) this.#move(offset);
    else if (window.id === RecordId.Close) this.#closed = true;
    else if (window.id === RecordId.DebugInfo) {
      if (this.#debugInfo >= 0) this.#findings.add(UNUSED, this.#debugInfo, '');
      this.#debugInfo = offset;
      this.#debugAddress = window.address(offset + 16);
    } else if (window.id === RecordId.UnwindingInfo) {
      if (this.#unwinding >= 0) this.#findings.add(UNUSED, this.#unwinding, '');
      this.#unwinding = offset;
      if (window.u64(offset + 16) > MAX_JIT_UNWINDING) this.#findings.add(UNWINDING_TOO_LONG, offset, `${window.u64(offset + 16)} bytes`);
    }
  }

  /** After the last record. */
  finish(): void {
    for (const offset of [this.#debugInfo, this.#unwinding]) if (offset >= 0) this.#findings.add(UNUSED, offset, '');
  }

  #load(offset: number, time: number): void {
    const window = this.#window;
    const address = window.address(offset + window.fieldsAt + 8);
    const index = window.u64(offset + window.fieldsAt + 24);
    if (this.#debugInfo >= 0 && this.#debugAddress !== address) this.#findings.add(OTHER_ADDRESS, this.#debugInfo, '');
    this.skipped();
    const row = index > this.#lastIndex ? undefined : this.#rowsByIndex().get(index);
    if (row !== undefined) {
      const isSame = this.#address[row] === address && this.#time[row] === time;
      this.#findings.add(isSame ? TWICE : INDEX_TWICE, offset, `index ${index}`);
      if (isSame) return;
    }
    if (index > this.#lastIndex) this.#lastIndex = index;
    if (this.#loads === this.#index.length) {
      this.#index = grown(this.#index);
      this.#address = grown(this.#address);
      this.#time = grown(this.#time);
    }
    const at = this.#loads++;
    this.#index[at] = index;
    this.#address[at] = address;
    this.#time[at] = time;
    this.#rows?.set(index, at);
  }

  #move(offset: number): void {
    const window = this.#window;
    const row = this.#rowsByIndex().get(window.u64(offset + 56));
    const to = window.address(offset + 40);
    if (row !== undefined && this.#address[row] === window.address(offset + 32)) this.#address[row] = to;
    else if (row === undefined || this.#address[row] !== to) this.#findings.add(MOVED, offset, `index ${window.u64(offset + 56)}`);
  }

  #rowsByIndex(): Map<number, number> {
    if (this.#rows === undefined) {
      this.#rows = new Map();
      for (let row = 0; row < this.#loads; row++) this.#rows.set(this.#index[row]!, row);
    }
    return this.#rows;
  }
}
