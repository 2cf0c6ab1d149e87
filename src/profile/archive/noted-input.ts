// What a walk of a recording asks for, noted while it is handed over: whatever was opened then is what an archive must hold.

import type { ByteSource } from '../../bytes/source.ts';
import type { FileTree, TreeFile } from '../../symbols/file-tree.ts';
import type { MoreFolders } from '../../symbols/search-step.ts';
import type { RecordingInput } from '../recording.ts';

/** The files of a recording, as they were given, with a memory. */
export class NotedInput implements RecordingInput {
  /** By recorded path; in the order in which they were asked for first. */
  readonly jitdumps: Map<string, ByteSource> = new Map();
  /** By process id, with how often each was asked for: once may have been a look only whether it fits another process. */
  readonly perfMaps: Map<number, { readonly source: ByteSource; asked: number }> = new Map();
  /** Paths in trees at which there was a file. */
  readonly opened: Map<string, FileTree> = new Map();
  readonly given: RecordingInput;
  readonly #trees = new Map<FileTree, FileTree>();

  constructor(given: RecordingInput) {
    this.given = given;
  }

  get sources(): readonly ByteSource[] {
    return this.given.sources;
  }

  /** Asked anew each time: the machine's own root is added once it is known to be the one that recorded. */
  get trees(): readonly FileTree[] {
    return this.given.trees.map((tree) => this.#noted(tree));
  }

  get caches(): readonly FileTree[] {
    return this.given.caches ?? [];
  }

  get more(): MoreFolders | undefined {
    return this.given.more;
  }

  get makeStore(): RecordingInput['makeStore'] {
    return this.given.makeStore;
  }

  get kallsyms(): ByteSource | undefined {
    return this.given.kallsyms;
  }

  get vmlinux(): ByteSource | undefined {
    return this.given.vmlinux;
  }

  get kernelModules(): boolean {
    return this.given.kernelModules ?? true;
  }

  get vdso(): ByteSource | undefined {
    return this.given.vdso;
  }

  get demangle(): boolean {
    return this.given.demangle ?? true;
  }

  async openJitdump(path: string): Promise<ByteSource | undefined> {
    const known = this.jitdumps.get(path);
    if (known !== undefined) return known;
    const source = await this.given.openJitdump(path);
    if (source !== undefined) this.jitdumps.set(path, source);
    return source;
  }

  async openPerfMap(pid: number): Promise<ByteSource | undefined> {
    const known = this.perfMaps.get(pid);
    if (known !== undefined) {
      known.asked++;
      return known.source;
    }
    const source = await this.given.openPerfMap(pid);
    if (source !== undefined) this.perfMaps.set(pid, { source, asked: 1 });
    return source;
  }

  listPerfMaps(): readonly number[] | Promise<readonly number[]> {
    return this.given.listPerfMaps();
  }

  #noted(tree: FileTree): FileTree {
    let noted = this.#trees.get(tree);
    if (noted === undefined) this.#trees.set(tree, (noted = new NotedTree(tree, this.opened)));
    return noted;
  }
}

class NotedTree implements FileTree {
  readonly name: string;
  readonly #tree: FileTree;
  readonly #opened: Map<string, FileTree>;

  constructor(tree: FileTree, opened: Map<string, FileTree>) {
    this.name = tree.name;
    this.#tree = tree;
    this.#opened = opened;
  }

  open(path: string): TreeFile | undefined | Promise<TreeFile | undefined> {
    const file = this.#tree.open(path);
    return file instanceof Promise ? file.then((it) => this.#note(path, it)) : this.#note(path, file);
  }

  list(path: string): readonly string[] | Promise<readonly string[]> {
    return this.#tree.list(path);
  }

  #note(path: string, file: TreeFile | undefined): TreeFile | undefined {
    if (file !== undefined && !this.#opened.has(path)) this.#opened.set(path, this.#tree);
    return file;
  }
}
