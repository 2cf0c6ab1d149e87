// Damaged and hostile ELF files: cut at every length, bytes changed at random, claims beyond all measure. Nothing throws, and nothing takes long.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { inflateZlib } from '../../src/bytes/inflate.ts';
import { readDebugAltLink, readDebugLink, readMiniDebugInfo } from '../../src/elf/debug-link.ts';
import { readElf } from '../../src/elf/elf-file.ts';
import { readSection } from '../../src/elf/section-bytes.ts';
import { readSymbolSections } from '../../src/elf/symbol-sections.ts';
import { buildSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import { elfBytes, elfOf, run } from './reading-elf.ts';

/** Everything that is done with an ELF file. */
function readAll(bytes: Uint8Array, claimedSize: number = bytes.length): Diagnostics {
  const diagnostics = new Diagnostics();
  const elf = run(bytes, readElf(claimedSize, diagnostics));
  if (elf === undefined) return diagnostics;
  for (const section of elf.sections) run(bytes, readSection(elf, section, diagnostics));
  run(bytes, readDebugLink(elf, diagnostics));
  run(bytes, readDebugAltLink(elf, diagnostics));
  run(bytes, readMiniDebugInfo(elf, diagnostics));
  const sections = run(bytes, readSymbolSections(elf, diagnostics));
  for (const coordinates of ['file-offset', 'address'] as const) {
    const table = buildSymbolTable(sections, sections, { demangle: true, coordinates, runtimeDynsym: false });
    for (let i = 0; i < table.length; i++) {
      table.name(i);
      table.find(table.start(i));
    }
  }
  elf.fileOffsetToAddress(0x1000);
  elf.addressToFileOffset(0x11000);
  return diagnostics;
}

const SMALL = ['le64.elf', 'be32.elf', 'compressed-zlib.o', 'compressed-zstd.o', 'compressed-zlib-gnu.o', 'ifunc-static.elf'];
const ALL = [...SMALL, 'be64.elf', 'le32.elf', 'aliases.so', 'plt-lazy.elf', 'plt-sec.elf', 'stripped.so', 'stripped.debug', 'mini.so'];

t.test('cut at every length', (t) => {
  for (const name of SMALL) {
    const bytes = elfBytes(name);
    for (let length = 0; length < bytes.length; length++) readAll(bytes.subarray(0, length));
  }
  const cut = readAll(elfBytes('le64.elf').subarray(0, 1500));
  t.ok(cut.has('elf-sections-cut'), 'and says so');
  readAll(elfBytes('le64.elf').subarray(0, 700), 1576);
  readAll(elfBytes('le64.elf').subarray(0, 1400), 1576);
  t.pass('a source that holds less than it says');
  t.end();
});

t.test('bytes changed at random', (t) => {
  const changes = fc.array(fc.tuple(fc.nat({ max: 6000 }), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.integer({ min: 0, max: 255 }))), { minLength: 1, maxLength: 12 });
  const start = Date.now();
  fc.assert(fc.property(fc.constantFrom(...ALL), changes, fc.boolean(), (name, edits, inHeader) => {
    const bytes = elfBytes(name);
    for (const [at, value] of edits) bytes[at % (inHeader ? 64 : bytes.length)] = value;
    bytes.set([0x7f, 0x45, 0x4c, 0x46]);
    readAll(bytes);
    return true;
  }), { numRuns: 1500 });
  t.ok(Date.now() - start < 60_000);
  t.end();
});

t.test('claims', (t) => {
  t.equal(run(new Uint8Array(0), readElf(0, new Diagnostics())), undefined);
  t.equal(run(new Uint8Array(64), readElf(64, new Diagnostics())), undefined);
  t.equal(run(Buffer.from('#!/bin/sh\n'.repeat(10)), readElf(100, new Diagnostics())), undefined);
  const bytes = elfBytes('compressed-zlib.o');
  const elf = elfOf(bytes);
  const section = elf.section('.debug_macro')!;
  new DataView(bytes.buffer).setBigUint64(section.offset + 8, 1n << 40n, true);
  const diagnostics = new Diagnostics();
  t.equal(run(bytes, readSection(elf, section, diagnostics)).length, 0, 'a terabyte is not believed');
  t.ok(diagnostics.has('elf-section-compressed'));

  const far = elfBytes('le64.elf');
  new DataView(far.buffer).setBigUint64(40, 0xffff_ffff_ffff_ff00n, true);
  const farDiagnostics = new Diagnostics();
  t.notOk(elfOf(far, farDiagnostics).hasSectionTable);
  t.ok(farDiagnostics.has('elf-sections-cut'));
  t.end();
});

t.test('inflate gives up quietly', (t) => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat({ max: 5000 }), (bytes, size) => {
    const stream = Uint8Array.of(0x78, 0x9c, ...bytes);
    return inflateZlib(stream, size).length <= size;
  }), { numRuns: 2000 });
  t.end();
});
