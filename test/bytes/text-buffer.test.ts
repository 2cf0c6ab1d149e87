// Numbers and texts as bytes against the strings that JavaScript makes of them; what is handed on when the buffer is full.

import fc from 'fast-check';
import t from 'tap';
import { encodeText } from '../../src/bytes/text.ts';
import { COPY_SLACK, TextBuffer } from '../../src/bytes/text-buffer.ts';

const word = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.constantFrom(0, 1, 0xf, 0x10, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff));

/** What is written, and what that must be. */
type Piece = readonly [(out: TextBuffer) => void, string];

const decimals = fc.record({
  value: fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.maxSafeInteger(), fc.constantFrom(0, -1, 999_999_999, 1e9, 2 ** 31, 2 ** 53 - 1)),
  width: fc.integer({ min: 0, max: 30 }),
});

const pieces: fc.Arbitrary<Piece> = fc.oneof(
  fc.tuple(word, word).map(([high, low]): Piece => {
    const hex = ((BigInt(high) << 32n) | BigInt(low)).toString(16);
    return [(out) => {
      out.hex(high, low);
      out.hexZeros(high | 0, low | 0);
      out.hexBlanks(high, low);
      out.unsigned(high, low);
    }, `${hex}${hex.padStart(16, '0')}${hex.padStart(16)}${(BigInt(high) << 32n) | BigInt(low)}`];
  }),
  decimals.map(({ value, width }): Piece => [(out) => {
    out.decimal(value);
    out.decimal(value, width);
    out.decimal(value, width, 0x30);
    out.decimalLeft(value, width);
  }, `${value}${String(value).padStart(width)}${String(value).padStart(width, '0')}${String(value).padEnd(width)}`]),
  fc.tuple(fc.string({ unit: 'grapheme', maxLength: 100 }), fc.integer({ min: 0, max: 40 })).map(([text, width]): Piece => [(out) => {
    out.text(text);
    out.textRight(text, width);
    out.newline();
  }, `${text}${text.padStart(width)}\n`]),
  fc.constant<Piece>([(out) => out.text('a\udc80\udcff'), 'a\udc80\udcff']),
  fc.integer({ min: 0, max: 100 }).map((length): Piece => [(out) => {
    const from = encodeText(`..${'x'.repeat(length)}${' '.repeat(COPY_SLACK)}`);
    out.copy(new DataView(from.buffer, from.byteOffset, from.byteLength), 2, 2 + length);
    out.block(from.subarray(0, 2));
    out.byte(0x7c);
    out.blanks(length - 50);
  }, `${'x'.repeat(length)}..|${' '.repeat(Math.max(length - 50, 0))}`]),
);

t.test('what is written is what strings would be', async (t) => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 30 }), fc.integer({ min: 1, max: 300 }), (list, size) => {
      const growing = new TextBuffer();
      const drained: number[] = [];
      const draining = new TextBuffer((bytes) => drained.push(...bytes), size);
      for (const [write] of list) {
        write(growing);
        write(draining);
      }
      draining.flush();
      draining.flush();
      const wanted = Buffer.from(encodeText(list.map(([, text]) => text).join('')));
      return wanted.equals(growing.content) && wanted.equals(Buffer.from(drained)) && growing.length === wanted.length && draining.length === 0;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('cleared, it begins anew', async (t) => {
  const out = new TextBuffer();
  out.text('x'.repeat(5000));
  out.clear();
  out.text('y');
  t.same([...out.content], [0x79]);
});
