// How good a recording's data is: what the block after a report says, with the record option that would mend it (DESIGN 13, 14;
// USERS 5). Counts only; the sentences are in views/quality-text.ts.

import { STOP_REASON_NAMES, StopReason } from '../unwind/stop-reason.ts';
import { grown } from '../bytes/sorted.ts';
import type { Module } from '../process/module.ts';
import type { CodeMap } from './code-map.ts';
import { FrameFlag, type FrameTable } from './frame-table.ts';
import type { LocationTable } from './location-table.ts';
import { StackSource, type ResolvedSample } from './resolved-sample.ts';

/** A module in which samples lie that nothing could name. */
export interface UnnamedModule {
  readonly module: Module;
  /** Frames in it without a name, over all samples. */
  readonly frames: number;
  /** Whether its file was found (and only names are missing). */
  readonly found: boolean;
}

/** How good the data of a recording is, in counts of samples and stacks. */
export interface QualityReport {
  readonly samples: number;
  /** Events that the kernel could not write, as it counted them. */
  readonly lost: number;
  readonly kernelSamples: number;
  /** Stacks unwound from dumps: those that reached the root, and the others by reason. */
  readonly unwound: number;
  readonly complete: number;
  /** By the names of unwind/stop-reason.ts, largest first. */
  readonly cut: readonly { readonly reason: string; readonly stacks: number }[];
  /** Of the stacks that ended with the dump: how many had a dump of the full size asked for, and that size in bytes. */
  readonly fullDumps: number;
  readonly dumpAsked: number;
  /** User chains walked by the kernel, and those of them that end in addresses of no code. */
  readonly chains: number;
  readonly chainsWithTail: number;
  /** Samples of processes that run Python, those with a Python function in the stack, and those with trampolines nobody names. */
  readonly python: number;
  readonly pythonNamed: number;
  readonly namelessTrampolines: number;
  /** Whether a jitdump or perf map was there for one of the Python processes. */
  readonly pythonSupport: boolean;
  /** Average number of user frames in chains of Python processes. */
  readonly pythonChainDepth: number;
  readonly unnamed: readonly UnnamedModule[];
}

const PYTHON = /^(python[23](\.\d+)?|libpython[23]\.\d+.*)$/;
/** Beyond these nobody wrote a trampoline name: the name of a Python function begins so. */
const PYTHON_NAME = 'py::';

export class Quality {
  #samples = 0;
  lost = 0;
  #kernelSamples = 0;
  #unwound = 0;
  readonly #reasons = new Float64Array(STOP_REASON_NAMES.length);
  #fullDumps = 0;
  #dumpAsked = 0;
  #chains = 0;
  #chainsWithTail = 0;
  #python = 0;
  #pythonNamed = 0;
  #nameless = 0;
  #pythonFrames = 0;
  #pythonChains = 0;
  // By frame: bits of what it is, made when first asked for; and how often an unnamed one was met, by module.
  #frameKinds = new Uint8Array(1024);
  readonly #unnamed: number[] = [];
  readonly #frames: FrameTable;
  readonly #locations: LocationTable;
  readonly #code: CodeMap;

  constructor(frames: FrameTable, locations: LocationTable, code: CodeMap) {
    this.#frames = frames;
    this.#locations = locations;
    this.#code = code;
  }

