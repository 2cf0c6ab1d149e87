// Folders as the core knows them: a tree of files named by recorded paths. node/ makes one of a folder on disk, a page makes
// one of the files that were dropped on it. Recorded paths are data (FORMAT 3.1): '/' separates, everything is relative to
// the tree's root, and nothing in a path leads out of the tree.

import { MemorySource } from '../bytes/source.ts';
import type { ByteSource } from '../bytes/source.ts';

/** A file of a tree. Who opened it closes it, if it can be closed. */
export interface TreeFile extends ByteSource {
  close?(): void;
}

/** A folder with everything below it, as on the machine that recorded. */
export interface FileTree {
  /** For people: the folder as the user named it. */
  readonly name: string;
  /** The regular file at a recorded path, or undefined where there is none that can be read. Never throws for a bad path. */
  open(path: string): TreeFile | undefined | Promise<TreeFile | undefined>;
  /** The names in a folder, sorted; empty where there is no such folder. */
  list(path: string): readonly string[] | Promise<readonly string[]>;
}

/**
 * The components of a recorded path, from the root of a tree down. `.` and empty ones vanish, `..` leads up but never above
 * the root (as under chroot). Undefined for what no Linux file can be called: a NUL in it, or nothing at all.
 */
export function treeComponents(path: string): string[] | undefined {
  if (path.includes('\0')) return undefined;
  const components: string[] = [];
  for (const component of path.split('/')) {
    if (component === '..') components.pop();
    else if (component !== '' && component !== '.') components.push(component);
  }
  return components.length === 0 ? undefined : components;
}

/** What the kernel puts behind the name of a file that was unlinked while it was mapped. */
export const DELETED_MARK = ' (deleted)';

/** A recorded path as it was before the file was unlinked. */
export function withoutDeletedMark(path: string): string {
  return path.endsWith(DELETED_MARK) ? path.slice(0, -DELETED_MARK.length) : path;
}

/** A tree of bytes that are in memory: what a page was given, what a test made up. */
export class MemoryTree implements FileTree {
  readonly name: string;
  readonly #files = new Map<string, Uint8Array>();
  readonly #ignoreCase: boolean;

  /** `files` by recorded path. With `ignoreCase` names that differ in case only are the same, as on Windows and macOS. */
  constructor(name: string, files: ReadonlyMap<string, Uint8Array>, ignoreCase = false) {
    this.name = name;
    this.#ignoreCase = ignoreCase;
    for (const [path, bytes] of files) {
      const key = this.#key(path);
      if (key !== undefined) this.#files.set(key, bytes);
    }
  }

  open(path: string): TreeFile | undefined {
    const key = this.#key(path);
    const bytes = key === undefined ? undefined : this.#files.get(key);
    return bytes === undefined ? undefined : new MemorySource(bytes);
  }

  list(path: string): readonly string[] {
    if (path.includes('\0')) return [];
    const key = this.#key(path);
    const prefix = key === undefined ? '' : `${key}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) {
      if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/', 1)[0]!);
    }
    return [...names].sort();
  }

  #key(path: string): string | undefined {
    const key = treeComponents(path)?.join('/');
    return this.#ignoreCase ? key?.toLowerCase() : key;
  }
}
