// Everything that perf's commands have is there or refused with a reason, and docs/PERF-OPTIONS.md says so.

import t from 'tap';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { optionsTable, readFacts, tableRows } from '../../bench/options-table.ts';
import { PROJECT_ROOT } from './project-root.ts';

const facts = readFacts(PROJECT_ROOT);

t.test('nothing of perf is forgotten', async (t) => {
  const rows = tableRows(facts);
  t.ok(rows.length > 500, 'options, keys and fields');
  const forgotten = rows.filter(({ state }) => state === 'missing' || state === 'planned').map(({ command, kind, name }) => `${command}: ${kind} ${name}`);
  t.same(forgotten, []);
  for (const { command, name, state, why } of rows) if (state === 'refused') t.match(why, /^\S.{10,}[^.]$/, `${command} ${name} says why`);
});

t.test('the page is made of the tables as they are', async (t) => {
  t.equal(readFileSync(join(PROJECT_ROOT, 'docs', 'PERF-OPTIONS.md'), 'utf8'), optionsTable(facts), 'npm run docs:options brings it up to date');
});

t.test('what is missing is seen', async (t) => {
  const more = { ...facts, commands: { ...facts.commands, evlist: { options: [{ name: 'freq', letter: 'F' }, { name: 'freq', letter: 'X' }, { name: 'nonsense' }] } } };
  t.same(tableRows(more).filter(({ command }) => command === 'evlist').map(({ state }) => state), ['there', 'missing', 'missing']);
  t.not(optionsTable(more), optionsTable(facts));
});
