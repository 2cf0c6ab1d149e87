// How much debugging information may be gone through. Units, abbreviations and line programs can overlap in a hostile file, so that
// few bytes ask for endless work; a real file is gone through once or a few times.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { DWARF_WORK_FOR_A_BYTE } from '../bytes/limits.ts';

/** Of all files of a module together. */
export class WorkBudget {
  #left = 0;

  /** A section of this many bytes may be read. */
  grant(bytes: number): void {
    this.#left += bytes * DWARF_WORK_FOR_A_BYTE;
  }

  /** Whether nothing may be gone through any more. */
  get isSpent(): boolean {
    return this.#left < 0;
  }

  /** Takes the bytes that are about to be gone through; false where the file has used up what it may. */
  spend(bytes: number, diagnostics: Diagnostics): boolean {
    this.#left -= bytes;
    if (this.#left >= 0) return true;
    diagnostics.damaged('dwarf-work', -1, 'the debugging information refers to the same parts of itself over and over: the rest is left out');
    return false;
  }
}
