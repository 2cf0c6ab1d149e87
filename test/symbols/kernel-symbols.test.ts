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
  t.equal(new KernelSymbols(text('0000000000000000 T _text\n0000000000000000 T a\n'), hidden).isEmpty, true);
  t.equal(hidden.has('kallsyms-hidden'), true);
  t.equal(new KernelSymbols(new Uint8Array(0), new Diagnostics()).kernel().find(0), -1);
  t.equal(new KernelSymbols(new Uint8Array(10_000), new Diagnostics()).isEmpty, true, 'a file of zeros');
});

/** A file of the size of real ones: aliases, symbols that are left out, modules behind. */
function largeKallsyms(lines: number): string {
  let content = '0000000000000000 A per_cpu_start\n0000000000001000 D per_cpu_data\n';
  for (let i = 0; i < lines; i++) {
    const start = (0x81000000 + (i >> 1) * 32).toString(16);
    content += `ffffffff${start} ${'tTrWdA'[i % 6]} symbol_number_${i}\n`;
  }
  return content;
}

t.test('large files are read as far as needed', async (t) => {
  const lines = 30_000;
  const content = largeKallsyms(lines);
  const modules = 'ffffffffc0000100 t inside\t[mod]\nffffffffc0000000 t begin\t[mod]\n';
  const whole = (extra: string, relocation = 0) => new KernelSymbols(text(content + extra), new Diagnostics()).kernel(relocation);
  // The same symbols through the other way: a line out of order at the end has the file read whole.
  const reference = whole('ffffffff80000000 r out_of_order\n');
  const blocks = whole(modules);
  const moved = whole(modules, 0x1000);
  t.equal(blocks.length, 0, 'nothing is read before it is asked for');
  let right = 0;
  let asked = 0;
  for (let i = lines; i-- > 0; i -= 7) {
    const at = address('ffffffff81000000') + i * 16 + (i % 5);
    const expected = reference.find(at);
    const symbol = blocks.find(at);
    const shifted = moved.find(at + 0x1000);
    asked++;
    if (
      expected >= 0 &&
      blocks.name(symbol) === reference.name(expected) &&
      blocks.start(symbol) === reference.start(expected) &&
      blocks.end(symbol) === reference.end(expected) &&
      blocks.find(at) === symbol &&
      moved.name(shifted) === reference.name(expected) &&
      moved.end(shifted) === reference.end(expected) + 0x1000
    ) {
      right++;
    }
  }
  t.equal(right, asked);
  t.equal(nameAt(blocks, '1004'), 'per_cpu_data', 'unsigned order: addresses of CPUs come first');
  t.equal(nameAt(blocks, 'ffffffff80ffffff'), '', 'and do not reach to the kernel');
  t.equal(nameAt(blocks, 'ffffffffc0000000'), '');
  const last = blocks.find(address('ffffffff81000000') + ((lines - 2) >> 1) * 32);
  t.equal(blocks.end(last) % 4096, 0);
  const large = new KernelSymbols(text(content + modules), new Diagnostics());
  t.same(large.modules, ['[mod]']);
  t.equal(nameAt(large.module('[mod]'), 'ffffffffc0000101'), 'inside');
  t.equal(large.relocation({ name: 'symbol_number_2', address: 0x20 }), 0x20 - address('ffffffff81000020'));
});

t.test('large files that are in no order', async (t) => {
  const content = largeKallsyms(20_000).split('\n');
  // Two lines within a block change places: seen when the block is read.
  [content[10_000], content[10_020]] = [content[10_020]!, content[10_000]!];
  const table = new KernelSymbols(text(content.join('\n')), new Diagnostics()).kernel();
  const early = address('ffffffff81000000') + 32 * 100;
  const first = table.find(early);
  const name = table.name(first);
  t.match(name, /^symbol_number_20[01]$/);
  const late = table.find(address('ffffffff81000000') + 32 * 5_000);
  t.match(table.name(late), /^symbol_number_1000[01]$/);
  t.equal(table.name(first), name, 'symbols that were met keep their numbers');
  t.equal(table.name(table.find(early)), name);
  t.ok(table.length > late);
  const noise = Array.from({ length: 40_000 }, (_, i) => `line ${i}`).join('\n');
  const diagnostics = new Diagnostics();
  t.equal(new KernelSymbols(text(noise), diagnostics).isEmpty, true);
  t.ok(diagnostics.has('kallsyms-empty'));
});

t.test('one symbol', async (t) => {
  const table = new SingleSymbol('bpf_prog_x', address('ffffffffc0001000'), address('ffffffffc0001100'));
  t.equal(nameAt(table, 'ffffffffc0001080'), 'bpf_prog_x');
  t.equal(nameAt(table, 'ffffffffc0001100'), '');
});
