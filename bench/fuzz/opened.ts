// An input as a recording that is open, with everything that belongs to it in memory.

import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import { baseName } from '../../src/bytes/recorded-path.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { OrderedRecords, type OrderOptions } from '../../src/perfdata/ordered-records.ts';
import { openPerfData, type PerfDataFile } from '../../src/perfdata/perf-data-file.ts';
import { Recording } from '../../src/profile/recording.ts';
import { MemoryTree } from '../../src/symbols/file-tree.ts';
import type { InputFiles } from './inputs.ts';

/** The files of the recording itself. */
export function sourcesOf(files: InputFiles): MemorySource[] {
  const sources: MemorySource[] = [];
  for (let i = 0; ; i++) {
    const bytes = files.get(i === 0 ? 'recording' : `recording.${i}`);
    if (bytes === undefined) return sources;
    sources.push(new MemorySource(bytes));
  }
}

/** Throws PERFTS_NOT_PERF_DATA as every command would. */
export async function opened(files: InputFiles): Promise<Recording> {
  const sourceOf = (name: string): MemorySource | undefined => {
    const bytes = files.get(name);
    return bytes === undefined ? undefined : new MemorySource(bytes);
  };
  const named = (prefix: string): [string, Uint8Array][] => [...files].filter(([name]) => name.startsWith(prefix)).map(([name, bytes]) => [name.slice(prefix.length), bytes]);
  return Recording.open({
    sources: sourcesOf(files),
    trees: [new MemoryTree('tree', new Map(named('file:')))],
    kallsyms: sourceOf('kallsyms'),
    openJitdump: (path) => sourceOf(`jitdump:${baseName(path)}`),
    openPerfMap: (pid) => sourceOf(`map:${pid}`),
    listPerfMaps: () => named('map:').map(([pid]) => Number(pid)),
  });
}

/** The records alone, without a Recording around them. */
export function openedRecords(files: InputFiles, order: OrderOptions): { readonly file: PerfDataFile; readonly records: OrderedRecords; readonly diagnostics: Diagnostics } {
  const diagnostics = new Diagnostics();
  const sources = sourcesOf(files);
  const file = perform(sources[0]!, openPerfData(sources[0]!.size, diagnostics)) as PerfDataFile;
  return { file, records: new OrderedRecords(sources, file, diagnostics, order), diagnostics };
}

/** Text that is looked at and dropped: its length counts. */
export class Sink {
  length = 0;

  write(text: string): void {
    this.length += text.length;
  }

  writeBytes(bytes: Uint8Array): void {
    this.length += bytes.length;
  }
}
