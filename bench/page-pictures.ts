// The README's pictures of the page: the demo in Chromium, its flame graph in Python's own view in light, its table of functions in dark.
//
//   npm run page-pictures        (or: node dist/bench/page-pictures.js FOLDER)

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BrowserPage, findChromium } from '../test/views/browser.ts';
import { projectFolder } from './results-file.ts';

const WIDTH = 1280;
const HEIGHT = 720;
const PICTURES = [
  { name: 'page-light', scheme: 'light', clicks: ['Python only'] },
  { name: 'page-dark', scheme: 'dark', clicks: ['Functions'] },
] as const;

const [folder] = process.argv.slice(2);
const chromium = findChromium();
if (folder === undefined || chromium === undefined) throw new Error(folder === undefined ? 'usage: page-pictures FOLDER' : 'no chromium here: PERFTS_CHROMIUM names one');
mkdirSync(folder, { recursive: true });
const temporary = mkdtempSync(join(tmpdir(), 'perfts-pictures-'));
try {
  const html = join(temporary, 'demo.html');
  execFileSync(process.execPath, [join(projectFolder(), 'bin/perfts.js'), 'view', '-o', html, join(projectFolder(), 'testdata/demo/demo.perfts')], { stdio: 'ignore' });
  const url = pathToFileURL(html).href;
  for (const { name, scheme, clicks } of PICTURES) {
    const page = await BrowserPage.open(chromium, url, WIDTH, HEIGHT);
    await page.useColours(scheme);
    await page.until("document.querySelector('#sum') !== null");
    for (const words of clicks) await page.until(`(() => { const found = [...document.querySelectorAll('label, button')].find(({ textContent }) => textContent.trim() === '${words}'); found?.click(); return found !== undefined; })()`);
    // What was clicked is drawn within a frame or two.
    await new Promise((done) => setTimeout(done, 500));
    const png = resolve(folder, `${name}.png`);
    writeFileSync(png, await page.picture());
    await page.close();
    process.stdout.write(`${png}\n`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
