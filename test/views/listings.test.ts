// The listings of a recording against perf's own text, byte for byte: report --stats and --tasks, evlist, buildid-list, dump.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { main } from '../../src/cli/main.ts';
import { MemoryOutput } from '../../src/cli/output.ts';
import { sampledBuildIds } from '../../src/views/buildid-list.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';
import { expected, projectRoot } from '../perfdata/recording.ts';

const folder = join(projectRoot(), 'testdata', 'listings');
/** Without any of the recorded files, also where this machine has some of them. */
const NO_FILES = ['--symfs', folder];

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  stats: ['report', '--stats'],
  tasks: ['report', '--tasks'],
  events: ['evlist', '-v'],
  groups: ['evlist', '-g'],
  frequencies: ['evlist', '-F'],
  buildids: ['buildid-list', ...NO_FILES],
  dump: ['script', '-D', ...NO_FILES],
  lines: ['script', '--show-task-events', '--show-mmap-events', '--show-switch-events', '--show-lost-events', ...NO_FILES],
};

async function run(words: readonly string[]): Promise<string> {
  const out = new MemoryOutput();
  const err = new MemoryOutput();
  const status = await main(words, out, err);
  return status === 0 ? out.text : `exit ${status}: ${err.text}`;
}

function recording(name: string): string {
  return join(projectRoot(), 'testdata', 'perfdata', `${name}.data`);
}

/** Lines of bytes are left out: the next test looks at them. Places name the file as perf was given it. */
function withoutBytes(text: string, name: string): string {
  return text.replaceAll(/^\. {2}[0-9a-f]{4}: .*\n/gm, '').replaceAll(`@${recording(name)} [`, `@${name}.data [`);
}

for (const file of readdirSync(folder)) {
  const [name = '', mode = ''] = file.split('.');
  t.test(`${COMMANDS[mode]!.slice(0, 2).join(' ')} ${name}`, async (t) => {
    const perf = readFileSync(join(folder, file), 'utf8');
    const ours = await run([...COMMANDS[mode]!, '-i', recording(name)]);
    // What is long is kept up to some line.
    if (mode === 'dump') t.equal(withoutBytes(ours, name).slice(0, perf.length), perf);
    else t.equal(mode === 'lines' ? ours.slice(0, perf.length) : ours, perf);
  });
}

t.test('a file that is mapped with and without its build id is listed once', async (t) => {
  const buildId = Uint8Array.from({ length: 20 }, (_, i) => i + 1);
  const made = new MadeRecording()
    .mmap(1, { start: 0x1000, length: 0x1000, path: '/bin/a' }, 1).mmap(2, { start: 0x1000, length: 0x1000, path: '/bin/a', buildId }, 2)
    .mmap(1, { start: 0x9000, length: 0x1000, path: '/bin/b' }, 3)
    .sample(1, [0x1100], 4).sample(2, [0x1200], 5).sample(1, [0x9100], 6);
  const recording = await openInMemory({ recording: made.bytes() });
  t.same(await sampledBuildIds(recording.pipeline({ maxStack: Infinity, keepExited: true })), [
    '0102030405060708090a0b0c0d0e0f1011121314 /bin/a',
    `${' '.repeat(40)} /bin/b`,
  ]);
});

t.test('the bytes of the dump are those of the file', async (t) => {
  for (const name of ['group', 'pipe', 'many-fields']) {
    const bytes = readFileSync(recording(name));
    const text = await run(['dump', ...NO_FILES, '-i', recording(name)]);
    const origin = text.includes('@pipe [') ? 16 : 0;
    let records = 0;
    for (const part of text.split(/^(?=(?:0x[0-9a-f]+|0)@)/m).slice(1)) {
      const [, offset = '', size = ''] = /^(\w+)@.* \[0x(\w+)\]: event: \d+\n\.\n\. \.\.\. raw event: size \d+ bytes\n/.exec(part)!;
      const lines = [...part.matchAll(/^\. {2}[0-9a-f]{4}: ((?: [0-9a-f]{2}){1,16}) {2,}(.*)\n/gm)];
      const dumped = Buffer.from(lines.map(([, hex]) => hex!.replaceAll(' ', '')).join(''), 'hex');
      const at = Number(offset) + origin;
      t.ok(dumped.equals(bytes.subarray(at, at + Number.parseInt(size, 16))), `${name} at ${offset}`);
      for (const [line] of lines) if (line.length !== 76) t.fail(`a line of ${line.length} characters`);
      records++;
    }
    t.ok(records > 30, `${records} records`);
  }
});

