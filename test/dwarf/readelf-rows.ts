// Compares a CfiTable, row by row, with what `readelf --debug-dump=frames-interp` printed about the same section: an interpreter of
// the same programs by other people. Takes the text line by line, for it is gigabytes of large libraries.
// Used by cfi-rows.test.ts and bench/cfi-rows.ts.

import type { CfiTable } from '../../src/dwarf/cfi-table.ts';
import { CFA_EXPRESSION, CFA_NONE, RuleKind } from '../../src/dwarf/frame-state.ts';

type Names = ReadonlyMap<string, number>;

/** readelf's names of registers by their DWARF numbers: `[first number, names…]`. */
function names(...runs: readonly (readonly [number, ...string[]])[]): Names {
  const map = new Map<string, number>();
  for (const [first, ...list] of runs) list.forEach((name, index) => map.set(name, first + index));
  return map;
}

function count(prefix: string, length: number, from = 0): string[] {
  return Array.from({ length }, (_, index) => `${prefix}${from + index}`);
}

const NAMES: Readonly<Partial<Record<string, Names>>> = {
  'x86-64': names(
    [0, 'rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', ...count('r', 8, 8), 'rip', ...count('xmm', 16), ...count('st', 8), ...count('mm', 8)],
    [118, ...count('k', 8)],
  ),
  x86: names([0, 'eax', 'ecx', 'edx', 'ebx', 'esp', 'ebp', 'esi', 'edi', 'eip', 'eflags'], [11, ...count('st', 8)], [21, ...count('xmm', 8), ...count('mm', 8)]),
  arm64: names([0, ...count('x', 31), 'sp', 'pc', 'elr', 'ra_sign_state'], [46, 'vg', 'ffr', ...count('p', 16), ...count('v', 32), ...count('z', 32)]),
  s390x: names([0, ...count('r', 16), ...[0, 2, 4, 6, 1, 3, 5, 7, 8, 10, 12, 14, 9, 11, 13, 15].map((n) => `f${n}`)], [64, 'pswm', 'pswa', 'p0', 'p1', ...[16, 18, 20, 22, 17, 19, 21, 23, 24, 26, 28, 30, 25, 27, 29, 31].map((n) => `v${n}`)]),
  riscv64: names([
    0, 'zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1', ...count('a', 8), ...count('s', 10, 2), ...count('t', 4, 3),
    ...count('ft', 8), 'fs0', 'fs1', ...count('fa', 8), ...count('fs', 10, 2), ...count('ft', 4, 8),
  ]),
};

export interface Comparison {
  fdes: number;
  rows: number;
  /** Rows of which everything is as readelf has it. */
  equal: number;
  /** How many rows differ in what: the first thing of each. */
  readonly causes: Map<string, number>;
  /** The first few differences, in words. */
  readonly differences: string[];
}

interface ReadelfRow {
  readonly location: number;
  /** The CFA, then the columns. */
  readonly words: readonly string[];
}

/** One section's rows: `line` for every line, then `finish`. */
export class ReadelfRows {
  readonly result: Comparison = { fdes: 0, rows: 0, equal: 0, causes: new Map(), differences: [] };
  readonly #table: CfiTable;
  readonly #numbers: Names;
  readonly #nameOf = new Map<number, string>();
  readonly #returnAddresses = new Map<string, number>();
  #columns: number[] = [];
  #returnAddress = 0;
  #end = 0;
  #rows: ReadelfRow[] = [];

  constructor(table: CfiTable) {
    this.#table = table;
    this.#numbers = NAMES[table.machine] ?? new Map();
    for (const [name, number] of this.#numbers) this.#nameOf.set(number, name);
  }

  line(line: string): void {
    const entry = /^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ (CIE|FDE)(.*)$/.exec(line);
    if (entry !== null) {
      this.finish();
      this.#end = 0;
      this.#columns = [];
      if (entry[1] === 'CIE') {
        const offset = line.slice(0, line.indexOf(' '));
        this.#returnAddresses.set(offset, Number(/ ra=(\d+)/.exec(entry[2]!)?.[1] ?? -1));
        return;
      }
      const range = /cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+)/.exec(entry[2]!);
      if (range === null) return;
      this.result.fdes++;
      this.#returnAddress = this.#returnAddresses.get(range[1]!) ?? -1;
      this.#end = parseInt(range[3]!, 16);
    } else if (/^ +LOC +CFA/.test(line)) this.#columns = line.trim().split(/\s+/).slice(2).map((name) => this.#number(name));
    else if (this.#end > 0 && /^[0-9a-f]{8,16} (?!ZERO)/.test(line)) {
      // A register's rule is printed as `r8 (r8)`.
      const words = line.replace(/ \([%a-z0-9_]+\)/g, '').trim().split(/\s+/);
      this.#rows.push({ location: parseInt(words[0]!, 16), words: words.slice(1) });
    }
  }

