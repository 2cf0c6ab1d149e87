// Holds docs/PERF-DIFFERENCES.md, "Cases that differ", against a run of the conformance tool: every recording of the corpus whose text
// differs from perf's stands there with a reason, none that is equal does, and the scores are those of the run.
//
//   ../shared/tools/conformance --json RUN.json ... && node dist/bench/check-differences.js RUN.json
//   node dist/bench/check-differences.js RUN.json --write     brings the scores up to date; cases must be moved by hand
//
// The section has a heading for each mode, and below it rows of `case`, `case` | score | reason.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One case in one mode, as the conformance tool writes it; more fields do not matter. */
export interface CaseResult {
  readonly case: string;
  readonly mode: string;
  /** Per cent. */
  readonly score: number;
}

/** A row of the section. */
export interface DifferenceRow {
  readonly mode: string;
  readonly cases: readonly string[];
  /** `97.4`, or `95.0 to 99.9`. */
  readonly score: string;
  readonly reason: string;
  /** Index of its line in the document. */
  readonly line: number;
}

const SECTION = '## Cases that differ';
/** Which cases the section is about; the others are named for programs, not for the format. */
const COVERED = /^(fmt|ext|s390|rec)_/;

/** The rows of the section. */
export function differenceRows(document: string): DifferenceRow[] {
  const rows: DifferenceRow[] = [];
  let inSection = false;
  let mode = '';
  for (const [line, text] of document.split('\n').entries()) {
    if (text.startsWith('## ')) inSection = text === SECTION;
    else if (inSection && text.startsWith('### ')) mode = /`(\w+)`/.exec(text)?.[1] ?? '';
    else if (inSection && mode !== '' && text.startsWith('| `')) {
      const [, cases = '', score = '', reason = ''] = text.split(/(?<!\\)\|/).map((cell) => cell.trim());
      rows.push({ mode, cases: [...cases.matchAll(/`(\w+)`/g)].map((match) => match[1]!), score, reason, line });
    }
  }
  return rows;
}

/** The lowest and the highest, cut to a tenth: what is not equal never reads 100. */
export function scoreText(scores: readonly number[]): string {
  const [low, high] = [Math.min(...scores), Math.max(...scores)].map((score) => (Math.floor(score * 10 + 1e-6) / 10).toFixed(1));
  return low === high ? low! : `${low} to ${high}`;
}

/** Of those that were run and are not equal. */
function scoresOf(mode: string, cases: readonly string[], results: ReadonlyMap<string, number>): number[] {
  return cases.map((name) => results.get(`${mode} ${name}`) ?? 100).filter((score) => score < 100);
}

/** What is wrong with the section, a line each. Modes that it has no heading for are not looked at. */
export function checkDifferences(rows: readonly DifferenceRow[], run: readonly CaseResult[]): string[] {
  const problems: string[] = [];
  const modes = new Set(rows.map((row) => row.mode));
  const results = new Map(run.map((result) => [`${result.mode} ${result.case}`, result.score]));
  const listed = new Set<string>();
  for (const { mode, cases, score, reason } of rows) {
    if (reason === '') problems.push(`${mode}: no reason is given for ${cases.join(', ')}`);
    for (const name of cases) {
      const key = `${mode} ${name}`;
      if (listed.has(key)) problems.push(`${mode}: ${name} is listed twice`);
      listed.add(key);
      const reached = results.get(key);
      if (reached === undefined) problems.push(`${mode}: ${name} is listed, but was not run`);
      else if (reached === 100) problems.push(`${mode}: ${name} is listed, but is equal to perf's`);
    }
    const scores = scoresOf(mode, cases, results);
    if (scores.length > 0 && score !== scoreText(scores)) problems.push(`${mode}: ${cases.join(', ')}: ${scoreText(scores)}, not ${score} (--write)`);
  }
  for (const { case: name, mode, score } of run) {
    if (score < 100 && modes.has(mode) && COVERED.test(name) && !listed.has(`${mode} ${name}`)) {
      problems.push(`${mode}: ${name} is at ${scoreText([score])}, and nothing says why`);
    }
  }
  return problems;
}

/** The document with the scores of the run. */
export function withScores(document: string, run: readonly CaseResult[]): string {
  const results = new Map(run.map((result) => [`${result.mode} ${result.case}`, result.score]));
  const lines = document.split('\n');
  for (const { mode, cases, score, line } of differenceRows(document)) {
    const scores = scoresOf(mode, cases, results);
    if (scores.length > 0) lines[line] = lines[line]!.replace(`| ${score} |`, `| ${scoreText(scores)} |`);
  }
  return lines.join('\n');
}

function main(words: readonly string[]): number {
  const [file] = words;
  if (file === undefined) {
    console.error('usage: check-differences RUN.json [--write]');
    return 2;
  }
  const path = join(import.meta.dirname, '..', '..', 'docs', 'PERF-DIFFERENCES.md');
  let run: CaseResult[];
  try {
    run = JSON.parse(readFileSync(file, 'utf8')) as CaseResult[];
  } catch (error) {
    console.error(`${file}: no results of the conformance tool: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
  let document = readFileSync(path, 'utf8');
  if (words.includes('--write')) {
    document = withScores(document, run);
    writeFileSync(path, document);
  }
  const rows = differenceRows(document);
  const problems = checkDifferences(rows, run);
  for (const problem of problems) console.error(problem);
  console.log(`${rows.reduce((sum, row) => sum + row.cases.length, 0)} differences are documented; ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
