// What is written: convert to every form and inject --jit. What comes out must be readable without damage that was not there before.

import type { Damage } from '../../../src/bytes/diagnostics.ts';
import { MemorySink } from '../../../src/perfdata/writer/byte-sink.ts';
import { anonymizeRecording } from '../../../src/profile/convert/anonymize.ts';
import { convertRecording, type ConvertOptions } from '../../../src/profile/convert/convert-recording.ts';
import { injectJit } from '../../../src/profile/convert/inject-jit.ts';
import type { Recording } from '../../../src/profile/recording.ts';
import type { InputFiles } from '../inputs.ts';
import { opened } from '../opened.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

/** Damage that is left in, since it lies within records, which are copied as they are; and what only the new form can say of it. */
const STAYS: readonly string[] = ['sample-cut', 'sample-too-long', 'sample-fields-unknown', 'record-too-short', 'late-record', 'unknown-event-id', 'mapping-too-long'];

interface Walk {
  readonly records: number;
  readonly samples: number;
  readonly damage: readonly Damage[];
}

async function walk(recording: Recording): Promise<Walk> {
  const records = recording.orderedRecords({ withUnowned: true, fileOrder: true });
  let count = 0;
  let samples = 0;
  while (records.next() === true) {
    count++;
    if (records.record.type === 9) samples++;
  }
  return { records: count, samples, damage: recording.damage };
}

function formOf(random: Random): ConvertOptions {
  return {
    container: random.pick(['file', 'pipe'] as const), compress: random.once(3),
    littleEndian: random.pick([undefined, true, false]),
    ...(random.once(4) && { cut: { ...(random.once(2) && { from: BigInt(random.below(2_000)) }), ...(random.once(2) && { pids: [random.below(9)] }) } }),
  };
}

async function checked(files: InputFiles, before: Walk, samples: number | undefined, output: MemorySink, what: string): Promise<void> {
  const again = await opened(new Map([...files].filter(([name]) => !name.startsWith('recording')).concat([['recording', output.bytes.slice()]])));
  const after = await walk(again);
  const known = new Set(before.damage.map(({ code }) => code));
  const added = after.damage.filter(({ code }) => !known.has(code) && !STAYS.includes(code));
  if (added.length > 0) broken(`${what} adds damage: ${added.map(({ code, message }) => `${code} (${message})`).join(', ')}`);
  if (samples !== undefined && after.samples !== samples) broken(`${what}: ${samples} samples were written, ${after.samples} are read`);
}

async function convert(files: InputFiles, random: Random): Promise<void> {
  const form = formOf(random);
  const before = await walk(await opened(files));
  const output = new MemorySink();
  const recording = await opened(files);
  const { samples } = await convertRecording(recording, form, output);
  if (form.cut === undefined && samples !== before.samples) broken(`convert wrote ${samples} of ${before.samples} samples`);
  await checked(files, { ...before, damage: [...before.damage, ...recording.damage] }, samples, output, `convert ${JSON.stringify(form, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`);
}

async function anonymize(files: InputFiles, random: Random): Promise<void> {
  const form = formOf(random);
  const before = await walk(await opened(files));
  const output = new MemorySink();
  const recording = await opened(files);
  const { samples } = await anonymizeRecording(recording, { ...form, cut: {} }, output);
  await checked(files, { ...before, damage: [...before.damage, ...recording.damage] }, samples, output, 'anonymize');
}

async function inject(files: InputFiles, random: Random): Promise<void> {
  const before = await walk(await opened(files));
  const output = new MemorySink();
  const recording = await opened(files);
  const images = new Map<string, Uint8Array>();
  const imagesOf = () => (name: string, image: Uint8Array) => {
    images.set(`file:/tmp/${name}`, image);
    return `/tmp/${name}`;
  };
  const { samples } = await injectJit(recording, { container: random.pick(['file', 'pipe'] as const), imagesOf }, output);
  await checked(files, { ...before, damage: [...before.damage, ...recording.damage] }, samples, output, 'inject');
  const injected = await opened(new Map([...images, ['recording', output.bytes.slice()]]));
  await injected.profile();
}

export const CONVERT_TARGETS: readonly Target[] = [
  { name: 'convert', kind: 'recording', weight: 14, run: convert },
  { name: 'anonymize', kind: 'recording', weight: 5, run: anonymize },
  { name: 'inject', kind: 'recording', weight: 5, run: inject },
];
