// A record's bytes as `perf script -D` shows them: sixteen in a line, as numbers and as letters. Made as bytes, not as strings: a dump
// is mostly this (76 characters for 16 bytes), and strings would cost several times as much.

const LINE_BYTES = 16;
/** `.  0000: `, ` 00` for each byte, two blanks, the letters, the line's end. */
const LINE_LENGTH = 76;
const FIRST_NUMBER = 9;
const FIRST_LETTER = 59;
const BLANK = 0x20;
const DOT = 0x2e;
const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

export class HexDump {
  #text = new Uint8Array(64 * LINE_LENGTH);

  /** The lines for bytes[start, end). Valid until the next call. */
  lines(bytes: Uint8Array, start: number, end: number): Uint8Array {
    const count = Math.ceil((end - start) / LINE_BYTES);
    const length = count * LINE_LENGTH;
    if (this.#text.length < length) this.#text = new Uint8Array(2 * length);
    const text = this.#text;
    const digits = DIGITS;
    for (let line = 0, at = 0; line < count; line++, at += LINE_LENGTH) {
      const place = line * LINE_BYTES;
      const there = Math.min(end - start - place, LINE_BYTES);
      text[at] = DOT;
      text[at + 1] = BLANK;
      text[at + 2] = BLANK;
      text[at + 3] = digits[(place >>> 12) & 15]!;
      text[at + 4] = digits[(place >>> 8) & 15]!;
      text[at + 5] = digits[(place >>> 4) & 15]!;
      text[at + 6] = digits[place & 15]!;
      text[at + 7] = 0x3a;
      text[at + 8] = BLANK;
      let number = at + FIRST_NUMBER;
      let letter = at + FIRST_LETTER;
      for (let i = 0; i < there; i++, number += 3, letter++) {
        const byte = bytes[start + place + i]!;
        text[number] = BLANK;
        text[number + 1] = digits[byte >>> 4]!;
        text[number + 2] = digits[byte & 15]!;
        text[letter] = byte >= BLANK && byte < 0x7f ? byte : DOT;
      }
      if (there < LINE_BYTES) {
        text.fill(BLANK, number, at + FIRST_LETTER);
        text.fill(BLANK, letter, at + LINE_LENGTH);
      }
      text[at + FIRST_LETTER - 2] = BLANK;
      text[at + FIRST_LETTER - 1] = BLANK;
      text[at + LINE_LENGTH - 1] = 0x0a;
    }
    return text.subarray(0, length);
  }
}
