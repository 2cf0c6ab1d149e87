// Parquet files, read back by another implementation's reader (hyparquet), and the files of a dataset.

import t from 'tap';
import fc from 'fast-check';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { Export, type ExportInput } from '../../src/formats/export.ts';
import { parquetDataset } from '../../src/formats/parquet-dataset.ts';
import { ParquetFile } from '../../src/formats/parquet-file.ts';
import { MemorySink } from '../../src/perfdata/writer/byte-sink.ts';
import { MadeRecording } from '../end-to-end/made-recording.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { demo, exported, inputOf, plain, plainSamples, shown } from './exporting.ts';

type Row = Readonly<Record<string, unknown>>;

async function rowsOf(bytes: Uint8Array): Promise<Row[]> {
  return (await parquetReadObjects({ file: bytes.slice().buffer })) as Row[];
}


t.test('one file', async (t) => {
  const bytes = await exported('parquet', [inputOf(await demo(), { service: 'api', zone: '3' })], { inlines: false });
  const rows = await rowsOf(bytes);
  const samples = await plainSamples(await demo());
  t.same(rows.map(({ stack }) => stack), samples.map(({ names }) => names.map(shown).reverse()));
  t.same(rows.map(({ period }) => period), samples.map(({ period }) => BigInt(period)));
  t.same(rows.map(({ cut }) => cut ?? 'root'), samples.map(({ end }) => end));
  const { time, ...first } = rows[0]!;
  t.ok(time instanceof Date);
  // The demo was recorded with -k: it says itself what time it was.
  t.equal((time as Date).toISOString(), '2026-11-21T02:01:43.136Z');
  t.match(first, {
    clock_ns: 1_943_070_607_808n, recording: 'perf.data', host: String, labels: 'service=api;zone=3', event: 'cpu-clock', unit: 'nanoseconds', period: 2_004_008n, pid: 30191, tid: 30191,
    comm: 'python3.13', mode: 'kernel', function: 'page_cache_ra_unbounded', module: '[kernel.kallsyms]', file: '',
  });
  t.ok(rows.every(({ cpu }) => cpu === null || cpu === undefined), 'the demo does not say the CPU');
  t.equal(parquetMetadata(bytes.slice().buffer).created_by, 'perfts test');
});

t.test('groups of rows', async (t) => {
  const sink = new MemorySink();
  const file = new ParquetFile(sink);
  const number = file.clock('number');
  const text = file.text('text', 'nullable');
  const count = 150_000;
  for (let i = 0; i < count; i++) {
    number.put(BigInt(i) - 5n);
    text.put(i % 3 === 0 ? null : `text ${i % 100}`);
    file.endRow();
  }
  t.ok(sink.bytes.length > 0, 'groups are written as they are full');
  file.finish();
  t.equal(file.rows, count);
  t.same(parquetMetadata(sink.bytes.slice().buffer).row_groups.map(({ num_rows }) => num_rows), [65_536n, 65_536n, 18_928n]);
  const rows = await rowsOf(sink.bytes);
  t.equal(rows.length, count);
  t.ok(rows.every(({ number, text }, i) => number === BigInt(i) - 5n && (i % 3 === 0 ? text === null || text === undefined : text === `text ${i % 100}`)));
});

t.test('what is written is read', async (t) => {
  const word = fc.oneof(fc.constantFrom('', 'a', 'main', '\uffee', '\u{1f600}'), fc.string({ unit: 'grapheme', maxLength: 30 }));
  const row = fc.record({
    word, some: fc.option(word), small: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), maybe: fc.option(fc.nat(5)), big: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), few: fc.bigInt(0n, 3n), list: fc.nat(20),
  });
  const table = fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 300 }), lists: fc.array(fc.array(word, { maxLength: 60 }), { minLength: 21, maxLength: 21 }), copies: fc.constantFrom(1, 1, 40) });
  await fc.assert(
    fc.asyncProperty(table, async ({ rows, lists, copies }) => {
      const sink = new MemorySink();
      const file = new ParquetFile(sink);
      const columns = [file.text('word'), file.text('some', 'nullable'), file.int32('small'), file.int32('maybe', 'nullable'), file.int64('big'), file.clock('few')] as const;
      const [keyed, plainLists] = [file.texts('keyed'), file.texts('list')];
      for (let copy = 0; copy < copies; copy++) {
        for (const { word, some, small, maybe, big, few, list } of rows) {
          columns[0].put(word);
          columns[1].put(some);
          columns[2].put(small);
          columns[3].put(maybe);
          columns[4].put(big);
          columns[5].put(few);
          keyed.putKeyed(list, () => lists[list]!);
          plainLists.put(lists[list]!);
          file.endRow();
        }
      }
      file.finish();
      const read = await rowsOf(sink.bytes);
      const expected = rows.map(({ list, ...rest }) => ({ ...rest, keyed: lists[list], list: lists[list] }));
      for (let copy = 0; copy < copies; copy++) t.same(read.slice(copy * rows.length, (copy + 1) * rows.length), expected);
      t.equal(read.length, rows.length * copies);
      for (const { columns: chunks } of parquetMetadata(sink.bytes.slice().buffer).row_groups) {
        const bounds = chunks[0]!.meta_data!.statistics!;
        for (const { word } of rows) {
          if (Buffer.byteLength(word) >= 16) continue;
          t.ok(Buffer.compare(Buffer.from(String(bounds.min_value)), Buffer.from(word)) <= 0 || String(bounds.min_value).length >= 15, 'no value below the least, in the order of bytes');
          t.ok(Buffer.compare(Buffer.from(String(bounds.max_value)), Buffer.from(word)) >= 0 || String(bounds.max_value).length >= 15, 'nor above the greatest');
        }
      }
    }),
    { numRuns: 60 },
  );
});

