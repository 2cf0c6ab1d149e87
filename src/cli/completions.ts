// What may come next on a command line: commands, options, values, and words of lists, by the commands' tables.

import { FIELDS } from '../views/script/fields.ts';
import { isThere, type Command, type OptionSpec } from './command.ts';
import { COMMANDS } from './commands.ts';
import { DIFF_KEYS } from './diff.ts';
import { Given } from './given.ts';
import { PERF_KEYS } from './perf-keys.ts';
import { readReportOptions } from './report.ts';

/** `parts`: words behind which more may follow without a blank. `files`, `folders`: the shell knows them. */
export interface Completions {
  readonly kind: 'words' | 'parts' | 'files' | 'folders';
  readonly words: readonly string[];
}

/** Words of lists with commas, by command and option. */
const LISTS: Readonly<Record<string, () => readonly string[]>> = {
  'report sort': () => PERF_KEYS.filter((key) => isTaken('sort', key)),
  'report fields': () => PERF_KEYS.filter((key) => isTaken('fields', key)),
  'diff sort': () => DIFF_KEYS,
  'script fields': () => FIELDS,
};

function isTaken(option: string, key: string): boolean {
  const given = new Given();
  given.add(option, key);
  try {
    readReportOptions(given);
    return true;
  } catch {
    return false;
  }
}

/** Values in OptionSpec.value that are paths. */
const FILES: readonly string[] = ['FILE'];
const FOLDERS: readonly string[] = ['DIR'];
const NOTHING: Completions = { kind: 'words', words: [] };

/** `words`: behind the program's name; the last one is being typed and may be ''. */
export function completions(words: readonly string[]): Completions {
  const typed = words.at(-1) ?? '';
  if (words.length <= 1) {
    const names = fitting([...COMMANDS.map(({ name }) => name), '--help', '--version'], typed);
    // `perfts perf.data` is a report.
    return names.length > 0 && !typed.includes('/') ? { kind: 'words', words: names } : { kind: 'files', words: [] };
  }
  const command = COMMANDS.find(({ name }) => name === words[0]);
  if (words[0] === 'help') return { kind: 'words', words: fitting(COMMANDS.map(({ name }) => name), typed) };
  if (command === undefined) return { kind: 'files', words: [] };
  const before = words.slice(1, -1);
  if (before.includes('--')) return { kind: 'files', words: [] };
  const waiting = optionThatWaits(command, before.at(-1));
  if (waiting !== undefined) return valuesOf(command, waiting, typed, '');
  const attached = /^--([\w-]+)=(.*)$/s.exec(typed);
  if (attached !== null) {
    const name = nameOf(command, attached[1]!);
    return name === undefined ? NOTHING : valuesOf(command, name, attached[2]!, `--${attached[1]!}=`);
  }
  if (typed.startsWith('-')) return { kind: 'words', words: fitting(optionsOf(command), typed) };
  if (command.name === 'completion') return { kind: 'words', words: fitting(['bash', 'zsh'], typed) };
  return command.positional === 'file' || command.positional === 'files' ? { kind: 'files', words: [] } : NOTHING;
}

/** The option of which the next word is the value, by the word before. */
function optionThatWaits(command: Command, word: string | undefined): string | undefined {
  if (word === undefined || !word.startsWith('-') || word.includes('=')) return undefined;
  const name = word.startsWith('--') ? nameOf(command, word.slice(2)) : nameOfLetter(command, word);
  const type = name === undefined ? undefined : command.options[name]!.type;
  return type === 'text' || type === 'number' ? name : undefined;
}

/** The whole name, or the only one that begins so. */
function nameOf({ options }: Command, typed: string): string | undefined {
  if (options[typed] !== undefined) return typed;
  const fits = Object.keys(options).filter((name) => name.startsWith(typed) && isThere(options[name]!));
  return fits.length === 1 ? fits[0] : undefined;
}

/** `-s`, `-ns`: the last letter, if none before it takes a value. */
function nameOfLetter({ options }: Command, word: string): string | undefined {
  let last: string | undefined;
  for (const letter of word.slice(1)) {
    if (last !== undefined && options[last]!.type !== 'flag' && options[last]!.type !== 'count') return undefined;
    last = Object.keys(options).find((name) => options[name]!.alias === letter);
    if (last === undefined) return undefined;
  }
  return last;
}

function valuesOf(command: Command, name: string, typed: string, before: string): Completions {
  const spec: OptionSpec = command.options[name]!;
  if (spec.choices !== undefined) return { kind: 'words', words: fitting(spec.choices, typed).map((word) => before + word) };
  const list = LISTS[`${command.name} ${name}`]?.();
  if (list !== undefined) return { kind: 'parts', words: wordsOfList(list, typed).map((word) => before + word) };
  if (spec.value !== undefined && FILES.includes(spec.value)) return { kind: 'files', words: [] };
  return spec.value !== undefined && FOLDERS.includes(spec.value) ? { kind: 'folders', words: [] } : NOTHING;
}

/** `comm,d` becomes `comm,dso`, …; what is there already does not come again. */
function wordsOfList(list: readonly string[], typed: string): string[] {
  const comma = typed.lastIndexOf(',');
  const sign = comma < 0 ? (/^(?:\w+:)?[+-]?/.exec(typed)?.[0] ?? '') : '';
  const head = comma < 0 ? sign : typed.slice(0, comma + 1);
  const used = typed.slice(0, Math.max(comma, 0)).replace(/^(?:\w+:)?[+-]?/, '').split(',');
  return fitting(list.filter((word) => !used.includes(word)), typed.slice(head.length)).map((word) => head + word);
}

function optionsOf({ options }: Command): string[] {
  const names = Object.entries(options).filter(([, spec]) => isThere(spec));
  return [...names.map(([name]) => `--${name}`), ...names.filter(([, { type, default: usual }]) => type === 'flag' && usual === true).map(([name]) => `--no-${name}`), '--help'].sort();
}

function fitting(words: readonly string[], typed: string): string[] {
  return words.filter((word) => word.startsWith(typed));
}
