// The block after a report: in a few lines how good the data is, what is missing, and the command that would get it (DESIGN 11 and
// "What a user sees first").

import type { Damage } from '../bytes/diagnostics.ts';
import type { QualityReport } from '../profile/quality.ts';

/** Modules without names that are listed; the rest is counted. */
const MOST_MODULES = 6;
/** Kinds of damage that are listed. */
const MOST_DAMAGE = 8;
/** The largest dump that perf records. */
const LARGEST_DUMP = 65_528;

/** Frames of a Python stack, on average, below which frame pointers cannot have been there: CPython calls deeper than this before any code runs. */
const SHORT_CHAIN = 8;

const REASONS: Readonly<Record<string, string>> = {
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
  const lost = quality.lost === 0 ? 'none lost' : `${count(quality.lost)} lost`;
  lines.push(`Samples: ${count(quality.samples)}, ${lost}.`);
  if (quality.unwound > 0) lines.push(...unwoundLines(quality));
  else if (quality.chains > 0) {
    const tail = quality.chainsWithTail === 0 ? '' : `; ${share(quality.chainsWithTail, quality.chains)} end in addresses of no code, as chains do that leave code built with frame pointers`;
    lines.push(`Stacks: ${count(quality.chains)} recorded by frame pointers${tail}.`);
  }
  lines.push(...pythonLines(quality), ...moduleLines(quality));
  for (const { file, message, offset, count: times } of damage.slice(0, MOST_DAMAGE)) {
    const where = offset >= 0 ? ` (at offset ${offset})` : '';
    lines.push(`Note: ${file === '' ? '' : `${file}: `}${message}${where}${times > 1 ? `, ${count(times)} times` : ''}.`);
  }
  if (damage.length > MOST_DAMAGE) lines.push(`Note: ${damage.length - MOST_DAMAGE} more kinds of damage.`);
  return lines;
}

function unwoundLines(quality: QualityReport): string[] {
  const { unwound, complete, cut } = quality;
  const lines = [`Stacks: ${count(unwound)} unwound, ${share(complete, unwound)} complete.`];
  for (const { reason, stacks } of cut) {
    let line = `  ${count(stacks)} (${share(stacks, unwound)}) ${REASONS[reason] ?? `end: ${reason}`}`;
    if ((reason === 'no CFI' || reason === 'no module') && quality.unnamed.some((entry) => !entry.found)) line += ', since files are missing (below)';
    if (reason === 'dump exhausted' && quality.fullDumps > 0) {
      line +=
        quality.dumpAsked >= LARGEST_DUMP
          ? `: ${quality.dumpAsked} bytes, the most that perf records; use frame pointers (CPython 3.15 has them)`
          : `: ${quality.dumpAsked} bytes; record with --call-graph dwarf,${Math.min(LARGEST_DUMP, quality.dumpAsked * 4)}`;
    }
    lines.push(`${line}.`);
  }
  return lines;
}

function pythonLines(quality: QualityReport): string[] {
  const { python, pythonNamed, pythonSupport, chains, unwound } = quality;
  if (python === 0) return [];
  const lines = [`Python: functions named in ${share(pythonNamed, python)} of ${count(python)} samples.`];
  if (quality.namelessTrampolines > 0) lines.push(`  ${count(quality.namelessTrampolines)} run Python functions that no jitdump or perf map names.`);
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
  for (const { module, frames, found } of missing.slice(0, MOST_MODULES)) {
    const why =
      module.kind === 'kernel' || module.kind === 'kernel-module'
        ? 'give --kallsyms FILE, a copy of /proc/kallsyms made as root'
        : module.kind === 'anonymous'
          ? found
            ? 'the map has no name for these addresses'
            : `no ${module.shortName} beside the recording`
          : found
            ? 'the file is there, but has no symbols for these addresses'
            : `file not found${module.buildId === '' ? '' : ` (build id ${module.buildId.slice(0, 12)}…)`}; give --symfs ROOT with the files of that machine`;
    lines.push(`  ${module.path}: ${count(frames)} frames; ${why}`);
  }
  if (missing.length > MOST_MODULES) lines.push(`  and ${missing.length - MOST_MODULES} more`);
  return lines;
}

function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ' ');
}

function share(part: number, whole: number): string {
  const percent = (100 * part) / whole;
  return `${percent > 99.9 && part < whole ? '99.9' : percent.toFixed(1)} %`;
}
