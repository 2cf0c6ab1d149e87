// What a trail of tries comes to: why a module has no better file. One answer for the block after a report and for `doctor`.

import type { SearchOutcome, SearchStep } from './search-step.ts';

/** Why a module lacks names: the most telling outcome of its search; 'not-searched' where there was nowhere to look. */
export type MissingReason = Exclude<SearchOutcome, 'found'> | 'not-searched';

/** From what is nearest to success down. */
const TELLING: readonly MissingReason[] = [
  'no-symbols', 'no-debug-info', 'ambiguous', 'other-build-id', 'no-build-id', 'other-checksum', 'other-machine', 'not-supported', 'not-elf', 'absent',
];

/** The reason, and the step that tells it (undefined where nothing was tried). */
export function reasonOf(steps: readonly SearchStep[]): { readonly reason: MissingReason; readonly step: SearchStep | undefined } {
  for (const reason of TELLING) {
    const step = steps.find(({ outcome }) => outcome === reason);
    if (step !== undefined) return { reason, step };
  }
  return { reason: 'not-searched', step: undefined };
}
