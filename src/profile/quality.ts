// How good a recording's data is: what the block after a report says, with the record option that would mend it (DESIGN 13, 14;
// USERS 5). Counts only; the sentences are in views/quality-text.ts.

import { GUESS_NAMES } from '../unwind/guess.ts';
import { STOP_REASON_NAMES, StopReason } from '../unwind/stop-reason.ts';
import type { Module } from '../process/module.ts';
import { type MissingReason, reasonOf } from '../symbols/search-trail.ts';
import type { SearchStep } from '../symbols/search-step.ts';
import type { CodeMap } from './code-map.ts';
import { FrameFlag, type FrameTable } from './frame-table.ts';
import { CpuMode, type Profile } from './profile.ts';
import { JOIN_DOUBTFUL, StackSource, type ResolvedSample } from './resolved-sample.ts';
import { type DumpAdvice, type StackDepthCounts, StackDepths } from './stack-depths.ts';

/** A module in which samples lie that nothing could name. */
export interface UnnamedModule {
  readonly module: Module;
  /** Frames in it without a name, over all samples. */
  readonly frames: number;
  /** Whether its file was found (and only names are missing). */
  readonly found: boolean;
  /** What became of the search for its file. */
  readonly reason: MissingReason;
}

/** How much of a recording lies in a module. */
export interface ModuleUse {
  readonly module: Module;
  /** Samples that were taken in it. */
  readonly samples: number;
  /** Frames in it, over the stacks of all samples; without stacks its samples. */
  readonly frames: number;
  /** Of these: frames without a name. */
  readonly unnamed: number;
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
  /** With --stitch, of the stacks that ended with the dump: joined onto whole ones, and those for which several would do. */
  readonly joined: number;
  readonly joinDoubtful: number;
  /** Stacks with frames that were found by a guess, by the names of unwind/guess.ts, largest first. */
  readonly guessed: readonly { readonly kind: string; readonly stacks: number }[];
  /** User chains walked by the kernel. */
  readonly chains: number;
  /** Stacks whose outermost frame lies in no mapping: the end of frame pointers (DESIGN 13). */
  readonly chainsWithTail: number;
  /** Samples of processes that run Python, those with a Python function in the stack, and those with trampolines nobody names. */
  readonly python: number;
  readonly pythonNamed: number;
  readonly namelessTrampolines: number;
  /** Whether a jitdump or perf map was there for one of the Python processes. */
  readonly pythonSupport: boolean;
  /** Average number of user frames of Python's samples. */
  readonly pythonChainDepth: number;
  readonly unnamed: readonly UnnamedModule[];
  /** Every module with frames, most samples first. */
  readonly modules: readonly ModuleUse[];
  /** The dump that would have held the stacks; undefined where none was unwound. */
  readonly dump: DumpAdvice | undefined;
}

/** By its name, the executable or library of a CPython: `python3.14t`, `libpython3.13.so.1.0`. */
export const PYTHON: RegExp = /^(python[23](\.\d+t?)?|libpython[23]\.\d+.*)$/;
/** Beyond these nobody wrote a trampoline name: the name of a Python function begins so. */
const PYTHON_NAME = 'py::';

/** What Quality counts of samples, as plain data. */
export interface QualityCounts {
  /** Samples, those in the kernel, stacks unwound, chains, dumps of full size that were too short; stacks joined, and not for doubt. */
  readonly sums: readonly number[];
  /** By StopReason. */
  readonly reasons: Float64Array;
  /** By the bit of GuessKind. */
  readonly guessed: Float64Array;
  readonly dumpAsked: number;
  readonly depths: StackDepthCounts;
}

export class Quality {
  #samples = 0;
  lost = 0;
  #kernelSamples = 0;
  #unwound = 0;
  readonly #reasons = new Float64Array(STOP_REASON_NAMES.length);
  #fullDumps = 0;
  #dumpAsked = 0;
  #joined = 0;
  #joinDoubtful = 0;
  readonly #guessed = new Float64Array(GUESS_NAMES.length);
  #chains = 0;
  readonly #depths = new StackDepths();
  readonly #code: CodeMap;

  constructor(code: CodeMap) {
    this.#code = code;
  }

