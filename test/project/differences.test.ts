// The list of recordings that differ from perf, and what holds it against a run of the conformance tool. The run itself is .ci/run's.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDifferences, differenceRows, scoreText, withScores, type CaseResult } from '../../bench/check-differences.ts';
import { PROJECT_ROOT } from './project-root.ts';

const DOCUMENT = `# Differences

## Other

| \`fmt_x\` | 1.0 | not this one |

## Cases that differ

### \`script\`

| case | equal, % | reason |
| --- | --- | --- |
| \`fmt_a\`, \`fmt_b\` | 90.0 to 99.9 | a file \\| two |
| \`ext_c\` | 50.0 | none |

## Last

| \`fmt_y\` | 2.0 | nor this |
`;
const result = (name: string, score: number, mode = 'script'): CaseResult => ({ case: name, mode, score });
const RUN = [result('fmt_a', 90), result('fmt_b', 99.97), result('ext_c', 50), result('fmt_d', 100), result('c_dwarf', 10), result('fmt_e', 3, 'stacks')];

t.test('the rows of the section, and no others', (t) => {
  t.same(differenceRows(DOCUMENT).map(({ mode, cases, score, reason }) => [mode, cases, score, reason]), [
    ['script', ['fmt_a', 'fmt_b'], '90.0 to 99.9', 'a file \\| two'],
    ['script', ['ext_c'], '50.0', 'none'],
  ]);
  t.equal(scoreText([99.999]), '99.9', 'not equal');
  t.equal(scoreText([12.3, 4.56]), '4.5 to 12.3');
  t.end();
});

t.test('what can be wrong with it', (t) => {
  const check = (run: readonly CaseResult[], document = DOCUMENT): string[] => checkDifferences(differenceRows(document), run);
  t.same(check(RUN), []);
  t.same(check([...RUN, result('fmt_new', 99.94)]), ['script: fmt_new is at 99.9, and nothing says why']);
  t.same(check(RUN.map((each) => (each.case === 'ext_c' ? result('ext_c', 100) : each))), ["script: ext_c is listed, but is equal to perf's"]);
  t.same(check(RUN.slice(1)), ['script: fmt_a is listed, but was not run', 'script: fmt_a, fmt_b: 99.9, not 90.0 to 99.9 (--write)']);
  t.same(check(RUN, DOCUMENT.replace('`ext_c` | 50.0 | none', '`ext_c`, `fmt_a` | 50.0 to 90.0 | ')), ['script: no reason is given for ext_c, fmt_a', 'script: fmt_a is listed twice']);
  const better = RUN.map((each) => (each.case === 'ext_c' ? result('ext_c', 60) : each));
  t.same(check(better), ['script: ext_c: 60.0, not 50.0 (--write)']);
  t.same(check(better, withScores(DOCUMENT, better)), []);
  t.end();
});

t.test('the document', (t) => {
  const rows = differenceRows(readFileSync(join(PROJECT_ROOT, 'docs', 'PERF-DIFFERENCES.md'), 'utf8'));
  const keys = rows.flatMap(({ mode, cases }) => cases.map((name) => `${mode} ${name}`));
  t.same(new Set(rows.map(({ mode }) => mode)), new Set(['header', 'events', 'buildids', 'stats', 'tasks', 'script', 'dump']));
  t.equal(new Set(keys).size, keys.length, 'each once');
  for (const { reason, score, line } of rows) if (reason === '' || !/^\d+\.\d( to \d+\.\d)?$/.test(score)) t.fail(`line ${line + 1}`);
  t.end();
});
