// write(2) may take fewer bytes than it is given.

import { writeSync } from 'node:fs';

/** Writes all bytes, at a position or where the file stands; gives their number. */
export function writeAll(file: number, bytes: Uint8Array, position?: number): number {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, position === undefined ? null : position + done);
  }
  return bytes.length;
}
