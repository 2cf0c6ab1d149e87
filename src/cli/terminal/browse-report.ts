// Opens the terminal browser on this process's terminal, for a report.

import type { OpenedRecording } from '../../node/open-recording.ts';
import type { Module } from '../../process/module.ts';
import type { Profile } from '../../profile/profile.ts';
import type { PythonStacks } from '../../profile/python/python-view.ts';
import type { QualityReport } from '../../profile/quality.ts';
import { grouped, percentOf } from '../../views/counted.ts';
import { headerLines } from '../../views/header.ts';
import { pythonTimeLines } from '../../views/python-time.ts';
import { qualityLines } from '../../views/quality-text.ts';
import { shortAdvice } from '../../views/remedies.ts';
import type { ReportViewOptions } from '../../views/report/options.ts';
import type { Output } from '../output.ts';
import { browse } from './run-browser.ts';
import { Terminal } from './terminal.ts';

export interface BrowsedReport {
  readonly opened: OpenedRecording;
  readonly profile: Profile;
  readonly quality: QualityReport;
  /** What the profile was made of with --python. */
  readonly python: PythonStacks | undefined;
  readonly view: ReportViewOptions;
}

export async function browseReport({ opened, profile, quality, python, view }: BrowsedReport, out: Output): Promise<void> {
  const { recording } = opened;
  const information = (): readonly string[] => [
    ...qualityLines(quality, recording.damage),
    ...(python === undefined ? [] : pythonTimeLines(python)),
    ...opened.unusedJitdumps.map((path) => `${path} is not used: no process of this recording wrote it`),
    '',
    ...headerLines(recording.file, { full: true, fileTime: opened.modified }),
  ];
  const { NO_COLOR: noColor = '' } = process.env;
  const write = (text: string): void => {
    out.write(text);
    out.flush();
  };
  const terminal = new Terminal({ input: process.stdin, size: process.stdout, write, signals: process, hasColors: noColor === '' });
  const advice = (module: Module): string => {
    const unnamed = quality.unnamed.find((entry) => entry.module.path === module.path);
    return unnamed === undefined ? 'no symbol holds this address' : shortAdvice(unnamed);
  };
  const input = { recording, profile, view, python, information, remark: remarkOf(quality, recording.damage.length), advice, folder: process.cwd() };
  await browse(input, terminal);
}

/** What the block after a text report would say is missing, in a few words. */
export function remarkOf({ lost, unwound, complete, unnamed }: QualityReport, damage: number): string {
  const nameless = unnamed.filter(({ frames }) => frames > 0).length;
  return [
    ...(lost > 0 ? [`${grouped(lost)} samples lost`] : []),
    ...(complete < unwound ? [`${percentOf(unwound - complete, unwound)} of the stacks cut`] : []),
    ...(nameless > 0 ? [`${nameless} ${nameless === 1 ? 'file' : 'files'} without names`] : []),
    ...(damage > 0 ? ['damage'] : []),
  ].join(', ');
}
