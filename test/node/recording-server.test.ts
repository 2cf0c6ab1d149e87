// `perfts serve` by real requests: what is listed and shown, and what nobody gets.

import t, { type Test } from 'tap';
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { openRecording } from '../../src/node/open-recording.ts';
import { RecordingServer } from '../../src/node/recording-server.ts';
import { ServedFolder } from '../../src/node/served-folder.ts';
import { unpackPageData } from '../../src/page/data/page-file.ts';
import { DEMO, dataPath, perfts } from '../end-to-end/command.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A name that is HTML, and has what addresses treat specially. Windows has no such files. */
const HOSTILE = `<img src=x onerror=alert(1)>&"' %2e#?.perfts`;
const isWindows = process.platform === 'win32';

function ask(base: string, path: string, options: RequestOptions = {}): Promise<Reply> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, agent: false, ...options }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece)).on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body })).on('error', reject);
    });
    request.on('error', reject).end();
  });
}

/** Bytes as they are, since a client would put them right. */
function sendRaw(base: string, text: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.end(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (piece: string) => (answer += piece)).on('close', () => resolve(answer)).on('error', () => resolve(answer));
  });
}

function folderOfRecordings(t: Test): string {
  const folder = join(folderElsewhere(t), 'served');
  mkdirSync(join(folder, 'inner', 'deep'), { recursive: true });
  mkdirSync(join(folder, '.hidden'));
  const archive = dataPath('demo', 'demo.perfts');
  cpSync(archive, join(folder, 'demo.perfts'));
  cpSync(DEMO, join(folder, 'inner/deep/perf.data'));
  cpSync(DEMO, join(folder, '.hidden/perf.data'));
  cpSync(archive, join(folder, '..', 'outside.perfts'));
  writeFileSync(join(folder, 'notes.txt'), 'secret');
  writeFileSync(join(folder, 'broken.perfts'), 'PK\x03\x04 broken');
  if (!isWindows) {
    cpSync(archive, join(folder, HOSTILE));
    symlinkSync(join(folder, '..', 'outside.perfts'), join(folder, 'leads-out.perfts'));
    symlinkSync(join(folder, '..'), join(folder, 'out'));
    symlinkSync('demo.perfts', join(folder, 'within.perfts'));
    symlinkSync('circle', join(folder, 'circle'));
  }
  return folder;
}

async function serving(t: Test, folder: string): Promise<{ readonly server: RecordingServer; readonly troubles: string[]; readonly root: string }> {
  const troubles: string[] = [];
  const server = new RecordingServer(folder, { port: 0, sources: true, code: false, open: (path) => openRecording(path, { buildIdCache: false }), onTrouble: (message) => troubles.push(message) });
  await server.listen();
  t.teardown(() => server.close());
  return { server, troubles, root: new URL(server.address).pathname };
}

t.test('the list: recordings of the folder and below, and nothing else', async (t) => {
  const folder = folderOfRecordings(t);
  const { recordings, isCut } = new ServedFolder(folder).list();
  t.same(recordings.map(({ name }) => name), [...(isWindows ? [] : [HOSTILE]), 'demo.perfts', 'inner/deep/perf.data', ...(isWindows ? [] : ['within.perfts'])]);
  t.equal(isCut, false);
  for (const name of ['../outside.perfts', 'leads-out.perfts', 'out/outside.perfts', 'notes.txt', '.hidden/perf.data', 'inner/../demo.perfts', './demo.perfts', '', '/etc/passwd']) t.equal(new ServedFolder(folder).find(name), undefined, name);
  t.throws(() => new ServedFolder(join(folder, 'nowhere')), { code: 'PERFTS_NO_FILE', message: /no such file/ });
  t.throws(() => new ServedFolder(join(folder, 'notes.txt')), { code: 'PERFTS_NO_FILE' });
});

