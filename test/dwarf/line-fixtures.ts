// The programs of testdata/dwarf/lines with what llvm-symbolizer says of them, and readers run over their sections.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { type DebugInfo, SourcePlace } from '../../src/dwarf/debug-info.ts';
import type { DwarfSection, DwarfSections, SectionName, SectionReading } from '../../src/dwarf/sections.ts';
import { readSection } from '../../src/elf/section-bytes.ts';
import { elfOf, run } from '../elf/reading-elf.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

export const LINES: string = join(PROJECT_ROOT, 'testdata/dwarf/lines');

/** Paths without their ends: those of folders, which have files beside them, too. */
export const LINE_FIXTURES: readonly string[] = readdirSync(LINES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.so')).map((name) => join(LINES, name.slice(0, -3))).sort();

const SUFFIXES: Readonly<Record<SectionName, string>> = {
  info: 'info', abbrev: 'abbrev', line: 'line', str: 'str', lineStr: 'line_str', strOffsets: 'str_offsets', addr: 'addr', ranges: 'ranges',
  rnglists: 'rnglists', aranges: 'aranges', cuIndex: 'cu_index',
};

/** A section that is handed out in the pieces that are asked for, and counts them. */
export class PiecewiseSection implements DwarfSection {
  readonly content: Uint8Array;
  asked = 0;

  constructor(content: Uint8Array) {
    this.content = content;
  }

  get size(): number {
    return this.content.length;
  }
}

/** The sections of an ELF file, whole or piecewise. */
export function sectionsOf(bytes: Uint8Array, diagnostics: Diagnostics, isPiecewise = false): DwarfSections {
  const elf = elfOf(bytes, diagnostics);
  const sections: Partial<Record<SectionName, DwarfSection>> = {};
  for (const [name, suffix] of Object.entries(SUFFIXES) as [SectionName, string][]) {
    const section = [`.debug_${suffix}`, `.zdebug_${suffix}`, `.debug_${suffix}.dwo`].map((it) => elf.section(it)).find((it) => it !== undefined);
    if (section === undefined) continue;
    const content = run(bytes, readSection(elf, section, diagnostics));
    sections[name] = isPiecewise ? new PiecewiseSection(content) : { size: content.length, bytes: content };
  }
  return { littleEndian: elf.littleEndian, sections, diagnostics };
}

/** Runs a reader of sections; only piecewise ones are ever asked. */
export function answer<T>(reading: SectionReading<T>): T {
  let step = reading.next();
  while (step.done !== true) {
    const { section, offset, length } = step.value;
    if (!(section instanceof PiecewiseSection)) throw new Error('a section in memory was asked for bytes');
    section.asked += length;
    step = reading.next(section.content.slice(offset, offset + length));
  }
  return step.value;
}

/** `function file:line < … < file:line`, innermost first, as in the .txt files. Files that are needed are looked for beside `path`. */
export function placeText(info: DebugInfo, address: number, path: string, diagnostics: Diagnostics): string {
  const place = new SourcePlace();
  const wants = { inlines: true, lines: true };
  let isKnown = answer(info.at(address, wants, place));
  for (let needed = info.needed; needed !== undefined; needed = info.needed) {
    const file = needed.kind === 'package' ? `${path}.so.dwp` : join(dirname(path), needed.name);
    info.provide(existsSync(file) ? sectionsOf(new Uint8Array(readFileSync(file)), diagnostics) : undefined);
    isKnown = answer(info.at(address, wants, place));
  }
  if (!isKnown) return '??:0';
  const entries = Array.from({ length: place.inlined + 1 }, (_, entry) => {
    const file = info.paths[place.paths[entry]!] ?? '??';
    const text = `${file.slice(file.lastIndexOf('/') + 1)}:${place.lines[entry]}`;
    return entry < place.inlined ? `${info.names[place.names[entry]!]} ${text}` : text;
  });
  return entries.join(' < ');
}

/** What llvm-symbolizer says: runs of addresses, both ends included. */
export function expectedPlaces(path: string): readonly { readonly first: number; readonly last: number; readonly text: string }[] {
  const lines = readFileSync(`${path}.txt`, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [range, ...rest] = line.split(' ');
    const [first, last] = range!.split('-').map((end) => parseInt(end, 16));
    return { first: first!, last: last!, text: rest.join(' ') };
  });
}
