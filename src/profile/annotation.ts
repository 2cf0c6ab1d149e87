// What annotate shows of functions: where in them samples were taken, their code, and which source lines it was made of. Counted in one
// walk of the recording; code, lines and source are fetched for the functions that somebody asks for.

import { MAX_ANNOTATED_CODE, MAX_SOURCE_FILE } from '../bytes/limits.ts';
import { decodeText } from '../bytes/text.ts';
import type { Module } from '../process/module.ts';
import type { TreeFile } from '../symbols/file-tree.ts';
import type { CodeLack, CodeSearch, ModuleCode } from '../symbols/module-code.ts';
import type { ModuleLoader } from '../symbols/module-loader.ts';
import type { LinePlace, SourceLines } from '../symbols/source-lines.ts';
import { reasonOf, type MissingReason } from '../symbols/search-trail.ts';
import { AddressCounts, type EventCounts } from './address-counts.ts';
import type { Pipeline, RecordingVisitor } from './pipeline.ts';
import type { RecordingInput } from './recording.ts';
import { stackFrame, type StackFrame } from './stack-frame.ts';

/** The samples of one event that were taken in a function. */
export interface FunctionCounts {
  /** Index in Annotation.events. */
  readonly event: number;
  readonly samples: number;
  readonly period: number;
  /** Distinct places, ascending: bytes from the function's start, and what was counted at each. */
  readonly places: readonly { readonly offset: number; readonly samples: number; readonly period: number }[];
}

/** A function of the recording. */
export interface AnnotatedFunction {
  readonly frame: StackFrame;
  /** Index in its module's symbol table. */
  readonly symbol: number;
  /** Those events that have samples in it; none where it is only on stacks. */
  readonly counts: readonly FunctionCounts[];
}

/**
 * Why a function's instructions cannot be shown. `bpf`: it was compiled in the kernel. `perf-map`: names only. `overwritten`: CPython's own
 * code, whose bytes in the jitdump are not those that ran (JITDUMP 3). `jitdump`: it is not there any more, or cut.
 */
export interface MissingCode {
  readonly why: CodeLack | 'bpf' | 'perf-map' | 'overwritten' | 'jitdump';
  readonly module: Module | undefined;
  /** Of 'not-found'. */
  readonly reason: MissingReason;
}

/** Samples in a module that no symbol names. */
export interface UnnamedSamples {
  readonly module: Module;
  readonly samples: number;
  readonly reason: MissingReason;
}

/** An event with its totals. */
export interface AnnotatedEvent {
  readonly name: string;
  readonly samples: number;
  readonly period: number;
}

/** Records between two times that a reading may be paused. */
const STRETCH = 4096;

/** How a recording is walked for an annotation. */
export interface AnnotateOptions {
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Which samples count; all if left out. */
  readonly accepts?: RecordingVisitor['accepts'] | undefined;
  /** Called between stretches of records; what it gives is waited for, and what that throws ends the reading. */
  readonly pause?: (() => Promise<void> | undefined) | undefined;
}

const NOWHERE: LinePlace = { path: '', line: 0 };

/** Where in its functions a recording's samples were taken: what `Recording.annotate` gives. */
export class Annotation {
  readonly events: readonly AnnotatedEvent[];
  /** Every named function that was sampled or is on a stack; the one with most samples of the first event first. */
  readonly functions: readonly AnnotatedFunction[];
  /** The module with most samples that have no name; undefined where all have one. */
  readonly unnamed: UnnamedSamples | undefined;
  readonly #pipeline: Pipeline;
  readonly #loader: ModuleLoader;
  readonly #openJitdump: RecordingInput['openJitdump'];
  /** By module id. */
  readonly #sources = new Map<number, SourceLines | undefined>();
  readonly #texts = new Map<string, readonly string[] | undefined>();

  private constructor(pipeline: Pipeline, loader: ModuleLoader, openJitdump: RecordingInput['openJitdump'], counts: AddressCounts) {
    this.#pipeline = pipeline;
    this.#loader = loader;
    this.#openJitdump = openJitdump;
    const events = pipeline.file.events.events.map(({ name }, event) => ({ name, counted: counts.of(event) }));
    this.events = events.map(({ name, counted }) => ({ name, samples: counted.totalSamples, period: counted.totalPeriod }));
    const counted = events.map((event) => event.counted);
    this.functions = functionsOf(pipeline, counted);
    this.unnamed = unnamedIn(pipeline, counted);
  }

