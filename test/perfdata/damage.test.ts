// Wrong inputs: nothing throws but PERFTS_NOT_PERF_DATA, everything ends soon, and what is whole is read.

import fc from 'fast-check';
import t from 'tap';
import { Diagnostics } from '../../src/bytes/diagnostics.ts';
import { PerftsError } from '../../src/bytes/errors.ts';
import { decodeText, encodeText } from '../../src/bytes/text.ts';
import { PortableZstdStream } from '../../src/bytes/zstd.ts';
import { viewOfRecord } from '../../src/perfdata/record-view.ts';
import { readEventUpdate, readBpfMetadata, readSchedstat, readTimeConv } from '../../src/perfdata/records/about-recording.ts';
import { readAux, readAuxtrace, readAuxtraceError, readAuxtraceInfo } from '../../src/perfdata/records/auxtrace.ts';
import { readBuildId } from '../../src/perfdata/records/build-id.ts';
import { readCallchainDeferred } from '../../src/perfdata/records/callchain-deferred.ts';
import { readBpfEvent, readKsymbol, readTextPoke } from '../../src/perfdata/records/kernel-code.ts';
import { readLost, readLostSamples, readThrottle } from '../../src/perfdata/records/loss.ts';
import { readCpuMap, readIdIndex, readThreadMap } from '../../src/perfdata/records/maps.ts';
import { readReadValues, readStat, readStatConfig, readStatRound } from '../../src/perfdata/records/stat.ts';
import { readCgroup, readNamespaces, readSwitch } from '../../src/perfdata/records/switch.ts';
import { headerLines } from '../../src/views/header.ts';
import { fileOf, fixture, open, recordOf, summary } from './recording.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

t.test('what is no recording is refused in one plain line', async (t) => {
  const cases: [string, Uint8Array][] = [
    ['empty', new Uint8Array(0)],
    ['four bytes', encode('PERF')],
    ['text', encode('cpu-clock 12 main (/usr/bin/x)\n'.repeat(9))],
    ['zeros', new Uint8Array(4096)],
    ['gzip', Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
    ['ELF', Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, ...new Uint8Array(200)])],
    ['half a header', fixture('file.data').subarray(0, 60)],
  ];
  for (const [name, bytes] of cases) {
    try {
      open(bytes);
      t.fail(name);
    } catch (error) {
      t.ok(error instanceof PerftsError && error.code === 'PERFTS_NOT_PERF_DATA', name);
      t.match((error as Error).message, /^[A-Z][^\n]*[^.]$/, name);
    }
  }
});

