// `perfts archive`: what is packed reads the same everywhere, in every command; list, unpack, add; and archives that mean harm do none.

import t from 'tap';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { run } from '../../src/bytes/waiting.ts';
import { ZipWriter } from '../../src/bytes/zip/zip-writer.ts';
import { makeArchive, openArchive, openRecording, Recording } from '../../src/node/index.ts';
import { NODE_CODEC } from '../../src/node/zip-codec.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { Archive } from '../../src/symbols/archive/archive.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { dataPath, DEMO, DEMO_FILES, DEMO_KALLSYMS, perfts, type Answer } from './command.ts';
import { MadeRecording } from './made-recording.ts';

const DEMO_WORDS = [...DEMO_FILES, ...DEMO_KALLSYMS];

/** The demo's archive in a folder of its own. */
async function demoArchive(folder: string, ...words: string[]): Promise<string> {
  const path = join(folder, 'demo.perfts');
  const made = await perfts('archive', DEMO, ...DEMO_WORDS, '-o', path, ...words);
  t.same({ status: made.status, err: made.err }, { status: 0, err: '' });
  return path;
}

/** Members as another zip reader sees them, for changing: name, bytes. */
async function membersOf(path: string): Promise<[string, Uint8Array][]> {
  const bytes = new Uint8Array(readFileSync(path));
  const view = new DataView(bytes.buffer);
  const members: [string, Uint8Array][] = [];
  for (let at = 0; view.getUint32(at, true) === 0x04034b50; ) {
    const [compressed, nameLength, extra] = [view.getUint32(at + 18, true), view.getUint16(at + 26, true), view.getUint16(at + 28, true)];
    const name = Buffer.from(bytes.subarray(at + 30, at + 30 + nameLength)).toString();
    const start = at + 30 + nameLength + extra;
    members.push([name, new Uint8Array(inflateRawSync(bytes.subarray(start, start + compressed)))]);
    at = start + compressed;
  }
  return members;
}

/** A zip of these members in blocks of any size, as other tools make them. */
function zipOf(members: readonly (readonly [string, Uint8Array])[]): Uint8Array {
  const sink = new MemorySink();
  const deflate = (bytes: Uint8Array, isLast: boolean): Uint8Array => (isLast ? deflateRawSync(bytes, { level: bytes.length > 10_000_000 ? 9 : 1 }) : NODE_CODEC.deflate(bytes, false));
  const zip = new ZipWriter(sink, { ...NODE_CODEC, deflate }, 1 << 27);
  for (const [name, bytes] of members) void run(zip.add(name, new MemorySource(bytes)));
  zip.finish();
  return sink.bytes.slice();
}

interface Manifest {
  format: string;
  version: number;
  blockSize: number;
  members: { name: string; kind: string; path?: string; size: number; blocks?: [number, number][]; sha256: string }[];
}

/** The archive with its manifest changed, and perhaps other members. */
async function changed(path: string, change: (manifest: Manifest, members: [string, Uint8Array][]) => void): Promise<Uint8Array> {
  const members = await membersOf(path);
  const index = members.findIndex(([name]) => name === 'manifest.json');
  const manifest = JSON.parse(Buffer.from(members[index]![1]).toString()) as Manifest;
  change(manifest, members);
  members[index]![1] = new TextEncoder().encode(JSON.stringify(manifest));
  return zipOf(members);
}

const said = ({ status, out, err }: Answer): object => ({ status, out, err });

