// Where a file system has the files of a module, beyond the recorded path itself: debug links, build-id caches, the debug folders of
// distributions, what a file holds compressed (FORMAT 3.1, items 1 to 11), and folders of files that somebody put together.

import { perform } from '../bytes/reading.ts';
import { baseName, folderOf } from '../bytes/recorded-path.ts';
import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import { MemorySource } from '../bytes/source.ts';
import { MAX_MINI_DEBUG_INFO } from '../bytes/limits.ts';
import { decodeXz } from '../bytes/xz.ts';
import { readDebugLink, readMiniDebugInfo } from '../elf/debug-link.ts';
import { readElf } from '../elf/elf-file.ts';
import { hasSymtab } from '../elf/symbol-sections.ts';
import { buildIdLink, buildIdSpellings, debugPath } from './build-id.ts';
import type { Candidates } from './candidates.ts';
import type { FileTree } from './file-tree.ts';
import type { FoundElf } from './search-step.ts';

/** Build-id caches of a tree: the one of that file system, or the tree itself (an unpacked `perf archive`, a copy of a ~/.debug). */
export const CACHE_FOLDERS: readonly string[] = ['.debug/', ''];
/** PATH_MAX: no link is longer. */
const LONGEST_LINK = 4_096;

/** All places of a file system at which files of a path may be; the path itself only if the file of that name may be meant (`byPath`). */
export function* searchTree(candidates: Candidates, tree: FileTree, path: string, byPath: boolean): Waiting<void> {
  const own = byPath ? yield* candidates.try(tree, path, 'recorded-path') : undefined;
  if (own !== undefined) {
    if (candidates.buildId === '') candidates.buildId = own.elf.buildId;
    if (candidates.wantsDebug) candidates.use(own);
    yield* searchDebugLink(candidates, tree, path, own);
  }
  for (const folder of CACHE_FOLDERS) yield* searchCache(candidates, tree, folder, path);
  if (byPath) {
    yield* candidates.symbolsAt(tree, `usr/lib/debug${path}.debug`, 'debug-folder');
    yield* candidates.symbolsAt(tree, `usr/lib/debug${path}`, 'debug-folder');
  }
  for (const buildId of buildIdSpellings(candidates.buildId)) yield* candidates.symbolsAt(tree, debugPath(buildId), 'debug-build-id');
  if (own !== undefined) {
    yield* searchMiniDebugInfo(candidates, tree, path, own);
    candidates.use(own);
  }
  if (!byPath) return;
  yield* candidates.symbolsAt(tree, `${folderOf(path)}/.debug/${baseName(path)}`, 'beside');
  if (path.startsWith('/usr/lib/')) yield* candidates.symbolsAt(tree, `usr/lib/debug${path.slice('/usr'.length)}`, 'debug-folder');
  yield* throughUsr(candidates, tree, path);
  // perf's --symfs DIR,flat, and images of containers of which somebody has copied the files: by name only what a build id proves.
  if (candidates.buildId !== '') yield* searchNames(candidates, tree, baseName(path));
}

/** The places of a `.gnu_debuglink`: names relative to the file's folder, then the system's debug folder. */
function* searchDebugLink(candidates: Candidates, tree: FileTree, path: string, own: FoundElf): Waiting<void> {
  const link = yield* settled(perform(own.file, readDebugLink(own.elf, candidates.diagnostics.of(path))));
  if (link === undefined) return;
  const { name, crc: checksum } = link;
  const folder = folderOf(path);
  for (const place of [`${folder}/${name}`, `${folder}/.debug/${name}`, `usr/lib/debug${folder}/${name}`]) {
    // A link to itself is what a file without a debug file of its own sometimes has.
    if (place !== path) yield* candidates.symbolsAt(tree, place, 'debug-link', { checksum });
  }
}

/** `.gnu_debugdata`: an ELF file within, with the symbols that the dynamic ones lack. */
function* searchMiniDebugInfo(candidates: Candidates, tree: FileTree, path: string, own: FoundElf): Waiting<void> {
  if (candidates.symbols !== undefined || candidates.wantsDebug) return;
  const diagnostics = candidates.diagnostics.of(path);
  const compressed = yield* settled(perform(own.file, readMiniDebugInfo(own.elf, diagnostics)));
  if (compressed === undefined) return;
  const bytes = decodeXz(compressed, MAX_MINI_DEBUG_INFO);
  if (bytes === undefined) diagnostics.damaged('mini-debug-info', -1, '.gnu_debugdata cannot be decompressed');
  const file = new MemorySource(bytes ?? new Uint8Array(0));
  const elf = yield* settled(perform(file, readElf(file.size, diagnostics)));
  candidates.note(tree.name, path, 'mini-debug-info', elf === undefined ? 'not-elf' : hasSymtab(elf) ? 'found' : 'no-symbols');
  if (elf !== undefined && hasSymtab(elf)) candidates.symbols = { file, elf, tree: tree.name, path, place: 'mini-debug-info' };
}

