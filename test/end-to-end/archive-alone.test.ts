// An archive read where there is nothing else: under chroot, with node, the libraries that node needs, perfts, and the archive. No
// recorded path, no home, no /proc, no /tmp. Needs Linux, root, chroot and ldd, and is skipped by name without them.

import t from 'tap';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { dataPath, DEMO, DEMO_FILES, DEMO_KALLSYMS, perfts } from './command.ts';

const BUILT = existsSync(join(PROJECT_ROOT, 'dist/cli/main.js'));
const libraries = process.platform === 'linux' ? spawnSync('ldd', [process.execPath], { encoding: 'utf8' }).stdout : null;
const why = process.platform !== 'linux' ? 'not Linux'
  : process.getuid?.() !== 0 ? 'not root'
  : spawnSync('chroot', ['--version']).status !== 0 ? 'no chroot'
  : libraries === null || libraries === '' ? 'no ldd, or a node that it does not know'
  : BUILT ? false : 'dist/cli is not built';

t.test('an archive, and nothing else of the machine', { skip: why }, async (t) => {
  const root = folderElsewhere(t);
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(realpathSync(from), join(root, to), { recursive: true });
  };
  for (const [path] of libraries!.matchAll(/\/\S+(?= \(0x)/g)) copy(path, path);
  copy(process.execPath, '/node');
  for (const part of ['package.json', 'bin', 'dist/cli']) copy(join(PROJECT_ROOT, part), `/perfts/${part}`);
  const made = join(root, 'made.perfts');
  t.match(await perfts('archive', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS, '-o', made), { status: 0, err: '' });
  copy(dataPath('demo/demo.perfts'), '/demo.perfts');
  t.same(readdirSync(root).filter((name) => !/^lib|^usr$/.test(name)).sort(), ['demo.perfts', 'made.perfts', 'node', 'perfts'], 'all that is there');

  const alone = (...words: string[]): { status: number | null; out: string; err: string } => {
    // tap has each process that is started load a module of its own, which is not there.
    const run = spawnSync('env', ['-u', 'NODE_OPTIONS', 'chroot', root, '/node', '/perfts/bin/perfts.js', ...words], { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' }, maxBuffer: 1 << 28 });
    return { status: run.status, out: run.stdout, err: run.stderr };
  };
  for (const command of ['report', 'script']) {
    const [packed, plain] = [alone(command, '/made.perfts'), await perfts(command, DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS)];
    t.same([packed.status, packed.err], [0, plain.err]);
    t.match(packed.out, /py::bill/);
    t.ok(packed.out === plain.out, `${command} says the same as from the files it was made of`);
    const demo = alone(command, '/demo.perfts');
    t.ok(demo.status === 0 && demo.out === (await perfts(command, dataPath('demo/demo.perfts'))).out, `${command} of the demo`);
  }
});
