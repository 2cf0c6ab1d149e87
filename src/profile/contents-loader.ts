// What is in a module, fetched when the first frame in it is met: an ELF file's symbols and CFI, a perf map, a jitdump, a BPF
// program's name.

import type { Diagnostics } from '../bytes/diagnostics.ts';
import { machineOf, type Machine } from '../bytes/machine.ts';
import { perform } from '../bytes/reading.ts';
import type { ByteSource } from '../bytes/source.ts';
import { JitCode } from '../jit/jit-code.ts';
import { readJitdump } from '../jit/jitdump.ts';
import { parsePerfMap, type PerfMap } from '../jit/perf-map.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import type { Module } from '../process/module.ts';
import type { Processes } from '../process/processes.ts';
import { JitSymbols } from '../symbols/jit-symbols.ts';
import { PagedCode } from '../symbols/file-code.ts';
import { SingleSymbol } from '../symbols/kernel-symbols.ts';
import type { ModuleContents } from './code-map.ts';
import { LINK_REGISTER_ONLY } from './sample-resolver.ts';
import type { RecordingFiles } from './recording-files.ts';

const CLOCK_MONOTONIC = 1;
const NOTHING: ModuleContents = { kind: 'symbols', symbols: undefined };

/** The machine whose code was recorded: the E_MACHINE feature, or else the kernel's name for it. */
export function recordedMachine(file: PerfDataFile): Machine {
  const machine = file.features.machine?.machine;
  if (machine !== undefined) return machineOf(machine);
  const arch = file.features.arch;
  if (arch === undefined) return machineOfRegisters(file);
  if (/^(aarch64|arm64)/.test(arch)) return 'arm64';
  if (/^(i[3-6]86|x86)$/.test(arch)) return 'x86';
  if (arch.startsWith('arm')) return 'arm';
  return arch === 'x86_64' ? 'x86-64' : arch === 's390x' || arch === 'riscv64' ? arch : 'other';
}

/** Files of a killed perf have no features: the mask of user registers is then the only witness (FORMAT 2.4). */
function machineOfRegisters(file: PerfDataFile): Machine {
  const masks = file.events.events.map((event) => event.attr.sampleRegsUser);
  for (const mask of masks) {
    if (mask === 0xff0fffn) return 'x86-64';
    if (mask === 0x3_ffff_ffffn) return 's390x';
    if (mask === 0xffff_ffffn) return 'riscv64';
    if (mask === 0xffffn) return 'arm';
  }
  return masks.some((mask) => (mask & 0x1ffffffffn) === 0x1ffffffffn) ? 'arm64' : 'x86-64';
}

export class ContentsLoader {
  readonly #file: PerfDataFile;
  readonly #files: RecordingFiles;
  readonly #processes: Processes;
  readonly #diagnostics: Diagnostics;
  readonly #unwind: boolean;
  /** Once a process was met that has no perf map. */
  #mapStarts: { readonly pid: number; readonly start: number }[] | undefined;
  /** Maps that were taken for a process of another pid: many processes may take the same. */
  readonly #foreignMaps = new Map<number, PerfMap>();

  constructor(file: PerfDataFile, files: RecordingFiles, processes: Processes, diagnostics: Diagnostics) {
    this.#file = file;
    this.#files = files;
    this.#processes = processes;
    this.#diagnostics = diagnostics;
    this.#unwind = file.events.events.some((event) => event.hasUserStack || event.attr.sampleRegsUser === LINK_REGISTER_ONLY);
  }

  /** At once where the files are synchronous. */
  load(module: Module): ModuleContents | Promise<ModuleContents> {
    switch (module.kind) {
      case 'bpf':
        return { kind: 'symbols', symbols: this.#bpfSymbol(module) };
      case 'jitdump':
        return NOTHING; // the page of the dump itself; its code was loaded when it was mapped
      case 'anonymous':
        return this.#loadPerfMap(module);
      default: {
        const loaded = this.#files.loadModule(module, { unwind: this.#unwind });
        return loaded instanceof Promise ? loaded.then((it) => ({ kind: 'file', loaded: it })) : { kind: 'file', loaded };
      }
    }
  }

  #bpfSymbol(module: Module): SingleSymbol | undefined {
    const mapping = this.#processes.bpfMappings.get(module);
    return mapping === undefined ? undefined : new SingleSymbol(module.shortName, mapping.start, mapping.end);
  }

