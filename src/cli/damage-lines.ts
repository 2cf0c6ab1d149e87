// What was wrong with the files, a line each on standard error, for commands that do not say how good the data is.

import type { Damage } from '../bytes/diagnostics.ts';
import type { Output } from './output.ts';

export function writeDamage(damage: readonly Damage[], err: Output): void {
  for (const { file, message } of damage) err.write(`perfts: ${file === '' ? '' : `${file}: `}${message}\n`);
}
