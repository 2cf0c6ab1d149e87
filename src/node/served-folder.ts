// The recordings in a folder and below it: what `perfts serve` lists, and all that it opens. What is not in the list is not there, so that no
// address of a request is ever made a path.

import { closeSync, lstatSync, openSync, readdirSync, readSync, realpathSync, statSync, type Dirent } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import { MAX_SERVED_DEPTH, MAX_SERVED_FILES } from '../bytes/limits.ts';
import { looksLikeZip } from '../bytes/zip/zip-directory.ts';
import { looksLikeRecording } from '../perfdata/perf-data-file.ts';
import { openFile } from './file-source.ts';
import { openArchive } from './open-archive.ts';
import { reasonOf } from './system-errors.ts';

/** A recording, or an archive of one. */
export interface ServedRecording {
  /** Below the folder, `/` between names. */
  readonly name: string;
  /** Of the host. */
  readonly path: string;
  /** In bytes; of a directory its files together. */
  readonly size: number;
  readonly modified: Date;
}

/** What is found in a folder. */
export interface ServedList {
  readonly recordings: readonly ServedRecording[];
  /** Whether there is more in it than is looked at. */
  readonly isCut: boolean;
}

/** Of a recording's first bytes. */
const START = 16;

export class ServedFolder {
  /** The last part of its path, for people. */
  readonly name: string;
  /** Without symbolic links. */
  readonly #root: string;

  /** @throws PerftsError PERFTS_NO_FILE with one line where it is no folder that can be read. */
  constructor(path: string) {
    this.name = basename(path) || path;
    try {
      this.#root = realpathSync(path);
      readdirSync(this.#root);
    } catch (error) {
      throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: ${reasonOf(error)}`);
    }
  }

  /** Looks anew, by name. Hidden folders are left out, and links that lead out of the folder. */
  list(): ServedList {
    const recordings: ServedRecording[] = [];
    let left = MAX_SERVED_FILES;
    const look = (folder: string, names: readonly string[]): void => {
      for (const entry of entriesOf(folder)) {
        if (left-- <= 0) return;
        const path = join(folder, entry.name);
        const own = [...names, entry.name];
        if (entry.isDirectory()) {
          const served = recordingFolder(path, own.join('/'));
          if (served !== undefined) recordings.push(served);
          else if (!entry.name.startsWith('.') && own.length < MAX_SERVED_DEPTH) look(path, own);
        } else if (this.#isWithin(entry, path) && isRecording(path)) {
          const stats = statOf(path);
          if (stats !== undefined) recordings.push({ name: own.join('/'), path, size: stats.size, modified: stats.mtime });
        }
      }
    };
    look(this.#root, []);
    return { recordings, isCut: left < 0 };
  }

  /** The recording of that name, if it is still there. */
  find(name: string): ServedRecording | undefined {
    return this.list().recordings.find((recording) => recording.name === name);
  }

  /** A regular file of this folder, itself or by a link. */
  #isWithin(entry: Dirent, path: string): boolean {
    if (entry.isFile()) return true;
    if (!entry.isSymbolicLink()) return false;
    try {
      const real = realpathSync(path);
      return real.startsWith(this.#root.endsWith(sep) ? this.#root : `${this.#root}${sep}`) && lstatSync(real).isFile();
    } catch {
      return false;
    }
  }
}

/** By name; none of a folder that cannot be read. Names that no address can have are left out. */
function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !/[\ud800-\udfff]/u.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}

function statOf(path: string): { readonly size: number; readonly mtime: Date } | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** The directory of `perf record --threads`: its own files are no recordings. */
function recordingFolder(path: string, name: string): ServedRecording | undefined {
  const files = entriesOf(path).filter((entry) => entry.isFile() && /^data(?:\.\d+)?$/.test(entry.name));
  const data = files.some((entry) => entry.name === 'data') ? join(path, 'data') : undefined;
  const stats = data === undefined || !looksLikeRecording(firstBytes(data)) ? undefined : statOf(data);
  return stats === undefined ? undefined : { name, path, size: files.reduce((sum, entry) => sum + (statOf(join(path, entry.name))?.size ?? 0), 0), modified: stats.mtime };
}

function isRecording(path: string): boolean {
  const first = firstBytes(path);
  return looksLikeRecording(first) || (looksLikeZip(first) && isArchive(path));
}

function isArchive(path: string): boolean {
  try {
    const file = openFile(path);
    try {
      openArchive(file, path);
      return true;
    } finally {
      if ('close' in file) file.close();
    }
  } catch {
    return false;
  }
}

function firstBytes(path: string): Uint8Array {
  const bytes = new Uint8Array(START);
  try {
    const descriptor = openSync(path, 'r');
    try {
      return bytes.subarray(0, readSync(descriptor, bytes, 0, START, 0));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return bytes.subarray(0, 0);
  }
}
