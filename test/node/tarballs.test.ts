// Tarballs of `perf archive` beside a recording and by option: read in place, whatever is in them.

import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { openRecordingFiles, type RecordingFileOptions } from '../../src/node/open-recording-files.ts';
import { TarFileTree } from '../../src/node/tar-file-tree.ts';
import { Module } from '../../src/process/module.ts';
import { ModuleLoader } from '../../src/symbols/module-loader.ts';
import { tarOf } from '../bytes/tar-writer.ts';
import { DEMO, dataPath, perfts } from '../end-to-end/command.ts';
import { BUILD_ID, fixture, withOtherBuildId } from '../symbols/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'perfts-test-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const packed = dataPath('symbols', 'tiny.tar.bz2');
const recording = join(folder, 'my.data');
copyFileSync(DEMO, recording);
const tiny = fixture('tiny.so');
const link = `.build-id/${BUILD_ID.slice(0, 2)}/${BUILD_ID.slice(2)}`;
const plain = tarOf([{ path: link, type: '2', target: `../../x/${BUILD_ID}` }, { path: `x/${BUILD_ID}/elf`, content: tiny }]);

/** What is found of a library by its recorded build id, and where. */
async function search(options: RecordingFileOptions): Promise<{ symbols: number; place: string; damage: string[] }> {
  const files = openRecordingFiles(recording, { buildIdCache: false, ...options });
  try {
    const loader = new ModuleLoader({ trees: files.trees, caches: files.caches, more: files.more, machine: 'x86-64', diagnostics: files.diagnostics });
    const loaded = await loader.load(new Module(1, 'file', '/opt/lib/tiny.so', 'tiny.so', BUILD_ID), { unwind: true });
    const place = loaded.files?.symbols;
    return { symbols: loaded.symbols?.length ?? 0, place: place === undefined ? '' : `${place.place} ${place.path}`, damage: files.diagnostics.all().map(({ code }) => code) };
  } finally {
    files.close();
  }
}

t.test('named by option', async (t) => {
  t.match(await search({ symbolDirs: [packed] }), { place: `symbol-folder ${link}/debug`, damage: [] }, 'as tar and bzip2 made it');
  for (const [name, bytes] of [['a.tar', plain], ['b.tar.gz', gzipSync(plain)], ['c', gzipSync(plain)]] as const) {
    writeFileSync(join(folder, name), bytes);
    t.match(await search({ symbolDirs: [join(folder, name)] }), { place: `symbol-folder ${link}/elf`, damage: [] }, name);
  }
  writeFileSync(join(folder, 'other.tar'), tarOf([{ path: `${link}/elf`, content: withOtherBuildId(tiny) }]));
  t.equal((await search({ symbolDirs: [join(folder, 'other.tar')] })).place, '', 'of another build');
  t.match(await search({ symbolDirs: [join(folder, 'other.tar'), packed] }), { place: `symbol-folder ${link}/debug` }, 'the next one');
  t.throws(() => openRecordingFiles(recording, { symbolDirs: [recording] }), { code: 'PERFTS_NO_FILE', message: /my\.data: it is neither a directory nor a tarball \(\.tar, \.tar\.gz, \.tar\.bz2\)$/ });
  t.match(await perfts('report', '-i', recording, '--symbol-dir', join(folder, 'nothing')), { status: 1, err: /^perfts: cannot open .*nothing: no such directory\n$/ });
  const doctor = await perfts('doctor', '-i', recording, '--symbol-dir', packed);
  t.match(doctor.out, /tiny\.tar\.bz2\/\.build-id/);
});

t.test('found beside the recording, as perf archive names it', async (t) => {
  t.equal((await search({})).place, '');
  for (const name of ['my.data.tar.bz2', 'perf.symbols.tar.bz2']) {
    copyFileSync(packed, join(folder, name));
    t.match(await search({}), { place: `build-id-cache ${link}/debug` }, name);
    rmSync(join(folder, name));
  }
  for (const [name, bytes] of [['my.data.tar', plain], ['my.data.tar.gz', gzipSync(plain)]] as const) {
    writeFileSync(join(folder, name), bytes);
    t.match(await search({}), { place: `build-id-cache ${link}/elf` }, name);
    rmSync(join(folder, name));
  }
  // Where bzip2 is not installed perf archive leaves an empty file, and says that all is well.
  writeFileSync(join(folder, 'my.data.tar.bz2'), '');
  t.same(await search({}), { symbols: 0, place: '', damage: [] });
  writeFileSync(join(folder, 'my.data.tar.bz2'), 'something else');
  t.same(await search({}), { symbols: 0, place: '', damage: [] });
  rmSync(join(folder, 'my.data.tar.bz2'));
});

