// A thread and the process it belongs to, at the moment that the record stream has reached.

import { Mappings, newState } from './mappings.ts';
import type { Module } from './module.ts';

/**
 * A command name of a thread. An object, since report shows the name as it is known in the end (FORMAT 3.8): the default `:TID`
 * is overwritten by the first real name, and samples counted under it follow.
 */
export interface Comm {
  /** 0, 1, 2 … in the order of creation. */
  readonly id: number;
  text: string;
}

/** Code of a jitdump that a process may run: its own from the mapping that announces it on, and a parent's up to the fork. */
export interface JitdumpUse {
  readonly module: Module;
  /** Code loaded later does not concern this process; Infinity for the process that writes the dump. */
  readonly until: number;
}

/** An address space: the threads of one pid share it. */
export class Process {
  readonly pid: number;
  mappings: Mappings = new Mappings();
  /**
   * After an exec: what was mapped before, until the new program runs. The kernel does a good part of exec's work after it has
   * announced it, on behalf of code that is gone already: the caller of exec.
   */
  replaced: Mappings | undefined;
  /** In the order in which they came; the last one wins. */
  jitdumps: JitdumpUse[] = [];
  /** The next time at which code is loaded by one of the jitdumps: what is remembered by address holds until then. */
  nextCodeTime: number = Infinity;
  /** Threads that have not exited. */
  liveThreads: number = 0;
  #mappingState = 0;
  #state = 0;

  constructor(pid: number) {
    this.pid = pid;
  }

  /** Changes whenever an address may mean something else (CodeSpace.id). */
  get state(): number {
    if (this.#mappingState !== this.mappings.state) {
      this.#mappingState = this.mappings.state;
      this.#state = newState();
    }
    return this.#state;
  }

  /** A new program takes the place of what was mapped. */
  exec(): void {
    const before = this.mappings;
    this.forget();
    this.replaced = before;
  }

  /** The new program runs. */
  leaveExec(): void {
    this.replaced = undefined;
    this.codeChanged();
  }

  /** Drops what is mapped: long after the exit. */
  forget(): void {
    this.mappings = new Mappings();
    this.replaced = undefined;
    this.jitdumps = [];
    this.nextCodeTime = Infinity;
    this.codeChanged();
  }

  /** To be called when jitdump code may have come or gone. */
  codeChanged(): void {
    this.#state = newState();
  }
}

/** A thread, known by its tid (FORMAT 3.5). */
export class Thread {
  /** 0, 1, 2 … in the order of creation. */
  readonly id: number;
  readonly tid: number;
  process: Process;
  comm: Comm;
  /** Whether a record has named it; else `comm` is the default. */
  named = false;
  exited = false;

  constructor(id: number, tid: number, process: Process, comm: Comm) {
    this.id = id;
    this.tid = tid;
    this.process = process;
    this.comm = comm;
  }

  get pid(): number {
    return this.process.pid;
  }
}
