// A recording on disk and everything that belongs to it: its own files, the file systems in which modules are found, the kernel's
// symbols, jitdumps and perf maps. The order of the search is DESIGN's ("Where files that belong to a recording are looked
// for"): named by option, beside the recording, under --symfs, and at the recorded path on the machine that recorded only.

import { readdirSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { Diagnostics } from '../bytes/diagnostics.ts';
import { PerftsError } from '../bytes/errors.ts';
import { baseName } from '../bytes/recorded-path.ts';
import type { ByteSource } from '../bytes/source.ts';
import { withoutDeletedMark } from '../symbols/file-tree.ts';
import type { FileTree, TreeFile } from '../symbols/file-tree.ts';
import type { MoreFolders } from '../symbols/search-step.ts';
import { type DebuginfodOptions, DebuginfodTree } from './debuginfod-tree.ts';
import { DirectoryTree } from './directory-tree.ts';
import { openFile, openIfThere, openStandardInput } from './file-source.ts';
import { reasonOf } from './system-errors.ts';
import { NamedJitdumps } from './named-jitdumps.ts';
import type { OpenedArchive } from './open-archive.ts';
import type { PackedRecording } from './packed-recording.ts';
import { RecordingFolder } from './recording-folder.ts';
import { sameMachine, thisMachine } from './recording-machine.ts';
import type { MachineIdentity } from './recording-machine.ts';
import { TarFileTree } from './tar-file-tree.ts';
import { TemporaryStore } from './temporary-file.ts';

/** What the user said about where files are. Paths of the host. */
export interface RecordingFileOptions {
  /** Roots under which recorded paths are looked for, in this order. */
  readonly symfs?: readonly string[];
  readonly kallsyms?: string | undefined;
  /** The kernel's own file with its symbols. */
  readonly vmlinux?: string | undefined;
  /** Whether kernel modules get names; true if left out. */
  readonly kernelModules?: boolean | undefined;
  /** An image of the vdso. */
  readonly vdso?: string | undefined;
  /** Jitdumps, or folders of them. */
  readonly jitdumps?: readonly string[];
  readonly perfMapDir?: string | undefined;
  /** Folders, or tarballs, of files by build id, in any usual form, or by base name. */
  readonly symbolDirs?: readonly string[];
  /** debuginfod servers; none are asked if left out. */
  readonly debuginfod?: DebuginfodOptions | undefined;
  /** A build-id cache; `~/.debug` if left out, none if false. */
  readonly buildIdCache?: string | false;
}

const DATA_FILE = /^data\.(\d+)$/;

/** Fits what profile/ wants to know of a recording (RecordingInput). */
export class RecordingFiles {
  /** The recording; of a directory its `data`, then `data.0`, `data.1` … */
  readonly sources: readonly ByteSource[];
  readonly trees: FileTree[];
  readonly caches: readonly FileTree[];
  /** Folders by --symbol-dir, and debuginfod. */
  readonly more: MoreFolders;
  /** What is wrong with an archive, or a tarball. */
  readonly diagnostics: Diagnostics;
  readonly kallsyms: ByteSource | undefined;
  readonly vmlinux: ByteSource | undefined;
  readonly vdso: ByteSource | undefined;
  readonly #jitdumps: NamedJitdumps;
  readonly #perfMapDir: RecordingFolder;
  readonly #beside: RecordingFolder;
  readonly #symfs: readonly FileTree[];
  readonly #archive: OpenedArchive | undefined;
  /** The root of this machine, once it is known to be the one that recorded. */
  #ownRoot: FileTree | undefined;
  readonly #open: (TreeFile | TarFileTree)[] = [];
  readonly #stores: TemporaryStore[] = [];

  /** @throws PerftsError PERFTS_NO_FILE with one line, if the recording or anything named by an option cannot be opened. */
  constructor(path: string, options: RecordingFileOptions = {}, opened: readonly OpenedSource[] = openSources(path), archive?: OpenedArchive, packed?: PackedRecording) {
    for (const { file } of opened) this.#keep(file);
    this.#archive = archive;
    this.diagnostics = archive?.diagnostics ?? packed?.diagnostics ?? new Diagnostics();
    if (packed !== undefined) this.#keep(packed.tarball);
    // An archive says the same everywhere: nothing is looked for around it that nobody has named.
    const folders = archive === undefined ? foldersBeside(path) : [];
    this.#beside = new RecordingFolder(folders);
    this.#symfs = (options.symfs ?? []).map((folder) => new DirectoryTree(checkedFolder(folder)));
    this.#perfMapDir = new RecordingFolder(options.perfMapDir === undefined ? [] : [checkedFolder(options.perfMapDir)]);
    this.trees = archive === undefined ? [...this.#symfs] : [...this.#symfs, archive.tree];
    const tarballs = [...(packed?.caches ?? []), ...(archive === undefined ? tarballsBeside(path, this.diagnostics) : [])];
    this.caches = [...tarballs, ...cacheTrees(archive === undefined ? options.buildIdCache : (options.buildIdCache ?? false))];
    for (const tree of tarballs) this.#keep(tree);
    this.more = this.#moreFolders(options);
    this.#jitdumps = new NamedJitdumps(options.jitdumps ?? []);
    this.sources = archive?.sources ?? (packed === undefined ? opened.map(({ file }) => file) : [packed.file]);
    this.kallsyms = options.kallsyms !== undefined ? this.#keep(openFile(options.kallsyms)) : archive !== undefined ? archive.kallsyms : this.#recordedKallsyms(path);
    const vmlinux = options.vmlinux === undefined ? undefined : this.#keep(openFile(options.vmlinux));
    // As in perf, kallsyms goes first where both are named.
    this.vmlinux = options.kallsyms === undefined ? vmlinux : undefined;
    this.vdso = options.vdso === undefined ? undefined : this.#keep(openFile(options.vdso));
  }

  /**
   * Tells which machine recorded, as soon as the recording's header says so. If it is this one, running the same kernel, its
   * files may be read: for jitdumps and perf maps last of all, for modules where no --symfs was given. True if it is.
   */
  recordedOn(machine: MachineIdentity): boolean {
    if (this.#archive !== undefined) return false;
    const host = thisMachine();
    if (this.#ownRoot !== undefined) return true;
    if (host === undefined || !sameMachine(machine, host)) return false;
    this.#ownRoot = new DirectoryTree('/');
    if (this.#symfs.length === 0) this.trees.push(this.#ownRoot);
    return true;
  }

  /** The jitdump that was mapped under this recorded path, or undefined where there is none. */
  openJitdump(recordedPath: string): ByteSource | undefined {
    const path = withoutDeletedMark(recordedPath);
    const name = baseName(path);
    const named = this.#jitdumps.open(name);
    const archived = named === undefined ? this.#archive?.openJitdump(recordedPath) : undefined;
    if (archived !== undefined) return archived;
    return this.#keepIfThere(named ?? this.#beside.open(name) ?? this.#inTrees(path) ?? this.#onThisMachine(path));
  }

  /** The perf map of a process by its recorded id, or undefined where there is none. */
  openPerfMap(pid: number): ByteSource | undefined {
    const name = `perf-${pid}.map`;
    const path = `/tmp/${name}`;
    return this.#keepIfThere(this.#perfMapDir.open(name)) ?? this.#archive?.openPerfMap(pid) ?? this.#keepIfThere(this.#beside.open(name) ?? this.#inTrees(path) ?? this.#onThisMachine(path));
  }

  /** The process ids of the perf maps that the user put there: in --perf-map-dir and beside the recording. */
  listPerfMaps(): readonly number[] {
    const named = this.#perfMapDir.perfMaps();
    const others = this.#archive?.listPerfMaps() ?? this.#beside.perfMaps();
    return [...named, ...others.filter((pid) => !named.includes(pid))];
  }

  /** Jitdumps that were named by option and that no process of the recording mapped, as far as it was read. */
  get unusedJitdumps(): readonly string[] {
    return this.#jitdumps.unused;
  }

  /** A place for records that wait for their turn and find no room in memory. */
  makeStore(): TemporaryStore {
    const store = new TemporaryStore();
    this.#stores.push(store);
    return store;
  }

  /** Closes every file. Nothing can be read from the sources afterwards. */
  close(): void {
    for (const file of this.#open) file.close?.();
    for (const store of this.#stores) store.close();
    this.#open.length = 0;
    this.#stores.length = 0;
  }

  #inTrees(path: string): TreeFile | undefined {
    for (const tree of this.#symfs) {
      const file = tree.open(path);
      if (file !== undefined && !(file instanceof Promise)) return file;
    }
    return undefined;
  }

  /** Files in /tmp can be anybody's: on a machine of many users only one's own and root's are believed. */
  #onThisMachine(path: string): TreeFile | undefined {
    if (this.#ownRoot === undefined || !path.startsWith('/')) return undefined;
    const own = userInfo().uid;
    return openIfThere(path, (stats) => stats.uid === own || stats.uid === 0);
  }

  /** perf puts the kernel's symbols into a recording's directory when it copies the kernel (`--kcore`). */
  #recordedKallsyms(path: string): ByteSource | undefined {
    return this.#keepIfThere(openIfThere(join(path, 'kcore_dir', 'kallsyms')));
  }

  #moreFolders({ symbolDirs = [], debuginfod }: RecordingFileOptions): MoreFolders {
    return { folders: symbolDirs.map((path) => this.#folderOrTarball(path)), servers: debuginfod === undefined ? [] : [new DebuginfodTree(debuginfod)] };
  }

  /** @throws PerftsError PERFTS_NO_FILE for what is neither. */
  #folderOrTarball(path: string): FileTree {
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return new DirectoryTree(checkedFolder(path));
    const tree = TarFileTree.ifThere(path, this.diagnostics);
    if (tree === undefined) throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: it is neither a directory nor a tarball (.tar, .tar.gz, .tar.bz2)`);
    return this.#keep(tree);
  }

  #keep<T extends TreeFile | TarFileTree>(file: T): T {
    this.#open.push(file);
    return file;
  }

  #keepIfThere(file: TreeFile | undefined): TreeFile | undefined {
    return file === undefined ? undefined : this.#keep(file);
  }
}

/**
 * Opens a recording (a file, the directory of `perf record -o DIR --threads`, or `-` for standard input) and what belongs to it.
 * @throws PerftsError PERFTS_NO_FILE with one line.
 */
export function openRecordingFiles(path: string, options: RecordingFileOptions = {}): RecordingFiles {
  return new RecordingFiles(path, options);
}

/** One of a recording's own files. `name`: in its directory, '' for the only file or `data`. */
export interface OpenedSource {
  readonly name: string;
  readonly file: TreeFile;
}

/**
 * Opens a recording's own files, and nothing that belongs to it.
 * @throws PerftsError PERFTS_NO_FILE with one line.
 */
export function openSources(path: string): OpenedSource[] {
  if (path === '-') return [{ name: '', file: openStandardInput() }];
  if (!isFolder(path)) return [{ name: '', file: openFile(path) }];
  let names: string[];
  try {
    names = readdirSync(path);
  } catch (error) {
    throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: ${reasonOf(error)}`);
  }
  if (!names.includes('data')) throw new PerftsError('PERFTS_NOT_PERF_DATA', `${path} is a directory without a recording (no file data in it)`);
  const numbers = names.map((name) => DATA_FILE.exec(name)?.[1]).filter((number) => number !== undefined);
  numbers.sort((a, b) => Number(a) - Number(b));
  return ['', ...numbers.map((number) => `data.${number}`)].map((name) => ({ name, file: openFile(join(path, name === '' ? 'data' : name)) }));
}

/** Where files that were copied together with a recording lie. For a directory beside it, or in it. */
function foldersBeside(path: string): string[] {
  if (path === '-') return ['.'];
  return isFolder(path) ? [dirname(path), path] : [dirname(path)];
}

function cacheTrees(folder: string | false | undefined): FileTree[] {
  if (folder === false) return [];
  if (folder !== undefined) return [new DirectoryTree(checkedFolder(folder))];
  const own = join(homedir(), '.debug');
  return isFolder(own) ? [new DirectoryTree(own)] : [];
}

/** What `perf archive` leaves: `perf.data.tar.bz2` for `perf.data`, and `perf.symbols.tar.bz2` in what its --all packs. */
function tarballsBeside(path: string, diagnostics: Diagnostics): TarFileTree[] {
  if (path === '-') return [];
  const bare = path.replace(/[\\/]+$/, '');
  const places = [...['.tar.bz2', '.tar.gz', '.tar'].map((ending) => bare + ending), join(dirname(bare), 'perf.symbols.tar.bz2')];
  return places.map((place) => TarFileTree.ifThere(place, diagnostics)).filter((tree) => tree !== undefined);
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** @throws PerftsError PERFTS_NO_FILE: a folder that was named and is not there is a mistake worth a word. */
function checkedFolder(path: string): string {
  let isThere;
  try {
    isThere = statSync(path).isDirectory();
  } catch (error) {
    throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: ${reasonOf(error) === 'no such file' ? 'no such directory' : reasonOf(error)}`);
  }
  if (!isThere) throw new PerftsError('PERFTS_NO_FILE', `cannot open ${path}: it is not a directory`);
  return path;
}
