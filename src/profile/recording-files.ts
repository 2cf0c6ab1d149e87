// What the pipeline asks of whoever opened the recording: the files that belong to it.

import type { ByteSource } from '../bytes/source.ts';
import type { Module } from '../process/module.ts';
import type { LoadedModule, ModuleWants } from '../symbols/module-loader.ts';
import type { SourceLines } from '../symbols/source-lines.ts';

/** Whatever brings the files that belong to a recording: node/, a page's list of files, an archive. */
export interface RecordingFiles {
  /** Whether names are shown demangled. */
  readonly demangle: boolean;
  /** Symbols and, if wanted, call frame information of a module with a file (or of the kernel). */
  loadModule(module: Module, wants: ModuleWants): LoadedModule | Promise<LoadedModule>;
  /** What a module's debugging information says of its source, or undefined where it has none. Whoever gets it closes it. */
  loadSource(module: Module): SourceLines | undefined | Promise<SourceLines | undefined>;
  /** The jitdump that was mapped under this recorded path, or undefined where it is not found. */
  openJitdump(path: string): ByteSource | undefined | Promise<ByteSource | undefined>;
  /** The perf map of a process: that of its recorded pid, or undefined. */
  openPerfMap(pid: number): ByteSource | undefined | Promise<ByteSource | undefined>;
  /** All perf maps that lie beside the recording: for processes that knew themselves by another pid (containers). */
  listPerfMaps(): readonly number[] | Promise<readonly number[]>;
}