t.test('every command says of an archive what it says of the files', async (t) => {
  const folder = folderElsewhere(t);
  const archive = await demoArchive(folder);
  t.ok(statSync(archive).size < 1_500_000, `${statSync(archive).size} bytes`);
  for (const command of [['report'], ['script', '--header'], ['buildid-list'], ['buildid-list', '-H']]) {
    const [name, ...words] = command;
    const [packed, plain] = [await perfts(name!, archive, ...words), await perfts(name!, DEMO, ...DEMO_WORDS, ...words)];
    t.equal(packed.status, 0);
    t.ok(packed.out.length > 100);
    t.same(said(packed), said(plain), command.join(' '));
  }
  for (const command of [['evlist', '-v'], ['header'], ['validate', '--all'], ['report', '--stats'], ['report', '--tasks'], ['dump', '--json']]) {
    const [name, ...words] = command;
    t.same(said(await perfts(name!, '-i', archive, ...words)), said(await perfts(name!, '-i', DEMO, ...words)), command.join(' '));
  }
  const [converted, plainly] = [join(folder, 'a.data'), join(folder, 'b.data')];
  t.equal((await perfts('convert', archive, '-o', converted)).status, 0);
  t.equal((await perfts('convert', DEMO, '-o', plainly)).status, 0);
  t.ok(readFileSync(converted).equals(readFileSync(plainly)), 'convert');
  mkdirSync(join(folder, 'injected'));
  t.match(await perfts('inject', '--jit', '-i', archive, '-o', join(folder, 'injected/out.data')), { status: 0 });
  t.ok(readdirSync(join(folder, 'injected')).filter((name) => /^jitted-30191-\d+\.so$/.test(name)).length > 100, 'images beside what was written, since nothing lies at the recorded path');
});

t.test('the archive of the demo', async (t) => {
  const path = dataPath('demo', 'demo.perfts');
  t.ok(statSync(path).size < 2_000_000);
  const report = await perfts('report', '-g', 'none', path);
  t.equal(report.status, 0);
  t.match(report.err, /^Samples: 491, none lost\.\nStacks: 491 unwound, 98\.4 % complete\./);
  t.match(report.out, /python3\.13 .*\] py::bill:\/demo-run\/shop\.py/);
  t.match(report.out, /_pysqlite_query_execute/, 'a static function, from a debug file');
  const listed = await perfts('archive', '--list', path);
  t.match(listed.out, /recording perf\.data\n[^]*jitdump {3}jit-30191\.dump[^]*kallsyms[^]*symfs\/usr\/bin\/python3\.13 .*\(symbols, unwinding\)/);
});

