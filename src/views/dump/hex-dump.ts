// A record's bytes as `perf script -D` shows them: sixteen in a line, as numbers and as letters. Made as bytes, not as strings: a dump
// is mostly this (76 characters for 16 bytes), and strings would cost several times as much. Lines are written over those of the
// record before, so that what is the same in all (places, blanks, line ends) is written once.

const LINE_BYTES = 16;
/** `.  0000: `, ` 00` for each byte, two blanks, the letters, the line's end. */
const LINE_LENGTH = 76;
/** The word that ends with the first number; there is a number in every three places from here on. */
const NUMBERS = 8;
const LETTERS = 59;
const BLANK = 0x20;
const TWO_BLANKS = 0x2020;
const DOT = 0x2e;
const FIRST_LINES = 64;

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
/** `00 `, the first digit in the low byte. */
const NUMBER = Int32Array.from({ length: 256 }, (_, byte) => DIGITS[byte >>> 4]! | (DIGITS[byte & 15]! << 8) | (BLANK << 16));
const LETTER = Int32Array.from({ length: 256 }, (_, byte) => (byte >= BLANK && byte < 0x7f ? byte : DOT));

export class HexDump {
  #text: Uint8Array = emptyLines(FIRST_LINES);
  #view: DataView = new DataView(this.#text.buffer);
  /** The last bytes of a record that are no whole line. */
  readonly #rest = new DataView(new ArrayBuffer(LINE_BYTES));

  /** The lines for bytes [start, end) of `from`. Valid until the next call. */
  lines(from: DataView, start: number, end: number): Uint8Array {
    const count = Math.ceil((end - start) / LINE_BYTES);
    if (this.#text.length < count * LINE_LENGTH) {
      this.#text = emptyLines(2 * count);
      this.#view = new DataView(this.#text.buffer);
    }
    let at = 0;
    let place = start;
    for (; place + LINE_BYTES <= end; place += LINE_BYTES, at += LINE_LENGTH) this.#fill(from, place, at);
    if (place < end) {
      const length = end - place;
      for (let i = 0; i < length; i++) this.#rest.setUint8(i, from.getUint8(place + i));
      this.#fill(this.#rest, 0, at);
      this.#text.fill(BLANK, at + NUMBERS + 2 + 3 * length, at + LETTERS);
      this.#text.fill(BLANK, at + LETTERS + length, at + LINE_LENGTH - 1);
      at += LINE_LENGTH;
    }
    return this.#text.subarray(0, at);
  }

  /**
   * Numbers and letters of a line. Four bytes make twelve places and four letters, as three words and one:
   *
   *     ..00  00.  00.0  0.     from the second time on the last number of those before ends in the first word
   */
  #fill(from: DataView, place: number, line: number): void {
    const view = this.#view;
    let before = TWO_BLANKS;
    let at = line + NUMBERS;
    let letters = line + LETTERS;
    for (let i = place; i < place + LINE_BYTES; i += 4, at += 12, letters += 4) {
      const word = from.getInt32(i, true);
      const [a, b, c, d] = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
      const last = NUMBER[d]!;
      view.setInt32(at, before | (NUMBER[a]! << 16), true);
      view.setInt32(at + 4, BLANK | (NUMBER[b]! << 8), true);
      view.setInt32(at + 8, NUMBER[c]! | (last << 24), true);
      before = last >>> 8;
      view.setInt32(letters, LETTER[a]! | (LETTER[b]! << 8) | (LETTER[c]! << 16) | (LETTER[d]! << 24), true);
    }
    view.setInt16(at, before, true);
  }
}

/** Lines without numbers and letters. */
function emptyLines(count: number): Uint8Array {
  const text = new Uint8Array(count * LINE_LENGTH).fill(BLANK);
  for (let line = 0; line < count; line++) {
    const at = line * LINE_LENGTH;
    const place = line * LINE_BYTES;
    text[at] = DOT;
    for (let digit = 0; digit < 4; digit++) text[at + 3 + digit] = DIGITS[(place >>> (12 - 4 * digit)) & 15]!;
    text[at + 7] = 0x3a;
    text[at + LINE_LENGTH - 1] = 0x0a;
  }
  return text;
}
