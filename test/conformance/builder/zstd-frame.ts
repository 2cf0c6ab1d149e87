// zstd frames without compression (RFC 8878): blocks of raw bytes, flushed after each piece and not ended, as perf leaves its own.
// Frames that really compress are in the recorded vectors.

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
/** No size of the content, no checksum, a window of 16 KiB. */
const FRAME_HEADER = [0x00, 0x20];
const MAX_BLOCK = 16_384;
const RAW_BLOCK = 0;

/** The beginning of a frame. */
export function frameStart(): number[] {
  return [...MAGIC, ...FRAME_HEADER];
}

/** The bytes in blocks; `last`: the frame ends with them. */
export function rawBlocks(bytes: Uint8Array, last: boolean): number[] {
  const blocks: number[] = [];
  for (let at = 0; at < bytes.length || (last && at === 0); at += MAX_BLOCK) {
    const piece = bytes.subarray(at, at + MAX_BLOCK);
    const isLast = last && at + MAX_BLOCK >= bytes.length;
    const header = (isLast ? 1 : 0) | (RAW_BLOCK << 1) | (piece.length << 3);
    blocks.push(header & 0xff, (header >> 8) & 0xff, header >> 16, ...piece);
  }
  return blocks;
}
