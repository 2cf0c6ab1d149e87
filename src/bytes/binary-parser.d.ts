// What we use of binary-parser 2.3: the types that come with it cannot be found through its `exports`.
declare module 'binary-parser' {
  export class Parser {
    endianness(order: 'little' | 'big'): this;
    uint8(name: string): this;
    uint16(name: string): this;
    int32(name: string): this;
    uint32(name: string): this;
    uint64(name: string): this;
    int64(name: string): this;
    array(name: string, options: { type: string; length: number }): this;
    parse(buffer: Uint8Array): unknown;
    /** The body of a function of `buffer`. */
    getCode(): string;
  }
}
