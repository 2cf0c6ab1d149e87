// `perfts convert --anonymize`: a recording that can be shown. Its stacks are unwound here, with the modules that are there, because
// what they were unwound from must not be shown. Written in the order of time.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import type { RecordView } from '../../perfdata/record-view.ts';
import { SampleView } from '../../perfdata/sample-view.ts';
import type { Recording } from '../recording.ts';
import type { ResolvedSample } from '../resolved-sample.ts';
import { anonymousFeatures } from './anonymous-features.ts';
import { anonymousRecord } from './anonymous-records.ts';
import { AnonymousSamples, anonymousEvents } from './anonymous-samples.ts';
import { type ConvertOptions, SampleTimes, type Written } from './convert-recording.ts';
import { NameReplacements } from './name-replacements.ts';
import { isCut, RecordingCut } from './recording-cut.ts';
import { type OutputPlace, RecordingOutput } from './recording-output.ts';

/** Writes a recording without names, stack bytes and registers to `place`. */
export async function anonymizeRecording(recording: Recording, options: ConvertOptions, place: OutputPlace): Promise<Written> {
  const { file } = recording;
  // A pipe, and a file that perf inject made of one, may say events and features late; here they are needed first.
  if (file.container === 'pipe' || file.events.events.length === 0) await walk(recording);
  const names = new NameReplacements();
  const tracepoints = await recording.tracepoints();
  const events = anonymousEvents(file, tracepoints, names);
  const cut = isCut(options.cut ?? {}) ? new RecordingCut(file, options.cut!) : undefined;
  if (cut?.needsFamily === true) await cut.findFamily(recording.orderedRecords({ fileOrder: true }));
  const times = new SampleTimes();
  const output = new RecordingOutput(recording, options, place, events, (payloads) => {
    const anonymous = anonymousFeatures(payloads, file.features, events, file.littleEndian, names);
    return cut === undefined ? anonymous : times.put(anonymous, file.littleEndian);
  });
  const makeSample = new AnonymousSamples(file, names, tracepoints);
  await output.begin();
  let samples = 0;
  const takeSample = (sample: ResolvedSample | undefined, raw: SampleView, record: RecordView, event: number): void => {
    if (cut !== undefined && !cut.keeps(record, event, raw.time, raw.hasTime)) return;
    output.write(makeSample.record(sample, raw, record, file.events.events[event]!, events.events[event]!), event, output.ringBufferOf(record, event, raw.hasTime));
    if (raw.hasTime) {
      times.add(file.timeBase.exact(raw.time));
      output.inOrder();
    }
    samples++;
  };
  const ownView = new SampleView(file.wide, file.timeBase, new Diagnostics());
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false });
  const visitor = {
    arrives: (record: RecordView, event: number, time: number, hasTime: boolean): void => {
      if (record.type === RecordType.Sample) {
        const owner = file.events.events[event];
        // Its chain comes in a record of its own, which is written too.
        if (owner?.attr.deferCallchain === true && ownView.read(record, owner)) takeSample(undefined, ownView, record, event);
        return;
      }
      if (output.isOfContainer(record)) return;
      if (cut !== undefined && !cut.keeps(record, event, time, hasTime)) return;
      const bytes = anonymousRecord(record, file.events.events[event] ?? file.events.events[0], events, names);
      if (bytes === undefined) return;
      output.write(bytes, event, output.ringBufferOf(record, event, hasTime));
      if (hasTime) output.inOrder();
    },
    // Asked exactly once for each sample when its stack is known; `sample` comes once for each counter of a group.
    wants: (sample: ResolvedSample, raw: SampleView, record: RecordView): undefined => {
      if (!file.events.events[sample.event]!.attr.deferCallchain) takeSample(sample, raw, record, sample.event);
      return undefined;
    },
    sample: (): void => {},
    progress: (share: number): void => options.onProgress?.(share),
  };
  await pipeline.run(visitor);
  await output.finish();
  return { records: output.count, samples, leftOut: output.leftOut };
}

/** Reads all records, for what they say about the recording itself. */
async function walk(recording: Recording): Promise<void> {
  const records = recording.orderedRecords({ fileOrder: true });
  for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next());
}
