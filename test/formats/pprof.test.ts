// pprof, read back by another implementation (pprof-format), and held against the rules of profile.proto and the library's own samples.

import t, { type Test } from 'tap';
import { gunzipSync } from 'node:zlib';
import { Profile, type Location, type Sample } from 'pprof-format';
import { demo, exported, inputOf, inlinedParts, plain, plainSamples, shown } from './exporting.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';

async function profileOf(...words: Parameters<typeof exported>): Promise<Profile> {
  return Profile.decode(gunzipSync(await exported(...words)));
}

/** The names of a sample's functions, innermost first, as pprof shows them. */
function namesOf(profile: Profile, sample: Sample): string[] {
  const locations = new Map<number, Location>(profile.location.map((location) => [Number(location.id), location]));
  const names = new Map(profile.function.map((fn) => [Number(fn.id), profile.stringTable.strings[Number(fn.name)]!]));
  return sample.locationId.flatMap((id) => locations.get(Number(id))!.line.map((line) => names.get(Number(line.functionId))!));
}

const textOf = (profile: Profile, index: number | bigint): string => profile.stringTable.strings[Number(index)]!;

/** What pprof's own checks ask for, and more. */
function check(t: Test, profile: Profile): void {
  t.equal(profile.stringTable.strings[0], '');
  t.ok(profile.stringTable.strings.length === new Set(profile.stringTable.strings).size, 'each text once');
  for (const [name, list] of [['mapping', profile.mapping], ['location', profile.location], ['function', profile.function]] as const) {
    const ids = list.map(({ id }) => Number(id));
    t.ok(ids.every((id) => id > 0) && new Set(ids).size === ids.length, `${name}: ids`);
  }
  const mappings = new Map(profile.mapping.map((mapping) => [Number(mapping.id), mapping]));
  const functions = new Set(profile.function.map(({ id }) => Number(id)));
  const locations = new Set(profile.location.map(({ id }) => Number(id)));
  t.ok(profile.location.every(({ line }) => line.length > 0 && line.every(({ functionId }) => functions.has(Number(functionId)))));
  t.ok(profile.mapping.every(({ hasFunctions }) => hasFunctions), 'nothing is left to be looked up');
  const outside = profile.location.filter(({ mappingId, address }) => {
    if (Number(mappingId) === 0) return false;
    const { memoryStart, memoryLimit } = mappings.get(Number(mappingId))!;
    return BigInt(address) < BigInt(memoryStart) || BigInt(address) >= BigInt(memoryLimit);
  });
  t.same(outside, [], 'addresses lie in their mappings');
  t.ok(profile.sample.every(({ value, locationId }) => value.length === profile.sampleType.length && locationId.every((id) => locations.has(Number(id)))));
}

t.test('the demo', async (t) => {
  const profile = await profileOf('pprof', [inputOf(await demo(), { service: 'api' })], { inlines: false });
  check(t, profile);
  const samples = await plainSamples(await demo());
  t.same(profile.sampleType.map(({ type, unit }) => [textOf(profile, type), textOf(profile, unit)]), [['samples', 'count'], ['cpu-clock', 'nanoseconds']]);
  const totals = [0, 1].map((column) => profile.sample.reduce((sum, { value }) => sum + Number(value[column]), 0));
  t.same(totals, [samples.length, samples.reduce((sum, { period }) => sum + period, 0)], 'the sums of the report');
  const expected = new Map<string, number>();
  for (const { names } of samples) for (const name of new Set(names.map(shown))) expected.set(name, (expected.get(name) ?? 0) + 1);
  const found = new Map<string, number>();
  for (const sample of profile.sample) for (const name of new Set(namesOf(profile, sample))) found.set(name, (found.get(name) ?? 0) + Number(sample.value[0]));
  t.same(found, expected, 'every function with as many samples');
  t.ok(found.get('bill (shop.py)')! > 100);
  const [main] = profile.mapping;
  t.same([textOf(profile, main!.filename), textOf(profile, main!.buildId).length], ['/usr/bin/python3.13', 40], 'the program comes first');
  const labels = new Map(profile.sample[0]!.label.map(({ key, str, num }) => [textOf(profile, key), textOf(profile, str) || Number(num)]));
  t.same(labels, new Map<string, string | number>([['pid', 30191], ['tid', 30191], ['comm', 'python3.13'], ['service', 'api']]));
  t.equal(textOf(profile, profile.defaultSampleType), 'cpu-clock');
  t.equal(Number(profile.period), 2_004_008);
  t.ok(Math.abs(Number(profile.durationNanos) - 1e9) < 0.1e9);
});

t.test('inlined calls are lines of one location, and lines are there', async (t) => {
  const profile = await profileOf('pprof', [inputOf(await openInMemory(inlinedParts()))]);
  check(t, profile);
  const inlined = profile.location.filter(({ line }) => line.length > 1);
  t.ok(inlined.length > 0);
  t.ok(inlined.every(({ line }) => line.every((one) => Number(one.line) > 0)));
  t.ok(profile.mapping.some(({ hasInlineFrames, hasFilenames, hasLineNumbers }) => hasInlineFrames && hasFilenames && hasLineNumbers));
  const without = await profileOf('pprof', [inputOf(await openInMemory(inlinedParts()))], { inlines: false });
  t.ok(without.location.every(({ line }) => line.length === 1));
  t.equal(profile.sample.reduce((sum, { value }) => sum + Number(value[0]), 0), without.sample.reduce((sum, { value }) => sum + Number(value[0]), 0));
});

t.test('several events, several recordings', async (t) => {
  const profile = await profileOf('pprof', [inputOf(await plain('group')), inputOf(await plain('file'), {}, 'other.data')]);
  check(t, profile);
  const samples = [...(await plainSamples(await plain('group'))), ...(await plainSamples(await plain('file')))];
  const types = profile.sampleType.map(({ type }) => textOf(profile, type));
  t.equal(types[0], 'samples');
  for (const [column, event] of types.entries()) {
    const sum = profile.sample.reduce((total, { value }) => total + Number(value[column]), 0);
    t.equal(sum, column === 0 ? samples.length : samples.filter((sample) => sample.event === event).reduce((total, { period }) => total + period, 0), event);
  }
  t.same(new Set(profile.sample.flatMap(({ label }) => label.filter(({ key }) => textOf(profile, key) === 'recording').map(({ str }) => textOf(profile, str)))), new Set(['perf.data', 'other.data']));
});

t.test('any recording', async (t) => {
  for (const name of ['pipe', 'zstd', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'throttle', 'injected', 'stat']) {
    const profile = await profileOf('pprof', [inputOf(await plain(name))]);
    t.equal(profile.sample.reduce((sum, { value }) => sum + Number(value[0]), 0), (await plainSamples(await plain(name))).length, name);
  }
});
