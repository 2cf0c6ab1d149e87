// SPEC.md as data: its clauses, what it refers to, and the parts of it that are generated (tables of layouts, lines of vectors).

import type { Layout } from '../../src/bytes/layout.ts';

/** A paragraph `**1.2.3** …` or a row `| **1.2.3** | …`. */
export interface Clause {
  readonly id: string;
  /** Number of the line, from 1. */
  readonly line: number;
  /** The section that it stands in: `1.2`. */
  readonly section: string;
  readonly isRow: boolean;
}

const PARAGRAPH = /^\*\*(\d+\.\d+\.\d+)\*\* /;
const ROW = /^\| \*\*(\d+\.\d+\.\d+)\*\* \| /;
const HEADING = /^#{2,3} (\d+(?:\.\d+)?) /;
const VECTORS = /^Vectors: /;
/** Names on one line; some clauses (the magic number) are shown by every vector. */
const MOST_NAMES = 6;
const MOST_NAMES_OF_A_ROW = 3;

export function clausesOf(text: string): Clause[] {
  const clauses: Clause[] = [];
  let section = '';
  for (const [index, line] of text.split('\n').entries()) {
    section = HEADING.exec(line)?.[1] ?? section;
    const id = (PARAGRAPH.exec(line) ?? ROW.exec(line))?.[1];
    if (id !== undefined) clauses.push({ id, line: index + 1, section, isRow: line.startsWith('|') });
  }
  return clauses;
}

/** Numbers of chapters and sections, in their order. */
export function sectionsOf(text: string): string[] {
  return text.split('\n').map((line) => HEADING.exec(line)?.[1]).filter((number) => number !== undefined);
}

/** Clauses that the text itself refers to. Releases of Linux before 3.0 have three numbers too. */
export function referencesOf(text: string): string[] {
  return [...new Set(text.match(/\b\d+\.\d+\.\d+\b/g))].filter((number) => !number.startsWith('2.6.'));
}

/** What a source cites: `SPEC 4.5.2`, `SPEC 1.2, 1.3`, `SPEC 5.1 to 5.4`. */
export function citationsOf(source: string): string[] {
  const lists = [...source.matchAll(/\bSPEC (\d+(?:\.\d+)*(?:(?:, | to | and )\d+(?:\.\d+)*)*)/g)].map((match) => match[1]!);
  return lists.flatMap((list) => list.split(/, | to | and /));
}

/** Header, ruler and one row a field. */
function layoutTable(layout: Layout<unknown>): string {
  const rows = layout.fields.map(({ offset, type, name, meaning }) => `| ${offset} | ${type} | ${name} | ${meaning} |`);
  return ['| offset | type | field | meaning |', '| ---: | --- | --- | --- |', ...rows].join('\n');
}

/** Fills the tables between `<!-- layout NAME -->` and `<!-- end -->`. `shown`: the names that were found, in their order. */
export function withLayouts(text: string, layouts: readonly Layout<unknown>[]): { readonly text: string; readonly shown: readonly string[] } {
  const shown: string[] = [];
  const filled = text.replace(/<!-- layout (.+) -->\n[^]*?<!-- end -->/g, (whole, name: string) => {
    shown.push(name);
    const layout = layouts.find((each) => each.name === name);
    return layout === undefined ? whole : `<!-- layout ${name} -->\n${layoutTable(layout)}\n<!-- end -->`;
  });
  return { text: filled, shown };
}

/** Writes the lines `Vectors: …`: at the end of a clause's paragraph, or behind its table or a table of clauses. None where no vector is named. */
export function withVectors(text: string, vectorsOf: ReadonlyMap<string, readonly string[]>): string {
  const lines = text.replace(/\n\nVectors: [^\n]*\n(?=\n)/g, '\n').split('\n').filter((line) => !VECTORS.test(line));
  const out: string[] = [];
  let clauses: Clause[] = [];
  const all = clausesOf(lines.join('\n'));
  const flush = (): void => {
    const line = vectorsLine(clauses, vectorsOf);
    const [first] = clauses;
    clauses = [];
    if (first === undefined || line === undefined) return;
    let end = out.length;
    while (out[end - 1] === '') end--;
    // Behind a table a paragraph of its own; else the end of the clause's.
    const isTable = out[end - 1]!.startsWith('|') || out[end - 1]!.startsWith('<!--');
    out.splice(end, 0, ...(isTable ? ['', line] : [line]));
  };
  for (const [index, line] of lines.entries()) {
    const clause = all.find((each) => each.line === index + 1);
    const isParagraph = lines[index - 1] === '' && /^[^|<\s]/.test(line);
    // A clause ends where another paragraph (which may be one), a heading or a table of clauses begins; such a table where it ends.
    if (isParagraph || line.startsWith('| clause |') || (line === '' && clauses.at(-1)?.isRow === true)) flush();
    out.push(line);
    if (clause !== undefined) clauses.push(clause);
  }
  flush();
  return out.join('\n');
}

function vectorsLine(clauses: readonly Clause[], vectorsOf: ReadonlyMap<string, readonly string[]>): string | undefined {
  const parts: string[] = [];
  for (const { id, isRow } of clauses) {
    const names = vectorsOf.get(id) ?? [];
    if (names.length === 0) continue;
    const most = isRow ? MOST_NAMES_OF_A_ROW : MOST_NAMES;
    const shown = names.slice(0, most).join(', ') + (names.length > most ? ` and ${names.length - most} more` : '');
    parts.push(isRow ? `${id} ${shown}` : shown);
  }
  return parts.length === 0 ? undefined : `Vectors: ${parts.join('; ')}.`;
}
