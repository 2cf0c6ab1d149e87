// The second half of `npm run build`: tsc has compiled src, test and bench into dist; here the command line is bundled into few
// files (60 small modules load in 20 to 30 ms, a bundle in 13 to 18), the page into one HTML file, and what earlier builds left is removed.
// Only node:* and esbuild; no shell, so that it runs on Windows too.

import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transformSync } from 'esbuild';
import { buildPage } from './build-page.js';
import { noticesOf } from './notices.js';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const bundleDir = join(root, 'dist', 'cli');

/** Files of a folder and below it, as absolute paths. */
function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path) : [path];
  });
}

/** Modules whose source is gone would still be tested and shipped. */
function removeStale() {
  for (const part of ['src', 'test', 'bench']) {
    for (const file of filesOf(join(root, 'dist', part))) {
      const source = join(root, relative(join(root, 'dist'), file)).replace(/(\.d)?\.(js|ts)$/, '.ts');
      if (!existsSync(source)) rmSync(file);
    }
  }
}

async function bundle() {
  const result = await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts', { in: 'src/node/share-worker.ts', out: 'share-worker' }],
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // elfy and binary-parser are CommonJS or use its names: they need a `require` for Node's own modules.
    banner: { js: "import { createRequire as perftsCreateRequire } from 'node:module'; const require = perftsCreateRequire(import.meta.url);" },
    // Seldom needed: yargs by help and completion (it looks for files of its own beside itself), the others by Parquet exports
    // and by annotate.
    external: ['yargs', 'hyparquet-writer/*', '@alexaltea/capstone-js'],
    // elfy asks for these two; Node's own `assert` costs 6 ms to load.
    alias: { assert: './src/elf/elfy-modules/assert.ts', util: './src/elf/elfy-modules/util.ts' },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  const written = new Set(Object.keys(result.metafile.outputs).map((path) => resolve(root, path)));
  written.add(writeNotices(Object.keys(result.metafile.inputs)));
  for (const file of filesOf(bundleDir)) if (!written.has(file)) rmSync(file);
}

/** The licences of the packages inside the bundle. */
function writeNotices(inputs) {
  const path = join(bundleDir, 'THIRD-PARTY-NOTICES.txt');
  writeFileSync(path, `The files beside this one contain code of these packages:\n\n${noticesOf(root, inputs).join(`\n${'-'.repeat(72)}\n\n`)}`);
  return path;
}

/** The library without comments: they are in its types, and double what is installed. */
function stripComments() {
  for (const file of filesOf(join(root, 'dist', 'src'))) {
    if (!file.endsWith('.js')) continue;
    const text = readFileSync(file, 'utf8');
    const { code } = transformSync(text, { loader: 'js', format: 'esm', target: 'es2022', legalComments: 'none' });
    if (code !== text) writeFileSync(file, code);
  }
}

removeStale();
stripComments();
await bundle();
await buildPage(root);
