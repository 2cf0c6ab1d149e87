// Samples and trailers with random fields, written by the test field by field and read by the views: all 25 fields, both orders,
// and cut at every length.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { WideAddresses } from '../../src/bytes/int64.ts';
import { readAttr } from '../../src/perfdata/attr.ts';
import { EventTable, type PerfEvent } from '../../src/perfdata/event-table.ts';
import { viewOfRecord } from '../../src/perfdata/record-view.ts';
import { SampleBit, bitCount } from '../../src/perfdata/sample-format.ts';
import { SampleView } from '../../src/perfdata/sample-view.ts';
import { TimeBase } from '../../src/perfdata/time-base.ts';
import { TrailerView } from '../../src/perfdata/trailer-view.ts';
import { type AttrOptions, type Writer, attrBytes, recordOf } from './recording.ts';

const u64 = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
const s32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

interface Sample {
  littleEndian: boolean;
  sampleType: number;
  readFormat: number;
  hwIndex: boolean;
  counters: boolean;
  userMask: bigint;
  intrMask: bigint;
  words: bigint[];
  pid: number;
  tid: number;
  cpu: number;
  chain: bigint[];
  raw: Uint8Array;
  branches: bigint[];
  reads: bigint[];
  userAbi: number;
  intrAbi: number;
  stack: Uint8Array;
  dynSize: number;
  aux: Uint8Array;
}

const samples: fc.Arbitrary<Sample> = fc.record({
  littleEndian: fc.boolean(),
  sampleType: fc.integer({ min: 0, max: 0x1ffffff }),
  readFormat: fc.integer({ min: 0, max: 31 }),
  hwIndex: fc.boolean(),
  counters: fc.boolean(),
  userMask: u64,
  intrMask: u64,
  words: fc.array(u64, { minLength: 15, maxLength: 15 }),
  pid: s32,
  tid: s32,
  cpu: s32,
  chain: fc.array(u64, { maxLength: 20 }),
  raw: fc.uint8Array({ maxLength: 40 }),
  branches: fc.array(u64, { maxLength: 5 }),
  reads: fc.array(u64, { minLength: 1, maxLength: 4 }),
  userAbi: fc.integer({ min: 0, max: 2 }),
  intrAbi: fc.integer({ min: 0, max: 2 }),
  stack: fc.uint8Array({ maxLength: 64 }),
  dynSize: fc.integer({ min: 0, max: 64 }),
  aux: fc.uint8Array({ maxLength: 30 }),
});

