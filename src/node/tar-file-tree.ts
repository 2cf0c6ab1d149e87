// A tarball as a tree of files, as `perf archive` makes it: plain ones are read where they lie; compressed ones are unpacked once, when the
// first file is asked for, into a temporary file without a name, and read there. How much that may become is bounded (bytes/limits.ts).

import { promises, Readable, Writable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { looksLikeBzip2, unpackBzip2 } from '../bytes/bzip2.ts';
import type { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { MAX_TAR_RATIO, MAX_TAR_SIZE, MAX_TAR_UNPAID } from '../bytes/limits.ts';
import type { ByteSource } from '../bytes/source.ts';
import { run } from '../bytes/waiting.ts';
import { looksLikeTar } from '../bytes/tar/tar-index.ts';
import type { FileTree, TreeFile } from '../symbols/file-tree.ts';
import { TarTree } from '../symbols/tar-tree.ts';
import { FileSource, openIfThere } from './file-source.ts';
import { openTemporary } from './temporary-file.ts';
import { reasonOf } from './system-errors.ts';
import { writeAll } from './write-all.ts';

type Packing = 'none' | 'gzip' | 'bzip2';
/** Read at a time. */
const PIECE = 1 << 20;

export class TarFileTree implements FileTree {
  readonly name: string;
  readonly #file: TreeFile;
  readonly #packing: Packing;
  readonly #diagnostics: Diagnostics;
  /** Where a compressed one was unpacked to. */
  #unpacked: FileSource | undefined;
  #tree: TarTree | Promise<TarTree> | undefined;

  private constructor(name: string, file: TreeFile, packing: Packing, diagnostics: Diagnostics) {
    this.name = name;
    this.#file = file;
    this.#packing = packing;
    this.#diagnostics = diagnostics.of(name);
  }

  /** The tarball at a path of the host; undefined where there is none, or no tarball that is known. */
  static ifThere(path: string, diagnostics: Diagnostics): TarFileTree | undefined {
    const file = openIfThere(path);
    const packing = file === undefined ? undefined : packingOf(file.read(0, 512));
    if (file === undefined || packing === undefined) {
      file?.close();
      return undefined;
    }
    return new TarFileTree(path, file, packing, diagnostics);
  }

  /** The tarball that an open file is; undefined where it is something else. Takes the file over. */
  static async in(file: TreeFile, name: string, diagnostics: Diagnostics): Promise<TarFileTree | undefined> {
    const packing = packingOf((await file.read(0, 512)).slice());
    return packing === undefined ? undefined : new TarFileTree(name, file, packing, diagnostics);
  }

  /** The paths of all its files. */
  async files(): Promise<readonly string[]> {
    return (await this.#opened()).files;
  }

  open(path: string): TreeFile | undefined | Promise<TreeFile | undefined> {
    const tree = this.#opened();
    return tree instanceof Promise ? tree.then((it) => it.open(path)) : tree.open(path);
  }

  list(path: string): readonly string[] | Promise<readonly string[]> {
    const tree = this.#opened();
    return tree instanceof Promise ? tree.then((it) => it.list(path)) : tree.list(path);
  }

  /** Without the tarball itself. */
  closeUnpacked(): void {
    this.#unpacked?.close();
  }

  close(): void {
    this.#file.close?.();
    this.#unpacked?.close();
  }

  #opened(): TarTree | Promise<TarTree> {
    if (this.#tree === undefined) {
      if (this.#packing === 'none') this.#tree = this.#index(this.#file);
      else {
        const later = this.#unpack();
        // Whoever comes next need not wait.
        this.#tree = later.then((tree) => (this.#tree = tree));
      }
    }
    return this.#tree;
  }

  #index(source: ByteSource): TarTree {
    const tree = run(TarTree.of(this.name, source, this.#diagnostics));
    if (tree instanceof Promise) throw new TypeError('a file on disk does not wait');
    return tree;
  }

  /** What cannot be unpacked is as good as the part that can. */
  async #unpack(): Promise<TarTree> {
    let size = 0;
    let descriptor: number;
    try {
      descriptor = openTemporary();
    } catch (error) {
      throw noRoom(this.name, error);
    }
    const most = Math.min(MAX_TAR_SIZE, Math.max(MAX_TAR_UNPAID, this.#file.size * MAX_TAR_RATIO));
    const take = (bytes: Uint8Array): boolean => {
      if (size + bytes.length > most) return false;
      try {
        size += writeAll(descriptor, bytes, size);
      } catch (error) {
        throw noRoom(this.name, error);
      }
      return true;
    };
    this.#unpacked = undefined;
    try {
      const end = this.#packing === 'bzip2' ? await run(unpackBzip2(this.#file, take)) : await gunzip(this.#file, take);
      if (end === 'stopped') this.#diagnostics.damaged('tar-too-large', -1, `its ${this.#file.size} bytes unpack to more than ${most}: the rest is not looked at`);
      else if (end === 'damaged') this.#diagnostics.damaged('tar-packed', -1, `it is damaged or cut short: ${size} bytes of it could be unpacked`);
    } finally {
      this.#unpacked = new FileSource(this.name, descriptor, size);
    }
    return this.#index(this.#unpacked);
  }
}

function packingOf(first: Uint8Array): Packing | undefined {
  if (looksLikeBzip2(first)) return 'bzip2';
  if (first[0] === 0x1f && first[1] === 0x8b) return 'gzip';
  return looksLikeTar(first) ? 'none' : undefined;
}

/** A source from its beginning to its end; copies, since zlib looks at them later. */
async function* piecesOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; ) {
    const piece = (await source.read(at, PIECE)).slice();
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

async function gunzip(source: ByteSource, take: (bytes: Uint8Array) => boolean): Promise<'whole' | 'damaged' | 'stopped'> {
  let end = 'whole' as 'whole' | 'stopped';
  const abort = new AbortController();
  let failure: unknown;
  const sink = new Writable({
    write: (chunk: Uint8Array, _encoding, done) => {
      try {
        if (!take(chunk)) {
          end = 'stopped';
          abort.abort();
        }
      } catch (error) {
        failure = error;
        abort.abort();
      }
      done();
    },
  });
  try {
    await promises.pipeline(Readable.from(piecesOf(source)), createGunzip(), sink, { signal: abort.signal });
  } catch {
    if (failure !== undefined) throw failure;
    return end === 'stopped' ? end : 'damaged';
  }
  return end;
}

function noRoom(path: string, error: unknown): PerftsError {
  return new PerftsError('PERFTS_NO_FILE', `cannot unpack ${path} into a temporary file: ${reasonOf(error)}`);
}
