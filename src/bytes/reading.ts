// Parsers ask, callers read: a parser of something small (a header, a table, an ELF file) is a generator that yields the
// ranges it needs and gets their bytes. It never does I/O and never awaits; `perform` is the one place that does.

import type { ByteSource } from './source.ts';

/** A range of the source, in bytes. What comes back may be shorter at the end of the source. */
export interface ByteRequest {
  readonly offset: number;
  readonly length: number;
}

/** A parser that asks for bytes and ends with a `T`. The bytes it gets are its own to keep. */
export type Reading<T> = Generator<ByteRequest, T, Uint8Array>;

/** The bytes of a range, for use inside a parser: `const header = yield* bytesAt(0, 64)`. Shorter at the end of the source. */
export function* bytesAt(offset: number, length: number): Reading<Uint8Array> {
  return yield { offset, length };
}

/** Runs a parser over a source: at once where the source is synchronous, else as a promise. */
export function perform<T>(source: ByteSource, reading: Reading<T>): T | Promise<T> {
  let step = reading.next();
  while (step.done !== true) {
    const bytes = source.read(step.value.offset, step.value.length);
    if (bytes instanceof Promise) return performLater(source, reading, bytes);
    step = reading.next(bytes.slice());
  }
  return step.value;
}

async function performLater<T>(source: ByteSource, reading: Reading<T>, first: Promise<Uint8Array>): Promise<T> {
  let step = reading.next((await first).slice());
  while (step.done !== true) {
    const bytes = source.read(step.value.offset, step.value.length);
    step = reading.next((bytes instanceof Promise ? await bytes : bytes).slice());
  }
  return step.value;
}
