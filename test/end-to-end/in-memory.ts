// Recordings that are in memory with everything that belongs to them, opened and reported through the library: what the tests of
// damage, of chunking and of odd file systems share.

import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { baseName } from '../../src/bytes/recorded-path.ts';
import { MemorySource, type ByteSource } from '../../src/bytes/source.ts';
import { decodeText } from '../../src/bytes/text.ts';
import { TextBuffer } from '../../src/bytes/text-buffer.ts';
import { Recording } from '../../src/profile/recording.ts';
import { MemoryTree } from '../../src/symbols/file-tree.ts';
import { annotatedLines } from '../../src/views/annotate/annotate-text.ts';
import { annotatedRows } from '../../src/views/annotate/annotated-rows.ts';
import type { Disassembler } from '../../src/views/annotate/disassembler.ts';
import { headerLines } from '../../src/views/header.ts';
import { qualityLines } from '../../src/views/quality-text.ts';
import { writeReport } from '../../src/views/report/report.ts';
import { ScriptView } from '../../src/views/script/script-view.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

/** A recording and its files. Paths are recorded ones. */
export interface Parts {
  readonly recording: Uint8Array;
  /** Of a directory: its `data.N`. */
  readonly more?: readonly Uint8Array[];
  readonly files?: ReadonlyMap<string, Uint8Array>;
  readonly kallsyms?: Uint8Array | undefined;
  /** By base name. */
  readonly jitdumps?: ReadonlyMap<string, Uint8Array>;
  readonly perfMaps?: ReadonlyMap<number, Uint8Array>;
  readonly ignoreCase?: boolean;
  /** How the bytes of all of them are read; at once and in one piece where it gives none. */
  readonly source?: (bytes: Uint8Array) => ByteSource | undefined;
}

export async function openInMemory(parts: Parts): Promise<Recording> {
  const { files = new Map<string, Uint8Array>(), jitdumps, perfMaps, ignoreCase = false } = parts;
  const sourceOf = (bytes: Uint8Array | undefined): ByteSource | undefined =>
    bytes === undefined ? undefined : (parts.source?.(bytes) ?? new MemorySource(bytes));
  const tree = new MemoryTree('symfs', files, ignoreCase);
  const wrapped = { name: tree.name, open: (path: string) => sourceOf(bytesOf(tree.open(path))), list: (path: string) => tree.list(path) };
  return Recording.open({
    sources: [parts.recording, ...(parts.more ?? [])].map((bytes) => sourceOf(bytes)!),
    trees: [wrapped],
    kallsyms: sourceOf(parts.kallsyms),
    openJitdump: (path) => sourceOf(jitdumps?.get(baseName(path))),
    openPerfMap: (pid) => sourceOf(perfMaps?.get(pid)),
    listPerfMaps: () => [...(perfMaps?.keys() ?? [])],
  });
}

function bytesOf(source: ByteSource | undefined): Uint8Array | undefined {
  return source?.read(0, source.size) as Uint8Array | undefined;
}

/** The report with call graphs, the header, and what is said of the data. */
export async function reportOf(parts: Parts): Promise<{ readonly text: string; readonly notes: readonly string[]; readonly samples: number }> {
  const recording = await openInMemory(parts);
  const { profile, quality } = await recording.profile();
  let text = [...headerLines(recording.file, { full: true })].join('\n');
  writeReport(profile, {}, (piece) => (text += piece));
  return { text, notes: qualityLines(quality, recording.damage), samples: quality.samples };
}

/** What `perfts script` prints. */
export async function scriptOf(parts: Parts): Promise<string> {
  const recording = await openInMemory(parts);
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false });
  const text = new TextBuffer();
  const options = { fields: [], hideCallGraph: false, nanoseconds: false, times: 'absolute' } as const;
  const view = new ScriptView(recording.file, pipeline.resolver, options, text);
  await pipeline.run({ sample: (sample, raw, record) => view.sample(sample, raw, record) });
  return decodeText(text.content, 0, text.length);
}

/** Every function with samples as `perfts annotate` shows it, and how many samples its rows hold beside how many it has. */
export async function annotateOf(parts: Parts, disassembler: Disassembler | undefined): Promise<{ readonly text: string; readonly inRows: number; readonly samples: number }> {
  const annotation = await (await openInMemory(parts)).annotate();
  let [text, inRows, samples] = ['', 0, 0];
  for (const fn of annotation.functions.filter(({ counts }) => counts.length > 0)) {
    const annotated = await annotatedRows(annotation, fn, disassembler, true);
    for (const [i, counts] of fn.counts.entries()) {
      samples += counts.samples;
      for (const row of annotated.rows) inRows += row.samples[i]!;
    }
    for (const line of annotatedLines(annotation, annotated, { column: 'percent', percentType: 'local-period', lineSummary: true, fullPaths: false, color: false })) text += line;
  }
  annotation.close();
  return { text, inRows, samples };
}

export function testdata(path: string): Uint8Array {
  return new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata', path)));
}

/** Every file below a folder, by its path in it. */
function filesBelow(folder: string, path = ''): [string, Uint8Array][] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const inner = `${path}/${name}`;
    return statSync(join(folder, inner)).isDirectory() ? filesBelow(folder, inner) : [[inner, new Uint8Array(readFileSync(join(folder, inner)))] as [string, Uint8Array]];
  });
}

/** The demo recording with all that belongs to it. */
export function demoParts(): Parts & { readonly files: Map<string, Uint8Array> } {
  return {
    recording: testdata('demo/perf.data'),
    files: new Map(filesBelow(join(PROJECT_ROOT, 'testdata/demo/symfs'))),
    kallsyms: testdata('demo/symfs/kallsyms'),
    jitdumps: new Map([['jit-30191.dump', testdata('demo/jit-30191.dump')]]),
  };
}

/** The files in testdata/damage: inputs that once went wrong. */
export function damagedFiles(): string[] {
  const folder = join(PROJECT_ROOT, 'testdata/damage');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}
