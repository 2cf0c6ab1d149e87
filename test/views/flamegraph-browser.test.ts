// A flame graph in a real browser: it zooms, searches, listens to keys, is light or dark as the screen is, and no name in it runs.

import t, { type Test } from 'tap';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dataPath, perfts } from '../end-to-end/command.ts';
import { BrowserPage, findChromium } from './browser.ts';
import { drawn, framesOf, stacksOf, treeOf } from './made-flames.ts';

const ARCHIVE = dataPath('demo', 'demo.perfts');
const folder = mkdtempSync(join(tmpdir(), 'perfts-flamegraph-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

async function shown(page: BrowserPage, label: string): Promise<unknown> {
  return await page.evaluate(`(() => { const g = [...document.querySelectorAll('g.f')].find((one) => one.querySelector('title').textContent.startsWith(${JSON.stringify(label)})); const box = g.getBoundingClientRect(); return g.style.display === 'none' ? null : { x: box.x, y: box.y, width: box.width, classes: [...g.classList] }; })()`);
}

async function widthOf(page: BrowserPage, label: string): Promise<number> {
  return ((await shown(page, label)) as { width: number } | null)?.width ?? -1;
}

const chromium = findChromium();
t.test('in a browser', { skip: chromium === undefined && 'no chromium here', timeout: 120_000 }, async (t: Test) => {
  const path = join(folder, 'page.svg');
  await perfts('flamegraph', '--python', '--icicle', ARCHIVE, '-o', path);
  writeFileSync(join(folder, 'hostile.svg'), drawn(treeOf(stacksOf([{ stack: [], names: ['<img src=x onerror="window.broken=1">', ']]></script><script>window.broken=1</script>'] }]))).svg);
  const page = await BrowserPage.open(chromium!, pathToFileURL(path).href, 1200, 700);
  t.teardown(() => page.close());
  t.equal(Math.round(await widthOf(page, 'main (shop.py)')) > 1000, true);

  const bill = (await shown(page, 'bill (shop.py)')) as { x: number; y: number; width: number };
  await page.click(bill.x + bill.width / 2, bill.y + 8);
  t.ok(Math.abs((await widthOf(page, 'bill (shop.py)')) - 1180) < 3, 'zoomed');
  t.equal(await shown(page, 'through_json (shop.py)'), null);
  t.match(await shown(page, 'main (shop.py)'), { classes: ['f', 'py', 'o'] }, 'callers stay, faded');
  t.match(await page.evaluate('document.querySelector("#details").textContent'), /^bill \(shop\.py\) · \/demo-run\/shop\.py · 172 samples, 35\.\d %/);
  await page.evaluate('document.querySelector("#reset").click()');
  t.ok((await widthOf(page, 'bill (shop.py)')) < 500, 'reset');

  await page.press('/');
  await page.type('^json (en|sc)');
  t.equal(await page.evaluate('document.querySelectorAll("g.m").length'), 2);
  t.equal(await page.evaluate('getComputedStyle(document.querySelector("g.m rect")).fill'), 'rgb(208, 107, 255)');
  t.match(await page.evaluate('document.querySelector("#matched").textContent'), /^2 frames, 23\.\d %$/);
  await page.press('Enter');
  t.match(await page.evaluate('document.activeElement.querySelector("title").textContent'), /^json encoder/);
  await page.press('Escape');
  await page.press('/');
  await page.evaluate('(() => { const input = document.querySelector("#search"); input.value = "(((["; input.dispatchEvent(new Event("input")); })()');
  t.equal(await page.evaluate('document.querySelectorAll("g.m").length'), 0, 'a wrong expression is searched for as it is');
  await page.press('Escape');

  const focused = async (): Promise<unknown> => await page.evaluate('document.activeElement.getAttribute("aria-label").split(",")[0]');
  await page.press('Home');
  t.equal(await focused(), 'all');
  for (const [key, name] of [['ArrowDown', 'python3.13'], ['ArrowDown', '<module> (shop.py)'], ['ArrowDown', 'main (shop.py)'], ['ArrowUp', '<module> (shop.py)']]) {
    await page.press(key!);
    t.equal(await focused(), name);
  }
  await page.press('ArrowDown');
  await page.press('ArrowDown');
  await page.press('ArrowDown');
  await page.press('ArrowRight');
  t.not(await focused(), 'bill (shop.py)');
  await page.press('ArrowLeft');
  t.equal(await focused(), 'bill (shop.py)');
  await page.press('Enter');
  t.ok(Math.abs((await widthOf(page, 'bill (shop.py)')) - 1180) < 3);
  await page.press('Escape');
  t.ok((await widthOf(page, 'bill (shop.py)')) < 500);
  t.equal(await page.evaluate('document.documentElement.getAttribute("role") + document.querySelectorAll("[role=treeitem][aria-level]").length'), `tree${framesOf(readFileSync(path, 'utf8')).length}`);

  await page.useColours('dark');
  t.equal(await page.evaluate('getComputedStyle(document.querySelector(".bg")).fill'), 'rgb(21, 24, 30)');
  t.equal(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'), 'rgb(21, 24, 30)', 'below the picture too');
  await page.useColours('light');
  t.equal(await page.evaluate('getComputedStyle(document.querySelector(".bg")).fill'), 'rgb(255, 255, 255)');

  await page.show(pathToFileURL(join(folder, 'hostile.svg')).href);
  t.same(await page.evaluate('[typeof window.broken, document.querySelectorAll("img, parsererror").length, document.querySelectorAll("g.f").length]'), ['undefined', 0, 4]);
});
