// What is dropped on the page: sorted by what it is, opened as the same recording is opened from disk, and one line for what cannot be.

import t from 'tap';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { PerftsError } from '../../src/bytes/errors.ts';
import { MemorySource, type ByteSource } from '../../src/bytes/source.ts';
import { openRecording } from '../../src/node/open-recording.ts';
import { makePageData } from '../../src/page/data/make-page-data.ts';
import type { PageData } from '../../src/page/data/page-data.ts';
import { decodePageData, encodePageData } from '../../src/page/data/page-file.ts';
import { BlobSource } from '../../src/page/worker/blob-source.ts';
import { sortFiles, type DroppedFile } from '../../src/page/worker/dropped-files.ts';
import { DroppedElfFiles, DroppedSources } from '../../src/page/worker/dropped-trees.ts';
import { openDropped } from '../../src/page/worker/open-dropped.ts';
import { dataPath } from '../end-to-end/command.ts';
import { randomOf, withManyChanges } from '../end-to-end/damaging.ts';
import { folderElsewhere } from '../project/elsewhere.ts';

type MakeSource = (name: string, bytes: Uint8Array) => ByteSource;
const inMemory: MakeSource = (_name, bytes) => new MemorySource(bytes);
/** As a page without its worker reads: each read is a promise. */
const asBlob: MakeSource = (name, bytes) => new BlobSource(name, new Blob([bytes.slice()]));

function dropped(name: string, bytes: Uint8Array | string, make: MakeSource = inMemory): DroppedFile {
  const own = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return { name: basename(name), path: name, modified: new Date(0), source: make(name, own) };
}

const fromDisk = (make: MakeSource, ...paths: readonly string[]): DroppedFile[] => paths.map((path) => ({ ...dropped(path, new Uint8Array(readFileSync(path)), make), modified: statSync(path).mtime }));

function below(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? below(path) : [path];
  });
}

const open = (files: readonly DroppedFile[]): Promise<PageData> => openDropped(files, () => {});
const DEMO = dataPath('demo', 'perf.data');
const ARCHIVE = dataPath('demo', 'demo.perfts');
const JITDUMP = dataPath('demo', 'jit-30191.dump');
const PARTS = [DEMO, JITDUMP, ...below(dataPath('demo', 'symfs'))];

async function asOnDisk(path: string, symfs: readonly string[], kallsyms?: string): Promise<PageData> {
  const opened = await openRecording(path, { symfs, buildIdCache: false, kallsyms });
  try {
    return await makePageData(opened.recording, { name: basename(path), modified: opened.modified });
  } finally {
    opened.close();
  }
}

t.test('an archive, and a recording with what belongs to it', async (t) => {
  t.same(await open(fromDisk(inMemory, ARCHIVE)), await asOnDisk(ARCHIVE, []));
  const raw = await asOnDisk(DEMO, [dataPath('demo', 'symfs')], dataPath('demo', 'symfs', 'kallsyms'));
  t.same(await open(fromDisk(inMemory, ...PARTS)), raw);
  t.same(await open(fromDisk(asBlob, ...PARTS)), raw, 'read by promises');
  const shares: number[] = [];
  await openDropped(fromDisk(inMemory, ARCHIVE), (_text, share) => shares.push(share));
  t.ok(shares.every((share, i) => share >= 0 && share <= 1 && (i === 0 || share >= shares[i - 1]!)) && shares.length > 2, 'progress only goes on');
});

t.test('a jitdump under another name, and none', async (t) => {
  const names = ({ functions }: PageData): string[] => functions.map(({ name }) => name);
  const [jit, ...rest] = [dropped('copy-of-the-dump', new Uint8Array(readFileSync(JITDUMP))), ...fromDisk(inMemory, ...PARTS.filter((path) => path !== JITDUMP))];
  t.ok(names(await open([jit!, ...rest])).includes('write_lines'), 'by the process id in its header');
  t.notOk(names(await open(rest)).includes('write_lines'));
});

t.test('what each file is', async (t) => {
  const sorted = await sortFiles([
    dropped('x', readFileSync(DEMO)), dropped('y.zip', readFileSync(ARCHIVE)), dropped('z', readFileSync(dataPath('symbols', 'tiny.so'))), dropped('perf-17.map', '1000 10 f\n'),
    dropped('kallsyms', '0 t f\n'), dropped('data.10', 'x'), dropped('data.2', 'x'), dropped('a.tar.gz', gzipSync('x')), dropped('b.tar.bz2', readFileSync(dataPath('symbols', 'tiny.tar.bz2'))),
    dropped('jit-9.dump', ''), dropped('shop.py', 'print()'), dropped('empty', ''),
  ]);
  const names = (files: readonly DroppedFile[]): string[] => files.map(({ name }) => name);
  t.same(names(sorted.recordings), ['x']);
  t.same(names(sorted.archives), ['y.zip']);
  t.same(names(sorted.elf), ['z']);
  t.same([...sorted.perfMaps.keys()], [17]);
  t.equal(sorted.kallsyms?.name, 'kallsyms');
  t.same(names(sorted.parts), ['data.2', 'data.10']);
  t.same(sorted.tarballs.map(({ file, packing }) => [file.name, packing]), [['a.tar.gz', 'gzip'], ['b.tar.bz2', 'bzip2']]);
  t.same(sorted.jitdumps.map(({ file, pid }) => [file.name, pid]), [['jit-9.dump', -1]]);
  t.same(names(sorted.others), ['shop.py', 'empty']);
});

