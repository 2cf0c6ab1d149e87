// bzip2 and tar, as `perf archive` makes them: files of the tools themselves, hostile ones, and any damage.

import fc from 'fast-check';
import t from 'tap';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unpackBzip2 } from '../../src/bytes/bzip2.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource, type ByteSource } from '../../src/bytes/source.ts';
import { readTarIndex, type TarMember } from '../../src/bytes/tar/tar-index.ts';
import { run } from '../../src/bytes/waiting.ts';
import { TarTree } from '../../src/symbols/tar-tree.ts';
import { dataPath } from '../end-to-end/command.ts';
import { tarOf, type TarPart } from './tar-writer.ts';

function vector(name: string): Uint8Array {
  return new Uint8Array(readFileSync(dataPath('bzip2', name)));
}

function unpacked(bytes: Uint8Array, most = Infinity): { end: string; length: number; sha256: string } {
  const hash = createHash('sha256');
  let length = 0;
  const end = run(unpackBzip2(new MemorySource(bytes), (piece) => {
    length += piece.length;
    hash.update(piece);
    return length <= most;
  })) as string;
  return { end, length, sha256: hash.digest('hex') };
}

function treeOf(parts: readonly TarPart[], diagnostics = new Diagnostics()): TarTree {
  return run(TarTree.of('t.tar', new MemorySource(tarOf(parts)), diagnostics)) as TarTree;
}

function contentOf(tree: TarTree, path: string): string | undefined {
  const file = tree.open(path);
  return file === undefined ? undefined : new TextDecoder().decode(file.read(0, file.size) as Uint8Array);
}

function indexOf(bytes: Uint8Array, diagnostics = new Diagnostics()): TarMember[] {
  return perform(new MemorySource(bytes), readTarIndex(bytes.length, diagnostics)) as TarMember[];
}

t.test('bzip2: runs, all bytes, what cannot be compressed, two streams of different block sizes', async (t) => {
  const runs = vector('runs.bz2');
  t.same(unpacked(runs), { end: 'whole', length: 435_205, sha256: '695edcaa66d0156c6e2773c33b193515121d7c3558d3aafece84ac2f4a0d59e4' });
  t.match(unpacked(new Uint8Array([...runs, 1, 2, 3])), { end: 'whole', length: 435_205 }, 'what follows is no stream');
  t.match(unpacked(vector('zeros.bz2')), { end: 'whole', length: 100_000_000 });
  const stopped = unpacked(vector('zeros.bz2'), 5_000_000);
  t.equal(stopped.end, 'stopped');
  t.ok(stopped.length < 6_100_000, 'no more than is taken, but for the piece at hand');
  for (const length of [0, 1, 3, 4, 10, 60, 30_000, runs.length - 1]) t.equal(unpacked(runs.subarray(0, length)).end, 'damaged', `cut at ${length}`);
  // Sources that give a few bytes at a time.
  let reads = 0;
  const drop: ByteSource = { size: runs.length, read: (offset, length) => (reads++, runs.subarray(offset, offset + Math.min(length, 1_000))) };
  let length = 0;
  t.equal(run(unpackBzip2(drop, (piece) => (length += piece.length) > 0)), 'whole');
  t.same([length, reads > 80], [435_205, true]);
});

t.test('bzip2: damage is found, and never more than a bounded time', async () => {
  const runs = vector('runs.bz2');
  fc.assert(fc.property(fc.nat(runs.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
    const torn = runs.slice();
    torn[at]! ^= flip;
    const { end, sha256 } = unpacked(torn);
    // Sums of whole streams are not compared: four bytes at each one's end.
    return end === 'damaged' || sha256 === '695edcaa66d0156c6e2773c33b193515121d7c3558d3aafece84ac2f4a0d59e4' || at < 14;
  }), { numRuns: 60 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => unpacked(new Uint8Array([0x42, 0x5a, 0x68, 0x31, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ...bytes])).length <= 100_000 * 52), { numRuns: 300 });
});

