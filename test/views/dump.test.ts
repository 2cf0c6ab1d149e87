// The dump of every kind of record, built in both byte orders, with the texts that perf 7.2 prints of real ones; and of damaged recordings.

import fc from 'fast-check';
import t from 'tap';
import { MemorySource } from '../../src/bytes/source.ts';
import { TextBuffer } from '../../src/bytes/text-buffer.ts';
import { RecordedTasks } from '../../src/profile/recorded-tasks.ts';
import { Recording } from '../../src/profile/recording.ts';
import { DumpView } from '../../src/views/dump/dump-view.ts';
import { writeRecordingJson } from '../../src/views/dump/recording-json.ts';
import { dataSourceWords } from '../../src/views/records/data-source.ts';
import { ScriptView } from '../../src/views/script/script-view.ts';
import { TaskTree } from '../../src/views/tasks.ts';
import { RecordStats } from '../../src/views/stats.ts';
import { fileOf, fixture, recordOf, type AttrOptions, type Writer } from '../perfdata/recording.ts';

function openBytes(bytes: Uint8Array): Promise<Recording> {
  const nothing = (): undefined => undefined;
  return Recording.open({ sources: [new MemorySource(bytes)], trees: [], openJitdump: nothing, openPerfMap: nothing, listPerfMaps: () => [] });
}

async function dumpOf(bytes: Uint8Array): Promise<string> {
  const recording = await openBytes(bytes);
  const pipeline = recording.pipeline({ maxStack: Infinity, keepExited: false }, { withUnowned: true });
  const text = new TextBuffer();
  const options = { fields: [], nanoseconds: false, hideCallGraph: false, times: 'absolute' } as const;
  const script = new ScriptView(recording.file, pipeline.resolver, options, text);
  const view = new DumpView(recording.file, pipeline.resolver, script, text, () => 'perf.data');
  view.begin();
  await pipeline.run({
    wantsFor: (record) => view.wantsFor(record),
    arrives: (record, event) => view.arrives(record, event),
    sample: (sample, raw, record) => view.sample(sample, raw, record),
  });
  return Buffer.from(text.content).toString();
}

async function jsonOf(bytes: Uint8Array): Promise<string[]> {
  const lines: string[] = [];
  await writeRecordingJson(await openBytes(bytes), { fileOrder: false, withBytes: true }, (value) => lines.push(JSON.stringify(value)));
  return lines;
}

const text = (writer: Writer, value: string, size: number): Writer => writer.raw(Buffer.from(value.padEnd(size, '\0'), 'latin1'));
const SAMPLE_TYPE = 0x1 | 0x2 | 0x4 | 0x80; // IP, TID, TIME, CPU

