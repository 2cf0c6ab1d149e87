// What the guides say to type works: every line of perfts in them is run on the demo, in place of the reader's recording.

import t from 'tap';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archive } from '../../src/cli/archive.ts';
import { parseArguments } from '../../src/cli/argv.ts';
import { dataPath, perfts } from '../end-to-end/command.ts';
import { PROJECT_ROOT } from './project-root.ts';

const FOLDER = join(PROJECT_ROOT, 'docs/guides');
const DEMO = dataPath('demo', 'demo.perfts');
const places = mkdtempSync(join(tmpdir(), 'perfts-guides-'));
t.teardown(() => rmSync(places, { recursive: true, force: true }));

for (const guide of readdirSync(FOLDER)) {
  t.test(guide, { timeout: 120_000 }, async (t) => {
    const text = readFileSync(join(FOLDER, guide), 'utf8');
    // Two blanks or more separate a command from what it does.
    const lines = new Set([...text.matchAll(/^ {4}perfts (.*)$/gm)].map(([, line]) => line!.split(/ {2,}/)[0]!));
    t.ok(lines.size > 3);
    for (const line of lines) {
      // No guide may ask a server in a test, and nothing may be written where the test stands.
      const words = line.split(' ').filter((word) => word !== '--debuginfod').map((word) => (word.endsWith('.data') ? DEMO : word));
      if (words[0] === 'archive') {
        // Other tests make archives.
        t.ok(parseArguments(archive, words.slice(1)), line);
        continue;
      }
      if (words[0] === 'flamegraph') words.push('-o', join(places, 'output'));
      const { status, err } = await perfts(...words);
      t.ok(status === 0 || words[0] === 'doctor', `${line}: ${err}`);
    }
    for (const [, path] of text.matchAll(/\]\(([^):]+)\)/g)) t.doesNotThrow(() => readFileSync(join(FOLDER, path!)), path!);
  });
}
