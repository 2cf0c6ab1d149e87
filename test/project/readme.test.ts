// What the README says to type works: its command lines are understood, its program runs.

import t from 'tap';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArguments } from '../../src/cli/argv.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { runNode } from './elsewhere.ts';
import { PROJECT_ROOT } from './project-root.ts';

const README = readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8');

t.test('its command lines', async (t) => {
  const lines = [...README.matchAll(/^ {4}perfts (\w+)(.*)$/gm)];
  t.ok(lines.length > 3);
  for (const [line, name, rest] of lines) {
    const command = COMMANDS.find((one) => one.name === name);
    // Two blanks or more separate a command from what it does.
    const words = rest!.trim().split(/ {2,}/)[0]!.split(' ');
    t.ok(command !== undefined && parseArguments(command, words), line.trim());
  }
  const scripts = (JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> }).scripts;
  for (const line of ['npm ci && npm start', 'npm ci && npm test']) t.match(README, new RegExp(`^ {4}${line}$`, 'm'));
  t.ok(scripts['start'] !== undefined && scripts['test'] !== undefined);
});

t.test('its picture', { skip: existsSync(join(PROJECT_ROOT, 'dist/cli/main.js')) ? false : 'dist is not built' }, async (t) => {
  const [command, ...lines] = /^```console\n\$ perfts ([^]*?)^```/m.exec(README)?.[1]?.trim().split('\n') ?? [];
  const words = command!.replace(' perf.data', ' testdata/demo/demo.perfts').split(' ');
  const result = runNode(['bin/perfts.js', ...words], PROJECT_ROOT);
  const printed = new Set(`${result.out}${result.err}`.split('\n').map((line) => line.trimEnd()));
  for (const line of lines) if (line !== '…') t.ok(printed.has(line), line);
});

t.test('its program', { skip: existsSync(join(PROJECT_ROOT, 'dist/src/node/index.js')) ? false : 'dist is not built' }, async (t) => {
  const program = /^```js\n([^]*?)^```/m.exec(README)?.[1] ?? '';
  const result = runNode(['--input-type=module', '--eval', program], PROJECT_ROOT);
  t.equal(result.status, 0, result.err);
  t.match(result.out, /^most time in or below py::\S+\ncpu-clock: \d+ samples\n$/);
  t.match(result.err, /^Samples: \d+/);
});
