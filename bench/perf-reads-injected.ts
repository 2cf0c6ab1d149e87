// Does perf read what `perfts inject --jit` writes as it reads what its own inject writes? The recordings of the corpus with a jitdump are
// injected by both; perf's script and report of both are held against each other. Needs root, a root folder with perf 7.2 in it (chroot),
// and the unpacked corpus (../shared/tools/conformance --unpack), and so is no part of the tests.
//
//   npx tsc && sudo node dist/bench/perf-reads-injected.js [--root DIR] [--case REGEX] [--recording FILE --dumps DIR] [--show N] [--write]
//
// Columns: samples, those with a Python function after perf's inject and after perfts', samples whose text is equal, rows of the report
// that are. `inject` says where perf's failed.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { FileSink } from '../src/node/file-sink.ts';
import { openRecording } from '../src/node/open-recording.ts';
import { injectJit } from '../src/profile/convert/inject-jit.ts';
import { PROJECT_ROOT } from '../test/project/project-root.ts';
import { corpusCases } from '../test/end-to-end/twins.ts';
import { circumstances, writeResults } from './results-file.ts';

const { values } = parseArgs({ options: {
  root: { type: 'string', default: '/var/tmp/sid-root' }, case: { type: 'string', default: '.' }, show: { type: 'string', default: '0' },
  recording: { type: 'string' }, dumps: { type: 'string' }, write: { type: 'boolean', default: false },
} });
const { root } = values;
const cache = process.env['PERFTS_CORPUS_CACHE'] ?? join(homedir(), '.cache/perfts-corpus');
const folder = mkdtempSync(join(root, 'tmp/perf-reads-injected-'));
const inside = folder.slice(root.length);
const STACKS = 'script --no-inline -F comm,pid,tid,cpu,time,period,event,ip,sym,symoff,dso';
const ROWS = 'report --stdio --no-inline --no-children -g none -n --percent-limit 0';

interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function perf(words: string): Answer {
  const run = spawnSync('chroot', [root, 'env', 'LC_ALL=C.UTF-8', 'TZ=UTC', 'HOME=/nowhere', 'perf', ...words.split(' ')], {
    encoding: 'latin1', maxBuffer: 1 << 30, timeout: 600_000, stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: run.status ?? -1, out: run.stdout, err: run.stderr };
}

/** The images of these dumps that lie in the root's /tmp, moved to where perf looks for them under --symfs. */
function moveImages(dumps: readonly string[], symfs: string): number {
  const pids = new Set(dumps.map((dump) => /jit-(\d+)\.dump$/.exec(dump)?.[1]));
  const images = readdirSync(join(root, 'tmp')).filter((name) => pids.has(/^jitted-(\d+)-\d+\.so$/.exec(name)?.[1]));
  for (const name of images) {
    copyFileSync(join(root, 'tmp', name), join(symfs, 'tmp', name));
    rmSync(join(root, 'tmp', name));
  }
  return images.length;
}

/** perf's text for each sample, and its report's rows. */
function readBack(recording: string, symfs: string | undefined): { samples: string[]; rows: Set<string> } {
  const options = symfs === undefined ? '' : ` --symfs ${inside}/symfs --kallsyms ${inside}/symfs/kallsyms`;
  const samples = perf(`${STACKS} -i ${recording}${options}`).out.split('\n\n').filter((text) => text.trim() !== '');
  const rows = perf(`${ROWS} -i ${recording}${options}`).out.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  // The vdso's temporary file has another name each time.
  return { samples: samples.map((text) => text.replace(/perf-vdso\.so-\w+/g, '[vdso]')), rows: new Set(rows.map((line) => line.replace(/ +/g, ' '))) };
}

async function check(name: string, recording: string, dumps: readonly string[], symfsSource: string | undefined): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const symfs = join(folder, 'symfs');
  if (symfsSource !== undefined) spawnSync('cp', ['-al', symfsSource, symfs]);
  mkdirSync(join(symfs, 'tmp'), { recursive: true });
  copyFileSync(recording, join(folder, 'perf.data'));
  for (const dump of dumps) copyFileSync(dump, join(root, 'tmp', basename(dump)));
  moveImages(dumps, symfs);
  const injection = perf(`inject --jit -f -i ${inside}/perf.data -o ${inside}/perf.jit.data`);
  const perfImages = moveImages(dumps, symfs);
  const theirs = existsSync(join(folder, 'perf.jit.data')) ? readBack(`${inside}/perf.jit.data`, symfs) : { samples: [], rows: new Set<string>() };
  for (const dump of dumps) rmSync(join(root, 'tmp', basename(dump)));
  rmSync(join(symfs, 'tmp'), { recursive: true });
  mkdirSync(join(symfs, 'tmp'));

  const { recording: opened, close } = await openRecording(recording, { jitdumps: [...dumps], buildIdCache: false });
  const sink = new FileSink(join(folder, 'perfts.jit.data'), recording);
  const injected = await injectJit(opened, { container: 'file', imagesOf: () => (image, bytes) => {
    writeFileSync(join(symfs, 'tmp', image), bytes);
    return `/tmp/${image}`;
  } }, sink);
  sink.close();
  close();
  const ours = readBack(`${inside}/perfts.jit.data`, symfs);

  const named = (samples: readonly string[]): number => samples.filter((text) => /\bpy::/.test(text)).length;
  const equal = ours.samples.filter((text, index) => text === theirs.samples[index]).length;
  const rows = [...ours.rows].filter((row) => theirs.rows.has(row)).length;
  const cells = [ours.samples.length, named(theirs.samples), named(ours.samples), equal, `${rows}/${theirs.rows.size}/${ours.rows.size}`, `${perfImages}/${injected.images}`];
  say(name.padEnd(30) + cells.map((cell) => String(cell).padStart(14)).join('') + (injection.status === 0 ? '' : `  inject: ${injection.err.trim().split('\n').at(-1)}`));
  let shown = 0;
  for (const [index, text] of ours.samples.entries()) {
    if (text === theirs.samples[index] || shown++ >= Number(values.show)) continue;
    const [a, b] = [(theirs.samples[index] ?? '').split('\n'), text.split('\n')];
    const at = b.findIndex((line, i) => line !== a[i]);
    console.log(`  sample ${index}, line ${at} of ${a.length} and ${b.length}\n    perf:   ${a[at] ?? 'the end'}\n    perfts: ${b[at] ?? 'the end'}`);
  }
}

function say(line: string): void {
  console.log(line);
  lines.push(line);
}

const lines: string[] = [];
try {
  say(''.padEnd(30) + ['samples', 'perf py::', 'perfts py::', 'equal', 'rows', 'images'].map((title) => title.padStart(14)).join(''));
  if (values.recording !== undefined) {
    const dumps = readdirSync(values.dumps ?? '/nowhere').filter((name) => /^jit-\d+\.dump$/.test(name)).map((name) => join(values.dumps!, name));
    await check(basename(values.recording), values.recording, dumps, undefined);
  } else {
    for (const [name, place] of corpusCases()) {
      const dumps = readdirSync(place).filter((file) => /^jit-\d+\.dump$/.test(file)).map((file) => join(place, file));
      if (dumps.length === 0 || !new RegExp(values.case).test(name)) continue;
      const { symfs } = JSON.parse(readFileSync(join(PROJECT_ROOT, '../shared/corpus', name, 'case.json'), 'utf8')) as { symfs?: string };
      const tree = readdirSync(cache).find((each) => each.startsWith(`symfs-${symfs}-`));
      await check(name, join(place, 'perf.data'), dumps, tree === undefined ? undefined : join(cache, tree));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

if (values.write) {
  const version = spawnSync('chroot', [root, 'perf', '--version'], { encoding: 'utf8' }).stdout.trim();
  const what = 'By `bench/perf-reads-injected.ts`: samples; those in which perf names a Python function after its own `perf inject --jit`, and after `perfts inject --jit`; samples whose text is equal; rows of the report equal, of perf, of perfts; images written by perf and perfts.';
  writeResults('perf as the judge of perfts inject', [what, '', circumstances(version.replace('perf version', 'perf')), '', '```', ...lines, '```'].join('\n'));
}
