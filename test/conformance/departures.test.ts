// `validate` against the conformance vectors: the errors that it finds are those of each vector's `departures`, at the same clause and
// place, and the warnings that stand there are found too. (Other warnings may be: vectors are full of odd values.)

import t from 'tap';
import { PerftsError } from '../../src/bytes/errors.ts';
import type { Finding } from '../../src/bytes/findings.ts';
import { MemorySource } from '../../src/bytes/source.ts';
import { validate } from '../../src/profile/validate.ts';
import type { JsonObject } from './builder/json.ts';
import { filesOf, storedVectors } from './vector-folder.ts';

/** What no reader takes for a recording is refused as a whole. */
const REFUSED: readonly string[] = ['1.1.4', '1.2.11', '8.1.1'];

/** An empty or damaged jitdump or map is known by what it is called, a jitdump by its pid. */
function fileNameOf(end: string, expect: JsonObject): string {
  return end === '.dump' ? `jit-${Number(expect['pid'] ?? 4242)}.dump` : end === '.map' ? 'perf-4242.map' : 'perf.data';
}

interface Departure {
  readonly clause: string;
  readonly offset: number;
  readonly severity: string;
}

const lineOf = ({ severity, clause, offset }: Departure): string => `${severity} ${clause} at ${offset}`;
const isError = ({ severity }: Departure): boolean => severity === 'error';

t.test('what departs from SPEC.md is found where the vectors say', async (t) => {
  let departures = 0;
  for (const vector of storedVectors()) {
    const { end, files } = filesOf(vector.name);
    const found: Finding[] = [];
    try {
      await validate({ sources: files.map((bytes) => new MemorySource(bytes)), fileName: fileNameOf(end, vector.expect) }, (finding) => found.push(finding));
    } catch (error) {
      if (!(error instanceof PerftsError)) throw error;
      t.ok(vector.departures.length === 1 && REFUSED.includes(vector.departures[0]!.clause), `${vector.name}: ${error.message}`);
      continue;
    }
    departures += vector.departures.length;
    // tap's own comparison takes longer than all the rest: it is for showing what is different.
    const errors = found.filter(isError).map(lineOf).sort();
    const wanted = vector.departures.filter(isError).map(lineOf).sort();
    if (errors.join() !== wanted.join()) t.same(errors, wanted, vector.name);
    const lines = new Set(found.map(lineOf));
    const missing = vector.departures.map(lineOf).filter((line) => !lines.has(line));
    if (missing.length > 0) t.same(missing, [], `${vector.name}: all that stand there`);
  }
  t.ok(departures > 0 || storedVectors().length === 0, `${departures} departures`);
});