  /** After the last line. */
  finish(): Comparison {
    const rows = this.#rows;
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      const next = index + 1 < rows.length ? rows[index + 1]!.location : this.#end;
      if (next <= row.location) continue;
      this.result.rows++;
      const difference = this.#difference(row, next);
      if (difference === undefined) this.result.equal++;
      else {
        const [cause, words] = difference;
        this.result.causes.set(cause, (this.result.causes.get(cause) ?? 0) + 1);
        if (this.result.differences.length < 20) this.result.differences.push(`${row.location.toString(16)}: ${words}`);
      }
    }
    rows.length = 0;
    return this.result;
  }

  #number(name: string): number {
    if (name === 'ra') return this.#returnAddress;
    return this.#numbers.get(name) ?? Number(/^r(\d+)$/.exec(name)?.[1] ?? NaN);
  }

  #name(number: number): string {
    return this.#nameOf.get(number) ?? `r${number}`;
  }

  #difference(row: ReadelfRow, next: number): readonly [cause: string, words: string] | undefined {
    const { rows } = this.#table;
    const number = this.#table.find(row.location);
    if (number < 0) return ['no row', 'no row'];
    if (!this.#isSame(number, this.#table.find(next - 1))) return ['extent', 'ends too early'];
    const set = rows.ruleSet[number]!;
    const register = rows.cfaRegister[number]!;
    const offset = rows.cfaOffset[number]!;
    const cfa = register === CFA_EXPRESSION ? 'exp' : register === CFA_NONE ? 'none' : `${this.#name(register)}${offset < 0 ? '' : '+'}${offset}`;
    if (cfa !== row.words[0]) return ['CFA', `CFA ${cfa}, readelf ${row.words[0]}`];
    if (rows.returnAddress[number] !== this.#returnAddress) return ['return column', 'return address in another column'];
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i]!;
      const ours = this.#rule(rows.kind(set, column), rows.value(set, column));
      if (ours !== row.words[i + 1]) return [`register ${this.#name(column)}`, `${this.#name(column)} ${ours}, readelf ${row.words[i + 1]}`];
    }
    for (let at = rows.setStart[set]!; at < rows.setStart[set + 1]!; at += 3) {
      const more = rows.rules[at]!;
      // A rule that says what no rule says too has no column of its own with readelf.
      if (!this.#columns.includes(more) && rows.rules[at + 1] !== RuleKind.Undefined) return ['more registers', `${this.#name(more)} is not in readelf's row`];
    }
    return undefined;
  }

  #isSame(a: number, b: number): boolean {
    const { cfaRegister, cfaOffset, ruleSet } = this.#table.rows;
    return a === b || (b >= 0 && cfaRegister[a] === cfaRegister[b] && cfaOffset[a] === cfaOffset[b] && ruleSet[a] === ruleSet[b]);
  }

  #rule(kind: number, value: number): string {
    const signed = `${value < 0 ? '' : '+'}${value}`;
    switch (kind) {
      case RuleKind.SameValue:
        return 's';
      case RuleKind.Offset:
        return `c${signed}`;
      case RuleKind.ValueOffset:
        return `v${signed}`;
      case RuleKind.Register:
        // readelf numbers them, and gives the name in brackets.
        return `r${value}`;
      case RuleKind.Expression:
        return 'exp';
      case RuleKind.ValueExpression:
        return 'vexp';
      default:
        return 'u';
    }
  }
}

/** Every row in `text` against the table. */
export function compareWithReadelf(table: CfiTable, text: string): Comparison {
  const rows = new ReadelfRows(table);
  for (const line of text.split('\n')) rows.line(line);
  return rows.finish();
}
