// The files of testdata/elf, and readers run over them.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { perform } from '../../src/bytes/reading.ts';
import type { Reading } from '../../src/bytes/reading.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { readElf } from '../../src/elf/elf-file.ts';
import type { ElfFile } from '../../src/elf/elf-file.ts';
import { readSymbolSections } from '../../src/elf/symbol-sections.ts';
import type { SymbolSections } from '../../src/elf/symbol-sections.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

export const elfFolder: string = join(PROJECT_ROOT, 'testdata/elf');

/** A copy of a file of testdata/elf. */
export function elfBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(elfFolder, name)));
}

export function run<T>(bytes: Uint8Array, reading: Reading<T>): T {
  return perform(new MemorySource(bytes), reading) as T;
}

export function elfOf(bytes: Uint8Array, diagnostics: Diagnostics = new Diagnostics()): ElfFile {
  const elf = run(bytes, readElf(bytes.length, diagnostics));
  if (elf === undefined) throw new Error('no ELF file');
  return elf;
}

export function symbolsOf(bytes: Uint8Array): SymbolSections {
  return run(bytes, readSymbolSections(elfOf(bytes), new Diagnostics()));
}