  /** The jitdump that was mapped as `module`. */
  async loadJitdump(module: Module): Promise<ModuleContents> {
    const source = await this.#files.openJitdump(module.path);
    if (source === undefined) {
      this.#diagnostics.damaged('jitdump-missing', -1, `The jitdump ${module.path} is not beside the recording: its functions have no names`);
      return NOTHING;
    }
    const diagnostics = this.#diagnostics.of(module.shortName);
    const dump = await perform(source, readJitdump(source.size, { timeBaseHigh: this.#file.timeBase.baseHigh }, diagnostics));
    const code = new JitCode(dump, diagnostics);
    // Its writer names it by its own process id, in a container too (JITDUMP 4): two ids are two processes, and names of the wrong one
    // are worse than none.
    const pid = Number(/(\d+)\.dump$/.exec(module.path)?.[1] ?? code.writerPid);
    if (code.length > 0 && code.writerPid !== pid) {
      diagnostics.damaged('jitdump-foreign', -1, `the jitdump was written by process ${code.writerPid}, not ${pid}: it is not used`);
      return NOTHING;
    }
    const sameClock = this.#file.events.events.some((event) => event.attr.useClockid && event.attr.clockId === CLOCK_MONOTONIC);
    const timeless = !sameClock || code.archTimestamps;
    if (timeless && code.length > 0) {
      diagnostics.damaged(
        'jitdump-clock',
        -1,
        code.hasDuplicateAddresses
          ? 'Recorded without -k 1, and code was loaded twice at the same address: some names may be those of later code'
          : 'Recorded without -k 1: code is matched by its address only',
      );
    }
    return { kind: 'jitdump', code, symbols: new JitSymbols(code, this.#files.demangle), timeless, bytes: code.hasTrueBytes ? PagedCode.of(source) : undefined };
  }

  async #loadPerfMap(module: Module): Promise<ModuleContents> {
    const pid = Number(/perf-(-?\d+)\.map$/.exec(module.path)?.[1] ?? NaN);
    const source = await this.#files.openPerfMap(pid);
    const symbols = source === undefined ? await this.#foreignPerfMap(pid) : await this.#parse(source, module.shortName);
    return symbols === undefined ? NOTHING : { kind: 'symbols', symbols };
  }

  async #parse(source: ByteSource, name: string): Promise<PerfMap> {
    const bytes = await source.read(0, source.size);
    return parsePerfMap(bytes.slice(), this.#diagnostics.of(name));
  }

  /**
   * In a container the process knew itself by another pid, and nothing in the recording says which (JITDUMP 4). If exactly one map
   * that is there lies in this process's executable anonymous memory, it is taken.
   */
  async #foreignPerfMap(pid: number): Promise<PerfMap | undefined> {
    const { mappings } = this.#processes.process(pid);
    this.#mapStarts ??= await this.#readMapStarts();
    const fitting = this.#mapStarts.filter((map) => {
      const mapping = this.#processes.pids.has(map.pid) ? undefined : mappings.find(map.start);
      return mapping?.module.kind === 'anonymous' || mapping?.jit !== undefined;
    });
    const [only] = fitting;
    if (only === undefined || fitting.length > 1) return undefined;
    this.#diagnostics.damaged('perf-map-of-other-pid', -1, `perf-${only.pid}.map is taken for process ${pid}: it fits its memory, and no perf-${pid}.map is there`);
    const known = this.#foreignMaps.get(only.pid);
    if (known !== undefined) return known;
    const source = await this.#files.openPerfMap(only.pid);
    const map = source === undefined ? undefined : await this.#parse(source, `perf-${only.pid}.map`);
    if (map !== undefined) this.#foreignMaps.set(only.pid, map);
    return map;
  }

  /** Where the code of each map begins that is there; of those of processes that are recorded nobody asks. */
  async #readMapStarts(): Promise<{ readonly pid: number; readonly start: number }[]> {
    const starts: { readonly pid: number; readonly start: number }[] = [];
    for (const pid of await this.#files.listPerfMaps()) {
      if (this.#processes.pids.has(pid)) continue;
      const source = await this.#files.openPerfMap(pid);
      const map = source === undefined ? undefined : await this.#parse(source, `perf-${pid}.map`);
      if (map !== undefined && map.length > 0) starts.push({ pid, start: map.start(0) });
    }
    return starts;
  }
}
