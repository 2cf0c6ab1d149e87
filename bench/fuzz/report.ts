// The figures of a run as tables, for people and for RESULTS.md.

import { type Figures, addFigures, noFigures } from './outcome.ts';
import type { Find } from './worker.ts';

export interface RunFigures {
  readonly figures: ReadonlyMap<string, ReadonlyMap<string, Figures>>;
  readonly causes: readonly { readonly signature: string; readonly count: number; readonly first: Find }[];
  /** KiB of the process that ran the inputs. */
  readonly peak: number;
  readonly runSeed: number;
  readonly seconds: number;
  /** What was run (saved-run.ts). */
  readonly commit: string;
  readonly node: string;
}

const MIB = 1_048_576;

export function reportLines({ figures, causes, peak, runSeed, seconds, commit, node }: RunFigures): string[] {
  const all = noFigures();
  const forms = new Map<string, Figures>();
  const rows: string[] = [];
  for (const [target, ofTarget] of figures) {
    const sum = noFigures();
    for (const [form, part] of ofTarget) {
      addFigures(sum, part);
      // Companions do not make another container.
      const container = form.replace('+files', '');
      const known = forms.get(container) ?? noFigures();
      forms.set(container, known);
      addFigures(known, part);
    }
    addFigures(all, sum);
    rows.push(`| ${target} | ${sum.inputs} | ${percent(sum.whole, sum.inputs)} | ${sum.failed} | ${(sum.time / sum.inputs).toFixed(2)} | ${sum.longest.toFixed(0)} | ${(sum.mostAllocated / MIB).toFixed(1)} | ${(sum.largestArray / MIB).toFixed(1)} |`);
  }
  return [
    `commit ${commit}, seed ${runSeed}: ${all.inputs} inputs, ${all.failed} failures of ${causes.length} causes, ${seconds.toFixed(0)} s, ${(all.time / 1000).toFixed(0)} s of processor, ${node}`,
    `longest input ${all.longest.toFixed(0)} ms of processor (${all.longestInput}), most arrays ${(all.mostAllocated / MIB).toFixed(0)} MiB (${all.mostAllocatedInput}), the process at most ${(peak / 1024).toFixed(0)} MiB`,
    '',
    '| target | inputs | not refused | failures | ms each | longest, ms | most arrays, MiB | largest, MiB |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '| container | inputs | not refused | failures |',
    '| --- | --- | --- | --- |',
    ...[...forms].sort(([a], [b]) => (a < b ? -1 : 1)).map(([form, part]) => `| ${form} | ${part.inputs} | ${percent(part.whole, part.inputs)} | ${part.failed} |`),
    ...(causes.length === 0 ? [] : ['', ...causes.map(({ signature, count, first }) => `* ${count} × ${first.failure.kind} (${first.target}:${first.seed}#${first.number}): ${signature}`)]),
  ];
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '' : `${((100 * part) / whole).toFixed(0)} %`;
}
