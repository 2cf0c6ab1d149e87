// Compares a CfiTable, row by row, with what `readelf --debug-dump=frames-interp` printed about the same sections: an
// interpreter of the same programs by other people. Used by cfi-rows.test.ts.

import type { CfiTable } from '../../src/dwarf/cfi-table.ts';
import { CFA_EXPRESSION, RuleKind } from '../../src/dwarf/frame-state.ts';

const X86_64: Record<string, number> = {};
['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp'].forEach((name, index) => (X86_64[name] = index));
for (let i = 8; i < 16; i++) X86_64[`r${i}`] = i;
X86_64['rip'] = 16;
for (let i = 0; i < 16; i++) X86_64[`xmm${i}`] = 17 + i;
for (let i = 0; i < 8; i++) X86_64[`mm${i}`] = 41 + i;
['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7'].forEach((name, index) => (X86_64[name] = 118 + index));

const ARM64: Record<string, number> = { sp: 31, pc: 32, vg: 46 };
for (let i = 0; i < 31; i++) ARM64[`x${i}`] = i;
for (let i = 0; i < 32; i++) ARM64[`v${i}`] = 64 + i;
for (let i = 0; i < 16; i++) ARM64[`p${i}`] = 48 + i;
for (let i = 0; i < 32; i++) ARM64[`z${i}`] = 96 + i;

export interface Comparison {
  fdes: number;
  rows: number;
  /** The first few differences, in words. */
  readonly differences: string[];
}

/** Every row in `text` against the table. */
export function compareWithReadelf(table: CfiTable, text: string): Comparison {
  const result: Comparison = { fdes: 0, rows: 0, differences: [] };
  const names = table.machine === 'arm64' ? ARM64 : X86_64;
  let columns: number[] = [];
  let returnAddress = 0;
  let end = 0;
  let rows: { location: number; words: string[] }[] = [];
  const returnAddresses = new Map<string, number>();

  const differs = (words: string): void => {
    if (result.differences.length < 20) result.differences.push(words);
  };
  const finish = (): void => {
    rows.forEach((row, index) => {
      const next = index + 1 < rows.length ? rows[index + 1]!.location : end;
      if (next <= row.location) return;
      result.rows++;
      const number = table.find(row.location);
      const place = row.location.toString(16);
      if (number < 0) return differs(`${place}: no row`);
      if (table.find(next - 1) !== number && !sameRow(table, number, table.find(next - 1))) differs(`${place}: ends too early`);
      const set = table.rows.ruleSet[number]!;
      const register = table.rows.cfaRegister[number]!;
      const offset = table.rows.cfaOffset[number]!;
      const cfa = register === CFA_EXPRESSION ? 'exp' : `${nameOf(names, register)}${offset < 0 ? '' : '+'}${offset}`;
      if (cfa !== row.words[0]) differs(`${place}: CFA ${cfa}, readelf ${row.words[0]}`);
      if (table.rows.returnAddress[number] !== returnAddress) differs(`${place}: return address in another column`);
      columns.forEach((column, i) => {
        const ours = ruleWords(table.rows.kind(set, column), table.rows.value(set, column));
        if (ours !== row.words[i + 1]) differs(`${place}: register ${column} ${ours}, readelf ${row.words[i + 1]}`);
      });
      for (let at = table.rows.setStart[set]!; at < table.rows.setStart[set + 1]!; at += 3) {
        if (!columns.includes(table.rows.rules[at]!)) differs(`${place}: register ${table.rows.rules[at]} is not in readelf's row`);
      }
    });
    rows = [];
  };

  for (const line of text.split('\n')) {
    const entry = /^[0-9a-f]+ [0-9a-f]+ [0-9a-f]+ (CIE|FDE)(.*)$/.exec(line);
    if (entry !== null) {
      finish();
      const offset = line.slice(0, line.indexOf(' '));
      if (entry[1] === 'CIE') {
        returnAddresses.set(offset, Number(/ ra=(\d+)/.exec(entry[2]!)?.[1] ?? -1));
        end = 0;
        continue;
      }
      const range = /cie=([0-9a-f]+) pc=([0-9a-f]+)\.\.([0-9a-f]+)/.exec(entry[2]!);
      if (range === null) continue;
      result.fdes++;
      returnAddress = returnAddresses.get(range[1]!) ?? -1;
      end = parseInt(range[3]!, 16);
    } else if (/^ +LOC +CFA/.test(line)) {
      columns = line
        .trim()
        .split(/\s+/)
        .slice(2)
        .map((name) => (name === 'ra' ? returnAddress : (names[name] ?? Number(/\d+$/.exec(name)?.[0]))));
    } else if (end > 0 && /^[0-9a-f]{16} /.test(line)) {
      // A register's rule is printed as `r8 (r8)`.
      const words = line.replace(/ \([a-z0-9]+\)/g, '').trim().split(/\s+/);
      rows.push({ location: parseInt(words[0]!, 16), words: words.slice(1) });
    }
  }
  finish();
  return result;
}

function sameRow(table: CfiTable, a: number, b: number): boolean {
  const { cfaRegister, cfaOffset, ruleSet } = table.rows;
  return b >= 0 && cfaRegister[a] === cfaRegister[b] && cfaOffset[a] === cfaOffset[b] && ruleSet[a] === ruleSet[b];
}

function nameOf(names: Record<string, number>, register: number): string {
  return Object.keys(names).find((name) => names[name] === register) ?? `r${register}`;
}

function ruleWords(kind: number, value: number): string {
  const signed = `${value < 0 ? '' : '+'}${value}`;
  switch (kind) {
    case RuleKind.SameValue:
      return 's';
    case RuleKind.Offset:
      return `c${signed}`;
    case RuleKind.ValueOffset:
      return `v${signed}`;
    case RuleKind.Register:
      return `r${value}`;
    case RuleKind.Expression:
      return 'exp';
    case RuleKind.ValueExpression:
      return 'vexp';
    default:
      return 'u';
  }
}
