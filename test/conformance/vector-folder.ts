// The vectors on disk: testdata/conformance/NAME.json with the files it speaks of.

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from './builder/json.ts';
import { type Vector, vectorJson } from './builder/vector.ts';

/** The file of a vector as it is parsed. */
export interface StoredVector {
  readonly name: string;
  readonly about: string;
  /** `built`, or `recorded: …`. */
  readonly origin: string;
  readonly clauses: readonly string[];
  readonly expect: JsonObject;
  readonly departures: readonly { readonly clause: string; readonly offset: number; readonly severity: string }[];
}

const ENDS = ['.perf.data', '.dump', '.map'] as const;

export function vectorFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder);
  return join(folder, 'testdata', 'conformance');
}

export function storedVectors(): StoredVector[] {
  const folder = vectorFolder();
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Omit<StoredVector, 'name'>), name: file.slice(0, -'.json'.length) }));
}

/** Its file, or those of its directory: `data` first, then `data.0`, … */
export function filesOf(name: string): { readonly end: (typeof ENDS)[number]; readonly path: string; readonly files: readonly Uint8Array[] } {
  for (const end of ENDS) {
    const path = join(vectorFolder(), name + end);
    if (!existsSync(path)) continue;
    if (!statSync(path).isDirectory()) return { end, path, files: [new Uint8Array(readFileSync(path))] };
    const number = (file: string): number => (file === 'data' ? -1 : Number(file.slice('data.'.length)));
    const names = readdirSync(path).toSorted((a, b) => number(a) - number(b));
    return { end, path, files: names.map((file) => new Uint8Array(readFileSync(join(path, file)))) };
  }
  throw new Error(`no file of ${name}`);
}

/** Writes what has changed, and removes built vectors that are not built any more. */
export function writeVectors(vectors: readonly Vector[]): void {
  const folder = vectorFolder();
  mkdirSync(folder, { recursive: true });
  const names = new Set(vectors.map((vector) => vector.name));
  for (const { name, origin } of storedVectors()) {
    if (origin !== 'built' || names.has(name)) continue;
    for (const end of ['.json', ...ENDS]) rmSync(join(folder, name + end), { recursive: true, force: true });
  }
  for (const vector of vectors) {
    writeFileSync(join(folder, `${vector.name}.json`), vectorJson(vector));
    for (const [file, bytes] of vector.files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), bytes);
    }
  }
}