/** Type, misc, fields, and what follows the record's name in the dump. */
const KERNEL: readonly (readonly [string, number, number, (writer: Writer) => void, string])[] = [
  ['MMAP', 1, 1, (w) => text(w.u32(-1).u32(0).u64(0xffffffff81000000n).u64(0x1208d88).u64(0xffffffff81000000n), '[kernel.kallsyms]_text', 24),
    ' -1/0: [0xffffffff81000000(0x1208d88) @ 0xffffffff81000000]: x [kernel.kallsyms]_text\n'],
  ['LOST', 2, 0, (w) => w.u64(111802).u64(590), ': id:111802: lost:590\n'],
  ['COMM', 3, 0x2000, (w) => text(w.u32(7).u32(8), 'a b', 16), ' exec: a b:7/8\n'],
  ['EXIT', 4, 0, (w) => w.u32(12415).u32(12411).u32(12418).u32(12411).u64(1), '(12415:12418):(12411:12411)\n'],
  ['THROTTLE', 5, 0, (w) => w.u64(1).u64(2).u64(3), ''],
  ['FORK', 7, 0, (w) => w.u32(5).u32(4).u32(6).u32(3).u64(1), '(5:6):(4:3)\n'],
  ['READ', 8, 0, (w) => w.u32(12863).u32(12864).u64(77).u64(875).u64(2),
    ': 12863 12864 cpu-clock 77\n... id           : 875\n... lost         : 2\n: unhandled!\n'],
  ['MMAP2', 10, 0x4002, (w) => text(w.u32(9).u32(9).u64(0x55d71745d000).u64(0x1000).u64(0x1000).raw([20, 0, 0, 0]).raw(Array.from({ length: 20 }, (_, i) => i)).u32(5).u32(2), '/bin/x', 8),
    ' 9/9: [0x55d71745d000(0x1000) @ 0x1000 <000102030405060708090a0b0c0d0e0f10111213>]: r-xp /bin/x\n'],
  ['MMAP2', 10, 2, (w) => text(w.u32(9).u32(9).u64(0x1000).u64(0x2000).u64(0).u32(254).u32(1).u64(12).u64(0).u32(3).u32(1), '//anon', 8),
    ' 9/9: [0x1000(0x2000) @ 0 fe:01 12 0]: rw-s //anon\n'],
  ['AUX', 11, 0, (w) => w.u64(0).u64(0xa6fc0).u64(9), ' offset: 0 size: 0xa6fc0 flags: 0x9 [TC]\n'],
  ['ITRACE_START', 12, 0, (w) => w.u32(26421).u32(26422), ' pid: 26421 tid: 26422\n'],
  ['SWITCH', 14, 0x6000, () => {}, ' OUT preempt\n'],
  ['SWITCH', 14, 0, () => {}, ' IN         \n'],
  ['SWITCH_CPU_WIDE', 15, 0x2000, (w) => w.u32(17174).u32(42), ' OUT          next pid/tid: 17174/42   \n'],
  ['NAMESPACES', 16, 0, (w) => [1n, 2n, 3n, 4n, 5n].reduce((o, inode) => o.u64(3).u64(inode), w.u32(5).u32(5).u64(5)),
    ' 5/5 - nr_namespaces: 5\n\t\t[0/net: 3/0x1, 1/uts: 3/0x2, 2/ipc: 3/0x3, 3/pid: 3/0x4, \n\t\t 4/user: 3/0x5]\n'],
  ['KSYMBOL', 17, 0, (w) => text(w.u64(0xffffffffc0000658n).u32(47).u16(1).u16(0), 'bpf_prog_x', 16), ' addr ffffffffc0000658 len 47 type 1 flags 0x0 name bpf_prog_x\n'],
  ['BPF_EVENT', 18, 0, (w) => w.u16(1).u16(0).u32(7).u64(0), ' type 1, flags 0, id 7\n'],
  ['CGROUP', 19, 0, (w) => text(w.u64(25), '/a', 8), ' cgroup: 25 /a\n'],
  ['TEXT_POKE', 20, 0, (w) => w.u64(0xffffffff812106ebn).u16(5).u16(5).raw([0x0f, 0x1f, 0x44, 0, 0, 0xe9, 0xfc, 0, 0, 0]).raw([0, 0]),
    ' ffffffff812106eb  old len 5 new len 5\n            Old bytes: 0f 1f 44 00 00\n            New bytes: e9 fc 00 00 00\n'],
  ['CALLCHAIN_DEFERRED', 22, 2, (w) => w.u64(0x300000002).u64(2).u64(-512).u64(0x7fbb), '(IP, 0x2): 5/6: 0x300000002\n'],
];