t.test('records as JSON', async (t) => {
  interface Line {
    readonly offset: number;
    readonly size: number;
    readonly type: number;
    readonly name: string;
    readonly fields: Record<string, unknown>;
    readonly sampleId?: Record<string, unknown>;
  }
  const all = async (name: string, ...options: string[]): Promise<object[]> =>
    (await run(['dump', '--json', ...options, '-i', recording(name)])).trimEnd().split('\n').map((line) => JSON.parse(line) as object);
  const lines = async (name: string, ...options: string[]): Promise<Line[]> => (await all(name, ...options)).filter((line): line is Line => !('recording' in line));
  const counts: Record<string, number> = {};
  const records = await lines('many-fields');
  for (const { name } of records) counts[name] = (counts[name] ?? 0) + 1;
  const stats = await run(['report', '--stats', '-i', recording('many-fields')]);
  for (const [name, count] of Object.entries(counts)) t.match(stats, new RegExp(` ${name} events: +${count} `));
  const sample = records.find(({ name }) => name === 'SAMPLE')!;
  t.match(sample.fields, { ip: '0x561da40332c4', pid: 32528, tid: 32530, time: '3447889474041', period: '3344481' });
  t.match(sample.fields['userRegs'], { abi: '2', registers: { AX: '0x282758a004402815', R15: '0x7ff10e643000' } });
  t.match(records.find(({ name }) => name === 'MMAP2'), {
    fields: { pid: -1, start: '0xffffffff81000000', filename: '[kernel.kallsyms]_text', buildId: '7bdad2f33eb864144f7545c504378f3db829fd87' },
    sampleId: { pid: 0, time: '0' },
  });
  // Exact beyond 2^53, and the same in the other byte order.
  const conversion = (await lines('pipe')).find(({ name }) => name === 'ATTR')!;
  t.match(conversion.fields, { type: 1, samplePeriod: '997', flags: /inherit/, ids: [/^\d+$/] });
  for (const name of ['big-endian-zstd', 'big-endian-pipe', 'zstd-old', 'stat', 'group', 'switches', 'throttle', 'injected', 'file']) {
    for (const { offset, size, fields } of await lines(name)) {
      if (!(offset >= 0 && size >= 8 && typeof fields === 'object')) t.fail(`${name} at ${offset}`);
    }
  }
  // What the recording is: at the beginning, and again where records changed it.
  const [first, ...others] = await all('pipe');
  t.match(first, { recording: { container: 'pipe', byteOrder: 'little', version: 2, events: [{ name: 'cpu-clock' }], features: { HOSTNAME: String, NRCPUS: { online: Number } } } });
  t.equal(others.filter((line) => 'recording' in line).length, 1, 'EVENT_UPDATE says the unit');
  t.match(others.at(-1), { recording: { events: [{ unit: 'msec', scale: 1e-6 }] } });
  const inFile = await lines('group', '--order', 'file');
  const byTime = await lines('group', '--order', 'time');
  t.ok(inFile.every(({ offset }, i) => i === 0 || offset > inFile[i - 1]!.offset), 'in the order of the file');
  t.same(byTime, await lines('group'));
  t.same(byTime.toSorted((a, b) => a.offset - b.offset), inFile);
  t.match(await run(['dump', '--json', '--order', 'size', '-i', recording('file')]), /^exit 2: /);
  t.match(await run(['script', '--json', '-i', recording('file')]), /^exit 2: perfts: --json goes with -D/);
});

t.test('header is report --header-only -I', async (t) => {
  const text = await run(['header', recording('many-fields')]);
  const tidy = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/\s+/g, ' ').trimEnd()).filter((line) => line !== '' && !line.startsWith('# captured on'));
  t.same(tidy(text.split('\n')), tidy(expected('many-fields').header));
  t.equal(await run(['report', '--header-only', '-I', '-i', recording('many-fields')]), text);
});