/** Where /lib is a link to /usr/lib and links were lost in copying, the file lies under the other name. */
function* throughUsr(candidates: Candidates, tree: FileTree, path: string): Waiting<void> {
  if (candidates.runtime !== undefined) return;
  const other = /^\/(?:lib|lib64|bin|sbin)\//.test(path) ? `/usr${path}` : /^\/usr\/(?:lib|lib64|bin|sbin)\//.test(path) ? path.slice('/usr'.length) : '';
  if (other === '' || candidates.buildId === '') return;
  yield* candidates.useAt(tree, other, 'recorded-path');
}

/** `folder` of a tree as a build-id cache: through the link that is named by the id, or by the file's path and id. */
export function* searchCache(candidates: Candidates, tree: FileTree, folder: string, path: string): Waiting<void> {
  for (const buildId of buildIdSpellings(candidates.buildId)) {
    const link = folder + buildIdLink(buildId);
    for (const place of [link, `${folder}${path.replace(/^\/+/, '')}/${buildId}`]) {
      if (candidates.isDone) return;
      yield* candidates.useAt(tree, `${place}/elf`, 'build-id-cache');
      yield* candidates.symbolsAt(tree, `${place}/debug`, 'build-id-cache');
    }
    if (candidates.isDone) return;
    const target = yield* linkText(tree, link);
    if (target !== undefined) yield* candidates.useAt(tree, target, 'build-id-cache');
  }
}

/**
 * Where a link of a cache leads when it is not a link to a folder: the file itself in old caches, or a text file that
 * holds the target, which is what a link becomes where there are none.
 */
function* linkText(tree: FileTree, link: string): Waiting<string | undefined> {
  const file = yield* settled(tree.open(link));
  if (file === undefined) return undefined;
  const bytes = (yield* settled(file.read(0, Math.min(file.size, LONGEST_LINK)))).slice();
  file.close?.();
  if (file.size > LONGEST_LINK || bytes[0] === 0x7f) return link;
  const target = new TextDecoder().decode(bytes).trim().replaceAll('\\', '/');
  return target === '' || target.includes('\n') ? undefined : `${folderOf(link)}/${target}/elf`;
}

/**
 * A folder of files that somebody put together: named by build id as a cache, a debug folder, debuginfod or a symbol store have it,
 * or by the file's own name without its folders.
 */
export function* searchFolder(candidates: Candidates, tree: FileTree, path: string): Waiting<void> {
  for (const place of buildIdPlaces(candidates.buildId)) {
    if (candidates.isDone) return;
    yield* candidates.useAt(tree, place, 'symbol-folder');
  }
  if (path.startsWith('/')) yield* searchNames(candidates, tree, baseName(path));
}

/** Where a folder by build ids has a file, in every usual form. */
export function buildIdPlaces(buildId: string): string[] {
  return buildIdSpellings(buildId).flatMap((id) => {
    const link = buildIdLink(id);
    return [`${link}.debug`, `${link}/elf`, `${link}/debug`, `${link.slice('.build-id/'.length)}.debug`, `${id}/executable`, `${id}/debuginfo`, `${id}.debug`, id];
  });
}

/** A folder without folders: the file by its own name, and the debug file that it names. */
function* searchNames(candidates: Candidates, tree: FileTree, name: string): Waiting<void> {
  for (const place of [name, `${name}.debug`]) {
    if (candidates.isDone) return;
    const found = yield* candidates.try(tree, place, 'symbol-folder');
    if (found === undefined) continue;
    if (candidates.buildId === '') candidates.buildId = found.elf.buildId;
    candidates.use(found);
    if (place !== name || candidates.isDone) continue;
    const link = yield* settled(perform(found.file, readDebugLink(found.elf, candidates.diagnostics.of(place))));
    if (link === undefined || link.name === name) continue;
    yield* candidates.symbolsAt(tree, link.name, 'symbol-folder', { checksum: link.crc });
  }
}
