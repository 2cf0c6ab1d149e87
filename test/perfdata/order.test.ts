// The order of records against a plain model of the rule: queue and rounds on random times, with and without rounds, and what is
// held in memory.

import fc from 'fast-check';
import t from 'tap';
import { BlockPool } from '../../src/perfdata/record-block.ts';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import type { ByteSource } from '../../src/bytes/source.ts';
import { RecordQueue } from '../../src/perfdata/order.ts';
import { OrderedRecords } from '../../src/perfdata/ordered-records.ts';
import type { BlockStore } from '../../src/perfdata/record-block.ts';
import { SampleBit } from '../../src/perfdata/sample-format.ts';
import { frameStart, rawBlocks } from '../conformance/builder/zstd-frame.ts';
import { fileOf, fixture, open, recordOf, summary, summaryLater } from './recording.ts';

const TYPE = SampleBit.Ip | SampleBit.Time;
const BASE = 5n << 32n;

function sampleAt(time: number, size = 0): Uint8Array {
  return recordOf(true, 9, 2, (writer) => writer.u64(1).u64(time === 0 ? 0n : BASE + BigInt(time)).raw(new Uint8Array(size)));
}

const round = recordOf(true, 68, 0, () => undefined);

/** perf's rule on a list of times, 'R' for a round: what comes out, in order; places tell equal times apart. */
function model(items: readonly (number | 'R')[]): string[] {
  const out: string[] = [];
  let queue: [number, number][] = [];
  let nextFlush = -Infinity;
  let latest = -Infinity;
  const flush = (upTo: number): void => {
    queue = queue.toSorted((a, b) => a[0] - b[0]);
    while (queue.length > 0 && queue[0]![0] <= upTo) out.push(`${queue[0]![0]}@${queue.shift()![1]}`);
  };
  items.forEach((item, place) => {
    if (item === 'R') {
      out.push(`R@${place}`);
      flush(nextFlush);
      nextFlush = latest;
    } else if (item === 0) out.push(`0@${place}`);
    else {
      queue.push([item, place]);
      latest = Math.max(latest, item);
    }
  });
  flush(Infinity);
  return out;
}

function delivered(items: readonly (number | 'R')[], options: Parameters<typeof summary>[1] = {}): string[] {
  const records = items.map((item) => (item === 'R' ? round : sampleAt(item)));
  const places = new Map<string, number>();
  let offset = 104 + 152;
  records.forEach((record, place) => {
    places.set(String(offset), place);
    offset += record.length;
  });
  return summary(fileOf(true, [{ sampleType: TYPE }], records), options).lines.map((line) => {
    const [name, , time, where] = line.split(' ');
    const place = places.get(where!.split(':')[1]!)!;
    return name === 'FINISHED_ROUND' ? `R@${place}` : `${time === '-' ? 0 : BigInt(time!) - BASE}@${place}`;
  });
}

const items = fc.array(fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 50 }) }, { weight: 1, arbitrary: fc.constant('R' as const) }), {
  maxLength: 120,
});

t.test('rounds are delivered as perf delivers them', async (t) => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 300 }), (list, windowSize) => {
      const found = delivered(list, { windowSize });
      const wanted = model(list);
      if (found.join() !== wanted.join()) throw new Error(`${found.join()} instead of ${wanted.join()}`);
    }),
    { numRuns: 500 },
  );
  t.pass();
});

/** Times, 0 and 'none' (all ones) for records without one, 'R' for a round. */
type Item = number | 'none' | 'R';
const anyItems: fc.Arbitrary<Item[]> = fc.array(
  fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 0, max: 50 }) }, { weight: 1, arbitrary: fc.constantFrom<Item>('R', 'none') }),
  { maxLength: 120 },
);

/** A record whose address is its number, by which `numbersOf` knows it again. */
function numbered(item: Item, number: number, size = 0): Uint8Array {
  if (item === 'R') return round;
  const time = item === 'none' ? 2n ** 64n - 1n : item === 0 ? 0n : BASE + BigInt(item);
  return recordOf(true, 9, 2, (writer) => writer.u64(number).u64(time).raw(new Uint8Array(size)));
}

function numbersOf(lines: readonly string[]): number[] {
  return lines.map((line) => / ip ([0-9a-f]+) /.exec(line)).filter((found) => found !== null).map((found) => Number.parseInt(found[1]!, 16));
}

