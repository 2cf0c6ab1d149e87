// Dropped files as the trees in which the library looks for modules and for source (symbols/file-tree.ts). A browser tells no folders but
// those below a chosen one, so ELF files are known by their build ids and their own names, and source by as much of its path as is there.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { perform } from '../../bytes/reading.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { hasCode } from '../../elf/contents.ts';
import { readElf } from '../../elf/elf-file.ts';
import { treeComponents, type FileTree } from '../../symbols/file-tree.ts';
import type { DroppedFile } from './dropped-files.ts';

/** In every form that the search has: `.build-id/ab/cdef.debug`, `…/elf`, `abcdef/debuginfo`, `abcdef`. */
const BY_BUILD_ID = /(?:^|\/)([0-9a-f]{2})\/?([0-9a-f]{2,126})(?:(\.debug)|\/(elf|debug|vdso|vmlinux|executable|debuginfo))?$/;

/** The files of one build id. */
interface SameBuild {
  /** With code. */
  code: DroppedFile | undefined;
  /** With everything but. */
  debug: DroppedFile | undefined;
  isVdso: boolean;
}

/** ELF files by build id, and by name. */
export class DroppedElfFiles implements FileTree {
  readonly name = 'dropped files';
  readonly #byBuildId = new Map<string, SameBuild>();
  readonly #byName = new Map<string, DroppedFile>();

  /** Reads the head of each. */
  static async of(files: readonly DroppedFile[], diagnostics: Diagnostics): Promise<DroppedElfFiles> {
    const tree = new DroppedElfFiles();
    for (const file of files) {
      const { source, name } = file;
      if (!tree.#byName.has(name)) tree.#byName.set(name, file);
      const elf = await perform(source, readElf(source.size, diagnostics.of(name)));
      if (elf === undefined || elf.buildId === '') continue;
      const same = tree.#byBuildId.get(elf.buildId) ?? { code: undefined, debug: undefined, isVdso: false };
      if (hasCode(elf)) same.code ??= file;
      else same.debug ??= file;
      same.isVdso ||= /vdso/.test(name);
      tree.#byBuildId.set(elf.buildId, same);
    }
    return tree;
  }

  open(path: string): ByteSource | undefined {
    const match = BY_BUILD_ID.exec(path);
    const same = match === null ? undefined : this.#byBuildId.get(`${match[1]!}${match[2]!}`);
    if (same !== undefined) {
      const wantsDebug = match![3] !== undefined || match![4] === 'debug' || match![4] === 'debuginfo';
      return (wantsDebug ? same.debug : same.code)?.source;
    }
    return this.#byName.get(baseName(path))?.source;
  }

  /** Of a build-id cache only what holds images of the vdso, which are looked for without an id. */
  list(path: string): readonly string[] {
    const [root, outer, inner, ...rest] = path.split('/');
    if (root !== '.build-id' || rest.length > 0) return [];
    const ids = [...this.#byBuildId].filter(([, { isVdso }]) => isVdso).map(([id]) => id);
    if (outer === undefined) return [...new Set(ids.map((id) => id.slice(0, 2)))].sort();
    const within = ids.filter((id) => id.startsWith(outer)).map((id) => id.slice(2));
    if (inner === undefined) return within.sort();
    return within.includes(inner) ? ['vdso'] : [];
  }
}

/** Source, and whatever else is looked for by its path. */
export class DroppedSources implements FileTree {
  readonly name = 'dropped files';
  /** By name. */
  readonly #files = new Map<string, { readonly file: DroppedFile; readonly folders: readonly string[] }[]>();

  constructor(files: readonly DroppedFile[]) {
    for (const file of files) {
      const components = treeComponents(file.path);
      const name = components?.pop();
      if (components === undefined || name === undefined) continue;
      const same = this.#files.get(name) ?? [];
      same.push({ file, folders: components });
      this.#files.set(name, same);
    }
  }

  /** Of several of one name the one whose folders are most like the path's. */
  open(path: string): ByteSource | undefined {
    const components = treeComponents(path);
    const name = components?.pop();
    const same = name === undefined ? undefined : this.#files.get(name);
    if (components === undefined || same === undefined) return undefined;
    let best: DroppedFile | undefined;
    let most = -1;
    for (const { file, folders } of same) {
      const alike = commonEnd(folders, components);
      if (alike > most) {
        best = file;
        most = alike;
      }
    }
    return best?.source;
  }

  list(): readonly string[] {
    return [];
  }
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}
