// The list of formats, each loaded when it is asked for.

import type { ExportFormatName } from './export-recordings.ts';
import type { ExportFormat } from './format.ts';

/** A format before it is loaded. */
export interface FormatEntry {
  readonly name: ExportFormatName;
  /** For help: what reads it. */
  readonly summary: string;
  /** Not for a terminal. */
  readonly isBinary: boolean;
  readonly load: () => Promise<ExportFormat>;
}

/** Every format by its name. */
export const FORMATS: readonly FormatEntry[] = [
  { name: 'firefox', summary: 'for profiler.firefox.com', isBinary: false, load: async () => (await import('./firefox.ts')).firefox },
  { name: 'pprof', summary: 'for go tool pprof and what reads its files (gzipped)', isBinary: true, load: async () => (await import('./pprof.ts')).pprof },
  { name: 'collapsed', summary: 'stacks as lines, for flame graph programs', isBinary: false, load: async () => (await import('./collapsed.ts')).collapsed },
  { name: 'speedscope', summary: 'for speedscope.app', isBinary: false, load: async () => (await import('./speedscope.ts')).speedscope },
  { name: 'perfetto', summary: 'for ui.perfetto.dev, version 58 and later', isBinary: true, load: async () => (await import('./perfetto.ts')).perfetto },
  { name: 'otlp', summary: 'OpenTelemetry profiles of opentelemetry-proto 1.11.0 (experimental)', isBinary: true, load: async () => (await import('./otlp.ts')).otlp },
  { name: 'csv', summary: 'a line for each sample', isBinary: false, load: async () => (await import('./rows.ts')).csv },
  { name: 'jsonl', summary: 'an object for each sample', isBinary: false, load: async () => (await import('./rows.ts')).jsonLines },
  { name: 'parquet', summary: 'a table of samples; with --dataset a part of a large one', isBinary: true, load: async () => (await import('./parquet.ts')).parquet },
];
