// What `perfts serve` does: prints the address, and answers until it is interrupted.

import { openRecording } from '../node/open-recording.ts';
import { RecordingServer } from '../node/recording-server.ts';
import { openOptions } from './open-input.ts';
import type { ServeCommandOptions } from './options.ts';
import type { Output } from './output.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs the command; PerftsError for what cannot be done. */
export async function runServe(options: ServeCommandOptions, out: Output, err: Output): Promise<number> {
  const { folder, port, maxStack, inline, source, code, stitch } = options;
  const server = new RecordingServer(folder, {
    port,
    maxStack,
    inlines: inline,
    sources: source,
    code,
    open: async (path) => {
      const opened = await openRecording(path, openOptions(options, err));
      if (stitch) await opened.recording.stitch();
      return opened;
    },
    onTrouble: (message) => err.write(`perfts: ${message}\n`),
  });
  await server.listen();
  out.write(`${server.address}\n`);
  out.flush();
  err.write('perfts: whoever has this address can read the recordings of this folder; Ctrl-C ends it\n');
  await interrupted();
  await server.close();
  return 0;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      for (const signal of SIGNALS) process.off(signal, end);
      resolve();
    };
    for (const signal of SIGNALS) process.once(signal, end);
  });
}
