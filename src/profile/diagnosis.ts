// What `perfts doctor` knows: of every module how much of the recording lies in it, where its files were found or why not, and what they
// hold; and what costs names, stacks or samples, the dearest first. Counts and facts only; the sentences are in views/doctor.ts.

import type { Damage } from '../bytes/diagnostics.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { hasFramePointers } from '../symbols/frame-pointers.ts';
import type { FoundPlace, ModuleLoader } from '../symbols/module-loader.ts';
import type { SearchStep } from '../symbols/search-step.ts';
import { type MissingReason, reasonOf } from '../symbols/search-trail.ts';
import type { Module } from '../process/module.ts';
import type { ModuleContents } from './code-map.ts';
import { type ModuleUse, PYTHON, type QualityReport } from './quality.ts';

/** Everything that is known of one module of a recording. */
export interface ModuleDiagnosis extends ModuleUse {
  /** Where its symbols, and its code, were found; undefined where they were not, and for what is in no ELF file. */
  readonly symbolFile: FoundPlace | undefined;
  readonly codeFile: FoundPlace | undefined;
  /** Number of its symbols; 0 where there are none. */
  readonly symbols: number;
  /** Whether it has call frame information, and source lines; undefined where neither is looked for (kernel, JIT code). */
  readonly hasCfi: boolean | undefined;
  readonly lines: FoundPlace | undefined;
  readonly hasLines: boolean | undefined;
  /** Every place that was looked at, in order: for symbols and code, and then for debugging information. */
  readonly steps: readonly SearchStep[];
  readonly lineSteps: readonly SearchStep[];
  /** Why some of it has no names; undefined where all has. 'none' where a file is there whose symbols do not reach. */
  readonly reason: MissingReason | undefined;
}

/** How the Python programs of a recording were built, run and recorded. */
export interface PythonDiagnosis {
  readonly samples: number;
  /** With a Python function in the stack, and with code that no jitdump or map names. */
  readonly named: number;
  readonly nameless: number;
  /** `3.13`; '' where no file name tells. */
  readonly version: string;
  /** Undefined where its file is not there to tell. */
  readonly hasFramePointers: boolean | undefined;
  /**
   * What tells of `-X perf_jit` or `-X perf`: 'jitdump' or 'perf-map' was found, 'lost' it was on but its file is not there; 'unseen' the
   * recorded chains break in an interpreter without frame pointers, before they come to code that a perf map would name; 'off' else.
   */
  readonly support: 'jitdump' | 'perf-map' | 'lost' | 'unseen' | 'off';
}

/** What costs something. `share`: of samples, frames or stacks, 0 to 1. */
export interface Symptom {
  readonly code:
    | 'no-samples' | 'lost-samples' | 'no-stacks' | 'short-dumps' | 'cut-stacks' | 'frame-pointers' | 'unnamed-module'
    | 'python-support-off' | 'python-files-lost' | 'python-frame-pointers' | 'python-unnamed' | 'clock';
  readonly costs: 'samples' | 'stacks' | 'names' | 'nothing';
  readonly share: number;
  /** How many samples, stacks or frames that is. */
  readonly count: number;
  /** Of 'cut-stacks': a name of unwind/stop-reason.ts. */
  readonly reason?: string;
  /** Of 'unnamed-module'. */
  readonly module?: ModuleDiagnosis;
  /** Of 'clock': what the reader said. */
  readonly damage?: Damage;
}

/** What is wrong with a recording and its files. */
export interface Diagnosis {
  readonly quality: QualityReport;
  /** Most samples first. */
  readonly modules: readonly ModuleDiagnosis[];
  readonly python: PythonDiagnosis | undefined;
  /** The dearest first; those that cost nothing last. */
  readonly symptoms: readonly Symptom[];
  readonly damage: readonly Damage[];
}

/** What `diagnose` needs of a walk that has ended. */
export interface Walked {
  readonly file: PerfDataFile;
  readonly quality: QualityReport;
  readonly loader: ModuleLoader;
  readonly contents: readonly (ModuleContents | undefined)[];
  /** All modules that were mapped. */
  readonly mapped: readonly Module[];
  readonly damage: () => readonly Damage[];
}

/** Looks at what a walk has found. */
export async function diagnose(walked: Walked): Promise<Diagnosis> {
  const { quality, loader, contents, file } = walked;
  const modules: ModuleDiagnosis[] = [];
  for (const use of quality.modules) modules.push(await examine(use, contents[use.module.id], loader));
  const python = await examinePython(walked, modules);
  const damage = walked.damage();
  const symptoms = symptomsOf(file, quality, modules, python, damage);
  return { quality, modules, python, symptoms, damage };
}

