// What perf does to the symbols of a table once they are in order: gives those without a size an end, then keeps one of several
// with the same start (FORMAT 3.2). In this order: an alias without a size ends where it starts, and loses.

import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import { demangle } from '../demangle/demangle.ts';
import { STT_GNU_IFUNC, STT_NOTYPE } from '../elf/elf-constants.ts';
import { BINDING_SHIFT, END_IS_GUESSED, GLOBAL, IFUNC_ALIAS, TYPE_MASK, WEAK } from './symbol-columns.ts';
import type { SymbolColumns } from './symbol-columns.ts';

const PAGE = 4096;

/** Symbols without a size reach to the next one; the last one to the end of the page after its own. */
export function settleEnds(symbols: SymbolColumns): void {
  const { starts, ends, traits, length } = symbols;
  for (let i = 0; i < length; i++) {
    const start = starts[i]!;
    if (ends[i] !== start) continue;
    ends[i] = i + 1 < length ? starts[i + 1]! : Math.ceil(start / PAGE) * PAGE + PAGE;
    traits[i]! |= END_IS_GUESSED;
  }
}

/**
 * Keeps one symbol for each start. Length and underscores of the names as they are shown decide last; where these are names to be
 * demangled the decision is put off until somebody asks for the symbol (SymbolColumns.contested): few ever are, and demangling all
 * of a C++ library's aliases took a seventh of a report's time.
 */
export function settleAliases(symbols: SymbolColumns, isDemangled: boolean): void {
  const { starts, traits, length } = symbols;
  const kept = new Uint8Array(length).fill(1);
  let best = 0;
  let dropped = false;
  for (let next = 1; next < length; next++) {
    if (starts[best] !== starts[next]) {
      best = next;
      continue;
    }
    dropped = true;
    const verdict = compare(symbols, best, next, isDemangled);
    if (verdict === UNDECIDED) symbols.contest(best, next);
    else if (verdict === SECOND) symbols.contested.delete(starts[best]!);
    const loser = verdict === SECOND ? best : next;
    if (verdict === SECOND) best = next;
    if ((traits[loser]! & TYPE_MASK) === STT_GNU_IFUNC) traits[best]! |= IFUNC_ALIAS;
    kept[loser] = 0;
  }
  if (dropped) symbols.keep(kept);
}

/** Decides between the aliases of a symbol that settleAliases left open. */
export function settleContested(symbols: SymbolColumns, symbol: number): void {
  const start = symbols.starts[symbol]!;
  const candidates = symbols.contested.get(start);
  if (candidates === undefined) return;
  symbols.contested.delete(start);
  let best = candidates[0]!;
  let name = demangle(symbols.rawNameAt(best.name, best.traits));
  for (const next of candidates.slice(1)) {
    const other = demangle(symbols.rawNameAt(next.name, next.traits));
    if (isBetterShown(name, other)) continue;
    best = next;
    name = other;
  }
  symbols.ends[symbol] = best.end;
  symbols.names[symbol] = best.name;
  symbols.traits[symbol] = best.traits;
}

/** Bytes of two names that are compared one by one: names may all be the ends of one long name. */
const MOST_COMPARED = 4_096;
const FIRST = 1;
const SECOND = -1;
/** The names as they are shown decide. */
const UNDECIDED = 0;

/** Which of two symbols with the same start is the one to keep. */
function compare(symbols: SymbolColumns, a: number, b: number, isDemangled: boolean): number {
  const start = symbols.starts[a]!;
  const isEmptyA = symbols.ends[a] === start;
  const isEmptyB = symbols.ends[b] === start;
  if (isEmptyA !== isEmptyB) return isEmptyB ? FIRST : SECOND;
  const traitsA = symbols.traits[a]!;
  const traitsB = symbols.traits[b]!;
  const isLabelA = (traitsA & TYPE_MASK) === STT_NOTYPE;
  const isLabelB = (traitsB & TYPE_MASK) === STT_NOTYPE;
  if (isLabelA !== isLabelB) return isLabelB ? FIRST : SECOND;
  const bindingA = (traitsA >> BINDING_SHIFT) & 3;
  const bindingB = (traitsB >> BINDING_SHIFT) & 3;
  if (bindingA !== bindingB) {
    if (bindingA === WEAK || bindingB === WEAK) return bindingB === WEAK ? FIRST : SECOND;
    if (bindingA === GLOBAL || bindingB === GLOBAL) return bindingA === GLOBAL ? FIRST : SECOND;
  }
  if (symbols.contested.size > 0 && symbols.contested.has(start)) return UNDECIDED;
  if (!isDemangled || (!isMangled(symbols, a) && !isMangled(symbols, b))) return isBetterRaw(symbols, a, b) ? FIRST : SECOND;
  return isSameButForOneDigit(symbols, a, b) ? FIRST : UNDECIDED;
}

