// Threads that share the work of summing a recording up (profile/profile-share.ts). Each opens the recording for itself and takes in
// all of it, but resolves only its share of the samples: what is gained is the time that unwinding, naming and counting take.

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

/**
 * `threads` that work at the recording, this one included. Undefined where no others help: standard input cannot be opened twice, and what
 * debuginfod servers send is fetched once. Never by itself: of 1.3 GB of call chains two threads make a report in 0.92 of the time of one,
 * and for stack dumps, which are walked faster than they are read, they take 1.5 times as long (bench/README.md).
 */
export function shareHelpers(path: string, files: OpenOptions, threads: number = 1): ShareHelpers | undefined {
  if (threads < 2 || path === '-' || files.debuginfod !== undefined) return undefined;
  return { count: threads - 1, start: (share, options) => startHelper({ path, files, share, options }) };
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
