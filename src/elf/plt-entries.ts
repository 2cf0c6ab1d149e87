// The entries of a procedure linkage table, found by their code: each jumps through a slot of the global offset table, and the
// relocation of that slot says what it calls. Linkers differ in where entries stand, how long they are and in which order (FORMAT
// 3.2 has perf's guesses at it): GNU ld, gold, lld and mold, with marks for branch targets, with signed addresses, with retpolines.
//
//   x86     [endbr] [mov $n, %r11d] [bnd] jmp *slot        or, for retpolines, mov slot, %r11
//   arm64   [bti c] adrp x16, page; ldr x17, [x16, slot]; ...; br x17

import { EM_386, EM_AARCH64, EM_X86_64 } from './elf-constants.ts';

export interface PltEntries {
  readonly count: number;
  /** In bytes from the start of the section, ascending. */
  readonly starts: Uint32Array;
  /** Addresses before relocation. */
  readonly slots: Float64Array;
  /** From one entry to the next; 0 where there are fewer than two. */
  readonly stride: number;
}

/** Whether entries of this machine's tables can be found by their code. */
export function hasKnownPltCode(machine: number): boolean {
  return machine === EM_X86_64 || machine === EM_386 || machine === EM_AARCH64;
}

/**
 * `address`: of the section. `gotBase`: what position-independent code for i386 counts slots from. The header, which jumps to the
 * dynamic linker, is no entry.
 */
export function findPltEntries(code: Uint8Array, machine: number, address: number, gotBase: number): PltEntries {
  const found = { starts: new Uint32Array(code.length >> 3), slots: new Float64Array(code.length >> 3), count: 0 };
  if (machine === EM_AARCH64) findArm64(code, address, found);
  else if (hasKnownPltCode(machine)) findX86(code, machine === EM_X86_64, address, gotBase, found);
  let stride = 0;
  for (let i = 1; i < found.count; i++) {
    const distance = found.starts[i]! - found.starts[i - 1]!;
    if (stride === 0 || distance < stride) stride = distance;
  }
  return { ...found, stride };
}

interface Found {
  count: number;
  readonly starts: Uint32Array;
  readonly slots: Float64Array;
}

/** Entries of every known table begin at multiples of this from its start; what looks like one elsewhere is an operand. */
const ALIGNMENT = 8;

function add(found: Found, start: number, slot: number): void {
  if (start % ALIGNMENT !== 0 || (found.count > 0 && found.starts[found.count - 1]! >= start)) return;
  found.starts[found.count] = start;
  found.slots[found.count++] = slot;
}

function findX86(code: Uint8Array, is64: boolean, address: number, gotBase: number, found: Found): void {
  for (let at = 0; at + 6 <= code.length; at++) {
    let length = 0;
    let base = 0;
    if (code[at] === 0xff && code[at + 1] === 0x25) {
      length = 6;
      if (is64) base = address + at + length;
    } else if (!is64 && code[at] === 0xff && code[at + 1] === 0xa3) {
      length = 6;
      base = gotBase;
    } else if (is64 && code[at] === 0x4c && code[at + 1] === 0x8b && code[at + 2] === 0x1d) {
      length = 7;
      base = address + at + length;
    }
    if (length === 0 || at + length > code.length) continue;
    let start = at;
    if (code[start - 1] === 0xf2) start--;
    // `push` of the word before the slot: the header.
    const isHeader = code[start - 6] === 0xff && (code[start - 5] === 0x35 || code[start - 5] === 0xb3);
    if (!isHeader) {
      // mold's entries give the number of the symbol.
      if (is64 && code[start - 6] === 0x41 && code[start - 5] === 0xbb) start -= 6;
      else if (!is64 && code[start - 5] === 0xb9) start -= 5;
      if (code[start - 4] === 0xf3 && code[start - 3] === 0x0f && code[start - 2] === 0x1e && (code[start - 1] === 0xfa || code[start - 1] === 0xfb)) start -= 4;
      const end = at + length;
      const displacement = code[end - 4]! | (code[end - 3]! << 8) | (code[end - 2]! << 16) | (code[end - 1]! << 24);
      add(found, start, is64 ? base + displacement : (base + displacement) >>> 0);
    }
    at += length - 1;
  }
}

/** Instructions are little-endian on big-endian machines too. */
function findArm64(code: Uint8Array, address: number, found: Found): void {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const word = (at: number): number => (at >= 0 && at + 4 <= code.length ? view.getUint32(at, true) : 0);
  for (let at = 0; at + 8 <= code.length; at += 4) {
    const page = word(at);
    // adrp x16
    if ((page & 0x9f00_001f) >>> 0 !== 0x9000_0010) continue;
    const load = word(at + 4);
    // ldr x17, [x16, #...]
    if ((load & 0xffc0_03ff) >>> 0 !== 0xf940_0211) continue;
    // stp x16, x30, [sp, #-16]!: the header.
    if (word(at - 4) === 0xa9bf_7bf0) continue;
    // 21 bits with a sign, the low two of them apart.
    const pages = ((page << 8) >> 13 << 2) | ((page >>> 29) & 3);
    const from = address + at;
    const slot = from - (from % PAGE) + pages * PAGE + ((load >>> 10) & 0xfff) * 8;
    // bti c
    add(found, word(at - 4) === 0xd503_245f ? at - 4 : at, slot);
  }
}

const PAGE = 4096;
