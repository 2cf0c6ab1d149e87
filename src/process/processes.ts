// Threads, processes and their mappings over time (FORMAT 3.5): fed with comm, fork, exit and mmap events in time order, asked
// for a thread by (pid, tid). Knows nothing of records, files or symbols.

import { MAX_JITDUMPS } from '../bytes/limits.ts';
import type { Mapping } from './mapping.ts';
import { Mappings } from './mappings.ts';
import type { Module } from './module.ts';
import { Modules, isAnonymous, isJitdump, isMemoryFile, KERNEL_NAME, type FileIdentity } from './modules.ts';
import { Process, Thread, type Comm } from './thread.ts';

/** What an MMAP or MMAP2 record says of a process's memory. */
export interface MmapEvent {
  readonly pid: number;
  readonly tid: number;
  readonly start: number;
  /** In bytes. */
  readonly length: number;
  readonly pageOffset: number;
  readonly path: string;
  readonly executable: boolean;
  /** mmap's flags; 0 where the record has none. */
  readonly flags: number;
  readonly identity: FileIdentity;
}

/** The kernel lies in the upper half, whose addresses are negative here. A mapping of its that reaches up to this is no place. */
const END_OF_LOWER_HALF = 2 ** 63;

export interface ProcessesOptions {
  /**
   * Whether a thread that exited keeps its name for samples that come after its EXIT. perf report does, perf script does not
   * (FORMAT 3.8).
   */
  readonly keepExited: boolean;
  /** Told when a process maps a jitdump: the moment to load it. */
  readonly onJitdump?: (process: Process, module: Module) => void;
}

/** More processes than end at one moment: a sample of one that many others have followed is none of its own any more. */
const MOST_GONE = 256;

export class Processes {
  readonly modules: Modules = new Modules();
  /** Kernel text, kernel modules, BPF programs: one address space for all. */
  readonly kernelMappings: Mappings = new Mappings();
  /** Of the kernel's own text the part that begins first. */
  kernelText: Mapping | undefined;
  /** Where each BPF program and page of out-of-line code came first. */
  readonly bpfMappings: Map<Module, Mapping> = new Map();
  /** Command names by id. */
  readonly comms: Comm[] = [];
  /** Threads by id, those that exited included. */
  readonly threads: Thread[] = [];
  /** Of all these threads. */
  readonly pids: Set<number> = new Set();
  /** Address of the reference symbol of the recorded kernel, and its name (`_text`, `_stext`), where recorded (FORMAT 2.1). */
  kernelReference: { readonly name: string; readonly address: number } | undefined;
  /**
   * Where the kernel's text begins if it was recorded as reaching to the end of all addresses, as by old kernels and perfs, and 32-bit
   * ones: 0 where they did not know.
   */
  kernelFrom: number | undefined;
  readonly #byTid = new Map<number, Thread>();
  readonly #byPid = new Map<number, Process>();
  /** Processes that ended last and still have their mappings. */
  readonly #gone: Process[] = [];
  readonly #options: ProcessesOptions;
  #last: Thread;

  constructor(options: ProcessesOptions) {
    this.#options = options;
    this.#last = this.#create(0, 0);
  }

  /** The thread, made with the default name `:TID` where no record spoke of it. */
  thread(pid: number, tid: number): Thread {
    const last = this.#last;
    if (last.tid === tid && (last.process.pid === pid || pid === -1)) return last;
    let thread = this.#byTid.get(tid);
    // The idle task runs in the name of others now and then.
    if (thread === undefined || (thread.process.pid !== pid && pid !== -1 && tid !== 0)) thread = this.#create(pid, tid);
    this.#last = thread;
    return thread;
  }

  /** Whether any record spoke of such a thread. */
  knows(tid: number): boolean {
    return this.#byTid.has(tid);
  }

  process(pid: number): Process {
    let process = this.#byPid.get(pid);
    if (process === undefined) this.#byPid.set(pid, (process = new Process(pid)));
    return process;
  }

  #create(pid: number, tid: number): Thread {
    const thread = new Thread(this.threads.length, tid, this.process(pid), this.#comm(`:${tid}`));
    this.threads.push(thread);
    this.pids.add(pid);
    thread.process.liveThreads++;
    this.#byTid.set(tid, thread);
    if (pid === 0 && tid === 0) this.#name(thread, 'swapper'); // no record names the idle task
    return thread;
  }