for (const littleEndian of [true, false]) {
  t.test(`kernel records, ${littleEndian ? 'little' : 'big'} endian`, async (t) => {
    const records = KERNEL.map(([, type, misc, body], index) =>
      recordOf(littleEndian, type, misc, (writer) => {
        body(writer);
        writer.u32(5).u32(6).u64(1000 + index).u32(1).u32(0);
      }),
    );
    const dump = await dumpOf(fileOf(littleEndian, [{ sampleType: SAMPLE_TYPE, readFormat: 4 | 16 }], records));
    const shown = dump.split(/^(?=1 1\d{3} 0x)/m).slice(1);
    t.equal(shown.length, KERNEL.length);
    for (const [index, [name, type, , , expected]] of KERNEL.entries()) {
      const [, after] = shown[index]!.split(`PERF_RECORD_${name}`);
      t.equal(after!.split(/\n?\n0x\w+@perf\.data/)[0]!.trimEnd(), expected.trimEnd(), `${name} (${type})`);
    }
  });

  t.test(`perf's own records, ${littleEndian ? 'little' : 'big'} endian`, async (t) => {
    const cases: readonly (readonly [number, (writer: Writer) => void, string])[] = [
      [69, (w) => w.u64(1).u64(772).u64(0).u64(-1).u64(12415), 'ID_INDEX nr: 1\n ... id: 772  idx: 0  cpu: -1  tid: 12415\n'],
      [69, (w) => w.u64(1).u64(772).u64(0).u64(3).u64(-1).u64(99).u64(2), 'ID_INDEX nr: 1\n ... id: 772  idx: 0  cpu: 3  tid: -1  machine_pid: 99  vcpu: 2\n'],
      [73, (w) => text(text(w.u64(2).u64(26229), '', 16).u64(26231), '', 16), 'THREAD_MAP nr: 2 threads: 26229, 26231\n'],
      [74, (w) => w.u16(0).u16(4).u16(0).u16(1).u16(3).u16(65535).u32(0), 'CPU_MAP: 0-1,3,-1\n'],
      [78, (w) => text(w.u64(0).u64(772), 'msec', 8), 'EVENT_UPDATE\n... id:    772\n... unit:  msec\n'],
      [78, (w) => w.u64(1).u64(772).u64(0x3eb0c6f7a0b5ed8dn), 'EVENT_UPDATE\n... id:    772\n... scale: 0.000001\n'],
      [79, (w) => w.u64(31).u64(717509965).u64(18435159129179818804n),
        'TIME_CONV\n... Time Shift      31\n... Time Multiplier 717509965\n... Time Zero       18435159129179818804\n: unhandled!\n'],
      [82, () => {}, 'FINISHED_INIT: unhandled!\n'],
      [84, (w) => text(text(text(w, 'bpf_prog', 512).u64(1), 'author', 64), '"me"', 256), 'BPF_METADATA prog bpf_prog\n  entry 0:               author = "me"\n: unhandled!\n'],
      [85, (w) => [0, 0, 68, 25, 32, 15].reduce((o, n) => o.u32(n), w.u64(1).u32(0).u16(17).u16(0)).u64(66365754676).u64(2).u64(5950),
        'SCHEDSTAT_CPU\ncpu0 0 0 68 25 32 15 66365754676 2 5950 : unhandled!\n'],
    ];
    const records = cases.map(([type, body]) => recordOf(littleEndian, type, 0, body));
    const dump = await dumpOf(fileOf(littleEndian, [{ sampleType: SAMPLE_TYPE, ids: [772n] }], records));
    const shown = dump.split(/^0 0 0x\w+ \[0x\w+\]: PERF_RECORD_/m).slice(1).map((part) => part.split(/\n0x\w+@/)[0]);
    t.same(shown, cases.map(([, , expected]) => expected));
  });

  t.test(`samples, ${littleEndian ? 'little' : 'big'} endian`, async (t) => {
    const event: AttrOptions = { sampleType: 0x1 | 0x2 | 0x4 | 0x20 | 0x800 | 0x1000 | 0x2000 | 0x8000 | 0x1000000, sampleRegsUser: 0x3n };
    // The flags are a bitfield: predicted, 4 cycles, a call.
    const flags = littleEndian ? 2n | (4n << 4n) | (4n << 20n) : (1n << 62n) | (4n << 44n) | (4n << 40n);
    const sample = recordOf(littleEndian, 9, 2, (w) => {
      w.u64(0x7f00).u32(5).u32(6).u64(1_728_059_886_073);
      w.u64(3).u64(-512).u64(0x7f00).u64(0x726f775f746d662fn);
      w.u64(1).u64(0x10).u64(0x20).u64(flags);
      w.u64(2).u64(0xdeadbeefcafef00dn).u64(2);
      w.u64(16).u64(1).u64(2).u64(8);
      w.u64(7n | (8n << 32n) | (9n << 48n)).u64(0x1e05080021n);
    });
    const dump = await dumpOf(fileOf(littleEndian, [event], [sample]));
    const wanted = `PERF_RECORD_SAMPLE(IP, 0x2): 5/6: 0x7f00 period: 1 addr: 0
... FP chain: nr:3
.....  0: fffffffffffffe00 (PERF_CONTEXT_USER)
.....  1: 0000000000007f00
.....  2: 726f775f746d662f
... branch stack: nr:1
.....  0: 0000000000000010 -> 0000000000000020 4 cycles  P   0 CALL 
... user regs: mask 0x3 ABI 64-bit
.... AX    0xdeadbeefcafef00d
.... BX    0x0000000000000002
... ustack: size 8, offset 0x78
... weight: 7,0x8,0x9
 . data_src: 0x1e05080021
 ... thread: :6:6
 ...... dso: <not found>
`;
    t.equal(dump.slice(dump.indexOf('PERF_RECORD_SAMPLE'), dump.indexOf('<not found>') + 12), wanted);
    const [, line = ''] = await jsonOf(fileOf(littleEndian, [event], [sample]));
    t.match(JSON.parse(line), {
      fields: {
        ip: '0x7f00', time: '1728059886073', callchain: ['0xfffffffffffffe00', '0x7f00', '0x726f775f746d662f'],
        branchStack: { entries: [{ from: '0x10', predicted: true, cycles: 4, type: 4 }] }, userStack: { size: '16', dynSize: '8' },
        weight: { weight: 7, insLat: 8, retireLat: 9 }, userRegs: { registers: { AX: '0xdeadbeefcafef00d' } },
      },
    });
  });
}

