// The names of a jitdump as they are shown: readable, as those of the images that perf inject makes of it are. CPython's names are so
// already; LLVM and Java write mangled ones.

import { demangle } from '../demangle/demangle.ts';
import type { JitCode } from '../jit/jit-code.ts';
import type { SymbolTable } from './symbol-table.ts';

export class JitSymbols implements SymbolTable {
  readonly #code: JitCode;
  readonly #isDemangled: boolean;

  constructor(code: JitCode, isDemangled: boolean) {
    this.#code = code;
    this.#isDemangled = isDemangled;
  }

  get length(): number {
    return this.#code.length;
  }

  find(address: number): number {
    return this.#code.find(address);
  }

  start(symbol: number): number {
    return this.#code.start(symbol);
  }

  end(symbol: number): number {
    return this.#code.end(symbol);
  }

  name(symbol: number): string {
    const name = this.#code.name(symbol);
    return this.#isDemangled ? demangle(name) : name;
  }

  isObject(symbol: number): boolean {
    return this.#code.isObject(symbol);
  }
}
