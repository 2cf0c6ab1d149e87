// The figures of a run in a file: written while it goes on, so that one that is stopped has lost little, and added up with others (total.ts).

import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { RunFigures } from './report.ts';

/** Writes what a run has come to, in the place of what the file had before. */
export function saveRun(path: string, run: RunFigures): void {
  const figures = [...run.figures].map(([target, forms]) => [target, [...forms]]);
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...run, figures })}\n`);
  renameSync(`${path}.new`, path);
}

export function savedRun(path: string): RunFigures {
  const { figures, ...run } = JSON.parse(readFileSync(path, 'utf8')) as Omit<RunFigures, 'figures'> & { figures: readonly (readonly [string, readonly (readonly [string, never])[]])[] };
  return { ...run, figures: new Map(figures.map(([target, forms]) => [target, new Map(forms)])) };
}

/** The commit that the program was built of, with a mark where its files are not those of the commit. */
export function builtCommit(folder: string): string {
  const git = (...args: readonly string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return `${git('rev-parse', '--short=8', 'HEAD')}${git('status', '--porcelain', '--untracked-files=no') === '' ? '' : ' and changes'}`;
  } catch {
    return 'unknown';
  }
}
