// `script` with inlined calls and source lines of a C++ program with over 100 MB of debugging information: perf and perfts as whole
// processes, in turn. Prints the figures and writes them to bench/RESULTS.md (section "Lines and inlined calls of a large program").
//
//   node dist/bench/lines.js --data DIR [--root ROOT] [--rounds 1] [--dry]
//
// DIR and ROOT are those of bench/record-inlines.sh: DIR/large is looked at, and perf runs inside ROOT. perf takes a minute and more a round.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Diagnostics } from '../src/bytes/diagnostics.ts';
import { perform } from '../src/bytes/reading.ts';
import { MemorySource } from '../src/bytes/source.ts';
import { readElf, type ElfFile } from '../src/elf/elf-file.ts';
import { measure, median, type Run } from './measured-run.ts';
import { circumstances, projectFolder, writeResults } from './results-file.ts';

const FIELDS = 'comm,tid,time,event,ip,sym,dso,srcline';
/** Wall time as a multiple of perf's that is still good enough. */
const LIMIT = 0.5;
/** What the capture must have for the figures to count. */
const LEAST_ADDRESSES = 5000;
const LEAST_DEBUG_INFO = 100e6;

const { values: options } = parseArgs({ options: { data: { type: 'string' }, root: { type: 'string', default: '' }, rounds: { type: 'string', default: '1' }, dry: { type: 'boolean', default: false } } });
if (options.data === undefined) throw new Error('--data DIR is missing: where bench/record-inlines.sh recorded');
const root = options.root.replace(/\/$/, '');
const folder = `${options.data}/large`;
const rounds = Math.max(1, Number(options.rounds) || 1);
const perf = root === '' ? ['perf'] : ['chroot', root, 'perf'];
const perfts = [process.execPath, join(projectFolder(), 'bin', 'perfts.js')];
const files = ['-i', `${root}${folder}/perf.data`, ...(root === '' ? [] : ['--symfs', root]), '--kallsyms', `${root}${options.data}/kallsyms`];

const program = new Uint8Array(readFileSync(`${root}${folder}/large`));
const elf = perform(new MemorySource(program), readElf(program.length, new Diagnostics())) as ElfFile;
const debugInfo = elf.sections.filter(({ name }) => name.startsWith('.debug_')).reduce((sum, { size }) => sum + size, 0);
const addresses = execFileSync(perfts[0]!, [...perfts.slice(1), 'script', ...files, '--no-inline', '-F', 'ip'], { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] }).match(/[0-9a-f]+/g) ?? [];
const distinct = new Set(addresses).size;
if (distinct < LEAST_ADDRESSES || debugInfo < LEAST_DEBUG_INFO) throw new Error(`${distinct} distinct addresses, ${debugInfo} bytes of debugging information: too few`);

const theirs = [...perf, 'script', '-F', FIELDS, '-i', `${folder}/perf.data`];
const ours = [...perfts, 'script', '-F', FIELDS, ...files];
const without = [...perfts, 'script', '-F', 'comm,tid,time,event,ip,sym,dso', '--no-inline', ...files];
const runs: Record<'perf' | 'perfts' | 'without', Run[]> = { perf: [], perfts: [], without: [] };
// The files come into the page cache.
run(without);
run(ours);
for (let round = 0; round < rounds; round++) {
  runs.perf.push(run(theirs));
  runs.perfts.push(run(ours));
  runs.without.push(run(without));
}

function run(command: readonly string[]): Run {
  const measured = measure(command);
  if (measured.status !== 0 || measured.output < 100_000) throw new Error(`${command.join(' ')}: exit status ${measured.status}, ${measured.output} bytes of output`);
  return measured;
}

/** What the process read from files, from the page cache or not: a shell counts its children once they have ended. NaN where the kernel does not tell. */
function bytesRead(command: readonly string[]): number {
  if (!existsSync('/proc/self/io')) return NaN;
  const script = '"$@" >/dev/null 2>&1; while read -r name count; do [ "$name" = rchar: ] && echo $count; done </proc/$$/io; true';
  return Number(execFileSync('bash', ['-c', script, 'bash', ...command], { encoding: 'utf8' }).trim());
}

const middle = (which: readonly Run[], of: (run: Run) => number): number => median(which.map(of));
const ratio = middle(runs.perfts, ({ wall }) => wall) / middle(runs.perf, ({ wall }) => wall);
const row = (what: string, which: readonly Run[]): string => `| ${what} | ${middle(which, ({ wall }) => wall).toFixed(2)} | ${middle(which, ({ processor }) => processor).toFixed(2)} | ${middle(which, ({ memory }) => memory).toFixed(0)} |`;
const version = execFileSync(perf[0]!, [...perf.slice(1), '--version'], { encoding: 'utf8' }).trim().replace(/^perf version /, 'perf ');
const text = [
  `By \`bench/lines.ts\` on the large program of \`bench/record-inlines.sh\`: \`script -F ${FIELDS}\`, whole processes, in turn, medians of ${rounds}. The program has ${(debugInfo / 1e6).toFixed(0)} MB of debugging information, the recording ${distinct} distinct addresses.`,
  '',
  circumstances(version),
  '',
  '| | s | s of processor | peak MiB |',
  '| --- | --- | --- | --- |',
  row('perf', runs.perf),
  row('perfts', runs.perfts),
  row('perfts `--no-inline`, without lines', runs.without),
  '',
  `perfts / perf **${ratio.toFixed(3)}**, limit ${LIMIT}: ${ratio <= LIMIT ? 'kept' : 'NOT kept'}. Read from files: ${(bytesRead(ours) / 1e6).toFixed(0)} MB, without lines ${(bytesRead(without) / 1e6).toFixed(0)} MB.`,
  '',
].join('\n');
process.stdout.write(text);
if (!options.dry) writeResults('Lines and inlined calls of a large program', text);
