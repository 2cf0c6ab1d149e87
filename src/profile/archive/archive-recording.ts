// Makes an archive of a recording (docs/ARCHIVE.md): walks it once to learn what its stacks need, then writes the recording, what its
// runtimes wrote and of each ELF file what analysis takes. Nothing is held in memory but the plan.

import { Diagnostics } from '../../bytes/diagnostics.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import { MemorySource } from '../../bytes/source.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { run } from '../../bytes/waiting.ts';
import { ZipWriter } from '../../bytes/zip/zip-writer.ts';
import type { DeflateCodec, ZipSink } from '../../bytes/zip/zip-writer.ts';
import type { Module } from '../../process/module.ts';
import { BLOCK_SIZE, MANIFEST_NAME, manifestText } from '../../symbols/archive/manifest.ts';
import type { ArchiveMember, MissingFile } from '../../symbols/archive/manifest.ts';
import { SymbolFiles } from '../../symbols/archive/symbol-files.ts';
import { FileSearch } from '../../symbols/search.ts';
import type { Recording } from '../recording.ts';
import { MemberNames } from './member-names.ts';
import type { NotedInput } from './noted-input.ts';

/** What goes into an archive. */
export interface ArchiveContents {
  /** Debugging information too: source lines and inlined calls. */
  readonly lines?: boolean | undefined;
  /** The bytes of code. */
  readonly code?: boolean | undefined;
  /** Every ELF file that was mapped as code, not only those in which a frame lies. */
  readonly all?: boolean | undefined;
}

/** How an archive is made. */
export interface ArchivePlan extends ArchiveContents {
  /** `perfts 0.1.0`. */
  readonly createdBy: string;
  /** What the recording's own files are called: '' for the only one, `data`, `data.0` … in a directory. */
  readonly names: readonly string[];
  readonly modified?: Date | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** What became of it. */
export interface MadeArchive {
  readonly members: readonly ArchiveMember[];
  /** Files in which frames lie and that were not found. */
  readonly missing: readonly MissingFile[];
  /** Whether there are kernel frames, and no kernel symbols. */
  readonly lacksKernel: boolean;
}

type Unwritten = Pick<ArchiveMember, 'name' | 'kind'> & Partial<ArchiveMember> & { readonly source: ByteSource };

/** `recording` must be one of `input`. */
export async function archiveRecording(recording: Recording, input: NotedInput, sink: ZipSink, codec: DeflateCodec, plan: ArchivePlan): Promise<MadeArchive> {
  const { modules, pids } = await neededModules(recording, plan);
  const diagnostics = new Diagnostics();
  const release = recording.file.features.osRelease ?? '';
  const places = { trees: input.given.trees, caches: input.caches, more: input.more, vdso: input.vdso, vmlinux: input.vmlinux, release, opened: input.opened };
  const files = new SymbolFiles(places, { lines: plan.lines ?? false, code: plan.code ?? false }, recording.machine, diagnostics);
  try {
    const missing: MissingFile[] = [];
    let hasVmlinux = false;
    for (const module of modules) {
      const isKernel = module.kind === 'kernel' || module.kind === 'kernel-module';
      if (module.kind !== 'file' && module.kind !== 'vdso' && !isKernel) continue;
      // One kallsyms has them all, and goes first where it was given.
      if (isKernel && input.kallsyms !== undefined && (module.kind === 'kernel-module' || input.vmlinux === undefined)) continue;
      if (module.kind === 'kernel') hasVmlinux = await run(files.add(module));
      else if (!(await run(files.add(module))) && /^\/[^/]/.test(module.path)) missing.push({ path: module.path, buildId: module.buildId });
    }
    if (plan.lines === true) await run(files.addSplit());
    const kernel = modules.find(({ kind }) => kind === 'kernel');
    const kallsyms = input.kallsyms ?? (kernel === undefined || hasVmlinux ? undefined : await cachedKallsyms(input, kernel.buildId, diagnostics));
    const unwritten = [...ownFiles(input, plan), ...runtimeFiles(input, pids, kallsyms), ...elfFiles(files)];
    const members = await write(unwritten, missing, sink, codec, plan);
    return { members, missing, lacksKernel: kernel !== undefined && kallsyms === undefined && !hasVmlinux };
  } finally {
    files.close();
  }
}

/** The modules that a walk had to load; all that were mapped, where more than stacks is looked up in them. */
async function neededModules(recording: Recording, plan: ArchivePlan): Promise<{ readonly modules: Module[]; readonly pids: { has(pid: number): boolean } }> {
  const lines = plan.lines ?? false;
  const source = lines ? ({ inlines: true, lines: true, otherwise: 'function' } as const) : undefined;
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: true, source });
  // The walk is a third of the work, or less where much is compressed.
  await pipeline.run({ sample: () => {}, progress: (share) => plan.onProgress?.(share / 3) });
  const all = plan.all === true || recording.file.events.events.some(({ attr }) => (attr.sampleType & (SAMPLE_ADDR | SAMPLE_BRANCH_STACK)) !== 0);
  const { contents } = pipeline.resolver;
  const { pids, modules } = pipeline.processes;
  return { pids, modules: modules.all.filter(({ id, kind }) => contents[id] !== undefined || (all && kind === 'file')) };
}

