// What `perfts doctor` prints: what costs names, stacks or samples, the dearest first and each with what to do; then every file with what
// was found of it, and where it was looked for. As text, and the same as JSON.

import type { Diagnosis, ModuleDiagnosis, PythonDiagnosis, Symptom } from '../profile/diagnosis.ts';
import type { FoundPlace } from '../symbols/module-loader.ts';
import type { SearchStep } from '../symbols/search-step.ts';
import { type DumpAdvice, LARGEST_DUMP } from '../profile/stack-depths.ts';
import { grouped, percentOf } from './counted.ts';
import { largerDump, REASONS, roundedUp } from './quality-text.ts';
import { dumpOption, reasonText, remedies } from './remedies.ts';

/** How `doctorLines` and `doctorJson` judge. */
export interface DoctorOptions {
  /** What a symptom may cost before it counts, in percent. */
  readonly tolerance: number;
  /** Where every file was looked for, not only those that are missed. */
  readonly all: boolean;
}

/** A symptom in words. */
interface Advice {
  readonly what: string;
  readonly todo: readonly string[];
}

/** Whether a symptom costs more than is tolerated: then the exit status is 1. */
export function isIll(symptom: Symptom, tolerance: number): boolean {
  return symptom.costs !== 'nothing' && symptom.share * 100 > tolerance;
}

/** The text, line by line. */
export function* doctorLines(diagnosis: Diagnosis, options: DoctorOptions): Generator<string> {
  const { quality, symptoms, modules, damage } = diagnosis;
  const ill = symptoms.filter((symptom) => isIll(symptom, options.tolerance));
  const rest = symptoms.filter((symptom) => !ill.includes(symptom));
  const things = ill.length === 1 ? '1 thing costs' : `${ill.length} things cost`;
  yield `${grouped(quality.samples)} samples; ${ill.length === 0 ? 'nothing costs' : things} more than ${options.tolerance} % of the names or stacks.`;
  for (const [index, symptom] of ill.entries()) {
    const { what, todo } = adviceOf(symptom, diagnosis);
    yield '';
    yield `${index + 1}. ${what}.`;
    for (const line of todo) yield `   -> ${line}`;
  }
  if (rest.length > 0) {
    yield '';
    yield 'Less than that, or no loss:';
    for (const symptom of rest) yield `  ${adviceOf(symptom, diagnosis).what}.`;
  }
  yield '';
  yield* recordingLines(diagnosis);
  yield '';
  yield* moduleTable(modules);
  for (const module of modules) if (options.all || module.reason !== undefined) yield* trailLines(module);
  if (damage.length > 0) {
    yield '';
    yield 'What is damaged, or was read with reserve:';
    for (const { file, message, offset, count } of damage) {
      yield `  ${file === '' ? '' : `${file}: `}${message}${offset >= 0 ? ` (at offset ${offset})` : ''}${count > 1 ? `, ${grouped(count)} times` : ''}`;
    }
  }
}

/** One object with everything, for programs; `version` changes when a field does. */
export function doctorJson(diagnosis: Diagnosis, options: DoctorOptions): string {
  const { quality, symptoms, modules, python, damage } = diagnosis;
  const ill = symptoms.some((symptom) => isIll(symptom, options.tolerance));
  return JSON.stringify({
    version: 1,
    healthy: !ill,
    tolerance: options.tolerance,
    samples: quality.samples,
    lost: quality.lost,
    stacks: {
      unwound: quality.unwound, complete: quality.complete, cut: quality.cut, framePointers: quality.chains, astray: quality.chainsWithTail,
      dumpAsked: quality.dumpAsked, dumpFor99Percent: quality.dump?.enoughFor99 ?? null, deeperThanAnyDump: quality.dump?.deeper ?? 0, ofUnknownDepth: quality.dump?.unknown ?? 0,
    },
    python: python ?? null,
    symptoms: symptoms.map((symptom) => {
      const { code, costs, share, count, reason, module } = symptom;
      const { what, todo } = adviceOf(symptom, diagnosis);
      return { code, costs, share, count, ...(reason !== undefined && { reason }), ...(module !== undefined && { module: module.module.path }), counts: isIll(symptom, options.tolerance), message: what, remedies: todo };
    }),
    modules: modules.map((one) => ({
      path: one.module.path, kind: one.module.kind, buildId: one.module.buildId, samples: one.samples, frames: one.frames, unnamed: one.unnamed,
      symbols: one.symbols, cfi: one.hasCfi ?? null, lines: one.hasLines ?? null, reason: one.reason ?? null,
      symbolFile: one.symbolFile ?? null, codeFile: one.codeFile ?? null, lineFile: one.lines ?? null,
      remedies: one.reason === undefined ? [] : remedies(one.module, one.reason), tried: one.steps, triedForLines: one.lineSteps,
    })),
    damage,
  });
}

