// docs/PERF-OPTIONS.md: every option, sort key and field of perf's commands, and whether perfts has it or why not, out of the commands' own
// tables and testdata/perf-options.json (names, from perf's help by scripts/read-perf-options.js).
//
//   npm run docs:options

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PerftsError } from '../src/bytes/errors.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { isThere, type OptionTable } from '../src/cli/command.ts';
import { readDiffOptions } from '../src/cli/diff.ts';
import { Given } from '../src/cli/given.ts';
import { readReportOptions } from '../src/cli/report.ts';
import { fieldSets } from '../src/views/script/fields.ts';

/** What perf's help says; names without their dashes. */
export interface PerfFacts {
  readonly version: string;
  readonly commands: Readonly<Record<string, { readonly options: readonly { readonly name: string; readonly letter?: string }[]; readonly sort?: readonly string[]; readonly fields?: readonly string[] }>>;
}

/** `why` is undefined where it works as in perf; 'planned' and 'missing' have no reason that would do. */
export interface TableRow {
  readonly command: string;
  readonly kind: 'option' | 'sort key' | 'field';
  readonly name: string;
  readonly state: 'there' | 'refused' | 'planned' | 'missing';
  readonly why: string | undefined;
}

const FACTS = 'testdata/perf-options.json';
const TABLE = 'docs/PERF-OPTIONS.md';
const TITLES = { option: 'Options', 'sort key': 'Sort keys', field: 'Fields' } as const;

export function readFacts(root: string): PerfFacts {
  return JSON.parse(readFileSync(join(root, FACTS), 'utf8')) as PerfFacts;
}

/** A row for everything that perf has, in its order. */
export function tableRows({ commands }: PerfFacts): TableRow[] {
  return Object.entries(commands).flatMap(([command, { options, sort = [], fields = [] }]) => {
    const table = COMMANDS.find(({ name }) => name === command)!.options;
    return [
      ...options.map(({ name, letter }) => optionRow(command, table, name, letter)),
      ...sort.map((name) => keyRow(command, 'sort key', name, () => readReportOptions(given('sort', name)))),
      // diff names no keys of its own in its help.
      ...(command === 'diff' ? commands['report']!.sort! : []).map((name) => keyRow(command, 'sort key', name, () => readDiffOptions(given('sort', name)))),
      ...fields.map((name) => keyRow(command, 'field', name, command === 'script' ? () => fieldSets([{ type: '', mode: 'set', fields: [{ name, shown: true }] }]) : () => readReportOptions(given('fields', name)))),
    ];
  });
}

function optionRow(command: string, table: OptionTable, name: string, letter: string | undefined): TableRow {
  const spec = table[name];
  const shown = letter === undefined ? `--${name}` : `-${letter}, --${name}`;
  const row = { command, kind: 'option', name: shown } as const;
  if (spec === undefined || (letter !== undefined && spec.alias !== letter)) return { ...row, state: 'missing', why: 'not yet' };
  if (spec.refused !== undefined) return { ...row, state: 'refused', why: spec.refused };
  return isThere(spec) ? { ...row, state: 'there', why: undefined } : { ...row, state: 'planned', why: 'not yet' };
}

/** What reads a key says whether it is there. */
function keyRow(command: string, kind: TableRow['kind'], name: string, read: () => unknown): TableRow {
  try {
    read();
    return { command, kind, name, state: 'there', why: undefined };
  } catch (error) {
    if (!(error instanceof PerftsError)) throw error;
    // `--sort: …; the keys are …`: what is said of this one.
    const why = error.message.replace(/^--[\w-]+(?: [\w-]+)?: /, '').replace(/; the (?:keys|fields) are .*$/, '');
    const isPlanned = /not have it yet|not supported yet|there is no/.test(why);
    return { command, kind, name, state: isPlanned ? 'planned' : 'refused', why: isPlanned ? 'not yet' : why };
  }
}

function given(option: string, value: string): Given {
  const made = new Given();
  made.add(option, value);
  return made;
}

/** The page. */
export function optionsTable(facts: PerfFacts): string {
  const rows = tableRows(facts);
  const commands = [...new Set(rows.map(({ command }) => command))];
  let text = `# perf's options in perfts

What the commands of ${facts.version.replace('version ', '')} have, and whether perfts has it. Made by \`npm run docs:options\` from the commands' own tables; a test holds it against them. Where the same option gives another result on purpose, PERF-DIFFERENCES.md says so.

| command | options | sort keys | fields |
| --- | --- | --- | --- |
${commands.map((command) => `| [${command}](#${command}) | ${(['option', 'sort key', 'field'] as const).map((kind) => countText(rows.filter((row) => row.command === command && row.kind === kind))).join(' | ')} |`).join('\n')}
`;
  for (const command of commands) {
    text += `\n## ${command}\n`;
    for (const kind of ['option', 'sort key', 'field'] as const) {
      const own = rows.filter((row) => row.command === command && row.kind === kind);
      if (own.length === 0) continue;
      text += `\n### ${TITLES[kind]} of ${command}\n\n| perf | perfts |\n| --- | --- |\n`;
      for (const { name, state, why = '' } of own) text += `| \`${name}\` | ${state === 'there' ? 'as in perf' : state === 'refused' ? `not, because: ${why.replaceAll('|', '\\|')}` : why} |\n`;
    }
    const more = Object.entries(COMMANDS.find(({ name }) => name === command)!.options).filter(([name, spec]) => isThere(spec) && !facts.commands[command]!.options.some((option) => option.name === name));
    if (more.length > 0) text += `\nOptions that perf has not: ${more.map(([name]) => `\`--${name}\``).join(', ')}.\n`;
  }
  return text;
}

/** `60 of 69`. */
function countText(rows: readonly TableRow[]): string {
  return rows.length === 0 ? '' : `${rows.filter(({ state }) => state === 'there').length} of ${rows.length}`;
}

/** Writes the page. */
export function writeOptionsTable(root: string): void {
  writeFileSync(join(root, TABLE), optionsTable(readFacts(root)));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) writeOptionsTable(join(import.meta.dirname, '..', '..'));
