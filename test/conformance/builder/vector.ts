// A vector: a recording (or jitdump, or perf map) with what it shows, and its files on disk.

import { type JsonObject, prettyJson } from './json.ts';
import type { ByteOrder } from './packer.ts';
import { buildRecording, type Built, type Departure, type RecordingSpec } from './recording.ts';

export interface Vector {
  /** Of its files, without their ends. */
  readonly name: string;
  /** One sentence: what it shows. */
  readonly about: string;
  /** Of SPEC.md. */
  readonly clauses: readonly string[];
  /** By path below testdata/conformance. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly expect: JsonObject;
  readonly departures: readonly Departure[];
}

/** What one file of a family describes. */
export interface Description {
  readonly name: string;
  readonly about: string;
  readonly clauses: readonly string[];
}

/** In both byte orders, as NAME-le and NAME-be. */
export function twins(description: Description, recording: RecordingSpec | ((order: ByteOrder) => RecordingSpec)): Vector[] {
  return [little(description, recording, '-le'), big(description, recording, '-be')];
}

/** Where the byte order changes nothing that is shown. */
export function little(description: Description, recording: RecordingSpec | ((order: ByteOrder) => RecordingSpec), suffix = ''): Vector {
  return vectorOf(description, suffix, buildRecording('little', typeof recording === 'function' ? recording('little') : recording));
}

export function big(description: Description, recording: RecordingSpec | ((order: ByteOrder) => RecordingSpec), suffix = ''): Vector {
  return vectorOf(description, suffix, buildRecording('big', typeof recording === 'function' ? recording('big') : recording));
}

/** What no reader takes for a recording. `offset`: where that shows. */
export function broken(description: Description, bytes: Iterable<number>, offset: number): Vector {
  const files = new Map([[`${description.name}.perf.data`, Uint8Array.from(bytes)]]);
  return { ...description, files, expect: { notARecording: true }, departures: [{ clause: description.clauses[0]!, offset, severity: 'error' }] };
}

function vectorOf(description: Description, suffix: string, built: Built): Vector {
  const name = description.name + suffix;
  const files = new Map([...built.files].map(([file, bytes]) => [file === '' ? `${name}.perf.data` : `${name}.perf.data/${file}`, bytes]));
  return { ...description, name, files, expect: built.expect, departures: built.departures };
}

/** NAME.json. */
export function vectorJson(vector: Vector, origin = 'built'): string {
  const { about, clauses, expect, departures } = vector;
  return `${prettyJson({ about, origin, clauses, expect, departures: departures.map((each) => ({ ...each })) })}\n`;
}