t.test('a recording inside, as perf archive --all packs it', async (t) => {
  const demo = readFileSync(DEMO);
  const all = join(folder, 'perf.all-host-20261128-120000.tar');
  const symbols = { path: 'perf.symbols.tar.bz2', content: readFileSync(packed) };
  const whole = (await perfts('script', DEMO)).out;
  for (const bytes of [tarOf([{ path: 'data/my.data', content: demo }, symbols]), gzipSync(tarOf([symbols, { path: 'my.data', content: demo }]))]) {
    writeFileSync(all, bytes);
    t.match(await perfts('script', all), { status: 0, out: whole });
    const doctor = await perfts('doctor', '-v', all);
    t.match(doctor.out, /perf\.symbols\.tar\.bz2\/\.build-id/, 'with its symbols');
    t.notMatch(doctor.err, /damaged/);
  }
  writeFileSync(all, tarOf([symbols]));
  t.match(await perfts('report', all), { status: 1, err: /^perfts: .*there is no recording in this tarball; if it is what perf archive made, give the recording, and this by --symbol-dir\n$/ });
  writeFileSync(all, gzipSync(demo));
  t.match(await perfts('report', all), { status: 1, err: /^perfts: .*gzip[^\n]*\n$/ }, 'a recording that was compressed alone');
  for (const length of [600, 3_000, demo.length]) {
    writeFileSync(all, tarOf([{ path: 'my.data', content: demo }, symbols]).subarray(0, length));
    const { status, err } = await perfts('report', all);
    t.ok(status === 1 || /cut/.test(err), `cut at ${length}`);
  }
});

t.test('bombs and damage', async (t) => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith(`perfts-${process.pid}-`));
  const bomb = gzipSync(Buffer.concat([plain.subarray(0, -1024), Buffer.alloc(80_000_000)]));
  const cases: readonly (readonly [string, Uint8Array, string, boolean])[] = [
    ['bomb.tar.gz', bomb, 'tar-too-large', true],
    ['bomb.tar.bz2', readFileSync(dataPath('bzip2', 'zeros.bz2')), 'tar-too-large', false],
    ['cut.tar.gz', gzipSync(Buffer.concat([plain, Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * i * 7919) & 0xff))])).subarray(0, -200), 'tar-packed', true],
    ['cut.tar.bz2', readFileSync(packed).subarray(0, 900), 'tar-packed', false],
    ['none.tar.gz', gzipSync(Buffer.from('this is no tar file'.repeat(100))), 'tar-header', false],
  ];
  for (const [name, bytes, code, isThere] of cases) {
    writeFileSync(join(folder, name), bytes);
    const found = await search({ symbolDirs: [join(folder, name)] });
    t.match(found.damage, [code], `${name} is said once`);
    t.equal(found.place !== '', isThere, 'what comes before the damage is used');
  }
  t.same(readdirSync(tmpdir()).filter((name) => name.startsWith(`perfts-${process.pid}-`)), before, 'nothing is left behind');
});

t.test('a tree of its own: once unpacked it does not wait', async (t) => {
  const tree = TarFileTree.ifThere(packed, new Diagnostics())!;
  const [one, two] = await Promise.all([tree.open(`${link}/elf`), tree.open(`${link}/elf`)]);
  t.same([one!.size, two!.size], [tiny.length, tiny.length]);
  const again = tree.open(`opt/lib/tiny.so/${BUILD_ID}/elf`);
  if (again === undefined || again instanceof Promise) throw new Error('it waits');
  t.same(again.read(0, tiny.length), tiny);
  t.same(tree.list(`opt/lib/tiny.so/${BUILD_ID}`), ['debug', 'elf', 'probes']);
  tree.close();
  t.equal(TarFileTree.ifThere(folder, new Diagnostics()), undefined);
});
