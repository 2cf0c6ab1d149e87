// What an ELF file holds, by its sections: code, debugging information.

import { SHF_EXECINSTR, SHT_NOBITS } from './elf-constants.ts';
import type { ElfFile } from './elf-file.ts';

/** Whether a file holds debugging information of its own bytes. */
export function hasDebugInfo(elf: ElfFile): boolean {
  return elf.sections.some(({ name, type }) => type !== SHT_NOBITS && (name === '.debug_info' || name === '.zdebug_info' || name === '.debug_info.dwo'));
}

/**
 * Whether a file holds its code, or did before it was put into an archive. A debug file has the headers of everything, but code that
 * takes no bytes.
 */
export function hasCode(elf: ElfFile): boolean {
  if (elf.codeLeftOut) return true;
  return elf.sections.some((section) => (section.flags & SHF_EXECINSTR) !== 0 && section.type !== SHT_NOBITS);
}
