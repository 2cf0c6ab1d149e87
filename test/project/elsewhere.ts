// Outside of the test that runs: a folder in which the project's own configuration and packages are not found by chance, and
// processes without the hooks that tap gives to everything a test starts.

import type { Test } from 'tap';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, removed after the test. */
export function folderElsewhere(t: Test): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'perfts-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs Node with these arguments, as a user would. */
export function runNode(args: readonly string[], cwd: string): Outcome {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('_TAPJS_')));
  const run = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { status: run.status, out: run.stdout, err: run.stderr };
}
