// What perfts makes of a jitdump or a perf map, in the form of the vectors.

import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { decodeText } from '../../src/bytes/text.ts';
import { JitCode } from '../../src/jit/jit-code.ts';
import { type Jitdump, readJitdump } from '../../src/jit/jitdump.ts';
import { parsePerfMap } from '../../src/jit/perf-map.ts';
import type { JsonObject } from './builder/json.ts';

const TWO_32 = 1n << 32n;

interface Lookup {
  readonly address: string;
  readonly time?: string;
}

const signed = (address: string): number => Number(BigInt.asIntN(64, BigInt(address)));
const hex = (address: number): string => `0x${BigInt.asUintN(64, BigInt(address)).toString(16)}`;

/** `wanted`: whose lookups are answered. */
export function jitdumpJson(bytes: Uint8Array, wanted: JsonObject): JsonObject {
  const diagnostics = new Diagnostics();
  // Times are doubles since a base: that of the first lookup.
  const lookups = (wanted['lookups'] ?? []) as unknown as readonly Lookup[];
  const base = BigInt(lookups[0]?.time ?? 0) / TWO_32;
  const dump = perform(new MemorySource(bytes), readJitdump(bytes.length, { timeBaseHigh: Number(base) }, diagnostics)) as Jitdump;
  if (diagnostics.all().some(({ code, offset }) => code === 'jitdump-empty' || code === 'jitdump-magic' || (code === 'jitdump-torn' && offset === 0))) return { notAJitdump: true };
  const code = new JitCode(dump, diagnostics);
  const exact = (time: number): string => String(BigInt(time) + base * TWO_32);
  return {
    byteOrder: dump.littleEndian ? 'little' : 'big', machine: dump.machine, pid: dump.pid, archTimestamps: dump.archTimestamps, closed: dump.closed, complete: dump.complete,
    code: Array.from({ length: code.length }, (_, symbol) => {
      const row = rowOf(dump, code, symbol);
      const until = dump.code.movedAt[row]!;
      return {
        name: nameOf(dump, row), address: hex(code.start(symbol)), size: String(code.end(symbol) - code.start(symbol)), index: String(code.index(symbol)), pid: code.pid(symbol),
        time: exact(code.time(symbol)), codeOffset: String(code.codeOffset(symbol)), ...(until !== Infinity && { until: exact(until) }),
      };
    }),
    lookups: lookups.map(({ address, time }) => lookupOf(dump, code, address, time, base)),
  };
}

function lookupOf(dump: Jitdump, code: JitCode, address: string, time: string | undefined, base: bigint): JsonObject {
  const place = signed(address);
  const symbol = code.find(place, time === undefined ? Infinity : Number(BigInt(time) - base * TWO_32));
  const answer: JsonObject = { address, ...(time !== undefined && { time }), name: symbol < 0 ? null : nameOf(dump, rowOf(dump, code, symbol)) };
  if (symbol < 0) return answer;
  const line = code.line(symbol, place);
  const table = code.cfi(symbol);
  const row = table?.find(place - code.start(symbol)) ?? -1;
  return {
    ...answer,
    ...(line !== undefined && { line: { file: line.file, line: line.line, discriminator: line.discriminator } }),
    ...(table !== undefined && row >= 0 && { cfa: { register: table.rows.cfaRegister[row]!, offset: table.rows.cfaOffset[row]! } }),
  };
}

/** The first row of a symbol: repeated ones are the same. */
function rowOf(dump: Jitdump, code: JitCode, symbol: number): number {
  const { start, time, index, length } = dump.code;
  for (let row = 0; row < length; row++) {
    if (start[row] === code.start(symbol) && time[row] === code.time(symbol) && index[row] === code.index(symbol)) return row;
  }
  return -1;
}

function nameOf(dump: Jitdump, row: number): string {
  const { names, nameStart, nameLength } = dump.code;
  return decodeText(names, nameStart[row]!, nameStart[row]! + nameLength[row]!);
}

export function perfMapJson(bytes: Uint8Array, wanted: JsonObject): JsonObject {
  const map = parsePerfMap(bytes, new Diagnostics());
  // Addresses of the upper half are below zero here.
  const symbols = Array.from({ length: map.length }, (_, symbol) => ({ start: map.start(symbol), size: map.end(symbol) - map.start(symbol), name: map.name(symbol) }));
  return {
    symbols: [...symbols.filter(({ start }) => start >= 0), ...symbols.filter(({ start }) => start < 0)].map(({ start, size, name }) => ({ start: hex(start), size: String(size), name })),
    lookups: (wanted['lookups'] as unknown as readonly Lookup[]).map(({ address }) => {
      const symbol = map.find(signed(address));
      return { address, name: symbol < 0 ? null : map.name(symbol) };
    }),
  };
}
