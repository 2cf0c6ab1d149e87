// The directory of a recording being written: `data` and `data.N` in a new folder, or in one that holds nothing else.

import { mkdirSync, readdirSync, realpathSync, rmdirSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSink, SinkFolder } from '../perfdata/writer/byte-sink.ts';
import { FileSink } from './file-sink.ts';
import { reasonOf } from './system-errors.ts';

/** There are many files at once. */
const BLOCK = 1 << 16;
const OF_RECORDING = /^data(\.\d+)?$/;

export class DirectorySink implements SinkFolder {
  readonly #path: string;
  readonly #input: string;
  readonly #isNew: boolean;
  readonly #files: FileSink[] = [];

  /** @throws PerftsError PERFTS_NO_FILE where the folder cannot be made, PERFTS_USAGE where it holds something else or what is read. */
  constructor(path: string, input: string) {
    this.#path = path;
    this.#input = input;
    this.#isNew = !isThere(path);
    try {
      if (this.#isNew) mkdirSync(path);
      else this.#clear();
    } catch (error) {
      throw error instanceof PerftsError ? error : new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
    }
  }

  file(name: string): ByteSink {
    const file = new FileSink(join(this.#path, name), this.#input, BLOCK);
    this.#files.push(file);
    return file;
  }

  /** Writes what is still held back. */
  close(): void {
    for (const file of this.#files) file.close();
  }

  /** Takes away what was written, after a failure. */
  discard(): void {
    for (const file of this.#files) file.discard();
    if (this.#isNew) rmdirSync(this.#path);
  }

  /** A recording that was there before makes room, and nothing else does. */
  #clear(): void {
    const path = this.#path;
    if (!statSync(path).isDirectory()) throw new PerftsError('PERFTS_USAGE', `${path} is a file: name a directory to write`);
    const names = readdirSync(path);
    if (names.some((name) => !OF_RECORDING.test(name))) throw new PerftsError('PERFTS_USAGE', `${path} holds other files than a recording's: name another directory to write`);
    if (isInput(path, this.#input)) throw new PerftsError('PERFTS_USAGE', `${path} is the recording that is read: name another directory to write`);
    for (const name of names) unlinkSync(join(path, name));
  }
}

function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

/** The directory that is read, or one with the file that is read in it. */
function isInput(path: string, input: string): boolean {
  try {
    const place = realpathSync(path);
    const read = realpathSync(input);
    return read === place || dirname(read) === place;
  } catch {
    return false;
  }
}