t.test('a recording as a page, with names as text', async (t) => {
  const { server, root } = await serving(t, folderOfRecordings(t));
  t.match(server.address, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  const list = await ask(server.address, root);
  t.equal(list.status, 200);
  t.match(list.headers, { 'content-type': 'text/html; charset=utf-8', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-frame-options': 'DENY' });
  t.match(list.headers['content-security-policy'], /^default-src 'none';.*frame-ancestors 'none'$/);
  t.notOk('access-control-allow-origin' in list.headers);
  t.notMatch(list.body, /<img/);
  const links = [...list.body.matchAll(/href="([^"]*\/view\/[^"]*)"/g)].map(([, href]) => href!.replaceAll('&#39;', "'"));
  t.equal(links.length, isWindows ? 2 : 4);
  for (const link of links.slice(0, 2)) {
    const page = await ask(server.address, link);
    t.equal(page.status, 200, link);
    t.notMatch(page.body, /<img/);
    t.match(page.headers['content-security-policy'], /script-src 'sha256-.*connect-src 'none'.*frame-ancestors 'none'$/);
    const data = await unpackPageData(Buffer.from(/id="perfts-data">([^<]*)</.exec(page.body)![1]!, 'base64'));
    t.equal(data.samples.length, 491);
    t.match(page.body, new RegExp(`"Content-Security-Policy" content="${String(page.headers['content-security-policy']).replace(/; frame-ancestors.*/, '').replace(/[+.*?()$]/g, '\\$&')}"`), 'the page says the same policy');
  }
  const empty = await ask(server.address, `${root}open`);
  t.equal(empty.status, 200);
  t.match(empty.body, /id="perfts-data"><\/script>/);
  t.same(await ask(server.address, root, { method: 'HEAD' }).then(({ status, body }) => [status, body]), [200, '']);
  t.equal((await ask(server.address, `${root}view/demo.perfts`, { method: 'HEAD' })).status, 200);
});

t.test('no way out of the folder', async (t) => {
  const { server, root } = await serving(t, folderOfRecordings(t));
  const paths = [
    '../outside.perfts', '..%2foutside.perfts', '%2e%2e/outside.perfts', '%2e%2e%2foutside.perfts', '..%5coutside.perfts', '....//outside.perfts', 'inner/../../outside.perfts', 'inner/%2e%2e/%2e%2e/outside.perfts',
    '/etc/passwd', '%2fetc%2fpasswd', 'leads-out.perfts', 'out/outside.perfts', 'notes.txt', '.hidden/perf.data', 'broken.perfts', 'demo.perfts/', 'demo.perfts%00', '%', '%ff', '%c0%ae%c0%ae/outside.perfts', 'inner', 'inner/deep', '', '.', 'circle', 'C:%5cWindows',
    `${'a/'.repeat(500)}x`,
  ];
  for (const path of paths) {
    const reply = await ask(server.address, `${root}view/${path}`);
    t.equal(reply.status, 404, path);
    t.notMatch(reply.body, /secret|outside|passwd/, path);
  }
  t.equal((await ask(server.address, `${root}open/x`)).status, 404);
  t.equal((await ask(server.address, `${root}nothing`)).status, 404);
});

t.test('who does not know the token, or asks from elsewhere, gets nothing', async (t) => {
  const { server, root } = await serving(t, folderOfRecordings(t));
  const { host, port } = new URL(server.address);
  for (const path of ['/', '/favicon.ico', `/${'x'.repeat(32)}/`, root.toUpperCase() === root ? '/x/' : root.toUpperCase(), root.slice(0, -1), `/x${root}`, `//${root}`, '*', `${root.slice(0, -2)}/`, `/%00${root.slice(1)}`]) {
    const { status, body } = await ask(server.address, path);
    t.equal(status, 404, path);
    t.notMatch(body, /demo/);
  }
  const refused: RequestOptions[] = [
    { headers: { host: 'evil.test' } }, { headers: { host: `evil.test:${port}` } }, { headers: { host: '127.0.0.1' } }, { headers: { host: `127.0.0.1:${port}.evil.test` } },
    { headers: { 'sec-fetch-site': 'cross-site' } }, { headers: { 'sec-fetch-site': 'same-site' } }, { headers: { 'sec-fetch-site': 'SAME-ORIGIN' } },
    { headers: { origin: 'http://evil.test' } }, { headers: { origin: 'null' } }, { headers: { origin: `http://localhost:${port}` } },
  ];
  for (const options of refused) {
    const { status, body, headers } = await ask(server.address, root, options);
    t.equal(status, 403, JSON.stringify(options));
    t.notMatch(body, /demo/);
    t.notOk('access-control-allow-origin' in headers);
  }
  for (const headers of [{ host }, { host: `localhost:${port}` }, { 'sec-fetch-site': 'none' }, { 'sec-fetch-site': 'same-origin', origin: `http://${host}` }]) t.equal((await ask(server.address, root, { headers })).status, 200, JSON.stringify(headers));
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE']) t.equal((await ask(server.address, root, { method })).status, 405, method);
});

t.test('nothing makes it fall over', async (t) => {
  const folder = folderOfRecordings(t);
  const { server, root, troubles } = await serving(t, folder);
  const { host } = new URL(server.address);
  const raw = ['', '\r\n\r\n', 'GET\r\n\r\n', `GET ${root} HTTP/9.9\r\n\r\n`, '\x16\x03\x01\x00\xa5', `GET ${root} HTTP/1.1\r\n\r\n`, `GET ${root} HTTP/1.0\r\n\r\n`, `GET ${root} HTTP/1.1\r\nHost: ${host}\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`, `GET http://evil.test${root} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, `GET ${root}view/\x00\xff HTTP/1.1\r\nHost: ${host}\r\n\r\n`, `GET ${root} HTTP/1.1\r\nHost: ${host}\r\nHost: evil.test\r\n\r\n`];
  for (const text of raw) t.notMatch(await sendRaw(server.address, text), /HTTP\/1\.1 200|demo/, JSON.stringify(text.slice(0, 40)));
  // A recording that is damaged when it is opened, and one that nobody waits for.
  writeFileSync(join(folder, 'cut.data'), Buffer.from('PERFILE2 and no more of it'));
  const broken = await ask(server.address, `${root}view/cut.data`);
  t.equal(broken.status, 500);
  t.equal(broken.body.trimEnd().split('\n').length, 1);
  t.match(broken.body, /cut\.data/);
  t.equal(troubles.length, 1);
  const gone = httpRequest({ hostname: '127.0.0.1', port: new URL(server.address).port, path: `${root}view/demo.perfts`, agent: false });
  gone.on('error', () => {});
  gone.end();
  await new Promise((resolve) => setTimeout(resolve, 20));
  gone.destroy();
  const many = await Promise.all(Array.from({ length: 24 }, () => ask(server.address, `${root}view/cut.data`)));
  t.ok(many.every(({ status }) => status === 500 || status === 503));
  t.equal((await ask(server.address, root)).status, 200, 'it still answers');
});

t.test('the command: an address, and a clean end', { skip: isWindows ? 'no signals on Windows' : false }, async (t) => {
  const folder = folderOfRecordings(t);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'NODE_OPTIONS' && !name.startsWith('_TAPJS_')));
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'bin/perfts.js'), 'serve', folder], { env });
  let out = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  await new Promise<void>((resolve) => child.stdout.setEncoding('utf8').on('data', (text: string) => ((out += text), out.includes('\n') && resolve())));
  t.match(out, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/\n$/);
  t.equal((await ask(out.trim(), new URL(out.trim()).pathname)).status, 200);
  // A connection that stays open does not hold it up.
  const idle = connect(Number(new URL(out.trim()).port), '127.0.0.1');
  idle.on('error', () => {});
  await new Promise((resolve) => idle.once('connect', resolve));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  t.equal(await ended, 0);
  idle.destroy();
  t.notMatch(err, /Error|    at /);
});

t.test('wrong use is one line', async (t) => {
  t.match(await perfts('serve', '/no/such/folder'), { status: 1, err: /^perfts: cannot open \/no\/such\/folder: no such file\n$/ });
  t.match(await perfts('serve', '--port', '70000', '.'), { status: 2, err: /--port takes a number up to 65535/ });
});
