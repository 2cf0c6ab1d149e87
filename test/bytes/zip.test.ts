// Zip files: what is written is read again, anywhere in it and by zlib as one stream; lies of the directory cost the member, never more.

import fc from 'fast-check';
import t from 'tap';
import * as zlib from 'node:zlib';
import { crc32 } from '../../src/bytes/crc32.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { inflate } from '../../src/bytes/inflate.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { run } from '../../src/bytes/waiting.ts';
import { BlockSource } from '../../src/bytes/zip/block-source.ts';
import { nameFault, readMemberStart, readZipDirectory, type ZipFailure, type ZipMember } from '../../src/bytes/zip/zip-directory.ts';
import { ZipWriter, type DeflatedMember } from '../../src/bytes/zip/zip-writer.ts';
import { NODE_CODEC } from '../../src/node/zip-codec.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';

const OWN = { inflate, crc32 };

function directoryOf(bytes: Uint8Array, diagnostics = new Diagnostics()): Map<string, ZipMember> | ZipFailure {
  return perform(new MemorySource(bytes), readZipDirectory(bytes.length, diagnostics)) as Map<string, ZipMember> | ZipFailure;
}

function zipOf(members: readonly (readonly [string, Uint8Array])[], blockSize = 64): { bytes: Uint8Array; written: DeflatedMember[] } {
  const sink = new MemorySink();
  const zip = new ZipWriter(sink, NODE_CODEC, blockSize);
  const written = members.map(([name, bytes]) => run(zip.add(name, new MemorySource(bytes))) as DeflatedMember);
  zip.finish();
  return { bytes: sink.bytes.slice(), written };
}

t.test('CRC-32 is zlib\'s', async (t) => {
  t.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (a, b) => {
    const both = Buffer.concat([a, b]);
    // The trailer of a gzip file has it.
    const expected = zlib.gzipSync(both).readUInt32LE(zlib.gzipSync(both).length - 8);
    return crc32(both) === expected && crc32(b, crc32(a)) === expected && NODE_CODEC.crc32(b, NODE_CODEC.crc32(a)) === expected;
  }));
});

t.test('written, listed, read anywhere', async () => {
  const content = fc.array(fc.oneof(fc.uint8Array({ maxLength: 90 }), fc.constant(new Uint8Array(200))), { maxLength: 4 }).map((parts) => new Uint8Array(Buffer.concat(parts)));
  fc.assert(fc.property(fc.array(content, { minLength: 1, maxLength: 4 }), fc.nat(400), fc.nat(400), (contents, from, length) => {
    const { bytes, written } = zipOf(contents.map((one, i) => [`folder/member ${i} ä`, one]));
    const directory = directoryOf(bytes);
    if (!(directory instanceof Map) || directory.size !== contents.length) return false;
    return contents.every((content, i) => {
      const member = directory.get(`folder/member ${i} ä`)!;
      const start = perform(new MemorySource(bytes), readMemberStart(member)) as number;
      const compressed = bytes.subarray(start, start + member.compressedSize);
      // To every other tool it is one deflated stream.
      if (!Buffer.from(content).equals(zlib.inflateRawSync(compressed)) || member.crc32 !== crc32(content) || member.size !== content.length) return false;
      const { blocks, sha256 } = written[i]!;
      const offsets = Float64Array.from([0, ...blocks.map(([, ], k) => blocks.slice(0, k + 1).reduce((sum, [size]) => sum + size, 0))], (at) => at + start);
      const diagnostics = new Diagnostics();
      return [OWN, NODE_CODEC].every((codec) => {
        const source = new BlockSource(new MemorySource(bytes), content.length, { blockSize: 64, offsets, crcs: Uint32Array.from(blocks, ([, crc]) => crc) }, codec, diagnostics);
        const part = source.read(from, length) as Uint8Array;
        const into = new Uint8Array(length);
        const count = source.readInto(into, from) as number;
        const expected = Buffer.from(content.subarray(Math.min(from, content.length), from + length));
        return expected.equals(part) && expected.equals(into.subarray(0, count)) && diagnostics.all().length === 0 && sha256.length === 64;
      });
    });
  }));
});

t.test('members beyond 4 GiB', async (t) => {
  // Zeros compress to a thousandth: 4.3 GB of them are read, and written as some MB.
  const size = 0x1_0100_0000;
  const sink = new MemorySink();
  // A block of zeros is deflated once only.
  let block: Uint8Array | undefined;
  const codec = { ...NODE_CODEC, crc32: () => 7, hash: () => ({ update: () => {}, hex: () => '' }), deflate: (bytes: Uint8Array, isLast: boolean) => (isLast ? NODE_CODEC.deflate(bytes, true) : (block ??= NODE_CODEC.deflate(bytes, false))) };
  const zip = new ZipWriter(sink, codec, 1 << 24);
  const zeros = { size, read: (_: number, length: number) => new Uint8Array(length), readInto: (into: Uint8Array) => into.length };
  await run(zip.add('large', zeros));
  await run(zip.add('small', new MemorySource(new Uint8Array(3))));
  zip.finish('small');
  const directory = directoryOf(sink.bytes);
  t.ok(directory instanceof Map);
  if (!(directory instanceof Map)) return;
  const { compressedSize, headerOffset, ...large } = directory.get('large')!;
  t.match(large, { size, isDeflated: true });
  t.equal(perform(new MemorySource(sink.bytes), readMemberStart({ ...large, compressedSize, headerOffset })), headerOffset + 30 + 5 + 20, 'behind the extra field');
  t.equal(directory.get('small')!.size, 3);
});

