// Text in recordings and on the way out. Names in files are bytes: nearly always ASCII, mostly UTF-8, sometimes neither. Python's
// "surrogateescape" keeps them all: a byte that belongs to no UTF-8 sequence becomes the lone surrogate U+DC00 + byte, and `encodeText`
// writes that byte again. Such strings compare, sort and intern like others, and perf's raw output can be matched to the byte.

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** The offset of the first NUL in [start, end), or end. */
export function endOfText(bytes: Uint8Array, start: number, end: number): number {
  let offset = start;
  while (offset < end && bytes[offset] !== 0) offset++;
  return offset;
}

/** The text in [start, end) up to the first NUL. Never throws; `encodeText` gives the same bytes back. */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const stop = endOfText(bytes, start, Math.min(end, bytes.length));
  const length = stop - start;
  if (length <= 0) return '';
  // Short ASCII, by far the most: a call of TextDecoder costs 160 ns (STYLE 3.5).
  if (length <= 64) {
    let text = '';
    let offset = start;
    for (; offset < stop; offset++) {
      const byte = bytes[offset]!;
      if (byte >= 0x80) break;
      text += String.fromCharCode(byte);
    }
    if (offset === stop) return text;
  }
  const part = bytes.subarray(start, stop);
  try {
    return decoder.decode(part);
  } catch {
    return escaped(part);
  }
}

/** UTF-8 where the bytes are UTF-8, escapes for the others. */
function escaped(bytes: Uint8Array): string {
  let text = '';
  let offset = 0;
  while (offset < bytes.length) {
    const length = sequenceLength(bytes, offset);
    if (length === 0) text += String.fromCharCode(0xdc00 + bytes[offset++]!);
    else {
      text += decoder.decode(bytes.subarray(offset, offset + length));
      offset += length;
    }
  }
  return text;
}

/** How many bytes the UTF-8 sequence at `offset` has; 0 where there is none. */
function sequenceLength(bytes: Uint8Array, offset: number): number {
  const first = bytes[offset]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || offset + length > bytes.length) return 0;
  try {
    decoder.decode(bytes.subarray(offset, offset + length));
    return length;
  } catch {
    return 0;
  }
}

/** The bytes of a text: UTF-8, and for escapes made by `decodeText` the byte they stand for. For standard output. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text);
  const parts: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) parts.push(code - 0xdc00);
    else parts.push(...encoder.encode(character));
  }
  return Uint8Array.from(parts);
}
