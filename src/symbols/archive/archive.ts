// An archive as the pipeline needs it: the recording's own files as sources, its symbol files as a tree, jitdumps and perf maps by what
// the recording calls them (docs/ARCHIVE.md). Opening reads the directory and the manifest; a member is read when it is asked for.

import type { Diagnostics } from '../../bytes/diagnostics.ts';
import { inflate } from '../../bytes/inflate.ts';
import { crc32 } from '../../bytes/crc32.ts';
import { MAX_ARCHIVE_MANIFEST, MAX_ARCHIVE_WHOLE } from '../../bytes/limits.ts';
import { perform } from '../../bytes/reading.ts';
import { baseName } from '../../bytes/recorded-path.ts';
import { MemorySource } from '../../bytes/source.ts';
import type { ByteSource } from '../../bytes/source.ts';
import { decodeText } from '../../bytes/text.ts';
import { run, settled } from '../../bytes/waiting.ts';
import type { Waiting } from '../../bytes/waiting.ts';
import { RangeSource } from '../../bytes/range-source.ts';
import { BlockSource } from '../../bytes/zip/block-source.ts';
import { readMemberStart, readZipDirectory } from '../../bytes/zip/zip-directory.ts';
import type { ZipMember } from '../../bytes/zip/zip-directory.ts';
import type { InflateCodec } from '../../bytes/zip/zip-format.ts';
import { treeComponents, withoutDeletedMark } from '../file-tree.ts';
import type { FileTree } from '../file-tree.ts';
import { MANIFEST_NAME, notArchive, parseManifest } from './manifest.ts';
import type { ArchiveManifest, ArchiveMember } from './manifest.ts';

/** What this library has itself. */
const OWN_CODEC: InflateCodec = { inflate, crc32 };

/** An open archive. Its members live as long as the source of its bytes. */
export class Archive {
  readonly manifest: ArchiveManifest;
  /** The recording; of a directory its `data`, then `data.0`, `data.1` … */
  readonly recording: readonly ArchiveMember[];
  readonly tree: FileTree;
  readonly #source: ByteSource;
  readonly #directory: ReadonlyMap<string, ZipMember>;
  readonly #codec: InflateCodec;
  readonly #diagnostics: Diagnostics;