t.test('ELF files by build id and name, source by as much of its path as there is', async (t) => {
  const [code, debug] = [dropped('tiny.so', readFileSync(dataPath('symbols', 'tiny.so'))), dropped('anything', readFileSync(dataPath('symbols', 'tiny.debug')))];
  const tree = await DroppedElfFiles.of([code, debug], new Diagnostics());
  t.equal(tree.open('tiny.so'), code.source);
  t.equal(tree.open('/usr/lib/tiny.so'), code.source);
  t.equal(tree.open('/etc/passwd'), undefined);
  t.same(tree.list('.build-id'), [], 'no vdso');
  const sources = new DroppedSources([dropped('one/util/x.c', '1'), dropped('two/util/x.c', '2'), dropped('y.c', '3')]);
  const textAt = (path: string): string => new TextDecoder().decode((sources.open(path)?.read(0, 9) ?? new Uint8Array(0)) as Uint8Array);
  t.same(['/srv/one/util/x.c', '/srv/two/util/x.c', '/a/y.c', '/a/z.c', '\0'].map(textAt), ['1', '2', '3', '', '']);
});

t.test('tarballs of perf archive', { skip: existsSync('/bin/tar') ? false : 'there is no tar' }, async (t) => {
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'all'));
  writeFileSync(join(folder, 'all/perf.data'), readFileSync(DEMO));
  for (const [name, flag] of [['plain.tar', '-cf'], ['packed.tar.gz', '-czf']] as const) {
    execFileSync('tar', [flag, join(folder, name), '-C', join(folder, 'all'), 'perf.data']);
    for (const make of [inMemory, asBlob]) {
      const data = await open([...fromDisk(make, join(folder, name)), ...fromDisk(make, ...PARTS.slice(1))]);
      t.equal(data.samples.length, 491, name);
      t.ok(data.functions.some((fn) => fn.name === 'write_lines'));
    }
  }
  const cut = readFileSync(join(folder, 'packed.tar.gz')).subarray(0, 100_000);
  const data = await open([dropped('cut.tar.gz', cut), ...fromDisk(inMemory, ...PARTS.slice(1))]);
  t.ok(data.samples.length < 491 && data.quality.some((line) => /cut short/.test(line)), 'of a damaged one what is there');
});

t.test('one line for what cannot be opened', async (t) => {
  const whole = new Uint8Array(readFileSync(ARCHIVE));
  const cases: [readonly DroppedFile[], RegExp][] = [
    [[], /nothing was dropped/],
    [[dropped('<img src=x onerror=alert(1)>\n.txt', 'text')], /is neither a recording/],
    [[dropped('a', readFileSync(DEMO)), dropped('b', readFileSync(DEMO))], /^one recording at a time, not 2: a, b$/],
    [[dropped('tiny.so', readFileSync(dataPath('symbols', 'tiny.so')))], /drop the perf.data with them/],
    [[dropped('x.tar.bz2', readFileSync(dataPath('symbols', 'tiny.tar.bz2')))], /no recording in this tarball/],
    [[dropped('cut.perfts', whole.subarray(0, 50_000))], /cut short/],
    [[dropped('cut.data', readFileSync(DEMO).subarray(0, 40))], /^cut.data: /],
  ];
  for (const [files, message] of cases) await t.rejects(open(files), { message }, String(message));
});

t.test('broken archives end in one line or in what is left of them', { timeout: 60_000 }, async (t) => {
  const whole = new Uint8Array(readFileSync(ARCHIVE));
  let opened = 0;
  for (let i = 1; i <= 12; i++) {
    const bytes = whole.slice();
    // The directory and the manifest are at the end.
    const at = i % 2 === 0 ? bytes.length - i * 37 : Math.floor((bytes.length * i) / 13);
    for (let j = 0; j < 8; j++) bytes[at + j] = (i * 31 + j * 17) & 255;
    try {
      const data = await open([dropped('broken.perfts', bytes)]);
      opened++;
      t.ok(data.samples.length <= 491);
    } catch (error) {
      t.ok(error instanceof Error && error.message.length > 0 && !/\n|undefined|not a function/.test(error.message), String(error));
    }
  }
  t.ok(opened > 0);
});

t.test('damaged recordings make data that can be put into a page and taken out', { timeout: 60_000 }, async (t) => {
  const files = PARTS.filter((path) => !path.endsWith('kallsyms'));
  const whole = new Map(files.map((path) => [path, new Uint8Array(readFileSync(path))]));
  let opened = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const random = randomOf(seed * 7919);
    const damaged = files.map((path, i) => dropped(path, i === 0 || (i + seed) % 3 === 0 ? withManyChanges(whole.get(path)!, random) : whole.get(path)!));
    const data = await open(damaged).catch((error: unknown) => {
      if (!(error instanceof PerftsError)) throw error;
      return undefined;
    });
    if (data === undefined) continue;
    opened++;
    t.same(decodePageData(encodePageData(data)), data, `seed ${seed}`);
  }
  t.ok(opened > 6, `${opened} were opened`);
});

t.test('a file that is read as a browser does', async (t) => {
  const bytes = Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
  const source = new BlobSource('x', new Blob([bytes]));
  for (const [offset, length] of [[0, 10], [262_140, 8], [5, 600_000], [600_005, 300_000], [900_005, 200_000], [999_999, 5], [2_000_000, 1], [-5, 3], [700_000, 4096]] as const) {
    const start = Math.max(offset, 0);
    t.same(await source.read(offset, length), bytes.subarray(start, start + length), `${offset} ${length}`);
  }
});
