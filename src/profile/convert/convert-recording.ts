// `perfts convert`: a recording in another container, byte order or compression, or a part of it. Records keep the order of the file,
// with perf's marks of rounds; those of a directory, whose files overlap in time, are written in the order of time unless they stay a directory.

import { FeatureId } from '../../perfdata/features/feature-id.ts';
import { RecordType } from '../../perfdata/record-types.ts';
import { ByteBuilder } from '../../perfdata/writer/byte-builder.ts';
import type { Recording } from '../recording.ts';
import { type CutOptions, isCut, RecordingCut } from './recording-cut.ts';
import { type OutputForm, type OutputPlace, type Payloads, RecordingOutput } from './recording-output.ts';

export interface ConvertOptions extends OutputForm {
  readonly cut?: CutOptions;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What was written. */
export interface Written {
  readonly records: number;
  readonly samples: number;
  /** Numbers of features that the form cannot hold. */
  readonly leftOut: readonly number[];
}

const PROGRESS_STEP = 4_096;

/** Writes a recording in another form to `place`. */
export async function convertRecording(recording: Recording, options: ConvertOptions, place: OutputPlace): Promise<Written> {
  const { file } = recording;
  const cut = isCut(options.cut ?? {}) ? new RecordingCut(file, options.cut!) : undefined;
  if (cut?.needsFamily === true) await cut.findFamily(recording.orderedRecords({ fileOrder: true }));
  const times = new SampleTimes();
  const output = new RecordingOutput(recording, options, place, file.events, (payloads) => (cut === undefined ? payloads : times.put(payloads, file.littleEndian)));
  const inTime = recording.fileCount > 1 && options.container !== 'directory';
  const records = recording.orderedRecords({ fileOrder: !inTime, withUnowned: true });
  await output.begin();
  let samples = 0;
  for (let count = 0; ; count++) {
    const more = records.next();
    if (!(typeof more === 'boolean' ? more : await more)) break;
    const { record, event, time, hasTime } = records;
    if (count % PROGRESS_STEP === 0) options.onProgress?.(record.fileOffset / file.fileSize);
    if (cut !== undefined && !cut.keeps(record, event, time, hasTime)) continue;
    if (inTime && record.type === RecordType.FinishedRound) continue;
    if (record.type === RecordType.Sample) {
      samples++;
      if (hasTime && cut !== undefined) times.add(file.timeBase.exact(time));
    }
    await output.record(record, event, hasTime);
    if (inTime && hasTime) output.inOrder();
  }
  await output.finish();
  return { records: output.count, samples, leftOut: output.leftOut };
}

/** The first and last time of the samples written, for the feature that says them. */
export class SampleTimes {
  #first = 0n;
  #last = 0n;

  add(time: bigint): void {
    if (this.#first === 0n || time < this.#first) this.#first = time;
    if (time > this.#last) this.#last = time;
  }

  /** Puts them where the recording has said them before. */
  put(payloads: Payloads, littleEndian: boolean): Payloads {
    if (payloads.has(FeatureId.SampleTime)) payloads.set(FeatureId.SampleTime, new ByteBuilder(littleEndian).u64(this.#first).u64(this.#last).bytes());
    return payloads;
  }
}
