// Jitdumps, record by record, and what a reader is to find in them.

import type { Json, JsonObject } from './json.ts';
import { type ByteOrder, Packer, textBytes } from './packer.ts';
import type { Departure } from './recording.ts';
import { decimal, hex } from './structure.ts';

export interface Load {
  readonly name: string;
  readonly address: bigint;
  readonly code: Uint8Array;
  readonly index: bigint;
  readonly time: bigint;
  /** The header's by default. */
  readonly pid?: number;
  /** As CPython 3.15 on macOS wrote it: of 64 bits, aligned or not. */
  readonly tid64?: 'aligned' | 'packed';
}

export interface Move {
  readonly from: bigint;
  readonly to: bigint;
  readonly size: number;
  readonly index: bigint;
  readonly time: bigint;
}

/** A file of undefined is the one of the entry before. */
export interface LineEntry {
  readonly address: bigint;
  readonly line: number;
  readonly discriminator: number;
  readonly file: string | undefined;
}

/** A record, as bytes behind its prefix. */
export interface JitRecord {
  readonly id: number;
  readonly time: bigint;
  readonly write: (packer: Packer, pid: number) => void;
  /** What its prefix says as size, where that is not so. */
  readonly saidSize?: number;
  /** Not a record: bytes. */
  readonly isNoise?: boolean;
}

export function load(values: Load): JitRecord {
  return {
    id: 0,
    time: values.time,
    write: (packer, ownPid) => {
      const pid = values.pid ?? ownPid;
      packer.u32(pid);
      if (values.tid64 === undefined) packer.u32(pid + 1);
      else {
        if (values.tid64 === 'aligned') packer.u32(0);
        packer.u64(0x0000_0001_2345_6789n);
      }
      packer.u64(values.address).u64(values.address).u64(values.code.length).u64(values.index);
      packer.raw(textBytes(values.name)).u8(0).raw(values.code);
    },
  };
}

export function move(values: Move): JitRecord {
  return {
    id: 1,
    time: values.time,
    write: (packer, pid) => void packer.u32(pid).u32(pid + 1).u64(values.to).u64(values.from).u64(values.to).u64(values.size).u64(values.index),
  };
}

/** `padded`: to a multiple of 8, as LLVM does. */
export function debugInfo(address: bigint, entries: readonly LineEntry[], time: bigint, padded = false): JitRecord {
  return {
    id: 2,
    time,
    write: (packer) => {
      const body = new Packer(packer.order).u64(address).u64(entries.length);
      for (const entry of entries) {
        body.u64(entry.address).u32(entry.line).u32(entry.discriminator);
        body.raw(entry.file === undefined ? [0xff] : textBytes(entry.file)).u8(0);
      }
      packer.raw(padded ? body.align(8).bytes() : body.bytes());
    },
  };
}

export function close(time: bigint): JitRecord {
  return { id: 3, time, write: () => {} };
}

export function unwinding(ehFrame: Uint8Array, header: Uint8Array, mappedSize: number, time: bigint): JitRecord {
  return {
    id: 4,
    time,
    write: (packer) => {
      const length = ehFrame.length + header.length;
      packer.u64(length).u64(header.length).u64(mappedSize).raw(ehFrame).raw(header).align(8);
    },
  };
}

export function otherRecord(id: number, bytes: Uint8Array, time: bigint): JitRecord {
  return { id, time, write: (packer) => void packer.raw(bytes) };
}

export function noise(bytes: Iterable<number>): JitRecord {
  const kept = [...bytes];
  return { id: 0, time: 0n, write: (packer) => void packer.raw(kept), isNoise: true };
}

export interface JitdumpSpec {
  readonly pid?: number;
  readonly machine?: number;
  readonly version?: number;
  readonly time?: bigint;
  readonly flags?: bigint;
  /** Bytes of the header, and what it says of that. */
  readonly headerSize?: number;
  readonly saidHeaderSize?: number;
  readonly records: readonly JitRecord[];
  /** The file ends here. */
  readonly cut?: (layout: JitLayout) => number;
  readonly expect: (layout: JitLayout) => JsonObject;
  readonly departures?: (layout: JitLayout) => readonly Departure[];
}

export interface JitLayout {
  readonly records: readonly { readonly offset: number; readonly size: number }[];
  readonly end: number;
}

export interface BuiltJitdump {
  readonly bytes: Uint8Array;
  readonly expect: JsonObject;
  readonly departures: readonly Departure[];
}

export function buildJitdump(order: ByteOrder, spec: JitdumpSpec): BuiltJitdump {
  const { pid = 4242, machine = 62, headerSize = 40 } = spec;
  const packer = new Packer(order);
  packer.u32(0x4a695444).u32(spec.version ?? 1).u32(spec.saidHeaderSize ?? headerSize).u32(machine).u32(0).u32(pid).u64(spec.time ?? 1n).u64(spec.flags ?? 0n).zeros(headerSize - 40);
  const places: { offset: number; size: number }[] = [];
  for (const record of spec.records) {
    const body = new Packer(order);
    record.write(body, pid);
    const offset = packer.length;
    if (record.isNoise !== true) packer.u32(record.id).u32(record.saidSize ?? 16 + body.length).u64(record.time);
    packer.raw(body.bytes());
    places.push({ offset, size: packer.length - offset });
  }
  const layout = { records: places, end: packer.length };
  const bytes = packer.bytes().subarray(0, spec.cut?.(layout));
  const usual = { byteOrder: order, machine, pid, archTimestamps: ((spec.flags ?? 0n) & 1n) === 1n, closed: false, complete: true };
  return { bytes, expect: { ...usual, ...spec.expect(layout) }, departures: spec.departures?.(layout) ?? [] };
}

/** An entry of `code`: a LOAD, or where a MOVE put it. `place`: of the LOAD. */
export function codeJson(values: Load, pid: number, place: { readonly offset: number; readonly size: number }, moved: { readonly address?: bigint; readonly time?: bigint; readonly until?: bigint } = {}): JsonObject {
  return {
    name: values.name, address: hex(moved.address ?? values.address), size: String(values.code.length), index: decimal(values.index), pid: values.pid ?? pid,
    time: decimal(moved.time ?? values.time), codeOffset: String(place.offset + place.size - values.code.length), ...(moved.until !== undefined && { until: decimal(moved.until) }),
  };
}

/** Which code lies at an address, at a time or at all. */
export function lookupJson(address: bigint, time: bigint | undefined, name: string | null, more: JsonObject = {}): Json {
  return { address: hex(address), ...(time !== undefined && { time: decimal(time) }), name, ...more };
}
