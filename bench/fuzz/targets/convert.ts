// What is written: convert to every form and inject --jit. What comes out must be readable without damage that was not there before.

import type { Damage } from '../../../src/bytes/diagnostics.ts';
import { type ByteSink, MemorySink, type SinkFolder } from '../../../src/perfdata/writer/byte-sink.ts';
import { anonymizeRecording } from '../../../src/profile/convert/anonymize.ts';
import { convertRecording, type ConvertOptions } from '../../../src/profile/convert/convert-recording.ts';
import { injectJit } from '../../../src/profile/convert/inject-jit.ts';
import type { Recording } from '../../../src/profile/recording.ts';
import type { InputFiles } from '../inputs.ts';
import { opened } from '../opened.ts';
import type { Random } from '../random.ts';
import { broken, type Target } from './target.ts';

/** Damage that is left in, since it lies within records, which are copied as they are; and what only the new form can say of it. */
const STAYS: readonly string[] = ['no-events', 'sample-cut', 'sample-too-long', 'sample-fields-unknown', 'record-too-short', 'late-record', 'unknown-event-id', 'mapping-too-long'];

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
    container: random.pick(['file', 'file', 'pipe', 'pipe', 'directory'] as const), compress: random.once(3), littleEndian: random.pick([undefined, true, false]),
    ...(random.once(4) && { cut: { ...(random.once(2) && { from: BigInt(random.below(2_000)) }), ...(random.once(2) && { pids: [random.below(9)] }) } }),
  };
}

/** What is written, in memory: one file, or those of a directory. */
class Written implements SinkFolder {
  readonly #sinks = new Map<string, MemorySink>();

  file(name: string): ByteSink {
    const sink = new MemorySink();
    this.#sinks.set(name, sink);
    return sink;
  }

  /** As an input. */
  get files(): InputFiles {
    return new Map([...this.#sinks].map(([name, sink]) => [name === 'data' ? 'recording' : `recording.${Number(name.slice('data.'.length)) + 1}`, sink.bytes.slice()]));
  }
}

async function checked(before: Walk, samples: number, output: Written, what: string): Promise<void> {
  const after = await walk(await opened(output.files));
  const known = new Set(before.damage.map(({ code }) => code));
  const added = after.damage.filter(({ code }) => !known.has(code) && !STAYS.includes(code));
  if (added.length > 0) broken(`what is written has damage of its own: ${added.map(({ code }) => code).join(', ')}\n${what}: ${added.map(({ message }) => message).join(', ')}`);
  if (after.samples !== samples) broken(`other samples are read than were written\n${what}: ${samples} written, ${after.samples} read`);
}

function formText(form: ConvertOptions): string {
  return JSON.stringify(form, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

async function convert(files: InputFiles, random: Random): Promise<void> {
  const form = formOf(random);
  const before = await walk(await opened(files));
  const output = new Written();
  const recording = await opened(files);
  const { samples } = await convertRecording(recording, form, form.container === 'directory' ? output : output.file('data'));
  if (form.cut === undefined && samples !== before.samples) broken(`not all samples are written\n${samples} of ${before.samples}`);
  await checked({ ...before, damage: [...before.damage, ...recording.damage] }, samples, output, formText(form));
}

async function anonymize(files: InputFiles, random: Random): Promise<void> {
  const form = formOf(random);
  const before = await walk(await opened(files));
  const output = new Written();
  const recording = await opened(files);
  const { samples } = await anonymizeRecording(recording, { ...form, cut: {} }, form.container === 'directory' ? output : output.file('data'));
  await checked({ ...before, damage: [...before.damage, ...recording.damage] }, samples, output, formText(form));
}

async function inject(files: InputFiles, random: Random): Promise<void> {
  const before = await walk(await opened(files));
  const output = new Written();
  const recording = await opened(files);
  const images = new Map<string, Uint8Array>();
  const imagesOf = () => (name: string, image: Uint8Array) => {
    images.set(`file:/tmp/${name}`, image);
    return `/tmp/${name}`;
  };
  const { samples } = await injectJit(recording, { container: random.pick(['file', 'pipe'] as const), imagesOf }, output.file('data'));
  await checked({ ...before, damage: [...before.damage, ...recording.damage] }, samples, output, '');
  const injected = await opened(new Map([...images, ...output.files]));
  await injected.profile();
}

export const CONVERT_TARGETS: readonly Target[] = [
  { name: 'convert', kind: 'recording', weight: 14, run: convert },
  { name: 'anonymize', kind: 'recording', weight: 5, run: anonymize },
  { name: 'inject', kind: 'recording', weight: 5, run: inject },
];
