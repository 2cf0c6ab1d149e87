// What is missed still, of servers: by build id, as debuginfod names things. Asked last, and only where the user allowed it.

import type { Waiting } from '../bytes/waiting.ts';
import { buildIdSpellings } from './build-id.ts';
import type { Candidates } from './candidates.ts';
import type { FileTree } from './file-tree.ts';

/** Asks one server. What has no code to run, as the kernel, is asked for its debug file only (`executable` false). */
export function* searchServer(candidates: Candidates, tree: FileTree, executable = true): Waiting<void> {
  for (const id of buildIdSpellings(candidates.buildId)) {
    if (candidates.lacksSymbols) yield* candidates.useAt(tree, `${id}/debuginfo`, 'debuginfod');
    if (executable && candidates.runtime === undefined && !candidates.wantsDebug) yield* candidates.useAt(tree, `${id}/executable`, 'debuginfod');
  }
}
