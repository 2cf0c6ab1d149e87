// The vectors cover everything that the format can hold, and COVERAGE.md says so (UPDATE_VECTORS=1 writes it).

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { coverageOf, coverageText, emptyFields } from './coverage.ts';
import { storedVectors, vectorFolder } from './vector-folder.ts';

const vectors = storedVectors();
const built = vectors.filter(({ origin }) => origin === 'built');

t.test('no row is empty', async (t) => {
  // The built vectors alone: their expectations do not come from perfts.
  for (const { title, rows } of coverageOf(built)) t.same([...rows].filter(([, names]) => names.length === 0).map(([item]) => item), [], title);
});

t.test('every field of every record has a value that tells something', async (t) => {
  t.same(emptyFields(built), []);
});

t.test('every vector has its files, and says what it shows', async (t) => {
  for (const { name, about, clauses } of vectors) if (about === '' || clauses.length === 0) t.fail(name);
  t.ok(vectors.length > 120, `${vectors.length} vectors`);
});

t.test('COVERAGE.md', async (t) => {
  const path = join(vectorFolder(), 'COVERAGE.md');
  const text = coverageText(vectors);
  if (process.env['UPDATE_VECTORS'] === '1') writeFileSync(path, text);
  t.ok(readFileSync(path, 'utf8') === text, 'as it is made (UPDATE_VECTORS=1 writes it)');
});
