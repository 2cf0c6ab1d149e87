// What the page shows, made of a recording: the same walk as every export's, with the samples as columns, both views of each stack, the
// source that is at hand, and the code of the hottest functions where a disassembler is given.

import { Export } from '../../formats/export.ts';
import type { ExportFormat, ExportTables, FormatWriter } from '../../formats/format.ts';
import type { Annotation } from '../../profile/annotation.ts';
import type { DerivedTime } from '../../profile/off-cpu/derived-events.ts';
import type { Recording } from '../../profile/recording.ts';
import type { Disassembler } from '../../views/annotate/disassembler.ts';
import { qualityLines } from '../../views/quality-text.ts';
import { codeOf } from './page-code.ts';
import { hottestFunctions } from './hottest-functions.ts';
import type { PageCode, PageData, PageSource } from './page-data.ts';
import { SampleColumns } from './sample-columns.ts';
import { sourcesOf } from './page-sources.ts';

/** How it is made. */
export interface PageDataOptions {
  /** The recording's file name, for people. */
  readonly name: string;
  /** When the file was written last. */
  readonly modified?: Date | undefined;
  readonly maxStack?: number | undefined;
  /** Whether inlined calls are frames of their own; true if left out. */
  readonly inlines?: boolean | undefined;
  /** What is counted instead of the recorded events: waits, all time; a field of the samples instead of their periods. */
  readonly derived?: DerivedTime | undefined;
  readonly weightField?: string | undefined;
  /** Whether the text of source files is taken along; true if left out. */
  readonly sources?: boolean | undefined;
  /** For instructions; without it there are none. Asked when the recording was read. */
  readonly disassembler?: (() => Promise<Disassembler | undefined>) | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** The recording may be closed afterwards. @throws what Recording.pipeline's walk throws. */
export async function makePageData(recording: Recording, options: PageDataOptions): Promise<PageData> {
  const samples = new SampleColumns();
  let tables: ExportTables | undefined;
  const format: ExportFormat = {
    byAddress: true,
    make: (shared): FormatWriter => {
      tables = shared;
      return { sample: (row) => samples.add(row), finish: () => {} };
    },
  };
  const made = new Export(format, { producer: '' }, { write: () => {} });
  let sources: readonly PageSource[] = [];
  let code: readonly PageCode[] = [];
  const { name, modified, maxStack, inlines, derived, weightField, disassembler, onProgress } = options;
  const whenWalked = async (annotation: Annotation): Promise<void> => {
    const hottest = hottestFunctions(tables!, samples.finish());
    if (options.sources !== false) sources = await sourcesOf(annotation, hottest);
    const loaded = await disassembler?.();
    if (loaded !== undefined) code = await codeOf(annotation, tables!.code, hottest, loaded);
  };
  await made.add({ recording, name, labels: new Map(), modified }, {
    python: 'both', frameQuality: true, maxStack, inlines, derived, weightField, whenWalked, ...(onProgress !== undefined && { onProgress }),
  });
  await made.finish();
  return dataOf(tables!, samples, qualityLines(made.quality[0]!, recording.damage), sources, code);
}

function dataOf(tables: ExportTables, samples: SampleColumns, quality: readonly string[], sources: readonly PageSource[], code: readonly PageCode[]): PageData {
  // It adds to the tree and to the places.
  const python = tables.pythonNodes?.();
  const { code: table, stacks } = tables;
  const nodes = stacks.length;
  const described = tables.recordings[0]!;
  const first = samples.firstTime;
  return {
    origin: {
      name: described.name,
      host: described.hostName,
      architecture: described.architecture,
      cpu: described.cpu,
      cpus: described.cpus,
      kernel: described.kernel,
      command: described.command,
      started: isoTime(first === undefined ? undefined : described.wallTime(first)),
    },
    events: tables.events.map(({ name, unit }, event) => ({ name, unit, samples: samples.totals[event]?.samples ?? 0, period: samples.totals[event]?.period ?? 0 })),
    threads: samples.threads,
    modules: table.modules,
    functions: table.functions,
    places: {
      length: table.length,
      function: table.function.slice(0, table.length),
      address: table.address.slice(0, table.length),
      // Damaged line programs count beyond what the column holds.
      line: table.line.slice(0, table.length).map((line) => Math.max(line, 0)),
      outer: table.outer.slice(0, table.length),
    },
    stacks: { length: nodes, parent: stacks.parent.slice(0, nodes), place: stacks.frame.slice(0, nodes), python: python === undefined ? undefined : sized(python, nodes) },
    samples: samples.finish(),
    quality,
    sources,
    code,
  };
}

/** Nodes behind its end are no sample's whole stack. */
function sized(column: Int32Array, length: number): Int32Array {
  const all = new Int32Array(length);
  all.set(column.subarray(0, length));
  return all;
}

/** Of ns since 1970; '' for what no calendar has. */
function isoTime(wall: bigint | undefined): string {
  if (wall === undefined) return '';
  const date = new Date(Number(wall / 1_000_000n));
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