t.test('names that lead elsewhere', async (t) => {
  for (const name of ['/etc/passwd', '../up', 'a/../../up', 'a//b', 'a/./b', '', 'C:/x', 'a\\b', 'a\nb', 'a/..', '..', `x${'y'.repeat(5000)}`]) t.not(nameFault(name), '', JSON.stringify(name));
  for (const name of ['a', 'a/b', '...', 'a..b', 'usr/lib/lib c++.so', '.build-id/ab/cd/elf']) t.equal(nameFault(name), '', name);
});

/** A zip file with one field of its central directory changed; offsets from the header of member `index`. */
function patched(index: number, change: (view: DataView, at: number, bytes: Uint8Array) => void, names: readonly string[] = ['first', 'second']): Uint8Array {
  const { bytes } = zipOf(names.map((name, i) => [name, new TextEncoder().encode(`${i}`.repeat(300))]));
  const view = new DataView(bytes.buffer);
  let at = -1;
  for (let i = 0, found = -1; i + 4 <= bytes.length; i++) if (view.getUint32(i, true) === 0x02014b50 && ++found === index) at = i;
  change(view, at, bytes);
  return bytes;
}

t.test('lies of the directory', async (t) => {
  const lies: [string, RegExp, Uint8Array][] = [
    ['a link', /link or a device/, patched(1, (view, at) => view.setUint32(at + 38, 0o120777 * 0x10000, true))],
    ['a device', /link or a device/, patched(1, (view, at) => view.setUint32(at + 38, 0o020666 * 0x10000, true))],
    ['encrypted', /encrypted/, patched(1, (view, at) => view.setUint16(at + 8, 0x801, true))],
    ['another method', /compressed in a way \(93\)/, patched(1, (view, at) => view.setUint16(at + 10, 93, true))],
    ['a bomb', /which nothing can hold/, patched(1, (view, at) => view.setUint32(at + 24, 0xffff_fffe, true))],
    ['stored with two sizes', /two sizes differ/, patched(1, (view, at) => view.setUint16(at + 10, 0, true))],
    ['beyond the end', /reaches beyond/, patched(1, (view, at) => view.setUint32(at + 20, 0x00ff_ffff, true))],
    ['in another member', /shares bytes/, patched(1, (view, at) => view.setUint32(at + 42, 4, true))],
    ['the same bytes again', /shares bytes/, patched(1, (view, at) => view.setUint32(at + 42, 0, true))],
    ['an absolute name', /absolute/, patched(1, (_, at, bytes) => bytes.set(Buffer.from('/etc/x'), at + 46))],
    ['a name that climbs', /leads out/, patched(1, (_, at, bytes) => bytes.set(Buffer.from('../abc'), at + 46))],
    ['a zero in its name', /zero byte/, patched(1, (_, at, bytes) => bytes.set(Buffer.from('sec\0nd'), at + 46))],
  ];
  for (const [what, says, bytes] of lies) {
    const diagnostics = new Diagnostics();
    const directory = directoryOf(bytes, diagnostics);
    t.ok(directory instanceof Map && directory.size === 1 && directory.has('first'), what);
    t.match(diagnostics.all().map(({ message }) => message).join(), says, what);
  }
  const twice = directoryOf(patched(1, (_, at, bytes) => bytes.set(Buffer.from('first!'), at + 46), ['first!', 'second']));
  t.ok(twice instanceof Map && twice.size === 0, 'of two with one name neither');
});

t.test('cut, or something else', async (t) => {
  const { bytes } = zipOf([['first', new Uint8Array(300)], ['second', new Uint8Array(20)]]);
  for (let length = 0; length < bytes.length; length++) {
    const directory = directoryOf(bytes.subarray(0, length));
    if (directory instanceof Map) t.fail(`cut to ${length}`);
    else if (length >= 4 && directory !== 'cut') t.fail(`cut to ${length}: ${directory}`);
  }
  t.equal(directoryOf(new TextEncoder().encode('PERFILE2')), 'not-zip');
  t.equal(directoryOf(new Uint8Array(0)), 'not-zip');
});

t.test('any damage', async () => {
  const { bytes } = zipOf([['first', new Uint8Array(300)], ['second/file', new TextEncoder().encode('text'.repeat(50))]]);
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), (changes) => {
    const copy = bytes.slice();
    for (const [at, value] of changes) copy[at] = value;
    const directory = directoryOf(copy);
    if (directory instanceof Map) for (const member of directory.values()) perform(new MemorySource(copy), readMemberStart(member));
    return true;
  }), { numRuns: 2000 });
});
