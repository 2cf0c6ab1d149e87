// Archives of recordings of the corpus: every stack, name, line and inlined call is that of the files the archive was made of. One case
// of each kind of binary by default; PERFTS_CASE='.' takes all. Skipped where the corpus is absent.

import t from 'tap';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import type { Output } from '../../src/cli/output.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

const CASES = /^(a64_plt_dwarf|dwz_dwarf|go_dwarf|inline_(dwp|split)|plt_now_dwarf|py315_perfmap_fp|rust_dwarf|s390_c_dwarf|stripped_debuglink)/;
const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');
const hasCorpus = existsSync(join(PROJECT_ROOT, '../shared/corpus')) && existsSync(cache);
const wanted = process.env['PERFTS_CASE'] === undefined ? CASES : new RegExp(process.env['PERFTS_CASE']);

t.setTimeout(900_000);

function symfsOf(name: string): string | undefined {
  const set = name.startsWith('a64_') ? 'arm64' : name.startsWith('s390_') ? 's390x' : name.startsWith('rv64_') ? 'riscv64' : name.startsWith('pypy') ? 'pypy' : 'amd64';
  const folder = readdirSync(cache).find((entry) => new RegExp(`^symfs-${set}-[0-9a-f]{16}$`).test(entry));
  return folder === undefined ? undefined : join(cache, folder);
}

/** Runs a command line: of what it prints on standard output the hash and the length, else the text. */
async function digest(words: readonly string[]): Promise<object> {
  const hash = createHash('sha256');
  let length = 0;
  let err = '';
  const take = (bytes: Uint8Array): void => {
    hash.update(bytes);
    length += bytes.length;
  };
  const out: Output = { isTerminal: false, write: (text) => take(Buffer.from(text)), writeBytes: take, flush: () => {} };
  const status = await main(words, out, { ...out, write: (text) => void (err += text), writeBytes: () => {} });
  return { status, err, length, hash: hash.digest('hex') };
}

t.test('archives of the corpus', { skip: hasCorpus ? false : 'the corpus is absent' }, async (t) => {
  const cases = readdirSync(cache).filter((entry) => wanted.test(entry) && !entry.startsWith('symfs-') && existsSync(join(cache, entry, 'perf.data')));
  if (process.env['PERFTS_CASE'] === undefined) t.ok(cases.length > 5, `${cases.length} cases`);
  const folder = folderElsewhere(t);
  for (const entry of cases) {
    const recording = join(cache, entry, 'perf.data');
    const symfs = symfsOf(basename(entry));
    const files = [...(symfs === undefined ? [] : ['--symfs', symfs]), ...(existsSync(join(cache, entry, 'kallsyms')) ? ['--kallsyms', join(cache, entry, 'kallsyms')] : [])];
    const archive = join(folder, 'case.perfts');
    const made = await digest(['archive', recording, ...files, '--with-lines', '-o', archive]);
    const plain = await digest(['script', recording, ...files]);
    if ((plain as { status: number }).status !== 0) continue;
    t.match(made, { status: 0 }, `${entry}: made`);
    t.same(await digest(['script', archive]), plain, `${entry}: script`);
    t.same(await digest(['report', archive, '-g', 'none']), await digest(['report', recording, ...files, '-g', 'none']), `${entry}: report`);
  }
});
