// Validating a file by its path.

import { PerftsError } from '../bytes/errors.ts';
import type { Finding } from '../bytes/findings.ts';
import { basename } from 'node:path';
import { type Validation, validate } from '../profile/validate.ts';
import { archiveIn } from './open-archive.ts';
import { openSources } from './open-recording-files.ts';

/**
 * Holds a recording (a file, a directory, an archive, or `-` for standard input), a jitdump or a perf map against SPEC.md. `found` is told of every
 * finding when it is found.
 * @throws PerftsError PERFTS_NO_FILE or PERFTS_NOT_PERF_DATA, with one plain line.
 */
export async function validateFile(
  path: string, found?: (finding: Finding) => void, onProgress?: (share: number) => void,
): Promise<Validation> {
  const opened = openSources(path);
  try {
    const archive = opened[0] === undefined || opened.length > 1 ? undefined : archiveIn(opened[0].file, path);
    const sources = archive?.sources ?? opened.map(({ file }) => file);
    const names = archive?.names.map((name) => (name === 'data' ? '' : name)) ?? opened.map(({ name }) => name);
    return await validate({ sources, names, fileName: archive === undefined ? basename(path) : 'perf.data', onProgress }, found);
  } catch (error) {
    throw error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA' ? new PerftsError(error.code, `${path}: ${error.message}`) : error;
  } finally {
    for (const { file } of opened) file.close?.();
  }
}
