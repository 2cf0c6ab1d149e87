// The small library of testdata/symbols, and edits of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../project/project-root.ts';

export const BUILD_ID = '1122334455667788990011223344556677889900';

export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata', 'symbols', name)));
}

/** The same file with another build id; of the same length, and different in the first byte only. */
export function withOtherBuildId(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  for (let at = 0; at + 20 <= copy.length; at++) {
    if (copy[at] === 0x11 && copy[at + 1] === 0x22 && copy[at + 2] === 0x33 && copy[at + 19] === 0) {
      copy[at] = 0xee;
      return copy;
    }
  }
  throw new Error('no build id in the fixture');
}

export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