/** perf_event_attr.sample_type (FORMAT 2.3): addresses of data, ends of branches. */
const SAMPLE_ADDR = 8;
const SAMPLE_BRANCH_STACK = 2048;

async function cachedKallsyms(input: NotedInput, buildId: string, diagnostics: Diagnostics): Promise<ByteSource | undefined> {
  return await run(new FileSearch(input.given.trees, input.given.caches ?? [], diagnostics).kallsyms(buildId));
}

/** The recording under perf's own names, so that perf too finds it when it is unpacked. */
function ownFiles(input: NotedInput, plan: ArchivePlan): Unwritten[] {
  return input.sources.map((source, i) => {
    const path = plan.names[i] ?? '';
    return { name: path === '' ? 'perf.data' : `perf.data/${path}`, kind: 'recording', path, source, modified: i === 0 ? plan.modified : undefined };
  });
}

/** Jitdumps, perf maps and kallsyms lie beside the recording, where they are looked for. */
function runtimeFiles(input: NotedInput, pids: { has(pid: number): boolean }, kallsyms: ByteSource | undefined): Unwritten[] {
  const names = new MemberNames();
  const jitdumps = [...input.jitdumps].map(([path, source]): Unwritten => {
    const bare = path.replace(/ \(deleted\)$/, '');
    return { name: names.take('', baseName(bare)), kind: 'jitdump', path, source };
  });
  // One of a process that was not recorded belongs here if it was taken for one that was, which knew itself by another id.
  const taken = [...input.perfMaps].filter(([pid, { asked }]) => asked > 1 || pids.has(pid));
  const maps = taken.map(([pid, { source }]): Unwritten => ({ name: `perf-${pid}.map`, kind: 'perf-map', pid, source }));
  return [...jitdumps, ...maps, ...(kallsyms === undefined ? [] : [{ name: 'kallsyms', kind: 'kallsyms', source: kallsyms } as const])];
}

function elfFiles(files: SymbolFiles): Unwritten[] {
  const names = new MemberNames();
  return [...files.files.values()].map((file) => ({ name: names.take('symfs', file.path), kind: 'elf', ...file }));
}

async function write(files: readonly Unwritten[], missing: readonly MissingFile[], sink: ZipSink, codec: DeflateCodec, plan: ArchivePlan): Promise<ArchiveMember[]> {
  const zip = new ZipWriter(sink, codec, BLOCK_SIZE);
  const total = files.reduce((sum, { source }) => sum + source.size, 0);
  let done = 0;
  const onBytes = (count: number): void => {
    done += count;
    plan.onProgress?.(1 / 3 + ((2 / 3) * done) / Math.max(1, total));
  };
  const members: ArchiveMember[] = [];
  for (const { source, ...file } of files) {
    const { size, sha256, blocks } = await run(zip.add(file.name, source, file.modified ?? plan.modified, onBytes));
    members.push(memberOf({ ...file, size, sha256, blocks }));
  }
  const text = new TextEncoder().encode(manifestText({ createdBy: plan.createdBy, blockSize: BLOCK_SIZE, members, missing }));
  await run(zip.add(MANIFEST_NAME, new MemorySource(text), plan.modified));
  zip.finish(MANIFEST_NAME);
  return members;
}

/** With everything that it need not say. */
export function memberOf(member: Pick<ArchiveMember, 'name' | 'kind' | 'size' | 'sha256' | 'blocks'> & Partial<ArchiveMember>): ArchiveMember {
  return { path: '', buildId: '', pid: -1, parts: [], modified: undefined, ...member, wholeSize: Math.max(member.size, member.wholeSize ?? 0) };
}
