// Writes jitdumps for the tests: any record, either byte order, well formed unless asked otherwise (FORMAT 4).

const TEXT = new TextEncoder();

export interface Load {
  name: string | Uint8Array;
  start: number;
  size: number;
  time: bigint;
  index?: number;
  pid?: number;
  /** 32 bits by the format; 64 as CPython 3.15 wrote it on macOS, its fields aligned or packed. */
  threadId?: 'format' | 'aligned64' | 'packed64';
}

export class JitdumpWriter {
  readonly #bytes: number[] = [];
  readonly #little: boolean;
  readonly #pid: number;

  constructor(options: { littleEndian?: boolean; pid?: number; machine?: number; flags?: bigint; headerSize?: number } = {}) {
    this.#little = options.littleEndian ?? true;
    this.#pid = options.pid ?? 77;
    const headerSize = options.headerSize ?? 40;
    this.#u32(0x4a695444, 1, headerSize, options.machine ?? 62, 0, this.#pid);
    this.#u64(1_700_000_000_000_000n, options.flags ?? 0n);
    for (let i = 40; i < headerSize; i++) this.#bytes.push(0xee);
  }

  get length(): number {
    return this.#bytes.length;
  }

  load(load: Load): this {
    const name = typeof load.name === 'string' ? TEXT.encode(load.name) : load.name;
    const layout = load.threadId ?? 'format';
    const fixed = layout === 'format' ? 56 : layout === 'aligned64' ? 64 : 60;
    this.#prefix(0, fixed + name.length + 1 + load.size, load.time);
    this.#u32(load.pid ?? this.#pid);
    if (layout === 'aligned64') this.#u32(0);
    if (layout === 'format') this.#u32(load.pid ?? this.#pid);
    else this.#u64(0x1_2345_6789n);
    this.#u64(BigInt(load.start), BigInt(load.start), BigInt(load.size), BigInt(load.index ?? 1));
    this.#bytes.push(...name, 0);
    for (let i = 0; i < load.size; i++) this.#bytes.push(0x90);
    return this;
  }

  move(move: { from: number; to: number; size: number; index: number; time: bigint }): this {
    this.#prefix(1, 64, move.time);
    this.#u32(this.#pid, this.#pid);
    this.#u64(BigInt(move.to), BigInt(move.from), BigInt(move.to), BigInt(move.size), BigInt(move.index));
    return this;
  }

  /** A file of null is "as the entry before". `align`: zeros behind it up to a multiple of this, as V8 and wasmtime write them. */
  debugInfo(start: number, entries: { address: number; line: number; column: number; file: string | null }[], time: bigint, align: number = 1): this {
    const names = entries.map((entry) => (entry.file === null ? new Uint8Array([0xff]) : TEXT.encode(entry.file)));
    const size = 32 + names.reduce((sum, name) => sum + 17 + name.length, 0);
    const padded = Math.ceil(size / align) * align;
    this.#prefix(2, padded, time);
    this.#u64(BigInt(start), BigInt(entries.length));
    entries.forEach((entry, i) => {
      this.#u64(BigInt(entry.address));
      this.#u32(entry.line, entry.column);
      this.#bytes.push(...names[i]!, 0);
    });
    for (let i = size; i < padded; i++) this.#bytes.push(0);
    return this;
  }

  close(time: bigint): this {
    this.#prefix(3, 16, time);
    return this;
  }

  /** `isHeaderFirst`: in the order in which LLVM writes them. */
  unwinding(ehFrame: Uint8Array, ehFrameHdr: Uint8Array, time: bigint, isHeaderFirst: boolean = false): this {
    const length = ehFrame.length + ehFrameHdr.length;
    const padding = (8 - ((40 + length) % 8)) % 8;
    this.#prefix(4, 40 + length + padding, time);
    this.#u64(BigInt(length), BigInt(ehFrameHdr.length), BigInt(Math.ceil(length / 16) * 16));
    this.#bytes.push(...(isHeaderFirst ? [...ehFrameHdr, ...ehFrame] : [...ehFrame, ...ehFrameHdr]));
    for (let i = 0; i < padding; i++) this.#bytes.push(0);
    return this;
  }

  unknown(id: number, content: Uint8Array, time: bigint): this {
    this.#prefix(id, 16 + content.length, time);
    this.#bytes.push(...content);
    return this;
  }

  raw(bytes: Iterable<number>): this {
    this.#bytes.push(...bytes);
    return this;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #prefix(id: number, size: number, time: bigint): void {
    this.#u32(id, size);
    this.#u64(time);
  }

  #u32(...values: number[]): void {
    for (const value of values) this.#number(BigInt(value >>> 0), 4);
  }

  #u64(...values: bigint[]): void {
    for (const value of values) this.#number(BigInt.asUintN(64, value), 8);
  }

  #number(value: bigint, width: number): void {
    for (let i = 0; i < width; i++) {
      const byte = this.#little ? i : width - 1 - i;
      this.#bytes.push(Number((value >> BigInt(8 * byte)) & 255n));
    }
  }
}
