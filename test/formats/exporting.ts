// Recordings in memory exported to memory, and what `perfts script` and the report say of them, to compare.

import type { ExportInput, ExportWalk } from '../../src/formats/export.ts';
import { Export } from '../../src/formats/export.ts';
import type { FormatOptions } from '../../src/formats/format.ts';
import { FORMATS } from '../../src/formats/formats.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import type { Recording } from '../../src/profile/recording.ts';
import { demoParts, openInMemory, testdata, type Parts } from '../end-to-end/in-memory.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';

/** The demo: 491 samples of a Python program, unwound from dumps. */
export function demo(): Promise<Recording> {
  return openInMemory(demoParts());
}

/** A recording of testdata/perfdata without anything that belongs to it. */
export function plain(name: string): Promise<Recording> {
  return openInMemory({ recording: testdata(`perfdata/${name}.data`) });
}

/** Three levels of calls inlined into shuffle, two into through_wrappers: testdata/dwarf/lines/gcc5.so. Four stacks, again and again. */
export function inlinedParts(times = 1): Parts {
  const base = 0x400000;
  const [step, mix, wrapped, uses] = [base + 0x411, base + 0x425, base + 0x3a7, base + 0x727];
  const made = new MadeRecording();
  made.comm(9, 'app', 10).mmap(9, { start: base, length: 0x1000, path: '/opt/app.so' }, 20);
  for (let time = 100; time <= times * 100; time += 100) {
    made.sample(9, [step, wrapped, uses], time, 6).sample(9, [step + 0xb, wrapped, uses], time + 1, 2).sample(9, [mix, wrapped, uses], time + 2, 1).sample(9, [uses], time + 3, 1);
  }
  return { recording: made.bytes(), files: new Map([['/opt/app.so', testdata('dwarf/lines/gcc5.so')]]) };
}

export function inputOf(recording: Recording, labels: Readonly<Record<string, string>> = {}, name = 'perf.data'): ExportInput {
  return { recording, name, labels: new Map(Object.entries(labels)), modified: new Date('2026-11-20T12:00:00Z') };
}

/** The file that a format makes of recordings. */
export async function exported(format: string, inputs: readonly ExportInput[], walk: ExportWalk = {}, options: Partial<FormatOptions> = {}): Promise<Uint8Array> {
  const sink = new MemorySink();
  const made = new Export(await FORMATS.find(({ name }) => name === format)!.load(), { producer: 'perfts test', ...options }, sink);
  for (const input of inputs) await made.add(input, walk);
  await made.finish();
  return sink.bytes.slice();
}

export async function exportedText(...words: Parameters<typeof exported>): Promise<string> {
  return new TextDecoder('utf-8', { fatal: true }).decode(await exported(...words));
}

/** A sample as the library hands it out, with what exports show of it. */
export interface PlainSample {
  readonly event: string;
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly period: number;
  /** Names, the outermost first; of what has none the module's in brackets. Chains of frame pointers without the garbage behind their end. */
  readonly names: readonly string[];
  readonly end: string | undefined;
}

/** Every sample by the library's own walk, which shares nothing with formats/ but the pipeline. No inlined calls. */
export async function plainSamples(recording: Recording): Promise<PlainSample[]> {
  const samples: PlainSample[] = [];
  for await (const { event, comm, pid, tid, period, frames, end } of recording.samples()) {
    const kept = [...frames];
    while (end === undefined && kept.length > 1 && kept.at(-1)!.module === '' && !kept.at(-2)!.isKernel) kept.pop();
    const names = kept.map(({ name, module }) => (name !== '' ? name : module === '' ? '[unknown]' : `[${module.replace(/^.*\//, '').replace(/^\[(.*)\]$/, '$1')}]`));
    samples.push({ event, comm, pid, tid, period, names: names.reverse(), end });
  }
  return samples;
}

/** A symbol as formats without a place for the file show it: `bill (shop.py)`, `loads (json/__init__.py)`. */
export function shown(symbol: string): string {
  const [, name, path] = /^py::([^:]*):(.*)$/.exec(symbol) ?? [];
  return name === undefined ? symbol : `${name} (${/[^/]+\/__init__\.py$/.exec(path!)?.[0] ?? path!.replace(/^.*\//, '')})`;
}