/** The fields in the order of the format; gives where each began, by name. */
function writeSample(sample: Sample, writer: Writer): Map<string, number> {
  const places = new Map<string, number>();
  const has = (bit: number): boolean => (sample.sampleType & bit) !== 0;
  const word = (name: string, bit: number, index: number): void => {
    if (!has(bit)) return;
    places.set(name, 8 + writer.length);
    writer.u64(sample.words[index]!);
  };
  word('identifier', SampleBit.Identifier, 0);
  word('ip', SampleBit.Ip, 1);
  if (has(SampleBit.Tid)) writer.u32(sample.pid).u32(sample.tid);
  word('time', SampleBit.Time, 2);
  word('addr', SampleBit.Addr, 3);
  word('id', SampleBit.Id, 4);
  word('streamId', SampleBit.StreamId, 5);
  if (has(SampleBit.Cpu)) writer.u32(sample.cpu).u32(0);
  word('period', SampleBit.Period, 6);
  if (has(SampleBit.Read)) {
    places.set('read', 8 + writer.length);
    const group = (sample.readFormat & 8) !== 0;
    const each = (value: bigint): void => {
      writer.u64(value);
      if (sample.readFormat & 4) writer.u64(7);
      if (sample.readFormat & 16) writer.u64(0);
    };
    if (group) writer.u64(sample.reads.length);
    else writer.u64(sample.reads[0]!);
    if (sample.readFormat & 1) writer.u64(1);
    if (sample.readFormat & 2) writer.u64(2);
    if (group) for (const value of sample.reads) each(value);
    else {
      if (sample.readFormat & 4) writer.u64(7);
      if (sample.readFormat & 16) writer.u64(0);
    }
    places.set('readEnd', 8 + writer.length);
  }
  if (has(SampleBit.Callchain)) {
    writer.u64(sample.chain.length);
    places.set('chain', 8 + writer.length);
    for (const ip of sample.chain) writer.u64(ip);
  }
  if (has(SampleBit.Raw)) {
    writer.u32(sample.raw.length);
    places.set('raw', 8 + writer.length);
    writer.raw(sample.raw);
  }
  if (has(SampleBit.BranchStack)) {
    writer.u64(sample.branches.length);
    if (sample.hwIndex) places.set('hwIndex', 8 + writer.length);
    if (sample.hwIndex) writer.u64(3);
    places.set('branches', 8 + writer.length);
    for (const from of sample.branches) writer.u64(from).u64(1).u64(2);
    if (sample.counters) places.set('counters', 8 + writer.length);
    if (sample.counters) for (const from of sample.branches) writer.u64(from);
  }
  const registers = (name: string, bit: number, abi: number, mask: bigint): void => {
    if (!has(bit)) return;
    writer.u64(abi);
    if (abi === 0) return;
    places.set(name, 8 + writer.length);
    for (let i = 0; i < 64; i++) if ((mask >> BigInt(i)) & 1n) writer.u64(i);
  };
  registers('userRegs', SampleBit.RegsUser, sample.userAbi, sample.userMask);
  if (has(SampleBit.StackUser)) {
    writer.u64(sample.stack.length);
    if (sample.stack.length > 0) places.set('stack', 8 + writer.length);
    if (sample.stack.length > 0) writer.raw(sample.stack).u64(sample.dynSize);
  }
  word('weight', SampleBit.Weight | SampleBit.WeightStruct, 7);
  word('dataSrc', SampleBit.DataSrc, 8);
  word('transaction', SampleBit.Transaction, 9);
  registers('intrRegs', SampleBit.RegsIntr, sample.intrAbi, sample.intrMask);
  word('physAddr', SampleBit.PhysAddr, 10);
  word('cgroup', SampleBit.Cgroup, 11);
  word('dataPageSize', SampleBit.DataPageSize, 12);
  word('codePageSize', SampleBit.CodePageSize, 13);
  if (has(SampleBit.Aux)) {
    writer.u64(sample.aux.length);
    places.set('aux', 8 + writer.length);
    writer.raw(sample.aux);
  }
  return places;
}

function eventOf(littleEndian: boolean, options: AttrOptions): PerfEvent {
  const attr = readAttr(attrBytes(littleEndian, options), littleEndian)!;
  return new EventTable().add(attr, [], new Diagnostics(), 0)!;
}

