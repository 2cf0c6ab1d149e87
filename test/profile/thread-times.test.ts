// When threads ran and waited: on made-up schedules, told in full and with losses, every moment of a thread counts once.

import fc from 'fast-check';
import t from 'tap';
import { SwitchSource, ThreadTimes, WaitEnds, WaitKind } from '../../src/profile/off-cpu/thread-times.ts';

interface Wait {
  readonly tid: number;
  readonly from: number;
  readonly to: number;
  readonly kind: WaitKind;
  readonly ends: number;
  readonly place: string | undefined;
}

function collected(): { readonly times: ThreadTimes<string>; readonly waits: Wait[] } {
  const waits: Wait[] = [];
  return { waits, times: new ThreadTimes<string>((tid, from, to, kind, ends, place) => waits.push({ tid, from, to, kind, ends, place })) };
}

/** One thing that is told of a thread. */
interface Told {
  readonly tid: number;
  readonly time: number;
  readonly what: 'starts' | 'in' | 'out' | 'runs' | 'ends';
  readonly kind: WaitKind;
  readonly source: number;
}

const SOURCES = [SwitchSource.SchedSwitch, SwitchSource.ContextSwitches, SwitchSource.SwitchRecord];

/** What is true of a thread: it is made, then runs and waits in turn. */
const schedule = fc.record({
  start: fc.integer({ min: 0, max: 1000 }),
  turns: fc.array(fc.record({ waits: fc.integer({ min: 1, max: 50 }), runs: fc.integer({ min: 1, max: 50 }), kind: fc.constantFrom(...Object.values(WaitKind)) }), { minLength: 1, maxLength: 12 }),
  ends: fc.boolean(),
  sources: fc.subarray(SOURCES, { minLength: 1 }),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

/** All that is to be told of it, and its waits: the first one is for a CPU, since it is new. */
function toldOf(tid: number, { start, turns, ends, sources }: Schedule): { readonly told: Told[]; readonly waits: Pick<Wait, 'tid' | 'from' | 'to' | 'kind'>[]; readonly end: number } {
  const told: Told[] = [{ tid, time: start, what: 'starts', kind: WaitKind.Runnable, source: 0 }];
  const waits: Pick<Wait, 'tid' | 'from' | 'to' | 'kind'>[] = [];
  let now = start;
  turns.forEach(({ waits: wait, runs, kind }, turn) => {
    const known = turn === 0 ? WaitKind.Runnable : kind;
    if (turn > 0) for (const source of sources) told.push({ tid, time: now, what: 'out', kind, source });
    waits.push({ tid, from: now, to: now + wait, kind: known });
    now += wait;
    // Tracepoints and SWITCH records both tell that a thread gets a CPU.
    for (const source of sources) told.push({ tid, time: now, what: 'in', kind, source });
    told.push({ tid, time: now + Math.floor(runs / 2), what: 'runs', kind, source: 0 });
    now += runs;
  });
  if (ends) told.push({ tid, time: now, what: 'ends', kind: WaitKind.Sleeping, source: 0 });
  return { told, waits, end: now };
}

function feed(times: ThreadTimes<string>, told: readonly Told[]): void {
  for (const { tid, time, what, kind, source } of told) {
    if (what === 'starts') times.starts(tid, time);
    else if (what === 'in') times.in(tid, time);
    else if (what === 'runs') times.runs(tid, time);
    else if (what === 'ends') times.ends(tid, time);
    else times.out(tid, time, kind, source);
  }
}

t.test('a schedule told in full is found as it is', async (t) => {
  fc.assert(
    fc.property(fc.array(schedule, { minLength: 1, maxLength: 5 }), (schedules) => {
      const all = schedules.map((each, index) => toldOf(index + 1, each));
      const last = Math.max(...all.map(({ end }) => end));
      const { times, waits } = collected();
      // sort is stable: what is told of one moment stays in order.
      feed(times, all.flatMap(({ told }) => told).sort((a, b) => a.time - b.time));
      times.moment(last);
      times.finish();
      const order = (list: readonly Pick<Wait, 'tid' | 'from' | 'to' | 'kind'>[]): string[] => list.map(({ tid, from, to, kind }) => `${tid} ${from} ${to} ${kind}`).sort();
      t.same(order(waits), order(all.flatMap((each) => each.waits)));
      t.ok(waits.every(({ ends }) => ends === 0));
      all.forEach(({ told, waits: own, end }, index) => {
        const waited = own.reduce((sum, { from, to }) => sum + to - from, 0);
        t.equal(times.takeRun(index + 1, last), (schedules[index]!.ends ? end : last) - told[0]!.time - waited);
      });
    }),
  );
});

t.test('whatever is lost, told twice or out of order: running and waiting add up to the span', async (t) => {
  const disturbed = fc.record({ schedules: fc.array(schedule, { minLength: 1, maxLength: 5 }), losses: fc.infiniteStream(fc.integer({ min: 0, max: 9 })), shift: fc.integer({ min: 0, max: 30 }) });
  fc.assert(
    fc.property(disturbed, ({ schedules, losses, shift }) => {
      const complete = schedules.flatMap((each, index) => toldOf(index + 1, each).told).sort((a, b) => a.time - b.time);
      // A third is lost, a tenth told twice, a fifth late.
      const told = complete.flatMap((each) => {
        const chance = losses.next().value as number;
        const late = chance === 5 || chance === 6 ? { ...each, time: Math.max(0, each.time - shift) } : each;
        return chance < 3 ? [] : chance === 4 ? [late, late] : [late];
      });
      const { times, waits } = collected();
      feed(times, told);
      times.finish();
      let now = 0;
      const moments = told.map((each) => (now = Math.max(now, each.time)));
      const ran = schedules.map((_, index) => times.takeRun(index + 1, now));
      schedules.forEach((_, index) => {
        const tid = index + 1;
        const own = told.flatMap((each, at) => (each.tid === tid ? [{ ...each, time: moments[at]! }] : []));
        const first = own[0];
        const waited = waits.filter((wait) => wait.tid === tid);
        if (first === undefined) {
          t.same([waited.length, ran[index]], [0, 0]);
          return;
        }
        // What is first seen getting a CPU was there before; what has ended counts no more, but a number may be used again.
        const begin = first.what === 'in' ? moments[0]! : first.time;
        const ends = own.filter(({ what }) => what === 'ends');
        if (ends.length > 0 && own.indexOf(ends[0]!) < own.length - 1) return;
        const end = ends[0]?.time ?? now;
        t.equal(waited.reduce((sum, { from, to }) => sum + to - from, 0) + ran[index]!, end - begin);
        // One after the other, without gaps but those in which it ran.
        waited.reduce((before, { from, to }) => (t.ok(from >= before && to >= from), to), begin);
      });
    }),
  );
});

t.test('what is known of the ends of a wait', async (t) => {
  const { times, waits } = collected();
  times.moment(10);
  times.in(1, 30); // was there before
  times.out(1, 40, WaitKind.Sleeping, SwitchSource.SchedSwitch);
  times.runs(1, 60); // nothing said when it was switched in
  times.out(1, 70, WaitKind.Blocked, SwitchSource.SchedSwitch);
  times.out(1, 90, WaitKind.Sleeping, SwitchSource.SchedSwitch); // nor here
  times.moment(100);
  times.finish();
  t.same(waits.map(({ from, to, kind, ends }) => [from, to, kind, ends]), [
    [10, 30, WaitKind.Sleeping, WaitEnds.HadBegun],
    [40, 60, WaitKind.Sleeping, WaitEnds.EndIsLate],
    [70, 90, WaitKind.Blocked, WaitEnds.EndIsLate],
    [90, 100, WaitKind.Sleeping, WaitEnds.HasNotEnded],
  ]);
});

t.test('one switch told by several', async (t) => {
  const { times, waits } = collected();
  times.runs(1, 0);
  times.out(1, 10, WaitKind.Sleeping, SwitchSource.SwitchRecord);
  times.out(1, 11, WaitKind.Blocked, SwitchSource.SchedSwitch);
  t.equal(times.placeOf(1, () => 'first'), 'first');
  t.equal(times.placeOf(1, () => 'second'), 'first');
  times.out(1, 12, WaitKind.Sleeping, SwitchSource.ContextSwitches);
  times.in(1, 20);
  times.in(1, 21);
  t.equal(times.placeOf(1), undefined);
  t.same(waits, [{ tid: 1, from: 10, to: 20, kind: WaitKind.Blocked, ends: 0, place: 'first' }]);
  t.equal(times.takeRun(1, 25), 15);
  t.equal(times.takeRun(1, 27), 2);
});

t.test('the end of a thread, and its number again', async (t) => {
  const { times, waits } = collected();
  times.starts(7, 0);
  times.in(7, 5);
  times.ends(7, 20);
  times.out(7, 22, WaitKind.Sleeping, SwitchSource.SchedSwitch); // on its way out
  times.runs(7, 23);
  times.starts(7, 50);
  times.in(7, 51);
  times.out(7, 60, undefined, SwitchSource.SchedSwitch); // for good
  times.moment(100);
  times.finish();
  t.same(waits.map(({ from, to }) => [from, to]), [[0, 5], [50, 51]]);
  t.equal(times.takeRun(7, 100), 9);
  t.equal(times.takeRun(8, 100), 0);
});
