// Flame graphs of shipped recordings as PNG files, to be looked at: Python's own view, every frame, what changed, threads from the top
// downwards, in light and dark. Chromium draws them as a reader's browser does.
//
//   node dist/bench/flame-pictures.js FOLDER

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium } from '../test/views/browser.ts';
import { projectFolder } from './results-file.ts';

const data = join(projectFolder(), 'testdata');
const FILES = ['--symfs', join(data, 'demo/symfs'), '--symfs', join(data, 'guides/symfs'), '--kallsyms', join(data, 'guides/kallsyms')];
const guide = (name: string): string => join(data, 'guides', name);
const PICTURES: Readonly<Record<string, readonly string[]>> = {
  'demo-python': ['--python', join(data, 'demo/demo.perfts')],
  'demo-all': [join(data, 'demo/demo.perfts')],
  difference: ['--python', guide('list-contains/before.data'), guide('list-contains/after.data'), ...FILES],
  threads: ['--python', '--per-thread', '--icicle', guide('production/perf.data'), ...FILES],
};
/** Chromium takes so much of a window for itself. */
const FRAME = 90;

const [folder] = process.argv.slice(2);
const chromium = findChromium();
if (folder === undefined || chromium === undefined) throw new Error(folder === undefined ? 'usage: flame-pictures FOLDER' : 'no chromium here: PERFTS_CHROMIUM names one');
mkdirSync(folder, { recursive: true });
for (const [name, words] of Object.entries(PICTURES)) {
  const svg = resolve(folder, `${name}.svg`);
  execFileSync(process.execPath, [join(projectFolder(), 'bin/perfts.js'), 'flamegraph', ...words, '-o', svg], { stdio: 'ignore' });
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(readFileSync(svg, 'utf8'))!;
  for (const scheme of ['light', 'dark']) {
    const png = resolve(folder, `${name}-${scheme}.png`);
    execFileSync(chromium, [
      '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', ...(scheme === 'dark' ? ['--blink-settings=preferredColorScheme=0'] : []),
      `--window-size=${width},${Number(height) + FRAME}`, `--screenshot=${png}`, pathToFileURL(svg).href,
    ], { stdio: 'ignore' });
    process.stdout.write(`${png}\n`);
  }
}