function adviceOf(symptom: Symptom, diagnosis: Diagnosis): Advice {
  const { quality, python } = diagnosis;
  const { share, count } = symptom;
  const percent = percentOf(share, 1);
  switch (symptom.code) {
    case 'no-samples':
      return { what: 'The recording has no samples', todo: ['see that perf record ran to its end, and that its event counts on that machine (-e cpu-clock always does)'] };
    case 'lost-samples':
      return { what: `${grouped(count)} samples (${percent}) were lost: perf could not write them in time`, todo: ['record with larger buffers (-m 16M), less often (-F 499), with smaller dumps, or compressed (-z)'] };
    case 'no-stacks':
      return { what: python === undefined ? 'No call stacks were recorded' : 'No call stacks were recorded: Python functions are seen in stacks only', todo: [recordCommand(python)] };
    case 'short-dumps':
      return { what: `${grouped(count)} stacks (${percent}) end where the stack dump of ${quality.dumpAsked} bytes ends${dumpText(diagnosis)}`, todo: dumpRemedy(diagnosis) };
    case 'cut-stacks':
      return { what: `${grouped(count)} stacks (${percent}) ${REASONS[symptom.reason ?? ''] ?? `end: ${symptom.reason ?? ''}`}`, todo: cutRemedy(symptom, diagnosis) };
    case 'frame-pointers':
      return { what: `${grouped(count)} stacks (${percent}) recorded by frame pointers end in addresses of no code, beyond their last true frame; reports other than perf's drop them`, todo: [] };
    case 'unnamed-module': {
      const { module, reason, unnamed, frames } = symptom.module!;
      const id = module.buildId === '' ? '' : `, build id ${module.buildId}`;
      const why = reasonText(module, reason ?? 'absent');
      return { what: `${module.path}: ${grouped(unnamed)} of its ${grouped(frames)} frames have no name (${percent} of all frames): ${why}${id}`, todo: remedies(module, reason ?? 'absent') };
    }
    case 'python-support-off':
      return { what: `Python ran without perf support: no function is named in ${grouped(count)} samples (${percent}), and nothing that is left can name them`, todo: [recordCommand(python), 'or switch it on in the program: sys.activate_stack_trampoline("perf")'] };
    case 'python-files-lost':
      return { what: `Python ran with perf support, but its jitdump or perf map is not there: no function is named in ${grouped(count)} samples (${percent})`, todo: ['keep /tmp/jit-PID.dump or /tmp/perf-PID.map beside the recording, or name them by --jitdump FILE and --perf-map-dir DIR'] };
    case 'python-frame-pointers':
      return { what: `This Python was built without frame pointers, and recorded by them: ${grouped(count)} samples (${percent}) do not reach a Python function`, todo: [recordCommand(python)] };
    case 'python-unnamed':
      return { what: `${grouped(count)} samples (${percent}) of Python programs have no Python function in their stacks: start and end of the program, threads of libraries, or cut stacks`, todo: [] };
    case 'clock':
      return { what: `${symptom.damage!.file === '' ? '' : `${symptom.damage!.file}: `}${symptom.damage!.message}`, todo: ['record with -k 1'] };
  }
}

