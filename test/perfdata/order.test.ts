// The order of records against a plain model of the rule: queue and rounds on random times, with and without rounds, and what is
// held in memory.

import fc from 'fast-check';
import t from 'tap';
import { RecordQueue } from '../../src/perfdata/order.ts';
import { SampleBit } from '../../src/perfdata/sample-format.ts';
import { fileOf, fixture, recordOf, summary } from './recording.ts';

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

t.test('without rounds everything is in the order of time; with a limit nothing is lost', async (t) => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 200 }), (times) => {
      const sorted = delivered(times);
      const held = delivered(times, { windowSize: 64, maxHeld: 1 });
      return sorted.join() === model(times).join() && held.toSorted().join() === sorted.toSorted().join();
    }),
    { numRuns: 300 },
  );
  t.pass();
});

t.test('a limit that holds what is out of order gives the order of time', async (t) => {
  // Two ring buffers written in turn, 20 records each: out of order by 40 records, a limit of 16 blocks.
  const times: number[] = [];
  for (let turn = 0; turn < 40; turn++) {
    for (let i = 0; i < 20; i++) times.push(1 + turn * 40 + i * 2);
    for (let i = 0; i < 20; i++) times.push(2 + turn * 40 + i * 2);
  }
  const found = delivered(times, { windowSize: 1000, maxHeld: 16 * 66_000 });
  t.same(found, model(times));
});

t.test('the files of a directory advance together, in little memory', async (t) => {
  const parts: Uint8Array[][] = [[], [], []];
  const times: bigint[] = [];
  for (let time = 1; time <= 6000; time++) {
    parts[(time * 7) % 3]!.push(sampleAt(time));
    times.push(BASE + BigInt(time));
  }
  const join = (records: readonly Uint8Array[]): Uint8Array => Uint8Array.from(records.flatMap((record) => [...record]));
  const data = fileOf(true, [{ sampleType: TYPE }], parts[0]!);
  const found = summary(data, { windowSize: 600, maxHeld: 20 * 66_200 }, [join(parts[1]!), join(parts[2]!)]);
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
          queue.add(time, 0, place, 0);
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
