// All that the page shows of a recording, in columns: what the worker hands over, and what `perfts view` puts into the HTML file.
// Every view of the page is a sum over `samples` under a filter; nothing is added up beforehand.

import type { CodeFunction, CodeModule } from '../../formats/code-table.ts';

/** A counted event. */
export interface PageEvent {
  /** As perf names it. */
  readonly name: string;
  /** Of the periods. */
  readonly unit: 'nanoseconds' | 'count';
  readonly samples: number;
  /** Sum of the periods. */
  readonly period: number;
}

/** A thread under one of its names. */
export interface PageThread {
  readonly pid: number;
  readonly tid: number;
  readonly comm: string;
}

/** Where the recording comes from; '' and 0 where it does not say. */
export interface PageOrigin {
  /** The recording's file name. */
  readonly name: string;
  readonly host: string;
  readonly architecture: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly kernel: string;
  readonly command: readonly string[];
  /** ISO 8601, of the first sample; '' where nothing tells. */
  readonly started: string;
}

/** Places in code: an address in a function, on a line, perhaps inlined into another place (formats/code-table.ts). */
export interface PagePlaces {
  readonly length: number;
  /** Index in PageData.functions. */
  readonly function: Int32Array;
  /** As the module's own symbols have it; -1 where it is not known. */
  readonly address: Float64Array;
  /** Line in the function's file; 0 where it is not known. */
  readonly line: Int32Array;
  /** The place into which this one was inlined, or -1. */
  readonly outer: Int32Array;
}

/** A tree of stacks, outermost frame first; node 0 is its root, and a child has a higher number than its parent. */
export interface PageStacks {
  readonly length: number;
  readonly parent: Int32Array;
  /** Index in PagePlaces. */
  readonly place: Int32Array;
  /**
   * Python's own view: for each node that is a sample's whole stack the node, in the same tree, of the stack that Python's developers
   * know; itself where there is nothing of Python in it. 0 for other nodes. Undefined where no stack has a Python frame.
   */
  readonly python: Int32Array | undefined;
}

/** Samples in time order. */
export interface PageSamples {
  readonly length: number;
  /** Ns since the first sample; 0 in recordings without times. */
  readonly time: Float64Array;
  /** Index in PageData.threads. */
  readonly thread: Int32Array;
  /** -1 where it was not recorded. */
  readonly cpu: Int16Array;
  /** Index in PageData.events. */
  readonly event: Uint16Array;
  /** Node of the stack; 0 for no stack. */
  readonly node: Int32Array;
  readonly period: Float64Array;
}

/** A source file, as far as it is at hand. */
export interface PageSource {
  /** As CodeFunction.file has it. */
  readonly file: string;
  readonly text: string;
}

/** One instruction of a function whose code is at hand. */
export interface PageInstruction {
  /** As PagePlaces.address. */
  readonly address: number;
  /** `mov rax, qword ptr [rdi]`, as annotate prints it. */
  readonly text: string;
}

/** The instructions of a function. */
export interface PageCode {
  /** Index in PageData.functions. */
  readonly function: number;
  /** By address, ascending. */
  readonly instructions: readonly PageInstruction[];
}

export interface PageData {
  readonly origin: PageOrigin;
  readonly events: readonly PageEvent[];
  readonly threads: readonly PageThread[];
  readonly modules: readonly CodeModule[];
  readonly functions: readonly CodeFunction[];
  readonly places: PagePlaces;
  readonly stacks: PageStacks;
  readonly samples: PageSamples;
  /** How good the data is: the lines that report writes on standard error. */
  readonly quality: readonly string[];
  readonly sources: readonly PageSource[];
  /** Of the functions with the most samples. */
  readonly code: readonly PageCode[];
}
