// One sample's stack with every step that found it, as plain values: what `perfts unwind --explain` and programs show. The frames are
// those of the walk proper (sample-resolver.ts); the steps are walked again, slowly, by unwind/explained-walk.ts.

import type { RecordView } from '../perfdata/record-view.ts';
import type { SampleView } from '../perfdata/sample-view.ts';
import { ExplainedWalk, type ExplainedRegister, type ExplainedStep } from '../unwind/explained-walk.ts';
import { GUESS_NAMES } from '../unwind/guess.ts';
import { NARROW_MACHINES, RegisterLayout, SampledRegisters } from '../unwind/registers.ts';
import { StackMemory } from '../unwind/stack-memory.ts';
import { STOP_REASON_NAMES, StopReason } from '../unwind/stop-reason.ts';
import type { ModuleRegion } from './code-map.ts';
import type { Pipeline } from './pipeline.ts';
import { joinedFrames, type ResolvedSample, StackSource } from './resolved-sample.ts';

/** Which sample, and how its stack ends. Numbers of 64 bits are exact; addresses unsigned. */
export interface SampleSummary {
  /** The how manyeth sample by time, from 0. */
  readonly index: number;
  /** Of its record in the file; in compressed recordings that of the block it came out of. */
  readonly fileOffset: number;
  readonly event: string;
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  /** -1 where not recorded. */
  readonly cpu: number;
  /** Nanoseconds of the recording's clock; undefined where not recorded. */
  readonly time: bigint | undefined;
  /** Where the user's part of the stack comes from. */
  readonly source: 'unwound' | 'recorded' | 'none';
  /** Frames in all, and how many of them are the kernel's. */
  readonly frames: number;
  readonly kernelFrames: number;
  /** Of an unwound stack: why it ends (unwind/stop-reason.ts), and the names of the guesses in it. */
  readonly end: string | undefined;
  readonly guesses: readonly string[];
  /** Of the frames those at the outer end that are another sample's (--stitch). */
  readonly joined: number;
  /** And those that are from the processor's stack of calls (LBR). */
  readonly fromBranches: number;
  /** Bytes of stack in the sample, and as many as were asked for; 0 without a dump. */
  readonly dumpSize: number;
  readonly dumpAsked: number;
}

/** Where a frame is, in a file and by name. */
export interface ExplainedPlace {
  readonly address: bigint;
  /** '' where nothing names it; else how far behind the symbol's start. */
  readonly symbol: string;
  readonly symbolOffset: number;
  /** Recorded path, '' where no mapping holds the address. */
  readonly module: string;
  /** In the coordinates of its call frame information: an ELF file's virtual address, an offset in a piece of JIT code. */
  readonly moduleOffset: number;
}

/** A register in the caller. */
export interface ExplainedValue {
  readonly name: string;
  /** What the row says of it; '' where it says nothing. */
  readonly rule: string;
  /** Undefined where it is not known. */
  readonly value: bigint | undefined;
  readonly from: ExplainedRegister['from'];
  /** Of the word that it was read from. */
  readonly address: bigint | undefined;
}

/** A step out of a frame. Addresses of call frame information in the module's coordinates (ExplainedPlace.moduleOffset). */
export interface ExplainedFrame extends ExplainedPlace {
  /** `recorded`: by the kernel, or the processor; `joined`: of another sample; `row`: call frame information; `trampoline`: CPython's, by its size; `guess`: see `guess`. Undefined: the end. */
  readonly means: 'recorded' | 'joined' | NonNullable<ExplainedStep['means']> | undefined;
  readonly guess: string | undefined;
  readonly isKernel: boolean;
  readonly isSignalFrame: boolean;
  readonly pc: bigint;
  readonly sp: bigint | undefined;
  readonly fde: { readonly section: string; readonly offset: number; readonly start: number; readonly end: number } | undefined;
  readonly row: { readonly start: number; readonly end: number } | undefined;
  readonly cfaRule: string;
  readonly cfa: bigint | undefined;
  readonly registers: readonly ExplainedValue[];
}

/** A sample, explained. */
export interface ExplainedSample extends SampleSummary {
  readonly machine: string;
  /** Address of the first byte of stack that was recorded. */
  readonly stackStart: bigint | undefined;
  /** Whether the steps lead to the frames and the end that the walk proper found; if not, perfts is wrong somewhere. */
  readonly agrees: boolean;
  readonly steps: readonly ExplainedFrame[];
}

export class SampleExplainer {
  readonly #pipeline: Pipeline;
  readonly #registers = new SampledRegisters();
  readonly #memory = new StackMemory();
  readonly #layouts: (RegisterLayout | undefined)[] = [];
  #walk: ExplainedWalk | undefined;

  constructor(pipeline: Pipeline) {
    this.#pipeline = pipeline;
  }

  /** Of the sample that the pipeline hands over at this moment. */
  summary(index: number, sample: ResolvedSample, raw: SampleView, record: RecordView): SampleSummary {
    const { file } = this.#pipeline;
    const isUnwound = sample.source === StackSource.Unwound;
    return {
      index,
      fileOffset: record.fileOffset,
      event: file.events.events[sample.event]!.name,
      comm: sample.comm.text,
      pid: raw.pid,
      tid: raw.tid,
      cpu: raw.cpu,
      time: raw.hasTime ? file.timeBase.exact(raw.time) : undefined,
      source: isUnwound ? 'unwound' : sample.source === StackSource.None ? 'none' : 'recorded',
      frames: sample.depth,
      kernelFrames: sample.kernelDepth,
      end: isUnwound ? STOP_REASON_NAMES[sample.stop] : undefined,
      joined: joinedFrames(sample),
      fromBranches: isUnwound ? sample.fromBranches : 0,
      guesses: isUnwound ? GUESS_NAMES.filter((_name, bit) => (sample.guesses & (1 << bit)) !== 0) : [],
      dumpSize: isUnwound ? sample.dumpSize : 0,
      dumpAsked: isUnwound ? sample.dumpAsked : 0,
    };
  }