/** What the model says: records without a time as those of time 0. */
function modelNumbers(list: readonly Item[]): number[] {
  return model(list.map((item) => (item === 'none' ? 0 : item))).filter((name) => !name.startsWith('R')).map((name) => Number(name.split('@')[1]));
}

t.test('what finds no room in memory comes back in its turn', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyItems, fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 200_000 }), async (list, windowSize, maxHeld) => {
      const bytes = fileOf(true, [{ sampleType: TYPE }], list.map((item, number) => numbered(item, number, (number * 24) % 72)));
      const wanted = modelNumbers(list).join();
      const options = { windowSize, maxHeld };
      const plain = summary(bytes);
      const found = summary(bytes, options);
      return (
        numbersOf(found.lines).join() === wanted && found.lines.join() === plain.lines.join() && found.damage.join() === plain.damage.join() &&
        (await summaryLater(bytes, options)).lines.join() === plain.lines.join()
      );
    }),
    { numRuns: 200 },
  );
  t.pass();
});

t.test('more than may wait: the earlier half comes, and nothing is lost', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 200 }), fc.integer({ min: 1, max: 50 }), (times, maxRecords) => {
      const sorted = delivered(times);
      const inTurn = delivered(times.toSorted((a, b) => a - b), { windowSize: 64, maxRecords });
      const some = delivered(times, { windowSize: 64, maxHeld: 1, maxRecords });
      return (
        sorted.join() === model(times).join() && some.toSorted().join() === sorted.toSorted().join() &&
        inTurn.join() === model(times.toSorted((a, b) => a - b)).join()
      );
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('a limit that holds what is out of order gives the order of time', async (t) => {
  // Two ring buffers written in turn, 20 records each: out of order by 40 records.
  const times: number[] = [];
  for (let turn = 0; turn < 40; turn++) {
    for (let i = 0; i < 20; i++) times.push(1 + turn * 40 + i * 2);
    for (let i = 0; i < 20; i++) times.push(2 + turn * 40 + i * 2);
  }
  t.same(delivered(times, { windowSize: 1000, maxHeld: 0, maxRecords: 80 }), model(times));
});

/** Records compressed as perf does it: what comes between two rounds is cut anywhere, each piece in a record of its own. */
function compressed(list: readonly Item[], pieceSize: number): Uint8Array[] {
  const records: Uint8Array[] = [];
  let plain: number[] = [];
  let isFirst = true;
  const flush = (): void => {
    for (let at = 0; at < plain.length; at += pieceSize) {
      const blocks = [...(isFirst ? frameStart() : []), ...rawBlocks(Uint8Array.from(plain.slice(at, at + pieceSize)), false)];
      records.push(recordOf(true, 81, 0, (writer) => writer.raw(Uint8Array.from(blocks))));
      isFirst = false;
    }
    plain = [];
  };
  list.forEach((item, number) => {
    if (item === 'R') {
      flush();
      records.push(round);
    } else plain.push(...numbered(item, number));
  });
  flush();
  return records;
}

t.test('what was compressed comes back from the store', async (t) => {
  let stored = 0;
  let made = 0;
  let closed = 0;
  fc.assert(
    fc.property(anyItems, fc.integer({ min: 1, max: 200 }), (list, pieceSize) => {
      const bytes = fileOf(true, [{ sampleType: TYPE }], compressed(list, pieceSize));
      const kept = new Uint8Array(1 << 16);
      const makeStore = (): BlockStore => (made++, {
        write: (piece, position) => {
          stored++;
          if (position + piece.length > kept.length) throw new Error('places that were given back are not used again');
          kept.set(piece, position);
        },
        readInto: (into, position) => {
          into.set(kept.subarray(position, position + into.length));
          return into.length;
        },
        close: () => closed++,
      });
      const plain = summary(bytes);
      const found = summary(bytes, { maxHeld: 0, makeStore });
      const halved = summary(bytes, { maxHeld: 0 });
      return (
        numbersOf(found.lines).join() === modelNumbers(list).join() && found.lines.join() === plain.lines.join() && found.damage.join() === plain.damage.join() &&
        halved.lines.toSorted().join() === plain.lines.toSorted().join()
      );
    }),
    { numRuns: 100 },
  );
  t.ok(stored > 30, `${stored} blocks were stored`);
  t.equal(closed, made);
});

t.test('places in the store are used again', async (t) => {
  // Rounds whose blocks overlap: all of them were stored, few at a time.
  const list: Item[] = Array.from({ length: 2000 }, (_, i) => (i % 20 === 19 ? 'R' : 1 + i));
  let end = 0;
  const kept = new Uint8Array(1 << 20);
  const makeStore = (): BlockStore => ({
    write: (piece, position) => {
      kept.set(piece, position);
      end = Math.max(end, position + piece.length);
    },
    readInto: (into, position) => {
      into.set(kept.subarray(position, position + into.length));
      return into.length;
    },
    close: () => {},
  });
  const found = summary(fileOf(true, [{ sampleType: TYPE }], compressed(list, 100)), { maxHeld: 0, makeStore });
  t.same(numbersOf(found.lines), modelNumbers(list));
  t.ok(end > 100 && end < 5000, `${end} bytes at most`);
});

t.test('a file that became shorter is reported, and nothing hangs', async (t) => {
  const times = Array.from({ length: 200 }, (_, i) => 1 + ((i * 77) % 200));
  const bytes = fileOf(true, [{ sampleType: TYPE }], times.map((time, number) => numbered(time, number)));
  const diagnostics = new Diagnostics();
  let reads = 0;
  const source: ByteSource = {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, Math.min(offset + length, ++reads < 100 ? Infinity : 1000)),
  };
  const records = new OrderedRecords([source], open(bytes), diagnostics, { windowSize: 64, maxHeld: 0 });
  let count = 0;
  while (records.next() === true) count++;
  t.equal(count, 200);
  t.same(diagnostics.all().map(({ code }) => code), ['record-cut']);
});