/** A small generator with a seed: the same mutations in every run. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

t.test('mutated recordings', async (t) => {
  const started = Date.now();
  let runs = 0;
  for (const name of ['file', 'pipe', 'zstd', 'big-endian-zstd', 'big-endian-pipe', 'many-fields', 'group']) {
    const bytes = fixture(`${name}.data`);
    const random = randomOf(name.length * 7919);
    for (let run = 0; run < 60; run++) {
      const mutated = bytes.slice(0, run % 4 === 0 ? random(bytes.length) : bytes.length);
      const end = run % 2 === 0 ? Math.min(600, mutated.length) : mutated.length;
      for (let i = random(8); i >= 0 && end > 0; i--) mutated[random(end)] = [0, 0xff, random(256), 0x80][random(4)]!;
      try {
        const found = summary(mutated);
        [...headerLines(found.file, { full: true })].join('\n');
        runs++;
      } catch (error) {
        if (!(error instanceof PerftsError)) throw new Error(`${name}, run ${run}: ${(error as Error).stack}`);
      }
    }
  }
  t.ok(runs > 200, `${runs} of 420 could be read`);
  t.ok(Date.now() - started < 30_000);
});

t.test('records go on after damage', async (t) => {
  const sample = (ip: number): Uint8Array => recordOf(true, 9, 2, (writer) => writer.u64(ip).u64(0).u64(0));
  const good = Array.from({ length: 8 }, (_, i) => sample(i + 1));
  const lengthOf = (records: readonly Uint8Array[]): number => summary(fileOf(true, [{ sampleType: 1 }], records)).counts['SAMPLE'] ?? 0;
  t.equal(lengthOf(good), 8);
  const zeroSize = sample(9);
  zeroSize[6] = 0;
  t.equal(lengthOf([...good, zeroSize, ...good]), 16, 'a size of 0');
  const tooLong = sample(9);
  tooLong[7] = 0xff;
  t.equal(lengthOf([...good, tooLong, ...good]), 16, 'a size beyond the end');
  t.equal(lengthOf([...good, Uint8Array.from({ length: 333 }, (_, i) => 0xa0 + (i % 7)), ...good]), 16, 'bytes that are no record');
});

t.test('the windows in which a damaged file is read do not show', async (t) => {
  const names = ['file', 'pipe', 'zstd', 'big-endian-zstd', 'many-fields'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.constantFrom(1, 7, 64, 4096), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 12 }), (name, windowSize, changes) => {
      const bytes = fixture(`${name}.data`);
      for (const [at, value] of changes) bytes[104 + (at % (bytes.length - 104))] = value;
      return summary(bytes, { windowSize }).lines.join('\n') === summary(bytes).lines.join('\n');
    }),
    { numRuns: 300, seed: 7 },
  );
  // A place that looks like a record up to the end of a window: what comes behind it decides.
  const sample = recordOf(true, 9, 2, (writer) => writer.u64(5));
  const almost = [...new Uint8Array(7), ...recordOf(true, 1, 0, (writer) => writer.raw(new Uint8Array(100).fill(0xff)))];
  const data = Uint8Array.from([...sample, ...almost.slice(0, 60), ...new Uint8Array(60).fill(0xff), ...sample, ...sample, ...sample, ...sample, ...sample]);
  const bytes = fileOf(true, [{ sampleType: 1 }], [data]);
  const { lines } = summary(bytes);
  t.equal(lines.length, 6);
  for (const windowSize of [1, 16, 50, 76, 84, 100]) t.same(summary(bytes, { windowSize }).lines, lines, `${windowSize}`);
});

t.test('hostile numbers', async (t) => {
  const bytes = fixture('file.data');
  for (const offset of [8, 16, 24, 32, 40, 48]) {
    for (const value of [0n, 1n, 7n, 2n ** 31n, 2n ** 53n, 2n ** 64n - 1n]) {
      const hostile = bytes.slice();
      new DataView(hostile.buffer).setBigUint64(offset, value, true);
      t.doesNotThrow(() => {
        try {
          summary(hostile);
        } catch (error) {
          if (!(error instanceof PerftsError)) throw error;
        }
      }, `${value} at ${offset}`);
    }
  }
  const trace = recordOf(true, 71, 0, (writer) => writer.u64(2n ** 64n - 1n).u64(0).u64(0).u64(0).u64(0));
  t.same(summary(fileOf(true, [{ sampleType: 1 }], [trace, trace])).damage, ['payload-cut'], 'trace data without end');
});

t.test('zstd: what a frame claims is checked before it is believed', async (t) => {
  const huge = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00, ...new Uint8Array(40)]);
  t.throws(() => new PortableZstdStream().push(huge), /claims a window/);
  t.throws(() => new PortableZstdStream().push(encode('this is not zstd at all')), /not a zstd frame/);
  const cut = new PortableZstdStream();
  const first = cut.push(huge.subarray(0, 4));
  t.equal(first.length, 0);
  t.throws(() => cut.push(huge.subarray(4)), /claims a window/, 'a header in two pieces');
  const compressed = recordOf(true, 81, 0, (writer) => writer.raw(huge));
  t.same(summary(fileOf(true, [{ sampleType: 1 }], [compressed, compressed])).damage, ['zstd']);
  // A block that goes on in the next piece, when the first piece's bytes are others already.
  const block = [...encode('as long as it takes')];
  const pieces = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, block.length << 3, 0, 0, ...block]);
  const stream = new PortableZstdStream();
  const window = pieces.slice(0, 20);
  t.equal(stream.push(window).length, 0);
  window.fill(0);
  t.same([...stream.push(pieces.subarray(20))], block);
  // Runs of 128 KiB in 4 bytes, often: the output of one piece is limited; a longer block is none.
  const frame = (window: number, blocks: number[]): Uint8Array => Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, window, ...blocks]);
  const runs = Array.from({ length: 600 }, () => [0x02, 0x00, 0x10, 0x41]).flat();
  t.throws(() => new PortableZstdStream().push(frame(0x38, runs)), /more than/);
  t.throws(() => new PortableZstdStream().push(frame(0x88, [0x02, 0x00, 0x80, 0x41])), /longer than any/);
  // 25 MB of runs in 800 bytes, again and again, each in a frame of its own.
  const many = recordOf(true, 81, 0, (writer) => writer.raw(frame(0x38, runs.slice(0, 800))));
  const bomb = summary(fileOf(true, [{ sampleType: 1 }], Array.from({ length: 40 }, () => many)));
  t.same(bomb.damage, ['not-a-record', 'zstd'], 'no file makes much of nothing');
  t.equal(bomb.lines.length, 40);
});

t.test('zstd: a piece may be overwritten when the next one comes', async (t) => {
  // Two blocks without compression; the pieces end anywhere in them.
  const content = Uint8Array.from({ length: 600 }, (_, i) => (i * 7919) >>> 5);
  const blocks = [0, 300].flatMap((start) => [(300 << 3) & 0xff, (300 << 3) >>> 8, 0, ...content.subarray(start, start + 300)]);
  const stream = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38, ...blocks]);
  for (const step of [1, 7, 100, 301, 1000]) {
    const decoder = new PortableZstdStream();
    const window = new Uint8Array(step);
    const made: number[] = [];
    for (let at = 0; at < stream.length; at += step) {
      const length = Math.min(step, stream.length - at);
      window.set(stream.subarray(at, at + length));
      made.push(...decoder.push(window.subarray(0, length)));
    }
    t.same(made, [...content], `pieces of ${step} bytes`);
  }
});

t.test('records that are too short decode to nothing', async (t) => {
  for (const littleEndian of [true, false]) {
    for (let size = 0; size < 40; size++) {
      const record = viewOfRecord(recordOf(littleEndian, 1, 0xffff, (writer) => writer.raw(new Uint8Array(size).fill(0xff))), littleEndian);
      t.doesNotThrow(() => {
        for (const read of [
          readEventUpdate, readBpfMetadata, readSchedstat, readTimeConv, readAux, readAuxtrace, readAuxtraceError, readAuxtraceInfo,
          readBuildId, readCallchainDeferred, readBpfEvent, readTextPoke, readLost, readLostSamples, readThrottle, readIdIndex,
          readThreadMap, readStat, readStatConfig, readStatRound, readNamespaces, readSwitch,
        ]) read(record);
        readKsymbol(record, undefined);
        readCgroup(record, undefined);
        readCpuMap(record);
        readReadValues(record, 8, record.end, 31);
      });
    }
  }
});

t.test('text keeps its bytes', async (t) => {
  const cases: number[][] = [[0x61], [0xc3, 0xa9], [0xe9], [0x61, 0xff, 0xc3, 0xa9, 0x80], [0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0x80], [0xc0, 0x80]];
  for (const bytes of cases) {
    const text = decodeText(Uint8Array.from(bytes), 0, bytes.length);
    t.same([...encodeText(text)], bytes, JSON.stringify(text));
  }
  t.equal(decodeText(encode('abc\0def'), 0, 7), 'abc');
  t.equal(decodeText(encode('é'.repeat(100)), 0, 200), 'é'.repeat(100));
  t.equal(decodeText(Uint8Array.from([0xe9]), 0, 1), '\udce9', 'a byte that is no UTF-8 is a lone surrogate');
});

t.test('an event table that disagrees is reported', async (t) => {
  const bytes = fileOf(true, [{ sampleType: 0x10001, ids: [1n] }, { sampleType: 0x41, ids: [2n] }], []);
  const diagnostics = new Diagnostics();
  open(bytes, diagnostics);
  t.ok(diagnostics.has('events-disagree'));
});
