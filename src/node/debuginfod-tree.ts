// What debuginfod servers have, as a tree of two files for each build id: `BUILDID/executable` and `BUILDID/debuginfo`. Asked only where the
// user says so. Kept where debuginfod-find keeps it, so that either finds what the other has fetched. What a server sends is taken if it
// is an ELF file of that very build id.

import { closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { MAX_DEBUGINFOD_FILE } from '../bytes/limits.ts';
import { perform } from '../bytes/reading.ts';
import { readElf } from '../elf/elf-file.ts';
import { sameBuildId } from '../symbols/build-id.ts';
import type { FileTree, TreeFile } from '../symbols/file-tree.ts';
import { openIfThere } from './file-source.ts';
import { reasonOf } from './system-errors.ts';
import { writeAll } from './write-all.ts';

/** Which servers are asked, and how. */
export interface DebuginfodOptions {
  /** `http://…` or `https://…`, in the order in which they are asked. */
  readonly urls: readonly string[];
  /** Where files are kept; where debuginfod-find keeps them if left out. */
  readonly cache?: string;
  /** Seconds in which a server must answer, and then each time send 100 KB, or it is given up; debuginfod-find's 90 if left out. */
  readonly timeout?: number;
  /** Bytes of one file at most. */
  readonly largest?: number;
  /** Told while a file comes: what, bytes so far, and of how many (0: the server does not say). */
  readonly onProgress?: (what: string, bytes: number, of: number) => void;
  /** Told in one sentence what went wrong, once for each server and reason. */
  readonly onTrouble?: (what: string) => void;
}

const PATH = /^([0-9a-f]{4,128})\/(executable|debuginfo)$/;
const SECONDS = 1000;
/** debuginfod-find's measure of a server that is too slow. */
const LEAST_IN_TIME = 102_400;

export class DebuginfodTree implements FileTree {
  readonly name = 'debuginfod';
  readonly #options: DebuginfodOptions;
  readonly #cache: string;
  /** What no server has, and servers that are not asked any more. */
  readonly #absent = new Set<string>();
  readonly #silent = new Set<string>();
  #counter = 0;

  constructor(options: DebuginfodOptions) {
    this.#options = options;
    this.#cache = options.cache ?? cacheFolder();
  }

  open(path: string): TreeFile | undefined | Promise<TreeFile | undefined> {
    const match = PATH.exec(path);
    if (match === null || this.#absent.has(path)) return undefined;
    // debuginfod-find notes with an empty file that no server had it, some time ago.
    const kept = openIfThere(join(this.#cache, path), (stats) => stats.size > 0);
    return kept ?? this.#fetch(match[1]!, match[2]!);
  }

  list(): readonly string[] {
    return [];
  }

  async #fetch(buildId: string, kind: string): Promise<TreeFile | undefined> {
    for (const url of this.#options.urls) {
      if (this.#silent.has(url)) continue;
      const temporary = join(this.#cache, buildId, `.${kind}.${process.pid}-${this.#counter++}`);
      try {
        if (!(await this.#download(`${url.replace(/\/+$/, '')}/buildid/${buildId}/${kind}`, temporary, kind, buildId))) continue;
        if (!(await this.#isRight(temporary, buildId))) {
          this.#trouble(url, `sent a file that is not of build id ${buildId}: it is not used`);
          continue;
        }
        const path = join(this.#cache, buildId, kind);
        renameSync(temporary, path);
        return openIfThere(path);
      } catch (error) {
        this.#silent.add(url);
        this.#trouble(url, `cannot be asked: ${plain(error)}`);
      } finally {
        removeQuietly(temporary);
      }
    }
    this.#absent.add(`${buildId}/${kind}`);
    return undefined;
  }

  /** False where the server does not have it. Throws where it does not answer. */
  async #download(url: string, path: string, kind: string, buildId: string): Promise<boolean> {
    const { timeout = 90, largest = MAX_DEBUGINFOD_FILE, onProgress } = this.#options;
    const abort = new AbortController();
    let bytes = 0;
    const giveUp = (): void => abort.abort(new Error(bytes === 0 ? `no answer for ${timeout} seconds` : `fewer than 100 KB in ${timeout} seconds`));
    let timer = setTimeout(giveUp, timeout * SECONDS);
    try {
      const response = await fetch(url, { signal: abort.signal, headers: { 'user-agent': 'perfts' } });
      if (response.status === 404) {
        await response.body?.cancel();
        return false;
      }
      if (!response.ok || response.body === null) throw new Error(`it answers ${response.status}`);
      const of = statedSize(response.headers);
      if (of > largest) throw new Error(`a file has more than ${largest} bytes`);
      mkdirSync(join(this.#cache, buildId), { recursive: true, mode: 0o700 });
      const file = openSync(path, 'wx', 0o600);
      try {
        let inTime = 0;
        for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
          bytes += chunk.length;
          if (bytes - inTime >= LEAST_IN_TIME) {
            inTime = bytes;
            clearTimeout(timer);
            timer = setTimeout(giveUp, timeout * SECONDS);
          }
          if (bytes > largest) throw new Error(`a file has more than ${largest} bytes`);
          writeAll(file, chunk);
          onProgress?.(`${kind} ${buildId.slice(0, 12)}…`, bytes, of);
        }
      } finally {
        closeSync(file);
      }
      return true;
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  async #isRight(path: string, buildId: string): Promise<boolean> {
    const file = openIfThere(path);
    if (file === undefined) return false;
    try {
      const elf = await perform(file, readElf(file.size, new Diagnostics()));
      return elf !== undefined && sameBuildId(elf.buildId, buildId);
    } finally {
      file.close();
    }
  }

  #trouble(url: string, what: string): void {
    this.#options.onTrouble?.(`the debuginfod server ${url} ${what}`);
  }
}

/**
 * The servers in a text as DEBUGINFOD_URLS has them: separated by blanks, with words between them that concern signatures only.
 * @throws PerftsError PERFTS_USAGE with one line, where there is none.
 */
export function debuginfodUrls(text: string): string[] {
  const urls = text.split(/\s+/).filter((word) => /^https?:\/\/./.test(word));
  if (urls.length === 0) throw new PerftsError('PERFTS_USAGE', 'debuginfod needs a server: --debuginfod=URL, or DEBUGINFOD_URLS in the environment');
  return urls;
}

/** Of the file as it will be; 0 where that is not said: what is compressed on its way has another length. */
function statedSize(headers: Headers): number {
  const stated = headers.get('x-debuginfod-size') ?? (headers.has('content-encoding') ? '' : headers.get('content-length'));
  return Number(stated ?? '') || 0;
}

/** debuginfod-find's own rules. */
function cacheFolder(): string {
  const { DEBUGINFOD_CACHE_PATH: named, XDG_CACHE_HOME: caches } = process.env;
  if (named !== undefined && named !== '') return named;
  return join(caches !== undefined && caches !== '' ? caches : join(homedir(), '.cache'), 'debuginfod_client');
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It was never made: the cache cannot be written.
  }
}

function plain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and puts the reason behind it.
  const cause = error.cause instanceof Error ? error.cause : error;
  if ('syscall' in cause && 'code' in cause) return `${reasonOf(cause)}${'path' in cause ? ` (${String(cause.path)})` : ''}`;
  return cause.message.split('\n')[0]!;
}
