// Files beside a recording that would take a reader's time or memory out of all proportion: jitdumps, perf maps, kallsyms, ELF files.

import type { Hostile } from './recordings.ts';

export const HOSTILE_FILES: readonly Hostile[] = [];
