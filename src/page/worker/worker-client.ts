// The page's side of the worker: one for each recording that is opened, ended when another is.

import type { PageData } from '../data/page-data.ts';
import type { PageProgress, PageStart } from '../data/page-start.ts';
import type { WorkerReply } from './messages.ts';
import type { InPage } from './worker.ts';

/** Told to whoever waits for a recording that is not wanted any more. */
const REPLACED = 'another recording was opened';

/** Opens recordings with the worker whose text is `code`. */
export class WorkerClient {
  readonly #code: string;
  #end: (() => void) | undefined;

  constructor(code: string) {
    this.#code = code;
  }

  /** See PageStart.open. */
  readonly open: PageStart['open'] = async (files, progress) => {
    this.#end?.();
    const worker = this.#start();
    return worker === undefined ? await this.#openHere(files, progress) : await this.#openIn(worker, files, progress);
  };

  /** Undefined where the browser makes no workers of texts. */
  #start(): Worker | undefined {
    const url = URL.createObjectURL(new Blob([this.#code], { type: 'text/javascript' }));
    try {
      return new Worker(url);
    } catch {
      return undefined;
    } finally {
      // The worker has begun to load it.
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    }
  }

  #openIn(worker: Worker, files: readonly File[], progress: PageProgress): Promise<PageData> {
    return new Promise((resolve, reject) => {
      let isReady = false;
      const end = (): void => {
        worker.terminate();
        if (this.#end === replaced) this.#end = undefined;
      };
      const replaced = (): void => {
        end();
        reject(new Error(REPLACED));
      };
      this.#end = replaced;
      worker.onmessage = ({ data: reply }: MessageEvent<WorkerReply>) => {
        if (reply.kind === 'ready') {
          isReady = true;
          worker.postMessage({ files });
        } else if (reply.kind === 'progress') progress(reply.text, reply.share);
        else {
          end();
          if (reply.kind === 'data') resolve(reply.data);
          else reject(new Error(reply.message));
        }
      };
      worker.onerror = (event) => {
        event.preventDefault();
        end();
        // What cannot even start was refused.
        if (isReady) reject(new Error(event.message === '' ? 'the recording cannot be read here' : event.message));
        else this.#openHere(files, progress).then(resolve, reject);
      };
    });
  }

  async #openHere(files: readonly File[], progress: PageProgress): Promise<PageData> {
    const page: InPage = globalThis as InPage;
    if (page.perftsOpen === undefined) {
      const script = document.createElement('script');
      script.textContent = this.#code;
      document.head.append(script);
    }
    const open = page.perftsOpen;
    if (open === undefined) throw new Error('this browser does not let the page read recordings: use perfts view to put one into it');
    return await open(files, progress);
  }
}
