// Where dropped recordings are read: a worker, made of the text that stands in the page, so that it works from file:// too. The same text
// runs in the page itself where a browser refuses such workers; then reading is slower, and the page is busy meanwhile.

import type { PageData } from '../data/page-data.ts';
import type { PageProgress } from '../data/page-start.ts';
import { BlobSource } from './blob-source.ts';
import type { DroppedFile } from './dropped-files.ts';
import { buffersOf, type OpenRequest, type WorkerReply } from './messages.ts';
import { openDropped } from './open-dropped.ts';

/** Progress is told so often, in ms. */
const STEP = 50;

interface WorkerScope {
  postMessage(message: WorkerReply, transfer?: ArrayBufferLike[]): void;
  onmessage: ((event: { readonly data: OpenRequest }) => void) | null;
}

/** What the text leaves behind where it runs in a page. */
export interface InPage {
  perftsOpen?: (files: readonly File[], progress: PageProgress) => Promise<PageData>;
}

function droppedFiles(files: readonly File[]): DroppedFile[] {
  return files.map((file) => ({
    name: file.name,
    path: file.webkitRelativePath === '' ? file.name : file.webkitRelativePath,
    modified: new Date(file.lastModified),
    source: new BlobSource(file.name, file),
  }));
}

/** Whatever went wrong, in one line: names of files may hold anything. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  // oxlint-disable-next-line no-control-regex
  return message.replace(/[\u0000-\u001f\u007f]+/g, ' ');
}

function listen(scope: WorkerScope): void {
  let next = 0;
  const progress: PageProgress = (text, share) => {
    const now = performance.now();
    if (now < next) return;
    next = now + STEP;
    scope.postMessage({ kind: 'progress', text, share });
  };
  scope.onmessage = ({ data }) => {
    openDropped(droppedFiles(data.files), progress).then(
      (made) => scope.postMessage({ kind: 'data', data: made }, buffersOf(made)),
      (error: unknown) => scope.postMessage({ kind: 'failed', message: messageOf(error) }),
    );
  };
  scope.postMessage({ kind: 'ready' });
}

if (typeof document === 'undefined') listen(globalThis as unknown as WorkerScope);
else {
  (globalThis as InPage).perftsOpen = (files, progress) =>
    openDropped(droppedFiles(files), progress).catch((error: unknown) => {
      throw new Error(messageOf(error));
    });
}
