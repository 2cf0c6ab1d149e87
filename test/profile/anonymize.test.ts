// Recordings without names: none that was in the original is left in any byte of what is written, and apart from names it reports the same.

import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { RecordType } from '../../src/perfdata/record-types.ts';
import { SampleView } from '../../src/perfdata/sample-view.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { anonymizeRecording } from '../../src/profile/convert/anonymize.ts';
import type { ConvertOptions } from '../../src/profile/convert/convert-recording.ts';

import type { Json } from '../../src/views/dump/json.ts';
import { RecordJson } from '../../src/views/dump/record-json.ts';
import { dataPath } from '../end-to-end/command.ts';
import { demoParts, openInMemory, type Parts } from '../end-to-end/in-memory.ts';
import { filesAt, partsOf } from '../end-to-end/twins.ts';

t.setTimeout(300_000);

const CAPTURES = [
  'twins/a64-py315.data', 'twins/a64-c.data', 'twins/s390-python.data', 'twins/s390-tracepoints.data', 'twins/lock.data', 'twins/dir-z', 'perfdata/big-endian-pipe.data',
  'perfdata/big-endian-zstd.data', 'perfdata/many-fields.data', 'perfdata/group.data', 'perfdata/pipe.data', 'perfdata/injected.data', 'report/recorded-kprobe.data',
];

