// `perfts view`: its options. What they do is in run-view.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import type { Command } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { ViewCommandOptions } from './options.ts';
import { readTimeOptions, TIME_OPTIONS } from './time-options.ts';

/** Of the page that opens recordings. */
const EMPTY = 'perfts.html';

export const view: Command = {
  name: 'view',
  positional: 'file',
  summary: 'A page for the browser to move in a recording: flame graph, functions, callers, timeline; one HTML file that loads and sends nothing',
  options: {
    ...FILE_OPTIONS,
    output: { type: 'text', alias: 'o', value: 'FILE', describe: 'where to write; - is standard output', default: 'FILE.html beside the recording' },
    empty: { type: 'flag', describe: 'the page without a recording: it opens those that are dropped on it, with their jitdumps and ELF files' },
    source: { type: 'flag', describe: 'take along the text of source files that are at hand', default: true },
    ...TIME_OPTIONS,
    code: { type: 'flag', describe: 'take along the instructions of the functions with the most samples', default: true },
  },
  examples: [
    ['view perf.data', 'writes perf.data.html: open it in a browser, or send it to somebody'],
    ['view -o shop.html --no-source perf.data', 'without the text of source files'],
    ['view --empty', 'writes perfts.html, a page that opens recordings: nothing leaves the browser'],
  ],
  run: async (given, out, err) => (await import('./run-view.ts')).runView(readViewOptions(given), out, err),
};

export function readViewOptions(given: Given): ViewCommandOptions {
  const options = readFileOptions(given);
  const isEmpty = given.flag('empty') ?? false;
  if (isEmpty && (given.positional.length > 0 || given.text('input') !== undefined)) throw new PerftsError('PERFTS_USAGE', `--empty is a page without a recording: not with ${options.input}`);
  const usual = isEmpty ? EMPTY : options.input === '-' ? '-' : `${options.input.replace(/[\\/]+$/, '')}.html`;
  return { ...options, output: given.text('output') ?? usual, isEmpty, source: given.flag('source') ?? true, code: given.flag('code') ?? true, ...readTimeOptions(given) };
}
