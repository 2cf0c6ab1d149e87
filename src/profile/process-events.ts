// Records to process events: the one place where perf.data's records meet the process model (FORMAT 2.1, 3.3, 3.5).

import type { Diagnostics } from '../bytes/diagnostics.ts';
import type { PerfDataFile } from '../perfdata/perf-data-file.ts';
import { RecordType } from '../perfdata/record-types.ts';
import type { RecordView } from '../perfdata/record-view.ts';
import { readBuildId, type BuildIdRecord } from '../perfdata/records/build-id.ts';
import { readKsymbol } from '../perfdata/records/kernel-code.ts';
import { readLostSamples } from '../perfdata/records/loss.ts';
import { MmapRecord } from '../perfdata/records/mmap.ts';
import { CommRecord, TaskRecord } from '../perfdata/records/task.ts';
import { TrailerView } from '../perfdata/trailer-view.ts';
import { KERNEL_NAME, kernelModuleName } from '../process/modules.ts';
import type { Processes } from '../process/processes.ts';
import { CpuMode } from './profile.ts';

/** Of a program; the kernel's lie below zero. A mapping with a damaged length would hide all that is mapped behind its start. */
const END_OF_ADDRESSES = 2 ** 63;

export class ProcessEvents {
  /** Samples that the kernel dropped, as LOST_SAMPLES counts them (FORMAT 2.1). */
  lost = 0;
  readonly #processes: Processes;
  readonly #file: PerfDataFile;
  readonly #diagnostics: Diagnostics;
  readonly #mmap = new MmapRecord();
  readonly #comm = new CommRecord();
  readonly #task: TaskRecord;
  readonly #trailer: TrailerView;

  constructor(processes: Processes, file: PerfDataFile, diagnostics: Diagnostics) {
    this.#processes = processes;
    this.#file = file;
    this.#diagnostics = diagnostics;
    this.#task = new TaskRecord(file.timeBase);
    for (const known of file.features.buildIds ?? []) {
      this.#applyBuildId(known);
      if (known.mode === CpuMode.Kernel) processes.modules.listedKernelModules.set(kernelModuleName(known.filename), known.buildId);
    }
    this.#trailer = new TrailerView(file.timeBase);
  }

  /** Takes a record that is not a sample into the process model. `event` is the index of the event it belongs to, or -1. */
  apply(record: RecordView, event: number): void {
    const owner = this.#file.events.events[event] ?? this.#file.events.events[0];
    const processes = this.#processes;
    switch (record.type) {
      case RecordType.Mmap:
      case RecordType.Mmap2:
        if (!this.#mmap.read(record, owner)) this.#short(record, 'MMAP');
        else if ((record.misc & 7) !== CpuMode.Kernel && this.#mmap.start + this.#mmap.length > END_OF_ADDRESSES) {
          this.#diagnostics.damaged('mapping-too-long', record.fileOffset, 'Mappings that reach beyond the end of all addresses are left out');
        } else this.#applyMmap(record.misc & 7);
        break;
      case RecordType.Comm:
        if (this.#comm.read(record, owner)) processes.comm(this.#comm.pid, this.#comm.tid, this.#comm.name, this.#comm.isExec);
        else this.#short(record, 'COMM');
        break;
      case RecordType.Fork:
        if (this.#task.read(record)) {
          const { pid, ppid, tid, ptid, time, isSynthesized } = this.#task;
          processes.fork(pid, ppid, tid, ptid, time, isSynthesized);
        } else this.#short(record, 'FORK');
        break;
      case RecordType.Exit:
        if (this.#task.read(record)) processes.exit(this.#task.pid, this.#task.tid);
        else this.#short(record, 'EXIT');
        break;
      case RecordType.Ksymbol: {
        const symbol = readKsymbol(record, owner);
        if (symbol === undefined) this.#short(record, 'KSYMBOL');
        else if (!symbol.isUnregistered) processes.kernelSymbol(symbol.address, symbol.length, symbol.name);
        break;
      }
      case RecordType.HeaderBuildId: {
        const known = readBuildId(record);
        if (known !== undefined) this.#applyBuildId(known);
        break;
      }
      case RecordType.LostSamples: {
        const loss = readLostSamples(record);
        if (loss !== undefined && !loss.isFiltered) this.lost += loss.lost;
        break;
      }
    }
  }

  /** The thread that a record belongs to by its trailer; -1 where that is not said. */
  tidOf(record: RecordView, event: number): number {
    this.#trailer.read(record, this.#file.events.events[event] ?? this.#file.events.events[0]);
    return this.#trailer.tid;
  }

  /** Which build a file is, for mappings that do not say it themselves. */
  #applyBuildId(known: BuildIdRecord): void {
    const { modules } = this.#processes;
    if (known.mode === CpuMode.Kernel && known.filename.startsWith(KERNEL_NAME)) modules.kernel.buildId = known.buildId;
    else if (known.mode === CpuMode.User) modules.buildIds.set(known.filename, known.buildId);
  }

  #applyMmap(mode: number): void {
    const { pid, tid, start, length, pageOffset, filename, isExecutable, flags, buildId, major, minor, inode } = this.#mmap;
    if (mode === CpuMode.Kernel) this.#processes.kernelMmap(start, length, pageOffset, filename, buildId);
    else if (mode !== CpuMode.GuestKernel) {
      // perf inject writes modes that mean nothing into the mappings it makes: whatever is not a kernel's is a process's.
      const identity = { buildId, major, minor, inode };
      this.#processes.mmap({ pid, tid, start, length, pageOffset, path: filename, executable: isExecutable, flags, identity });
    }
  }

  #short(record: RecordView, name: string): void {
    this.#diagnostics.damaged('record-too-short', record.fileOffset, `A record of type ${name} is too short for its fields`);
  }
}
