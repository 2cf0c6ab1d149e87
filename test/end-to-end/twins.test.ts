// Twins: real recordings (big-endian, arm64, Python, tracepoints, a group, registers, compressed, a directory) written again in every form
// print what the recording itself prints, byte for byte. Nothing may differ: not the order either, since no two samples of these
// recordings have the same time on two CPUs (then a directory, whose files lie side by side, has no order to keep).

import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import t from 'tap';
import { DEMO, DEMO_FILES, DEMO_KALLSYMS, dataPath, perfts } from './command.ts';
import { FORMS, filesAt, putFiles, twinOf, type Files } from './twins.ts';

interface Capture {
  readonly path: string;
  /** Files that lie beside it. */
  readonly beside?: readonly string[];
  readonly options?: readonly string[];
  /** Something that its script must say: a test of nothing would pass. */
  readonly says: RegExp;
}

const twins = (name: string): string => dataPath('twins', name);
const perfdata = (name: string): string => dataPath('perfdata', `${name}.data`);
const demo = [...DEMO_FILES, ...DEMO_KALLSYMS];
const CAPTURES: readonly Capture[] = [
  { path: DEMO, beside: [dataPath('demo', 'jit-30191.dump')], options: demo, says: / py::bill:/ },
  { path: twins('a64-py315.data'), beside: [twins('perf-589.map')], says: / py::\S+ \(\/tmp\/perf-589\.map\)/ },
  { path: twins('a64-c.data'), says: /\(\/lab\/bin\/a64_c_fp\)/ },
  { path: twins('s390-python.data'), says: /\(\/usr\/bin\/python3\.13\)/ },
  { path: twins('s390-tracepoints.data'), says: /sched:sched_switch: prev_comm=\S+ prev_pid=\d+/ },
  { path: perfdata('big-endian-pipe'), says: /raw_syscalls:sys_enter: NR \d+ \(/ },
  { path: perfdata('big-endian-zstd'), says: /cpu-clock: *\n\t/ },
  { path: twins('lock.data'), says: /lock:contention_begin: 0x[0-9a-f]+ \(flags=/ },
  { path: perfdata('group'), says: /page-faults:/ },
  { path: perfdata('many-fields'), says: /cpu-clock:/ },
  { path: perfdata('zstd'), says: /cpu-clock:/ },
  { path: twins('dir-z'), says: /cpu-clock: *\n\t/ },
];

const folder = mkdtempSync(join(tmpdir(), 'perfts-twins-'));
t.setTimeout(300_000);
t.teardown(() => rmSync(folder, { recursive: true }));

/** What the command prints of a recording that was put on disk beside the files that belong to it. */
async function printed(files: Files, isDirectory: boolean, { beside = [], options = [] }: Capture, words: readonly string[]): Promise<string> {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  for (const path of beside) copyFileSync(path, join(folder, basename(path)));
  putFiles(join(folder, 'perf.data'), files, isDirectory);
  const answer = await perfts(...words, '-i', join(folder, 'perf.data'), ...options);
  if (answer.status !== 0) throw new Error(answer.err);
  return answer.out;
}

t.test('every twin prints the same script', async (t) => {
  for (const capture of CAPTURES) {
    const name = capture.path.slice(dataPath().length + 1);
    const files = filesAt(capture.path);
    const original = await printed(files, files.length > 1, capture, ['script']);
    t.ok(capture.says.test(original), `${name}: ${capture.says.source}`);
    for (const form of FORMS) {
      const twin = await twinOf(files, form);
      const isDirectory = form === 'directory' || (files.length > 1 && (form === 'rewritten' || form === 'swapped'));
      t.ok((await printed(twin, isDirectory, capture, ['script'])) === original, `${name}, ${form}`);
    }
    const littleEndian = (new DataView(files[0]!.buffer).getUint8(0) !== 0x50);
    const all = await twinOf(files, 'directory', { littleEndian, compress: true });
    t.ok((await printed(all, true, capture, ['script'])) === original, `${name}, turned round, compressed and a directory`);
  }
});

/** One line a record, without places in the file, what describes the container, and bytes whose order nobody knows. */
function records(json: string): string[] {
  return json.split('\n').filter((line) => !/^\{"recording":|"type":(64|66|67|80|81|83),/.test(line)).map((line) => line.replace(/"offset":\d+,|"source":\d+,|"compressed":true,/g, ''));
}

t.test('turned round, every field of every record says the same', async (t) => {
  for (const capture of CAPTURES) {
    const files = filesAt(capture.path);
    const words = ['dump', '--json'];
    const [original, turned] = [await printed(files, files.length > 1, capture, words), await printed(await twinOf(files, 'swapped'), files.length > 1, capture, words)];
    t.ok(records(original).length > 10);
    t.strictSame(records(turned), records(original), capture.path);
  }
});
