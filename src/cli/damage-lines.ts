// What was wrong with the files, a line each on standard error.

import type { Damage } from '../bytes/diagnostics.ts';
import type { Output } from './output.ts';

/** For commands that do not say how good the data is. */
export function writeDamage(damage: readonly Damage[], err: Output): void {
  for (const { file, message } of damage) err.write(`perfts: ${file === '' ? '' : `${file}: `}${message}\n`);
}

/** Jitdumps that were named in vain: they are another recording's, or of a process that was not recorded. */
export function writeUnused(jitdumps: readonly string[], err: Output): void {
  for (const path of jitdumps) err.write(`perfts: ${path} is not used: no process of this recording wrote it\n`);
}
