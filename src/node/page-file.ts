// The page that the build has made (dist/page/perfts.html), and the page with a recording in it.

import { readFileSync } from 'node:fs';
import { PerftsError } from '../bytes/errors.ts';
import { makePageData, type PageDataOptions } from '../page/data/make-page-data.ts';
import type { PageData } from '../page/data/page-data.ts';
import { packPageData } from '../page/data/page-file.ts';
import { pageWith } from '../page/data/page-html.ts';
import type { Recording } from '../profile/recording.ts';
import { Disassembler } from '../views/annotate/disassembler.ts';

/** From dist/cli, where the command line is bundled, and from dist/src/node. */
const PLACES = ['../page/perfts.html', '../../page/perfts.html'];

/** The page without a recording: it opens those that are dropped on it. @throws PerftsError PERFTS_NO_FILE where it was not built. */
export function emptyPage(): string {
  for (const place of PLACES) {
    try {
      return readFileSync(new URL(place, import.meta.url), 'utf8');
    } catch {
      // The other place.
    }
  }
  throw new PerftsError('PERFTS_NO_FILE', 'cannot open dist/page/perfts.html, which belongs to perfts: npm run build makes it');
}

/** A recording's page, in pieces one behind the other, and what is in it. */
export interface RecordingPage {
  readonly pieces: readonly string[];
  readonly data: PageData;
}

export async function recordingPage(recording: Recording, options: Omit<PageDataOptions, 'disassembler'> & { readonly code: boolean }): Promise<RecordingPage> {
  const html = emptyPage();
  const data = await makePageData(recording, { ...options, disassembler: options.code ? () => Disassembler.load('att') : undefined });
  const packed = await packPageData(data);
  return { pieces: pageWith(html, data.origin.name, Buffer.from(packed.buffer, packed.byteOffset, packed.length).toString('base64')), data };
}
