// The command line as a function, and the demo that most tests of it report.

import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { MemoryOutput } from '../../src/cli/output.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

export interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** `perfts` with these words, without a process. */
export async function perfts(...words: readonly string[]): Promise<Answer> {
  const out = new MemoryOutput();
  const err = new MemoryOutput();
  const status = await main(words, out, err);
  return { status, out: out.text, err: err.text };
}

/** A file of testdata as a path of this machine. */
export function dataPath(...names: readonly string[]): string {
  return join(PROJECT_ROOT, 'testdata', ...names);
}

export const DEMO: string = dataPath('demo', 'perf.data');
const SYMFS = dataPath('demo', 'symfs');

/** Where the demo's files are. */
export const DEMO_FILES: readonly string[] = ['--symfs', SYMFS];
export const DEMO_KALLSYMS: readonly string[] = ['--kallsyms', join(SYMFS, 'kallsyms')];

/** The lines of a report or a script's text that hold something, without those that begin with #. */
export function rowsOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
