// What `perfts doctor` does: walks the recording, looks at every file that it would need, and gives 1 where something costs more than
// is tolerated.

import { doctorJson, doctorLines, isIll } from '../views/doctor.ts';
import { writeUnused } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { DoctorCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Runs the command; PerftsError for what cannot be opened. */
export async function runDoctor(options: DoctorCommandOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options, err);
  try {
    const progress = new Progress(err);
    const diagnosis = await opened.recording.diagnose({ onProgress: (share) => progress.update('reading the recording', share, 1) });
    progress.end();
    const { tolerance } = options;
    const shown = { tolerance, all: options.verbose > 0 };
    if (options.json) out.write(`${doctorJson(diagnosis, shown)}\n`);
    else for (const line of doctorLines(diagnosis, shown)) out.write(`${line}\n`);
    out.flush();
    writeUnused(opened.unusedJitdumps, err);
    return diagnosis.symptoms.some((symptom) => isIll(symptom, tolerance)) ? 1 : 0;
  } finally {
    opened.close();
  }
}
