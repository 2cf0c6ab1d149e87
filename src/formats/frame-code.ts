// Frames for people (profile/stack-frame.ts) as exports have them.

import type { Module } from '../process/module.ts';
import type { StackFrame } from '../profile/stack-frame.ts';
import { CodeKind, type CodeTable } from './code-table.ts';
import { wellFormed } from './well-formed.ts';

const KINDS: Readonly<Record<StackFrame['kind'], CodeKind>> = { python: CodeKind.Python, native: CodeKind.Native, inlined: CodeKind.Native, kernel: CodeKind.Kernel, jit: CodeKind.Jit };

/** What runs in a frame; an inlined call is of its module's kind. */
export function codeKind({ kind, name, module }: StackFrame): CodeKind {
  if (kind === 'inlined' && module?.isKernel === true) return CodeKind.Kernel;
  return module === undefined && kind === 'native' && name === '[unknown]' ? CodeKind.Unknown : KINDS[kind];
}

/** The number of a module in the table, or -1 for none. */
export function moduleNumber(code: CodeTable, module: Module | undefined): number {
  if (module === undefined) return -1;
  const { shortName, path, buildId, isKernel } = module;
  return code.module({ name: wellFormed(shortName), path: wellFormed(path), buildId, isKernel });
}
