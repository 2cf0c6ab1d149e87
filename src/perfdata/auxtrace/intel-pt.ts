// Packets of an Intel Processor Trace (Intel 64 and IA-32 SDM, volume 3, chapter "Intel Processor Trace", Packet Definitions), one
// after the other. What they mean together (which code ran) needs the code itself and is not told here.

/** Kinds of packets. */
export const PtPacket = {
  /** No packet begins here, or not all of it is there. One byte long. */
  Bad: 0,
  Pad: 1,
  /** Taken and not-taken branches: `bits` of them, the oldest the highest, in `low` and `high`. */
  Tnt: 2,
  /** Targets: `low` and `high` hold the `size` bytes of the address that are given. */
  Tip: 3,
  TipPge: 4,
  TipPgd: 5,
  Fup: 6,
  ModeExec: 7,
  ModeTsx: 8,
  TraceStop: 9,
  Cbr: 10,
  Tsc: 11,
  Mtc: 12,
  /** The counter of MTC packets in `low`, the fast one in `high`. */
  Tma: 13,
  Cyc: 14,
  Psb: 15,
  PsbEnd: 16,
  Vmcs: 17,
  Overflow: 18,
  Pip: 19,
  Maintenance: 20,
  PtWrite: 21,
  ExecutionStop: 22,
  /** Hints in `low`, extensions in `high`. */
  Mwait: 23,
  PowerEntry: 24,
  PowerExit: 25,
  /** A block of BIP packets begins: `size` bytes in each, of type `low`. */
  BlockBegin: 26,
  /** An item of a block: its number in `extra`. */
  BlockItem: 27,
  BlockEnd: 28,
  /** Type in `extra`, vector in `low`. */
  ControlFlowEvent: 29,
  /** Type in `extra`. */
  EventData: 30,
} as const;

/** Longest packet, in bytes. */
export const MAX_PT_PACKET = 16;

const PSB_LOW = 0x02;
const PSB_HIGH = 0x82;
const IP_BIT = 0x80;
/** Times, and what the processor says of its power, may come between the items of a block; code that runs on has left it. */
const CLOSES_BLOCK: ReadonlySet<number> = new Set([
  PtPacket.Tnt, PtPacket.Tip, PtPacket.TipPge, PtPacket.TipPgd, PtPacket.ModeExec, PtPacket.ModeTsx, PtPacket.Pip, PtPacket.Overflow,
  PtPacket.Vmcs, PtPacket.TraceStop, PtPacket.Psb, PtPacket.PsbEnd, PtPacket.PtWrite, PtPacket.Mwait, PtPacket.BlockEnd,
  PtPacket.ControlFlowEvent, PtPacket.EventData,
]);
/** By the three bits that say how an address is given: how many bytes of it follow; -1 where that is reserved. */
const ADDRESS_BYTES = [0, 2, 4, 6, 6, -1, 8, -1];

/** Reads packets in place. One reader for a trace: it knows whether a block is open. */
export class IntelPtReader {
  kind = 0;
  /** In bytes. */
  length = 0;
  /** The payload's low and high 32 bits, unsigned. */
  low = 0;
  high = 0;
  /** Number of bits (TNT) or bytes (addresses, PTWRITE, blocks) of the payload. */
  size = 0;
  extra = 0;
  /** Whether a FUP follows that says where (the IP bit). */
  hasIp = false;
  /** Bytes of an item of the block that is open; 0 outside of blocks. */
  #itemSize = 0;

