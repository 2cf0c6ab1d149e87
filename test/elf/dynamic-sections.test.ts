// Files without section headers: dynamic symbols and call frame information are found by what the dynamic linker reads
// (dynamic-sections.ts), and are those of the same file with them. And the same of damaged files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { hasDynsym } from '../../src/elf/symbol-sections.ts';
import { buildSymbolTable } from '../../src/symbols/elf-symbol-table.ts';
import { hasCode } from '../../src/elf/contents.ts';
import { readSection } from '../../src/elf/section-bytes.ts';
import type { SymbolSections } from '../../src/elf/symbol-sections.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { elfBytes, elfOf, run, symbolsOf } from './reading-elf.ts';

/** As `strip --strip-section-headers` leaves it, but for the bytes of the headers themselves. */
function withoutHeaders(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const isLittle = copy[5] === 1;
  view.setBigUint64(40, 0n, isLittle);
  view.setUint16(60, 0, isLittle);
  view.setUint16(62, 0, isLittle);
  return copy;
}

const rows = (): Uint8Array => new Uint8Array(readFileSync(join(PROJECT_ROOT, 'testdata/dwarf/rows.so')));
const FILES: Readonly<Record<string, () => Uint8Array>> = {
  'aliases.so': () => elfBytes('aliases.so'), 'plt-lazy.elf': () => elfBytes('plt-lazy.elf'), 'plt-sec.elf': () => elfBytes('plt-sec.elf'),
  'stripped.so': () => elfBytes('stripped.so'), 'mini.so': () => elfBytes('mini.so'), 'rows.so': rows,
};

function functions(sections: SymbolSections): string[] {
  const table = buildSymbolTable({ ...sections, symtab: undefined, plt: undefined }, { ...sections, plt: undefined });
  return Array.from({ length: table.length }, (_, i) => `${table.start(i).toString(16)} ${(table.end(i) - table.start(i)).toString(16)} ${table.name(i)}`);
}

t.test('the dynamic symbols are those of the file with headers', (t) => {
  let count = 0;
  for (const [name, bytes] of Object.entries(FILES)) {
    const whole = symbolsOf(bytes());
    const bare = symbolsOf(withoutHeaders(bytes()));
    t.equal(bare.elf.hasSectionTable, false, name);
    t.ok(whole.elf.hasSectionTable, name);
    t.equal(hasDynsym(bare.elf), true, name);
    t.equal(bare.elf.buildId, whole.elf.buildId, name);
    t.ok(hasCode(bare.elf), name);
    t.same(bare.dynsym?.entries, whole.dynsym?.entries, `${name}: every entry, and no more`);
    t.same(functions(bare), functions(whole), name);
    count += functions(bare).length;
  }
  t.ok(count > 10, `${count} functions`);
  t.end();
});

t.test('call frame information', (t) => {
  const bytes = rows();
  const bare = withoutHeaders(bytes);
  const [whole, without] = [elfOf(bytes), elfOf(bare)];
  t.equal(without.section('.eh_frame_hdr')?.address, whole.section('.eh_frame_hdr')!.address);
  t.equal(without.section('.eh_frame')?.address, whole.section('.eh_frame')!.address);
  t.equal(without.section('.eh_frame')?.offset, whole.section('.eh_frame')!.offset);
  const frames = run(bare, readSection(without, without.section('.eh_frame')!, new Diagnostics()));
  const expected = run(bytes, readSection(whole, whole.section('.eh_frame')!, new Diagnostics()));
  t.same(frames.subarray(0, expected.length), expected);
  t.end();
});

t.test('damaged bytes end in fewer symbols, in no time', (t) => {
  const bytes = withoutHeaders(rows());
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }), fc.nat(bytes.length), (changes, length) => {
      const damaged = bytes.slice(0, Math.max(length, 64));
      for (const [at, value] of changes) if (at < damaged.length && at > 8) damaged[at] = value;
      const sections = symbolsOf(damaged);
      for (const section of sections.elf.sections) run(damaged, readSection(sections.elf, section, new Diagnostics()));
      buildSymbolTable(sections, sections);
      return true;
    }),
    { numRuns: 300 },
  );
  t.end();
});
