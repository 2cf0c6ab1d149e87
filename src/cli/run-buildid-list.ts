// What `perfts buildid-list` does.

import { openRecording } from '../node/open-recording.ts';
import { hasBuildIdTable, recordedBuildIds, sampledBuildIds } from '../views/buildid-list.ts';
import { writeDamage } from './damage-lines.ts';
import type { FileOptions } from './options.ts';
import type { Output } from './output.ts';

/** `withHits`: only files in which samples lie, even where the header lists others. */
export async function runBuildidList(options: FileOptions, withHits: boolean, out: Output, err: Output): Promise<number> {
  const { recording, close } = await openRecording(options.input, {
    symfs: options.symfs,
    kallsyms: options.kallsyms,
    jitdumps: options.jitdumps,
    perfMapDir: options.perfMapDir,
  });
  try {
    const { file } = recording;
    const lines =
      hasBuildIdTable(file) && !withHits
        ? recordedBuildIds(file)
        : await sampledBuildIds(recording.pipeline({ maxStack: options.maxStack ?? Infinity, keepExited: true }));
    for (const line of lines) out.write(`${line}\n`);
    out.flush();
    writeDamage(recording.damage, err);
    return 0;
  } finally {
    close();
  }
}
