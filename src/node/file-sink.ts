// A file being written: blocks of a MiB, one system call each. Synchronous, so that memory never piles up.

import { closeSync, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { reasonOf } from './system-errors.ts';
import { writeAll } from './write-all.ts';

/** A new file, or one that is overwritten. */
export class FileSink implements ByteSink {
  readonly #path: string;
  readonly #descriptor: number;
  readonly #block: Uint8Array;
  #used = 0;

  /** @throws PerftsError PERFTS_NO_FILE with one line where the file cannot be written, PERFTS_USAGE where it is the one that is read. */
  constructor(path: string, input: string, blockSize: number = 1 << 20) {
    this.#block = new Uint8Array(blockSize);
    refuseToOverwrite(path, input);
    this.#path = path;
    try {
      this.#descriptor = openSync(path, 'w');
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
    }
  }

  write(bytes: Uint8Array): void {
    if (this.#used + bytes.length > this.#block.length) this.#flush();
    if (bytes.length > this.#block.length) return this.#put(bytes);
    this.#block.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  writeAt(offset: number, bytes: Uint8Array): void {
    this.#flush();
    this.#put(bytes, offset);
  }

  /** Writes what is still held back. The file is whole only after this. */
  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  /** Takes the file away, after a failure. Devices stay. */
  discard(): void {
    const isFile = fstatSync(this.#descriptor).isFile();
    closeSync(this.#descriptor);
    if (isFile) unlinkSync(this.#path);
  }

  #flush(): void {
    const length = this.#used;
    this.#used = 0;
    if (length > 0) this.#put(this.#block.subarray(0, length));
  }

  #put(bytes: Uint8Array, position?: number): void {
    try {
      writeAll(this.#descriptor, bytes, position);
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot write ${this.#path}: ${reasonOf(error)}`);
    }
  }
}

/** What is written to a sink, to its end; the sink is closed then, or what could not be finished is taken away. */
export async function writtenWhole<T>(sink: { close(): void; discard(): void }, write: () => T | Promise<T>): Promise<T> {
  try {
    const result = await write();
    sink.close();
    return result;
  } catch (error) {
    sink.discard();
    throw error;
  }
}

/** @throws PerftsError PERFTS_USAGE with one line where the file to be written is the one that is read. */
export function refuseToOverwrite(path: string, input: string): void {
  if (isSameFile(path, input)) throw new PerftsError('PERFTS_USAGE', `${path} is the recording that is read: name another file to write`);
}

/** Whether two paths lead to one file. */
export function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [statSync(one), statSync(other)];
    return a.isFile() && a.dev === b.dev && a.ino === b.ino;
  } catch {
    return false;
  }
}
