// Cuts an ELF file down to what a profile needs of it: names, unwinding information, build id. For the demo recording, whose
// symbol files must be small enough to ship. `node bench/slim-elf.js INPUT OUTPUT`; 64-bit little-endian files only.
//
// The program headers stay as they are, to the byte: symbols live in the coordinates that they define (FORMAT 3.2), so their
// p_offset must remain those of the whole file. The section table keeps its order too, since symbols name sections by
// number: what is cut away stays as an entry without bytes (SHT_NOBITS if it is part of memory, SHT_NULL if not).
//
//   whole  [header][program headers][.dynsym][.text ......][.rodata ...][.eh_frame][.debug_* ......][section headers]
//   slim   [header][program headers][.dynsym][.eh_frame][.shstrtab][section headers]

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

const KEPT: ReadonlySet<string> = new Set([
  '.symtab',
  '.strtab',
  '.shstrtab',
  '.dynsym',
  '.dynstr',
  '.gnu.version',
  '.gnu.version_d',
  '.gnu.version_r',
  '.eh_frame',
  '.eh_frame_hdr',
  '.plt',
  '.plt.got',
  '.plt.sec',
  '.rela.plt',
  '.note.gnu.build-id',
  '.gnu_debuglink',
]);

const HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const SECTION_HEADER_SIZE = 64;
const SHT_NULL = 0;
const SHT_SYMTAB = 2;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;
const SYMBOL_SIZE = 24;
const STT_SECTION = 3;
const STT_FILE = 4;

interface Section {
  readonly name: string;
  /** Offset of its header in the whole file. */
  readonly header: number;
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly alignment: number;
}

/** The slim copy. Throws if the file is no 64-bit little-endian ELF file with a section table. */
export function slimElf(whole: Uint8Array): Uint8Array {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  if (whole.length < HEADER_SIZE || view.getUint32(0) !== 0x7f454c46 || whole[4] !== 2 || whole[5] !== 1) {
    throw new Error('not a 64-bit little-endian ELF file');
  }
  const programHeaders = Number(view.getBigUint64(32, true));
  const programHeadersSize = view.getUint16(56, true) * PROGRAM_HEADER_SIZE;
  const sections = sectionsOf(whole, view);

  const pieces: { at: number; bytes: Uint8Array }[] = [];
  let end = HEADER_SIZE + programHeadersSize;
  const table = new Uint8Array(sections.length * SECTION_HEADER_SIZE);
  const tableView = new DataView(table.buffer);
  sections.forEach((section, number) => {
    const entry = number * SECTION_HEADER_SIZE;
    const isKept = KEPT.has(section.name) && section.type !== SHT_NOBITS;
    if (!isKept && (section.flags & SHF_ALLOC) === 0) return; // stays all 0: SHT_NULL
    table.set(whole.subarray(section.header, section.header + SECTION_HEADER_SIZE), entry);
    if (isKept) {
      end = roundUp(end, Math.max(section.alignment, 1));
      let bytes = whole.subarray(section.offset, section.offset + section.size);
      if (section.type === SHT_SYMTAB) {
        const { symbols, locals } = namedSymbols(bytes);
        bytes = symbols;
        tableView.setBigUint64(entry + 32, BigInt(symbols.length), true);
        tableView.setUint32(entry + 44, locals, true);
      }
      pieces.push({ at: end, bytes });
      tableView.setBigUint64(entry + 24, BigInt(end), true);
      end += bytes.length;
    } else if (section.type !== SHT_NULL) {
      tableView.setUint32(entry + 4, SHT_NOBITS, true);
      tableView.setBigUint64(entry + 24, BigInt(end), true);
    }
  });

  const tableStart = roundUp(end, 8);
  const slim = new Uint8Array(tableStart + table.length);
  slim.set(whole.subarray(0, HEADER_SIZE));
  slim.set(whole.subarray(programHeaders, programHeaders + programHeadersSize), HEADER_SIZE);
  for (const piece of pieces) slim.set(piece.bytes, piece.at);
  slim.set(table, tableStart);
  const slimView = new DataView(slim.buffer);
  slimView.setBigUint64(32, BigInt(HEADER_SIZE), true);
  slimView.setBigUint64(40, BigInt(tableStart), true);
  return slim;
}

function sectionsOf(whole: Uint8Array, view: DataView): Section[] {
  const start = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const names = start + view.getUint16(62, true) * SECTION_HEADER_SIZE;
  if (start === 0 || start + count * SECTION_HEADER_SIZE > whole.length) throw new Error('no section table');
  const nameTable = Number(view.getBigUint64(names + 24, true));
  return Array.from({ length: count }, (_, number) => {
    const header = start + number * SECTION_HEADER_SIZE;
    const nameStart = nameTable + view.getUint32(header, true);
    return {
      name: new TextDecoder().decode(whole.subarray(nameStart, whole.indexOf(0, nameStart))),
      header,
      type: view.getUint32(header + 4, true),
      flags: Number(view.getBigUint64(header + 8, true)),
      offset: Number(view.getBigUint64(header + 24, true)),
      size: Number(view.getBigUint64(header + 32, true)),
      alignment: Number(view.getBigUint64(header + 48, true)),
    };
  });
}

/** A symbol table without what names no code and no data; half of CPython's has no name at all. `locals`: how many are local. */
function namedSymbols(table: Uint8Array): { symbols: Uint8Array; locals: number } {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const symbols = new Uint8Array(table.length);
  let length = SYMBOL_SIZE; // the first is empty by definition
  let locals = 1;
  for (let at = SYMBOL_SIZE; at + SYMBOL_SIZE <= table.length; at += SYMBOL_SIZE) {
    const type = table[at + 4]! & 15;
    if (view.getUint32(at, true) === 0 || type === STT_SECTION || type === STT_FILE) continue;
    symbols.set(table.subarray(at, at + SYMBOL_SIZE), length);
    length += SYMBOL_SIZE;
    if (table[at + 4]! >> 4 === 0) locals++;
  }
  return { symbols: symbols.subarray(0, length), locals };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [input, output] = process.argv.slice(2);
  if (input === undefined || output === undefined) throw new Error('usage: slim-elf INPUT OUTPUT');
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, slimElf(readFileSync(input)));
}
