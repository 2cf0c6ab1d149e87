// The layer rule is worth what it catches: violations planted in a folder elsewhere, seen by the project's own configuration.

import t from 'tap';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { folderElsewhere, runNode } from './elsewhere.ts';
import { PROJECT_ROOT } from './project-root.ts';

const OXLINT = join(PROJECT_ROOT, 'node_modules/oxlint/bin/oxlint');

/** Lints sources laid out as in the project; gives `file rule` for each finding, sorted. */
function lint(folder: string, sources: Readonly<Record<string, string>>): string[] {
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const config = pathToFileURL(join(PROJECT_ROOT, 'oxlint.config.js')).href;
  writeFileSync(join(folder, 'oxlint.config.js'), `import config from ${JSON.stringify(config)};\nexport default config;\n`);
  const run = runNode([OXLINT, '-c', 'oxlint.config.js', '--format', 'json', 'src'], folder);
  if (run.status === 0) return [];
  const report = JSON.parse(run.out) as { diagnostics: { filename: string; code: string }[] };
  return report.diagnostics.map(({ filename, code }) => `${filename.replaceAll('\\', '/')} ${/\((.*)\)/.exec(code)?.[1]}`).sort();
}

t.test('an upward import, a node: import in the core and a cycle are three findings', async (t) => {
  const found = lint(folderElsewhere(t), {
    'src/unwind/walk.ts': "export const walk = 1;\n",
    'src/elf/upward.ts': "import { walk } from '../unwind/walk.ts';\nexport const upward: number = walk;\n",
    'src/dwarf/files.ts': "import { readFileSync } from 'node:fs';\nexport const read: unknown = readFileSync;\n",
    'src/profile/one.ts': "import { two } from './two.ts';\nexport const one: () => unknown = () => two;\n",
    'src/profile/two.ts': "import { one } from './one.ts';\nexport const two: () => unknown = () => one;\n",
  });
  // The cycle is seen from both of its ends.
  t.same(found, [
    'src/dwarf/files.ts no-restricted-imports',
    'src/elf/upward.ts no-restricted-imports',
    'src/profile/one.ts no-cycle',
    'src/profile/two.ts no-cycle',
  ]);
});

t.test('what is not listed is forbidden, and what is listed is not', async (t) => {
  const uses = (path: string, kind: 'value' | 'type' = 'value'): string =>
    kind === 'value' ? `import * as x from '${path}';\nexport const y: unknown = x;\n` : `import type * as x from '${path}';\nexport type Y = typeof x;\n`;
  const found = lint(folderElsewhere(t), {
    'src/bytes/source.ts': 'export const source = 1;\n',
    'src/process/module.ts': 'export const module = 1;\n',
    'src/process/threads.ts': 'export const threads = 1;\n',
    'src/perfdata/header.ts': 'export const header = 1;\n',
    'src/index.ts': 'export const all = 1;\n',
    // Allowed.
    'src/jit/records/a.ts': uses('../../bytes/source.ts'),
    'src/jit/records/b.ts': uses('../own.ts'),
    'src/jit/own.ts': 'export const own = 1;\n',
    'src/symbols/a.ts': uses('../process/module.ts'),
    'src/symbols/deep/a.ts': uses('../../process/module.ts'),
    'src/elf/a.ts': uses('elfy'),
    'src/views/a.ts': uses('../process/threads.ts', 'type'),
    'src/cli/a.ts': uses('node:fs'),
    // Not.
    'src/symbols/b.ts': uses('../process/threads.ts'),
    'src/symbols/deep/b.ts': uses('../../process/threads.ts'),
    'src/views/b.ts': uses('../process/threads.ts'),
    'src/perfdata/records/c.ts': uses('../../process/module.ts', 'type'),
    'src/perfdata/d.ts': uses('elfy'),
    'src/perfdata/e.ts': uses('../index.ts'),
    'src/perfdata/f.ts': "export const later: Promise<unknown> = import('../views/a.ts');\n",
    'src/perfdata/g.ts': "export { y } from '../views/a.ts';\n",
    'src/library.ts': uses('./cli/a.ts'),
  });
  t.same(found.filter((line) => line.endsWith('no-restricted-imports')).map((line) => line.split(' ')[0]), [
    'src/library.ts',
    'src/perfdata/d.ts',
    'src/perfdata/e.ts',
    'src/perfdata/f.ts',
    'src/perfdata/g.ts',
    'src/perfdata/records/c.ts',
    'src/symbols/b.ts',
    'src/symbols/deep/b.ts',
    'src/views/b.ts',
  ]);
});
