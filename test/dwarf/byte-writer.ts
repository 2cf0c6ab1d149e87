// Numbers in either byte order and LEB128, one after another, as the writers of test sections need them.

export class ByteWriter {
  readonly bytes: number[] = [];
  readonly littleEndian: boolean;
  constructor(littleEndian: boolean) {
    this.littleEndian = littleEndian;
  }
  number(value: bigint | number, size: number): this {
    const bits = BigInt.asUintN(size * 8, BigInt(value));
    for (let i = 0; i < size; i++) this.bytes.push(Number((bits >> BigInt(8 * (this.littleEndian ? i : size - 1 - i))) & 0xffn));
    return this;
  }
  uleb(value: number): this {
    let rest = BigInt(value);
    do {
      const byte = Number(rest & 0x7fn);
      rest >>= 7n;
      this.bytes.push(rest === 0n ? byte : byte | 0x80);
    } while (rest !== 0n);
    return this;
  }
  sleb(value: number): this {
    let rest = BigInt(value);
    for (;;) {
      const byte = Number(rest & 0x7fn);
      rest >>= 7n;
      if (rest === (byte & 0x40 ? -1n : 0n)) {
        this.bytes.push(byte);
        return this;
      }
      this.bytes.push(byte | 0x80);
    }
  }
}
