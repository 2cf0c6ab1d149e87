// Files for what memory has no room for: without a name, and gone when they are closed.

import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import type { BlockStore } from '../perfdata/record-block.ts';
import { reasonOf } from './system-errors.ts';
import { writeAll } from './write-all.ts';

/** Nobody else's, and without a name as soon as it is open; where the system does not allow that, it is removed at the end. */
export function openTemporary(): number {
  const path = join(tmpdir(), `perfts-${process.pid}-${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
  } catch {
    process.once('exit', () => unlinkSync(path));
  }
  return file;
}

/** Records that wait for their turn, where there are too many of them (perfdata/record-block.ts). */
export class TemporaryStore implements BlockStore {
  #file = -1;

  /** @throws PerftsError PERFTS_NO_FILE where there is no room. */
  write(bytes: Uint8Array, position: number): void {
    try {
      if (this.#file < 0) this.#file = openTemporary();
      writeAll(this.#file, bytes, position);
    } catch (error) {
      throw failed('write to', error);
    }
  }

  /** @throws PerftsError PERFTS_NO_FILE where the medium fails. */
  readInto(into: Uint8Array, position: number): number {
    let done = 0;
    try {
      while (done < into.length) {
        const count = readSync(this.#file, into, done, into.length - done, position + done);
        if (count === 0) break;
        done += count;
      }
    } catch (error) {
      throw failed('read', error);
    }
    return done;
  }

  close(): void {
    if (this.#file >= 0) closeSync(this.#file);
    this.#file = -1;
  }
}

function failed(what: string, error: unknown): PerftsError {
  return new PerftsError('PERFTS_NO_FILE', `cannot ${what} a temporary file in ${tmpdir()}: ${reasonOf(error)}`);
}
