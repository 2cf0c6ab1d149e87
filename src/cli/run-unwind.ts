// What `perfts unwind` does: walks the recording and prints, for each sample or for the one that was asked for, how its stack was found.

import { PerftsError } from '../bytes/errors.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import { SampleExplainer } from '../profile/explained-sample.ts';
import type { ResolvedSample } from '../profile/resolved-sample.ts';
import { explainedJson, explainedLines, sampleJson, sampleLine } from '../views/unwind.ts';
import { writeDamage, writeUnused } from './damage-lines.ts';
import { openInput } from './open-input.ts';
import type { SampleChoice, UnwindCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Records between two looks whether the sample has been found. */
const STEP = 512;

/** Runs the command; PerftsError for what cannot be done. */
export async function runUnwind(options: UnwindCommandOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options, err);
  const { recording } = opened;
  try {
    const pipeline = recording.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: false });
    const explainer = new SampleExplainer(pipeline);
    const progress = new Progress(err);
    const { explain: choice } = options;
    let index = 0;
    let isFound = false;
    const visitor = {
      sample: (sample: ResolvedSample, raw: SampleView, record: RecordView): void => {
        const number = index++;
        if (choice === undefined) {
          const summary = explainer.summary(number, sample, raw, record);
          out.write(`${options.json ? sampleJson(summary) : sampleLine(summary)}\n`);
        } else if (!isFound && isChosen(choice, number, record.fileOffset, () => explainer.summary(number, sample, raw, record).time)) {
          isFound = true;
          const explained = explainer.explain(number, sample, raw, record);
          if (options.json) out.write(`${explainedJson(explained)}\n`);
          else for (const line of explainedLines(explained)) out.write(`${line}\n`);
        }
      },
      progress: (share: number): void => progress.update('reading the recording', share, 1),
    };
    while ((await pipeline.run(visitor, choice === undefined ? Infinity : STEP)) && !isFound);
    progress.end();
    out.flush();
    if (choice !== undefined && !isFound) throw new PerftsError('PERFTS_USAGE', `--explain: ${missing(choice, index)}`);
    writeDamage(recording.damage, err);
    writeUnused(opened.unusedJitdumps, err);
    return 0;
  } finally {
    opened.close();
  }
}

function isChosen(choice: SampleChoice, index: number, fileOffset: number, timeOf: () => bigint | undefined): boolean {
  if (choice.by === 'index') return index === choice.index;
  if (choice.by === 'offset') return fileOffset === choice.offset;
  const time = timeOf();
  return time !== undefined && time >= choice.time;
}

function missing(choice: SampleChoice, samples: number): string {
  if (choice.by === 'index') return `there are ${samples} samples, counted from 0`;
  return choice.by === 'offset' ? 'no sample begins at that offset' : 'no sample is as late as that';
}