  /** Walks the recording. */
  static async of(pipeline: Pipeline, loader: ModuleLoader, openJitdump: RecordingInput['openJitdump'], options: AnnotateOptions = {}): Promise<Annotation> {
    const counts = new AddressCounts();
    const visitor: RecordingVisitor = { sample: (sample) => counts.add(sample), again: (event, location, period) => counts.again(event, location, period) };
    if (options.onProgress !== undefined) visitor.progress = options.onProgress;
    if (options.accepts !== undefined) visitor.accepts = options.accepts;
    while (await pipeline.run(visitor, options.pause === undefined ? Infinity : STRETCH)) await options.pause?.();
    return new Annotation(pipeline, loader, openJitdump, counts);
  }

  /** Of a walk that somebody else has made: every function that is named, without counts. */
  static afterWalk(pipeline: Pipeline, loader: ModuleLoader, openJitdump: RecordingInput['openJitdump']): Annotation {
    return new Annotation(pipeline, loader, openJitdump, new AddressCounts());
  }

  /** The function's bytes, or why there are none. */
  async code({ frame, symbol }: AnnotatedFunction): Promise<{ readonly code: ModuleCode } | { readonly code: undefined; readonly missing: MissingCode }> {
    const { module } = frame;
    const missing = (why: MissingCode['why'], reason: MissingReason = 'not-searched'): { readonly code: undefined; readonly missing: MissingCode } => ({ code: undefined, missing: { why, module, reason } });
    if (module === undefined) return missing('no-file');
    if (module.kind === 'bpf') return missing('bpf');
    if (module.kind === 'anonymous') return missing('perf-map');
    if (module.kind === 'jitdump') {
      if (frame.symbol.startsWith('py::')) return missing('overwritten');
      const code = await this.#jitCode(module, symbol);
      return code === undefined ? missing('jitdump') : { code };
    }
    const search: CodeSearch = module.isKernel ? await this.#kernelCode(module, frame) : await this.#loader.loadCode(module, frame.start, frame.end);
    return search.code !== undefined ? { code: search.code } : missing(search.lack, reasonOf(search.steps).reason);
  }

