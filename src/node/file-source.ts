// A file on disk as a source of bytes. Synchronous: readers over it never wait, and no promise is ever made.

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSource } from '../bytes/source.ts';
import { MemorySource } from '../bytes/source.ts';
import { drain } from './drain.ts';
import { reasonOf } from './system-errors.ts';

const FIRST_BUFFER = 65_536;
const STANDARD_INPUT = 0;

/** An open file. Its size is that of the moment it was opened. */
export class FileSource implements ByteSource {
  /** As it was opened, for messages. */
  readonly path: string;
  readonly size: number;
  readonly #descriptor: number;
  #buffer = new Uint8Array(0);
  #isOpen = true;

  /** Takes over an open descriptor of a regular file. */
  constructor(path: string, descriptor: number, size: number) {
    this.path = path;
    this.size = size;
    this.#descriptor = descriptor;
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (this.#buffer.length < wanted) this.#buffer = new Uint8Array(Math.max(FIRST_BUFFER, wanted));
    return this.#buffer.subarray(0, this.readInto(this.#buffer.subarray(0, wanted), offset));
  }

  /** @throws PerftsError PERFTS_NO_FILE where the medium fails. */
  readInto(into: Uint8Array, offset: number): number {
    let done = 0;
    try {
      while (done < into.length) {
        const count = readSync(this.#descriptor, into, done, into.length - done, offset + done);
        if (count === 0) break;
        done += count;
      }
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot read ${this.path}: ${reasonOf(error)}`);
    }
    return done;
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#descriptor);
  }
}

/**
 * Opens what the user named. A pipe, a device, or a file of /proc that does not know its size is read to its end at once.
 * @throws PerftsError PERFTS_NO_FILE with one plain line.
 */
export function openFile(path: string): FileSource | MemorySource {
  let descriptor = -1;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: it is a directory`);
    if (stats.isFile() && stats.size > 0) return new FileSource(path, descriptor, stats.size);
    const source = drained(path, descriptor, stats);
    closeSync(descriptor);
    return source;
  } catch (error) {
    if (descriptor >= 0) closeQuietly(descriptor);
    throw error instanceof PerftsError ? error : new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: ${reasonOf(error)}`);
  }
}

/** What cannot be read twice. Programs that Node starts get a socket, which cannot be opened anew as /dev/stdin either. */
function drained(path: string, descriptor: number, stats: Stats): FileSource | MemorySource {
  const all = drain(descriptor, stats.isCharacterDevice() ? 'memory' : 'file');
  if (all === 'too long') throw new PerftsError('PERFTS_NO_FILE', `cannot read ${path}: it is a device without end`);
  return 'bytes' in all ? new MemorySource(all.bytes) : new FileSource(path, all.descriptor, all.size);
}

/**
 * Standard input, to its end: a file that is redirected to it can be read anywhere, anything else is kept (drain.ts).
 * @throws PerftsError PERFTS_NO_FILE with one plain line.
 */
export function openStandardInput(): FileSource | MemorySource {
  try {
    const stats = fstatSync(STANDARD_INPUT);
    if (stats.isFile() && stats.size > 0) return new FileSource('standard input', STANDARD_INPUT, stats.size);
    return drained('standard input', STANDARD_INPUT, stats);
  } catch (error) {
    throw error instanceof PerftsError ? error : new PerftsError('PERFTS_NO_FILE', `cannot read standard input: ${reasonOf(error)}`);
  }
}

/** A regular file that may be absent or closed to us; undefined then. Never waits for the other end of a pipe. */
export function openIfThere(path: string, accept?: (stats: Stats) => boolean): FileSource | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile() && accept?.(stats) !== false) return new FileSource(path, descriptor, stats.size);
  } catch {
    // As good as absent.
  }
  closeQuietly(descriptor);
  return undefined;
}

function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // Closed already.
  }
}
