// Which file a mapping shows: one Module per identity, and perf's rules for the names of code without a file (FORMAT 3.3, 3.6).

import { baseName } from '../bytes/recorded-path.ts';
import { Module } from './module.ts';

/** Name of the kernel's own code where it is named by kallsyms. */
export const KERNEL_NAME = '[kernel.kallsyms]';

/** What tells two files of one path apart. */
export interface FileIdentity {
  /** Lower-case hexadecimal, '' if the record has none. */
  readonly buildId: string;
  readonly major: number;
  readonly minor: number;
  readonly inode: number;
}

const MAP_HUGETLB = 0x40000;

/** Whether the mapping has no file behind it, so that its addresses stand for themselves. */
export function isAnonymous(path: string, flags: number): boolean {
  return (
    path.startsWith('//anon') ||
    path.startsWith('/dev/zero') ||
    path.startsWith('/anon_hugepage') ||
    path.startsWith('[stack') ||
    path === '[heap]' ||
    path.startsWith('/SYSV') ||
    (flags & MAP_HUGETLB) !== 0
  );
}

/** Memory that is shared with itself under another protection: .NET keeps its code there (`/memfd:doublemapper (deleted)`). */
export function isMemoryFile(path: string): boolean {
  return path.startsWith('/memfd:');
}

const JITDUMP = /(?:^|\/)jit-\d+\.dump(?: \(deleted\))?$/;

/** Whether the path is that of a jitdump, also when it was deleted since: mapping one page of it announces it (JITDUMP 4). */
export function isJitdump(path: string): boolean {
  return JITDUMP.test(path);
}

/** perf's name for a kernel module's file: `/lib/…/foo-bar.ko.xz` is `[foo_bar]`. */
export function kernelModuleName(path: string): string {
  if (path.startsWith('[')) return path;
  const name = baseName(path).replace(/\.ko(\.(gz|xz|zst|bz2|lzma))?$/, '');
  return `[${name.replaceAll('-', '_')}]`;
}

/** All modules of a recording, by identity. The kernel is module 0. */
export class Modules {
  readonly all: Module[] = [];
  readonly kernel: Module;
  /** Build ids that the recording's table gives by path (BUILD_ID), for mappings that do not carry their own. */
  readonly buildIds: Map<string, string> = new Map();
  /** Build ids of the kernel modules whose files stand in that table, by name (`[foo_bar]`). */
  readonly listedKernelModules: Map<string, string> = new Map();
  readonly #byKey = new Map<string, Module>();

  constructor() {
    this.kernel = this.#add('kernel', 'kernel', KERNEL_NAME, KERNEL_NAME, '');
  }

  /** An ELF file of a process. */
  file(path: string, identity: FileIdentity): Module {
    const buildId = identity.buildId !== '' ? identity.buildId : (this.buildIds.get(path) ?? '');
    if (path === '[vdso]') return this.#get(`vdso ${buildId}`, 'vdso', path, path, buildId);
    const key = buildId !== '' ? buildId : `${identity.major}:${identity.minor}:${identity.inode}`;
    return this.#get(`file ${key} ${path}`, 'file', path, path.startsWith('[') ? path : baseName(path), buildId);
  }

  /** Executable memory without a file: named by the perf map of the process that mapped it, if there is one. */
  anonymous(pid: number): Module {
    return this.#get(`anonymous ${pid}`, 'anonymous', `/tmp/perf-${pid}.map`, `perf-${pid}.map`, '');
  }

  /** The code that a jitdump describes. One module per path and process that mapped it. */
  jitdump(path: string, pid: number): Module {
    return this.#get(`jitdump ${pid} ${path}`, 'jitdump', path, baseName(path), '');
  }

  kernelModule(path: string, buildId: string): Module {
    const name = kernelModuleName(path);
    const module = this.#get(`kernel-module ${name}`, 'kernel-module', path, name, buildId !== '' ? buildId : (this.listedKernelModules.get(name) ?? ''));
    module.isListed = this.listedKernelModules.has(name);
    return module;
  }

  /** A BPF program or a page of out-of-line code, named by the KSYMBOL record that announced it. */
  bpf(name: string): Module {
    return this.#get(`bpf ${name}`, 'bpf', name, name, '');
  }

  #get(key: string, kind: Module['kind'], path: string, shortName: string, buildId: string): Module {
    return this.#byKey.get(key) ?? this.#add(key, kind, path, shortName, buildId);
  }

  #add(key: string, kind: Module['kind'], path: string, shortName: string, buildId: string): Module {
    const module = new Module(this.all.length, kind, path, shortName, buildId);
    this.all.push(module);
    this.#byKey.set(key, module);
    return module;
  }
}
