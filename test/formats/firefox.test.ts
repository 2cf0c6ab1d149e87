// The Firefox Profiler's format, field by field as its own types have version 60 (FIGURES 3.1): bench/check-exports.ts loads it with the
// front end's code.

import t, { type Test } from 'tap';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { demo, exportedText, inlinedParts, inputOf, plain, plainSamples } from './exporting.ts';

type Table = { readonly [column: string]: readonly (number | string | boolean | null)[] } & { readonly length: number };
interface Thread {
  readonly [field: string]: unknown;
  readonly name: string;
  readonly processName: string;
  readonly pid: string;
  readonly tid: number;
  readonly samples: Table & { readonly weight: null | readonly number[]; readonly weightType: string };
}
interface FirefoxProfile {
  readonly meta: { readonly [field: string]: unknown; readonly categories: readonly { readonly name: string; readonly color: string; readonly subcategories: readonly string[] }[] };
  readonly libs: readonly { readonly name: string; readonly path: string; readonly breakpadId: string; readonly codeId: string | null }[];
  readonly shared: { readonly [table: string]: Table } & { readonly stringArray: readonly string[] };
  readonly threads: readonly Thread[];
}

const TABLES: Readonly<Record<string, readonly string[]>> = {
  stackTable: ['frame', 'prefix'],
  frameTable: ['address', 'inlineDepth', 'category', 'subcategory', 'func', 'nativeSymbol', 'innerWindowID', 'line', 'column'],
  funcTable: ['name', 'isJS', 'relevantForJS', 'resource', 'source', 'lineNumber', 'columnNumber'],
  resourceTable: ['lib', 'name', 'host', 'type'],
  nativeSymbols: ['libIndex', 'address', 'name', 'functionSize'],
  sources: ['uuid', 'filename'],
};
const COLOURS = ['transparent', 'purple', 'green', 'orange', 'yellow', 'lightblue', 'blue', 'brown', 'magenta', 'red', 'lightred', 'darkgrey', 'grey'];

/** Every table with its columns, every index within its table. */
function check(t: Test, profile: FirefoxProfile): void {
  const { meta, shared, libs, threads } = profile;
  t.same(Object.keys(profile).sort(), ['libs', 'meta', 'shared', 'threads']);
  t.match(meta, {
    preprocessedProfileVersion: 60, version: 24, processType: 0, stackwalk: 1, symbolicated: true, markerSchema: [], importedFrom: 'perfts test', usesOnlyOneStackType: true,
    interval: Number, startTime: Number, product: String,
  });
  t.same([meta.categories[0]!.name, meta.categories[0]!.color], ['Other', 'grey']);
  t.ok(meta.categories.every(({ color, subcategories }) => COLOURS.includes(color) && subcategories[0] === 'Other'));
  t.same(Object.keys(shared).sort(), [...Object.keys(TABLES), 'stringArray'].sort());
  for (const [name, columns] of Object.entries(TABLES)) {
    const table = shared[name]!;
    t.same(Object.keys(table).sort(), [...columns, 'length'].sort(), name);
    t.ok(columns.every((column) => table[column]!.length === table.length), `${name}: all columns of one length`);
  }
  const within = (column: readonly unknown[], length: number, none: number | null | undefined): boolean =>
    column.every((value) => value === none || (Number.isInteger(value) && (value as number) >= 0 && (value as number) < length));
  const { stackTable, frameTable, funcTable, resourceTable, sources, stringArray } = shared as Record<string, Table> & { stringArray: readonly string[] };
  t.ok(within(stackTable!['frame']!, frameTable!.length, undefined) && within(stackTable!['prefix']!, stackTable!.length, null));
  t.ok(stackTable!['prefix']!.every((prefix, stack) => prefix === null || (prefix as number) < stack), 'a prefix comes before its stacks');
  t.ok(within(frameTable!['func']!, funcTable!.length, undefined) && within(frameTable!['category']!, meta.categories.length, undefined));
  t.ok(frameTable!['address']!.every((address) => Number.isInteger(address) && (address as number) >= -1));
  t.ok(within(funcTable!['name']!, stringArray.length, undefined) && within(funcTable!['resource']!, resourceTable!.length, -1) && within(funcTable!['source']!, sources!.length, null));
  t.ok(within(resourceTable!['lib']!, libs.length, null) && within(resourceTable!['name']!, stringArray.length, undefined) && within(sources!['filename']!, stringArray.length, undefined));
  t.equal(new Set(stringArray).size, stringArray.length, 'each text once');
  for (const thread of threads) {
    const { samples } = thread;
    t.same(['stack', 'time', 'length', 'weightType'].filter((key) => !(key in samples)), []);
    t.ok(within(samples['stack']!, stackTable!.length, null) && samples['stack']!.length === samples.length && samples['time']!.length === samples.length);
    t.ok(samples['time']!.every((time, i) => i === 0 || (time as number) >= (samples['time']![i - 1] as number)), 'in order of time');
    t.same(thread['markers'], { data: [], name: [], startTime: [], endTime: [], phase: [], category: [], length: 0 });
    t.match(thread, { processType: 'default', processStartupTime: Number, processShutdownTime: null, registerTime: Number, unregisterTime: null, pausedRanges: [], isMainThread: Boolean, pid: String });
  }
}

