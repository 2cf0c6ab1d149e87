// Which source file the code of a local symbol comes from, by the symbols that name files (STT_FILE): all that is known of code without
// debugging information in a file that has some, such as the C library's in a program that is linked statically. Only local symbols
// follow the name of their file. The rules are those of binutils' addr2line, which perf asks there.

import { MAX_SYMBOL_NAME } from '../bytes/limits.ts';
import { upperBound } from '../bytes/sorted.ts';
import { decodeText } from '../bytes/text.ts';
import { SHF_ALLOC, SHF_EXECINSTR, SHN_XINDEX, STB_LOCAL, STT_FILE, STT_FUNC, STT_GNU_IFUNC, STT_NOTYPE } from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { RawSymbols } from '../elf/symbol-sections.ts';
import { extendedSection, symbolWords, WORDS_OF_SYMBOL } from './elf-symbol-filter.ts';

const TWO_32 = 4_294_967_296;
const NO_FILE = -1;

export class SourceFileSymbols {
  /** Of each symbol of code, by ascending address; those of one address as they stand in the file. */
  readonly #addresses: Float64Array;
  readonly #sizes: Float64Array;
  readonly #isFunction: Uint8Array;
  /** Where the name of its file begins, or NO_FILE. */
  readonly #files: Int32Array;
  readonly #strings: Uint8Array;

  constructor(elf: ElfFile, { entries, strings, extendedIndices }: RawSymbols) {
    const words = symbolWords(entries, elf.is64, elf.littleEndian);
    const count = words.length / WORDS_OF_SYMBOL;
    const isCode = elf.sections.map(({ flags }) => (flags & (SHF_ALLOC | SHF_EXECINSTR)) === (SHF_ALLOC | SHF_EXECINSTR));
    const addresses = new Float64Array(count);
    const sizes = new Float64Array(count);
    const isFunction = new Uint8Array(count);
    const files = new Int32Array(count);
    let file = NO_FILE;
    let length = 0;
    for (let symbol = 0, at = 0; symbol < count; symbol++, at += WORDS_OF_SYMBOL) {
      const info = words[at + 1]!;
      const type = info & 15;
      if (type === STT_FILE) file = words[at]!;
      if (type !== STT_FUNC && type !== STT_GNU_IFUNC && type !== STT_NOTYPE) continue;
      const section = info >>> 16 === SHN_XINDEX ? extendedSection(extendedIndices, symbol, elf.littleEndian) : info >>> 16;
      if (isCode[section] !== true) continue;
      addresses[length] = words[at + 2]! + (words[at + 3]! | 0) * TWO_32;
      sizes[length] = Math.max(1, words[at + 4]! + words[at + 5]! * TWO_32);
      isFunction[length] = type === STT_NOTYPE ? 0 : 1;
      files[length++] = ((info >> 4) & 15) === STB_LOCAL ? file : NO_FILE;
    }
    const order = Uint32Array.from({ length }, (_, index) => index).sort((a, b) => addresses[a]! - addresses[b]! || a - b);
    this.#addresses = Float64Array.from(order, (index) => addresses[index]!);
    this.#sizes = Float64Array.from(order, (index) => sizes[index]!);
    this.#isFunction = Uint8Array.from(order, (index) => isFunction[index]!);
    this.#files = Int32Array.from(order, (index) => files[index]!);
    this.#strings = strings;
  }

  /** The file of the nearest symbol at or before an address; undefined where that is not local, or no file is named before it. */
  at(address: number): string | undefined {
    let best = upperBound(this.#addresses, this.#addresses.length, address) - 1;
    if (best < 0) return undefined;
    for (let other = best - 1; other >= 0 && this.#addresses[other] === this.#addresses[best]; other--) if (!this.#isBetter(best, other, address)) best = other;
    const file = this.#files[best]!;
    return file === NO_FILE ? undefined : decodeText(this.#strings, file, file + MAX_SYMBOL_NAME);
  }

  /** Of two symbols that begin at one place: one that reaches to the address, a function before a label, the smaller one. */
  #isBetter(symbol: number, earlier: number, address: number): boolean {
    const reach = (index: number): number => (this.#addresses[index]! + this.#sizes[index]! > address ? 1 : 0);
    return (reach(symbol) - reach(earlier) || this.#isFunction[symbol]! - this.#isFunction[earlier]! || this.#sizes[earlier]! - this.#sizes[symbol]!) > 0;
  }
}
