// Events made of switches, in recordings made up record by record: all sources of a switch, late stacks, perf's own sums, losses, damage.

import t from 'tap';
import type { Profile } from '../../src/profile/profile.ts';
import type { DerivedTime } from '../../src/profile/off-cpu/derived-events.ts';
import { SchedSwitch } from '../../src/profile/off-cpu/sched-switch.ts';
import { WaitKind } from '../../src/profile/off-cpu/thread-times.ts';
import type { WaitReport } from '../../src/profile/off-cpu/wait-report.ts';
import { readEventFormat } from '../../src/perfdata/tracing/event-format.ts';
import { waitLines } from '../../src/views/waits-text.ts';
import { openInMemory } from '../end-to-end/in-memory.ts';
import { fileOf, recordOf, type AttrOptions, Writer } from '../perfdata/recording.ts';
import { COMMON_FIELDS } from '../perfdata/tracing-stream.ts';

// IP, TID, TIME, CALLCHAIN, PERIOD, IDENTIFIER; and the same with RAW.
const SAMPLE_TYPE = 1 | 2 | 4 | 0x20 | 0x100 | 0x10000;
const RAW = 0x400;
const CONTEXT_SWITCH = 26n;
const DEFER = 38n;
const CLOCK: AttrOptions = { sampleType: SAMPLE_TYPE, flags: [CONTEXT_SWITCH], ids: [1n] };
const SWITCHES: AttrOptions = { sampleType: SAMPLE_TYPE, config: 3, flags: [CONTEXT_SWITCH], ids: [2n] };
const OUT = 0x2000;
const PREEMPT = 0x4000;
const CONTEXT_USER = -512n;
const CONTEXT_USER_DEFERRED = -640n;

function trailer(writer: Writer, tid: number, time: number): Writer {
  return writer.u32(tid).u32(tid).u64(time).u64(1);
}

function sample(id: number, tid: number, time: number, chain: readonly (number | bigint)[], period = 1, misc = 2): Uint8Array {
  return recordOf(true, 9, misc, (writer) => {
    writer.u64(id).u64(BigInt(chain[1] ?? 0)).u32(tid).u32(tid).u64(time).u64(period).u64(chain.length);
    for (const address of chain) writer.u64(BigInt(address));
  });
}

/** A frame-pointer chain of a user. */
const chain = (...addresses: number[]): (number | bigint)[] => [CONTEXT_USER, ...addresses];
const switchOut = (tid: number, time: number, misc = 0): Uint8Array => recordOf(true, 14, OUT | misc, (writer) => trailer(writer, tid, time));
const switchIn = (tid: number, time: number): Uint8Array => recordOf(true, 14, 0, (writer) => trailer(writer, tid, time));
const fork = (tid: number, parent: number, time: number): Uint8Array => recordOf(true, 7, 0, (writer) => trailer(writer.u32(tid).u32(parent).u32(tid).u32(parent).u64(time), parent, time));
const exit = (tid: number, time: number): Uint8Array => recordOf(true, 4, 0, (writer) => trailer(writer.u32(tid).u32(1).u32(tid).u32(1).u64(time), tid, time));
const comm = (tid: number, time: number): Uint8Array => recordOf(true, 3, 0, (writer) => trailer(writer.u32(tid).u32(tid).raw(new TextEncoder().encode('made\0\0\0\0')), tid, time));

async function summed(time: DerivedTime, events: readonly AttrOptions[], records: readonly Uint8Array[]): Promise<{ profile: Profile; waits: WaitReport }> {
  const recording = await openInMemory({ recording: fileOf(true, events, records) });
  const { profile, waits } = await recording.profile({ derived: time });
  return { profile, waits: waits! };
}

/** `event tid leaf-address period` of each row. */
function rows(profile: Profile): string[] {
  return profile.events.flatMap(({ name, tallies }) =>
    Array.from({ length: tallies.length }, (_, row) => {
      const leaf = tallies.leaf[row]!;
      return `${name} ${profile.threads[tallies.thread[row]!]!.tid} ${leaf < 0 ? '-' : profile.frames.address[leaf]!} ${tallies.period[row]!}`;
    }),
  );
}

/** Main runs from 100 on, waits at 0x10 from 200 to 700 and is preempted at 0x20 from 800 to 850; its thread is made at 150. */
const STORY = [
  comm(10, 100), fork(11, 10, 150), switchIn(11, 160), sample(1, 11, 180, chain(0x99), 30),
  sample(2, 10, 200, chain(0x10, 0x1000)), switchOut(10, 201), switchIn(10, 700), sample(1, 10, 750, chain(0x33), 60),
  sample(2, 10, 800, chain(0x20, 0x1000)), switchOut(10, 801, PREEMPT), switchIn(10, 850),
  sample(2, 11, 860, chain(0x40)), switchOut(11, 861), exit(10, 900), switchOut(10, 901), sample(1, 12, 1000, chain(0x50), 7),
];

