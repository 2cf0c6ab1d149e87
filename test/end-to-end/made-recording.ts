// Recordings made up record by record, for what no recording of testdata shows: processes that map, fork and exec, and samples with
// frame-pointer chains at chosen addresses and times.

import { fileOf, recordOf, type AttrOptions, type Writer } from '../perfdata/recording.ts';

// IP, TID, TIME, CALLCHAIN, PERIOD.
const SAMPLE_TYPE = 1 | 2 | 4 | 0x20 | 0x100;
const CONTEXT_KERNEL = -128n;
const CONTEXT_USER = -512n;
const CONTEXT_USER_DEFERRED = -640n;
const MISC_KERNEL = 1;
const MISC_USER = 2;
const MISC_COMM_EXEC = 0x2000;
const MISC_MMAP_BUILD_ID = 0x4000;

export interface MadeMapping {
  readonly start: number;
  readonly length: number;
  readonly path: string;
  readonly pageOffset?: number;
  /** 5 if left out: read and execute. */
  readonly protection?: number;
  readonly inode?: number;
  /** 20 bytes, in place of device and inode. */
  readonly buildId?: Uint8Array;
}

/** Times are nanoseconds, given for each record. */
export class MadeRecording {
  readonly #records: Uint8Array[] = [];
  readonly #attr: Partial<AttrOptions>;

  /** `clockId` 1: recorded with -k 1, as jitdumps need it. `flags`: numbers of further bits of the attr. */
  constructor(attr: Pick<AttrOptions, 'clockId' | 'flags'> = {}) {
    this.#attr = attr;
  }

  comm(pid: number, name: string, time: number, exec = false): this {
    return this.#add(3, exec ? MISC_COMM_EXEC : 0, pid, time, (writer) => writer.u32(pid).u32(pid).raw(padded(name)));
  }

  mmap(pid: number, { start, length, path, pageOffset = 0, protection = 5, inode = 7, buildId }: MadeMapping, time: number): this {
    return this.#add(10, buildId === undefined ? MISC_USER : MISC_USER | MISC_MMAP_BUILD_ID, pid, time, (writer) => {
      writer.u32(pid).u32(pid).u64(start).u64(length).u64(pageOffset);
      if (buildId === undefined) writer.u32(8).u32(1).u64(inode).u64(0);
      else writer.u32(buildId.length).raw(buildId);
      return writer.u32(protection).u32(2).raw(padded(path));
    });
  }

  fork(pid: number, parent: number, time: number): this {
    return this.#add(7, 0, parent, time, (writer) => writer.u32(pid).u32(parent).u32(pid).u32(parent).u64(time));
  }

  exit(pid: number, time: number): this {
    return this.#add(4, 0, pid, time, (writer) => writer.u32(pid).u32(1).u32(pid).u32(1).u64(time));
  }

  /** A sample in user mode. `chain` is the whole stack, leaf first. */
  sample(pid: number, chain: readonly number[], time: number, period = 1): this {
    this.#records.push(
      recordOf(true, 9, MISC_USER, (writer) => {
        writer.u64(chain[0] ?? 0).u32(pid).u32(pid).u64(time).u64(period).u64(chain.length + 1).u64(CONTEXT_USER);
        for (const address of chain) writer.u64(BigInt(address));
      }),
    );
    return this;
  }

  /** A sample in kernel mode whose user chain comes later, under a cookie. */
  openSample(pid: number, kernelChain: readonly number[], cookie: number, time: number): this {
    this.#records.push(
      recordOf(true, 9, MISC_KERNEL, (writer) => {
        writer.u64(BigInt(kernelChain[0]!)).u32(pid).u32(pid).u64(time).u64(1).u64(kernelChain.length + 3).u64(CONTEXT_KERNEL);
        for (const address of kernelChain) writer.u64(BigInt(address));
        writer.u64(CONTEXT_USER_DEFERRED).u64(cookie);
      }),
    );
    return this;
  }

  /** The user chain that samples of a thread waited for. */
  deferredChain(pid: number, chain: readonly number[], cookie: number, time: number): this {
    return this.#add(22, MISC_USER, pid, time, (writer) => {
      writer.u64(cookie).u64(chain.length + 1).u64(CONTEXT_USER);
      for (const address of chain) writer.u64(BigInt(address));
      return writer;
    });
  }

  lostSamples(count: number, time: number): this {
    return this.#add(13, 0, 0, time, (writer) => writer.u64(count));
  }

  bytes(): Uint8Array {
    return fileOf(true, [{ sampleType: SAMPLE_TYPE, ...this.#attr }], this.#records);
  }

  #add(type: number, misc: number, pid: number, time: number, body: (writer: Writer) => Writer): this {
    this.#records.push(recordOf(true, type, misc, (writer) => body(writer).u32(pid).u32(pid).u64(time)));
    return this;
  }
}

function padded(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const whole = new Uint8Array(Math.ceil((bytes.length + 1) / 8) * 8);
  whole.set(bytes);
  return whole;
}
