// What perfts makes of the files of a vector, in the form of the vectors.

import { isDeepStrictEqual } from 'node:util';
import { MemorySource, type ByteSource } from '../../src/bytes/source.ts';
import { PerftsError } from '../../src/bytes/errors.ts';
import { Recording } from '../../src/profile/recording.ts';
import { writeRecordingJson } from '../../src/views/dump/recording-json.ts';
import type { Json, JsonObject } from './builder/json.ts';

/** What a reader prints of a recording: in the order of the file, and by time. */
export interface ReadRecording {
  /** `container`, `events`, …, `records`; or what says that it is no recording. */
  readonly said: JsonObject;
  readonly byTime: readonly Json[];
}

export interface ReadOptions {
  readonly windowSize?: number;
  /** Bytes come later, as from a network. */
  readonly later?: boolean;
}

export async function readRecording(files: readonly Uint8Array[], options: ReadOptions = {}): Promise<ReadRecording> {
  const nothing = (): undefined => undefined;
  const sources = files.map((bytes) => (options.later === true ? laterSource(bytes) : new MemorySource(bytes)));
  try {
    // Walked twice: what it is must not change by that.
    const recording = await Recording.open({ sources, trees: [], openJitdump: nothing, openPerfMap: nothing, listPerfMaps: () => [] });
    const inFile = await linesOf(recording, true, options.windowSize);
    const byTime = await linesOf(recording, false, options.windowSize);
    if (!isDeepStrictEqual(inFile.recording, byTime.recording)) throw new Error(`the second walk says ${JSON.stringify(byTime.recording)}`);
    return { said: { ...inFile.recording, records: inFile.records }, byTime: byTime.records };
  } catch (error) {
    if (error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA') return { said: { notARecording: true }, byTime: [] };
    throw error;
  }
}

async function linesOf(recording: Recording, fileOrder: boolean, windowSize: number | undefined): Promise<{ readonly recording: JsonObject; readonly records: Json[] }> {
  const records: Json[] = [];
  let about: JsonObject = {};
  await writeRecordingJson(recording, { fileOrder, withBytes: true, ...(windowSize !== undefined && { windowSize }) }, (value) => {
    // As text and back, so that what is undefined is gone.
    const line = JSON.parse(JSON.stringify(value)) as JsonObject;
    if (line['recording'] === undefined) records.push(line);
    else about = line['recording'] as JsonObject;
  });
  return { recording: about, records };
}

function laterSource(bytes: Uint8Array): ByteSource {
  const memory = new MemorySource(bytes);
  return { size: bytes.length, read: async (offset, length) => memory.read(offset, length) };
}