t.test('waits with their stacks', async (t) => {
  const { profile, waits } = await summed('off-cpu', [CLOCK, SWITCHES], STORY);
  t.same(rows(profile), ['offcpu-time 11 - 10', 'offcpu-time 10 16 500', 'offcpu-time 10 32 50', 'offcpu-time 11 64 140']);
  t.match(waits, { threads: 2, all: { waits: 4, time: 700 }, notEnded: { waits: 1, time: 140 }, hadBegun: { waits: 0 }, endIsLate: { waits: 0 }, nowhere: { waits: 1, time: 10 } });
  t.same(waits.kinds?.map(({ time }) => time), [640, 0, 60]);
  t.equal(profile.events[0]!.hasChains, true);
  t.same(waitLines(waits), [
    'Waits: 700 ns in 4 waits of 2 threads: 640 ns asleep, 0 ns blocked (uninterruptible), 60 ns runnable, without a CPU.',
    '  1 (140 ns) had not ended when the recording did: they count to its end.',
    '  1 (10 ns) without a stack; record with -e sched:sched_switch -g.',
  ]);
});

t.test('an event for each state, and all time', async (t) => {
  const states = await summed('off-cpu-states', [CLOCK, SWITCHES], STORY);
  t.same(rows(states.profile), ['offcpu-sleeping 10 16 500', 'offcpu-sleeping 11 64 140', 'offcpu-runnable 11 - 10', 'offcpu-runnable 10 32 50']);
  const wall = await summed('wall', [CLOCK, SWITCHES], STORY);
  t.same(rows(wall.profile), [
    'wall-clock 11 - 10', 'wall-clock 11 153 30', 'wall-clock 10 16 500', 'wall-clock 10 51 60', 'wall-clock 10 32 50', 'wall-clock 12 80 7', 'wall-clock 11 64 140',
  ]);
  t.equal(wall.waits.ran, 97);
  t.match(waitLines(wall.waits)[0], 'On CPUs: 97 ns, by samples.');
});

t.test('switch records alone: who and how long, but not where', async (t) => {
  const { profile, waits } = await summed('off-cpu', [CLOCK], STORY.filter((record) => new DataView(record.buffer).getUint32(0, true) !== 9));
  t.same(rows(profile), ['offcpu-time 11 - 50', 'offcpu-time 10 - 548']);
  t.equal(waits.nowhere.waits, waits.all.waits);
});

t.test('without switch-ins a wait ends with the next sign of life', async (t) => {
  const noRecords = { ...SWITCHES, flags: [] };
  const { profile, waits } = await summed('off-cpu', [{ ...CLOCK, flags: [] }, noRecords], [
    sample(1, 10, 100, chain(0x1)), sample(2, 10, 200, chain(0x10)), sample(1, 10, 500, chain(0x2)), sample(2, 10, 600, chain(0x10)), sample(2, 10, 900, chain(0x30)), sample(1, 10, 1000, chain(0x2), 1, 1),
  ]);
  t.same(rows(profile), ['offcpu-time 10 16 600', 'offcpu-time 10 48 100']);
  t.match(waits, { endIsLate: { waits: 2, time: 600 }, notEnded: { waits: 1, time: 100 } });
  t.match(waitLines(waits).join('\n'), /2 \(600 ns\) ended unseen/);
});

t.test('stacks that come after their wait', async (t) => {
  const deferring = { ...SWITCHES, flags: [CONTEXT_SWITCH, DEFER] };
  const late = (tid: number, time: number, cookie: number): Uint8Array => sample(2, tid, time, [-128n, 0x7000, CONTEXT_USER_DEFERRED, cookie], 1, 1);
  const stack = (tid: number, time: number, cookie: number, addresses: readonly number[]): Uint8Array =>
    recordOf(true, 22, 2, (writer) => {
      writer.u64(cookie).u64(addresses.length + 1).u64(CONTEXT_USER);
      for (const address of addresses) writer.u64(address);
      trailer(writer, tid, time);
    });
  const { profile, waits } = await summed('off-cpu', [CLOCK, deferring], [
    late(10, 100, 5), switchOut(10, 101), switchIn(10, 300), stack(10, 310, 5, [0x10, 0x1000]), late(10, 400, 6), switchOut(10, 401), switchIn(10, 450),
  ]);
  const { stacks, frames } = profile;
  const depthOf = (node: number): number => (node === 0 ? 0 : 1 + depthOf(stacks.parent[node]!));
  const { tallies } = profile.events[0]!;
  t.same([...tallies.period.slice(0, tallies.length)], [200, 50]);
  t.same([...tallies.stack.slice(0, tallies.length)].map(depthOf), [3, 1]);
  t.equal(frames.address[stacks.frame[tallies.stack[0]!]!], 0x7000);
  t.match(waits, { all: { waits: 2, time: 250 }, nowhere: { waits: 0 } });
});

