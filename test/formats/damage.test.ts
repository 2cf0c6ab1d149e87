// Damaged and odd recordings in every format: no format throws, and what should be JSON is. The files are those of testdata/damage and
// the conformance vectors, of the latter one byte order.

import t from 'tap';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS } from '../../src/formats/formats.ts';
import type { Recording } from '../../src/profile/recording.ts';
import { damagedFiles, openInMemory, testdata } from '../end-to-end/in-memory.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { exported, inputOf } from './exporting.ts';

const VECTORS = readdirSync(join(PROJECT_ROOT, 'testdata/conformance')).filter((name) => name.endsWith('.perf.data') && !name.endsWith('-be.perf.data') && statSync(join(PROJECT_ROOT, 'testdata/conformance', name)).isFile());
const FILES = [...damagedFiles().filter((name) => statSync(join(PROJECT_ROOT, 'testdata/damage', name)).isFile()).map((name) => `damage/${name}`), ...VECTORS.map((name) => `conformance/${name}`)];

async function opened(path: string): Promise<Recording | undefined> {
  try {
    return await openInMemory({ recording: testdata(path) });
  } catch {
    return undefined;
  }
}

t.test('every file in every format', { timeout: 120_000 }, async (t) => {
  let read = 0;
  for (const path of FILES) {
    for (const { name } of FORMATS) {
      const recording = await opened(path);
      if (recording === undefined) break;
      read++;
      try {
        const text = new TextDecoder().decode(await exported(name, [inputOf(recording, { service: 'a' })]));
        if (name === 'firefox' || name === 'speedscope') JSON.parse(text);
        if (name === 'jsonl') for (const line of text.split('\n')) if (line !== '') JSON.parse(line);
      } catch (error) {
        const isSeveralEvents = name === 'collapsed' && (error as { readonly code?: unknown }).code === 'PERFTS_USAGE';
        if (!isSeveralEvents) t.fail(`${path} as ${name}: ${(error as Error).stack}`);
      }
    }
  }
  t.ok(read > 1000, `${read} exports`);
});
