// The data in the page's own HTML file: base64 in an element that no browser runs or shows.

import type { PageData } from './page-data.ts';
import { PageDataError } from './page-data-error.ts';
import { unpackPieces } from './page-file.ts';

/** The element's id; data/page-html.ts fills it. */
export const DATA_ID = 'perfts-data';
/** Characters of base64 that are decoded at once; four are three bytes. */
const PIECE = 1 << 18;

/** Undefined in a page without any. */
export function embeddedData(page: Document): Promise<PageData> | undefined {
  const holder = page.getElementById(DATA_ID);
  const text = holder?.textContent?.trim() ?? '';
  if (text === '') return undefined;
  // Its text is large, and not needed twice.
  holder!.textContent = '';
  return unpackPieces(bytesOf(text));
}

/** In pieces: browsers need some milliseconds for a megabyte. */
function* bytesOf(base64: string): Generator<Uint8Array, void> {
  for (let at = 0; at < base64.length; at += PIECE) {
    let binary: string;
    try {
      binary = atob(base64.slice(at, at + PIECE));
    } catch {
      throw new PageDataError('it is damaged or cut short');
    }
    const bytes = new Uint8Array(binary.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
    yield bytes;
  }
}
