// The block after a report: every sentence it can say, and that it stays short.

import t from 'tap';
import type { Damage } from '../../src/bytes/diagnostics.ts';
import { Module, type ModuleKind } from '../../src/process/module.ts';
import type { QualityReport, UnnamedModule } from '../../src/profile/quality.ts';
import { qualityLines } from '../../src/views/quality-text.ts';

const NOTHING: QualityReport = {
  samples: 0, lost: 0, kernelSamples: 0, unwound: 0, complete: 0, joined: 0, joinDoubtful: 0, guessed: [], cut: [], fullDumps: 0, dumpAsked: 0, chains: 0, chainsWithTail: 0,
  python: 0, pythonNamed: 0, namelessTrampolines: 0, pythonSupport: false, pythonChainDepth: 0, unnamed: [], modules: [], dump: undefined,
};

function lines(quality: Partial<QualityReport>, damage: readonly Damage[] = []): string[] {
  return qualityLines({ ...NOTHING, ...quality }, damage);
}

function unnamed(kind: ModuleKind, path: string, frames: number, found: boolean, buildId = ''): UnnamedModule {
  return { module: new Module(1, kind, path, path.slice(path.lastIndexOf('/') + 1), buildId), frames, found, reason: found ? 'no-symbols' : 'absent' };
}

t.test('samples and losses', async (t) => {
  t.same(lines({}), ['Samples: 0, none lost.']);
  t.same(lines({ samples: 1_234_567, lost: 1200 }), ['Samples: 1 234 567, 1 200 lost.']);
});

t.test('stacks', async (t) => {
  t.same(lines({ samples: 10, unwound: 10, complete: 10 })[1], 'Stacks: 10 unwound, 100.0 % complete.');
  t.match(lines({ samples: 10_000, unwound: 10_000, complete: 9_999 })[1], /99\.9 % complete/, 'never rounded to all');
  const cut = (reason: string, more: Partial<QualityReport> = {}): string | undefined =>
    lines({ samples: 100, unwound: 100, complete: 90, cut: [{ reason, stacks: 10 }], ...more })[2];
  t.equal(cut('dump exhausted', { fullDumps: 10, dumpAsked: 8192 }), '  10 (10.0 %) end where the stack dump ends: 8192 bytes; record with --call-graph dwarf,32768.');
  t.match(cut('dump exhausted', { fullDumps: 10, dumpAsked: 32_768 }), /record with --call-graph dwarf,65528\.$/);
  t.match(cut('dump exhausted', { fullDumps: 10, dumpAsked: 65_528 }), /the most that perf records; use frame pointers/);
  t.equal(cut('dump exhausted', { fullDumps: 0, dumpAsked: 65_528 }), '  10 (10.0 %) end where the stack dump ends.', 'where the stack itself ended');
  t.match(cut('no CFI', { unnamed: [unnamed('file', '/lib/x.so', 3, false)] }), /since files are missing \(below\)\.$/);
  t.match(cut('no CFI'), /end in code without unwinding information\.$/);
  for (const reason of ['no module', 'bad CFA', 'loop', 'limit', 'no registers', '32-bit program', 'another stack']) t.match(cut(reason), /^ {2}10 \(10\.0 %\) [a-z].*\.$/, reason);
  t.same(lines({ samples: 5, chains: 5 }), ['Samples: 5, none lost.', 'Stacks: 5 recorded by frame pointers.']);
  t.match(lines({ samples: 5, chains: 5, chainsWithTail: 1 })[1], /frame pointers; 20\.0 % end in addresses of no code/);
});

t.test('Python', async (t) => {
  const python = (more: Partial<QualityReport>): string => lines({ samples: 100, python: 100, ...more }).slice(2).join('\n');
  t.equal(python({ unwound: 100, complete: 100, pythonNamed: 98, pythonSupport: true }), 'Python: functions named in 98.0 % of 100 samples.');
  t.match(python({ unwound: 100, pythonNamed: 0 }), /\n {2}No jitdump or perf map was found: run Python with -X perf_jit, and keep \/tmp\/jit-PID\.dump beside the recording\.$/);
  t.match(python({ unwound: 100, namelessTrampolines: 7, pythonSupport: true }), /\n {2}7 run Python functions that no jitdump or perf map names\.$/);
  t.match(python({ chains: 100, pythonNamed: 2, pythonChainDepth: 3, pythonSupport: true }), /\n {2}This Python has no frame pointers: record with --call-graph dwarf,16384 -k 1 and -X perf_jit\.$/);
  t.notMatch(python({ chains: 100, pythonNamed: 95, pythonChainDepth: 30, pythonSupport: true }), /frame pointers/, 'CPython 3.15 has them');
});

t.test('files without names', async (t) => {
  const of = (...modules: readonly UnnamedModule[]): string[] => lines({ samples: 1, unnamed: modules }).slice(1);
  t.same(of(unnamed('file', '/lib/x.so', 1234, false, '0123456789abcdef')), ['Without names:', '  /lib/x.so: 1 234 frames; file not found (build id 0123456789ab…); give --symfs ROOT with the files of that machine']);
  t.match(of(unnamed('file', '/lib/x.so', 12, true))[1], /the file is there, but has no symbols/);
  t.match(of(unnamed('kernel', '[kernel.kallsyms]', 12, false))[1], /give --kallsyms FILE, a copy of \/proc\/kallsyms made as root, or --vmlinux FILE$/);
  t.match(of(unnamed('anonymous', '/tmp/perf-7.map', 12, false))[1], /no perf-7\.map beside the recording$/);
  t.same(of(unnamed('file', '/lib/x.so', 0, false)), []);
  const many = of(...Array.from({ length: 40 }, (_, i) => unnamed('file', `/lib/${i}.so`, 100 - i, false)));
  t.same([many.length, many.at(-1)], [8, '  and 34 more']);
});

t.test('damage', async (t) => {
  const damage = (i: number, more: Partial<Damage> = {}): Damage => ({ code: `c${i}`, file: '', offset: -1, message: `What ${i}`, count: 1, ...more });
  t.same(lines({}, [damage(1), damage(2, { offset: 99 }), damage(3, { file: 'jit-1.dump', count: 1500 })]).slice(1), [
    'Note: What 1.', 'Note: What 2 (at offset 99).', 'Note: jit-1.dump: What 3, 1 500 times.',
  ]);
  t.same(lines({}, Array.from({ length: 20 }, (_, i) => damage(i))).slice(9), ['Note: 12 more kinds of damage.']);
});
