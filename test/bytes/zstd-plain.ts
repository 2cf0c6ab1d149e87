// What the streams of testdata/zstd are made of, by the first part of their names. `node dist/test/bytes/zstd-plain.js NAME > FILE` writes one.

import { fileURLToPath } from 'node:url';

/** The same numbers on every machine. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

function bytes(length: number, byte: (next: () => number, at: number) => number): Buffer {
  const source = numbers(length);
  const next = (): number => source.next().value as number;
  return Buffer.from(Uint8Array.from({ length }, (_, at) => byte(next, at)));
}

const PLAIN: Readonly<Record<string, () => Buffer>> = {
  empty: () => Buffer.alloc(0),
  short: () => Buffer.from('hello hello hello world'),
  /** Words that repeat: literals and matches of all lengths. */
  text: () => Buffer.from(Array.from({ length: 900 }, (_, i) => `line ${(i * 7919) % 1000} of ${['some', 'any', 'the'][i % 3]} text ${i % 17 === 0 ? 'x'.repeat(i % 200) : i}\n`).join('')),
  /** Few values often, others seldom: long and short Huffman codes. */
  skewed: () => bytes(12_000, (next) => Math.floor(256 * (next() / 2 ** 24) ** 6)),
  noise: () => bytes(3_000, (next) => next() & 255),
  runs: () => bytes(300_000, (_, at) => (at >> 14) & 255),
  /** What comes again after more than a block. */
  far: () => Buffer.concat([bytes(2_000, (next) => next() & 255), Buffer.alloc(1_200_000), bytes(2_000, (next) => next() & 255)]),
};

/** Throws for a name that there is not. */
export function zstdPlain(name: string): Buffer {
  return PLAIN[name]!();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(zstdPlain(process.argv[2] ?? ''));
