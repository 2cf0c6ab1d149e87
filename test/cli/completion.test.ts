// Completion: what may come next by the tables, and what bash and zsh make of it.

import t, { type Test } from 'tap';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completions } from '../../src/cli/completions.ts';
import { perfts } from '../end-to-end/command.ts';
import { folderElsewhere } from '../project/elsewhere.ts';
import { PROJECT_ROOT } from '../project/project-root.ts';

t.test('what may come next', async (t) => {
  const next = (line: string): { readonly kind: string; readonly words: readonly string[] } => completions(line.split(' '));
  t.same(next('re'), { kind: 'words', words: ['report'] });
  t.ok(next('').words.includes('script') && next('').words.includes('--help'));
  t.equal(next('./perf.da').kind, 'files', 'a recording alone is reported');
  t.same(next('help di').words, ['diff']);
  t.same(next('script --sym'), { kind: 'words', words: ['--symbol-dir', '--symbols', '--symfs'] });
  t.ok(next('report --no-ch').words.includes('--no-children') === false, 'what is off is not turned off');
  t.same(next('report --no-de').words, ['--no-demangle']);
  t.same(next('script --sc').words, [], 'what is refused is not offered');
  t.equal(next('report -i ').kind, 'files');
  t.equal(next('report --symfs ').kind, 'folders');
  t.equal(next('report --symfs=x').kind, 'folders');
  t.same(next('report --percentage '), { kind: 'words', words: ['absolute', 'relative'] });
  t.same(next('report --percentage=r').words, ['--percentage=relative']);
  t.ok(next('report -s ').words.includes('dso') && !next('report -s ').words.includes('comm_nodigit_x'));
  t.same(next('diff -s sr'), { kind: 'parts', words: ['srcline', 'srcfile'] });
  t.same(next('diff -qs comm,d').words, ['comm,dso']);
  t.same(next('diff --sort=comm,pid,t').words, ['--sort=comm,pid,tid']);
  t.same(next('script -F +sr').words.filter((word) => word.startsWith('+srcl')), ['+srcline']);
  t.same(next('script -F hw:comm,ti').words, ['hw:comm,tid', 'hw:comm,time']);
  t.same(next('script -F comm,com').words, [], 'nothing twice');
  t.equal(next('script -G perf').kind, 'files');
  t.same(next('annotate perf').words, [], 'nobody knows the functions');
  t.equal(next('script -- -').kind, 'files');
  t.same(next('completion z').words, ['zsh']);
  t.equal(next('nonsense x').kind, 'files');
  t.same(next('convert --to ').words, ['file', 'pipe', 'directory']);
  for (const line of ['report --', 'script -', 'report --=', 'diff --sort=', 'report -s ,,', 'x', '-', '--help ', 'report -Z ']) t.ok(next(line), line);
});

t.test('the command', async (t) => {
  t.match(await perfts('completion', 'bash'), { status: 0, out: /complete -F _perfts perfts\n$/, err: '' });
  t.match(await perfts('completion', 'zsh'), { status: 0, out: /^#compdef perfts\n/, err: '' });
  t.match(await perfts('completion', 'fish'), { status: 2, out: '', err: "perfts: completion knows bash and zsh, not 'fish'\n" });
  t.same((await perfts('--complete', 'bash', 'diff', '--sort', '=', 'comm,sy')).out, 'parts\ncomm,symbol\ncomm,sym\n', 'bash puts it in place of what stands behind =');
  t.same((await perfts('--complete', 'zsh', 'diff', '--sort=comm,sym')).out, 'parts\n--sort=comm,symbol\n--sort=comm,sym\n');
});

/** Whether a shell is there. */
const lacks = (shell: string): string | false => (spawnSync(shell, ['-c', 'exit 0']).status === 0 ? false : `no ${shell}`);

/** A folder with files, in which `perfts` is the program of this project. */
function placeFor(t: Test): { readonly folder: string; readonly path: string } {
  const folder = folderElsewhere(t);
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'symfs'));
  writeFileSync(join(folder, 'perf data'), '');
  writeFileSync(join(folder, 'perf.data'), '');
  const main = JSON.stringify(join(PROJECT_ROOT, 'dist', 'src', 'cli', 'main.js'));
  const program = join(folder, 'bin', 'perfts');
  writeFileSync(program, `#!${process.execPath}\nimport(${main}).then(async ({ main, standardOutput, standardError }) => process.exit(await main(process.argv.slice(2), standardOutput, standardError)));\n`);
  chmodSync(program, 0o755);
  return { folder, path: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}` };
}

const LINES: readonly (readonly [string, readonly string[]])[] = [
  ['perfts buildid-l', ['buildid-list']],
  ['perfts diff --baseli', ['--baseline-only']],
  ['perfts diff -s comm,ds', ['comm,dso']],
  ['perfts report --percentage r', ['relative']],
  ['perfts report --symfs sy', ['symfs']],
  ['perfts script -i perf.', ['perf.data']],
];

t.test('bash', { skip: lacks('bash') }, async (t) => {
  const { folder, path } = placeFor(t);
  const script = (await perfts('completion', 'bash')).out;
  const ask = `
compopt() { :; }
ask() {
  COMP_LINE="$1"; COMP_POINT=\${#COMP_LINE}; shift
  COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMPREPLY=()
  _perfts
  printf '%s\\n' "\${COMPREPLY[@]}"
}
`;
  const run = (line: string, words: readonly string[]): string[] => {
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', `${script}${ask}ask ${[line, ...words].map((word) => `'${word}'`).join(' ')}`], { cwd: folder, encoding: 'utf8', env: { PATH: path } });
    t.equal(stderr, '');
    return stdout.split('\n').filter((word) => word !== '');
  };
  for (const [line, expected] of LINES) t.same(run(line, line.split(' ')), expected, line);
  t.same(run('perfts report --percentage=re', ['perfts', 'report', '--percentage', '=', 're']), ['relative'], 'as bash cuts words');
  t.same(run('perfts report --percentage=', ['perfts', 'report', '--percentage', '=']), ['absolute', 'relative']);
  t.same(run('perfts script perf', ['perfts', 'script', 'perf']).sort(), ['perf data', 'perf.data'], 'files with blanks are whole');
});

t.test('zsh', { skip: lacks('zsh') }, async (t) => {
  const { folder, path } = placeFor(t);
  const script = (await perfts('completion', 'zsh')).out;
  // What the script would offer: zsh's own functions for it are replaced by ones that print.
  const ask = `
compdef() { :; }
compset() { :; }
compadd() { while [[ $1 == -* && $1 != -- ]]; do if [[ $1 == -S ]]; then shift; fi; shift; done; shift; print -l -- "$@"; }
_files() { if [[ $1 == -/ ]]; then print -l -- \${words[CURRENT]}*(/N); else print -l -- \${words[CURRENT]}*(N); fi; }
`;
  for (const [line, expected] of LINES) {
    const words = line.split(' ');
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', `${ask}${script}\nwords=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}; _perfts`], { cwd: folder, encoding: 'utf8', env: { PATH: path } });
    t.equal(stderr, '', line);
    t.same(stdout.split('\n').filter((word) => word !== ''), expected, line);
  }
});
