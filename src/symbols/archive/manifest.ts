// The manifest of an archive (docs/ARCHIVE.md): what each member is, where it belongs, and where its blocks begin. JSON from a stranger:
// everything is looked at before it is believed, and what cannot be understood costs that member only.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { PerftsError } from '../../bytes/errors.ts';
import { MAX_ARCHIVE_BLOCK, MAX_MANIFEST_DEPTH, MAX_PATH } from '../../bytes/limits.ts';

/** Name of the member that holds it. */
export const MANIFEST_NAME = 'manifest.json';
export const ARCHIVE_FORMAT = 'perfts-archive';
/** A later version is one that this one would misread; members and fields that are new do not make one. */
export const ARCHIVE_VERSION = 1;
/** Bytes of an independent block of a member. */
export const BLOCK_SIZE = 262_144;

/** What a member is. */
export type ArchiveMemberKind = 'recording' | 'jitdump' | 'perf-map' | 'kallsyms' | 'elf';
/** What of an ELF file is there: everything, or what was chosen. */
export type ElfPart = 'everything' | 'symbols' | 'unwinding' | 'lines' | 'code';

/** A file in an archive. */
export interface ArchiveMember {
  /** In the zip file, and below the folder when it is unpacked. */
  readonly name: string;
  readonly kind: ArchiveMemberKind;
  /** Recorded path, for jitdumps and ELF files; of a recording '' or, in a directory, `data`, `data.0` …; else ''. */
  readonly path: string;
  /** Hexadecimal; '' for what has none. */
  readonly buildId: string;
  /** Of the process, for perf maps; else -1. */
  readonly pid: number;
  /** Of an ELF file. */
  readonly parts: readonly ElfPart[];
  /** Of the file before it was cut down, in bytes; equal to `size` where it was not. */
  readonly wholeSize: number;
  /** In bytes. */
  readonly size: number;
  /** Hexadecimal; '' where it is not told. */
  readonly sha256: string;
  /** When the recording was written; undefined for others. */
  readonly modified: Date | undefined;
  /** Compressed length and CRC-32 of each block; empty where they are not told. */
  readonly blocks: readonly (readonly [number, number])[];
}

/** A file that was wanted and not found when the archive was made. */
export interface MissingFile {
  readonly path: string;
  readonly buildId: string;
}

/** All that an archive says of itself. */
export interface ArchiveManifest {
  /** `perfts 0.1.0`. */
  readonly createdBy: string;
  readonly blockSize: number;
  readonly members: readonly ArchiveMember[];
  readonly missing: readonly MissingFile[];
}

const KINDS: readonly string[] = ['recording', 'jitdump', 'perf-map', 'kallsyms', 'elf'] satisfies readonly ArchiveMemberKind[];
const PARTS: readonly string[] = ['everything', 'symbols', 'unwinding', 'lines', 'code'] satisfies readonly ElfPart[];

