// `.gnu_debuglink`: the name of the file that holds what was stripped off (FORMAT 3.1, item 1). The checksum behind it is not
// checked, build ids are: reading all of a debug file for it would cost more than everything else.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { MAX_PATH } from '../bytes/limits.ts';
import type { Reading } from '../bytes/reading.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import { readSection } from '../elf/section-bytes.ts';

/** The name in a file's debug link; '' without one, or where it is damaged. */
export function* readDebugLink(elf: ElfFile, diagnostics: Diagnostics): Reading<string> {
  const section = elf.section('.gnu_debuglink');
  if (section === undefined) return '';
  const bytes = yield* readSection(elf, section, diagnostics);
  const end = bytes.indexOf(0);
  if (end <= 0 || end > MAX_PATH) {
    diagnostics.damaged('debug-link', section.offset, 'the name of the debug file has no end');
    return '';
  }
  return new TextDecoder().decode(bytes.subarray(0, end));
}