  /** Of the sample that the pipeline hands over at this moment, all that can be said of its stack. */
  explain(index: number, sample: ResolvedSample, raw: SampleView, record: RecordView): ExplainedSample {
    const isUnwound = sample.source === StackSource.Unwound;
    const recorded = isUnwound ? sample.kernelDepth : sample.depth;
    const steps: ExplainedFrame[] = [];
    for (let i = 0; i < recorded; i++) {
      const place = this.#place(sample.addresses[i]!, sample.locations[i]!, undefined);
      steps.push({ ...place, ...NO_STEP, means: 'recorded', pc: place.address, isKernel: i < sample.kernelDepth });
    }
    let agrees = true;
    if (isUnwound) {
      const stack = this.#explained(sample, raw, record);
      const added = joinedFrames(sample) + sample.fromBranches;
      stack.forEach((step, i) => steps.push(this.#frame(step, sample.locations[sample.kernelDepth + i])));
      agrees = stack.length === sample.depth - sample.kernelDepth - added && stack.every(({ address }, i) => address === sample.addresses[sample.kernelDepth + i]);
      for (let i = sample.depth - added; i < sample.depth; i++) {
        const place = this.#place(sample.addresses[i]!, sample.locations[i]!, undefined);
        steps.push({ ...place, ...NO_STEP, means: sample.fromBranches > 0 ? 'recorded' : 'joined', pc: place.address, isKernel: false });
      }
      agrees &&= stack.length === 0 || stack.at(-1)!.end === sample.stop;
    }
    return {
      ...this.summary(index, sample, raw, record),
      machine: this.#pipeline.machine,
      stackStart: isUnwound ? this.#unsigned(sample.stackStart) : undefined,
      agrees,
      steps,
    };
  }

  /** The steps, which must lead to the frames that the walk proper found. */
  #explained(sample: ResolvedSample, raw: SampleView, record: RecordView): readonly ExplainedStep[] {
    const { machine, file, resolver } = this.#pipeline;
    if (machine === 'other') return [];
    const event = file.events.events[sample.event]!;
    const narrow = raw.userAbi === 1 ? NARROW_MACHINES[machine] : undefined;
    const layout = narrow === undefined ? (this.#layouts[event.index] ??= new RegisterLayout(machine, event.attr.sampleRegsUser)) : new RegisterLayout(narrow, event.attr.sampleRegsUser);
    this.#registers.set(layout, record.view, raw.userRegsOffset, record.littleEndian, raw.userAbi);
    this.#memory.set(record.view, raw.stackOffset, sample.stackStart, raw.stackDynSize, record.littleEndian);
    this.#walk ??= new ExplainedWalk(machine, file.wide, this.#registers, this.#memory);
    const walk = narrow === undefined ? this.#walk : new ExplainedWalk(narrow, file.wide, this.#registers, this.#memory);
    const limit = sample.stop === StopReason.Limit ? sample.depth - sample.kernelDepth : undefined;
    return walk.explain(resolver.code, limit).steps;
  }

  #frame(step: ExplainedStep, location: number | undefined): ExplainedFrame {
    const { place: row } = step;
    return {
      ...this.#place(step.address, location, step.region as ModuleRegion | undefined),
      means: step.means,
      guess: step.guess,
      isKernel: false,
      isSignalFrame: step.isSignalFrame,
      pc: this.#unsigned(step.pc)!,
      sp: this.#unsigned(step.sp),
      fde: row === undefined ? undefined : { section: row.section, offset: row.offset, start: row.start, end: row.end },
      row: row === undefined ? undefined : { start: row.rowStart, end: row.rowEnd },
      cfaRule: step.cfaRule,
      cfa: this.#unsigned(step.cfa),
      registers: step.registers.map(({ name, rule, value, from, address }) => ({ name, rule, value: this.#unsigned(value), from, address: this.#unsigned(address ?? NaN) })),
    };
  }

  #place(address: number, location: number | undefined, region: ModuleRegion | undefined): ExplainedPlace {
    const { locations, frames } = this.#pipeline.resolver;
    const shown = this.#unsigned(address)!;
    const frame = location === undefined ? -1 : locations.frame[location]!;
    const module = frame < 0 ? -1 : frames.module[frame]!;
    const isNamed = frame >= 0 && frames.symbol[frame]! >= 0;
    return {
      address: shown,
      symbol: isNamed ? frames.name(frame) : '',
      symbolOffset: isNamed ? locations.relative[location!]! - frames.start[frame]! : 0,
      module: module < 0 ? '' : frames.modules[module]!.path,
      moduleOffset: region !== undefined ? address - region.bias : module < 0 ? 0 : locations.relative[location!]!,
    };
  }

  #unsigned(value: number): bigint | undefined {
    return Number.isNaN(value) ? undefined : BigInt.asUintN(64, this.#pipeline.file.wide.exact(value));
  }
}

const NO_STEP = {
  guess: undefined, isSignalFrame: false, sp: undefined, fde: undefined, row: undefined, cfaRule: '', cfa: undefined, registers: [],
} as const;