/** What everybody has and may therefore stay. */
const EVERYBODYS: readonly RegExp[] = [
  // perf and its words, interpreters, shells.
  /^(perf|perf-exec|record|stat|cpu-clock|python3(\.\d+)?|perl5?|node|bash|dash|cc1plus)$/,
  // Folders of any system; the kernel's own modules.
  /^(root|proc|self|gconv|lib-dynload|(x86_64|aarch64|s390x)-linux-gnu|modules|kernel|7\.2\.13\+deb14-amd64|block|char|crypto|drivers|ext4|hw_random|jbd2|[\w-]+\.ko\.xz)$/,
  // Libraries of any system, and Python's own.
  /^lib(c|m|z|zstd|expat|gcc_s|stdc\+\+|ssl|resolv|python3\.\d+|numa|lzma|ffi|crypto|bz2|tinfo|systemd|selinux|pcre2-8|crypt|cap|elf|dw)[-.\d]*\.so[.\d]*$/,
  /^ld(64|-linux-[\w-]+)\.so\.\d$|^(zlib|select|math|fcntl|binascii|_typing|_struct|_sha512|_random|_posixsubprocess|_lzma|_json|_bz2|_bisect|_\w+)\.cpython-311-x86_64-linux-gnu\.so$/,
  // Threads of the kernel and what it calls memory.
  /^(\[.*|anon|kworker|(R-|u?\d+:).*|migration|ksoftirqd|cpuhp|rcu_\w+|kauditd|kcompactd0|khugepaged|kswapd0|kthreadd|2\d-ACPI:Ged)$/,
];

async function anonymized(parts: Parts, options: Partial<ConvertOptions> = {}): Promise<Parts> {
  const sink = new MemorySink();
  await anonymizeRecording(await openInMemory(parts), { container: 'file', ...options }, sink);
  return { ...parts, recording: sink.bytes.slice(), more: [] };
}

/** Commands, parts of paths and of command lines, the machine: all that a recording says of its user, of four bytes and more. */
async function namesIn(parts: Parts): Promise<Set<string>> {
  const recording = await openInMemory(parts);
  const { file } = recording;
  const texts: string[] = [file.features.hostname ?? '', ...(file.features.cmdline ?? []), ...(file.features.buildIds ?? []).map(({ filename }) => filename)];
  const records = recording.orderedRecords({ withUnowned: true });
  const json = new RecordJson(file);
  while (await records.next()) {
    // Names in features are those of events and PMUs, and what was taken above.
    if (records.record.type !== RecordType.Sample && records.record.type !== RecordType.HeaderFeature) texts.push(...stringsOf(json.of(records.record, records.event)));
  }
  for (const [, text] of (await traceOf(parts)).matchAll(/\b(?:\w*comm|filename)=("[^"]*"|\S+)/g)) texts.push(text!.replaceAll('"', ''));
  const tracing = await recording.tracepoints();
  const commands = new TextDecoder().decode(tracing?.data.savedCmdlines).split('\n').map((line) => line.replace(/^\d+ /, ''));
  return new Set([...texts, ...commands].flatMap((text) => text.split(/[/=]/)).filter((word) => word.length >= 4));
}

/** The texts of all events of tracepoints, a line each. */
async function traceOf(parts: Parts): Promise<string> {
  const recording = await openInMemory(parts);
  const tracepoints = await recording.tracepoints();
  const raw = new SampleView(recording.file.wide, recording.file.timeBase, new Diagnostics());
  const lines: string[] = [];
  const records = recording.orderedRecords();
  while (await records.next()) {
    const { record, event } = records;
    const owner = recording.file.events.events[event];
    if (record.type !== RecordType.Sample || owner === undefined || tracepoints === undefined || !raw.read(record, owner) || raw.rawSize <= 0) continue;
    lines.push(`${owner.name}: ${tracepoints.text(owner, record.bytes, record.view, raw.rawOffset, raw.rawSize)}\n`);
  }
  return lines.join('');
}

/** The texts of a record that may be somebody's. */
function stringsOf(value: Json, key = ''): string[] {
  if (typeof value === 'string') return ['comm', 'filename', 'path', 'name'].includes(key) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (inner === undefined || name === 'event' ? [] : stringsOf(inner as Json, name)));
}

t.test('no name survives in any byte', async (t) => {
  for (const name of CAPTURES) {
    const parts = partsOf(filesAt(dataPath(...name.split('/'))), {});
    const names = [...(await namesIn(parts))].filter((word) => !EVERYBODYS.some((known) => known.test(word)));
    t.ok(names.length > 0, `${name}: ${names.slice(0, 8).join(' ')}`);
    for (const littleEndian of [true, false]) {
      const bytes = Buffer.from((await anonymized(parts, { littleEndian })).recording);
      t.same(names.filter((word) => bytes.includes(word, 0, 'latin1')), [], name);
    }
  }
});

t.test('probes, which somebody named', async (t) => {
  const parts = await anonymized({ recording: filesAt(dataPath('report', 'recorded-kprobe.data'))[0]! });
  const text = Buffer.from(parts.recording).toString('latin1');
  for (const word of ['fmtopen', 'fmtret', 'fmtread', 'dfd', 'ld.so.cache']) t.notOk(text.includes(word), word);
  const script = await traceOf(parts);
  t.match(script, /probe:name1: \(ffffffff8181e720\) arg1=-100 arg2="\/etc\/name\d+"\n/, 'still read by the format that is there');
  t.match(script, /probe:name2: \(ffffffff8181e720 <- ffffffff8181ec71\) arg1=0x3\n/);
});

t.test('apart from names it reports the same', async (t) => {
  for (const name of [...CAPTURES, 'demo/perf.data']) {
    const isDemo = name.startsWith('demo');
    const parts = isDemo ? demoParts() : partsOf(filesAt(dataPath(...name.split('/'))), {});
    const original = await stacksOf(parts);
    for (const options of [{}, { container: 'pipe', littleEndian: false, compress: true }] as const) {
      const anonymous = await stacksOf(await anonymized(parts, options));
      t.equal(anonymous.length, original.length, name);
      t.strictSame(anonymous.map((sample) => sample.numbers), original.map((sample) => sample.numbers), `${name}: time, CPU, period and addresses of every sample`);
      // The same name, the same replacement, and two names never the same one.
      const there = new Map<string, string>();
      const back = new Map<string, string>();
      for (const [index, { names }] of original.entries()) {
        for (const [place, before] of names.entries()) {
          const after = anonymous[index]!.names[place]!;
          if ((there.get(before) ?? after) !== after || (back.get(after) ?? before) !== before) t.fail(`${name}: ${before} is ${there.get(before)} and ${after}`);
          there.set(before, after);
          back.set(after, before);
        }
      }
    }
  }
});

interface Stack {
  /** What no name is. */
  readonly numbers: string;
  /** Its command and its modules. */
  readonly names: readonly string[];
}

async function stacksOf(parts: Parts): Promise<Stack[]> {
  const stacks: Stack[] = [];
  // Without the files of the machine: names of functions are not in the recording.
  for await (const { time, cpu, period, pid, tid, comm, frames } of (await openInMemory(parts)).samples()) {
    const modules = frames.filter(({ isKernel }) => !isKernel).map(({ module }) => `module ${module}`);
    stacks.push({ numbers: `${time} ${cpu} ${period} ${pid} ${tid} ${frames.map(({ address }) => address.toString(16)).join(' ')}`, names: [`comm ${comm}`, ...modules] });
  }
  return stacks;
}
