// Inlined calls and source lines at every address of the programs in testdata/dwarf/lines, against llvm-symbolizer: each version of
// DWARF, GCC and clang, split, packaged, shared, compressed, with type units, of other machines. Read as a whole, and piece by piece.

import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { DebugInfo } from '../../src/dwarf/debug-info.ts';
import { expectedPlaces, LINE_FIXTURES, placeText, sectionsOf } from './line-fixtures.ts';

function bytesOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

function open(path: string, diagnostics: Diagnostics, isPiecewise = false): DebugInfo {
  const shared = join(dirname(path), 'dwz.common');
  return new DebugInfo(sectionsOf(bytesOf(`${path}.so`), diagnostics, isPiecewise), existsSync(shared) ? sectionsOf(bytesOf(shared), diagnostics, isPiecewise) : undefined);
}

t.test('as llvm-symbolizer', (t) => {
  t.ok(LINE_FIXTURES.length > 20);
  for (const path of LINE_FIXTURES) {
    const diagnostics = new Diagnostics();
    const info = open(path, diagnostics);
    const pieces = open(path, diagnostics, true);
    const wrong: string[] = [];
    for (const { first, last, text } of expectedPlaces(path)) {
      for (let address = first; address <= last; address++) {
        const found = placeText(info, address, path, diagnostics);
        if (found !== text) wrong.push(`${address.toString(16)}: ${found}, not ${text}`);
        if (address === first && placeText(pieces, address, path, diagnostics) !== found) wrong.push(`${address.toString(16)}: in pieces otherwise`);
      }
    }
    t.same(wrong.slice(0, 5), [], `${basename(path)}: every address`);
    t.same(diagnostics.all(), [], `${basename(path)}: no damage`);
  }
  t.end();
});
