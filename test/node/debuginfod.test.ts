// debuginfod, against a server in this process: what is taken, what is kept, and every way in which a server can be a bad one.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { DebuginfodTree, type DebuginfodOptions, debuginfodUrls } from '../../src/node/debuginfod-tree.ts';
import { DEMO, dataPath, perfts } from '../end-to-end/command.ts';
import { BUILD_ID, fixture } from '../symbols/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'perfts-test-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const tiny = fixture('tiny.so');
const OTHER = 'ff'.repeat(20);
const asked: string[] = [];

const server: Server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const path = request.url!;
  asked.push(path);
  if (path.endsWith(`/buildid/${BUILD_ID}/executable`) || path.endsWith(`/buildid/${OTHER}/executable`)) {
    if (path.startsWith('/moved')) return void response.writeHead(302, { location: path.replace('/moved', '') }).end();
    if (path.startsWith('/circle')) return void response.writeHead(302, { location: path }).end();
    if (path.startsWith('/local')) return void response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    if (path.startsWith('/packed')) return void response.writeHead(200, { 'content-encoding': 'gzip', 'x-debuginfod-size': tiny.length }).end(gzipSync(tiny));
    if (path.startsWith('/bomb')) return void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(new Uint8Array(20_000_000)));
    if (path.startsWith('/drips')) return drip(response);
    if (path.startsWith('/slow')) return slowly(response);
    if (path.startsWith('/claims')) return void response.writeHead(200, { 'x-debuginfod-size': '99999999999' }).write('x');
    if (path.startsWith('/page')) return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please log in</html>');
    if (path.startsWith('/busy')) return void response.writeHead(503).end();
    if (path.startsWith('/hangs')) return void response.writeHead(200, { 'content-length': tiny.length }).write(tiny.subarray(0, 100));
    if (path.startsWith('/cuts')) {
      response.writeHead(200, { 'content-length': tiny.length }).write(tiny.subarray(0, 100), () => response.destroy());
      return;
    }
    return void response.writeHead(200, { 'content-length': tiny.length }).end(tiny);
  }
  response.writeHead(404).end('nothing');
});
let url = '';

/** A byte at a time, for ever. */
function drip(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}

/** All of it, in pieces. */
function slowly(response: ServerResponse): void {
  response.writeHead(200);
  let at = 0;
  const timer = setInterval(() => {
    response.write(tiny.subarray(at, (at += 4_000)));
    if (at < tiny.length) return;
    clearInterval(timer);
    response.end();
  }, 20);
}

t.before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
t.teardown(() => {
  server.closeAllConnections();
  server.close();
});

let caches = 0;
function treeOf(options: Partial<DebuginfodOptions> = {}): { tree: DebuginfodTree; cache: string; troubles: string[] } {
  const cache = join(folder, `cache${caches++}`);
  const troubles: string[] = [];
  asked.length = 0;
  return { cache, troubles, tree: new DebuginfodTree({ urls: [url], cache, timeout: 1, onTrouble: (what) => void troubles.push(what), ...options }) };
}

t.test('a file is fetched once, and kept as debuginfod-find keeps it', async (t) => {
  let bytes = 0;
  const { tree, cache, troubles } = treeOf({ onProgress: (what, so, of) => void (t.match(what, /^executable 1122334455/), t.equal(of, tiny.length), (bytes = so)) });
  const file = await tree.open(`${BUILD_ID}/executable`);
  t.equal(file!.size, tiny.length);
  file!.close!();
  t.equal(bytes, tiny.length);
  t.same(new Uint8Array(readFileSync(join(cache, BUILD_ID, 'executable'))), tiny);
  t.same(asked, [`/buildid/${BUILD_ID}/executable`]);
  const again = tree.open(`${BUILD_ID}/executable`);
  t.ok(again !== undefined && !(again instanceof Promise), 'from the disk, without waiting');
  if (again !== undefined && !(again instanceof Promise)) again.close!();
  t.equal(await tree.open(`${BUILD_ID}/debuginfo`), undefined);
  t.equal(await tree.open(`${BUILD_ID}/debuginfo`), undefined);
  t.equal(asked.length, 2, 'what is not there is asked for once');
  t.same([troubles, readdirSync(join(cache, BUILD_ID))], [[], ['executable']]);
  for (const path of ['../../etc/passwd', `${BUILD_ID}/source/x`, `${BUILD_ID}/../x`, '', `${BUILD_ID}`]) t.equal(tree.open(path), undefined, path);
  t.equal(asked.length, 2);
  mkdirSync(join(cache, OTHER));
  writeFileSync(join(cache, OTHER, 'debuginfo'), '');
  t.equal(await tree.open(`${OTHER}/debuginfo`), undefined, 'a note that there was none is no file');
});

