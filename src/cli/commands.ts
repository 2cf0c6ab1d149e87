// The list of commands, for the parser, for help and for completion.

import type { Command } from './command.ts';
import { annotate } from './annotate.ts';
import { archive } from './archive.ts';
import { buildidList } from './buildid-list.ts';
import { completion } from './completion.ts';
import { convert } from './convert.ts';
import { diff } from './diff.ts';
import { doctor } from './doctor.ts';
import { dump } from './dump.ts';
import { evlist } from './evlist.ts';
import { exportCommand } from './export.ts';
import { flamegraph } from './flamegraph.ts';
import { header } from './header.ts';
import { inject } from './inject.ts';
import { report } from './report.ts';
import { script } from './script.ts';
import { unwind } from './unwind.ts';
import { serve } from './serve.ts';
import { validate } from './validate.ts';
import { view } from './view.ts';

export const COMMANDS: readonly Command[] = [report, flamegraph, annotate, diff, script, dump, header, evlist, buildidList, validate, doctor, unwind, convert, inject, archive, exportCommand, view, serve, completion];
