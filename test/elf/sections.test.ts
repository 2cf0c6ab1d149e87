// Contents of sections: plain, compressed in each way, without bytes; links to other files; inflate against zlib.

import { randomBytes } from 'node:crypto';
import { constants, crc32, deflateRawSync, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { inflate, inflateZlib } from '../../src/bytes/inflate.ts';
import { readDebugAltLink, readDebugLink, readMiniDebugInfo } from '../../src/elf/debug-link.ts';
import { readSection } from '../../src/elf/section-bytes.ts';
import { elfBytes, elfOf, run } from './reading-elf.ts';

t.test('each compression gives the same bytes', (t) => {
  const content = (name: string, section: RegExp): Uint8Array => {
    const bytes = elfBytes(name);
    const diagnostics = new Diagnostics();
    const elf = elfOf(bytes, diagnostics);
    const found = elf.sections.find((candidate) => section.test(candidate.name))!;
    const result = run(bytes, readSection(elf, found, diagnostics));
    t.same(diagnostics.all(), [], name);
    return result;
  };
  const plain = content('compressed-none.o', /^\.debug_macro$/);
  t.equal(plain.length, 60 * 33 + 16);
  for (const name of ['compressed-zlib.o', 'compressed-zstd.o', 'compressed-be32-zlib.o', 'compressed-be32-zstd.o']) t.same(content(name, /^\.debug_macro$/), plain, name);
  t.same(content('compressed-zlib-gnu.o', /^\.zdebug_macro$/), plain, 'the older form');
  t.same([...content('compressed-be32-zlib.o', /^\.debug_loc$/)], [1]);
  t.end();
});

t.test('sections without bytes', (t) => {
  const bytes = elfBytes('le64.elf');
  const elf = elfOf(bytes);
  const diagnostics = new Diagnostics();
  t.equal(run(bytes, readSection(elf, elf.section('.bss')!, diagnostics)).length, 0);
  t.equal(run(bytes, readSection(elf, elf.sections[0]!, diagnostics)).length, 0);
  const far = { ...elf.section('.text')!, offset: 2 ** 52 };
  t.equal(run(bytes, readSection(elf, far, diagnostics)).length, 0);
  t.ok(diagnostics.has('elf-section-cut'));
  t.end();
});

t.test('links', (t) => {
  const bytes = elfBytes('stripped.so');
  const elf = elfOf(bytes);
  const diagnostics = new Diagnostics();
  const link = run(bytes, readDebugLink(elf, diagnostics))!;
  t.equal(link.name, 'stripped.debug');
  if (typeof crc32 === 'function') t.equal(link.crc, crc32(elfBytes('stripped.debug')));
  t.equal(run(bytes, readDebugAltLink(elf, diagnostics)), undefined);
  t.equal(run(bytes, readMiniDebugInfo(elf, diagnostics)), undefined);
  t.equal(elfOf(elfBytes('stripped.debug')).buildId, elf.buildId, 'the debug file has the same build id');

  const mini = elfBytes('mini.so');
  const xz = run(mini, readMiniDebugInfo(elfOf(mini), diagnostics))!;
  t.equal(Buffer.from(xz.subarray(0, 6)).toString('latin1'), '\xfd7zXZ\0');
  t.equal(run(mini, readDebugLink(elfOf(mini), diagnostics)), undefined);
  t.same(diagnostics.all(), []);
  t.end();
});

t.test('inflate is the inverse of deflate', (t) => {
  const words = fc.array(fc.constantFrom('perf', ' ', 'sample', 'a', '\0\0\0\0', 'zz'.repeat(200)), { maxLength: 400 }).map((parts) => Buffer.from(parts.join('')));
  const options = fc.record({ level: fc.integer({ min: 0, max: 9 }), strategy: fc.constantFrom(constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY, constants.Z_RLE) });
  fc.assert(fc.property(fc.oneof(words, fc.uint8Array({ maxLength: 3000 })), options, (content, how) => {
    const same = Buffer.compare(inflateZlib(deflateSync(content, how), content.length), content) === 0;
    return same && Buffer.compare(inflate(deflateRawSync(content, how), content.length), content) === 0;
  }), { numRuns: 300 });
  const large = Buffer.concat(Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? randomBytes(5000) : Buffer.alloc(5000, `line ${i % 7} of many\n`))));
  t.equal(Buffer.compare(inflateZlib(deflateSync(large), large.length), large), 0, 'matches far back, several blocks');
  t.equal(inflateZlib(deflateSync(large), 1000).length, 1000, 'no more than asked for');
  t.equal(inflateZlib(deflateSync(Buffer.from('short')), 1000).length, 5, 'no more than there is');
  t.equal(inflateZlib(Buffer.from('not a stream'), 10).length, 0);
  t.end();
});
