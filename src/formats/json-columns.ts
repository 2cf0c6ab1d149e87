// JSON that is mostly long columns of numbers, written as it is made: no string holds all of it.

import { TextBuffer } from '../bytes/text-buffer.ts';
import type { ByteSink } from '../perfdata/writer/byte-sink.ts';

const BLOCK = 1 << 16;
const COMMA = 0x2c;

export class JsonColumns {
  readonly #text: TextBuffer;

  constructor(sink: ByteSink) {
    this.#text = new TextBuffer((bytes) => sink.write(bytes), BLOCK);
  }

  /** JSON as it is. */
  raw(json: string): void {
    this.#text.text(json);
  }

  /** `"name":value`. */
  field(name: string, value: unknown): void {
    this.#text.text(`${JSON.stringify(name)}:${JSON.stringify(value)}`);
  }

  /** `"name":[…]` of `length` numbers or other short values. */
  column(name: string, length: number, at: (index: number) => number | string | boolean | null): void {
    const text = this.#text;
    text.text(`${JSON.stringify(name)}:[`);
    for (let i = 0; i < length; i++) {
      if (i > 0) text.byte(COMMA);
      const value = at(i);
      text.text(typeof value === 'string' ? JSON.stringify(value) : String(value));
    }
    text.text(']');
  }

  /** `"name":{` columns of one length and `"length":n}`. */
  table(name: string, length: number, columns: Readonly<Record<string, (index: number) => number | string | boolean | null>>): void {
    this.#text.text(`${JSON.stringify(name)}:{`);
    for (const [column, at] of Object.entries(columns)) {
      this.column(column, length, at);
      this.#text.byte(COMMA);
    }
    this.#text.text(`"length":${length}}`);
  }

  flush(): void {
    this.#text.flush();
  }
}
