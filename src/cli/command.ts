// A command is data: its options, examples and what to load when it is called. The parser (argv.ts), yargs (help), completion
// and the tests all read these tables (STYLE: help and parsing can't disagree).

import type { Given } from './given.ts';
import type { Output } from './output.ts';

/**
 * 'flag' `--x`, `--no-x`; 'count' as often as given (`-vv`); 'text' takes the next word whatever it is, as perf does;
 * 'number' the same, checked; 'optional-text' may stand alone (`-g`, `-g caller`, `-gcaller`).
 */
export type OptionType = 'flag' | 'count' | 'text' | 'number' | 'optional-text';

export interface OptionSpec {
  readonly type: OptionType;
  /** One letter. */
  readonly alias?: string;
  /** What help calls the value: FILE, N, LIST. */
  readonly value?: string;
  readonly describe: string;
  /** For help; the command's own reading of its options applies it. */
  readonly default?: string | number | boolean;
  readonly choices?: readonly string[];
  /** For numbers: whole ones only, and not below `least`. */
  readonly whole?: boolean;
  readonly least?: number;
  /** For optional-text: whether a following word is its value. */
  readonly accepts?: (word: string) => boolean;
  /** perf has it and perfts will: said in one line when it is used, and not shown in help. */
  readonly planned?: boolean;
  /** perf has it and perfts will not: one sentence that says why, without its full stop. Said when it is used, shown in the documentation. */
  readonly refused?: string;
}

export type OptionTable = Readonly<Record<string, OptionSpec>>;

/** Whether the option does what it says: help shows only these. */
export function isThere({ planned, refused }: OptionSpec): boolean {
  return planned !== true && refused === undefined;
}

export interface Command {
  readonly name: string;
  /** What the one word without an option is, for help; '' if there is none. */
  readonly positional: string;
  /** Whether several such words may be given; one if left out. */
  readonly manyFiles?: boolean;
  readonly summary: string;
  readonly options: OptionTable;
  /** [command line without `perfts`, what it does]. */
  readonly examples: readonly (readonly [string, string])[];
  /** Reads the options, loads what does the work, and gives the exit status. */
  readonly run: (given: Given, out: Output, err: Output) => Promise<number>;
}
