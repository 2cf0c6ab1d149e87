// Reads a command line by a command's table, with perf's habits: `-gcaller`, `-g` alone, `-nG`, `-scomm`, `--sor`, `--no-children`,
// `--sort=+pid`, `--` before names that look like options. yargs would misread several of them, and costs more time than
// many a report (STYLE 3.11): it is asked for help and unknown commands only (yargs-cli.ts).

import { PerftsError } from '../bytes/errors.ts';
import { isThere } from './command.ts';
import type { Command, OptionSpec, OptionTable } from './command.ts';
import { Given } from './given.ts';
import { nearest } from './nearest.ts';

/** `help`: help was asked for somewhere on the line. */
export type Parsed = { readonly kind: 'given'; readonly given: Given } | { readonly kind: 'help' };

/** Reads what follows the command's name. Throws PERFTS_USAGE with one line that names the option. */
export function parseArguments(command: Command, words: readonly string[]): Parsed {
  const given = new Given();
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') {
      for (const rest of words.slice(i + 1)) given.addPositional(rest);
      break;
    }
    if (word === '--help' || word === '-h') return { kind: 'help' };
    if (word.startsWith('--')) i += longOption(command, given, word, words[i + 1]);
    else if (word.length > 1 && word.startsWith('-')) i += shortOptions(command, given, word, words[i + 1]);
    else given.addPositional(word);
  }
  const most = command.positional === '' ? 0 : command.manyFiles === true ? Infinity : 1;
  if (given.positional.length > most) {
    throw usage(`${command.name} takes ${most === 0 ? 'no file' : `one ${command.positional}`}, not '${given.positional.join("' '")}'`);
  }
  return { kind: 'given', given };
}

/** `--name`, `--name=value`, `--name value`, `--no-name`, and any beginning that fits one option only. Gives the number of further words used. */
function longOption(command: Command, given: Given, word: string, next: string | undefined): number {
  const equals = word.indexOf('=');
  const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const attached = equals < 0 ? undefined : word.slice(equals + 1);
  const found = findLong(command, typed);
  const spec = command.options[found.name]!;
  return take(command, given, found.name, spec, `--${found.name}`, found.negated, attached, next);
}

interface LongName {
  readonly name: string;
  readonly negated: boolean;
}

function findLong(command: Command, typed: string): LongName {
  let fits: LongName[] = [];
  for (const [name, spec] of Object.entries(command.options)) {
    if (name === typed) return { name, negated: false };
    if (name.startsWith(typed)) fits.push({ name, negated: false });
    if (!canBeNegated(spec)) continue;
    if (`no-${name}` === typed) return { name, negated: true };
    if (`no-${name}`.startsWith(typed)) fits.push({ name, negated: true });
  }
  // What cannot be meant does not make a word ambiguous.
  const there = fits.filter((fit) => isThere(command.options[fit.name]!));
  if (there.length > 0) fits = there;
  const only = fits[0];
  if (typed !== '' && only !== undefined && fits.length === 1) return only;
  if (typed === '' || only === undefined) throw unknownOption(command, `--${typed}`, typed);
  throw usage(`--${typed} may be ${fits.map((fit) => `--${fit.negated ? 'no-' : ''}${fit.name}`).join(' or ')}`);
}

function canBeNegated(spec: OptionSpec): boolean {
  return spec.type === 'flag' || spec.type === 'optional-text';
}

/** `-n`, `-nG`, `-gcaller`, `-s comm`, `-vv`. Gives the number of further words used. */
function shortOptions(command: Command, given: Given, word: string, next: string | undefined): number {
  for (let at = 1; at < word.length; at++) {
    const letter = word[at]!;
    const name = nameOfLetter(command.options, letter);
    if (name === undefined) throw unknownOption(command, `-${letter}`, '');
    const spec = command.options[name]!;
    if (spec.type === 'flag' || spec.type === 'count') {
      take(command, given, name, spec, `-${letter}`, false, undefined, undefined);
      continue;
    }
    const rest = word.slice(at + 1);
    const attached = rest === '' ? undefined : rest.startsWith('=') ? rest.slice(1) : rest;
    return take(command, given, name, spec, `-${letter}`, false, attached, next);
  }
  return 0;
}

function nameOfLetter(options: OptionTable, letter: string): string | undefined {
  for (const [name, spec] of Object.entries(options)) if (spec.alias === letter) return name;
  return undefined;
}

/** Adds one option; `shown` is how the user wrote it. Gives 1 if the next word was its value. */
function take(
  command: Command,
  given: Given,
  name: string,
  spec: OptionSpec,
  shown: string,
  negated: boolean,
  attached: string | undefined,
  next: string | undefined,
): number {
  if (spec.refused !== undefined) throw usage(`${shown}: ${spec.refused}`);
  if (spec.planned === true) throw usage(`${shown}: perf ${command.name} has this option, perfts does not have it yet`);
  if (spec.type === 'flag' || spec.type === 'count' || negated) {
    if (attached !== undefined) throw usage(`${negated ? `--no-${name}` : shown} takes no value, not '${attached}'`);
    given.add(name, spec.type === 'optional-text' ? 'none' : !negated);
    return 0;
  }
  if (spec.type === 'optional-text') {
    const own = attached ?? (next !== undefined && !next.startsWith('-') && spec.accepts?.(next) !== false ? next : undefined);
    given.add(name, own);
    return own !== undefined && attached === undefined ? 1 : 0;
  }
  const value = attached ?? next;
  if (value === undefined) throw usage(`${shown} needs a value (${spec.value ?? 'TEXT'}): ${spec.describe}`);
  given.add(name, spec.type === 'number' ? numberOf(shown, spec, value) : choiceOf(shown, spec, value));
  return attached === undefined ? 1 : 0;
}

function numberOf(shown: string, spec: OptionSpec, value: string): number {
  const number = value.trim() === '' ? NaN : Number(value);
  const whole = spec.whole === true;
  if (!Number.isFinite(number) || (whole && !Number.isInteger(number))) throw usage(`${shown} takes a ${whole ? 'whole number' : 'number'}, not '${value}'`);
  if (spec.least !== undefined && number < spec.least) throw usage(`${shown} takes ${spec.least} or more, not '${value}'`);
  return number;
}

function choiceOf(shown: string, spec: OptionSpec, value: string): string {
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw usage(`${shown} takes ${spec.choices.join(' or ')}, not '${value}'`);
  }
  return value;
}

function unknownOption(command: Command, shown: string, typed: string): PerftsError {
  const names = Object.entries(command.options).filter(([, spec]) => isThere(spec)).map(([name]) => name);
  const close = nearest(typed, names);
  const help = `'perfts ${command.name} --help' lists the options`;
  return usage(`unknown option ${shown}; ${close === undefined ? help : `did you mean --${close}? ${help}`}`);
}

function usage(message: string): PerftsError {
  return new PerftsError('PERFTS_USAGE', message);
}