t.test('data sources in words, as perf 7.2 prints these numbers', (t) => {
  const words: readonly (readonly [bigint, string])[] = [
    [0x68100142n, '|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A'],
    [0x6a100142n, '|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK Yes|BLK  N/A'],
    [0x11868100242n, '|OP LOAD|LVL LFB/MAB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A'],
    [0x10650100842n, '|OP LOAD|LVL L3 hit|SNP None|TLB L2 miss|LCK No|BLK  N/A'],
    [0x1e05080021n, '|OP N/A|LVL N/A|SNP N/A|TLB N/A|LCK N/A|BLK  N/A'],
    [0x400042000000400n, '|OP No|LVL L2 |SNP N/A|TLB N/A|LCK No|BLK  Addr'],
    [0x9040200000n, '|OP No|LVL Uncached |SNP Hit or Peer|TLB L2|LCK No|BLK  N/A'],
  ];
  for (const [source, expected] of words) t.equal(dataSourceWords(source), expected);
  t.match(dataSourceWords((3n << 43n) | (1n << 37n) | (4n << 33n) | (4n << 5n)), '|LVL Remote socket, same board L4 miss|', 'how far away');
  t.match(dataSourceWords((0x600n << 5n) | (2n << 5n) | (3n << 38n) | (6n << 40n)), '|LVL Remote RAM (2 hops) or Remote Cache (1 hop) hit|SNP Fwd or Peer|TLB N/A|LCK No|BLK  Data Addr', 'several');
  t.end();
});

t.test('damage: every view of records gets through, whatever the bytes', async (t) => {
  const seeds = ['group', 'switches', 'pipe', 'stat', 'big-endian-zstd'].map((name) => fixture(`${name}.data`));
  const change = fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 12 }), fc.boolean(), async (seed, changes, cut) => {
      let bytes = seed.slice();
      // The header stays, so that the file is still one.
      for (const { at, byte } of changes) bytes[16 + Math.floor(at * (bytes.length - 16))] = byte;
      if (cut) bytes = bytes.subarray(0, 104 + Math.floor(changes[0]!.at * (bytes.length - 104)));
      await dumpOf(bytes);
      for (const line of await jsonOf(bytes)) JSON.parse(line);
      const recording = await openBytes(bytes);
      const stats = new RecordStats(recording.file);
      await stats.count(recording.orderedRecords({ fileOrder: true, withUnowned: true }));
      const tasks = new TaskTree(await RecordedTasks.read(recording.file, recording.orderedRecords()));
      return [...stats.lines(), ...tasks.lines()].length > 1;
    }),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('ranges of all CPUs, a few bytes each, take no time', async (t) => {
  const range = (writer: Writer, any: number): Writer => writer.u16(2).u16(any).u16(0).u16(65_535);
  const records: Uint8Array[] = [];
  for (let i = 0; i < 10_000; i++) records.push(recordOf(true, 78, 0, (w) => void range(w.u64(3).u64(1), 1)), recordOf(true, 74, 0, (w) => void range(w, 0)));
  const bytes = fileOf(true, [{ sampleType: SAMPLE_TYPE, ids: [1n] }], records);
  const { user } = process.cpuUsage();
  const text = await dumpOf(bytes);
  t.match(text, 'PERF_RECORD_EVENT_UPDATE\n... id:    1\n... -1,0-65535\n');
  t.match(text, 'PERF_RECORD_CPU_MAP: 0-65535\n');
  const lines = await jsonOf(bytes);
  t.match(lines[2], `"cpus":[0,1,2,`, 'one by one');
  t.match(lines.at(-2), '"cpus":"0-65535"', 'as text when they are too many');
  t.match(lines.at(-1), '"cpus":[-1,0,1,', 'of the event at the end');
  t.ok(process.cpuUsage({ user, system: 0 }).user < 5_000_000);
});
