// Recordings of some MB, written fast: hostile inputs are made of very many small records.

import { numbers } from '../recording-model.ts';
import { joined } from '../mutate.ts';

/** IP, TID, TIME, CALLCHAIN, PERIOD. */
export const CHAIN_SAMPLES = 0x127n;
const USER_MISC = 2;
const KERNEL_MISC = 1;
const CONTEXT_USER = -512n;
const CONTEXT_KERNEL = -128n;

export interface HostileAttr {
  readonly type?: number;
  readonly config?: bigint;
  readonly sampleType?: bigint;
  readonly readFormat?: bigint;
  readonly flags?: bigint;
  readonly userRegs?: bigint;
  readonly stackSize?: bigint;
  /** In the attr; what is not given is 0. */
  readonly ids?: readonly bigint[];
}

/** 144 bytes, little-endian, with sample_id_all. */
export function attrOf({ type = 1, config = 0n, sampleType = CHAIN_SAMPLES, readFormat = 0n, flags = 0n, userRegs = 0n, stackSize = 0n }: HostileAttr): Uint8Array {
  return numbers(true, [4, BigInt(type)], [4, 144n], [8, config], [8, 1n], [8, sampleType], [8, readFormat], [8, flags | (1n << 18n)], [8, 0n], [8, 0n], [8, 0n],
    [8, 0n], [8, userRegs], [4, stackSize], [4, 0n], [8, 0n], [8, 0n], [8, 0n], [8, 0n], [8, 0n], [8, 0n]);
}

/** Records one behind the other; grows as needed. Times are the number of the record. */
export class HostileRecords {
  #bytes: Uint8Array<ArrayBuffer> = new Uint8Array(1 << 20);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #start = 0;
  #time = 1;

  begin(type: number, misc = 0): this {
    if (this.#length + 70_000 > this.#bytes.length) {
      const larger = new Uint8Array(this.#bytes.length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#start = this.#length;
    return this.u32(type).u16(misc).u16(0);
  }

  end(): this {
    while (this.#length % 8 !== 0) this.#bytes[this.#length++] = 0;
    this.#view.setUint16(this.#start + 6, this.#length - this.#start, true);
    return this;
  }

  u16(value: number): this {
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
    return this;
  }

  u32(value: number): this {
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  u64(value: number | bigint): this {
    if (typeof value === 'bigint') this.#view.setBigInt64(this.#length, BigInt.asIntN(64, value), true);
    else {
      this.#view.setUint32(this.#length, value % 2 ** 32, true);
      this.#view.setInt32(this.#length + 4, Math.floor(value / 2 ** 32), true);
    }
    this.#length += 8;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** NUL-terminated, padded to 8. */
  text(text: string): this {
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
    do this.#bytes[this.#length++] = 0;
    while (this.#length % 8 !== 0);
    return this;
  }

  /** pid, tid and time: the trailer of records that are no samples, for CHAIN_SAMPLES. */
  trailer(pid: number, time: number = this.#time++): this {
    return this.u32(pid).u32(pid).u64(time);
  }

  comm(pid: number, name: string, exec = false): this {
    return this.begin(3, exec ? 0x2000 : 0).u32(pid).u32(pid).text(name).trailer(pid).end();
  }

  mmap(pid: number, start: number, length: number, path: string): this {
    this.begin(10, USER_MISC).u32(pid).u32(pid).u64(start).u64(length).u64(0).u32(8).u32(1).u64(7).u64(0).u32(5).u32(2);
    return this.text(path).trailer(pid).end();
  }

  fork(pid: number, parent: number): this {
    return this.begin(7).u32(pid).u32(parent).u32(pid).u32(parent).u64(this.#time).trailer(parent).end();
  }

  ksymbol(address: bigint, length: number, name: string): this {
    return this.begin(17).u64(address).u32(length).u16(1).u16(0).text(name).trailer(0).end();
  }

  sample(pid: number, chain: readonly (number | bigint)[], kernel = false): this {
    this.begin(9, kernel ? KERNEL_MISC : USER_MISC).u64(chain[0] ?? 0).u32(pid).u32(pid).u64(this.#time++).u64(1);
    this.u64(chain.length + 1).u64(kernel ? CONTEXT_KERNEL : CONTEXT_USER);
    for (const address of chain) this.u64(address);
    return this.end();
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** A file with its records in the order given. */
export function hostileFile(attrs: readonly HostileAttr[], records: Uint8Array, features: readonly (readonly [number, Uint8Array])[] = []): Uint8Array {
  const ids = joined(...attrs.map(({ ids: own = [] }) => new Uint8Array(BigUint64Array.from(own).buffer)));
  const attrsOffset = 104 + ids.length;
  const dataOffset = attrsOffset + attrs.length * 160;
  let idAt = 104;
  const entries = attrs.map((attr) => {
    const size = (attr.ids?.length ?? 0) * 8;
    idAt += size;
    return joined(attrOf(attr), numbers(true, [8, BigInt(size === 0 ? 0 : idAt - size)], [8, BigInt(size)]));
  });
  let bits = 0n;
  let place = dataOffset + records.length + features.length * 16;
  const table = features.map(([id, payload]) => {
    bits |= 1n << BigInt(id);
    place += payload.length;
    return numbers(true, [8, BigInt(place - payload.length)], [8, BigInt(payload.length)]);
  });
  const header = numbers(true, [8, 0x32454c4946524550n], [8, 104n], [8, 160n], [8, BigInt(attrsOffset)], [8, BigInt(attrs.length * 160)], [8, BigInt(dataOffset)], [8, BigInt(records.length)],
    [8, 0n], [8, 0n], [8, bits & (2n ** 64n - 1n)], [8, (bits >> 64n) & (2n ** 64n - 1n)], [8, (bits >> 128n) & (2n ** 64n - 1n)], [8, bits >> 192n]);
  return joined(header, ids, ...entries, records, ...table, ...features.map(([, payload]) => payload));
}

export function hostilePipe(records: Uint8Array): Uint8Array {
  return joined(numbers(true, [8, 0x32454c4946524550n], [8, 16n]), records);
}
