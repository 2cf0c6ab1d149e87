// Mutated texts: perf maps, kallsyms, format files, mangled names. Numbers become edge numbers, lines and words are left out, repeated
// and moved, brackets pile up.

import { changeBytes, joined } from './mutate.ts';
import type { Random } from './random.ts';

const NUMBERS: readonly string[] = ['0', '1', '-1', '7f', 'ffffffff', '7fffffffffffffff', '8000000000000000', 'ffffffffffffffff', '10000000000000000', '99999999999999999999', '2147483648', '4294967295', '0x', ''];
const PIECES: readonly string[] = ['\n', '\n\n', ' ', '\t', '\r\n', '\0', ':', ';', ',', '(', ')', '[', ']', '"', '%', '%*d', '%s', '->', 'REC->', '__get_str(', '?', 'é', '\ufffd', '_', '1', 'St', 'I', 'E', 'S_', 'T_', 'N', 'F'];

export function mutatedText(from: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = from.slice();
  for (let i = random.few(6); i > 0; i--) bytes = changed(bytes, other, random);
  return bytes;
}

function changed(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const at = random.below(bytes.length + 1);
  switch (random.below(9)) {
    case 0: {
      const [start, end] = runAt(bytes, at, isNumeral);
      return joined(bytes.subarray(0, start), encode(random.pick(NUMBERS)), bytes.subarray(end));
    }
    case 1: {
      const [start, end] = runAt(bytes, at, (byte) => byte !== 10);
      return random.once(2)
        ? joined(bytes.subarray(0, start), bytes.subarray(end + 1))
        : joined(bytes.subarray(0, end), ...Array.from({ length: random.few(8) }, () => bytes.subarray(Math.max(start - 1, 0), end)), bytes.subarray(end));
    }
    case 2: return joined(bytes.subarray(0, at), encode(random.pick(PIECES).repeat(random.once(8) ? 1 + random.below(300) : 1)), bytes.subarray(at));
    case 3: {
      const [start, end] = runAt(bytes, at, isWord);
      const to = random.below(bytes.length + 1);
      return joined(bytes.subarray(0, to), bytes.subarray(start, end), bytes.subarray(to));
    }
    case 4: return joined(bytes.subarray(0, at), bytes.subarray(Math.min(at + random.few(12), bytes.length)));
    case 5: return joined(bytes.subarray(0, at), other.subarray(random.below(other.length)));
    case 6: return bytes.slice(0, at);
    case 7: {
      const from = random.below(bytes.length);
      const piece = bytes.subarray(from, Math.min(from + 1 + random.below(40), bytes.length));
      return joined(bytes.subarray(0, at), ...Array.from({ length: random.few(10) }, () => piece), bytes.subarray(at));
    }
    default: changeBytes(bytes, random); return bytes;
  }
}

/** The longest stretch around a place whose bytes all fit. */
function runAt(bytes: Uint8Array, at: number, fits: (byte: number) => boolean): [number, number] {
  let start = at;
  let end = at;
  while (start > 0 && fits(bytes[start - 1]!)) start--;
  while (end < bytes.length && fits(bytes[end]!)) end++;
  return [start, end];
}

function isNumeral(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || byte === 0x78;
}

function isWord(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f && !'(),;:"[]'.includes(String.fromCharCode(byte));
}