t.test('many distinct texts, and lists of several pages', async (t) => {
  for (const distinct of [256, 257, 65_536, 65_540]) {
    const sink = new MemorySink();
    const file = new ParquetFile(sink);
    const list = file.texts('list');
    const width = 1000;
    const stack = (i: number): string[] => Array.from({ length: i === 5 ? 0 : width }, (_, j) => `f${(i * width + j) % distinct}`);
    // Of the last more than a page holds.
    const count = Math.ceil(distinct / width) + (distinct > 65_536 ? 400 : 10);
    for (let i = 0; i < count; i++) {
      list.put(stack(i));
      file.endRow();
    }
    file.finish();
    const rows = await rowsOf(sink.bytes);
    t.equal(rows.length, count);
    t.ok(rows.every((row, i) => (row['list'] as string[]).join() === stack(i).join()), `${distinct} texts`);
  }
});

t.test('any recording, and none', async (t) => {
  for (const name of ['group', 'pipe', 'zstd', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'throttle', 'injected', 'stat']) {
    t.equal((await rowsOf(await exported('parquet', [inputOf(await plain(name))]))).length, (await plainSamples(await plain(name))).length, name);
  }
});

/** The files of a dataset by their paths, all closed. */
async function dataset(inputs: readonly ExportInput[]): Promise<Map<string, Uint8Array>> {
  const open = new Set<string>();
  const files = new Map<string, Uint8Array>();
  const made = new Export(
    parquetDataset({
      open: (path) => {
        const sink = new MemorySink();
        open.add(path);
        return {
          write: (bytes) => sink.write(bytes),
          close: () => {
            files.set(path, sink.bytes.slice());
            open.delete(path);
          },
        };
      },
    }),
    { producer: 'perfts test' },
    { write: () => t.fail('nothing but files is written') },
  );
  for (const input of inputs) await made.add(input, { inlines: false });
  await made.finish();
  t.same(open, new Set());
  return files;
}

t.test('a dataset', async (t) => {
  const late = new MadeRecording();
  late.comm(9, 'app', 10);
  for (let i = 0; i < 10; i++) late.sample(9, [0x1000 + i], 100_000_000 * (i + 1), 1);
  const night = { ...inputOf(await openInMemory({ recording: late.bytes() }), { service: 'web/a=b' }, 'other.data'), modified: new Date('2026-11-20T23:59:59.450Z') };
  const inputs = [inputOf(await demo(), { service: 'api' }), night];
  const files = await dataset(inputs);
  const paths = [...files.keys()].map((path) => path.replace(/-[0-9a-f]{8}\.parquet$/, '-HASH.parquet'));
  t.same(paths.sort(), [
    ...['samples', 'stacks'].flatMap((table) => [
      `${table}/day=2026-11-20/service=web%2Fa%3Db/other.data-HASH.parquet`, `${table}/day=2026-11-21/service=api/perf.data-HASH.parquet`, `${table}/day=2026-11-21/service=web%2Fa%3Db/other.data-HASH.parquet`,
    ]),
  ], 'a recording over midnight has files on both days');
  const counts = await Promise.all([...files].filter(([path]) => path.startsWith('samples/') && path.includes('web')).map(async ([path, bytes]) => [path.slice(12, 22), (await rowsOf(bytes)).length]));
  t.same(new Map(counts as [string, number][]), new Map([['2026-11-20', 6], ['2026-11-21', 4]]));
  const samples = await plainSamples(await demo());
  const stacks = new Map<bigint, Row>();
  for (const [path, bytes] of files) {
    if (!path.startsWith('stacks/')) continue;
    const rows = await rowsOf(bytes);
    t.equal(new Set(rows.map((row) => row['stack_id'])).size, rows.length, 'each stack once in a file');
    for (const row of rows) {
      const known = stacks.get(row['stack_id'] as bigint);
      t.ok(known === undefined || JSON.stringify(known['functions']) === JSON.stringify(row['functions']), 'and the same everywhere');
      stacks.set(row['stack_id'] as bigint, row);
    }
    const needed = await rowsOf(files.get(path.replace('stacks/', 'samples/'))!);
    t.same(new Set(needed.map((row) => row['stack_id'])), new Set(rows.map((row) => row['stack_id'])), 'those of the samples beside it');
  }
  const rows = await rowsOf([...files].find(([path]) => path.startsWith('samples/day=2026-11-21/service=api/'))![1]);
  t.same(rows.map((row) => stacks.get(row['stack_id'] as bigint)!['functions']), samples.map(({ names }) => names.map(shown).reverse()));
  const some = [...stacks.values()].find((row) => (row['functions'] as string[]).includes('bill (shop.py)'))!;
  const at = (some['functions'] as string[]).indexOf('bill (shop.py)');
  t.same([(some['kinds'] as string[])[at], (some['files'] as string[])[at], (some['functions'] as string[]).length], ['python', '/demo-run/shop.py', some['depth']]);
  t.same([...(await dataset(inputs)).keys()].sort(), [...files.keys()].sort(), 'the same recording has the same files again');
});

t.test('a recording whose times are wrong', async (t) => {
  const made = new MadeRecording();
  made.comm(9, 'app', 10);
  for (let day = 0; day < 40; day++) made.sample(9, [0x1000], 100 + day * 86_400_000_000_000, 1);
  await t.rejects(dataset([inputOf(await openInMemory({ recording: made.bytes() }), { service: 'api' })]), { code: 'PERFTS_NO_SAMPLES', message: /more than 32 days/ });
  const { modified: _, ...nameless } = inputOf(await openInMemory({ recording: made.bytes() }), { service: 'api' });
  await t.rejects(dataset([nameless]), { code: 'PERFTS_NO_SAMPLES', message: /on which day/ });
});