const joined = (records: readonly Uint8Array[]): Uint8Array => Uint8Array.from(records.flatMap((record) => [...record]));

/** A recording in several files; the numbers of records go on from file to file. */
function directoryOf(parts: readonly (readonly Item[])[]): { readonly data: Uint8Array; readonly more: Uint8Array[] } {
  let number = 0;
  const files = parts.map((items) => items.map((item) => numbered(item, number++)));
  return { data: fileOf(true, [{ sampleType: TYPE }], files[0]!), more: files.slice(1).map(joined) };
}

/** By time; at equal times by file, and in a file as they lie there. Rounds of one file say nothing of the others. */
function mergedNumbers(parts: readonly (readonly Item[])[]): number[] {
  const timed = parts.flat().map((item, number) => ({ item, number })).filter(({ item }) => typeof item === 'number' && item > 0) as { item: number; number: number }[];
  return timed.toSorted((a, b) => a.item - b.item).map(({ number }) => number);
}

t.test('the files of a directory are merged by time, whatever the windows and what finds room', async (t) => {
  fc.assert(
    fc.property(fc.array(anyItems, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 100_000 }), (parts, windowSize, maxHeld) => {
      const { data, more } = directoryOf(parts);
      const timed = parts.flat().map((item) => typeof item === 'number' && item > 0);
      const found = summary(data, { windowSize, maxHeld }, more);
      return numbersOf(found.lines).filter((number) => timed[number] === true).join() === mergedNumbers(parts).join();
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('files that are in order themselves are merged in little memory', async (t) => {
  const sorted = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 }).map((times) => times.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(sorted, { minLength: 2, maxLength: 5 }), fc.integer({ min: 1, max: 100 }), (parts, windowSize) => {
      const { data, more } = directoryOf(parts);
      // At most all of one time and some windows wait.
      const found = summary(data, { windowSize, maxHeld: 0, maxRecords: 30 }, more);
      return numbersOf(found.lines).join() === mergedNumbers(parts).join() && found.damage.length === 0;
    }),
    { numRuns: 500 },
  );
  t.pass();
});

t.test('the files of a directory advance together', async (t) => {
  const parts: Uint8Array[][] = [[], [], []];
  const times: bigint[] = [];
  for (let time = 1; time <= 6000; time++) {
    parts[(time * 7) % 3]!.push(sampleAt(time));
    times.push(BASE + BigInt(time));
  }
  const data = fileOf(true, [{ sampleType: TYPE }], parts[0]!);
  const found = summary(data, { windowSize: 600, maxHeld: 20 * 66_200 }, [joined(parts[1]!), joined(parts[2]!)]);
  t.same(found.lines.map((line) => BigInt(line.split(' ')[2]!)), times);
  t.same(found.damage, []);
});

t.test('the queue sorts any runs and keeps equal times in order', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 50 }), { maxLength: 20 }), fc.nat(20), (rounds, upTo) => {
      const queue = new RecordQueue();
      let place = 0;
      let waiting: [number, number][] = [];
      for (const times of rounds) {
        for (const time of times) {
          queue.add(time, 0, place, 8, 0);
          waiting.push([time, place++]);
        }
        queue.flushUpTo(upTo);
        waiting = waiting.toSorted((a, b) => a[0] - b[0]);
        const due = waiting.filter(([time]) => time <= upTo);
        waiting = waiting.filter(([time]) => time > upTo);
        for (const [time, where] of due) {
          if (queue.columns.time[queue.head] !== time || queue.columns.offset[queue.head] !== where) return false;
          queue.head++;
        }
        if (queue.head !== queue.due || queue.length - queue.head !== waiting.length) return false;
      }
      return true;
    }),
  );
  t.pass();
});

