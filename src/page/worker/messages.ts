// What the page and its worker tell each other.

import type { PageData } from '../data/page-data.ts';

/** To the worker: the files to open. It is asked once, and ended afterwards. */
export interface OpenRequest {
  readonly files: readonly File[];
}

/** From the worker. `ready`: it runs, and waits for its files. */
export type WorkerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly text: string; readonly share: number }
  | { readonly kind: 'data'; readonly data: PageData }
  | { readonly kind: 'failed'; readonly message: string };

/** The buffers of all columns: they are handed over, not copied. */
export function buffersOf({ places, stacks, samples }: PageData): ArrayBufferLike[] {
  const columns = [
    places.function, places.address, places.line, places.outer, stacks.parent, stacks.place, stacks.python,
    samples.time, samples.thread, samples.cpu, samples.event, samples.node, samples.period,
  ];
  return columns.filter((column) => column !== undefined).map(({ buffer }) => buffer);
}