  /** Reads the packet at `at`, which ends before `end`. Moves nothing: the next one begins `length` bytes on. */
  read(bytes: Uint8Array, at: number, end: number): void {
    this.kind = PtPacket.Bad;
    this.length = 1;
    this.low = this.high = this.size = this.extra = 0;
    this.hasIp = false;
    const byte = bytes[at]!;
    const left = end - at;
    if (this.#itemSize !== 0 && (byte & 7) === 4) this.#item(bytes, at, left, byte);
    else if (byte === 0) this.kind = PtPacket.Pad;
    else if (byte === 2) this.#extended(bytes, at, left);
    else if ((byte & 1) === 0) this.#shortTnt(byte);
    else if ((byte & 3) === 3) this.#cycles(bytes, at, left);
    else this.#byFirstByte(bytes, at, left, byte);
    if (this.kind === PtPacket.Bad) this.length = 1;
    if (CLOSES_BLOCK.has(this.kind)) this.#itemSize = 0;
  }

  #byFirstByte(bytes: Uint8Array, at: number, left: number, byte: number): void {
    switch (byte & 0x1f) {
      case 0x0d: return this.#address(PtPacket.Tip, bytes, at, left, byte);
      case 0x11: return this.#address(PtPacket.TipPge, bytes, at, left, byte);
      case 0x01: return this.#address(PtPacket.TipPgd, bytes, at, left, byte);
      case 0x1d: return this.#address(PtPacket.Fup, bytes, at, left, byte);
    }
    if (byte === 0x19) this.#take(PtPacket.Tsc, bytes, at + 1, 7, left, 8);
    else if (byte === 0x59) this.#take(PtPacket.Mtc, bytes, at + 1, 1, left, 2);
    else if (byte === 0x99) this.#mode(bytes, at, left);
  }

