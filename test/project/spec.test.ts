// SPEC.md against what it speaks of: the declared layouts, the conformance vectors, and those who cite it. UPDATE_SPEC=1 writes the
// tables and the lines of vectors, and takes clauses that have got one off the list of those without; the rest is written by hand.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import t from 'tap';
import type { Layout } from '../../src/bytes/layout.ts';
import { JITDUMP_LAYOUTS } from '../../src/jit/layouts.ts';
import { attrLayout } from '../../src/perfdata/layouts/attr.ts';
import { eventTypeLayout, fileHeaderLayout, pipeHeaderLayout, sectionLayout } from '../../src/perfdata/layouts/file-header.ts';
import { ENTRY_LAYOUTS } from '../../src/perfdata/layouts/record-entries.ts';
import { RECORD_LAYOUTS } from '../../src/perfdata/layouts/records.ts';
import { PROJECT_ROOT } from './project-root.ts';
import { citationsOf, clausesOf, referencesOf, sectionsOf, withLayouts, withVectors } from './spec-document.ts';

const PATH = join(PROJECT_ROOT, 'SPEC.md');
const VECTORS = join(PROJECT_ROOT, 'testdata/conformance');
/** Clauses without a vector, by the reason. A new one is entered by hand. */
const WITHOUT_VECTORS = join(PROJECT_ROOT, 'test/project/clauses-without-vectors.json');
const UPDATE = process.env['UPDATE_SPEC'] !== undefined;
const LAYOUTS: readonly Layout<unknown>[] = [
  fileHeaderLayout, sectionLayout, pipeHeaderLayout, eventTypeLayout, attrLayout, ...RECORD_LAYOUTS, ...ENTRY_LAYOUTS, ...JITDUMP_LAYOUTS,
];

let spec = readFileSync(PATH, 'utf8');
const clauses = clausesOf(spec);
const known = new Set([...clauses.map((clause) => clause.id), ...sectionsOf(spec)]);

const numbers = (id: string): number[] => id.split('.').map(Number);

/** Whether one number stands before another; 4.2 before 4.2.1. */
function isBefore(one: string, other: string): boolean {
  const [left, right] = [numbers(one), numbers(other)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? left.length < right.length : left[at]! < (right[at] ?? -1);
}

/** The names of the vectors by clause; undefined while there are no vectors. */
function readVectors(): Map<string, string[]> | undefined {
  if (!existsSync(VECTORS)) return undefined;
  const vectors = new Map<string, string[]>();
  for (const file of readdirSync(VECTORS).filter((name) => name.endsWith('.json')).sort()) {
    const { clauses: ids } = JSON.parse(readFileSync(join(VECTORS, file), 'utf8')) as { clauses?: readonly string[] };
    if (!Array.isArray(ids) || ids.length === 0) throw new Error(`${file} names no clauses`);
    for (const id of new Set(ids)) vectors.set(id, [...(vectors.get(id) ?? []), file.replace(/\.json$/, '')]);
  }
  return vectors;
}

/** The list without those that have got a vector: a line for each section, so that changes are short. */
function listOf(reasons: Readonly<Record<string, readonly string[]>>, isLeft: (id: string) => boolean): string {
  const kept = Object.entries(reasons).map(([reason, ids]) => {
    const bySection = new Map<string, string[]>();
    for (const id of ids.filter(isLeft)) bySection.set(id.replace(/\.\d+$/, ''), [...(bySection.get(id.replace(/\.\d+$/, '')) ?? []), JSON.stringify(id)]);
    const lines = [...bySection.values()].map((quoted) => `    ${quoted.join(', ')}`);
    return lines.length === 0 ? undefined : `  ${JSON.stringify(reason)}: [\n${lines.join(',\n')}\n  ]`;
  });
  return `{\n${kept.filter((text) => text !== undefined).join(',\n')}\n}\n`;
}

/** Sources below a folder, with their texts. */
function sourcesIn(folder: string): { readonly name: string; readonly text: string }[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files.map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return { name: relative(PROJECT_ROOT, path), text: readFileSync(path, 'utf8') };
  });
}