function dumpText({ quality: { dump, dumpAsked } }: Diagnosis): string {
  if (dump === undefined) return '';
  if (dump.enoughFor99 !== undefined && dump.enoughFor99 > dumpAsked) return `; ${dump.enoughFor99} bytes would have held 99 % of all`;
  if (dump.enoughFor99 !== undefined) return '; it held 99 % of all';
  const unknown = dump.unknown === 0 ? '' : `${grouped(dump.unknown)} of which nothing tells how deep they are`;
  const deeper = dump.deeper === 0 ? '' : `${grouped(dump.deeper)} are deeper than any dump that perf records`;
  const parts = [deeper, unknown].filter((part) => part !== '');
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

function dumpRemedy({ quality, python }: Diagnosis): string[] {
  const todo: string[] = [];
  if (quality.dumpAsked < LARGEST_DUMP) todo.push(`record with ${dumpOption(largerDump(quality))}`);
  if (quality.dump?.enoughFor99 === undefined) todo.push(python === undefined ? 'or record by frame pointers (-g) a program that is built with them' : 'or record by frame pointers (-g) a Python that has them: 3.15 and later');
  return todo;
}

function cutRemedy({ reason }: Symptom, { modules }: Diagnosis): string[] {
  if (reason === 'no CFI' || reason === 'no module' || reason === 'bad CFA') {
    const missing = modules.filter((module) => module.codeFile === undefined && module.module.kind === 'file');
    if (missing.length > 0) return [`give the files that are missed (${missing.slice(0, 3).map(({ module }) => module.shortName).join(', ')}): their call frame information leads on`];
  }
  if (reason === 'no CFI') return ['see which files have no CFI in the table below: code written by hand, or built with -fno-asynchronous-unwind-tables'];
  if (reason === 'no registers') return ['record with --call-graph dwarf and without --user-regs'];
  return [];
}

/** The way to record that serves a Python best. */
function recordCommand(python: PythonDiagnosis | undefined, dump?: DumpAdvice): string {
  if (python === undefined) return 'record with -g (programs built with frame pointers), or --call-graph dwarf,16384 (all others)';
  const minor = Number(/^3\.(\d+)/.exec(python.version)?.[1] ?? NaN);
  const program = python.version === '' ? 'python3' : `python${python.version}`;
  if (minor < 12) return `Python ${python.version} has no perf support: use 3.12 or later`;
  const option = minor === 12 ? '-X perf' : '-X perf_jit';
  const stacks = python.hasFramePointers === true ? '-g' : dumpOption(Math.max(16_384, roundedUp(dump?.enoughFor99 ?? 0)));
  return `record with: perf record -F 999 ${minor === 12 ? '' : '-k 1 '}${stacks} ${program} ${option} …`;
}

function* recordingLines({ quality, python }: Diagnosis): Generator<string> {
  const { samples, lost, unwound, complete, chains, dump, dumpAsked } = quality;
  yield `Samples: ${grouped(samples)}, ${lost === 0 ? 'none lost' : `${grouped(lost)} lost`}.`;
  if (unwound > 0) {
    yield `Stacks: ${grouped(unwound)} unwound from dumps of ${dumpAsked} bytes, ${percentOf(complete, unwound)} complete.`;
    if (dump?.enoughFor99 !== undefined) yield `  99 % of those whose depth is known fit into ${dump.enoughFor99} bytes.`;
    else if (dump !== undefined && dump.known + dump.unknown > 0) yield `  No dump that perf records is known to hold 99 % of them: ${grouped(dump.deeper)} are deeper, of ${grouped(dump.unknown)} nothing tells how deep they are.`;
  } else if (chains > 0) yield `Stacks: ${grouped(chains)} recorded by frame pointers.`;
  else yield 'Stacks: none.';
  if (python === undefined) return;
  const pointers = python.hasFramePointers === undefined ? 'with or without frame pointers (its file is not there)' : python.hasFramePointers ? 'with frame pointers' : 'without frame pointers';
  const support = { jitdump: 'ran with perf support (a jitdump)', 'perf-map': 'ran with perf support (a perf map)', lost: 'ran with perf support, whose file is not there', unseen: 'whether with perf support these stacks do not show', off: 'ran without perf support' }[python.support];
  yield `Python${python.version === '' ? '' : ` ${python.version}`}: built ${pointers}, ${support}; functions named in ${percentOf(python.named, python.samples)} of ${grouped(python.samples)} samples.`;
  yield `  Best recorded so: ${recordCommand(python, dump).replace(/^record with: /, '')}`;
}

function* moduleTable(modules: readonly ModuleDiagnosis[]): Generator<string> {
  const head = ['samples', 'frames', 'unnamed', 'symbols', 'lines', 'CFI'];
  const rows = modules.map((one) => [String(one.samples), String(one.frames), String(one.unnamed), one.symbols === 0 ? 'none' : String(one.symbols), said(one.hasLines), said(one.hasCfi)]);
  const widths = head.map((word, column) => Math.max(word.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string => cells.map((cell, column) => cell.padStart(widths[column]!)).join('  ');
  yield `${line(head)}  file`;
  for (const [index, row] of rows.entries()) {
    const { module, symbolFile, codeFile } = modules[index]!;
    const where = codeFile === undefined ? '' : ` (${placeText(codeFile)}${symbolFile === undefined || samePlace(symbolFile, codeFile) ? '' : `, symbols ${placeText(symbolFile)}`})`;
    yield `${line(row)}  ${module.path}${where}`;
  }
}

function said(value: boolean | undefined): string {
  return value === undefined ? '-' : value ? 'yes' : 'no';
}

function placeText({ tree, path, place }: FoundPlace): string {
  return `${place}: ${placed(tree, path)}`;
}

function samePlace(a: FoundPlace, b: FoundPlace): boolean {
  return a.path === b.path && a.tree === b.tree;
}

function* trailLines({ module, steps }: ModuleDiagnosis): Generator<string> {
  if (steps.length === 0) return;
  yield '';
  yield `${module.path}${module.buildId === '' ? ' (no build id recorded)' : ` (build id ${module.buildId})`} was looked for in:`;
  for (const step of steps) yield `  ${OUTCOMES[step.outcome].padEnd(22)}  ${placed(step.tree, step.path)}`;
}

function placed(tree: string, path: string): string {
  return tree === '' ? path : `${tree.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

const OUTCOMES: Readonly<Record<SearchStep['outcome'], string>> = {
  found: 'found',
  absent: 'not there',
  'not-elf': 'no ELF file',
  'other-build-id': 'another build id',
  'no-build-id': 'has no build id',
  'other-checksum': 'another checksum',
  'other-machine': 'of another machine',
  ambiguous: 'one of several',
  'no-symbols': 'right, but no symbols',
  'no-debug-info': 'right, no debug info',
  'not-supported': 'not supported',
};
