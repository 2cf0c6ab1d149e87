// tap keeps a class made of its plugins in node_modules. After `npm ci` that is the standard set, whose TypeScript plugin does not
// run with TypeScript 7. tap would make the set of .taprc itself, but only after it has planned the first run with the old one,
// which then fails: so it is told to beforehand, once (some 10 s, offline too).

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);
const tap = join(dirname(require.resolve('tap/package.json')), 'dist/esm/run.mjs');
const built = join(root, 'node_modules/@tapjs/test/test-built/dist/esm/index.js');

if (readFileSync(built, 'utf8').includes('@tapjs/typescript')) {
  const { status } = spawnSync(process.execPath, [tap, 'build'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  process.exitCode = status ?? 1;
}
