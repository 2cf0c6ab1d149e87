// What `perfts script` does. A stub: the pipeline is not joined yet.

import type { ScriptOptions } from './options.ts';
import type { Output } from './output.ts';

export async function runScript(options: ScriptOptions, _out: Output, err: Output): Promise<number> {
  err.write(`perfts: script of ${options.input} is not there yet\n`);
  return 1;
}