t.test('bad servers', async (t) => {
  const cases: readonly (readonly [string, string, Partial<DebuginfodOptions>, RegExp])[] = [
    ['another file', OTHER, {}, /sent a file that is not of build id ffff/],
    ['busy', BUILD_ID, { urls: [`${url}/busy`] }, /cannot be asked: it answers 503$/],
    ['stops', BUILD_ID, { urls: [`${url}/hangs`], timeout: 0.2 }, /cannot be asked: fewer than 100 KB in 0\.2 seconds$/],
    ['drips', BUILD_ID, { urls: [`${url}/drips`], timeout: 0.3 }, /cannot be asked: fewer than 100 KB in 0\.3 seconds$/],
    ['bomb', BUILD_ID, { urls: [`${url}/bomb`], largest: 1_000_000 }, /a file has more than 1000000 bytes$/],
    ['claims', BUILD_ID, { urls: [`${url}/claims`] }, /a file has more than 4294967296 bytes$/],
    ['circle', BUILD_ID, { urls: [`${url}/circle`] }, /cannot be asked: /],
    ['another scheme', BUILD_ID, { urls: [`${url}/local`] }, /cannot be asked: /],
    ['a page', BUILD_ID, { urls: [`${url}/page`] }, /sent a file that is not of build id 1122/],
    ['cut', BUILD_ID, { urls: [`${url}/cuts`] }, /cannot be asked: /],
    ['too much', BUILD_ID, { largest: 1000 }, /a file has more than 1000 bytes$/],
    ['not there', BUILD_ID, { urls: ['http://127.0.0.1:1/'] }, /cannot be asked: /],
  ];
  for (const [name, id, options, says] of cases) {
    const { tree, cache, troubles } = treeOf(options);
    t.equal(await tree.open(`${id}/executable`), undefined, name);
    t.equal(await tree.open(`${id.replace(/..$/, '00')}/executable`), undefined);
    t.equal(troubles.length, 1, `${name}: said once: ${troubles.join()}`);
    t.match(troubles[0], says);
    t.notMatch(troubles[0], /\n| at /);
    let left: string[] = [];
    try {
      left = readdirSync(join(cache, id));
    } catch {
      // Nothing was ever written.
    }
    t.same(left, [], 'nothing is left behind');
  }
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const mute = treeOf({ urls: [`http://127.0.0.1:${(silent.address() as AddressInfo).port}`], timeout: 0.2 });
  t.equal(await mute.tree.open(`${BUILD_ID}/executable`), undefined);
  t.match(mute.troubles, [/cannot be asked: no answer for 0\.2 seconds$/]);
  silent.closeAllConnections();
  silent.close();
  for (const kind of ['moved', 'packed', 'slow']) {
    const progress: number[][] = [];
    const { tree, troubles } = treeOf({ urls: [`${url}/${kind}`], timeout: 5, onProgress: (_what, so, of) => void progress.push([so, of]) });
    const good = await tree.open(`${BUILD_ID}/executable`);
    t.equal(good?.size, tiny.length, kind);
    good?.close?.();
    t.same(troubles, []);
    t.same(progress.at(-1), [tiny.length, kind === 'slow' ? 0 : tiny.length]);
  }
  const second = treeOf({ urls: [`${url}/busy`, url] });
  const file = await second.tree.open(`${BUILD_ID}/executable`);
  t.ok(file, 'the next server has it');
  file?.close?.();
  writeFileSync(join(folder, 'occupied'), '');
  const full = treeOf({ cache: join(folder, 'occupied') });
  t.equal(await full.tree.open(`${BUILD_ID}/executable`), undefined);
  t.match(full.troubles, [/cannot be asked: .*occupied/], 'a cache that cannot be written');
});

t.test('the command line', async (t) => {
  t.same(debuginfodUrls(' http://a/  ima:enforcing https://b '), ['http://a/', 'https://b']);
  const { DEBUGINFOD_URLS: before, DEBUGINFOD_CACHE_PATH: cache } = process.env;
  t.teardown(() => {
    for (const [name, value] of Object.entries({ DEBUGINFOD_URLS: before, DEBUGINFOD_CACHE_PATH: cache })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  delete process.env['DEBUGINFOD_URLS'];
  process.env['DEBUGINFOD_CACHE_PATH'] = join(folder, 'own');
  const alone = join(folder, 'perf.data');
  copyFileSync(DEMO, alone);
  const usage = await perfts('report', '--debuginfod', alone);
  t.match(usage, { status: 2, err: /^perfts: debuginfod needs a server: --debuginfod=URL, or DEBUGINFOD_URLS in the environment\n$/ });
  asked.length = 0;
  await perfts('report', alone);
  t.equal(asked.length, 0, 'never without being told');
  await perfts('doctor', '--debuginfod', url, alone);
  t.ok(asked.includes('/buildid/f9de766c3a031e0782095d175ff04e394a2744d2/executable'));
  process.env['DEBUGINFOD_URLS'] = url;
  asked.length = 0;
  t.match(await perfts('script', '--debuginfod', alone), { status: 0 });
  t.ok(asked.length > 0);
  const symbols = join(folder, 'symbols');
  mkdirSync(symbols);
  copyFileSync(dataPath('demo', 'symfs', 'usr', 'bin', 'python3.13'), join(symbols, 'python3.13'));
  t.match((await perfts('doctor', '--symbol-dir', symbols, alone)).out, /\/usr\/bin\/python3\.13 \(symbol-folder: /);
  t.equal((await perfts('report', '--symbol-dir', join(folder, 'none'), alone)).status, 1);
});
