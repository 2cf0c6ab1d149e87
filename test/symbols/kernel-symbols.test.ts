import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { KernelSymbols, SingleSymbol } from '../../src/symbols/kernel-symbols.ts';
import { text } from './fixtures.ts';

const address = (hex: string): number => Number(BigInt.asIntN(64, BigInt(`0x${hex}`)));

const KALLSYMS = `ffffffff81000000 T _stext
ffffffff81000000 T _text
ffffffff81000100 t first
ffffffff81000200 W weak_one
ffffffff81000200 t strong_alias
ffffffff81000300 r read_only
ffffffff81000300 A absolute
ffffffff81000340 T $mapping
ffffffff81000340 T .Llabel
ffffffff81000380 D some_data
ffffffff81000400 b zeroed
ffffffffc0002010 t late_in_file\t[mod_b]
ffffffffc0000020 t second\t[mod_a]
ffffffffc0000010 T entry\t[mod_a]
ffffffffc0002000 t b_first\t[mod_b]
`;

function nameAt(table: { find(address: number): number; name(symbol: number): string } | undefined, hex: string): string {
  const symbol = table?.find(address(hex)) ?? -1;
  return symbol < 0 ? '' : table!.name(symbol);
}

t.test('kernel and modules', async (t) => {
  const diagnostics = new Diagnostics();
  const symbols = new KernelSymbols(text(KALLSYMS), diagnostics);
  const kernel = symbols.kernel();
  t.equal(nameAt(kernel, 'ffffffff81000000'), '_text', 'the last alias reaches to the next symbol');
  t.equal(nameAt(kernel, 'ffffffff810001ff'), 'first');
  t.equal(nameAt(kernel, 'ffffffff81000200'), 'strong_alias');
  t.equal(nameAt(kernel, 'ffffffff81000350'), 'strong_alias', 'read-only data, labels and mapping symbols are left out');
  t.equal(nameAt(kernel, 'ffffffff81000380'), 'some_data');
  t.equal(nameAt(kernel, 'ffffffff80ffffff'), '');
  const last = kernel.find(address('ffffffff81000400'));
  t.equal(kernel.name(last), 'zeroed');
  t.equal(kernel.end(last), address('ffffffff81002000'), 'before a module the last symbol takes two pages at most');
  t.equal(nameAt(kernel, 'ffffffffc0000010'), '', "a module's symbols are not the kernel's");
  t.equal(kernel.isObject(last), false);

  t.same(symbols.modules.sort(), ['[mod_a]', '[mod_b]']);
  const module = symbols.module('[mod_a]')!;
  t.equal(nameAt(module, 'ffffffffc0000010'), 'entry', 'modules list their symbols in any order');
  t.equal(nameAt(module, 'ffffffffc0000fff'), 'second');
  t.equal(nameAt(module, 'ffffffffc0000000'), '');
  t.equal(nameAt(symbols.module('[mod_b]'), 'ffffffffc0002011'), 'late_in_file');
  t.equal(symbols.module('[other]'), undefined);
  t.same(diagnostics.all(), []);
});

t.test('another boot', async (t) => {
  const symbols = new KernelSymbols(text(KALLSYMS), new Diagnostics());
  t.equal(symbols.relocation({ name: '_stext', address: address('ffffffff81000000') }), 0);
  const relocation = symbols.relocation({ name: '_text', address: address('ffffffffa5000000') });
  t.equal(relocation, 0x24000000);
  const kernel = symbols.kernel(relocation);
  t.equal(nameAt(kernel, 'ffffffffa5000150'), 'first');
  t.equal(kernel.start(kernel.find(address('ffffffffa5000150'))), address('ffffffffa5000100'));
  t.equal(kernel.end(kernel.find(address('ffffffffa5000150'))), address('ffffffffa5000200'));
  t.equal(symbols.relocation({ name: '_nothing', address: 1 }), undefined);
  t.equal(symbols.relocation({ name: 'ext', address: 1 }), undefined, 'whole names only');
});

t.test('forms of the text', async (t) => {
  const diagnostics = new Diagnostics();
  const symbols = new KernelSymbols(text('c0000000 T start32\nC0000010 T upper\nno symbol\n\nc0000020 T\nc0000030 T  \n00112233445566778 T long\nc0000040 T last'), diagnostics);
  const kernel = symbols.kernel();
  t.equal(nameAt(kernel, 'c0000008'), 'start32', '32-bit addresses are positive');
  t.equal(nameAt(kernel, 'c0000010'), 'upper');
  t.equal(nameAt(kernel, 'c0000fff'), 'last', 'no newline at the end; the last symbol goes to the next page');
  t.equal(kernel.end(kernel.length - 1), 0xc0002000);
  t.equal(diagnostics.all()[0]?.code, 'kallsyms-line');
  t.equal(diagnostics.all()[0]?.offset, 36);

  const unsorted = new KernelSymbols(text('30 T c\n10 T a\n30 T d\n20 T b\n'), new Diagnostics()).kernel();
  t.equal(nameAt(unsorted, '15'), 'a');
  t.equal(nameAt(unsorted, '25'), 'b');
  t.equal(nameAt(unsorted, '35'), 'd', 'order of the file among equals');

  const hidden = new Diagnostics();
  t.equal(new KernelSymbols(text('0000000000000000 T _text\n0000000000000000 T a\n'), hidden).length, 0);
  t.equal(hidden.has('kallsyms-hidden'), true);
  t.equal(new KernelSymbols(new Uint8Array(0), new Diagnostics()).kernel().find(0), -1);
  t.equal(new KernelSymbols(new Uint8Array(10_000), new Diagnostics()).length, 0, 'a file of zeros');
});

t.test('one symbol', async (t) => {
  const table = new SingleSymbol('bpf_prog_x', address('ffffffffc0001000'), address('ffffffffc0001100'));
  t.equal(nameAt(table, 'ffffffffc0001080'), 'bpf_prog_x');
  t.equal(nameAt(table, 'ffffffffc0001100'), '');
});