t.test('clauses and sections are numbered in order, each in its section', async (t) => {
  t.ok(clauses.length > 300, `${clauses.length} clauses`);
  const sections = sectionsOf(spec);
  t.same(sections.filter((number, index) => index > 0 && !isBefore(sections[index - 1]!, number)), [], 'sections');
  const ids = clauses.map((clause) => clause.id);
  t.same(ids.filter((id, index) => index > 0 && !isBefore(ids[index - 1]!, id)), [], 'ascending, so none comes twice');
  t.same(clauses.filter(({ id, section }) => !id.startsWith(`${section}.`)), [], 'under the heading of their section');
});

t.test('what is referred to exists', async (t) => {
  t.same(referencesOf(spec).filter((id) => !known.has(id)), [], 'in SPEC.md');
  const cited = ['src', 'test'].flatMap((folder) =>
    sourcesIn(join(PROJECT_ROOT, folder)).flatMap(({ name, text }) => citationsOf(text).map((id) => ({ name, id }))));
  t.ok(cited.length > 30, `${cited.length} citations`);
  t.same(cited.filter(({ id }) => !known.has(id)), [], 'in sources, as SPEC 1.2.3');
  const validate = join(PROJECT_ROOT, 'src/perfdata/validate');
  const checks = existsSync(validate) ? sourcesIn(validate).flatMap(({ text }) => text.match(/(?<=')\d+\.\d+\.\d+(?=')/g) ?? []) : [];
  t.same([...new Set(checks)].filter((id) => !known.has(id)), [], 'by the checks of perfts validate');
});

t.test('every declared layout has its table', async (t) => {
  const { text, shown } = withLayouts(spec, LAYOUTS);
  if (UPDATE) writeFileSync(PATH, (spec = text));
  t.same(shown.toSorted(), LAYOUTS.map((layout) => layout.name).toSorted(), 'each of them once');
  t.ok(text === spec, 'as they are declared (UPDATE_SPEC=1 writes them)');
});

t.test('every clause has its vectors', { skip: existsSync(VECTORS) ? false : 'there is no testdata/conformance' }, async (t) => {
  const vectors = readVectors()!;
  const ids = clauses.map((clause) => clause.id);
  t.same([...vectors].filter(([id]) => !ids.includes(id)), [], 'vectors name clauses that exist');
  const reasons = JSON.parse(readFileSync(WITHOUT_VECTORS, 'utf8')) as Readonly<Record<string, readonly string[]>>;
  const excused = Object.values(reasons).flat();
  t.same(ids.filter((id) => !vectors.has(id) && !excused.includes(id)), [], 'none is without a vector');
  const isLeft = (id: string): boolean => ids.includes(id) && !vectors.has(id);
  if (UPDATE) writeFileSync(WITHOUT_VECTORS, listOf(reasons, isLeft));
  else t.same(excused.filter((id) => !isLeft(id)), [], 'none is excused that has one (UPDATE_SPEC=1 takes it off the list)');
  const text = withVectors(spec, vectors);
  if (UPDATE) writeFileSync(PATH, (spec = text));
  t.ok(text === spec, 'SPEC.md names them (UPDATE_SPEC=1 writes the lines)');
});

t.test('vectors are written behind the clauses that they show, and again', async (t) => {
  const text = '## 1 One\n\n### 1.1 Text\n\n**1.1.1** A\nB.\n\n**1.1.2** C.\n\n| a |\n| - |\n\n**1.1.3** G.\n\n| clause | x |\n| - | - |\n| **1.1.4** | H |\n\n### 1.2 Rows\n\n| clause | x |\n| - | - |\n| **1.2.1** | D |\n| **1.2.2** | E |\n\nF.\n';
  const vectors = new Map([['1.1.1', ['v', 'w']], ['1.1.2', ['v']], ['1.1.3', ['w']], ['1.1.4', ['w']], ['1.2.2', ['a', 'b', 'c', 'd']]]);
  const written = withVectors(text, vectors);
  t.equal(written, '## 1 One\n\n### 1.1 Text\n\n**1.1.1** A\nB.\nVectors: v, w.\n\n**1.1.2** C.\n\n| a |\n| - |\n\nVectors: v.\n\n**1.1.3** G.\nVectors: w.\n\n| clause | x |\n| - | - |\n| **1.1.4** | H |\n\nVectors: 1.1.4 w.\n\n### 1.2 Rows\n\n| clause | x |\n| - | - |\n| **1.2.1** | D |\n| **1.2.2** | E |\n\nVectors: 1.2.2 a, b, c and 1 more.\n\nF.\n');
  t.equal(withVectors(written, vectors), written);
  t.equal(withVectors(written, new Map()), text);
});
