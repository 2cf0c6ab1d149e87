// The functions of a Go program by its own table, `.gopclntab`, which the runtime needs for tracebacks and strip therefore leaves:
// addresses and names where a symbol table is missing. The layout has changed four times (Go: debug/gosym, internal/abi PCLnTabMagic;
// its head is magic, two zeros, instruction size, pointer size, and words of that size):
//
//      1.2   functions │ (entry, offset of the function)…                                          names by offset in the table
//      1.16  functions, files, names at, …, functions at │ …
//      1.18  functions, files, text, names at, …, functions at │ (entry - text, offset of the function) in 4 bytes each…
//      1.20  the same; since 1.26 without the address of the text
//
// A function begins with its entry again and the offset of its name among the names. perf names nothing in such programs.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { readSigned64 } from '../bytes/int64.ts';
import { MAX_GO_FUNCTIONS } from '../bytes/limits.ts';
import type { Reading } from '../bytes/reading.ts';
import type { ElfFile } from './elf-file.ts';
import { readSection } from './section-bytes.ts';

/** In the order of their addresses. */
export interface GoFunctions {
  readonly length: number;
  /** Addresses before relocation, signed; one more than there are functions: the end of the last. */
  readonly starts: Float64Array;
  /** Offsets in `names`, where each name ends with a NUL. */
  readonly nameOffsets: Uint32Array;
  readonly names: Uint8Array;
}

const MAGIC_1_2 = 0xffff_fffb;
const MAGIC_1_16 = 0xffff_fffa;
const MAGIC_1_18 = 0xffff_fff0;
const MAGIC_1_20 = 0xffff_fff1;

/** Words of the module's description (runtime.moduledata) before the one that says where the text begins. */
const TEXT_IN_MODULE = 22;

/** Undefined where the file has no such table, or none that is understood. */
export function* readGoFunctions(elf: ElfFile, diagnostics: Diagnostics): Reading<GoFunctions | undefined> {
  const section = elf.section('.gopclntab') ?? elf.section('.data.rel.ro.gopclntab');
  if (section === undefined) return undefined;
  const bytes = yield* readSection(elf, section, diagnostics);
  const table = new GoTable(bytes, elf.littleEndian);
  if (!table.isKnown) return undefined;
  return table.functions(table.text !== 0 ? table.text : yield* textOf(elf, table.wordSize, diagnostics));
}

/** Where the table does not say it: the module's description does, and else the text is its section. */
function* textOf(elf: ElfFile, wordSize: number, diagnostics: Diagnostics): Reading<number> {
  const module = elf.section('.go.module');
  if (module !== undefined) {
    const bytes = yield* readSection(elf, module, diagnostics);
    if (bytes.length >= (TEXT_IN_MODULE + 1) * wordSize) {
      const text = wordAt(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), TEXT_IN_MODULE * wordSize, wordSize, elf.littleEndian);
      // In a position-independent program relocations write it.
      if (text !== 0) return text;
    }
  }
  return elf.section('.text')?.address ?? 0;
}

class GoTable {
  readonly wordSize: number;
  /** Of the text, where the table says it; else 0. */
  readonly text: number;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  readonly #magic: number;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = littleEndian;
    this.#magic = bytes.length < 16 ? 0 : this.#view.getUint32(0, littleEndian);
    this.wordSize = bytes[7] ?? 0;
    this.text = this.#isRelative ? this.#word(2) : 0;
  }

  get isKnown(): boolean {
    return [MAGIC_1_2, MAGIC_1_16, MAGIC_1_18, MAGIC_1_20].includes(this.#magic) && (this.wordSize === 4 || this.wordSize === 8);
  }

  /** Entries are distances from the beginning of the text. */
  get #isRelative(): boolean {
    return this.#magic === MAGIC_1_18 || this.#magic === MAGIC_1_20;
  }

  #word(index: number): number {
    const at = 8 + index * this.wordSize;
    return at + this.wordSize <= this.#bytes.length ? wordAt(this.#view, at, this.wordSize, this.#littleEndian) : 0;
  }

  functions(text: number): GoFunctions | undefined {
    const view = this.#view;
    const littleEndian = this.#littleEndian;
    const isOld = this.#magic === MAGIC_1_2;
    const first = this.#isRelative ? 3 : 2;
    const namesAt = isOld ? 0 : this.#word(first);
    const functionsAt = isOld ? 0 : this.#word(first + 4);
    const entriesAt = isOld ? 8 + this.wordSize : functionsAt;
    const entryWord = this.#isRelative ? 4 : this.wordSize;
    const count = Math.min(this.#word(0), MAX_GO_FUNCTIONS, Math.floor((this.#bytes.length - entriesAt - entryWord) / (2 * entryWord)));
    if (!(count > 0) || !(namesAt >= 0 && namesAt < this.#bytes.length && entriesAt >= 0)) return undefined;
    const starts = new Float64Array(count + 1);
    const nameOffsets = new Uint32Array(count);
    let length = 0;
    let last = -Infinity;
    for (let i = 0; i <= count; i++) {
      const at = entriesAt + i * 2 * entryWord;
      const start = wordAt(view, at, entryWord, littleEndian) + (this.#isRelative ? text : 0);
      // What is out of order is damaged: the rest would be too.
      if (!(start >= last)) return undefined;
      last = start;
      starts[i] = start;
      if (i === count) break;
      const functionAt = functionsAt + wordAt(view, at + entryWord, entryWord, littleEndian) + entryWord;
      if (!(functionAt >= 0 && functionAt + 4 <= this.#bytes.length)) return undefined;
      nameOffsets[i] = view.getInt32(functionAt, littleEndian);
      length++;
    }
    return { length, starts, nameOffsets, names: this.#bytes.subarray(namesAt) };
  }
}

function wordAt(view: DataView, at: number, size: number, littleEndian: boolean): number {
  return size === 8 ? readSigned64(view, at, littleEndian) : view.getUint32(at, littleEndian);
}
