// The folder of a dataset (formats/parquet-dataset.ts). A file has another name until it is whole: those who read the dataset meanwhile, or
// after a failure, see whole files only. Names that begin with a point are not read by DuckDB's patterns, Spark and Trino.

import { mkdirSync, renameSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';
import { FileSink } from './file-sink.ts';
import { reasonOf } from './system-errors.ts';

export class DatasetFiles {
  readonly #root: string;
  readonly #open = new Set<FileSink>();
  /** Files that are whole. */
  written = 0;

  constructor(root: string) {
    this.#root = root;
  }

  /** A file, in place of one of that name. @throws PerftsError PERFTS_NO_FILE with one line where it cannot be written. */
  open(path: string): ByteSink & { close(): void } {
    const final = join(this.#root, path);
    const making = join(this.#root, posix.dirname(path), `.${posix.basename(path)}.tmp`);
    try {
      mkdirSync(join(this.#root, posix.dirname(path)), { recursive: true });
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot make ${join(this.#root, posix.dirname(path))}: ${reasonOf(error)}`);
    }
    const file = new FileSink(making, '');
    this.#open.add(file);
    return {
      write: (bytes) => file.write(bytes),
      close: () => {
        file.close();
        this.#open.delete(file);
        renameSync(making, final);
        this.written++;
      },
    };
  }

  /** Takes away what is not whole. */
  discard(): void {
    for (const file of this.#open) file.discard();
    this.#open.clear();
  }
}
