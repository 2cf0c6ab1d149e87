// The bytes of a kernel's function, and of one of its modules', for those who show its instructions: as the file has them, before the kernel
// changed them for the machine that it runs on (alternatives, static keys, patched calls).

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_ANNOTATED_CODE } from '../bytes/limits.ts';
import { machineOf } from '../bytes/machine.ts';
import { bytesAt, perform, type Reading } from '../bytes/reading.ts';
import { decodeText } from '../bytes/text.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { EM_X86_64, SHF_ALLOC, SHF_EXECINSTR, SHT_NOBITS, SHT_REL, SHT_RELA } from '../elf/elf-constants.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';
import { Relocations } from '../elf/relocations.ts';
import { readSection } from '../elf/section-bytes.ts';
import { readSymtab, type RawSymbols } from '../elf/symbol-sections.ts';
import { symbolWords, WORDS_OF_SYMBOL } from './elf-symbol-filter.ts';
import type { CodeSearch, ModuleCode } from './module-code.ts';
import { functionCode } from './module-code.ts';
import { asLoaded } from './module-layout.ts';
import type { FoundElf, SearchStep } from './search-step.ts';

/** A function of a kernel, by what names it. */
export interface KernelFunction {
  /** Half-open; addresses, or distances from where the module was loaded. */
  readonly start: number;
  readonly end: number;
}

const STT_SECTION = 3;
/** Relocations of x86-64 that count from their own end. */
const PC_RELATIVE: ReadonlySet<number> = new Set([2, 4]);

/** Of the kernel itself, which KASLR has moved by `distance`. */
export function* imageCode(found: FoundElf, distance: number, { start, end }: KernelFunction, steps: readonly SearchStep[]): Waiting<CodeSearch> {
  const offset = found.elf.addressToFileOffset(start - distance);
  if (offset === undefined) return { code: undefined, lack: 'not-in-file', steps };
  const search = yield* functionCode(found, offset, offset + end - start, steps);
  return search.code === undefined ? search : { code: { ...search.code, address: start - distance, coordinateOf: (address) => address + distance } };
}

/**
 * Of a module. `fn`: in distances from where the module was loaded. `moved`: what is added to these for the coordinates that name it.
 * What the kernel fills in when it loads the module is named (ModuleCode.relocated).
 */
export function* moduleFileCode(found: FoundElf, fn: KernelFunction, moved: number, steps: readonly SearchStep[], diagnostics: Diagnostics): Waiting<CodeSearch> {
  const { elf, file } = found;
  if (elf.codeLeftOut) return { code: undefined, lack: 'left-out', steps };
  const loaded = asLoaded(elf).sections.find(({ flags, offset, size }) => (flags & (SHF_ALLOC | SHF_EXECINSTR)) === (SHF_ALLOC | SHF_EXECINSTR) && fn.start >= offset && fn.start < offset + size);
  const section = loaded === undefined ? undefined : elf.sections[loaded.index];
  if (loaded === undefined || section === undefined) return { code: undefined, lack: 'not-in-file', steps };
  if (section.type === SHT_NOBITS) return { code: undefined, lack: 'debug-file', steps };
  const within = fn.start - loaded.offset;
  const length = Math.max(0, Math.min(fn.end - fn.start, section.size - within, MAX_ANNOTATED_CODE, elf.size - section.offset - within));
  const bytes = (yield* settled(perform(file, bytesAt(section.offset + within, length)))).slice();
  const names = yield* settled(perform(file, relocatedNames(elf, section, within, length, diagnostics)));
  const code: ModuleCode = {
    bytes,
    address: fn.start,
    machine: machineOf(elf.machine),
    littleEndian: elf.littleEndian,
    coordinateOf: (address) => address + moved,
    relocated: (address, size) => {
      for (let at = address - fn.start; at < address - fn.start + size; at++) {
        const name = names.get(at);
        if (name !== undefined) return name;
      }
      return undefined;
    },
  };
  return { code };
}

/** What is filled in between two places of a section, by its distance from the first: `printk`, `.rodata.str1.1+0x8`. */
function* relocatedNames(elf: ElfFile, section: ElfSection, within: number, length: number, diagnostics: Diagnostics): Reading<Map<number, string>> {
  const names = new Map<number, string>();
  const list = elf.sections.find(({ type, info }) => (type === SHT_RELA || type === SHT_REL) && info === section.index);
  const symtab = list === undefined ? undefined : yield* readSymtab(elf, diagnostics);
  if (list === undefined || symtab === undefined) return names;
  const relocations = new Relocations(elf, list.type, yield* readSection(elf, list, diagnostics));
  const words = symbolWords(symtab.entries, elf.is64, elf.littleEndian);
  for (let i = 0; i < relocations.count; i++) {
    const at = relocations.place(i) - within;
    if (!(at >= 0 && at < length)) continue;
    const isRelative = elf.machine === EM_X86_64 && PC_RELATIVE.has(relocations.type(i));
    const name = symbolName(elf, symtab, words, relocations.symbol(i), relocations.addend(i) + (isRelative ? 4 : 0));
    if (name !== '') names.set(at, name);
  }
  return names;
}

/** '' where it has none. */
function symbolName(elf: ElfFile, { strings }: RawSymbols, words: Uint32Array, symbol: number, addend: number): string {
  const at = symbol * WORDS_OF_SYMBOL;
  if (symbol <= 0 || at + WORDS_OF_SYMBOL > words.length) return '';
  const info = words[at + 1]!;
  const name = (info & 15) === STT_SECTION ? (elf.sections[info >>> 16]?.name ?? '') : decodeText(strings, words[at]!, strings.length);
  if (name === '' || addend === 0) return name;
  return `${name}${addend < 0 ? '-' : '+'}0x${Math.abs(addend).toString(16)}`;
}
