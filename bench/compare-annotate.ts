// Does annotate give every instruction the share that perf 7.2 gives it? The hottest functions of recordings of the corpus, by both. Needs
// root, a root folder with perf 7.2 and objdump for both machines in it (chroot), the unpacked corpus (../shared/tools/conformance
// --unpack), and so is no part of the tests.
//
//   npm run build && sudo node dist/bench/compare-annotate.js [--root DIR] [--functions N] [--write]

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusCases } from '../test/end-to-end/twins.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

/** Recordings of programs with symbols, and the start of their files' folder. */
const CASES: Readonly<Record<string, 'symfs-amd64' | 'symfs-arm64'>> = { c_fp: 'symfs-amd64', cpp_fp: 'symfs-amd64', sqlite_dwarf: 'symfs-amd64', a64_c_fp: 'symfs-arm64', a64_cpp_fp: 'symfs-arm64', a64_py313_mixed: 'symfs-arm64' };
const OBJDUMP = { 'symfs-amd64': 'objdump', 'symfs-arm64': 'aarch64-linux-gnu-objdump' } as const;

const { values } = parseArgs({ options: { root: { type: 'string', default: '/var/tmp/sid-root' }, functions: { type: 'string', default: '4' }, write: { type: 'boolean', default: false } } });

function printed(command: string, ...words: readonly string[]): string {
  const { stdout } = spawnSync(command, words, { encoding: 'utf8', maxBuffer: 1 << 30, timeout: 120_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return stdout;
}

function perfts(...words: readonly string[]): string {
  return printed(process.execPath, join(projectFolder(), 'bin/perfts.js'), ...words);
}

/** The samples that the first heading names, and the share at each address that has any. */
function sharesOf(text: string): { readonly samples: number; readonly shares: ReadonlyMap<string, string> } {
  const [, samples = '0', rows = ''] = /Disassembly of .* \((\d+) samples, [^\n]*\n([^]*?)(?=\n.*Disassembly of .* samples, |$(?![^]))/.exec(text) ?? [];
  const found = [...rows.matchAll(/^[* ] *(\d+\.\d\d) : +([0-9a-f]+):/gm)].filter(([, share]) => share !== '0.00');
  return { samples: Number(samples), shares: new Map(found.map(([, share, address]) => [address!, share!])) };
}

const folder = mkdtempSync(join(values.root, 'tmp/compare-annotate-'));
const inside = folder.slice(values.root.length);
const table: string[][] = [];
try {
  for (const [name, place] of corpusCases()) {
    const symfs = CASES[name];
    if (symfs === undefined) continue;
    const cache = dirname(place);
    const files = join(cache, readdirSync(cache).find((each) => each.startsWith(`${symfs}-`))!);
    cpSync(join(place, 'perf.data'), join(folder, 'perf.data'));
    cpSync(files, join(folder, 'symfs'), { recursive: true });
    const report = perfts('report', '-i', join(folder, 'perf.data'), '--symfs', files, '--no-children', '-g', 'none', '--no-inline', '-s', 'sym,dso', '-n');
    const rows = [...report.matchAll(/^ +[\d.]+% +(\d+) +\[\.\] (.*?) {2,}(\S+) *$/gm)].filter(([, , symbol]) => !/^0x0000|^py::|@plt$/.test(symbol!));
    for (const [, samples, symbol, dso] of rows.slice(0, Number(values.functions))) {
      const words = ['-s', symbol!, '-d', dso!];
      const theirs = sharesOf(printed('chroot', values.root, 'perf', 'annotate', '--stdio', '--stdio-color', 'never', '-i', `${inside}/perf.data`, '--symfs', `${inside}/symfs`, '--objdump', OBJDUMP[symfs], ...words));
      const ours = sharesOf(perfts('annotate', '-q', '-i', join(folder, 'perf.data'), '--symfs', files, ...words));
      const differ = [...new Set([...theirs.shares.keys(), ...ours.shares.keys()])].filter((address) => theirs.shares.get(address) !== ours.shares.get(address));
      table.push([name, `\`${symbol!.slice(0, 50)}\``, samples!, String(theirs.samples), String(ours.samples), String(theirs.shares.size), String(differ.length)]);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const lines = [['recording', 'function', 'samples in report', 'perf annotate', 'perfts annotate', 'instructions with samples', 'of another share'], Array.from({ length: 7 }, () => '---'), ...table].map((cells) => `| ${cells.join(' | ')} |`);
console.log(lines.join('\n'));
if (values.write) {
  const version = printed('chroot', values.root, 'perf', '--version').trim().replace('perf version', 'perf');
  writeResults('Instructions beside perf annotate', ['By `bench/compare-annotate.ts`: the hottest functions with names, without entries of linkage tables, which perf does not annotate.', '', circumstances(version), '', ...lines].join('\n'));
}
