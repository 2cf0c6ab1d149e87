// The code that exported stacks are made of, common to all recordings of an export: modules, functions in them, and places (an address
// in a function, on a line, perhaps inlined into another place). Every format reads these columns; its own tables are made of them.

import { grown } from '../bytes/sorted.ts';
import { shortFile } from '../profile/stack-frame.ts';

/** What runs in a function. */
export const CodeKind = {
  Native: 0,
  Kernel: 1,
  /** A Python function, named by a jitdump or a perf map. */
  Python: 2,
  /** Other code that a runtime made. */
  Jit: 3,
  /** Nothing is known of the address. */
  Unknown: 4,
} as const;
export type CodeKind = (typeof CodeKind)[keyof typeof CodeKind];

/** For people, and for columns of tables; by number, stable. */
export const CODE_KIND_NAMES: readonly string[] = ['native', 'kernel', 'python', 'jit', 'unknown'];

/** A file of code, or what stands for one: `[kernel.kallsyms]`, `jit-42.dump`. */
export interface CodeModule {
  /** As report shows it. */
  readonly name: string;
  /** As recorded. */
  readonly path: string;
  /** Hexadecimal; '' where none was recorded. */
  readonly buildId: string;
  readonly isKernel: boolean;
}

/** A function. */
export interface CodeFunction {
  /** Readable; of a Python function without its file. */
  readonly name: string;
  /** As the symbols have it. */
  readonly symbol: string;
  /** Source file, as the compiler was given it; '' where it is not known. */
  readonly file: string;
  /** Index in CodeTable.modules, or -1. */
  readonly module: number;
  readonly kind: CodeKind;
}

/** A name that tells functions of the same name apart where a format has no room for the file: `run (shop.py)`. */
export function telling({ name, file, kind }: CodeFunction): string {
  return kind === CodeKind.Python && file !== '' ? `${name} (${shortFile(file)})` : name;
}

/** Modules and functions by number, places in columns. */
export class CodeTable {
  readonly modules: CodeModule[] = [];
  readonly functions: CodeFunction[] = [];
  /** Number of places. */
  length = 0;
  /** Of each place: its function. */
  function: Int32Array = new Int32Array(1024);
  /** Address as the module's own symbols have it (a kernel's are below zero); -1 where it is not kept or not known. */
  address: Float64Array = new Float64Array(1024);
  /** Line in the function's file; 0 where it is not known. */
  line: Int32Array = new Int32Array(1024);
  /** The place into which this one was inlined, or -1. It is the next one outwards in every stack. */
  outer: Int32Array = new Int32Array(1024);
  readonly #modules = new Map<string, number>();
  readonly #functions = new Map<string, number>();
  readonly #places = new Map<string, number>();

  /** The number of a module; equal ones are one. */
  module(module: CodeModule): number {
    const key = `${module.path}\0${module.name}\0${module.buildId}`;
    let number = this.#modules.get(key);
    if (number === undefined) this.#modules.set(key, (number = this.modules.push(module) - 1));
    return number;
  }

  /** The number of a function. `key` says which it is, whatever its name. */
  functionOf(key: string, make: () => CodeFunction): number {
    let number = this.#functions.get(key);
    if (number === undefined) this.#functions.set(key, (number = this.functions.push(make()) - 1));
    return number;
  }

  /** The number of a function that is there already; undefined where it is not. */
  knownFunction(key: string): number | undefined {
    return this.#functions.get(key);
  }

  /** The number of a place. */
  place(fn: number, address: number, line: number, outer: number): number {
    const key = `${fn} ${address} ${line} ${outer}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    if (this.length === this.function.length) {
      this.function = grown(this.function);
      this.address = grown(this.address);
      this.line = grown(this.line);
      this.outer = grown(this.outer);
    }
    const place = this.length++;
    this.function[place] = fn;
    this.address[place] = address;
    this.line[place] = line;
    this.outer[place] = outer;
    this.#places.set(key, place);
    return place;
  }

  /** The function of a place. */
  at(place: number): CodeFunction {
    return this.functions[this.function[place]!]!;
  }

  /** The name of the module of a function; '' where it lies in none. */
  moduleName(fn: CodeFunction): string {
    return this.modules[fn.module]?.name ?? '';
  }
}
