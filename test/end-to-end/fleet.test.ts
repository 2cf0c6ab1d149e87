// docs/FLEET.md: its command makes a dataset, and its queries answer on DuckDB, where that is installed (@duckdb/node-api, 72 MB; the variable
// PERFTS_DUCKDB may name a folder with it in node_modules).

import t from 'tap';
import { cpSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inlinedParts, shown } from '../formats/exporting.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';

interface DuckDB {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): Record<string, unknown>[] }>;
}

async function duckdb(): Promise<DuckDB | undefined> {
  const folder = process.env['PERFTS_DUCKDB'] ?? PROJECT_ROOT;
  try {
    const require = createRequire(join(folder, 'package.json'));
    return (await import(pathToFileURL(require.resolve('@duckdb/node-api')).href)) as DuckDB;
  } catch {
    return undefined;
  }
}

/** The blocks of the document by the comment that heads them. */
function queries(): Map<string, string> {
  const text = readFileSync(join(PROJECT_ROOT, 'docs/FLEET.md'), 'utf8');
  return new Map([...text.matchAll(/^```sql\n-- (.+)\n([^]*?)^```/gm)].map(([, name, sql]) => [name!, sql!]));
}

/** Yesterday: a C++ program, by the time of its file. Today: the demo, which says itself when it was recorded, of two services. */
async function makeFleet(folder: string): Promise<void> {
  const { recording } = inlinedParts(100);
  mkdirSync(join(folder, 'symfs/opt'), { recursive: true });
  cpSync(dataPath('dwarf/lines/gcc5.so'), join(folder, 'symfs/opt/app.so'));
  writeFileSync(join(folder, 'perf.data'), recording);
  const yesterday = new Date('2026-11-20T12:00:00Z');
  utimesSync(join(folder, 'perf.data'), yesterday, yesterday);
  const dataset = ['export', '--format', 'parquet', '--dataset', join(folder, 'fleet')];
  for (const words of [
    [...dataset, '--label', 'service=api', '--symfs', join(folder, 'symfs'), join(folder, 'perf.data')],
    [...dataset, '--label', 'service=api', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS],
    [...dataset, '--label', 'service=web', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS],
  ]) {
    const { status, out, err } = await perfts(...words);
    t.same({ status, out, err }, { status: 0, out: '', err: '' });
  }
}

t.test('the folders', async (t) => {
  const folder = folderElsewhere(t);
  await makeFleet(folder);
  for (const table of ['samples', 'stacks']) {
    const files = readdirSync(join(folder, 'fleet', table), { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.parquet') || path.endsWith('.tmp'));
    t.same(files.map((path) => path.replaceAll('\\', '/').replace(/\/perf\.data-[0-9a-f]{8}\./, '/NAME.')).sort(), [
      'day=2026-11-20/service=api/NAME.parquet', 'day=2026-11-21/service=api/NAME.parquet', 'day=2026-11-21/service=web/NAME.parquet',
    ]);
  }
});

const found = await duckdb();
t.test('the queries', { skip: found === undefined ? 'DuckDB (@duckdb/node-api) is not installed' : false }, async (t) => {
  const folder = folderElsewhere(t);
  await makeFleet(folder);
  const connection = await (await found!.DuckDBInstance.create(':memory:')).connect();
  const ask = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await connection.runAndReadAll(sql.replaceAll("'fleet/", `'${join(folder, 'fleet').replaceAll('\\', '/')}/`))).getRowObjectsJson();
  const all = queries();
  t.same([...all.keys()], ['views', 'top functions by service', 'what changed since yesterday', 'callers']);
  for (const statement of all.get('views')!.split(';').filter((part) => part.trim() !== '')) await ask(statement);
  t.same(await ask('SELECT service, strftime(day, \'%Y-%m-%d\') AS day, count(*)::INT AS n, sum(period)::BIGINT AS period FROM samples GROUP BY ALL ORDER BY ALL'), [
    { service: 'api', day: '2026-11-20', n: 400, period: '1000' },
    { service: 'api', day: '2026-11-21', n: 491, period: '983967928' },
    { service: 'web', day: '2026-11-21', n: 491, period: '983967928' },
  ]);
  t.same(await ask('SELECT count(*)::INT AS n FROM samples LEFT JOIN (SELECT DISTINCT stack_id FROM stacks) AS known USING (stack_id) WHERE known.stack_id IS NULL'), [{ n: 0 }], 'every sample has its stack');

  // As the report of the demo has them.
  const report = await perfts('report', '--stdio', '--children', '-g', 'none', '-s', 'sym', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS);
  const expected = new Map([...report.out.matchAll(/^ +(\d+\.\d+)% +(\d+\.\d+)% +\[[.k]\] (\S+)/gm)].map(([, total, self, name]) => [shown(name!), [Number(self), Number(total)]]));
  const top = await ask(all.get('top functions by service')!);
  t.equal(top.length, 20, 'ten of each service');
  const known = top.filter(({ name }) => expected.has(String(name)));
  t.ok(known.length >= 16, `${known.length} with names of their own`);
  for (const { name, self, total } of known) t.same([self, total], expected.get(String(name)), String(name));
  t.same([top[0]!['service'], top[0]!['name'], top[0]!['self']], ['api', '_PyEval_EvalFrameDefault.cold', 16.9]);

  const changed = await ask(all.get('what changed since yesterday')!);
  t.ok(changed.every(({ service }) => service === 'api'), 'web was not there yesterday');
  t.match(changed.find(({ name }) => name === 'uses'), { before: 25, now: 0, change: -25 });
  t.match(changed.find(({ name }) => name === '_PyEval_EvalFrameDefault.cold'), { before: 0, now: 16.9, change: 16.9 });
  t.ok(changed.length < 20 && changed.every(({ change }) => Math.abs(Number(change)) > 0.5), 'single samples are noise');
  const callers = await ask(all.get('callers')!);
  t.ok(callers.length > 0 && callers.every(({ caller }) => caller !== null));
  t.match(callers[0], { caller: /^_PyEval_EvalFrameDefault/ });
});
