// The portable zstd decoder over what the zstd command made (testdata/zstd), however it is cut, and over what nobody made.

import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decompressZstd } from '../../src/bytes/zstd-whole.ts';
import { PortableZstdStream } from '../../src/bytes/zstd.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { zstdPlain } from './zstd-plain.ts';

const FOLDER = join(PROJECT_ROOT, 'testdata/zstd');
const streams = readdirSync(FOLDER).sort().map((name) => ({ name, plain: zstdPlain(name.split('.')[0]!), stream: new Uint8Array(readFileSync(join(FOLDER, name))) }));

function inPieces(stream: Uint8Array, step: number): Buffer {
  const decoder = new PortableZstdStream();
  const made: Buffer[] = [];
  for (let at = 0; at < stream.length; at += step) made.push(Buffer.from(decoder.push(stream.subarray(at, at + step))));
  return Buffer.concat(made);
}

t.test('streams of every kind, cut anywhere', async (t) => {
  t.ok(streams.length >= 10);
  for (const { name, plain, stream } of streams) {
    for (const step of [stream.length, 4096, 100, 7, 1]) t.ok(inPieces(stream, step).equals(plain), `${name} in pieces of ${step}`);
    t.ok(Buffer.from(decompressZstd(stream, plain.length)).equals(plain), `${name} as a whole`);
    if (plain.length > 0) t.equal(decompressZstd(stream, plain.length - 1).length, 0, 'no more than was asked for');
  }
});

t.test('frames one behind the other, others to be skipped between them', async (t) => {
  const [first, second] = [streams[0]!, streams[3]!];
  const skipped = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5, 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
  const stream = Buffer.concat([first.stream, skipped, second.stream, skipped, first.stream]);
  for (const step of [stream.length, 3]) t.ok(inPieces(stream, step).equals(Buffer.concat([first.plain, second.plain, first.plain])));
});

t.test('what a piece makes is there at once, and memory follows what was made', async (t) => {
  const block = (last: boolean, ...bytes: number[]): number[] => [(bytes.length << 3) | (last ? 1 : 0), bytes.length >> 5, 0, ...bytes];
  // A window of 112 MiB and blocks of one byte, thousands of them: nothing of that size may be moved or made.
  const decoder = new PortableZstdStream();
  const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x86);
  t.equal(decoder.push(header).length, 0);
  const before = process.memoryUsage().arrayBuffers;
  const started = process.cpuUsage();
  for (let i = 0; i < 20_000; i++) if (decoder.push(Uint8Array.from(block(false, i & 255)))[0] !== (i & 255)) t.fail(`block ${i}`);
  const { user, system } = process.cpuUsage(started);
  t.ok((user + system) / 1000 < 1_000, `${(user + system) / 1000} ms`);
  t.ok(process.memoryUsage().arrayBuffers - before < 30e6);
});

t.test('what is none', async (t) => {
  const text = streams.find(({ name }) => name.startsWith('text.19'))!.stream;
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(text.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }), (changes) => {
      const damaged = text.slice();
      for (const [at, value] of changes) damaged[at] = value;
      try {
        return new PortableZstdStream().push(damaged).length >= 0;
      } catch (error) {
        return error instanceof RangeError && /^(a|one|not|zstd|too) .*zstd|^zstd|^one piece/.test(error.message);
      }
    }),
    { numRuns: 500, seed: 7 },
  );
  for (let end = 0; end < text.length; end += 13) t.ok(new PortableZstdStream().push(text.subarray(0, end)).length < zstdPlain('text').length);
  // The last block of one that refers to what the blocks before it made, without these.
  const { stream } = streams.find(({ name }) => name.startsWith('far'))!;
  const blocks = blocksOf(stream, 6);
  const alone = Buffer.concat([stream.subarray(0, 6), blocks[blocks.length - 1]!]);
  t.throws(() => new PortableZstdStream().push(alone), /reaches back before the beginning/);
});

/** The blocks of a frame whose header has so many bytes. */
function blocksOf(stream: Uint8Array, headerSize: number): Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let at = headerSize; at + 3 <= stream.length; ) {
    const word = stream[at]! | (stream[at + 1]! << 8) | (stream[at + 2]! << 16);
    const end = at + 3 + (((word >> 1) & 3) === 1 ? 1 : word >> 3);
    blocks.push(stream.subarray(at, end));
    if ((word & 1) === 1) break;
    at = end;
  }
  return blocks;
}