t.test('late records are delivered and reported', async (t) => {
  const list: (number | 'R')[] = [10, 20, 'R', 30, 'R', 5, 40];
  t.same(delivered(list), model(list));
  const records = list.map((item) => (item === 'R' ? round : sampleAt(item)));
  t.same(summary(fileOf(true, [{ sampleType: TYPE }], records)).damage, ['late-record']);
});

t.test('events without times stay in file order', async (t) => {
  const records = [3, 1, 2].map((ip) => recordOf(true, 9, 2, (writer) => writer.u64(ip)));
  const found = summary(fileOf(true, [{ sampleType: SampleBit.Ip }], records));
  t.same(found.lines.map((line) => line.split(' ').slice(4).join(' ')), ['16 ip 3 left 0', '16 ip 1 left 0', '16 ip 2 left 0']);
});

t.test('ids choose the event; unknown ones are left out', async (t) => {
  const type = SampleBit.Identifier | SampleBit.Ip | SampleBit.Time;
  const big = 0xffff_ffff_0000_0001n;
  const sample = (id: bigint, time: number): Uint8Array => recordOf(false, 9, 2, (writer) => writer.u64(id).u64(1).u64(time));
  const comm = (id: bigint): Uint8Array => recordOf(false, 3, 0, (writer) => writer.u32(1).u32(1).raw([65, 0, 0, 0, 0, 0, 0, 0]).u64(0).u64(id));
  const records = [sample(7n, 1), sample(big, 2), sample(1n, 3), sample(0n, 4), comm(big), comm(0n), comm(9n)];
  const found = summary(fileOf(false, [{ sampleType: type, ids: [7n, 8n] }, { sampleType: type, ids: [big] }], records));
  t.same(found.lines.map((line) => line.split(' ').slice(0, 2).join(' ')), ['COMM 1', 'COMM 0', 'SAMPLE 0', 'SAMPLE 1', 'SAMPLE 0']);
  t.same(found.damage, ['unknown-event-id']);
});

t.test('reading keeps few blocks, whatever the length', async (t) => {
  const bytes = fixture('file.data');
  const view = new DataView(bytes.buffer);
  const dataOffset = Number(view.getBigUint64(40, true));
  const data = bytes.subarray(dataOffset, dataOffset + Number(view.getBigUint64(48, true)));
  // The same records 60 times over, with a round after each.
  const parts = Array.from({ length: 60 }, () => [...data, ...round]).flat();
  const long = Uint8Array.from([...bytes.subarray(0, dataOffset), ...parts]);
  new DataView(long.buffer).setBigUint64(48, 0n, true);
  const found = summary(long, { windowSize: 8192 });
  t.equal(found.lines.length, 60 * (summary(bytes).lines.length + 1));
});

t.test('blocks: large ones are used again, small ones are as small as what they hold', async (t) => {
  const pool = new BlockPool();
  const large = pool.take(1 << 18);
  const small = pool.take(100);
  t.equal(small.bytes.length, 100);
  pool.close(large);
  pool.close(small);
  t.equal(pool.take(100).bytes.length, 100, 'a few bytes take no large one');
  t.equal(pool.take(1 << 17).bytes.length, 1 << 18);
});