t.test('list, unpack, and what other tools find then', async (t) => {
  const folder = folderElsewhere(t);
  const archive = await demoArchive(folder);
  const listed = await perfts('archive', '--list', archive);
  t.match(listed.out, /^ *bytes +archived what +name\n *351696 +\d+ recording perf\.data\n/);
  t.match(listed.out, /1 recording, 1 jitdump, kallsyms, 8 symbol files; \d+ bytes; made by perfts \d/);
  const into = join(folder, 'unpacked');
  const unpacked = await perfts('archive', '--unpack', into, archive);
  t.match(unpacked, { status: 0, err: '', out: /^perf\.data\njit-30191\.dump\nkallsyms\nsymfs\// });
  t.ok(readFileSync(join(into, 'perf.data')).equals(readFileSync(DEMO)));
  t.ok(readFileSync(join(into, 'jit-30191.dump')).equals(readFileSync(dataPath('demo/jit-30191.dump'))));
  t.ok(existsSync(join(into, 'manifest.json')));
  const after = await perfts('report', '-g', 'none', join(into, 'perf.data'), '--symfs', join(into, 'symfs'), '--kallsyms', join(into, 'kallsyms'));
  t.same(said(after), said(await perfts('report', '-g', 'none', archive)));
  t.match(await perfts('archive', '--unpack', into, archive), { status: 2, err: /is not empty: name a new directory to unpack into\n$/ });
});

t.test('words on the command line', async (t) => {
  const folder = folderElsewhere(t);
  cpSync(DEMO, join(folder, 'perf.data'));
  cpSync(dataPath('demo/jit-30191.dump'), join(folder, 'jit-30191.dump'));
  const made = await perfts('archive', join(folder, 'perf.data'));
  t.match(made, { status: 0, out: /perf\.perfts: 1 recording, 1 jitdump; \d+ bytes\n$/, err: /python3\.13 was not found: its functions stay without names\n[^]*there are kernel frames and no kernel symbols/ });
  t.match((await perfts('archive', '--list', join(folder, 'perf.perfts'))).out, /missing: \/usr\/bin\/python3\.13/);
  for (const words of [['--list', '--unpack', 'x'], ['--list', '-o', 'x', 'y'], ['--list'], ['-o', '-', DEMO]]) t.match(await perfts('archive', ...words), { status: 2, out: '', err: /^perfts: [^\n]+\n$/ }, words.join(' '));
  t.match(await perfts('archive', '-o', join(folder, 'perf.data'), join(folder, 'perf.data')), { status: 2, err: /is the recording that is read/ });
  for (const action of [['--list'], ['--unpack', join(folder, 'none')], ['--add', DEMO]]) t.match(await perfts('archive', ...action, DEMO), { status: 1, err: /this is no archive of perfts that can be read: it is no zip file\n$/ }, action[0]!);
  t.notOk(existsSync(join(folder, 'none')));
});

t.test('files that are added later', async (t) => {
  const folder = folderElsewhere(t);
  cpSync(DEMO, join(folder, 'perf.data'));
  const archive = join(folder, 'perf.perfts');
  t.match((await perfts('archive', join(folder, 'perf.data'))).out, /1 recording; \d+ bytes/);
  const files = readdirSync(dataPath('demo/symfs'), { recursive: true, encoding: 'utf8' }).map((name) => dataPath('demo/symfs', name)).filter((name) => statSync(name).isFile());
  const words = [...files, dataPath('demo/jit-30191.dump')].flatMap((file) => ['--add', file]);
  const added = await perfts('archive', ...words, archive);
  t.match(added, { status: 0, err: '' });
  t.same(said(await perfts('report', '-g', 'none', archive)), said(await perfts('report', '-g', 'none', DEMO, ...DEMO_WORDS)), 'as if they had been there');
  t.notMatch((await perfts('archive', '--list', archive)).out, /missing: \/usr/);
  const again = await perfts('archive', '--add', dataPath('demo/symfs/kallsyms'), archive);
  t.same(said(again), { status: 0, out: 'kallsyms\n', err: '' });
  t.equal((await membersOf(archive)).filter(([name]) => name === 'kallsyms').length, 1, 'replaced');
  writeFileSync(join(folder, 'perf-77.map'), '1000 10 name\n');
  t.match(await perfts('archive', '--add', join(folder, 'perf-77.map'), archive), { status: 0, out: 'perf-77.map\n' });
  t.match(await perfts('archive', '--add', dataPath('README.md'), archive), { status: 2, err: /README\.md is nothing that an archive holds/ });
  t.match(await perfts('archive', '--add', dataPath('dwarf/lines/clang5.so'), archive), { status: 2, err: /has no build id, and the archive lacks no file of its name/ });
  t.same(readdirSync(folder).sort(), ['perf-77.map', 'perf.data', 'perf.perfts'], 'and nothing is left beside it');
});

t.test('files out of folders of symbols', async (t) => {
  const folder = folderElsewhere(t);
  const recording = join(folder, 'perf.data');
  cpSync(DEMO, recording);
  const archive = join(folder, 'perf.perfts');
  const made = await perfts('archive', recording, '--symbol-dir', join(dataPath('demo'), 'symfs/usr/bin'));
  t.match(made, { status: 0, out: /\b1 symbol file;/ });
  t.match((await perfts('report', '-g', 'none', archive)).out, /python3\.13 +\[\.\] _PyEval_EvalFrameDefault/);
});

t.test('recordings in directories, and perf maps', async (t) => {
  const folder = folderElsewhere(t);
  const archive = join(folder, 'dir.perfts');
  t.match(await perfts('archive', dataPath('twins/dir-z'), '-o', archive), { status: 0, out: /1 recording; / });
  t.match((await perfts('archive', '--list', archive)).out, /recording perf\.data\/data\n.*recording perf\.data\/data\.0/);
  for (const words of [['script'], ['report', '--stats'], ['validate', '--all'], ['header']]) {
    t.same(said(await perfts(words[0]!, archive, ...words.slice(1))), said(await perfts(words[0]!, dataPath('twins/dir-z'), ...words.slice(1))), words.join(' '));
  }
  const into = join(folder, 'unpacked');
  t.equal((await perfts('archive', '-x', into, archive)).status, 0);
  t.equal((await perfts('script', join(into, 'perf.data'))).out, (await perfts('script', archive)).out, 'a directory again');

  const python = join(folder, 'python.perfts');
  const from = dataPath('twins/a64-py315.data');
  t.match(await perfts('archive', from, '-o', python), { status: 0, out: /1 recording, 1 perf map; / });
  t.same(said(await perfts('report', python)), said(await perfts('report', from)));
  t.match((await perfts('report', python)).out, /py::/);
});

/** What lies under /opt, of testdata/dwarf/lines. */
const LINES: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
  ['in the file', 'gcc5', { '/opt/gcc5.so': 'gcc5.so' }],
  ['compressed', 'gcc5-zstd', { '/opt/gcc5-zstd.so': 'gcc5-zstd.so' }],
  ['split, beside it', 'gcc5-split/gcc5-split', { '/opt/gcc5-split.so': 'gcc5-split/gcc5-split.so', '/opt/calls.dwo': 'gcc5-split/calls.dwo', '/opt/leaf.dwo': 'gcc5-split/leaf.dwo' }],
  ['split, where the compiler put it', 'gcc4-split/gcc4-split', { '/opt/gcc4-split.so': 'gcc4-split/gcc4-split.so', '/tmp/h-lines/fix/o/gcc4-split/calls.dwo': 'gcc4-split/calls.dwo', '/tmp/h-lines/fix/o/gcc4-split/leaf.dwo': 'gcc4-split/leaf.dwo' }],
  ['a package', 'clang5-package/clang5-package', { '/opt/clang5-package.so': 'clang5-package/clang5-package.so', '/opt/clang5-package.so.dwp': 'clang5-package/clang5-package.so.dwp' }],
  ['shared by dwz', 'dwz/dwz1', { '/opt/dwz1.so': 'dwz/dwz1.so', '/opt/dwz.common': 'dwz/dwz.common' }],
];

t.test('lines and inlined calls', async (t) => {
  for (const [what, text, files] of LINES) {
    const folder = folderElsewhere(t);
    for (const [path, from] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, 'symfs', path)), { recursive: true });
      cpSync(dataPath('dwarf/lines', from), join(folder, 'symfs', path));
    }
    const made = new MadeRecording();
    made.comm(9, 'app', 10).mmap(9, { start: 0x400000, length: 0x8000, path: `/opt/${basename(text)}.so` }, 20);
    const places = readFileSync(dataPath('dwarf/lines', `${text}.txt`), 'utf8').trim().split('\n').map((line) => parseInt(line, 16));
    places.forEach((place, i) => made.sample(9, [0x400000 + place], 100 + i));
    writeFileSync(join(folder, 'perf.data'), made.bytes());
    const archive = join(folder, 'perf.perfts');
    const symfs = ['--symfs', join(folder, 'symfs')];
    t.match(await perfts('archive', join(folder, 'perf.data'), ...symfs, '--with-lines'), { status: 0, err: '' });
    const words = ['script', '-F', 'ip,sym,symoff,srcline'];
    const plain = await perfts(...words, join(folder, 'perf.data'), ...symfs);
    t.match(plain.out, /calls\.(h|cpp):\d+ \(inlined\)/, what);
    t.same(said(await perfts(...words, archive)), said(plain), what);
    t.equal((await perfts('archive', join(folder, 'perf.data'), ...symfs)).status, 0);
    t.notMatch((await perfts(...words, archive)).out, /\(inlined\)/, `${what}: left out without --with-lines`);
  }
});