t.test('names, links and folders', async (t) => {
  const long = `${'folder/'.repeat(30)}file`;
  const parts: TarPart[] = [
    { path: './a/b/', type: '5' },
    { path: './a/b/c', content: 'first' },
    { path: 'a/b/c', content: 'second' },
    { path: long, content: 'long', long: 'gnu' },
    { path: `x/${long}`, content: 'longer', long: 'pax' },
    { path: 'p'.repeat(90), prefix: 'q/r', content: 'ustar' },
    { path: 'l', type: '2', target: 'a/b' },
    { path: 'a/l', type: '2', target: '../a/./b/c' },
    { path: 'abs', type: '2', target: '/a/b/c' },
    { path: 'far', type: '2', target: `/${long}`, long: 'gnu' },
    { path: 'hard', type: '1', target: 'a/b/c' },
    { path: 'pipe', type: '6' },
  ];
  const tree = treeOf(parts);
  for (const path of ['a/b/c', '/a//b/./c', '/l/c', 'a/l', '/abs', 'hard', '../../a/b/c']) t.equal(contentOf(tree, path), 'second', path);
  t.same([contentOf(tree, long), contentOf(tree, `x/${long}`), contentOf(tree, `q/r/${'p'.repeat(90)}`), contentOf(tree, 'far')], ['long', 'longer', 'ustar', 'long']);
  for (const path of ['a', 'a/b', '', '/', 'pipe', 'nothing', 'a/b/c/d', 'a/b/c\0', 'l/c/x']) t.equal(tree.open(path), undefined, JSON.stringify(path));
  t.same([tree.list('a'), tree.list('l'), tree.list('nothing'), tree.list('a/b/c'), tree.list('\0')], [['b', 'l'], ['c'], [], [], []]);
  t.match(tree.list(''), ['a', 'abs', 'far', 'folder', 'hard', 'l']);
});

t.test('tar files that mean harm', async (t) => {
  const tree = treeOf([
    { path: '../../etc/passwd', content: 'ours' },
    { path: '/etc/shadow', content: 'ours too' },
    { path: 'up', type: '2', target: '../../../../etc/passwd' },
    { path: 'out', type: '2', target: '/proc/self/environ' },
    { path: 'self', type: '2', target: 'self' },
    { path: 'one', type: '2', target: 'two' },
    { path: 'two', type: '2', target: 'one/x' },
    { path: 'deep', type: '2', target: 'deep/'.repeat(18) },
    { path: 'hard', type: '1', target: '/etc/passwd' },
  ]);
  t.equal(contentOf(tree, '/etc/passwd'), 'ours', 'nothing leads out of the tar file');
  t.equal(contentOf(tree, 'up'), 'ours');
  t.equal(contentOf(tree, 'hard'), 'ours');
  t.equal(contentOf(tree, '/etc/shadow'), 'ours too');
  for (const path of ['out', 'self', 'one', 'two', 'deep', 'deep/deep']) t.equal(tree.open(path), undefined, path);
  const liar = tarOf([{ path: 'a', content: 'aaaa', size: 0o77777777777 }]);
  const diagnostics = new Diagnostics();
  const [member] = indexOf(liar, diagnostics);
  t.equal(member!.size, liar.length - 512, 'no more than there is');
  t.ok(diagnostics.has('tar-cut'));
  for (const size of [-1, 2 ** 60]) {
    const wild = new Diagnostics();
    t.ok(indexOf(tarOf([{ path: 'a', size }, { path: 'b' }]), wild).every((it) => it.size <= 2_000));
    t.ok(wild.has('tar-header') || wild.has('tar-cut'), String(size));
  }
  const long = new Diagnostics();
  t.match(indexOf(tarOf([{ path: `${'n'.repeat(200_000)}`, content: 'x', long: 'gnu' }, { path: 'b', content: 'y' }]), long), [{ path: 'n'.repeat(4096) }, { path: 'b' }]);
  t.ok(long.has('tar-long-name'));
  const sparse = new Diagnostics();
  t.match(indexOf(tarOf([{ path: 's', type: 'S', content: 'x' }, { path: 'b', content: 'y' }]), sparse), [{ path: 'b' }]);
  t.ok(sparse.has('tar-sparse'));
});

t.test('any damage to a tar file: some of its members, never more', async () => {
  const whole = tarOf([{ path: 'a/b', content: 'one' }, { path: 'n'.repeat(150), content: 'two', long: 'pax' }, { path: 'l', type: '2', target: 'a' }, { path: 'm'.repeat(120), content: 'x', long: 'gnu' }]);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.nat(whole.length), (edits, length) => {
    const torn = whole.slice();
    for (const [at, byte] of edits) torn[at] = byte;
    const bytes = torn.subarray(0, length);
    const members = indexOf(bytes);
    const tree = run(TarTree.of('t', new MemorySource(bytes), new Diagnostics())) as TarTree;
    tree.list('a');
    return members.length <= 4 && members.every((member) => member.offset + member.size <= bytes.length && tree.open(member.path) !== null);
  }), { numRuns: 400 });
});
