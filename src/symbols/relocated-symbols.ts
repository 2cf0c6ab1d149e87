// A kernel's symbols where it really lay: KASLR moves all of it by one distance (FORMAT 3.3).

import type { RawSymbols } from '../elf/symbol-sections.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { symbolWords, WORDS_OF_SYMBOL } from './elf-symbol-filter.ts';
import type { SymbolTable } from './symbol-table.ts';

const TWO_32 = 4_294_967_296;

/** A table whose addresses lie `distance` further on. */
export class RelocatedSymbols implements SymbolTable {
  readonly length: number;
  readonly #table: SymbolTable;
  readonly #distance: number;

  constructor(table: SymbolTable, distance: number) {
    this.#table = table;
    this.#distance = distance;
    this.length = table.length;
  }

  find(address: number): number {
    return this.#table.find(address - this.#distance);
  }

  start(symbol: number): number {
    return this.#table.start(symbol) + this.#distance;
  }

  end(symbol: number): number {
    return this.#table.end(symbol) + this.#distance;
  }

  name(symbol: number): string {
    return this.#table.name(symbol);
  }

  isObject(symbol: number): boolean {
    return this.#table.isObject(symbol);
  }
}

/** The address of a symbol by its name, signed; undefined where there is none. */
export function addressOfSymbol(elf: ElfFile, { entries, strings }: RawSymbols, name: string): number | undefined {
  const wanted = new TextEncoder().encode(`${name}\0`);
  const words = symbolWords(entries, elf.is64, elf.littleEndian);
  for (let at = 0; at + WORDS_OF_SYMBOL <= words.length; at += WORDS_OF_SYMBOL) {
    const start = words[at]!;
    // Not defined here.
    if (words[at + 1]! >>> 16 === 0) continue;
    let i = 0;
    while (i < wanted.length && strings[start + i] === wanted[i]) i++;
    if (i === wanted.length) return words[at + 2]! + (words[at + 3]! | 0) * TWO_32;
  }
  return undefined;
}
