// Unpacking an archive into a folder of its own, for perf and other tools: `perf.data`, jitdumps, perf maps, `kallsyms` and `symfs/`. Every
// file is held against its checksum. Nothing is written outside the folder, no link is made, and no more bytes than were announced.

import { createHash } from 'node:crypto';
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Diagnostics } from '../bytes/diagnostics.ts';
import type { Damage } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import type { ByteSource } from '../bytes/source.ts';
import { manifestText, MANIFEST_NAME } from '../symbols/archive/manifest.ts';
import type { ArchiveMember } from '../symbols/archive/manifest.ts';
import { HOST_FLAVOUR } from './directory-tree.ts';
import { openFile } from './file-source.ts';
import { hostPath } from './host-path.ts';
import { openArchive } from './open-archive.ts';
import { reasonOf } from './system-errors.ts';
import { writeAll } from './write-all.ts';

/** How an archive is unpacked. */
export interface UnpackOptions {
  /** Also when it claims to be far larger than it can honestly be. */
  readonly force?: boolean | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What was unpacked. */
export interface Unpacked {
  readonly members: readonly ArchiveMember[];
  readonly damage: readonly Damage[];
}

/** Bytes unpacked for each byte of the archive that need no second thought: stack dumps come to 30, files of which little is kept to 100. */
const CREDIBLE_RATIO = 256;
const ALWAYS_CREDIBLE = 67_108_864;
const PIECE = 262_144;

/**
 * Unpacks into a folder that is new or empty.
 * @throws PerftsError with one plain line where it cannot be read or written.
 */
export function unpackArchive(path: string, folder: string, options: UnpackOptions = {}): Unpacked {
  const file = openFile(path);
  try {
    const { archive, diagnostics } = openArchive(file, path);
    const { members } = archive.manifest;
    const total = members.reduce((sum, { size }) => sum + size, 0);
    if (options.force !== true && total > Math.max(ALWAYS_CREDIBLE, file.size * CREDIBLE_RATIO)) {
      throw new PerftsError('PERFTS_NOT_PERF_DATA', `${path}: its ${file.size} bytes claim to unpack to ${total}: not unpacked without --force`);
    }
    prepare(folder);
    let done = 0;
    const unpacked: ArchiveMember[] = [];
    for (const member of members) {
      const source = archive.open(member);
      const target = hostPath(folder, member.name.split('/'), HOST_FLAVOUR);
      if (source === undefined || source instanceof Promise || target === undefined) continue;
      if (write(target, source, member, diagnostics, (count) => options.onProgress?.((done += count) / Math.max(1, total)))) unpacked.push(member);
    }
    const text = new TextEncoder().encode(manifestText(archive.manifest));
    put(hostPath(folder, [MANIFEST_NAME], HOST_FLAVOUR)!, (descriptor) => void writeAll(descriptor, text));
    return { members: unpacked, damage: diagnostics.all() };
  } finally {
    if ('close' in file) file.close();
  }
}

/** What is there already could be a link that leads elsewhere. */
function prepare(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length > 0) throw new PerftsError('PERFTS_USAGE', `${folder} is not empty: name a new directory to unpack into`);
  } catch (error) {
    throw error instanceof PerftsError ? error : new PerftsError('PERFTS_NO_FILE', `cannot write ${folder}: ${reasonOf(error)}`);
  }
}

/** False where the host has a file of that name already: names that differ in case only, where case does not count. */
function write(target: string, source: ByteSource, member: ArchiveMember, diagnostics: Diagnostics, onBytes: (count: number) => void): boolean {
  const hash = createHash('sha256');
  const isNew = put(target, (descriptor) => {
    for (let at = 0; at < source.size; ) {
      const bytes = source.read(at, PIECE);
      if (bytes instanceof Promise || bytes.length === 0) break;
      hash.update(bytes);
      // Files that were cut down are mostly zeros: these become holes.
      if (bytes.some((byte) => byte !== 0)) writeAll(descriptor, bytes, at);
      at += bytes.length;
      onBytes(bytes.length);
    }
    ftruncateSync(descriptor, source.size);
  });
  const file = diagnostics.of(member.name);
  if (!isNew) file.damaged('archive-name-taken', -1, 'a file of that name is there already: it is not unpacked');
  else if (member.sha256 === '') file.damaged('archive-no-checksum', -1, 'nothing tells whether it is what was put in');
  else if (hash.digest('hex') !== member.sha256) file.damaged('archive-checksum', -1, 'it is not what was put in: its checksum is another');
  return isNew;
}

function put(path: string, fill: (descriptor: number) => void): boolean {
  let descriptor: number;
  try {
    mkdirSync(dirname(path), { recursive: true });
    descriptor = openSync(path, 'wx', 0o644);
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOTDIR')) return false;
    throw new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
  }
  try {
    fill(descriptor);
  } catch (error) {
    throw error instanceof PerftsError ? error : new PerftsError('PERFTS_NO_FILE', `cannot write ${path}: ${reasonOf(error)}`);
  } finally {
    closeSync(descriptor);
  }
  return true;
}
