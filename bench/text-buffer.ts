// What TextBuffer and HexDump gain over strings and single bytes, in nanoseconds: the code there reads more awkwardly for it.
//
//   node dist/bench/text-buffer.js

import { COPY_SLACK, TextBuffer } from '../src/bytes/text-buffer.ts';
import { HexDump } from '../src/views/dump/hex-dump.ts';

const ROUNDS = 7;
const NUMBERS = 1 << 16;
const LINE = 64;
const TIMES = 100;

const words = Uint32Array.from({ length: 2 * NUMBERS }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) ^ (i << 7)) >>> (i & 1 ? 0 : 16));
const bytes = new Uint8Array(words.buffer);
const view = new DataView(words.buffer);
const lines = new DataView(new ArrayBuffer(NUMBERS + LINE + COPY_SLACK));
const out = new TextBuffer(() => {}, 1 << 18);
const single = new Uint8Array(1 << 18);
const hex = new HexDump();
const HIGH = Uint8Array.from({ length: 256 }, (_, byte) => (byte >>> 4).toString(16).charCodeAt(0));
const LOW = Uint8Array.from({ length: 256 }, (_, byte) => (byte & 15).toString(16).charCodeAt(0));
let kept = 0;

/** The median of some rounds, of which the first ones only warm up. */
function nanoseconds(count: number, run: () => void): number {
  const times: number[] = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    if (round >= ROUNDS) times.push((1000 * (user + system)) / count);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS >> 1]!;
}

function row(what: string, count: number, plain: () => void, ours: () => void): void {
  const [before, after] = [nanoseconds(count, plain), nanoseconds(count, ours)];
  process.stdout.write(`${what.padEnd(52)} ${before.toFixed(1).padStart(7)} ns -> ${after.toFixed(1).padStart(6)} ns\n`);
}

row('64 bits in hexadecimal: toString(16) and TextEncoder', NUMBERS, () => {
  const encoder = new TextEncoder();
  for (let i = 0; i < NUMBERS; i += 16) {
    let text = '';
    for (let j = i; j < i + 16; j++) text += (words[2 * j]!.toString(16) + words[2 * j + 1]!.toString(16).padStart(8, '0')).padStart(16, '0');
    kept += encoder.encodeInto(text, single).written;
  }
}, () => {
  for (let i = 0; i < NUMBERS; i++) out.hexZeros(words[2 * i]!, words[2 * i + 1]!);
});

row('a line of 64 letters: set of a subarray, and copy', TIMES * (NUMBERS / LINE), () => {
  for (let i = 0; i < TIMES; i++) for (let at = 0; at < NUMBERS; at += LINE) single.set(bytes.subarray(at, at + LINE), at);
}, () => {
  for (let i = 0; i < TIMES; i++) for (let at = 0; at < NUMBERS; at += LINE) out.copy(lines, at, at + LINE);
});

row('a line of a hexadecimal dump: byte by byte, and words', bytes.length / 16, () => {
  for (let start = 0; start < bytes.length; start += 16) kept += lineByByte(start, (start % 1024) * 76);
}, () => {
  for (let start = 0; start < bytes.length; start += 65_536) kept += hex.lines(view, start, Math.min(start + 65_536, bytes.length)).length;
});

/** The same line with a store for each letter. */
function lineByByte(start: number, at: number): number {
  let digit = at + 10;
  let letter = at + 59;
  for (let i = start; i < start + 16; i++, digit += 3, letter++) {
    const byte = bytes[i]!;
    single[digit] = HIGH[byte]!;
    single[digit + 1] = LOW[byte]!;
    single[letter] = byte >= 0x20 && byte < 0x7f ? byte : 0x2e;
  }
  return letter;
}

if (kept === 0) process.exitCode = 1;
