// Whether a report is browsed on the terminal (cli/terminal/) or printed. The browser itself is loaded only when it is opened.

import { isatty } from 'node:tty';
import { PerftsError } from '../bytes/errors.ts';
import type { ReportOptions } from './options.ts';
import type { Output } from './output.ts';

/** `onlyAsText`: an option that the browser does not show. Throws PERFTS_USAGE where the browser is asked for and there cannot be one. */
export function opensBrowser(asked: ReportOptions['browser'], out: Output, onlyAsText: string | undefined): boolean {
  if (asked === 'never') return false;
  if (onlyAsText !== undefined) {
    if (asked === 'always') throw new PerftsError('PERFTS_USAGE', `${onlyAsText} gives text: leave --tui away`);
    return false;
  }
  const lack = lackOfTerminal(out);
  if (lack !== undefined && asked === 'always') throw new PerftsError('PERFTS_USAGE', `--tui needs a terminal: ${lack}`);
  return lack === undefined;
}

function lackOfTerminal(out: Output): string | undefined {
  if (!out.isTerminal) return 'standard output is none';
  if (!isatty(0)) return 'standard input is none';
  const { TERM: term = '' } = process.env;
  // Windows' console has no such name.
  if (term === 'dumb' || (term === '' && process.platform !== 'win32')) return term === '' ? 'TERM is not set' : 'TERM says that it is dumb';
  return undefined;
}
