// Threads that share the work of summing a recording up (profile/profile-share.ts). Each opens the recording for itself and takes in
// all of it, but resolves only its share of the samples: what is gained is the time that unwinding, naming and counting take.

import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Share } from '../profile/pipeline.ts';
import type { ProfileShare } from '../profile/profile-share.ts';
import type { ProfileOptions, ShareHelpers } from '../profile/recording.ts';
import type { OpenOptions } from './open-recording.ts';

/** What a helper is told. */
export interface ShareTask {
  readonly path: string;
  readonly files: OpenOptions;
  readonly share: Share;
  readonly options: Pick<ProfileOptions, 'maxStack' | 'inlines' | 'lines'>;
}

/** Below this, in bytes, a thread takes longer to start than it saves. */
const LARGE_RECORDING = 1 << 29;
/** Each takes in the whole recording: more threads than this gain little. */
const MOST_HELPERS = 3;

/**
 * `threads` that work at the recording, this one included; left out: as many as the machine has for a large recording, else one.
 * Undefined where no others help: standard input cannot be opened twice, and what debuginfod servers send is fetched once.
 */
export function shareHelpers(path: string, files: OpenOptions, threads?: number): ShareHelpers | undefined {
  if (path === '-' || files.debuginfod !== undefined) return undefined;
  const count = threads === undefined ? (isLarge(path) ? Math.min(MOST_HELPERS, availableParallelism() - 1) : 0) : threads - 1;
  return count < 1 ? undefined : { count, start: (share, options) => startHelper({ path, files, share, options }) };
}

function isLarge(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size >= LARGE_RECORDING;
}

/** Rejects where the thread ends without a share. */
function startHelper(task: ShareTask): Promise<ProfileShare> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./share-worker.js', import.meta.url), { workerData: task });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread that shared the work ended without a result')));
  });
}