  #kernelCode(module: Module, { start, end, symbol }: StackFrame): CodeSearch | Promise<CodeSearch> {
    const contents = this.#pipeline.resolver.contents[module.id];
    return this.#loader.loadKernelCode(module, { start, end, name: symbol, fromStart: contents?.kind === 'file' && contents.loaded.countsFromStart === true });
  }

  async #jitCode(module: Module, symbol: number): Promise<ModuleCode | undefined> {
    const contents = this.#pipeline.resolver.contents[module.id];
    const source = contents?.kind === 'jitdump' ? await this.#openJitdump(module.path) : undefined;
    if (contents?.kind !== 'jitdump' || source === undefined) return undefined;
    const { code } = contents;
    const start = code.start(symbol);
    const offset = code.codeOffset(symbol);
    const length = Math.min(code.end(symbol) - start, MAX_ANNOTATED_CODE, source.size - offset);
    if (!(length > 0)) return undefined;
    return { bytes: (await source.read(offset, length)).slice(), address: start, machine: code.machine, littleEndian: true, coordinateOf: (address) => address };
  }

  /** The function that begins at, or holds, an address of some code; undefined where nothing names it. */
  nameAt({ frame }: AnnotatedFunction, code: ModuleCode, address: number): { readonly name: string; readonly offset: number } | undefined {
    const { module } = frame;
    const table = module === undefined ? undefined : this.#pipeline.resolver.frames.symbols[module.id];
    const coordinate = code.coordinateOf(address);
    const symbol = table === undefined || coordinate === undefined ? -1 : table.find(coordinate);
    return symbol < 0 ? undefined : { name: table!.name(symbol), offset: coordinate! - table!.start(symbol) };
  }

  /** Where a function begins in its file, or in memory where it is in none: as ModuleCode.address. */
  addressOf({ frame: { module, start } }: AnnotatedFunction): number {
    const contents = module === undefined ? undefined : this.#pipeline.resolver.contents[module.id];
    return contents?.kind === 'file' ? contents.loaded.fileOffsetToAddress(start) : start;
  }

  /** The source lines of addresses of a function's code, which `code` gave. */
  async lines({ frame, symbol }: AnnotatedFunction, addresses: readonly number[]): Promise<readonly LinePlace[]> {
    const { module } = frame;
    if (module === undefined) return addresses.map(() => NOWHERE);
    const contents = this.#pipeline.resolver.contents[module.id];
    if (contents?.kind === 'jitdump') {
      return addresses.map((address) => {
        const line = contents.code.line(symbol, address);
        return line === undefined ? NOWHERE : { path: line.file, line: line.line };
      });
    }
    if (!this.#sources.has(module.id)) this.#sources.set(module.id, await this.#loader.loadSource(module));
    const source = this.#sources.get(module.id);
    const lines: LinePlace[] = [];
    for (const address of addresses) {
      const line = source === undefined ? NOWHERE : source.lineAt(address);
      lines.push(line instanceof Promise ? await line : line);
    }
    return lines;
  }

  /** The lines of a source file, or undefined where it is not at hand. */
  async sourceText(path: string): Promise<readonly string[] | undefined> {
    if (!this.#texts.has(path)) this.#texts.set(path, await textOf(await this.#loader.openSourceFile(path)));
    return this.#texts.get(path);
  }

  /** Closes the files with debugging information: no lines can be asked for afterwards. */
  close(): void {
    for (const source of this.#sources.values()) source?.close();
    this.#sources.clear();
  }
}

async function textOf(file: TreeFile | undefined): Promise<readonly string[] | undefined> {
  if (file === undefined) return undefined;
  try {
    if (file.size > MAX_SOURCE_FILE) return undefined;
    const bytes = await file.read(0, file.size);
    return decodeText(bytes, 0, bytes.length).split(/\r?\n/);
  } finally {
    file.close?.();
  }
}

/** Of each location its event counts, gathered by function. */
function functionsOf({ resolver }: Pipeline, events: readonly EventCounts[]): AnnotatedFunction[] {
  const { locations, frames } = resolver;
  const byFrame = new Map<number, number[]>();
  for (let frame = 0; frame < frames.length; frame++) if (frames.symbol[frame]! >= 0) byFrame.set(frame, []);
  for (let location = 0; location < locations.length; location++) byFrame.get(locations.frame[location]!)?.push(location);
  const functions: AnnotatedFunction[] = [];
  for (const [frame, own] of byFrame) {
    own.sort((a, b) => locations.relative[a]! - locations.relative[b]!);
    const counts: FunctionCounts[] = [];
    for (const [event, { samples, period }] of events.entries()) {
      const places = own.filter((location) => location < samples.length && samples[location]! > 0).map((location) => ({
        offset: locations.relative[location]! - frames.start[frame]!,
        samples: samples[location]!,
        period: period[location]!,
      }));
      if (places.length === 0) continue;
      const sum = (what: 'samples' | 'period'): number => places.reduce((total, place) => total + place[what], 0);
      counts.push({ event, samples: sum('samples'), period: sum('period'), places });
    }
    functions.push({ frame: stackFrame(frames, frame), symbol: frames.symbol[frame]!, counts });
  }
  const weight = ({ counts }: AnnotatedFunction): number => counts[0]?.period ?? -1;
  return functions.sort((a, b) => (a.counts[0]?.event ?? Infinity) - (b.counts[0]?.event ?? Infinity) || weight(b) - weight(a) || 0);
}

function unnamedIn({ resolver }: Pipeline, events: readonly EventCounts[]): UnnamedSamples | undefined {
  const { locations, frames, contents } = resolver;
  const byModule = new Map<number, number>();
  for (let location = 0; location < locations.length; location++) {
    const frame = locations.frame[location]!;
    const module = frames.module[frame]!;
    if (module < 0 || frames.symbol[frame]! >= 0) continue;
    const samples = events.reduce((sum, event) => sum + (event.samples[location] ?? 0), 0);
    if (samples > 0) byModule.set(module, (byModule.get(module) ?? 0) + samples);
  }
  const [most] = [...byModule].sort((a, b) => b[1] - a[1]);
  if (most === undefined) return undefined;
  const found = contents[most[0]];
  return { module: frames.modules[most[0]]!, samples: most[1], reason: found?.kind === 'file' ? reasonOf(found.loaded.steps).reason : 'absent' };
}