  #comm(text: string): Comm {
    const comm = { id: this.comms.length, text };
    this.comms.push(comm);
    return comm;
  }

  #name(thread: Thread, text: string): void {
    if (thread.named) thread.comm = this.#comm(text);
    else thread.comm.text = text; // the default is overwritten: what was counted under it follows
    thread.named = true;
  }

  /** A new name; `exec` where it came with a new program: the process's memory starts anew then. */
  comm(pid: number, tid: number, text: string, exec: boolean): void {
    const thread = this.thread(pid, tid);
    this.#name(thread, text);
    if (thread.exited) thread.process.liveThreads++;
    thread.exited = false;
    if (!exec) return;
    thread.process.exec();
  }

  /**
   * A new thread (pid equals ppid) or process. `synthesized`: perf describes an existing one, whose mappings follow as
   * records of their own. `time` bounds the JIT code that a child shares with its parent.
   */
  fork(pid: number, ppid: number, tid: number, ptid: number, time: number, synthesized: boolean): void {
    const parent = this.thread(ppid, ptid);
    this.#byTid.delete(tid);
    if (pid !== ppid && pid === tid) {
      const process = new Process(pid);
      this.#byPid.set(pid, process);
      if (!synthesized) {
        process.mappings = parent.process.mappings.clone();
        process.jitdumps = parent.process.jitdumps.map((use) => ({ module: use.module, until: Math.min(use.until, time) }));
        process.codeChanged();
      }
    }
    const child = this.#create(pid, tid);
    if (parent.named) this.#name(child, parent.comm.text);
    this.#last = child;
  }

  /**
   * The thread ended. Its name goes with it unless exited ones are kept. What the process has mapped stays for samples on its way out,
   * but not for ever: a build runs 100 000 compilers.
   */
  exit(pid: number, tid: number): void {
    const thread = this.#byTid.get(tid);
    if (thread === undefined || thread.process.pid !== pid) return;
    if (!thread.exited && --thread.process.liveThreads === 0) this.#gone.push(thread.process);
    if (this.#gone.length > MOST_GONE) {
      const process = this.#gone.shift()!;
      if (process.liveThreads === 0) process.forget();
    }
    thread.exited = true;
    if (this.#options.keepExited) return;
    this.#byTid.delete(tid);
    if (this.#last === thread) this.#last = this.threads[0]!;
  }

  /** A mapping of a process. */
  mmap(event: MmapEvent): void {
    const thread = this.thread(event.pid, event.tid);
    const process = thread.process;
    const end = event.start + event.length;
    const { path, start } = event;
    const inExecutable = event.executable;
    if (isJitdump(path)) {
      const module = this.modules.jitdump(path.replace(/ \(deleted\)$/, ''), event.pid);
      if (process.jitdumps.length < MAX_JITDUMPS && !process.jitdumps.some((use) => use.module === module && use.until === Infinity)) {
        process.jitdumps.push({ module, until: Infinity });
        process.codeChanged();
        this.#options.onJitdump?.(process, module);
      }
      process.mappings.insert({ start, end, pageOffset: event.pageOffset, module, executable: inExecutable });
    } else if (isAnonymous(path, event.flags) && inExecutable) {
      process.mappings.insert({ start, end, pageOffset: start, module: this.modules.anonymous(event.pid), executable: true });
    } else if (isAnonymous(path, event.flags)) {
      const module = this.modules.file(path, { buildId: '', major: 0, minor: 0, inode: 0 });
      process.mappings.insert({ start, end, pageOffset: start, module, executable: false });
    } else {
      const module = this.modules.file(path, event.identity);
      const jit = inExecutable && isMemoryFile(path) ? { jit: this.modules.anonymous(event.pid) } : {};
      process.mappings.insert({ start, end, pageOffset: path === '[vdso]' ? 0 : event.pageOffset, module, executable: inExecutable, ...jit });
    }
  }

  /** A mapping of the kernel: its text, or a module's. `pageOffset` of the text is the address of its reference symbol. */
  kernelMmap(start: number, length: number, pageOffset: number, path: string, buildId: string): void {
    const end = start + length;
    if (path.startsWith(KERNEL_NAME) || path.startsWith('[kernel')) {
      const name = path.slice(path.indexOf(']') + 1);
      if (name !== '' && this.kernelReference === undefined) this.kernelReference = { name, address: pageOffset };
      const module = this.modules.kernel;
      if (buildId !== '') module.buildId = buildId;
      if (start === 0 || end >= END_OF_LOWER_HALF) this.kernelFrom = start;
      else {
        const mapping = { start, end, pageOffset: start, module, executable: true };
        if (end > start && (this.kernelText === undefined || start < this.kernelText.start)) this.kernelText = mapping;
        this.kernelMappings.insert(mapping);
      }
    } else if (end < END_OF_LOWER_HALF) {
      this.kernelMappings.insert({ start, end, pageOffset: start, module: this.modules.kernelModule(path, buildId), executable: true });
    }
  }

  /** A BPF program or out-of-line code came (or went): FORMAT 3.3. One inside the kernel's text is left to kallsyms. */
  kernelSymbol(address: number, length: number, name: string): void {
    if (/^(\.L|L0|\$)/.test(name) || this.kernelMappings.find(address) !== undefined) return;
    const module = this.modules.bpf(name);
    const mapping = { start: address, end: address + length, pageOffset: address, module, executable: true };
    if (!this.bpfMappings.has(module)) this.bpfMappings.set(module, mapping);
    this.kernelMappings.insert(mapping);
  }
}

