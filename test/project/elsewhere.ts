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

/**
 * Where tap's package process-on-spawn keeps what it does to every new process. tap's hooks are of no use in the programs that are
 * started here, double the time they take, and some do not run with them at all.
 */
const SPAWN_HOOKS = Symbol.for('process-on-spawn@*:singletonId');

/** Runs Node with these arguments, as a user would. */
export function runNode(args: readonly string[], cwd: string): Outcome {
  const hooks = (globalThis as unknown as Record<symbol, { listeners: unknown[] } | undefined>)[SPAWN_HOOKS];
  const listeners = hooks?.listeners ?? [];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('_TAPJS_')));
  if (hooks !== undefined) hooks.listeners = [];
  try {
    const run = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
    return { status: run.status, out: run.stdout, err: run.stderr };
  } finally {
    if (hooks !== undefined) hooks.listeners = listeners;
  }
}
