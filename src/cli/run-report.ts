// What `perfts report` does: opens the recording, sums it up, prints the report, and says on standard error how good the data is.

import { openRecording } from '../node/open-recording.ts';
import { headerLines } from '../views/header.ts';
import { qualityLines } from '../views/quality-text.ts';
import type { ReportViewOptions } from '../views/report/options.ts';
import { writeReport } from '../views/report/report-view.ts';
import type { ReportOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Runs the command; PerftsError for what cannot be done. */
export async function runReport(options: ReportOptions, out: Output, err: Output): Promise<number> {
  const opened = await openRecording(options.input, {
    symfs: options.symfs === undefined ? [] : [options.symfs],
    kallsyms: options.kallsyms,
    jitdumps: options.jitdumps,
    perfMapDir: options.perfMapDir,
    demangle: options.demangle,
  });
  const { recording } = opened;
  try {
    const header = options.header === 'none' ? undefined : [...headerLines(recording.file, { full: options.headerDetails, fileTime: opened.modified })];
    if (options.header === 'only') {
      for (const line of header ?? []) out.write(`${line}\n`);
      return 0;
    }
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update('reading the recording', share, 1);
    const { profile, quality } = await recording.profile({ maxStack: options.maxStack, onProgress });
    progress.end();
    writeReport(profile, viewOptions(options, header), (text) => out.write(text));
    out.flush();
    if (!options.quiet) for (const line of qualityLines(quality, recording.damage)) err.write(`${line}\n`);
    return 0;
  } finally {
    opened.close();
  }
}

function viewOptions(options: ReportOptions, header: readonly string[] | undefined): ReportViewOptions {
  const { callGraph: graph } = options;
  return {
    ...(options.children !== undefined && { children: options.children }),
    ...(graph.type === 'none' && { callGraph: 'none' }),
    ...(graph.type !== 'none' &&
      options.callGraphGiven && {
      callGraph: {
        mode: graph.type,
        minPercent: options.chainLimit,
        value: graph.value,
        ...(graph.order !== undefined && { order: graph.order }),
        ...(graph.printLimit !== undefined && { printLimit: graph.printLimit }),
      },
    }),
    sort: options.sort,
    showSamples: options.showSamples,
    percentLimit: options.rowLimit ?? 0,
    filter: {
      ...(options.comms !== undefined && { comms: options.comms }),
      ...(options.dsos !== undefined && { dsos: options.dsos }),
      ...(options.symbols !== undefined && { symbols: options.symbols }),
    },
    percentage: options.percentage,
    quiet: options.quiet,
    ...(header !== undefined && { headerLines: header }),
  };
}
