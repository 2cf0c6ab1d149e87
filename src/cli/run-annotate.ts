// What `perfts annotate` does: counts samples by their places, shows the instructions of the functions that are asked for, and of Python
// functions what they call.

import { resolve } from 'node:path';
import { PerftsError } from '../bytes/errors.ts';
import type { AnnotatedFunction, Annotation } from '../profile/annotation.ts';
import { pythonCallees, type PythonCallees } from '../profile/python/callees.ts';
import { pythonView } from '../profile/python/python-view.ts';
import type { Recording } from '../profile/recording.ts';
import { taskFilter } from '../profile/sample-choice.ts';
import { weightedStacks } from '../profile/weighted-stacks.ts';
import { annotatedJson, calleesJson } from '../views/annotate/annotate-json.ts';
import { annotatedLines, type AnnotateViewOptions } from '../views/annotate/annotate-text.ts';
import { annotatedRows } from '../views/annotate/annotated-rows.ts';
import { calleesLines } from '../views/annotate/callees-text.ts';
import { Disassembler } from '../views/annotate/disassembler.ts';
import { reasonText, remedies } from '../views/remedies.ts';
import { writeDamage, writeUnused } from './damage-lines.ts';
import { nearest } from './nearest.ts';
import { openInput } from './open-input.ts';
import type { AnnotateCommandOptions } from './options.ts';
import type { Output } from './output.ts';
import { Progress } from './progress.ts';

/** Share of all samples whose names are missed. */
const MANY = 0.05;

/** Runs the command; PerftsError for what cannot be done. */
export async function runAnnotate(options: AnnotateCommandOptions, out: Output, err: Output): Promise<number> {
  const opened = await openInput(options, err);
  const { recording } = opened;
  try {
    const progress = new Progress(err);
    const onProgress = (share: number): void => progress.update('reading the recording', share, 1);
    const annotation = await recording.annotate({ onProgress, accepts: taskFilter(recording.file, { cpus: options.cpus }, undefined) });
    const chosen = choose(annotation, options);
    const python = chosen.some(({ frame }) => frame.kind === 'python') && options.symbol !== undefined ? await calleesIn(recording, options.symbol, onProgress) : [];
    progress.end();
    const native = chosen.filter(({ frame, counts }) => counts.length > 0 && frame.kind !== 'python');
    if (native.length === 0 && python.length === 0) throw new PerftsError('PERFTS_NO_SAMPLES', nothingText(annotation, chosen, options));
    try {
      await show(annotation, native, python, options, out);
    } finally {
      annotation.close();
    }
    out.flush();
    if (!options.quiet) {
      writeDamage(recording.damage, err);
      writeUnused(opened.unusedJitdumps, err);
    }
    return 0;
  } finally {
    opened.close();
  }
}

async function show(annotation: Annotation, native: readonly AnnotatedFunction[], python: readonly PythonCallees[], options: AnnotateCommandOptions, out: Output): Promise<void> {
  const view: AnnotateViewOptions = { ...options, color: options.color === 'auto' ? out.isTerminal : options.color === 'always' };
  const disassembler = native.length === 0 ? undefined : await Disassembler.load(options.syntax);
  const shown: unknown[] = [];
  for (const fn of native) {
    const annotated = await annotatedRows(annotation, fn, disassembler, options.source && !options.json, (path) => placeOf(path, options.prefix));
    if (options.skipMissing && annotated.missing !== undefined) continue;
    if (options.json) shown.push(annotatedJson(annotation, annotated));
    else for (const line of annotatedLines(annotation, annotated, view)) out.write(line);
  }
  if (options.json) out.write(`${JSON.stringify({ functions: shown, python: python.map(calleesJson) }, undefined, 2)}\n`);
  else for (const callees of python) for (const line of calleesLines(callees)) out.write(line);
}

/** Where a source file is looked for. */
function placeOf(path: string, prefix: AnnotateCommandOptions['prefix']): string {
  return prefix === undefined ? path : `${resolve(prefix.text)}/${path.split('/').filter((part) => part !== '').slice(prefix.strip).join('/')}`;
}

/** The functions that the command line means, those without samples of their own too. */
function choose({ functions, events }: Annotation, { symbol, dsos, percentLimit }: AnnotateCommandOptions): AnnotatedFunction[] {
  return functions.filter(({ frame, counts }) => {
    if (symbol === undefined ? counts.length === 0 : !isNamed(symbol, frame.symbol, frame.name)) return false;
    if (dsos !== undefined && !dsos.includes(frame.module?.shortName ?? '') && !dsos.includes(frame.module?.path ?? '')) return false;
    return percentLimit === 0 || counts.some(({ event, period }) => 100 * period >= percentLimit * events[event]!.period);
  });
}

/** What compilers put behind the name of a function of which they made another one. */
const OF_A_CLONE = /^\.(lto_priv|constprop|isra|part|cold|llvm|localalias|clone|warm)\b/;

/** As the symbols have it, as flame graphs show it, or without its parameters or what marks a compiler's clone. */
function isNamed(asked: string, symbol: string, name: string): boolean {
  return asked === symbol || asked === name || (symbol.startsWith(asked) && (symbol[asked.length] === '(' || OF_A_CLONE.test(symbol.slice(asked.length))));
}

async function calleesIn(recording: Recording, symbol: string, onProgress: (share: number) => void): Promise<PythonCallees[]> {
  const { profile } = await recording.profile({ detail: 'none', onProgress });
  return pythonCallees(pythonView(weightedStacks(profile)), (name, full) => isNamed(symbol, full, name));
}

/** Why nothing can be shown. */
function nothingText(annotation: Annotation, chosen: readonly AnnotatedFunction[], { symbol, cpus }: AnnotateCommandOptions): string {
  const { functions, events, unnamed } = annotation;
  if (cpus !== undefined && events.every(({ samples }) => samples === 0)) return 'no sample was taken on these CPUs';
  if (events.every(({ samples }) => samples === 0)) return 'the recording has no samples: there is nothing to annotate';
  if (symbol !== undefined && chosen.length > 0) return `${symbol} has no samples of its own: only what it calls has; perfts report --children shows it`;
  const like = symbol === undefined ? undefined : nearest(symbol, functions.map(({ frame }) => frame.name));
  const nothing = symbol === undefined ? 'no function that passes the options has samples' : `no function is called '${symbol}' in the recording`;
  if (like !== undefined) return `${nothing}. Did you mean ${like}?`;
  if (unnamed === undefined || unnamed.samples < MANY * events.reduce((sum, { samples }) => sum + samples, 0)) return `${nothing}; perfts report -s symbol lists them`;
  const { module, samples, reason } = unnamed;
  return `${nothing}; ${samples} samples in ${module.shortName} have no names: ${[reasonText(module, reason), ...remedies(module, reason).slice(0, 1)].join('; ')}`;
}