t.test('as a library, in Node and without files', async (t) => {
  const folder = folderElsewhere(t);
  const path = join(folder, 'a.perfts');
  const made = await makeArchive(DEMO, path, { symfs: [dataPath('demo/symfs')], kallsyms: dataPath('demo/symfs/kallsyms') });
  t.same([made.members.length, made.missing, made.lacksKernel, made.damage], [11, [], false, []]);
  const { recording, close } = await openRecording(path);
  const bytes = new Uint8Array(readFileSync(path));
  // As a page has it: every read is waited for.
  const slow = { size: bytes.length, read: async (offset: number, length: number) => bytes.subarray(offset, offset + length) };
  const inPage = await Recording.open(await openArchive(slow));
  const [own, other] = [await recording.profile(), await inPage.profile()];
  t.same(other.quality, own.quality);
  t.same([other.profile.events[0]!.samples, other.quality.complete], [491, 482]);
  t.same(inPage.damage, []);
  close();
  await t.rejects(makeArchive(join(folder, 'absent'), join(folder, 'b.perfts')), { code: 'PERFTS_NO_FILE' });
  await t.rejects(makeArchive(dataPath('README.md'), join(folder, 'b.perfts')), { code: 'PERFTS_NOT_PERF_DATA' });
  t.notOk(existsSync(join(folder, 'b.perfts')));
});

