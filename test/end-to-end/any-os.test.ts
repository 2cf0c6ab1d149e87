// Any operating system: recorded paths are data, nothing is created, names are such that Windows allows them, and files are found
// where letters' case does not count.

import t from 'tap';
import fs, { cpSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DirectoryTree } from '../../src/node/directory-tree.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';
import { demoParts, reportOf } from './in-memory.ts';
import { MadeRecording } from './made-recording.ts';

/** Paths of all files below a folder, relative to it, with `/`. */
function filesBelow(folder: string, path = ''): string[] {
  return readdirSync(join(folder, path)).flatMap((name) => {
    const inner = path === '' ? name : `${path}/${name}`;
    return statSync(join(folder, inner)).isDirectory() ? filesBelow(folder, inner) : [inner];
  });
}

t.test('only node/ and cli/ use the host’s path functions, and only on paths of the host', async (t) => {
  const sources = filesBelow(join(PROJECT_ROOT, 'src'));
  const using = (pattern: RegExp): string[] => sources.filter((path) => pattern.test(readFileSync(join(PROJECT_ROOT, 'src', path), 'utf8')));
  t.same(using(/from '(node:)?(fs|os|path|url|child_process|worker_threads|tty|module)(\/\w+)?'/).filter((path) => !/^(node|cli)\//.test(path)), []);
  for (const path of using(/from 'node:path'/)) {
    const text = readFileSync(join(PROJECT_ROOT, 'src', path), 'utf8');
    const calls = [...text.matchAll(/\b(?:join|resolve|dirname|basename|relative|normalize|isAbsolute)\(([^()]*)/g)].map((match) => match[1]!);
    t.notMatch(calls.join('\n'), /recorded|module\.|\.path\b/i, path);
    t.notMatch(text, /from 'node:path\/(posix|win32)'|path\.(posix|win32)/, path);
  }
  t.same(using(/process\.platform|path\.sep/).filter((path) => !path.startsWith('node/') && !path.startsWith('cli/')), []);
});

t.test('names in the project suit every file system', async (t) => {
  const all = ['src', 'test', 'testdata', 'docs', 'bench', 'bin', 'scripts'].flatMap((folder) => filesBelow(join(PROJECT_ROOT, folder)).map((path) => `${folder}/${path}`));
  t.same(all.filter((path) => /[<>:"|?*\\]|[. ](\/|$)|(^|\/)(con|prn|aux|nul|com\d|lpt\d)(\.|\/|$)/i.test(path)), []);
  const lower = new Map<string, string>();
  t.same(all.filter((path) => lower.has(path.toLowerCase()) || (lower.set(path.toLowerCase(), path) && false)), [], 'and differ in more than case');
  t.ok(all.every((path) => path.length < 160));
});

/** What the file system was asked for while `work` ran. */
async function watched(work: () => Promise<unknown>): Promise<{ readonly paths: string[]; readonly written: string[] }> {
  const paths: string[] = [];
  const written: string[] = [];
  const host = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  const names = Object.keys(host).filter((name) => typeof host[name] === 'function' && /^(open|stat|lstat|readdir|readlink|readFile|exists|access|mkdir|write|rename|rm|unlink|mkdtemp|copyFile|symlink|truncate|appendFile)\w*Sync$/.test(name));
  const originals = new Map(names.map((name) => [name, host[name]!]));
  for (const [name, original] of originals) {
    host[name] = (...args) => {
      if (typeof args[0] === 'string') {
        paths.push(resolve(args[0]));
        const isWrite = /^(mkdir|write|rename|rm|unlink|copyFile|symlink|truncate|append)/.test(name) || (name === 'openSync' && (typeof args[1] === 'string' ? args[1] !== 'r' : ((args[1] as number) & 3) !== 0));
        if (isWrite) written.push(args[0]);
      }
      return original(...args);
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const [name, original] of originals) host[name] = original;
    syncBuiltinESMExports();
  }
  return { paths, written };
}

const ODD_PATHS = [
  '/../../../../../../etc/hostname', '/usr/../../..//etc/passwd', 'relative/name.so', '.', '..', '/', '//', 'C:\\Windows\\System32\\ntdll.dll', 'C:name.so', '\\\\server\\share\\x.so', '/usr/lib/a:b<c>|?*".so',
  '/con', '/lib/nul.so', '/dev/stdin', '/dev/tty', '/proc/self/mem', '/proc/1/root/etc/passwd', '/usr/lib/ends.with.dot.', '/usr/lib/ends with blank ', '/usr/lib/naïve_数え.so', `/${'long/'.repeat(700)}x.so`, '/memfd:x (deleted)', '/lib/x.so (deleted)', '[heap]', '[nothing]', '//toolong',
  '/../../jit-5.dump', '\\tmp\\jit-6.dump', '/tmp/../../etc/jit-7.dump', '/jit-99999999999999999999.dump',
];

t.test('odd recorded paths lead nowhere, and nothing is written', async (t) => {
  const folder = folderElsewhere(t);
  const symfs = join(folder, 'symfs');
  mkdirSync(symfs);
  const made = new MadeRecording().comm(1, '/../x', 1, true);
  ODD_PATHS.forEach((path, i) => made.mmap(1, { start: 0x100_0000 * (i + 1), length: 0x10_0000, path, inode: i }, 2 + i));
  ODD_PATHS.forEach((_, i) => made.sample(1, [0x100_0000 * (i + 1) + 16], 100 + i));
  writeFileSync(join(folder, 'perf.data'), made.bytes());
  const before = filesBelow(folder);
  for (const words of [['report', '-g', 'none'], ['script']]) {
    let out = '';
    const { paths, written } = await watched(async () => {
      const answer = await perfts(...words, '-i', join(folder, 'perf.data'), '--symfs', symfs);
      t.equal(answer.status, 0, answer.err);
      out = answer.out;
    });
    t.ok(paths.length > 10, `${paths.length} paths`);
    const homes = [folder, dirname(folder), join(homedir(), '.debug'), '/sys/kernel/notes', PROJECT_ROOT];
    t.same(paths.filter((path) => !homes.some((home) => path === home || (home !== dirname(folder) && path.startsWith(home)))), [], 'nothing outside is touched');
    t.same(written, []);
    t.match(out, /naïve_数え\.so/);
  }
  t.same(filesBelow(folder), before);
});

t.test('a tree that ignores case', async (t) => {
  const parts = demoParts();
  const expected = await reportOf(parts);
  const shouting = new Map([...parts.files].map(([path, bytes]) => [path.toUpperCase(), bytes]));
  t.same(await reportOf({ ...parts, files: shouting, ignoreCase: true }), expected);
  t.not((await reportOf({ ...parts, files: shouting })).text, expected.text, 'where case counts they are other files');
});

t.test('the demo copied with other letters, to a file system of this host', async (t) => {
  const folder = folderElsewhere(t);
  cpSync(DEMO, join(folder, 'perf.data'));
  cpSync(dataPath('demo/jit-30191.dump'), join(folder, 'jit-30191.dump'));
  for (const path of filesBelow(dataPath('demo/symfs'))) {
    const to = join(folder, 'symfs', ...path.split('/').map((name) => name.toUpperCase()));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(dataPath('demo/symfs', ...path.split('/')), to);
  }
  const ignoresCase = new DirectoryTree(join(folder, 'symfs')).open('/usr/bin/python3.13') !== undefined;
  const plain = await perfts('report', '-i', DEMO, ...DEMO_FILES, ...DEMO_KALLSYMS);
  const copied = await perfts('report', '-i', join(folder, 'perf.data'), '--symfs', join(folder, 'symfs'), ...DEMO_KALLSYMS);
  t.comment(ignoresCase ? 'this file system ignores case' : 'this file system tells case');
  t.equal(copied.status, 0);
  if (ignoresCase) t.equal(copied.out, plain.out);
  else t.match(copied.err, /python3\.13: \d+ frames; file not found/);
});
