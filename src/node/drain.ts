// Input that can be read once only, such as a pipe, made readable anywhere: small ones are kept in memory, large ones in a temporary
// file, so that memory does not grow with the recording.

import { closeSync, readSync } from 'node:fs';
import { openTemporary } from './temporary-file.ts';
import { writeAll } from './write-all.ts';

/** Bytes that are kept in memory: twice as many for a moment, when they are joined. */
const MOST_IN_MEMORY = 16 * 1024 * 1024;
const PIECE = 1 << 20;
/** Milliseconds between two looks at a pipe that has nothing yet. */
const WAIT = 5;

/** All that came: in memory, or in an open file that goes away with its descriptor. */
export type Drained = { readonly bytes: Uint8Array } | { readonly descriptor: number; readonly size: number };

/**
 * Reads a descriptor to its end. It may have been set not to wait by whoever shares it: then this waits. What does not fit into
 * memory goes to a file, or is 'too long' where `beyond` allows memory only (a device may have no end). Throws what the system says;
 * the descriptor stays open.
 */
export function drain(descriptor: number, beyond: 'file' | 'memory', mostInMemory: number = MOST_IN_MEMORY): Drained | 'too long' {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE);
    const count = fill(descriptor, piece);
    if (count > 0) pieces.push(piece.subarray(0, count));
    length += count;
    if (count < PIECE) return { bytes: joined(pieces, length) };
    if (length >= mostInMemory) return beyond === 'file' ? drainToFile(descriptor, pieces) : 'too long';
  }
}

function drainToFile(descriptor: number, pieces: readonly Uint8Array[]): Drained {
  const file = openTemporary();
  try {
    let size = 0;
    for (const piece of pieces) size += writeAll(file, piece);
    const piece = new Uint8Array(PIECE);
    for (let count = PIECE; count === PIECE; size += writeAll(file, piece.subarray(0, count))) count = fill(descriptor, piece);
    return { descriptor: file, size };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** The number of bytes that came; fewer than asked for at the end only. */
function fill(descriptor: number, into: Uint8Array): number {
  let done = 0;
  while (done < into.length) {
    const count = readOnce(descriptor, into, done);
    if (count === 0) break;
    if (count > 0) done += count;
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT);
  }
  return done;
}

/** 0 at the end, -1 while there is nothing. */
function readOnce(descriptor: number, into: Uint8Array, at: number): number {
  try {
    return readSync(descriptor, into, at, into.length - at, null);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Windows' name for the end of a pipe.
    if (code === 'EOF') return 0;
    if (code === 'EAGAIN' || code === 'EINTR') return -1;
    throw error;
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const all = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