/** A manifest as it is written: readable, a member a line. */
export function manifestText({ createdBy, blockSize, members, missing }: ArchiveManifest): string {
  const lines = members.map((member) => `    ${JSON.stringify(written(member))}`);
  const absent = missing.map((file) => `    ${JSON.stringify(file)}`);
  const head = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, createdBy, blockSize };
  const fields = Object.entries(head).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${[...fields, `  "members": ${list(lines)}`, `  "missing": ${list(absent)}`].join(',\n')}\n}\n`;
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '[]' : `[\n${lines.join(',\n')}\n  ]`;
}

/** Without what says nothing. */
function written(member: ArchiveMember): object {
  const { name, kind, path, buildId, pid, parts, wholeSize, size, sha256, modified, blocks } = member;
  return {
    name,
    kind,
    ...(path !== '' && { path }),
    ...(buildId !== '' && { buildId }),
    ...(pid >= 0 && { pid }),
    ...(parts.length > 0 && { parts }),
    size,
    ...(wholeSize !== size && { wholeSize }),
    ...(modified !== undefined && { modified: modified.toISOString() }),
    sha256,
    blocks,
  };
}

/**
 * Reads a manifest. Members that cannot be understood are left out with a warning.
 * @throws PerftsError PERFTS_NOT_PERF_DATA where it is none, or one of a later version.
 */
export function parseManifest(text: string, diagnostics: Diagnostics): ArchiveManifest {
  let value: unknown;
  if (isDeep(text)) throw notArchive(`its ${MANIFEST_NAME} is damaged`);
  try {
    value = JSON.parse(text);
  } catch {
    throw notArchive(`its ${MANIFEST_NAME} is damaged`);
  }
  if (!isObject(value) || value['format'] !== ARCHIVE_FORMAT) throw notArchive(`its ${MANIFEST_NAME} is another program's`);
  const version = wholeNumber(value['version']);
  if (version < 1) throw notArchive(`its ${MANIFEST_NAME} says no version`);
  if (version > ARCHIVE_VERSION) throw notArchive(`it is of version ${version}, and this perfts reads ${ARCHIVE_VERSION}: use a later one`);
  const blockSize = wholeNumber(value['blockSize']);
  const isBlocked = blockSize > 0 && blockSize <= MAX_ARCHIVE_BLOCK;
  const members: ArchiveMember[] = [];
  for (const each of listOf(value['members'])) {
    const member = memberOf(each, isBlocked);
    if (member !== undefined) members.push(member);
    else diagnostics.damaged('archive-manifest', -1, 'members of which it says something that is not understood are not used');
  }
  const missing = listOf(value['missing']).filter(isObject).map((file) => ({ path: textOf(file['path']), buildId: textOf(file['buildId']) }));
  return { createdBy: textOf(value['createdBy']), blockSize: isBlocked ? blockSize : BLOCK_SIZE, members, missing };
}

/** Whether lists and objects stand within each other more often than in any manifest. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (inString) {
      if (character === '\\') i++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '[' || character === '{') {
      if (++depth > MAX_MANIFEST_DEPTH) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}

function memberOf(value: unknown, isBlocked: boolean): ArchiveMember | undefined {
  if (!isObject(value)) return undefined;
  const name = textOf(value['name']);
  const kind = textOf(value['kind']);
  const size = wholeNumber(value['size']);
  if (name === '' || !isKind(kind) || size < 0) return undefined;
  const modified = new Date(textOf(value['modified']));
  return {
    name,
    kind,
    path: textOf(value['path']),
    buildId: /^[0-9a-f]{4,128}$/.test(textOf(value['buildId'])) ? textOf(value['buildId']) : '',
    pid: wholeNumber(value['pid']),
    parts: listOf(value['parts']).filter(isPart),
    size,
    wholeSize: Math.max(size, wholeNumber(value['wholeSize'])),
    sha256: /^[0-9a-f]{64}$/.test(textOf(value['sha256'])) ? textOf(value['sha256']) : '',
    modified: Number.isNaN(modified.getTime()) ? undefined : modified,
    blocks: isBlocked ? listOf(value['blocks']).map(blockOf) : [],
  };
}

function blockOf(value: unknown): readonly [number, number] {
  const [length, crc] = listOf(value);
  return [wholeNumber(length), wholeNumber(crc)];
}

function isKind(text: string): text is ArchiveMemberKind {
  return KINDS.includes(text);
}

function isPart(value: unknown): value is ElfPart {
  return typeof value === 'string' && PARTS.includes(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The elements of a list; none of anything else. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value.length <= MAX_PATH ? value : '';
}

/** -1 for what is no whole number from 0 on. */
function wholeNumber(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : -1;
}

/** An archive that cannot be used at all, in words. */
export function notArchive(why: string): PerftsError {
  return new PerftsError('PERFTS_NOT_PERF_DATA', `this is no archive of perfts that can be read: ${why}`);
}