  /** Counts a sample. */
  add(sample: ResolvedSample): void {
    this.#samples++;
    if (sample.mode === 1) this.#kernelSamples++;
    let kinds = 0;
    const frameOf = this.#locations.frame;
    for (let i = 0; i < sample.depth; i++) {
      const frame = frameOf[sample.locations[i]!]!;
      const kind = this.#kind(frame);
      kinds |= kind;
      if ((kind & Kind.Unnamed) !== 0) {
        const module = this.#frames.module[frame]!;
        this.#unnamed[module] = (this.#unnamed[module] ?? 0) + 1;
      }
    }
    if (sample.depth === 0 && sample.leaf >= 0) kinds |= this.#kind(frameOf[sample.leaf]!);
    const python = (kinds & (Kind.Python | Kind.PythonFunction | Kind.Nameless)) !== 0;
    if (python) this.#python++;
    if ((kinds & Kind.PythonFunction) !== 0) this.#pythonNamed++;
    else if ((kinds & Kind.Nameless) !== 0) this.#nameless++;
    if (sample.source === StackSource.Unwound) this.#addUnwound(sample);
    else if (sample.source === StackSource.FramePointers) {
      this.#chains++;
      const last = frameOf[sample.locations[sample.depth - 1]!]!;
      if (sample.depth - sample.kernelDepth > 1 && this.#frames.module[last] === -1) this.#chainsWithTail++;
      if (python) {
        this.#pythonChains++;
        this.#pythonFrames += sample.depth - sample.kernelDepth;
      }
    }
  }

  #addUnwound(sample: ResolvedSample): void {
    this.#unwound++;
    this.#reasons[sample.stop]!++;
    if (sample.dumpAsked > this.#dumpAsked) this.#dumpAsked = sample.dumpAsked;
    if (sample.stop === StopReason.DumpExhausted && sample.dumpSize >= sample.dumpAsked) this.#fullDumps++;
  }

  #kind(frame: number): number {
    while (frame >= this.#frameKinds.length) this.#frameKinds = grown(this.#frameKinds);
    return this.#frameKinds[frame]! || (this.#frameKinds[frame] = this.#kindOf(frame));
  }

  #kindOf(frame: number): number {
    const frames = this.#frames;
    if ((frames.flags[frame]! & FrameFlag.NamelessJit) !== 0) return Kind.Known | Kind.Nameless;
    const id = frames.module[frame]!;
    if (id < 0) return Kind.Known;
    const module = frames.modules[id]!;
    const unnamed = frames.symbol[frame]! < 0 ? Kind.Unnamed : 0;
    if (module.kind === 'jitdump' || module.kind === 'anonymous') {
      return Kind.Known | unnamed | (frames.name(frame).startsWith(PYTHON_NAME) ? Kind.PythonFunction : 0);
    }
    return Kind.Known | unnamed | (PYTHON.test(module.shortName) ? Kind.Python : 0);
  }


  report(): QualityReport {
    const cut = STOP_REASON_NAMES.map((reason, index) => ({ reason, stacks: index === StopReason.Root ? 0 : this.#reasons[index]! }));
    const unnamed = this.#unnamed
      .map((frames, id) => ({ module: this.#frames.modules[id]!, frames, found: this.#found(id) }))
      .filter((entry) => entry !== undefined)
      .sort((a, b) => b.frames - a.frames);
    return {
      samples: this.#samples,
      lost: this.lost,
      kernelSamples: this.#kernelSamples,
      unwound: this.#unwound,
      complete: this.#reasons[StopReason.Root]!,
      cut: cut.filter((entry) => entry.stacks > 0).sort((a, b) => b.stacks - a.stacks),
      fullDumps: this.#fullDumps,
      dumpAsked: this.#dumpAsked,
      chains: this.#chains,
      chainsWithTail: this.#chainsWithTail,
      python: this.#python,
      pythonNamed: this.#pythonNamed,
      namelessTrampolines: this.#nameless,
      pythonSupport: this.#code.contents.some((contents) => contents?.kind === 'jitdump' || this.#isPythonMap(contents)),
      pythonChainDepth: this.#pythonChains === 0 ? 0 : this.#pythonFrames / this.#pythonChains,
      unnamed,
    };
  }

  #isPythonMap(contents: CodeMap['contents'][number]): boolean {
    return contents?.kind === 'symbols' && contents.symbols !== undefined && contents.symbols.length > 0 && contents.symbols.name(0).startsWith(PYTHON_NAME);
  }

  #found(id: number): boolean {
    const contents = this.#code.contents[id];
    return contents?.kind === 'file' ? contents.loaded.found !== 'missing' : contents !== undefined;
  }
}

/** What a frame tells of its recording. `Known` is always set: 0 is "not asked yet". */
const Kind = { Known: 1, Unnamed: 2, Python: 4, PythonFunction: 8, Nameless: 16 } as const;
