// ELF files written section by section: 64-bit, little-endian, x86-64, one executable segment over all of the file.

import { joined } from '../mutate.ts';
import { numbers } from '../recording-model.ts';

export interface BuiltSection {
  readonly name: string;
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly flags?: number;
  /** Number of another section, counted from 1. */
  readonly link?: number;
  readonly entrySize?: number;
}

const HEADER = 64;
const PROGRAM = 56;
const SECTION = 64;
export const SectionType = { Progbits: 1, Symtab: 2, Strtab: 3, Rela: 4, Nobits: 8, Dynsym: 11 } as const;

/** Addresses are places in the file. */
export function elfOf(sections: readonly BuiltSection[], segments = 1): Uint8Array {
  const names = ['', ...sections.map(({ name }) => name), '.shstrtab'];
  const nameBytes = new TextEncoder().encode(`${names.join('\0')}\0`);
  const nameAt = names.map((_, i) => new TextEncoder().encode(names.slice(0, i).join('\0')).length + (i === 0 ? 0 : 1));
  const bodies = [...sections, { name: '.shstrtab', type: SectionType.Strtab, bytes: nameBytes } as BuiltSection];
  const count = bodies.length + 1;
  const tableAt = HEADER + segments * PROGRAM;
  let at = tableAt + count * SECTION;
  const headers: Uint8Array[] = [new Uint8Array(SECTION)];
  const places: number[] = [];
  for (const [i, { type, bytes, flags = 2, link = 0, entrySize = 0 }] of bodies.entries()) {
    at = Math.ceil(at / 8) * 8;
    places.push(at);
    headers.push(numbers(true, [4, BigInt(nameAt[i + 1]!)], [4, BigInt(type)], [8, BigInt(flags)], [8, BigInt(at)], [8, BigInt(at)], [8, BigInt(bytes.length)], [4, BigInt(link)], [4, 0n], [8, 8n], [8, BigInt(entrySize)]));
    at += bytes.length;
  }
  const file = new Uint8Array(at);
  const program = numbers(true, [4, 1n], [4, 5n], [8, 0n], [8, 0n], [8, 0n], [8, BigInt(at)], [8, BigInt(at)], [8, 4096n]);
  file.set(joined(
    Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    numbers(true, [2, 3n], [2, 62n], [4, 1n], [8, 0n], [8, BigInt(HEADER)], [8, BigInt(tableAt)], [4, 0n], [2, BigInt(HEADER)], [2, BigInt(PROGRAM)], [2, BigInt(segments)], [2, BigInt(SECTION)], [2, BigInt(count)], [2, BigInt(count - 1)]),
    ...Array.from({ length: segments }, () => program), ...headers,
  ));
  for (const [i, { bytes }] of bodies.entries()) file.set(bytes, places[i]!);
  return file;
}

/** A function: its place, size and the offset of its name. */
export function symbolOf(place: number, size: number, name: number, section = 1): Uint8Array {
  return numbers(true, [4, BigInt(name)], [1, 0x12n], [1, 0n], [2, BigInt(section)], [8, BigInt(place)], [8, BigInt(size)]);
}
