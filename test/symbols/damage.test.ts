// Wrong inputs: nothing throws, nothing hangs, and what is right beside them is found.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { decodeXz } from '../../src/bytes/xz.ts';
import { Module } from '../../src/process/module.ts';
import { MemoryTree, treeComponents } from '../../src/symbols/file-tree.ts';
import { KernelSymbols } from '../../src/symbols/kernel-symbols.ts';
import { ModuleLoader } from '../../src/symbols/module-loader.ts';
import { BUILD_ID, fixture, text } from './fixtures.ts';

const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));

function changed(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const copy = bytes.slice();
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy;
}

t.test('ELF files with wrong bytes', async (t) => {
  for (const name of ['tiny.so', 'tiny.debug', 'mini.so']) {
    const bytes = fixture(name);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.nat(bytes.length), (changes, length) => {
        const tree = new MemoryTree('t', new Map([['/a/x.so', changed(bytes, changes).subarray(0, length)], ['/a/.debug/x.so', fixture('tiny.debug')]]));
        const loader = new ModuleLoader({ trees: [tree], machine: 'x86-64', vdso: new MemorySource(bytes), diagnostics: new Diagnostics() });
        for (const kind of ['file', 'vdso'] as const) {
          const loaded = loader.load(new Module(1, kind, '/a/x.so', 'x.so', BUILD_ID), { unwind: true });
          if (loaded instanceof Promise) return false;
          for (let offset = 0; offset < 0x3000; offset += 0x400) {
            const symbol = loaded.symbols?.find(offset) ?? -1;
            if (symbol >= 0) loaded.symbols!.name(symbol);
            loaded.fileOffsetToAddress(offset);
          }
        }
        return true;
      }),
      { numRuns: 100 },
    );
  }
  t.pass('nothing threw');
});

t.test('kallsyms with wrong bytes', async (t) => {
  const lines = 'ffffffff81000000 T _text\nffffffff81000100 t f\t[m]\nffffffff81000200 D d\n'.repeat(5);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const symbols = new KernelSymbols(changed(text(lines), changes), new Diagnostics());
      for (const table of [symbols.kernel(), ...symbols.modules.map((name) => symbols.module(name)!)]) {
        for (let i = 0; i < table.length; i++) {
          table.name(i);
          if (i > 0 && table.start(i) <= table.start(i - 1)) return false;
          if (table.find(table.start(i)) !== i) return false;
        }
      }
      return true;
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => new KernelSymbols(bytes, new Diagnostics()).kernel().length >= 0));
  t.pass('tables stay in order');
});

t.test('xz with wrong bytes', async (t) => {
  const mini = fixture('mini.so');
  const at = mini.findIndex((byte, i) => byte === 0xfd && mini[i + 1] === 0x37 && mini[i + 2] === 0x7a);
  const stream = mini.subarray(at, at + 936);
  const whole = decodeXz(stream, 1e6);
  t.equal(whole?.[0], 0x7f, 'an ELF file');
  t.equal(decodeXz(stream, whole!.length - 1), undefined, 'no more than the limit');
  t.equal(decodeXz(new Uint8Array(0), 1e6), undefined);
  for (let length = 0; length < 400; length++) t.equal(decodeXz(stream.subarray(0, length), 1e6), undefined);
  fc.assert(fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => (decodeXz(changed(stream, changes), 100_000)?.length ?? 0) <= 100_000));
});

t.test('paths that want out', async (t) => {
  const component = fc.oneof(fc.constantFrom('..', '.', '', '/', '\\', '\0', 'C:'), fc.string());
  fc.assert(
    fc.property(fc.array(component), (parts) => {
      const components = treeComponents(parts.join('/'));
      return components === undefined || components.every((name) => name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name));
    }),
  );
  t.pass('none gets out');
});
