// A vector: a recording (or jitdump, or perf map) with what it shows, and its files on disk.

import { type JsonObject, prettyJson } from './json.ts';
import { type BuiltJitdump, buildJitdump, type JitdumpSpec } from './jitdump.ts';
import { type ByteOrder, textBytes } from './packer.ts';
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

/** A jitdump in both byte orders. */
export function jitdumpTwins(description: Description, jitdump: JitdumpSpec | (() => JitdumpSpec)): Vector[] {
  const spec = typeof jitdump === 'function' ? jitdump() : jitdump;
  const named = (suffix: string): Description => ({ ...description, name: description.name + suffix });
  return [littleJitdump(named('-le'), spec), bigJitdump(named('-be'), spec)];
}

export function littleJitdump(description: Description, spec: JitdumpSpec): Vector {
  return jitdumpOf(description, buildJitdump('little', spec));
}

export function bigJitdump(description: Description, spec: JitdumpSpec): Vector {
  return jitdumpOf(description, buildJitdump('big', spec));
}

function jitdumpOf(description: Description, { bytes, expect, departures }: BuiltJitdump): Vector {
  return { ...description, files: new Map([[`${description.name}.dump`, bytes]]), expect, departures };
}

/** A jitdump that is none, or that says nothing. */
export function brokenJitdump(description: Description, bytes: Iterable<number>, severity: Departure['severity'] = 'error'): Vector {
  const files = new Map([[`${description.name}.dump`, Uint8Array.from(bytes)]]);
  return { ...description, files, expect: { notAJitdump: true }, departures: [{ clause: description.clauses[0]!, offset: 0, severity }] };
}

/** A perf map; `symbols`: address, size and name by address, `lookups`: address and name, `damaged`: offset and clause. */
export function perfMap(
  description: Description, text: string, symbols: readonly (readonly [string, number, string])[], lookups: readonly (readonly [string, string | null])[], damaged: readonly (readonly [number, string])[] = [],
): Vector {
  const expect = { symbols: symbols.map(([start, size, name]) => ({ start, size: String(size), name })), lookups: lookups.map(([address, name]) => ({ address, name })) };
  const departures = damaged.map(([offset, clause]) => ({ clause, offset, severity: 'error' as const }));
  return { ...description, files: new Map([[`${description.name}.map`, textBytes(text)]]), expect, departures };
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
