// `perfts serve`: its options. What they do is in run-serve.ts, loaded when it is called. perf has no such command.

import { PerftsError } from '../bytes/errors.ts';
import type { Command, OptionTable } from './command.ts';
import { FILE_OPTIONS, readFileOptions } from './file-options.ts';
import type { Given } from './given.ts';
import type { ServeCommandOptions } from './options.ts';

const MOST_PORT = 65_535;

/** It is given a folder, not a recording. */
function withoutInput({ input: _, ...others }: OptionTable): OptionTable {
  return others;
}

export const serve: Command = {
  name: 'serve',
  positional: 'dir',
  summary: 'The recordings of a folder in the browser, for this machine only: a list, and each in the page of perfts view',
  options: {
    port: { type: 'number', value: 'N', whole: true, least: 0, describe: 'where to listen, on 127.0.0.1 only', default: 'any that is free' },
    source: { type: 'flag', describe: 'show the text of source files that are at hand', default: true },
    code: { type: 'flag', describe: 'show the instructions of the functions with the most samples', default: true },
    ...withoutInput(FILE_OPTIONS),
  },
  examples: [
    ['serve', 'the recordings of this folder: open the address that it prints'],
    ['serve --port 8000 --symfs images/web recordings', 'names from the files of another machine'],
  ],
  run: async (given, out, err) => (await import('./run-serve.ts')).runServe(readServeOptions(given), out, err),
};

export function readServeOptions(given: Given): ServeCommandOptions {
  const port = given.number('port') ?? 0;
  if (port > MOST_PORT) throw new PerftsError('PERFTS_USAGE', `--port takes a number up to ${MOST_PORT}, not ${port}`);
  const folder = given.positional[0] ?? '.';
  return { ...readFileOptions(given, folder), folder, port, source: given.flag('source') ?? true, code: given.flag('code') ?? true };
}
