// A record's bytes as `perf script -D` shows them: sixteen in a line, as numbers and as letters. Made as bytes, not as strings: a dump
// is mostly this (76 characters for 16 bytes), and strings would cost several times as much. Lines are written over those of the
// record before, so that what is the same in all (places, blanks, line ends) is written once.

const LINE_BYTES = 16;
/** `.  0000: `, ` 00` for each byte, two blanks, the letters, the line's end. */
const LINE_LENGTH = 76;
const FIRST_DIGIT = 10;
const FIRST_LETTER = 59;
const BLANK = 0x20;
const DOT = 0x2e;
const FIRST_LINES = 64;

const HIGH_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => (byte >>> 4).toString(16).charCodeAt(0));
const LOW_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0));
const LETTER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= BLANK && byte < 0x7f ? byte : DOT));

export class HexDump {
  #text: Uint8Array = emptyLines(FIRST_LINES);

  /** The lines for bytes[start, end). Valid until the next call. */
  lines(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const count = Math.ceil((end - start) / LINE_BYTES);
    if (this.#text.length < count * LINE_LENGTH) this.#text = emptyLines(2 * count);
    const text = this.#text;
    const [high, low, letters] = [HIGH_DIGIT, LOW_DIGIT, LETTER];
    let at = 0;
    for (let place = start; place < end; place += LINE_BYTES, at += LINE_LENGTH) {
      const stop = Math.min(place + LINE_BYTES, end);
      let digit = at + FIRST_DIGIT;
      let letter = at + FIRST_LETTER;
      for (let i = place; i < stop; i++, digit += 3, letter++) {
        const byte = bytes[i]!;
        text[digit] = high[byte]!;
        text[digit + 1] = low[byte]!;
        text[letter] = letters[byte]!;
      }
      if (stop === place + LINE_BYTES) continue;
      text.fill(BLANK, digit, at + FIRST_LETTER);
      text.fill(BLANK, letter, at + LINE_LENGTH - 1);
    }
    return text.subarray(0, at);
  }
}

/** Lines without numbers and letters. */
function emptyLines(count: number): Uint8Array {
  const text = new Uint8Array(count * LINE_LENGTH).fill(BLANK);
  for (let line = 0; line < count; line++) {
    const at = line * LINE_LENGTH;
    text[at] = DOT;
    const place = line * LINE_BYTES;
    text[at + 3] = HIGH_DIGIT[(place >>> 8) & 0xff]!;
    text[at + 4] = LOW_DIGIT[(place >>> 8) & 0xff]!;
    text[at + 5] = HIGH_DIGIT[place & 0xff]!;
    text[at + 6] = LOW_DIGIT[place & 0xff]!;
    text[at + 7] = 0x3a;
    text[at + LINE_LENGTH - 1] = 0x0a;
  }
  return text;
}
