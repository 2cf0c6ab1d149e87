import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import t from 'tap';
import type { ByteSource } from '../../src/bytes/source.ts';
import { DirectoryTree } from '../../src/node/directory-tree.ts';
import { drain } from '../../src/node/drain.ts';
import { FileSource, openFile } from '../../src/node/file-source.ts';
import { openRecordingFiles } from '../../src/node/open-recording-files.ts';
import { sameMachine, thisMachine } from '../../src/node/recording-machine.ts';
import { TemporaryStore } from '../../src/node/temporary-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'perfts-test-'));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, content: string | Uint8Array): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

function contentOf(source: ByteSource | undefined | Promise<ByteSource | undefined>): string | undefined {
  if (source === undefined || source instanceof Promise) return undefined;
  return new TextDecoder().decode(source.read(0, source.size) as Uint8Array);
}

t.test('a place for what memory has no room for', async (t) => {
  const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 251);
  const names = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`perfts-${process.pid}-`));
  const before = names();
  const store = new TemporaryStore();
  store.close();
  store.write(bytes, 100_000);
  store.write(bytes.subarray(0, 10), 0);
  const into = new Uint8Array(4000);
  t.equal(store.readInto(into, 100_990), 4000);
  t.same(into, bytes.subarray(990, 4990));
  t.equal(store.readInto(into, 104_999), 1, 'less at the end');
  if (process.platform !== 'win32') t.same(names(), before, 'it has no name');
  store.close();
  t.throws(() => store.readInto(into, 0), { code: 'PERFTS_NO_FILE', message: /^cannot read a temporary file in / });
  store.write(bytes, 0);
  t.equal(store.readInto(into, 4999), 1, 'a new one');
  store.close();
});

t.test('a file as a source', async (t) => {
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  const source = openFile(put('bytes', bytes));
  t.equal(source.size, 200_000);
  t.same(source.read(100_000, 5), bytes.subarray(100_000, 100_005));
  t.same(source.read(199_998, 10), bytes.subarray(199_998), 'less at the end');
  t.equal(source.read(300_000, 10).length, 0);
  t.equal(source.read(-5, -1).length, 0);
  t.equal(Buffer.compare(source.read(0, 200_000) as Uint8Array, bytes), 0);
  if (!('readInto' in source)) throw new Error('a file is read in place');
  const into = new Uint8Array(10);
  t.equal(source.readInto(into, 199_995), 5);
  t.same(into.subarray(0, 5), bytes.subarray(199_995));
  source.close();
  source.close();
  t.equal(openFile(put('empty', '')).size, 0);
  t.throws(() => openFile(join(folder, 'nothing')), { code: 'PERFTS_NO_FILE', message: `cannot open ${join(folder, 'nothing')}: no such file` });
  t.throws(() => openFile(folder), { message: `cannot open ${folder}: it is a directory` });
  t.throws(() => openFile(join(folder, 'bytes', 'x')), { message: /no such file$/ });
  t.throws(() => openFile('a\0b'), { message: /no file can be called that$/ });
});

t.test('what can be read once only', async (t) => {
  const bytes = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 7919) >>> 8);
  const path = put('stream', bytes);
  const drained = (beyond: 'file' | 'memory', most?: number): ReturnType<typeof drain> => {
    const descriptor = openSync(path, 'r');
    try {
      return drain(descriptor, beyond, most);
    } finally {
      closeSync(descriptor);
    }
  };
  const inMemory = drained('file');
  t.ok(inMemory !== 'too long' && 'bytes' in inMemory && Buffer.compare(inMemory.bytes, bytes) === 0);
  const inFile = drained('file', 2_000_000);
  if (inFile === 'too long' || !('descriptor' in inFile)) throw new Error('it went to a file');
  if (process.platform !== 'win32') t.same(readdirSync(tmpdir()).filter((name) => name.startsWith(`perfts-${process.pid}-`)), [], 'which has no name');
  const source = new FileSource('stream', inFile.descriptor, inFile.size);
  t.equal(Buffer.compare(source.read(0, source.size), bytes), 0);
  source.close();
  t.equal(drained('memory', 2_000_000), 'too long');
  t.throws(() => openFile('/dev/zero'), { code: 'PERFTS_NO_FILE', message: /no such file|device without end/ });
});

