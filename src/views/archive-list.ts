// What is in an archive, for people: a line for each file, and what is lacking.

import type { ArchiveManifest, ArchiveMember } from '../symbols/archive/manifest.ts';
import { printable } from './printable.ts';

const NOUNS = [
  ['recording', 'recording', 'recordings'],
  ['jitdump', 'jitdump', 'jitdumps'],
  ['perf-map', 'perf map', 'perf maps'],
  ['kallsyms', 'kallsyms', 'kallsyms'],
  ['elf', 'symbol file', 'symbol files'],
] as const;

/** `1 recording, 1 jitdump, kallsyms, 12 symbol files; 1 203 456 bytes`. */
export function contentsLine(members: readonly ArchiveMember[], size: number): string {
  const counts = NOUNS.flatMap(([kind, one, many]) => {
    const own = members.filter((member) => member.kind === kind);
    // The files of a directory are one recording.
    const count = kind === 'recording' ? Math.min(1, own.length) : own.length;
    return count === 0 ? [] : [kind === 'kallsyms' ? one : `${count} ${count === 1 ? one : many}`];
  });
  return `${counts.join(', ')}; ${size} bytes`;
}

/** A table of the members: bytes, bytes as archived, what it is, its name, and of ELF files the build id and what of them is there. */
export function archiveLines({ createdBy, members, missing }: ArchiveManifest, size: number): string[] {
  const rows = members.map((member) => {
    const { kind, name, blocks, buildId, parts, path } = member;
    const archived = blocks.reduce((sum, [length]) => sum + length, 0);
    const about = kind === 'elf' ? `${buildId === '' ? 'no build id' : buildId} (${parts.join(', ')})` : kind === 'jitdump' ? path : '';
    return [String(member.size), archived === 0 ? '?' : String(archived), kind, name, about];
  });
  const table = [['bytes', 'archived', 'what', 'name', ''], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map(([bytes, archived, what, name, about]) =>
    `${bytes!.padStart(widths[0]!)} ${archived!.padStart(widths[1]!)} ${what!.padEnd(widths[2]!)} ${name!.padEnd(widths[3]!)} ${about!}`.trimEnd(),
  );
  const lacks = missing.map(({ path, buildId }) => `missing: ${path}${buildId === '' ? '' : ` ${buildId}`}`);
  return [...lines, ...lacks, `${contentsLine(members, size)}${createdBy === '' ? '' : `; made by ${createdBy}`}`].map(printable);
}
