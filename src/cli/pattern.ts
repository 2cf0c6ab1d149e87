// Regular expressions on a command line: perf's are POSIX extended ones, of which JavaScript's differ by the names of classes only.

import { PerftsError } from '../bytes/errors.ts';

const CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z', digit: '0-9', alnum: 'a-zA-Z0-9', upper: 'A-Z', lower: 'a-z', space: '\\s', blank: ' \\t', xdigit: '0-9a-fA-F', punct: '!-\\/:-@\\[-`{-~',
};

/** The pattern; `option` is named in the error. */
export function parsePattern(option: string, text: string): RegExp {
  try {
    return new RegExp(text.replaceAll(/\[:([a-z]+):\]/g, (whole, name: string) => CLASSES[name] ?? whole));
  } catch {
    throw new PerftsError('PERFTS_USAGE', `${option}: '${text}' is no regular expression`);
  }
}
