// The recorded vectors against perf's own text, where the corpus is at hand: how many records of which type, and where each lies.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { JsonObject } from './builder/json.ts';
import { corpusCase, RECORDED, writeRecorded } from './recorded-vectors.ts';
import { filesOf, storedVectors, vectorFolder } from './vector-folder.ts';

if (process.env['UPDATE_RECORDED'] === '1') for (const vector of RECORDED) await writeRecorded(vector);

const stored = storedVectors();

t.test('every recorded vector says where it comes from', async (t) => {
  t.same(stored.filter(({ origin }) => origin !== 'built').map(({ name }) => name).toSorted(), RECORDED.map(({ name }) => name).toSorted());
  for (const { name, about, clauses, origin, departures = [] } of RECORDED) {
    const vector = stored.find((each) => each.name === name);
    t.match(vector, { about, clauses, origin: `recorded: ${origin}`, departures }, `${name} (UPDATE_RECORDED=1 writes it)`);
  }
});

/** perf prints no compressed records; those it does not know it calls otherwise. */
const NOT_DUMPED: readonly unknown[] = ['COMPRESSED', 'COMPRESSED2'];

for (const { name, from, perfStops = false } of RECORDED) {
  const folder = corpusCase(from);
  const text = (mode: string): string | undefined => {
    const path = ['', '.patched', '.perf61'].map((kind) => join(folder ?? '', 'oracle', `${mode}${kind}.txt`)).find((each) => existsSync(each));
    return path === undefined ? undefined : readFileSync(path, 'latin1');
  };
  const isRecording = existsSync(join(vectorFolder(), `${name}.perf.data`));
  t.test(`${name} as perf has it`, { skip: isRecording && folder === undefined ? 'the corpus is not here' : !isRecording ? 'perf says nothing of it alone' : false }, async (t) => {
    const { expect, departures } = stored.find((vector) => vector.name === name)!;
    const records = expect['records'] as readonly JsonObject[];
    t.ok(Buffer.compare(readFileSync(join(folder!, 'perf.data')), filesOf(name).files[0]!) === 0, 'the same file');
    const stats = text('stats');
    if (stats !== undefined && !perfStops) {
      const counts: Record<string, number> = {};
      for (const record of records) counts[String(record['name'])] = (counts[String(record['name'])] ?? 0) + 1;
      const perfs = Object.fromEntries([...stats.split('\n\n')[0]!.split(/^[^\n]* stats:\n(?!\s+TOTAL)/m)[0]!.matchAll(/^ +(\w+) events: +(\d+)/gm)].map(([, type, count]) => [type!, Number(count)]));
      delete perfs['TOTAL'];
      t.same(counts, perfs, 'records by type');
    }
    const dump = text('dump');
    if (dump !== undefined) {
      // perf counts a pipe's places from behind its header, and forgets the line's end now and then.
      const start = expect['container'] === 'pipe' ? 16 : 0;
      const names = [...new Set(records.map((record) => String(record['name'])))];
      const known = (word: string): string => names.filter((each) => word.startsWith(each)).toSorted((a, b) => b.length - a.length)[0] ?? word;
      const perfs = [...dump.matchAll(/(?:^| )(0|0x[0-9a-f]+) \[(0x[0-9a-f]+)\]: PERF_RECORD_(\w+)/gm)].map(([, offset, size, type]) => `${Number(offset) + start} ${Number(size)} ${known(type!)}`);
      const ours = records.filter((record) => !NOT_DUMPED.includes(record['name'])).map((record) => `${String(record['offset'])} ${String(record['size'])} ${String(record['name'])}`);
      // Where perf stops early, what it has shown is there but for the record at which it stopped.
      const isTorn = (line: string): boolean => departures.some(({ offset }) => line.startsWith(`${offset} `));
      if (perfStops) t.same(perfs.filter((line) => !ours.includes(line) && !isTorn(line)), [], 'place, size and type of what perf shows');
      else t.same(ours.toSorted(), perfs.toSorted(), 'place, size and type of each');
    }
    t.ok(stats !== undefined || dump !== undefined || from.startsWith('rec_'), 'perf has said something');
  });
}
