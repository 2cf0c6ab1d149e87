// Does perf read what perfts writes, and print the same? Every recording of the corpus that perf reads is written again in every form;
// perf prints the original and each twin, and what differs is listed. Needs root, a root folder with perf 7.2 in it (chroot), and the
// unpacked corpus (../shared/tools/conformance --unpack), and so is no part of the tests.
//
//   npx tsc && sudo node dist/bench/perf-reads-twins.js [--root DIR] [--case REGEX] [--view script,stats,…] [--form pipe,…] [--most BYTES] [--show N] [--write]

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { circumstances, writeResults } from './results-file.ts';
import { FORMS, contentsOf, corpusCases, filesAt, putFiles, twinOf, type Form } from '../test/end-to-end/twins.ts';

interface View {
  readonly words: string;
  /** Larger recordings are left out: perf prints a hundred times as much as it reads. */
  readonly most: number;
  /** What may differ between forms, taken out of the text. `piped`: the original or the twin is a pipe. */
  readonly normal: (text: string, form: Form, piped: boolean) => string;
}

/** What says how records are packed, by perf's names. */
const OF_CONTAINER = 'ATTR|FEATURE|TRACING_DATA|BUILD_ID|COMPRESSED2?|FINISHED_ROUND|EVENT_UPDATE';

// perf 7.2 itself reads the forms differently:
// * prot and flags of MMAP2 are not turned round in recordings of the other byte order: memory that may be executed is not known to be;
// * nor are clockid, sample_regs_intr and sig_data of an attr, while precise_ip is mirrored; BPF programs it gives up on;
// * in a pipe of the other byte order the two halves of a sample's words stay exchanged: pid and tid. Such pipes are left out;
// * in a pipe events are not known yet when perf script decides that it shows files, and offsets from symbols; evlist shows the names that
//   their attrs give them and no tip; report --header-only ends before the features come; report --stats stops at formats of tracepoints;
// * without NRCPUS every sample of a pipe is of CPU 0; without HOSTNAME all features of the other byte order are ignored;
// * deferred chains of tracepoints in the other byte order end in a crash;
// * an image of the vdso gets another name each time.

