// Adds up the figures of several runs (run.ts --figures) into the section of RESULTS.md about fuzzing (bench/README.md).
// `node dist/bench/fuzz/total.js /var/tmp/fuzz/*.json`

import { writeResults } from '../results-file.ts';
import { type Figures, addFigures, noFigures } from './outcome.ts';
import type { RunFigures } from './report.ts';
import { savedRun } from './saved-run.ts';

const MIB = 1_048_576;
const CONTAINERS: readonly string[] = ['file', 'v1', 'killed', 'pipe', 'directory'];
/** Columns of what is no recording. */
const OTHER = 'other files';

/** `pipe-le-81+files`: a pipe, little-endian, compressed, with files beside it. */
function formOf(form: string): { readonly container: string; readonly byteOrder: string; readonly compression: string } {
  const [container = '', byteOrder = '', compression = ''] = form.replace('+files', '').split('-');
  return CONTAINERS.includes(container) ? { container, byteOrder: byteOrder === 'le' ? 'little-endian' : 'big-endian', compression: compression === '' ? 'not compressed' : `records of type ${compression}` } : { container: OTHER, byteOrder: '', compression: '' };
}

class Sums {
  readonly of = new Map<string, Figures>();

  add(name: string, figures: Figures): void {
    const known = this.of.get(name) ?? noFigures();
    this.of.set(name, known);
    addFigures(known, figures);
  }

  /** 0 where there is none of that name. */
  inputs(name: string): number {
    return this.of.get(name)?.inputs ?? 0;
  }
}

function resultLines(runs: readonly RunFigures[]): string[] {
  const all = noFigures();
  const targets = new Sums();
  const cells = new Sums();
  const shapes = new Sums();
  for (const { figures } of runs) for (const [target, forms] of figures) for (const [form, part] of forms) {
    const { container, byteOrder, compression } = formOf(form);
    addFigures(all, part);
    targets.add(target, part);
    cells.add(`${target} ${container}`, part);
    if (container !== OTHER) shapes.add(`| ${container} | ${byteOrder} | ${compression} |`, part);
  }
  const columns = [...CONTAINERS, OTHER];
  const commits = [...new Set(runs.map(({ commit }) => commit))].map((commit) => {
    const inputs = runs.filter((run) => run.commit === commit).reduce((sum, { figures }) => sum + [...figures.values()].reduce((part, forms) => part + [...forms.values()].reduce((count, each) => count + each.inputs, 0), 0), 0);
    return `${inputs} of commit ${commit}`;
  });
  const causes = runs.flatMap(({ causes: found, runSeed }) => found.map((cause) => ({ ...cause, runSeed })));
  const bySignature = new Map<string, typeof causes>();
  for (const cause of causes) bySignature.set(cause.signature, [...(bySignature.get(cause.signature) ?? []), cause]);
  return [
    `By \`bench/fuzz/total.ts\` of the figures of \`bench/fuzz/run.ts --inputs N --seed N --figures FILE\`, ${runs.length} runs with the seeds ${runs.map(({ runSeed }) => runSeed).join(', ')}: ${all.inputs} inputs (${commits.join(', ')}), ${all.failed} failures, ${(all.time / 1000).toFixed(0)} s of processor, node ${[...new Set(runs.map(({ node }) => node))].join(', ')}.`,
    `Longest input ${all.longest.toFixed(0)} ms, most arrays of one ${(all.mostAllocated / MIB).toFixed(0)} MiB, the process that ran them one after the other at most ${(Math.max(...runs.map(({ peak }) => peak)) / 1024).toFixed(0)} MiB.`,
    '',
    `| target | ${columns.join(' | ')} | failures | longest, ms | most arrays, MiB |`,
    `| --- |${columns.map(() => ' --- |').join('')} --- | --- | --- |`,
    ...[...targets.of].map(([target, sum]) => `| ${target} | ${columns.map((column) => cells.inputs(`${target} ${column}`) || '').join(' | ')} | ${sum.failed} | ${sum.longest.toFixed(0)} | ${(sum.mostAllocated / MIB).toFixed(1)} |`),
    '',
    '| container | byte order | compression | inputs | failures | longest, ms | most arrays, MiB |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...[...shapes.of].sort(([a], [b]) => (a < b ? -1 : 1)).map(([shape, sum]) => `${shape} ${sum.inputs} | ${sum.failed} | ${sum.longest.toFixed(0)} | ${(sum.mostAllocated / MIB).toFixed(1)} |`),
    ...(bySignature.size === 0 ? [] : ['', 'Failures when these were run, by cause:', '']),
    ...[...bySignature].map(([signature, found]) => `* ${found.reduce((sum, { count }) => sum + count, 0)} × ${signature.replaceAll('|', 'at')}: ${found.map(({ first, runSeed }) => `\`--seed ${runSeed} --only '${first.target}:${first.seed}#${first.number}'\``).join(', ')}`),
  ];
}

const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('usage: total.js FIGURES.json...');
  process.exitCode = 2;
} else writeResults('Fuzzing', resultLines(paths.map((path) => savedRun(path))).join('\n'));
