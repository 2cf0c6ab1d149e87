// Archives as they are listed, opened and reported from; ELF files cut down for them; traces, packet by packet.

import { Diagnostics } from '../../../src/bytes/diagnostics.ts';
import { perform } from '../../../src/bytes/reading.ts';
import { MemorySource } from '../../../src/bytes/source.ts';
import { run } from '../../../src/bytes/waiting.ts';
import { readElf } from '../../../src/elf/elf-file.ts';
import { planSlim, SlimSource } from '../../../src/elf/slim-elf.ts';
import { NODE_CODEC } from '../../../src/node/zip-codec.ts';
import { type AuxtraceRecord, TraceKind } from '../../../src/perfdata/records/auxtrace.ts';
import { dumpTrace } from '../../../src/views/dump/trace-dump.ts';
import { openArchive } from '../../../src/profile/archive/archive-input.ts';
import { Recording } from '../../../src/profile/recording.ts';
import { Archive } from '../../../src/symbols/archive/archive.ts';
import { archiveLines } from '../../../src/views/archive-list.ts';
import { parseSortKeys } from '../../../src/profile/report-keys.ts';
import { writeReport } from '../../../src/views/report/report.ts';
import type { InputFiles } from '../inputs.ts';
import { Sink } from '../opened.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

const bytesOf = (files: InputFiles): Uint8Array => files.get('bytes')!;

/** What `--list` and `--unpack` do with it, but for writing. */
async function archive(files: InputFiles, random: Random): Promise<void> {
  const bytes = bytesOf(files);
  const opened = await run(Archive.open(new MemorySource(bytes), 'input', new Diagnostics(), random.once(2) ? NODE_CODEC : undefined));
  if (archiveLines(opened.manifest, bytes.length).length === 0) broken('no list');
  for (const member of opened.manifest.members) {
    const source = await opened.open(member);
    if (source === undefined) continue;
    const most = Math.min(source.size, 65_536);
    for (const offset of [0, Math.floor(source.size / 2), Math.max(0, source.size - 10), random.below(100_000)]) {
      const piece = await source.read(offset, most);
      if (piece.length > most) broken('more than was asked for');
    }
  }
}

async function archiveReport(files: InputFiles): Promise<void> {
  const recording = await Recording.open(await openArchive(new MemorySource(bytesOf(files))));
  const { profile } = await recording.profile();
  const sink = new Sink();
  writeReport(profile, { sort: parseSortKeys('comm,dso,sym'), showSamples: false, showPeriod: false, percentLimit: 0 }, (text) => sink.write(text));
}

function slim(files: InputFiles, random: Random): void {
  const bytes = bytesOf(files);
  const diagnostics = new Diagnostics();
  const source = new MemorySource(bytes);
  const elf = perform(source, readElf(bytes.length, diagnostics));
  if (elf instanceof Promise || elf === undefined) return;
  const plan = perform(source, planSlim(elf, { code: random.once(2), lines: random.once(2) }, diagnostics));
  if (plan instanceof Promise || plan === undefined) return;
  const cut = new SlimSource(source, plan);
  if (cut.size > bytes.length) broken('a slim file that is larger');
  let before = 0;
  for (const [start, end] of plan.kept) {
    if (start < before || end <= start || end > bytes.length) broken('ranges out of order');
    before = end;
  }
  const copy = cut.read(0, cut.size);
  if (copy instanceof Promise) broken('a promise over memory');
  const again = perform(new MemorySource(copy), readElf(copy.length, diagnostics));
  if (again === undefined) broken('no ELF file any more');
}

async function trace(files: InputFiles, random: Random): Promise<void> {
  const bytes = bytesOf(files);
  const kind = random.pick([TraceKind.IntelPt, TraceKind.IntelBts, TraceKind.ArmSpe]);
  const record = { dataSize: bytes.length + random.pick([0, 0, 7]) } as AuxtraceRecord;
  const read = (_: number, offset: number, length: number): Promise<Uint8Array> => Promise.resolve(bytes.subarray(offset, offset + length));
  const sink = new Sink();
  await dumpTrace(kind, record, 0, 0, read, (text) => sink.write(text), random.pick([64, 1_000, 65_536]));
  if (sink.length > 200 + bytes.length * 120) broken('more text than a packet a byte');
}

export const ARCHIVE_TARGETS: readonly Target[] = [
  { name: 'archive', kind: 'archive', weight: 6, run: archive },
  { name: 'archive-report', kind: 'archive', weight: 4, run: archiveReport },
  { name: 'slim', kind: 'elf', weight: 4, run: slim },
  { name: 'trace', kind: 'trace', weight: 4, run: trace },
];
