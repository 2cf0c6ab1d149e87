// A piece of JIT code as a small ELF file of its own, as perf inject makes it (FORMAT 3.10, JITDUMP 5): the code at a fixed place, the
// call frame information where its relative addresses want it, one symbol, a build id. For readers that know files only.
//
//   0x00  ELF header, one program header (the code)
//   0x80  .text                        also its address: symbol and unwinding information count from there
//   then  .eh_frame, at the next multiple of 8, .eh_frame_hdr right behind it; then what no process maps

import { sha1 } from '../bytes/sha1.ts';

/** File offset and address of the code in its image. */
export const IMAGE_TEXT = 0x80;

export interface JitImageContent {
  readonly littleEndian: boolean;
  /** ELF's e_machine. */
  readonly machine: number;
  readonly name: Uint8Array;
  readonly code: Uint8Array;
  /** .eh_frame, then .eh_frame_hdr; undefined where the writer gave none. */
  readonly unwinding: { readonly bytes: Uint8Array; readonly headerSize: number } | undefined;
}

export interface JitImage {
  readonly bytes: Uint8Array;
  readonly buildId: Uint8Array;
}

const ET_DYN = 3;
const FILE_HEADER = 64;
const PROGRAM_HEADER = 56;
const SECTION_HEADER = 64;
const SYMBOL = 24;
const SectionType = { Progbits: 1, Symtab: 2, Strtab: 3, Note: 7 } as const;
const SHF_ALLOC = 2;
const SHF_EXECINSTR = 4;
const STT_FUNC = 2;
const NT_GNU_BUILD_ID = 3;
const encoder = new TextEncoder();

interface Section {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly bytes: Uint8Array;
  readonly align: number;
  readonly link?: number;
  /** Index of the first symbol that is not local. */
  readonly info?: number;
  readonly entrySize?: number;
}

export function makeJitImage(content: JitImageContent): JitImage {
  const { littleEndian, code, unwinding } = content;
  const buildId = buildIdOf(content);
  const sections: Section[] = [{ name: '.text', type: SectionType.Progbits, flags: SHF_ALLOC | SHF_EXECINSTR, bytes: code, align: 16 }];
  if (unwinding !== undefined) {
    const split = Math.max(unwinding.bytes.length - unwinding.headerSize, 0);
    sections.push({ name: '.eh_frame', type: SectionType.Progbits, flags: SHF_ALLOC, bytes: unwinding.bytes.subarray(0, split), align: 8 });
    if (split < unwinding.bytes.length) {
      sections.push({ name: '.eh_frame_hdr', type: SectionType.Progbits, flags: SHF_ALLOC, bytes: unwinding.bytes.subarray(split), align: 1 });
    }
  }
  // Numbers of sections count from 1: 0 is none.
  const stringsNumber = sections.length + 2;
  const strings = new Uint8Array(content.name.length + 2);
  strings.set(content.name, 1);
  sections.push({ name: '.symtab', type: SectionType.Symtab, flags: 0, bytes: symbols(littleEndian, code.length), align: 8, link: stringsNumber, info: 2, entrySize: SYMBOL });
  sections.push({ name: '.strtab', type: SectionType.Strtab, flags: 0, bytes: strings, align: 1 });
  sections.push({ name: '.note.gnu.build-id', type: SectionType.Note, flags: SHF_ALLOC, bytes: note(littleEndian, buildId), align: 4 });
  return { bytes: layOut(content, sections), buildId };
}

/** Of all that makes one image differ from another. */
function buildIdOf({ name, code, unwinding }: JitImageContent): Uint8Array {
  const parts = [name, Uint8Array.of(0), code, unwinding?.bytes ?? new Uint8Array(0)];
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return sha1(all);
}

/** Places the sections one behind the other, and the table of sections at the end. */
function layOut(content: JitImageContent, given: readonly Section[]): Uint8Array {
  const { littleEndian } = content;
  const names = nameTable([...given.map((section) => section.name), '.shstrtab']);
  const sections: Section[] = [...given, { name: '.shstrtab', type: SectionType.Strtab, flags: 0, bytes: names.bytes, align: 1 }];
  const places: number[] = [];
  let end = IMAGE_TEXT;
  for (const section of sections) {
    const place = Math.ceil(end / section.align) * section.align;
    places.push(place);
    end = place + section.bytes.length;
  }
  const table = Math.ceil(end / 8) * 8;
  const bytes = new Uint8Array(table + SECTION_HEADER * (sections.length + 1));
  const view = new DataView(bytes.buffer);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, littleEndian);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, littleEndian);
  const u64 = (at: number, value: number): void => view.setBigUint64(at, BigInt(value), littleEndian);

  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, littleEndian ? 1 : 2, 1]);
  u16(16, ET_DYN);
  u16(18, content.machine);
  u32(20, 1);
  u64(24, IMAGE_TEXT); // entry
  u64(32, FILE_HEADER);
  u64(40, table);
  u16(52, FILE_HEADER);
  u16(54, PROGRAM_HEADER);
  u16(56, 1);
  u16(58, SECTION_HEADER);
  u16(60, sections.length + 1);
  u16(62, sections.length); // .shstrtab is the last

  u32(FILE_HEADER, 1); // PT_LOAD
  u32(FILE_HEADER + 4, 5); // read, execute
  for (const at of [8, 16, 24]) u64(FILE_HEADER + at, IMAGE_TEXT); // offset, address, physical address
  for (const at of [32, 40]) u64(FILE_HEADER + at, content.code.length);
  u64(FILE_HEADER + 48, 8);

  for (const [index, section] of sections.entries()) {
    const place = places[index]!;
    bytes.set(section.bytes, place);
    const at = table + SECTION_HEADER * (index + 1);
    u32(at, names.offsets[index]!);
    u32(at + 4, section.type);
    u64(at + 8, section.flags);
    u64(at + 16, (section.flags & SHF_ALLOC) !== 0 ? place : 0);
    u64(at + 24, place);
    u64(at + 32, section.bytes.length);
    u32(at + 40, section.link ?? 0);
    u32(at + 44, section.info ?? 0);
    u64(at + 48, section.align);
    u64(at + 56, section.entrySize ?? 0);
  }
  return bytes;
}

function nameTable(names: readonly string[]): { readonly bytes: Uint8Array; readonly offsets: number[] } {
  let text = '\0';
  const offsets = names.map((name) => {
    text += `${name}\0`;
    return text.length - name.length - 1;
  });
  return { bytes: encoder.encode(text), offsets };
}

/** None, and the function. */
function symbols(littleEndian: boolean, codeSize: number): Uint8Array {
  const bytes = new Uint8Array(2 * SYMBOL);
  const view = new DataView(bytes.buffer, SYMBOL);
  view.setUint32(0, 1, littleEndian);
  view.setUint8(4, STT_FUNC);
  view.setUint16(6, 1, littleEndian); // in .text
  view.setBigUint64(8, BigInt(IMAGE_TEXT), littleEndian);
  view.setBigUint64(16, BigInt(codeSize), littleEndian);
  return bytes;
}

function note(littleEndian: boolean, buildId: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16 + buildId.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4, littleEndian);
  view.setUint32(4, buildId.length, littleEndian);
  view.setUint32(8, NT_GNU_BUILD_ID, littleEndian);
  bytes.set(encoder.encode('GNU\0'), 12);
  bytes.set(buildId, 16);
  return bytes;
}
