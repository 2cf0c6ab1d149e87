// Adding files to an archive: symbol files that were found later, jitdumps, perf maps, kallsyms. What a file is, its contents say. The new
// archive is written beside the old one and then takes its place; members that stay are copied as they are.

import { renameSync } from 'node:fs';
import { basename } from 'node:path';
import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { perform } from '../bytes/reading.ts';
import { baseName } from '../bytes/recorded-path.ts';
import { MemorySource } from '../bytes/source.ts';
import type { ByteSource } from '../bytes/source.ts';
import { run } from '../bytes/waiting.ts';
import { ZipWriter } from '../bytes/zip/zip-writer.ts';
import { readElf } from '../elf/elf-file.ts';
import { hasSymtab } from '../elf/symbol-sections.ts';
import { JITDUMP_MAGIC } from '../jit/jitdump-records.ts';
import { memberOf } from '../profile/archive/archive-recording.ts';
import { MemberNames } from '../profile/archive/member-names.ts';
import type { Archive } from '../symbols/archive/archive.ts';
import { MANIFEST_NAME, manifestText } from '../symbols/archive/manifest.ts';
import type { ArchiveMember, MissingFile } from '../symbols/archive/manifest.ts';
import { archivedElf, type SymbolFileWants } from '../symbols/archive/symbol-files.ts';
import { buildIdLink, debugPath, sameBuildId } from '../symbols/build-id.ts';
import { unpackedModule } from '../symbols/packed-module.ts';
import { hasCode, hasDebugInfo } from '../elf/contents.ts';
import { FileSink, writtenWhole } from './file-sink.ts';
import { openFile } from './file-source.ts';
import { reasonOf } from './system-errors.ts';
import { openArchive } from './open-archive.ts';
import { NODE_CODEC } from './zip-codec.ts';

const PERF_MAP = /^perf-(\d{1,10})\.map$/;
const JITDUMP = /^jit-\d+\.dump$/;
const KALLSYMS_LINE = /^[0-9a-f]{8,16} [A-Za-z?] \S/;

type NewMember = Pick<ArchiveMember, 'name' | 'kind'> & Partial<ArchiveMember> & { readonly source: ByteSource };

/**
 * Adds files to the archive at `path`; one that is there already is replaced. Gives the members that are new.
 * @throws PerftsError with one plain line for a file whose place in the archive cannot be told, and where something cannot be written.
 */
export async function addToArchive(path: string, files: readonly string[], wants: SymbolFileWants = { lines: false, code: false }): Promise<readonly ArchiveMember[]> {
  const file = openFile(path);
  const opened: (ByteSource & { close?(): void })[] = [file];
  try {
    const { archive } = openArchive(file, path);
    const added: NewMember[] = [];
    const names = new MemberNames();
    for (const each of files) {
      const source = openFile(each);
      opened.push(source);
      const member = await classified(each, source, archive, wants, names);
      if (!added.some((other) => isSame(other, member))) added.push(member);
    }
    const fresh = await rewrite(path, file, archive, added);
    // Windows replaces no file that is open.
    for (const each of opened.splice(0)) each.close?.();
    replace(path);
    return fresh;
  } finally {
    for (const each of opened) each.close?.();
  }
}

/** Where the new archive is written. */
function besideOf(path: string): string {
  return `${path}.new`;
}

function replace(path: string): void {
  try {
    renameSync(besideOf(path), path);
  } catch (error) {
    throw new PerftsError('PERFTS_NO_FILE', `cannot replace ${path}: ${reasonOf(error)}`);
  }
}

async function classified(path: string, file: ByteSource, archive: Archive, wants: SymbolFileWants, names: MemberNames): Promise<NewMember> {
  const name = basename(path);
  // A kernel module, as distributions install them.
  const source = /\.ko\.\w+$/.test(name) ? await run(unpackedModule(file)) : file;
  const first = (await source.read(0, 4096)).slice();
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const elf = await perform(source, readElf(source.size, new Diagnostics()));
  if (elf !== undefined) {
    const { buildId } = elf;
    const missing = archive.manifest.missing.find((it) => (it.buildId === '' ? baseName(it.path) === name : sameBuildId(it.buildId, buildId)));
    if (buildId === '' && (missing === undefined || missing.buildId !== '')) {
      throw new PerftsError('PERFTS_USAGE', `${path} has no build id, and the archive lacks no file of its name: it could not be found again`);
    }
    // Neither code nor names: what unwinds only, cut down by another tool.
    const isDebugFile = !hasCode(elf) && (hasSymtab(elf) || hasDebugInfo(elf));
    const place = isDebugFile ? `/${debugPath(buildId)}` : (missing?.path ?? `/${buildIdLink(buildId)}/elf`);
    return { name: names.take('symfs', place), kind: 'elf', path: place, ...(await run(archivedElf(source, elf, wants, new Diagnostics()))) };
  }
  if (first.length >= 4 && (view.getUint32(0, true) === JITDUMP_MAGIC || view.getUint32(0, false) === JITDUMP_MAGIC) && JITDUMP.test(name)) {
    return { name, kind: 'jitdump', path: recordedPath(archive, name), source };
  }
  const pid = PERF_MAP.exec(name)?.[1];
  if (pid !== undefined) return { name, kind: 'perf-map', pid: Number(pid), source };
  if (KALLSYMS_LINE.test(new TextDecoder('latin1').decode(first))) return { name: 'kallsyms', kind: 'kallsyms', source };
  throw new PerftsError('PERFTS_USAGE', `${path} is nothing that an archive holds: no ELF file, jit-PID.dump, perf-PID.map or copy of /proc/kallsyms`);
}

/** Of a jitdump that is replaced; one that was not there goes by its name. */
function recordedPath(archive: Archive, name: string): string {
  return archive.manifest.members.find((member) => member.kind === 'jitdump' && member.name === name)?.path ?? name;
}

function isSame(one: Pick<ArchiveMember, 'name'>, other: Pick<ArchiveMember, 'name'>): boolean {
  return one.name.toLowerCase() === other.name.toLowerCase();
}

async function rewrite(path: string, file: ByteSource, archive: Archive, added: readonly NewMember[]): Promise<readonly ArchiveMember[]> {
  const sink = new FileSink(besideOf(path), path);
  const { manifest } = archive;
  const fresh: ArchiveMember[] = [];
  await writtenWhole(sink, async () => {
    const zip = new ZipWriter(sink, NODE_CODEC, manifest.blockSize);
    const members: ArchiveMember[] = [];
    for (const member of manifest.members) {
      if (added.some((other) => isSame(other, member))) continue;
      const raw = await run(archive.raw(member));
      if (raw === undefined) continue;
      await run(zip.copy(file, raw.start, { ...raw.zip, modified: member.modified }));
      members.push(member);
    }
    for (const { source, ...member } of added) {
      const { size, sha256, blocks } = await run(zip.add(member.name, source));
      fresh.push(memberOf({ ...member, size, sha256, blocks }));
    }
    members.push(...fresh);
    const missing = manifest.missing.filter((lack) => !fresh.some((member) => isFound(lack, member)));
    await run(zip.add(MANIFEST_NAME, new MemorySource(new TextEncoder().encode(manifestText({ ...manifest, members, missing })))));
    zip.finish(MANIFEST_NAME);
  });
  return fresh;
}

function isFound(lack: MissingFile, member: ArchiveMember): boolean {
  return member.kind === 'elf' && (lack.path === member.path || sameBuildId(lack.buildId, member.buildId));
}