  private constructor(source: ByteSource, directory: ReadonlyMap<string, ZipMember>, manifest: ArchiveManifest, name: string, codec: InflateCodec, diagnostics: Diagnostics) {
    this.#source = source;
    this.#directory = directory;
    this.#codec = codec;
    this.#diagnostics = diagnostics;
    this.manifest = { ...manifest, members: this.#usable(manifest.members) };
    this.recording = this.manifest.members.filter(({ kind }) => kind === 'recording').toSorted((a, b) => partNumber(a.path) - partNumber(b.path));
    const files = new Map<string, ArchiveMember>();
    for (const member of this.manifest.members) {
      const key = member.kind === 'elf' ? treeComponents(member.path)?.join('/') : undefined;
      if (key !== undefined && !files.has(key)) files.set(key, member);
    }
    this.tree = new ArchiveTree(name, files, (member) => this.open(member));
  }

  /**
   * Opens the archive that a source holds. `name` is for people.
   * @throws PerftsError PERFTS_NOT_PERF_DATA with one line for what is none, is cut short, or comes from a later version.
   */
  static *open(source: ByteSource, name: string, diagnostics: Diagnostics, codec: InflateCodec = OWN_CODEC): Waiting<Archive> {
    const directory = yield* settled(perform(source, readZipDirectory(source.size, diagnostics)));
    if (directory === 'not-zip') throw notArchive('it is no zip file');
    if (directory === 'cut') throw notArchive('it is cut short, and the list of its files at its end is lost');
    if (directory === 'damaged') throw notArchive('the list of its files is damaged');
    const member = directory.get(MANIFEST_NAME);
    if (member === undefined) throw notArchive(`there is no ${MANIFEST_NAME} in it`);
    const start = yield* settled(perform(source, readMemberStart(member)));
    if (start < 0 || member.size > MAX_ARCHIVE_MANIFEST) throw notArchive(`its ${MANIFEST_NAME} is damaged`);
    const compressed = (yield* settled(source.read(start, member.compressedSize))).slice();
    const bytes = member.isDeflated ? codec.inflate(compressed, member.size) : compressed;
    if (codec.crc32(bytes) !== member.crc32) throw notArchive(`its ${MANIFEST_NAME} is damaged`);
    return new Archive(source, directory, parseManifest(decodeText(bytes, 0, bytes.length), diagnostics), name, codec, diagnostics);
  }

  /** The bytes of a member, to be read anywhere; undefined where they cannot be. */
  open(member: ArchiveMember): ByteSource | undefined | Promise<ByteSource | undefined> {
    return run(this.#open(member));
  }

  /**
   * The recording; of a directory its files in order.
   * @throws PerftsError PERFTS_NOT_PERF_DATA with one line, where not all of it is there.
   */
  *openRecording(): Waiting<ByteSource[]> {
    const sources: ByteSource[] = [];
    for (const member of this.recording) {
      const source = yield* this.#open(member);
      if (source !== undefined) sources.push(source);
    }
    if (sources.length === 0 || sources.length < this.recording.length) throw notArchive('the recording is not in it');
    return sources;
  }

  /** The jitdump that was mapped under a recorded path; one that was added later is known by its name only. */
  openJitdump(path: string): ByteSource | undefined | Promise<ByteSource | undefined> {
    const name = baseName(withoutDeletedMark(path));
    return this.#first(({ kind, path: own }) => kind === 'jitdump' && own === path) ?? this.#first(({ kind, path: own }) => kind === 'jitdump' && own === name);
  }

  openPerfMap(pid: number): ByteSource | undefined | Promise<ByteSource | undefined> {
    return this.#first((member) => member.kind === 'perf-map' && member.pid === pid);
  }

  /** The process ids of its perf maps. */
  listPerfMaps(): number[] {
    return this.manifest.members.filter(({ kind }) => kind === 'perf-map').map(({ pid }) => pid);
  }

  openKallsyms(): ByteSource | undefined | Promise<ByteSource | undefined> {
    return this.#first((member) => member.kind === 'kallsyms');
  }

  /** A member's bytes as they lie in the zip file, for copying; undefined where they cannot be found. */
  *raw(member: ArchiveMember): Waiting<{ readonly start: number; readonly zip: ZipMember } | undefined> {
    const zip = this.#directory.get(member.name);
    const start = zip === undefined ? -1 : yield* settled(perform(this.#source, readMemberStart(zip)));
    return zip === undefined || start < 0 || start + zip.compressedSize > this.#source.size ? undefined : { start, zip };
  }

  #first(wanted: (member: ArchiveMember) => boolean): ByteSource | undefined | Promise<ByteSource | undefined> {
    const member = this.manifest.members.find(wanted);
    return member === undefined ? undefined : this.open(member);
  }

  /** Those that are there, each once: the manifest and the directory must tell the same. */
  #usable(members: readonly ArchiveMember[]): ArchiveMember[] {
    const names = new Set<string>();
    return members.filter((member) => {
      const zip = this.#directory.get(member.name);
      const isGood = zip !== undefined && zip.size === member.size && !names.has(member.name) && member.name !== MANIFEST_NAME;
      if (!isGood) this.#diagnostics.damaged('archive-manifest', -1, `members of the manifest are not there as it says, or not to be used: ${JSON.stringify(member.name)}`);
      names.add(member.name);
      return isGood;
    });
  }

  *#open(member: ArchiveMember): Waiting<ByteSource | undefined> {
    const diagnostics = this.#diagnostics.of(member.name);
    const raw = yield* this.raw(member);
    if (raw === undefined) {
      diagnostics.damaged('archive-member-lost', -1, 'the archive does not hold it any more');
      return undefined;
    }
    const { start, zip } = raw;
    if (!zip.isDeflated) return new RangeSource(this.#source, start, zip.size);
    const blocks = blocksOf(member, zip, start, this.manifest.blockSize);
    if (blocks !== undefined) return new BlockSource(this.#source, zip.size, blocks, this.#codec, diagnostics);
    // Another tool has packed it again.
    if (zip.size > MAX_ARCHIVE_WHOLE) {
      diagnostics.damaged('archive-member-repacked', -1, `it has ${zip.size} bytes and was packed by another tool: unpack the archive, and make one with perfts`);
      return undefined;
    }
    const bytes = this.#codec.inflate((yield* settled(this.#source.read(start, zip.compressedSize))).slice(), zip.size);
    if (bytes.length < zip.size || this.#codec.crc32(bytes) !== zip.crc32) diagnostics.damaged('archive-block', bytes.length, 'what the archive holds of it is damaged');
    return new MemorySource(bytes);
  }
}

/** Where the blocks of a member are, if the manifest tells it and it is true of the member's size. */
function blocksOf(member: ArchiveMember, zip: ZipMember, start: number, blockSize: number): { blockSize: number; offsets: Float64Array; crcs: Uint32Array } | undefined {
  const { blocks } = member;
  if (blocks.length !== Math.max(1, Math.ceil(zip.size / blockSize))) return undefined;
  const offsets = new Float64Array(blocks.length + 1);
  const crcs = new Uint32Array(blocks.length);
  let at = start;
  for (const [i, [length, crc]] of blocks.entries()) {
    // Stored blocks of deflate cost a little; more than that nobody needs.
    if (length < 0 || length > blockSize + blockSize / 16 + 64) return undefined;
    offsets[i] = at;
    crcs[i] = crc;
    at += length;
  }
  offsets[blocks.length] = at;
  return at === start + zip.compressedSize ? { blockSize, offsets, crcs } : undefined;
}

/** `data` before `data.0`. */
function partNumber(path: string): number {
  return Number(/^data\.(\d+)$/.exec(path)?.[1] ?? -1);
}

/** The symbol files of an archive at their recorded paths. */
class ArchiveTree implements FileTree {
  readonly name: string;
  readonly #files: ReadonlyMap<string, ArchiveMember>;
  readonly #open: (member: ArchiveMember) => ByteSource | undefined | Promise<ByteSource | undefined>;

  constructor(name: string, files: ReadonlyMap<string, ArchiveMember>, open: (member: ArchiveMember) => ByteSource | undefined | Promise<ByteSource | undefined>) {
    this.name = name;
    this.#files = files;
    this.#open = open;
  }

  open(path: string): ByteSource | undefined | Promise<ByteSource | undefined> {
    const key = treeComponents(path)?.join('/');
    const member = key === undefined ? undefined : this.#files.get(key);
    return member === undefined ? undefined : this.#open(member);
  }

  list(path: string): readonly string[] {
    if (path.includes('\0')) return [];
    const key = treeComponents(path)?.join('/');
    const prefix = key === undefined ? '' : `${key}/`;
    const names = new Set<string>();
    for (const file of this.#files.keys()) if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/', 1)[0]!);
    return [...names].sort();
  }
}
