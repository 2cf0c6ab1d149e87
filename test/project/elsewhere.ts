// A folder outside of the project, removed after the test: there the project's own configuration and packages are not found by chance.

import type { Test } from 'tap';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function folderElsewhere(t: Test): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'perfts-test-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
