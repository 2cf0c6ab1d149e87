// The conformance vectors (testdata/conformance): those that are built are as the builder makes them, and perfts reads each as it says.
// UPDATE_VECTORS=1 writes the built ones.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import type { Json, JsonObject } from './builder/json.ts';
import { vectorJson } from './builder/vector.ts';
import { builtVectors } from './built-vectors.ts';
import { meaningOf } from './meaning-of-recording.ts';
import { jitdumpJson, perfMapJson } from './read-jit.ts';
import { readRecording } from './read-recording.ts';
import { isTimed, takenIndexes, takenLate } from './taken-order.ts';
import { filesOf, storedVectors, vectorFolder, writeVectors } from './vector-folder.ts';

// Hundreds of files, each read in five ways.
t.setTimeout(120_000);

const built = builtVectors();
if (process.env['UPDATE_VECTORS'] === '1') writeVectors(built);

t.test('the built vectors on disk are those of the builder', async (t) => {
  t.equal(new Set(built.map(({ name }) => name)).size, built.length, 'each has a name of its own');
  for (const vector of built) {
    const path = join(vectorFolder(), `${vector.name}.json`);
    if (!existsSync(path)) {
      t.fail(`${vector.name} is not there: UPDATE_VECTORS=1 writes it`);
      continue;
    }
    if (readFileSync(path, 'utf8') !== vectorJson(vector)) t.fail(`${vector.name}.json is another`);
    for (const [file, bytes] of vector.files) {
      if (Buffer.compare(readFileSync(join(vectorFolder(), file)), bytes) !== 0) t.fail(`${file} is another`);
    }
  }
  const names = new Set(built.map(({ name }) => name));
  t.same(storedVectors().filter(({ origin, name }) => origin === 'built' && !names.has(name)).map(({ name }) => name), [], 'no others');
});

/** Small windows, so that every record straddles two of them; and bytes that come later. */
const WAYS = [{}, { windowSize: 1 }, { windowSize: 7 }, { windowSize: 64 }, { windowSize: 7, later: true }] as const;

t.test('what perfts reads of recordings', async (t) => {
  for (const { name, expect } of storedVectors()) {
    const { end, files } = filesOf(name);
    if (end !== '.perf.data') continue;
    const { order, late = [], meaning, ...wanted } = expect;
    for (const way of WAYS) {
      const { said, byTime } = await readRecording(files, way);
      // tap's own comparison takes longer than all the rest: it is for showing what is different.
      if (!isDeepStrictEqual(said, wanted)) {
        t.same(said, wanted, `${name} ${JSON.stringify(way)}`);
        break;
      }
      const inFile = (said['records'] ?? []) as readonly JsonObject[];
      const taken = takenIndexes(inFile, byTime);
      const isOrdered = (index: number): boolean => isTimed(inFile[index]!) && !(late as readonly number[]).includes(index);
      const timed = taken.filter(isOrdered);
      const wantedOrder = order ?? [...inFile.keys()].filter(isOrdered);
      if (!isDeepStrictEqual(timed, wantedOrder)) t.same(timed as Json, wantedOrder, `${name} by time, ${JSON.stringify(way)}`);
      const tooLate = takenLate(inFile, taken);
      if (tooLate.length > 0) t.same(tooLate, [], `${name}: what has no time is taken where it stands`);
    }
    if (meaning !== undefined) t.same(meaningOf(files[0]!, wanted['records'] as readonly JsonObject[], meaning as JsonObject), meaning, `${name}: what it means`);
    t.pass(name);
  }
});

t.test('what perfts reads of jitdumps and perf maps', async (t) => {
  for (const { name, expect } of storedVectors()) {
    const { end, files } = filesOf(name);
    if (end === '.dump') t.same(jitdumpJson(files[0]!, expect), expect, name);
    else if (end === '.map') t.same(perfMapJson(files[0]!, expect), expect, name);
  }
});