t.test("perf's own sums", async (t) => {
  const event: AttrOptions = { sampleType: (SAMPLE_TYPE & ~0x20) | RAW, config: 10, ids: [2n] };
  const sum = (tid: number, period: number, addresses: readonly number[], nr = addresses.length + 1): Uint8Array =>
    recordOf(true, 9, 1, (writer) => {
      const raw = new Writer(true).u32(tid).u32(tid).u64(period).u64(nr).u64(CONTEXT_USER);
      for (const address of addresses) raw.u64(address);
      raw.u64(77).u32(0);
      writer.u64(2).u64(0xbad).u32(1).u32(1).u64(2000).u64(1).u32(raw.length).raw(raw.bytes());
    });
  const clock = { ...CLOCK, sampleType: (SAMPLE_TYPE & ~0x20) | RAW };
  const clockSample = recordOf(true, 9, 2, (writer) => writer.u64(1).u64(0x5).u32(10).u32(10).u64(100).u64(40).u32(4).u32(0));
  const bytes = fileOf(true, [clock, event], [clockSample, sum(10, 5000, [0x10, 0x20]), switchOut(10, 2001), sum(11, 7000, [0x30]), sum(12, 1, [0x1], 1000)]);
  const recording = await openInMemory({ recording: bytes });
  recording.file.events.events[1]!.name = 'offcpu-time';
  const { profile, waits } = await recording.profile({ derived: 'wall' });
  t.same(rows(profile), ['wall-clock 10 5 40', 'wall-clock 10 16 5000', 'wall-clock 11 48 7000']);
  t.match(waits, { threads: 2, all: { waits: 2, time: 12_000 }, kinds: undefined, ran: 40 });
  t.match(recording.damage.map(({ code }) => code), ['sample-cut']);
  const plain = await recording.profile();
  t.same(rows(plain.profile).slice(1), ['offcpu-time 10 16 5000', 'offcpu-time 11 48 7000']);
});

t.test('records that are too short, and recordings without switches', async (t) => {
  const short = recordOf(true, 15, OUT, (writer) => writer.u32(1));
  const { waits } = await summed('off-cpu', [CLOCK, SWITCHES], [short, recordOf(true, 14, OUT, (writer) => writer.u32(3)), recordOf(true, 7, 0, (writer) => writer.u32(3)), ...STORY]);
  t.equal(waits.all.time, 700);
  const without = { ...CLOCK, flags: [] };
  await t.rejects(summed('off-cpu', [without], STORY), { code: 'PERFTS_USAGE', message: /record with -e sched:sched_switch --switch-events/ });
  await t.rejects(summed('wall', [SWITCHES], STORY), { code: 'PERFTS_USAGE', message: /-e cpu-clock/ });
});

t.test('what sched_switch says, in both byte orders', async (t) => {
  const fields = [
    ['char prev_comm[16]', 8, 16], ['pid_t prev_pid', 24, 4], ['int prev_prio', 28, 4], ['long prev_state', 32, 8], ['char next_comm[16]', 40, 16], ['pid_t next_pid', 56, 4], ['int next_prio', 60, 4],
  ];
  const lines = fields.map(([name, offset, size]) => `\tfield:${name};\toffset:${offset};\tsize:${size};\tsigned:1;`);
  const text = `name: sched_switch\nID: 314\nformat:\n${COMMON_FIELDS}\n\n${lines.join('\n')}\n\nprint fmt: ""\n`;
  const said = SchedSwitch.of(readEventFormat({ system: 'sched', bytes: new TextEncoder().encode(text), offset: 0 } as Parameters<typeof readEventFormat>[0], 8))!;
  for (const littleEndian of [true, false]) {
    const kindOf = (state: number): WaitKind | undefined => {
      const bytes = new Writer(littleEndian).u64(0).u64(0).u64(0).u32(41).u32(120).u64(state).u64(0).u64(0).u32(42).u32(120).bytes();
      t.equal(said.read(new DataView(bytes.buffer), 0, bytes.length, littleEndian), true);
      t.same([said.previous, said.next], [41, 42]);
      return said.kind;
    };
    t.same([0, 0x100, 1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80].map(kindOf), [
      WaitKind.Runnable, WaitKind.Runnable, WaitKind.Sleeping, WaitKind.Blocked, WaitKind.Sleeping, WaitKind.Sleeping, undefined, undefined, WaitKind.Sleeping, WaitKind.Sleeping,
    ]);
  }
  t.equal(said.read(new DataView(new ArrayBuffer(64)), 0, 59, true), false);
  t.equal(SchedSwitch.of(undefined), undefined);
});
