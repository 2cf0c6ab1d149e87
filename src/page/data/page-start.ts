// What the app is started with: the data that the HTML file holds, or only the way to open dropped files.
// `main.ts` makes it; `app/app.ts` shows it: `showPage(root: HTMLElement, page: PageStart): void`.

import type { PageData } from './page-data.ts';

/** Says how far the opening is: a few words for a person, and the share of the work that is done, 0 to 1. */
export type PageProgress = (text: string, share: number) => void;

export interface PageStart {
  /** The recording inside the HTML file; undefined in a page that holds none. Rejects with an Error of one readable line. */
  readonly data?: Promise<PageData>;
  /**
   * Opens what was dropped or chosen: one recording or archive, and what belongs to it (jitdumps, perf maps, ELF files, kallsyms).
   * Rejects with an Error whose message is one readable line; one call at a time, a new one ends the one before.
   */
  open(files: readonly File[], progress: PageProgress): Promise<PageData>;
}