t.test('a folder as a tree', async (t) => {
  put('outside', 'secret');
  put('tree/usr/lib/x.so', 'x');
  put('tree/a_b', 'replaced');
  const tree = new DirectoryTree(join(folder, 'tree'));
  t.equal(contentOf(tree.open('/usr/lib/x.so')), 'x');
  t.equal(contentOf(tree.open('usr//lib/./x.so')), 'x');
  for (const path of ['/../outside', '/usr/../../outside', `${folder}/outside`, '/usr', '', '/', '/usr/lib/x.so/y', '/usr/\0']) {
    t.equal(tree.open(path), undefined, JSON.stringify(path));
  }
  t.same(tree.list('usr'), ['lib']);
  t.same(tree.list(''), ['a_b', 'usr']);
  t.same(tree.list('/../..'), ['a_b', 'usr'], 'no way up');
  t.same(tree.list('/nothing'), []);
  t.same(tree.list('a\0'), []);
  t.equal(new DirectoryTree(join(folder, 'absent')).open('x'), undefined);
  // The rules of Windows on whatever machine this runs, but for the separator.
  const windows = new DirectoryTree(join(folder, 'tree'), 'windows');
  if (process.platform === 'win32') t.equal(contentOf(windows.open('/a:b')), 'replaced');
  else t.equal(windows.open('/usr/lib/x.so'), undefined, 'its separator is no separator here');

  try {
    symlinkSync('usr/lib', join(folder, 'tree/lib'));
  } catch {
    return; // no symbolic links on this host: nothing more to see
  }
  symlinkSync('/usr/lib/x.so', join(folder, 'tree/absolute'));
  symlinkSync('../outside', join(folder, 'tree/up'));
  symlinkSync(join(folder, 'outside'), join(folder, 'tree/out'));
  symlinkSync('circle2', join(folder, 'tree/circle'));
  symlinkSync('circle', join(folder, 'tree/circle2'));
  symlinkSync('../a_b', join(folder, 'tree/usr/back'));
  const linked = new DirectoryTree(join(folder, 'tree'));
  t.equal(contentOf(linked.open('/lib/x.so')), 'x');
  t.equal(contentOf(linked.open('/absolute')), 'x', 'an absolute link starts at the root of the tree');
  t.equal(contentOf(linked.open('/usr/back')), 'replaced');
  for (const path of ['/up', '/out', '/circle', '/circle/x']) t.equal(linked.open(path), undefined, path);
  t.same(linked.list('/lib'), ['x.so']);
});

t.test('what belongs to a recording', async (t) => {
  const recording = put('rec/perf.data', 'PERFILE2');
  put('rec/jit-7.dump', 'beside');
  put('rec/perf-7.map', 'beside');
  put('rec/perf-8.map', 'beside 8');
  put('named/other-name', Uint8Array.from([0x44, 0x54, 0x69, 0x4a, 1, 0, 0, 0, 40, 0, 0, 0, 62, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0]));
  put('named/jit-7.dump', 'named');
  put('maps/perf-7.map', 'named');
  put('symfs/tmp/jit-7.dump', 'symfs');
  put('symfs/tmp/perf-7.map', 'symfs');
  put('symfs/tmp/perf-9.map', 'symfs 9');
  put('symfs/tmp/jit-11.dump', 'symfs 11');
  const plain = openRecordingFiles(recording, { buildIdCache: false });
  t.equal(contentOf(plain.sources[0]), 'PERFILE2');
  t.equal(contentOf(plain.openJitdump('/tmp/jit-7.dump')), 'beside');
  t.equal(contentOf(plain.openJitdump('/tmp/jit-7.dump (deleted)')), 'beside');
  t.equal(plain.openJitdump('/tmp/../named/jit-8.dump'), undefined);
  t.equal(contentOf(plain.openPerfMap(8)), 'beside 8');
  t.same(plain.listPerfMaps(), [7, 8]);
  t.same(plain.trees, []);
  t.equal(plain.kallsyms, undefined);
  plain.close();

  const symfs = [join(folder, 'symfs')];
  const all = openRecordingFiles(recording, {
    symfs,
    jitdumps: [join(folder, 'named/other-name'), join(folder, 'named/jit-7.dump')],
    perfMapDir: join(folder, 'maps'),
    kallsyms: put('kallsyms', 'ffffffff81000000 T _text\n'),
  });
  t.equal(contentOf(all.openJitdump('/tmp/jit-7.dump')), 'named');
  t.same(all.unusedJitdumps, [join(folder, 'named/other-name')]);
  t.equal(all.openJitdump('/tmp/jit-9.dump')?.size, 24, 'by the process id in its header');
  t.same(all.unusedJitdumps, []);
  t.throws(() => openRecordingFiles(recording, { jitdumps: [put('text', 'no jitdump')] }), { code: 'PERFTS_NO_FILE', message: /text is not a jitdump$/ });
  t.equal(contentOf(all.openJitdump('/tmp/jit-11.dump')), 'symfs 11');
  t.equal(contentOf(all.openPerfMap(7)), 'named');
  t.equal(contentOf(all.openPerfMap(9)), 'symfs 9');
  t.same(all.listPerfMaps(), [7, 8], 'those under --symfs are a whole machine’s');
  t.equal(all.kallsyms?.size, 25);
  t.equal(all.trees.length, 1);
  all.close();
  const folderOfDumps = openRecordingFiles(recording, { jitdumps: [join(folder, 'named')] });
  t.equal(contentOf(folderOfDumps.openJitdump('/x/jit-7.dump')), 'named');
  folderOfDumps.close();

  for (const options of [{ symfs: ['/nothing/there'] }, { kallsyms: '/nothing/there' }, { jitdumps: ['/nothing/there'] }, { perfMapDir: '/nothing/there' }]) {
    t.throws(() => openRecordingFiles(recording, options), { code: 'PERFTS_NO_FILE', message: /^cannot open \/nothing\/there: no such (file|directory)$/ });
  }
  t.throws(() => openRecordingFiles(recording, { symfs: [recording] }), { message: /it is not a directory$/ });
  t.throws(() => openRecordingFiles(join(folder, 'no.data')), { code: 'PERFTS_NO_FILE' });
});

