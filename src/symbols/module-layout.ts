// Where the code of a kernel module lies once it is loaded, from the address on that the recording tells. A `.ko` is an object without
// addresses; the kernel lays its sections out itself (kernel/module/main.c, layout_sections): those with code first, in the order of their
// headers, each at its alignment; what is needed while a module starts (`.init…`) goes elsewhere.
//
//   recorded start  .text ........ .text.unlikely .. .exit.text .
//
// perf takes `.text` to be at the start, and names of other sections by their offsets in the file (docs/PERF-DIFFERENCES.md).

import { SHF_ALLOC, SHF_EXECINSTR } from '../elf/elf-constants.ts';
import { ElfFile } from '../elf/elf-file.ts';
import type { ElfSection } from '../elf/elf-headers.ts';

/** Sections that the kernel makes larger than they are in the file (arm, arm64): where those behind them lie, nothing tells. */
const GROWS = /^\.(?:plt|text\.ftrace_trampoline)$/;

/** The same file with each section's distance from the start of the module as its file offset; sections that are not code have no part in it. */
export function asLoaded(elf: ElfFile): ElfFile {
  let end = 0;
  let isKnown = true;
  const sections = elf.sections.map((section): ElfSection => {
    const isCode = (section.flags & (SHF_ALLOC | SHF_EXECINSTR)) === (SHF_ALLOC | SHF_EXECINSTR);
    if (!isCode || section.name.startsWith('.init')) return absent(section);
    if (GROWS.test(section.name)) isKnown = false;
    if (!isKnown && section.name !== '.text') return absent(section);
    const alignment = Math.max(1, section.alignment);
    // perf's guess, where it is the best there is.
    const offset = isKnown ? Math.ceil(end / alignment) * alignment : 0;
    end = offset + section.size;
    return { ...section, offset, address: 0 };
  });
  return new ElfFile(elf, elf.size, sections, [], elf.buildId, true);
}

/** Of no section that is loaded: its symbols are left out. */
function absent(section: ElfSection): ElfSection {
  return { ...section, flags: 0 };
}