/** The names of a stack, outermost first. */
function namesOf({ shared }: FirefoxProfile, stack: number | null): string[] {
  const names: string[] = [];
  for (let i = stack; i !== null; i = shared['stackTable']!['prefix']![i] as number | null) {
    const fn = shared['frameTable']!['func']![shared['stackTable']!['frame']![i] as number] as number;
    names.push(shared.stringArray[shared['funcTable']!['name']![fn] as number]!);
  }
  return names.reverse();
}

t.test('the demo', async (t) => {
  const profile = JSON.parse(await exportedText('firefox', [inputOf(await demo())], { inlines: false }, { notes: () => ['Samples: 491'] })) as FirefoxProfile;
  check(t, profile);
  const samples = await plainSamples(await demo());
  const [thread] = profile.threads;
  t.same([profile.threads.length, thread!.name, thread!.pid, thread!.tid, thread!['isMainThread']], [1, 'python3.13', '30191', 30191, true]);
  t.same(thread!.samples['stack']!.map((stack) => namesOf(profile, stack as number | null)), samples.map(({ names }) => names.map((name) => /^py::(.*?):/.exec(name)?.[1] ?? name)));
  t.equal(thread!.samples['threadCPUDelta']!.reduce<number>((sum, delta) => sum + (delta as number), 0), samples.reduce((sum, { period }) => sum + period, 0));
  t.same([thread!.samples.weight, thread!.samples.weightType], [null, 'samples']);
  t.ok(Math.abs((thread!.samples['time']!.at(-1) as number) - 1000) < 100, 'milliseconds from the first sample on');
  t.equal(profile.meta['interval'], 1000 / 499);
  t.same(profile.meta['extra'], [{ label: 'Data quality', entries: [{ label: '1', format: 'string', value: 'Samples: 491' }] }]);
  const { funcTable, resourceTable, sources, stringArray } = profile.shared;
  const bill = funcTable!['name']!.findIndex((name) => stringArray[name as number] === 'bill');
  t.ok(funcTable!['isJS']![bill]);
  t.equal(stringArray[sources!['filename']![funcTable!['source']![bill] as number] as number], '/demo-run/shop.py');
  t.same([resourceTable!['type']![funcTable!['resource']![bill] as number], resourceTable!['lib']![funcTable!['resource']![bill] as number]], [5, null]);
  const python = profile.libs.find(({ name }) => name === 'python3.13')!;
  t.same([python.codeId, python.breakpadId], ['f9de766c3a031e0782095d175ff04e394a2744d2', '6C76DEF9033A071E82095D175FF04E390']);
});

t.test('inlined calls and lines', async (t) => {
  const profile = JSON.parse(await exportedText('firefox', [inputOf(await openInMemory(inlinedParts()))])) as FirefoxProfile;
  check(t, profile);
  const { frameTable } = profile.shared;
  t.equal(Math.max(...(frameTable!['inlineDepth']! as number[])), 3);
  t.ok(frameTable!['line']!.every((line) => line !== null));
  const stack = profile.threads[0]!.samples['stack']![0] as number;
  t.same(namesOf(profile, stack), ['uses', 'through_wrappers', 'wrap_outer', 'wrap_inner', 'shuffle', 'rng::State::next()', 'rng::mix(unsigned long, int)', 'rng::step(unsigned long)']);
});

t.test('threads, events and recordings', async (t) => {
  const profile = JSON.parse(await exportedText('firefox', [inputOf(await plain('group'), { service: 'api' }), inputOf(await demo(), { service: 'web' })], {}, { weight: 'period' })) as FirefoxProfile;
  check(t, profile);
  t.ok(profile.threads.some(({ name, processName, pid }) => name === 'python3.13 (cpu-clock)' && processName === 'web: python3.13' && pid === '30191 of 2'));
  t.ok(profile.threads.some(({ name, processName }) => name.endsWith(' (page-faults)') && processName.startsWith('api: ')));
  t.equal(profile.threads.reduce((sum, { samples }) => sum + samples.length, 0), 491 + (await plainSamples(await plain('group'))).length);
  t.ok(profile.threads.every(({ samples }) => samples.weight!.length === samples.length));
  t.ok(profile.threads.every(({ samples }) => (samples['time']![0] as number) < 1000), 'each recording begins at 0');
});

t.test('any recording', async (t) => {
  for (const name of ['pipe', 'zstd', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'throttle', 'injected', 'stat']) {
    const profile = JSON.parse(await exportedText('firefox', [inputOf(await plain(name))])) as FirefoxProfile;
    t.equal(profile.threads.reduce((sum, { samples }) => sum + samples.length, 0), (await plainSamples(await plain(name))).length, name);
  }
});
