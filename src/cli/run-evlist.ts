// What `perfts evlist` does.

import { openRecording } from '../node/open-recording.ts';
import { evlistLines, type EvlistOptions } from '../views/evlist.ts';
import { writeDamage } from './damage-lines.ts';
import type { Output } from './output.ts';

/** `input`: path of the recording, - for standard input. */
export async function runEvlist(input: string, options: EvlistOptions, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(input);
  try {
    const { file } = recording;
    if (file.container === 'pipe') {
      // Events and their names may come at any place.
      const records = recording.orderedRecords({ fileOrder: true });
      for (let more = records.next(); typeof more === 'boolean' ? more : await more; more = records.next());
    }
    const tracepoints = options.traceFields ? await recording.tracepoints() : undefined;
    for (const line of evlistLines(file, options, tracepoints)) out.write(`${line}\n`);
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    close();
  }
}
