// A perf map held against SPEC.md, chapter 9: line by line, in windows, so that its length does not matter.

import type { Findings, Rule } from '../../bytes/findings.ts';
import { type Reading, bytesAt } from '../../bytes/reading.ts';

interface LineCheck extends Rule {
  /** Of an entry: what of it breaks the rule; undefined where it holds. */
  readonly find: (entry: Entry) => string | undefined;
}

/** A line that is an entry, cut into its parts. */
interface Entry {
  readonly start: string;
  readonly size: string;
  /** What stands before the numbers. */
  readonly blanks: readonly [beforeStart: string, beforeSize: string];
  /** The blank behind the size. */
  readonly blank: string;
  /** The beginning of the name. */
  readonly name: string;
  readonly endsWithReturn: boolean;
}

const WINDOW = 1 << 20;
/** As much of a line is looked at: its numbers and the beginning of its name. */
const HEAD = 256;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ENTRY = /^([ \t]*)((?:0[xX])?[0-9a-fA-F]+)([ \t]+)((?:0[xX])?[0-9a-fA-F]+)([ \t])(.*)$/s;
const MOST_DIGITS = 16;
const ADDRESSES = 1n << 64n;

const NOT_AN_ENTRY: Rule = { code: 'perf-map-line', clause: '9.1.5', severity: 'error', says: 'A line is not an address, a size and a name' };
const TORN: Rule = { code: 'perf-map-torn', clause: '9.1.5', severity: 'error', says: 'The last line is not whole' };
const NO_NEWLINE: Rule = { code: 'perf-map-newline', clause: '9.1.1', severity: 'warning', says: 'The last line does not end with a line feed' };
const EMPTY_LINE: Rule = { code: 'perf-map-empty', clause: '9.1.5', severity: 'warning', says: 'A line is empty' };

const numbersOf = ({ start, size }: Entry): readonly string[] => [start, size];
const digitsOf = (number: string): string => number.replace(/^0[xX]/, '');

export const LINE_CHECKS: readonly LineCheck[] = [
  {
    code: 'perf-map-range', clause: '9.1.1', severity: 'error', says: 'An entry reaches beyond the end of all addresses',
    find: ({ start, size }) => {
      const [first, length] = [digitsOf(start).replace(/^0+/, ''), digitsOf(size).replace(/^0+/, '')];
      if (first.length > MOST_DIGITS || length.length > MOST_DIGITS) return `${start} ${size}`;
      return BigInt(`0x${first || '0'}`) + BigInt(`0x${length || '0'}`) > ADDRESSES ? `${start} ${size}` : undefined;
    },
  },
  {
    code: 'perf-map-prefix', clause: '10.3.10', severity: 'warning', says: 'A number begins with 0x, which perf takes for 0',
    find: (entry) => numbersOf(entry).find((number) => /^0[xX]/.test(number)),
  },
  {
    code: 'perf-map-case', clause: '10.3.10', severity: 'warning', says: 'A number has upper-case digits',
    find: (entry) => numbersOf(entry).find((number) => /[A-F]/.test(number)),
  },
  {
    code: 'perf-map-name', clause: '10.3.10', severity: 'warning', says: 'An entry has no name',
    find: ({ name, start }) => (name === '' ? start : undefined),
  },
  {
    code: 'perf-map-size', clause: '9.1.4', severity: 'warning', says: 'An entry has the size 0',
    find: ({ size, start }) => (/^0+$/.test(digitsOf(size)) ? start : undefined),
  },
  {
    code: 'perf-map-blanks', clause: '9.1.2', severity: 'warning', says: 'An entry has other blanks than one between its parts',
    find: ({ blanks: [before, between], blank, start }) => (before !== '' || between !== ' ' || blank !== ' ' ? start : undefined),
  },
  {
    code: 'perf-map-return', clause: '9.1.2', severity: 'warning', says: 'A line ends with a carriage return',
    find: ({ endsWithReturn, start }) => (endsWithReturn ? start : undefined),
  },
];

/** Adds to `findings` what departs from SPEC.md; gives the number of lines. */
export function* validatePerfMap(size: number, findings: Findings): Reading<number> {
  let lines = 0;
  let lineStart = 0;
  while (lineStart < size) {
    const window = yield* bytesAt(lineStart, WINDOW);
    // The file became shorter.
    if (window.length === 0) break;
    let at = 0;
    for (let end = window.indexOf(NEWLINE, at); end >= 0; end = window.indexOf(NEWLINE, at)) {
      checkLine(window, at, end, lineStart + at, findings);
      lines++;
      at = end + 1;
    }
    if (lineStart + window.length >= size) {
      if (at < window.length) {
        lines++;
        checkLastLine(window, at, lineStart + at, findings);
      }
      break;
    }
    // A line that no window holds: of its rest only the end matters.
    if (at === 0) {
      checkLine(window, 0, Math.min(window.length, HEAD), lineStart, findings);
      lines++;
      at = yield* restOfLine(lineStart, size);
    }
    lineStart += at;
  }
  return lines;
}

/** How long the line is, with its line feed. */
function* restOfLine(start: number, size: number): Reading<number> {
  for (let at = start; at < size; at += WINDOW) {
    const window = yield* bytesAt(at, WINDOW);
    const end = window.indexOf(NEWLINE);
    if (end >= 0) return at + end + 1 - start;
    if (window.length === 0) break;
  }
  return size - start;
}

function checkLine(bytes: Uint8Array, start: number, end: number, offset: number, findings: Findings): void {
  const endsWithReturn = end > start && bytes[end - 1] === RETURN;
  const stop = endsWithReturn ? end - 1 : end;
  const head = String.fromCharCode(...bytes.subarray(start, Math.min(stop, start + HEAD)));
  const match = ENTRY.exec(head);
  if (match === null) {
    if (head.trim() === '') findings.add(EMPTY_LINE, offset, '');
    else findings.add(NOT_AN_ENTRY, offset, shown(head));
    return;
  }
  const [, before = '', first = '', between = '', length = '', blank = '', name = ''] = match;
  const entry = { start: first, size: length, blanks: [before, between] as const, blank, name, endsWithReturn };
  for (const check of LINE_CHECKS) {
    const detail = check.find(entry);
    if (detail !== undefined) findings.add(check, offset, detail);
  }
}

/** One without a line feed: its program was killed, or still runs. */
function checkLastLine(bytes: Uint8Array, start: number, offset: number, findings: Findings): void {
  const head = String.fromCharCode(...bytes.subarray(start, Math.min(bytes.length, start + HEAD)));
  if (!ENTRY.test(head)) findings.add(TORN, offset, shown(head));
  else {
    checkLine(bytes, start, bytes.length, offset, findings);
    findings.add(NO_NEWLINE, offset, '');
  }
}

/** As much of a line as says what it is, as JSON has it. */
function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
