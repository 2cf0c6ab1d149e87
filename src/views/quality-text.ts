// The block after a report: in a few lines how good the data is, what is missing, and the command that would get it (DESIGN 11 and
// "What a user sees first").

import type { Damage } from '../bytes/diagnostics.ts';
import type { QualityReport } from '../profile/quality.ts';
import { LARGEST_DUMP } from '../profile/stack-depths.ts';
import { grouped, percentOf } from './counted.ts';
import { dumpOption, shortAdvice } from './remedies.ts';

/** Modules without names that are listed; the rest is counted. */
const MOST_MODULES = 6;
/** Kinds of damage that are listed. */
const MOST_DAMAGE = 8;
/** Frames of a Python stack, on average, below which frame pointers cannot have been there: CPython calls deeper than this before any code runs. */
const SHORT_CHAIN = 8;

/** Why a stack was cut, as the end of a sentence about several; by the names of unwind/stop-reason.ts. */
export const REASONS: Readonly<Record<string, string>> = {
  'dump exhausted': 'end where the stack dump ends',
  'no module': 'lead to an address where no code is mapped',
  'no CFI': 'end in code without unwinding information',
  'bad CFA': 'end where a register that is needed was not recorded',
  loop: 'run in a circle',
  limit: 'are deeper than --max-stack',
  'no registers': 'have no user registers',
  '32-bit program': 'are of 32-bit programs, which are not unwound yet',
  'another stack': 'go on on another stack than the recorded one, as signal handlers and coroutines do',
};

/** Lines without line ends, for stderr. */
export function qualityLines(quality: QualityReport, damage: readonly Damage[]): string[] {
  const lines: string[] = [];
  const lost = quality.lost === 0 ? 'none lost' : `${grouped(quality.lost)} lost`;
  lines.push(`Samples: ${grouped(quality.samples)}, ${lost}.`);
  if (quality.unwound > 0) lines.push(...unwoundLines(quality));
  else if (quality.chains > 0) {
    const tail = quality.chainsWithTail === 0 ? '' : `; ${percentOf(quality.chainsWithTail, quality.chains)} end in addresses of no code, as chains do that leave code built with frame pointers`;
    lines.push(`Stacks: ${grouped(quality.chains)} recorded by frame pointers${tail}.`);
  }
  lines.push(...pythonLines(quality), ...moduleLines(quality));
  for (const { file, message, offset, count: times } of damage.slice(0, MOST_DAMAGE)) {
    const where = offset >= 0 ? ` (at offset ${offset})` : '';
    lines.push(`Note: ${file === '' ? '' : `${file}: `}${message}${where}${times > 1 ? `, ${grouped(times)} times` : ''}.`);
  }
  if (damage.length > MOST_DAMAGE) lines.push(`Note: ${damage.length - MOST_DAMAGE} more kinds of damage.`);
  return lines;
}

function unwoundLines(quality: QualityReport): string[] {
  const { unwound, complete, cut } = quality;
  const lines = [`Stacks: ${grouped(unwound)} unwound, ${percentOf(complete, unwound)} complete.`];
  for (const { reason, stacks } of cut) {
    let line = `  ${grouped(stacks)} (${percentOf(stacks, unwound)}) ${REASONS[reason] ?? `end: ${reason}`}`;
    if ((reason === 'no CFI' || reason === 'no module') && quality.unnamed.some((entry) => !entry.found)) line += ', since files are missing (below)';
    if (reason === 'dump exhausted' && quality.fullDumps > 0) {
      line +=
        quality.dumpAsked >= LARGEST_DUMP
          ? `: ${quality.dumpAsked} bytes, the most that perf records; use frame pointers (CPython 3.15 has them)`
          : `: ${quality.dumpAsked} bytes; record with ${dumpOption(largerDump(quality))}`;
    }
    lines.push(`${line}.`);
  }
  if (quality.guessed.length > 0) lines.push(`  Guessed where nothing describes the code: ${quality.guessed.map(({ kind, stacks }) => `${kind} in ${grouped(stacks)}`).join(', ')}.`);
  if (quality.joined > 0) lines.push(`  ${grouped(quality.joined)} of these (${percentOf(quality.joined, unwound)}) are joined onto whole stacks of the same thread (--stitch).`);
  if (quality.joinDoubtful > 0) lines.push(`  ${grouped(quality.joinDoubtful)} could be joined onto several that differ, and are not.`);
  return lines;
}

/** What would have held 99 % of the stacks, where that is known; a guess where it is not. */
export function largerDump({ dump, dumpAsked }: QualityReport): number {
  const enough = dump?.enoughFor99;
  return enough !== undefined && enough > dumpAsked ? roundedUp(enough) : Math.min(LARGEST_DUMP, dumpAsked * 4);
}

/** A size that is easily said, and that perf takes. */
export function roundedUp(bytes: number): number {
  return Math.min(LARGEST_DUMP, Math.ceil(bytes / 1024) * 1024);
}

function pythonLines(quality: QualityReport): string[] {
  const { python, pythonNamed, pythonSupport, chains, unwound } = quality;
  if (python === 0) return [];
  const lines = [`Python: functions named in ${percentOf(pythonNamed, python)} of ${grouped(python)} samples.`];
  if (quality.namelessTrampolines > 0) lines.push(`  ${grouped(quality.namelessTrampolines)} run Python functions that no jitdump or perf map names.`);
  const isShort = quality.pythonChainDepth < SHORT_CHAIN && pythonNamed < python / 2;
  if (unwound === 0 && chains > 0 && isShort) {
    lines.push('  This Python has no frame pointers: record with --call-graph dwarf,16384 -k 1 and -X perf_jit.');
  } else if (!pythonSupport) {
    lines.push('  No jitdump or perf map was found: run Python with -X perf_jit, and keep /tmp/jit-PID.dump beside the recording.');
  }
  return lines;
}

function moduleLines(quality: QualityReport): string[] {
  const missing = quality.unnamed.filter((entry) => entry.frames > 0);
  if (missing.length === 0) return [];
  const lines = ['Without names:'];
  for (const entry of missing.slice(0, MOST_MODULES)) {
    const { module, frames } = entry;
    lines.push(`  ${module.path}: ${grouped(frames)} frames; ${shortAdvice(entry)}`);
  }
  if (missing.length > MOST_MODULES) lines.push(`  and ${missing.length - MOST_MODULES} more`);
  return lines;
}
