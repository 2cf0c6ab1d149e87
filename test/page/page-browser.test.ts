// The page as `perfts view` writes it: its file, and in a real browser what only one can tell: that it runs under its own
// Content-Security-Policy, from file:// and from `perfts serve`, and opens what is given to it.

import t, { type Test } from 'tap';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openRecording } from '../../src/node/open-recording.ts';
import { emptyPage } from '../../src/node/page-file.ts';
import { RecordingServer } from '../../src/node/recording-server.ts';
import { unpackPageData } from '../../src/page/data/page-file.ts';
import { pageWith } from '../../src/page/data/page-html.ts';
import { DEMO, dataPath, perfts } from '../end-to-end/command.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { BrowserPage, findChromium } from '../views/browser.ts';

const BUILT = existsSync(join(PROJECT_ROOT, 'dist/page/perfts.html'));
const CHROMIUM = findChromium();
const unbuilt = BUILT ? false : 'the page is not built';
const noBrowser = !BUILT ? unbuilt : CHROMIUM === undefined ? 'no Chromium on this machine' : false;
const ARCHIVE = dataPath('demo', 'demo.perfts');
const LARGEST = 1_500_000;

function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? below(path) : [path];
  });
}

async function browse(t: Test, url: string): Promise<BrowserPage> {
  const page = await BrowserPage.open(CHROMIUM!, url, 1200, 800);
  t.teardown(() => page.close());
  return page;
}

const SHOWN = `/\\b491\\b/.test(document.body?.innerText ?? '')`;