const VIEWS: Readonly<Record<string, View>> = {
  script: { words: 'script --no-inline', most: Infinity, normal: scriptLines },
  dump: { words: 'script -D', most: 150_000, normal: dumpLines },
  stats: {
    words: 'report --stats', most: Infinity,
    normal: (text) => text.replace(/^Aggregated stats:.*\n/m, '').replace(new RegExp(`^ *(TOTAL|${OF_CONTAINER}) events:.*\n`, 'gm'), '').replace(/ \( *[\d.]+%\)/g, '').replace(/ +/g, ' '),
  },
  events: { words: 'evlist -v', most: Infinity, normal: (text, form, piped) => attrLines(piped ? text.replace(/^# Tip.*\n/gm, '').replace(/^.*?: type: /gm, ': type: ') : text, form) },
  header: {
    words: 'report --header-only -I', most: Infinity,
    normal: (text, form, piped) => attrLines(piped ? '' : text, form).replace(/^# (captured on|header version|data offset|data size|feat offset|missing features|compressed|directory data).*\n/gm, ''),
  },
};

function attrLines(text: string, form: Form): string {
  return form === 'swapped' ? text.replace(/^# (bpf_prog_info|btf info).*\n/gm, '').replace(/, (clockid|sample_regs_intr|sig_data|precise_ip|config3|config4)(:| =) (0x)?[0-9a-f]+/g, '') : text;
}

function scriptLines(text: string, form: Form, piped: boolean): string {
  if (piped) return text.replace(/^(\t *[0-9a-f]+ .*?)(\+0x[0-9a-f]+)?( \([^()]*\))?$/gm, '$1').replace(/\+0x[0-9a-f]+(?= \()/g, '');
  return form === 'swapped' ? text.replace(/\/tmp\/perf-\d+\.map|\[JIT\] tid \d+/g, '//anon') : text;
}

/** The lines that say what a record is, without its place and its bytes. */
function dumpLines(text: string, form: Form, piped: boolean): string {
  const lines = scriptLines(text.replace(/perf-vdso\.so-\w+/g, '[vdso]'), form, piped).split('\n').filter((line) => !/^[.#]/.test(line) && line !== '');
  const placeless = lines.map((line) => line.replace(/(0x[0-9a-f]+|\b0)(@\S+)? \[/, '[').replace(/(PERF_RECORD_MMAP2 .*: )[r-][w-][x-][ps] /, '$1'));
  const records = placeless.filter((line) => !new RegExp(`PERF_RECORD_(${OF_CONTAINER})|^\\[0x[0-9a-f]+\\]: event:`).test(line));
  return (form === 'directory' ? records.sort() : records).join('\n');
}

interface Answer {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

function perf(root: string, words: string, path: string): Answer {
  const run = spawnSync('chroot', [root, 'env', 'LC_ALL=C.UTF-8', 'TZ=UTC', 'HOME=/nowhere', 'perf', ...words.split(' '), '-i', path, ...(words.startsWith('evlist') ? [] : ['--symfs', '/nowhere'])], {
    encoding: 'latin1', maxBuffer: 1 << 30, timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { status: run.status ?? -1, out: run.stdout, err: run.stderr };
}

/** Where two texts part, in words. */
function parting(one: string, other: string): string {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at < 0 ? a.length : at;
  return `line ${line + 1} of ${a.length}: ${(a[line] ?? 'the end').slice(0, 160)}\n        ${(b[line] ?? 'the end').slice(0, 160)}`;
}

const { values } = parseArgs({
  options: {
    root: { type: 'string', default: '/var/tmp/sid-root' }, case: { type: 'string', default: '.' }, view: { type: 'string', default: Object.keys(VIEWS).join() },
    form: { type: 'string', default: FORMS.join() }, write: { type: 'boolean', default: false }, most: { type: 'string', default: 'Infinity' }, show: { type: 'string', default: '3' },
  },
});
const views = values.view.split(',');
const forms = FORMS.filter((form) => values.form.split(',').includes(form));
const folder = mkdtempSync(join(values.root, 'tmp/perf-reads-twins-'));
const inside = folder.slice(values.root.length);
/** By view and form: how many are equal, differ, or are refused though the original is not. */
const counts = new Map<string, { equal: number; differ: number; refused: number }>();
const refusedOriginals = new Map<string, string[]>();
let shown = 0;

try {
  for (const [name, place] of corpusCases().filter(([each]) => new RegExp(values.case).test(each))) {
    const files = filesAt(join(place, 'perf.data'));
    const size = files.reduce((sum, { length }) => sum + length, 0);
    if (size > Number(values.most)) continue;
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    putFiles(join(folder, 'original'), files, statSync(join(place, 'perf.data')).isDirectory());
    const originals = new Map<string, Answer>();
    for (const view of views) {
      const { words, most } = VIEWS[view]!;
      if (size > most) continue;
      const answer = perf(values.root, words, `${inside}/original`);
      if (answer.status === 0) originals.set(view, answer);
      else refusedOriginals.set(view, [...(refusedOriginals.get(view) ?? []), name]);
    }
    if (originals.size === 0) continue;
    const { container, littleEndian } = await contentsOf(files);
    for (const form of forms) {
      if (container === 'pipe' ? form === 'swapped' : form === 'pipe' && !littleEndian) continue;
      const twin = await twinOf(files, form).catch(() => undefined);
      if (twin === undefined) continue;
      putFiles(join(folder, form), twin, form === 'directory' || (files.length > 1 && (form === 'rewritten' || form === 'swapped')));
      for (const [view, original] of originals) {
        const { words, normal } = VIEWS[view]!;
        const answer = perf(values.root, words, `${inside}/${form}`);
        const piped = form === 'pipe' || container === 'pipe';
        if (view === 'stats' && piped && files.some((bytes) => Buffer.from(bytes.buffer).includes('\x17\x08Dtracing', 0, 'latin1'))) continue;
        const key = `${view} ${form}`;
        const count = counts.get(key) ?? { equal: 0, differ: 0, refused: 0 };
        counts.set(key, count);
        const [expected, printed] = [normal(original.out, form, piped), normal(answer.out, form, piped)];
        if (answer.status !== 0) count.refused++;
        else if (printed !== expected) count.differ++;
        else count.equal++;
        if ((answer.status !== 0 || printed !== expected) && shown++ < Number(values.show)) {
          console.log(`${name}, ${form}, ${view}: ${answer.status !== 0 ? `exit ${answer.status}: ${answer.err.trim().split('\n')[0]}` : parting(expected, printed)}`);
        }
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const rows = views.map((view) => [view, ...forms.map((form) => {
  const { equal, differ, refused } = counts.get(`${view} ${form}`) ?? { equal: 0, differ: 0, refused: 0 };
  return `${equal} equal${differ > 0 ? `, ${differ} differ` : ''}${refused > 0 ? `, ${refused} refused` : ''}`;
})]);
const table = [['perf', ...forms], ['---', ...forms.map(() => '---')], ...rows].map((cells) => `| ${cells.join(' | ')} |`);
const unread = [...refusedOriginals].map(([view, names]) => `${view}: perf does not read ${names.length} originals`);
console.log([...table, ...unread].join('\n'));
if (values.write) {
  const version = spawnSync('chroot', [values.root, 'perf', '--version'], { encoding: 'utf8' }).stdout.trim();
  const what = `By \`bench/perf-reads-twins.ts\`: what perf prints of recordings of the corpus (\`--case ${values.case}\`, of at most ${values.most} bytes) and of what \`perfts convert\` makes of each. What perf itself reads differently in each form, and so is left out here, stands in docs/PERF-DIFFERENCES.md.`;
  writeResults("perf as the judge of perfts convert", [what, '', circumstances(version.replace('perf version', 'perf')), '', ...table, '', `${unread.join('; ')}.`].join('\n'));
}