t.test('archives that cannot be used: one line, exit 1', async (t) => {
  const folder = folderElsewhere(t);
  const archive = join(folder, 'small.perfts');
  t.equal((await perfts('archive', dataPath('perfdata/file.data'), '-o', archive)).status, 0);
  const whole = readFileSync(archive);
  const bad = join(folder, 'bad.perfts');
  const manifest = (change: (it: Manifest) => void): Promise<Uint8Array> => changed(archive, change);
  const cases: [string, RegExp, Uint8Array][] = [
    ['cut', /cut short/, whole.subarray(0, whole.length - 100)],
    ['cut in the middle', /cut short/, whole.subarray(0, whole.length >> 1)],
    ['only its first bytes', /cut short/, whole.subarray(0, 10)],
    ['any zip file', /no manifest\.json in it/, zipOf([['a', new Uint8Array(3)]])],
    ['an empty zip file', /no manifest\.json in it/, zipOf([])],
    ["another program's manifest", /another program's/, await manifest((it) => (it.format = 'other'))],
    ['no JSON', /damaged/, zipOf([['manifest.json', new TextEncoder().encode('{"format":')]])],
    ['JSON, but a list', /another program's/, zipOf([['manifest.json', new TextEncoder().encode('[]')]])],
    ['JSON, very deep', /damaged|another/, zipOf([['manifest.json', new TextEncoder().encode('[{"\\\\":'.repeat(1_000_000))]])],
    ['a later version', /of version 2, and this perfts reads 1/, await manifest((it) => (it.version = 2))],
    ['no version', /says no version/, await manifest((it) => (it.version = -1))],
    ['no recording', /the recording is not in it/, await manifest((it) => (it.members = it.members.filter(({ kind }) => kind !== 'recording')))],
    ['members that are no list', /the recording is not in it/, await manifest((it) => (it.members = 7 as never))],
    ['a recording that is somewhere else', /the recording is not in it/, await manifest((it) => (it.members[0]!.name = '../perf.data'))],
  ];
  for (const [what, says, bytes] of cases) {
    writeFileSync(bad, bytes);
    for (const words of [['report', bad], ['validate', bad], ['archive', '--list', bad], ['archive', '--unpack', join(folder, 'none'), bad]]) {
      const answer = await perfts(...words);
      t.match(answer, { status: 1, out: '', err: says }, `${what}: ${words[0]}`);
      t.equal(answer.err.trimEnd().split('\n').length, 1, answer.err);
    }
    t.notOk(existsSync(join(folder, 'none')), 'nothing is unpacked');
  }
});

t.test('archives that are damaged, or mean harm: warnings, and what is good is read', async (t) => {
  const folder = folderElsewhere(t);
  const archive = await demoArchive(folder);
  const bad = join(folder, 'bad.perfts');
  const good = (await perfts('report', '-g', 'none', archive)).out;
  let number = 0;
  const unpack = async (bytes: Uint8Array): Promise<{ readonly answer: Answer; readonly files: string[] }> => {
    writeFileSync(bad, bytes);
    const into = join(folder, `into${number++}`, 'folder');
    mkdirSync(join(into, '..'));
    const answer = await perfts('archive', '--unpack', into, bad);
    t.same(readdirSync(join(into, '..')).filter((name) => name !== 'folder'), [], 'nothing outside of the folder');
    return { answer, files: existsSync(into) ? readdirSync(into, { recursive: true, encoding: 'utf8' }) : [] };
  };
  const evil = new TextEncoder().encode('evil');
  for (const name of ['../evil', '/tmp/perfts-evil', 'a/../../evil', 'C:\\evil', '..\\evil', 'x/\u0000evil']) {
    const bytes = await changed(archive, (manifest, members) => {
      members.push([name, evil]);
      manifest.members.push({ name, kind: 'elf', path: '/usr/bin/evil', size: 4, sha256: '', blocks: [] });
    });
    const { answer, files } = await unpack(bytes);
    t.match(answer, { status: 1, err: /the member .* is not used: its name/ }, name);
    t.ok(files.includes('perf.data') && !files.some((file) => file.includes('evil')), name);
    t.equal((await perfts('report', '-g', 'none', bad)).out, good, name);
  }
  t.notOk(existsSync('/tmp/perfts-evil'));

  // Bytes that are not those that were put in.
  const flipped = new Uint8Array(readFileSync(archive));
  flipped[100_000] = flipped[100_000]! ^ 0xff;
  const { answer, files } = await unpack(flipped);
  t.match(answer, { status: 1, err: /perf\.data: what the archive holds of it is damaged[^]*perf\.data: it is not what was put in: its checksum is another/ });
  t.ok(files.includes('kallsyms'));
  const reported = await perfts('report', '-g', 'none', bad);
  t.equal(reported.status, 0);
  t.match(reported.err, /what the archive holds of it is damaged/);
  const wrong = await unpack(await changed(archive, (manifest) => (manifest.members.find(({ name }) => name === 'kallsyms')!.sha256 = '0'.repeat(64))));
  t.match(wrong.answer, { status: 1, err: /kallsyms: it is not what was put in/ });

  // Sizes and blocks that are not true: then a member is read whole, or not at all.
  const lies: [string, (manifest: Manifest) => void][] = [
    ['blocks of nothing', (manifest) => manifest.members.forEach((member) => (member.blocks = []))],
    ['blocks that overlap', (manifest) => manifest.members.forEach((member) => (member.blocks = member.blocks!.map(([, crc]) => [1, crc])))],
    ['blocks that are no numbers', (manifest) => manifest.members.forEach((member) => (member.blocks = [['x', null]] as never))],
    ['a block size of nothing', (manifest) => (manifest.blockSize = 0)],
    ['a huge block size', (manifest) => (manifest.blockSize = 2 ** 50)],
    ['names of its prototype', (manifest) => manifest.members.push({ name: '__proto__', kind: 'constructor', size: 1, sha256: 'x' }, null as never, 5 as never)],
  ];
  for (const [what, lie] of lies) {
    writeFileSync(bad, await changed(archive, lie));
    const report = await perfts('report', '-g', 'none', bad);
    t.equal(report.out, good, what);
  }
  writeFileSync(bad, await changed(archive, (manifest) => manifest.members.forEach((member) => (member.size += 1))));
  t.match(await perfts('report', '-g', 'none', bad), { status: 1, err: /the recording is not in it/ }, 'wrong sizes');

  // A bomb: 70 MB of zeros in 70 KB, which deflate can do; more it cannot claim (test/bytes/zip.test.ts).
  const small = join(folder, 'small.perfts');
  t.equal((await perfts('archive', dataPath('perfdata/file.data'), '-o', small)).status, 0);
  const bomb = await changed(small, (manifest, members) => {
    members.push(['zeros', new Uint8Array(70_000_000)]);
    manifest.members.push({ name: 'zeros', kind: 'elf', path: '/zeros', size: 70_000_000, sha256: '', blocks: [] });
  });
  const refused = await unpack(bomb);
  t.match(refused.answer, { status: 1, out: '', err: /claim to unpack to 7\d{7}: not unpacked without --force\n$/ });
  t.same(refused.files, []);
  t.equal((await perfts('report', '-g', 'none', bad)).status, 0, 'what nobody asks for is never inflated');
});

t.test('any damage: never more than a warning', async (t) => {
  const folder = folderElsewhere(t);
  const whole = new Uint8Array(readFileSync(await demoArchive(folder)));
  let seed = 42;
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below;
  let opened = 0;
  for (let round = 0; round < 150; round++) {
    const copy = whole.slice();
    // The end of it says where everything is.
    for (let i = 0; i <= round % 5; i++) copy[round % 2 === 0 ? copy.length - 1 - random(5_000) : random(copy.length)] = random(256);
    const diagnostics = new Diagnostics();
    try {
      const archive = run(Archive.open(new MemorySource(copy), 'x', diagnostics, NODE_CODEC)) as Archive;
      for (const member of archive.manifest.members) {
        const source = archive.open(member) as MemorySource | undefined;
        for (let at = 0; source !== undefined && at < source.size; at += 100_000) source.read(at, 100_000);
      }
      opened++;
    } catch (error) {
      if (!(error instanceof Error && error.name === 'PerftsError')) throw error;
    }
  }
  t.ok(opened > 20 && opened < 150, `${opened} of 150 opened`);
});