t.test('the file: its size, nothing of Node, a policy that fits its scripts', { skip: unbuilt }, async (t) => {
  const html = emptyPage();
  t.ok(Buffer.byteLength(html) < LARGEST, `${Buffer.byteLength(html)} bytes`);
  for (const strange of [/\brequire\(/, /\bnew Function\b/, /\beval\(/, /["'`]node:/, /\bBuffer\.(?:from|alloc)/, /\b__dirname\b/, /\bprocess\.(?:env|argv|nextTick|platform)/, /\bfetch\(/, /XMLHttpRequest|WebSocket|EventSource|sendBeacon|RTCPeer/, /\bimportScripts\b/, /<link\b/, /\bsrc="/]) t.notMatch(html, strange);
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  for (const part of ["default-src 'none'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'"]) t.ok(policy.includes(part), part);
  t.notMatch(policy, /unsafe|\*|https?:/);
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const texts = [...html.matchAll(/<(script|style)((?: [^>]*)?)>([^]*?)<\/\1>/g)];
  t.equal(texts.length, 4, 'style, data, worker, app');
  for (const [, , attributes, text] of texts) if (!attributes!.includes('perfts-data')) t.ok(policy.includes(hash(text!)));
  t.match(html, /elfy .*\(MIT\)/, 'and the licences of what is in it');
});

t.test('perfts view', { skip: unbuilt }, async (t) => {
  const folder = folderElsewhere(t);
  const recording = join(folder, 'my.perfts');
  cpSync(ARCHIVE, recording);
  const written = await perfts('view', recording);
  t.match(written, { status: 0, out: /my\.perfts\.html: 491 samples, \d+ KB\n$/, err: /^Samples: 491, none lost\.\n/ });
  const html = readFileSync(`${recording}.html`, 'utf8');
  t.match(html, /<title>my\.perfts - perfts<\/title>/);
  const data = await unpackPageData(Buffer.from(/id="perfts-data">([^<]*)</.exec(html)![1]!, 'base64'));
  t.equal(data.samples.length, 491);
  t.match(await perfts('view', '-o', recording, recording), { status: 2, err: /is the recording that is read/ });
  t.same(readFileSync(recording), readFileSync(ARCHIVE), 'it is as it was');
  t.match(await perfts('view', '-o', '-', recording), { status: 0, out: /^<!doctype html>/ });
  t.match(await perfts('view', join(folder, 'none.data')), { status: 1, err: /^perfts: cannot open .*\n$/ });
  t.match(await perfts('view', '--empty', recording), { status: 2, err: /--empty is a page without a recording/ });
  const empty = join(folder, 'empty.html');
  t.match(await perfts('view', '--empty', '-o', empty), { status: 0, out: /a page that opens recordings/ });
  t.equal(readFileSync(empty, 'utf8'), emptyPage());
  t.match(pageWith(emptyPage(), '</title><script>alert(1)</script>\u0000', '')[1], /^<title>&#60;\/title&#62;&#60;script&#62;alert\(1\)&#60;\/script&#62;\ufffd - perfts<\/title>$/);
});

t.test('in the browser: a recording in the page, from file://', { skip: noBrowser, timeout: 110_000 }, async (t) => {
  const path = join(folderElsewhere(t), 'demo.html');
  await perfts('view', '-o', path, ARCHIVE);
  const page = await browse(t, pathToFileURL(path).href);
  await page.until(SHOWN);
  t.same(page.problems, [], 'nothing is refused, and nothing fails');
  // What somebody might get into it does not run, and has no way out.
  const refused = await page.evaluate(`new Promise((resolve) => {
    const seen = [];
    document.addEventListener('securitypolicyviolation', (event) => { seen.push(event.effectiveDirective); if (seen.length === 4) resolve(seen.sort()); });
    const script = document.createElement('script'); script.textContent = 'globalThis.injected = 1'; document.body.append(script);
    const holder = document.createElement('div'); holder.innerHTML = '<img src="https://example.test/x.png"><b onclick="globalThis.injected = 2">x</b>'; document.body.append(holder);
    fetch('https://example.test/').catch(() => {});
    setTimeout(() => resolve(seen.sort()), 5000);
  })`);
  t.same(refused, ['connect-src', 'img-src', 'script-src-attr', 'script-src-elem']);
  t.equal(await page.evaluate('globalThis.injected'), undefined);
});

t.test('in the browser: recordings that are chosen, from file://', { skip: noBrowser, timeout: 110_000 }, async (t) => {
  const folder = folderElsewhere(t);
  const path = join(folder, 'empty.html');
  writeFileSync(path, emptyPage());
  const hostile = join(folder, process.platform === 'win32' ? 'x.txt' : '<img src=x onerror="globalThis.injected=3">.txt');
  writeFileSync(hostile, 'neither');
  const broken = join(folder, 'broken.perfts');
  writeFileSync(broken, readFileSync(ARCHIVE).subarray(0, 100_000));
  const page = await browse(t, pathToFileURL(path).href);
  t.equal(await page.evaluate(SHOWN), false);
  for (const [file, words] of [[hostile, 'neither a recording'], [broken, 'cut short']] as const) {
    await page.chooseFiles('input[type=file]', [file]);
    await page.until(`document.body.innerText.includes(${JSON.stringify(words)})`);
  }
  t.equal(await page.evaluate('globalThis.injected'), undefined);
  await page.chooseFiles('input[type=file]', [DEMO, dataPath('demo', 'jit-30191.dump'), ...below(dataPath('demo', 'symfs'))]);
  await page.until(SHOWN);
  t.match(await page.evaluate('document.title'), /perf\.data/);
  await page.chooseFiles('input[type=file]', [ARCHIVE]);
  await page.until(`/demo\\.perfts/.test(document.title)`);
  t.same(page.problems, []);
  // A browser that makes no workers of texts.
  await page.show(`${pathToFileURL(path).href}?again`);
  await page.evaluate(`globalThis.Worker = class { constructor() { throw new Error('refused'); } }`);
  await page.chooseFiles('input[type=file]', [ARCHIVE]);
  await page.until(SHOWN);
  t.same(page.problems, [], 'read in the page itself');
});

t.test('in the browser: perfts serve', { skip: noBrowser, timeout: 110_000 }, async (t) => {
  const folder = folderElsewhere(t);
  cpSync(ARCHIVE, join(folder, 'demo.perfts'));
  const server = new RecordingServer(folder, { port: 0, sources: true, code: false, open: (path) => openRecording(path, { buildIdCache: false }), onTrouble: () => {} });
  await server.listen();
  t.teardown(() => server.close());
  const page = await browse(t, server.address);
  t.match(await page.evaluate('document.body.innerText'), /Recordings in [^]*demo\.perfts/);
  await page.evaluate(`document.querySelector('td a').click()`);
  await page.until(SHOWN);
  // The icon that every browser asks for is not there.
  t.same(page.problems.filter((problem) => !/404/.test(problem)), []);
  await page.show(`${server.address}open`);
  await page.chooseFiles('input[type=file]', [ARCHIVE]);
  await page.until(SHOWN);
  t.same(page.problems.filter((problem) => !/404/.test(problem)), []);
});
