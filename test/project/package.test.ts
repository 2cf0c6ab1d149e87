// The package as users get it: what `npm pack` puts into it, and whether it works unpacked in another place.

import t from 'tap';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { VERSION } from '../../src/cli/version.ts';
import { folderElsewhere, runNode } from './elsewhere.ts';
import { PROJECT_ROOT } from './project-root.ts';

interface Manifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as Manifest;
/** npm's own program: set by `npm test`, else beside Node. */
const NPM = [process.env['npm_execpath'] ?? '', join(dirname(process.execPath), '../lib/node_modules/npm/bin/npm-cli.js'), '/usr/share/nodejs/npm/bin/npm-cli.js'].find(
  (path) => /npm-cli\.[cm]?js$/.test(path) && existsSync(path),
);
const BUILT = existsSync(join(PROJECT_ROOT, 'dist/cli/main.js'));

/** The files of an npm tarball, without its leading `package/`. Names of up to 255 bytes (ustar). */
function unpack(tarball: Uint8Array): Map<string, Buffer> {
  const bytes = gunzipSync(tarball);
  const files = new Map<string, Buffer>();
  for (let at = 0; at + 512 <= bytes.length && bytes[at] !== 0; ) {
    const field = (offset: number, length: number): string => bytes.toString('utf8', at + offset, at + offset + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const name = prefix === '' ? field(0, 100) : `${prefix}/${field(0, 100)}`;
    if (field(156, 1) === '0' || field(156, 1) === '') files.set(name.replace(/^package\//, ''), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

t.test('one version', async (t) => {
  t.equal(VERSION, manifest.version);
  t.match(readFileSync(join(PROJECT_ROOT, 'CHANGELOG.md'), 'utf8'), /^## /m);
});

t.test('every dependency has its row in docs/DEPENDENCIES.md', async (t) => {
  const text = readFileSync(join(PROJECT_ROOT, 'docs/DEPENDENCIES.md'), 'utf8');
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.devDependencies })) {
    t.ok(text.includes(`| ${name} |`), name);
  }
});

t.test('npm pack, and what comes out of it elsewhere', { timeout: 120_000, skip: !BUILT ? 'dist/cli is not built' : NPM === undefined ? 'npm is not found' : false }, async (t) => {
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'packed'));
  mkdirSync(join(folder, 'user/node_modules'), { recursive: true });
  const packed = runNode([NPM!, 'pack', '--silent', '--ignore-scripts', '--pack-destination', join(folder, 'packed')], PROJECT_ROOT);
  t.equal(packed.status, 0, packed.err);
  const tarball = join(folder, 'packed', readdirSync(join(folder, 'packed'))[0]!);
  const files = unpack(readFileSync(tarball));

  t.ok(statSync(tarball).size < 2_000_000, `${statSync(tarball).size} bytes packed`);
  t.ok([...files.values()].reduce((sum, file) => sum + file.length, 0) < 6_000_000, 'and less than 6 MB unpacked');
  for (const name of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'bin/perfts.js', 'dist/cli/main.js', 'dist/page/perfts.html', 'dist/cli/THIRD-PARTY-NOTICES.txt']) t.ok(files.has(name), name);
  const strange = [...files.keys()].filter((name) => !/^(bin|docs|dist\/cli|dist\/page|dist\/src)\/|^[^/]+$/.test(name) || /\.map$|(^|\/)src\/cli\/|[:<>"|?*\\]/.test(name));
  t.same(strange, [], 'nothing else, and no name that Windows refuses');
  const telling = [...files].filter(([, bytes]) => /sourceMappingURL=/.test(bytes.toString()) || bytes.includes(PROJECT_ROOT)).map(([name]) => name);
  t.same(telling, [], 'no source maps, and nothing of the machine that built it');

  const user = join(folder, 'user');
  const home = join(user, 'node_modules/perfts');
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), bytes);
  }
  for (const name of Object.keys(manifest.dependencies)) symlinkSync(join(PROJECT_ROOT, 'node_modules', name), join(user, 'node_modules', name), 'junction');
  t.same(runNode(['node_modules/perfts/bin/perfts.js', '--version'], user), { status: 0, out: `perfts ${VERSION}\n`, err: '' });
  t.match(runNode(['node_modules/perfts/bin/perfts.js', 'report', '--help'], user), { status: 0, out: /--call-graph/ });
  const missing = runNode(['node_modules/perfts/bin/perfts.js', 'report', 'no-such.data'], user);
  t.match(missing, { status: 1, out: '' });
  t.equal(missing.err.trimEnd().split('\n').length, 1, `one line: ${missing.err}`);

  if (files.has('dist/src/node/index.js')) {
    writeFileSync(join(user, 'use.mjs'), "import * as perfts from 'perfts';\nconsole.log(Object.keys(perfts).length > 0);\n");
    t.same(runNode(['use.mjs'], user), { status: 0, out: 'true\n', err: '' }, 'the library');
    writeFileSync(join(user, 'core.mjs'), "import * as perfts from 'perfts';\nconsole.log(Object.keys(perfts).length > 0);\n");
    t.same(runNode(['--conditions=browser', 'core.mjs'], user).status, 0);
    // As a page does it, too: nothing but bytes.
    writeFileSync(join(user, 'export.mjs'), `import { readFileSync } from 'node:fs';
import { MemorySource, Recording, exportRecording, openArchive } from 'perfts';
const recording = await Recording.open(await openArchive(new MemorySource(readFileSync(process.argv[2]))));
for (const name of ['collapsed', 'pprof', 'parquet']) {
  const { bytes, quality } = await exportRecording(recording, name);
  console.log(name, bytes.length > 1000, quality.samples);
}
`);
    for (const condition of [[], ['--conditions=browser']]) {
      t.same(runNode([...condition, 'export.mjs', join(PROJECT_ROOT, 'testdata/demo/demo.perfts')], user), { status: 0, out: 'collapsed true 491\npprof true 491\nparquet true 491\n', err: '' }, 'its exports');
    }
    writeFileSync(join(user, 'use.mts'), `import * as perfts from 'perfts';
import { exportRecording, type Annotation, type ExportFormatName, type ExportOptions, type Recording } from 'perfts';
export const names: string[] = Object.keys(perfts);
export async function sizeOf(recording: Recording, format: ExportFormatName, options: ExportOptions): Promise<number> {
  return (await exportRecording(recording, format, options, { name: 'a', labels: new Map([['service', 'api']]) })).bytes.length;
}
export async function hottest(recording: Recording): Promise<string | undefined> {
  const annotation: Annotation = await recording.annotate();
  return annotation.functions[0]?.frame.name;
}
`);
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions: { module: 'nodenext', strict: true, noEmit: true, types: [], lib: ['es2023', 'dom'] }, files: ['use.mts'] }));
    t.same(runNode([join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], user), { status: 0, out: '', err: '' }, 'and its types');
  }
});