t.test('every field of a sample is found where it was written', async (t) => {
  fc.assert(
    fc.property(samples, samples, fc.boolean(), (before, sample, sameEvent) => {
      const optionsOf = (of: Sample): AttrOptions => ({
        sampleType: of.sampleType,
        readFormat: of.readFormat,
        branchSampleType: (of.hwIndex ? 1n << 17n : 0n) | (of.counters ? 1n << 19n : 0n),
        sampleRegsUser: of.userMask,
        sampleRegsIntr: of.intrMask,
        samplePeriod: 4000,
      });
      const event = eventOf(sample.littleEndian, optionsOf(sample));
      let places = new Map<string, number>();
      const bytes = recordOf(sample.littleEndian, 9, 2, (writer) => {
        places = writeSample(sample, writer);
      });
      const record = viewOfRecord(bytes, sample.littleEndian);
      const wide = new WideAddresses();
      const timeBase = new TimeBase();
      const diagnostics = new Diagnostics();
      const view = new SampleView(wide, timeBase, diagnostics);
      // The view is reused: what another sample left, of this event or of another one, must not show.
      const { sampleType, readFormat, hwIndex, counters, userMask, intrMask, littleEndian } = sample;
      const other = sameEvent ? { ...before, sampleType, readFormat, hwIndex, counters, userMask, intrMask, littleEndian } : before;
      const otherBytes = recordOf(other.littleEndian, 9, 2, (writer) => writeSample(other, writer));
      const otherEvent = sameEvent ? event : eventOf(other.littleEndian, optionsOf(other));
      if (!view.read(viewOfRecord(otherBytes, other.littleEndian), otherEvent)) return false;
      if (!view.read(record, event)) return false;
      const has = (bit: number): boolean => (sample.sampleType & bit) !== 0;
      const at = (name: string): number => places.get(name) ?? -1;
      const signed = (index: number): bigint => BigInt.asIntN(64, sample.words[index]!);
      const lengthOf = (bit: number, length: number): number => (has(bit) ? length : 0);
      const expected: [unknown, unknown][] = [
        [view.fieldsEnd, bytes.length],
        [wide.exact(view.ip), has(SampleBit.Ip) ? signed(1) : 0n],
        [wide.exact(view.addr), has(SampleBit.Addr) ? signed(3) : 0n],
        [view.pid, has(SampleBit.Tid) ? sample.pid : -1],
        [view.tid, has(SampleBit.Tid) ? sample.tid : -1],
        [view.cpu, has(SampleBit.Cpu) ? sample.cpu : -1],
        [view.hasTime, has(SampleBit.Time)],
        [view.exact(record, at('time')), has(SampleBit.Time) ? sample.words[2] : undefined],
        [view.period, has(SampleBit.Period) ? Number(sample.words[6]) : 4000],
        [view.exact(record, view.periodOffset), has(SampleBit.Period) ? sample.words[6] : undefined],
        [view.identifierOffset, at('identifier')],
        [view.idOffset, at('id')],
        [view.streamIdOffset, at('streamId')],
        [view.readOffset, at('read')],
        [view.readEnd, at('readEnd')],
        [view.chainOffset, at('chain')],
        [view.chainLength, lengthOf(SampleBit.Callchain, sample.chain.length)],
        [view.rawOffset, at('raw')],
        [view.rawSize, lengthOf(SampleBit.Raw, sample.raw.length)],
        [view.branchOffset, at('branches')],
        [view.branchCount, lengthOf(SampleBit.BranchStack, sample.branches.length)],
        [view.branchHwIndexOffset, at('hwIndex')],
        [view.branchCountersOffset, at('counters')],
        [view.userAbi, lengthOf(SampleBit.RegsUser, sample.userAbi)],
        [view.userRegsOffset, at('userRegs')],
        [view.stackOffset, at('stack')],
        [view.stackSize, lengthOf(SampleBit.StackUser, sample.stack.length)],
        [view.stackDynSize, lengthOf(SampleBit.StackUser, Math.min(sample.dynSize, sample.stack.length))],
        [view.weightOffset, at('weight')],
        [view.dataSrcOffset, at('dataSrc')],
        [view.transactionOffset, at('transaction')],
        [view.intrAbi, lengthOf(SampleBit.RegsIntr, sample.intrAbi)],
        [view.intrRegsOffset, at('intrRegs')],
        [view.physAddrOffset, at('physAddr')],
        [view.cgroupOffset, at('cgroup')],
        [view.dataPageSizeOffset, at('dataPageSize')],
        [view.codePageSizeOffset, at('codePageSize')],
        [view.auxOffset, at('aux')],
        [view.auxSize, lengthOf(SampleBit.Aux, sample.aux.length)],
        [diagnostics.all().length, 0],
      ];
      if (view.userRegsOffset >= 0) {
        expected.push([BigInt(view.userRegsMaskLow) | (BigInt(view.userRegsMaskHigh) << 32n), sample.userMask]);
      }
      for (const [index, [found, wanted]] of expected.entries()) {
        if (found !== wanted) throw new Error(`check ${index}: ${String(found)} instead of ${String(wanted)}`);
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

t.test('a sample cut anywhere is refused, or ends with its last field', async (t) => {
  fc.assert(
    fc.property(samples, fc.nat(), (sample, cut) => {
      const event = eventOf(sample.littleEndian, {
        sampleType: sample.sampleType, readFormat: sample.readFormat, sampleRegsUser: sample.userMask, sampleRegsIntr: sample.intrMask,
      });
      const whole = recordOf(sample.littleEndian, 9, 2, (writer) => writeSample({ ...sample, hwIndex: false, counters: false }, writer));
      const bytes = whole.slice(0, 8 + (cut % (whole.length - 7)));
      const diagnostics = new Diagnostics();
      const view = new SampleView(new WideAddresses(), new TimeBase(), diagnostics);
      const read = view.read(viewOfRecord(bytes, sample.littleEndian), event);
      return read ? bytes.length === whole.length : bytes.length < whole.length && diagnostics.has('sample-cut');
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

t.test('random bytes never throw', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 300 }), samples, (bytes, sample) => {
      const event = eventOf(sample.littleEndian, {
        sampleType: sample.sampleType, readFormat: sample.readFormat, sampleRegsUser: sample.userMask, branchSampleType: 0xa0000n,
      });
      const record = viewOfRecord(bytes, sample.littleEndian);
      const view = new SampleView(new WideAddresses(), new TimeBase(), new Diagnostics());
      return view.read(record, event) ? view.fieldsEnd <= bytes.length : true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

t.test('trailers are read from the end', async (t) => {
  const bits = SampleBit.Tid | SampleBit.Time | SampleBit.Id | SampleBit.StreamId | SampleBit.Cpu | SampleBit.Identifier;
  fc.assert(
    fc.property(samples, fc.uint8Array({ maxLength: 24 }), (sample, body) => {
      const event = eventOf(sample.littleEndian, { sampleType: sample.sampleType });
      const has = (bit: number): boolean => (sample.sampleType & bit) !== 0;
      const bytes = recordOf(sample.littleEndian, 3, 0, (writer) => {
        writer.raw(body);
        if (has(SampleBit.Tid)) writer.u32(sample.pid).u32(sample.tid);
        if (has(SampleBit.Time)) writer.u64(sample.words[0]!);
        if (has(SampleBit.Id)) writer.u64(1);
        if (has(SampleBit.StreamId)) writer.u64(2);
        if (has(SampleBit.Cpu)) writer.u32(sample.cpu).u32(0);
        if (has(SampleBit.Identifier)) writer.u64(3);
      });
      const timeBase = new TimeBase();
      const view = new TrailerView(timeBase);
      const size = 8 * bitCount(sample.sampleType & bits);
      const read = view.read(viewOfRecord(bytes, sample.littleEndian), event);
      if (size === 0) return !read;
      return (
        read && view.size === size &&
        view.pid === (has(SampleBit.Tid) ? sample.pid : -1) && view.tid === (has(SampleBit.Tid) ? sample.tid : -1) &&
        view.cpu === (has(SampleBit.Cpu) ? sample.cpu : -1) && view.streamId === (has(SampleBit.StreamId) ? 2 : -1) &&
        view.id === (has(SampleBit.Identifier) ? 3 : has(SampleBit.Id) ? 1 : -1) &&
        view.hasTime === (has(SampleBit.Time) && sample.words[0] !== 0n) &&
        (!view.hasTime || timeBase.exact(view.time) === sample.words[0])
      );
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

t.test('times are exact, and so are their seconds and what is beyond them', async (t) => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: (1n << 62n) }), fc.array(fc.bigInt({ min: -(1n << 52n), max: 1n << 52n })), (base, steps) => {
      const timeBase = new TimeBase();
      timeBase.of(base);
      return [0n, ...steps].every((step) => {
        const exact = base + step;
        if (exact < 0n) return true;
        const time = timeBase.of(exact);
        return (
          timeBase.exact(time) === exact && timeBase.secondsOf(time) === Number(exact / 1_000_000_000n) &&
          timeBase.nanosecondsOf(time) === Number(exact % 1_000_000_000n)
        );
      });
    }),
  );
  const timeBase = new TimeBase();
  const times = new DataView(new ArrayBuffer(16));
  times.setBigUint64(0, 2n ** 64n - 1n, true);
  times.setBigUint64(8, 5n << 32n, true);
  timeBase.read(times, 0, true);
  t.equal(timeBase.read(times, 8, true), 0, 'a first record without a time does not take all precision from the others');
  t.same([new TimeBase().secondsOf(0), new TimeBase().nanosecondsOf(0)], [0, 0], 'of a recording without times');
});
