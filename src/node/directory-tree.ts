// A folder of the host as a tree of recorded paths (symbols/file-tree.ts). Symbolic links are followed as under chroot: what
// leads out of the folder is looked for inside it, so that nothing of the viewing host is ever taken for the recording's.

import { lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { treeComponents } from '../symbols/file-tree.ts';
import type { FileTree, TreeFile } from '../symbols/file-tree.ts';
import { followLinks } from '../symbols/link-walk.ts';
import type { TreeEntry } from '../symbols/link-walk.ts';
import { openIfThere } from './file-source.ts';
import { hostPath, linkComponents } from './host-path.ts';
import type { PathFlavour } from './host-path.ts';

/** The rules of the machine that this runs on. */
export const HOST_FLAVOUR: PathFlavour = process.platform === 'win32' ? 'windows' : 'posix';

const ABSENT: TreeEntry = { kind: 'absent' };

export class DirectoryTree implements FileTree {
  readonly name: string;
  readonly #root: string;
  readonly #flavour: PathFlavour;
  /** What was found at each path of the host: candidates share most of their folders. */
  readonly #entries = new Map<string, TreeEntry>();

  /** `folder` is a path of the host, as the user named it. It need not exist: everything in it is absent then. */
  constructor(folder: string, flavour: PathFlavour = HOST_FLAVOUR) {
    this.name = folder;
    this.#root = resolve(folder);
    this.#flavour = flavour;
  }

  open(path: string): TreeFile | undefined {
    const host = this.#resolve(path, 'file');
    return host === undefined ? undefined : openIfThere(host);
  }

  list(path: string): readonly string[] {
    const host = this.#resolve(path, 'folder');
    if (host === undefined) return [];
    try {
      return readdirSync(host).sort();
    } catch {
      return [];
    }
  }

  /** The path of the host at which a recorded path really lies, or undefined where there is no such file or folder. */
  #resolve(path: string, kind: 'file' | 'folder'): string | undefined {
    const names = treeComponents(path);
    if (names === undefined) return kind === 'folder' && !path.includes('\0') ? this.#root : undefined;
    const found = followLinks(names, (at) => {
      const host = hostPath(this.#root, at, this.#flavour);
      return host === undefined ? ABSENT : this.#entry(host);
    });
    return found?.kind === kind ? hostPath(this.#root, found.names, this.#flavour) : undefined;
  }

  #entry(host: string): TreeEntry {
    let entry = this.#entries.get(host);
    if (entry === undefined) this.#entries.set(host, (entry = lookUp(host, this.#flavour)));
    return entry;
  }
}

function lookUp(host: string, flavour: PathFlavour): TreeEntry {
  try {
    const stats = lstatSync(host, { throwIfNoEntry: false });
    if (stats === undefined) return ABSENT;
    if (stats.isSymbolicLink()) return { kind: 'link', ...linkComponents(readlinkSync(host), flavour) };
    return { kind: stats.isDirectory() ? 'folder' : 'file' };
  } catch {
    return ABSENT;
  }
}