  /** Counts a sample; what its frames tell is read from the profile in the end. */
  add(sample: ResolvedSample): void {
    this.#samples++;
    if (sample.mode === CpuMode.Kernel) this.#kernelSamples++;
    if (sample.source === StackSource.FramePointers) this.#chains++;
    if (sample.source !== StackSource.Unwound) return;
    this.#unwound++;
    this.#reasons[sample.stop]!++;
    if (sample.joined > 0) this.#joined++;
    else if (sample.joined === JOIN_DOUBTFUL) this.#joinDoubtful++;
    if (sample.guesses !== 0) for (let bit = 0; bit < this.#guessed.length; bit++) this.#guessed[bit]! += (sample.guesses >> bit) & 1;
    if (sample.dumpAsked > this.#dumpAsked) this.#dumpAsked = sample.dumpAsked;
    if (sample.dumpSize < sample.dumpAsked) this.#depths.short(sample.thread.id, sample.stackStart, sample.dumpSize);
    if (sample.stop === StopReason.Root) this.#depths.whole(sample.thread.id, sample.stackStart, sample.stackEnd);
    else if (sample.stop === StopReason.DumpExhausted && sample.dumpSize >= sample.dumpAsked) {
      this.#fullDumps++;
      this.#depths.cut(sample.thread.id, sample.stackStart);
    }
  }

  /** Counts a sample that is equal to one before: its mode, and where its stack came from. */
  again(mode: number, source: number): void {
    this.#samples++;
    if (mode === CpuMode.Kernel) this.#kernelSamples++;
    if (source === StackSource.FramePointers) this.#chains++;
  }

  /** All of it as plain data, for `addCounts`; `lost` excepted, which does not depend on samples. */
  get counts(): QualityCounts {
    const sums = [this.#samples, this.#kernelSamples, this.#unwound, this.#chains, this.#fullDumps, this.#joined, this.#joinDoubtful];
    return { sums, reasons: this.#reasons, guessed: this.#guessed, dumpAsked: this.#dumpAsked, depths: this.#depths.counts };
  }

  /** Adds the counts of other samples of the same recording. */
  addCounts({ sums, reasons, guessed, dumpAsked, depths }: QualityCounts): void {
    this.#samples += sums[0]!;
    this.#kernelSamples += sums[1]!;
    this.#unwound += sums[2]!;
    this.#chains += sums[3]!;
    this.#fullDumps += sums[4]!;
    this.#joined += sums[5]!;
    this.#joinDoubtful += sums[6]!;
    guessed.forEach((stacks, bit) => (this.#guessed[bit]! += stacks));
    reasons.forEach((stacks, reason) => (this.#reasons[reason]! += stacks));
    this.#dumpAsked = Math.max(this.#dumpAsked, dumpAsked);
    this.#depths.add(depths);
  }

  /** The counts. Without a profile those of single frames are 0. */
  report(profile?: Profile): QualityReport {
    const cut = STOP_REASON_NAMES.map((reason, index) => ({ reason, stacks: index === StopReason.Root ? 0 : this.#reasons[index]! }));
    return {
      samples: this.#samples,
      lost: this.lost,
      kernelSamples: this.#kernelSamples,
      unwound: this.#unwound,
      complete: this.#reasons[StopReason.Root]!,
      cut: cut.filter((entry) => entry.stacks > 0).sort((a, b) => b.stacks - a.stacks),
      fullDumps: this.#fullDumps,
      dumpAsked: this.#dumpAsked,
      joined: this.#joined,
      joinDoubtful: this.#joinDoubtful,
      guessed: GUESS_NAMES.map((kind, bit) => ({ kind, stacks: this.#guessed[bit]! })).filter(({ stacks }) => stacks > 0).sort((a, b) => b.stacks - a.stacks),
      chains: this.#chains,
      pythonSupport: this.#code.contents.some((contents) => contents?.kind === 'jitdump' || this.#isPythonMap(contents)),
      dump: this.#unwound === 0 ? undefined : this.#depths.advice(),
      ...this.#ofStacks(profile),
    };
  }

  /** What the frames of all stacks tell: one pass over the tree from the root, and one over the tallies. */
  #ofStacks(profile: Profile | undefined): Pick<QualityReport, 'chainsWithTail' | 'python' | 'pythonNamed' | 'namelessTrampolines' | 'pythonChainDepth' | 'unnamed' | 'modules'> {
    const sums = { chainsWithTail: 0, python: 0, pythonNamed: 0, namelessTrampolines: 0, pythonChainDepth: 0 };
    if (profile === undefined) return { ...sums, unnamed: [], modules: [] };
    const uses: { samples: number; frames: number; unnamed: number }[] = [];
    const { frames, stacks } = profile;
    const useOf = (frame: number): { samples: number; frames: number; unnamed: number } | undefined => {
      const id = frames.module[frame]!;
      return id < 0 ? undefined : (uses[id] ??= { samples: 0, frames: 0, unnamed: 0 });
    };
    const kindOfFrame = new Uint8Array(frames.length);
    for (let frame = 0; frame < kindOfFrame.length; frame++) kindOfFrame[frame] = kindOf(frames, frame);
    // By node: what the frames from the root to here are, all together; whether the outermost lies in no module.
    const kinds = new Uint8Array(stacks.length);
    const hasTail = new Uint8Array(stacks.length);
    const userDepth = new Int32Array(stacks.length);
    for (let node = 1; node < stacks.length; node++) {
      const parent = stacks.parent[node]!;
      const frame = stacks.frame[node]!;
      kinds[node] = kinds[parent]! | kindOfFrame[frame]!;
      userDepth[node] = userDepth[parent]! + ((frames.flags[frame]! & FrameFlag.Kernel) === 0 ? 1 : 0);
      hasTail[node] = parent === 0 ? (frames.module[frame] === -1 ? 1 : 0) : hasTail[parent]!;
    }
    const samplesThrough = new Float64Array(stacks.length);
    let pythonFrames = 0;
    for (const { tallies } of profile.events) {
      for (let row = 0; row < tallies.length; row++) {
        const node = tallies.stack[row]!;
        const samples = tallies.samples[row]!;
        samplesThrough[node]! += samples;
        const leaf = tallies.leaf[row]!;
        const kind = node === 0 && leaf >= 0 ? kindOfFrame[leaf]! : kinds[node]!;
        const use = leaf < 0 ? undefined : useOf(leaf);
        if (use !== undefined) {
          use.samples += samples;
          if (node === 0) {
            use.frames += samples;
            if ((kind & Kind.Unnamed) !== 0) use.unnamed += samples;
          }
        }
        if (stacks.depth[node]! > 1 && hasTail[node] === 1) sums.chainsWithTail += samples;
        if ((kind & (Kind.Python | Kind.PythonFunction | Kind.Nameless)) === 0) continue;
        sums.python += samples;
        pythonFrames += samples * userDepth[node]!;
        if ((kind & Kind.PythonFunction) !== 0) sums.pythonNamed += samples;
        else if ((kind & Kind.Nameless) !== 0) sums.namelessTrampolines += samples;
      }
    }
    for (let node = stacks.length - 1; node > 0; node--) {
      const frame = stacks.frame[node]!;
      samplesThrough[stacks.parent[node]!]! += samplesThrough[node]!;
      const use = useOf(frame);
      if (use === undefined) continue;
      use.frames += samplesThrough[node]!;
      if ((kindOfFrame[frame]! & Kind.Unnamed) !== 0) use.unnamed += samplesThrough[node]!;
    }
    const modules: ModuleUse[] = [];
    uses.forEach((use, id) => modules.push({ module: frames.modules[id]!, ...use }));
    modules.sort((a, b) => b.samples - a.samples || b.frames - a.frames);
    sums.pythonChainDepth = sums.python === 0 ? 0 : pythonFrames / sums.python;
    // A sample with counters is one of every event whose counter has grown: what is said here counts it once.
    const counted = profile.events.reduce((sum, { tallies }) => sum + tallies.samples.subarray(0, tallies.length).reduce((all, one) => all + one, 0), 0);
    if (counted > this.#samples) for (const key of ['chainsWithTail', 'python', 'pythonNamed', 'namelessTrampolines'] as const) sums[key] = Math.round((sums[key] * this.#samples) / counted);
    return { ...sums, unnamed: this.#unnamedModules(modules), modules };
  }

  #unnamedModules(modules: readonly ModuleUse[]): UnnamedModule[] {
    const list = modules.filter(({ unnamed }) => unnamed > 0).map(({ module, unnamed }) => ({
      module, frames: unnamed, found: this.#found(module.id), reason: reasonOf(this.#stepsOf(module.id)).reason,
    }));
    return list.sort((a, b) => b.frames - a.frames);
  }

  #stepsOf(id: number): readonly SearchStep[] {
    const contents = this.#code.contents[id];
    return contents?.kind === 'file' ? contents.loaded.steps : [];
  }

  #isPythonMap(contents: CodeMap['contents'][number]): boolean {
    return contents?.kind === 'symbols' && contents.symbols !== undefined && contents.symbols.length > 0 && contents.symbols.name(0).startsWith(PYTHON_NAME);
  }

  #found(id: number): boolean {
    const contents = this.#code.contents[id];
    if (contents?.kind === 'symbols') return contents.symbols !== undefined;
    return contents?.kind === 'file' ? contents.loaded.steps.some((step) => step.outcome === 'found') || contents.loaded.found !== 'missing' : contents !== undefined;
  }
}

/** What a frame tells of its recording. */
const Kind = { Unnamed: 1, Python: 2, PythonFunction: 4, Nameless: 8 } as const;

function kindOf(frames: FrameTable, frame: number): number {
  if ((frames.flags[frame]! & FrameFlag.NamelessJit) !== 0) return Kind.Nameless;
  const id = frames.module[frame]!;
  if (id < 0) return 0;
  const module = frames.modules[id]!;
  const unnamed = frames.symbol[frame]! < 0 ? Kind.Unnamed : 0;
  if (module.kind === 'jitdump' || module.kind === 'anonymous') {
    return unnamed | (frames.name(frame).startsWith(PYTHON_NAME) ? Kind.PythonFunction : 0);
  }
  return unnamed | (PYTHON.test(module.shortName) ? Kind.Python : 0);
}