/** Whether a name may be shown otherwise than it stands in the file: `_Z…`, `_R…`. */
function isMangled(symbols: SymbolColumns, symbol: number): boolean {
  const bytes = symbols.nameBytes(symbol);
  const at = symbols.names[symbol]!;
  return bytes[at] === UNDERSCORE && (bytes[at + 1] === LETTER_Z || bytes[at + 1] === LETTER_R);
}

/** Of raw names, without making strings. */
function isBetterRaw(symbols: SymbolColumns, a: number, b: number): boolean {
  const bytesA = symbols.nameBytes(a);
  const bytesB = symbols.nameBytes(b);
  const fromA = symbols.names[a]!;
  const fromB = symbols.names[b]!;
  let underscoresA = 0;
  let underscoresB = 0;
  while (underscoresA < MOST_COMPARED && bytesA[fromA + underscoresA] === UNDERSCORE) underscoresA++;
  while (underscoresB < MOST_COMPARED && bytesB[fromB + underscoresB] === UNDERSCORE) underscoresB++;
  if (underscoresA !== underscoresB) return underscoresA < underscoresB;
  const difference = nameLength(bytesA, fromA) - nameLength(bytesB, fromB);
  return difference !== 0 ? difference > 0 : (bytesA[fromA] !== LETTER_S && bytesA[fromA] !== LETTER_C) || !isSyscallAlias(symbols.rawName(a));
}

/** Of a name, as far as it is kept. */
function nameLength(bytes: Uint8Array, from: number): number {
  const name = bytes.subarray(from, from + MAX_SYMBOL_NAME);
  const end = name.indexOf(0);
  return end < 0 ? name.length : end;
}

function isBetterShown(nameA: string, nameB: string): boolean {
  const underscoresA = leadingUnderscores(nameA);
  const underscoresB = leadingUnderscores(nameB);
  if (underscoresA !== underscoresB) return underscoresA < underscoresB;
  return nameA.length !== nameB.length ? nameA.length > nameB.length : !isSyscallAlias(nameA);
}

/** Kernels up to 4.16 have these beside `sys_…`. */
function isSyscallAlias(name: string): boolean {
  return name.startsWith('SyS') || name.startsWith('compat_SyS');
}

/**
 * Whether two raw names are equal or differ in one digit only, as those of a C++ constructor's variants (C1, C2) do: then
 * the names shown are equally good, and nothing need be demangled. Most aliases are of this kind.
 */
function isSameButForOneDigit(symbols: SymbolColumns, a: number, b: number): boolean {
  const bytesA = symbols.nameBytes(a);
  const bytesB = symbols.nameBytes(b);
  const fromA = symbols.names[a]!;
  const fromB = symbols.names[b]!;
  let differences = 0;
  for (let i = 0; i < MOST_COMPARED; i++) {
    const x = bytesA[fromA + i] ?? 0;
    const y = bytesB[fromB + i] ?? 0;
    if (x !== y && (++differences > 1 || !isVariantDigit(x) || !isVariantDigit(y) || !isVariantLetter(bytesA[fromA + i - 1]))) return false;
    if (x === 0 && y === 0) return true;
  }
  return false;
}

const UNDERSCORE = 0x5f;
const LETTER_Z = 0x5a;
const LETTER_R = 0x52;
/** Of `SyS_…` and `compat_SyS_…`. */
const LETTER_S = 0x53;
const LETTER_C = 0x63;

/** 0 to 5: C1 to C5, D0 to D5. */
function isVariantDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x35;
}

function isVariantLetter(byte: number | undefined): boolean {
  return byte === 0x43 || byte === 0x44;
}

function leadingUnderscores(name: string): number {
  let count = 0;
  while (name.charCodeAt(count) === UNDERSCORE) count++;
  return count;
}
