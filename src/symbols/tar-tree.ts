// The files of a tar file as a tree, read in place: what `perf archive` packs of a build-id cache (FORMAT 3.1). Links, of which a cache has
// one for each file, are followed within the tar file only; nothing is ever written.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { perform } from '../bytes/reading.ts';
import { RangeSource } from '../bytes/range-source.ts';
import type { ByteSource } from '../bytes/source.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { readTarIndex, type TarMember } from '../bytes/tar/tar-index.ts';
import { treeComponents } from './file-tree.ts';
import type { FileTree, TreeFile } from './file-tree.ts';
import { followLinks, type TreeEntry } from './link-walk.ts';

const FOLDER: TreeEntry = { kind: 'folder' };

export class TarTree implements FileTree {
  readonly name: string;
  readonly #source: ByteSource;
  /** By path without `.` and `..`; the latest member of a name counts, as when a tar file is unpacked. */
  readonly #members = new Map<string, TarMember>();

  private constructor(name: string, source: ByteSource, members: readonly TarMember[]) {
    this.name = name;
    this.#source = source;
    for (const member of members) {
      const key = treeComponents(member.path)?.join('/');
      if (key !== undefined) this.#members.set(key, member);
    }
  }

  /** Reads the headers of a tar file, which stays the giver's to close; `name` is for people. */
  static *of(name: string, source: ByteSource, diagnostics: Diagnostics): Waiting<TarTree> {
    return new TarTree(name, source, yield* settled(perform(source, readTarIndex(source.size, diagnostics))));
  }

  /** The paths of all files, in the order of the tar file. */
  get files(): string[] {
    return [...this.#members].filter(([, { kind }]) => kind === 'file').map(([path]) => path);
  }

  open(path: string): TreeFile | undefined {
    const names = treeComponents(path);
    const found = names === undefined ? undefined : followLinks(names, (at) => this.#entryAt(at));
    const member = found?.kind === 'file' ? this.#members.get(found.names.join('/')) : undefined;
    return member === undefined ? undefined : new RangeSource(this.#source, member.offset, member.size);
  }

  list(path: string): readonly string[] {
    if (path.includes('\0')) return [];
    const found = followLinks(treeComponents(path) ?? [], (at) => this.#entryAt(at));
    if (found?.kind !== 'folder') return [];
    const prefix = found.names.length === 0 ? '' : `${found.names.join('/')}/`;
    const names = new Set<string>();
    for (const key of this.#members.keys()) if (key.startsWith(prefix)) names.add(key.slice(prefix.length).split('/', 1)[0]!);
    return [...names].sort();
  }

  #entryAt(names: readonly string[]): TreeEntry {
    const member = this.#members.get(names.join('/'));
    switch (member?.kind) {
      case 'file':
        return { kind: 'file' };
      case 'link':
        return { kind: 'link', absolute: member.target.startsWith('/'), names: linkNames(member.target) };
      case 'hard-link':
        return { kind: 'link', absolute: true, names: linkNames(member.target) };
      default:
        // Tar files need not name the folders that their files lie in: where nothing is, is an empty one.
        return FOLDER;
    }
  }
}

/** Of a link's target; a longer one leads nowhere. */
const MOST_COMPONENTS = 256;

/** The components of a link's target, `..` among them; none of one that no name can have. */
function linkNames(target: string): string[] {
  return target.split('/').filter((name) => name !== '' && name !== '.').slice(0, MOST_COMPONENTS);
}
