// A module: one file (or other source of code) that processes map, whatever the number of processes and mappings (DESIGN.md 5).
// What is in it is not known here: symbols/ finds and reads its files, unwind/ gets its CFI from there.

/**
 * What kind of code it is; decides where names come from.
 * 'file' an ELF file; 'kernel' the kernel's text; 'kernel-module'; 'bpf' a program or out-of-line page named by KSYMBOL;
 * 'vdso'; 'anonymous' executable memory without a file (named by a perf map if there is one);
 * 'jitdump' the code that a jitdump describes.
 */
export type ModuleKind = 'file' | 'kernel' | 'kernel-module' | 'bpf' | 'vdso' | 'anonymous' | 'jitdump';

/** One object per file identity: path and build id (or, without one, path, device and inode). */
export class Module {
  /** 0, 1, 2 … in the order in which modules were first mapped, in time order; the kernel is 0. */
  readonly id: number;
  readonly kind: ModuleKind;
  /** As recorded: perf's "long name". Data, never a path of this machine. */
  readonly path: string;
  /** What report shows as the shared object: the base name, `[kernel.kallsyms]`, `[vdso]`, `jit-1234.dump`, `perf-1234.map`. */
  readonly shortName: string;
  /** Lower-case hexadecimal; '' where none was recorded. */
  buildId: string;
  /** Of a kernel module: whether the recording's table of build ids names its file. perf script then shows the path. */
  isListed = false;

  constructor(id: number, kind: ModuleKind, path: string, shortName: string, buildId: string) {
    this.id = id;
    this.kind = kind;
    this.path = path;
    this.shortName = shortName;
    this.buildId = buildId;
  }

  get isKernel(): boolean {
    return this.kind === 'kernel' || this.kind === 'kernel-module' || this.kind === 'bpf';
  }
}
