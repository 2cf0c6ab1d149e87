// testdata/conformance/compare.js, as an implementer of another reader runs it: with perfts it finds nothing, with a reader that is
// wrong it says what.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { vectorFolder } from './vector-folder.ts';

const root = dirname(dirname(vectorFolder()));
const node = `"${process.execPath}"`;
const perfts = `${node} "${join(root, 'bin/perfts.js')}"`;
const isBuilt = existsSync(join(root, 'dist/cli/main.js'));

function compare(...options: string[]): { readonly status: number | null; readonly lines: string[] } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(vectorFolder(), 'compare.js'), ...options], { encoding: 'utf8' });
  return { status, lines: (stdout + stderr).trimEnd().split('\n') };
}

t.test('perfts against its own vectors', { skip: isBuilt ? false : 'the command line is not built' }, async (t) => {
  const { status, lines } = compare('--file', `${perfts} dump --json --bytes --order file`, '--time', `${perfts} dump --json --bytes`, '--validate', `${perfts} validate --json`, '--only', 'order-late');
  t.same(lines, ['orders: 2 of 2', 'survives: 2 of 2', 'validates: 2 of 2', 'clauses: 1 of 1 without a failure']);
  t.equal(status, 0);
  const refused = compare('--file', `${perfts} dump --json --bytes --order file`, '--only', 'not-a-recording-text');
  t.same(refused, { status: 0, lines: ['survives: 1 of 1', 'clauses: 1 of 1 without a failure'] });
});

t.test('a reader that is wrong', async (t) => {
  const silent = compare('--file', `${node} -e 0`, '--only', 'record-comm');
  t.equal(silent.status, 1);
  t.match(silent.lines, [/^record-comm-be \(reads\): container: wanted "file", found undefined/, /^record-comm-le/, /^clause 4\.2\.4: 2 of 2 fail/, /4\.4\.2/, /4\.4\.7/, 'reads: 0 of 2', 'clauses: 0 of 3 without a failure']);
  const none = compare('--file', `${node} -e 0`, '--only', 'no vector has this name');
  t.equal(none.status, 1, 'nothing was compared');
  const map = compare('--map', `${node} -e "console.log('{}')"`, '--only', 'map-size-0');
  t.match(map.lines, [/^map-size-0 \(perf maps\): symbols: wanted \[/]);
  const dump = compare('--jitdump', `${node} -e "process.exit(3)"`, '--only', 'jitdump-empty');
  t.same(dump, { status: 0, lines: ['jitdumps: 1 of 1', 'clauses: 1 of 1 without a failure'] });
});
