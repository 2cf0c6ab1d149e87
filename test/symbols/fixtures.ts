// The small library of testdata/symbols, and edits of it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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

/** A copy whose note no reader takes for a build id. */
export function withoutBuildId(file: Uint8Array): Uint8Array {
  const copy = file.slice();
  const id = Buffer.from(BUILD_ID, 'hex');
  // Before the id stands the owner `GNU\0`, before it the type.
  for (let at = Buffer.from(copy.buffer).indexOf(id); at >= 8; at = Buffer.from(copy.buffer).indexOf(id, at + 1)) copy[at - 8] = 0x77;
  return copy;
}

/** A copy whose `.gnu_debuglink` to `tiny.debug` has the checksum of `target`. */
export function withLinkTo(file: Uint8Array, target: Uint8Array): Uint8Array {
  const copy = file.slice();
  const at = Buffer.from(copy.buffer).indexOf('tiny.debug\0');
  // gzip ends with the same checksum and the size.
  copy.set(gzipSync(target).subarray(-8, -4), at + 12);
  return copy;
}
