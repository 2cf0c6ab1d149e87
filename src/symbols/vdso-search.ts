// The images of the vdso that build-id caches hold (FORMAT 3.3).

import { settled } from '../bytes/waiting.ts';
import type { Waiting } from '../bytes/waiting.ts';
import type { ElfFile } from '../elf/elf-file.ts';
import type { Module } from '../process/module.ts';
import { buildIdLink, buildIdSpellings, sameBuildId } from './build-id.ts';
import type { Candidates } from './candidates.ts';
import type { FileTree } from './file-tree.ts';
import type { FoundElf } from './search-step.ts';

/** A build-id cache: a folder of a tree, with a slash at its end unless it is the tree itself. */
export interface CacheFolder {
  readonly tree: FileTree;
  readonly folder: string;
}

/**
 * The image. Without a recorded build id the only one of the machine that is there: with several none, and the steps say
 * 'ambiguous'.
 */
export function* searchVdso(candidates: Candidates, caches: readonly CacheFolder[], module: Module, machine: (elf: ElfFile) => boolean): Waiting<FoundElf | undefined> {
  const images: FoundElf[] = [];
  for (const { tree, folder } of caches) {
    for (const path of yield* vdsoPaths(tree, folder, module)) {
      const found = yield* candidates.try(tree, path, 'vdso', { isWanted: machine });
      if (found !== undefined && !images.some((image) => sameBuildId(image.elf.buildId, found.elf.buildId))) images.push(found);
    }
    if (images.length > 0 && module.buildId !== '') break;
  }
  if (images.length <= 1) return images[0];
  for (const image of images) candidates.note(image.tree, image.path, 'vdso', 'ambiguous');
  return undefined;
}

function* vdsoPaths(tree: FileTree, folder: string, module: Module): Waiting<string[]> {
  const paths: string[] = [];
  for (const id of buildIdSpellings(module.buildId)) {
    paths.push(`${folder}${buildIdLink(id)}/vdso`, `${folder}${module.path}/${id}/vdso`);
  }
  if (module.buildId !== '') return paths;
  for (const outer of yield* settled(tree.list(`${folder}.build-id`))) {
    for (const inner of yield* settled(tree.list(`${folder}.build-id/${outer}`))) {
      const names = yield* settled(tree.list(`${folder}.build-id/${outer}/${inner}`));
      if (names.some((name) => name.toLowerCase() === 'vdso')) paths.push(`${folder}.build-id/${outer}/${inner}/vdso`);
    }
  }
  for (const id of yield* settled(tree.list(`${folder}${module.path}`))) paths.push(`${folder}${module.path}/${id}/vdso`);
  return paths;
}