t.test('a recording that is a directory', async (t) => {
  for (const [name, content] of [['data', 'D'], ['data.10', 'ten'], ['data.2', 'two'], ['data.old', '-'], ['jit-7.dump', 'inside'], ['kcore_dir/kallsyms', 'k']] as const) {
    put(`dir/perf.data/${name}`, content);
  }
  put('dir/jit-8.dump', 'beside');
  const files = openRecordingFiles(join(folder, 'dir/perf.data'));
  t.same(files.sources.map((source) => contentOf(source)), ['D', 'two', 'ten']);
  t.equal(contentOf(files.openJitdump('/tmp/jit-7.dump')), 'inside');
  t.equal(contentOf(files.openJitdump('/tmp/jit-8.dump')), 'beside');
  t.equal(contentOf(files.kallsyms), 'k');
  files.close();
  t.throws(() => openRecordingFiles(folder), { code: 'PERFTS_NOT_PERF_DATA', message: /is a directory without a recording/ });
});

t.test('the machine that recorded', async (t) => {
  const host = { hostName: 'h', release: '6.1', kernelBuildId: 'abcd' };
  t.equal(sameMachine(host, host), true);
  t.equal(sameMachine({ ...host, kernelBuildId: '' }, host), true, 'by release where a build id is missing');
  t.equal(sameMachine({ ...host, kernelBuildId: 'ef01' }, host), false);
  t.equal(sameMachine({ ...host, kernelBuildId: '', release: '6.2' }, host), false);
  t.equal(sameMachine({ ...host, hostName: 'other' }, host), false);
  t.equal(sameMachine({ hostName: '', release: '', kernelBuildId: '' }, { hostName: '', release: '', kernelBuildId: '' }), false);

  const recording = put('own/perf.data', 'x');
  const map = put('own-tmp/jit-5.dump', 'own');
  const own = thisMachine();
  const foreign = openRecordingFiles(recording);
  t.equal(foreign.recordedOn({ hostName: 'somebody-elses', release: own?.release ?? '', kernelBuildId: '' }), false);
  t.equal(foreign.openJitdump(map), undefined);
  foreign.close();
  if (own === undefined) return; // perf records on Linux only
  const files = openRecordingFiles(recording);
  t.equal(files.openJitdump(map), undefined, 'not before the recording says so');
  t.equal(files.recordedOn(own), true);
  t.equal(contentOf(files.openJitdump(map)), 'own');
  t.same(files.trees.map((tree) => tree.name), ['/']);
  files.close();
  const symfs = openRecordingFiles(recording, { symfs: [folder] });
  symfs.recordedOn(own);
  t.equal(symfs.trees.length, 1, '--symfs stands for the whole machine');
  symfs.close();
});
