// Numbers and text one behind the other in either byte order. Nothing of src/ is used here or in any file that makes vectors: what is
// expected must not come from the reader that is tested.

export type ByteOrder = 'little' | 'big';

export class Packer {
  readonly order: ByteOrder;
  readonly #bytes: number[] = [];

  constructor(order: ByteOrder) {
    this.order = order;
  }

  get length(): number {
    return this.#bytes.length;
  }

  u8(value: number): this { return this.number(value, 1); }
  u16(value: number): this { return this.number(value, 2); }
  u32(value: number | bigint): this { return this.number(value, 4); }
  u64(value: number | bigint): this { return this.number(value, 8); }

  f64(value: number): this {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return this.u64(view.getBigUint64(0));
  }

  /** Two's complement; the upper bits of a number that is too large are lost. */
  number(value: number | bigint, size: number): this {
    const bits = BigInt.asUintN(size * 8, BigInt(value));
    for (let i = 0; i < size; i++) {
      const byte = this.order === 'little' ? i : size - 1 - i;
      this.#bytes.push(Number((bits >> BigInt(byte * 8)) & 0xffn));
    }
    return this;
  }

  raw(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** Text in a space of `size` bytes, filled with NUL. What is longer is cut. */
  text(value: string, size: number): this {
    const bytes = textBytes(value).subarray(0, size);
    return this.raw(bytes).zeros(size - bytes.length);
  }

  zeros(count: number): this {
    for (let i = 0; i < count; i++) this.#bytes.push(0);
    return this;
  }

  /** NUL up to a multiple of `unit`. */
  align(unit: number): this {
    return this.zeros((unit - (this.#bytes.length % unit)) % unit);
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** UTF-8; U+DC80 to U+DCFF stand for the bytes 0x80 to 0xff where they are no UTF-8. */
export function textBytes(value: string): Uint8Array {
  return Uint8Array.from(Array.from(value).flatMap((character) => {
    const code = character.codePointAt(0)!;
    return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...new TextEncoder().encode(character)];
  }));
}

export function hexOf(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `count` bytes that are all different as far as that goes: begin, begin + 1, … */
export function someBytes(count: number, begin = 1): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => (begin + i) & 0xff);
}
