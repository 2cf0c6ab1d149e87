// --header and --header-only, which report, script and dump have.

import type { Given } from './given.ts';

export function readHeaderOption(given: Given): 'none' | 'before' | 'only' {
  if (given.flag('header-only') === true) return 'only';
  return given.flag('header') === true ? 'before' : 'none';
}
