// In which order a reader took the records of a recording (SPEC 6.1), held against the order of the file.

import type { Json, JsonObject } from './builder/json.ts';

/** Records below are the kernel's: they belong to an event, or are dropped. */
const FIRST_OWN_TYPE = 64;
const NO_TIMES: readonly (Json | undefined)[] = [undefined, '0', '18446744073709551615'];

/** Records with a time; the others are taken where they stand. Those that belong to no event are left out. */
export function isTimed(record: JsonObject): boolean {
  if (record['event'] === undefined) return false;
  const from = (record['type'] === 9 ? record['fields'] : record['sampleId']) as JsonObject | undefined;
  return !NO_TIMES.includes(from?.['time']);
}

/** The place in the file of each record that was taken; records that look alike stand for each other, the first one first. */
export function takenIndexes(inFile: readonly Json[], taken: readonly Json[]): number[] {
  const places = new Map<string, number[]>();
  for (const [index, record] of inFile.entries()) {
    const key = JSON.stringify(record);
    places.set(key, [...(places.get(key) ?? []), index]);
  }
  return taken.map((record) => {
    const index = places.get(JSON.stringify(record))?.shift();
    if (index === undefined) throw new Error(`taken, but not in the file: ${JSON.stringify(record)}`);
    return index;
  });
}

/** Records that come too late: taken where they stand, but behind a record with a time that stands later in their file. */
export function takenLate(inFile: readonly Json[], indexes: readonly number[]): number[] {
  const latest = new Map<Json | undefined, number>();
  return indexes.filter((index) => {
    const record = inFile[index] as JsonObject;
    const source = record['source'];
    if (record['event'] === undefined && Number(record['type']) < FIRST_OWN_TYPE) return false;
    if (!isTimed(record)) return index < (latest.get(source) ?? -1);
    latest.set(source, Math.max(latest.get(source) ?? -1, index));
    return false;
  });
}