  /** A packet of `length` bytes whose payload is `size` bytes at `from`; Bad where it is cut. */
  #take(kind: number, bytes: Uint8Array, from: number, size: number, left: number, length: number): void {
    if (left < length) return;
    this.kind = kind;
    this.length = length;
    for (let i = 0; i < size; i++) {
      if (i < 4) this.low = (this.low | (bytes[from + i]! << (8 * i))) >>> 0;
      else this.high = (this.high | (bytes[from + i]! << (8 * (i - 4)))) >>> 0;
    }
  }

  #shortTnt(byte: number): void {
    this.kind = PtPacket.Tnt;
    this.size = 30 - Math.clz32(byte);
    this.low = (byte >>> 1) & ((1 << this.size) - 1);
  }

  #longTnt(bytes: Uint8Array, at: number, left: number): void {
    this.#take(PtPacket.Tnt, bytes, at + 2, 6, left, 8);
    if (this.kind === PtPacket.Bad) return;
    // The highest bit that is set ends them.
    const stop = this.high !== 0 ? 63 - Math.clz32(this.high) : 31 - Math.clz32(this.low);
    if (stop < 0) return;
    this.size = stop;
    if (stop >= 32) this.high = (this.high & ~(1 << (stop - 32))) >>> 0;
    else this.low = (this.low & ~(1 << stop)) >>> 0;
  }

  #address(kind: number, bytes: Uint8Array, at: number, left: number, byte: number): void {
    const size = ADDRESS_BYTES[byte >>> 5]!;
    if (size < 0) return;
    this.#take(kind, bytes, at + 1, size, left, 1 + size);
    this.size = size;
    this.extra = byte >>> 5;
  }

  #mode(bytes: Uint8Array, at: number, left: number): void {
    if (left < 2) return;
    const mode = bytes[at + 1]!;
    // Both low bits at once are reserved in either leaf.
    if ((mode & 3) === 3) return;
    if (mode >>> 5 === 0) this.#take(PtPacket.ModeExec, bytes, at + 1, 1, left, 2);
    else if (mode >>> 5 === 1) this.#take(PtPacket.ModeTsx, bytes, at + 1, 1, left, 2);
  }

  /** Five bits of the count in the first byte, seven in each that follows as long as its lowest bit says so. */
  #cycles(bytes: Uint8Array, at: number, left: number): void {
    const first = bytes[at]!;
    let value = BigInt(first >>> 3);
    let length = 1;
    if ((first & 4) !== 0) {
      let shift = 5n;
      for (;;) {
        if (length >= left || shift > 61n) return;
        const byte = bytes[at + length++]!;
        value |= BigInt(byte >>> 1) << shift;
        shift += 7n;
        if ((byte & 1) === 0) break;
      }
    }
    this.kind = PtPacket.Cyc;
    this.length = length;
    this.low = Number(value & 0xffff_ffffn);
    this.high = Number((value >> 32n) & 0xffff_ffffn);
  }

  #item(bytes: Uint8Array, at: number, left: number, byte: number): void {
    this.#take(PtPacket.BlockItem, bytes, at + 1, this.#itemSize, left, 1 + this.#itemSize);
    this.extra = byte >>> 3;
    this.size = this.#itemSize;
  }

  /** Packets that begin with 0x02: the second byte says which. */
  #extended(bytes: Uint8Array, at: number, left: number): void {
    if (left < 2) return;
    const second = bytes[at + 1]!;
    this.hasIp = (second & IP_BIT) !== 0;
    if ((second & 0x1f) === 0x12) return this.#ptWrite(bytes, at, left, second);
    switch (second) {
      case 0xa3: return this.#longTnt(bytes, at, left);
      case PSB_HIGH: return this.#psb(bytes, at, left);
      case 0x23: return this.#take(PtPacket.PsbEnd, bytes, at, 0, left, 2);
      case 0x83: return this.#take(PtPacket.TraceStop, bytes, at, 0, left, 2);
      case 0xf3: return this.#take(PtPacket.Overflow, bytes, at, 0, left, 2);
      case 0x03: return this.#take(PtPacket.Cbr, bytes, at + 2, 2, left, 4);
      case 0x43: return this.#take(PtPacket.Pip, bytes, at + 2, 6, left, 8);
      case 0xc8: return this.#take(PtPacket.Vmcs, bytes, at + 2, 5, left, 7);
      case 0x73: return this.#tma(bytes, at, left);
      case 0xc3: return left >= 3 && bytes[at + 2] === 0x88 ? this.#take(PtPacket.Maintenance, bytes, at + 3, 8, left, 11) : undefined;
      case 0x62:
      case 0xe2: return this.#take(PtPacket.ExecutionStop, bytes, at, 0, left, 2);
      case 0xc2: return this.#take(PtPacket.Mwait, bytes, at + 2, 8, left, 10);
      case 0x22: return this.#take(PtPacket.PowerEntry, bytes, at + 2, 2, left, 4);
      case 0xa2: return this.#take(PtPacket.PowerExit, bytes, at + 2, 5, left, 7);
      case 0x63: return this.#blockBegin(bytes, at, left);
      case 0x33:
      case 0xb3: return this.#take(PtPacket.BlockEnd, bytes, at, 0, left, 2);
      case 0x13: return this.#controlFlowEvent(bytes, at, left);
      case 0x53: return this.#eventData(bytes, at, left);
    }
  }

  #psb(bytes: Uint8Array, at: number, left: number): void {
    if (left < MAX_PT_PACKET) return;
    for (let i = 0; i < MAX_PT_PACKET; i += 2) if (bytes[at + i] !== PSB_LOW || bytes[at + i + 1] !== PSB_HIGH) return;
    this.kind = PtPacket.Psb;
    this.length = MAX_PT_PACKET;
  }

  #tma(bytes: Uint8Array, at: number, left: number): void {
    this.#take(PtPacket.Tma, bytes, at + 2, 2, left, 7);
    if (this.kind === PtPacket.Tma) this.high = bytes[at + 5]! | ((bytes[at + 6]! & 1) << 8);
  }

  #ptWrite(bytes: Uint8Array, at: number, left: number, second: number): void {
    const form = (second >>> 5) & 3;
    if (form > 1) return;
    this.size = form === 0 ? 4 : 8;
    this.#take(PtPacket.PtWrite, bytes, at + 2, this.size, left, 2 + this.size);
  }

  #blockBegin(bytes: Uint8Array, at: number, left: number): void {
    if (left < 3) return;
    const byte = bytes[at + 2]!;
    this.kind = PtPacket.BlockBegin;
    this.length = 3;
    this.low = byte & 0x1f;
    this.#itemSize = this.size = (byte & 0x80) === 0 ? 8 : 4;
  }

  #controlFlowEvent(bytes: Uint8Array, at: number, left: number): void {
    if (left < 4) return;
    this.kind = PtPacket.ControlFlowEvent;
    this.length = 4;
    this.hasIp = (bytes[at + 2]! & IP_BIT) !== 0;
    this.extra = bytes[at + 2]! & 0x1f;
    this.low = bytes[at + 3]!;
  }

  #eventData(bytes: Uint8Array, at: number, left: number): void {
    this.#take(PtPacket.EventData, bytes, at + 3, 8, left, 11);
    if (this.kind === PtPacket.EventData) this.extra = bytes[at + 2]! & 0x3f;
  }
}
