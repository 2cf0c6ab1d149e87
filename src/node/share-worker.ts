// The program of a thread that sums up a share of a recording's samples for another (share-helpers.ts).

import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf } from '../profile/profile-share.ts';
import { openRecording } from './open-recording.ts';
import type { ShareTask } from './share-helpers.ts';

const { path, files, share, options } = workerData as ShareTask;
const opened = await openRecording(path, files);
try {
  const result = await opened.recording.share(share, options);
  parentPort!.postMessage(result, buffersOf(result));
} finally {
  opened.close();
}
