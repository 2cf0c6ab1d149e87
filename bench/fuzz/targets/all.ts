// Every entry point that is fuzzed.

import { ARCHIVE_TARGETS } from './archives.ts';
import { CONVERT_TARGETS } from './convert.ts';
import { FILE_TARGETS } from './files.ts';
import { RECORD_TARGETS } from './records.ts';
import type { Target } from './target.ts';
import { VIEW_TARGETS } from './views.ts';

export const TARGETS: readonly Target[] = [...RECORD_TARGETS, ...VIEW_TARGETS, ...CONVERT_TARGETS, ...FILE_TARGETS, ...ARCHIVE_TARGETS];
