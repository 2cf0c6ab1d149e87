// Packets of Arm's Statistical Profiling Extension (Arm Architecture Reference Manual for A-profile, chapter "Statistical Profiling
// Extension Sample Record Specification"), one after the other. A record is a run of packets that ends with End or Timestamp.

/** Kinds of packets. */
export const SpePacket = {
  /** No packet begins here, or not all of it is there. One byte long. */
  Bad: 0,
  /** Padding, also up to an alignment. */
  Pad: 1,
  End: 2,
  Timestamp: 3,
  /** What happened: a bit for each event. */
  Events: 4,
  DataSource: 5,
  /** Exception level in `index`. */
  Context: 6,
  /** Class of the operation in `index`. */
  Operation: 7,
  /** Which address in `index`. */
  Address: 8,
  /** Which counter in `index`. */
  Counter: 9,
} as const;

/** Longest packet, in bytes: an alignment. */
export const MAX_SPE_PACKET = 16;

/** Reads packets in place. */
export class ArmSpeReader {
  kind = 0;
  /** In bytes. */
  length = 0;
  index = 0;
  /** The payload's low and high 32 bits, unsigned. */
  low = 0;
  high = 0;

  /** Reads the packet at `at`, which ends before `end`; `position` is where in the trace that is. */
  read(bytes: Uint8Array, at: number, end: number, position: number): void {
    this.kind = SpePacket.Bad;
    this.length = 1;
    this.index = this.low = this.high = 0;
    const header = bytes[at]!;
    if (header === 0) this.kind = SpePacket.Pad;
    else if (header === 1) this.kind = SpePacket.End;
    else if ((header & 0xfc) === 0x20) this.#extended(bytes, at, end, position);
    else this.#packet(bytes, at, at, end, 0);
    if (this.kind === SpePacket.Bad) this.length = 1;
  }

  /** A header of two bytes: more addresses and counters, or an alignment to a power of two. */
  #extended(bytes: Uint8Array, at: number, end: number, position: number): void {
    if (at + 1 >= end) return;
    const header = bytes[at]!;
    if (bytes[at + 1] === 0) {
      const alignment = 2 << (header & 3);
      if (end - at < alignment) return;
      this.kind = SpePacket.Pad;
      this.length = alignment - (position & (alignment - 1));
      return;
    }
    const kind = kindOf(bytes[at + 1]!);
    if (kind === SpePacket.Address || kind === SpePacket.Counter) this.#packet(bytes, at, at + 1, end, (header & 3) << 3);
  }

  #packet(bytes: Uint8Array, start: number, at: number, end: number, base: number): void {
    const header = bytes[at]!;
    const kind = kindOf(header);
    const size = 1 << ((header >> 4) & 3);
    if (kind === SpePacket.Bad || at + 1 + size > end) return;
    this.kind = kind;
    this.length = at + 1 + size - start;
    this.index = kind === SpePacket.Address || kind === SpePacket.Counter ? base + (header & 7) : header & 3;
    for (let i = 0; i < size; i++) {
      if (i < 4) this.low = (this.low | (bytes[at + 1 + i]! << (8 * i))) >>> 0;
      else this.high = (this.high | (bytes[at + 1 + i]! << (8 * (i - 4)))) >>> 0;
    }
  }
}

/** By the bits that name the kind; two others say how long the payload is. */
function kindOf(header: number): number {
  if (header === 0x71) return SpePacket.Timestamp;
  if ((header & 0xcf) === 0x42) return SpePacket.Events;
  if ((header & 0xcf) === 0x43) return SpePacket.DataSource;
  if ((header & 0xfc) === 0x64) return SpePacket.Context;
  if ((header & 0xfc) === 0x48) return SpePacket.Operation;
  if ((header & 0xf8) === 0xb0) return SpePacket.Address;
  return (header & 0xf8) === 0x98 ? SpePacket.Counter : SpePacket.Bad;
}
