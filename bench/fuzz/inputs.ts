// Inputs: a seed and a number make the same one every time.

import { withManifest } from './built-archives.ts';
import { type Mutable, mutated } from './mutate.ts';
import { mutatedRecording } from './mutate-recording.ts';
import { mutatedText } from './mutate-text.ts';
import { Random } from './random.ts';
import { putTogether } from './recording-model.ts';
import type { Seed, SeedKind } from './seeds.ts';
import type { Shape } from './shape.ts';
import { elfShape } from './shapes/elf.ts';
import { jitdumpShape } from './shapes/jitdump.ts';
import { tracingShape } from './shapes/tracing.ts';

/** The files of an input by name: `recording`, `recording.1` (of a directory), `file:/lib/x.so`, `jitdump:jit-1.dump`, `map:1`, `kallsyms`; or `bytes`. */
export type InputFiles = ReadonlyMap<string, Uint8Array>;

export interface Input {
  readonly files: InputFiles;
  /** Which of them are not the seed's. */
  readonly changed: readonly string[];
  /** For the figures: the container of a recording, the kind of anything else. */
  readonly form: string;
}

const SHAPELESS: Shape = { littleEndian: true, fields: [], pieces: [] };
/** Texts, where numbers and lines are changed and not bytes. */
const TEXTS: readonly SeedKind[] = ['perf-map', 'kallsyms', 'format', 'names'];

/** Input `number` of a seed. `others`: seeds of the same kind to splice with. */
export function inputOf(seed: Seed, others: readonly Seed[], runSeed: number, target: string, number: number): Input {
  const random = Random.of(runSeed, `${target} ${seed.name} ${number}`);
  const other = random.pick(others);
  if (seed.model === undefined) return { files: new Map([['bytes', mutatedBlob(seed.kind, seed.bytes!, other.bytes!, random)]]), changed: ['bytes'], form: seed.kind };
  const files = new Map<string, Uint8Array>(seed.companions);
  const changed: string[] = [];
  // Where files belong to it, half of the time they are what is wrong.
  const companions = [...seed.companions.keys()];
  const inCompanion = companions.length > 0 && random.once(2);
  if (inCompanion) {
    const name = random.pick(companions);
    const kind: SeedKind = name === 'kallsyms' ? 'kallsyms' : name.startsWith('map:') ? 'perf-map' : name.startsWith('jitdump:') ? 'jitdump' : 'elf';
    const bytes = seed.companions.get(name)!;
    files.set(name, mutatedBlob(kind, bytes, bytes, random));
    changed.push(name);
  }
  const mutatedToo = !inCompanion || random.once(3);
  const { sources, form } = mutatedToo ? mutatedRecording(seed.model, other.model!, random) : { sources: putTogether(seed.model, random), form: `${seed.model.container}-${seed.model.littleEndian ? 'le' : 'be'}` };
  for (const [i, source] of sources.entries()) {
    const name = i === 0 ? 'recording' : `recording.${i}`;
    files.set(name, source);
    if (mutatedToo) changed.push(name);
  }
  return { files, changed, form: inCompanion ? `${form}+files` : form };
}

function mutatedBlob(kind: SeedKind, bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (TEXTS.includes(kind)) return mutatedText(bytes, other, random);
  // What the manifest says is believed where its checksum is right.
  if (kind === 'archive' && random.once(2)) return withManifest(bytes, (text) => mutatedText(text, text, random));
  // Format files are texts within a stream of numbers.
  if (kind === 'tracing' && random.once(3)) return mutatedText(bytes, other, random);
  return mutated(shaped(kind, bytes), shaped(kind, other), random);
}

const shapes = new WeakMap<Uint8Array, Mutable>();

function shaped(kind: SeedKind, bytes: Uint8Array): Mutable {
  let known = shapes.get(bytes);
  if (known === undefined) shapes.set(bytes, (known = { bytes, shape: kind === 'elf' ? elfShape(bytes) : kind === 'jitdump' ? jitdumpShape(bytes) : kind === 'tracing' ? tracingShape(bytes) : SHAPELESS }));
  return known;
}