async function examine(use: ModuleUse, contents: ModuleContents | undefined, loader: ModuleLoader): Promise<ModuleDiagnosis> {
  const loaded = contents?.kind === 'file' ? contents.loaded : undefined;
  const files = loaded?.files;
  const symbols = (contents?.kind === 'file' ? contents.loaded.symbols : contents?.symbols)?.length ?? 0;
  const debugInfo = use.module.kind === 'file' ? await loader.findDebugInfo(use.module) : undefined;
  const steps = loaded?.steps ?? [];
  return {
    ...use,
    symbolFile: symbols > 0 ? files?.symbols : undefined,
    codeFile: files?.runtime,
    symbols,
    hasCfi: use.module.kind === 'file' || use.module.kind === 'vdso' ? (files?.hasCfi ?? false) : undefined,
    lines: debugInfo?.found,
    hasLines: debugInfo === undefined ? undefined : debugInfo.found !== undefined,
    steps,
    lineSteps: debugInfo?.steps ?? [],
    reason: use.unnamed === 0 ? undefined : reasonOfModule(use.module, contents, steps, symbols),
  };
}

function reasonOfModule(module: Module, contents: ModuleContents | undefined, steps: readonly SearchStep[], symbols: number): MissingReason {
  if (symbols > 0) return 'no-symbols';
  if (module.kind === 'anonymous' || module.kind === 'jitdump') return contents === undefined ? 'not-searched' : 'absent';
  return reasonOf(steps).reason;
}

/** Undefined where no sample runs Python. */
async function examinePython({ quality, loader, contents, mapped }: Walked, modules: readonly ModuleDiagnosis[]): Promise<PythonDiagnosis | undefined> {
  if (quality.python === 0) return undefined;
  const pythons = modules.map(({ module }) => module).filter(({ kind, shortName }) => kind === 'file' && PYTHON.test(shortName));
  let version = '';
  let framePointers: boolean | undefined;
  for (const module of pythons) {
    version ||= /python(\d\.\d+)/.exec(module.shortName)?.[1] ?? '';
    // Call frame information is loaded only for recordings that are unwound by it.
    framePointers ??= hasFramePointers(await loader.load(module, { unwind: true }));
  }
  const jitdumps = mapped.filter(({ kind }) => kind === 'jitdump').map(({ id }) => contents[id]);
  const found = jitdumps.some((one) => one?.kind === 'jitdump');
  let support: PythonDiagnosis['support'] = 'off';
  if (found) support = 'jitdump';
  else if (quality.pythonSupport) support = 'perf-map';
  else if (jitdumps.length > 0 || quality.namelessTrampolines > 0) support = 'lost';
  else if (quality.unwound === 0 && framePointers === false) support = 'unseen';
  return { samples: quality.python, named: quality.pythonNamed, nameless: quality.namelessTrampolines, version, hasFramePointers: framePointers, support };
}

function symptomsOf(
  file: PerfDataFile, quality: QualityReport, modules: readonly ModuleDiagnosis[], python: PythonDiagnosis | undefined, damage: readonly Damage[],
): Symptom[] {
  const symptoms: Symptom[] = [];
  const add = (code: Symptom['code'], costs: Symptom['costs'], count: number, whole: number, rest: Partial<Symptom> = {}): void => {
    if (count > 0) symptoms.push({ code, costs, count, share: Math.min(1, count / Math.max(1, whole)), ...rest });
  };
  const { samples, lost, unwound, chains } = quality;
  if (samples === 0) add('no-samples', 'samples', 1, 1);
  add('lost-samples', 'samples', lost, samples + lost);
  const recordsStacks = file.events.events.some((event) => event.hasCallchain);
  // Who records without stacks wants none, but for Python, whose functions are nowhere else.
  if (!recordsStacks) add('no-stacks', python === undefined ? 'nothing' : 'stacks', python?.samples ?? samples, samples);
  for (const { reason, stacks } of quality.cut) {
    const isShort = reason === 'dump exhausted' && quality.fullDumps > 0;
    add(isShort ? 'short-dumps' : 'cut-stacks', 'stacks', stacks, unwound, { reason });
  }
  if (unwound === 0) add('frame-pointers', 'nothing', quality.chainsWithTail, chains);
  const frames = modules.reduce((sum, module) => sum + module.frames, 0);
  for (const module of modules) add('unnamed-module', 'names', module.unnamed, frames, { module });
  if (python !== undefined && recordsStacks) addPython(python, quality, add);
  for (const one of damage) if (one.code === 'jitdump-clock') add('clock', 'nothing', 1, Infinity, { damage: one });
  const isDear = (symptom: Symptom): number => (symptom.costs === 'nothing' ? 0 : 1);
  return symptoms.sort((a, b) => isDear(b) - isDear(a) || b.share - a.share);
}

type Add = (code: Symptom['code'], costs: Symptom['costs'], count: number, whole: number) => void;

/** One reason, the first that holds: without support nothing else is to be seen. */
function addPython(python: PythonDiagnosis, quality: QualityReport, add: Add): void {
  const unnamed = python.samples - python.named;
  const { samples } = quality;
  if (python.support === 'off') add('python-support-off', 'names', unnamed, samples);
  else if (python.support === 'lost') add('python-files-lost', 'names', unnamed, samples);
  else if (python.support === 'unseen' || (quality.unwound === 0 && python.hasFramePointers === false)) add('python-frame-pointers', 'stacks', unnamed, samples);
  else add('python-unnamed', 'nothing', unnamed, samples);
}
