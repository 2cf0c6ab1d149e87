// Makes an input smaller while it fails in the same way: pieces of its changed files are left out, then what is left becomes zeros.

import type { InputFiles } from './inputs.ts';

/** Whether an input fails as the first one did. */
export type StillFails = (files: InputFiles) => Promise<boolean>;

const HEADER_SIZE = 104;

/** The smallest input that was found with at most `tries` runs. */
export async function minimised(files: InputFiles, changed: readonly string[], tries: number, stillFails: StillFails): Promise<InputFiles> {
  let best = files;
  let left = tries;
  const attempt = async (candidate: InputFiles): Promise<boolean> => {
    if (left-- <= 0 || !(await stillFails(candidate))) return false;
    best = candidate;
    return true;
  };
  // Files that have nothing to do with it.
  for (const name of files.keys()) {
    if (name === 'recording' || name === 'bytes') continue;
    const without = new Map(best);
    without.delete(name);
    await attempt(without);
  }
  for (const name of changed) {
    for (let size = Math.ceil((best.get(name)?.length ?? 0) / 2); size >= 8 && left > 0; size = size > 16 ? Math.ceil(size / 16) * 8 : size - 8) {
      for (let at = 0; at < (best.get(name)?.length ?? 0) && left > 0; ) {
        const bytes = best.get(name)!;
        const end = Math.min(at + size, bytes.length);
        const isRecording = name === 'recording' && at >= HEADER_SIZE;
        const shorter = isRecording ? withoutRecords(bytes, at, end) : without(bytes, at, end);
        if (!(await attempt(new Map(best).set(name, shorter))) && !(isRecording && (await attempt(new Map(best).set(name, without(bytes, at, end)))))) at = end;
      }
    }
    for (let at = 0; at < (best.get(name)?.length ?? 0) && left > 0; at += 8) {
      const bytes = best.get(name)!.slice();
      if (bytes.subarray(at, at + 8).every((byte) => byte === 0)) continue;
      bytes.fill(0, at, at + 8);
      await attempt(new Map(best).set(name, bytes));
    }
  }
  return best;
}

function without(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const shorter = new Uint8Array(bytes.length - (end - start));
  shorter.set(bytes.subarray(0, start));
  shorter.set(bytes.subarray(end), start);
  return shorter;
}

/** A stretch left out of a file, with the places in its header and its table of features moved. */
function withoutRecords(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const shorter = without(bytes, start, end);
  if (shorter.length < HEADER_SIZE) return shorter;
  const littleEndian = bytes[0] === 0x50;
  const view = new DataView(shorter.buffer);
  const length = BigInt(end - start);
  const moved = (at: number): bigint => {
    const offset = view.getBigUint64(at, littleEndian);
    if (offset >= BigInt(end)) view.setBigUint64(at, offset - length, littleEndian);
    return offset;
  };
  if (view.getBigUint64(8, littleEndian) !== 104n) return shorter;
  for (const at of [24, 40]) {
    const offset = moved(at);
    const size = view.getBigUint64(at + 8, littleEndian);
    if (offset <= BigInt(start) && offset + size >= BigInt(end)) view.setBigUint64(at + 8, size - length, littleEndian);
  }
  const table = Number(view.getBigUint64(40, littleEndian) + view.getBigUint64(48, littleEndian));
  for (let at = table; at + 16 <= shorter.length && at < table + 256 * 16; at += 16) {
    const offset = view.getBigUint64(at, littleEndian);
    if (offset < BigInt(start) || offset > BigInt(bytes.length)) break;
    moved(at);
  }
  return shorter;
}
