// A section of relocations (SHT_RELA, SHT_REL), read entry by entry: which place, which symbol, what is added (System V gABI 4,
// "Relocation"). Symbols of 32-bit files have 24 bits of the information word.

import { readSigned64 } from '../bytes/int64.ts';
import { EM_386, EM_AARCH64, EM_X86_64, SHT_REL, SHT_RELA } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';

export class Relocations {
  readonly count: number;
  readonly size: number;
  readonly #view: DataView;
  readonly #is64: boolean;
  readonly #littleEndian: boolean;
  readonly #hasAddend: boolean;
  readonly #irelative: number;

  /** `type`: of the section, SHT_…; of another kind there are none. */
  constructor(elf: ElfFile, type: number | undefined, bytes: Uint8Array) {
    this.#is64 = elf.is64;
    this.#littleEndian = elf.littleEndian;
    this.#hasAddend = type === SHT_RELA;
    this.#irelative = elf.machine === EM_X86_64 ? 37 : elf.machine === EM_386 ? 42 : elf.machine === EM_AARCH64 ? 1032 : -1;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const word = elf.is64 ? 8 : 4;
    this.size = this.#hasAddend ? word * 3 : word * 2;
    this.count = type === SHT_RELA || type === SHT_REL ? Math.floor(bytes.length / this.size) : 0;
  }

  /** The address of what is filled in, before relocation. */
  place(index: number): number {
    const at = index * this.size;
    return this.#is64 ? readSigned64(this.#view, at, this.#littleEndian) : this.#view.getUint32(at, this.#littleEndian);
  }

  /** Its number among the dynamic symbols; 0 for none. */
  symbol(index: number): number {
    const at = index * this.size;
    return this.#is64 ? this.#view.getUint32(at + (this.#littleEndian ? 12 : 8), this.#littleEndian) : this.#view.getUint32(at + 4, this.#littleEndian) >>> 8;
  }

  /** 0 where there is none (SHT_REL). */
  addend(index: number): number {
    if (!this.#hasAddend) return 0;
    const at = index * this.size;
    return this.#is64 ? readSigned64(this.#view, at + 16, this.#littleEndian) : this.#view.getInt32(at + 8, this.#littleEndian);
  }

  /** R_…: the raw number. */
  type(index: number): number {
    const at = index * this.size;
    return this.#is64 ? this.#view.getUint32(at + (this.#littleEndian ? 8 : 12), this.#littleEndian) : this.#view.getUint32(at + 4, this.#littleEndian) & 0xff;
  }

  /** Whether the place is filled by calling an indirect function at the addend (R_…_IRELATIVE); known of x86 and arm64. */
  isIndirect(index: number): boolean {
    return this.type(index) === this.#irelative;
  }
}
