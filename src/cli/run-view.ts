// What `perfts view` does: reads a recording, and writes the page with what it shows of it in one HTML file.

import { PerftsError } from '../bytes/errors.ts';
import { refuseToOverwrite } from '../node/file-sink.ts';
import { emptyPage, recordingPage, type RecordingPage } from '../node/page-file.ts';
import { grouped } from '../views/counted.ts';
import { writeUnused } from './damage-lines.ts';
import { openInput, shownName } from './open-input.ts';
import type { ViewCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';
import { kilobytes, writePieces } from './write-pieces.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runView(options: ViewCommandOptions, out: Output, err: Output): Promise<number> {
  const { input, output, isEmpty } = options;
  if (output === '-' && out.isTerminal) throw new PerftsError('PERFTS_USAGE', 'a page is not for a terminal: name a file with -o');
  if (isEmpty) {
    const bytes = await writePieces([emptyPage()], output, '', out);
    if (output !== '-') out.write(`${output}: a page that opens recordings, ${kilobytes(bytes)}\n`);
    out.flush();
    return 0;
  }
  if (output !== '-') refuseToOverwrite(output, input);
  const { pieces, data } = await pageOf(options, err);
  const bytes = await writePieces(pieces, output, input, out);
  if (output !== '-') {
    const { samples, sources } = data;
    const withSources = sources.length === 0 ? '' : `, the text of ${grouped(sources.length)} source file${sources.length === 1 ? '' : 's'}`;
    out.write(`${output}: ${grouped(samples.length)} samples${withSources}, ${kilobytes(bytes)}\n`);
  }
  out.flush();
  return 0;
}

async function pageOf(options: ViewCommandOptions, err: Output): Promise<RecordingPage> {
  const { input, maxStack, inline, source, code, derived, weightField } = options;
  const opened = await openInput(options, err);
  try {
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update(`reading ${input}`, share, 1);
    const page = await recordingPage(opened.recording, { name: shownName(input), modified: opened.modified, maxStack, inlines: inline, sources: source, code, derived, weightField, onProgress });
    progress.end();
    for (const line of page.data.quality) err.write(`${line}\n`);
    writeUnused(opened.unusedJitdumps, err);
    return page;
  } finally {
    opened.close();
  }
}
